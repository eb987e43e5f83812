package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"seteli/core/fault"
	"seteli/core/fault/faulttest"
)

var (
	errClosed = fault.New(fault.Conflict, "TST-001", "test.closed")
	errShape  = fault.New(fault.Invalid, "TST-002", "test.shape").At("sum")
)

func TestCopiesLeaveTheDeclaredFaultAlone(t *testing.T) {
	t.Parallel()
	cause := errors.New("row 7")
	made := errClosed.With("day", 1).With("n", 2).At("from").Because(cause)
	if len(errClosed.Values) != 0 || errClosed.Field != "" || errClosed.Unwrap() != nil {
		t.Errorf("the declared fault changed: %+v", errClosed)
	}
	if len(made.Values) != 2 || made.Field != "from" || !errors.Is(made, cause) || !errors.Is(made, errClosed) || errors.Is(made, errShape) {
		t.Errorf("the copy is wrong: %+v", made)
	}
	if !strings.Contains(made.Error(), "row 7") || !strings.Contains(made.Error(), "TST-001") {
		t.Errorf("the log does not see all: %s", made)
	}
}

func TestKindOfAnUnknownErrorIsInternal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		kind fault.Kind
		code string
		n    int
	}{
		{errors.New("connection lost"), fault.Internal, "", 0},
		{nil, fault.Internal, "", 0},
		{fmt.Errorf("closing voucher: %w", errClosed), fault.Conflict, "TST-001", 1},
		{fmt.Errorf("reading: %w", fault.List{errShape, errClosed}), fault.Conflict, "TST-002", 2},
		{fault.List{errShape}.Err(), fault.Invalid, "TST-002", 1},
	} {
		if fault.KindOf(c.err) != c.kind || fault.CodeOf(c.err) != c.code || len(fault.All(c.err)) != c.n {
			t.Errorf("%v: %s, %s, %d", c.err, fault.KindOf(c.err), fault.CodeOf(c.err), len(fault.All(c.err)))
		}
	}
	if fault.List(nil).Err() != nil {
		t.Error("an empty list is an error")
	}
	if s := fault.Kind(99).String() + fault.Stale.String(); s != "kind(99)stale" {
		t.Error(s)
	}
}

func TestOnRenamesEveryField(t *testing.T) {
	t.Parallel()
	faulttest.WantField(t, fault.On(errShape, "price"), "TST-002", "price")
	for _, f := range fault.All(fault.On(fault.List{errShape, errClosed}, "price")) {
		if f.Field != "price" {
			t.Errorf("%s is about %q", f.Code, f.Field)
		}
	}
	other := errors.New("disk full")
	if fault.On(other, "price") != other || fault.On(nil, "price") != nil || errShape.Field != "sum" {
		t.Error("something else changed")
	}
	var list fault.List
	if !errors.As(fault.List{errShape, errClosed}.Err(), &list) || !errors.Is(list, errClosed) || !strings.Contains(list.Error(), "; ") {
		t.Error("a list is not seen through")
	}
}
