package demo

import (
	"fmt"
	"maps"

	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/i18n"
)

// valued says how the value of an offer comes about when it is not one figure for everybody, and what a grant gives of its own.
type valued struct {
	method string
	params func(content func(code string) int64) map[string]any // content gives the id of a content

	ownFee func() (kind string, params map[string]any) // fee of the organiser's own service beside it; nil = not told

	profile string // of early education: the rulebook follows it, and method and params are not told

	purse *rulebook.Purse // terms of a euro balance; nil = the usual ones

	need, column string
	individual   money.Cents
	fee          *money.Cents
}

// rule makes the value rule for the contents of a service.
func (v valued) rule(s catalogue.Service) (rulebook.Value, error) {
	if v.profile != "" {
		return nurseryRule(v.profile, s)
	}
	var missing error
	params := v.params(func(code string) int64 {
		for _, c := range s.Contents {
			if c.Code == code {
				return c.ID
			}
		}
		missing = fmt.Errorf("service %s has no content %s", s.Code, code)
		return 0
	})
	params["method"] = v.method
	if missing != nil {
		return rulebook.Value{}, missing
	}
	return rulebook.NewValue(v.method, params)
}

type rows = []map[string]any

// The income limits of 734/1992, 10e § from 1.1.2024, the percentages of the repealed 710/1982, 29b §, and Helsinki's published values.
var (
	limits2024 = map[string]any{"1": 65300, "2": 120500, "3": 189100, "4": 233800, "5": 283000, "6": 325100}
	taperPcts  = map[string]any{"1": "35", "2": "22", "3": "18", "4": "15", "5": "13", "6": "11"}
)

const (
	helsinki = "Helsinki, hel.fi palvelusetelin arvo"
	asAge    = "under_3"
)

// housingBands is Helsinki's published table of 2025: 3,300.00 at a net income of at most 900.00, 100.00 less for each 100.00 begun, at least 500.00.
func housingBands() rows {
	list := rows{{"from_cents": 0, "value_cents": 330000}}
	for value, from := 320000, 90001; value >= 50000; value, from = value-10000, from+10000 {
		list = append(list, map[string]any{"from_cents": from, "value_cents": value})
	}
	return list
}

// ownHomeCare is Helsinki's fee of its own home care of 2024–25: a percentage of the income above the limit, by hours a month.
func ownHomeCare() (string, map[string]any) {
	from := []string{"0", "5", "9", "13", "17", "21", "25", "29", "33", "37", "41"}
	column := func(pcts ...string) map[string]any {
		out := map[string]any{}
		for i, hours := range from {
			out[hours] = pcts[min(i, len(pcts)-1)]
		}
		return out
	}
	caps := map[string]any{}
	for i, c := range []int{11966, 53847, 101712, 149576, 197440, 245305, 293169, 341033, 388898, 436762, 490610} {
		caps[from[i]] = c
	}
	return "home_care_fee", map[string]any{"income_limits_cents": limits2024, "limit_increase_cents": 38900, "hours_rounding": "none", "cap_by_hours_cents": caps, "pct_by_hours": map[string]any{
		"1": column("8", "10", "17", "21", "24", "26", "28", "30", "32", "34", "35"), "2": column("7", "8", "14", "17", "20", "22", "24"), "3": column("6", "7", "12", "14", "16", "18", "19"),
		"4": column("6", "7", "12", "14", "16"), "5": column("6", "7", "12", "14"), "6": column("6", "7", "12")}}
}

// ownHousing is the fee of the organiser's own round-the-clock housing, with Helsinki's amounts of 2026 (734/1992, 7c §).
func ownHousing() (string, map[string]any) {
	return "housing_fee", map[string]any{"pct_single": "85", "pct_couple": "42.5", "keep_cents": 19500, "keep_couple_cents": 78855, "fixed_deduction_cents": 5276, "max_cents": 304400}
}

// methodOffers are the services of the joint authority that shows every way in which a value can come about. The figures are published
// ones of other organisers, as the source of each content tells.
var methodOffers = []offer{
	{house: "VMH", code: "KOTIHOITO", mode: catalogue.Voucher, class: care, area: atHome, act: "569/2009", section: "7 §",
		names:        i18n.Names{Fi: "Kotihoito tulojen mukaan", Sv: "Hemvård enligt inkomster", En: "Home care by income"},
		descriptions: i18n.Names{Fi: "Setelin arvo laskee tasaisesti, kun tulot ylittävät tulorajan.", Sv: "Sedelns värde sjunker jämnt när inkomsterna överstiger gränsen.", En: "The value falls evenly when income is above the limit."},
		rates:        []rate{{"TUNTI", catalogue.Hour, i18n.Names{Fi: "Kotihoidon tunti", Sv: "Hemvårdstimme", En: "Hour of home care"}, 3400, helsinki + " 2024 (täysi 34,00 €, + 20 %, 8,40–40,80 €)", 12, voucher.Monthly, 9}},
		valued: &valued{method: "linear_taper_scaled", ownFee: ownHomeCare, params: func(func(string) int64) map[string]any {
			return map[string]any{"full_cents": 3400, "increase_pct": "20", "min_cents": 840, "max_cents": 4080, "income_limits_cents": limits2024, "limit_increase_cents": 38900,
				"pcts": taperPcts, "pct_increase": "-1", "divisor": "60"}
		}}},
	{house: "VMH", code: "PERHEET", mode: catalogue.Voucher, class: care, area: families, act: "569/2009", section: "7 §",
		names:        i18n.Names{Fi: "Lapsiperheiden kotipalvelu tulojen mukaan", Sv: "Hemservice för barnfamiljer enligt inkomster", En: "Home service for families by income"},
		descriptions: i18n.Names{Fi: "Täysi arvo tulorajaan asti, sen yli arvo pienenee.", Sv: "Fullt värde upp till inkomstgränsen, därefter sjunker värdet.", En: "The full value up to the income limit, then less."},
		rates:        []rate{{"TUNTI", catalogue.Hour, i18n.Names{Fi: "Kotipalvelun tunti", Sv: "Hemservicetimme", En: "Hour of home service"}, 2700, "Sosiaali- ja terveysministeriö, 2014 (täysi 27,00 €, pienin 7,00 €), 710/1982 29 b §", 8, voucher.Monthly, 9}},
		valued: &valued{method: "linear_taper", params: func(func(string) int64) map[string]any {
			return map[string]any{"full_cents": 2700, "min_cents": 700, "pcts": taperPcts, "pct_increase": "-1", "divisor": "60", "limit_increase_cents": 34200,
				"income_limits_cents": map[string]any{"1": 56300, "2": 103900, "3": 162800, "4": 201400, "5": 243800, "6": 279900}}
		}}},
	{house: "VMH", code: "ILTAHOITO", mode: catalogue.Voucher, class: care, area: atHome, act: "569/2009", section: "7 §",
		names:        i18n.Names{Fi: "Kotihoito kaikkina vuorokauden aikoina", Sv: "Hemvård dygnet runt", En: "Home care around the clock"},
		descriptions: i18n.Names{Fi: "Arvo on suurempi illalla, yöllä, lauantaina ja pyhänä. Käynti jaetaan rajan kohdalta.", Sv: "Värdet är högre på kvällen, natten, lördagar och helger. Ett besök delas vid gränsen.", En: "The value is higher in the evening, at night, on Saturdays and on holidays. A visit is parted at the limit."},
		rates:        []rate{{"TUNTI", catalogue.Hour, i18n.Names{Fi: "Kotihoidon tunti", Sv: "Hemvårdstimme", En: "Hour of home care"}, 3600, lapha + " (36,00 €; ilta × 1,15, lauantai ja yö × 1,2, pyhä × 2)", 14, voucher.Monthly, 17}},
		valued: &valued{method: "time_band_table", params: func(content func(string) int64) map[string]any {
			band := func(name, kind, from, to, times, fi, sv, en string) map[string]any {
				return map[string]any{"band": name, "kind": kind, "from": from, "to": to, "multiplier": times, "fi": fi, "sv": sv, "en": en}
			}
			return map[string]any{"values": rows{{"content_id": content("TUNTI"), "value_cents": 3600}}, "bands": rows{
				band("weekday", "weekday", "00:00", "24:00", "1", "Arki", "Vardag", "Weekday"), band("evening", "evening", "18:00", "22:00", "1.15", "Ilta", "Kväll", "Evening"),
				band("night", "night", "22:00", "07:00", "1.2", "Yö", "Natt", "Night"), band("saturday", "saturday", "00:00", "24:00", "1.2", "Lauantai", "Lördag", "Saturday"),
				band("sunday", "sunday", "00:00", "24:00", "2", "Sunnuntai", "Söndag", "Sunday"), band("holiday", "holiday", "00:00", "24:00", "2", "Pyhä", "Helgdag", "Holiday")}}
		}}},
	{house: "VMH", code: "ASUMINEN", mode: catalogue.Voucher, class: care, area: housing, act: "569/2009", section: "7 §",
		names:        i18n.Names{Fi: "Palveluasuminen tulotaulukon mukaan", Sv: "Serviceboende enligt inkomsttabell", En: "Service housing by income table"},
		descriptions: i18n.Names{Fi: "Setelin arvo luetaan taulukosta nettotulojen mukaan.", Sv: "Sedelns värde läses ur en tabell enligt nettoinkomsten.", En: "The value is read from a table by net income."},
		rates:        []rate{{"KK", catalogue.Month, i18n.Names{Fi: "Asumisen kuukausi", Sv: "Boendemånad", En: "Month of housing"}, 330000, "Helsinki, 2025, hel.fi palveluasumisen palveluseteli", 1, voucher.Monthly, 0}},
		valued:       &valued{method: "income_band_table", ownFee: ownHousing, params: func(func(string) int64) map[string]any { return map[string]any{"bands": housingBands()} }}},
	{house: "VMH", code: "HOIVA-ASUMINEN", mode: catalogue.Voucher, class: care, area: housing, act: "569/2009", section: "7 §",
		names:        i18n.Names{Fi: "Ympärivuorokautinen asuminen nettotulojen mukaan", Sv: "Heldygnsboende enligt nettoinkomst", En: "Round-the-clock housing by net income"},
		descriptions: i18n.Names{Fi: "Asiakas maksaa 85 prosenttia nettotuloistaan, seteli loput hinnasta.", Sv: "Klienten betalar 85 procent av sin nettoinkomst, sedeln resten av priset.", En: "The client pays 85 per cent of net income, the voucher the rest of the price."},
		rates:        []rate{{"KK", catalogue.Month, i18n.Names{Fi: "Asumisen kuukausi", Sv: "Boendemånad", En: "Month of housing"}, 420000, "Helsinki, 2026 (734/1992 7 c §: 85 %, omaan käyttöön vähintään 195,00 €); suurin arvo: " + invented, 1, voucher.Monthly, 0}},
		valued: &valued{method: "pct_of_net_income", params: func(content func(string) int64) map[string]any {
			return map[string]any{"pct_single": "85", "pct_couple": "42.5", "keep_cents": 19500, "keep_couple_cents": 78855, "fixed_deduction_cents": 5276, "max_cents": 304400,
				"values": rows{{"content_id": content("KK"), "max_cents": 420000}}}
		}}},
	{house: "VMH", code: "PAIVAHINTA", mode: catalogue.Voucher, class: care, area: housing, act: "569/2009", section: "7 §",
		names:        i18n.Names{Fi: "Lyhytaikainen asuminen päivähinnalla", Sv: "Korttidsboende med dygnspris", En: "Short-term housing by the day"},
		descriptions: i18n.Names{Fi: "Jokaisella hoitopäivällä on sama arvo.", Sv: "Varje vårddygn har samma värde.", En: "Each day has the same value."},
		rates:        []rate{{"VRK", catalogue.Day, i18n.Names{Fi: "Asumisen vuorokausi", Sv: "Boendedygn", En: "Day of housing"}, 7500, "Essote, päiväämätön, päivän arvo 75,00 € (kuukausi × 30,4), essote.fi", 31, voucher.Monthly, 0}},
		valued: &valued{method: "flat_period", params: func(content func(string) int64) map[string]any {
			return map[string]any{"values": rows{{"content_id": content("VRK"), "value_cents": 7500}}, "part": "calendar_days"}
		}}},
	{house: "VMH", code: "SIIVOUS", mode: catalogue.Voucher, class: care, area: atHome, act: "569/2009", section: "7 §",
		names:        i18n.Names{Fi: "Siivous pienituloisille", Sv: "Städning för personer med små inkomster", En: "Cleaning for people of small means"},
		descriptions: i18n.Names{Fi: "Setelin saa, kun tulot ja säästöt ovat rajojen alla.", Sv: "Sedeln ges när inkomster och sparmedel ligger under gränserna.", En: "Granted when income and savings are below the limits."},
		rates:        []rate{{"TUNTI", catalogue.Hour, i18n.Names{Fi: "Siivouksen tunti", Sv: "Städtimme", En: "Hour of cleaning"}, 2000, "Huittinen (PSOPissa), päiväämätön, tulorajat 1 000/1 700 € kuukaudessa, säästöt 3 000/5 000 €, huittinen.fi", 4, voucher.Monthly, 10}},
		valued: &valued{method: "flat_unit", params: func(content func(string) int64) map[string]any {
			return map[string]any{"values": rows{{"content_id": content("TUNTI"), "value_cents": 2000}}, "gate_income_limits_cents": map[string]any{"1": 100000, "2": 170000}, "gate_income_increase_cents": 70000,
				"gate_savings_limits_cents": map[string]any{"1": 300000, "2": 500000}, "gate_savings_increase_cents": 200000}
		}}},
	{house: "VMH", code: "HENKBUDJETTI", mode: catalogue.Voucher, class: care, area: disability, act: "569/2009", section: "7 §",
		names:        i18n.Names{Fi: "Yksilöllinen tuki", Sv: "Individuellt stöd", En: "Individual support"},
		descriptions: i18n.Names{Fi: "Työntekijä harkitsee tunnin arvon rajojen sisällä ja perustelee sen.", Sv: "Handläggaren prövar timvärdet inom gränserna och motiverar det.", En: "The worker considers the hour's value within limits and gives the reason."},
		rates:        []rate{{"TUNTI", catalogue.Hour, i18n.Names{Fi: "Tuen tunti", Sv: "Stödtimme", En: "Hour of support"}, 3600, "rajat 20,00–60,00 €: " + invented, 6, voucher.Monthly, 12}},
		valued: &valued{method: "individual", individual: 3600, params: func(content func(string) int64) map[string]any {
			return map[string]any{"values": rows{{"content_id": content("TUNTI"), "min_cents": 2000, "max_cents": 6000}}}
		}}},
	{house: "VMH", code: "VAKA-KERROIN", mode: catalogue.Voucher, class: education, area: daycare, act: "1048/2025", section: "4 §",
		names:        i18n.Names{Fi: "Varhaiskasvatus kertoimilla", Sv: "Småbarnspedagogik med koefficienter", En: "Daycare by coefficients"},
		descriptions: i18n.Names{Fi: "Perusarvo kerrotaan tarpeen kertoimella.", Sv: "Grundvärdet multipliceras med behovets koefficient.", En: "A base value is multiplied by the coefficient of the need."},
		rates:        []rate{{"KK", catalogue.Month, i18n.Names{Fi: "Hoitokuukausi", Sv: "Vårdmånad", En: "Month of care"}, 134900, "Espoo, 2021, perusarvo 870,00 € (alle 3-vuotias × 1,55), 25 h × 0,60, espoo.fi", 1, voucher.Monthly, 0}},
		valued: &valued{method: "coefficient_table", need: "kokopäivä", column: asAge, params: func(func(string) int64) map[string]any {
			return map[string]any{"rounding": "half_up_euro", "base_values": rows{{"column": "over_3", "base_value_cents": 87000}, {"column": asAge, "base_value_cents": 134850}},
				"rows": rows{{"need": "kokopäivä", "coefficient": "1"}, {"need": "enintään 25 h viikossa", "coefficient": "0.60"}, {"need": "esiopetuksen ohella", "coefficient": "0.50"}}}
		}}},
	{house: "VMH", code: "VAKA-KATTO", mode: catalogue.Voucher, class: education, area: daycare, act: "1048/2025", section: "4 §",
		names:        i18n.Names{Fi: "Varhaiskasvatus kattohinnalla", Sv: "Småbarnspedagogik med takpris", En: "Daycare with a price ceiling"},
		descriptions: i18n.Names{Fi: "Tuottajan hinta on enintään kattohinta; perhe maksaa maksunsa.", Sv: "Producentens pris är högst takpriset; familjen betalar sin avgift.", En: "The provider's price is at most the ceiling; the family pays its fee."},
		rates:        []rate{{"KK", catalogue.Month, i18n.Names{Fi: "Hoitokuukausi", Sv: "Vårdmånad", En: "Month of care"}, 98000, "Oulainen, 2020, katto 1 250,00 €, kertoimet 1–0,35, oulainen.fi; maksu: " + invented, 1, voucher.Monthly, 0}},
		valued: &valued{method: "ceiling_minus_fee", need: "kokopäivä", fee: new(money.Cents(15_000)), params: func(func(string) int64) map[string]any {
			return map[string]any{"ceiling_cents": 125000, "rounding": "half_up_euro", "max_fee_cents": 31100, "coefficients": rows{{"need": "kokopäivä", "coefficient": "1"}, {"need": "enintään 5 h", "coefficient": "0.6"}}}
		}}},
	{house: "VMH", code: "VAKA-HINTA", mode: catalogue.Voucher, class: education, area: daycare, act: "1048/2025", section: "4 §",
		names:        i18n.Names{Fi: "Varhaiskasvatus, hinta vähennettynä maksulla", Sv: "Småbarnspedagogik, pris minus avgift", En: "Daycare, price less the fee"},
		descriptions: i18n.Names{Fi: "Kunta maksaa hinnasta sen, mikä perheen maksusta jää, enintään suurimman arvon.", Sv: "Kommunen betalar det av priset som blir kvar efter familjens avgift, högst det största värdet.", En: "The municipality pays what the family's fee leaves of the price, at most the greatest value."},
		rates:        []rate{{"KK", catalogue.Month, i18n.Names{Fi: "Hoitokuukausi", Sv: "Vårdmånad", En: "Month of care"}, 147300, "Lieto, 2023, suurin arvo 1 473,00 €, lieto.fi; maksu: " + invented, 1, voucher.Monthly, 0}},
		valued: &valued{method: "price_minus_fee", fee: new(money.Cents(23_000)), params: func(content func(string) int64) map[string]any {
			return map[string]any{"max_fee_cents": 31100, "values": rows{{"content_id": content("KK"), "max_cents": 147300}}}
		}}},
}

// eachContent is a method that has one value for one content.
func eachContent(name, code string, value money.Cents, more map[string]any) *valued {
	return &valued{method: name, params: func(content func(string) int64) map[string]any {
		params := map[string]any{"values": rows{{"content_id": content(code), "value_cents": value}}}
		maps.Copy(params, more)
		return params
	}}
}

// beside adds the fee of the organiser's own service and the terms of balances to the rules.
func (v valued) beside(r *rulebook.Rules) error {
	r.Purse = v.purse
	if v.ownFee == nil {
		return nil
	}
	kind, params := v.ownFee()
	params["kind"] = kind
	c, err := rulebook.NewComparison(kind, params)
	r.Comparison = &c
	return err
}

// ask adds to a grant what the offer's method asks of who grants.
func (o offer) ask(in *voucher.GrantInput) {
	if o.valued == nil {
		return
	}
	in.Asked.Fee, in.Asked.Column = o.valued.fee, o.valued.column
	for i := range in.Lines {
		in.Lines[i].Need = o.valued.need
		if o.valued.individual > 0 {
			in.Lines[i].Individual = &o.valued.individual
		}
	}
}
