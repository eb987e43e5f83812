package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"seteli/platform/access"
	"seteli/web/browser"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

// guardian is an invented person who acts for a child.
var guardian = ui.Session{SignedIn: true, Actor: access.Actor{Account: 1, Role: access.Client, Name: "Aino Virtanen"},
	Tenant: ui.Tenant{Name: "Mallilan kaupunki", Phone: "08 123 4567", Email: "palveluseteli@mallila.example"},
	Acting: ui.Acting{Kind: "child", Name: "Eetu Virtanen", Detail: "huoltaja", Choices: true},
	Ends:   time.Date(2026, 11, 21, 10, 30, 0, 0, time.UTC)}

// The home page of the invented audience gives the style guide a navigation.
func home() ui.Audience {
	show := func(w http.ResponseWriter, r *ui.Request) error { w.WriteHeader(http.StatusNoContent); return nil }
	return ui.Audience{Name: "home", Roles: []access.Role{access.Client},
		Nav:    []ui.NavItem{{Key: "ui.guide.vouchers", Path: "/own"}, {Key: "ui.guide.title", Path: "/style-guide"}, {Key: "ui.guide.letter", Path: "/letters"}},
		Routes: []ui.Route{{Method: "GET", Path: "/own", Open: true, Handle: show}}}
}

func TestStyleGuide(t *testing.T) {
	t.Parallel()
	server := uitest.Serve(t, uitest.New(t, guardian, home()))
	b := browser.Start(t)
	for _, lang := range []string{"fi", "sv", "en"} {
		for _, page := range []string{"style-guide", "accessibility", "privacy", "nowhere"} {
			address := fmt.Sprintf("%s/%s/%s", server.URL, lang, page)
			for _, dark := range []bool{false, true} {
				for _, v := range b.Axe(t, browser.Page{URL: address, Dark: dark}) {
					t.Errorf("%s %s dark=%v: %s", lang, page, dark, v)
				}
			}
			if wide := b.Reflow(t, browser.Page{URL: address}); wide != 0 {
				t.Errorf("%s %s is %d px too wide at 320 px", lang, page, wide)
			}
			if page == "nowhere" {
				continue // the browser itself reports the 404
			}
			for _, line := range b.Console(t, browser.Page{URL: address}) {
				t.Errorf("%s %s: %s", lang, page, line)
			}
		}
	}
	refused := browser.Page{URL: server.URL + "/fi/style-guide", Script: `document.querySelector('main form').submit()`}
	for _, v := range b.Axe(t, refused) {
		t.Errorf("refused form: %s", v)
	}
	if dir := os.Getenv("PICTURES"); dir != "" { // for a person's eyes
		for _, width := range []int64{1240, 375} {
			for _, dark := range []bool{false, true} {
				png := b.Picture(t, browser.Page{URL: server.URL + "/fi/style-guide", Width: width, Dark: dark})
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("guide-%d-%v.png", width, dark)), png, 0o600); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

func TestAxeFindsPlantedFaults(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><html><head></head><body><main><h1>x</h1><input name="a"><button></button>
<p style="color:#bbb;background:#fff">pale</p><div style="width:900px">wide</div><script>console.error("loud")</script></main></body></html>`)
	}))
	t.Cleanup(server.Close)
	b := browser.Start(t)
	found := map[string]bool{}
	for _, v := range b.Axe(t, browser.Page{URL: server.URL}) {
		found[v.ID] = true
	}
	for _, planted := range []string{"label", "button-name", "color-contrast", "document-title", "html-has-lang"} {
		if !found[planted] {
			t.Errorf("the planted fault %s was not found", planted)
		}
	}
	if b.Reflow(t, browser.Page{URL: server.URL}) == 0 {
		t.Error("the page that is too wide was not found")
	}
	if len(b.Console(t, browser.Page{URL: server.URL})) == 0 {
		t.Error("the error of the console was not found")
	}
}
