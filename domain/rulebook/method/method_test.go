package method_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/platform/i18n"
)

// sets are plain parameters of every method for the contents 7 and 8; Helsinki's and others' published figures where there are.
var sets = map[string]string{
	"flat_unit":   `{"method":"flat_unit","values":[{"content_id":7,"value_cents":2700},{"content_id":8,"value_cents":2000}]}`,
	"lump_sum":    `{"method":"lump_sum","values":[{"content_id":7,"value_cents":90000},{"content_id":8,"value_cents":20000}],"gate_income_limits_cents":{"1":100000,"2":170000}}`,
	"flat_period": `{"method":"flat_period","values":[{"content_id":7,"value_cents":310000},{"content_id":8,"value_cents":20000}],"part":"operational_days"}`,
	"euro_purse":  `{"method":"euro_purse","values":[{"content_id":7,"value_cents":33000},{"content_id":8,"value_cents":100}]}`,
	"time_band_table": `{"method":"time_band_table","bands":[{"band":"sunday_or_holiday","kind":"holiday","from":"00:00","to":"24:00","fi":"Sunnuntai ja pyhä","multiplier":"2"},
{"band":"sunday_or_holiday","kind":"sunday","from":"00:00","to":"24:00","fi":""},{"band":"saturday_or_night","kind":"saturday","from":"00:00","to":"24:00","fi":"Lauantai ja yö","multiplier":"1.2"},
{"band":"saturday_or_night","kind":"night","from":"22:00","to":"06:00","fi":""},{"band":"evening","kind":"evening","from":"18:00","to":"22:00","fi":"Ilta","multiplier":"1.15"},
{"band":"weekday","kind":"weekday","from":"06:00","to":"18:00","fi":"Arki","multiplier":"1"}],
"values":[{"content_id":7,"value_cents":3600},{"content_id":8,"value_cents":2000},{"content_id":8,"band":"evening","value_cents":2501}]}`,
	"linear_taper": `{"method":"linear_taper","full_cents":3400,"min_cents":700,"income_limits_cents":{"1":58800,"2":108400,"3":170100,"4":210300,"5":254600,"6":292400},
"limit_increase_cents":35000,"pcts":{"1":"35","2":"22","3":"18","4":"15","5":"13","6":"11"},"pct_increase":"-1","divisor":60,"contents":[{"content_id":8,"full_cents":2000,"min_cents":300}]}`,
	"linear_taper_scaled": `{"method":"linear_taper_scaled","full_cents":3400,"min_cents":840,"max_cents":4080,"increase_pct":"20",
"income_limits_cents":{"1":65300,"2":120500,"3":189100,"4":233800,"5":283000,"6":325100},"limit_increase_cents":38900,"pcts":{"1":"35","2":"22","3":"18","4":"15","5":"13","6":"11"},"pct_increase":"-1","divisor":"60"}`,
	"income_band_table": `{"method":"income_band_table","bands":[{"household":1,"from_cents":0,"value_cents":2400},{"household":1,"from_cents":113801,"value_cents":2100},{"household":1,"from_cents":142201,"value_cents":null},
{"household":2,"from_cents":0,"value_cents":2400},{"household":2,"from_cents":157501,"value_cents":2100},{"household":2,"from_cents":210701,"value_cents":null},
{"content_id":8,"from_cents":0,"value_cents":1000}]}`,
	"price_minus_fee":   `{"method":"price_minus_fee","values":[{"content_id":7,"max_cents":147300},{"content_id":8,"max_cents":88400}],"max_fee_cents":31100,"legal_ref":"1048/2025, 4 §"}`,
	"ceiling_minus_fee": `{"method":"ceiling_minus_fee","ceiling_cents":125000,"coefficients":[{"need":"full","coefficient":"1"},{"need":"part","coefficient":"0.39"},{"content_id":8,"need":"part","coefficient":"0.5"}],"rounding":"half_up_euro","max_fee_cents":29500}`,
	"coefficient_table": `{"method":"coefficient_table","base_values":[{"base_value_cents":87000},{"column":"under_3","base_value_cents":134850}],
"rows":[{"need":"full","coefficient":"1"},{"need":"part","coefficient":"0.6"},{"need":"preschool","column":"under_3","value_cents":50000},{"need":"preschool","coefficient":"0.5"}],"rounding":"half_up_euro"}`,
	"pct_of_net_income": `{"method":"pct_of_net_income","pct_single":"85","pct_couple":"42.5","keep_cents":19500,"keep_couple_cents":78855,"fixed_deduction_cents":5276,"max_cents":304400,
"days_per_month":"365/12","values":[{"content_id":7,"max_cents":13000},{"content_id":8,"max_cents":9000}]}`,
	"individual": `{"method":"individual","values":[{"content_id":7,"min_cents":1000,"max_cents":5000},{"content_id":8,"min_cents":0,"max_cents":100}]}`,
}

var contents = []catalogue.Content{{ID: 7, Code: "T", Names: i18n.Names{Fi: "Tunti"}}, {ID: 8, Code: "K", Names: i18n.Names{Fi: "Käynti"}}}

func rule(t testing.TB, raw string) rulebook.Value {
	t.Helper()
	var v rulebook.Value
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func book(t testing.TB, raw string) rulebook.Rulebook {
	t.Helper()
	r := rulebook.Default()
	r.Value = rule(t, raw)
	return rulebook.Rulebook{ID: 5, Version: 2, Rules: r}
}

func c(n money.Cents) *money.Cents { return &n }

// TestEveryMethodHasSetFieldsAndWords keeps the parts of a method together.
func TestEveryMethodHasSetFieldsAndWords(t *testing.T) {
	t.Parallel()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	models := method.All()
	want := func(key string) {
		if !words.Has(key) {
			t.Errorf("no text %s", key)
		}
	}
	for _, name := range method.Names() {
		if models[name] == nil || sets[name] == "" || method.Fields(name) == nil {
			t.Errorf("%s is half a method", name)
			continue
		}
		if err := models[name].Check(rule(t, sets[name]), contents); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		want("method.name." + name)
		want("method.about." + name)
		for _, f := range method.Fields(name) {
			for _, f := range append(f.Columns, f) {
				want(f.Label())
				for _, choice := range f.Choices {
					want(f.ChoiceLabel(choice))
				}
			}
		}
	}
	if len(models) != len(method.Names())+1 || models["flat"] == nil {
		t.Error("flat, which earlier rulebooks have, is not read any more")
	}
}

// TestValues are figures computed by hand.
func TestValues(t *testing.T) {
	t.Parallel()
	hours := money.Units(20)
	for name, x := range map[string]struct {
		method  string
		content int64
		facts   rulebook.Facts
		want    string
	}{
		"flat":                      {"flat_unit", 7, rulebook.Facts{}, "2700"},
		"lump sum within the gate":  {"lump_sum", 7, rulebook.Facts{Household: 2, Income: c(170000)}, "90000"},
		"lump sum, gate not passed": {"lump_sum", 7, rulebook.Facts{Household: 1, Income: c(100001)}, "none"},
		"gate, income unknown":      {"lump_sum", 7, rulebook.Facts{Household: 1}, "none"},
		"gate, household unknown":   {"lump_sum", 7, rulebook.Facts{Income: c(1)}, "MET-030"},
		"gate, household of 25":     {"lump_sum", 7, rulebook.Facts{Household: 25, Income: c(1)}, "MET-030"},
		"period":                    {"flat_period", 7, rulebook.Facts{}, "310000"},
		"purse":                     {"euro_purse", 7, rulebook.Facts{}, "33000"},
		"bands by multiplier":       {"time_band_table", 7, rulebook.Facts{}, "3600 sunday_or_holiday=7200 saturday_or_night=4320 evening=4140 weekday=3600"},
		"band with its own value":   {"time_band_table", 8, rulebook.Facts{}, "2000 sunday_or_holiday=4000 saturday_or_night=2400 evening=2501 weekday=2000"},
		"taper":                     {"linear_taper", 7, rulebook.Facts{Household: 1, Income: c(130000), Hours: &hours}, "2985"}, // 34 − 712 × 0.35 / 60 = 29.8466…
		"taper, other content":      {"linear_taper", 8, rulebook.Facts{Household: 1, Income: c(130000)}, "1585"},
		"taper, income unknown":     {"linear_taper", 8, rulebook.Facts{}, "300"},
		"taper, no household":       {"linear_taper", 7, rulebook.Facts{Income: c(1)}, "MET-030"},
		"scaled":                    {"linear_taper_scaled", 7, rulebook.Facts{Household: 2, Income: c(816726)}, "1017"},
		"absurd income":             {"linear_taper", 7, rulebook.Facts{Household: 1, Income: c(1 << 60)}, "MET-045"},
		"income band":               {"income_band_table", 7, rulebook.Facts{Household: 1, Income: c(142200)}, "2100"},
		"income band, two persons":  {"income_band_table", 7, rulebook.Facts{Household: 2, Income: c(142201)}, "2400"},
		"income band, five persons": {"income_band_table", 7, rulebook.Facts{Household: 5, Income: c(210701)}, "none"},
		"income band, content":      {"income_band_table", 8, rulebook.Facts{Income: c(99999999)}, "1000"},
		"income band, negative":     {"income_band_table", 7, rulebook.Facts{Household: 1, Income: c(-5)}, "2400"},
		"income band, unknown":      {"income_band_table", 7, rulebook.Facts{Household: 1}, "none"},
		"income band, household 0":  {"income_band_table", 7, rulebook.Facts{Income: c(1)}, "MET-030"},
		"price less fee":            {"price_minus_fee", 7, rulebook.Facts{Fee: c(20000), Price: c(100000)}, "147300 by price less 20000"},
		"price less highest fee":    {"price_minus_fee", 7, rulebook.Facts{}, "147300 by price less 31100"},
		"negative fee":              {"price_minus_fee", 7, rulebook.Facts{Fee: c(-1)}, "MET-033"},
		"ceiling less fee":          {"ceiling_minus_fee", 7, rulebook.Facts{Need: "part", Fee: c(10000)}, "38800 by price less 10000"}, // 1250 × 0.39 = 487.50 → 488
		"ceiling of a content":      {"ceiling_minus_fee", 8, rulebook.Facts{Need: "part", Fee: c(10000)}, "52500 by price less 10000"},
		"ceiling under the fee":     {"ceiling_minus_fee", 7, rulebook.Facts{Need: "part", Fee: c(60000)}, "0 by price less 60000"},
		"unknown need":              {"ceiling_minus_fee", 7, rulebook.Facts{Need: "night"}, "MET-034"},
		"coefficient":               {"coefficient_table", 7, rulebook.Facts{Need: "part", Column: "under_3"}, "80900"}, // 1348.50 × 0.6 = 809.10
		"coefficient, other column": {"coefficient_table", 7, rulebook.Facts{Need: "part", Column: "over_3"}, "52200"},
		"table value":               {"coefficient_table", 7, rulebook.Facts{Need: "preschool", Column: "under_3"}, "50000"},
		"net income":                {"pct_of_net_income", 7, rulebook.Facts{Client: &rulebook.NetIncome{Earned: 150000}}, "13000 by price less 4044"}, // 1230.15 × 12 / 365
		"net income unknown":        {"pct_of_net_income", 7, rulebook.Facts{}, "13000 by price less 10008"},
		"individual":                {"individual", 7, rulebook.Facts{Individual: c(4999)}, "4999"},
		"individual above":          {"individual", 7, rulebook.Facts{Individual: c(5001)}, "MET-037"},
		"individual missing":        {"individual", 7, rulebook.Facts{}, "MET-036"},
		"no such content":           {"flat_unit", 9, rulebook.Facts{}, "MET-039"},
	} {
		in := rulebook.ValueInput{Content: x.content, Facts: x.facts}
		got, err := method.All().Value(book(t, sets[x.method]), in)
		if said := say(got, err); said != x.want {
			t.Errorf("%s: %s, want %s", name, said, x.want)
		}
		in.Quiet = true
		if quiet, err := method.All().Value(book(t, sets[x.method]), in); say(quiet, err) != x.want || quiet.Explanation != nil {
			t.Errorf("%s: without explanation %s", name, say(quiet, err))
		}
	}
}

func say(r rulebook.ValueResult, err error) string {
	if err != nil {
		return fault.CodeOf(err)
	}
	if r.NoVoucher {
		return "none"
	}
	s := fmt.Sprint(int64(r.Value))
	if r.ByPrice {
		s += fmt.Sprintf(" by price less %d", r.Fee)
	}
	for _, b := range r.Bands {
		s += fmt.Sprintf(" %s=%d", b.Band, b.Value)
	}
	return s
}

// TestContradictoryParametersAreRefusedAtTheirField breaks a good set in one place each.
func TestContradictoryParametersAreRefusedAtTheirField(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ method, old, new, code, field string }{
		"value of nothing":       {"flat_unit", `2700`, `0`, "MET-003", "values.value_cents.0"},
		"content twice":          {"flat_unit", `"content_id":8`, `"content_id":7`, "MET-006", "values.content_id.1"},
		"strange content":        {"flat_unit", `"content_id":8`, `"content_id":9`, "MET-004", "values.content_id.1"},
		"content missing":        {"flat_unit", `,{"content_id":8,"value_cents":2000}`, ``, "MET-005", "values"},
		"hole of the gate":       {"lump_sum", `"2":170000`, `"3":170000`, "MET-007", "gate_income_limits_cents"},
		"part":                   {"flat_period", `operational_days`, `weeks`, "MET-015", "part"},
		"night not covered":      {"time_band_table", `"to":"06:00"`, `"to":"05:59"`, "MET-011", "bands"},
		"bands overlap":          {"time_band_table", `"kind":"evening","from":"18:00"`, `"kind":"weekday","from":"17:59"`, "MET-012", "bands.from.5"},
		"band without value":     {"time_band_table", `"multiplier":"1.2"`, `"multiplier":"0"`, "MET-018", "values"},
		"two multipliers":        {"time_band_table", `"sunday","from":"00:00","to":"24:00","fi":""`, `"sunday","from":"00:00","to":"24:00","fi":"","multiplier":"3"`, "MET-006", "bands.multiplier.1"},
		"unknown kind of day":    {"time_band_table", `"kind":"night"`, `"kind":"dawn"`, "MET-015", "bands.kind.3"},
		"min above full":         {"linear_taper", `"min_cents":700`, `"min_cents":3401`, "MET-008", "min_cents"},
		"full missing":           {"linear_taper", `"full_cents":3400,`, ``, "MET-003", "full_cents"},
		"size missing":           {"linear_taper", `"3":170100,`, ``, "MET-007", "income_limits_cents"},
		"limits fall":            {"linear_taper", `"3":170100`, `"3":1701`, "MET-014", "income_limits_cents"},
		"percent grows":          {"linear_taper", `"2":"22"`, `"2":"36"`, "MET-014", "pcts"},
		"percent above 100":      {"linear_taper", `"1":"35"`, `"1":"135"`, "MET-013", "pcts"},
		"percent per person":     {"linear_taper", `"pct_increase":"-1"`, `"pct_increase":"1"`, "MET-014", "pct_increase"},
		"divisor of nothing":     {"linear_taper", `"divisor":60`, `"divisor":-60`, "MET-003", "divisor"},
		"content's min":          {"linear_taper", `"min_cents":300`, `"min_cents":2001`, "MET-008", "contents.min_cents.0"},
		"max below full":         {"linear_taper", `"min_cents":700`, `"max_cents":3000,"min_cents":700`, "MET-008", "max_cents"},
		"bands not ascending":    {"income_band_table", `113801`, `0`, "MET-009", "bands.from_cents.1"},
		"bands begin late":       {"income_band_table", `{"content_id":8,"from_cents":0`, `{"content_id":8,"from_cents":1`, "MET-010", "bands.from_cents.6"},
		"household 2 not there":  {"income_band_table", `"household":2,"from_cents":0`, `"household":3,"from_cents":0`, "", ""},
		"fee below zero":         {"price_minus_fee", `31100`, `-1`, "MET-019", "max_fee_cents"},
		"ceiling of nothing":     {"ceiling_minus_fee", `125000`, `0`, "MET-003", "ceiling_cents"},
		"coefficient of nothing": {"ceiling_minus_fee", `"0.39"`, `"0"`, "MET-003", "coefficients.coefficient.1"},
		"need twice":             {"coefficient_table", `{"need":"part","coefficient":"0.6"}`, `{"need":"full","coefficient":"0.6"}`, "MET-006", "rows.need.1"},
		"no base":                {"coefficient_table", `[{"base_value_cents":87000},{"column":"under_3","base_value_cents":134850}]`, `[]`, "MET-002", "base_values"},
		"net percent":            {"pct_of_net_income", `"42.5"`, `"142.5"`, "MET-013", "pct_couple"},
		"range upside down":      {"individual", `"min_cents":1000`, `"min_cents":6000`, "MET-008", "values.min_cents.0"},
		"unknown field":          {"individual", `"min_cents":1000`, `"least":6000`, "RUL-003", "rules"},
		"unknown rounding":       {"coefficient_table", `half_up_euro`, `half_up_dollar`, "RUL-003", "rules"},
	} {
		changed := strings.Replace(sets[x.method], x.old, x.new, 1)
		if changed == sets[x.method] {
			t.Errorf("%s changes nothing", name)
			continue
		}
		err := method.All()[x.method].Check(rule(t, changed), contents)
		if x.code == "" {
			if err == nil {
				t.Errorf("%s is taken", name)
			}
			continue
		}
		if !slices.ContainsFunc(fault.All(err), func(f *fault.Fault) bool { return f.Code == x.code && f.Field == x.field }) {
			t.Errorf("%s: %v, want %s at %s", name, fault.All(err), x.code, x.field)
		}
	}
}

func TestPricesAreHeldUnderCeilingAndValue(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		method string
		price  money.Cents
		free   bool
		code   string
	}{
		"under the value":               {"flat_unit", 9999, false, ""},
		"free by law":                   {"flat_unit", 2700, true, ""},
		"free by law, above":            {"flat_unit", 2701, true, "MET-051"},
		"cheapest band":                 {"time_band_table", 3600, true, ""},
		"above the cheapest band":       {"time_band_table", 3601, true, "MET-051"},
		"smallest of the taper":         {"linear_taper", 701, true, "MET-051"},
		"within the ceiling":            {"ceiling_minus_fee", 125000, false, ""},
		"above the ceiling":             {"ceiling_minus_fee", 125001, false, "MET-050"},
		"a fee always stays":            {"price_minus_fee", 1, true, "MET-052"},
		"a share of income":             {"pct_of_net_income", 1, true, "MET-052"},
		"smallest of the table":         {"coefficient_table", 43500, true, ""},
		"above the smallest of a table": {"coefficient_table", 43501, true, "MET-051"},
		"free, income bands":            {"income_band_table", 2101, true, "MET-051"},
		"no price":                      {"flat_unit", 0, false, "RUL-020"},
	} {
		err := method.All().CheckPrice(book(t, sets[x.method]), rulebook.PriceInput{Content: 7, Price: x.price, OwnShareForbidden: x.free})
		if got := fault.CodeOf(err); got != x.code {
			t.Errorf("%s: %q, want %q", name, got, x.code)
		}
	}
}

func TestFormComesBackAsItWasTyped(t *testing.T) {
	t.Parallel()
	for name, raw := range sets {
		v := rule(t, raw)
		form, err := method.Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		back, err := method.Decode(form)
		if err != nil {
			t.Errorf("%s: %v in %v", name, fault.All(err), form)
			continue
		}
		again, err := method.Encode(back)
		if err != nil || fmt.Sprint(form) != fmt.Sprint(again) {
			t.Errorf("%s: %v becomes %v (%v)", name, form, again, err)
		}
		for _, facts := range []rulebook.Facts{{Household: 2, Income: c(150000), Need: "part", Individual: c(50), Fee: c(100)}, {Household: 1, Income: c(90000), Need: "preschool", Column: "under_3"}} {
			for _, content := range []int64{7, 8} {
				a, errA := method.All().Value(book(t, raw), rulebook.ValueInput{Content: content, Facts: facts})
				b := book(t, raw)
				b.Rules.Value = back
				z, errB := method.All().Value(b, rulebook.ValueInput{Content: content, Facts: facts})
				if say(a, errA) != say(z, errB) {
					t.Errorf("%s: %s became %s", name, say(a, errA), say(z, errB))
				}
			}
		}
	}
}

func TestTypedSlipsStandAtTheirCell(t *testing.T) {
	t.Parallel()
	form := func(change func(map[string][]string)) map[string][]string {
		f := map[string][]string{"method": {"flat_unit"}, "values.content_id": {"7", "8", ""}, "values.value_cents": {"27,00", "20", " "}}
		change(f)
		return f
	}
	for _, x := range []struct {
		change      func(map[string][]string)
		code, field string
	}{
		{func(map[string][]string) {}, "", ""}, // the empty third row is skipped
		{func(f map[string][]string) { f["method"] = nil }, "MET-001", "method"},
		{func(f map[string][]string) { f["values.value_cents"][1] = "20,001" }, "MON-003", "values.value_cents.1"},
		{func(f map[string][]string) { f["values.content_id"][1] = "" }, "MET-002", "values.content_id.1"},
		{func(f map[string][]string) { f["values.content_id"][1] = "x" }, "MET-016", "values.content_id.1"},
		{func(f map[string][]string) { f["values.value_cents"] = f["values.value_cents"][:2] }, "MET-020", "values"},
		{func(f map[string][]string) { delete(f, "values.content_id"); delete(f, "values.value_cents") }, "MET-002", "values"},
		{func(f map[string][]string) {
			f["gate_income_limits_cents.size"], f["gate_income_limits_cents.cents"] = []string{"1", "1"}, []string{"1000", "2000"}
		}, "MET-006", "gate_income_limits_cents.size.1"},
		{func(f map[string][]string) {
			f["gate_income_limits_cents.size"], f["gate_income_limits_cents.cents"] = []string{"25"}, []string{"1000"}
		}, "MET-030", "gate_income_limits_cents.size.0"},
	} {
		_, err := method.Decode(form(x.change))
		if x.code == "" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		all := fault.All(err)
		if len(all) != 1 || all[0].Code != x.code || all[0].Field != x.field {
			t.Errorf("%v, want %s at %s", err, x.code, x.field)
		}
	}
	_, err := method.Decode(map[string][]string{"method": {"flat_unit"}, "values.value_cents": {"1"}})
	faulttest.Want(t, err, "MET-020")
}
