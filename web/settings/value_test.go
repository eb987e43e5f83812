package settings_test

import (
	"net/http"
	"strings"
	"testing"

	"seteli/domain/rulebook/method"
)

func TestValueByIncomeIsTypedKeptAndPublished(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service := h.service()
	if page := get(t, h.pirkko, service+"/rulebook/value"); !strings.Contains(page, "Kirjoita ensin sääntökirjan teksti") {
		t.Error("a value is asked before there is a draft to keep it with")
	}
	h.draft(service)
	form := typed(get(t, h.pirkko, service+"/rulebook/value?method=linear_taper"))
	for name, value := range map[string]string{"full_cents": "27,00", "min_cents": "7", "rounding": "half_up_cent", "divisor": "60", "pct_increase": "-1", "limit_increase_cents": "342",
		"income_limits_cents.size.0": "1", "income_limits_cents.cents.0": "563", "income_limits_cents.size.1": "2", "income_limits_cents.cents.1": "1039",
		"pcts.size.0": "1", "pcts.pct.0": "35", "pcts.size.1": "2"} {
		form.Set(name, value)
	}
	code, page := post(t, h.pirkko, service+"/rulebook/value", form)
	if code != http.StatusUnprocessableEntity || !strings.Contains(page, `href="#f-pcts.pct.1"`) || !strings.Contains(page, `value="27,00"`) {
		t.Fatalf("%d %s", code, refusals(page))
	}
	form.Set("more", "pcts")
	_, page = post(t, h.pirkko, service+"/rulebook/value", form)
	if !strings.Contains(page, `name="pcts.pct.5"`) || !strings.Contains(page, `value="1039"`) {
		t.Error("more rows lost what was typed")
	}
	form.Del("more")
	form.Set("pcts.pct.1", "22")
	saved(t, h.pirkko, service+"/rulebook/value", form)
	if again := typed(get(t, h.pirkko, service+"/rulebook/value")); again.Get("income_limits_cents.cents.1") == "" || again.Get("method") != "linear_taper" {
		t.Errorf("the parameters do not come back: %v", again)
	}
	rules := typed(get(t, h.pirkko, service+"/rulebook"))
	rules.Set("leave_days", "14")
	saved(t, h.pirkko, service+"/rulebook", rules)
	page = get(t, h.matti, service+"/rulebook/publish")
	for _, want := range []string{"Tulojen mukaan laskeva arvo", "563,00", "14 päivää"} {
		if !strings.Contains(page, want) {
			t.Errorf("who publishes does not see %s", want)
		}
	}
	saved(t, h.matti, service+"/rulebook/publish", typed(page))
}

func TestEachMethodHasAPageOfItsParameters(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service := h.service()
	h.draft(service)
	for _, name := range method.Names() {
		page := get(t, h.pirkko, service+"/rulebook/value?method="+name)
		for _, f := range method.Fields(name) {
			if !strings.Contains(page, `"f-`+f.Name) {
				t.Errorf("%s: %s is not asked", name, f.Name)
			}
		}
		if code, page := post(t, h.pirkko, service+"/rulebook/value", typed(page)); code != http.StatusUnprocessableEntity || !strings.Contains(page, "govuk-error-summary") {
			t.Errorf("%s: an empty form answered %d", name, code)
		}
	}
}
