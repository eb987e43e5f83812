package operator_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/web/operator"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&operator.Pages{}).Audience())
}

// office is the national operator's desk over an empty country.
type office struct {
	*testing.T
	db     *postgres.DB
	server *httptest.Server
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{T: t, db: postgrestest.New(t)}
	o.server = o.as(access.Actor{Account: o.signIn("Ylermi Ylläpito", "ylermi@nation.example"), Name: "Ylermi Ylläpito", Role: access.Operator})
	return o
}

func (o *office) as(by access.Actor) *httptest.Server {
	o.Helper()
	texts, err := i18n.Load()
	o.must(err)
	p := &operator.Pages{DB: o.db, Texts: texts}
	return uitest.Serve(o.T, uitest.New(o.T, ui.Session{Actor: by, SignedIn: true}, p.Audience()))
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) signIn(name, email string) (id int64) {
	o.Helper()
	o.must(o.db.National(o.Context(), func(tx *postgres.Tx) error {
		a, err := access.SignIn(context.Background(), tx, access.Account{Issuer: "https://id.example", Subject: email, Name: name, Email: email, Language: "fi"})
		id = a.ID
		return err
	}))
	return id
}

func (o *office) send(server *httptest.Server, method, path, kind string, body io.Reader, status int, words ...string) string {
	o.Helper()
	req, err := http.NewRequestWithContext(o.Context(), method, server.URL+path, body)
	o.must(err)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	o.must(err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	o.must(err)
	text := string(raw)
	if res.StatusCode != status {
		o.Errorf("%s %s: %d, want %d", method, path, res.StatusCode, status)
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			o.Errorf("%s %s lacks %q", method, path, word)
		}
	}
	for _, area := range []string{"[operator.", "[organiser.", "[settings.", "[ui."} {
		if i := strings.Index(text, area); i >= 0 {
			o.Errorf("%s shows a missing text: %.60s", path, text[i:])
		}
	}
	if place := res.Header.Get("Location"); place != "" {
		return place
	}
	return text
}

func (o *office) get(path string, words ...string) string {
	o.Helper()
	return o.send(o.server, "GET", path, "", nil, 200, words...)
}

func (o *office) post(path string, form url.Values, status int, words ...string) string {
	o.Helper()
	return o.send(o.server, "POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), status, words...)
}

func (o *office) upload(content string, status int, words ...string) string {
	o.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("file", "kunnat.csv")
	o.must(err)
	_, err = io.WriteString(part, content)
	o.must(err)
	o.must(m.Close())
	return o.send(o.server, "POST", "/fi/operator/municipalities", m.FormDataContentType(), &body, status, words...)
}

func (o *office) count(sql string) (n int) {
	o.Helper()
	o.must(postgrestest.Admin(o.T, o.db).QueryRow(o.Context(), sql).Scan(&n))
	return n
}

const country = "code,name_fi,name_sv,county,language\n993,Mallila,Mallby,02,fi-sv\n994,Kuusiranta,Granstrand,02,fi\n995,Lehtola,Lövby,02,fi\n"

func settings() url.Values {
	return url.Values{"kind": {"county"}, "business_id": {"1234567-1"}, "prefix": {"mtk"}, "name_fi": {"Mallilan hyvinvointialue"}, "email": {"info@mallila.example"},
		"phone": {"02 123 4567"}, "address_line": {"Torikatu 1"}, "postcode": {"99999"}, "city": {"Mallila"}, "registry_email": {"kirjaamo@mallila.example"},
		"rectification_body_fi": {"Lautakunta"}, "rhythm": {"monthly"}, "settlement_day": {"5"}, "payment_term_days": {"30"}, "payer_name": {"Mallila"},
		"payer_iban": {"FI21 1234 5600 0007 85"}}
}

// From an empty country to an organiser whose main user can begin.
func TestFromNothingToTheFirstMainUser(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.get("/fi/operator", "Järjestäjiä ei ole vielä")
	o.get("/fi/operator/municipalities", "Kuntaluettelo on tyhjä")
	if place := o.upload(country, 303); place != "/fi/operator/municipalities" {
		t.Errorf("to %s", place)
	}
	o.get("/sv/operator/municipalities", "Mallby", "Listan har 3 kommuner")

	o.get("/fi/operator/new", `value="30"`, "Setelinumeron alkuosa")
	one := o.post("/fi/operator/new", settings(), 303)
	o.get(one, "Mallilan hyvinvointialue", "Ei pääkäyttäjää", "Ei kuntia", "MTK")

	form := url.Values{"name": {"Pirkko Pää"}, "email": {"pirkko@mallila.example"}}
	o.post(one+"/main-user", form, 422, "Pirkko Pää", "kirjautumaan kerran", `href="#f-email"`)
	account := o.signIn("Pirkko Pää", "pirkko@mallila.example")
	o.post(one+"/main-user", form, 303)
	o.get(one, "Pirkko Pää", "pirkko@mallila.example")

	o.post(one+"/serves", url.Values{"municipalities": {"Mallila, Turku\nOulu"}, "valid_from": {"1.1.2026"}}, 422, "Turku", "Oulu", "Mallila, Turku")
	o.post(one+"/serves", url.Values{"municipalities": {"mallila, 994\nLövby, Lehtola"}, "valid_from": {"1.1.2026"}}, 303)
	o.post(one+"/serves", url.Values{"municipalities": {"Mallila"}, "valid_from": {"1.1.2027"}}, 422, "palvelee jo kuntaa Mallila")
	for _, lang := range []string{"fi", "sv", "en"} {
		o.get(strings.Replace(one, "fi", lang, 1), "994", "995")
		o.get("/"+lang+"/operator", "MTK")
		o.get("/" + lang + "/operator/new")
		o.get("/" + lang + "/register")
		o.get(strings.Replace(one, "fi", lang, 1)+"/main-user", "Mallila")
		o.get(strings.Replace(one, "fi", lang, 1)+"/serves", "Mallila")
	}
	end := one + "/serves/end?municipality=994"
	o.get(end, "Kuusiranta")
	o.post(one+"/serves/end", url.Values{"municipality": {"994"}, "last_day": {""}}, 422, "Kuusiranta")
	o.post(one+"/serves/end", url.Values{"municipality": {"994"}, "last_day": {"31.12.2026"}}, 303)
	o.get(one, "31.12.2026")

	by := access.Actor{Account: account, Role: access.MainUser, Organiser: 1}
	if n := o.count("select count(*) from mandate where role = 'main_user' and organiser_id = 1 and active"); n != 1 || by.May(access.StaffManage, 1) != nil {
		t.Errorf("%d main users", n)
	}
	if n := o.count("select count(*) from audit where act in ('organiser.founded', 'organiser.municipalities_set', 'organiser.serves', 'organiser.serves_ended') and organiser_id = 0 and actor_name = 'Ylermi Ylläpito'"); n != 6 {
		t.Errorf("%d national rows in the audit, want 6", n)
	}
	if n := o.count("select count(*) from audit where act = 'staff.added' and organiser_id = 1"); n != 1 {
		t.Errorf("%d rows in the organiser's audit", n)
	}
}

func TestEverythingWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	o := open(t)
	body := o.post("/fi/operator/new", url.Values{"prefix": {"9"}, "settlement_day": {"x"}, "email": {"ei osoite"}, "city": {"Mallila"}}, 422, `value="ei osoite"`, `value="Mallila"`)
	for _, field := range []string{"kind", "business_id", "prefix", "name_fi", "email", "phone", "address_line", "postcode", "registry_email", "rectification_body_fi", "rhythm",
		"settlement_day", "payment_term_days", "payer_name", "payer_iban"} {
		if !strings.Contains(body, `href="#f-`+field+`"`) {
			t.Errorf("nothing is said about %s", field)
		}
	}
	one := o.post("/fi/operator/new", settings(), 303)
	o.post("/fi/operator/new", settings(), 422, "f-prefix")
	o.post(one+"/main-user", nil, 422, `href="#f-name"`, `href="#f-email"`)
	o.post(one+"/serves", nil, 422, `href="#f-municipalities"`)
	if n := o.count("select count(*) from organiser"); n != 1 {
		t.Errorf("%d organisers", n)
	}
}

func TestMunicipalityFileIsAllOrNothing(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.upload(country+"5,Akaa,Ackas,06,fi\n996,Uusi,,02,suomi\n", 422, "3 virhettä", "kolme numeroa", "IDE-051", "ORG-025", "name_sv")
	o.upload("tämä ei ole taulukko", 422, "SHE-")
	o.upload("", 422)
	if n := o.count("select count(*) from municipality"); n != 0 {
		t.Errorf("%d municipalities were written", n)
	}
}

func TestOnlyTheOperatorComesIn(t *testing.T) {
	t.Parallel()
	o := open(t)
	one := o.post("/fi/operator/new", settings(), 303)
	for _, role := range access.Roles() {
		by := access.Actor{Account: 9, Role: role, Organiser: 1, Provider: 1, Person: 1}
		server := o.as(by)
		want := 403
		if role == access.Operator {
			want = 200
		}
		for _, path := range []string{"/fi/operator", "/fi/operator/new", "/fi/operator/municipalities", "/fi/register", one, one + "/serves"} {
			o.send(server, "GET", path, "", nil, want)
		}
		if role != access.Operator {
			o.send(server, "POST", "/fi/operator/new", "application/x-www-form-urlencoded", strings.NewReader(settings().Encode()), 403)
		}
		if role == access.MainUser { // it holds the right to staff, in its own organiser, on its own pages
			o.send(server, "GET", one+"/main-user", "", nil, 403)
		}
	}
	for _, path := range []string{"/fi/operator/9", "/fi/operator/x", "/fi/operator/99999999999", "/fi/operator/9/serves", one + "/serves/end?municipality=1"} {
		o.send(o.server, "GET", path, "", nil, 404)
	}
}

// Without a service that tells who may sign for a company, the operator looks it up and names the person.
func TestCompanyComesInWithWhoSignsForIt(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.get("/fi/register", "Yrityksiä ei löydy")
	o.post("/fi/register/new", nil, 422, `href="#f-business_id"`, `href="#f-name"`, `href="#f-email"`)
	form := url.Values{"business_id": {"1234567-1"}, "name": {"Kotihoiva Aava Oy"}, "email": {"toimisto@aava.example"}, "language": {"sv"}}
	one := o.post("/fi/register/new", form, 303)
	o.post("/fi/register/new", form, 422, `href="#f-business_id"`, "toimisto@aava.example")
	o.get("/fi/register?search=aava", "Kotihoiva Aava Oy")
	o.get("/fi/register?search=1234", "Kotihoiva Aava Oy")
	o.get("/fi/register?search=muu", "Yrityksiä ei löydy")
	signer := url.Values{"name": {"Saku Saarni"}, "email": {"saku@aava.example"}}
	o.post(one, signer, 422, `href="#f-checked"`, "Saku Saarni")
	signer.Set("checked", "yes")
	o.post(one, signer, 422, `href="#f-email"`)
	o.signIn("Saku Saarni", "saku@aava.example")
	o.post(one, signer, 303)
	o.post(one, signer, 422, "f-email")
	for _, lang := range []string{"fi", "sv", "en"} {
		o.get(strings.Replace(one, "fi", lang, 1), "Saku Saarni", "1234567-1")
		o.get("/" + lang + "/register/new")
	}
	if n := o.count("select count(*) from mandate where role = 'signatory' and provider_id = 1 and active"); n != 1 {
		t.Errorf("%d signatories", n)
	}
	if n := o.count("select count(*) from audit where act in ('provider.added', 'provider.signatory_named') and actor_name = 'Ylermi Ylläpito'"); n != 2 {
		t.Errorf("%d rows in the audit", n)
	}
	for _, path := range []string{"/fi/register/9", "/fi/register/x"} {
		o.send(o.server, "GET", path, "", nil, 404)
	}
	handler := o.as(access.Actor{Account: 9, Role: access.ApplicationHandler, Organiser: 1})
	o.send(handler, "GET", one, "", nil, 403)
	o.send(handler, "POST", one, "application/x-www-form-urlencoded", strings.NewReader(signer.Encode()), 403)
}
