package settings_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var chosen = regexp.MustCompile(`(?s)<select[^>]* name="([^"]+)".*?</select>`)
var selected = regexp.MustCompile(`<option value="([^"]*)"[^>]* selected`)

// whole reads a form with its selects.
func whole(body string) url.Values {
	v := typed(body)
	for _, m := range chosen.FindAllStringSubmatch(body, -1) {
		if s := selected.FindStringSubmatch(m[0]); s != nil {
			v.Set(m[1], s[1])
		}
	}
	return v
}

func TestDefinitionOfIncomeFollowsAnother(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	body := get(t, h.pirkko, "/settings/income")
	if !strings.Contains(body, "oletusmääritelmä") {
		t.Fatal("the default definition is not named")
	}
	form := whole(body)
	if form.Get("part.child_benefit") != "excluded" || form.Get("share.forest") != "0,9" || form.Get("times.month_bonus") != "12,5" {
		t.Fatalf("form: %v", form)
	}
	form.Set("from", "20.11.2026")
	form.Set("kind_part", "excluded")
	if code, page := post(t, h.pirkko, "/settings/income", form); code != http.StatusUnprocessableEntity || !strings.Contains(page, "menneenä päivänä") {
		t.Errorf("a definition of the past: %d %s", code, refusals(page))
	}
	form.Set("from", "1.12.2026")
	form.Set("share.forest", "lots")
	if code, page := post(t, h.pirkko, "/settings/income", form); code != http.StatusUnprocessableEntity || !strings.Contains(page, "f-share.forest-error") || !strings.Contains(page, `value="lots"`) {
		t.Errorf("a share that is no number: %d %s", code, refusals(page))
	}
	form.Set("share.forest", "0,8")
	form.Set("part.child_benefit", "benefits")
	form.Set("kind_fi", "Sotilasavustus")
	saved(t, h.pirkko, "/settings/income", form)
	body = get(t, h.pirkko, "/settings/income")
	again := whole(body)
	if again.Get("share.forest") != "0,8" || again.Get("part.child_benefit") != "benefits" || again.Get("part.own_1") != "excluded" || !strings.Contains(body, "1.12.2026 alkaen") {
		t.Errorf("saved: %v", again)
	}
	again.Set("from", "1.12.2026")
	if code, page := post(t, h.matti, "/settings/income", again); code != http.StatusUnprocessableEntity || !strings.Contains(page, "on jo määritelmä") {
		t.Errorf("a second one for the day: %d %s", code, refusals(page))
	}
}
