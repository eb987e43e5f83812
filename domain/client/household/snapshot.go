package household

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
)

// adult is the age from which somebody's own income is asked for.
const adult = 18

// Standing is how an item stands in the sum of a day.
type Standing string

// Standings.
const (
	Counted    Standing = "counted"
	LeftOut    Standing = "excluded"    // the organiser's definition leaves the kind out
	NotTheirs  Standing = "not_counted" // income of a child of the household
	SavedUp    Standing = "savings"
	ForHousing Standing = "housing" // taken off where net income is asked
	Undefined  Standing = "undefined"
)

// Row is one item as it stands on the day.
type Row struct {
	Item     int64           `json:"item"`
	Member   int64           `json:"member,omitempty"` // 0 = the client
	Role     Role            `json:"role"`
	Kind     Kind            `json:"kind"`
	Per      Per             `json:"per"`
	Cents    money.Cents     `json:"amount_cents"`
	Month    money.Cents     `json:"month_cents"` // signed; for savings the amount itself
	Standing Standing        `json:"standing"`
	Period   calendar.Period `json:"period"`
	Source   Source          `json:"source"`
	Fetched  *calendar.Date  `json:"fetched_on,omitempty"`
}

// Person is one of the household on the day.
type Person struct {
	Member    int64         `json:"member,omitempty"` // 0 = the client
	Role      Role          `json:"role"`
	BirthDate calendar.Date `json:"birth_date"`
	Counts    bool          `json:"counts"`  // whose income counts
	Missing   bool          `json:"missing"` // nothing is known of what the person lives on
	Highest   bool          `json:"highest"` // the highest fee is accepted instead of telling
}

// Snapshot is a household on one day, as a decision uses it. Its JSON names nobody.
type Snapshot struct {
	Client     int64         `json:"client"`
	Day        calendar.Date `json:"day"`
	Definition calendar.Date `json:"definition_from"` // 0 = the default
	People     []Person      `json:"people"`
	Rows       []Row         `json:"rows"`
	Known      money.Cents   `json:"known_cents"` // sum of what counts in a month; may be negative
	Missing    bool          `json:"missing"`     // somebody's income that counts is not known
	Highest    bool          `json:"highest"`     // somebody accepts the highest fee
	Savings    *money.Cents  `json:"savings_cents,omitempty"`
}

// At gives the household on a day. It is pure: the same records give the same snapshot for ever. An item counts from its first day, so
// income of the future is usable from its date and not before. Each item becomes a month's amount by its own factor and is rounded half
// up to the cent, once; the sum is not rounded again.
func (h Household) At(day calendar.Date) Snapshot {
	d := h.Definition(day)
	s := Snapshot{Client: h.Client, Day: day, Definition: d.From, People: h.people(day)}
	roles := map[int64]Person{}
	for _, p := range s.People {
		roles[p.Member] = p
	}
	told := map[int64]bool{}
	for _, i := range h.Items {
		p, lives := roles[i.Member]
		if !lives || !i.Period.Contains(day) {
			continue
		}
		r := d.row(i, p)
		s.Rows = append(s.Rows, r)
		switch {
		case r.Standing == Counted:
			s.Known += r.Month
		case r.Standing == SavedUp:
			s.Savings = new(valueOr(s.Savings) + r.Month)
		}
		told[i.Member] = told[i.Member] || r.Standing != Undefined && r.Kind.Part.Tells()
		if r.Standing == Undefined {
			s.Missing = s.Missing || p.Counts
		}
	}
	for i, p := range s.People {
		asked := p.Counts && (p.Role != Self || !minor(p.BirthDate, day))
		s.People[i].Missing = asked && !told[p.Member]
		s.People[i].Highest = asked && h.accepts(p.Member, HighestFee, day)
		s.Missing = s.Missing || s.People[i].Missing
		s.Highest = s.Highest || s.People[i].Highest
	}
	if minor(h.BirthDate, day) && !slices.ContainsFunc(s.People, func(p Person) bool { return p.Role == Guardian }) {
		s.Missing = true // nobody is recorded whose income would be asked for
	}
	slices.SortStableFunc(s.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(order(a.Role), order(b.Role)), cmp.Compare(a.Member, b.Member), cmp.Compare(d.position(a.Kind.Code), d.position(b.Kind.Code)), cmp.Compare(a.Item, b.Item))
	})
	return s
}

func valueOr(c *money.Cents) money.Cents {
	if c == nil {
		return 0
	}
	return *c
}

// people are the client first, then the members of the day.
func (h Household) people(day calendar.Date) []Person {
	child := minor(h.BirthDate, day)
	list := []Person{{Role: Self, BirthDate: h.BirthDate, Counts: true}}
	for _, m := range h.Members {
		if m.Period.Contains(day) {
			counts := m.Role == Spouse || m.Role == Partner || m.Role == Guardian && child
			list = append(list, Person{Member: m.ID, Role: m.Role, BirthDate: m.BirthDate, Counts: counts})
		}
	}
	slices.SortStableFunc(list, func(a, b Person) int {
		return cmp.Or(cmp.Compare(order(a.Role), order(b.Role)), cmp.Compare(a.Member, b.Member))
	})
	return list
}

func order(r Role) int { return slices.Index([]Role{Self, Spouse, Partner, Guardian, Child}, r) }

// minor tells that somebody has not turned eighteen; who is born on 29.2. turns so on 28.2.
func minor(birth, day calendar.Date) bool { return day < birth.AddMonths(12*adult) }

// accepts tells that the person's consent of the kind is in force.
func (h Household) accepts(member int64, kind ConsentKind, day calendar.Date) bool {
	return slices.ContainsFunc(h.Consents, func(c Consent) bool { return c.Member == member && c.Kind == kind && c.holds(day) })
}

func (d Definition) position(code string) int {
	return slices.IndexFunc(d.Kinds, func(k Kind) bool { return k.Code == code })
}

// row makes an item a month's amount of its person.
func (d Definition) row(i Item, p Person) Row {
	r := Row{Item: i.ID, Member: i.Member, Role: p.Role, Cents: i.Cents, Period: i.Period, Source: i.Source, Fetched: i.FetchedOn}
	kind, known := d.Kind(i.Kind)
	per, fits := d.Per(i.Per)
	if !known || !fits {
		r.Kind, r.Per, r.Standing = Kind{Code: i.Kind}, Per{Code: i.Per}, Undefined
		return r
	}
	r.Kind, r.Per = kind, per
	switch {
	case kind.Part == Savings:
		r.Standing, r.Month = SavedUp, i.Cents
		return r
	case kind.Part == Excluded:
		r.Standing = LeftOut
	case !p.Counts:
		r.Standing = NotTheirs
	case kind.Part == Housing:
		r.Standing = ForHousing
	default:
		r.Standing = Counted
	}
	r.Month = monthly(i.Cents, kind.factor(per), per.Over)
	if kind.Part.sign() < 0 {
		r.Month = -r.Month
	}
	return r
}

// monthly is an amount × factor / over in a month, by the one rounding that published cases are checked against.
func monthly(c money.Cents, factor money.Exact, over int) money.Cents {
	return method.Monthly(c, factor.Times(money.Fraction(1, int64(over))))
}

// Size is how many live in the household, the client among them.
func (s Snapshot) Size() int { return len(s.People) }

// Income of the household in a month; nil when it is not known, or the highest fee is accepted instead. It may be negative.
func (s Snapshot) Income() *money.Cents {
	if s.Missing || s.Highest {
		return nil
	}
	return new(s.Known)
}

// Facts are what a value method is told of the household.
func (s Snapshot) Facts() rulebook.Facts {
	f := rulebook.Facts{Household: s.Size(), Income: s.Income(), Savings: s.Savings}
	for _, p := range s.People {
		if p.Missing || p.Highest {
			continue
		}
		switch p.Role {
		case Self:
			f.Client = s.net(p.Member)
		case Spouse, Partner:
			f.Spouse = s.net(p.Member)
		}
	}
	return f
}

// net sums one person's items by part. The forest's yield is a year's and whole: its own deduction belongs to the method.
func (s Snapshot) net(member int64) *rulebook.NetIncome {
	n := &rulebook.NetIncome{}
	for _, r := range s.Rows {
		if r.Member != member {
			continue
		}
		switch r.Kind.Part {
		case Earned:
			n.Earned += r.Month
		case Benefits:
			n.Benefits += r.Month
		case Capital:
			n.Capital += r.Month
		case Forest:
			n.Forest += monthly(r.Cents, r.Per.Times.Exact().Times(money.Whole(12)), r.Per.Over)
		case Minus:
			n.Deductions -= r.Month
		case Housing:
			n.Deductions += r.Month
		}
	}
	return n
}

// Explanation is how the month's income came about: one step for each item that counts, and the sum.
func (s Snapshot) Explanation() rulebook.Explanation {
	var e rulebook.Explanation
	for _, r := range s.Rows {
		if r.Standing != Counted {
			continue
		}
		values := rulebook.Values{"kind": r.Kind.Names, "amount": r.Cents, "per": r.Per.Names}
		step := rulebook.Step{Key: "household.step." + string(r.Role), Values: values, Result: r.Month}
		if factor := r.Kind.factor(r.Per); factor.Cmp(money.Whole(1)) != 0 || r.Per.Over != 1 {
			step.Key, step.Rounding = "household.converted."+string(r.Role), money.HalfUpCent.String()
			values["times"], values["over"] = decimalOf(factor), r.Per.Over
		}
		e = append(e, step)
	}
	key := "household.step.total"
	if s.Missing || s.Highest {
		key = "household.step.incomplete"
	}
	return append(e, rulebook.Step{Key: key, Values: rulebook.Values{"size": s.Size(), "day": s.Day}, Result: s.Known, Sum: true})
}

// decimalOf writes a product of two rates as the rate it is; it is finite, and within a rate's digits in any definition that Check passes.
func decimalOf(x money.Exact) any {
	if r, err := money.ParseRate(x.String()); err == nil {
		return r
	}
	return x.String()
}
