package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

func TestTogetherAnswersEachFunctionWithItsOwnRows(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	err := db.Tenant(t.Context(), access.Within{Organiser: 1}, func(tx *postgres.Tx) error {
		before := tx.QueryCount()
		sums := make([]int, 5)
		fns := make([]func(*postgres.Tx) error, len(sums))
		for i := range fns {
			fns[i] = func(tx *postgres.Tx) error { // i+1 statements one after another, of i+1 rows each
				for range i + 1 {
					rows, err := tx.Query(t.Context(), "select g from generate_series(1, $1::int) g", i+1)
					if err != nil {
						return err
					}
					list, err := pgx.CollectRows(rows, pgx.RowTo[int])
					if err != nil {
						return err
					}
					for _, n := range list {
						sums[i] += n
					}
				}
				if _, err := tx.Exec(t.Context(), "select 1"); err != nil {
					return err
				}
				var one int
				if err := tx.QueryRow(t.Context(), "select 1 where false").Scan(&one); !errors.Is(err, pgx.ErrNoRows) {
					return fmt.Errorf("no row said %w", err)
				}
				return tx.QueryRow(t.Context(), "select $1::int", i).Scan(&one)
			}
		}
		if err := tx.Together(t.Context(), fns...); err != nil {
			return err
		}
		if !slices.Equal(sums, []int{1, 6, 18, 40, 75}) {
			t.Errorf("sums are %v", sums)
		}
		if n := tx.QueryCount() - before; n != 15+3*5 {
			t.Errorf("%d statements were counted", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTogetherRunsFirstStatementsInOrder(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	err := db.Tenant(t.Context(), access.Within{Organiser: 1}, func(tx *postgres.Tx) error {
		if _, err := tx.Exec(t.Context(), "create temporary sequence turn"); err != nil {
			return err
		}
		turns := make([]int, 20)
		fns := make([]func(*postgres.Tx) error, len(turns))
		for i := range fns {
			fns[i] = func(tx *postgres.Tx) error {
				return tx.QueryRow(t.Context(), "select nextval('turn')").Scan(&turns[i])
			}
		}
		err := tx.Together(t.Context(), fns...)
		if !slices.IsSorted(turns) || turns[19] != 20 {
			t.Errorf("turns are %v", turns)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What fails ends all: the functions that wait are told, a panic comes out where the caller is, and rows left unread stop nobody.
func TestTogetherEndsWithTheFirstFailure(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	within := func(fns ...func(*postgres.Tx) error) error {
		return db.Tenant(t.Context(), access.Within{Organiser: 1}, func(tx *postgres.Tx) error { return tx.Together(t.Context(), fns...) })
	}
	fine := func(tx *postgres.Tx) error {
		for range 3 {
			if _, err := tx.Exec(t.Context(), "select 1"); err != nil {
				return err
			}
		}
		return nil
	}
	err := within(fine, func(tx *postgres.Tx) error {
		_, err := tx.Exec(t.Context(), "select 1/0")
		return err
	}, fine)
	if postgres.SQLState(err) != "22012" {
		t.Errorf("a failing statement gave %v", err)
	}
	err = within(fine, func(tx *postgres.Tx) error {
		rows, err := tx.Query(t.Context(), "select 1/(3-g) from generate_series(1, 5) g")
		if err != nil {
			return err
		}
		_, err = pgx.CollectRows(rows, pgx.RowTo[int])
		return err
	})
	if postgres.SQLState(err) != "22012" {
		t.Errorf("a statement that fails among its rows gave %v", err)
	}
	own := errors.New("own")
	if err := within(fine, func(*postgres.Tx) error { return own }); !errors.Is(err, own) {
		t.Errorf("a failing function gave %v", err)
	}
	if err := within(fine, func(tx *postgres.Tx) error {
		rows, err := tx.Query(t.Context(), "select g from generate_series(1, 5000) g") //nolint:sqlclosecheck // what is left open is the case
		if err == nil {
			rows.Next()
		}
		return err
	}, fine); err != nil {
		t.Errorf("rows left unread gave %v", err)
	}
	defer func() {
		if p := recover(); p != "here" {
			t.Errorf("the panic was %v", p)
		}
		if err := within(fine); err != nil {
			t.Errorf("after a panic: %v", err)
		}
	}()
	t.Error(within(fine, func(*postgres.Tx) error { panic("here") }))
}

func TestTogetherStopsWithItsContext(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Tenant(ctx, access.Within{Organiser: 1}, func(tx *postgres.Tx) error {
		cancel()
		ask := func(tx *postgres.Tx) error { _, err := tx.Exec(ctx, "select 1"); return err }
		return tx.Together(ctx, ask, ask)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context gave %v", err)
	}
}
