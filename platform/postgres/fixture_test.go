package postgres_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/migrations"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// fixtures are the rows of testdata/fixture by the number of the migration that they follow.
func fixtures(t *testing.T) map[int]string {
	t.Helper()
	files, err := filepath.Glob("testdata/fixture/*.sql")
	must(t, err)
	out := map[int]string{}
	for _, file := range files {
		var number int
		if _, err := fmt.Sscanf(filepath.Base(file), "%04d.sql", &number); err != nil {
			t.Fatalf("%s: a fixture is named after its migration, 0045.sql", file)
		}
		text, err := os.ReadFile(file)
		must(t, err)
		out[number] = string(text)
	}
	if len(out) == 0 {
		t.Fatal("no fixtures")
	}
	return out
}

// upTo is the migrations as they were when the last had the number.
func upTo(t *testing.T, number int) fstest.MapFS {
	t.Helper()
	names, err := fs.Glob(migrations.Files, "*.sql")
	must(t, err)
	set := fstest.MapFS{}
	for _, name := range names {
		if name[:4] <= fmt.Sprintf("%04d", number) {
			text, err := fs.ReadFile(migrations.Files, name)
			must(t, err)
			set[name] = &fstest.MapFile{Data: text}
		}
	}
	return set
}

// Rows that were there at a version live through every later migration: each table that exists keeps them, and each table has some.
func TestRowsOfOldVersionsLiveThroughMigrations(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	url := postgrestest.URL(t, db, postgres.Owner)
	admin := postgrestest.Admin(t, db)
	_, err := admin.Exec(t.Context(), `drop schema public cascade; create schema public authorization seteli_owner; grant usage on schema public to seteli_app, seteli_read`)
	must(t, err)
	super, err := admin.Acquire(t.Context())
	must(t, err)
	must(t, postgres.AddExtensions(t.Context(), super.Conn()))
	super.Release()
	list, err := postgres.ReadMigrations(migrations.Files)
	must(t, err)
	rows, kept := fixtures(t), map[string]int{}
	for _, m := range list {
		_, err := postgres.Migrate(t.Context(), url, upTo(t, m.Number))
		must(t, err)
		tables := slices.Sorted(maps.Keys(kept))
		for i, now := range rowCounts(t, admin, tables) {
			if table := tables[i]; now < kept[table] {
				t.Errorf("%s left %d of %d rows in %s", m.Name, now, kept[table], table)
			}
		}
		if rows[m.Number] == "" {
			continue
		}
		fill(t, url, rows[m.Number])
		delete(rows, m.Number)
		tables = column(t, admin, ourTables+" order by 1")
		for i, n := range rowCounts(t, admin, tables) {
			kept[tables[i]] = n
		}
	}
	for n := range rows {
		t.Errorf("fixture %04d follows no migration", n)
	}
	for table, n := range kept {
		if n == 0 {
			t.Errorf("no fixture has a row of %s", table)
		}
	}
	for _, table := range column(t, admin, ourTables) {
		if _, known := kept[table]; !known {
			t.Errorf("%s is newer than the last fixture: its migration brings testdata/fixture/NNNN.sql with a row of it", table)
		}
	}
}

// rowCounts asks for all tables at once: a question of its own for each table after each migration is ten thousand of them.
func rowCounts(t *testing.T, q *pgxpool.Pool, tables []string) []int {
	t.Helper()
	if len(tables) == 0 {
		return nil
	}
	asked := make([]string, len(tables))
	for i, table := range tables {
		asked[i] = "(select count(*) from " + table + ")"
	}
	var counts []int
	must(t, q.QueryRow(t.Context(), "select array["+strings.Join(asked, ", ")+"]").Scan(&counts))
	return counts
}

func fill(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), sql)
	must(t, err)
}

var unstable = regexp.MustCompile(`(?m)^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)$`)

// The golden file is the schema in one piece: whoever reviews a migration sees in its difference what really changes. The words
// are those of one major version of pg_dump; under another the test compares nothing and says so.
func TestSchemaIsTheReviewedOne(t *testing.T) {
	t.Parallel()
	const major = "15"
	db := postgrestest.New(t)
	dump := "/usr/lib/postgresql/" + major + "/bin/pg_dump"
	if own := os.Getenv("SETELI_PG_BIN"); own != "" {
		dump = filepath.Join(own, "pg_dump")
	}
	if out, err := exec.CommandContext(t.Context(), dump, "--version").Output(); err != nil || !strings.Contains(string(out), ") "+major+".") {
		t.Skipf("the golden schema is written by pg_dump %s, which is not at %s (%s, %v)", major, dump, strings.TrimSpace(string(out)), err)
	}
	if server := column(t, postgrestest.Owner(t, db), "show server_version")[0]; !strings.HasPrefix(server, major+".") {
		t.Skipf("the golden schema is that of PostgreSQL %s; this server is %s", major, server)
	}
	cmd := exec.CommandContext(t.Context(), dump, "--schema-only", "--no-owner", "--exclude-table=river_*", "--dbname="+postgrestest.URL(t, db, postgres.Admin))
	var failed strings.Builder
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, failed.String())
	}
	text := unstable.ReplaceAllString(string(out), "")
	golden(t, "schema.golden", regexp.MustCompile(`\n{3,}`).ReplaceAllString(strings.TrimSpace(text), "\n\n")+"\n")
}
