package varda

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

	"seteli/core/calendar"
	"seteli/core/money"
)

// Kind of an object in the warehouse.
type Kind string

// The kinds in the order of making; they are deleted in the reverse order.
const (
	Person    Kind = "person"
	Child     Kind = "child"     // of one producer: another producer's child is another object
	Decision  Kind = "decision"  // on early education: hours and way of arranging
	Placement Kind = "placement" // in a unit
	Fee       Kind = "fee"
)

var order = map[Kind]int{Person: 0, Child: 1, Decision: 2, Placement: 3, Fee: 4}

// Object is one thing that the warehouse should hold. Its key follows from everything but its last day, since that is the only thing
// that the warehouse lets be changed (GE013): anything else that changes makes another object.
type Object struct {
	Kind   Kind
	Key    string // at most 120 letters, digits, dots, hyphens and underscores; tells nobody's identity
	Parent string // key of the object that it hangs on
	Client int64  // whom a person or a child is about
	At     int64  // our unit that it tells of: a child's is the first with the producer; 0 of a person

	From calendar.Date
	Last *calendar.Date // the last day that it holds; nil = open

	Producer string // OID, of a child
	Unit     string // OID, of a placement
	Applied  calendar.Date
	Hours    Tenths // a week, of a decision
	Daily    bool   // every day of the week that the unit is open, of a decision

	Shift, Temporary bool // care, of a decision

	Value     money.Cents // before the client's fee
	OwnShare  money.Cents
	Size      int     // of the family
	Guardians []int64 // clients
}

// Tenths are tenths of an hour: the warehouse takes one decimal.
type Tenths int

// FullDay tells whether the hours of a week are full-time early education for the warehouse: 25 or more.
func (t Tenths) FullDay() bool { return t >= 250 }

func (t Tenths) String() string { return fmt.Sprintf("%d.%d", t/10, t%10) }

// key makes the key of an object from what it is: kind and sixteen letters.
func key(kind Kind, parts ...any) string {
	sum := sha256.Sum256([]byte(fmt.Sprintln(append([]any{kind}, parts...)...)))
	return string(kind) + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// Known is an object that the warehouse has taken.
type Known struct {
	Kind   Kind
	Key    string
	Parent string
	URL    string // its address there
	Last   *calendar.Date
}

// Act is what a step does.
type Act string

// The acts.
const (
	Create Act = "create"
	End    Act = "end" // changes the last day
	Delete Act = "delete"
)

// Step is one request to the warehouse.
type Step struct {
	Act    Act
	Object Object // of create and end
	Known  Known  // of end and delete
}

// Diff gives the steps from what the warehouse holds of a child to what it should hold, in an order that it takes: what is too much goes
// first, fees before placements before decisions; then what ends earlier; then what ends later and what is new, parents first. Persons
// are never deleted: others may report them too.
func Diff(wanted []Object, known []Known) []Step {
	want := map[string]Object{}
	for _, o := range wanted {
		want[o.Key] = o
	}
	have := map[string]Known{}
	var gone, shorter, longer []Step
	for _, k := range known {
		have[k.Key] = k
		o, ok := want[k.Key]
		switch {
		case !ok && k.Kind != Person:
			gone = append(gone, Step{Act: Delete, Known: k})
		case ok && before(o.Last, k.Last):
			shorter = append(shorter, Step{Act: End, Object: o, Known: k})
		case ok && before(k.Last, o.Last):
			longer = append(longer, Step{Act: End, Object: o, Known: k})
		}
	}
	for _, o := range wanted {
		if _, ok := have[o.Key]; !ok {
			longer = append(longer, Step{Act: Create, Object: o})
		}
	}
	down(gone)
	down(shorter)
	up(longer)
	return append(append(gone, shorter...), longer...)
}

// before tells whether one last day is earlier than another; nil is the latest of all.
func before(a, b *calendar.Date) bool {
	if a == nil {
		return false
	}
	return b == nil || *a < *b
}
