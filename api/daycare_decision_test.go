package api_test

import (
	"strings"
	"testing"

	"seteli/api"
	"seteli/domain/daycare/store"
	"seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

// A municipality's own system reads what was decided, goes on from where it was, and reads an annulment as the next version.
func TestValueDecisionsAreReadFromWhereTheReaderWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.educates()
	read[api.ImportAnswer](t, w.ask(w.Office, "POST", "/clients", `{"clients":[{"external_ref":"a","identity":"060544-9530","last_name":"Testinen","first_names":"Helvi","language":"fi","municipality":"991"},{"external_ref":"b","identity":"030322A9024","last_name":"Testinen","first_names":"Onni","language":"fi","municipality":"991"}]}`), 200)
	placed := read[api.PlacementAnswer](t, w.ask(w.Office, "PUT", "/daycare/placements", `{"placements":[{"id":"1","child":"030322A9024","head":"060544-9530","unit":"41","option":"full_time","from":"2026-03-01","to":"2026-07-31"}]}`, "Idempotency-Key", "p"), 200)
	if placed.Added != 1 {
		t.Fatalf("%+v", placed)
	}
	made := w.decides()
	list := func(query string) api.ValueDecisionList {
		return read[api.ValueDecisionList](t, w.ask(w.Office, "GET", "/daycare/decisions"+query, nil), 200)
	}
	first := list("")
	if len(first.Decisions) != len(made) || len(made) == 0 || first.More || first.Next == "" {
		t.Fatalf("%d decisions were sent, read %+v", len(made), first)
	}
	d := first.Decisions[0]
	if d.ChildName != "Testinen Onni" || d.ChildReference != "b" || d.State != "sent" || d.Version != 0 || d.Number == "" || d.ValueCents != made[0].Value || d.From.String() != "2026-03-01" || d.To == nil || d.To.String() != "2026-07-31" {
		t.Errorf("%+v", d)
	}
	if got := list("?after=" + first.Next); len(got.Decisions) != 0 || got.More || got.Next != first.Next {
		t.Errorf("told again: %+v", got)
	}
	w.Do(w.Staff, func(tx *postgres.Tx) error {
		return store.End(t.Context(), tx, w.Staff, store.EndInput{Organiser: vouchertest.Organiser, Child: made[0].Child, Decision: made[0].ID, To: made[0].Period.From, Reason: "Paikkaa ei otettu vastaan."})
	})
	if got := list("?since=2026-11-21T00:00:00Z&limit=1"); len(got.Decisions) != 1 || got.Decisions[0].State != "annulled" || got.Decisions[0].Version != 1 {
		t.Errorf("the annulment: %+v", got)
	}
	if got := list("?since=2026-11-22T00:00:00Z"); len(got.Decisions) != 0 {
		t.Errorf("older than asked: %+v", got)
	}
	for _, query := range []string{"?after=x", "?after=1.x", "?after=99999999999999999.1", "?since=eilen", "?limit=10001"} {
		if a := w.ask(w.Office, "GET", "/daycare/decisions"+query, nil); a.Status != 422 || !strings.Contains(a.Body, `"in":"query"`) {
			t.Errorf("%s: %d %s", query, a.Status, a.Body)
		}
	}
	if got := read[api.ValueDecisionList](t, w.ask(w.Stranger, "GET", "/daycare/decisions", nil), 200); len(got.Decisions) != 0 {
		t.Errorf("another organiser's: %+v", got)
	}
	if n := w.Count(`select count(*) from access_log where what = 'daycare.export'`); n == 0 {
		t.Error("the reading stands in no log")
	}
}

// Rows that cannot be taken, and half a household: line, reason and remedy of each; the good row stays in.
func TestAFeedWithUnknownUnitsAndHalfAHouseholdNamesEachRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.educates()
	read[api.ImportAnswer](t, w.ask(w.Office, "POST", "/clients", `{"clients":[{"external_ref":"a","identity":"060544-9530","last_name":"Testinen","first_names":"Helvi","language":"fi","municipality":"991"},{"external_ref":"b","identity":"030322A9024","last_name":"Testinen","first_names":"Onni","language":"fi","municipality":"991"}]}`), 200)
	rows := `{"placements":[{"id":"1","child":"030322A9024","unit":"41","option":"full_time","from":"2026-03-01","to":"2026-07-31"},
		{"id":"2","child":"030322A9024","head":"060544-9530","unit":"Tuntematon","option":"full_time","from":"2026-08-01"},
		{"id":"3","child":"030322A9024","head":"010170-999R","unit":"41","option":"full_time","from":"2026-08-01"}]}`
	got := read[api.PlacementAnswer](t, w.ask(w.Office, "PUT", "/daycare/placements", rows, "Idempotency-Key", "half"), 200)
	if got.Added != 1 || got.Refused != 2 {
		t.Fatalf("%+v", got)
	}
	for i, want := range []struct{ code, pointer, remedy string }{{"DAY-121", "#/placements/0/head", "head"}, {"DAY-113", "#/placements/1/unit", "OID"}, {"DAY-116", "#/placements/2/head", "client"}} {
		list := got.Placements[i].Errors
		if i == 0 {
			list = got.Placements[i].Lacks
		}
		if len(list) != 1 || list[0].Code != want.code || list[0].Pointer != want.pointer || !strings.Contains(list[0].Remedy, want.remedy) {
			t.Errorf("row %d: %+v", i, got.Placements[i])
		}
	}
	whole := strings.Replace(rows, `"id":"1","child":"030322A9024",`, `"id":"1","child":"030322A9024","head":"060544-9530",`, 1)
	if got = read[api.PlacementAnswer](t, w.ask(w.Office, "PUT", "/daycare/placements", whole, "Idempotency-Key", "whole"), 200); got.Changed != 1 || len(got.Placements[0].Lacks) != 0 {
		t.Errorf("with the head: %+v", got)
	}
}
