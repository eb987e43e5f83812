package simulation_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"seteli/core/money"
	"seteli/domain/daycare/simulation"
	"seteli/domain/daycare/simulation/simulationtest"
)

// The board's question about a municipality of many children. SETELI_CHILDREN sets how many; 10 000 must be answered in sixty seconds. The
// ratio is the limit's share for so many children over what was used: above 1 is within it.
func BenchmarkBoardsQuestion(b *testing.B) {
	children := childrenOf(b)
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

// One figure at 21 values, the most that a sweep may have, on one snapshot.
func BenchmarkSweep(b *testing.B) {
	n := simulationtest.New(b, "oulu", childrenOf(b))
	c := simulation.Change{From: january, Prices: simulation.Adjust, Sweep: &simulation.Sweep{Of: simulation.OfValues, From: money.MustRate("-10"), To: money.MustRate("10"), Step: money.MustRate("1")}}
	for b.Loop() {
		began := time.Now()
		if r := n.Compute(c); len(r.Points) != 21 {
			b.Fatalf("%d points", len(r.Points))
		}
		b.ReportMetric(time.Since(began).Seconds()/21, "value-s")
	}
}

func childrenOf(b *testing.B) int {
	text := os.Getenv("SETELI_CHILDREN")
	if text == "" {
		return 1000
	}
	n, err := strconv.Atoi(text)
	must(b, err)
	return n
}
