package settings_test

import (
	"strings"
	"testing"
)

func TestVersionsAreComparedBeforePublishing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service := h.service()
	h.draft(service)
	if page := get(t, h.matti, service+"/rulebook/compare"); !strings.Contains(page, "Tämä on sääntökirjan ensimmäinen versio") || !strings.Contains(page, "33,00") {
		t.Error("a first draft is not shown by itself")
	}
	saved(t, h.matti, service+"/rulebook/publish", typed(get(t, h.matti, service+"/rulebook/publish")))
	form := typed(get(t, h.pirkko, service+"/rulebook"))
	for name := range form {
		if strings.HasPrefix(name, "value.") {
			form.Set(name, "30")
		}
	}
	form.Set("text_fi", "Yleinen osa.\n\nUusi osa.")
	form.Set("leave_days", "21")
	saved(t, h.pirkko, service+"/rulebook", form)
	if !strings.Contains(get(t, h.matti, service+"/rulebook/publish"), "/rulebook/compare") {
		t.Error("who publishes is not led to the comparison")
	}
	page := get(t, h.matti, service+"/rulebook/compare")
	for _, want := range []string{"<del>Palvelukohtainen osa.</del>", "<ins>Uusi osa.</ins>", "Irtisanomisaika", "21 päivää", "−3,00", "Seteliä voimassa"} {
		if !strings.Contains(page, want) {
			t.Errorf("the comparison does not tell %s", want)
		}
	}
	if strings.Contains(page, "Kirjausaika, päivää") {
		t.Error("a rule that stays is listed")
	}
	value := get(t, h.pirkko, service+"/rulebook/value?method=linear_taper")
	taper := typed(value)
	for name, v := range map[string]string{"full_cents": "27,00", "min_cents": "7", "divisor": "60", "pct_increase": "-1", "limit_increase_cents": "342",
		"income_limits_cents.size.0": "1", "income_limits_cents.cents.0": "563", "pcts.size.0": "1", "pcts.pct.0": "35"} {
		taper.Set(name, v)
	}
	saved(t, h.pirkko, service+"/rulebook/value", taper)
	page = get(t, h.matti, service+"/rulebook/compare")
	for _, want := range []string{"<svg", "Tulot kuukaudessa", "5 000,00", "4 henkilöä", "ennen 33,00"} {
		if !strings.Contains(strings.ReplaceAll(page, "\u00a0", " "), want) {
			t.Errorf("the comparison by income does not tell %s", want)
		}
	}
	draft := typed(page).Get("after")
	if same := get(t, h.matti, service+"/rulebook/compare?before="+draft+"&after="+draft); !strings.Contains(same, "Säännöt ovat samat") {
		t.Error("a version differs from itself")
	}
}

func TestConditionsOfApprovalAreWrittenAndPublished(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service := h.service()
	if page := get(t, h.pirkko, service+"/rulebook/criteria"); !strings.Contains(page, "Kirjoita ensin sääntökirjan teksti") {
		t.Error("conditions are asked before there is a draft to keep them with")
	}
	h.draft(service)
	form := typed(get(t, h.pirkko, service+"/rulebook/criteria"))
	form.Set("fi.0", "Yritys on Soteri-rekisterissä")
	form.Set("evidence.0", "yes")
	form.Set("recheck.0", "12")
	form.Set("sv.2", "Utan finska")
	code, page := post(t, h.pirkko, service+"/rulebook/criteria", form)
	if code != 422 || !strings.Contains(page, `href="#f-fi.2"`) || !strings.Contains(page, "Soteri") {
		t.Fatalf("%d %s", code, refusals(page))
	}
	form.Set("more", "criteria")
	if _, page = post(t, h.pirkko, service+"/rulebook/criteria", form); !strings.Contains(page, `name="fi.5"`) || !strings.Contains(page, "Utan finska") {
		t.Error("more rows lost what was typed")
	}
	form.Del("more")
	form.Del("sv.2")
	saved(t, h.pirkko, service+"/rulebook/criteria", form)
	if again := typed(get(t, h.pirkko, service+"/rulebook/criteria")); again.Get("fi.0") != "Yritys on Soteri-rekisterissä" || again.Get("recheck.0") != "12" {
		t.Errorf("the conditions do not come back: %v", again)
	}
	rules := typed(get(t, h.pirkko, service+"/rulebook"))
	saved(t, h.pirkko, service+"/rulebook", rules)
	page = get(t, h.matti, service+"/rulebook/publish")
	if !strings.Contains(page, "Yritys on Soteri-rekisterissä, todistus liitteenä, tarkistetaan 12 kuukauden välein") {
		t.Error("who publishes does not see the conditions")
	}
	saved(t, h.matti, service+"/rulebook/publish", typed(page))
}
