package browser_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"seteli/web/browser"
)

var update = flag.Bool("update", false, "write testdata/axe_incomplete.golden anew: in the long form exactly what was met, otherwise what was met is added")

// undecidedFile lists the rules of axe that ended without an answer, by page. Somebody has looked at each line; a new one fails.
const undecidedFile = "testdata/axe_incomplete.golden"

var met = struct {
	sync.Mutex
	known, now map[string]bool
}{now: map[string]bool{}}

// undecided compares what axe could not decide about the page with the list.
func undecided(t *testing.T, p *browser.Person) {
	t.Helper()
	met.Lock()
	defer met.Unlock()
	if met.known == nil {
		met.known = map[string]bool{}
		raw, err := os.ReadFile(undecidedFile)
		if err != nil && !*update {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(raw)) {
			met.known[strings.TrimSpace(line)] = true
		}
	}
	for _, v := range p.Unsure() {
		line := v.ID + " " + pattern(p.Path())[3:]
		if met.now[line] = true; !met.known[line] && !*update {
			met.known[line] = true // told once
			t.Errorf("axe cannot decide something new; look at it, then go test ./web/browser -update: %s: %s", line, v)
		}
	}
}

// writeUndecided writes the list after a run with -update.
func writeUndecided() error {
	if !*update || len(met.now) == 0 {
		return nil
	}
	if !long() {
		maps.Copy(met.now, met.known)
	}
	if err := os.MkdirAll(filepath.Dir(undecidedFile), 0o750); err != nil {
		return err
	}
	return os.WriteFile(undecidedFile, fmt.Appendf(nil, "%s\n", strings.Join(slices.Sorted(maps.Keys(met.now)), "\n")), 0o600)
}
