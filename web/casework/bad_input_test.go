package casework_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	w "seteli/domain/voucher/vouchertest"
)

// refused fails unless the form came back with a message at the field, in the summary too, and with everything that was typed.
func (b *browser) refused(path, field, message string, typed ...string) {
	b.t.Helper()
	body, res := b.post(path, typed...)
	if res.StatusCode != http.StatusUnprocessableEntity {
		b.t.Errorf("%s: %d", path, res.StatusCode)
	}
	b.shows(body, message, `href="#f-`+field+`"`, "f-"+field+"-error")
	for i := 1; i < len(typed); i += 2 {
		if !strings.Contains(body, `value="`+typed[i]+`"`) && !strings.Contains(body, ">"+typed[i]+"</textarea>") {
			b.t.Errorf("%s: what was typed to %s is lost", path, typed[i-1])
		}
	}
}

func TestRareHouseholdsAndIncomesAreRefusedAtTheirField(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	b := open(t, world, world.Staff)
	world.Exec(`insert into household_member (organiser_id, client_id, person_id, last_name, first_names, birth_date, role, valid_from, valid_to, added_at, added_by)
		select 1, client_id, person_id, 'Virtanen', 'Lapsi ' || n, '2015-01-01'::date + n, 'child', '2026-01-01', '9999-12-31', now(), 'x' from client, generate_series(1, 19) n where client_id = 1`)
	member := []string{"last_name", "Virtanen", "first_names", "Kahdeskymmenes", "birth_date", "1.1.2016", "role", "child", "from", "1.2.2026", "to", "31.12.2026"}
	b.refused(home+"/members/new", "from", "yhtä aikaa enintään 20 henkilöä. Kirjaa ensin viimeinen päivä", member...)

	income := func(change ...string) []string {
		all := map[string]string{"member": "0", "kind": "pension", "amount": "1450,00", "per": "month", "source": "client", "from": "1.1.2026", "reported_on": "20.11.2026", "note": "Päätös saatu."}
		for i := 0; i < len(change); i += 2 {
			all[change[i]] = change[i+1]
		}
		var list []string
		for name, value := range all {
			list = append(list, name, value)
		}
		return list
	}
	for _, c := range []struct{ field, message, value string }{
		{"amount", "Summa ei voi olla negatiivinen tässä lajissa: Eläke. Vähennykset kirjataan omilla lajeillaan.", "-5,00"},
		{"from", "Tulo voi alkaa enintään vuoden päästä, viimeistään 21.11.2027. Tarkista vuosi.", "1.1.2062"},
		{"reported_on", "Ilmoituspäivä ei voi olla tulevaisuudessa. Kirjoita päivä", "1.12.2026"},
	} {
		b.refused(home+"/income/new", c.field, c.message, income(c.field, c.value)...)
	}
	// An income that begins ahead is recorded, and counts from its day on.
	body, res := b.post(home+"/income/new", income("from", "1.3.2027")...)
	if res.Request.URL.Path != home {
		t.Errorf("a future income: %d", res.StatusCode)
	}
	b.shows(body, "Tuloja ei ole kirjattu: Aino Virtanen")
	body, _ = b.get(home + "?day=1.3.2027")
	if strings.Contains(body, "Tuloja ei ole kirjattu: Aino Virtanen") {
		t.Error("the future income does not count on its day")
	}
}

// Without an income the value is the smallest one (734/1992, 10 e §), and the calculation says why before anything is granted.
func TestMissingIncomeGivesTheSmallestValueAndSaysSo(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	world.Exec(`update rulebook set rules = jsonb_set(rules, '{value}', '{"method": "linear_taper", "full_cents": 4000, "min_cents": 800,
		"income_limits_cents": {"1": 100000, "2": 180000}, "pcts": {"1": "30", "2": "25"}, "divisor": "60"}') where service_id = 11`)
	b := open(t, world, world.Staff)
	body, res := b.post("/fi/clients/1/grant", append(grantForm, "act", "calculate")...)
	if res.StatusCode != http.StatusOK {
		t.Errorf("the calculation: %d", res.StatusCode)
	}
	b.shows(body, "8,00", "Tuloja ei ole ilmoitettu", `value="20"`)
}

// A price below the value is paid as it is: nothing is left to the client, and the voucher pays no more than the price.
func TestPriceBelowTheValueLeavesNothingToTheClient(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := world.Accepted(20)
	world.Exec(`update price set price_cents = 3000 where content_id = 21`)
	b := open(t, world, world.Staff)
	body, _ := b.get("/fi/vouchers/" + digits(v.ID) + "/reserve")
	b.shows(body, "30,00", "0,00")
}

func TestWhoHasNoPowerIsToldWhoHasAndNothingIsLost(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	world.Exec(`delete from delegation`)
	world.Exec(`insert into delegation (organiser_id, office, role, limit_cents, valid_from, valid_to, added_by_account, added_by, added_at) values
		(1, 'palveluohjaaja', 'caseworker', 100000, '2026-01-01', '9999-12-31', 5, 'x', now()), (1, 'palvelupäällikkö', 'decision_maker', null, '2026-01-01', '9999-12-31', 5, 'x', now())`)
	b := open(t, world, world.Staff)
	typed := append(grantForm, "act", "grant", "reasons", "Tarve on arvioitu käynnillä.", "contact", "Sanna 040", "office", "palveluohjaaja")
	body, res := b.post("/fi/clients/1/grant", typed...)
	if res.StatusCode != http.StatusForbidden && res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a grant above one's power: %d", res.StatusCode)
	}
	b.shows(body, "Toimivaltasi ei riitä tähän päätökseen. Sen voi tehdä: palvelupäällikkö. Tallenna asia päätösehdotuksena.", "Tarve on arvioitu käynnillä.", "Sanna 040", `value="20"`, `value="propose"`)
	if n := world.Count(`select count(*) from voucher`); n != 0 {
		t.Errorf("%d vouchers were granted", n)
	}
	// What helps is on the same page: the same form as a proposal.
	_, res = b.post("/fi/clients/1/grant", append(grantForm, "act", "propose", "reasons", "Tarve on arvioitu käynnillä.", "contact", "Sanna 040")...)
	if res.Request.URL.Path != "/fi/proposals/1" {
		t.Fatalf("propose: %d", res.StatusCode)
	}
	body, _ = b.post("/fi/proposals/1/decide", "version", "1", "reasons", "Perusteltu päätös.", "office", "palveluohjaaja")
	b.shows(body, "Toimivaltasi ei riitä tähän päätökseen. Sen voi tehdä: palvelupäällikkö.", "Perusteltu päätös.", `value="palveluohjaaja"`)
}

func TestTwoDecisionsAtOnceMakeOneAndTellTheOther(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	b := open(t, world, world.Staff)
	if _, res := b.post("/fi/clients/1/grant", append(grantForm, "act", "propose", "contact", "Sanna 040", "reasons", "Tarve on arvioitu.")...); res.Request.URL.Path != "/fi/proposals/1" {
		t.Fatalf("propose: %d", res.StatusCode)
	}
	var both sync.WaitGroup
	bodies, paths, codes := make([]string, 2), make([]string, 2), make([]int, 2)
	deciders := []*browser{open(t, world, manager), open(t, world, manager)}
	for i, d := range deciders {
		both.Go(func() {
			body, res := d.post("/fi/proposals/1/decide", "version", "1", "reasons", "Oma perusteluni.", "office", "palvelupäällikkö")
			bodies[i], paths[i], codes[i] = body, res.Request.URL.Path, res.StatusCode
		})
	}
	both.Wait()
	made := 0
	for i := range deciders {
		if strings.HasPrefix(paths[i], "/fi/decisions/") {
			made++
			continue
		}
		if codes[i] != http.StatusConflict && codes[i] != http.StatusUnprocessableEntity {
			t.Errorf("the second: %d", codes[i])
		}
		b.shows(bodies[i], "Ehdotus on jo", "Oma perusteluni.")
	}
	if n := world.Count(`select count(*) from decision where client_id = 1`); made != 1 || n != 1 {
		t.Errorf("%d were told that they decided, %d decisions stand", made, n)
	}
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }
