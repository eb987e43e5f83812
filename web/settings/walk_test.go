package settings_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"seteli/domain/organiser"
	"seteli/domain/rulebook/method"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/web/settings"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

// house is an organiser with two main users, each with a server of their own session.
type house struct {
	t             testing.TB
	db            *postgres.DB
	pirkko, matti *httptest.Server
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newHouse(t testing.TB) *house {
	h := &house{t: t, db: postgrestest.New(t)}
	var org int32
	must(t, h.db.National(t.Context(), func(tx *postgres.Tx) error {
		by := access.Actor{Account: 1, Name: "Olli Operaattori", Role: access.Operator}
		o, err := organiser.Found(t.Context(), tx, by, organiser.FoundInput{Prefix: "MTK", Kind: "county", BusinessID: "1234567-1", Settings: organiser.Settings{
			Names: i18n.Names{Fi: "Mallilan hyvinvointialue"}, Email: "a@b.example", Phone: "1", AddressLine: "Tie 1", Postcode: "99999", City: "Mallila",
			RegistryEmail: "k@b.example", RectificationBody: i18n.Names{Fi: "Lautakunta"}, Rhythm: "monthly", SettlementDay: 5, PaymentTermDays: 30,
			PayerName: "Mallila", PayerIBAN: "FI2112345600000785"}})
		org = o.ID
		return err
	}))
	h.pirkko, h.matti = h.mainUser(org, "Pirkko Pää", "pirkko@b.example"), h.mainUser(org, "Matti Main", "matti@b.example")
	return h
}

func (h *house) mainUser(org int32, name, email string) *httptest.Server {
	h.t.Helper()
	ctx, by := context.Background(), access.System("test", org)
	var a access.Account
	must(h.t, h.db.National(ctx, func(tx *postgres.Tx) (err error) {
		a, err = access.SignIn(ctx, tx, access.Account{Issuer: "https://id.example", Subject: email, Name: name, Email: email})
		return err
	}))
	must(h.t, h.db.Tenant(ctx, by, func(tx *postgres.Tx) error {
		_, err := organiser.AddStaff(ctx, tx, by, organiser.StaffInput{Organiser: org, Account: a.ID, Role: access.MainUser})
		return err
	}))
	words, err := i18n.Load()
	must(h.t, err)
	p := &settings.Pages{DB: h.db, Models: method.All(), Words: words}
	who := ui.Session{SignedIn: true, Tenant: ui.Tenant{Organiser: org, Name: "Mallilan hyvinvointialue"},
		Actor: access.Actor{Account: a.ID, Name: name, Role: access.MainUser, Organiser: org}}
	p.Site = uitest.New(h.t, who, p.Audience())
	return uitest.Serve(h.t, p.Site)
}

// ask gives status and body; a redirect is not followed, its place stands for the body.
func ask(t testing.TB, r *http.Request) (int, string) {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	must(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(t, err)
	if place := answer.Header.Get("Location"); place != "" {
		return answer.StatusCode, place
	}
	return answer.StatusCode, string(body)
}

func get(t testing.TB, s *httptest.Server, path string) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, s.URL+"/fi"+path, nil)
	must(t, err)
	code, body := ask(t, r)
	if code != http.StatusOK {
		t.Fatalf("GET %s: %d\n%s", path, code, body)
	}
	return body
}

func post(t testing.TB, s *httptest.Server, path string, form url.Values) (int, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.URL+"/fi"+path, strings.NewReader(form.Encode()))
	must(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return ask(t, r)
}

// saved posts a form and expects the redirect after a write; it gives the place.
func saved(t testing.TB, s *httptest.Server, path string, form url.Values) string {
	t.Helper()
	code, place := post(t, s, path, form)
	if code != http.StatusSeeOther {
		t.Fatalf("POST %s: %d\n%s", path, code, refusals(place))
	}
	return strings.TrimPrefix(place, "/fi")
}

var summary = regexp.MustCompile(`(?s)govuk-error-(?:summary|message).*?</`)

func refusals(body string) string { return strings.Join(summary.FindAllString(body, -1), "\n") }

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

var input = regexp.MustCompile(`<(?:input|textarea)[^>]* name="([^"]+)"[^>]*?(?: value="([^"]*)")?[^>]*>`)

// typed reads the fields of a page as a browser would send them back: texts, hidden fields and what is ticked.
func typed(body string) url.Values {
	v := url.Values{}
	_, form, _ := strings.Cut(body, "<main")
	for _, m := range input.FindAllStringSubmatch(form, -1) {
		if (strings.Contains(m[0], `type="checkbox"`) || strings.Contains(m[0], `type="radio"`)) && !strings.Contains(m[0], " checked") {
			continue
		}
		if value := regexp.MustCompile(` value="([^"]*)"`).FindStringSubmatch(m[0]); value != nil {
			v.Add(m[1], value[1])
		}
	}
	for _, m := range regexp.MustCompile(`(?s)<select[^>]* name="([^"]+)".*?</select>`).FindAllStringSubmatch(form, -1) {
		chosen := regexp.MustCompile(`<option value="([^"]*)" selected`).FindStringSubmatch(m[0])
		if chosen == nil {
			chosen = regexp.MustCompile(`<option value="([^"]*)"`).FindStringSubmatch(m[0])
		}
		v.Set(m[1], chosen[1])
	}
	for _, m := range regexp.MustCompile(`(?s)<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>`).FindAllStringSubmatch(form, -1) {
		v.Set(m[1], strings.TrimSpace(m[2]))
	}
	return v
}

// service makes a class, an area and a service through the pages and gives the service's address.
func (h *house) service() string {
	h.t.Helper()
	saved(h.t, h.pirkko, "/settings/hierarchy", values("level", "class", "name_fi", "Hoito- ja hoivapalvelut"))
	page := get(h.t, h.pirkko, "/settings/hierarchy")
	class := regexp.MustCompile(`<option value="(\d+)"`).FindStringSubmatch(page)[1]
	saved(h.t, h.pirkko, "/settings/hierarchy", values("level", "area", "class", class, "name_fi", "Kotiin annettavat palvelut"))
	form := typed(get(h.t, h.pirkko, "/settings/services/new"))
	for name, value := range map[string]string{"code": "kotihoito", "name_fi": "Kotihoito", "legal_act": "569/2009", "contents.0.code": "hoito",
		"contents.0.unit": "hour", "contents.0.name_fi": "Kotihoidon tunti", "contents.0.price_cap": "55", "step": "publish"} {
		form.Set(name, value)
	}
	return saved(h.t, h.pirkko, "/settings/services/new", form)
}

func TestServiceIsMadeChangedAndSeenInItsHistory(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service := h.service()
	form := typed(get(t, h.pirkko, service+"/edit"))
	form.Set("name_fi", "Kotihoito ja tuki")
	form.Set("contents.0.price_cap", "58,50")
	form.Set("valid_from", "1.12.2026")
	form.Set("step", "preview")
	code, preview := post(t, h.pirkko, service+"/edit", form)
	if code != http.StatusOK || !strings.Contains(preview, "58,50\u00a0€") || !strings.Contains(preview, `value="publish"`) {
		t.Fatalf("preview %d: %s", code, refusals(preview))
	}
	if page := get(t, h.pirkko, service); strings.Contains(page, "58,50") {
		t.Fatal("the preview changed the service")
	}
	form.Set("step", "publish")
	saved(t, h.pirkko, service+"/edit", form)
	if page := get(t, h.pirkko, service); !strings.Contains(page, "Versio 2, voimassa 1.12.2026 alkaen") || strings.Contains(page, "Kotihoito ja tuki</h1>") {
		t.Errorf("the history does not tell of the coming version")
	}
}

func TestTypedStaysAndFaultsStandAtTheirRows(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service := h.service()
	form := typed(get(t, h.pirkko, service+"/edit"))
	form.Set("contents.2.code", "toinen koodi") // the row between stays empty
	form.Set("contents.2.name_fi", "Toinen sisältö")
	form.Set("step", "publish")
	code, page := post(t, h.pirkko, service+"/edit", form)
	if code != http.StatusUnprocessableEntity || !strings.Contains(page, `href="#f-contents.2.code"`) || !strings.Contains(page, `value="Toinen sisältö"`) {
		t.Errorf("%d %s", code, refusals(page))
	}
	if !strings.Contains(page, "<title>Virhe:") {
		t.Error("the title does not begin with the word for error")
	}
}

func TestTwoMainUsersAtOncePublishOneVersion(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service := h.service()
	form := typed(get(t, h.pirkko, service+"/edit")) // both read the same page
	codes := make([]int, 2)
	var wg sync.WaitGroup
	for i, s := range []*httptest.Server{h.pirkko, h.matti} {
		mine := url.Values{}
		for k, v := range form {
			mine[k] = v
		}
		mine.Set("name_fi", []string{"Pirkon nimi", "Matin nimi"}[i])
		mine.Set("step", "publish")
		wg.Go(func() { codes[i], _ = post(t, s, service+"/edit", mine) })
	}
	wg.Wait()
	if codes[0]+codes[1] != http.StatusSeeOther+http.StatusUnprocessableEntity {
		t.Errorf("answers %v, want one redirect and one form again", codes)
	}
}

func (h *house) draft(service string) {
	h.t.Helper()
	form := typed(get(h.t, h.pirkko, service+"/rulebook"))
	for name := range form {
		if strings.HasPrefix(name, "value.") {
			form.Set(name, "33")
		}
	}
	form.Set("text_fi", "Yleinen osa.\n\nPalvelukohtainen osa.")
	form.Set("tolerance_percent", "10")
	form.Set("prompt_days", "14")
	saved(h.t, h.pirkko, service+"/rulebook", form)
}

func TestRulebookIsPublishedByTheOtherMainUser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service := h.service()
	h.draft(service)
	own := get(t, h.pirkko, service+"/rulebook/publish")
	if !strings.Contains(own, "Valmistelit tämän luonnoksen itse") || strings.Contains(own, `name="draft"`) {
		t.Error("the preparer is offered to publish")
	}
	if !strings.Contains(own, "Myöhässä kirjaamisen raja") || !strings.Contains(own, "14 päivää") {
		t.Error("the limit for late recording is not shown to whoever publishes")
	}
	form := typed(get(t, h.matti, service+"/rulebook/publish"))
	if code, _ := post(t, h.pirkko, service+"/rulebook/publish", form); code != http.StatusForbidden {
		t.Errorf("the preparer published: %d", code)
	}
	saved(t, h.matti, service+"/rulebook/publish", form)
	if page := get(t, h.matti, service+"/rulebook"); !strings.Contains(page, "Versio 1") || !strings.Contains(page, "33,00") {
		t.Error("the published version is not shown")
	}
	if code, _ := post(t, h.matti, service+"/rulebook/publish", form); code != http.StatusNotFound {
		t.Errorf("published twice: %d", code)
	}
}

func TestTeamsStaffAndOrganiser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service := h.service()
	saved(t, h.pirkko, "/settings/teams/new", values("name", "Kotihoito"))
	staff := get(t, h.pirkko, "/settings/staff")
	team := regexp.MustCompile(`/settings/teams/(\d+)`).FindStringSubmatch(staff)[1]
	saved(t, h.pirkko, service+"/teams", values("teams", team))
	if !strings.Contains(get(t, h.pirkko, service), "Kotihoito") {
		t.Error("the service does not name its team")
	}
	code, page := post(t, h.pirkko, "/settings/staff/new", values("name", "Olga Ohjaaja", "email", "olga@b.example", "role", "caseworker", "teams", team))
	if code != http.StatusUnprocessableEntity || !strings.Contains(page, "Pyydä häntä kirjautumaan kerran") {
		t.Errorf("unknown person: %d %s", code, refusals(page))
	}
	saved(t, h.pirkko, "/settings/staff/new", values("name", "Matti Main", "email", "matti@b.example", "role", "caseworker", "teams", team))
	mandates := regexp.MustCompile(`/settings/staff/(\d+)/end`).FindAllStringSubmatch(get(t, h.pirkko, "/settings/staff"), -1)
	if len(mandates) != 3 {
		t.Fatalf("%d roles can be ended, want 3", len(mandates))
	}
	get(t, h.pirkko, "/settings/staff/"+mandates[0][1]+"/end")
	saved(t, h.pirkko, "/settings/staff/"+mandates[0][1]+"/end", nil)

	form := typed(get(t, h.pirkko, "/settings/organiser"))
	form.Set("settlement_day", "7")
	saved(t, h.pirkko, "/settings/organiser", form)
	form.Set("settlement_day", "9")
	code, page = post(t, h.matti, "/settings/organiser", form) // read before Pirkko saved
	again := typed(page)
	if code != http.StatusUnprocessableEntity || again.Get("settlement_day") != "9" || again.Get("row_version") == form.Get("row_version") {
		t.Errorf("a stale page: %d, day %s, version %s", code, again.Get("settlement_day"), again.Get("row_version"))
	}
	saved(t, h.matti, "/settings/organiser", again) // knowingly
	form = typed(get(t, h.pirkko, "/settings/organiser"))
	form.Set("payer_iban", "FI2112345600000786")
	form.Set("email", "x")
	code, page = post(t, h.pirkko, "/settings/organiser", form)
	if code != http.StatusUnprocessableEntity || !strings.Contains(page, "#f-payer_iban") || !strings.Contains(page, "#f-email") || !strings.Contains(page, "FI2112345600000786") {
		t.Errorf("%d %s", code, refusals(page))
	}
}

func TestAttachmentSlotIsAddedAndTakenOutOfUse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	path := h.service() + "/attachments"
	saved(t, h.pirkko, path, values("level", "company", "name_fi", "Vakuutustodistus", "required", "yes", "expires", "yes"))
	page := get(t, h.pirkko, path)
	slot := regexp.MustCompile(`name="slot" value="(\d+)"`).FindStringSubmatch(page)[1]
	saved(t, h.pirkko, path, values("slot", slot, "row_version", "1"))
	if !strings.Contains(get(t, h.pirkko, path), "Ota käyttöön") {
		t.Error("the slot is still in use")
	}
	if code, _ := post(t, h.matti, path, values("slot", slot, "row_version", "1")); code != http.StatusUnprocessableEntity {
		t.Errorf("a stale button worked: %d", code)
	}
}

func (h *house) upload(content string) (int, string) {
	h.t.Helper()
	return h.file("/settings/budgets/file", "budjetti.csv", content)
}

// file hands a file in on a page.
func (h *house) file(path, name, content string) (int, string) {
	h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", name)
	must(h.t, err)
	_, err = io.WriteString(part, content)
	must(h.t, err)
	must(h.t, w.Close())
	r, err := http.NewRequest(http.MethodPost, h.pirkko.URL+"/fi"+path, &body)
	must(h.t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return ask(h.t, r)
}

func TestBudgetsByPageAndByFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.service()
	form := typed(get(t, h.pirkko, "/settings/budgets?year=2027"))
	for name := range form {
		if strings.HasPrefix(name, "amount.") {
			form.Set(name, "1 000 000,00")
		}
	}
	saved(t, h.pirkko, "/settings/budgets", form)
	if code, _ := post(t, h.matti, "/settings/budgets", form); code != http.StatusSeeOther { // the same sum: nothing to change
		t.Errorf("the same budget again: %d", code)
	}
	code, page := h.upload("palvelu;vuosi;budjetti\nkotihoito;2027;1200000,50\ntuntematon;x;-5\n")
	if code != http.StatusUnprocessableEntity || !strings.Contains(page, "tuntematon") || !strings.Contains(page, "ORG-014") {
		t.Errorf("bad file: %d %s", code, refusals(page))
	}
	code, page = h.upload("Palvelu;Vuosi;Budjetti\nkotihoito;2027;1200000,50\nYhteensä;;1200000,50\n")
	if code != http.StatusOK || !strings.Contains(page, "1\u00a0200\u00a0000,50\u00a0€") || !strings.Contains(page, "Summarivi") {
		t.Fatalf("preview: %d %s", code, refusals(page))
	}
	if strings.Contains(get(t, h.pirkko, "/settings/budgets?year=2027"), "1200000,50") {
		t.Fatal("the preview wrote the budget")
	}
	saved(t, h.pirkko, "/settings/budgets/file", typed(page))
	if !strings.Contains(get(t, h.pirkko, "/settings/budgets?year=2027"), "1200000,50") {
		t.Error("the confirmed budget is not shown")
	}
}

func TestKeyIsShownOnceRotatedAndRevoked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	code, page := post(t, h.pirkko, "/settings/keys/new", values("name", "Asiakastietojärjestelmä", "last_day", "20.11.2027"))
	if code != http.StatusUnprocessableEntity || !strings.Contains(page, "#f-scopes") {
		t.Errorf("without rights: %d %s", code, refusals(page))
	}
	code, page = post(t, h.pirkko, "/settings/keys/new", values("name", "Asiakastietojärjestelmä", "last_day", "20.11.2027", "scopes", "client.import"))
	secret := regexp.MustCompile(`seteli_[a-z0-9]+_[A-Z0-9]+`).FindString(page)
	if code != http.StatusOK || secret == "" {
		t.Fatalf("%d %s", code, refusals(page))
	}
	list := get(t, h.pirkko, "/settings/keys")
	if strings.Contains(list, secret) {
		t.Error("the list shows the secret")
	}
	key := regexp.MustCompile(`/settings/keys/(\d+)/rotate`).FindStringSubmatch(list)[1]
	get(t, h.pirkko, "/settings/keys/"+key+"/rotate")
	code, page = post(t, h.pirkko, "/settings/keys/"+key+"/rotate", nil)
	if next := regexp.MustCompile(`seteli_[a-z0-9]+_[A-Z0-9]+`).FindString(page); code != http.StatusOK || next == "" || next == secret {
		t.Fatalf("rotated: %d %q", code, next)
	}
	works := func(key string) bool {
		return h.db.National(t.Context(), func(tx *postgres.Tx) error {
			_, err := access.ActorOfKey(t.Context(), tx, key)
			return err
		}) == nil
	}
	if !works(secret) {
		t.Error("the old key does not work within the overlap")
	}
	saved(t, h.pirkko, "/settings/keys/"+key+"/revoke", nil)
	if works(secret) {
		t.Error("a revoked key still works")
	}
}

func TestEveryPageIsThereInThreeLanguages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service := h.service()
	h.draft(service)
	for _, path := range []string{"/settings/services", "/settings/hierarchy", "/settings/services/new", service, service + "/edit", service + "/teams",
		service + "/attachments", service + "/rulebook", service + "/rulebook/publish", service + "/rulebook/compare", service + "/rulebook/criteria", "/settings/organiser", "/settings/staff", "/settings/staff/new",
		"/settings/teams/new", "/settings/budgets", "/settings/budgets/file", "/settings/keys", "/settings/keys/new"} {
		for _, lang := range []string{"fi", "sv", "en"} {
			r, err := http.NewRequest(http.MethodGet, h.pirkko.URL+"/"+lang+path, nil)
			must(t, err)
			code, body := ask(t, r)
			if code != http.StatusOK || strings.Contains(body, "[settings.") || strings.Contains(body, "[unit.") || strings.Contains(body, "[common.") {
				t.Errorf("%s %s: %d %v", lang, path, code, regexp.MustCompile(`\[[a-z]+\.[a-z_.]+\]`).FindAllString(body, 5))
			}
		}
	}
}

func TestAnotherOrganisersServiceDoesNotExist(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.service()
	for _, path := range []string{"/settings/services/999999", "/settings/services/abc/edit", "/settings/teams/999", "/settings/keys/5/rotate", "/settings/staff/77/end"} {
		r, err := http.NewRequest(http.MethodGet, h.pirkko.URL+"/fi"+path, nil)
		must(t, err)
		if code, _ := ask(t, r); code != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, code)
		}
	}
}
