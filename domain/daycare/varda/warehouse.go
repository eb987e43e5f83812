package varda

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
)

// Warehouse is the connection to the national data warehouse.
type Warehouse interface {
	// Create makes an object under its parent's address and gives its own. One that is there already under the same key is found, not
	// made twice. people tells who its clients are.
	Create(ctx context.Context, o Object, parent string, people map[int64]Human) (url string, err error)
	// End changes the last day of an object; nil = open again. ErrGone when it is not there.
	End(ctx context.Context, k Known, last *calendar.Date) error
	// Delete takes an object away; one that is gone already is no error.
	Delete(ctx context.Context, k Known) error
}

// Human is who a person is, for the request only: nothing of it is kept here.
type Human struct {
	FirstNames, LastName string
	Identity             ident.Hetu
}

// What stops a run: it is held and goes on later where it was.
var (
	// ErrDown: the warehouse cannot be reached or does not answer now.
	ErrDown = fault.New(fault.Unavailable, "VRD-001", "varda.down")
	// ErrBusy: the warehouse takes no more requests now.
	ErrBusy = fault.New(fault.Unavailable, "VRD-010", "varda.busy")
	// ErrKey: the warehouse does not take the user or the password.
	ErrKey = fault.New(fault.Unavailable, "VRD-011", "varda.key")
)

// ErrGone: the warehouse does not hold the object that was to be changed.
var ErrGone = errors.New("the warehouse does not hold it")

// Asked is the cause of ErrDown or ErrBusy when the warehouse told how long to wait.
type Asked struct{ Wait time.Duration }

func (a *Asked) Error() string { return fmt.Sprintf("the warehouse asks to wait %s", a.Wait) }

// Refusal is the warehouse's no to one object, with its own codes.
type Refusal struct{ Codes []Code }

// Code is one reason of a refusal: the field as the warehouse names it, its code ("MA003") and its own words.
type Code struct {
	Field string `json:"field"`
	Code  string `json:"code"`
	Words string `json:"words"`
	Unit  int64  `json:"unit,omitempty"` // ours, of the object that was refused
}

// about gives the codes with the unit of the refused object.
func (r *Refusal) about(unit int64) []Code {
	list := slices.Clone(r.Codes)
	for i := range list {
		list[i].Unit = unit
	}
	return list
}

func (r *Refusal) Error() string {
	list := make([]string, len(r.Codes))
	for i, c := range r.Codes {
		list[i] = fmt.Sprintf("%s: %s", c.Field, c.Code)
	}
	return "the warehouse refused: " + strings.Join(list, ", ")
}
