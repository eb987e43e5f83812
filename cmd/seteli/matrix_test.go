package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"seteli/platform/access"
	"seteli/web/ui"
)

var update = flag.Bool("update", false, "write the golden files anew; read what changed")

// TestWholeProgram asks the program as it is wired, over the demo's data. Its parts share one world and go in this order: those that
// only look come first.
func TestWholeProgram(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	part := func(name string, fn func(*whole)) {
		t.Run(name, func(t *testing.T) {
			x := *w
			x.T = t
			fn(&x)
		})
	}
	part("upload", (*whole).upload)
	part("every page is light", (*whole).speed)
	part("every reading of a client is logged or refused", (*whole).watched)
	part("another's thing is like one that is not there", (*whole).swapped)
	part("every route for everybody", (*whole).matrix)
	part("every operation for every key", (*whole).operations)
	part("an ended mandate ends at once", (*whole).ended)
}

// outcome is what a cell of the matrix says.
func outcome(r reply) string {
	if r.status == http.StatusSeeOther && strings.Contains(r.header.Get("Location"), "/sign-in?return=") {
		return "sign-in"
	}
	return fmt.Sprint(r.status)
}

// cells gives for a list of people who gets what: "200 caseworker, decision_maker".
func (w *whole) cells(people []seat, route ui.Route) []string {
	by := map[string][]string{}
	for _, s := range people {
		r := w.ask(s, route.Method, w.address(route.Path, route.Plain, false))
		what := outcome(r)
		by[what] = append(by[what], string(s.role))
		if route.Right != "" && !access.RoleMay(s.role, route.Right) && what != "403" {
			w.Errorf("%s: %s lacks %s and gets %s", route.Key(), s.role, route.Right, what)
		}
		if r.status >= 500 && r.status != http.StatusServiceUnavailable {
			w.Errorf("%s for %s: %d", route.Key(), s.role, r.status)
		}
		if route.Path == "/sign-out" {
			w.resign(s)
		}
	}
	var lines []string
	for what, roles := range by {
		names := strings.Join(roles, ", ")
		if len(roles) == len(people) {
			names = "everybody"
		}
		lines = append(lines, what+" "+names)
	}
	slices.Sort(lines)
	return lines
}

// resign signs somebody in again who has signed out.
func (w *whole) resign(s seat) {
	for _, list := range [][]seat{w.own, w.others} {
		for i := range list {
			if list[i].account == s.account {
				list[i] = w.signIn(s)
			}
		}
	}
}

// matrix is S1: every route for nobody, for every role of the tenant whose thing is named, and for every role of another tenant.
func (w *whole) matrix() {
	var b strings.Builder
	b.WriteString("# Who gets what from each route: own = the organiser, provider or client whose thing the address names; other = the same role of another one.\n" +
		"# GET without a query, POST with an empty form: 422 and 303 are the answers of those who may.\n")
	routes := w.faces.site.Routes()
	slices.SortStableFunc(routes, func(a, b ui.Route) int { return strings.Compare(b.Method, a.Method) * -1 }) // those that only look first
	for _, route := range routes {
		note := ""
		if route.Open {
			note = "  open"
		}
		if route.Right != "" {
			note = "  " + string(route.Right)
		}
		if route.ClientData {
			note += "  client data"
		}
		fmt.Fprintf(&b, "\n%s%s\n", route.Key(), note)
		nobody := outcome(w.ask(seat{}, route.Method, w.address(route.Path, route.Plain, false)))
		if !route.Open && nobody != "sign-in" {
			w.Errorf("%s without a sign-in: %s", route.Key(), nobody)
		}
		fmt.Fprintf(&b, "  nobody %s\n", nobody)
		for _, line := range w.cells(w.own, route) {
			fmt.Fprintf(&b, "  own    %s\n", line)
		}
		for _, line := range w.cells(w.others, route) {
			fmt.Fprintf(&b, "  other  %s\n", line)
		}
	}
	kept(w.T, "matrix.golden", b.String())
}

func kept(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a, b := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			t.Fatalf("%s differs from line %d on:\n- %s\n+ %s\nread the difference, then run with -update", path, i+1, strings.Join(a[min(i, len(a)):min(i+4, len(a))], "\n- "), strings.Join(b[min(i, len(b)):min(i+4, len(b))], "\n+ "))
		}
	}
}

var digits = regexp.MustCompile(`\d+`)

// shape is an answer without what always differs: its reference, and the numbers of its own address.
func shape(r reply, path string) string {
	body := strings.ReplaceAll(r.body, r.request, "")
	body = strings.ReplaceAll(body, path, digits.ReplaceAllString(path, "0"))
	return strings.ReplaceAll(body, strings.TrimPrefix(path, "/fi"), digits.ReplaceAllString(strings.TrimPrefix(path, "/fi"), "0"))
}

// swapped is S2: whoever asks for another tenant's thing gets, byte for byte, the answer about a thing that is not there.
func (w *whole) swapped() {
	n := 0
	for _, route := range w.faces.site.Routes() {
		if route.Open || !strings.Contains(route.Path, "{") || strings.Contains(route.Path, "{format}") || strings.HasPrefix(route.Path, "/exit/") || strings.HasPrefix(route.Path, "/settings/letters/{kind}") || route.Path == "/use/{number}" {
			// leaving a service names the service, which is public; the company is the asker's own. A kind of letter is a word that
			// every organiser has. A number that was scanned is shown back as it was typed; who may know of it, domain/onetime's tests tell
			continue
		}
		for _, s := range w.others {
			if route.Right != "" && !access.RoleMay(s.role, route.Right) {
				continue
			}
			theirs, none := w.address(route.Path, false, false), w.address(route.Path, false, true)
			a, b := w.ask(s, route.Method, theirs), w.ask(s, route.Method, none)
			n++
			if a.status != b.status || shape(a, theirs) != shape(b, none) {
				w.Errorf("%s as another %s: %d, a missing one %d", route.Key(), s.role, a.status, b.status)
			}
			if a.status < 400 {
				w.Errorf("%s as another %s: %d", route.Key(), s.role, a.status)
			}
		}
	}
	if n < 100 {
		w.Errorf("only %d exchanges were tried", n)
	}
}
