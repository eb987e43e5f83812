package guidance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/domain/daycare/guidance/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on the income that a family tells in its application.
const (
	ActIncomeRecorded audit.Act = "daycare.income_recorded"
	ActIncomeRefused  audit.Act = "daycare.income_refused"
)

// Outcomes of told income.
const (
	IncomeRecorded = "recorded"
	IncomeRefused  = "refused"
)

// ToldIncome is what became of the income that an application tells; without an outcome it waits for staff.
type ToldIncome struct {
	At      *time.Time
	By      string
	Outcome string
	Answer  string
}

// IncomeWaits tells that staff have neither recorded nor refused what the family told.
func (a Application) IncomeWaits() bool {
	return a.IncomeWay == IncomeTold && a.Income != nil && a.State != Draft && a.State != Withdrawn && a.Told.Outcome == ""
}

// IncomeWaiting is an application whose told income staff have neither recorded nor refused.
type IncomeWaiting struct {
	Application int64
	Sent        calendar.Date
}

// WaitingIncome lists the applications of children, as a child and its siblings, whose told income waits for staff: the family's fee does
// not know it yet. It tells no sum and logs no reading; the application's own page does.
func WaitingIncome(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, children []int64) ([]IncomeWaiting, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).IncomeWaiting(ctx, db.IncomeWaitingParams{OrganiserID: organiser, Children: children})
	if err != nil {
		return nil, fmt.Errorf("reading the told income of %d children: %w", len(children), err)
	}
	list := make([]IncomeWaiting, len(rows))
	for i, r := range rows {
		list[i] = IncomeWaiting{r.ApplicationID, dayOf(r.SentAt, tx.Today())}
	}
	return list, nil
}

// Earner is an adult of the home on whose income the fee is computed; Member 0 is the home's own client.
type Earner struct {
	Member int64
	Name   string
}

// earners are the home's client and the adult who lives with it on a day.
func earners(h household.Household, self string, day calendar.Date) []Earner {
	list := []Earner{{Name: self}}
	for _, m := range h.Members {
		if (m.Role == household.Spouse || m.Role == household.Partner) && m.Period.Contains(day) {
			list = append(list, Earner{m.ID, m.Name()})
		}
	}
	return list
}

// IncomePage is what staff need to record told income: whose incomes there are, the kinds, and what is recorded already.
type IncomePage struct {
	Earners []Earner
	Kinds   []household.Kind
	Known   []household.Item
}

// ToRecord reads it for an application that was read.
func ToRecord(ctx context.Context, tx *postgres.Tx, by access.Actor, a Application, day calendar.Date) (IncomePage, error) {
	h, err := household.Of(ctx, tx, by, a.Organiser, a.Home)
	if err != nil {
		return IncomePage{}, err
	}
	page := IncomePage{Earners: earners(h, a.guardian(a.Home), day), Known: known(h, day)}
	for _, k := range h.Definition(day).Kinds {
		if counts(k) {
			page.Kinds = append(page.Kinds, k)
		}
	}
	return page, nil
}

func (a Application) guardian(adult int64) string {
	for _, g := range a.Guardians {
		if g.Adult == adult {
			return g.Name
		}
	}
	return ""
}

// counts tells that a kind is income of which a fee is made.
func counts(k household.Kind) bool { return k.Part.Tells() && k.Part != household.Excluded }

// known are the earners' incomes that are recorded for the day or later: with new ones beside them they would be counted twice.
func known(h household.Household, day calendar.Date) (list []household.Item) {
	adults := earners(h, "", day)
	for _, i := range h.Items {
		k, defined := h.Definition(day).Kind(i.Kind)
		if i.Period.To > day && defined && counts(k) && slices.ContainsFunc(adults, func(e Earner) bool { return e.Member == i.Member }) {
			list = append(list, i)
		}
	}
	return list
}

// RecordInput records told income: what each earner has in a month before taxes, by member; nothing is 0.
type RecordInput struct {
	Organiser   int32
	Application int64
	Kind        string
	From        calendar.Date
	Sums        map[int64]money.Cents
	Replace     bool // what is recorded for the same days ends
	Note        string
}

// RecordIncome makes the income that a family told in its application income of its household, told by the client, once: GUI-048 when it
// has been handled, GUI-049 for an earner without a sum, GUI-047 when income is recorded for the days and is not to end. Drafts follow by
// themselves, as of any change of income.
// Locks: application, then client.
func RecordIncome(ctx context.Context, tx *postgres.Tx, by access.Actor, in RecordInput) error {
	if err := by.May(access.DaycareDecide, in.Organiser); err != nil {
		return err
	}
	a, err := open(ctx, tx, by, in.Organiser, in.Application)
	if err != nil {
		return err
	}
	if !a.IncomeWaits() {
		return errIncomeTold
	}
	h, err := household.Of(ctx, tx, by, in.Organiser, a.Home)
	if err != nil {
		return err
	}
	old := known(h, in.From)
	if len(old) > 0 && !in.Replace {
		return errIncomeKnown.With("day", old[0].Period.From)
	}
	for _, i := range old {
		if err := endItem(ctx, tx, by, a, i, in.From); err != nil {
			return err
		}
	}
	for n, e := range earners(h, "", in.From) {
		sum, told := in.Sums[e.Member]
		if !told || sum < 0 {
			return errIncomeSum.At(fmt.Sprintf("sum%d", n))
		}
		_, err := household.SaveItem(ctx, tx, by, household.ItemInput{Organiser: in.Organiser, Client: a.Home, Item: household.Item{Member: e.Member, Kind: in.Kind, Per: "month", Cents: sum,
			Period: calendar.Period{From: in.From, To: calendar.Forever}, Source: household.FromClient, ReportedOn: dayOf(a.SentAt, tx.Today()), Note: in.Note,
			ToldKind: a.Ref().Kind, ToldID: a.ID}})
		if err != nil {
			return err
		}
	}
	return a.incomeHandled(ctx, tx, by, IncomeRecorded, "", ActIncomeRecorded)
}

// endItem ends an income before a day; one that begins on it or later is taken out.
func endItem(ctx context.Context, tx *postgres.Tx, by access.Actor, a Application, i household.Item, day calendar.Date) error {
	if i.Period.From >= day {
		return household.RemoveItem(ctx, tx, by, household.RemoveInput{Organiser: a.Organiser, Client: a.Home, ID: i.ID, RowVersion: i.RowVersion})
	}
	i.Period.To = day
	_, err := household.SaveItem(ctx, tx, by, household.ItemInput{Organiser: a.Organiser, Client: a.Home, Item: i})
	return err
}

// RefuseIncome answers the family why the income that it told is not recorded (GUI-012); GUI-048 when it has been handled.
// Locks: application.
func RefuseIncome(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64, why string) error {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return err
	}
	a, err := open(ctx, tx, by, organiser, id)
	if err != nil {
		return err
	}
	if why = strings.TrimSpace(why); why == "" {
		return errReason
	}
	if !a.IncomeWaits() {
		return errIncomeTold
	}
	return a.incomeHandled(ctx, tx, by, IncomeRefused, why, ActIncomeRefused)
}

func (a Application) incomeHandled(ctx context.Context, tx *postgres.Tx, by access.Actor, outcome, answer string, act audit.Act) error {
	n, err := db.New(tx).ApplicationIncome(ctx, db.ApplicationIncomeParams{OrganiserID: a.Organiser, ApplicationID: a.ID, IncomeAt: new(tx.Now()), IncomeBy: by.Name, IncomeOutcome: outcome, IncomeAnswer: answer})
	if err != nil {
		return fmt.Errorf("handling the income of application %d: %w", a.ID, err)
	}
	if n == 0 {
		return errIncomeTold
	}
	return audit.Write(ctx, tx, by, act, a.Ref(), nil)
}
