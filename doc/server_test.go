package doc_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

var sqlFence = regexp.MustCompile("(?ms)^```sql\n(.*?)^```")

// statements are those of the SQL block number n of a document, with roles and database under other names: the real ones exist.
func statements(t *testing.T, file string, n int, suffix string) (list []string) {
	t.Helper()
	raw, err := os.ReadFile(file) //nolint:gosec // our own document
	if err != nil {
		t.Fatal(err)
	}
	blocks := sqlFence.FindAllStringSubmatch(string(raw), -1)
	if len(blocks) <= n {
		t.Fatalf("%s has %d blocks of SQL", file, len(blocks))
	}
	text := regexp.MustCompile(`\bseteli(_[a-z]+)?\b`).ReplaceAllString(blocks[n][1], "seteli${1}"+suffix)
	for s := range strings.SplitSeq(text, ";") {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

const roleQuery = `
select replace(rolname, $1, '') || ': ' || concat_ws(' ', rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolinherit) || ' '
       || coalesce((select array_to_string(setconfig, ' ') from pg_db_role_setting where setrole = r.oid and setdatabase = 0), '')
from pg_roles r where rolname = any($2) order by 1`

// TestOwnServerIsPreparedAsOurOwn runs the document's statements and compares the roles with those that the program makes.
func TestOwnServerIsPreparedAsOurOwn(t *testing.T) {
	t.Parallel()
	const file = "playbook/own-server.md"
	db := postgrestest.New(t)
	admin := postgrestest.Admin(t, db)
	suffix := fmt.Sprintf("_doc%d", os.Getpid())
	roles := []string{postgres.Owner, postgres.App, postgres.Reader}
	t.Cleanup(func() { remove(t, db, suffix, roles) })
	for _, s := range statements(t, file, 0, suffix) {
		if _, err := admin.Exec(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	described := func(suffix string) []string {
		names := make([]string, len(roles))
		for i, r := range roles {
			names[i] = r + suffix
		}
		rows, err := admin.Query(t.Context(), roleQuery, suffix, names)
		if err != nil {
			t.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(list) != len(roles) {
			t.Fatalf("%d roles, %v", len(list), err)
		}
		return list
	}
	if diff := cmp.Diff(described(""), described(suffix)); diff != "" {
		t.Errorf("the document's roles are not the program's:\n%s", diff)
	}
	var open string
	if err := admin.QueryRow(t.Context(), `select concat_ws(' ', has_database_privilege('public', $1, 'connect'), has_database_privilege($2, $1, 'connect'),
		has_database_privilege($2, $1, 'create'), has_database_privilege($3, $1, 'connect'))`, "seteli"+suffix, postgres.App+suffix, postgres.Reader+suffix).Scan(&open); err != nil {
		t.Fatal(err)
	}
	if open != "f t f t" {
		t.Errorf("rights in the database: %s", open)
	}
	for _, s := range statements(t, file, 1, suffix) {
		if _, err := admin.Exec(t.Context(), s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// remove takes the document's roles and database away again; a pool of its own, because the test's has ended.
func remove(t *testing.T, db *postgres.DB, suffix string, roles []string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // the test's own has ended
	admin, err := pgxpool.New(ctx, postgrestest.URL(t, db, postgres.Admin))
	if err != nil {
		t.Error(err)
		return
	}
	defer admin.Close()
	drops := []string{"drop database if exists seteli" + suffix}
	for _, r := range roles {
		drops = append(drops, "drop role if exists "+r+suffix)
	}
	for _, s := range drops {
		if _, err := admin.Exec(ctx, s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}
