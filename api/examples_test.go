package api_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"seteli/api"
	"seteli/core/calendar"
)

// zeros draws the same voucher number in every run.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// requests of the reference, in an order in which each finds what the ones before it made.
var requests = []struct{ op, key, path, body, header string }{
	{"health", "", "/health", "", ""},
	{"list-organisers", "", "/organisers", "", ""},
	{"list-services", "", "/services?organiser=KAA", "", ""},
	{"list-providers", "", "/services/MAA/11/providers?content=21&by_own=true&limit=1", "", ""},
	{"list-prices", "", "/services/MAA/12/prices", "", ""},
	{"import-clients", "office", "/clients", `{"clients":[{"external_ref":"ef-10442","identity":"060544-9530","last_name":"Testinen","first_names":"Helvi","language":"fi","municipality":"991"},{"external_ref":"ef-10443","identity":"030322A9024","last_name":"Testinen","first_names":"Onni","language":"fi","municipality":"991"}]}`, ""},
	{"put-placements", "office", "/daycare/placements", `{"placements":[{"id":"EF-10442","child":"030322A9024","head":"060544-9530","unit":"41","option":"full_time","from":"2026-03-01","to":"2026-07-31"},{"id":"EF-10443","child":"030322A9024","unit":"Metsäpolku","option":"full_time","from":"2026-01-01","to":"2026-07-31"}]}`, "placements-2026-11-21"},
	{"put-own-shares", "office", "/daycare/own-shares", `{"own_shares":[{"id":"AM-88120","child":"030322A9024","amount_cents":18700,"from":"2026-03-01","to":"2026-07-31"},{"id":"AM-88121","child":"030322A9024","amount_cents":40000,"from":"2026-01-01","to":"2026-02-28"}]}`, "own-shares-2026-11-21"},
	{"list-value-decisions", "office", "/daycare/decisions?since=2026-11-21T00:00:00Z", "", ""},
	{"list-month-rows", "office", "/daycare/month-rows?month=2026-03", "", ""},
	{"put-care-units", "office", "/daycare/units", `{"prices":[{"unit":"41","option":"full_time","from":"2027-08-01","over_3_cents":115000,"under_3_cents":185000}],"places":[{"unit":"41","from":"2026-08-01","under_3":12,"over_3":40},{"unit":"Metsäpolku","from":"2026-08-01","under_3":8,"over_3":20}]}`, "units-2026-11-21"},
	{"tell-care-units", "mine", "/daycare/MAA/units", `{"prices":[{"unit":"41","option":"full_time","from":"2027-08-01","over_3_cents":115000,"under_3_cents":185000}],"places":[{"unit":"41","from":"2027-08-01","under_3":12,"over_3":44}]}`, "units-2026-11-22"},
	{"list-care-units", "mine", "/daycare/MAA/units?day=2027-08-01", "", ""},
	{"put-income", "office", "/clients/income", `{"incomes":[{"identity":"060544-9530","kind":"pension","amount_cents":145000,"from":"2026-01-01","source":"kela","fetched_on":"2026-11-20","payer":"Kela"},{"identity":"060544-9530","kind":"pension","amount_cents":-500,"from":"2027-02-01","source":"client"}]}`, "income-2026-11-21"},
	{"grant-voucher", "office", "/vouchers", `{"client":2,"service":12,"from":"2026-12-01","to":"2027-06-01","lines":[{"content":23,"recurrence":"week","amount":"4"}],"decided_by":"Sanna Ohjaaja","office":"palveluohjaaja","contact":"Palveluohjaus, p. 040 000 0000","reasons":"Palvelun tarve on arvioitu kotikäynnillä."}`, "decision-2026-4711"},
	{"list-vouchers", "office", "/vouchers?client=2", "", ""},
	{"close-voucher", "office", "/vouchers/{granted}/close", `{"day":"2027-03-01","why":"ended","reason":"Palvelun tarve päättyi.","row_version":1,"decided_by":"Sanna Ohjaaja"}`, ""},
	{"get-voucher", "mine", "/vouchers/{voucher}", "", ""},
	{"make-reservation", "mine", "/reservations", `{"voucher":"{voucher}","unit":41,"from":"2026-11-21","plan":"Aamuisin kello 8","terms":true}`, "reservation-881"},
	{"list-reservations", "mine", "/reservations", "", ""},
	{"try-events", "mine", "/events/dry-run", `{"lines":[{"voucher":"{voucher}","date":"2026-11-21","start":"2026-11-21T08:00:00+02:00","end":"2026-11-21T09:30:00+02:00"}]}`, ""},
	{"record-events", "mine", "/events", `{"lines":[{"client_reference":"visit-1001","voucher":"{voucher}","date":"2026-11-21","start":"2026-11-21T08:00:00+02:00","end":"2026-11-21T09:30:00+02:00"},{"client_reference":"visit-1002","voucher":"{voucher}","date":"2026-11-22","quantity":"1"}]}`, ""},
	{"list-events", "mine", "/events?from=2026-11-01&to=2026-12-01", "", ""},
	{"get-event", "mine", "/events/MAA-1", "", ""},
	{"delete-event", "mine", "/events/MAA-1?step=0&reason=Kirjattu%20v%C3%A4%C3%A4r%C3%A4lle%20asiakkaalle", "", ""},
	{"end-reservation", "mine", "/reservations/MAA-1/end", `{"day":"2027-01-01","reason":"Asiakas muuttaa.","row_version":1}`, ""},
	{"list-purse-choices", "mine", "/purses/{purse}/choices", "", ""},
	{"make-purse-hold", "mine", "/purse-holds", `{"reference":"receipt-0042","voucher":"{purse}","amount_cents":3500}`, ""},
	{"capture-purse-hold", "mine", "/purse-holds/{hold}/capture", `{"amount_cents":2990}`, ""},
	{"refund-purse-hold", "mine", "/purse-holds/{hold}/refund", `{"reason":"Asiakas palautti ostoksen."}`, ""},
	{"get-purse-hold", "mine", "/purse-holds/{hold}", "", ""},
	{"make-purse-hold", "mine", "/purse-holds", `{"reference":"receipt-0043","voucher":"{purse}","amount_cents":1200}`, ""},
	{"release-purse-hold", "mine", "/purse-holds/{hold}/release", `{"reason":"Asiakas perui."}`, ""},
	{"list-purse-holds", "mine", "/purse-holds", "", ""},
	{"use-one-time-voucher", "mine", "/one-time-uses", `{"reference":"receipt-20261121-0042","voucher":"{slip}","unit":41}`, ""},
	{"list-statements", "mine", "/statements", "", ""},
}

// The examples of the reference are what really happens: this test asks them and compares.
func TestExamplesOfTheReferenceAreTrue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(d *api.Deps) { d.Random = zeros{} })
	w.educates()
	w.Means.Random = strings.NewReader(strings.Repeat("abcdefgh", 100))
	v := w.Accepted(20)
	keys := map[string]string{"mine": w.Mine, "office": w.Office}
	w.Means.Random = strings.NewReader(strings.Repeat("hgfedcba", 100)) // another number for the balance
	granted, hold, balance := "", "", w.purse(200_00)
	w.Means.Random = strings.NewReader(strings.Repeat("efghabcd", 100)) // and a third one for the one-time voucher
	slip := w.slip()
	var got []api.Example
	for _, r := range requests {
		fill := strings.NewReplacer("{voucher}", v.Number.String(), "{granted}", granted, "{purse}", balance.Number.String(), "{hold}", hold, "{slip}", slip)
		e := api.Example{Operation: r.op, Path: fill.Replace(r.path), Key: r.key != "", IdempotencyKey: r.header}
		var body any
		if r.body != "" {
			body = fill.Replace(r.body)
			e.Body = json.RawMessage(fill.Replace(r.body))
		}
		for _, op := range w.api.Operations() {
			if op.ID == r.op {
				e.Method = op.Method
			}
		}
		var headers []string
		if r.header != "" {
			headers = []string{"Idempotency-Key", r.header}
		}
		a := w.ask(keys[r.key], e.Method, e.Path, body, headers...)
		if a.Status/100 != 2 {
			t.Fatalf("%s: %d %s", r.op, a.Status, a.Body)
		}
		if e.Status = a.Status; a.Body != "" {
			e.Answer = json.RawMessage(strings.TrimSpace(a.Body))
		}
		if r.op == "grant-voucher" {
			granted = read[api.VoucherBody](t, a, 200).Voucher
		}
		if r.op == "put-placements" {
			w.decides()
			w.guides()
			w.closes(calendar.MonthOf(calendar.Day(2026, 3, 1)))
		}
		if r.op == "make-purse-hold" {
			hold = read[api.HoldBody](t, a, 200).Hold
		}
		got = append(got, e)
	}
	out, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	out = append(out, '\n')
	if *api.Update {
		if err := os.WriteFile("examples.json", out, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile("examples.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out, want) {
		t.Error("an answer differs from examples.json; look at the change and run the test with -update")
	}
	if list := api.Examples(); len(list) != len(requests) {
		t.Errorf("%d examples are published, %d requests were asked", len(list), len(requests))
	}
}
