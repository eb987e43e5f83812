package api

import (
	"context"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare/feed"
	"seteli/platform/postgres"
)

// OwnShareRow is a child's own share of a month as the organiser's fee system has decided it.
type OwnShareRow struct {
	ID      string         `json:"id" minLength:"1" maxLength:"100" doc:"The sending system's own lasting name of the fee" example:"AM-88120"`
	Child   string         `json:"child" minLength:"11" maxLength:"11" doc:"Identity code of the child, who is a client; never answered" example:"030322A9024"`
	Amount  money.Cents    `json:"amount_cents" minimum:"0" doc:"Own share of a whole month in cents, with everything in it" example:"18700"`
	From    calendar.Date  `json:"from" doc:"First day" example:"2026-08-01"`
	To      *calendar.Date `json:"to,omitempty" doc:"Last day; left out while it lasts"`
	Removed bool           `json:"removed,omitempty" doc:"Was sent by mistake: it is taken out and the own share is computed again"`
}

// OwnShareBody is a list of own shares.
type OwnShareBody struct {
	OwnShares []OwnShareRow `json:"own_shares" minItems:"1" maxItems:"1000"`
}

// OwnShareAnswer tells what became of each row.
type OwnShareAnswer struct {
	Added     int             `json:"added"`
	Changed   int             `json:"changed"`
	Kept      int             `json:"kept"`
	Refused   int             `json:"refused" doc:"Not stored: correct and send again"`
	OwnShares []OwnShareTaken `json:"own_shares"`
}

// OwnShareTaken is the outcome of one row, in its place.
type OwnShareTaken struct {
	ID      string       `json:"id"`
	Outcome string       `json:"outcome" enum:"added,changed,kept,refused"`
	Errors  []FieldError `json:"errors,omitempty" nullable:"false"`
}

func (a *API) putOwnShares(ctx context.Context, c *call, in *struct {
	KeyHeader
	Body OwnShareBody
}) (*struct{ Body OwnShareAnswer }, error) {
	rows, unreadable := readRows(in.Body.OwnShares, OwnShareRow.row)
	out := &struct{ Body OwnShareAnswer }{}
	return out, a.DB.Tenant(ctx, c.actor, func(tx *postgres.Tx) (err error) {
		out.Body, err = once(ctx, tx, c, in.IdempotencyKey, in.Body, func() (OwnShareAnswer, error) {
			taken, err := feed.TakeShares(ctx, tx, c.actor, a.Keys, c.actor.Organiser, rows)
			if err != nil {
				return OwnShareAnswer{}, err
			}
			return a.ownSharesTaken(c, in.Body.OwnShares, unreadable, taken), nil
		})
		return err
	})
}

func (r OwnShareRow) row(i int) (feed.Share, fault.List) {
	var faults fault.List
	s := feed.Share{Named: named(i, r.ID, r.From, r.To, r.Removed), Amount: r.Amount}
	s.Child = readIdentity(r.Child, "child", &faults)
	return s, faults
}

func (a *API) ownSharesTaken(c *call, sent []OwnShareRow, unreadable map[int]fault.List, taken []feed.Taken) OwnShareAnswer {
	out := OwnShareAnswer{Added: feed.Count(taken, feed.Added), Changed: feed.Count(taken, feed.Changed), Kept: feed.Count(taken, feed.Kept),
		Refused: feed.Count(taken, feed.Refused) + len(unreadable), OwnShares: make([]OwnShareTaken, len(sent))}
	for i, row := range inPlace(len(sent), unreadable, taken) {
		out.OwnShares[i] = OwnShareTaken{ID: sent[i].ID, Outcome: string(row.Outcome), Errors: a.rowErrors(c, "own_shares", i, row.Faults)}
	}
	return out
}
