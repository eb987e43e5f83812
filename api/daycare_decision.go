package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/guidance"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// ValueDecisionBody is a value decision as it holds now. Its decision and version are its name: the same pair never says anything else.
type ValueDecisionBody struct {
	Decision       int64          `json:"decision" doc:"Lasting number of the decision"`
	Version        int            `json:"version" doc:"0 as it was sent, one more for each end or annulment; keep the highest"`
	Number         string         `json:"number" doc:"Number of the letter" example:"MAA/2026/3"`
	Child          int64          `json:"child" doc:"Number of the client"`
	ChildReference string         `json:"child_reference,omitempty" doc:"The child in the organiser's client system"`
	ChildName      string         `json:"child_name"`
	Unit           int64          `json:"unit"`
	UnitName       string         `json:"unit_name"`
	State          string         `json:"state" enum:"sent,ended,annulled"`
	From           calendar.Date  `json:"from" doc:"First day"`
	To             *calendar.Date `json:"to,omitempty" doc:"Last day; left out while it lasts and when it is annulled"`
	ValueCents     money.Cents    `json:"value_cents" doc:"Value of the voucher in a month"`
	OwnShareCents  money.Cents    `json:"own_share_cents" doc:"The family's own share in a month"`
	PayableCents   money.Cents    `json:"payable_cents" doc:"What the organiser pays for a whole month"`
	ChangedAt      time.Time      `json:"changed_at" doc:"When it was sent or last ended"`
}

// ValueDecisionList is one page, in the order of change.
type ValueDecisionList struct {
	Decisions []ValueDecisionBody `json:"decisions"`
	Next      string              `json:"next,omitempty" doc:"Keep it and give it as after the next time: what has changed since follows"`
	More      bool                `json:"more" doc:"There are more now"`
}

// mostDecisions is how many value decisions one answer has.
const mostDecisions = 10_000

func (a *API) daycareDecisionOps() {
	register(a, Operation{ID: "list-value-decisions", Method: http.MethodGet, Path: "/daycare/decisions", Right: access.DaycareDecide, ClientData: true, Sides: organiserSide},
		about{tag: "daycare", summary: "List value decisions that have changed",
			description: "Value decisions of early education by the moment in which they were sent, ended or annulled. Begin with since, go on with after: a reader that keeps next misses no decision and is told none twice unless it has changed. A change may show some seconds late, when others that began before it are still being stored. Each child is noted as read in the access log."}, a.listValueDecisions)
}

func (a *API) listValueDecisions(ctx context.Context, c *call, in *struct {
	Since time.Time `query:"since" format:"date-time" doc:"Changed at this moment or later; left out: from the beginning" example:"2026-11-01T00:00:00Z"`
	After string    `query:"after" maxLength:"60" doc:"next of the answer before"`
	Limit int       `query:"limit" minimum:"1" maximum:"10000" default:"1000"`
}) (*struct{ Body ValueDecisionList }, error) {
	ask := guidance.ExportInput{Organiser: c.actor.Organiser, Since: in.Since, Most: min(in.Limit, mostDecisions)}
	var err error
	if ask.After, err = placeOf(in.After); err != nil {
		return nil, err
	}
	out := &struct{ Body ValueDecisionList }{}
	return out, a.DB.Tenant(ctx, c.actor, func(tx *postgres.Tx) error {
		list, more, err := guidance.Export(ctx, tx, c.actor, ask)
		if err != nil {
			return err
		}
		out.Body = ValueDecisionList{Decisions: make([]ValueDecisionBody, len(list)), Next: in.After, More: more}
		for i, d := range list {
			out.Body.Decisions[i] = valueDecisionBody(d)
		}
		if n := len(list); n > 0 {
			out.Body.Next = placeText(list[n-1].Place())
		}
		return nil
	})
}

func valueDecisionBody(d guidance.Exported) ValueDecisionBody {
	b := ValueDecisionBody{Decision: d.Decision, Version: d.Version, Number: d.Number, Child: d.Child, ChildReference: d.Reference, ChildName: d.Name, Unit: d.Unit, UnitName: d.UnitName,
		State: d.State, From: d.Period.From, ValueCents: d.Value, OwnShareCents: d.OwnShare, PayableCents: d.Payable, ChangedAt: d.ChangedAt.UTC()}
	if d.Period.To != calendar.Forever && !d.Period.Empty() {
		b.To = new(d.Period.Last())
	}
	return b
}

// placeText writes a place as microseconds, which is how exactly the database keeps moments, and the number of the decision.
func placeText(p guidance.Place) string {
	return strconv.FormatInt(p.At.UnixMicro(), 10) + "." + digits(p.Decision)
}

// placeOf reads what placeText wrote.
func placeOf(s string) (guidance.Place, error) {
	if s == "" {
		return guidance.Place{}, nil
	}
	at, number, _ := strings.Cut(s, ".")
	micros, err := strconv.ParseInt(at, 10, 64)
	if err != nil || micros < 0 || micros > 1e16 {
		return guidance.Place{}, errValue.At("query:after").Because(err)
	}
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return guidance.Place{}, errValue.At("query:after").Because(err)
	}
	return guidance.Place{At: time.UnixMicro(micros), Decision: id}, nil
}
