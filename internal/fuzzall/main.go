// Command fuzzall gives every fuzz function of the module hostile input for a while, two functions at a time, and ends with how many
// ran and failed:
//
//	go run ./internal/fuzzall -time 30s ./...
//
// An input that breaks a function is kept by go test in the package's testdata/fuzz, where every later test run tries it again; its
// file and the line that repeats it are printed. The command knows no parser.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

func main() {
	long := flag.Duration("time", 30*time.Second, "how long each function is given input")
	only := flag.String("only", "", "only functions whose package and name match the expression")
	atOnce := flag.Int("at-once", 2, "functions at a time; each has one worker")
	flag.Parse()
	failed, err := run(context.Background(), os.Stdout, flag.Args(), *only, *long, *atOnce)
	if err != nil {
		fmt.Fprintln(os.Stderr, "fuzzall:", err)
		os.Exit(2)
	}
	if failed > 0 {
		os.Exit(1)
	}
}

// run tries the functions of the packages and gives how many failed.
func run(ctx context.Context, out io.Writer, packages []string, only string, long time.Duration, atOnce int) (failed int, err error) {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return 0, err
	}
	targets, err := find(ctx, packages)
	if err != nil {
		return 0, err
	}
	began, ran := time.Now(), 0
	var mu sync.Mutex
	var group sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for _, t := range targets {
		if !wanted.MatchString(t.String()) {
			continue
		}
		ran++
		free <- struct{}{}
		group.Go(func() {
			defer func() { <-free }()
			r := t.try(ctx, long)
			mu.Lock()
			defer mu.Unlock()
			if r.failed {
				failed++
			}
			fmt.Fprintln(out, r)
		})
	}
	group.Wait()
	if ran == 0 {
		return 0, fmt.Errorf("no fuzz function in %s", strings.Join(packages, " "))
	}
	fmt.Fprintf(out, "fuzz: %d functions, %d failed, %s\n", ran, failed, time.Since(began).Round(time.Second))
	return failed, nil
}
