package rules_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	v "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// edited is one change on a page of the draft, and which parameters of the profile it is about.
type edited struct {
	page   string
	change map[string]string
	about  []string
}

// edits change every parameter that a municipality decides to something else than the profile has, each on its own page.
var edits = []edited{
	{"basics", map[string]string{"name_fi": "Toinen", "name_sv": "Andra", "name_en": "Other", "source": "Lautakunta 1.9.2026 § 7"}, []string{"names.fi", "names.sv", "names.en", "source"}},
	{"price", map[string]string{"price_notice_days": "45", "from.0": "1.8.2019", "model.0": "E", "cap.0": "31"},
		[]string{"price_notice_days", "price_models.from", "price_models.model", "price_models.surcharge_cap_cents"}},
	{"options", map[string]string{"name_fi.1": "Uusi", "name_sv.1": "Ny", "name_en.1": "New", "fee.1": "33", "value.1": "0,44", "fixed.1": "12", "sibling.1": "6"},
		[]string{"options.names.fi", "options.names.sv", "options.names.en", "options.fee_coefficient", "options.value_coefficient", "options.fixed_fee_cents", "options.fixed_sibling_fee_cents"}},
	{"base", map[string]string{"from.0": "1.9.2021", "to.0": "31.12.2030", "over.0": "871", "under.0": "1351"}, []string{"base_values.from", "base_values.to", "base_values.over_3_cents", "base_values.under_3_cents"}},
	{"value?option=1", map[string]string{"from.0": "1.9.2026", "to.0": "31.12.2030", "over.0": "555", "under.0": "777"}, []string{"values.option", "values.from", "values.to", "values.over_3_cents", "values.under_3_cents"}},
	{"fees", map[string]string{"from.0": "1.8.2026", "to.0": "31.7.2028", "limit_2.0": "4200", "limit_3.0": "5400", "limit_4.0": "6100", "limit_5.0": "6800", "limit_6.0": "7500", "increase.0": "280",
		"multiplier.0": "10,7", "max.0": "335", "min.0": "31", "second.0": "40", "later.0": "20"},
		[]string{"thresholds.from", "thresholds.to", "thresholds.min_income_cents", "thresholds.income_increase_cents", "thresholds.multiplier", "thresholds.max_fee_cents", "thresholds.min_fee_cents",
			"thresholds.second_child_share", "thresholds.later_child_share"}},
	{"support", map[string]string{"capacity": "yes"}, []string{"capacity_factor"}},
	{"rounding", map[string]string{"table_rounding": "half_up_cent", "decision_rounding": "half_up_cent", "fee_rounding": "once"}, []string{"table_rounding", "decision_rounding", "fee_rounding"}},
	{"incomes", map[string]string{"income.yearly": "0,09"}, []string{"income_coefficients"}},
	{"absence", map[string]string{"absence_days": "77", "uncounted": "6", "notice_months": "2"}, []string{"lapse.absence_days", "lapse.uncounted_months", "notice_months"}},
	{"months", map[string]string{"close_day": "17", "close_by_itself": "yes", "statement_days": "11", "free_months": "0"}, []string{"close_day", "close_by_itself", "statement_days", "free_months"}},
	{"decisions", map[string]string{"max_days_ahead": "99", "retention_months": "133", "from.0": "1.1.2019", "act.0": "1/2027", "section.0": "8 §"},
		[]string{"max_days_ahead", "retention_months", "legal_basis.from", "legal_basis.act", "legal_basis.section"}},
}

// elsewhere are the parameters that no page may change, and why.
var elsewhere = map[string]string{
	"format":                 "the form of the file",
	"options.code":           "made of the name once: values, needs and prices name the option by it",
	"options.placement_type": "changed with the default of its type, in the test of the set-up",
	"options.default":        "changed with the placement type, in the test of the set-up",
	"base_values.option":     "base values are of no option",
}

// A parameter that a profile has and no page edits is one that a municipality cannot decide: each is changed on its page and found changed.
func TestEveryParameterOfAProfileIsDecidedOnAPage(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	h.save(h.pirkko, path+"/new", map[string]string{"profile": "espoo", "valid_from": "1.12.2026", "content": ui.Digits(v.Service) + "-" + ui.Digits(v.Hours)})
	has := map[string]bool{}
	for _, e := range edits {
		before := h.leaves()
		at := path + "/draft/" + e.page
		f := form(h.page(h.pirkko, at))
		if e.page == "fees" { // the national ones hold until the municipality has a row of its own
			f.Set("more", "1")
			_, page := h.post(h.pirkko, at, f)
			f = form(page)
		}
		for name, x := range e.change {
			f.Set(name, x)
		}
		if code, page := h.post(h.pirkko, at, f); code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", e.page, code, told(page))
		}
		after := h.leaves()
		for _, leaf := range e.about {
			has[leaf] = true
			if slices.Equal(before[leaf], after[leaf]) {
				t.Errorf("%s does not change %s: %v", e.page, leaf, after[leaf])
			}
		}
		for leaf := range after {
			if !slices.Contains(e.about, leaf) && !slices.Equal(before[leaf], after[leaf]) {
				t.Errorf("%s changes %s as well: %v, %v", e.page, leaf, before[leaf], after[leaf])
			}
		}
	}
	for _, leaf := range parameters(reflect.TypeFor[profile.Profile](), "") {
		switch {
		case has[leaf] && elsewhere[leaf] != "":
			t.Errorf("%s is said to be elsewhere and has a page", leaf)
		case !has[leaf] && elsewhere[leaf] == "":
			t.Errorf("%s is a parameter of a profile and no page edits it", leaf)
		}
	}
}

// parameters lists what the type says, as the file names it: "price_models.from".
func parameters(of reflect.Type, under string) (list []string) {
	for f := range of.Fields() {
		in := f.Type
		for in.Kind() == reflect.Slice || in.Kind() == reflect.Pointer {
			in = in.Elem()
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		at := under
		if name != "" {
			at = under + name
		}
		switch {
		case f.Anonymous && name == "":
			list = append(list, parameters(in, under)...)
		case in.Kind() == reflect.Struct && in.NumField() > 0 && in.Field(0).IsExported():
			list = append(list, parameters(in, at+".")...)
		default:
			list = append(list, at)
		}
	}
	return list
}

// leaves are the draft's parameters by the same names, each with its values in order.
func (h *town) leaves() map[string][]string {
	h.t.Helper()
	var draft store.Rules
	main := access.Actor{Account: 21, Name: "Pirkko Pää", Role: access.MainUser, Organiser: v.Organiser}
	h.Do(main, func(tx *postgres.Tx) error {
		list, err := store.RulesVersions(h.t.Context(), tx, main, v.Organiser)
		if err == nil {
			draft = list[0]
		}
		return err
	})
	raw, err := draft.Profile.Write()
	must(h.t, err)
	var tree any
	must(h.t, json.Unmarshal(raw, &tree))
	out := map[string][]string{}
	known := parameters(reflect.TypeFor[profile.Profile](), "")
	var walk func(at string, x any)
	walk = func(at string, x any) {
		if slices.Contains(known, at) {
			text, err := json.Marshal(x)
			must(h.t, err)
			out[at] = append(out[at], string(text))
			return
		}
		switch x := x.(type) {
		case []any:
			for _, one := range x {
				walk(at, one)
			}
		case map[string]any:
			for name, one := range x {
				walk(strings.TrimPrefix(at+"."+name, "."), one)
			}
		default:
			h.t.Fatalf("%s stands in a profile and is no parameter", at)
		}
	}
	walk("", tree)
	return out
}
