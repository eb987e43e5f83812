package daycare_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/client/household"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/web/daycare"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

var always = calendar.Period{From: calendar.Day(2026, 1, 1), To: calendar.Forever}

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&daycare.Pages{}).Audience())
}

// office is a municipality on the Oulu profile on 2026-06-29, with a browser of its caseworker.
type office struct {
	*w.World
	t    *testing.T
	http *http.Client
	base string
}

func open(t *testing.T) *office {
	t.Helper()
	o := bare(t)
	main := access.Actor{Account: 21, Name: "Päivi Pihlajavuo", Role: access.MainUser, Organiser: w.Organiser}
	second := access.Actor{Account: 22, Name: "Matti Metsola", Role: access.MainUser, Organiser: w.Organiser}
	p, err := profile.Load("oulu")
	if err != nil {
		t.Fatal(err)
	}
	var r store.Rules
	o.Do(main, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(t.Context(), tx, main, store.RulesInput{Organiser: w.Organiser, Service: w.Service, Content: w.Hours, ValidFrom: always.From, Profile: p})
		return err
	})
	o.Do(second, func(tx *postgres.Tx) error {
		_, err := store.PublishRules(t.Context(), tx, second, w.Organiser, r.ID, r.RowVersion)
		return err
	})
	for _, unit := range []int64{w.Unit, w.OtherUnit} {
		o.Do(o.Staff, func(tx *postgres.Tx) error {
			return store.TellPrice(t.Context(), tx, o.Staff, w.Organiser, store.Price{Unit: unit, Option: "full_time", From: always.From, Over: 110000, Under: 180000})
		})
	}
	return o
}

func bare(t *testing.T) *office {
	t.Helper()
	world := w.New(t, postgrestest.Clock(calendar.Noon(calendar.Day(2026, 6, 29))))
	pages := &daycare.Pages{DB: world.DB, Keys: world.Keys, Texts: world.Means.Texts}
	site := uitest.New(t, ui.Session{Actor: world.Staff, SignedIn: true, Tenant: ui.Tenant{Organiser: w.Organiser, Name: "Mallila"}}, pages.Audience())
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &office{world, t, &http.Client{Jar: jar}, uitest.Serve(t, site).URL}
}

func (o *office) get(path string) (string, *http.Response) {
	o.t.Helper()
	return o.read(o.http.Get(o.base + path))
}

func (o *office) post(path string, pairs ...string) (string, *http.Response) {
	o.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(o.t.Context(), http.MethodPost, o.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		o.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return o.read(o.http.Do(req))
}

func (o *office) read(res *http.Response, err error) (string, *http.Response) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	if dir := os.Getenv("SETELI_PAGES"); dir != "" {
		if err := os.WriteFile(dir+"/"+strings.ReplaceAll(res.Request.URL.Path, "/", "_")+".html", body, 0o644); err != nil {
			o.t.Fatal(err)
		}
	}
	for _, area := range []string{"[daycarework.", "[daycare.", "[common."} {
		if i := strings.Index(string(body), area); i >= 0 {
			o.t.Errorf("%s shows a missing text: %.80s", res.Request.URL.Path, string(body)[i:])
		}
	}
	return string(body), res
}

func (o *office) has(path string, wanted ...string) string {
	o.t.Helper()
	body, res := o.get(path)
	if res.StatusCode != http.StatusOK {
		o.t.Fatalf("%s: %d", path, res.StatusCode)
	}
	plain := strings.NewReplacer("\u00a0", " ", "&#39;", "'").Replace(body)
	for _, s := range wanted {
		if !strings.Contains(plain, s) {
			o.t.Errorf("%s does not show %q", path, s)
		}
	}
	return plain
}

// person adds a client with an invented identity code of the day.
func (o *office) person(code string) client.Client { return o.Client(code) }

func (o *office) income(head client.Client, cents money.Cents) {
	o.t.Helper()
	o.Do(o.Staff, func(tx *postgres.Tx) error {
		_, err := household.SaveItem(o.t.Context(), tx, o.Staff, household.ItemInput{Organiser: w.Organiser, Client: head.ID, Item: household.Item{Kind: "earned", Per: "month", Cents: cents,
			Source: household.FromClient, Period: always, Payer: "Työ"}})
		return err
	})
}

// work does what the program's jobs do.
func (o *office) work() {
	o.t.Helper()
	handlers := job.Join(store.Handlers(o.DB), store.HouseholdHandlers(o.DB), store.SendingHandlers(o.DB, o.Means.Texts))
	if _, err := job.DeliverOutbox(o.t.Context(), o.DB, []int32{w.Organiser}, handlers); err != nil {
		o.t.Fatal(err)
	}
	if _, err := store.Sweep(o.t.Context(), o.DB, w.Organiser, func(int, int) {}); err != nil {
		o.t.Fatal(err)
	}
}

// code makes an invented identity code.
func code(birth calendar.Date, n int) string {
	year, month, day := birth.Civil()
	digits := ((day*100+int(month))*100+year%100)*1000 + 900 + n
	sign := "-"
	if year >= 2000 {
		sign = "A"
	}
	text := "000000000" + ui.Digits(digits)
	text = text[len(text)-9:]
	c := text[:6] + sign + text[6:] + string("0123456789ABCDEFHJKLMNPRSTUVWXY"[digits%31])
	if _, err := ident.ParseHetu(c); err != nil {
		panic(err)
	}
	return c
}

// From an added child to a sent decision, and what waits on the way.
func TestFromAChildToASentDecision(t *testing.T) {
	t.Parallel()
	o := open(t)
	parent, child := code(calendar.Day(1990, 5, 5), 1), code(calendar.Day(2022, 3, 3), 2)
	head := o.person(parent)
	kid := o.person(child)
	o.has("/fi/daycare", "Lähetettävissä olevat luonnokset")
	body, res := o.post("/fi/daycare/children/new", "identity", code(calendar.Day(2021, 1, 1), 3), "head", parent, "from", "1.1.2026")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "f-identity-error") || !strings.Contains(body, parent) {
		t.Fatalf("an unknown child: %d", res.StatusCode)
	}
	body, res = o.post("/fi/daycare/children/new", "identity", child, "head", parent, "from", "1.1.2026")
	page := "/fi/daycare/children/" + ui.Digits(kid.ID)
	if res.Request.URL.Path != page {
		t.Fatalf("adding a child: %d %s\n%s", res.StatusCode, res.Request.URL.Path, body)
	}
	place := []string{"unit", ui.Digits(int64(w.Unit)), "kind", "DAYCARE", "paid", "voucher", "from", "1.1.2026"}
	body, res = o.post(page+"/placements/new", append(place, "to", "31.12.2025")...)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "f-to-error") || !strings.Contains(body, "31.12.2025") {
		t.Fatalf("a place that ends before it begins: %d", res.StatusCode)
	}
	if body, res = o.post(page+"/placements/new", place...); res.Request.URL.Path != page || !strings.Contains(body, "puuttuu tilinumero") {
		t.Fatalf("placing: %d, and nobody is told that the provider has no account", res.StatusCode)
	}
	// A place without an income is decided at the highest fee, and is a task that leads to the household.
	o.has(page, "tuloja ei ole kirjattu", "/fi/clients/"+ui.Digits(head.ID)+"/household", "Ensimmäinen päätös")
	o.has("/fi/daycare/tasks", "tuloja ei ole kirjattu", "Kirjaa tulot tai suostumus", "Maksuperusteet puuttuvat")
	o.has("/fi/daycare/children?only=income", page)
	o.has("/fi/daycare/children?only=need", page, "Ei kirjattu")
	if body, res = o.post(page+"/placements/new", "unit", ui.Digits(int64(w.OtherUnit)), "kind", "DAYCARE", "paid", "voucher", "from", "1.3.2026"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "jo toinen sijoitus samoina päivinä") {
		t.Errorf("a second place on the same days: %d", res.StatusCode)
	}
	if _, res = o.post(page+"/needs/new", "option", "full_time", "from", "1.1.2026"); res.Request.URL.Path != page {
		t.Errorf("a need: %d", res.StatusCode)
	}
	if body = o.has("/fi/daycare/children?only=need"); strings.Contains(body, page) {
		t.Error("a child with a need is listed as without one")
	}
	o.income(head, 450000)
	o.work()
	if body = o.has("/fi/daycare/tasks"); strings.Contains(body, "tuloja ei ole kirjattu") {
		t.Error("the income is recorded and still a task")
	}
	body = o.has("/fi/daycare/drafts", "965,00", "Takautuva", "Hoiva Keskusta", "Lähetä kaikki rajatut")
	draft := body[strings.Index(body, "/fi/daycare/drafts/"):]
	draft = draft[:strings.IndexByte(draft, '"')]
	o.has(draft, "Miksi juuri tämä summa?", "965,00", "4 500,00")
	if body, res = o.post(draft + "/ignore"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "f-reason-error") {
		t.Errorf("setting aside without a reason: %d", res.StatusCode)
	}
	o.post(draft+"/ignore", "reason", "Odotetaan tulotietoja.")
	o.has("/fi/daycare/drafts?aside=yes", "Odotetaan tulotietoja.", "Ohitettu")
	o.post(draft + "/restore")
	o.has("/fi/daycare/drafts?difference=FIRST&time=retroactive", draft)
	if body = o.has("/fi/daycare/drafts?difference=INCOME"); strings.Contains(body, draft) {
		t.Error("the first decision differs in the income")
	}
	if body, res = o.post("/fi/daycare/sendings/new"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "vähintään yksi luonnos") {
		t.Errorf("nothing chosen: %d", res.StatusCode)
	}
	id := draft[strings.LastIndexByte(draft, '/')+1:]
	if body, res = o.post("/fi/daycare/sendings/new", "draft", id, "act", "send"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "f-office-error") || !strings.Contains(body, `value="`+id+`"`) {
		t.Errorf("without an office: %d", res.StatusCode)
	}
	if body, res = o.post("/fi/daycare/sendings/new", "draft", id, "office", "palveluohjaaja", "act", "send"); !strings.HasPrefix(res.Request.URL.Path, "/fi/daycare/sendings/") || !strings.Contains(body, "Jonossa") {
		t.Fatalf("ordering: %d %s\n%s", res.StatusCode, res.Request.URL.Path, body)
	}
	sending := res.Request.URL.Path
	o.has("/fi/daycare/drafts", "Lähetysjonossa")
	o.work()
	o.has(sending, "Lähetetty 1/1", "100 %")
	decision := "/fi/daycare/decisions/" + id
	o.has(page, decision, "Sijoitus kirjattu")
	o.has(decision, "Miksi juuri tämä summa?", "Avaa päätöskirje", "965,00")
	// The place ends: the decision is to be ended, and the form proposes the day.
	o.post(page+"/placements/1", "version", "1", "unit", ui.Digits(int64(w.Unit)), "kind", "DAYCARE", "paid", "voucher", "from", "1.1.2026", "to", "31.5.2026")
	o.has("/fi/daycare/endings", "31.5.2026", decision+"/end")
	o.has(decision+"/end", `value="31.5.2026"`, "Paikka päättyi.")
	if body, res = o.post(decision+"/end", "last", "31.12.2027", "reason", "x"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "f-last-error") {
		t.Errorf("lengthening: %d", res.StatusCode)
	}
	if _, res = o.post(decision+"/end", "last", "31.5.2026", "reason", "Paikka päättyi."); res.Request.URL.Path != page {
		t.Errorf("ending: %d", res.StatusCode)
	}
	if body = o.has("/fi/daycare/endings"); strings.Contains(body, decision) {
		t.Error("ended and still to be ended")
	}
	if _, res = o.post(page+"/placements/1", "version", "1", "unit", ui.Digits(int64(w.Unit)), "kind", "DAYCARE", "paid", "voucher", "from", "1.1.2026"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an old form: %d", res.StatusCode)
	}
	for _, lang := range []string{"sv", "en"} {
		for _, p := range []string{"", "/children", "/children/new", "/drafts", "/sendings", "/tasks", "/endings", "/decisions/" + id, "/children/" + ui.Digits(kid.ID), "/children/" + ui.Digits(kid.ID) + "/placements/1",
			"/children/" + ui.Digits(kid.ID) + "/alterations/new", "/children/" + ui.Digits(kid.ID) + "/supports/new", "/children/" + ui.Digits(kid.ID) + "/heads/1", "/children/" + ui.Digits(kid.ID) + "/needs/new"} {
			o.has("/" + lang + "/daycare" + p)
		}
	}
}
