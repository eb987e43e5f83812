package admission_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"seteli/core/ident"
	"seteli/domain/admission"
	"seteli/domain/admission/admissiontest"
	"seteli/platform/access"
	"seteli/platform/postgres/postgrestest"
	pages "seteli/web/admission"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

// browser is one person's session with the pages.
type browser struct {
	t      *testing.T
	base   string
	client *http.Client
}

func open(t *testing.T, w *admissiontest.World, who access.Actor) *browser {
	t.Helper()
	site := uitest.New(t, ui.Session{Actor: who, SignedIn: true}, pages.Audiences(pages.Deps{DB: w.DB, Texts: w.Texts, Keys: w.Keys, Models: w.Models})...)
	server := uitest.Serve(t, site)
	return &browser{t, server.URL, &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is a page as it came.
type answer struct {
	status   int
	location string
	body     string
	doc      *html.Node
}

func (b *browser) do(req *http.Request, err error) answer {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	doc, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	a := answer{res.StatusCode, res.Header.Get("Location"), string(body), doc}
	for _, n := range cascadia.MustCompile("main button, main a").MatchAll(doc) {
		if n.FirstChild == nil {
			b.t.Errorf("%s has a button or link without text: %s", req.URL.Path, a.text("main"))
		}
	}
	return a
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.do(http.NewRequestWithContext(b.t.Context(), "GET", b.base+path, nil))
}

func (b *browser) post(path string, values url.Values) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), "POST", b.base+path, strings.NewReader(values.Encode()))
	if err == nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return b.do(req, err)
}

func (b *browser) upload(path string, values map[string]string, file []byte) answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, v := range values {
		if err := form.WriteField(name, v); err != nil {
			b.t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "liite.pdf")
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		b.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), "POST", b.base+path, &body)
	if err == nil {
		req.Header.Set("Content-Type", form.FormDataContentType())
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return b.do(req, err)
}

// want fails unless the answer is a redirect after a write, and gives its address.
func (a answer) want(t *testing.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d\n%s", a.status, status, a.text("main"))
	}
	return a
}

// text is what is read under a selector.
func (a answer) text(selector string) string {
	var b strings.Builder
	for _, n := range cascadia.MustCompile(selector).MatchAll(a.doc) {
		for d := range n.Descendants() {
			if d.Type == html.TextNode {
				b.WriteString(d.Data + " ")
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// value of a form field.
func (a answer) value(name string) string {
	n := cascadia.MustCompile("[name='" + name + "']").MatchFirst(a.doc)
	if n == nil {
		return ""
	}
	for _, at := range n.Attr {
		if at.Key == "value" {
			return at.Val
		}
	}
	return ""
}

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, pages.Audiences(pages.Deps{})...)
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

func TestFromApplicationToApprovalInTheBrowser(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	signer, handler, decider := open(t, w, w.Signer), open(t, w, w.Handler), open(t, w, w.Decider)
	org, unit := num(int64(w.Org.ID)), num(w.Units[0].ID)

	signer.post("/fi/applications/new", url.Values{"organiser": {org}}).want(t, 200)
	started := signer.post("/fi/applications/new", url.Values{"organiser": {org}, "service": {num(w.Service.ID)}}).want(t, 303)
	tasks := started.location
	version := func() string { return signer.get(tasks).want(t, 200).value("version") }
	if got := signer.get(tasks).text(".govuk-task-list"); !strings.Contains(got, "Kesken") || !strings.Contains(got, "Sääntökirja") {
		t.Errorf("task list: %s", got)
	}

	signer.post(tasks+"/rulebook", url.Values{"version": {version()}}).want(t, 422)
	signer.post(tasks+"/rulebook", url.Values{"version": {version()}, "accept": {"yes"}}).want(t, 303)
	signer.post(tasks+"/units", url.Values{"version": {version()}, "units": {unit}}).want(t, 303)
	signer.post(tasks+"/billing", url.Values{"version": {version()}, "billing_level": {"company"}}).want(t, 303)
	price := admission.FieldOf(w.Units[0].ID, w.Service.Contents[0].ID)
	dear := signer.post(tasks+"/prices", url.Values{"version": {version()}, price: {"61,00"}, "from": {"21.11.2026"}, "vat": {"exempt"}}).want(t, 422)
	if dear.value(price) != "61,00" || !strings.Contains(dear.text(".govuk-error-summary"), "60,00") {
		t.Errorf("a price above the cap: %q %s", dear.value(price), dear.text(".govuk-error-summary"))
	}
	signer.post(tasks+"/prices", url.Values{"version": {version()}, price: {"42,00"}, "from": {"21.11.2026"}, "vat": {"exempt"}}).want(t, 303)
	plan, police := num(w.Plan.ID), num(w.Police.ID)+"-"+unit
	signer.upload(tasks+"/attachments", map[string]string{"version": version(), "act": "add", "slot": plan}, []byte("MZ program")).want(t, 422)
	signer.upload(tasks+"/attachments", map[string]string{"version": version(), "act": "add", "slot": plan}, admissiontest.PDF).want(t, 303)
	signer.upload(tasks+"/attachments", map[string]string{"version": version(), "act": "add", "slot": police}, admissiontest.PDF).want(t, 422)
	signer.upload(tasks+"/attachments", map[string]string{"version": version(), "act": "add", "slot": police, "expires_on": "31.12.2027"}, admissiontest.PDF).want(t, 303)
	signer.post(tasks, url.Values{"version": {version()}, "act": {"sign"}}).want(t, 422) // the box is not ticked
	signer.post(tasks, url.Values{"version": {version()}, "act": {"sign"}, "sure": {"yes"}}).want(t, 303)

	list := handler.get("/fi/handling").want(t, 200)
	if strings.Contains(list.text("main"), "Varhaiskasvatuksen palveluseteli") || !strings.Contains(decider.get("/fi/handling").want(t, 200).text("main"), "Varhaiskasvatuksen palveluseteli") {
		t.Error("the way to early education is the decision maker's, not the handler's")
	}
	if got := list.text("table"); !strings.Contains(got, "Kotihoiva Aava Oy") || !strings.Contains(got, "21.12.2026") {
		t.Errorf("work list: %s", got)
	}
	id := tasks[strings.LastIndexByte(tasks, '/')+1:]
	dossier := "/fi/handling/applications/" + id
	handler.post(dossier, url.Values{"version": {handler.get(dossier).value("version")}}).want(t, 303)
	handler.get(dossier+"/decision").want(t, 403)
	form := decider.get(dossier+"/decision").want(t, 200)
	fields := url.Values{"version": {form.value("version")}, "outcome": {"approve"}, "office": {"palvelupäällikkö"}, "valid_from": {"21.11.2026"}}
	decider.post(dossier+"/decision", fields).want(t, 422) // no reasons
	fields.Set("reasons", "Ehdot täyttyvät.")
	decider.post(dossier+"/decision", fields).want(t, 303)
	if again := decider.post(dossier+"/decision", fields).want(t, 422); !strings.Contains(again.text("textarea"), "Ehdot täyttyvät.") {
		t.Error("the second decision lost what was written")
	}

	done := signer.get(tasks).want(t, 200)
	if !strings.Contains(done.text("main"), "Hyväksytty") || !strings.Contains(done.text("main"), "Päätös MTK/2026/1") {
		t.Errorf("the applicant sees: %s", done.text("main"))
	}
	letter := cascadia.MustCompile("a[href*='/letters/']").MatchFirst(done.doc)
	if letter == nil {
		t.Fatal("no link to the letter")
	}
	for _, at := range letter.Attr {
		if at.Key == "href" {
			if got := signer.get(at.Val).want(t, 200).text("main"); !strings.Contains(got, "oikaisua") {
				t.Errorf("letter: %s", got)
			}
			if pdf := signer.get(at.Val+"/pdf").want(t, 200); !strings.HasPrefix(pdf.body, "%PDF-") {
				t.Error("no paper")
			}
		}
	}
}

func TestPriceExitAndRevocationInTheBrowser(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	w.Approved()
	office, decider := open(t, w, w.Office), open(t, w, w.Decider)
	a := w.Approvals()[0]
	path := "/fi/prices/" + num(int64(w.Org.ID)) + "/" + num(w.Service.ID) + "/" + num(a.Unit) + "/" + num(w.Service.Contents[0].ID)
	early := office.post(path, url.Values{"price": {"45"}, "from": {"1.12.2026"}, "vat": {"exempt"}}).want(t, 422)
	if got := early.text(".govuk-error-summary"); !strings.Contains(got, "21.12.2026") {
		t.Errorf("the notice is not told: %s", got)
	}
	office.post(path, url.Values{"price": {"45"}, "from": {"1.1.2027"}, "vat": {"exempt"}}).want(t, 303)
	if got := office.get("/fi/prices").want(t, 200).text("main"); !strings.Contains(got, "Odottaa päätöstä") {
		t.Errorf("price list: %s", got)
	}
	proposals := decider.get("/fi/handling/prices").want(t, 200)
	link := cascadia.MustCompile("td a, th a").MatchFirst(proposals.doc)
	if link == nil {
		t.Fatalf("no proposal: %s", proposals.text("main"))
	}
	var href string
	for _, at := range link.Attr {
		if at.Key == "href" {
			href = at.Val
		}
	}
	form := decider.get(href).want(t, 200)
	decider.post(href, url.Values{"version": {form.value("version")}, "act": {"reject"}}).want(t, 422)
	decider.post(href, url.Values{"version": {form.value("version")}, "act": {"approve"}}).want(t, 303)

	approval := "/fi/handling/approvals/" + num(a.ID)
	page := decider.get(approval).want(t, 200)
	v := page.value("version")
	decider.post(approval, url.Values{"version": {v}, "act": {"suspend"}, "day": {"24.11.2026"}, "reason": {"Valvonta kesken."}}).want(t, 303)
	page = decider.get(approval).want(t, 200)
	fields := url.Values{"version": {page.value("version")}, "act": {"revoke"}, "day": {"1.12.2026"}, "reason": {"Ehdot eivät täyty."}, "office": {"palvelupäällikkö"}}
	decider.post(approval, fields).want(t, 422)
	fields.Set("approvals", num(a.ID)+"."+page.value("version"))
	decider.post(approval, fields).want(t, 303)
	if got := decider.get("/fi/handling/approvals").want(t, 200).text("table"); !strings.Contains(got, "Ehdot eivät täyty.") {
		t.Errorf("approvals: %s", got)
	}
	exit := "/fi/exit/" + num(int64(w.Org.ID)) + "/" + num(w.Service.ID)
	late := office.get(exit).want(t, 200)
	office.post(exit, url.Values{"approvals": {late.value("approvals")}, "day": {"23.11.2026"}, "reason": {"Lopetamme."}}).want(t, 303)
}

// A voucher's value is what the organiser pays at most: a provider may ask less (the content is worth 33 euros an hour), and then the client
// pays nothing.
func TestAPriceBelowTheValueIsAskedForAndApprovedLikeAnyOther(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	w.Approved()
	office, decider := open(t, w, w.Office), open(t, w, w.Decider)
	a := w.Approvals()[0]
	path := "/fi/prices/" + num(int64(w.Org.ID)) + "/" + num(w.Service.ID) + "/" + num(a.Unit) + "/" + num(w.Service.Contents[0].ID)
	for _, typed := range []string{"-25", "0", "kaksikymmentä", "25,001", "61"} {
		refused := office.post(path, url.Values{"price": {typed}, "from": {"1.1.2027"}, "vat": {"exempt"}, "note": {"Lyhyet matkat."}}).want(t, 422)
		if refused.value("price") != typed || refused.value("note") != "Lyhyet matkat." || refused.text("#f-price-error") == "" {
			t.Errorf("%s: the page lost what was typed, or says nothing at the field: %q", typed, refused.text(".govuk-error-summary"))
		}
	}
	office.post(path, url.Values{"price": {"25,00"}, "from": {"1.1.2027"}, "vat": {"exempt"}, "note": {"Lyhyet matkat."}}).want(t, 303)
	waiting := office.get(path).want(t, 200)
	if got := waiting.text("table"); !strings.Contains(got, "25,00 €") || !strings.Contains(got, "Odottaa päätöstä") {
		t.Errorf("the proposal on the provider's page: %s", got)
	}
	proposal := href(t, decider.get("/fi/handling/prices").want(t, 200), "main td a, main th a")
	seen := decider.get(proposal).want(t, 200)
	if got := seen.text("main"); !strings.Contains(got, "25,00 €") || !strings.Contains(got, "Lyhyet matkat.") {
		t.Errorf("the proposal as it is decided: %s", got)
	}
	decider.post(proposal, url.Values{"version": {seen.value("version")}, "act": {"approve"}}).want(t, 303)
	if got := office.get(path).want(t, 200).text("table"); !strings.Contains(got, "25,00 €") || strings.Contains(got, "Odottaa päätöstä") {
		t.Errorf("the approved price on the provider's page: %s", got)
	}
}

func TestCompanyUnitsAndUsersInTheBrowser(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	office, preparer, handler := open(t, w, w.Office), open(t, w, w.Preparer), open(t, w, w.Handler)
	page := office.get("/sv/company").want(t, 200)
	fields := url.Values{"version": {page.value("version")}, "name": {"Kotihoiva Aava Oy"}, "language": {"sv"}, "postcode": {"12"}}
	office.post("/sv/company", fields).want(t, 422)
	fields.Set("postcode", "00100")
	office.post("/sv/company", fields).want(t, 303)
	office.post("/sv/company", fields).want(t, 422) // the version has passed
	office.post("/fi/company/units/new", url.Values{"version": {"1"}, "name": {"Aava Länsi"}, "municipality": {"853"}, "languages": {"fi", "sign"},
		"areas": {"oulu, Åbo"}}).want(t, 303)
	wrong := office.post("/fi/company/units/new", url.Values{"version": {"1"}, "name": {"Aava Itä"}, "municipality": {"853"}, "languages": {"fi"}, "areas": {"Oulu, Olu"}}).want(t, 422)
	if got := wrong.text(".govuk-error-summary"); !strings.Contains(got, "”Olu”") {
		t.Errorf("the wrong municipality is not named: %s", got)
	}
	if got := wrong.text("textarea[name=areas]"); got != "Oulu, Olu" {
		t.Errorf("what was written is gone: %q", got)
	}
	if got := office.get("/en/company").want(t, 200).text("table"); !strings.Contains(got, "Aava Länsi") {
		t.Errorf("units: %s", got)
	}
	office.get("/en/company/users").want(t, 200)
	preparer.get("/fi/company/users").want(t, 403)
	preparer.get("/fi/company/account").want(t, 403)
	handler.get("/fi/company").want(t, 403)
}

// served puts a client with a voucher and a reservation into each of the company's approved units; the rows of later packages are
// written by the owner.
func served(t *testing.T, w *admissiontest.World) {
	t.Helper()
	owner := postgrestest.Owner(t, w.DB)
	for i, a := range w.Approvals() {
		var person, client, voucher, line int64
		row := func(dst *int64, sql string, args ...any) {
			t.Helper()
			if err := owner.QueryRow(t.Context(), sql, args...).Scan(dst); err != nil {
				t.Fatal(err)
			}
		}
		row(&person, `insert into person (identity_index) values (null) returning person_id`)
		row(&client, `insert into client (organiser_id, person_id, last_name, first_names, birth_date, municipality, source, created_at)
			values ($1, $2, 'Keksitty', 'Tyyne', '1941-02-03', '564', 'page', now()) returning client_id`, w.Org.ID, person)
		number, err := ident.NewVoucherNumber("MTK", strings.NewReader(strings.Repeat(string(rune('a'+i)), 64)))
		w.Must(err)
		row(&voucher, `insert into voucher (organiser_id, number, client_id, person_id, service_id, mode, valid_from, valid_to, state, rulebook_id, own_share_forbidden)
			values ($1, $2, $3, $4, $5, 'voucher', '2026-11-01', '2027-11-01', 'open', $6, false) returning voucher_id`, w.Org.ID, number.String(), client, person, w.Service.ID, w.Book.ID)
		row(&line, `insert into voucher_line (organiser_id, voucher_id, person_id, content_id, recurrence, amount_quantity) values ($1, $2, $3, $4, 'month', 30000) returning line_id`,
			w.Org.ID, voucher, person, w.Service.Contents[0].ID)
		var id int64
		row(&id, `insert into reservation (organiser_id, voucher_id, line_id, person_id, client_id, provider_id, unit_id, valid_from, valid_to, state, made_by, made_by_side, made_at, terms_accepted)
			values ($1, $2, $3, $4, $5, $6, $7, '2026-11-01', '2027-11-01', 'valid', 'x', 'client', now(), true) returning reservation_id`,
			w.Org.ID, voucher, line, person, client, a.Provider, a.Unit)
	}
}

func TestWhoIsTouchedIsSeenBeforeAnApprovalEnds(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	w.Approved()
	office, decider := open(t, w, w.Office), open(t, w, w.Decider)
	exit, approval := "/exit/"+num(int64(w.Org.ID))+"/"+num(w.Service.ID), "/handling/approvals/"+num(w.Approvals()[0].ID)
	if got := office.get("/fi"+exit).want(t, 200).text("main"); !strings.Contains(got, "ei ole asiakkaiden varauksia") {
		t.Errorf("nobody: %s", got)
	}
	if got := decider.get("/fi"+approval).want(t, 200).text("main"); !strings.Contains(got, "Päättyminen ei koske asiakkaita") {
		t.Errorf("nobody: %s", got)
	}
	served(t, w)
	for lang, says := range map[string][2]string{"fi": {"varaus yhdellä asiakkaalla", "Yhdellä asiakkaalla on voimassa oleva"}, "sv": {"En klient har en reservation", "En klient har en gällande"},
		"en": {"One client has a reservation", "One client has a present"}} {
		page := office.get("/"+lang+exit).want(t, 200).text("main")
		if !strings.Contains(page, says[0]) || strings.Contains(page, "Keksitty Tyyne") {
			t.Errorf("%s, the company: %s", lang, page)
		}
		if page := decider.get("/"+lang+approval).want(t, 200).text("main"); !strings.Contains(page, says[1]) || !strings.Contains(page, "Keksitty Tyyne") || !strings.Contains(page, "MTK") {
			t.Errorf("%s, the decision maker: %s", lang, page)
		}
	}
	var logged int
	w.Must(postgrestest.Owner(t, w.DB).QueryRow(t.Context(), `select count(*) from access_log where what = 'approval.affected'`).Scan(&logged))
	if logged == 0 {
		t.Error("the client's log does not tell of it")
	}
}
