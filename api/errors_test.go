package api

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// behind are the packages whose refusals an operation of the API can meet.
var behind = []string{"api", "core/calendar", "core/ident", "core/money", "platform/access", "domain/catalogue", "domain/client", "domain/client/household", "domain/daycare/feed", "domain/daycare/store", "domain/decision", "domain/event",
	"domain/ledger", "domain/organiser", "domain/purse", "domain/rulebook", "domain/settlement", "domain/voucher"}

// The published list of codes is the one in the source.
func TestPublishedErrorsAreTheDeclaredOnes(t *testing.T) {
	t.Parallel()
	got := []declaredFault{{"PG-021", "Stale", "postgres.transaction.contended"}, {"PG-022", "Unavailable", "postgres.transaction.unknown"}, {"PG-ONCE", "Conflict", "postgres.once.other"}}
	for _, dir := range behind {
		files, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", dir, err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				got = append(got, faultsIn(t, file)...)
			}
		}
	}
	got = slices.DeleteFunc(got, func(d declaredFault) bool { return d.Kind == "Internal" })
	slices.SortFunc(got, func(a, b declaredFault) int { return strings.Compare(a.Code, b.Code) })
	var out bytes.Buffer
	out.WriteString("[\n")
	for i, d := range got {
		line, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(line)
		if i < len(got)-1 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
	}
	out.WriteString("]\n")
	if *update {
		if err := os.WriteFile("errors.json", out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(out.Bytes(), declared) {
		t.Error("the source declares other refusals than errors.json publishes; run the test with -update")
	}
}

// faultsIn finds fault.New(fault.Kind, "CODE", "key") in one file.
func faultsIn(t *testing.T, file string) (out []declaredFault) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || len(c.Args) != 3 {
			return true
		}
		fn, ok := c.Fun.(*ast.SelectorExpr)
		if !ok || fn.Sel.Name != "New" {
			return true
		}
		if pkg, ok := fn.X.(*ast.Ident); !ok || pkg.Name != "fault" {
			return true
		}
		kind, ok := c.Args[0].(*ast.SelectorExpr)
		code, okCode := c.Args[1].(*ast.BasicLit)
		key, okKey := c.Args[2].(*ast.BasicLit)
		if !ok || !okCode || !okKey {
			return true
		}
		d := declaredFault{Kind: kind.Sel.Name}
		if d.Code, err = strconv.Unquote(code.Value); err != nil {
			t.Fatal(err)
		}
		if d.Key, err = strconv.Unquote(key.Value); err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
		return true
	})
	return out
}
