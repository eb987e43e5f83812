package postgres_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

var update = flag.Bool("update", false, "write golden files anew")

// shared are the tables that carry an organiser_id and are still open to all: public facts and what sign-in reads before a
// scope exists. Each is here by decision; a new one needs the same.
var shared = []string{
	"organiser", "organiser_municipality", // public facts
	"mandate", "api_key", // sign-in finds the scope in them
}

// public are the tables of published facts, which every scope may read (policy public_read, for select): the catalogue,
// approvals and prices that citizens compare.
var public = []string{
	"approval", "approval_suspension", "attachment_slot", "content", "content_version", "price", "rulebook", "service", "service_area",
	"service_class", "service_version",
}

// outside are policies that let a provider or a citizen add a row under their own scope; each by decision.
var outside = []string{
	"access_log.provider_write", "access_log.person_write", // their own reading leaves a line
}

// column lists one text per row of a catalogue query.
func column(t *testing.T, q postgres.Querier, sql string, args ...any) []string {
	t.Helper()
	rows, err := q.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var ownerForm = regexp.MustCompile(`^(platform|domain|integration)/[a-z]+($|[ :(])`)

const ourTables = `
	select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
	and c.relname not like 'river\_%' and not c.relispartition`

func tenantTables(t *testing.T, q postgres.Querier) []string {
	t.Helper()
	return column(t, q, ourTables+` and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organiser_id' and not a.attisdropped)
		and c.relname <> all($1) order by 1`, shared)
}

// none fails with every row of a query that looks for violations.
func none(t *testing.T, q postgres.Querier, rule, sql string, args ...any) {
	t.Helper()
	for _, row := range column(t, q, sql, args...) {
		t.Errorf("%s: %s", rule, row)
	}
}

func TestEveryTableNamesItsOwnerPackage(t *testing.T) {
	t.Parallel()
	owner := postgrestest.Owner(t, postgrestest.New(t))
	for _, line := range column(t, owner, `select relname || '|' || coalesce(obj_description(oid, 'pg_class'), '') from (`+
		strings.Replace(ourTables, "c.relname::text", "c.relname, c.oid", 1)+`) t order by 1`) {
		table, comment, _ := strings.Cut(line, "|")
		if !ownerForm.MatchString(comment) {
			t.Errorf("table %s: the comment %q does not begin with the folder of its owner package", table, comment)
		}
	}
}

func TestEveryTenantTableIsBoundByRowSecurity(t *testing.T) {
	t.Parallel()
	owner := postgrestest.Owner(t, postgrestest.New(t))
	tables := tenantTables(t, owner)
	if len(tables) < 2 {
		t.Fatalf("only %d tenant tables found: the check looks at nothing", len(tables))
	}
	none(t, owner, "row security is not enabled and forced", `
		select relname::text from pg_class where relname = any($1) and relnamespace = 'public'::regnamespace and not (relrowsecurity and relforcerowsecurity)`, tables)
	none(t, owner, "no policy for seteli_app", `
		select t from unnest($1::text[]) t where not exists (select from pg_policies p where p.tablename = t and 'seteli_app' = any(p.roles))`, tables)
	none(t, owner, "no policy `to seteli_owner using (true)`", `
		select t from unnest($1::text[]) t where not exists (
			select from pg_policies p where p.tablename = t and p.roles = '{seteli_owner}' and p.qual = 'true')`, tables)
	none(t, owner, "a policy of seteli_app that looks at no scope", `
		select tablename || '.' || policyname from pg_policies where tablename = any($1) and 'seteli_app' = any(roles) and permissive = 'PERMISSIVE'
		and coalesce(qual, '') || coalesce(with_check, '') !~ 'current_setting\(''seteli\.(organiser|provider|person)''::text\)'
		and not (cmd = 'SELECT' and policyname = 'public_read' and tablename = any($2))`, tables, public)
	none(t, owner, "writing is allowed beyond the organiser scope", `
		select tablename || '.' || policyname from pg_policies where tablename = any($1) and 'seteli_app' = any(roles) and cmd <> 'SELECT'
		and permissive = 'PERMISSIVE' and tablename || '.' || policyname <> all($2) and coalesce(with_check, qual) !~ 'organiser_id = \( SELECT \(current_setting\(''seteli\.organiser''::text\)\)::integer AS current_setting\)'`, tables, outside)
	none(t, owner, "a policy for everybody", `select tablename || '.' || policyname from pg_policies where 'public' = any(roles)`)
	none(t, owner, "current_setting with a second argument hides a forgotten scope", `
		select tablename || '.' || policyname from pg_policies where coalesce(qual, '') || coalesce(with_check, '') ~ 'current_setting\([^)]*,'`)
	none(t, owner, "a scope that is computed for every row: write (select current_setting('seteli.organiser')::int)", scopeForEveryRow)
}

// scopeForEveryRow finds policies that ask for a setting outside a select of its own: PostgreSQL computes only that once for a statement.
const scopeForEveryRow = `
	select tablename || '.' || policyname from pg_policies where regexp_replace(coalesce(qual, '') || coalesce(with_check, ''),
		'\( SELECT \(current_setting\(''seteli\.(organiser|provider|person)''::text\)\)::(integer|bigint) AS current_setting\)', '', 'g') ~ 'current_setting'`

// The search itself is not blind.
func TestScopeForEveryRowIsFound(t *testing.T) {
	t.Parallel()
	owner := postgrestest.Owner(t, postgrestest.New(t))
	for policy, bad := range map[string]bool{
		"using (organiser_id = current_setting('seteli.organiser')::int)":                                                             true,
		"using (organiser_id = (select current_setting('seteli.organiser')::int))":                                                    false,
		"using (organiser_id = (select current_setting('seteli.organiser')::int) or n = current_setting('seteli.provider')::bigint)":  true,
		"using (true) with check (n = current_setting('seteli.person')::bigint)":                                                      true,
		"using (true) with check (n = (select current_setting('seteli.person')::bigint))":                                             false,
		"using (exists (select from pg_class where oid::int = organiser_id and relpages = current_setting('seteli.organiser')::int))": true,
	} {
		_, err := owner.Exec(t.Context(), `drop table if exists counter; create table counter (organiser_id int not null, n bigint not null);
			create policy organiser_scope on counter to seteli_app `+policy)
		if err != nil {
			t.Fatal(err)
		}
		if found := len(column(t, owner, scopeForEveryRow)) > 0; found != bad {
			t.Errorf("%s: found %t", policy, found)
		}
	}
}

func TestKeysOfTenantTablesBeginWithOrganiser(t *testing.T) {
	t.Parallel()
	owner := postgrestest.Owner(t, postgrestest.New(t))
	tables := tenantTables(t, owner)
	none(t, owner, "unique key or exclusion does not begin with organiser_id", `
		select c.relname || ': ' || i.indexrelid::regclass from pg_index i join pg_class c on c.oid = i.indrelid
		left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
		where c.relname = any($1) and c.relnamespace = 'public'::regnamespace and (i.indisunique or i.indisexclusion) and a.attname is distinct from 'organiser_id'`, tables)
	none(t, owner, "no primary key", `
		select t from unnest($1::text[]) t where not exists (select from pg_constraint where contype = 'p' and conrelid = ('public.' || t)::regclass)`, tables)
	none(t, owner, "foreign key between tenant tables does not begin with organiser_id", `
		select c.conrelid::regclass || ': ' || c.conname from pg_constraint c join pg_class f on f.oid = c.confrelid
		join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
		where c.contype = 'f' and c.conrelid::regclass::text = any($1) and f.relname = any($1) and a.attname <> 'organiser_id'`, tables)
	none(t, owner, "a table of all organisers refers to a tenant table", `
		select c.conrelid::regclass || ': ' || c.conname from pg_constraint c join pg_class f on f.oid = c.confrelid
		where c.contype = 'f' and not c.conrelid::regclass::text = any($1) and f.relname = any($1)`, tables)
	none(t, owner, "organiser_id may be null", `
		select attrelid::regclass::text from pg_attribute where attname = 'organiser_id' and not attnotnull and attrelid::regclass::text = any($1)`, tables)
	none(t, owner, "organiser_id may be updated", `
		select table_name::text from information_schema.column_privileges where grantee = 'seteli_app' and privilege_type = 'UPDATE'
		and column_name = 'organiser_id' and table_name = any($1)`, tables)
}

func TestProgramOwnsNothingAndMayNotTruncate(t *testing.T) {
	t.Parallel()
	owner := postgrestest.Owner(t, postgrestest.New(t))
	none(t, owner, "not owned by seteli_owner", ourTables+` and pg_get_userbyid(c.relowner) <> 'seteli_owner'`)
	none(t, owner, "a right that no use case needs", `
		select grantee || ' ' || privilege_type || ' ' || table_name from information_schema.table_privileges
		where table_schema = 'public' and grantee in ('seteli_app', 'seteli_read', 'PUBLIC') and privilege_type in ('TRUNCATE', 'TRIGGER', 'REFERENCES')`)
	none(t, owner, "a view that runs with its owner's rights", `
		select relname::text from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace
		and not coalesce(reloptions::text ~ 'security_invoker=(true|on|1)', false)`)
	none(t, owner, "a function with its owner's rights", `
		select p.proname::text from pg_proc p where p.prosecdef and p.pronamespace = 'public'::regnamespace`)
}

// The golden file is the append-only promise in readable form: a table whose line has no update and no delete cannot be changed.
func TestGrantsAreTheReviewedOnes(t *testing.T) {
	t.Parallel()
	owner := postgrestest.Owner(t, postgrestest.New(t))
	lines := column(t, owner, `
		select grantee || ' ' || table_name || ': ' || string_agg(what, ', ' order by what) from (
			select grantee, table_name, lower(privilege_type) as what from information_schema.table_privileges where table_schema = 'public'
			union
			select c.grantee, c.table_name, lower(c.privilege_type) || ' (' || string_agg(c.column_name, ', ' order by c.column_name) || ')'
			from information_schema.column_privileges c
			where c.table_schema = 'public' and not exists (
				select from information_schema.table_privileges p where p.table_schema = 'public' and p.grantee = c.grantee
				and p.table_name = c.table_name and p.privilege_type = c.privilege_type)
			group by c.grantee, c.table_name, c.privilege_type) g
		where grantee in ('seteli_app', 'seteli_read', 'PUBLIC') and table_name not like 'river\_%'
		group by grantee, table_name order by (grantee || ' ' || table_name) collate "C"`)
	golden(t, "grants.golden", strings.Join(lines, "\n")+"\n")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (read it, then go test -run %s -update): -golden +now\n%s", name, t.Name(), diff)
	}
}

func TestGeneratedConstraintNamesAreTheSchemas(t *testing.T) {
	t.Parallel()
	owner := postgrestest.Owner(t, postgrestest.New(t))
	names, err := postgres.ConstraintNames(context.Background(), owner)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("constraint_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	var written []string
	for _, part := range strings.Split(string(text), "\n") {
		if _, value, ok := strings.Cut(part, `= "`); ok {
			written = append(written, strings.TrimSuffix(value, `"`))
		}
	}
	if !slices.Equal(names, written) {
		t.Errorf("run go generate ./platform/postgres: %s", cmp.Diff(written, names))
	}
}
