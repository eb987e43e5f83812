package api

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/daycare/feed"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// PlacementRow is a child's place as the organiser's early education system knows it.
type PlacementRow struct {
	ID      string         `json:"id" minLength:"1" maxLength:"100" doc:"The sending system's own lasting name of the place" example:"EF-10442"`
	Child   string         `json:"child" minLength:"11" maxLength:"11" doc:"Identity code of the child, who is a client; never answered" example:"030322A9024"`
	Head    string         `json:"head,omitempty" maxLength:"11" doc:"Identity code of the head of the family, taken where the child has none on the first day"`
	Unit    string         `json:"unit,omitempty" maxLength:"200" doc:"Object identifier, number or name of the unit" example:"41"`
	Kind    string         `json:"kind,omitempty" maxLength:"50" doc:"Type of the place in the organiser's rules; left out: that of the need" example:"DAYCARE"`
	Own     bool           `json:"own,omitempty" doc:"The organiser's own or purchased place: no voucher, counts for the sibling discount"`
	Option  string         `json:"option,omitempty" maxLength:"100" doc:"Service need in the organiser's rules, by code or name; holds as long as the place" example:"full_time"`
	From    calendar.Date  `json:"from" doc:"First day" example:"2026-08-01"`
	To      *calendar.Date `json:"to,omitempty" doc:"Last day; left out while it lasts"`
	Notice  *calendar.Date `json:"notice,omitempty" doc:"Day on which the family gave notice"`
	Removed bool           `json:"removed,omitempty" doc:"Was sent by mistake: the place and its need are taken out"`
}

// PlacementBody is a list of places.
type PlacementBody struct {
	Placements []PlacementRow `json:"placements" minItems:"1" maxItems:"1000"`
}

// PlacementAnswer tells what became of each row.
type PlacementAnswer struct {
	Added      int              `json:"added"`
	Changed    int              `json:"changed"`
	Kept       int              `json:"kept"`
	Refused    int              `json:"refused" doc:"Not stored: correct and send again"`
	Placements []PlacementTaken `json:"placements"`
}

// PlacementTaken is the outcome of one row, in its place.
type PlacementTaken struct {
	ID      string       `json:"id"`
	Outcome string       `json:"outcome" enum:"added,changed,kept,refused"`
	Errors  []FieldError `json:"errors,omitempty" nullable:"false"`
	Lacks   []FieldError `json:"lacks,omitempty" nullable:"false" doc:"Of a row that was taken: what no decision can be made without"`
}

func (a *API) daycareOps() {
	register(a, Operation{ID: "put-placements", Method: http.MethodPut, Path: "/daycare/placements", Right: access.DaycareDecide, ClientData: true, Sides: organiserSide},
		about{tag: "daycare", body: 2 << 20, errors: []int{400, 409, 413, 415}, summary: "Bring placements of early education",
			description: "Up to 1,000 places with their service needs, told apart by the sending system's id. The same rows again change nothing, other ones under the same id change the place. Places that are not sent stay as they are. Good rows go in, refused ones stay out and are named with every error; a row that went in without what its decision needs, as the head of the family, names it in lacks. Draft decisions follow by themselves; sending them stays a human act."}, a.putPlacements)
	register(a, Operation{ID: "put-own-shares", Method: http.MethodPut, Path: "/daycare/own-shares", Right: access.DaycareDecide, ClientData: true, Sides: organiserSide},
		about{tag: "daycare", body: 1 << 20, errors: []int{400, 409, 413, 415}, summary: "Bring own shares that the municipality's fee system has decided",
			description: "Up to 1,000 own shares of a month by child and days, told apart by the sending system's id. On its days such an own share takes the place of the computed one, as it stands: siblings, part time and reductions are in it. The same rows again change nothing, other ones under the same id change the own share; own shares that are not sent stay. Good rows go in, refused ones stay out and are named with every error. Draft decisions follow by themselves; sending them stays a human act."}, a.putOwnShares)
}

func (a *API) putPlacements(ctx context.Context, c *call, in *struct {
	KeyHeader
	Body PlacementBody
}) (*struct{ Body PlacementAnswer }, error) {
	rows, unreadable := readRows(in.Body.Placements, PlacementRow.row)
	out := &struct{ Body PlacementAnswer }{}
	return out, a.DB.Tenant(ctx, c.actor, func(tx *postgres.Tx) (err error) {
		out.Body, err = once(ctx, tx, c, in.IdempotencyKey, in.Body, func() (PlacementAnswer, error) {
			taken, err := feed.Take(ctx, tx, c.actor, a.Keys, c.actor.Organiser, rows)
			if err != nil {
				return PlacementAnswer{}, err
			}
			return a.placementsTaken(c, in.Body.Placements, unreadable, taken), nil
		})
		return err
	})
}

// row reads the identity codes; the domain judges the rest.
func (r PlacementRow) row(i int) (feed.Row, fault.List) {
	var faults fault.List
	row := feed.Row{Named: named(i, r.ID, r.From, r.To, r.Removed), Unit: r.Unit, Kind: r.Kind, Own: r.Own, Option: r.Option, Notice: r.Notice}
	row.Child = readIdentity(r.Child, "child", &faults)
	if r.Head != "" {
		row.Head = readIdentity(r.Head, "head", &faults)
	}
	return row, faults
}

// named is what rows of every kind have; the last day is told, the period is half-open.
func named(i int, id string, from calendar.Date, to *calendar.Date, removed bool) feed.Named {
	n := feed.Named{Line: i + 1, ID: id, Period: calendar.Period{From: from, To: calendar.Forever}, Removed: removed}
	if to != nil {
		n.Period.To = *to + 1
	}
	return n
}

func (a *API) placementsTaken(c *call, sent []PlacementRow, unreadable map[int]fault.List, taken []feed.Taken) PlacementAnswer {
	out := PlacementAnswer{Added: feed.Count(taken, feed.Added), Changed: feed.Count(taken, feed.Changed), Kept: feed.Count(taken, feed.Kept),
		Refused: feed.Count(taken, feed.Refused) + len(unreadable), Placements: make([]PlacementTaken, len(sent))}
	for i, row := range inPlace(len(sent), unreadable, taken) {
		out.Placements[i] = PlacementTaken{ID: sent[i].ID, Outcome: string(row.Outcome), Errors: a.rowErrors(c, "placements", i, row.Faults), Lacks: a.rowErrors(c, "placements", i, row.Lacks)}
	}
	return out
}

// inPlace puts what was taken and what could not be read back into the places in which they were sent.
func inPlace(n int, unreadable map[int]fault.List, taken []feed.Taken) []feed.Taken {
	out, next := make([]feed.Taken, n), 0
	for i := range out {
		if faults := unreadable[i]; len(faults) > 0 {
			out[i] = feed.Taken{Outcome: feed.Refused, Faults: faults}
			continue
		}
		out[i] = taken[next]
		next++
	}
	return out
}
