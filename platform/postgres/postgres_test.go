package postgres_test

import (
	"errors"
	"testing"

	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// scope is an actor reduced to its numbers.
type scope struct {
	organiser        int32
	provider, person int64
}

func (s scope) Scope() (int32, int64, int64) { return s.organiser, s.provider, s.person }

func organiser(n int32) scope { return scope{organiser: n} }

func TestTransactionInsideTransactionIsRefused(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	err := db.Tenant(t.Context(), organiser(1), func(*postgres.Tx) error {
		return db.Read(t.Context(), organiser(1), func(*postgres.Tx) error { return nil })
	})
	if !errors.Is(err, postgres.ErrNested) {
		t.Fatalf("got %v, want PG-020", err)
	}
}
