package api_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"seteli/api"
	"seteli/core/calendar"
	"seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// matrix gives for each operation a request that would work for somebody, and the keys of others for whom its object must be as
// if it were not there. An operation without a row fails the test.
func (w *world) matrix() map[string]struct {
	path   string
	body   any
	other  string // key of another of the same side
	status int    // what the other gets; 404 where an object is named
	code   string
} {
	type row = struct {
		path   string
		body   any
		other  string
		status int
		code   string
	}
	v, r := w.Open(20)
	number := v.Number.String()
	recorded := read[api.RecordAnswer](w.T, w.ask(w.Mine, "POST", "/events", batch(visit(number, vouchertest.Today, "matrix"))), 200)
	event := recorded.Verdicts[0].Event
	reservation := "MAA-" + digits(r.ID)
	statement := "MAA-1-" + digits(vouchertest.Provider)
	day := vouchertest.Today.String()
	balance := w.purse(100_00).Number.String()
	held := read[api.HoldBody](w.T, w.ask(w.Mine, "POST", "/purse-holds", `{"reference":"m-1","voucher":"`+balance+`","amount_cents":1000}`), 200).Hold
	bought := read[api.HoldBody](w.T, w.ask(w.Mine, "POST", "/purse-holds", `{"reference":"m-2","voucher":"`+balance+`","amount_cents":1000,"capture":true}`), 200).Hold
	grant := `{"client":` + digits(w.Aino.ID) + `,"service":11,"from":"2026-12-01","to":"2027-06-01","lines":[{"content":21,"recurrence":"month","amount":"10"}],"decided_by":"A","office":"B","contact":"C","reasons":"D"}`
	return map[string]row{
		"record-events":        {"/events", batch(visit(number, vouchertest.Today, "other")), w.Another, 422, "API-020"},
		"try-events":           {"/events/dry-run", batch(visit(number, vouchertest.Today, "")), w.Another, 200, ""},
		"list-events":          {"/events", nil, w.Another, 200, ""},
		"get-event":            {"/events/" + event, nil, w.Another, 404, "API-018"},
		"delete-event":         {"/events/" + event + "?step=0&reason=x", nil, w.Another, 404, "API-018"},
		"get-voucher":          {"/vouchers/" + number, nil, w.Stranger, 404, "API-018"},
		"list-vouchers":        {"/vouchers?client=" + digits(w.Aino.ID), nil, w.Stranger, 200, ""},
		"grant-voucher":        {"/vouchers", grant, w.Stranger, 404, "CLI-001"},
		"close-voucher":        {"/vouchers/" + number + "/close", `{"day":"2026-12-01","why":"ended","reason":"x","row_version":1,"decided_by":"A"}`, w.Stranger, 404, "API-018"},
		"list-reservations":    {"/reservations", nil, w.Another, 200, ""},
		"make-reservation":     {"/reservations", `{"voucher":"` + number + `","unit":41,"from":"` + day + `","terms":true}`, w.Another, 409, "VOU-034"},
		"end-reservation":      {"/reservations/" + reservation + "/end", `{"day":"2026-12-01","reason":"x","row_version":1}`, w.Another, 404, "API-018"},
		"list-purse-choices":   {"/purses/" + balance + "/choices", nil, w.Another, 404, "API-018"},
		"make-purse-hold":      {"/purse-holds", `{"reference":"m-3","voucher":"` + balance + `","amount_cents":1000}`, w.Another, 404, "API-018"},
		"list-purse-holds":     {"/purse-holds", nil, w.Another, 200, ""},
		"get-purse-hold":       {"/purse-holds/" + held, nil, w.Another, 404, "API-018"},
		"capture-purse-hold":   {"/purse-holds/" + held + "/capture", `{}`, w.Another, 404, "API-018"},
		"release-purse-hold":   {"/purse-holds/" + held + "/release", `{"reason":"x"}`, w.Another, 404, "API-018"},
		"refund-purse-hold":    {"/purse-holds/" + bought + "/refund", `{"reason":"x"}`, w.Another, 404, "API-018"},
		"import-clients":       {"/clients", `{"clients":[{"external_ref":"x","identity":"010150-999K","last_name":"A","first_names":"B"}]}`, w.Stranger, 200, ""},
		"put-income":           {"/clients/income", `{"incomes":[{"identity":"010150-999K","kind":"pension","amount_cents":1,"from":"2026-01-01","source":"kela"}]}`, w.Stranger, 200, ""},
		"use-one-time-voucher": {"/one-time-uses", `{"reference":"o-1","voucher":"` + number + `"}`, w.Another, 404, "API-018"},
		"list-statements":      {"/statements", nil, w.Another, 200, ""},
		"get-statement":        {"/statements/" + statement, nil, w.Another, 404, "API-018"},
		"get-statement-lines":  {"/statements/" + statement + "/lines", nil, w.Another, 404, "API-018"},
		"get-statement-csv":    {"/statements/" + statement + "/lines.csv", nil, w.Another, 404, "API-018"},
		"get-statement-pdf":    {"/statements/" + statement + "/pdf", nil, w.Another, 404, "API-018"},
		"health":               {"/health", nil, "", 0, ""},
		"list-checks":          {"/checks", nil, "", 0, ""},
		"list-organisers":      {"/organisers", nil, "", 0, ""},
		"list-services":        {"/services", nil, "", 0, ""},
		"list-providers":       {"/services/MAA/11/providers", nil, "", 0, ""},
		"list-prices":          {"/services/MAA/11/prices", nil, "", 0, ""},
		"list-value-decisions": {"/daycare/decisions", nil, w.Stranger, 200, ""},
		"list-care-units":      {"/daycare/MAA/units", nil, w.Stranger, 404, "API-018"},
		"put-care-units":       {"/daycare/units", `{"places":[{"unit":"41","from":"2027-01-01","under_3":1,"over_3":1}]}`, w.Stranger, 409, "DAY-081"},
		"tell-care-units":      {"/daycare/MAA/units", `{"places":[{"unit":"41","from":"2027-01-01","under_3":1,"over_3":1}]}`, w.Another, 409, "DAY-081"},
		"list-month-rows":      {"/daycare/month-rows", nil, w.Stranger, 200, ""},
		"put-placements":       {"/daycare/placements", `{"placements":[{"id":"EF-1","child":"010150-999K","unit":"41","option":"full_time","from":"2026-01-01"}]}`, w.Stranger, 409, "DAY-081"},
		"put-own-shares":       {"/daycare/own-shares", `{"own_shares":[{"id":"AM-1","child":"010150-999K","amount_cents":100,"from":"2026-01-01"}]}`, w.Stranger, 409, "DAY-081"},
	}
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }

func TestEveryOperationAsksForItsKeyAndRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rows := w.matrix()
	before := w.events()
	for _, op := range w.api.Operations() {
		named := []string{"Idempotency-Key", "matrix-" + op.ID}
		row, ok := rows[op.ID]
		if !ok {
			t.Errorf("operation %s has no row in the matrix", op.ID)
			continue
		}
		if op.Open {
			if a := w.ask("", op.Method, row.path, row.body); a.Status != 200 {
				t.Errorf("%s without a key: %d %s", op.ID, a.Status, a.Body)
			}
			continue
		}
		problem(t, w.ask("", op.Method, row.path, row.body, named...), 401, "API-004")
		problem(t, w.ask("seteli_abcdefgh_wrong", op.Method, row.path, row.body, named...), 401, "ACC-020")
		problem(t, w.ask(w.Read, op.Method, row.path, row.body, named...), 403, "ACC-001")
		other := w.ask(row.other, op.Method, row.path, row.body, named...)
		if other.Status != row.status {
			t.Errorf("%s with another's key: %d %s", op.ID, other.Status, other.Body)
		}
		if row.code != "" {
			problem(t, other, row.status, row.code)
		}
		if strings.Contains(other.Body, "Aino") || strings.Contains(other.Body, "Virtanen") || strings.Contains(other.Body, `"balance"`) {
			t.Errorf("%s shows another's client: %s", op.ID, other.Body)
		}
	}
	if got := w.events(); got != before {
		t.Errorf("%d events where there were %d", got, before)
	}
	for _, key := range []string{w.Mine, w.Another, w.Office, "seteli_abcdefgh_wrong"} {
		if secret := key[len("seteli_abcdefgh_"):]; strings.Contains(w.log.String(), secret) {
			t.Error("a key stands in the log")
		}
	}
}

// A thing of another and one that is not there answer alike, byte for byte.
func TestAnothersThingIsLikeOneThatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, r := w.Open(20)
	number := v.Number.String()
	event := read[api.RecordAnswer](t, w.ask(w.Mine, "POST", "/events", batch(visit(number, vouchertest.Today, "x"))), 200).Verdicts[0].Event
	end := `{"day":"2026-12-01","reason":"x","row_version":1}`
	for name, c := range map[string]struct{ key, method, others, none, body string }{
		"event":          {w.Another, "GET", "/events/" + event, "/events/MAA-999999", ""},
		"event's prefix": {w.Another, "GET", "/events/" + event, "/events/ZZZ-1", ""},
		"deletion":       {w.Another, "DELETE", "/events/" + event + "?step=0&reason=x", "/events/MAA-999999?step=0&reason=x", ""},
		"voucher":        {w.Stranger, "GET", "/vouchers/" + number, "/vouchers/KAA23456789", ""},
		"reservation":    {w.Another, "POST", "/reservations/MAA-" + digits(r.ID) + "/end", "/reservations/MAA-999999/end", end},
	} {
		var body any
		if c.body != "" {
			body = c.body
		}
		a, b := w.ask(c.key, c.method, c.others, body), w.ask(c.key, c.method, c.none, body)
		if a.Status != 404 || a.Status != b.Status || a.Body != b.Body {
			t.Errorf("%s tells that it is there:\n%d %s\n%d %s", name, a.Status, a.Body, b.Status, b.Body)
		}
	}
}

func TestRevokedRotatedAndExpiredKeysEndInTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := access.Actor{Account: 1, Name: "Pääkäyttäjä", Role: access.ProviderMainUser, Provider: vouchertest.Provider}
	national := func(fn func(ctx context.Context, tx *postgres.Tx) error) {
		t.Helper()
		if err := w.DB.National(t.Context(), func(tx *postgres.Tx) error { return fn(t.Context(), tx) }); err != nil {
			t.Fatal(err)
		}
	}
	works := func(key string, want bool) {
		t.Helper()
		if a := w.ask(key, "GET", "/events", nil); (a.Status == 200) != want {
			t.Errorf("status %d, works wanted %v", a.Status, want)
		}
	}
	later := func(d time.Duration) { w.clock.Set(w.clock.Now().Add(d)) }
	var key, second access.Key
	var secret, renewed string
	national(func(ctx context.Context, tx *postgres.Tx) (err error) {
		key, secret, err = access.MakeKey(ctx, tx, by, access.Key{Provider: vouchertest.Provider, Name: "Toinen", Scopes: []access.Right{access.EventRead}, Valid: calendar.Period{From: vouchertest.Today, To: vouchertest.Today.AddMonths(2)}})
		return err
	})
	works(secret, true)
	national(func(ctx context.Context, tx *postgres.Tx) (err error) {
		second, renewed, err = access.RotateKey(ctx, tx, by, key.ID, calendar.Period{From: vouchertest.Today, To: vouchertest.Today.AddMonths(3)}, 7)
		return err
	})
	works(secret, true)
	works(renewed, true)
	later(8 * 24 * time.Hour)
	works(secret, false)
	works(renewed, true)
	national(func(ctx context.Context, tx *postgres.Tx) error { return access.RevokeKey(ctx, tx, by, second.ID) })
	later(time.Second)
	works(renewed, false)
	works(w.Mine, true)
	later(366 * 24 * time.Hour)
	works(w.Mine, false)
}

// A main user, who may appoint caseworkers, may let the client system act as one, and nothing more than a caseworker.
func TestClientSystemActsAsCaseworkerOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	main := access.Actor{Account: 1, Role: access.MainUser, Organiser: vouchertest.Organiser}
	handler := access.Actor{Account: 1, Role: access.Caseworker, Organiser: vouchertest.Organiser}
	for name, c := range map[string]struct {
		by   access.Actor
		key  access.Key
		made bool
	}{
		"caseworker's right":         {main, access.Key{Role: access.Caseworker, Scopes: []access.Right{access.VoucherGrant}}, true},
		"main user's as caseworker":  {main, access.Key{Role: access.Caseworker, Scopes: []access.Right{access.RulebookPublish}}, false},
		"another role":               {main, access.Key{Role: access.SettlementApprover, Scopes: []access.Right{access.SettlementApprove}}, false},
		"without the role":           {main, access.Key{Scopes: []access.Right{access.VoucherGrant}}, false},
		"by who may not manage keys": {handler, access.Key{Role: access.Caseworker, Scopes: []access.Right{access.VoucherGrant}}, false},
	} {
		c.key.Organiser, c.key.Name, c.key.Valid = vouchertest.Organiser, "x", calendar.Period{From: vouchertest.Today, To: vouchertest.Today + 30}
		err := w.DB.National(t.Context(), func(tx *postgres.Tx) error {
			_, _, err := access.MakeKey(t.Context(), tx, c.by, c.key)
			return err
		})
		if (err == nil) != c.made {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTooManyRequestsAreToldWhenToComeBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(d *api.Deps) { d.PerSecond, d.Burst = 2, 3 })
	for range 3 {
		if a := w.ask(w.Mine, "GET", "/events", nil); a.Status != 200 {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
	}
	a := w.ask(w.Mine, "GET", "/events", nil)
	problem(t, a, 429, "API-005")
	if a.Header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
	}
	if other := w.ask(w.Another, "GET", "/events", nil); other.Status != 200 {
		t.Errorf("another key is refused with it: %d", other.Status)
	}
	w.clock.Set(w.clock.Now().Add(2 * time.Second))
	if a := w.ask(w.Mine, "GET", "/events", nil); a.Status != 200 {
		t.Errorf("later: %d %s", a.Status, a.Body)
	}
}
