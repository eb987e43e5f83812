package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"seteli/api"
	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/store"
	"seteli/domain/settlement"
	"seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

func TestClientSystemBringsClientsAndGrants(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rows := api.ImportBody{Clients: []api.ClientRow{
		{ExternalRef: "ef-1", Identity: "060544-9530", LastName: "Testinen", FirstNames: "Helvi", Language: "fi", Municipality: "991"},
		{ExternalRef: "ef-2", Identity: "060544-953S", LastName: "Testinen", FirstNames: "Väärä", Language: "fi", Municipality: "991"},
		{ExternalRef: "ef-3", Identity: "010150-999K", LastName: "", FirstNames: "", Language: "fi", Municipality: "991", Postcode: "9"},
	}}
	first := read[api.ImportAnswer](t, w.ask(w.Office, "POST", "/clients", rows), 200)
	if first.Added != 1 || first.Refused != 2 || first.Clients[0].Client == 0 || first.Clients[1].Outcome != "refused" || len(first.Clients[1].Errors) == 0 {
		t.Fatalf("%+v", first)
	}
	if e := first.Clients[2].Errors[0]; !strings.HasPrefix(e.Pointer, "#/clients/2/") || e.Remedy == "" {
		t.Errorf("%+v", e)
	}
	again := read[api.ImportAnswer](t, w.ask(w.Office, "POST", "/clients", rows), 200)
	if again.Added != 0 || again.Kept != 1 || again.Clients[0].Client != first.Clients[0].Client {
		t.Errorf("the same rows again: %+v", again)
	}
	q := money.Units(10)
	grant := api.GrantBody{Client: first.Clients[0].Client, Service: vouchertest.Service, From: calendar.Day(2026, 12, 1), To: calendar.Day(2027, 6, 1),
		Lines:     []api.GrantLine{{Content: vouchertest.Hours, Recurrence: "month", Amount: &q}},
		DecidedBy: "Sanna Ohjaaja", Office: "palveluohjaaja", Contact: "Palveluohjaus, p. 040 000", Reasons: "Palvelun tarve on arvioitu."}
	problem(t, w.ask(w.Office, "POST", "/vouchers", grant), 422, "API-010")
	made := w.ask(w.Office, "POST", "/vouchers", grant, "Idempotency-Key", "d-1")
	v := read[api.VoucherBody](t, made, 200)
	if v.State != "waiting" || v.Client != grant.Client || v.Lines[0].ValueCents != 3400 || v.Lines[0].Left != q || v.RowVersion == 0 {
		t.Errorf("%+v", v)
	}
	if repeat := w.ask(w.Office, "POST", "/vouchers", grant, "Idempotency-Key", "d-1"); repeat.Body != made.Body || repeat.Status != 200 {
		t.Errorf("a repeat answers otherwise:\n%s\n%s", made.Body, repeat.Body)
	}
	grant.Reasons = "Toinen."
	problem(t, w.ask(w.Office, "POST", "/vouchers", grant, "Idempotency-Key", "d-1"), 409, "PG-ONCE")
	if n := w.Count(`select count(*) from voucher`); n != 1 {
		t.Errorf("%d vouchers", n)
	}
	if n := w.Count(`select count(*) from decision where made_by = 'Sanna Ohjaaja (Ohjelma)'`); n != 1 {
		t.Errorf("%d decisions name the official and the program", n)
	}
	list := read[api.VoucherList](t, w.ask(w.Office, "GET", "/vouchers?client="+digits(grant.Client), nil), 200)
	if len(list.Vouchers) != 1 || list.Vouchers[0].Voucher != v.Voucher {
		t.Errorf("%+v", list)
	}
	end := api.CloseBody{Day: calendar.Day(2027, 3, 1), Why: "ended", Reason: "Tarve päättyi.", RowVersion: v.RowVersion, DecidedBy: "Sanna Ohjaaja"}
	closed := read[api.VoucherBody](t, w.ask(w.Office, "POST", "/vouchers/"+v.Voucher+"/close", end), 200)
	if closed.State != "ending" || closed.To != end.Day {
		t.Errorf("%+v", closed)
	}
	if a := w.ask(w.Office, "POST", "/vouchers/"+v.Voucher+"/close", end); a.Status != 409 {
		t.Errorf("an old row version closes again: %d %s", a.Status, a.Body)
	}
	if n := w.Count(`select count(*) from access_log where client_id = $1`, grant.Client); n < 3 {
		t.Errorf("%d readings of the client are logged", n)
	}
	if strings.Contains(w.log.String(), "060544") || strings.Contains(made.Body, "060544") {
		t.Error("an identity code came out")
	}
}

func TestProviderReservesAndEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.Accepted(20)
	body := api.ReserveBody{Voucher: v.Number.Print(), Unit: vouchertest.Unit, From: vouchertest.Today, Plan: "Aamuisin", Terms: true}
	made := w.ask(w.Mine, "POST", "/reservations", body, "Idempotency-Key", "r-1")
	list := read[api.ReservationList](t, made, 200)
	if len(list.Reservations) != 1 {
		t.Fatalf("%+v", list)
	}
	if again := w.ask(w.Mine, "POST", "/reservations", body, "Idempotency-Key", "r-1"); again.Body != made.Body {
		t.Errorf("a repeat answers otherwise: %s", again.Body)
	}
	if other := w.ask(w.Mine, "POST", "/reservations", body); other.Status != 409 && other.Status != 422 {
		t.Errorf("reserved twice: %d %s", other.Status, other.Body)
	}
	before := w.Count(`select count(*) from access_log where what = 'reservation' and purpose = 'service'`)
	served := read[api.ReservationList](t, w.ask(w.Mine, "GET", "/reservations", nil), 200)
	if len(served.Reservations) != 1 || served.Reservations[0].Served == nil || served.Reservations[0].Served.Name != "Virtanen Aino" {
		t.Fatalf("%+v", served)
	}
	if n := w.Count(`select count(*) from access_log where what = 'reservation' and purpose = 'service'`) - before; n != 1 {
		t.Errorf("%d readings are logged", n)
	}
	r := served.Reservations[0]
	end := api.EndBody{Day: vouchertest.Today + 30, Reason: "Asiakas muutti.", RowVersion: r.RowVersion}
	ended := read[api.ReservationBody](t, w.ask(w.Mine, "POST", "/reservations/"+r.Reservation+"/end", end), 200)
	if ended.To != end.Day {
		t.Errorf("%+v", ended)
	}
}

func TestStatementsAreReadAsListLinesAndCSV(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.number()
	read[api.RecordAnswer](t, w.ask(w.Mine, "POST", "/events", batch(visit(number, vouchertest.Today, "s-1"), visit(number, vouchertest.Today-1, "s-2"))), 200)
	preparer := access.Actor{Account: 21, Name: "V", Role: access.SettlementPreparer, Organiser: vouchertest.Organiser}
	approver := access.Actor{Account: 22, Name: "H", SignedIn: w.clock.Now(), Role: access.SettlementApprover, Organiser: vouchertest.Organiser}
	w.Exec(`update provider set iban = 'FI2112345600000785', iban_holder = 'Hoiva Keksitty Oy' where provider_id = $1`, vouchertest.Provider)
	month := w.caredFor()
	var run settlement.Run
	w.Do(preparer, func(tx *postgres.Tx) (err error) {
		run, err = settlement.Calculate(t.Context(), tx, preparer, settlement.CalculateInput{Organiser: vouchertest.Organiser, Key: "2026-11"})
		return err
	})
	name := "MAA-" + digits(run.No) + "-" + digits(vouchertest.Provider)
	problem(t, w.ask(w.Mine, "GET", "/statements/"+name, nil), 404, "API-018") // not before it is approved
	w.Do(approver, func(tx *postgres.Tx) error {
		_, err := settlement.Approve(t.Context(), tx, approver, vouchertest.Organiser, run.No)
		return err
	})
	list := read[api.StatementList](t, w.ask(w.Mine, "GET", "/statements", nil), 200)
	if len(list.Statements) != 1 || list.Statements[0].Statement != name || list.Statements[0].GrossCents != 6800+month || list.Statements[0].State != "settled" {
		t.Fatalf("%+v", list)
	}
	office := read[api.StatementList](t, w.ask(w.Finance, "GET", "/statements?provider=31", nil), 200)
	if len(office.Statements) != 1 {
		t.Errorf("%+v", office)
	}
	problem(t, w.ask(w.Finance, "GET", "/statements", nil), 422, "API-010")
	problem(t, w.ask(w.Another, "GET", "/statements/"+name, nil), 404, "API-018")
	if one := read[api.StatementBody](t, w.ask(w.Mine, "GET", "/statements/"+name, nil), 200); one != list.Statements[0] {
		t.Errorf("%+v", one)
	}
	lines := read[api.LineList](t, w.ask(w.Mine, "GET", "/statements/"+name+"/lines", nil), 200)
	var sum money.Cents
	for _, l := range lines.Lines {
		sum += l.AmountCents
	}
	if len(lines.Lines) != 3 || sum != 6800+month || lines.Lines[2].MonthRow != 1 || lines.Lines[2].AmountCents != month || lines.Lines[2].Unit != vouchertest.Unit || lines.Lines[2].Event != "" {
		t.Errorf("%+v", lines)
	}
	if n := w.Count(`select count(*) from access_log where what = 'statement'`); n != 1 {
		t.Errorf("%d readings are logged", n)
	}
	csv := w.ask(w.Mine, "GET", "/statements/"+name+"/lines.csv", nil)
	if csv.Status != 200 || strings.Count(csv.Body, "\n") != 4 || !strings.HasPrefix(csv.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("%d %s", csv.Status, csv.Body)
	}
	if events := read[api.EventList](t, w.ask(w.Mine, "GET", "/events", nil), 200); events.Events[0].Payment != "settled" {
		t.Errorf("%+v", events.Events[0])
	}
	problem(t, w.ask(w.Mine, "GET", "/statements/"+name+"/pdf", nil), 404, "API-022")
}

// caredFor closes a month of early education of the provider's unit, whose statement the provider approves; it gives the month's sum.
func (w *world) caredFor() money.Cents {
	w.T.Helper()
	w.educates()
	read[api.ImportAnswer](w.T, w.ask(w.Office, "POST", "/clients", `{"clients":[{"external_ref":"a","identity":"060544-9530","last_name":"Testinen","first_names":"Helvi","language":"fi","municipality":"991"},{"external_ref":"b","identity":"030322A9024","last_name":"Testinen","first_names":"Onni","language":"fi","municipality":"991"}]}`), 200)
	read[api.PlacementAnswer](w.T, w.ask(w.Office, "PUT", "/daycare/placements", `{"placements":[{"id":"1","child":"030322A9024","head":"060544-9530","unit":"41","option":"full_time","from":"2026-03-01","to":"2026-07-31"}]}`), 200)
	made := w.decides()
	march := calendar.MonthOf(calendar.Day(2026, 3, 1))
	w.closes(march)
	by := w.Recorder(vouchertest.Provider)
	w.Do(by, func(tx *postgres.Tx) error {
		return store.Approve(w.T.Context(), tx, by, vouchertest.Organiser, march, vouchertest.Unit)
	})
	return made[0].Payable
}

// An event that was priced by the time of day tells by which bands, in the list, alone and on nobody else's.
func TestEventTellsTheTimesThatItWasPricedBy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Exec(`update rulebook set rules = jsonb_set(rules, '{value}', $1) where organiser_id = 1 and rulebook_id = 1`,
		json.RawMessage(fmt.Sprintf(`{"method":"time_band_table","bands":[{"band":"evening","kind":"evening","from":"18:00","to":"24:00","multiplier":"1.5","fi":"Ilta","sv":"Kväll","en":"Evening"},
		{"band":"day","kind":"weekday","from":"00:00","to":"24:00","multiplier":"1","fi":"Päivä"}],"values":[{"content_id":%d,"value_cents":2000}]}`, vouchertest.Hours)))
	line := visit(w.number(), vouchertest.Today-1, "ilta")
	start, end := time.Date(2026, 11, 20, 17, 0, 0, 0, calendar.Helsinki), time.Date(2026, 11, 20, 20, 0, 0, 0, calendar.Helsinki)
	line.Start, line.End, line.Quantity = &start, &end, nil
	got := read[api.RecordAnswer](t, w.ask(w.Mine, "POST", "/events", batch(line)), 200)
	if got.Verdicts[0].Event == "" {
		t.Fatalf("%+v", got.Verdicts[0])
	}
	one := read[api.EventWhole](t, w.ask(w.Mine, "GET", "/events/"+got.Verdicts[0].Event, nil), 200)
	if len(one.Bands) != 2 || one.Bands[0].Band != "day" || one.Bands[0].Quantity != money.Units(1) || one.Bands[1].Name.En != "Evening" || one.Bands[1].Quantity != money.Units(2) || one.Bands[1].PriceCents <= one.Bands[0].PriceCents {
		t.Errorf("%+v", one.Bands)
	}
	if list := read[api.EventList](t, w.ask(w.Mine, "GET", "/events", nil), 200); len(list.Events) != 1 || len(list.Events[0].Bands) != 2 {
		t.Errorf("%+v", list)
	}
}

func TestEverybodyReadsServicesProvidersPricesAndChecks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	organisers := read[api.OrganiserList](t, w.ask("", "GET", "/organisers", nil), 200)
	if len(organisers.Organisers) != 2 {
		t.Errorf("%+v", organisers)
	}
	services := read[api.ServiceList](t, w.ask("", "GET", "/services?organiser=MAA", nil), 200)
	if len(services.Services) == 0 || len(services.Services[0].Contents) == 0 {
		t.Fatalf("%+v", services)
	}
	list := read[api.ProviderList](t, w.ask("", "GET", "/services/MAA/11/providers?content=21&value_cents=3500&by_own=true", nil), 200)
	if list.Total != 2 || *list.Providers[0].OwnCents != 0 || *list.Providers[1].OwnCents != 100 {
		t.Errorf("%+v", list)
	}
	prices := read[api.PriceList](t, w.ask("", "GET", "/services/MAA/11/prices", nil), 200)
	if len(prices.Prices) != 3 {
		t.Errorf("%+v", prices)
	}
	problem(t, w.ask("", "GET", "/services/MAA/999/prices", nil), 404, "API-018")
	checks := read[api.CheckList](t, w.ask("", "GET", "/checks", nil), 200)
	for _, c := range checks.Checks {
		for _, text := range []string{c.Text.Fi, c.Text.Sv, c.Text.En, c.Remedy.Fi, c.Remedy.Sv, c.Remedy.En} {
			if text == "" {
				t.Errorf("%s has no words in one language", c.Code)
			}
		}
		for _, r := range c.Reads {
			if c.Severity == "reject" && r.Seen != "own" && r.Seen != "public" {
				t.Errorf("%s rejects on %s, which the sender cannot see", c.Code, r.Fact)
			}
		}
	}
	if len(checks.Checks) < 30 {
		t.Errorf("only %d checks", len(checks.Checks))
	}
}
