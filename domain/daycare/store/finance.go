package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// NextMonth is the month that is closed next.
type NextMonth struct {
	Month    calendar.Month
	From     calendar.Date // first day on which it may be closed
	Open     bool          // that day has come
	ByItself bool          // the program closes it, by the rules
	AnswerBy calendar.Date // if it were closed today: silence approves after that day
}

// Next tells which month is closed next: the one after the last closed one, else that of the earliest decision, else the present one.
// DAY-081 when there are no rules.
func Next(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (NextMonth, error) {
	if err := by.May(access.SettlementPreview, organiser); err != nil {
		return NextMonth{}, err
	}
	return next(ctx, tx, organiser)
}

func next(ctx context.Context, tx *postgres.Tx, organiser int32) (NextMonth, error) {
	rules, err := published(ctx, tx, organiser)
	if err != nil {
		return NextMonth{}, err
	}
	last, err := db.New(tx).MonthLast(ctx, organiser)
	if err != nil {
		return NextMonth{}, fmt.Errorf("reading the last closed month: %w", err)
	}
	m := calendar.MonthOf(last.Month) + 1
	if last.N == 0 {
		first, err := db.New(tx).DecisionFirst(ctx, db.DecisionFirstParams{OrganiserID: organiser, Day: tx.Today()})
		if err != nil {
			return NextMonth{}, fmt.Errorf("reading the first decision: %w", err)
		}
		m = calendar.MonthOf(first)
	}
	days := m.Period()
	p := rules.on(days.From).Profile
	n := NextMonth{Month: m, From: min(days.From+calendar.Date(p.CloseDay-1), days.Last()), ByItself: p.CloseByItself, AnswerBy: tx.Today() + calendar.Date(p.StatementDays)}
	n.Open = tx.Today() >= n.From
	return n, nil
}

// CloseDue closes the next month if its day has come and the rules let the program do so, and tells whether it did; several months that wait
// are closed one by one, each in a transaction of its own. It is the same close as a person's, and what hinders it is told.
func CloseDue(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (bool, error) {
	n, err := next(ctx, tx, organiser)
	if errors.Is(err, errNoRules) {
		return false, nil
	}
	if err != nil || !n.Open || !n.ByItself {
		return false, err
	}
	_, err = Close(ctx, tx, by, organiser, n.Month)
	return err == nil, err
}

// UnitTotal is what a unit's rows of a month come to.
type UnitTotal struct {
	Unit        int64
	UnitName    string
	Provider    string
	Children    int
	Rows        int
	Original    money.Cents // of the month itself
	Notice      money.Cents // of days after notice
	Corrections money.Cents // refunds and corrections of earlier months
	Corrected   int         // rows of them
	Total       money.Cents
}

// Difference is a refund or a correction that closing a month would post: what it is of, by name.
type Difference struct {
	daycare.StatementRow
	ChildName string
	UnitName  string
}

// KindKey names the text of what the row is.
func (d Difference) KindKey() string { return kindKey(d.Type, d.Notice) }

// Differences names the children and units of the refunds and corrections among rows of a preview, and logs the reading.
func Differences(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, rows []daycare.StatementRow) ([]Difference, error) {
	if err := by.May(access.SettlementPreview, organiser); err != nil {
		return nil, err
	}
	var list []Difference
	var children, units []int64
	for _, r := range rows {
		if r.Type != daycare.Refund && r.Type != daycare.Correction {
			continue
		}
		ids, err := numbers(r.Child, r.Unit)
		if err != nil {
			return nil, err
		}
		children, units = append(children, ids[0]), append(units, ids[1])
		list = append(list, Difference{StatementRow: r})
	}
	q := db.New(tx)
	people, err := q.ClientsNamed(ctx, db.ClientsNamedParams{OrganiserID: organiser, Clients: children})
	if err != nil {
		return nil, fmt.Errorf("reading names of children: %w", err)
	}
	places, err := q.UnitNames(ctx, units)
	if err != nil {
		return nil, fmt.Errorf("reading names of units: %w", err)
	}
	names, of := map[string]string{}, map[string]string{}
	var views []audit.View
	for _, c := range people {
		names[text(c.ClientID)] = fullName(c.LastName, c.FirstNames)
		views = append(views, audit.View{Organiser: organiser, Person: c.PersonID, Client: c.ClientID, Purpose: client.ForCase, What: "daycare"})
	}
	for _, u := range places {
		of[text(u.UnitID)] = u.Name
	}
	for i := range list {
		list[i].ChildName, list[i].UnitName = names[list[i].Child], of[list[i].Unit]
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}

// Coming tells which of the providers have children on vouchers now or later, so that what they owe can be taken off what comes.
func Coming(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, providers []int64) (map[int64]bool, error) {
	if err := by.May(access.SettlementRead, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).ProvidersWithChildren(ctx, db.ProvidersWithChildrenParams{OrganiserID: organiser, Providers: providers, Day: tx.Today()})
	if err != nil {
		return nil, fmt.Errorf("reading providers with children: %w", err)
	}
	out := map[int64]bool{}
	for _, p := range rows {
		out[p] = true
	}
	return out, nil
}

// PreviewUnits is what closing the month would come to by unit, with its rows.
func PreviewUnits(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, m calendar.Month) ([]UnitTotal, []daycare.StatementRow, error) {
	rows, err := Preview(ctx, tx, by, organiser, m)
	if err != nil {
		return nil, nil, err
	}
	totals, children := map[string]*UnitTotal{}, map[[2]string]bool{}
	var units []int64
	for _, r := range rows {
		t := totals[r.Unit]
		if t == nil {
			ids, err := numbers(r.Unit)
			if err != nil {
				return nil, nil, err
			}
			t = &UnitTotal{Unit: ids[0]}
			totals[r.Unit], units = t, append(units, ids[0])
		}
		if k := [2]string{r.Unit, r.Child}; !children[k] {
			children[k] = true
			t.Children++
		}
		t.Rows, t.Total = t.Rows+1, t.Total+r.Amount
		switch r.Type {
		case daycare.Original:
			t.Original += r.Amount
		case daycare.NoticeRow:
			t.Notice += r.Amount
		default:
			t.Corrections, t.Corrected = t.Corrections+r.Amount, t.Corrected+1
		}
	}
	slices.Sort(units)
	names, err := db.New(tx).UnitNames(ctx, units)
	if err != nil {
		return nil, nil, fmt.Errorf("reading names of %d units: %w", len(units), err)
	}
	var list []UnitTotal
	for _, n := range names {
		t := totals[text(n.UnitID)]
		t.UnitName, t.Provider = n.Name, n.ProviderName
		list = append(list, *t)
	}
	slices.SortStableFunc(list, func(a, b UnitTotal) int { return compareNames(a.Provider, b.Provider, a.UnitName, b.UnitName) })
	return list, rows, nil
}

func compareNames(pairs ...string) int {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] != pairs[i+1] {
			if pairs[i] < pairs[i+1] {
				return -1
			}
			return 1
		}
	}
	return 0
}

// Accountless is a unit to which nothing can be paid yet.
type Accountless struct {
	Unit     int64
	UnitName string
	Provider int64
	Company  string
	Children int // with a voucher now or later
}

// WithoutAccount lists the units with children or statements of the last year that lack a bank account. Their sums wait, held by settlement.
func WithoutAccount(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Accountless, error) {
	if err := by.May(access.SettlementRead, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).UnitsWithoutAccount(ctx, db.UnitsWithoutAccountParams{OrganiserID: organiser, Day: tx.Today(), Since: tx.Today().AddMonths(-12)})
	if err != nil {
		return nil, fmt.Errorf("listing units without an account: %w", err)
	}
	list := make([]Accountless, len(rows))
	for i, r := range rows {
		list[i] = Accountless{r.UnitID, r.UnitName, r.ProviderID, r.ProviderName, int(r.Children)}
	}
	return list, nil
}

// OpenObjection is an objection that waits for its answer; its row is not paid before.
type OpenObjection struct {
	Row       int64
	Words     string
	MadeAt    time.Time
	MadeBy    string
	Month     calendar.Month
	Unit      int64
	UnitName  string
	Type      daycare.RowType
	Notice    bool
	Child     int64
	ChildName string
	Period    calendar.Period
	Amount    money.Cents
}

// CountObjections tells how many objections wait.
func CountObjections(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (int, error) {
	if by.May(access.DaycareDecide, organiser) != nil {
		if err := by.May(access.SettlementRead, organiser); err != nil {
			return 0, err
		}
	}
	n, err := db.New(tx).ObjectionCount(ctx, organiser)
	if err != nil {
		return 0, fmt.Errorf("counting objections: %w", err)
	}
	return int(n), nil
}

// OpenObjections lists them for those who answer, the oldest first, and logs the reading of the children.
func OpenObjections(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]OpenObjection, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).ObjectionsOpen(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing objections: %w", err)
	}
	list, views := make([]OpenObjection, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		list[i] = OpenObjection{r.RowID, r.Words, r.MadeAt, r.MadeBy, calendar.MonthOf(r.Month), r.UnitID, r.UnitName, daycare.RowType(r.Kind), r.Notice, r.ChildID,
			fullName(r.LastName, r.FirstNames), period(r.ValidFrom, r.ValidTo), r.RowCents}
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ChildID, Purpose: client.ForCase, What: "daycare"}
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}
