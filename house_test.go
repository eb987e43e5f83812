package seteli_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"seteli/platform/i18n"
)

// source is one parsed Go file of the module.
type source struct {
	file    string // path from the root, with slashes
	dir     string // its package's path without the module's name
	test    bool
	written bool // by people: not generated
	syntax  *ast.File
	fset    *token.FileSet
}

func (s source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.file, s.fset.Position(n.Pos()).Line)
}

// house reads every Go file of the module; folders with a go.mod of their own are other modules.
func house(t *testing.T) []source {
	t.Helper()
	var all []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipFolder(file, d.Name())
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		f, err := parser.ParseFile(fset, file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		file = filepath.ToSlash(file)
		all = append(all, source{file, path.Dir(file), strings.HasSuffix(file, "_test.go"), !ast.IsGenerated(f), f, fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("only %d Go files found: the search is broken", len(all))
	}
	return all
}

func skipFolder(file, name string) error {
	if file == "." {
		return nil
	}
	if name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(file, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

func TestImportsGoDownwards(t *testing.T) {
	t.Parallel()
	for _, s := range house(t) {
		for _, i := range s.syntax.Imports {
			to, own := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), "seteli/")
			if !own {
				continue
			}
			reason := refusal(s.dir, to)
			if s.test {
				reason = refusalInTest(s.syntax.Name.Name, to)
			}
			if reason != "" {
				t.Errorf("%s imports %s: %s", s.at(i), to, reason)
			}
		}
	}
}

func TestEveryPackageSaysWhatItKnows(t *testing.T) {
	t.Parallel()
	said, seen := map[string]bool{}, map[string]bool{}
	for _, s := range house(t) {
		if s.test || !s.written {
			continue
		}
		seen[s.dir] = true
		if s.syntax.Doc != nil && len(s.syntax.Doc.Text()) > 40 {
			said[s.dir] = true
		}
	}
	for dir := range seen {
		if !said[dir] {
			t.Errorf("%s: no file has a package comment that says what the package knows and what it must not", dir)
		}
	}
}

func TestPackageNamesAreWordsOfTheField(t *testing.T) {
	t.Parallel()
	nothing := []string{"util", "utils", "common", "model", "models", "helper", "helpers", "type", "types", "manager", "service", "services", "misc", "shared", "base"}
	for _, s := range house(t) {
		if name := strings.TrimSuffix(s.syntax.Name.Name, "_test"); slices.Contains(nothing, name) || slices.Contains(nothing, path.Base(s.dir)) {
			t.Errorf("%s: package %s is named after nothing", s.file, name)
		}
	}
}

var codeForm = regexp.MustCompile(`^[A-Z]{2,4}-([0-9]{3}|[A-Z]{2,12})$`)

// rebuilt lists the files that make faults again from a list of written ones, which a test compares with the source.
var rebuilt = map[string]string{"api/example.go": "lists the codes of api/errors.json with their words"}

func TestFaultsHaveOneCodeAndATextInEachLanguage(t *testing.T) {
	t.Parallel()
	cat := texts(t)
	first := map[string]string{}
	for _, s := range house(t) {
		if s.test {
			continue
		}
		eachCall(s, "fault", "New", func(call *ast.CallExpr) {
			if len(call.Args) != 3 {
				return
			}
			code, okCode := literal(call.Args[1])
			key, okKey := literal(call.Args[2])
			if !okCode || !okKey {
				if rebuilt[s.file] != "" {
					return
				}
				t.Errorf("%s: code and key of a fault are written out, so that they can be found", s.at(call))
				return
			}
			if !codeForm.MatchString(code) {
				t.Errorf("%s: code %q is not like VOU-007", s.at(call), code)
			}
			if other, double := first[code]; double {
				t.Errorf("%s: code %s is taken in %s", s.at(call), code, other)
			}
			first[code] = s.at(call)
			if !cat.Has(key) {
				t.Errorf("%s: fault %s has no text %q", s.at(call), code, key)
			}
		})
	}
	if len(first) < 30 {
		t.Errorf("only %d faults found: the search is broken", len(first))
	}
}

// keyInTemplate finds {{t "voucher.title"}}, (t "voucher.title" .N), .T "voucher.title", {{button "common.save"}}, the label of
// {{input .Form "name" "client.name"}}, and what stands after "hint", "suffix" and "prefix", which is always a text's key.
var keyInTemplate = regexp.MustCompile(`(?:[{(|\s]t|\.T|\.Text|\{button|\{[a-z]+ \.Form "?[\w.$]+"?)\s+"([a-z0-9_]+(?:\.[a-z0-9_]+)+)"|"(?:hint|suffix|prefix)" "([^"]*)"`)

func TestUsedTextsExist(t *testing.T) {
	t.Parallel()
	cat := texts(t)
	for _, s := range house(t) {
		if s.test {
			continue
		}
		use := func(n ast.Node, arg ast.Expr) {
			if key, ok := literal(arg); ok && strings.Contains(key, ".") && !cat.Has(key) {
				t.Errorf("%s: no text %q", s.at(n), key)
			}
		}
		eachCall(s, "i18n", "Key", func(call *ast.CallExpr) { use(call, call.Args[0]) })
		eachCall(s, "", "Text", func(call *ast.CallExpr) {
			if len(call.Args) >= 2 {
				use(call, call.Args[1])
			}
		})
	}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipFolder(file, d.Name())
		}
		if !slices.Contains([]string{".html", ".gohtml", ".tmpl"}, filepath.Ext(file)) {
			return nil
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, m := range keyInTemplate.FindAllStringSubmatch(string(raw), -1) {
			if key := m[1] + m[2]; !cat.Has(key) {
				t.Errorf("%s: no text %q", file, key)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// stopwatch lists the files that measure how long a process of the machine takes, where no clock of the field can tell.
var stopwatch = map[string]string{
	"core/calendar/clock.go":       "calendar.Wall itself",
	"platform/postgres/cluster.go": "waits for the database server to start",
	"platform/postgres/run.go":     "waits for the database server to stop",
	"internal/fuzzall/main.go":     "prints how long the fuzzing took",
	"internal/fuzzall/target.go":   "prints how long a fuzz function ran",
	"bench/watch.go":               "the stopwatch of the benchmark: durations on this machine, no day of the field",
}

// Time comes in by a calendar.Clock; only the program's entry and calendar.Wall read the real one.
func TestNobodyReadsTheWallClock(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, s := range house(t) {
		if s.test || testOnly(s.dir) || strings.HasPrefix(s.dir, "cmd/") {
			continue
		}
		eachCall(s, "time", "Now", func(call *ast.CallExpr) {
			if stopwatch[s.file] == "" {
				t.Errorf("%s: time.Now: take the instant from the clock that is passed in (in a transaction: tx.Now)", s.at(call))
			}
			used[s.file] = true
		})
	}
	for file, why := range stopwatch {
		if !used[file] {
			t.Errorf("%s does not call time.Now any more (%s): take it from the list", file, why)
		}
	}
}

func TestNoFloatComesNearMoney(t *testing.T) {
	t.Parallel()
	rooms := []string{"core/money", "domain/ledger", "domain/settlement", "domain/payment", "domain/event"}
	for _, s := range house(t) {
		if s.test || !slices.ContainsFunc(rooms, func(r string) bool { return s.dir == r || strings.HasPrefix(s.dir, r+"/") }) {
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if slices.Contains([]string{"float32", "float64", "ParseFloat", "Float64", "Float32"}, n.Name) {
					t.Errorf("%s: %s where money is counted: use money.Cents, money.Quantity, money.Rate or money.Exact", s.at(n), n.Name)
				}
			case *ast.BasicLit:
				if n.Kind == token.FLOAT {
					t.Errorf("%s: the float %s where money is counted", s.at(n), n.Value)
				}
			}
			return true
		})
	}
}

func texts(t *testing.T) *i18n.Catalogue {
	t.Helper()
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// eachCall visits the calls of pkg.name; with an empty pkg those of any method or function called name.
func eachCall(s source, pkg, name string, visit func(*ast.CallExpr)) {
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != name {
			return true
		}
		if x, isName := sel.X.(*ast.Ident); pkg == "" || isName && x.Name == pkg {
			visit(call)
		}
		return true
	})
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
