package recording_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/event/eventtest"
	"seteli/domain/ledger"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/recording"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&recording.Pages{}).Audience())
}

// person walks the pages as one actor.
type person struct {
	t      *testing.T
	server *httptest.Server
	client *http.Client
}

func as(t *testing.T, w *eventtest.World, by access.Actor) *person {
	t.Helper()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	site := uitest.New(t, ui.Session{Actor: by, SignedIn: true, Acting: ui.Acting{Kind: "company", Name: by.Name}},
		(&recording.Pages{DB: w.DB, Texts: texts, Desk: event.NewDesk(w.DB)}).Audience())
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t, uitest.Serve(t, site), &http.Client{Jar: jar}}
}

func (p *person) get(path string) (int, string) { return p.ask("GET", path, nil, "") }
func (p *person) post(path string, form url.Values) (int, string) {
	return p.ask("POST", path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
}

func (p *person) upload(path, name, text string) (int, string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", name)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := io.WriteString(part, text); err != nil {
		p.t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		p.t.Fatal(err)
	}
	return p.ask("POST", path, &b, m.FormDataContentType())
}

func (p *person) ask(method, path string, body io.Reader, media string) (int, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.server.URL+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	if media != "" {
		req.Header.Set("Content-Type", media)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, area := range []string{"[recording.", "[event.", "[check.", "[unit.", "[sheet.", "[ui."} {
		if i := strings.Index(string(out), area); i >= 0 {
			p.t.Errorf("%s shows a missing text: %.60s", path, string(out)[i:])
		}
	}
	if dir := os.Getenv("SETELI_PAGES"); dir != "" && strings.Contains(res.Header.Get("Content-Type"), "html") {
		if err := os.WriteFile(dir+"/"+strings.ReplaceAll(strings.Trim(path, "/"), "/", "_")+method+".html", out, 0o600); err != nil {
			p.t.Fatal(err)
		}
	}
	return res.StatusCode, strings.ReplaceAll(string(out), "\u00a0", " ") // figures hold no-break spaces
}

// want fails unless the page has the status and all the words.
func (p *person) want(status int, body string, code int, words ...string) {
	p.t.Helper()
	if status != code {
		p.t.Errorf("status %d, want %d\n%.1500s", status, code, main(body))
	}
	for _, w := range words {
		if !strings.Contains(body, w) {
			p.t.Errorf("the page lacks %q:\n%.2500s", w, main(body))
		}
	}
}

func main(body string) string {
	if _, after, ok := strings.Cut(body, "<main"); ok {
		return after
	}
	return body
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)"`)

// form gives the page's hidden fields with the typed ones.
func form(body string, typed ...string) url.Values {
	v := url.Values{}
	for _, m := range hiddenInput.FindAllStringSubmatch(body, -1) {
		v.Set(m[1], m[2])
	}
	for i := 0; i+1 < len(typed); i += 2 {
		v.Add(typed[i], typed[i+1])
	}
	return v
}

func TestProviderRecordsEditsAndDeletes(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{Amount: money.Units(4)})
	p := as(t, w, w.Recorder())
	status, body := p.get("/fi/reservations")
	p.want(status, body, 200, "Testinen Aada", v.Number[:3]+"-", "4 h")
	record := regexp.MustCompile(`/fi(/reservations/\d+/\d+/record)`).FindStringSubmatch(body)
	if record == nil {
		t.Fatal("no link to recording")
	}
	_, open := p.get("/fi" + record[1])
	status, body = p.post("/fi"+record[1], form(open, "date", "24.12.2026", "quantity", "2"))
	p.want(status, body, 422, "TIM-02", "Kirjaa tapahtuma vasta palvelun jälkeen", "24.12.2026")
	sent := form(open, "date", "10.11.2026", "quantity", "2,5")
	status, body = p.post("/fi"+record[1], sent)
	p.want(status, body, 200, "kirjattu ja hyväksytty", "Hyväksytty", "Miksi juuri tämä summa", "87,50", "2,5 h")
	status, body = p.post("/fi"+record[1], sent) // double click
	p.want(status, body, 200, "87,50")
	status, body = p.get("/fi/events")
	p.want(status, body, 200, "87,50", "1 tapahtuma", "Testinen Aada")
	events := regexp.MustCompile(`/fi(/events/\d+/\d+)"`).FindAllStringSubmatch(body, -1)
	if len(events) != 1 {
		t.Fatalf("%d events on the list", len(events))
	}
	_, open = p.get("/fi" + events[0][1] + "/edit")
	status, body = p.post("/fi"+events[0][1]+"/edit", form(open, "date", "1.1.2024", "quantity", "1"))
	p.want(status, body, 422, "TIM-05")
	status, body = p.post("/fi"+events[0][1]+"/edit", form(open, "date", "11.11.2026", "start", "23.00", "end", "1.00"))
	p.want(status, body, 200, "70,00", "23.00–1.00", "TIM-08")
	_, body = p.get("/fi/events?state=accepted")
	newest := regexp.MustCompile(`/fi(/events/\d+/\d+)"`).FindStringSubmatch(body)
	_, open = p.get("/fi" + newest[1] + "/delete")
	status, body = p.post("/fi"+newest[1]+"/delete", form(open))
	p.want(status, body, 200, "Tapahtuma on poistettu")
	status, body = p.get("/fi/events-export/csv?month=2026-11")
	if status != 200 || strings.Count(body, "\r\n") != 3 || !strings.Contains(body, "Poistettu") {
		t.Errorf("export %d:\n%s", status, body)
	}
	if status, _ := p.get("/fi/events/1/99999"); status != 404 {
		t.Errorf("unknown event: %d", status)
	}
}

func TestOnlyOwnUnitsAndOwnCompany(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{})
	id := w.Record(event.Line{Number: v.Number, Date: calendar.Day(2026, 11, 10), Quantity: quantity(1)})[0].Event
	recorder := w.Recorder()
	recorder.Role, recorder.Units = access.Recorder, []int64{w.Unit + 1000}
	other := w.Recorder()
	other.Provider = w.Other
	for name, by := range map[string]access.Actor{"recorder of another unit": recorder, "another company": other} {
		p := as(t, w, by)
		if _, body := p.get("/fi/reservations"); strings.Contains(body, "Testinen") {
			t.Errorf("%s sees the client", name)
		}
		if _, body := p.get("/fi/events"); strings.Contains(body, "Testinen") {
			t.Errorf("%s sees the event", name)
		}
		for _, path := range []string{"", "/edit", "/delete"} {
			if status, _ := p.get(fmt.Sprintf("/fi/events/%d/%d%s", w.Organiser, id, path)); status != 404 {
				t.Errorf("%s at %q: %d", name, path, status)
			}
		}
	}
}

func quantity(n int64) *money.Quantity { q := money.Units(n); return &q }

func TestFileIsCheckedThenConfirmed(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{})
	p := as(t, w, w.Recorder())
	status, body := p.upload("/fi/import", "x.csv", "a;b\n1;2\n")
	p.want(status, body, 422, "otsikkoriviä")
	status, body = p.upload("/fi/import", "kaynnit.csv", "Seteli;Pvm;Tunnit;Oma\n"+v.Number+";46336;1;x\n"+v.Number+";11.11.2026;1;x\n"+v.Number+";24.12.2026;1;x\n")
	p.want(status, body, 200, "vaurioituneelta", "46336", "Käytä ehdotuksia", "TIM-02", "1 saraketta ei tunnistettu")
	file := regexp.MustCompile(`/import/\d+`).FindString(body)
	status, body = p.post("/fi"+file, form(body, "act", "accept"))
	p.want(status, body, 200, "Vahvista 2 riviä", "1 rivi vaatii korjauksen", "Mitään ei ole vielä kirjattu")
	status, body = p.post("/fi"+file, form(body, "act", "confirm"))
	p.want(status, body, 200, "2 riviä kirjattiin", "70,00")
	status, body = p.get("/fi" + file + "/errors")
	if status != 200 || strings.Count(body, "\r\n") != 2 || !strings.Contains(body, "TIM-02") {
		t.Errorf("errors: %d\n%s", status, body)
	}
	status, body = p.get("/fi" + file + "/answers")
	if status != 200 || strings.Count(body, "\r\n") != 4 {
		t.Errorf("answers: %d\n%s", status, body)
	}
	status, body = p.get("/fi/import")
	p.want(status, body, 200, "kaynnit.csv", "Kirjattu", "70,00")
	for _, f := range []string{"csv", "xlsx"} {
		if status, body := p.get("/sv/import-template/" + f); status != 200 || len(body) < 100 {
			t.Errorf("template %s: %d", f, status)
		}
	}
}

// inReview records two overlapping events of two providers; the second waits for the checker.
func inReview(w *eventtest.World, n int) (first, second int64) {
	v := w.Voucher(eventtest.Spec{Both: true})
	day := calendar.Day(2026, 11, 10)
	at := day.Time().Add(time.Duration(8+n) * time.Hour)
	end := at.Add(2 * time.Hour)
	l := event.Line{Number: v.Number, Date: day, Start: &at, End: &end}
	w.Within(func(ctx context.Context, tx *postgres.Tx) error {
		by := w.Recorder()
		by.Provider = w.Other
		out, err := event.Record(ctx, tx, w.Organiser, []event.Submission{{By: by, Provider: w.Other, Source: event.Page, Lines: []event.Line{l}}})
		if err == nil {
			first = out[0][0].Event
		}
		return err
	})
	return first, w.Record(l)[0].Event
}

func TestCheckerDecidesRefundsAndWithdraws(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	settled, one := inReview(w, 0)
	_, two := inReview(w, 1)
	_, three := inReview(w, 2)
	p := as(t, w, w.Checker(1))
	status, body := p.get("/fi/review")
	p.want(status, body, 200, "TIM-10", "25.11.2026", "Kotiapu Käpy Oy")
	status, body = p.post("/fi/review", url.Values{"chosen": {fmt.Sprintf("%d-0", two), fmt.Sprintf("%d-0", three)}})
	p.want(status, body, 200, "2 tapahtumaa hyväksyttiin")
	status, body = p.post("/fi/review", url.Values{})
	p.want(status, body, 422, "Valitse ainakin yksi")
	path := fmt.Sprintf("/fi/review/%d", one)
	_, open := p.get(path)
	status, body = p.post(path, form(open, "decision", "reject", "reason_code", "double"))
	p.want(status, body, 422, "Kirjoita perustelu")
	status, body = p.post(path, form(open, "decision", "partly", "quantity", "1"))
	p.want(status, body, 200, "Päätös on tehty")
	status, body = p.get(path)
	p.want(status, body, 200, "35,00", "Palauta tarkastettavaksi")
	status, body = p.post(path, form(open, "decision", "reject", "reason_code", "double", "reason", "Sama käynti on kirjattu kahdesti"))
	p.want(status, body, 422, "Joku muu muutti tapahtumaa", "Sama käynti on kirjattu kahdesti", "uuteen välilehteen")
	w.Within(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := ledger.Seal(ctx, tx, w.Organiser, nil)
		return err
	})
	refund := fmt.Sprintf("/fi/checked/%d/refund", settled)
	_, open = p.get(refund)
	status, body = p.post(refund, form(open, "reason_code", "not_delivered", "reason", "Käyntiä ei ollut"))
	p.want(status, body, 200, "odottaa hyvitystä", "Käyntiä ei ollut", "Palvelua ei annettu")
	_, open = p.get(fmt.Sprintf("/fi/checked/%d/withdraw", settled))
	status, body = p.post(fmt.Sprintf("/fi/checked/%d/withdraw", settled), form(open))
	p.want(status, body, 200, "Hyvitys on peruttu")
}

func TestRecorderDoesNotReachTheCheckersPages(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	_, id := inReview(w, 0)
	p := as(t, w, w.Recorder())
	for _, path := range []string{"/fi/review", fmt.Sprintf("/fi/review/%d", id), "/fi/checked", fmt.Sprintf("/fi/checked/%d/refund", id)} {
		if status, _ := p.get(path); status != 403 {
			t.Errorf("%s: %d", path, status)
		}
	}
	c := as(t, w, w.Checker(1))
	if status, _ := c.get("/fi/reservations/1/1/record"); status != 403 {
		t.Errorf("a checker may record: %d", status)
	}
}

func TestProviderReservesByNumber(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{})
	w.Exec(`update reservation set state = 'cancelled'`)
	w.Exec(`update voucher set answered_at = now(), answered_by = 'A', answer_channel = 'online', granted_at = now(), granted_by = 'B'`)
	p := as(t, w, w.Recorder())
	status, body := p.post("/fi/reservations/new", url.Values{"number": {"ABC-2345-6789D"}})
	p.want(status, body, 422)
	status, body = p.post("/fi/reservations/new", url.Values{"number": {strings.ToLower(v.Number)}})
	p.want(status, body, 200, "Kotihoito", "42,00 € / tunti", "Kotiapu Käpy Oy")
	if strings.Contains(body, "Testinen") {
		t.Error("the client's name is shown before the reservation")
	}
	sent := form(body, "unit", fmt.Sprint(w.Unit), "from", "1.12.2026")
	status, body = p.post("/fi/reservations/new", sent)
	p.want(status, body, 422, "1.12.2026")
	sent.Set("terms", "yes")
	status, body = p.post("/fi/reservations/new", sent)
	p.want(status, body, 200, "Palveluvaraus on tehty")
}

func TestTheEventSaysByWhichTimesItWasPriced(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{})
	w.Exec(`update rulebook set rules = jsonb_set(rules::jsonb, '{value}', '{"method":"time_band_table",
		"bands":[{"band":"day","kind":"weekday","from":"00:00","to":"24:00","fi":"Arkipäivä"},{"band":"evening","kind":"evening","from":"18:00","to":"22:00","fi":"Arki-ilta"}],
		"values":[{"content_id":1,"band":"day","value_cents":3600},{"content_id":1,"band":"evening","value_cents":4140}]}')`)
	w.Exec(`update voucher_value set value_cents = 3600, bands = '[{"band":"day","value_cents":3600},{"band":"evening","value_cents":4140}]'`)
	day := calendar.Day(2026, time.November, 11)
	from, _, err := calendar.Instant(day, 17, 0)
	if err != nil {
		t.Fatal(err)
	}
	to := from.Add(2 * time.Hour)
	got := w.Record(event.Line{Reference: "ilta", Number: v.Number, Date: day, Start: &from, End: &to, Quantity: quantity(2)})[0]
	if got.State != event.Accepted {
		t.Fatalf("%v", got.Codes())
	}
	p := as(t, w, w.Recorder())
	status, body := p.get(fmt.Sprintf("/fi/events/%d/%d", w.Organiser, got.Event))
	// 42.00 and 48.30 an hour; the voucher pays 36.00 and 41.40 of them.
	p.want(status, body, 200, "Hinta ajan mukaan", "Arkipäivä, Arki-ilta", "42,00 € (1 h × 42,00 €) &#43; 48,30 € (1 h × 48,30 €)", "36,00 € (1 h × 36,00 €) &#43; 41,40 € (1 h × 41,40 €)", "Kultakin ajalta hinnasta ja setelin arvosta pienempi", "77,40")
}
