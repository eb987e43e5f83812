package economy

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/daycare/economy/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// ActRiskNoted is the audit's name of an entry in the register of risks.
const ActRiskNoted audit.Act = "daycare.risk_noted"

var (
	errRisk       = fault.New(fault.NotFound, "ECO-015", "economy.register.unknown")
	errLimits     = fault.New(fault.Invalid, "ECO-016", "economy.register.limits").At("act_at")
	errRiskName   = fault.New(fault.Invalid, "ECO-017", "economy.register.no_name").At("name")
	errLevel      = fault.New(fault.Invalid, "ECO-018", "economy.register.no_level").At("level")
	errWeight     = fault.New(fault.Invalid, "ECO-026", "economy.register.weight_wrong").At("likelihood")
	errEntryStale = fault.New(fault.Stale, "ECO-019", "economy.register.stale")
)

// Level is how grave a risk is today.
type Level string

// The levels, the gravest last; Closed is a risk of the municipality's own that is over.
const (
	Unknown Level = "unknown"
	Low     Level = "low"
	Watch   Level = "watch"
	Act     Level = "act"
	Closed  Level = "closed"
)

// Entry is what the municipality has written of a risk.
type Entry struct {
	Risk      string
	No        int    // of the risk; the newest holds
	Name      string // of a risk of its own
	Level     Level  // of a risk of its own
	Limits    *Limits
	Weight    Weight
	Figure    *int // of the day when it was written; nil = the registers did not tell it, or it is a risk of its own
	Few       bool // the figure was of too few children to be told
	Note      string
	Owner     string
	Review    *calendar.Date
	EnteredAt time.Time
	EnteredBy string
}

// Weight is how likely and how grave the municipality holds a risk, 1 to 5 each; 0 = not weighed.
type Weight struct{ Likelihood, Effect int }

// Product orders risks: 25 is the gravest.
func (w Weight) Product() int { return w.Likelihood * w.Effect }

func (w Weight) whole() bool {
	between := func(n int) bool { return n >= 1 && n <= 5 }
	return w == Weight{} || between(w.Likelihood) && between(w.Effect)
}

// Own tells that the municipality named the risk itself: its code is then a number.
func (e Entry) Own() bool {
	_, err := strconv.Atoi(e.Risk)
	return e.Risk == "" || err == nil
}

// RiskRow is a risk with its figure, its level and what was written of it.
type RiskRow struct {
	Indicator
	Entry   Entry
	Limits  Limits
	Level   Level
	Overdue bool // it should have been looked at again
}

// level of a figure by its limits.
func (i Indicator) level(l Limits) Level {
	reached := func(limit int) bool {
		if i.Falls {
			return i.Figure <= limit
		}
		return i.Figure >= limit
	}
	switch {
	case !i.Known:
		return Unknown
	case reached(l.Act):
		return Act
	case reached(l.Watch):
		return Watch
	}
	return Low
}

// Register is the register of risks today, the gravest first: those whose figure the registers tell, and those of its own that are not over.
func Register(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]RiskRow, error) {
	list, err := Indicators(ctx, tx, by, organiser)
	if err != nil {
		return nil, err
	}
	entries, err := Entries(ctx, tx, by, organiser, "")
	if err != nil {
		return nil, err
	}
	newest := map[string]Entry{}
	for _, e := range entries {
		if _, seen := newest[e.Risk]; !seen {
			newest[e.Risk] = e
		}
	}
	var rows []RiskRow
	for _, i := range list {
		r := RiskRow{Indicator: i, Entry: newest[i.Risk], Limits: i.Shipped}
		if r.Entry.Limits != nil {
			r.Limits = *r.Entry.Limits
		}
		r.Level = i.level(r.Limits)
		rows = append(rows, r)
	}
	for _, e := range entries {
		if e.Own() && e.No == newest[e.Risk].No && e.Level != Closed {
			rows = append(rows, RiskRow{Indicator: Indicator{Risk: e.Risk}, Entry: e, Level: e.Level})
		}
	}
	for i := range rows {
		rows[i].Overdue = rows[i].Entry.Review != nil && *rows[i].Entry.Review < tx.Today()
	}
	order := []Level{Act, Watch, Low, Unknown}
	slices.SortStableFunc(rows, func(a, b RiskRow) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Level), slices.Index(order, b.Level)), cmp.Compare(b.Entry.Weight.Product(), a.Entry.Weight.Product()))
	})
	return rows, nil
}

// Entries are what was written of a risk, the newest first; "" of all.
func Entries(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, risk string) ([]Entry, error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).RiskEntries(ctx, db.RiskEntriesParams{OrganiserID: organiser, Risk: risk})
	if err != nil {
		return nil, fmt.Errorf("reading the register of risks: %w", err)
	}
	list := make([]Entry, len(rows))
	for i, r := range rows {
		list[i] = Entry{Risk: r.Risk, No: int(r.EntryNo), Name: r.Name, Level: Level(r.Level), Figure: whole(r.Figure), Few: r.FigureFew, Note: r.Note, Owner: r.Owner, Review: r.ReviewOn, EnteredAt: r.EnteredAt, EnteredBy: r.EnteredBy}
		if r.Likelihood != nil && r.Effect != nil {
			list[i].Weight = Weight{int(*r.Likelihood), int(*r.Effect)}
		}
		if r.WatchAt != nil && r.ActAt != nil {
			list[i].Limits = &Limits{int(*r.WatchAt), int(*r.ActAt)}
		}
	}
	return list, nil
}

func whole(n *int32) *int {
	if n == nil {
		return nil
	}
	return new(int(*n))
}

// indicatorOf is a risk whose figure the registers tell.
func indicatorOf(risk string) (Indicator, bool) {
	at := slices.IndexFunc(indicators, func(i Indicator) bool { return i.Risk == risk })
	if at < 0 {
		return Indicator{}, false
	}
	return indicators[at], true
}

// check refuses what cannot be written of a risk.
func (e Entry) check() error {
	var list fault.List
	if !e.Weight.whole() {
		list = append(list, errWeight)
	}
	if e.Own() {
		if strings.TrimSpace(e.Name) == "" {
			list = append(list, errRiskName)
		}
		if !slices.Contains([]Level{Low, Watch, Act, Closed}, e.Level) {
			list = append(list, errLevel)
		}
		return list.Err()
	}
	i, known := indicatorOf(e.Risk)
	if !known {
		return errRisk
	}
	if l := e.Limits; l != nil && (min(l.Watch, l.Act) < 0 || max(l.Watch, l.Act) > 100_000 || i.Falls && l.Act > l.Watch || !i.Falls && l.Act < l.Watch) {
		list = append(list, errLimits)
	}
	return list.Err()
}

// nextOwn is the code of the next risk that the municipality names itself.
func nextOwn(all []Entry) string {
	n := 1
	for _, x := range all {
		if k, err := strconv.Atoi(x.Risk); err == nil {
			n = max(n, k+1)
		}
	}
	return strconv.Itoa(n)
}

// Note writes what the municipality says of a risk, the main user's right of budgets. Without a code it is a new risk of its own. No is the
// entry that the writer saw. ECO-015 to ECO-018 and ECO-026 when it cannot be, ECO-019 when somebody wrote first.
func Note(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, e Entry) error {
	if err := by.May(access.BudgetEdit, organiser); err != nil {
		return err
	}
	if err := e.check(); err != nil {
		return err
	}
	all, err := Entries(ctx, tx, by, organiser, "")
	if err != nil {
		return err
	}
	anew := e.Risk == ""
	if anew {
		e.Risk = nextOwn(all)
	}
	last := slices.IndexFunc(all, func(x Entry) bool { return x.Risk == e.Risk })
	switch {
	case last < 0 && e.Own() && !anew:
		return errRisk
	case last < 0 && e.No != 0, last >= 0 && all[last].No != e.No:
		return errEntryStale
	}
	a := db.RiskAddParams{OrganiserID: organiser, Risk: e.Risk, EntryNo: int32(e.No + 1), Name: e.Name, Level: string(e.Level), Note: e.Note, Owner: e.Owner, ReviewOn: e.Review, EnteredAt: tx.Now(), EnteredBy: by.Name}
	if e.Limits != nil {
		a.WatchAt, a.ActAt = new(int32(e.Limits.Watch)), new(int32(e.Limits.Act))
	}
	if e.Weight.Product() > 0 {
		a.Likelihood, a.Effect = new(int32(e.Weight.Likelihood)), new(int32(e.Weight.Effect))
	}
	if !e.Own() { // what the figure was, so that a remark can be understood later
		list, err := Indicators(ctx, tx, by, organiser)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(i Indicator) bool { return i.Risk == e.Risk })
		a.Figure, a.FigureFew = list[at].kept()
	}
	err = db.New(tx).RiskAdd(ctx, a)
	if postgres.ConstraintOf(err) == postgres.ConstraintDaycareRiskPkey { // two wrote at once
		return errEntryStale.Because(err)
	}
	if err != nil {
		return fmt.Errorf("writing of risk %s: %w", e.Risk, err)
	}
	return audit.Write(ctx, tx, by, ActRiskNoted, audit.Ref{Kind: "daycare_risk", ID: int64(e.No + 1), Label: e.Risk}, e)
}
