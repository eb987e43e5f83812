package scene_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/demo"
	"seteli/domain/daycare/profile"
	"seteli/integration/bank"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/platform/secret"
)

// tenantTable is a table bound by row-level security, with what its rows can be told apart by.
type tenantTable struct {
	name                        string
	organiser, provider, person bool // has the column
	published                   bool // some or all of its rows are public facts
	rows                        int64
}

// populated is the small demo: three organisers with everything that happens in half a year.
func populated(t *testing.T) *postgres.DB {
	t.Helper()
	clock := calendar.Noon(postgrestest.Today)
	keys, errKeys := secret.OpenOrCreate(t.TempDir())
	texts, errTexts := i18n.Load()
	db := postgrestest.New(t, postgrestest.Clock(clock))
	until := clock.Now()
	if err := errors.Join(errKeys, errTexts); err != nil {
		t.Fatal(err)
	}
	_, err := demo.Build(t.Context(), demo.Deps{DB: db, Clock: clock, Keys: keys, Texts: texts, Models: profile.Models(), Bank: bank.Pain001{}},
		demo.Options{Seed: 5, Issuer: "https://id.example", Until: until})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// S3 on a full world: whatever the statement, a scope reads its own rows and published facts; no scope reads nothing, and a
// forgotten one is an error.
func TestNoScopeReadsAnothersRows(t *testing.T) {
	t.Parallel()
	db := populated(t)
	tables := tenantTables(t, db)
	ctx := t.Context()
	app, err := pgx.Connect(ctx, postgrestest.URL(t, db, postgres.App))
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close(context.WithoutCancel(ctx))
	owner := postgrestest.Owner(t, db)
	ids := func(sql string) (list []int64) {
		rows, err := owner.Query(ctx, sql)
		if err == nil {
			list, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		}
		if err != nil || len(list) < 2 {
			t.Fatalf("%v of %s, %v", list, sql, err)
		}
		return list
	}
	checked := 0
	see := func(organiser, provider, person int64, table tenantTable, condition string) (n int64) {
		t.Helper()
		err := pgx.BeginFunc(ctx, app, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, fmt.Sprintf("set local seteli.organiser = '%d'; set local seteli.provider = '%d'; set local seteli.person = '%d'", organiser, provider, person))
			if err != nil {
				return err
			}
			return tx.QueryRow(ctx, fmt.Sprintf("select count(*) from %s where %s", pgx.Identifier{table.name}.Sanitize(), condition)).Scan(&n)
		})
		if err != nil {
			t.Errorf("%s: %v", table.name, err)
		}
		checked++
		return n
	}
	organisers, providers, persons := ids("select organiser_id::bigint from organiser order by 1"), ids("select distinct provider_id from event order by 1 limit 4"), ids("select distinct person_id from client order by 1 limit 4")
	full := 0
	for _, table := range tables {
		if table.rows == 0 {
			continue
		}
		full++
		if table.organiser && !table.published {
			for _, id := range organisers {
				if n := see(id, 0, 0, table, fmt.Sprintf("organiser_id <> %d", id)); n > 0 {
					t.Errorf("organiser %d reads %d rows of others in %s", id, n, table.name)
				}
			}
			if n := see(0, 0, 0, table, "organiser_id <> 0"); n > 0 {
				t.Errorf("no scope reads %d rows of %s", n, table.name)
			}
		}
		for _, s := range []struct {
			column string
			has    bool
			ids    []int64
			scope  func(int64) (int64, int64, int64)
		}{
			{"provider_id", table.provider, providers, func(id int64) (int64, int64, int64) { return 0, id, 0 }},
			{"person_id", table.person, persons, func(id int64) (int64, int64, int64) { return 0, 0, id }},
		} {
			for _, id := range s.ids {
				o, p, c := s.scope(id)
				others := "true" // without the column nothing in the table is theirs
				if s.has {
					others = fmt.Sprintf("%s is distinct from %d", s.column, id)
				}
				if table.organiser {
					others += " and organiser_id <> 0"
				}
				if n := see(o, p, c, table, others); n > 0 && !table.published {
					t.Errorf("%s %d reads %d rows of others in %s", s.column, id, n, table.name)
				}
			}
		}
		if table.published {
			continue
		}
		if _, err := app.Exec(ctx, "select 1 from "+pgx.Identifier{table.name}.Sanitize()); err == nil {
			t.Errorf("%s is read without any scope", table.name)
		}
	}
	t.Logf("%d tables with rows of %d, %d questions", full, len(tables), checked)
	if full < 40 {
		t.Errorf("only %d of %d tables hold rows: the world is too empty to show anything", full, len(tables))
	}
}

func tenantTables(t *testing.T, db *postgres.DB) []tenantTable {
	t.Helper()
	owner := postgrestest.Owner(t, db)
	rows, err := owner.Query(t.Context(), `
		select c.relname::text, exists (select from pg_policies p where p.tablename = c.relname and p.policyname = 'public_read'),
			array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attname in ('organiser_id', 'provider_id', 'person_id') and not a.attisdropped)
		from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (table tenantTable, err error) {
		var columns []string
		err = row.Scan(&table.name, &table.published, &columns)
		table.organiser, table.provider, table.person = slices.Contains(columns, "organiser_id"), slices.Contains(columns, "provider_id"), slices.Contains(columns, "person_id")
		return table, err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		if err := owner.QueryRow(t.Context(), "select count(*) from "+pgx.Identifier{list[i].name}.Sanitize()).Scan(&list[i].rows); err != nil {
			t.Fatal(err)
		}
	}
	var empty []string
	for _, table := range list {
		if table.rows == 0 {
			empty = append(empty, table.name)
		}
	}
	t.Logf("empty: %s", strings.Join(empty, " "))
	return list
}
