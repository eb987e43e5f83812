package seteli_test

import (
	"flag"
	"fmt"
	"go/ast"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"seteli/platform/i18n"
)

var update = flag.Bool("update", false, "write doc/faults.md anew")

// Every code that a person or a program may meet stands in doc/faults.md, with its kind and its words, by the package that gives it.
func TestFaultCodesAreDocumented(t *testing.T) {
	t.Parallel()
	cat := texts(t)
	lines := map[string]string{}
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
			kind, okKind := call.Args[0].(*ast.SelectorExpr)
			if !okCode || !okKey || !okKind {
				return // said by the test of the codes
			}
			words := cat.Raw(i18n.EN, key)
			if cat.Has(key + ".remedy") {
				words += " " + cat.Raw(i18n.EN, key+".remedy")
			}
			lines[code] = fmt.Sprintf("| %s | %s | %s | %s |", code, strings.ToLower(strings.Replace(kind.Sel.Name, "NotF", "not f", 1)), cell(words), s.dir)
		})
	}
	var b strings.Builder
	b.WriteString("# Fault codes\n\nA code is stable: programs may compare it, texts may change. Words in braces are filled in. Written from the source by\n`go test . -run FaultCodesAreDocumented -update`. What each code of the API answers stands in its own reference at /api/errors.\n\n" +
		"| code | kind | text and what to do | package |\n|---|---|---|---|\n")
	for _, code := range slices.Sorted(maps.Keys(lines)) {
		b.WriteString(lines[code] + "\n")
	}
	const file = "doc/faults.md"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) == b.String() {
		return
	}
	old := strings.Split(string(have), "\n")
	for _, code := range slices.Sorted(maps.Keys(lines)) {
		if !slices.Contains(old, lines[code]) {
			t.Errorf("not in %s as the source has it: %s", file, lines[code])
		}
	}
	t.Errorf("%s is not what the source says: go test . -run FaultCodesAreDocumented -update", file)
}

// What a fault says is a sentence in every language: a label that got the same key would be shown as a refusal without a reason.
func TestFaultsSaySentences(t *testing.T) {
	t.Parallel()
	cat, checked := texts(t), 0
	for _, s := range house(t) {
		if s.test {
			continue
		}
		eachCall(s, "fault", "New", func(call *ast.CallExpr) {
			if len(call.Args) != 3 {
				return
			}
			key, ok := literal(call.Args[2])
			if !ok || strings.HasSuffix(key, ".title") { // the page of a refusal has its title and its text
				return
			}
			for _, lang := range []i18n.Lang{i18n.FI, i18n.SV, i18n.EN} {
				words := cat.Raw(lang, key)
				if checked++; words == "" || !strings.ContainsAny(words[len(words)-1:], ".?!}") {
					t.Errorf("%s in %s is no sentence: %q", key, lang, words)
				}
			}
		})
	}
	if checked < 1000 {
		t.Errorf("only %d texts were checked", checked)
	}
}

// cell keeps a text on one line of a table.
func cell(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\n", " "), "|", `\|`)
}
