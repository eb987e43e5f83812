package voucher_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/domain/voucher"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// tapered makes the world's home care depend on income: 40 € an hour up to 1 000 € a month, then 0,005 € less for each euro.
func tapered(t *testing.T) *w.World {
	t.Helper()
	world := w.New(t)
	world.Exec(`update rulebook set rules = jsonb_set(rules, '{value}', '{"method": "linear_taper", "full_cents": 4000, "min_cents": 800,
		"income_limits_cents": {"1": 100000, "2": 180000}, "pcts": {"1": "30", "2": "25"}, "divisor": "60"}') where service_id = 11`)
	return world
}

// pensioner has the client's household with a pension from a day on.
func pensioner(world *w.World, cents money.Cents, from calendar.Date) household.Household {
	return household.Household{Organiser: w.Organiser, Client: world.Aino.ID, BirthDate: calendar.Day(1950, 1, 1), Items: []household.Item{{ID: 1, Kind: "pension", Cents: cents,
		Per: "month", Period: calendar.Period{From: from, To: calendar.Forever}, Source: household.FromClient}}}
}

// pension records a monthly pension of the client.
func pension(world *w.World, cents money.Cents) {
	world.T.Helper()
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		_, err := household.SaveItem(world.T.Context(), tx, world.Staff, household.ItemInput{Organiser: w.Organiser, Client: world.Aino.ID, Item: household.Item{Kind: "pension",
			Cents: cents, Per: "month", Period: calendar.Period{From: calendar.Day(2026, 1, 1), To: calendar.Forever}, Source: household.FromClient}})
		return err
	})
}

func TestGrantReadsTheHouseholdAndKeepsItAsItWas(t *testing.T) {
	t.Parallel()
	world := tapered(t)
	least := world.Grant(world.Input(5)).Lines[0].Values[0] // nothing is known: the smallest value
	if least.Cents != 800 || least.Facts == nil || least.Facts.Income != nil {
		t.Errorf("%d %+v", least.Cents, least.Facts)
	}
	pension(world, 160_000)
	v := world.Grant(world.Input(20)).Lines[0].Values[0]
	if v.Cents != 3_700 || v.Facts.Snapshot == 0 || *v.Facts.Income != 160_000 {
		t.Fatalf("%d %+v", v.Cents, v.Facts)
	}
	world.Exec(`update income_item set amount_cents = 50000`) // later news change no snapshot
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		s, err := household.Recall(t.Context(), tx, world.Staff, w.Organiser, v.Facts.Snapshot)
		if err == nil && *s.Income() != 160_000 {
			t.Errorf("the kept income is %d", *s.Income())
		}
		return err
	})
	o, err := world.Calculated(world.Input(20))
	if err != nil || o.Lines[0].Value() != 4_000 || o.Facts.Snapshot != 0 {
		t.Errorf("%+v, %v", o.Facts, err)
	}
}

func TestProposalsFollowIncome(t *testing.T) {
	t.Parallel()
	world := tapered(t)
	pension(world, 160_000)
	v := world.Grant(world.Input(20))
	if got := v.Lines[0].Values[0].Cents; got != 3_700 {
		t.Fatalf("granted value %d", got)
	}
	free := world.Input(5)
	free.Service, free.Lines[0].Content = w.FreeService, w.FreeHours
	world.Grant(free) // flat: never proposed
	propose := func(by access.Actor, h household.Household, c household.Change) (list []voucher.Proposal, err error) {
		err = world.Try(by, func(tx *postgres.Tx) (err error) {
			list, err = voucher.Proposals(t.Context(), tx, by, world.Means, h, c)
			return err
		})
		return list, err
	}
	news := household.Change{From: calendar.Day(2026, 6, 1), Reported: w.Today, Decided: w.Today}
	since := calendar.Day(2026, 1, 1)
	for name, c := range map[string]struct {
		cents   money.Cents
		wrong   bool
		value   money.Cents
		from    calendar.Date
		against bool
	}{
		"less income: from the month of telling": {130_000, false, 3_850, calendar.Day(2026, 11, 2), false},
		"more income: from the decision":         {190_000, false, 3_550, w.Today, true},
		"more, and the data were wrong":          {190_000, true, 3_550, calendar.Day(2026, 11, 2), true},
	} {
		news.WrongData = c.wrong
		list, err := propose(world.Staff, pensioner(world, c.cents, since), news)
		if err != nil || len(list) != 1 {
			t.Fatalf("%s: %d proposals, %v", name, len(list), err)
		}
		if p := list[0]; p.Voucher.ID != v.ID || p.New.Cents != c.value || p.From != c.from || p.Against != c.against || p.Now.Cents != 3_700 || len(p.New.Explanation) == 0 {
			t.Errorf("%s: %d from %s, against %v", name, p.New.Cents, p.From, p.Against)
		}
	}
	if list, err := propose(world.Staff, pensioner(world, 160_000, since), news); err != nil || len(list) != 0 {
		t.Errorf("the same income: %d proposals, %v", len(list), err)
	}
	later := household.Change{From: calendar.Day(2027, 2, 1), Reported: w.Today, Decided: w.Today}
	if list, err := propose(world.Staff, pensioner(world, 100_000, since), later); err != nil || len(list) != 1 || list[0].From != later.From || list[0].New.Cents != 4_000 {
		t.Errorf("news of the future: %+v %v", list, err)
	}
	gone := pensioner(world, 100_000, since)
	gone.Items = nil
	if list, err := propose(world.Staff, gone, news); err != nil || len(list) != 1 || list[0].New.Cents != 800 || !list[0].Against {
		t.Errorf("unknown income is the smallest value: %+v %v", list, err)
	}
	if _, err := propose(world.Checker, gone, news); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a checker asks: %v", err)
	}
}
