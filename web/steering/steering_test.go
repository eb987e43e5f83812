package steering_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"seteli/domain/statistics"
	"seteli/domain/statistics/statisticstest"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/platform/secret"
	"seteli/web/steering"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

func open(t *testing.T, by access.Actor) (*httptest.Server, *postgres.DB) {
	t.Helper()
	store := postgrestest.New(t)
	statisticstest.World(t, store)
	if _, err := statistics.RollAll(t.Context(), store, []int32{17}); err != nil {
		t.Fatal(err)
	}
	if err := job.Migrate(t.Context(), postgrestest.Owner(t, store)); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Generate()
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	pages := &steering.Pages{DB: store, Words: words, Keys: keys, Cluster: func(context.Context) (postgres.Health, error) {
		return postgres.Health{Version: "15.1", Bytes: 5 << 20}, nil
	}}
	by.Account, by.Name = 1, "Pirkko"
	site := uitest.New(t, ui.Session{SignedIn: true, Actor: by, Tenant: ui.Tenant{Organiser: 17, Name: "Mallila"}}, pages.Audience())
	return uitest.Serve(t, site), store
}

func read(t *testing.T, res *http.Response, err error) (string, *http.Response) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("SETELI_PAGES"); dir != "" && strings.Contains(res.Header.Get("Content-Type"), "html") {
		if err := os.WriteFile(dir+"/steering"+strings.ReplaceAll(res.Request.URL.Path, "/", "_")+".html", body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.ReplaceAll(string(body), "\u00a0", " ")
	if strings.Contains(text, "[steering.") || strings.Contains(text, "{amount}") {
		t.Errorf("%s shows a missing text", res.Request.URL.Path)
	}
	return text, res
}

func get(t *testing.T, server *httptest.Server, path string) (string, *http.Response) {
	t.Helper()
	res, err := http.Get(server.URL + path)
	return read(t, res, err)
}

func TestPagesRenderInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&steering.Pages{}).Audience())
}

func TestDashboardTellsTheMonthAndItsFinding(t *testing.T) {
	t.Parallel()
	server, store := open(t, access.Actor{Role: access.MainUser, Organiser: 17})
	_, err := postgrestest.Admin(t, store).Exec(t.Context(), `set session_replication_role = replica;
		insert into event (organiser_id, event_id, provider_id, unit_id, person_id, client_id, voucher_id, line_id, content_id, service_id, reservation_id, service_date, quantity, accepted_quantity, price_cents, value_cents,
		total_cents, organiser_cents, own_cents, bucket, verdict, rulebook_id, client_reference, content_hash, batch_id, recorded_at, recorded_by_account, recorded_by)
		values (17, 900, 5, 51, 1, 1, 1, 1, 31, 3, 6, '2026-11-01', 3000, 0, 4000, 3400, 0, 0, 0, '2026-11-01', 'review', 1, 'W', '\x00', 1, '2026-11-02', 1, 'x');
		insert into event_review (organiser_id, event_id, service_id) values (17, 900, 3)`)
	if err != nil {
		t.Fatal(err)
	}
	for lang, finding := range map[string]string{"fi": "Ennuste alittaa määrärahan", "sv": "Prognosen underskrider anslaget", "en": "The forecast stays under the budget"} {
		body, res := get(t, server, "/"+lang+"/steering?month=2026-10")
		if res.StatusCode != http.StatusOK || !strings.Contains(body, finding) {
			t.Fatalf("%s: %d, no finding", lang, res.StatusCode)
		}
		doc, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for selector, want := range map[string]int{`svg[role=img] > title`: 2, `figure details table`: 2, `.app-tile`: 5, `a[href$=".csv"], a[href*=".csv?"]`: 3, "h1": 1} {
			if got := len(cascadia.QueryAll(doc, cascadia.MustCompile(selector))); got != want {
				t.Errorf("%s: %d of %s, want %d", lang, got, selector, want)
			}
		}
	}
	body, _ := get(t, server, "/fi/steering?month=2026-10")
	if !strings.Contains(body, "Yksi tapahtuma on odottanut yli viikon") {
		t.Error("what has waited over a week is not told")
	}
	if !strings.Contains(body, "680,00 €") || !strings.Contains(body, "alle 5") || !strings.Contains(body, "12 h") {
		t.Error("the month's euros, hours or suppressed count are missing")
	}
	body, res := get(t, server, "/fi/steering/services.csv?month=2026-10")
	if !strings.Contains(res.Header.Get("Content-Type"), "text/csv") || strings.Count(body, "\r\n") != 3 || !strings.Contains(body, "408,00") {
		t.Errorf("file: %q", body)
	}
	if body, _ = get(t, server, "/fi/steering/spending.csv?month=2026-01"); strings.Count(body, "\r\n") != 13 || !strings.Contains(body, "2026-10;680,00;680,00") {
		t.Errorf("file of the year: %q", body)
	}
}

func TestReaderOfStatisticsSeesNoFiguresOfFew(t *testing.T) {
	t.Parallel()
	server, _ := open(t, access.Actor{Role: access.StatisticsReader, Organiser: 17})
	for _, path := range []string{"/fi/steering?month=2026-10", "/fi/steering/services.csv?month=2026-10", "/fi/steering?month=2026-10&service=4"} {
		if body, _ := get(t, server, path); strings.Contains(body, "272,00") || strings.Contains(body, "8 käynti") {
			t.Errorf("%s tells the figures of four clients", path)
		}
	}
	if _, res := get(t, server, "/fi/steering/spending.csv?month=2026-10&service=4"); res.StatusCode != http.StatusNotFound {
		t.Errorf("the file of a hidden service: %d", res.StatusCode)
	}
	for _, path := range []string{"/fi/audit", "/fi/access-log", "/fi/operations"} {
		if _, res := get(t, server, path); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

func TestAuditIsSearchedAndItsExportIsAnAct(t *testing.T) {
	t.Parallel()
	server, store := open(t, access.Actor{Role: access.MainUser, Organiser: 17})
	by := access.Actor{Account: 9, Name: "Olli Tekijä", Role: access.Caseworker, Organiser: 17}
	err := store.Tenant(t.Context(), by, func(tx *postgres.Tx) error {
		for _, act := range []audit.Act{"voucher.closed", "client.edited"} {
			if err := audit.Write(t.Context(), tx, by, act, audit.Ref{Kind: "voucher", ID: 1, Label: "TRE-" + string(act)}, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][2]bool{"": {true, true}, "?act=voucher.closed": {true, false}, "?actor=olli&subject=TRE-client": {false, true},
		"?since=1.1.2026&until=2.1.2026": {false, false}, "?actor=nobody": {false, false}} {
		body, res := get(t, server, "/fi/audit"+query)
		got := [2]bool{strings.Contains(body, "TRE-voucher.closed"), strings.Contains(body, "TRE-client.edited")}
		if res.StatusCode != http.StatusOK || got != want {
			t.Errorf("%s: %d, found %v, want %v", query, res.StatusCode, got, want)
		}
	}
	if body, res := get(t, server, "/fi/audit?since=1.1.2020&until=kesä"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `value="kesä"`) {
		t.Errorf("wrong dates: %d", res.StatusCode)
	}
	if _, res := get(t, server, "/fi/audit?since=1.1.2020&until=1.1.2026"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("six years at once: %d", res.StatusCode)
	}
	if body, _ := get(t, server, "/fi/audit/export.csv?act=voucher.closed"); strings.Count(body, "\r\n") != 2 || !strings.Contains(body, "TRE-voucher.closed") {
		t.Errorf("export: %q", body)
	}
	body, _ := get(t, server, "/fi/audit?act=audit.exported")
	if strings.Count(body, "Loki tallennettiin tiedostoksi") < 2 || strings.Contains(body, ">audit.exported<") {
		t.Error("the export left no row, or one without words")
	}
}

func TestPrivacyOfficerSeesWhoHasRead(t *testing.T) {
	t.Parallel()
	server, store := open(t, access.Actor{Role: access.PrivacyOfficer, Organiser: 17})
	_, err := postgrestest.Admin(t, store).Exec(t.Context(), `set session_replication_role = replica;
		insert into client (organiser_id, client_id, person_id, last_name, first_names, birth_date, municipality, source, created_at) values (17, 8, 88, 'Koe', 'Aino', '1940-01-01', '001', 'page', now());
		insert into access_log (organiser_id, at, name, role, person_id, client_id, purpose, what, request_id) values (17, '2026-11-20', 'Olli Katsoja', 'caseworker', 88, 8, 'case', 'voucher', 'r');`)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.PostForm(server.URL+"/fi/access-log", url.Values{"q": {"koe"}})
	body, res := read(t, res, err)
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "/fi/access-log/8") {
		t.Fatalf("search: %d", res.StatusCode)
	}
	if body, res = get(t, server, "/fi/access-log/8"); !strings.Contains(body, "Olli Katsoja") || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("log: %d", res.StatusCode)
	}
	if body, _ = get(t, server, "/fi/access-log/8"); !strings.Contains(body, "Pirkko") {
		t.Error("the officer's own reading is not in the log")
	}
	if _, res = get(t, server, "/fi/access-log/99"); res.StatusCode != http.StatusNotFound {
		t.Errorf("unknown client: %d", res.StatusCode)
	}
}

func TestOperatorSeesWhatWaitsAndThatNoBackupExists(t *testing.T) {
	t.Parallel()
	server, store := open(t, access.Actor{Role: access.Operator})
	by := access.System("test", 17)
	err := store.Tenant(t.Context(), by, func(tx *postgres.Tx) error {
		if err := tx.Outbox(t.Context(), postgres.Message{Organiser: 17, Topic: "notice.mail", Dedup: "1"}); err != nil {
			return err
		}
		if _, err := tx.OutboxClaim(t.Context(), "notice.mail", 1, time.Minute); err != nil {
			return err
		}
		q, err := job.New(store, slog.New(slog.DiscardHandler))
		if err == nil {
			_, err = q.Enqueue(t.Context(), tx, report{}, job.At(time.Date(2099, 6, 1, 11, 15, 0, 0, time.UTC)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	body, res := get(t, server, "/fi/operations")
	for _, word := range []string{"Lähetys Vardaan", "Ajastettu", "Seuraava ajo", "1.6.2099 klo 14.15"} {
		if !strings.Contains(strings.ReplaceAll(body, "\u00a0", " "), word) {
			t.Errorf("no %q", word)
		}
	}
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "notice.mail") || !strings.Contains(body, "ei vielä yhtään") || !strings.Contains(body, "Varmuuskopio puuttuu") {
		t.Errorf("health: %d", res.StatusCode)
	}
}

// report is a job that waits for its time.
type report struct{}

func (report) Kind() string { return "varda.run" }
