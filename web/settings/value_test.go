package settings_test

import (
	"net/http"
	"strings"
	"testing"

	"seteli/domain/rulebook/method"
	"seteli/platform/postgres/postgrestest"
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

func TestFeeOfTheOwnServiceIsTypedComparedAndLeftOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service := h.service()
	h.draft(service)
	page := get(t, h.pirkko, service+"/rulebook/fee")
	for _, kind := range method.FeeKinds() {
		if !strings.Contains(page, `value="`+kind+`"`) {
			t.Errorf("%s cannot be chosen", kind)
		}
		form := typed(get(t, h.pirkko, service+"/rulebook/fee?kind="+kind))
		if code, refused := post(t, h.pirkko, service+"/rulebook/fee", form); code != http.StatusUnprocessableEntity || !strings.Contains(refused, "govuk-error-summary") {
			t.Errorf("%s: an empty form answered %d", kind, code)
		}
	}
	form := typed(get(t, h.pirkko, service+"/rulebook/fee?kind=home_care_fee"))
	for name, value := range map[string]string{"income_limits_cents.size.0": "1", "income_limits_cents.cents.0": "699", "hours_rounding": "whole_half_up",
		"pct_by_hours.size.0": "1", "pct_by_hours.hours.0": "0", "pct_by_hours.pct.0": "8", "pct_by_hours.size.1": "1", "pct_by_hours.hours.1": "20", "pct_by_hours.pct.1": "26",
		"cap_by_hours_cents.hours.0": "0", "cap_by_hours_cents.cap_cents.0": "119,66"} {
		form.Set(name, value)
	}
	saved(t, h.pirkko, service+"/rulebook/fee", form)
	if again := typed(get(t, h.pirkko, service+"/rulebook/fee")); again.Get("kind") != "home_care_fee" || again.Get("cap_by_hours_cents.cap_cents.0") != "119,66" || again.Get("pct_by_hours.pct.1") != "26" {
		t.Errorf("the fee does not come back: %v", again)
	}
	rules := typed(get(t, h.pirkko, service+"/rulebook"))
	rules.Set("week_factor", "52/12")
	saved(t, h.pirkko, service+"/rulebook", rules)
	page = get(t, h.matti, service+"/rulebook/publish")
	for _, want := range []string{"Kotihoidon maksu tulojen", "119,66", "52/12"} {
		if !strings.Contains(page, want) {
			t.Errorf("who publishes does not see %s", want)
		}
	}
	saved(t, h.matti, service+"/rulebook/publish", typed(page))
	form = typed(get(t, h.pirkko, service+"/rulebook/fee"))
	form.Set("act", "leave_out")
	saved(t, h.pirkko, service+"/rulebook/fee", form)
	if page = get(t, h.matti, service+"/rulebook/compare"); !strings.Contains(page, "Oman palvelun asiakasmaksu") || !strings.Contains(page, "119,66") {
		t.Error("the comparison does not tell that the fee goes away")
	}
}

func TestTermsOfABalanceAreTypedAndPublished(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service := h.service()
	h.draft(service)
	if page := get(t, h.pirkko, service+"/rulebook/purse"); !strings.Contains(page, "euroina laskettava sisältö") {
		t.Error("a service without euros has terms of a balance")
	}
	_, err := postgrestest.Owner(t, h.db).Exec(t.Context(), `update content set unit = 'euro'`)
	must(t, err)
	form := typed(get(t, h.pirkko, service+"/rulebook/purse"))
	form.Set("hold_days", "91")
	if code, page := post(t, h.pirkko, service+"/rulebook/purse", form); code != http.StatusUnprocessableEntity || !strings.Contains(page, `href="#f-hold_days"`) || !strings.Contains(page, `value="91"`) {
		t.Errorf("91 days answered %d %s", code, refusals(page))
	}
	form.Set("hold_days", "10")
	form.Set("left_over", "returns")
	form.Set("client_adds", "yes")
	saved(t, h.pirkko, service+"/rulebook/purse", form)
	page := get(t, h.matti, service+"/rulebook/publish")
	for _, want := range []string{"Kaikki palvelusetelipalvelut", "palautuu järjestäjälle", "10 päivää"} {
		if !strings.Contains(page, want) {
			t.Errorf("who publishes does not see %s", want)
		}
	}
	saved(t, h.pirkko, service+"/rulebook", typed(get(t, h.pirkko, service+"/rulebook")))
	if again := typed(get(t, h.pirkko, service+"/rulebook/purse")); again.Get("hold_days") != "10" || again.Get("left_over") != "returns" {
		t.Errorf("the terms do not come back: %v", again)
	}
}
