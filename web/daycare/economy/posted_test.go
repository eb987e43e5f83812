package economy_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/money"
	domain "seteli/domain/daycare/economy"
	"seteli/domain/daycare/store"
	"seteli/domain/ledger"
	"seteli/domain/statistics"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// sends makes the drafts and sends those that have begun.
func (d *desk) sends() {
	d.t.Helper()
	ctx := d.t.Context()
	_, err := store.RegenerateAll(ctx, d.DB, d.Staff, w.Organiser, func(int, int) {})
	must(d.t, err)
	d.Do(d.Staff, func(tx *postgres.Tx) error {
		list, err := store.ListDrafts(ctx, tx, d.Staff, store.DraftFilter{Organiser: w.Organiser, Most: 500})
		if err != nil {
			return err
		}
		of := map[int64][]int64{}
		for _, x := range list {
			if x.Period.From <= calendar.Day(2026, 6, 29) { // later ones are too far ahead to be sent
				of[x.Child] = append(of[x.Child], x.ID)
			}
		}
		for child, drafts := range of {
			if _, err := store.Send(ctx, tx, d.Staff, d.Means.Texts, store.SendInput{Organiser: w.Organiser, Child: child, Drafts: drafts, Office: "palveluohjaaja"}); err != nil {
				return err
			}
		}
		return nil
	})
}

// closes closes a month, and the providers approve their statements, which brings the rows to the ledger.
func (d *desk) closes(m calendar.Month) {
	d.t.Helper()
	ctx := d.t.Context()
	preparer := access.Actor{Account: 23, Name: "Pekka Pennitön", Role: access.SettlementPreparer, Organiser: w.Organiser}
	d.Do(preparer, func(tx *postgres.Tx) error {
		_, err := store.Close(ctx, tx, preparer, w.Organiser, m)
		return err
	})
	for unit, provider := range map[int64]int64{w.Unit: w.Provider, w.OtherUnit: w.OtherProvider} {
		by := d.Recorder(provider)
		must(d.t, d.DB.Tenant(ctx, by.In(w.Organiser), func(tx *postgres.Tx) error { return store.Approve(ctx, tx, by, w.Organiser, m, unit) }))
	}
}

// What the page of economics says of voucher places is what the ledger holds, to the cent: closed months with a correction taken in.
func TestThePageSaysOfVoucherPlacesWhatTheLedgerHolds(t *testing.T) {
	t.Parallel()
	d := open(t, 20)
	d.sends()
	for m := calendar.MonthOf(calendar.Day(2026, 1, 1)); m <= calendar.MonthOf(calendar.Day(2026, 5, 1)); m++ {
		d.closes(m)
	}
	before := d.expense()
	d.Exec(`update income_item set amount_cents = 100000`) // everybody's income was less: months that are closed are corrected
	d.sends()
	d.closes(calendar.MonthOf(calendar.Day(2026, 6, 1)))
	spent := d.expense()
	if before <= 0 || spent <= before || d.Count(`select count(*) from daycare_month_row where kind = 'REFUND'`) == 0 {
		t.Fatalf("%d, then %d in the ledger, without a correction", before, spent)
	}
	child := money.Cents(d.Count(`select round(sum(row_cents) / sum(case kind when 'REFUND' then -days else days end::numeric / nullif(month_days, 0)))::int from daycare_month_row`))
	page := d.get("/fi/daycare/economy?year=2026")
	d.wants(page, "Palvelusetelipaikka", say(spent), say(child))
	d.wants(d.get("/fi/daycare/economy/file.csv?year=2026"), "Palvelusetelipaikka;"+plain(spent)+";0,00;"+plain(spent)+";")
	d.wants(d.get("/fi/daycare/economy/families"), "Omat osuudet alueittain tänään", "Tuloryhmä 1 / ", "Yhden aikuisen perhe", "Yksiköiden hinnat tänään")
	d.parted(spent)
	d.tries()
	own := money.Cents(d.Count(`select coalesce(sum(own_cents), 0)::int * 12 from daycare_decision d
		where valid_from <= '2026-06-29' and valid_to > '2026-06-29' and not exists (select 1 from daycare_decision_end e where e.value_decision_id = d.value_decision_id and e.valid_to <= '2026-06-29')`))
	d.wants(page, "Omat osuudet vuodessa "+say(own))
	rows := d.Count(`select count(*) from daycare_month_row`)
	d.wants(d.get("/fi/daycare/economy/risks"), i18n.Int(i18n.FI, int64(d.Count(`select count(*) from daycare_month_row where kind = 'CORRECTION'`)))+" korjausta "+i18n.Int(i18n.FI, int64(rows))+" tilitysrivistä")
}

// parted checks that the parts of the year make the whole each way, that no part tells few children, and that the page and the file say them.
func (d *desk) parted(spent money.Cents) {
	d.t.Helper()
	year := calendar.Period{From: calendar.Day(2026, 1, 1), To: calendar.Day(2027, 1, 1)}
	a := domain.Assumptions{Administration: 1_200_000, Hours: map[string]money.Quantity{"full_time": money.Units(150), "part_20_hours": money.Units(80)}}
	d.Do(d.Main, func(tx *postgres.Tx) error {
		parts, err := domain.PartsOf(d.t.Context(), tx, d.Main, w.Organiser, year, a)
		if err != nil {
			return err
		}
		for way, list := range map[string][]domain.Part{"age": parts.Age, "option": parts.Option, "area": parts.Area, "month": parts.Month} {
			var paid, gross money.Cents
			for _, x := range list {
				if paid, gross = paid+x.Paid, gross+x.Side.Gross; x.Children < domain.Least || x.Side.PerHour == nil || *x.Side.PerHour <= *x.Side.EndingHour {
					d.t.Errorf("%s: %+v", way, x)
				}
			}
			if paid != spent || gross < spent+1_199_990 || gross > spent+1_200_010 {
				d.t.Errorf("%s: %d paid and %d with the administration, of %d", way, paid, gross, spent)
			}
		}
		if len(parts.Option) != 1 && len(parts.Option) != 2 || len(parts.Month) != 6 {
			d.t.Errorf("%d service needs, %d months", len(parts.Option), len(parts.Month))
		}
		today, err := domain.TodayOf(d.t.Context(), tx, d.Main, w.Organiser, calendar.Day(2026, 6, 29))
		for _, list := range [][]domain.Share{today.Tenths, today.Types} {
			var children int
			var own money.Cents
			for i, x := range list {
				if children, own = children+x.Children, own+x.Own; x.Children < domain.Least || i > 0 && x.Known > 0 && x.Key == "" && x.Income*money.Cents(list[i-1].Known) < list[i-1].Income*money.Cents(x.Known) {
					d.t.Errorf("%+v after %+v", x, list[max(0, i-1)])
				}
			}
			if children != today.Children || own != today.Own || children == 0 {
				d.t.Errorf("%d of %d children, own shares %d of %d", children, today.Children, own, today.Own)
			}
		}
		return err
	})
	for _, lang := range []string{"/fi", "/sv", "/en"} {
		d.get(lang + "/daycare/economy/parts?year=2026")
		d.get(lang + "/daycare/economy/families")
	}
	d.wants(d.get("/fi/daycare/economy/parts?year=2026"), "Setelipaikat kuukausittain", "3/2026", "Anna oletuksiin hoitotunnit")
	d.wants(d.get("/fi/daycare/economy/parts/file.csv?year=2026"), "Setelipaikat kuukausittain;3/2026;")
	d.wants(d.get("/fi/daycare/economy/families/file.csv"), "Perheiden maksut tulojen mukaan;Tuloryhmä 1 / ")
}

// tries follows a pilot of one unit: its plan is refused where it cannot be, its figures are those of the months, it is decided when it is
// over, and the figures of the decision stay whatever comes later.
func (d *desk) tries() {
	d.t.Helper()
	const page = "/fi/daycare/economy/pilots"
	d.wants(d.get(page), "Kokeiluja ei vielä ole", "Lisää kokeilu")
	unit := strconv.FormatInt(w.Unit, 10)
	form := url.Values{"row_version": {"0"}, "name": {"Uusi arvo Mallilassa"}, "units": {unit}, "from": {"1.4.2026"}, "to": {"31.5.2026"}, "base_from": {"1.1.2026"}, "base_to": {"30.4.2026"}}
	code, body := d.ask(page+"/edit", form)
	if code != http.StatusUnprocessableEntity {
		d.t.Errorf("a plan that cannot be: %d", code)
	}
	d.wants(body, "Vertailuajan pitää päättyä ennen kokeilun alkua", "Valitse ainakin yksi seurattava asia", "Uusi arvo Mallilassa")
	form.Set("base_to", "31.3.2026")
	for field, x := range map[string]string{"direction.cost": "down", "target.cost": "2000", "direction.own": "down", "direction.corrections": "down", "target.corrections": "0", "direction.providers": "up", "direction.waiting": "down", "note.cost": "Ilman hallintoa"} {
		form.Set(field, x)
	}
	code, place := d.ask(page+"/edit", form)
	if code != http.StatusSeeOther {
		d.t.Fatalf("%d %s", code, place)
	}
	cost := money.Cents(d.Count(`select round(sum(row_cents) / sum(case kind when 'REFUND' then -days else days end::numeric / month_days * case when b.basis::jsonb #>> '{draft,UnderThree}' = 'true' then 1.75 else 1 end))::int
		from daycare_month_row r join daycare_decision_basis b using (organiser_id, value_decision_id) where unit_id = $1 and r.valid_from >= '2026-04-01' and r.valid_from < '2026-06-01'`, w.Unit))
	d.wants(d.get(place), "Uusi arvo Mallilassa", "Verrataan yhteen muuhun yksikköön", say(cost), "Ilman hallintoa", "Enintään 2 000,00 €", "Toteutui", "Ei toteutunut", "Ei tietoa")
	d.wants(d.get(place+"/file.csv"), "Kunta maksaa ikäpainotetusta lapsikuukaudesta;", "Ilman hallintoa;Toteutui")
	decided := url.Values{"row_version": {"1"}, "decision": {"go_on"}, "decided_on": {"15.5.2026"}, "reason": {"Lautakunta § 45"}}
	if code, body := d.ask(place+"/decision", decided); code != http.StatusUnprocessableEntity || !strings.Contains(body, "aikaisintaan 1.6.2026") {
		d.t.Errorf("a decision before the end: %d", code)
	}
	decided.Set("decided_on", "20.6.2026")
	if code, body := d.ask(place+"/decision", decided); code != http.StatusSeeOther {
		d.t.Fatalf("%d %s", code, body)
	}
	if code, _ := d.ask(place+"/decision", decided); code != http.StatusUnprocessableEntity && code != http.StatusConflict {
		d.t.Errorf("a second decision: %d", code)
	}
	form.Set("pilot", "1")
	form.Set("row_version", "2")
	if code, _ := d.ask(page+"/edit", form); code != http.StatusUnprocessableEntity && code != http.StatusConflict {
		d.t.Errorf("the plan is changed after the decision: %d", code)
	}
	d.Exec(`update daycare_month_row set row_cents = row_cents * 2`)
	d.wants(d.get(place), say(cost), "Jatketaan tai otetaan käyttöön", "Lautakunta § 45", "20.6.2026")
	d.Exec(`update daycare_month_row set row_cents = row_cents / 2`)
	for _, lang := range []string{"/sv", "/en"} {
		d.get(lang + "/daycare/economy/pilots")
		d.get(strings.Replace(place, "/fi", lang, 1))
		d.get(lang + "/daycare/economy/pilots/edit?pilot=1")
	}
	if code, _ := d.ask(page+"/999", nil); code != http.StatusNotFound {
		d.t.Errorf("an unknown pilot: %d", code)
	}
}

// expense is what the ledger holds of early education.
func (d *desk) expense() money.Cents {
	return money.Cents(d.Count(`select coalesce(sum(case when debit_kind = $1 then amount_cents else -amount_cents end), 0)::int from posting where source_kind = $2`, ledger.Expense, ledger.FromMonth))
}

func say(c money.Cents) string   { return strings.ReplaceAll(i18n.Cents(i18n.FI, c), "\u00a0", " ") }
func plain(c money.Cents) string { return strings.Replace(c.String(), ".", ",", 1) }

// The months' figures hold what the ledger holds of early education, month by month and to the cent, with corrections in the month of the
// days; nothing is counted twice when they are written again, and a cent that is off is found.
func TestTheMonthsFiguresHoldWhatTheLedgerHolds(t *testing.T) {
	t.Parallel()
	d := open(t, 12)
	d.sends()
	for m := calendar.MonthOf(calendar.Day(2026, 1, 1)); m <= calendar.MonthOf(calendar.Day(2026, 4, 1)); m++ {
		d.closes(m)
	}
	rolls := func() {
		t.Helper()
		_, err := statistics.RollAll(t.Context(), d.DB, []int32{w.Organiser})
		must(t, err)
	}
	rolls()
	before := d.Count(`select organiser_cents::int from (select sum(organiser_cents) as organiser_cents from statistic_month where month = '2026-02-01') x`)
	d.Exec(`update income_item set amount_cents = 100000`)
	d.sends()
	d.closes(calendar.MonthOf(calendar.Day(2026, 5, 1)))
	rolls()
	rolls()
	const differences = `select count(*)::int from (
		select m, sum(s) from (
			select month as m, organiser_cents as s from statistic_month
			union all select date_trunc('month', valid_from)::date, -row_cents from daycare_month_row) x group by m having sum(s) <> 0) y`
	if n := d.Count(differences); n != 0 {
		t.Errorf("%d months differ from their rows", n)
	}
	if a, b := d.Count(`select sum(organiser_cents)::int from statistic_month`), d.expense(); money.Cents(a) != b || b <= 0 {
		t.Errorf("figures of %d, ledger of %d", a, b)
	}
	if after := d.Count(`select sum(organiser_cents)::int from statistic_month where month = '2026-02-01'`); after <= before {
		t.Errorf("February was %d and is %d after its correction in May", before, after)
	}
	if n := d.Count(`select count(*)::int from statistic_client c where client_count <> (select count(distinct child_id) from daycare_month_row r where r.kind <> 'REFUND' and date_trunc('month', r.valid_from) = c.month)`); n != 0 {
		t.Errorf("%d counts of children differ", n)
	}
	found := func() (n int) {
		d.Do(d.Main, func(tx *postgres.Tx) error {
			list, err := statistics.Verify(t.Context(), tx, w.Organiser)
			n = len(list)
			return err
		})
		return n
	}
	d.Exec(`update statistic_state set last_posting_id = (select max(posting_id) from posting)`) // as some minutes later
	if n := found(); n != 0 {
		t.Errorf("%d differences", n)
	}
	d.Exec(`update statistic_month set organiser_cents = organiser_cents + 1 where month = '2026-03-01' and provider_id = (select min(provider_id) from statistic_month)`)
	d.Exec(`delete from statistic_month where month = '2026-04-01'`)
	if n := found(); n < 2 {
		t.Errorf("%d differences are found", n)
	}
}
