package varda

import (
	"context"
	"fmt"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
)

// Warehouse is the connection to the national data warehouse.
type Warehouse interface {
	// Create makes an object under its parent's address and gives its own. One that is there already under the same key is found, not
	// made twice. people tells who its clients are.
	Create(ctx context.Context, o Object, parent string, people map[int64]Human) (url string, err error)
	// End changes the last day of an object; nil = open again.
	End(ctx context.Context, k Known, last *calendar.Date) error
	// Delete takes an object away; one that is gone already is no error.
	Delete(ctx context.Context, k Known) error
}

// Human is who a person is, for the request only: nothing of it is kept here.
type Human struct {
	FirstNames, LastName string
	Identity             ident.Hetu
}

// ErrDown: the warehouse cannot be reached or does not answer now. The run stops and goes on later where it was.
var ErrDown = fault.New(fault.Unavailable, "VRD-001", "varda.down")

// Refusal is the warehouse's no to one object, with its own codes.
type Refusal struct{ Codes []Code }

// Code is one reason of a refusal: the field as the warehouse names it, its code ("MA003") and its own words.
type Code struct {
	Field string `json:"field"`
	Code  string `json:"code"`
	Words string `json:"words"`
}

func (r *Refusal) Error() string {
	list := make([]string, len(r.Codes))
	for i, c := range r.Codes {
		list[i] = fmt.Sprintf("%s: %s", c.Field, c.Code)
	}
	return "the warehouse refused: " + strings.Join(list, ", ")
}
