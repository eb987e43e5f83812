package casework_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
)

// send posts a form with one file.
func (b *browser) send(path, act, name, content string) (string, *http.Response) {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("act", act); err != nil {
		b.t.Fatal(err)
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := io.WriteString(part, content); err != nil {
		b.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.do(http.MethodPost, path, form.FormDataContentType(), &body)
}

func TestIncomeFileFromCheckToTheProposalOfANewValue(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	world.Exec(`update rulebook set rules = jsonb_set(rules, '{value}', '{"method": "linear_taper", "full_cents": 4000, "min_cents": 800,
		"income_limits_cents": {"1": 100000, "2": 180000}, "pcts": {"1": "30", "2": "25"}, "divisor": "60"}') where service_id = 11`)
	world.Grant(world.Input(20))
	b := open(t, world, world.Staff)
	const path = "/fi/income-import"
	const head = "henkilötunnus;laji;summa;ensimmäinen päivä;lähde;maksaja\n"
	if body, _ := b.get("/fi/clients/import"); !strings.Contains(body, path) {
		t.Error("the page of client files does not lead to income files")
	}
	body, res := b.send(path, "check", "tulot.csv", "nimi;summa\nx;1\n")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "f-file-error") {
		t.Errorf("a file without its columns: %d", res.StatusCode)
	}
	file := head + "010150-999K;Eläke;1450,00;1.11.2026;Kela;Kela\n010150-999K;Eläke;-5;1.11.2026;asiakas;\n010150-999K;Palkkatulo;900;1.3.2027;tulorekisteri;\n020260-998K;Eläke;1000;1.1.2026;Kela;\n"
	body, _ = b.send(path, "check", "tulot.csv", file)
	for _, part := range []string{"ei voi olla negatiivinen", "HOU-013", "Tulo alkaa vasta 1.3.2027", "Henkilötunnuksella ei ole asiakasta", "Ensimmäinen päivä"} {
		if !strings.Contains(body, part) {
			t.Errorf("the check lacks %q", part)
		}
	}
	if strings.Contains(body, "[household.") || strings.Contains(body, "998K") {
		t.Error("a text is missing, or an identity code is shown")
	}
	if n := world.Count("select count(*) from income_item"); n != 0 {
		t.Fatal("the check stored something")
	}
	body, _ = b.send(path, "import", "tulot.csv", file)
	if !strings.Contains(body, "Yhden asiakkaan setelin arvo olisi nyt toinen") {
		t.Error("the import does not tell that a value would change")
	}
	body, _ = b.get("/fi/income-reports")
	if !strings.Contains(body, "Virtanen Aino") || !strings.Contains(body, "Tuotu tiedostosta") {
		t.Error("the news does not wait in the list")
	}
	body, _ = b.get(home + "/reports/1")
	if !strings.Contains(body, "Asiakkaan eduksi") || !strings.Contains(body, "37,75") || !strings.Contains(body, "Tulot on tuotu tiedostosta") {
		t.Errorf("the proposal of a new value is not shown: %s", body)
	}
	if body, res = b.post(home + "/reports/1"); res.Request.URL.Path != home || !strings.Contains(body, "Tuotu tiedostosta") {
		t.Errorf("handling: %d", res.StatusCode)
	}
	for _, lang := range []string{"sv", "en"} {
		if body, res = b.get("/" + lang + "/income-import"); res.StatusCode != http.StatusOK || strings.Contains(body, "[household.") {
			t.Errorf("%s: %d", lang, res.StatusCode)
		}
	}
	checker := open(t, world, access.Actor{Account: 3, Name: "x", Role: access.EventChecker, Organiser: w.Organiser})
	if _, res := checker.get(path); res.StatusCode != http.StatusForbidden {
		t.Errorf("a checker: %d", res.StatusCode)
	}
}
