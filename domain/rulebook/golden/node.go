package golden

import (
	"encoding/json"
	"fmt"
	"strconv"

	"seteli/core/calendar"
	"seteli/core/money"
)

// Node is one value of a case: an object, a list, a text, a number, true, false or null. A missing field is null.
//
// Reading a value as what it is not gives the zero value and keeps the first such mistake for the whole case (Err), so that a
// kind reads all its fields in plain lines.
type Node struct {
	path  string
	value any // nil, bool, string, json.Number, []any or fields
	first *Problem
}

// Problem is a field of a case that cannot be read as what it should be.
type Problem struct {
	Field string // e.g. inputs.client.earned_cents
	Want  string // in plain words
	Got   any
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%s: %s wanted, got %s", p.Field, p.Want, written(p.Got))
}

// ParseNode makes a node of one JSON value, for tests of a kind.
func ParseNode(path string, raw []byte) (Node, error) {
	v, err := decode(raw)
	return Node{path, v, new(Problem)}, err
}

// Err is the first mistake found in the case so far, nil when there is none.
func (n Node) Err() error {
	if n.first.Want == "" {
		return nil
	}
	return n.first
}

// Wrong records that the value cannot be used, in plain words what it should be.
func (n Node) Wrong(want string) {
	if n.first.Want == "" {
		*n.first = Problem{n.path, want, n.value}
	}
}

// Null reports null or missing.
func (n Node) Null() bool { return n.value == nil }

// At is a field of an object; null when it is missing.
func (n Node) At(field string) Node {
	object, ok := n.value.(fields)
	if !ok && n.value != nil {
		n.Wrong("an object")
	}
	return Node{n.path + "." + field, object.values[field], n.first}
}

// Has reports that an object has the field, null or not.
func (n Node) Has(field string) bool {
	object, ok := n.value.(fields)
	_, there := object.values[field]
	return ok && there
}

// Keys are the field names of an object in the order of the file; none of null.
func (n Node) Keys() []string {
	object, ok := n.value.(fields)
	if !ok && n.value != nil {
		n.Wrong("an object")
	}
	return object.order
}

// List gives the elements of a list; none of null.
func (n Node) List() []Node {
	list, ok := n.value.([]any)
	if !ok && n.value != nil {
		n.Wrong("a list")
	}
	nodes := make([]Node, len(list))
	for i, v := range list {
		nodes[i] = Node{n.path + "[" + strconv.Itoa(i) + "]", v, n.first}
	}
	return nodes
}

// Text is a text.
func (n Node) Text() string {
	s, ok := n.value.(string)
	if !ok {
		n.Wrong("a text")
	}
	return s
}

// TextOr is a text, or what stands for null.
func (n Node) TextOr(none string) string {
	if n.Null() {
		return none
	}
	return n.Text()
}

// Bool is true or false.
func (n Node) Bool() bool {
	b, ok := n.value.(bool)
	if !ok {
		n.Wrong("true or false")
	}
	return b
}

// BoolOr is true or false, or what stands for null.
func (n Node) BoolOr(none bool) bool {
	if n.Null() {
		return none
	}
	return n.Bool()
}

// Int64 is a whole number.
func (n Node) Int64() int64 {
	number, _ := n.value.(json.Number)
	i, err := strconv.ParseInt(string(number), 10, 64)
	if err != nil {
		n.Wrong("a whole number")
		return 0
	}
	return i
}

// Int is a whole number.
func (n Node) Int() int { return int(n.Int64()) }

// mostCents is 10 000 million euros; more is no amount of this field, and products with it still fit.
const mostCents = 1_000_000_000_000

// Cents is an amount in whole cents, perhaps negative.
func (n Node) Cents() money.Cents {
	c := n.Int64()
	if c > mostCents || c < -mostCents {
		n.Wrong("an amount of at most 10 000 million euros")
		return 0
	}
	return money.Cents(c)
}

// CentsOr is an amount, or what stands for null.
func (n Node) CentsOr(none money.Cents) money.Cents {
	if n.Null() {
		return none
	}
	return n.Cents()
}

// OptCents is an amount, nil for null.
func (n Node) OptCents() *money.Cents {
	if n.Null() {
		return nil
	}
	c := n.Cents()
	return &c
}

// number is a text or a plain number: the decimals of the format are texts, but their whole ones stand as numbers too.
func (n Node) number() string {
	switch v := n.value.(type) {
	case string:
		return v
	case json.Number:
		return string(v)
	}
	return ""
}

// Rate is an exact decimal.
func (n Node) Rate() money.Rate {
	r, err := money.ParseRate(n.number())
	if err != nil {
		n.Wrong("a decimal number as text")
	}
	return r
}

// RateOr is an exact decimal, or what stands for null.
func (n Node) RateOr(none string) money.Rate {
	if n.Null() {
		return money.MustRate(none)
	}
	return n.Rate()
}

// Factor is an exact decimal or fraction, "30.4" or "30/7".
func (n Node) Factor() money.Factor {
	f, err := money.ParseFactor(n.number())
	if err != nil {
		n.Wrong("a decimal number or a fraction as text")
	}
	return f
}

// Exact is an exact decimal or fraction as a number to calculate with.
func (n Node) Exact() money.Exact { return n.Factor().Exact() }

// ExactOr is an exact number, or what stands for null.
func (n Node) ExactOr(none money.Exact) money.Exact {
	if n.Null() {
		return none
	}
	return n.Exact()
}

// Date is a day.
func (n Node) Date() calendar.Date {
	s, _ := n.value.(string)
	d, err := calendar.ParseDate(s)
	if err != nil {
		n.Wrong("a date YYYY-MM-DD")
	}
	return d
}

// OptDate is a day, nil for null.
func (n Node) OptDate() *calendar.Date {
	if n.Null() {
		return nil
	}
	d := n.Date()
	return &d
}

// Month is a month.
func (n Node) Month() calendar.Month {
	s, _ := n.value.(string)
	m, err := calendar.ParseMonth(s)
	if err != nil {
		n.Wrong("a month YYYY-MM")
	}
	return m
}

// Period reads the fields from and to of an object, inclusive at both ends there and half-open here; to = null is open.
func (n Node) Period() calendar.Period {
	p := calendar.Period{From: n.At("from").Date(), To: calendar.Forever}
	if to := n.At("to"); !to.Null() {
		p.To = to.Date() + 1
	}
	if p.Empty() && n.Err() == nil {
		n.Wrong("a period that ends on or after its first day")
	}
	return p
}

// Rounding reads {"unit", "mode"}; null and the unit "none" round half up to the cent.
func (n Node) Rounding() money.Rounding {
	unit := n.At("unit").TextOr("none")
	mode := n.At("mode").TextOr("half_up")
	if unit == "none" {
		return money.HalfUpCent
	}
	r, err := money.ParseRounding(mode + "_" + unit)
	if err != nil {
		n.Wrong("a rounding of cent, 5cent, 10cent, euro or none, half_up, down or up")
	}
	return r
}
