package simulation

import (
	"cmp"
	"maps"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare"
)

// yearMonths is the year after a change.
const yearMonths = 12

// Pair is a sum before and after the change.
type Pair struct {
	Before money.Cents `json:"before"`
	After  money.Cents `json:"after"`
}

// Difference is what the change adds.
func (p Pair) Difference() money.Cents { return p.After - p.Before }

func (p Pair) plus(o Pair) Pair { return Pair{p.Before + o.Before, p.After + o.After} }

// Count is a number before and after the change.
type Count struct {
	Before int `json:"before"`
	After  int `json:"after"`
}

// Result is the answer. Sums of a year are of the twelve months from the change's month on.
type Result struct {
	Snapshot string        `json:"snapshot"` // hash of the facts, rules and prices it was computed from
	Day      calendar.Date `json:"day"`      // on which they stood so
	Children int           `json:"children"` // with a place in the snapshot
	Months   []MonthCost   `json:"months"`   // of the municipality, from January of the change's year on
	Year     Pair          `json:"year"`     // of the municipality
	Budget   *Budget       `json:"budget,omitempty"`
	Families Families      `json:"families"`
	Bands    []Band        `json:"bands"`
	Areas    []Area        `json:"areas,omitempty"`
	Units    []Unit        `json:"units"`
	Own      Pair          `json:"own"`    // own shares by the fee act, of the year
	Family   Pair          `json:"family"` // what families pay in all
	Zero     Count         `json:"zero"`   // children without an own share on the first day
	Highest  Count         `json:"highest"`
	Ready    int           `json:"ready,omitempty"` // children whose own share the municipality's fee system has decided on the first day
	Placed   Count         `json:"placed"`          // children with a decision in the year
	Anew     int           `json:"anew"`            // decisions that would be made anew
	Gaps     []Gap         `json:"undecided"`       // why children have days without a decision in the year
	Points   []Point       `json:"points,omitempty"`
	Gain     *Extent       `json:"gain,omitempty"` // of families that pay less; nil of fewer than five, and of answers kept before it was told
	Lose     *Extent       `json:"lose,omitempty"`
}

// Extent is how much families' payments change, a month on average: of the middle family, the lower middle one of an even number, and of
// the one that changes most. A decrease is negative.
type Extent struct {
	Median money.Cents `json:"median"`
	Most   money.Cents `json:"most"`
}

// extentOf is that of changes of one direction; nobody is told apart.
func extentOf(changes []money.Cents) *Extent {
	if len(changes) < Least {
		return nil
	}
	slices.SortFunc(changes, func(a, b money.Cents) int { return cmp.Compare(abs(a), abs(b)) })
	return &Extent{Median: changes[(len(changes)-1)/2], Most: changes[len(changes)-1]}
}

// MonthCost is what a month costs the municipality.
type MonthCost struct {
	Month calendar.Month `json:"month"`
	Pair
}

// Budget compares the calendar year of the change with the service's budget.
type Budget struct {
	Year    int         `json:"year"`
	Service int64       `json:"service"`
	Amount  money.Cents `json:"amount"` // 0 = none is set
	Cost    Pair        `json:"cost"`
}

// Families are those with a child in early education in the year.
type Families struct {
	All   int         `json:"all"`
	Gain  int         `json:"gain"` // pay less
	Lose  int         `json:"lose"` // pay more
	Same  int         `json:"same"`
	Most  money.Cents `json:"most_gain"` // greatest change of a family, a month on average; not told of fewer than five families
	Worst money.Cents `json:"most_loss"`
}

// Band is families by their income a month.
type Band struct {
	From    money.Cents `json:"from"`
	To      money.Cents `json:"to"`      // 0 = no upper end
	Unknown bool        `json:"unknown"` // families whose income is not known are among them: they pay as the greatest incomes do
	Families
	Income money.Cents `json:"income"` // of a month, known ones together
	Known  int         `json:"known"`
	Own    Pair        `json:"own"`    // of the year
	Family Pair        `json:"family"` // of the year, with what is above the value
}

// Unit is what comes to a unit in the year.
type Unit struct {
	ID           int64  `json:"id"`
	Name         string `json:"name"` // on the day of the snapshot
	Children     int    `json:"children"`
	Municipality Pair   `json:"municipality"`
	Family       Pair   `json:"family"`
}

// Gap counts children who have days without a decision in the year.
type Gap struct {
	Reason daycare.GapReason `json:"reason"`
	Count
}

// Least is the smallest number of families that are told apart: from fewer, somebody could be recognised.
const Least = 5

// limits part families by income a month. They are ours, chosen so that the lowest holds those who pay nothing at most sizes of household.
var limits = []money.Cents{0, 300_000, 450_000, 600_000, 750_000, 900_000}

type family struct {
	income      money.Cents
	known       bool
	own, family Pair
}

// tally gathers the result part by part.
type tally struct {
	change   Change
	months   []calendar.Month
	cost     map[calendar.Month]*Pair
	families map[string]*family
	units    map[int64]*Unit
	gaps     map[daycare.GapReason]*Count
	out      Result

	areaNames map[int64]string // by unit
	areas     map[string]*areaTally
}

func newTally(c Change, areas map[int64]string) *tally {
	t := &tally{change: c, areaNames: areas, areas: map[string]*areaTally{}, cost: map[calendar.Month]*Pair{}, families: map[string]*family{}, units: map[int64]*Unit{}, gaps: map[daycare.GapReason]*Count{}}
	year, _, _ := c.From.Civil()
	first := calendar.MonthOf(calendar.Day(year, 1, 1))
	last := max(first+11, calendar.MonthOf(c.From)+yearMonths-1)
	for m := first; m <= last; m++ {
		t.months = append(t.months, m)
		t.cost[m] = &Pair{}
	}
	return t
}

func (t *tally) year() calendar.Period {
	m := calendar.MonthOf(t.change.From)
	return calendar.Period{From: m.Period().From, To: (m + yearMonths - 1).Period().To}
}

func (t *tally) inYear(m calendar.Month) bool {
	first := calendar.MonthOf(t.change.From)
	return m >= first && m < first+yearMonths
}

// finish makes the result of what was gathered.
func (t *tally) finish() Result {
	for _, m := range t.months {
		p := *t.cost[m]
		if r := t.change.Children; r != nil && m >= calendar.MonthOf(t.change.From) {
			p.After = money.HalfUpCent.Cents(p.After.Exact().Times(money.Whole(1).Plus(r.Percent())))
		}
		t.out.Months = append(t.out.Months, MonthCost{m, p})
		if t.inYear(m) {
			t.out.Year = t.out.Year.plus(p)
		}
	}
	bands := make([]Band, len(limits))
	for i, from := range limits {
		bands[i].From = from
		if i+1 < len(limits) {
			bands[i].To = limits[i+1]
		}
	}
	var gain, lose []money.Cents
	for _, key := range slices.Sorted(maps.Keys(t.families)) {
		f := t.families[key]
		switch month := f.month(); {
		case month < 0:
			gain = append(gain, month)
		case month > 0:
			lose = append(lose, month)
		}
		i := len(limits) - 1
		for f.known && limits[i] > f.income && i > 0 {
			i--
		}
		bands[i].add(f)
		t.out.Families.add(f)
		t.out.Own, t.out.Family = t.out.Own.plus(f.own), t.out.Family.plus(f.family)
	}
	t.out.Gain, t.out.Lose = extentOf(gain), extentOf(lose)
	t.out.Bands, t.out.Areas = joined(bands), t.areasTold()
	for _, id := range slices.Sorted(maps.Keys(t.units)) {
		t.out.Units = append(t.out.Units, *t.units[id])
	}
	for _, r := range slices.Sorted(maps.Keys(t.gaps)) {
		t.out.Gaps = append(t.out.Gaps, Gap{r, *t.gaps[r]})
	}
	return t.out
}

// month is the change of what the family pays, on average of the year's months.
func (f *family) month() money.Cents {
	return money.HalfUpCent.Cents(f.family.Difference().Exact().Times(money.Fraction(1, yearMonths)))
}

func (f *Families) add(x *family) {
	f.All++
	month := x.month()
	switch d := x.family.Difference(); {
	case d < 0:
		f.Gain++
		f.Most = min(f.Most, month)
	case d > 0:
		f.Lose++
		f.Worst = max(f.Worst, month)
	default:
		f.Same++
	}
}

func (b *Band) add(f *family) {
	b.Families.add(f)
	b.Own, b.Family = b.Own.plus(f.own), b.Family.plus(f.family)
	if f.known {
		b.Income, b.Known = b.Income+f.income, b.Known+1
	} else {
		b.Unknown = true
	}
}

func (b *Band) join(o Band) {
	b.To, b.Unknown = o.To, b.Unknown || o.Unknown
	b.All, b.Gain, b.Lose, b.Same = b.All+o.All, b.Gain+o.Gain, b.Lose+o.Lose, b.Same+o.Same
	b.Most, b.Worst = min(b.Most, o.Most), max(b.Worst, o.Worst)
	b.Income, b.Known = b.Income+o.Income, b.Known+o.Known
	b.Own, b.Family = b.Own.plus(o.Own), b.Family.plus(o.Family)
}

// joined puts a band of too few families together with its neighbour, so that nobody is told apart and the sums stay whole.
func joined(list []Band) []Band {
	var out []Band
	for _, b := range list {
		if n := len(out); n > 0 && out[n-1].All < Least {
			out[n-1].join(b)
			continue
		}
		out = append(out, b)
	}
	if n := len(out); n > 1 && out[n-1].All < Least {
		out[n-2].join(out[n-1])
		out = out[:n-1]
	}
	return out
}

// Few tells that a number is too small to be told.
func Few(n int) bool { return n > 0 && n < Least }

// ByCost orders units by what the change does to them, the greatest first.
func ByCost(list []Unit) []Unit {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(abs(b.Municipality.Difference()), abs(a.Municipality.Difference())), cmp.Compare(a.ID, b.ID))
	})
	return sorted
}

func abs(c money.Cents) money.Cents { return max(c, -c) }
