// Command bench prints the bars of doc/performance.md: what Seteli reaches beside what plain SQL, written for the one case and
// run in the same minutes on the same machine, reaches. Absolute figures move with the machine; the ratios are what is compared.
//
// It knows the limits (SQL as the schema's owner, without row-level security, without a program) and the worlds they run on. It
// must not know how the domain reaches its figures: it calls what the faces call.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// settings of one run.
type settings struct {
	Bar     string  `help:"Bars to run, separated by commas: single, file, hot, purse, settle, bulk, value, search, start, memory; empty = all." default:""`
	Pairs   int     `help:"Alternating pairs of the cheap bars; the big ones take fewer." default:"5"`
	Seconds int     `help:"Length of one side of a rate." default:"4"`
	Size    float64 `help:"Share of the full size of the big bars, for a quick look." default:"1"`
	Profile string  `help:"Directory for processor profiles of our side." type:"path"`

	Child string `help:"Internal: the part that a fresh process runs." hidden:""`
	Dir   string `help:"Internal: the cluster of that part." hidden:"" type:"path"`
}

// bars in the order they are run.
var bars = []struct {
	name string
	run  func(context.Context, *settings) error
}{
	{"single", benchSingle},
	{"file", benchFile},
	{"hot", benchHot},
	{"purse", benchPurse},
	{"settle", benchSettle},
	{"bulk", benchBulk},
	{"value", benchValue},
	{"search", benchSearch},
	{"start", benchStart},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var s settings
	kong.Parse(&s, kong.Name("bench"), kong.Description("The bars of doc/performance.md as ratios."))
	if s.Child == "settle" {
		return settleChild(ctx, &s)
	}
	chosen := strings.FieldsFunc(s.Bar, func(r rune) bool { return r == ',' })
	for _, name := range chosen {
		if !slices.ContainsFunc(bars, func(b struct {
			name string
			run  func(context.Context, *settings) error
		}) bool {
			return b.name == name
		}) {
			return fmt.Errorf("no bar %q", name)
		}
	}
	for _, b := range bars {
		if len(chosen) > 0 && !slices.Contains(chosen, b.name) {
			continue
		}
		if err := b.run(ctx, &s); err != nil {
			return fmt.Errorf("bar %s: %w", b.name, err)
		}
	}
	return nil
}
