package simulation_test

import (
	"encoding/json"
	"testing"

	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/simulation"
	"seteli/domain/daycare/simulation/simulationtest"
)

// Every point of a sweep is the answer to the question with that value, and the sweep ends where its steps do.
func TestAPointOfASweepIsTheAnswerAtItsValue(t *testing.T) {
	t.Parallel()
	n := simulationtest.New(t, "oulu", 30)
	for name, c := range map[string]simulation.Change{
		"values": {From: january, Values: simulation.ValueChange{Options: []string{"full_time"}}, Prices: simulation.AsTold,
			Sweep: &simulation.Sweep{Of: simulation.OfValues, From: money.MustRate("-10"), To: money.MustRate("10"), Step: money.MustRate("7.5")}},
		"cap": {From: january, Model: daycare.CappedSurcharge, Prices: simulation.Adjust,
			Sweep: &simulation.Sweep{Of: simulation.OfCap, From: money.MustRate("0"), To: money.MustRate("60"), Step: money.MustRate("30")}},
		"highest fee": {From: january, Prices: simulation.AsTold,
			Sweep: &simulation.Sweep{Of: simulation.OfMaxFee, From: money.MustRate("250"), To: money.MustRate("300.50"), Step: money.MustRate("50.50")}},
	} {
		r := n.Compute(c)
		if again := n.Compute(c); text(t, again) != text(t, r) {
			t.Errorf("%s: the same sweep has another answer", name)
		}
		if want := map[string]int{"values": 3, "cap": 3, "highest fee": 2}[name]; len(r.Points) != want {
			t.Fatalf("%s: %d points: %+v", name, len(r.Points), r.Points)
		}
		for i, p := range r.Points {
			one := n.Compute(c.At(p.Value))
			if want := (simulation.Point{Value: p.Value, Year: one.Year, Own: one.Own, Family: one.Family, Families: one.Families, Anew: one.Anew}); p != want {
				t.Errorf("%s at %s: %+v, want %+v", name, p.Value, p, want)
			}
			if p.Year.Before != r.Points[0].Year.Before || i > 0 && p.Year == r.Points[i-1].Year && p.Family == r.Points[i-1].Family {
				t.Errorf("%s at %s: %+v after %+v", name, p.Value, p, r.Points[i-1])
			}
		}
	}
}

func text(t *testing.T, r simulation.Result) string {
	t.Helper()
	raw, err := json.Marshal(r)
	must(t, err)
	return string(raw)
}

func TestASweepThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	n := simulationtest.New(t, "oulu", 2)
	s := n.Snapshot()
	sweep := func(of simulation.Parameter, from, to, step string) *simulation.Sweep {
		return &simulation.Sweep{Of: of, From: money.MustRate(from), To: money.MustRate(to), Step: money.MustRate(step)}
	}
	for name, x := range map[string]struct {
		code string
		c    simulation.Change
	}{
		"unknown":  {"SIM-019", simulation.Change{Sweep: sweep("weather", "0", "1", "1")}},
		"no step":  {"SIM-020", simulation.Change{Sweep: sweep(simulation.OfValues, "0", "10", "0")}},
		"one":      {"SIM-020", simulation.Change{Sweep: sweep(simulation.OfValues, "5", "5", "1")}},
		"backward": {"SIM-020", simulation.Change{Sweep: sweep(simulation.OfValues, "10", "-10", "5")}},
		"too many": {"SIM-020", simulation.Change{Sweep: sweep(simulation.OfValues, "0", "100", "0.0001")}},
		"twice":    {"SIM-021", simulation.Change{Values: simulation.ValueChange{Percent: rate("5")}, Sweep: sweep(simulation.OfValues, "0", "10", "5")}},
		"no model": {"SIM-008", simulation.Change{Sweep: sweep(simulation.OfCap, "0", "10", "5")}},
		"below":    {"SIM-004", simulation.Change{Sweep: sweep(simulation.OfValues, "-150", "0", "50")}},
	} {
		x.c.From, x.c.Prices = january, simulation.AsTold
		_, err := simulation.Compute(s, x.c, func(int, int) error { return nil })
		if err == nil {
			t.Errorf("%s is answered", name)
			continue
		}
		faulttest.Want(t, err, x.code)
	}
}
