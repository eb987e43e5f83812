package varda_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/varda"
)

// BenchmarkPlan makes the wanted state of ten thousand children with three decisions each, and the difference to a warehouse that holds
// them with one decision changed. Reading them from the database is not in it.
func BenchmarkPlan(b *testing.B) {
	const children = 10_000
	s := varda.Settings{Units: map[int64]varda.Unit{1: {OID: "1.2.246.562.10.31111111111", Producer: "1.2.246.562.10.22222222221", Agreed: true}}, Options: map[string]varda.Option{"full": {Hours: 350, Daily: true}}}
	day := calendar.Day(2026, 1, 1)
	record := func(i int, last money.Cents) varda.Record {
		r := varda.Record{Client: int64(i)}
		for k, value := range []money.Cents{96_500, 98_000, last} {
			p := calendar.Period{From: day + calendar.Date(k*100), To: day + calendar.Date(k*100+100)}
			r.Places = append(r.Places, varda.Place{Period: p, Unit: 1, Option: "full"})
			r.Values = append(r.Values, varda.Value{Period: p, Unit: 1, Value: value, OwnShare: 15_400, Size: 3, Guardians: []int64{int64(children + i)}})
		}
		return r
	}
	known := make([][]varda.Known, children)
	for i := range known {
		wanted, lacks := varda.Wanted(record(i, 99_000), s)
		if len(lacks) > 0 {
			b.Fatal(lacks)
		}
		for _, o := range wanted {
			known[i] = append(known[i], varda.Known{Kind: o.Kind, Key: o.Key, Parent: o.Parent, URL: "https://varda.example/api/v1/x/1/", Last: o.Last})
		}
	}
	for b.Loop() {
		steps := 0
		for i := range children {
			wanted, _ := varda.Wanted(record(i, 99_500), s)
			steps += len(varda.Diff(wanted, known[i]))
		}
		if steps != 2*children { // the old fee goes, the new one comes
			b.Fatalf("%d steps", steps)
		}
	}
}
