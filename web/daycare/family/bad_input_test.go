package family_test

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// wrong is one thing typed wrong: the words that answer it, in each language, and what stays in the form.
type wrong struct {
	path  string
	pairs []string
	key   string // of the text
	args  map[string]any
	kept  string
}

// refuses sends each in Finnish, Swedish and English and expects the words of the language beside what was typed.
func (b *browser) refuses(world *w.World, list ...wrong) {
	b.t.Helper()
	for _, x := range list {
		for _, lang := range i18n.Langs {
			status, body, _ := b.do("POST", "/"+string(lang)+x.path, x.pairs...)
			said := strings.ReplaceAll(html.EscapeString(world.Means.Texts.Text(lang, x.key, x.args)), "\u00a0", " ")
			if status != http.StatusUnprocessableEntity || !strings.Contains(body, said) || !strings.Contains(body, x.kept) {
				b.t.Errorf("%s %s %q: %d, wants %q and %q kept", lang, x.path, x.pairs, status, said, x.kept)
			}
		}
	}
}

// family2 is a town whose child has both guardians recorded, and places in the unit.
func family2(t *testing.T, opts ...postgrestest.Option) (world *w.World, child, adult client.Client) {
	world, child, adult = town(t, opts...)
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		for _, id := range []int64{adult.ID, world.Aino.ID} {
			_, err := guidance.SaveGuardian(t.Context(), tx, world.Staff, guidance.Guardian{Of: store.Of{Organiser: w.Organiser, Child: child.ID}, Adult: id,
				Saved: store.Saved{Period: calendar.Period{From: child.BirthDate, To: calendar.Forever}}})
			if err != nil {
				return err
			}
		}
		_, err := guidance.SavePlaces(t.Context(), tx, world.Staff, guidance.PlacesInput{Organiser: w.Organiser, Unit: w.Unit, Under: 4, Over: 7,
			Saved: store.Saved{Period: calendar.Period{From: calendar.Day(2026, 1, 1), To: calendar.Forever}}})
		return err
	})
	return world, child, adult
}

func TestWhatAFamilyTypesWrongIsToldInItsLanguageAndKept(t *testing.T) {
	t.Parallel()
	world, child, adult := family2(t)
	family, other := as(t, world, world.Self(adult)), as(t, world, world.Self(world.Aino))
	own, home := fmt.Sprintf("/my/children/1/%d", child.ID), fmt.Sprint(adult.ID)
	at := strings.TrimSuffix(family.sends(200, "Milloin lapsi aloittaa?", "/fi"+own+"/apply"), "/time")[3:]
	day := func(d calendar.Date) map[string]any { return map[string]any{"day": d} }
	tomorrow := calendar.Day(2026, 11, 22)
	family.refuses(world,
		wrong{at + "/time", []string{"version", "1", "start", "31.2.2027", "urgent", "no"}, "ui.form.date", nil, "31.2.2027"},
		wrong{at + "/time", []string{"version", "1", "start", "20.11.2026", "urgent", "no"}, "guidance.start_early", day(tomorrow), "20.11.2026"},
		wrong{at + "/time", []string{"version", "1", "start", "1.12.2026", "urgent", "yes"}, "ui.form.required", nil, "1.12.2026"},
		wrong{at + "/need", []string{"version", "1", "option", "full_time", "hours", "paljon", "words", "Pähkinä"}, "ui.form.quantity", nil, "Pähkinä"},
		wrong{at + "/need", []string{"version", "1", "option", "full_time", "hours", "0"}, "guidance.hours", nil, `value="0"`},
		wrong{at + "/need", []string{"version", "1", "option", "full_time", "hours", "169"}, "guidance.hours", nil, "169"},
		wrong{at + "/need", []string{"version", "1", "option", "keksitty", "hours", "35", "words", "Pähkinä"}, "ui.form.choice", nil, "Pähkinä"},
		wrong{at + "/need", []string{"version", "1", "option", "full_time", "hours", "35", "language", "klingon", "support", "Puheterapia"}, "ui.form.choice", nil, "Puheterapia"},
		wrong{at + "/need", []string{"version", "1", "option", "full_time", "hours", "35", "language", "other", "support", "Puheterapia"}, "guidance.language_named", nil, `value="other" checked`},
		wrong{at + "/need", []string{"version", "1", "option", "full_time", "hours", "35", "support", strings.Repeat("ä", 4001)}, "guidance.words_long", map[string]any{"longest": 4000}, "ää"},
		wrong{at + "/income", []string{"version", "1", "home", home, "way", "told"}, "ui.form.required", nil, ""},
		wrong{at + "/income", []string{"version", "1", "home", home, "way", "told", "income", "neljä tonnia"}, "ui.form.cents", nil, "neljä tonnia"},
		wrong{at + "/income", []string{"version", "1", "home", home, "way", "told", "income", "4100,555"}, "ui.form.cents", nil, "4100,555"},
		wrong{at + "/income", []string{"version", "1", "home", home, "way", "told", "income", "-5"}, "guidance.income_asked", nil, "-5"},
		wrong{at + "/places", []string{"version", "1", "unit1", fmt.Sprint(w.Unit), "unit2", fmt.Sprint(w.Unit)}, "guidance.wish", nil, ""},
		wrong{at + "/places", []string{"version", "1", "unit1", "999999"}, "guidance.wish", nil, ""},
		wrong{at + "/check", []string{"version", "1"}, "guidance.wishes", map[string]any{"most": 5}, "Lumi"},
	)
	for _, sum := range []string{"0", "4 100,50", "4100.50", "4\u00a0100,50"} { // what people type is an amount
		family.sends(200, "Mihin yksikköön haluat?", "/fi"+at+"/income", "version", fmt.Sprint(world.Count(`select row_version from daycare_application`)), "home", home, "way", "told", "income", sum)
	}
	if n := world.Count(`select income_cents from daycare_application`); n != 410050 {
		t.Errorf("the income is kept as %d cents", n)
	}
	// Another tab has saved meanwhile: nothing is lost, and the form can be sent again.
	family.refuses(world, wrong{at + "/need", []string{"version", "1", "option", "full_time", "hours", "38", "words", "Pähkinä"}, "guidance.changed_meanwhile", nil, "Pähkinä"})

	// One child has one application, whoever of the guardians began it, and however often the button is pressed.
	family.sends(200, "Lapsella on jo keskeneräinen hakemus.", "/fi"+own+"/apply")
	other.sends(200, "toinen huoltaja on aloittanut sen", "/fi"+own+"/apply")
	if n := world.Count(`select count(*) from daycare_application`); n != 1 {
		t.Errorf("%d applications of one child", n)
	}

	version := fmt.Sprint(world.Count(`select row_version from daycare_application`))
	family.sends(200, "Liitteet", "/fi"+at+"/places", "version", version, "unit1", fmt.Sprint(w.Unit))
	wrongFiles(t, family, world, at+"/papers")
	version = fmt.Sprint(world.Count(`select row_version from daycare_application`))
	family.sends(200, "Hakemus on lähetetty", "/fi"+at+"/check", "version", version)
	family.sends(200, "Hakemus on jo lähetetty", "/fi"+at+"/check", "version", version) // pressed twice

	// Without the other guardian's consent nothing is proposed; a refusal has its reason; pressing twice is answering once.
	other.sees("/fi/my", "Toinen huoltaja on hakenut paikkaa", "/fi"+at)
	other.sees("/fi"+at, "Hakemus odottaa sinun vastaustasi")
	guide := as(t, world, world.Staff)
	guide.sends(422, "ei ole vielä suostunut hakemukseen", "/fi/guidance/applications/1/propose", "version", fmt.Sprint(world.Count(`select row_version from daycare_application`)), "unit", fmt.Sprint(w.Unit), "start", "1.4.2027")
	other.refuses(world, wrong{at, []string{"answer", guidance.Refused, "reason", " "}, "guidance.reason_needed", nil, `value="refused" checked`})
	other.sends(200, "Et ole suostunut hakemukseen", "/fi"+at, "answer", guidance.Refused, "reason", "Muutamme.")
	other.sends(200, "Et ole suostunut hakemukseen", "/fi"+at, "answer", guidance.Refused, "reason", "Muutamme.")
	family.sees("/fi"+at, "ei ole suostunut hakemukseen. Palveluohjaus ottaa yhteyttä teihin molempiin.")
	other.sends(200, "Vastauksesi on lähetetty", "/fi"+at, "answer", guidance.Agreed)
	other.sends(200, "Suostuu", "/fi"+at, "answer", guidance.Agreed) // pressed twice
	if n := world.Count(`select count(*) from daycare_consent where adult_id <> ` + home); n != 2 {
		t.Errorf("a refusal and a consent, each sent twice, are %d answers", n)
	}
}

// wrongFiles sends what is no paper; a good one sent twice is one, and one sent by mistake can be taken back.
func wrongFiles(t *testing.T, family *browser, world *w.World, path string) {
	t.Helper()
	pdf := []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
	for name, x := range map[string]struct {
		data []byte
		key  string
		args map[string]any
	}{
		"tyhja.pdf":   {nil, "ui.form.file", nil},
		"palkka.docx": {[]byte("Palkka 4 100 euroa"), "document.upload.type", nil},
		"suuri.pdf":   {append(bytes.Clone(pdf), make([]byte, document.MaxUpload)...), "ui.form.file_size", map[string]any{"megabytes": 20}},
	} {
		for _, lang := range i18n.Langs {
			status, body := family.upload("/"+string(lang)+path, name, x.data)
			if said := world.Means.Texts.Text(lang, x.key, x.args); status != http.StatusUnprocessableEntity || !strings.Contains(body, strings.ReplaceAll(html.EscapeString(said), "\u00a0", " ")) {
				t.Errorf("%s in %s: %d, wants %q", name, lang, status, said)
			}
		}
	}
	for range 2 {
		if status, body := family.upload("/fi"+path, "palkka.pdf", pdf); status != 200 || strings.Count(body, "palkka.pdf</a>") != 1 {
			t.Errorf("a pay slip: %d, shown %d times", status, strings.Count(body, "palkka.pdf</a>"))
		}
	}
	family.sees("/fi"+path+"/1/remove", "Liite palkka.pdf poistetaan hakemuksesta.")
	family.sends(200, "Liite on poistettu.", "/fi"+path+"/1/remove")
	if status, _, _ := family.do("GET", "/fi"+path+"/1"); status != http.StatusNotFound {
		t.Errorf("a removed paper opens: %d", status)
	}
}

// upload sends one file as a browser does.
func (b *browser) upload(path, name string, data []byte) (status int, body string) {
	b.t.Helper()
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := part.Write(data); err != nil {
		b.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.base+path, &buf)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.StatusCode, strings.ReplaceAll(string(raw), "\u00a0", " ")
}

func TestAPlaceIsAnsweredChangedAndGivenUpWithoutAccidents(t *testing.T) {
	t.Parallel()
	clock := calendar.Noon(calendar.Day(2026, 11, 21))
	world, child, adult := family2(t, postgrestest.Clock(clock))
	guide, family, other := at(t, world, clock, world.Staff), at(t, world, clock, world.Self(adult)), at(t, world, clock, world.Self(world.Aino))
	own := fmt.Sprintf("/my/children/1/%d", child.ID)
	application := guide.sends(200, "Hakemus on kirjattu jonoon", fmt.Sprintf("/fi/guidance/children/%d/received", child.ID), "applicant", fmt.Sprint(adult.ID), "agreed", fmt.Sprint(world.Aino.ID), "channel", "phone",
		"arrived", "20.11.2026", "start", "1.4.2027", "urgent", "no", "option", "full_time", "hours", "38", "home", fmt.Sprint(adult.ID), "way", "highest", "unit1", fmt.Sprint(w.Unit))
	offer := func() string {
		guide.sends(200, "Ehdotus on lähetetty", application+"/propose", "version", fmt.Sprint(world.Count(`select row_version from daycare_application`)), "unit", fmt.Sprint(w.Unit), "start", "1.4.2027")
		guide.sends(200, "Vastaus on kirjattu", application+"/unit-answer", "version", "1", "choice", "yes")
		guide.sends(200, "Tarjous on lähetetty", application+"/offer", "version", "2", "office", "palveluohjaaja")
		return "/my/applications/1/1/offer"
	}
	page := offer()
	family.sees("/fi"+page, "Jos ette vastaa, tarjous raukeaa", "Riittää, että toinen huoltajista vastaa.")
	// The fee is of the home that was told; the other guardian is not shown what it is made of, and is told so.
	other.sees("/fi"+page, "Korkein maksu. Maksu lasketaan sen kodin tuloista, jossa lapsi asuu")
	family.refuses(world, wrong{page, []string{"version", "3", "words", "Kiitos"}, "ui.form.choice", nil, "Kiitos"})
	clock.Set(calendar.Noon(calendar.Day(2026, 12, 6)).Now())
	family.refuses(world, wrong{page, []string{"version", "3", "answer", "yes"}, "guidance.late_answer", map[string]any{"day": calendar.Day(2026, 12, 5)}, ""})
	lapse(t, world)
	page = offer()
	family.sends(200, "Paikka on teidän", "/fi"+page, "version", "3", "answer", "yes")
	family.sends(200, "Paikka on teidän", "/fi"+page, "version", "3", "answer", "yes") // pressed twice
	other.sends(422, "Tarjoukseen on jo vastattu.", "/fi"+page, "version", "3", "answer", "no")

	day := func(d calendar.Date) map[string]any { return map[string]any{"day": d} }
	change := []string{"option", "full_time", "from", "1.5.2027", "words", "Työ loppuu"}
	family.refuses(world,
		wrong{own + "/change", []string{"option", "full_time", "from", "6.12.2026", "words", "Työ loppuu"}, "guidance.start_early", day(calendar.Day(2026, 12, 7)), "Työ loppuu"},
		wrong{own + "/change", []string{"from", "1.5.2027", "words", "Työ loppuu"}, "guidance.option", nil, "Työ loppuu"},
		wrong{own + "/change", []string{"option", "full_time", "words", "Työ loppuu"}, "ui.form.required", nil, "Työ loppuu"},
		wrong{own + "/notice", []string{"last", ""}, "ui.form.required", nil, ""},
		wrong{own + "/notice", []string{"last", "5.1.2027"}, "guidance.notice", day(calendar.Day(2027, 1, 6)), "5.1.2027"}, // a month's notice
		wrong{own + "/notice", []string{"last", "31.3.2027"}, "guidance.no_place", nil, "31.3.2027"},                       // before the place begins
	)
	for range 2 {
		family.sends(200, "Muutos on lähetetty", "/fi"+own+"/change", change...)
	}
	if n := world.Count(`select count(*) from daycare_change`); n != 1 {
		t.Errorf("a change that was sent twice is %d", n)
	}
	family.sees("/fi"+own+"/notice", "Hoiva Keskusta", "aikaisintaan 1.4.2027", "Paikka alkaa vasta 1.4.2027")
	for range 2 {
		family.sends(200, "Paikka on irtisanottu", "/fi"+own+"/notice", "last", "31.5.2027")
	}
	family.sees("/fi"+own, "31.5.2027", "irtisanottu 6.12.2026")
	if n := world.Count(`select count(*) from daycare_placement where voided_at is null`); n != 1 {
		t.Errorf("%d places after a notice", n)
	}
}
