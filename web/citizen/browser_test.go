package citizen_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/voucher"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/browser"
	"seteli/web/casework"
	"seteli/web/citizen"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

// TestPagesAreAccessible looks at the client's and the caseworker's pages with axe, at 320 px and on the console.
func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	open, _ := world.Open(20)
	world.Use(open, 7, calendar.Day(2026, 11, 10))
	waiting := world.Granted(12)
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		_, err := voucher.GiveSheet(t.Context(), tx, world.Staff, world.Means, voucher.SheetInput{Organiser: w.Organiser, Voucher: waiting.ID, Channel: voucher.ByLetter,
			OwnServiceFee: map[int64]money.Cents{w.Hours: 1500}})
		return err
	})
	b := browser.Start(t)
	look := func(by access.Actor, acting, kind string, paths ...string) {
		site := uitest.New(t, ui.Session{Actor: by, SignedIn: true, Acting: ui.Acting{Kind: kind, Name: acting}, Tenant: ui.Tenant{Name: "Mallilan hyvinvointialue", Phone: "040 000"}},
			(&citizen.Pages{DB: world.DB, Keys: world.Keys, Texts: world.Means.Texts}).Audience(), (&casework.Pages{DB: world.DB, Keys: world.Keys, Means: world.Means}).Audience())
		server := uitest.Serve(t, site)
		for _, path := range paths {
			page := browser.Page{URL: server.URL + path}
			for _, v := range b.Axe(t, page) {
				t.Errorf("%s: %s", path, v)
			}
			if wide := b.Reflow(t, browser.Page{URL: page.URL}); wide != 0 {
				t.Errorf("%s is %d px too wide at 320 px", path, wide)
			}
			for _, line := range b.Console(t, browser.Page{URL: page.URL}) {
				t.Errorf("%s: %s", path, line)
			}
			picture(t, b, page, path)
		}
	}
	own := fmt.Sprintf("/fi/my/vouchers/1/%d", open.ID)
	look(world.Self(world.Aino), "Aino Virtanen", "self", "/fi/my", own, own+"/choose", fmt.Sprintf("/fi/my/vouchers/1/%d/answer", waiting.ID), fmt.Sprintf("%s/letters/%d", own, *open.Decision), "/fi/my/readings")
	v := fmt.Sprintf("/fi/vouchers/%d", open.ID)
	look(world.Staff, "palveluohjaaja", "role", "/fi/work", "/fi/clients/1", "/fi/clients/1/grant?service=13", v, v+"/close", v+"/reserve")
}

// TestGrantCalculatesWhileTyping: a changed amount asks for the calculation without a button; the answer holds the value.
func TestGrantCalculatesWhileTyping(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	site := uitest.New(t, ui.Session{Actor: world.Staff, SignedIn: true}, (&casework.Pages{DB: world.DB, Keys: world.Keys, Means: world.Means}).Audience())
	server := uitest.Serve(t, site)
	answers := make(chan string, 10)
	inner := server.Config.Handler
	server.Config.Handler = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			inner.ServeHTTP(out, r)
			return
		}
		answer := httptest.NewRecorder()
		inner.ServeHTTP(answer, r)
		answers <- answer.Body.String()
		for name, values := range answer.Header() {
			out.Header()[name] = values
		}
		out.WriteHeader(answer.Code)
		_, _ = out.Write(answer.Body.Bytes())
	})
	page := browser.Page{URL: server.URL + "/fi/clients/1/grant?service=11", Script: `
		const amount = document.querySelector('[name=amount-21]');
		amount.value = '20';
		amount.dispatchEvent(new Event('change', {bubbles: true}))`,
		Until: `document.querySelector('#calculation').textContent.includes('34,00')`}
	for _, v := range browser.Start(t).Axe(t, page) {
		t.Error(v)
	}
	select {
	case body := <-answers:
		if !strings.Contains(body, `id="calculation"`) || !strings.Contains(body, "34,00") {
			t.Errorf("the answer holds no calculation: %.500s", body)
		}
	default:
		t.Error("nothing was asked while typing")
	}
}

// picture keeps a look at the page for a person's eyes when PICTURES names a folder.
func picture(t *testing.T, b *browser.Browser, page browser.Page, path string) {
	t.Helper()
	dir := os.Getenv("PICTURES")
	if dir == "" {
		return
	}
	for _, width := range []int64{1240, 375} {
		page.Width = width
		name := strings.NewReplacer("/", "_", "?", "_", "=", "_").Replace(path)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", name, width)), b.Picture(t, page), 0o600); err != nil {
			t.Error(err)
		}
	}
}
