package simulation_test

import (
	"encoding/json"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/simulation"
	"seteli/domain/daycare/simulation/simulationtest"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func rate(s string) *money.Rate { return new(money.MustRate(s)) }

// board is the question of a board: raise the full-time value by 5 % and cap the surcharge at 30 €.
func board(from calendar.Date) simulation.Change {
	return simulation.Change{From: from, Values: simulation.ValueChange{Percent: rate("5"), Options: []string{"full_time"}}, Model: daycare.CappedSurcharge, Cap: new(money.Cents(3000)), Prices: simulation.Adjust}
}

var january = calendar.Day(2027, 1, 1)

// What the simulation says is what a real regeneration decides when the same rules are published and the same prices told: every month to
// the cent, on both sides.
func TestTheAnswerIsWhatARealRegenerationDecides(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]simulation.Change{
		"board":        board(january),
		"all values":   {From: january, Values: simulation.ValueChange{Percent: rate("-7.5")}, Prices: simulation.AsTold},
		"amount":       {From: calendar.Day(2026, 8, 15), Values: simulation.ValueChange{Cents: new(money.Cents(4_050))}, Prices: simulation.Rise},
		"coefficients": {From: january, Coefficients: map[string]simulation.Coefficients{"part_20_hours": {Value: rate("0.65"), Fee: rate("0.6")}}, Prices: simulation.AsTold},
		"thresholds": {From: january, Thresholds: simulation.ThresholdChange{LimitPercent: rate("4"), Multiplier: rate("0.11"), MaxFee: new(money.Cents(32_000)), MinFee: new(money.Cents(3_500))},
			Prices: simulation.AsTold},
		"cap":          {From: january, Model: daycare.CappedSurcharge, Cap: new(money.Cents(1_500)), Prices: simulation.AsTold},
		"fee only":     {From: january, Model: daycare.FeeOnly, Prices: simulation.Adjust},
		"highest fee":  {From: january, Thresholds: simulation.ThresholdChange{MaxFee: new(money.Cents(25_000))}, Prices: simulation.AsTold},
		"of all a cut": {From: january, Values: simulation.ValueChange{Cents: new(money.Cents(-10_000))}, Coefficients: map[string]simulation.Coefficients{"full_time": {Fee: rate("0.9")}}, Prices: simulation.Adjust},
		"ceiling":      {From: january, Model: daycare.Ceiling, Prices: simulation.Adjust},
		"limited":      {From: calendar.Day(2027, 3, 17), Model: daycare.LimitedPrice, Values: simulation.ValueChange{Percent: rate("2")}, Prices: simulation.AsTold},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, shipped := range []string{"oulu", "tampere"} {
				n := simulationtest.New(t, shipped, 60)
				equal(t, n, c)
			}
		})
	}
}

func equal(t *testing.T, n *simulationtest.Town, c simulation.Change) {
	t.Helper()
	before := n.Snapshot()
	r := n.Compute(c)
	if again := n.Compute(c); text(t, again) != text(t, r) {
		t.Errorf("the same question has another answer")
	}
	if got := n.Count(`select count(*) from daycare_draft`) + n.Count(`select count(*) from daycare_gap`); got != 0 {
		t.Errorf("the question left %d rows", got)
	}
	first := calendar.MonthOf(c.From)
	year := calendar.Period{From: first.Period().From, To: (first + 11).Period().To}
	cost, own, family := n.Decided(r.Months, year)
	for i, m := range r.Months {
		if m.Before != cost[i] || m.Before <= 0 {
			t.Errorf("%s: %d before, regeneration decides %d", m.Month, m.Before, cost[i])
		}
	}
	if r.Own.Before != own || r.Family.Before != family {
		t.Errorf("own shares %d and families %d before, regeneration decides %d and %d", r.Own.Before, r.Family.Before, own, family)
	}
	after, err := c.Apply(before.Terms())
	must(t, err)
	for _, v := range after.Rules {
		if v.ValidFrom >= c.From {
			n.Publish(v.Profile, v.ValidFrom)
		}
	}
	for _, p := range after.Prices {
		if p.From >= c.From {
			n.Tell(p)
		}
	}
	cost, own, family = n.Decided(r.Months, year)
	for i, m := range r.Months {
		if m.After != cost[i] {
			t.Errorf("%s: %d after, regeneration decides %d", m.Month, m.After, cost[i])
		}
	}
	if r.Own.After != own || r.Family.After != family {
		t.Errorf("own shares %d and families %d after, regeneration decides %d and %d", r.Own.After, r.Family.After, own, family)
	}
	if want := n.Count(`select count(*) from daycare_ready_share r where daterange(valid_from, valid_to) @> $1::date and exists (select 1 from daycare_placement p
		where p.child_id = r.child_id and daterange(p.valid_from, p.valid_to) @> $1::date)`, c.From); int64(r.Ready) != int64(want) || want == 0 {
		t.Errorf("%d children have a ready own share, told are %d", want, r.Ready)
	}
	if r.Year.Difference() == 0 && r.Family.Difference() == 0 {
		t.Errorf("the change changes nothing: %+v", r.Year)
	}
	sums(t, r)
}

// sums: bands and units part the whole, and no band tells few families apart.
func sums(t *testing.T, r simulation.Result) {
	t.Helper()
	var families int
	var own, family, units money.Cents
	for _, b := range r.Bands {
		families, own, family = families+b.All, own+b.Own.After, family+b.Family.After
		if b.All < simulation.Least || b.Gain+b.Lose+b.Same != b.All {
			t.Errorf("band %+v", b)
		}
	}
	var town, areaOwn, areaFamily money.Cents
	for _, a := range r.Areas {
		town, areaOwn, areaFamily = town+a.Municipality.After, areaOwn+a.Own.After, areaFamily+a.Family.After
		if a.All < simulation.Least || a.Gain+a.Lose+a.Same != a.All {
			t.Errorf("area %+v", a)
		}
	}
	if town != r.Year.After || areaOwn != r.Own.After || areaFamily != r.Family.After {
		t.Errorf("areas %d, %d and %d; in all %d, %d, %d", town, areaOwn, areaFamily, r.Year.After, r.Own.After, r.Family.After)
	}
	for _, u := range r.Units {
		units += u.Municipality.After
	}
	for _, x := range []struct {
		n    int
		e    *simulation.Extent
		most money.Cents
	}{{r.Families.Gain, r.Gain, r.Families.Most}, {r.Families.Lose, r.Lose, r.Families.Worst}} {
		if told := x.e != nil; told && (x.n < simulation.Least || x.e.Most != x.most || x.e.Median*x.e.Median > x.e.Most*x.e.Most || x.e.Median == 0) {
			t.Errorf("%+v of %d families, the greatest change %d", x.e, x.n, x.most)
		}
	}
	if families != r.Families.All || own != r.Own.After || family != r.Family.After || units != r.Year.After {
		t.Errorf("bands of %d families, %d and %d, units %d; in all %d, %d, %d, %d", families, own, family, units, r.Families.All, r.Own.After, r.Family.After, r.Year.After)
	}
}

func TestTheBoardsQuestionOnTheOuluProfile(t *testing.T) {
	t.Parallel()
	n := simulationtest.New(t, "oulu", 40)
	c := board(january)
	s := n.Snapshot()
	must(t, c.Check(s.Terms(), s.Day))
	after, err := c.Apply(s.Terms())
	must(t, err)
	r := after.Rules[len(after.Rules)-1]
	set := after.RuleSet(r)
	for option, want := range map[string]daycare.AgeValue{"full_time": {OverThree: 101_300, UnderThree: 172_300}, "part_20_hours": {OverThree: 53_100, UnderThree: 90_200}} {
		if got, _ := set.TableValue(option, january); got != want {
			t.Errorf("%s is %+v, want %+v", option, got, want)
		}
		if got, _ := set.TableValue(option, january-1); option == "full_time" && got.OverThree != 96_500 {
			t.Errorf("the day before is %+v", got)
		}
	}
	for _, p := range after.Prices {
		want := money.Cents(2_700) // 1 040 − 1 013
		if p.Unit == w.OtherUnit || p.Option == "part_20_hours" {
			want = 3_000
		}
		if p.From == january && p.Surcharge != want {
			t.Errorf("unit %d asks a surcharge of %d for %s, want %d", p.Unit, p.Surcharge, p.Option, want)
		}
	}
	answer := n.Compute(c)
	if answer.Families.Gain == 0 || answer.Year.Difference() <= 0 || answer.Placed.Before != 40 || answer.Anew == 0 {
		t.Errorf("%+v", answer)
	}
}

// Units of two postal areas: each area of enough families is told, one of few is put together with another so that the total tells nobody.
func TestAreasOfFewFamiliesAreNotToldApart(t *testing.T) {
	t.Parallel()
	n := simulationtest.New(t, "oulu", 40)
	n.Exec(`update unit set postcode = case unit_id when $1 then '90100' else '90500' end, city = 'Mallila'`, w.Unit)
	r := n.Compute(board(january))
	if len(r.Areas) != 2 || r.Areas[0].Name != "90100 Mallila" || r.Areas[1].Name != "90500 Mallila" || r.Areas[0].Rest {
		t.Fatalf("%+v", r.Areas)
	}
	sums(t, r)
	n.Exec(`update daycare_placement set unit_id = $1, provider_id = $2 where child_id > (select min(child_id) + 2 from daycare_placement)`, w.OtherUnit, w.OtherProvider)
	r = n.Compute(board(january))
	if len(r.Areas) != 1 || !r.Areas[0].Rest {
		t.Errorf("few families are told apart: %+v", r.Areas)
	}
	sums(t, r)
}

func TestMoreChildrenCostInProportion(t *testing.T) {
	t.Parallel()
	n := simulationtest.New(t, "tampere", 20)
	r := n.Compute(simulation.Change{From: january, Children: rate("10"), Prices: simulation.AsTold})
	for _, m := range r.Months {
		if want := money.HalfUpCent.Cents(m.Before.Exact().Times(money.MustRate("1.1").Exact())); m.After != want {
			t.Errorf("%s: %d of %d, want %d", m.Month, m.After, m.Before, want)
		}
	}
	if r.Families.Gain+r.Families.Lose != 0 || r.Anew != 0 {
		t.Errorf("families change: %+v", r.Families)
	}
}

func TestAQuestionThatContradictsItselfIsRefused(t *testing.T) {
	t.Parallel()
	n := simulationtest.New(t, "oulu", 2)
	percent := simulation.ValueChange{Percent: rate("5")}
	for code, c := range map[string]simulation.Change{
		"SIM-001": {From: calendar.Day(2040, 1, 1), Values: percent},
		"SIM-002": {From: january},
		"SIM-003": {From: january, Values: simulation.ValueChange{Percent: rate("5"), Cents: new(money.Cents(100))}},
		"SIM-004": {From: january, Values: simulation.ValueChange{Percent: rate("-101")}},
		"SIM-005": {From: january, Values: simulation.ValueChange{Percent: rate("5"), Options: []string{"night_care"}}},
		"SIM-006": {From: january, Values: simulation.ValueChange{Percent: rate("5"), Options: []string{"part_20_hours"}}, Coefficients: map[string]simulation.Coefficients{"part_20_hours": {Value: rate("0.6")}}},
		"SIM-007": {From: january, Model: daycare.CappedSurcharge},
		"SIM-008": {From: january, Values: percent, Cap: new(money.Cents(3000))},
		"SIM-009": {From: january, Values: simulation.ValueChange{Cents: new(money.Cents(-60_000)), Options: []string{"part_20_hours"}}},
		"SIM-010": {From: january, Coefficients: map[string]simulation.Coefficients{"full_time": {Fee: rate("11")}}},
		"SIM-011": {From: january, Model: "F"},
		"SIM-012": {From: january, Thresholds: simulation.ThresholdChange{MinFee: new(money.Cents(30_000)), MaxFee: new(money.Cents(20_000))}},
		"SIM-016": {From: january, Thresholds: simulation.ThresholdChange{MaxFee: new(money.Cents(-1))}},
		"SIM-018": {From: january, Values: percent, Prices: "hope"},
	} {
		if c.Prices == "" {
			c.Prices = simulation.AsTold
		}
		err := n.Try(n.Main, func(tx *postgres.Tx) error {
			_, err := simulation.Ask(t.Context(), tx, n.Main, w.Organiser, "Kysymys", c)
			return err
		})
		faulttest.Want(t, err, code)
	}
	n.Exec(`update daycare_rules set profile = replace(profile, '"thresholds":[', '"thresholds_of_old":[')`)
	err := n.Try(n.Main, func(tx *postgres.Tx) error {
		_, err := simulation.Ask(t.Context(), tx, n.Main, w.Organiser, " ", simulation.Change{From: january, Values: percent, Prices: simulation.AsTold})
		return err
	})
	if err == nil {
		t.Error("rules that were tampered with were taken")
	}
}

// Nothing is known of the fees of a day: the question says so and offers that the last thresholds go on.
func TestUnpublishedThresholdsAreRefusedUnlessTheyAreAssumed(t *testing.T) {
	t.Parallel()
	n := simulationtest.New(t, "oulu", 10)
	s := n.Snapshot()
	terms := s.Terms()
	for i := range terms.Rules {
		terms.Rules[i].Profile.Thresholds = terms.Rules[i].Profile.Thresholds[:6] // until 31.7.2026
	}
	c := simulation.Change{From: january, Values: simulation.ValueChange{Percent: rate("5")}, Prices: simulation.AsTold}
	_, err := c.Apply(terms)
	faulttest.Want(t, err, "SIM-013")
	c.Carry = true
	after, err := c.Apply(terms)
	must(t, err)
	held, _, err := s.Decide(0, after)
	must(t, err)
	if len(held) == 0 {
		t.Error("nothing is decided")
	}
}

func TestAnAnswerIsKeptOnceAndMayBeCancelled(t *testing.T) {
	t.Parallel()
	n := simulationtest.New(t, "oulu", 30)
	must(t, job.Migrate(t.Context(), postgrestest.Owner(t, n.DB)))
	ask := func(name string) (id int64) {
		n.Do(n.Main, func(tx *postgres.Tx) (err error) {
			id, err = simulation.Ask(t.Context(), tx, n.Main, w.Organiser, name, board(january))
			return err
		})
		return id
	}
	get := func(id int64) (s simulation.Simulation) {
		n.Do(n.Main, func(tx *postgres.Tx) error {
			list, err := simulation.Get(t.Context(), tx, n.Main, w.Organiser, id)
			if err == nil {
				s = list[0]
			}
			return err
		})
		return s
	}
	one, two := ask("Arvo +5 %, lisämaksu enintään 30 €"), ask("Toinen")
	n.Do(n.Main, func(tx *postgres.Tx) error { return simulation.Cancel(t.Context(), tx, n.Main, w.Organiser, two) })
	n.Exec(`update daycare_simulation set state = 'running', started_at = now() where simulation_id = $1`, one) // a process died
	for range 2 {
		_, err := job.DeliverOutbox(t.Context(), n.DB, []int32{w.Organiser}, simulation.Handlers(n.DB))
		must(t, err)
		must(t, simulation.Answer(t.Context(), n.DB, w.Organiser, one))
	}
	s := get(one)
	if s.State != simulation.Done || s.Result == nil || s.FinishedAt == nil || s.Change.Cap == nil || *s.Change.Cap != 3000 {
		t.Fatalf("%+v", s)
	}
	raw, err := json.Marshal(n.Compute(board(january)))
	must(t, err)
	kept := *s.Result
	if kept.Budget == nil || kept.Budget.Year != 2027 || kept.Budget.Cost.After != kept.Year.After {
		t.Errorf("budget %+v, year %+v", kept.Budget, kept.Year)
	}
	kept.Budget = nil
	if again, err := json.Marshal(kept); err != nil || string(again) != string(raw) {
		t.Errorf("kept %s\ncomputed %s, %v", again, raw, err)
	}
	if s := get(two); s.State != simulation.Cancelled || s.Result != nil {
		t.Errorf("cancelled: %+v", s)
	}
	err = n.Try(n.Staff, func(tx *postgres.Tx) error {
		_, err := simulation.List(t.Context(), tx, n.Staff, w.Organiser, 0, 25)
		return err
	})
	if err == nil || access.RoleMay(access.Caseworker, access.SimulationRun) {
		t.Error("a caseworker reads simulations")
	}
}
