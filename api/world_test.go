package api_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"seteli/api"
	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/domain/event"
	"seteli/domain/offer"
	"seteli/domain/purse"
	"seteli/domain/rulebook/method"
	"seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// world is a small organiser with a provider, an API over it, and keys of programs.
type world struct {
	*vouchertest.World
	clock    *calendar.Fixed
	api      *api.API
	log      *bytes.Buffer
	Mine     string // the provider's, with everything that a provider's program may do
	Another  string // another provider's, likewise
	Read     string // the provider's, only for reading the catalogue: the wrong scope for everything
	Office   string // the organiser's client system
	Finance  string // the organiser's, by the main user
	Stranger string // another organiser's client system
}

func newWorld(t testing.TB, change ...func(*api.Deps)) *world {
	t.Helper()
	clock := calendar.Noon(vouchertest.Today)
	w := &world{World: vouchertest.New(t, postgrestest.Clock(clock)), clock: clock, log: &bytes.Buffer{}}
	w.Exec(`insert into organiser (organiser_id, voucher_prefix, kind, name_fi, name_sv, name_en, business_id, email, phone, address_line, postcode, city,
		registry_email, rectification_body_fi, rectification_body_sv, rectification_body_en, payer_name, payer_iban, demo, created_at)
		values (2, 'KAA', 'county', 'Kaukalan hyvinvointialue', 'Kaukala', 'Kaukala', '2345678-4', '', '', '', '', '', '', '', '', '', 'Kaukala', 'FI2112345600000785', true, now())`)
	w.Exec(`insert into account (issuer, subject, name, created_at) values ('test', '1', 'Pääkäyttäjä', now())`)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(w.log.String())
		}
	})
	deps := api.Deps{DB: w.DB, Texts: w.Means.Texts, Keys: w.Keys, Clock: clock, Desk: event.NewDesk(w.DB), Till: purse.NewTill(w.DB), Board: offer.NewBoard(w.DB), Models: method.All(), Random: rand.Reader,
		Log: slog.New(slog.NewTextHandler(w.log, nil)), PerSecond: 1e6, Burst: 1e6}
	for _, c := range change {
		c(&deps)
	}
	w.api = api.New(deps)
	offering := []access.Right{access.EventRecord, access.EventEdit, access.EventRead, access.VoucherRead, access.ReservationMake, access.ReservationEnd, access.ReservationRead, access.ClientBasics, access.SettlementRead, access.DaycareReport, access.OfferRead}
	office := []access.Right{access.ClientImport, access.IncomeEdit, access.DaycareDecide, access.ClientRead, access.VoucherGrant, access.VoucherClose, access.VoucherRead, access.DecisionMake, access.EventRead, access.OfferRead}
	w.Mine = w.key(access.Key{Provider: vouchertest.Provider, Scopes: offering})
	w.Another = w.key(access.Key{Provider: vouchertest.OtherProvider, Scopes: offering})
	w.Read = w.key(access.Key{Provider: vouchertest.Provider, Scopes: []access.Right{access.CatalogueRead}})
	w.Office = w.key(access.Key{Organiser: vouchertest.Organiser, Role: access.Caseworker, Scopes: office})
	w.Finance = w.key(access.Key{Organiser: vouchertest.Organiser, Scopes: []access.Right{access.SettlementRead}})
	w.Stranger = w.key(access.Key{Organiser: 2, Role: access.Caseworker, Scopes: office})
	return w
}

// key makes a key by the main user of its side.
func (w *world) key(k access.Key) string {
	w.T.Helper()
	by := access.Actor{Account: 1, Name: "Pääkäyttäjä", Role: access.MainUser, Organiser: k.Organiser}
	if k.Provider != 0 {
		by.Role, by.Provider = access.ProviderMainUser, k.Provider
	}
	k.Name, k.Valid = "Ohjelma", calendar.Period{From: vouchertest.Today, To: vouchertest.Today.AddMonths(12)}
	var secret string
	err := w.DB.National(w.T.Context(), func(tx *postgres.Tx) (err error) {
		_, secret, err = access.MakeKey(w.T.Context(), tx, by, k)
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return secret
}

// answer is what came back.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// ask sends one request; headers are name, value, name, value.
func (w *world) ask(key, method, path string, body any, headers ...string) answer {
	w.T.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			w.T.Fatal(err)
		}
		r = bytes.NewReader(raw)
	}
	req := httptest.NewRequest(method, api.Prefix+path, r)
	req.Header.Set("Accept-Language", "en")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.api.Handler().ServeHTTP(rec, req)
	return answer{rec.Code, rec.Header(), rec.Body.String()}
}

// read decodes an answer of the wanted status.
func read[T any](t testing.TB, a answer, status int) (out T) {
	t.Helper()
	if a.Status != status {
		t.Fatalf("status %d, wanted %d: %s", a.Status, status, a.Body)
	}
	if err := json.Unmarshal([]byte(a.Body), &out); err != nil {
		t.Fatalf("%v: %s", err, a.Body)
	}
	return out
}

// problem decodes a refusal and checks its code.
func problem(t testing.TB, a answer, status int, code string) api.Problem {
	t.Helper()
	p := read[api.Problem](t, a, status)
	if p.Code != code || p.Status != status || p.Detail == "" || p.Title == "" || p.Remedy == "" || a.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("wanted %s, got %s %s", code, a.Header.Get("Content-Type"), a.Body)
	}
	if strings.ContainsAny(p.Detail+p.Remedy+p.Title, "{}[]") {
		t.Errorf("text with a hole: %s", a.Body)
	}
	return p
}

// visit is one hour of home care.
func visit(number string, day calendar.Date, reference string) api.LineBody {
	q := money.Units(1)
	return api.LineBody{ClientReference: reference, Voucher: number, Content: "kotihoito-0", Date: day, Quantity: &q}
}

func batch(lines ...api.LineBody) api.RecordBody { return api.RecordBody{Lines: lines} }

// count runs a counting statement as the owner.
func (w *world) events() int { return w.Count(`select count(*) from event`) }

func (w *world) number() string {
	v, _ := w.Open(20)
	return v.Number.String()
}

var langs = []i18n.Lang{i18n.FI, i18n.SV, i18n.EN}

func ref(prefix string, n int) string { return fmt.Sprintf("%s-%d", prefix, n) }

// educates publishes the rules of early education, so that programs may bring placements.
func (w *world) educates(change ...func(*profile.Profile)) {
	w.T.Helper()
	p, err := profile.Load("oulu")
	if err != nil {
		w.T.Fatal(err)
	}
	for _, c := range change {
		c(&p)
	}
	by := access.Actor{Account: 21, Name: "Päivi Pihlajavuo", Role: access.MainUser, Organiser: vouchertest.Organiser}
	second := access.Actor{Account: 22, Name: "Matti Metsola", Role: access.MainUser, Organiser: vouchertest.Organiser}
	var r store.Rules
	w.Do(by, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(w.T.Context(), tx, by, store.RulesInput{Organiser: vouchertest.Organiser, Service: vouchertest.Service, Content: vouchertest.Hours, ValidFrom: vouchertest.Today - 300, Profile: p})
		return err
	})
	w.Do(second, func(tx *postgres.Tx) error {
		_, err := store.PublishRules(w.T.Context(), tx, second, vouchertest.Organiser, r.ID, r.RowVersion)
		return err
	})
}

// guides takes the provider's unit among those in which the organiser places children.
func (w *world) guides() {
	w.T.Helper()
	w.Do(w.Staff, func(tx *postgres.Tx) error {
		u := guidance.Unit{ID: vouchertest.Unit, Way: guidance.ByVoucher, Kind: "DAYCARE", Listed: true}
		return guidance.SaveUnit(w.T.Context(), tx, w.Staff, guidance.UnitInput{Organiser: vouchertest.Organiser, Unit: u})
	})
}

// decides sends the value decisions that the brought placements lead to.
func (w *world) decides() (made []store.Decision) {
	w.T.Helper()
	by := w.Staff
	w.Do(by, func(tx *postgres.Tx) error {
		return store.TellPrice(w.T.Context(), tx, by, vouchertest.Organiser, store.Price{Unit: vouchertest.Unit, Option: "full_time", From: vouchertest.Today - 300, Over: 110000, Under: 180000})
	})
	if told, err := store.Sweep(w.T.Context(), w.DB, vouchertest.Organiser, func(int, int) {}); err != nil || told.Created == 0 {
		w.T.Fatal(told, err)
	}
	w.Do(by, func(tx *postgres.Tx) error {
		drafts, err := store.ListDrafts(w.T.Context(), tx, by, store.DraftFilter{Organiser: vouchertest.Organiser, Most: 100})
		if err != nil {
			return err
		}
		for _, d := range drafts {
			sent, err := store.Send(w.T.Context(), tx, by, w.Means.Texts, store.SendInput{Organiser: vouchertest.Organiser, Child: d.Child, Drafts: []int64{d.ID}, Office: "palveluohjaaja"})
			if err != nil {
				return err
			}
			made = append(made, sent...)
		}
		return nil
	})
	return made
}

// closes closes months of early education, one after the other.
func (w *world) closes(months ...calendar.Month) {
	w.T.Helper()
	by := access.Actor{Account: 23, Name: "Vilma Valmistelija", Role: access.SettlementPreparer, Organiser: vouchertest.Organiser}
	for _, m := range months {
		w.Do(by, func(tx *postgres.Tx) error {
			_, err := store.Close(w.T.Context(), tx, by, vouchertest.Organiser, m)
			return err
		})
	}
}
