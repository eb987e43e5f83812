// Package faulttest checks refusals in tests by their stable code. It knows nothing of texts, which may change.
package faulttest

import (
	"testing"

	"seteli/core/fault"
)

// Want fails the test unless err holds exactly one fault, with this code.
func Want(t testing.TB, err error, code string) {
	t.Helper()
	found := fault.All(err)
	if len(found) != 1 || found[0].Code != code {
		t.Fatalf("want fault %s, got %v", code, err)
	}
}

// WantField is Want for a fault about one field.
func WantField(t testing.TB, err error, code, field string) {
	t.Helper()
	Want(t, err, code)
	if got := fault.All(err)[0].Field; got != field {
		t.Fatalf("want fault %s about field %q, got field %q", code, field, got)
	}
}
