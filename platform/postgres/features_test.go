package postgres_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// features are what a distributed database lacks or does otherwise, and what this house does without. A migration may use one
// where it says so: "-- needs: <name>" above the statement, so that a distributed installation knows what to leave out.
var features = map[string]*regexp.Regexp{
	"triggers":        regexp.MustCompile(`\bcreate\s+(or\s+replace\s+)?(constraint\s+|event\s+)?trigger\b`),
	"functions":       regexp.MustCompile(`\bcreate\s+(or\s+replace\s+)?(function|procedure)\b|\bsecurity\s+definer\b|^\s*do\s+\$`),
	"deferrable":      regexp.MustCompile(`\bdeferrable\b|\binitially\s+deferred\b|\bset\s+constraints\b`),
	"domains":         regexp.MustCompile(`\bcreate\s+domain\b`),
	"types":           regexp.MustCompile(`\bcreate\s+type\b`),
	"listen":          regexp.MustCompile(`(^|;)\s*(un)?listen\s+[a-z_"]+\s*(;|$)|(^|;)\s*notify\s+[a-z_"]+|\bpg_notify\b`),
	"advisory locks":  regexp.MustCompile(`\bpg_(try_)?advisory_`),
	"savepoints":      regexp.MustCompile(`(^|;|\bto\s|\brelease\s)\s*savepoint\s+[a-z]`),
	"grouping sets":   regexp.MustCompile(`\bgrouping\s+sets\b|\brollup\s*\(|\bcube\s*\(`),
	"offset":          regexp.MustCompile(`\boffset\s+(\d|@|\$|:)`),
	"select *":        regexp.MustCompile(`\bselect\s+(distinct\s+)?([a-z_]+\.)?\*|\breturning\s+([a-z_]+\.)?\*|,\s*[a-z_]+\.\*`),
	"gist":            regexp.MustCompile(`\busing\s+gist\b`),
	"inheritance":     regexp.MustCompile(`\binherits\s*\(|\bcreate\s+rule\b`),
	"unlogged tables": regexp.MustCompile(`\bcreate\s+unlogged\b`),
	"serial":          regexp.MustCompile(`\b(big|small)?serial\b`),
	"truncate":        regexp.MustCompile(`(^|;)\s*truncate\s+`),
	"extensions":      regexp.MustCompile(`\bcreate\s+extension\b`),
}

// settled are the uses that were decided one by one, with their reason. A new one needs the same.
var settled = map[string]string{
	"platform/postgres/bootstrap.go: extensions":      "made by the superuser when the cluster is; the exclusion constraints of 0030 need btree_gist and nothing else does",
	"domain/event/event.sql: offset":                  "offset 0 keeps the planner from pulling a lateral part up; nothing is paged by it",
	"domain/purse/purse.sql: offset":                  "as in event.sql: one probe of the unique key for each reference; nothing is paged by it",
	"domain/statistics/statistics.sql: grouping sets": "one organiser's month: its services and their total, in one pass; no shard is crossed",
	"domain/settlement/calculate.go: savepoints":      "a preview is the calculation itself, rolled back inside its transaction; no flow depends on it",
	"domain/daycare/feed/feed.go: savepoints":         "a refused row leaves nothing behind, and a dry run is the same taking, rolled back; the way without it is a transaction for each row and a check of its own for the dry run",
	"platform/postgres/migrate.go: advisory locks":    "convenience: a second migrator waits instead of failing at the primary key of table migration, which alone decides",
}

var (
	lineComment  = regexp.MustCompile(`--[^\n]*`)
	needs        = regexp.MustCompile(`(?m)^-- needs: ([a-z, ]+)$`)
	looksLikeSQL = regexp.MustCompile(`^\s*(select|insert|update|delete|with|create|alter|drop|grant|do|lock|listen|notify|savepoint|rollback|release|set|truncate|begin)\b`)
)

// root is the folder of the module.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	must(t, err)
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestNoStatementUsesAnUnlistedFeature(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	files := 0
	check := func(file, sql string, marked string) {
		plain := strings.ToLower(lineComment.ReplaceAllString(sql, ""))
		for name, form := range features {
			found := form.FindString(plain)
			if found == "" || strings.Contains(marked, name) {
				continue
			}
			key := file + ": " + name
			if used[key] = true; settled[key] == "" {
				t.Errorf("%s uses %s (%q): see the list in this test for the way without it", file, name, strings.TrimSpace(found))
			}
		}
	}
	dir := root(t)
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		file, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		file = filepath.ToSlash(file)
		switch name := d.Name(); {
		case d.IsDir():
			if name == "testdata" || name == "node_modules" || file == "bench" || strings.HasPrefix(name, ".") || strings.HasSuffix(name, "test") {
				return fs.SkipDir // bench fills and measures by all means; packages for tests are no part of the program
			}
		case strings.HasSuffix(name, ".sql"):
			files++
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range needs.FindAllStringSubmatch(string(text), -1) {
				if !strings.HasPrefix(file, "migrations/") {
					t.Errorf("%s: only migrations may need something", file)
				}
				if features[m[1]] == nil {
					t.Errorf("%s needs %q, which is no feature of the list", file, m[1])
				}
			}
			for _, statement := range strings.Split(string(text), ";\n") {
				marked := ""
				if m := needs.FindStringSubmatch(statement); m != nil {
					marked = m[1]
				}
				check(file, statement, marked)
			}
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(name, ".sql.go"):
			return eachText(path, func(s string) {
				if looksLikeSQL.MatchString(strings.ToLower(s)) {
					check(file, s, "")
				}
			})
		}
		return nil
	}))
	if files < 30 {
		t.Errorf("only %d files of SQL found: the search is broken", files)
	}
	for key, why := range settled {
		if !used[key] {
			t.Errorf("%s does not do so any more (%s): take it from the list", key, why)
		}
	}
}

// eachText visits the string literals of a Go file.
func eachText(path string, visit func(string)) error {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			visit(strings.Trim(lit.Value, "`\""))
		}
		return true
	})
	return nil
}

// The search itself is not blind.
func TestUnlistedFeaturesAreRecognised(t *testing.T) {
	t.Parallel()
	for sql, name := range map[string]string{
		"create constraint trigger x after insert on a":             "triggers",
		"alter table a add foreign key (b) references c deferrable": "deferrable",
		"create domain cents as bigint":                             "domains",
		"listen changes":                                            "listen",
		"select pg_notify('a', 'b')":                                "listen",
		"select pg_try_advisory_xact_lock(1)":                       "advisory locks",
		"rollback to savepoint a":                                   "savepoints",
		"savepoint a":                                               "savepoints",
		"select a from b group by rollup (a)":                       "grouping sets",
		"select a from b limit 10 offset @n":                        "offset",
		"select * from a":                                           "select *",
		"select b.* from a b":                                       "select *",
		"select b.c, b.* from a b":                                  "select *",
		"delete from a returning *":                                 "select *",
	} {
		if !features[name].MatchString(sql) {
			t.Errorf("%q is not seen as %s", sql, name)
		}
	}
	for _, sql := range []string{"select count(*) from a", "select a * b from c", "insert into notice (listen_at) values (1)", "select serialised, registry_offset from a"} {
		for name, form := range features {
			if form.MatchString(sql) {
				t.Errorf("%q is taken for %s", sql, name)
			}
		}
	}
}
