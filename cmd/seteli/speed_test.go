package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"seteli/platform/access"
)

// What a page may cost at the demo's size. The weight is the same everywhere and fails the test; time is only told, since a machine is
// shared: in the full form as the middle of five.
const (
	pageTime   = 50 * time.Millisecond
	pageWeight = 400 << 10
)

var assetLink = regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`)

// speed asks every GET page as everybody who may see it and tells the slowest: server time, and weight of the first load with its styles,
// scripts and fonts, compressed.
func (w *whole) speed() {
	weights := map[string]int{}
	type row struct {
		key    string
		role   access.Role
		took   time.Duration
		weight int
	}
	var rows []row
	times := make([]time.Duration, 1)
	if os.Getenv("SETELI_LONG") != "" {
		times = make([]time.Duration, 5)
	}
	for _, route := range w.faces.site.Routes() {
		if route.Method != http.MethodGet {
			continue
		}
		path := w.address(route.Path, route.Plain, false)
		var slowest row
		for _, s := range w.own {
			if route.Right != "" && !access.RoleMay(s.role, route.Right) {
				continue
			}
			r := w.ask(s, http.MethodGet, path)
			if r.status != http.StatusOK {
				continue
			}
			for i := range times {
				began := time.Now()
				r = w.ask(s, http.MethodGet, path)
				times[i] = time.Since(began)
			}
			slices.Sort(times)
			one := row{route.Key(), s.role, times[len(times)/2], w.zipped(r.body)}
			if strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
				for _, m := range assetLink.FindAllStringSubmatch(r.body, -1) {
					if _, ok := weights[m[1]]; !ok {
						weights[m[1]] = w.asset(m[1])
					}
					one.weight += weights[m[1]]
				}
				if one.weight > pageWeight {
					w.Errorf("%s weighs %d kB", one.key, one.weight>>10)
				}
			}
			if one.took > slowest.took {
				slowest = one
			}
			if route.Open {
				break // the same for everybody
			}
		}
		if slowest.key != "" {
			rows = append(rows, slowest)
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return int(b.took - a.took) })
	slow := 0
	var b strings.Builder
	for i, r := range rows {
		if r.took > pageTime {
			slow++
		}
		if i >= 40 {
			continue
		}
		fmt.Fprintf(&b, "%8.1f ms %5d kB  %s (%s)\n", float64(r.took.Microseconds())/1000, r.weight>>10, r.key, r.role)
	}
	w.Logf("%d pages, %d above %s\n%s", len(rows), slow, pageTime, b.String())
	if len(rows) < 80 {
		w.Errorf("only %d pages were seen", len(rows))
	}
}

func (w *whole) zipped(s string) int {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		w.Fatal(err)
	}
	if err := z.Close(); err != nil {
		w.Fatal(err)
	}
	return b.Len()
}

// asset is the weight of a file; what is compressed already stays as it is.
func (w *whole) asset(path string) int {
	r := w.ask(seat{}, http.MethodGet, path)
	if r.status != http.StatusOK {
		w.Errorf("%s: %d", path, r.status)
	}
	if strings.HasSuffix(path, ".woff2") || strings.HasSuffix(path, ".png") {
		return len(r.body)
	}
	return w.zipped(r.body)
}
