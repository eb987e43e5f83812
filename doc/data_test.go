// Package doc_test compares documents with what they describe: the tables with the schema, the list of linked modules with
// the program.
package doc_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"seteli/platform/postgres/postgrestest"
)

var update = flag.Bool("update", false, "write the made parts of documents anew")

// tablesQuery tells of each table its comment, its scopes and what the program's role may do with its rows. Partitions and the
// tables of the job queue, which are another's, stay out.
const tablesQuery = `
select c.relname::text, coalesce(obj_description(c.oid, 'pg_class'), ''),
       case when not c.relrowsecurity then 'national' else coalesce((
         select string_agg(distinct s, ', ' order by s) from pg_policies p,
         lateral (select case when p.policyname = 'public_read' then 'public' else m[1] end s
                  from regexp_matches(coalesce(p.qual, '') || coalesce(p.with_check, '') || case when p.policyname = 'public_read' then 'seteli.public''' else '' end, 'seteli\.([a-z]+)''', 'g') m) x
         where p.tablename = c.relname and p.schemaname = 'public' and 'seteli_app' = any(p.roles)), 'none') end,
       has_table_privilege('seteli_app', c.oid, 'insert') or has_any_column_privilege('seteli_app', c.oid, 'insert'),
       has_table_privilege('seteli_app', c.oid, 'update'),
       coalesce((select string_agg(a.attname, ', ' order by a.attname) from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and has_column_privilege('seteli_app', c.oid, a.attnum, 'update')), ''),
       has_table_privilege('seteli_app', c.oid, 'delete')
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname not like 'river\_%'
order by 1`

type table struct {
	Name, Comment, Scope string
	Insert, Update       bool
	Columns              string
	Delete               bool
}

// rows says in words what may happen to a row.
func (b table) rows() string {
	switch {
	case b.Delete:
		return "come and go"
	case b.Update:
		return "change"
	case b.Columns != "":
		return "columns change: " + b.Columns
	case b.Insert:
		return "added"
	}
	return "not by the program"
}

// line is the table's row in the document. What it is for stands there by hand and is kept.
func (b table) line(what string) string {
	owner, _, _ := strings.Cut(strings.ReplaceAll(b.Comment, ":", " "), " ")
	return fmt.Sprintf("| `%s` | `%s` | %s | %s | %s |\n", b.Name, owner, b.Scope, b.rows(), what)
}

// purposes are the last cells of the list in the document, by table.
func purposes(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("data.md")
	if err != nil {
		t.Fatal(err)
	}
	what := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if cells := strings.Split(line, "|"); len(cells) == 7 {
			what[strings.Trim(cells[1], " `")] = strings.TrimSpace(cells[5])
		}
	}
	return what
}

func TestTablesAreThoseOfTheSchema(t *testing.T) {
	t.Parallel()
	rows, err := postgrestest.Owner(t, postgrestest.New(t)).Query(t.Context(), tablesQuery)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[table])
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 40 {
		t.Fatalf("only %d tables found", len(list))
	}
	what := purposes(t)
	var want strings.Builder
	want.WriteString("\n| table | owner | scope | rows | what |\n|---|---|---|---|---|\n")
	for _, b := range list {
		if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(strings.Fields(strings.ReplaceAll(b.Comment, ":", " ") + " ?")[0]))); err != nil {
			t.Errorf("table %s: its owner is no folder: %v", b.Name, err)
		}
		if what[b.Name] == "" {
			t.Errorf("table %s: data.md does not say what it is for", b.Name)
		}
		want.WriteString(b.line(what[b.Name]))
	}
	compare(t, "data.md", "<!-- tables -->", "<!-- end -->", want.String())
}

// compare looks at the part of a document between two marks, or writes it with -update.
func compare(t *testing.T, file, from, to, want string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), from+"\n")
	got, after, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatalf("%s has lost its marks %s and %s", file, from, to)
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+from+"\n"+want+"\n"+to+after), 0o644); err != nil { //nolint:gosec // a document
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(got)); diff != "" {
		t.Errorf("%s is not what the schema says (go test ./doc -update; then read it):\n%s", file, diff)
	}
}

// TestLinkedModulesAreTheReviewedOnes: a module that comes into the program, leaves it or changes its version is seen in the list,
// and each has its notices.
func TestLinkedModulesAreTheReviewedOnes(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "seteli")
	for _, c := range [][]string{{"build", "-o", program, "../cmd/seteli"}, {"version", "-m", program}} {
		out, err := exec.CommandContext(t.Context(), "go", c...).CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(c, " "), err, out)
		}
		if c[0] == "version" {
			compareModules(t, linked(out))
		}
	}
}

func linked(out []byte) (list []string) {
	for line := range bytes.Lines(out) {
		if f := strings.Fields(string(line)); len(f) >= 3 && f[0] == "dep" {
			list = append(list, f[1]+" "+f[2])
		}
	}
	return list
}

// notForUse are licences that do not go together with EUPL-1.2 in a program that is handed on.
var notForUse = []string{"GPL", "AGPL", "SSPL", "BUSL", "CC-BY-NC"}

func compareModules(t *testing.T, list []string) {
	t.Helper()
	raw, err := os.ReadFile("modules.golden")
	if err != nil {
		t.Fatal(err)
	}
	var reviewed []string
	for line := range strings.Lines(string(raw)) {
		f := strings.Fields(line)
		if len(f) < 4 {
			t.Fatalf("modules.golden: %q is not kind, name, version, licences", line)
		}
		for _, licence := range f[3:] {
			for _, no := range notForUse {
				if strings.HasPrefix(licence, no) {
					t.Errorf("%s: %s", f[1], licence)
				}
			}
		}
		if f[0] == "go" && f[1] != "go" {
			reviewed = append(reviewed, f[1]+" "+f[2])
		}
		notice := filepath.Join("..", "LICENSES", f[0], strings.ReplaceAll(strings.TrimPrefix(f[1], "@"), "/", "_")+".txt")
		text, err := os.ReadFile(notice)
		if err != nil || !strings.HasPrefix(string(text), f[1]+" "+f[2]+"\n") || len(text) < 300 {
			t.Errorf("%s is not the notice of %s %s: %v", notice, f[1], f[2], err)
		}
	}
	if diff := cmp.Diff(reviewed, list); diff != "" {
		t.Errorf("what is linked is not what was reviewed (tools/notices; then read the licences):\n%s", diff)
	}
}
