package finance_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"seteli/domain/settlement"
	"seteli/domain/settlement/settlementtest"
	"seteli/integration/bank"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/web/finance"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

type who struct {
	t *testing.T
	*httptest.Server
}

func serve(t *testing.T, w *settlementtest.World, by access.Actor) who {
	t.Helper()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := &finance.Pages{DB: w.DB, Words: words, Writer: bank.Pain001{}}
	p.Site = uitest.New(t, ui.Session{SignedIn: true, Actor: by, Tenant: ui.Tenant{Organiser: w.Org.ID, Name: "Mallilan kaupunki"}}, p.Audience())
	return who{t, uitest.Serve(t, p.Site)}
}

func (w who) ask(method, path string, form url.Values) (int, string, http.Header) {
	w.t.Helper()
	r, err := http.NewRequest(method, w.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return a.StatusCode, string(body), a.Header
}

func (w who) see(path string, wanted ...string) string {
	w.t.Helper()
	code, body, _ := w.ask(http.MethodGet, path, nil)
	if code != http.StatusOK {
		w.t.Fatalf("GET %s: %d\n%s", path, code, body)
	}
	w.holds(path, body, wanted...)
	return body
}

func (w who) holds(path, body string, wanted ...string) {
	w.t.Helper()
	plain := strings.NewReplacer("\u00a0", " ", "&#43;", "+", "&#34;", `"`).Replace(body)
	for _, s := range wanted {
		if !strings.Contains(plain, s) {
			w.t.Errorf("%s lacks %q", path, s)
		}
	}
}

func (w who) post(path string, want int, form url.Values, wanted ...string) string {
	w.t.Helper()
	code, body, head := w.ask(http.MethodPost, path, form)
	if code != want {
		w.t.Fatalf("POST %s: %d\n%s", path, code, body)
	}
	w.holds(path, body, wanted...)
	if code == http.StatusSeeOther {
		return head.Get("Location")
	}
	return body
}

// keep writes a page for looking at, when SETELI_LOOK names a folder.
func keep(t *testing.T, name, body string) {
	if dir := os.Getenv("SETELI_LOOK"); dir != "" {
		if err := os.WriteFile(dir+"/"+name, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFromPreviewToPaidInTheBrowser(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(3)
	w.Event(p[0], 12_345)
	w.Event(p[0], 655)
	w.Event(p[1], 5_000)
	w.Deliver(p[1], -9_000)
	w.Deliver(p[2], 100)
	if _, err := w.Owner.Exec(t.Context(), "update provider set iban = null where provider_id = $1", p[2]); err != nil {
		t.Fatal(err)
	}
	preparer, approver := serve(t, w, w.Preparer), serve(t, w, w.Approver())
	provider := serve(t, w, access.Actor{Account: 30, Name: "Saara Signatääri", Role: access.Signatory, Provider: p[0], SignedIn: w.Clock.Now()})
	other := serve(t, w, access.Actor{Account: 31, Name: "Toni Toinen", Role: access.Signatory, Provider: p[1], SignedIn: w.Clock.Now()})

	preparer.see("/fi/finance/runs", "Tilityksiä ei ole vielä tehty")
	preparer.see("/fi/finance/runs/new", `value="11/2026"`)
	preparer.post("/fi/finance/runs/new", 422, url.Values{"key": {"marraskuu"}, "act": {"preview"}}, "PAY-014", "marraskuu")
	keep(t, "preview.html", preparer.post("/fi/finance/runs/new", 200, url.Values{"key": {"2026-11"}, "act": {"preview"}}, "130,00 €", "Pankkitili puuttuu", "Tee tilitys"))
	preparer.see("/fi/finance/runs", "Tilityksiä ei ole vielä tehty")
	if to := preparer.post("/fi/finance/runs/new", 303, url.Values{"key": {"2026-11"}, "act": {"calculate"}}); to != "/fi/finance/runs/1" {
		t.Errorf("goes to %s", to)
	}
	preparer.post("/fi/finance/runs/new", 422, url.Values{"key": {"2026-11"}, "act": {"calculate"}}, "PAY-005", `href="/fi/finance/runs/1"`)
	preparer.see("/fi/finance/runs/1", "Laskettu", "Valmistelit tämän tilityksen itse", "PAY-01")
	if code, _, _ := preparer.ask(http.MethodGet, "/fi/finance/runs/1/approve", nil); code != http.StatusForbidden {
		t.Errorf("the preparer may open the approval: %d", code)
	}

	tired := w.Approver()
	tired.SignedIn = w.Clock.Now().Add(-time.Hour)
	serve(t, w, tired).post("/fi/finance/runs/1/approve", 403, nil, "tuoreen tunnistautumisen", "/fi/sign-in?return=")
	approver.see("/fi/finance/runs/1/approve", "130,00 €")
	approver.post("/fi/finance/runs/1/approve", 303, nil)
	if _, err := settlement.MakeLetters(t.Context(), w.DB, words(t), w.Org.ID, 1); err != nil {
		t.Fatal(err)
	}
	approver.see("/fi/finance/runs/1/release", "ei voi purkaa")
	approver.post("/fi/finance/runs/1/release", 303, nil)
	keep(t, "run.html", approver.see("/fi/finance/runs/1", "Maksutiedosto tehty", "SETELI-"+w.Org.Prefix+"-20261121-1", "yksi maksu, 130,00 €"))
	code, file, head := approver.ask(http.MethodGet, "/fi/finance/runs/1/payment-file", nil)
	if code != 200 || !strings.Contains(file, "<InstdAmt Ccy=\"EUR\">130.00</InstdAmt>") || !strings.Contains(head.Get("Content-Disposition"), ".xml") {
		t.Errorf("payment file: %d %s", code, file)
	}
	preparer.post("/fi/finance/runs/1/paid", 422, url.Values{"which": {"some"}, "on": {"21.11.2026"}}, "FIN-002")
	preparer.post("/fi/finance/runs/1/paid", 422, url.Values{"which": {"all"}, "on": {"22.11.2026"}}, "FIN-003")
	preparer.post("/fi/finance/runs/1/paid", 303, url.Values{"which": {"all"}, "on": {"21.11.2026"}})
	for _, lang := range []string{"fi", "sv", "en"} {
		preparer.see("/" + lang + "/finance/runs/1")
		provider.see("/" + lang + "/statements")
	}

	list := provider.see("/fi/statements", "130,00 €", "Maksettu", "Mallilan kaupunki")
	path := regexp.MustCompile(`/fi/statements/\d+/\d+/\d+`).FindString(list)
	statement := provider.see(path, "123,45 €", "Kotihoito, tunti", "TAB-2345-6789", "1 h", "21.11.2026")
	if strings.Contains(statement, "2026-11-21<") {
		t.Error("a day stands on the statement as programs write it")
	}
	keep(t, "statement.html", statement)
	_, table, _ := provider.ask(http.MethodGet, path+"/csv", nil)
	provider.holds("csv", table, "123,45", "Kotihoito, tunti", "Palvelutapahtuma")
	_, pdf, _ := provider.ask(http.MethodGet, path+"/pdf", nil)
	if !bytes.HasPrefix([]byte(pdf), []byte("%PDF-")) {
		t.Error("the letter is no PDF")
	}
	keep(t, "statement.pdf", pdf)
	if code, _, _ := other.ask(http.MethodGet, path, nil); code != http.StatusNotFound {
		t.Errorf("another provider gets %d", code)
	}
	if code, _, _ := provider.ask(http.MethodGet, "/fi/finance/runs", nil); code != http.StatusForbidden {
		t.Errorf("a provider opens the runs: %d", code)
	}
	var seen int
	if err := w.Owner.QueryRow(t.Context(), "select count(*) from access_log where what = 'statement'").Scan(&seen); err != nil || seen == 0 {
		t.Errorf("the reading of clients' data left %d rows, %v", seen, err)
	}
	var ready int
	if err := w.Owner.QueryRow(t.Context(), "select count(*) from outbox where topic = 'statement.ready'").Scan(&ready); err != nil || ready != 3 {
		t.Errorf("%d statements are told ready, %v", ready, err)
	}
	w.Verified()
}

func TestUndoAsksForAReasonAndFreesTheSlot(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	w.Deliver(w.Payees(1)[0], 100)
	if _, err := w.Calculate("2026-11"); err != nil {
		t.Fatal(err)
	}
	preparer := serve(t, w, w.Preparer)
	preparer.post("/fi/finance/runs/1/undo", 422, url.Values{"reason": {" "}}, "WEB-001")
	preparer.post("/fi/finance/runs/1/undo", 303, url.Values{"reason": {"väärä jakso"}})
	preparer.see("/fi/finance/runs/1", "Purettu", "väärä jakso")
	preparer.post("/fi/finance/runs/1/undo", 422, url.Values{"reason": {"taas"}}, "PAY-012")
	preparer.post("/fi/finance/runs/new", 303, url.Values{"key": {"2026-11"}, "act": {"calculate"}})
}

func words(t *testing.T) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}
