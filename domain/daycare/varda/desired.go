package varda

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
)

// Record is a voucher child as the municipality has it.
type Record struct {
	Client int64   // the child
	Places []Place // by day
	Values []Value // value decisions that hold, by day
}

// Place is a stretch of a voucher place with one need option, as a value decision holds it.
type Place struct {
	calendar.Period
	Unit   int64
	Option string
	Kind   string // of the place, as the municipality's rules name it
}

// Value is a value decision that holds.
type Value struct {
	calendar.Period
	Unit      int64
	Kind      string // of the place
	Value     money.Cents
	OwnShare  money.Cents
	Size      int
	Guardians []int64 // clients: of the household that pays
}

// Unit is what must be known of a unit before its children can be reported.
type Unit struct {
	OID      string
	Producer string
	Agreed   bool // both sides have recorded the agreement in the warehouse
}

// Option is what the warehouse asks of a need option.
type Option struct {
	Hours Tenths
	Daily bool
	Shift bool // evenings, nights or weekends
}

// Settings are the municipality's.
type Settings struct {
	Units   map[int64]Unit
	Options map[string]Option
}

// Lack is what keeps a child from being reported, before anything was sent.
type Lack struct {
	Why  Why
	Unit int64 // ours that lacks it; 0 when it is no unit's
}

// Why something lacks.
type Why string

// The lacks; each is mended on our own pages or in the warehouse.
const (
	NoUnit      Why = "no_unit"      // the unit's or its producer's OID is not recorded
	NoAgreement Why = "no_agreement" // the warehouse would answer PT010
	NoOption    Why = "no_option"    // the need option's weekly hours are not recorded
	NoGuardian  Why = "no_guardian"  // the warehouse would answer MA003
)

// Kinds of places that the warehouse treats in a way of their own.
var (
	temporary = map[string]bool{"TEMPORARY_DAYCARE": true, "TEMPORARY_DAYCARE_PART_DAY": true}
	// elsewhere are no early education of the warehouse: preschool has a register of its own, clubs and care of schoolchildren none.
	elsewhere = map[string]bool{"CLUB": true, "PRESCHOOL": true, "PREPARATORY": true, "SCHOOL_SHIFT_CARE": true}
)

// Days of the warehouse: what ended before is not taken (MI021, MA019).
var (
	firstDecision = calendar.Day(2019, 1, 1)
	firstFee      = calendar.Day(2019, 9, 1)
)

// applied: when the day of application is not known, so many days before the start, so that the application does not look urgent.
const applied = 15

// Wanted makes the objects that the warehouse should hold of a child, one child object for each producer. A lack stops the whole child:
// half a child in the warehouse would be refused or wrong.
func Wanted(r Record, s Settings) ([]Object, []Lack) {
	w := wanting{r: r, s: s}
	for _, p := range w.places() {
		w.place(p)
	}
	for _, v := range w.values() {
		w.fee(v)
	}
	if len(w.lacks) > 0 {
		slices.SortFunc(w.lacks, func(a, b Lack) int { return cmp.Or(cmp.Compare(a.Why, b.Why), cmp.Compare(a.Unit, b.Unit)) })
		return nil, slices.Compact(w.lacks)
	}
	return w.out, nil
}

type wanting struct {
	r     Record
	s     Settings
	out   []Object
	spans map[string]calendar.Period // of the decisions, by the child object's key
	lacks []Lack
}

// places joins stretches that the warehouse cannot tell apart and leaves out what is too old.
func (w *wanting) places() (list []Place) {
	for _, p := range w.r.Places {
		if p.Empty() || p.To <= firstDecision || elsewhere[p.Kind] {
			continue
		}
		if n := len(list); n > 0 && list[n-1].Unit == p.Unit && list[n-1].Option == p.Option && list[n-1].Kind == p.Kind && list[n-1].To == p.From {
			list[n-1].To = p.To
			continue
		}
		list = append(list, p)
	}
	return list
}

// child gives the key of the child object of the unit's producer, made when it is the first.
func (w *wanting) child(unit int64) (string, bool) {
	u := w.s.Units[unit]
	switch {
	case u.OID == "" || u.Producer == "":
		w.lacks = append(w.lacks, Lack{NoUnit, unit})
		return "", false
	case !u.Agreed:
		w.lacks = append(w.lacks, Lack{NoAgreement, unit})
		return "", false
	}
	person := Object{Kind: Person, Key: key(Person, w.r.Client), Client: w.r.Client}
	c := Object{Kind: Child, Key: key(Child, w.r.Client, u.Producer), Parent: person.Key, Client: w.r.Client, At: unit, Producer: u.Producer}
	if w.spans == nil {
		w.spans = map[string]calendar.Period{}
		w.out = append(w.out, person)
	}
	if _, made := w.spans[c.Key]; !made {
		w.spans[c.Key] = calendar.Period{}
		w.out = append(w.out, c)
	}
	return c.Key, true
}

func (w *wanting) place(p Place) {
	o, known := w.s.Options[p.Option]
	if !known {
		w.lacks = append(w.lacks, Lack{Why: NoOption})
		return
	}
	child, ok := w.child(p.Unit)
	if !ok {
		return
	}
	span := w.spans[child]
	if span.Empty() {
		span = p.Period
	}
	w.spans[child] = calendar.Period{From: min(span.From, p.From), To: max(span.To, p.To)}
	d := Object{Kind: Decision, Parent: child, At: p.Unit, From: p.From, Last: last(p.Period), Applied: p.From - applied, Hours: o.Hours, Daily: o.Daily, Shift: o.Shift, Temporary: temporary[p.Kind]}
	parts := []any{child, p.From, p.Unit, int(o.Hours), o.Daily}
	if d.Shift { // what is not so has the key that it had before these were told
		parts = append(parts, "shift")
	}
	if d.Temporary {
		parts = append(parts, "temporary")
	}
	d.Key = key(Decision, parts...)
	unit := w.s.Units[p.Unit].OID
	w.out = append(w.out, d, Object{Kind: Placement, Key: key(Placement, d.Key, unit, p.From), Parent: d.Key, At: p.Unit, From: p.From, Last: d.Last, Unit: unit})
}

// values joins decisions of equal sums, clipped later to the days of the child's decisions.
func (w *wanting) values() (list []Value) {
	sorted := slices.Clone(w.r.Values)
	slices.SortFunc(sorted, func(a, b Value) int { return cmp.Compare(a.From, b.From) })
	for _, v := range sorted {
		if v.Empty() || v.To <= firstFee || elsewhere[v.Kind] {
			continue
		}
		if n := len(list); n > 0 && list[n-1].To == v.From && list[n-1].Unit == v.Unit && list[n-1].Value == v.Value && list[n-1].OwnShare == v.OwnShare &&
			list[n-1].Size == v.Size && slices.Equal(list[n-1].Guardians, v.Guardians) {
			list[n-1].To = v.To
			continue
		}
		list = append(list, v)
	}
	return list
}

// fee makes fee data within the days of the child's decisions there (MA005–MA007); outside them there is nothing to tell.
func (w *wanting) fee(v Value) {
	child, ok := w.child(v.Unit)
	if !ok {
		return
	}
	span := w.spans[child]
	p := calendar.Period{From: max(v.From, span.From, firstFee), To: min(v.To, span.To)}
	if p.Empty() {
		return
	}
	if len(v.Guardians) == 0 {
		w.lacks = append(w.lacks, Lack{Why: NoGuardian})
		return
	}
	w.out = append(w.out, Object{Kind: Fee, Key: key(Fee, child, p.From, v.Value, v.OwnShare, v.Size, v.Guardians), Parent: child, At: v.Unit, From: p.From, Last: last(p), Value: v.Value, OwnShare: v.OwnShare,
		Size: v.Size, Guardians: v.Guardians})
}

// last is the last day of a half-open period; nil when it has no end.
func last(p calendar.Period) *calendar.Date {
	if p.To == calendar.Forever {
		return nil
	}
	return new(p.To - 1)
}

func up(list []Step) {
	slices.SortStableFunc(list, func(a, b Step) int { return cmp.Compare(order[a.kind()], order[b.kind()]) })
}

func down(list []Step) {
	slices.SortStableFunc(list, func(a, b Step) int { return cmp.Compare(order[b.kind()], order[a.kind()]) })
}

func (s Step) kind() Kind {
	if s.Act == Delete {
		return s.Known.Kind
	}
	return s.Object.Kind
}
