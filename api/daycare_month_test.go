package api_test

import (
	"strings"
	"testing"

	"seteli/api"
	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/store"
	"seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

// A municipality's own system reads a closed month, and later what came after it: the refund of a decision that was annulled.
func TestRowsOfClosedMonthsAreReadFromWhereTheReaderWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.educates()
	read[api.ImportAnswer](t, w.ask(w.Office, "POST", "/clients", `{"clients":[{"external_ref":"a","identity":"060544-9530","last_name":"Testinen","first_names":"Helvi","language":"fi","municipality":"991"},{"external_ref":"b","identity":"030322A9024","last_name":"Testinen","first_names":"Onni","language":"fi","municipality":"991"}]}`), 200)
	w.ask(w.Office, "PUT", "/daycare/placements", `{"placements":[{"id":"1","child":"030322A9024","head":"060544-9530","unit":"41","option":"full_time","from":"2026-03-16","to":"2026-07-31"}]}`, "Idempotency-Key", "p")
	made := w.decides()
	list := func(query string) api.MonthRowList {
		return read[api.MonthRowList](t, w.ask(w.Office, "GET", "/daycare/month-rows"+query, nil), 200)
	}
	if got := list("?month=2026-03"); len(got.Months) != 0 || len(got.Rows) != 0 || got.More {
		t.Errorf("before the close: %+v", got)
	}
	march := calendar.MonthOf(calendar.Day(2026, 3, 1))
	w.closes(march)
	first := list("?month=2026-03")
	if len(first.Rows) != 1 || len(first.Months) != 1 || first.Months[0].Rows != 1 || first.Months[0].TotalCents != first.Rows[0].AmountCents || first.More {
		t.Fatalf("%+v", first)
	}
	r := first.Rows[0]
	if r.Kind != "ordinary" || r.ChildReference != "b" || r.ChildName != "Testinen Onni" || r.Unit != 41 || r.Decision != made[0].ID || r.DecisionNumber == "" || r.From.String() != "2026-03-16" ||
		r.To.String() != "2026-03-31" || r.Days != 12 || r.MonthDays != 22 || r.ValueCents != made[0].Value || r.AmountCents <= 0 || r.AmountCents >= made[0].Payable {
		t.Errorf("%+v", r)
	}
	after := "?after=" + digits(first.Next)
	if got := list(after); len(got.Rows) != 0 || got.Next != first.Next {
		t.Errorf("told again: %+v", got)
	}
	w.Do(w.Staff, func(tx *postgres.Tx) error {
		return store.End(t.Context(), tx, w.Staff, store.EndInput{Organiser: vouchertest.Organiser, Child: made[0].Child, Decision: made[0].ID, To: made[0].Period.From, Reason: "Paikkaa ei otettu vastaan."})
	})
	w.closes(march+1, march+2)
	next := list(after)
	if len(next.Rows) != 1 || next.Rows[0].Kind != "refund" || next.Rows[0].Refunds != r.Row || next.Rows[0].AmountCents != -r.AmountCents || next.Rows[0].Month != "2026-04" || next.Rows[0].From != r.From {
		t.Fatalf("what came after: %+v", next)
	}
	var sum money.Cents
	for _, m := range []string{"2026-03", "2026-04", "2026-05"} {
		got := list("?month=" + m)
		if len(got.Months) != 1 {
			t.Errorf("%s: %+v", m, got)
		}
		for _, r := range got.Rows {
			sum += r.AmountCents
		}
	}
	if sum != 0 {
		t.Errorf("a decision that was annulled has left %d", sum)
	}
	for _, query := range []string{"?month=2026-13", "?month=maaliskuu", "?month=1970-01", "?after=-1", "?limit=10001"} {
		if a := w.ask(w.Office, "GET", "/daycare/month-rows"+query, nil); a.Status != 422 || !strings.Contains(a.Body, `"in":"query"`) {
			t.Errorf("%s: %d %s", query, a.Status, a.Body)
		}
	}
	if got := list(""); len(got.Rows) != 2 {
		t.Errorf("%+v", got)
	}
	if got := read[api.MonthRowList](t, w.ask(w.Stranger, "GET", "/daycare/month-rows", nil), 200); len(got.Rows) != 0 {
		t.Errorf("another organiser's: %+v", got)
	}
}
