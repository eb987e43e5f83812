package casework_test

import (
	"net/http"
	"strings"
	"testing"

	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
)

// shows fails for each part that the page does not show, and for texts that are missing.
func (b *browser) shows(body string, parts ...string) {
	b.t.Helper()
	for _, part := range parts {
		if !strings.Contains(body, part) {
			b.t.Errorf("the page lacks %q", part)
		}
	}
	for _, area := range []string{"[decision.", "[proposal.", "[bulk."} {
		if i := strings.Index(body, area); i >= 0 {
			b.t.Errorf("a text is missing: %.60s", body[i:])
		}
	}
}

var manager = access.Actor{Account: 7, Name: "Päivi Päättäjä", Role: access.DecisionMaker, Organiser: w.Organiser}

var grantForm = []string{"service", "11", "valid_from", "1.12.2026", "valid_to", "30.11.2027", "amount-21", "20", "recurrence-21", "month"}

func TestFromProposalThroughHearingToADecisionByAnother(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	b := open(t, world, world.Staff)
	body, res := b.post("/fi/clients/1/grant", append(grantForm, "act", "propose", "contact", "Sanna 040", "reasons", "Tarve on arvioitu.")...)
	if res.Request.URL.Path != "/fi/proposals/1" {
		t.Fatalf("propose: %d %s", res.StatusCode, res.Request.URL.Path)
	}
	b.shows(body, "Odottaa päätöstä", "34,00", "8\u00a0160,00", "Tarve on arvioitu.", "Sanna 040")
	body, _ = b.get("/fi/clients/1/grant?service=11&proposal=1")
	b.shows(body, `value="20"`, `name="proposal" value="1"`, "Tarve on arvioitu.")
	body, res = b.post("/fi/clients/1/grant", append(grantForm, "act", "propose", "contact", "Sanna 040", "proposal", "1", "version", "1", "total-21", "200")...)
	if res.Request.URL.Path != "/fi/proposals/1" {
		t.Fatalf("change: %d %s", res.StatusCode, res.Request.URL.Path)
	}
	b.shows(body, "Ehdotusta muutettu")
	_, res = b.post("/fi/proposals/1/hear", "version", "2", "question", "", "channel", "hand", "due", "22.11.2026", "office", "palveluohjaaja")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an empty question: %d", res.StatusCode)
	}
	body, _ = b.post("/fi/proposals/1/hear", "version", "2", "question", "Riittääkö tämä?", "channel", "letter", "due", "7.12.2026", "office", "palveluohjaaja")
	b.shows(body, "Asiakasta kuullaan", "7.12.2026", "Riittääkö tämä?", "/fi/proposals/1/hearings/")
	if strings.Contains(body, "/proposals/1/decide") {
		t.Error("a decision is offered while the client has time to answer")
	}
	at := strings.Index(body, "/fi/proposals/1/hearings/")
	if _, res = b.get(strings.SplitN(body[at:], `"`, 2)[0]); res.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("the letter: %d", res.StatusCode)
	}
	m := open(t, world, manager)
	body, res = m.post("/fi/proposals/1/decide", "version", "3", "reasons", "Tarve on arvioitu.", "office", "palvelupäällikkö")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("decided before the answer: %d", res.StatusCode)
	}
	m.shows(body, "Asiakkaalla on aikaa vastata")
	body, _ = b.post("/fi/proposals/1/answer", "version", "3", "day", "21.11.2026", "channel", "phone", "answer", "Sopii hyvin.")
	b.shows(body, "Sopii hyvin.", "/proposals/1/decide", "Asiakkaan vastaus")
	body, _ = b.get("/fi/work")
	b.shows(body, "Ehdotuksia voi päättää")
	body, _ = m.get("/fi/decisions")
	m.shows(body, "Virtanen Aino", "/fi/proposals/1", "Asiakas vastasi 21.11.2026")
	body, _ = m.get("/fi/proposals/1/decide")
	m.shows(body, "Tee päätös", "8")
	_, res = b.post("/fi/proposals/1/decide", "version", "1", "reasons", "x", "office", "y")
	if res.StatusCode != http.StatusConflict && res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an old page decided: %d", res.StatusCode)
	}
	body, res = m.post("/fi/proposals/1/decide", "version", "4", "reasons", "Tarve on arvioitu.", "office", "palvelupäällikkö", "handed", "yes")
	if !strings.HasPrefix(res.Request.URL.Path, "/fi/decisions/") {
		t.Fatalf("decide: %d %s", res.StatusCode, res.Request.URL.Path)
	}
	m.shows(body, "Päivi Päättäjä", "palvelupäällikkö", "Oikaisua voi vaatia 21.12.2026 asti.", "34,00")
	body, _ = b.get("/fi/proposals/1")
	b.shows(body, "Katso päätös")
	body, _ = b.get("/fi/clients/1/decisions")
	b.shows(body, "MAA/2026/1", "Palvelusetelipäätös")
	for _, act := range []string{"decide", "refuse", "hear", "answer", "withdraw"} {
		if _, res = b.get("/fi/proposals/1/" + act); res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", act, res.StatusCode)
		}
	}
}

func TestDeliveryAppealAndCorrectionOnThePages(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	world.Granted(20)
	b := open(t, world, world.Staff)
	body, _ := b.get("/fi/vouchers/" + "1")
	b.shows(body, "/fi/decisions/1")
	body, _ = b.get("/fi/decisions")
	b.shows(body, "MAA/2026/1", "Lähettämättä")
	path := "/fi/decisions/1"
	body, res := b.post(path+"/sent", "channel", "letter", "day", "1.11.2026")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("sent before it was made: %d", res.StatusCode)
	}
	b.shows(body, "Päivä voi olla aikaisintaan 21.11.2026.")
	body, _ = b.post(path+"/sent", "channel", "letter", "day", "21.11.2026")
	b.shows(body, "Oikaisua voi vaatia 28.12.2026 asti.", "Katsotaan saaduksi", "Kirjeellä")
	body, _ = b.post(path+"/received", "day", "21.11.2026", "note", "Asiakas kuittasi.")
	b.shows(body, "21.12.2026", "Asiakas kuittasi.")
	body, _ = b.post(path+"/appeal", "day", "21.11.2026", "note", "Haluaa enemmän tunteja.")
	b.shows(body, "Saapui määräajassa", "Haluaa enemmän tunteja.")
	body, _ = b.get("/fi/decisions")
	b.shows(body, "Haluaa enemmän tunteja.")
	body, _ = b.post(path+"/outcome", "outcome", "upheld", "day", "21.11.2026")
	b.shows(body, "Päätös pysyi voimassa")
	_, res = b.post(path+"/correct", "ground", "clerical", "becomes", "")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an empty correction: %d", res.StatusCode)
	}
	body, res = b.post(path+"/correct", "ground", "clerical", "was", "Aino Virtanenn", "becomes", "Aino Virtanen", "reasons", "Kirjoitusvirhe.", "office", "palveluohjaaja")
	if res.Request.URL.Path != "/fi/decisions/2" {
		t.Fatalf("correct: %d %s", res.StatusCode, res.Request.URL.Path)
	}
	b.shows(body, "Korjauspäätös", "MAA/2026/2", "Kirjoitus- tai laskuvirhe")
	body, _ = b.get(path)
	b.shows(body, "Tämä päätös on korjattu.", "MAA/2026/2")
	if strings.Contains(body, path+"/correct") {
		t.Error("a corrected decision offers to be corrected again")
	}
	if _, res = b.get(path + "/letter"); res.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("letter: %d", res.StatusCode)
	}
	if body, _ = b.get("/fi/decisions/2/letter/text"); !strings.Contains(body, "Korjattuna päätös kuuluu: Aino Virtanen") {
		t.Errorf("the letter as text: %s", body)
	}
	body, res = b.post("/fi/decisions/2/annul", "reasons", "Turha.", "office", "palveluohjaaja")
	if res.Request.URL.Path != "/fi/decisions/3" {
		t.Errorf("annul: %d %s", res.StatusCode, res.Request.URL.Path)
	}
	b.shows(body, "Kumottu")
	for _, act := range []string{"sent", "received", "appeal", "outcome", "correct", "annul"} {
		if _, res = b.get(path + "/" + act); res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", act, res.StatusCode)
		}
	}
}

func TestARefusalOnThePage(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	b := open(t, world, world.Staff)
	b.post("/fi/clients/1/grant", append(grantForm, "act", "propose", "contact", "Sanna 040")...)
	body, res := b.post("/fi/proposals/1/refuse", "version", "1", "reasons", "Tarve täyttyy muuten.", "office", "palveluohjaaja")
	if !strings.HasPrefix(res.Request.URL.Path, "/fi/decisions/") {
		t.Fatalf("refuse: %d %s", res.StatusCode, res.Request.URL.Path)
	}
	b.shows(body, "Kielteinen päätös", "Hylätty", "Tarve täyttyy muuten.")
}

// Of two who decide at once one decides; the other is told, and so is somebody whose power is too small, with who may decide.
func TestTwoDecidersAndOneWithoutPowerOnThePages(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	world.Exec(`insert into delegation (organiser_id, office, role, limit_cents, valid_from, valid_to, added_by_account, added_by, added_at) values
		(1, 'palveluohjaajat', 'caseworker', 500000, '2026-01-01', '9999-12-31', 1, 'a', now()), (1, 'palvelupäällikkö', 'decision_maker', null, '2026-01-01', '9999-12-31', 1, 'a', now())`)
	b, m := open(t, world, world.Staff), open(t, world, manager)
	before := world.Count("select count(*) from decision")
	b.post("/fi/clients/1/grant", append(grantForm, "act", "propose", "contact", "Sanna 040", "reasons", "Tarve on arvioitu.")...)
	form := []string{"version", "1", "reasons", "Tarve on arvioitu.", "office", "päättäjä"}
	body, res := b.post("/fi/proposals/1/decide", form...) // 8 160,00 € is above the caseworker's power
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("decided without power: %d", res.StatusCode)
	}
	b.shows(body, "palvelupäällikkö", "Tarve on arvioitu.")
	codes := make(chan string, 2)
	for range 2 {
		go func() {
			_, res := m.post("/fi/proposals/1/decide", form...)
			codes <- res.Request.URL.Path
		}()
	}
	one, two := <-codes, <-codes
	if strings.HasPrefix(one, "/fi/decisions/") == strings.HasPrefix(two, "/fi/decisions/") {
		t.Errorf("of two deciders both or neither decided: %s, %s", one, two)
	}
	if n := world.Count("select count(*) from decision") - before; n != 1 {
		t.Errorf("%d decisions", n)
	}
}
