package simulation_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"seteli/domain/daycare/simulation/simulationtest"
)

// The board's question about a municipality of many children. SETELI_CHILDREN sets how many; 10 000 must be answered in sixty seconds. The
// ratio is the limit's share for so many children over what was used: above 1 is within it.
func BenchmarkBoardsQuestion(b *testing.B) {
	children := 1000
	if text := os.Getenv("SETELI_CHILDREN"); text != "" {
		n, err := strconv.Atoi(text)
		must(b, err)
		children = n
	}
	n := simulationtest.New(b, "oulu", children)
	for b.Loop() {
		began := time.Now()
		s := n.Snapshot()
		read := time.Since(began)
		r := n.Compute(board(january))
		took := time.Since(began) - read // compute reads a snapshot of its own
		if s.Children != children || r.Placed.After < children*9/10 {
			b.Fatalf("%d children, %d decided", s.Children, r.Placed.After)
		}
		b.ReportMetric(read.Seconds(), "read-s")
		b.ReportMetric(took.Seconds(), "answer-s")
		b.ReportMetric(60*float64(children)/10_000/took.Seconds(), "ratio")
	}
}
