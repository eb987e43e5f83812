// Package fault is the vocabulary of errors that people meet: a kind that decides the status,
// a stable code that is never reused, the key of a translatable message with its named values,
// and the cause, which only the log sees.
//
// It knows nothing of HTTP, languages or the database; the faces turn a fault into a page,
// a problem document or a line on a terminal.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"strings"
)

// Kind decides how a fault is answered. The zero value is Internal, so a forgotten kind leaks nothing.
type Kind uint8

// The kinds, in the order in which a mixed list of faults takes its status (the highest wins).
const (
	Internal    Kind = iota // a defect or an unknown error; the user sees a reference only
	Invalid                 // what was entered cannot be accepted; the message names field, reason, remedy
	NotFound                // does not exist, or the asker may not know that it does
	Conflict                // well-formed, but the present state forbids it
	Stale                   // somebody else changed it first; load again
	Forbidden               // the actor lacks the right
	Unavailable             // something outside is down; try again later
)

var kindNames = [...]string{"internal", "invalid", "not found", "conflict", "stale", "forbidden", "unavailable"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Fault is one refusal. It is a value to copy from: With, At and Because return changed copies, so that
// faults declared as package variables are never altered.
type Fault struct {
	Kind   Kind
	Code   string         // stable, e.g. "VOU-007"
	Key    string         // key of the message in the text catalogues, e.g. "voucher.close.settled"
	Field  string         // name of the form field or column it is about, "" for the whole
	Values map[string]any // named values of the message; never personal data
	cause  error
}

// New declares a fault. Codes are unique in the program; a test at the root finds doubles.
func New(kind Kind, code, key string) *Fault { return &Fault{Kind: kind, Code: code, Key: key} }

// Error is for logs: code, key and cause. It is never shown to users.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.Code)
	b.WriteByte(' ')
	b.WriteString(f.Key)
	if f.Field != "" {
		b.WriteString(" (" + f.Field + ")")
	}
	if f.cause != nil {
		b.WriteString(": " + f.cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.cause }

// Is reports equality by code, so that errors.Is(err, errClosed) holds for copies made by With.
func (f *Fault) Is(target error) bool {
	other, ok := target.(*Fault)
	return ok && other.Code == f.Code
}

// With adds a named value to the message. Values are typed (money.Cents, calendar.Date, int, string);
// the face formats them in the user's language.
func (f *Fault) With(name string, value any) *Fault {
	c := *f
	c.Values = maps.Clone(f.Values)
	if c.Values == nil {
		c.Values = map[string]any{}
	}
	c.Values[name] = value
	return &c
}

// At names the field that the fault is about.
func (f *Fault) At(field string) *Fault {
	c := *f
	c.Field = field
	return &c
}

// Because keeps the cause for the log.
func (f *Fault) Because(cause error) *Fault {
	c := *f
	c.cause = cause
	return &c
}

// List is several faults at once: a form or a file tells everything that is wrong in one answer.
type List []*Fault

func (l List) Error() string {
	parts := make([]string, len(l))
	for i, f := range l {
		parts[i] = f.Error()
	}
	return strings.Join(parts, "; ")
}

// Unwrap lets errors.Is and errors.As look into the list.
func (l List) Unwrap() []error {
	errs := make([]error, len(l))
	for i, f := range l {
		errs[i] = f
	}
	return errs
}

// Err is nil for an empty list, the fault itself for one, the list otherwise.
func (l List) Err() error {
	switch len(l) {
	case 0:
		return nil
	case 1:
		return l[0]
	}
	return l
}

// All gives every fault in err, in order; nil when err holds none.
func All(err error) List {
	var list List
	if errors.As(err, &list) {
		return list
	}
	var one *Fault
	if errors.As(err, &one) {
		return List{one}
	}
	return nil
}

// KindOf gives the kind that answers err: Internal when it holds no fault, the weightiest in a list.
func KindOf(err error) Kind {
	kind := Internal
	for _, f := range All(err) {
		kind = max(kind, f.Kind)
	}
	return kind
}

// CodeOf gives the code of the first fault in err, "" when there is none.
func CodeOf(err error) string {
	if l := All(err); len(l) > 0 {
		return l[0].Code
	}
	return ""
}

// On renames the field of every fault in err, for a form whose field is not called as the parser calls it.
// An error without faults comes back as it is.
func On(err error, field string) error {
	found := All(err)
	if len(found) == 0 {
		return err
	}
	renamed := make(List, len(found))
	for i, f := range found {
		renamed[i] = f.At(field)
	}
	return renamed.Err()
}
