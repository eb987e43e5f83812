package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// UnitTerms are what a unit must know of the municipality's rules on a day.
type UnitTerms struct {
	Service       int64
	Model         daycare.Model
	Cap           *money.Cents // of the surcharge, model B
	Options       []Offered
	NoticeMonths  int
	PriceNotice   int           // days before a change of price begins, by which the unit tells it
	PriceFrom     calendar.Date // the first day of a change that is told on the day; the day itself without a notice time
	StatementDays int
	Lapse         profile.Lapse
}

// Offered is a need option with the values of the day; without them (the day lacks values or thresholds) both are 0.
type Offered struct {
	Code        string
	Kind        string // placement type
	Names       i18n.Names
	Default     bool
	Over, Under money.Cents
}

// Option finds an option by its code.
func (t UnitTerms) Option(code string) (Offered, bool) {
	i := slices.IndexFunc(t.Options, func(o Offered) bool { return o.Code == code })
	if i < 0 {
		return Offered{}, false
	}
	return t.Options[i], true
}

// UnitTermsOn reads them. DAY-081 when the municipality has no rules.
func UnitTermsOn(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, day calendar.Date) (UnitTerms, error) {
	if err := mayTell(by, organiser); err != nil {
		return UnitTerms{}, err
	}
	rules, err := published(ctx, tx, organiser)
	if err != nil {
		return UnitTerms{}, err
	}
	return rules.terms(day), nil
}

func (f inForce) terms(day calendar.Date) UnitTerms {
	v := f.on(day)
	t := UnitTerms{Service: v.Service, NoticeMonths: v.Profile.NoticeMonths, PriceNotice: v.Profile.PriceNoticeDays, PriceFrom: v.EarliestPrice(day), StatementDays: v.Profile.StatementDays, Lapse: v.Profile.Lapse}
	if m, ok := v.Profile.PriceModelOn(day); ok {
		t.Model, t.Cap = m.Model, m.Cap
	}
	for _, o := range v.Profile.Options {
		x := Offered{Code: o.Code, Kind: o.PlacementType, Names: o.Names, Default: o.Default}
		if over, err := v.valueOf(o.Code, false, day); err == nil {
			x.Over = over
		}
		if under, err := v.valueOf(o.Code, true, day); err == nil {
			x.Under = under
		}
		t.Options = append(t.Options, x)
	}
	return t
}

// valueOf is the greatest value of an option for a child of an age.
func (v version) valueOf(option string, underThree bool, day calendar.Date) (money.Cents, error) {
	rules, reason := v.set.On(day)
	if reason != "" {
		return 0, errNoRules
	}
	o, err := rules.Decide(daycare.Moment{FamilySize: 2, Adults: []*money.Cents{nil}, Ordinal: 1, UnderThree: underThree, Option: option, Support: one})
	return o.Value, err
}

// UnitName is a unit with its name.
type UnitName struct {
	ID   int64
	Name string
}

// UnitsToPrice lists the provider's units that may ask a price: approved for the municipality's early education, or with children in it.
func UnitsToPrice(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]UnitName, error) {
	terms, err := UnitTermsOn(ctx, tx, by, organiser, tx.Today())
	if err != nil {
		return nil, err
	}
	rows, err := db.New(tx).UnitsOfProvider(ctx, db.UnitsOfProviderParams{OrganiserID: organiser, ProviderID: by.Provider, ServiceID: terms.Service, Day: tx.Today()})
	if err != nil {
		return nil, fmt.Errorf("listing units of provider %d: %w", by.Provider, err)
	}
	list := make([]UnitName, len(rows))
	for i, r := range rows {
		list[i] = UnitName{r.UnitID, r.Name}
	}
	return list, nil
}

// TakesPart tells whether the municipality has early education and the provider a unit approved for it, a child in it or a statement of it.
func TakesPart(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (bool, error) {
	units, err := UnitsToPrice(ctx, tx, by, organiser)
	if errors.Is(err, errNoRules) {
		return false, nil
	}
	if err != nil || len(units) > 0 {
		return err == nil, err
	}
	statements, err := Statements(ctx, tx, by, organiser, 0)
	return len(statements) > 0, err
}

// Organisers lists the organisers that the provider has an approval, children or statements with; with which of them it is early
// education, TakesPart tells in their scope. The transaction has the provider's scope.
func Organisers(ctx context.Context, tx *postgres.Tx, by access.Actor) ([]int32, error) {
	if !by.Can(access.DaycareReport) || by.Provider == 0 {
		return nil, access.ErrForbidden
	}
	list, err := db.New(tx).OrganisersOfProvider(ctx, by.Provider)
	if err != nil {
		return nil, fmt.Errorf("listing municipalities of provider %d: %w", by.Provider, err)
	}
	return list, nil
}

// UnitChild is a child with a place at a unit, as the unit may see it: the sums of its decision, never what they were made of.
type UnitChild struct {
	ProviderChild
	RowVersion int32
	Voucher    bool
	NoticeBy   string
	NoticePaid calendar.Period // days after care that the notice pays, if the decision ends with the care; empty = none
	Refilled   *calendar.Date
	Option     Offered
	Decision   *UnitDecision // of today, else the next one
	Absences   []Absence
	Absent     daycare.AbsenceCount
}

// UnitDecision is a value decision as the unit sees it; sums are of a whole month.
type UnitDecision struct {
	Period    calendar.Period
	Value     money.Cents
	OwnShare  money.Cents
	Payable   money.Cents // by the municipality
	Price     money.Cents // the unit's, 0 where the model has none
	Surcharge money.Cents
	Family    money.Cents // by the family to the unit: what the municipality does not pay of the price
}

// ChildrenOfUnits lists the children with a place at the provider's units now or later, and logs the reading.
func ChildrenOfUnits(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]UnitChild, error) {
	list, err := OfProvider(ctx, tx, by, organiser)
	if err != nil {
		return nil, err
	}
	out := make([]UnitChild, len(list))
	for i, c := range list {
		out[i].ProviderChild = c
	}
	return out, complete(ctx, tx, by, organiser, out)
}

// ChildOfUnit reads one place, also one that has ended, and logs the reading. DAY-140.
func ChildOfUnit(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, placement int64) (UnitChild, error) {
	row, err := place(ctx, tx, by, organiser, placement)
	if err != nil {
		return UnitChild{}, err
	}
	c := UnitChild{ProviderChild: ProviderChild{row.ChildID, fullName(row.LastName, row.FirstNames), row.BirthDate, row.PlacementID, row.UnitID, row.UnitName, row.Kind,
		period(row.ValidFrom, row.ValidTo), row.NoticeOn}}
	list := []UnitChild{c}
	by.Provider = row.ProviderID
	if err := complete(ctx, tx, by, organiser, list); err != nil {
		return UnitChild{}, err
	}
	return list[0], audit.SeenMany(ctx, tx, by, []audit.View{{Organiser: organiser, Person: row.PersonID, Client: row.ChildID, Purpose: client.ForService, What: "daycare"}})
}

// complete adds to places what else is known of them.
func complete(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, list []UnitChild) error {
	if len(list) == 0 {
		return nil
	}
	rules, err := published(ctx, tx, organiser)
	if err != nil {
		return err
	}
	var children, units []int64
	for _, c := range list {
		children, units = append(children, c.Child), append(units, c.Unit)
	}
	q := db.New(tx)
	places, err := q.PlacementsOf(ctx, db.PlacementsOfParams{OrganiserID: organiser, Children: children})
	if err != nil {
		return fmt.Errorf("reading places: %w", err)
	}
	told, err := q.NoticesOf(ctx, db.NoticesOfParams{OrganiserID: organiser, Children: children})
	if err != nil {
		return fmt.Errorf("reading notices: %w", err)
	}
	needs, err := q.NeedsOf(ctx, db.NeedsOfParams{OrganiserID: organiser, Children: children})
	if err != nil {
		return fmt.Errorf("reading needs: %w", err)
	}
	decisions, err := q.DecisionsOfProvider(ctx, db.DecisionsOfProviderParams{OrganiserID: organiser, ProviderID: by.Provider})
	if err != nil {
		return fmt.Errorf("reading decisions of provider %d: %w", by.Provider, err)
	}
	asked, err := loadPrices(ctx, tx, organiser, units)
	if err != nil {
		return err
	}
	away, err := absences(ctx, tx, organiser, children)
	if err != nil {
		return err
	}
	terms := rules.terms(tx.Today())
	for i := range list {
		c := &list[i]
		for _, p := range places {
			if p.PlacementID == c.Placement {
				c.RowVersion, c.Voucher = p.RowVersion, p.Voucher
			}
		}
		for _, t := range told {
			if t.PlacementID == c.Placement {
				c.NoticeBy, c.Refilled = t.NoticeBy, t.RefilledOn
			}
		}
		if c.Notice != nil && c.Voucher {
			c.NoticePaid = daycare.GivenUp{On: *c.Notice, End: c.Period.To, Months: rules.on(*c.Notice).Profile.NoticeMonths, Refilled: c.Refilled}.Paid()
		}
		c.Option = optionOf(*c, terms, needs, tx.Today())
		c.Decision = decisionOf(*c, rules, asked, decisions, tx.Today())
		for _, a := range away[c.Child] {
			if a.Period.Overlaps(c.Period) {
				c.Absences = append(c.Absences, a)
			}
		}
		c.Absent = rules.counted(c.Absences, tx.Today())
	}
	return nil
}

// optionOf is the need of today, or of the place's first day when it is to come; the default of the placement type where none is recorded.
func optionOf(c UnitChild, t UnitTerms, needs []db.NeedsOfRow, today calendar.Date) Offered {
	day := min(max(today, c.Period.From), c.Period.Last())
	for _, n := range needs {
		if n.ChildID == c.Child && period(n.ValidFrom, n.ValidTo).Contains(day) {
			if o, ok := t.Option(n.OptionCode); ok {
				return o
			}
		}
	}
	i := slices.IndexFunc(t.Options, func(o Offered) bool { return o.Kind == c.Kind && o.Default })
	if i < 0 {
		return Offered{}
	}
	return t.Options[i]
}

func decisionOf(c UnitChild, rules inForce, asked prices, all []db.DecisionsOfProviderRow, today calendar.Date) *UnitDecision {
	for _, d := range all { // by child and day: the first that has not passed
		p := period(d.ValidFrom, d.ValidTo)
		if d.ChildID != c.Child || d.UnitID != c.Unit || p.Empty() || !p.Overlaps(c.Period) || p.To <= today && c.Period.To > today {
			continue
		}
		day := max(p.From, min(today, p.Last()))
		out := &UnitDecision{Period: p, Value: d.ValueCents, OwnShare: d.OwnCents, Payable: d.PayableCents}
		model, ok := rules.on(day).Profile.PriceModelOn(day)
		price := asked.on(c.Unit, c.Option.Code, day)
		switch {
		case !ok:
		case model.Model.NeedsPrice():
			out.Price = price.At(day < daycare.OverThreeFrom(c.BirthDate))
			out.Family = max(0, out.Price-d.PayableCents)
		default:
			out.Surcharge = price.Surcharge
			out.Family = d.ValueCents - d.PayableCents + price.Surcharge
		}
		return out
	}
	return nil
}

// LongAbsences lists for staff the children whose latest absence is near the limit of the rules or over it, the longest first. What follows
// is decided by a person: the place is ended on the child's own page, or it stays.
func LongAbsences(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]UnitChild, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rules, err := published(ctx, tx, organiser)
	if errors.Is(err, errNoRules) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	away, err := absences(ctx, tx, organiser, nil)
	if err != nil {
		return nil, err
	}
	var children []int64
	for child, list := range away {
		if c := rules.counted(list, tx.Today()); c.Near {
			children = append(children, child)
		}
	}
	slices.Sort(children)
	rows, err := db.New(tx).PlacesOfChildren(ctx, db.PlacesOfChildrenParams{OrganiserID: organiser, Children: children, Day: tx.Today()})
	if err != nil {
		return nil, fmt.Errorf("reading places of %d children: %w", len(children), err)
	}
	var out []UnitChild
	var views []audit.View
	for _, r := range rows {
		c := UnitChild{ProviderChild: ProviderChild{r.ChildID, fullName(r.LastName, r.FirstNames), r.BirthDate, r.PlacementID, r.UnitID, r.UnitName, r.Kind, period(r.ValidFrom, r.ValidTo), r.NoticeOn}}
		c.Absences = away[r.ChildID]
		c.Absent = rules.counted(c.Absences, tx.Today())
		if !c.Absent.Overlaps(c.Period) { // it was of an earlier place
			continue
		}
		out = append(out, c)
		views = append(views, audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ChildID, Purpose: client.ForCase, What: "daycare"})
	}
	slices.SortStableFunc(out, func(a, b UnitChild) int { return b.Absent.Days - a.Absent.Days })
	return out, audit.SeenMany(ctx, tx, by, views)
}
