package casework_test

import (
	"net/http"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/domain/client/household"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

const home = "/fi/clients/1/household"

// A caseworker records a household and its income, sees why the sum is what it is, and which voucher it reaches.
func TestFromHouseholdToProposedValue(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	world.Exec(`update rulebook set rules = jsonb_set(rules, '{value}', '{"method": "linear_taper", "full_cents": 4000, "min_cents": 800,
		"income_limits_cents": {"1": 100000, "2": 180000}, "pcts": {"1": "30", "2": "25"}, "divisor": "60"}') where service_id = 11`)
	world.Grant(world.Input(20)) // nothing is known yet: the smallest value, 8,00 €
	b := open(t, world, world.Staff)
	if body, _ := b.get("/fi/clients/1"); !strings.Contains(body, home) {
		t.Fatal("the client's page does not lead to the household")
	}
	if body, _ := b.get(home); !strings.Contains(body, "Asiakas asuu yksin") || !strings.Contains(body, "Kaikki tulot eivät ole tiedossa") {
		t.Fatal("an empty household does not say what is missing")
	}
	body, res := b.post(home+"/members/new", "first_names", "Eino", "role", "spouse", "from", "1.1.2026", "to", "31.12.2025")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "f-last_name-error") || !strings.Contains(body, "f-birth_date-error") || !strings.Contains(body, `value="Eino"`) {
		t.Fatalf("a refused member: %d", res.StatusCode)
	}
	member := []string{"last_name", "Virtanen", "first_names", "Eino", "identity", "020260-998K", "role", "spouse", "from", "1.1.2026"}
	if body, res = b.post(home+"/members/new", member...); res.Request.URL.Path != home || !strings.Contains(body, "Eino Virtanen") || !strings.Contains(body, "2.2.1960") {
		t.Fatalf("a member: %d", res.StatusCode)
	}
	if body, res = b.post(home+"/members/new", member...); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "jo puoliso") {
		t.Fatalf("a second spouse: %d", res.StatusCode)
	}
	pension := func(member, amount string) []string {
		return []string{"member", member, "kind", "pension", "amount", amount, "per", "month", "source", "client", "from", "1.1.2026", "reported_on", "21.11.2026"}
	}
	if body, res = b.post(home+"/income/new", pension("0", "-5")...); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "f-amount-error") {
		t.Fatalf("a negative pension: %d", res.StatusCode)
	}
	b.post(home+"/income/new", pension("0", "1 450,00")...)
	if body, _ = b.get(home); !strings.Contains(body, "Tuloja ei ole kirjattu: Eino Virtanen.") {
		t.Error("the page does not say whose income is missing")
	}
	body, res = b.post(home+"/income/new", append(pension("1", "12 000,06")[:6], "per", "year", "source", "tax", "from", "1.1.2026", "reported_on", "21.11.2026", "fetched_on", "20.11.2026")...)
	if res.Request.URL.Path != home {
		t.Fatalf("a yearly pension: %d %s", res.StatusCode, body)
	}
	for _, want := range []string{"2\u00a0450,01", "12\u00a0000,06", "× 1 / 12", "Puoliso: Eläke", "haettu 20.11.2026", "app-chart", "Tulot ajan mukaan"} {
		if !strings.Contains(body, want) {
			t.Errorf("the household does not show %q", want)
		}
	}
	if body, res = b.post(home+"/income/new", pension("0", "9")...); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "päällekkäiselle ajalle") {
		t.Errorf("the same income twice: %d", res.StatusCode)
	}
	body, res = b.get(home + "/proposals?since=1.6.2026&reported=21.11.2026")
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "Asiakkaan eduksi") || !strings.Contains(body, "37,29") || !strings.Contains(body, "8,00") || !strings.Contains(body, "2.11.2026") {
		t.Errorf("proposals: %d %s", res.StatusCode, body)
	}
	if body, _ = b.get(home + "/income/1"); !strings.Contains(body, `value="1450,00"`) {
		t.Error("the form of an item does not show its amount")
	}
	if _, res = b.post(home+"/income/1", "version", "1", "kind", "pension", "amount", "1450", "per", "month", "source", "client", "from", "1.1.2026", "to", "30.11.2026", "reported_on", "21.11.2026"); res.Request.URL.Path != home {
		t.Errorf("ending an income: %d", res.StatusCode)
	}
	if body, res = b.post(home+"/income/1", "version", "1", "act", "remove"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Joku muu on muuttanut") {
		t.Errorf("removing what has changed: %d", res.StatusCode)
	}
	if body, _ = b.get(home + "?day=1.12.2026"); !strings.Contains(body, "Päättyneet tulot") || !strings.Contains(body, "Tuloja ei ole kirjattu: Aino Virtanen.") {
		t.Error("another day does not show what holds then")
	}
	if _, res = b.get("/fi/clients/1/household/income/99"); res.StatusCode != http.StatusNotFound {
		t.Errorf("no such income: %d", res.StatusCode)
	}
	for _, lang := range []string{"sv", "en"} {
		for _, page := range []string{"", "/members/1", "/members/new", "/income/1", "/income/new", "/consents/new", "/proposals"} {
			if body, res = b.get("/" + lang + "/clients/1/household" + page); res.StatusCode != http.StatusOK || strings.Contains(body, "[household.") {
				t.Errorf("%s %s: %d", lang, page, res.StatusCode)
			}
		}
	}
}

func TestConsentToTheHighestFee(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	b := open(t, world, world.Staff)
	if body, res := b.post(home+"/consents/new", "member", "0", "day", "22.11.2026", "channel", "phone"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "f-kind-error") {
		t.Fatalf("nothing consented: %d", res.StatusCode)
	}
	body, res := b.post(home+"/consents/new", "member", "0", "kind", "highest_fee", "day", "20.11.2026", "channel", "phone")
	if res.Request.URL.Path != home || !strings.Contains(body, "Korkein maksu on hyväksytty") {
		t.Fatalf("consent: %d", res.StatusCode)
	}
	if body, _ = b.get(home + "/consents/1/withdraw"); !strings.Contains(body, "20.11.2026") {
		t.Error("the consent is not named")
	}
	if _, res = b.post(home+"/consents/1/withdraw", "day", "21.11.2026"); res.Request.URL.Path != home {
		t.Errorf("withdrawal: %d", res.StatusCode)
	}
	if _, res = b.get(home + "/consents/1/withdraw"); res.StatusCode != http.StatusNotFound {
		t.Errorf("withdrawing again: %d", res.StatusCode)
	}
}

func TestClientsReportIsHandledOnce(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	self := world.Self(world.Aino)
	world.Do(self, func(tx *postgres.Tx) error {
		return household.Tell(t.Context(), tx, self, household.ReportInput{Organiser: w.Organiser, From: calendar.Day(2026, 10, 1), Words: "Eläkkeeni pieneni."})
	})
	b := open(t, world, world.Staff)
	if body, _ := b.get("/fi/work"); !strings.Contains(body, "Ilmoitetut tulomuutokset") {
		t.Error("the work list does not tell of the report")
	}
	if body, _ := b.get("/fi/income-reports"); !strings.Contains(body, "Virtanen Aino") {
		t.Fatal("the report does not wait")
	}
	if body, _ := b.get(home + "/reports/1"); !strings.Contains(body, "Eläkkeeni pieneni.") || !strings.Contains(body, `value="1.10.2026"`) {
		t.Error("the report is not shown with its day")
	}
	if body, res := b.post(home + "/reports/1"); res.Request.URL.Path != home || !strings.Contains(body, "Käsitelty") {
		t.Errorf("handling: %d", res.StatusCode)
	}
	if _, res := b.post(home + "/reports/1"); res.StatusCode != http.StatusNotFound {
		t.Errorf("handling again: %d", res.StatusCode)
	}
}

func TestFinanceSeesNoIncome(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	for _, role := range []access.Role{access.SettlementPreparer, access.SettlementApprover, access.MainUser, access.EventChecker} {
		b := open(t, world, access.Actor{Account: 3, Name: "x", Role: role, Organiser: w.Organiser})
		if _, res := b.get(home); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", role, res.StatusCode)
		}
	}
}

// What nobody means is refused where it is typed, with everything typed still there.
func TestIncomeOfAFarFutureAndATooLargeHouseholdAreRefusedOnThePage(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	b := open(t, world, world.Staff)
	income := []string{"member", "0", "kind", "pension", "amount", "1450,00", "per", "month", "source", "client", "from", "1.1.2062", "reported_on", "21.11.2026"}
	body, res := b.post(home+"/income/new", income...)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "f-from-error") || !strings.Contains(body, "21.11.2027") || !strings.Contains(body, `value="1450,00"`) {
		t.Errorf("income of 2062: %d", res.StatusCode)
	}
	for i := range 19 {
		child := []string{"last_name", "Virtanen", "first_names", "Lapsi" + strings.Repeat("i", i), "birth_date", "1.2.2020", "role", "child", "from", "1.1.2026"}
		if _, res = b.post(home+"/members/new", child...); res.Request.URL.Path != home {
			t.Fatalf("child %d: %d", i+1, res.StatusCode)
		}
	}
	body, res = b.post(home+"/members/new", "last_name", "Virtanen", "first_names", "Yksi Liikaa", "birth_date", "1.2.2020", "role", "child", "from", "1.1.2026")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "enintään 20 henkilöä") || !strings.Contains(body, `value="Yksi Liikaa"`) {
		t.Errorf("the twenty-first: %d", res.StatusCode)
	}
}
