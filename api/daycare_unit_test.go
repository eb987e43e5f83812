package api_test

import (
	"strings"
	"testing"

	"seteli/api"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/profile"
	"seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

// What units offer goes out and comes in: by the municipality's system, and by the unit's own, whose change of a price needs its notice time.
func TestPricesAndPlacesOfUnitsComeInAndGoOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.educates(func(p *profile.Profile) { p.PriceNoticeDays = 30 })
	w.guides()
	w.Do(w.Staff, func(tx *postgres.Tx) error {
		u := guidance.Unit{ID: vouchertest.OtherUnit, Way: guidance.Purchased, Kind: "DAYCARE"}
		return guidance.SaveUnit(t.Context(), tx, w.Staff, guidance.UnitInput{Organiser: vouchertest.Organiser, Unit: u})
	})
	w.Exec(`update unit set oid = '1.2.246.562.10.20000000041' where unit_id = $1`, vouchertest.Unit)
	put := func(key, path, body string) api.UnitOfferAnswer {
		t.Helper()
		return read[api.UnitOfferAnswer](t, w.ask(key, "PUT", path, body), 200)
	}
	list := func(key, query string) api.CareUnitList {
		t.Helper()
		return read[api.CareUnitList](t, w.ask(key, "GET", "/daycare/MAA/units"+query, nil), 200)
	}
	const price = `{"unit":"41","option":"full_time","from":"2026-03-01","over_3_cents":110000,"under_3_cents":180000}`
	first := `{"prices":[` + price + `,{"unit":"42","option":"full_time","from":"2026-03-01"},{"unit":"Hoiva Keskusta","option":"kokopäivä","from":"2026-03-01","over_3_cents":1}],
		"places":[{"unit":"1.2.246.562.10.20000000041","from":"2026-03-01","under_3":2,"over_3":10},{"unit":"42","from":"2026-03-01","under_3":5,"over_3":0},{"unit":"Tuntematon","from":"2026-03-01","under_3":5,"over_3":0}]}`
	got := put(w.Office, "/daycare/units", first)
	if got.Added != 3 || got.Refused != 3 || got.Prices[0].Outcome != "added" || got.Places[0].Outcome != "added" || got.Places[1].Outcome != "added" {
		t.Fatalf("%+v", got)
	}
	for i, want := range []struct {
		row           api.UnitTaken
		code, pointer string
	}{{got.Prices[1], "DAY-005", "#/prices/1/over_3_cents"}, {got.Prices[2], "DAY-002", "#/prices/2/option"}, {got.Places[2], "DAY-150", "#/places/2/unit"}} {
		if len(want.row.Errors) == 0 || want.row.Errors[0].Code != want.code || want.row.Errors[0].Pointer != want.pointer || want.row.Errors[0].Remedy == "" && want.row.Errors[0].Detail == "" {
			t.Errorf("%d: %+v", i, want.row)
		}
	}
	if got = put(w.Office, "/daycare/units", first); got.Kept != 3 || got.Refused != 3 {
		t.Errorf("the same again: %+v", got)
	}
	mine := func(body string) api.UnitOfferAnswer { t.Helper(); return put(w.Mine, "/daycare/MAA/units", body) }
	if got = mine(`{"prices":[` + strings.Replace(price, "2026-03-01", "2026-12-01", 1) + `]}`); got.Added != 1 {
		t.Errorf("the same price from a later day is no change and needs no notice: %+v", got)
	}
	dearer := strings.Replace(price, "110000", "112000", 1)
	got = mine(`{"prices":[` + strings.Replace(dearer, "2026-03-01", "2026-11-22", 1) + `,` + strings.Replace(dearer, "2026-03-01", "2027-08-01", 1) + `],
		"places":[{"unit":"41","from":"2026-11-20","under_3":3,"over_3":10},{"unit":"41","from":"2027-08-01","under_3":3,"over_3":10},{"unit":"42","from":"2027-08-01","under_3":1,"over_3":1},{"unit":"41","from":"2027-08-01","under_3":4,"over_3":10}]}`)
	codes := []string{}
	for _, r := range append(got.Prices, got.Places...) {
		codes = append(codes, r.Outcome)
		for _, e := range r.Errors {
			codes = append(codes, e.Code)
		}
	}
	if s := strings.Join(codes, " "); s != "refused DAY-102 added refused DAY-152 added refused DAY-150 refused DAY-151" {
		t.Error(s)
	}
	if got = put(w.Another, "/daycare/MAA/units", `{"places":[{"unit":"42","from":"2027-08-01","under_3":1,"over_3":1},{"unit":"41","from":"2027-09-01","under_3":1,"over_3":1}]}`); got.Refused != 2 || got.Places[0].Errors[0].Code != "GUI-050" || got.Places[1].Errors[0].Code != "DAY-150" {
		t.Errorf("purchased places and another's unit: %+v", got)
	}

	read[api.ImportAnswer](t, w.ask(w.Office, "POST", "/clients", `{"clients":[{"external_ref":"a","identity":"060544-9530","last_name":"Testinen","first_names":"Helvi","language":"fi","municipality":"991"},{"external_ref":"b","identity":"030322A9024","last_name":"Testinen","first_names":"Onni","language":"fi","municipality":"991"}]}`), 200)
	w.ask(w.Office, "PUT", "/daycare/placements", `{"placements":[{"id":"1","child":"030322A9024","head":"060544-9530","unit":"41","option":"full_time","from":"2026-08-01"}]}`, "Idempotency-Key", "p")
	now := list(w.Office, "")
	if len(now.Units) != 2 || now.Day != vouchertest.Today {
		t.Fatalf("%+v", now)
	}
	u := now.Units[0]
	if u.Unit != vouchertest.Unit || u.UnitOID != "1.2.246.562.10.20000000041" || *u.FreeUnder3 != 2 || *u.FreeOver3 != 9 || len(u.Places) != 2 || u.Places[0].To.String() != "2027-07-31" || u.Places[1].To != nil ||
		len(u.Prices) != 3 || u.Prices[0].Over3Cents != 110000 || u.Prices[2].Over3Cents != 112000 || u.Prices[2].From.String() != "2027-08-01" {
		t.Errorf("%+v", u)
	}
	if later := list(w.Mine, "?day=2027-09-01"); len(later.Units) != 1 || len(later.Units[0].Prices) != 1 || *later.Units[0].FreeUnder3 != 3 || len(later.Units[0].Places) != 1 {
		t.Errorf("a provider sees what families may wish for: %+v", later)
	}
	problem(t, w.ask(w.Mine, "GET", "/daycare/MAA/units?day=2036-01-01", nil), 422, "API-017")
	problem(t, w.ask(w.Mine, "GET", "/daycare/EIOLE/units", nil), 404, "API-018")
	problem(t, w.ask(w.Mine, "PUT", "/daycare/EIOLE/units", `{}`), 404, "API-018")
}
