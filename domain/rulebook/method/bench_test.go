package method_test

import (
	"strings"
	"testing"

	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
)

func replaceOnce(s, old, new string) string { return strings.Replace(s, old, new, 1) }

// Measured on one core of the build machine with
//
//	go test ./domain/rulebook/method -run xxx -bench Value -cpu 1
//
// The house asks for 10,000 values a second without their explanation and 2,000 with it: 100 µs and 500 µs each.
func BenchmarkValue(b *testing.B) {
	models := method.All()
	for _, name := range []string{"flat_unit", "linear_taper_scaled", "income_band_table", "time_band_table", "pct_of_net_income"} {
		r := book(b, sets[name])
		facts := rulebook.Facts{Household: 2, Income: c(816726), Client: &rulebook.NetIncome{Earned: 250000}, Spouse: &rulebook.NetIncome{Earned: 120000}}
		for said, quiet := range map[string]bool{"quiet": true, "explained": false} {
			b.Run(name+"/"+said, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := models.Value(r, rulebook.ValueInput{Content: 7, Facts: facts, Quiet: quiet}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
