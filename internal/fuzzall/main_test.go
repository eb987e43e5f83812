package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const planted = `package parse

import "testing"

func FuzzSound(f *testing.F) { f.Add("a"); f.Fuzz(func(t *testing.T, s string) { _ = len(s) }) }

func FuzzPlanted(f *testing.F) {
	f.Add("abc")
	f.Fuzz(func(t *testing.T, s string) { if len(s) > 0 && s[0] != 'a' { t.Fatal("the planted fault") } })
}

func Fuzzy() {}
`

// A function with a fault fails the run, is named with the file of its input, and the sound one beside it passes.
func TestPlantedFaultIsFoundAndItsInputKept(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module planted\n\ngo 1.26\n", "parse.go": "package parse\n",
		"parse_test.go": planted} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var out strings.Builder
	failed, err := run(t.Context(), &out, []string{"./..."}, "", time.Second, 2)
	if err != nil || failed != 1 {
		t.Fatalf("%d failed, %v\n%s", failed, err, &out)
	}
	inputs, err := filepath.Glob("testdata/fuzz/FuzzPlanted/*")
	if err != nil || len(inputs) != 1 {
		t.Fatalf("inputs kept: %v %v\n%s", inputs, err, &out)
	}
	for _, want := range []string{"planted FuzzSound\n", "FAIL ", "planted FuzzPlanted\n", "the planted fault", "the input is kept in ", filepath.Base(inputs[0]), "fuzz: 2 functions, 1 failed"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, &out)
		}
	}
	if _, err := run(t.Context(), &out, []string{"./..."}, "FuzzNothing", time.Second, 1); err == nil {
		t.Error("a run of nothing passed")
	}
}

func TestFunctionThatGetsNoInputHasNotPassed(t *testing.T) {
	t.Parallel()
	for said, failed := range map[string]bool{
		"fuzz: elapsed: 3s, execs: 12 (4/sec), new interesting: 0 (total: 3)\nok": false,
		"fuzz: elapsed: 2s, gathering baseline coverage: 116/206 completed\nok":   false,
		"fuzz: elapsed: 2s, gathering baseline coverage: 0/206 completed\nok":     true,
		"fuzz: elapsed: 0s, execs: 0 (0/sec)\nok":                                 true,
		"?   	x	[no test files]": true,
	} {
		if r := judge(said, nil); r.failed != failed {
			t.Errorf("%q: failed is %v", said, r.failed)
		}
	}
	if !judge("execs: 12 ", errors.New("exit 1")).failed {
		t.Error("a failure passed")
	}
}

// What Go 1.26 prints when the end of the time meets a worker at work is no finding; anything else beside it is one.
func TestEndOfTimeIsToldFromAFinding(t *testing.T) {
	t.Parallel()
	const race = "fuzz: elapsed: 30s, execs: 6790 (0/sec), new interesting: 34 (total: 95)\n--- FAIL: FuzzX (30.02s)\n    context deadline exceeded\nFAIL\nexit status 1\nFAIL\tx\t30.039s\n"
	for said, want := range map[string]bool{
		race: true,
		"fuzz: elapsed: 3s, execs: 12 (4/sec)\n--- FAIL: FuzzX (3.02s)\n    --- FAIL: FuzzX (0.00s)\n        x_test.go:8: context deadline exceeded\nFAIL\nFAIL\tx\t3.1s\n": false,
		race + "    Failing input written to testdata/fuzz/FuzzX/0a\n":                        false,
		"fuzz: elapsed: 3s, execs: 12 (4/sec)\npanic: test timed out after 3s\nFAIL\tx\t3s\n": false,
	} {
		if r := judge(said, errors.New("exit status 1")); !r.failed || r.ended != want {
			t.Errorf("%q: failed %v, ended %v", said, r.failed, r.ended)
		}
	}
}
