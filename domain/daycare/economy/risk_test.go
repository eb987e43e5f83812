package economy_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/economy"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/simulation/simulationtest"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

func register(t *testing.T, n *simulationtest.Town) map[string]economy.RiskRow {
	t.Helper()
	found := map[string]economy.RiskRow{}
	n.Do(n.Main, func(tx *postgres.Tx) error {
		rows, err := economy.Register(t.Context(), tx, n.Main, w.Organiser)
		for _, r := range rows {
			found[r.Risk] = r
		}
		return err
	})
	return found
}

func note(t *testing.T, n *simulationtest.Town, e economy.Entry) error {
	t.Helper()
	return n.Try(n.Main, func(tx *postgres.Tx) error { return economy.Note(t.Context(), tx, n.Main, w.Organiser, e) })
}

// The figures move with the registers: a told price rise, a place that ends, an application whose time is over.
func TestTheFiguresOfRisksFollowTheRegisters(t *testing.T) {
	t.Parallel()
	n := simulationtest.New(t, "oulu", 40)
	today := calendar.Day(2026, 6, 29)
	before := register(t, n)
	for risk, known := range map[string]bool{"provider": false, "above": false, "corrections": false, "cap": false, "empty": false, "area": false, "occupancy": false, "papers": false, "selection": false, "waiting": false, "leaving": true, "concentration": true, "claims": true, "double": true, "prices": true, "queue": true, "thresholds": true} {
		if x := before[risk]; x.Known != known || !known && x.Level != economy.Unknown {
			t.Errorf("%s: %+v", risk, x)
		}
	}
	if x := before["concentration"]; x.Figure < 5_000 || x.Figure > 5_100 || x.Level != economy.Act { // two providers with half of the children each
		t.Errorf("concentration %+v", x)
	}
	if x := before["prices"]; x.Figure != 0 || x.Level != economy.Low {
		t.Errorf("prices %+v", x)
	}
	if x := before["leaving"]; x.Figure != 0 {
		t.Errorf("leaving %+v", x)
	}
	n.Tell(store.Price{Unit: w.Unit, Option: "full_time", From: today + 60, Over: 110_000, Under: 170_000})
	n.Tell(store.Price{Unit: w.OtherUnit, Option: "full_time", From: today + 60, Over: 90_000, Under: 170_000}) // a lower price is no risk
	n.Exec(`update daycare_placement set valid_to = '2026-08-31' where child_id in (select child_id from daycare_placement where valid_from = '2026-01-01' order by child_id limit 8)`)
	n.Exec(`insert into daycare_application (organiser_id, child_id, person_id, applicant_id, home_id, start_on, kind, option_code, hours_quantity, urgent, reason, shift, words, income_way, state, sent_at, due_on, ended_why, changed_at, changed_by)
		select 1, c.client_id, c.person_id, a.client_id, a.client_id, '2026-08-01', 'DAYCARE', 'full_time', 105000, false, '', false, '', 'highest', 'sent', '2026-01-10', date '2026-05-10' + (c.client_id % 2 * 90)::int, '', now(), 'x'
		from (select client_id, person_id from client where first_names = 'Lapsi' order by client_id limit 6) c, (select client_id from client where first_names = 'Aikuinen' limit 1) a`)
	after := register(t, n)
	placed := n.Count(`select count(*) from daycare_placement where valid_from = '2026-01-01'`)
	for risk, want := range map[string]int{"prices": 50, "queue": 3, "leaving": int(money.HalfUpCent.Cents(money.Fraction(8, int64(placed))))} {
		if x := after[risk]; x.Figure != want || x.Few {
			t.Errorf("%s: %+v, want %d", risk, x, want)
		}
	}
	if after["prices"].Level != economy.Act || after["queue"].Level != economy.Watch {
		t.Errorf("prices %s, queue %s", after["prices"].Level, after["queue"].Level)
	}
	n.Exec(`update daycare_placement set valid_to = '9999-12-31' where child_id <> (select min(child_id) from daycare_placement)`)
	if x := register(t, n)["leaving"]; !x.Few {
		t.Errorf("one child is told apart: %+v", x)
	}
}

// What moves slowly: an area of one provider, children with support, double places, children that left in a year, and where families wait.
func TestTheFiguresOfTheMarketFollowTheRegisters(t *testing.T) {
	t.Parallel()
	n := simulationtest.New(t, "oulu", 40)
	n.Exec(`update unit set postcode = case unit_id when $1 then '90100' else '90500' end, city = 'Mallila'`, w.Unit)
	n.Exec(`update daycare_placement set valid_from = '2025-01-01' where valid_from = '2026-01-01'`)
	n.Exec(`update daycare_placement set valid_to = '2026-03-01' where unit_id = $1 and child_id in (select child_id from daycare_placement where unit_id = $1 and valid_from = '2025-01-01' order by child_id limit 5)`, w.OtherUnit)
	n.Exec(`update daycare_support set valid_from = '2026-01-01'`)
	n.Exec(`insert into daycare_unit (organiser_id, unit_id, provider_id, way, kind, listed, about, changed_at, changed_by) values (1, $1, $2, 'own', 'DAYCARE', true, '', now(), 'x')`, w.Unit, w.Provider)
	n.Exec(`update daycare_placement set voucher = false where unit_id = $1 and child_id in (select child_id from daycare_placement where unit_id = $1 and valid_from = '2025-01-01' order by child_id desc limit 6)`, w.Unit)
	n.Exec(`insert into daycare_support (organiser_id, child_id, coefficient, valid_from, valid_to, added_at, added_by)
		select 1, child_id, '1.5', '2025-01-01', '9999-12-31', now(), 'x' from daycare_placement where not voucher and not exists (select 1 from daycare_support s where s.child_id = daycare_placement.child_id)`)
	rows := register(t, n)
	if x := rows["area"]; x.Figure != 100 || x.Level != economy.Act || x.Few {
		t.Errorf("area %+v", x)
	}
	if x := rows["selection"]; !x.Known || x.Values["own"] != 100 || x.Figure != 100-x.Values["voucher"].(int) {
		t.Errorf("selection %+v", x)
	}
	left := n.Count(`select count(*) from daycare_placement where unit_id = $1 and valid_from = '2025-01-01'`, w.OtherUnit)
	if x := rows["occupancy"]; x.Figure != int(money.HalfUpCent.Cents(money.Fraction(5, int64(left)))) {
		t.Errorf("occupancy %+v of %d", x, left)
	}
	if x := rows["double"]; x.Figure != 0 || x.Level != economy.Low {
		t.Errorf("double %+v", x)
	}
}

// The figures of a month are read once and stay, whatever the registers say later; of few children no figure is kept. A remark keeps the
// figure of its day.
func TestTheFiguresOfAMonthAreKeptOnce(t *testing.T) {
	t.Parallel()
	n := simulationtest.New(t, "oulu", 40)
	keep := func() (did bool) {
		n.Do(n.Main, func(tx *postgres.Tx) (err error) {
			did, err = economy.KeepMonth(t.Context(), tx, n.Main, w.Organiser)
			return err
		})
		return did
	}
	course := func() (list map[string][]economy.RiskMonth) {
		n.Do(n.Main, func(tx *postgres.Tx) (err error) {
			list, err = economy.Course(t.Context(), tx, n.Main, w.Organiser, "")
			return err
		})
		return list
	}
	n.Exec(`update daycare_placement set valid_to = '2026-08-31' where child_id = (select min(child_id) from daycare_placement)`)
	if !keep() {
		t.Fatal("nothing is kept")
	}
	n.Exec(`update daycare_risk_month set month = '2026-05-01', read_at = '2026-05-01'`)
	n.Tell(store.Price{Unit: w.Unit, Option: "full_time", From: calendar.Day(2026, 8, 1), Over: 110_000, Under: 170_000})
	if !keep() || keep() {
		t.Error("a month is kept twice or not at all")
	}
	n.Tell(store.Price{Unit: w.OtherUnit, Option: "full_time", From: calendar.Day(2026, 8, 1), Over: 190_000, Under: 190_000})
	if keep() {
		t.Error("the month was read anew")
	}
	if got := n.Count(`select count(*) from audit where act = 'daycare.risks_read'`); got != 2 {
		t.Errorf("%d acts of two months that were kept", got)
	}
	got := course()
	if x := got["prices"]; len(x) != 2 || *x[0].Figure != 0 || *x[1].Figure != 50 || x[0].Level != economy.Low || x[1].Level != economy.Act {
		t.Errorf("prices %+v", x)
	}
	if x := got["leaving"][0]; x.Figure != nil || !x.Few {
		t.Errorf("a figure of one child is kept: %+v", x)
	}
	if x := got["corrections"][0]; x.Figure != nil || x.Few || x.Level != economy.Unknown {
		t.Errorf("what is not known is kept as %+v", x)
	}
	if err := note(t, n, economy.Entry{Risk: "prices", Weight: economy.Weight{Likelihood: 4, Effect: 3}, Note: "Neuvotellaan."}); err != nil {
		t.Fatal(err)
	}
	if x := register(t, n)["prices"].Entry; x.Figure == nil || *x.Figure != 100 || x.Weight.Product() != 12 {
		t.Errorf("%+v", x)
	}
	for _, wrong := range []economy.Weight{{Likelihood: 4}, {Likelihood: 6, Effect: 1}, {Effect: 2}} {
		faulttest.Want(t, note(t, n, economy.Entry{Risk: "queue", Weight: wrong}), "ECO-026")
	}
	n.Exec(`update daycare_rules set published_at = null, published_by = null, published_by_account = null`)
	n.Exec(`delete from daycare_risk_month`)
	if keep() {
		t.Error("figures of an organiser without rules are kept")
	}
}

// A surcharge is weighed against the cap of the model in force.
func TestSurchargesAreWeighedAgainstTheirCap(t *testing.T) {
	t.Parallel()
	n := simulationtest.New(t, "oulu", 0)
	p := n.Snapshot().Terms().Rules[0].Profile
	day := calendar.Day(2026, 2, 1)
	p.PriceModels = append(p.PriceModels, profile.PriceModel{From: day, Model: daycare.CappedSurcharge, Cap: new(money.Cents(5_000))})
	n.Publish(p, day)
	for option, surcharge := range map[string]money.Cents{"full_time": 5_000, "part_20_hours": 3_000} {
		for _, unit := range []int64{w.Unit, w.OtherUnit} {
			n.Tell(store.Price{Unit: unit, Option: option, From: day, Surcharge: surcharge})
		}
	}
	if x := register(t, n)["cap"]; !x.Known || x.Figure != 80 || x.Level != economy.Watch {
		t.Errorf("%+v", x)
	}
}

func TestTheRegisterKeepsEveryEntryAndTheNewestHolds(t *testing.T) {
	t.Parallel()
	n := simulationtest.New(t, "oulu", 0)
	yesterday := calendar.Day(2026, 6, 28)
	if err := note(t, n, economy.Entry{Risk: "queue", Limits: &economy.Limits{Watch: 0, Act: 3}, Note: "Lisätään paikkoja.", Owner: "Palveluohjaus", Review: &yesterday}); err != nil {
		t.Fatal(err)
	}
	x := register(t, n)["queue"]
	if x.Level != economy.Watch || !x.Overdue || x.Entry.Owner != "Palveluohjaus" || x.Limits != (economy.Limits{Watch: 0, Act: 3}) {
		t.Errorf("%+v", x)
	}
	faulttest.Want(t, note(t, n, economy.Entry{Risk: "queue"}), "ECO-019")
	if err := note(t, n, economy.Entry{Risk: "queue", No: 1, Note: "Lisättiin paikkoja."}); err != nil {
		t.Fatal(err)
	}
	if x := register(t, n)["queue"]; x.Level != economy.Low || x.Overdue || x.Entry.No != 2 {
		t.Errorf("%+v", x)
	}
	if got := n.Count(`select count(*) from daycare_risk`); got != 2 {
		t.Errorf("%d entries", got)
	}
	for code, e := range map[string]economy.Entry{
		"ECO-015": {Risk: "weather"},
		"ECO-016": {Risk: "thresholds", Limits: &economy.Limits{Watch: 60, Act: 180}},
		"ECO-017": {Level: economy.Low},
		"ECO-018": {Name: "Johtaja vaihtuu"},
	} {
		faulttest.Want(t, note(t, n, e), code)
	}
	faulttest.Want(t, note(t, n, economy.Entry{Risk: "7", Name: "x", Level: economy.Low}), "ECO-015")
	for _, name := range []string{"Johtaja vaihtuu", "Rakennus korjataan"} {
		if err := note(t, n, economy.Entry{Name: name, Level: economy.Watch}); err != nil {
			t.Fatal(err)
		}
	}
	if rows := register(t, n); rows["1"].Entry.Name != "Johtaja vaihtuu" || rows["2"].Level != economy.Watch {
		t.Errorf("%+v", rows)
	}
	if err := note(t, n, economy.Entry{Risk: "1", No: 1, Name: "Johtaja vaihtuu", Level: economy.Closed}); err != nil {
		t.Fatal(err)
	}
	if _, listed := register(t, n)["1"]; listed {
		t.Error("a risk that is over is listed")
	}
	err := n.Try(n.Staff, func(tx *postgres.Tx) error {
		return economy.Note(t.Context(), tx, n.Staff, w.Organiser, economy.Entry{Name: "x", Level: economy.Low})
	})
	faulttest.Want(t, err, "ACC-001")
}
