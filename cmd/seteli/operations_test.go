package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"seteli/core/calendar"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// keys are programs of the tenants whose things the addresses name, and of others.
func (w *whole) keys() (names []string, secrets map[string]string) {
	offering := []access.Right{access.EventRecord, access.EventEdit, access.EventRead, access.VoucherRead, access.ReservationMake, access.ReservationEnd, access.ReservationRead, access.ClientBasics, access.SettlementRead, access.DaycareReport, access.OfferRead}
	office := []access.Right{access.ClientImport, access.ClientRead, access.VoucherGrant, access.VoucherClose, access.VoucherRead, access.DecisionMake, access.EventRead, access.IncomeEdit, access.DaycareDecide, access.OfferRead}
	secrets = map[string]string{}
	for _, k := range []struct {
		name string
		key  access.Key
	}{
		{"own provider", access.Key{Provider: ownProvider, Scopes: offering}}, {"own provider, narrow", access.Key{Provider: ownProvider, Scopes: []access.Right{access.CatalogueRead}}},
		{"own office", access.Key{Organiser: ownOrganiser, Role: access.Caseworker, Scopes: office}}, {"own finance", access.Key{Organiser: ownOrganiser, Scopes: []access.Right{access.SettlementRead}}},
		{"other provider", access.Key{Provider: otherProvider, Scopes: offering}}, {"other office", access.Key{Organiser: otherOrganiser, Role: access.Caseworker, Scopes: office}},
		{"other finance", access.Key{Organiser: otherOrganiser, Scopes: []access.Right{access.SettlementRead}}},
	} {
		by := access.Actor{Account: 1, Name: "Pääkäyttäjä", Role: access.MainUser, Organiser: k.key.Organiser}
		if k.key.Provider != 0 {
			by.Role, by.Provider = access.ProviderMainUser, k.key.Provider
		}
		k.key.Name, k.key.Valid = k.name, calendar.Period{From: calendar.Today(w.clock), To: calendar.Today(w.clock) + 30}
		err := w.app.db.National(w.Context(), func(tx *postgres.Tx) (err error) {
			_, secrets[k.name], err = access.MakeKey(w.Context(), tx, by, k.key)
			return err
		})
		if err != nil {
			w.Fatal(err)
		}
		names = append(names, k.name)
	}
	return names, secrets
}

// operations is S1 and S2 of the API: every operation for no key, a wrong key and each program; another's thing is a missing one.
func (w *whole) operations() {
	names, secrets := w.keys()
	defer w.banned()()
	var b strings.Builder
	b.WriteString("# Which program gets what from each operation; POST with an empty object: 422 is the answer to those who may.\n")
	ids := map[string]string{"organiser": "KSR", "service": w.ids["service"], "event": "KSR-" + w.ids["event"], "reservation": "KSR-" + w.ids["reservation"], "hold": "KSR-" + w.ids["hold"],
		"statement": "KSR-" + w.ids["run"] + "-" + w.ids["provider"], "voucher": strings.ReplaceAll(w.voucherNumber(), "-", "")}
	none := map[string]string{"event": "KSR-987654321", "reservation": "KSR-987654321", "hold": "KSR-987654321", "statement": "KSR-9876-987654", "voucher": "KSR23456789", "organiser": "KSR", "service": "987654321"}
	for _, op := range w.faces.programs.Operations() {
		fmt.Fprintf(&b, "\n%s %s %s  %s\n", op.ID, op.Method, op.Path, op.Right)
		fill := func(with map[string]string) string {
			path := op.Path
			for name, id := range with {
				path = strings.ReplaceAll(path, "{"+name+"}", id)
			}
			if strings.Contains(path, "{") {
				w.Fatalf("%s: nothing is known for %s", op.ID, path)
			}
			return path
		}
		for _, c := range []struct{ name, key string }{{"no key", ""}, {"wrong key", "seteli_abcdefgh_wrong"}} {
			r := w.program(c.key, op.Method, fill(ids))
			fmt.Fprintf(&b, "  %-22s%d\n", c.name, r.status)
			if !op.Open && r.status != http.StatusUnauthorized {
				w.Errorf("%s with %s: %d", op.ID, c.name, r.status)
			}
		}
		for _, name := range names {
			r := w.program(secrets[name], op.Method, fill(ids))
			fmt.Fprintf(&b, "  %-22s%d\n", name, r.status)
			if strings.Contains(r.body, bannedAddress) || strings.Contains(r.body, bannedPhone) || strings.Contains(r.body, bannedMail) {
				w.Errorf("%s gives the %s an address or a contact under a safety ban", op.ID, name)
			}
			if strings.HasPrefix(name, "other") && strings.Contains(op.Path, "{") && !op.Open && (op.ID != "get-voucher" && op.ID != "list-purse-choices" || name != "other provider") {
				// a provider that knows a voucher's number may look it up: the client has given the number
				if m := w.program(secrets[name], op.Method, fill(none)); m.status != r.status || m.body != r.body {
					w.Errorf("%s: the %s gets %d of a thing of others and %d of one that is not there", op.ID, name, r.status, m.status)
				}
			}
		}
	}
	kept(w.T, "operations.golden", b.String())
	w.keyed()
}

// keyed: the right of each operation stands on the page where a main user makes a key; without it nobody could ask the operation.
func (w *whole) keyed() {
	page := ""
	for _, s := range w.own {
		if s.role == access.MainUser || s.role == access.ProviderMainUser {
			page += w.ask(s, http.MethodGet, "/fi/settings/keys/new").body
		}
	}
	for _, op := range w.faces.programs.Operations() {
		if !op.Open && !strings.Contains(page, `value="`+string(op.Right)+`"`) {
			w.Errorf("%s: no main user can give %s to a program", op.ID, op.Right)
		}
	}
}

// program sends one request of a program.
func (w *whole) program(key, method, path string) reply {
	w.Helper()
	var body *strings.Reader
	req := httptest.NewRequestWithContext(w.Context(), method, "http://localhost:8080"+path, nil)
	if method == http.MethodPost {
		body = strings.NewReader("{}")
		req = httptest.NewRequestWithContext(w.Context(), method, "http://localhost:8080"+path, body)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", "matrix-"+path)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	rec := httptest.NewRecorder()
	w.faces.handler.ServeHTTP(rec, req)
	return reply{status: rec.Code, header: rec.Header(), body: rec.Body.String()}
}
