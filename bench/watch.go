package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// now is the machine's clock: the benchmark measures durations, nothing of the field.
func now() time.Time { return time.Now() }

// timed gives how long fn took, in seconds.
func timed(fn func() error) (float64, error) {
	began := now()
	err := fn()
	return now().Sub(began).Seconds(), err
}

// pair holds the runs of one bar: ours and the limit alternate, so that the machine's other work falls on both.
type pair struct {
	ours, limit []float64
	higher      bool // rates: more is better; otherwise seconds
}

// alternate runs both sides n times, the one that begins changing each time.
func (p *pair) alternate(n int, ours, limit func(round int) (float64, error)) error {
	for i := range n {
		sides := []func() error{
			func() error { v, err := ours(i); p.ours = append(p.ours, v); return err },
			func() error { v, err := limit(i); p.limit = append(p.limit, v); return err },
		}
		if i%2 == 1 {
			slices.Reverse(sides)
		}
		for _, side := range sides {
			if err := side(); err != nil {
				return err
			}
		}
	}
	return nil
}

// say prints the line of the bar. The ratio is the median of the rounds' own ratios, not of the medians.
func (p *pair) say(name, unit string) {
	ratios := make([]float64, len(p.ours))
	for i := range ratios {
		ratios[i] = p.ours[i] / p.limit[i]
	}
	bar(name, median(p.ours), median(p.limit), median(ratios), unit+fmt.Sprintf(", %d pairs, ratios %.2f–%.2f", len(ratios), slices.Min(ratios), slices.Max(ratios)))
}

// bar prints one line of the form that doc/performance.md quotes.
func bar(name string, ours, limit, ratio float64, note string) {
	fmt.Printf("bar %s ours %s limit %s ratio %.2f  (%s)\n", name, figure(ours), figure(limit), ratio, note)
}

// note prints a figure that has no limit beside it.
func note(format string, args ...any) { fmt.Printf("    "+format+"\n", args...) }

func figure(v float64) string {
	if v >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}

func median(list []float64) float64 { return percentile(list, 0.5) }

// percentile of the values, which are sorted in a copy.
func percentile(list []float64, p float64) float64 {
	if len(list) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(list))
	return s[min(len(s)-1, int(p*float64(len(s))))]
}

// memory gives the process's resident memory and its highest so far, in megabytes.
func memory(pid int) (rss, peak float64) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0 // no such file outside Linux: the figure is then not told
	}
	for _, line := range strings.Split(string(raw), "\n") {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		kb, err := strconv.ParseFloat(f[1], 64)
		if err != nil {
			continue
		}
		switch f[0] {
		case "VmRSS:":
			rss = kb / 1024
		case "VmHWM:":
			peak = kb / 1024
		}
	}
	return rss, peak
}
