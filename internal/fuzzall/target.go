package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

// spare is what building a package and starting its database may take before its time of input begins.
const spare = 6 * time.Minute

// fuzzes is how the functions are called: go test takes no lower case letter after the word.
var fuzzes = regexp.MustCompile(`^Fuzz(\P{Ll}|$)`)

// target is a fuzz function and the package it stands in.
type target struct{ pkg, dir, name string }

func (t target) String() string { return t.pkg + " " + t.name }

// find reads the fuzz functions from the source of the packages' tests: asking each test program for them would build them all.
func find(ctx context.Context, packages []string) ([]target, error) {
	list := exec.CommandContext(ctx, "go", append([]string{"list", "-json=ImportPath,Dir,TestGoFiles,XTestGoFiles"}, packages...)...)
	var complaint bytes.Buffer
	list.Stderr = &complaint
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("listing packages: %w\n%s", err, &complaint)
	}
	var found []target
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Dir           string
			TestGoFiles, XTestGoFiles []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading the list of packages: %w", err)
		}
		for _, file := range slices.Concat(p.TestGoFiles, p.XTestGoFiles) {
			tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			for _, d := range tree.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && fuzzes.MatchString(f.Name.Name) {
					found = append(found, target{p.ImportPath, p.Dir, f.Name.Name})
				}
			}
		}
	}
}

// result is what came of a function.
type result struct {
	target
	failed bool
	ended  bool // failed by nothing but the end of its own time
	took   time.Duration
	runs   string // inputs tried
	output string // what go test said, when it failed
	input  string // the file of the input that broke it; "" when none is to blame
}

// String is one line; of a failure also what was said and how to repeat it.
func (r result) String() string {
	if !r.failed {
		return fmt.Sprintf("ok   %6.1f s %10s inputs  %s", r.took.Seconds(), r.runs, r.target)
	}
	line := fmt.Sprintf("FAIL %6.1f s %10s inputs  %s\n%s", r.took.Seconds(), r.runs, r.target, r.output)
	if r.input != "" {
		line += fmt.Sprintf("the input is kept in %s\nrepeat it with: go test %s -run '%s/%s'", filepath.Join(r.dir, r.input), r.pkg, r.name, filepath.Base(r.input))
	}
	return line
}

// tries is how often a function gets its time again when only the end of its time failed it.
const tries = 3

// try gives the function input for a while, and again when Go's own race at the end of the time is all that failed (go.dev/issue/75804,
// mended in Go 1.27): it writes no input and says nothing of the function.
func (t target) try(ctx context.Context, long time.Duration) (r result) {
	for range tries {
		if r = t.once(ctx, long); !r.ended {
			break
		}
	}
	return r
}

// once gives the function input for a while, with one worker.
func (t target) once(ctx context.Context, long time.Duration) result {
	ctx, stop := context.WithTimeout(ctx, long+spare)
	defer stop()
	began := time.Now()
	test := exec.CommandContext(ctx, "go", "test", t.pkg, "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", long.String(), "-parallel", "1",
		"-fuzzminimizetime", "1s") // else an input of interest is made smaller for up to a minute, in which nothing new is tried
	test.WaitDelay = 10 * time.Second
	out, err := test.CombinedOutput()
	if cause := ctx.Err(); cause != nil {
		err = errors.Join(err, cause)
		out = fmt.Appendf(out, "not done after %s\n", long+spare)
	}
	r := judge(string(out), err)
	r.target, r.took = t, time.Since(began)
	return r
}

var (
	tried = regexp.MustCompile(`(?:execs|baseline coverage): (\d+)`) // kept inputs come first; on a slow machine no time may be left for others
	kept  = regexp.MustCompile(`Failing input written to (\S+)`)
	ended = regexp.MustCompile(`(?m)^--- FAIL: \w+ \([\d.]+s\)\n    context deadline exceeded\nFAIL\n(exit status 1\n)?FAIL\t`)
)

// judge reads what go test said. A function that was given no input has not passed.
func judge(said string, err error) result {
	r := result{failed: err != nil, runs: "0", output: said}
	for _, m := range tried.FindAllStringSubmatch(said, -1) {
		r.runs = m[1]
	}
	if m := kept.FindStringSubmatch(said); m != nil {
		r.input = m[1]
	}
	if r.runs == "0" {
		r.failed = true
	}
	r.ended = r.failed && r.input == "" && ended.MatchString(said)
	return r
}
