package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

// raced is a form about a thing whose second version somebody else has just made, in the two shapes of handlers: one that shows the
// form again, and one that can only fail.
func raced() ui.Audience {
	type view struct{ Form *ui.Form }
	changed := fault.New(fault.Stale, "ODD-004", "ui.error.stale.title")
	form := func(w http.ResponseWriter, r *ui.Request) error {
		f := r.Input()
		f.Set("version", 2)
		f.Set("reason", "as it is stored")
		status := http.StatusOK
		if f.Submitted() && f.Text("version") != "2" && f.Take(changed) {
			status = http.StatusUnprocessableEntity
		}
		return r.Show(w, status, "raced/form", view{f})
	}
	return ui.Audience{Name: "raced", Pages: []ui.PageSpec{ui.Page("raced/form", view{})},
		Templates: fstest.MapFS{"templates/form.html": {Data: []byte(`{{define "title"}}x{{end}}{{define "main"}}<form method="post">` +
			`<input type="hidden" name="version" value="{{.Form.Value "version"}}">{{textarea .Form "reason" "ui.form.stale"}}</form>{{end}}`)}},
		Routes: []ui.Route{
			{Method: "GET", Path: "/raced", Open: true, Handle: form}, {Method: "POST", Path: "/raced", Open: true, Handle: form},
			{Method: "POST", Path: "/gone", Open: true, Handle: func(http.ResponseWriter, *ui.Request) error { return changed }},
			{Method: "POST", Path: "/refused", Open: true, Handle: func(http.ResponseWriter, *ui.Request) error { return access.ErrForbidden }},
		}}
}

func TestFormThatSomebodyElseOvertookComesBackWithEverythingTyped(t *testing.T) {
	t.Parallel()
	server := uitest.Serve(t, uitest.New(t, ui.Session{}, raced()))
	const typed = "Käynti kirjattiin väärälle päivälle"
	answer, body := post(t, server.URL+"/fi/raced", "same-origin", url.Values{"version": {"1"}, "reason": {typed}})
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("status %d", answer.StatusCode)
	}
	for _, want := range []string{typed, `name="version" value="2"`, "ODD-004", `href="/fi/raced" target="_blank"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if answer, body = post(t, server.URL+"/fi/raced", "same-origin", url.Values{"version": {"2"}, "reason": {typed}}); answer.StatusCode != http.StatusOK || strings.Contains(body, "ODD-004") {
		t.Errorf("sent once more: %d", answer.StatusCode)
	}
}

func TestErrorPageShowsWhatWasWrittenUnlessTheFormIsForbidden(t *testing.T) {
	t.Parallel()
	server := uitest.Serve(t, uitest.New(t, ui.Session{}, raced()))
	const typed = "Pitkä perustelu, jota ei saa hukata"
	for path, kept := range map[string]bool{"/fi/gone": true, "/fi/refused": false} {
		answer, body := post(t, server.URL+path, "same-origin", url.Values{"reason": {typed}})
		if strings.Contains(body, typed) != kept {
			t.Errorf("%s (%d): text shown %v", path, answer.StatusCode, !kept)
		}
		if answer.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be stored", path)
		}
	}
}
