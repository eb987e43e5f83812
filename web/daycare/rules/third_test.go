package rules_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	v "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/web/daycare/rules"
	"seteli/web/settings"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

// town is a municipality that has no rules of early education yet, with two main users, each with a server of their own session.
type town struct {
	*v.World
	t             testing.TB
	pirkko, matti *httptest.Server
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newTown(t testing.TB) *town {
	h := &town{World: v.New(t, postgrestest.Clock(calendar.Noon(calendar.Day(2026, 11, 21)))), t: t}
	_, err := h.Owner.Exec(t.Context(), "select setval(pg_get_serial_sequence('rulebook', 'rulebook_id'), 1000)") // the world's own rows have numbers of their own
	must(t, err)
	h.pirkko, h.matti = h.mainUser(21, "Pirkko Pää"), h.mainUser(22, "Matti Main")
	return h
}

func (h *town) mainUser(account int64, name string) *httptest.Server {
	words, err := i18n.Load()
	must(h.t, err)
	p, book := &rules.Pages{DB: h.DB, Models: profile.Models(), Words: words}, &settings.Pages{DB: h.DB, Models: profile.Models(), Words: words}
	who := ui.Session{SignedIn: true, Tenant: ui.Tenant{Organiser: v.Organiser, Name: "Kolmosen kunta"},
		Actor: access.Actor{Account: account, Name: name, Role: access.MainUser, Organiser: v.Organiser}}
	book.Site = uitest.New(h.t, who, p.Audience(), book.Audience())
	return uitest.Serve(h.t, book.Site)
}

// ask gives status and body; a redirect is not followed, its place stands for the body.
func (h *town) ask(r *http.Request, err error) (int, string) {
	h.t.Helper()
	must(h.t, err)
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := c.Do(r)
	must(h.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(h.t, err)
	if place := answer.Header.Get("Location"); place != "" {
		return answer.StatusCode, place
	}
	return answer.StatusCode, string(body)
}

func (h *town) page(s *httptest.Server, path string) string {
	h.t.Helper()
	code, body := h.ask(http.NewRequest(http.MethodGet, s.URL+"/fi"+path, nil))
	if code != http.StatusOK {
		h.t.Fatalf("GET %s: %d %s", path, code, told(body))
	}
	return body
}

func (h *town) post(s *httptest.Server, path string, form url.Values) (int, string) {
	h.t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.URL+"/fi"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.ask(r, err)
}

var (
	control   = regexp.MustCompile(`(?s)<input[^>]*>|<select[^>]*name="([^"]*)".*?</select>|<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`)
	attribute = func(tag, name string) string {
		m := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(tag)
		if m == nil {
			return ""
		}
		return strings.NewReplacer("&#43;", "+", "&#34;", `"`, "&amp;", "&", "&#39;", "'").Replace(m[1])
	}
	chosen = regexp.MustCompile(`<option value="([^"]*)" selected`)
	first  = regexp.MustCompile(`<option value="([^"]*)"`)
	fault  = regexp.MustCompile(`(?s)<ul class="govuk-list govuk-error-summary__list">(.*?)</ul>`)
)

// form reads the page's form as a browser would send it untouched.
func form(page string) url.Values {
	out := url.Values{}
	start, end := strings.Index(page, `<form method="post"`), strings.LastIndex(page, "</form>")
	if start < 0 {
		return out
	}
	for _, m := range control.FindAllStringSubmatch(page[start:end], -1) {
		tag := m[0]
		switch {
		case m[1] != "":
			o := chosen.FindStringSubmatch(tag)
			if o == nil { // a browser sends the first one
				o = first.FindStringSubmatch(tag)
			}
			if o != nil {
				out.Set(m[1], o[1])
			}
		case m[2] != "":
			out.Set(m[2], strings.TrimPrefix(m[3], "\n"))
		case attribute(tag, "type") == "radio" || attribute(tag, "type") == "checkbox":
			if strings.Contains(tag, " checked") {
				out.Add(attribute(tag, "name"), attribute(tag, "value"))
			}
		default:
			out.Set(attribute(tag, "name"), attribute(tag, "value"))
		}
	}
	return out
}

func told(page string) string {
	if m := fault.FindStringSubmatch(page); m != nil {
		return m[1]
	}
	return page[:min(len(page), 400)]
}

// save opens a page, changes fields and sends it; the answer is a redirect.
func (h *town) save(s *httptest.Server, path string, change map[string]string) string {
	h.t.Helper()
	f := form(h.page(s, path))
	for k, x := range change {
		f.Set(k, x)
	}
	code, place := h.post(s, path, f)
	if code != http.StatusSeeOther {
		h.t.Fatalf("POST %s: %d %s", path, code, told(place))
	}
	return strings.TrimPrefix(place, "/fi")
}

func (h *town) upload(s *httptest.Server, path, name, content string) (int, string) {
	h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", name)
	must(h.t, err)
	_, err = part.Write([]byte(content))
	must(h.t, err)
	must(h.t, w.Close())
	r, err := http.NewRequest(http.MethodPost, s.URL+"/fi"+path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return h.ask(r, err)
}

func (h *town) has(page string, texts ...string) {
	h.t.Helper()
	for _, x := range texts {
		if !strings.Contains(page, x) {
			h.t.Errorf("the page does not tell %q", x)
		}
	}
}

func (h *town) deliver() {
	h.t.Helper()
	_, err := job.DeliverOutbox(h.t.Context(), h.DB, []int32{v.Organiser}, store.Handlers(h.DB))
	must(h.t, err)
}

const path = "/daycare/rules"

// A municipality that nobody has written a line of code for takes early education into use in the browser: thresholds of the new year, a
// copied profile, its own figures, its own cases, a second person, and the first child's value.
func TestAThirdMunicipalityIsSetUpInTheBrowser(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	h.has(h.page(h.pirkko, path), "Sääntöjä ei ole vielä julkaistu", "Maksuperusteet puuttuvat 1.8.2026 alkaen")
	h.newYear()

	place := h.save(h.pirkko, path+"/new", map[string]string{"profile": "espoo", "valid_from": "1.12.2026", "content": ui.Digits(v.Service) + "-" + ui.Digits(v.Hours)})
	if place != path+"/draft" {
		t.Fatalf("adopting leads to %s", place)
	}
	h.has(h.page(h.pirkko, path+"/draft"), "Kolmosen kunta", "B – lisämaksulla on yläraja")
	h.edit()
	h.tryOut()

	// The preparer cannot publish; a second person can.
	own := h.page(h.pirkko, path+"/publish")
	h.has(own, "Olet itse valmistellut tämän luonnoksen")
	guards := form(h.page(h.matti, path+"/publish"))
	if code, _ := h.post(h.pirkko, path+"/publish", guards); code != http.StatusForbidden {
		t.Errorf("the preparer publishes: %d", code)
	}
	h.save(h.matti, path+"/publish", nil)
	h.has(h.page(h.matti, path), "Tulossa", "Pirkko Pää", "Matti Main")
	h.deliver()
	h.firstChild()
	h.intoTheRulebook()
}

// newYear enters the thresholds that were not published when the program was made.
func (h *town) newYear() {
	h.t.Helper()
	edit := path + "/thresholds/edit"
	f := form(h.page(h.pirkko, edit))
	if f.Get("from") != "1.8.2026" || f.Get("max") != "335,00" || f.Get("multiplier") != "10,7" {
		h.t.Errorf("what is known of the new year is not offered: %v", f)
	}
	f.Set("source", "Ministeriön päätös, keksitty")
	code, page := h.post(h.pirkko, edit, f)
	if code != http.StatusUnprocessableEntity || !strings.Contains(page, "Ministeriön päätös, keksitty") {
		h.t.Errorf("thresholds without limits: %d", code)
	}
	for name, x := range map[string]string{"limit_2": "4200", "limit_3": "5400", "limit_4": "6100", "limit_5": "6800", "limit_6": "7500", "increase": "280"} {
		f.Set(name, x)
	}
	if code, page := h.post(h.pirkko, edit, f); code != http.StatusSeeOther {
		h.t.Fatalf("thresholds: %d %s", code, told(page))
	}
	h.has(h.page(h.pirkko, path+"/thresholds/publish"), "Olet itse valmistellut")
	h.save(h.matti, path+"/thresholds/publish", nil)
	if page := h.page(h.pirkko, path); strings.Contains(page, "Maksuperusteet puuttuvat") {
		h.t.Error("the thresholds are still missing")
	}
}

// edit makes the copied profile the municipality's own.
func (h *town) edit() {
	t := h.t
	t.Helper()
	base := path + "/draft/base"
	f := form(h.page(h.pirkko, base))
	f.Set("more", "1")
	code, page := h.post(h.pirkko, base, f)
	if code != http.StatusOK || !strings.Contains(page, `name="from.1"`) {
		t.Fatalf("a row is asked for: %d", code)
	}
	f = form(page)
	f.Set("from.1", "1.12.2026")
	f.Set("over.1", "yhdeksänsataa")
	f.Set("under.1", "1300")
	code, page = h.post(h.pirkko, base, f)
	if code != http.StatusUnprocessableEntity || !strings.Contains(page, "yhdeksänsataa") || !strings.Contains(page, "f-over.1") {
		t.Errorf("a wrong amount: %d %s", code, told(page))
	}
	f.Set("over.1", "900")
	if code, page = h.post(h.pirkko, base, f); code != http.StatusSeeOther {
		t.Fatalf("base values: %d %s", code, told(page))
	}
	f = form(h.page(h.pirkko, base))
	if f.Get("to.0") != "30.11.2026" || f.Get("over.1") != "900,00" {
		t.Errorf("the earlier row ends the day before: %q, %q", f.Get("to.0"), f.Get("over.1"))
	}
	h.save(h.pirkko, path+"/draft/price", map[string]string{"cap.0": "30"})
	options := path + "/draft/options"
	f = form(h.page(h.pirkko, options))
	f.Set("more", "1")
	_, page = h.post(h.pirkko, options, f)
	last := strings.Count(page, `name="name_fi.`) - 1
	f = form(page)
	for name, x := range map[string]string{"name_fi": "Kolme päivää viikossa", "name_sv": "Tre dagar i veckan", "type": "DAYCARE", "fee": "60", "value": "0,62"} {
		f.Set(name+"."+ui.Digits(last), x)
	}
	f.Set("default."+ui.Digits(last), "yes")
	code, page = h.post(h.pirkko, options, f)
	if code != http.StatusUnprocessableEntity || !strings.Contains(page, "Sijoitustyypillä Varhaiskasvatus") {
		t.Errorf("two defaults of a type: %d %s", code, told(page))
	}
	f.Del("default." + ui.Digits(last))
	if code, page = h.post(h.pirkko, options, f); code != http.StatusSeeOther {
		t.Fatalf("need options: %d %s", code, told(page))
	}
	h.has(h.page(h.pirkko, path+"/draft"), "Kolme päivää viikossa", "558,00") // 900 × 0.62
	for _, key := range []string{"basics", "fees", "support", "rounding", "incomes", "absence", "months", "decisions"} {
		h.save(h.pirkko, path+"/draft/"+key, nil) // saved as it stands, nothing is lost
	}
	if page := h.page(h.pirkko, path+"/draft"); strings.Contains(page, "DAYCARE") || strings.Contains(page, "full_time") {
		t.Error("a code word stands on the page")
	}
	value := path + "/draft/value?option=1"
	f = form(h.page(h.pirkko, value))
	for name, x := range map[string]string{"from.0": "1.1.2027", "over.0": "950", "under.0": "940"} {
		f.Set(name, x)
	}
	if code, page = h.post(h.pirkko, value, f); code != http.StatusSeeOther {
		t.Fatalf("values of an option: %d %s", code, told(page))
	}
	h.has(h.page(h.pirkko, value), "on pienempi kuin 3 vuotta täyttäneen arvo") // a doubt, beside its row
	h.save(h.pirkko, value, map[string]string{"remove.0": "yes"})
}

// tryOut runs the municipality's own cases against the draft.
func (h *town) tryOut() {
	t := h.t
	t.Helper()
	csv := h.page(h.pirkko, path+"/trial/template")
	code, page := h.upload(h.pirkko, path+"/trial", "esimerkit.csv", csv)
	if code != http.StatusOK || !strings.Contains(page, "Kaikki esimerkit täsmäävät.") {
		t.Errorf("the table to begin with does not agree with the draft: %d %s", code, told(page))
	}
	head := "id;kind;inputs.option;inputs.under_3;inputs.family_size;inputs.income_cents;inputs.surcharge_cents;expected.value_cents;expected.own_share_cents;expected.municipality_cents;expected.family_cents;expected.error\n"
	code, page = h.upload(h.pirkko, path+"/trial", "esimerkit.csv", head+
		"tavallinen;daycare_rules;;false;4;700000;3000;90000;9600;80400;12600;null\n"+
		"lisämaksu;daycare_rules;;false;4;700000;3100;90000;9600;null;null;surcharge_over_cap\n"+
		"osa-aika;daycare_rules;Kolme päivää viikossa;true;4;null;0;80600;20100;60500;20100;null\n"+
		"väärin;daycare_rules;;true;4;700000;0;130100;9600;120400;9600;null\n")
	h.has(page, "130100", "130000")
	for _, agrees := range []string{">tavallinen<", ">lisämaksu<", ">osa-aika<"} {
		if code != http.StatusOK || strings.Contains(page, agrees) {
			t.Errorf("%s differs: %d", agrees, code)
		}
	}
}

// intoTheRulebook takes the published rules into the rulebook of the service, where calculator and comparison find them.
func (h *town) intoTheRulebook() {
	t := h.t
	t.Helper()
	f := form(h.page(h.pirkko, path+"/service"))
	for name := range f {
		if strings.HasPrefix(name, "option.") {
			f.Set(name, "full_time")
		}
	}
	f.Set("option."+ui.Digits(v.Hours), "kolme_paivaa_viikossa")
	code, place := h.post(h.pirkko, path+"/service", f)
	if code != http.StatusSeeOther {
		t.Fatalf("the service's rulebook: %d %s", code, told(place))
	}
	publish := strings.TrimPrefix(place, "/fi")
	h.has(h.page(h.matti, publish), "Varhaiskasvatuksen säännöt", "Kolme päivää viikossa", "Kolmosen kunta")
	h.save(h.matti, publish, nil)
	h.has(h.page(h.pirkko, path+"/service"), "laskee jo varhaiskasvatuksen säännöillä")
}

// firstChild is placed and gets its value.
func (h *town) firstChild() {
	t := h.t
	t.Helper()
	head, child := h.Client("050590-999P"), h.Client("030322A9998")
	of := store.Of{Organiser: v.Organiser, Child: child.ID}
	from := calendar.Period{From: calendar.Day(2026, 12, 1), To: calendar.Forever}
	h.Do(h.Staff, func(tx *postgres.Tx) error {
		if err := store.AddChild(t.Context(), tx, h.Staff, of); err != nil {
			return err
		}
		if _, err := store.SaveHead(t.Context(), tx, h.Staff, store.Head{Of: of, Saved: store.Saved{Period: from}, Adult: head.ID}); err != nil {
			return err
		}
		if _, err := store.SavePlacement(t.Context(), tx, h.Staff, store.Placement{Of: of, Saved: store.Saved{Period: from}, Unit: v.Unit, Kind: "DAYCARE", Voucher: true}); err != nil {
			return err
		}
		_, err := store.Regenerate(t.Context(), tx, h.Staff, v.Organiser, []int64{child.ID})
		return err
	})
	var drafts []store.Draft
	h.Do(h.Staff, func(tx *postgres.Tx) (err error) {
		drafts, err = store.ListDrafts(t.Context(), tx, h.Staff, store.DraftFilter{Organiser: v.Organiser, Most: 10})
		return err
	})
	// No income is told: the highest fee of the thresholds that were entered on the page.
	if len(drafts) == 0 || drafts[0].Value != 90000 || drafts[0].OwnShare != 33500 || drafts[0].Payable != 56500 {
		t.Errorf("the first child's decision: %+v", drafts)
	}
}
