// Command testcount reads the JSON of go test from standard input, shows what failed, and ends with the one line that
// people and machines look for: "N passed, N failed, N skipped". It fails when a test failed, when a package did not
// build, and when nothing ran.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
)

type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

type counts struct{ passed, failed, skipped int }

func main() {
	c, broken := read(bufio.NewReaderSize(os.Stdin, 1<<20))
	fmt.Printf("%d passed, %d failed, %d skipped\n", c.passed, c.failed, c.skipped)
	if c.failed > 0 || broken || c.passed == 0 {
		os.Exit(1)
	}
}

// read counts and prints as it goes: the output of a test only when it failed or was skipped.
func read(in *bufio.Reader) (c counts, broken bool) {
	output := map[string][]string{}
	slow := map[string]float64{}
	decoder := json.NewDecoder(in)
	for {
		var e event
		if err := decoder.Decode(&e); err != nil {
			if err.Error() != "EOF" {
				fmt.Fprintln(os.Stderr, "testcount: the input is not go test -json:", err)
				broken = true
			}
			break
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output":
			output[key] = append(output[key], e.Output)
		case "build-output":
			fmt.Print(e.Output)
		case "build-fail":
			broken = true
		case "pass", "fail", "skip":
			broken = settle(e, output[key], &c, slow) || broken
			delete(output, key)
		}
	}
	report(slow)
	return c, broken
}

// settle books one finished test or package; a package that fails without a failing test did not build or ended early.
func settle(e event, lines []string, c *counts, slow map[string]float64) (broken bool) {
	if e.Test == "" {
		slow[e.Package] = e.Elapsed
		if e.Action == "fail" {
			fmt.Printf("FAIL %s\n%s", e.Package, strings.Join(lines, ""))
			return true
		}
		return false
	}
	switch e.Action {
	case "pass":
		c.passed++
	case "skip":
		c.skipped++
		fmt.Printf("skip %s %s: %s\n", e.Package, e.Test, reason(lines))
	case "fail":
		c.failed++
		fmt.Printf("FAIL %s %s\n%s", e.Package, e.Test, strings.Join(lines, ""))
	}
	return false
}

// reason is what the test said before it was skipped.
func reason(lines []string) string {
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "=== ") && !strings.HasPrefix(l, "--- ") {
			return l
		}
	}
	return "no reason given"
}

func report(slow map[string]float64) {
	names := make([]string, 0, len(slow))
	for n := range slow {
		names = append(names, n)
	}
	sort.Slice(names, func(i, j int) bool { return slow[names[i]] > slow[names[j]] })
	for _, n := range names[:min(5, len(names))] {
		fmt.Printf("%6.1f s %s\n", slow[n], n)
	}
}
