package family_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/domain/client"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/web/casework"
	"seteli/web/citizen"
	"seteli/web/daycare"
	"seteli/web/daycare/family"
	guide "seteli/web/daycare/guidance"
	"seteli/web/daycare/place"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

// browser walks the pages as one signed-in person; the clock stands at 21.11.2026.
type browser struct {
	t    *testing.T
	http *http.Client
	base string
}

func as(t *testing.T, world *w.World, by access.Actor) *browser {
	t.Helper()
	return at(t, world, calendar.Noon(calendar.Day(2026, 11, 21)), by)
}

// at is a browser whose days go by the test's clock.
func at(t *testing.T, world *w.World, clock calendar.Clock, by access.Actor) *browser {
	t.Helper()
	texts := world.Means.Texts
	site := uitest.NewAt(t, clock, ui.Session{Actor: by, SignedIn: true, Tenant: ui.Tenant{Organiser: w.Organiser, Name: "Mallila"}}, (&family.Pages{DB: world.DB, Texts: texts, Keys: world.Keys}).Audience(),
		(&guide.Pages{DB: world.DB, Keys: world.Keys}).Audience(), (&place.Pages{DB: world.DB}).Audience(), (&citizen.Pages{DB: world.DB, Texts: texts}).Audience(),
		(&casework.Pages{DB: world.DB, Keys: world.Keys, Means: world.Means}).Audience(), (&daycare.Pages{DB: world.DB, Keys: world.Keys, Texts: texts}).Audience())
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, &http.Client{Jar: jar}, uitest.Serve(t, site).URL}
}

func (b *browser) do(method, path string, pairs ...string) (status int, body, at string) {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, area := range []string{"[family.", "[guidance.", "[place."} {
		if i := strings.Index(string(raw), area); i >= 0 {
			b.t.Errorf("%s shows a missing text: %.60s", path, string(raw)[i:])
		}
	}
	return res.StatusCode, strings.ReplaceAll(string(raw), "\u00a0", " "), res.Request.URL.Path
}

// sees asks a page and looks for the words.
func (b *browser) sees(path string, words ...string) {
	b.t.Helper()
	status, body, _ := b.do("GET", path)
	for _, word := range words {
		if status != http.StatusOK || !strings.Contains(body, word) {
			b.t.Fatalf("%s: %d, no %q", path, status, word)
		}
	}
}

// sends posts a form and expects to be led on to a page with the words.
func (b *browser) sends(want int, word, path string, pairs ...string) string {
	b.t.Helper()
	status, body, at := b.do("POST", path, pairs...)
	if status != want || !strings.Contains(body, word) {
		i := strings.Index(body, "<main")
		b.t.Fatalf("%s: %d, no %q in %.3000s", path, status, word, body[max(0, i):])
	}
	return at
}

// town is a municipality with a voucher unit, a child and its guardian.
func town(t *testing.T, opts ...postgrestest.Option) (world *w.World, child, adult client.Client) {
	world = w.New(t, opts...)
	p, err := profile.Load("oulu")
	if err != nil {
		t.Fatal(err)
	}
	staff := world.Staff
	main, second := access.Actor{Account: 21, Name: "Päivi", Role: access.MainUser, Organiser: w.Organiser}, access.Actor{Account: 22, Name: "Matti", Role: access.MainUser, Organiser: w.Organiser}
	var r store.Rules
	world.Do(main, func(tx *postgres.Tx) (err error) {
		national, err := profile.National()
		if err != nil {
			return err
		}
		for i := range national { // limits that are not published yet go on as they were
			if i > 0 && !national[i].Complete() {
				national[i].Limits, national[i].Increase = national[i-1].Limits, national[i-1].Increase
			}
		}
		p.Thresholds, p.NoticeMonths = national, 1
		r, err = store.DraftRules(t.Context(), tx, main, store.RulesInput{Organiser: w.Organiser, Service: w.Service, Content: w.Hours, ValidFrom: calendar.Day(2026, 1, 1), Profile: p})
		return err
	})
	world.Do(second, func(tx *postgres.Tx) error {
		_, err := store.PublishRules(t.Context(), tx, second, w.Organiser, r.ID, r.RowVersion)
		return err
	})
	add := func(code, first string) (c client.Client) {
		hetu, err := ident.ParseHetu(code)
		if err != nil {
			t.Fatal(err)
		}
		world.Do(staff, func(tx *postgres.Tx) error {
			c, err = client.Add(t.Context(), tx, staff, world.Keys, client.AddInput{Organiser: w.Organiser, Identity: hetu, Details: client.Details{LastName: "Virtanen", FirstNames: first,
				Language: i18n.FI, Municipality: "991"}})
			return err
		})
		return c
	}
	child, adult = add(hetu(calendar.Day(2022, 3, 3), 901), "Lumi"), add(hetu(calendar.Day(1990, 5, 5), 902), "Eeva")
	world.Do(staff, func(tx *postgres.Tx) error {
		if err := guidance.SaveUnit(t.Context(), tx, staff, guidance.UnitInput{Organiser: w.Organiser, Unit: guidance.Unit{ID: w.Unit, Way: guidance.ByVoucher, Kind: "DAYCARE", Listed: true}}); err != nil {
			return err
		}
		return store.TellPrice(t.Context(), tx, staff, w.Organiser, store.Price{Unit: w.Unit, Option: "full_time", From: calendar.Day(2026, 1, 1), Over: 110000, Under: 180000})
	})
	return world, child, adult
}

func hetu(birth calendar.Date, number int) string {
	year, month, day := birth.Civil()
	var digits int
	fmt.Sscan(fmt.Sprintf("1%02d%02d%02d%d", day, month, year%100, number), &digits)
	sign := "-"
	if year >= 2000 {
		sign = "A"
	}
	return fmt.Sprintf("%02d%02d%02d%s%d%c", day, month, year%100, sign, number, "0123456789ABCDEFHJKLMNPRSTUVWXY"[(digits-1_000_000_000)%31])
}

func TestFamilyGuideAndUnitThroughTheirPages(t *testing.T) {
	t.Parallel()
	world, child, adult := town(t)
	guide, family, unit := as(t, world, world.Staff), as(t, world, world.Self(adult)), as(t, world, world.Recorder(w.Provider))
	guardians := fmt.Sprintf("/fi/guidance/children/%d", child.ID)
	family.sees("/fi/my/children", "Huoltajuutta ei ole kirjattu")
	guide.sends(422, "Asiakasta ei löytynyt", guardians, "who", "Kukaan Ei", "from", "3.3.2022")
	guide.sends(200, "Eeva Virtanen", guardians, "who", "Virtanen Eeva", "from", "3.3.2022")
	guide.sends(200, "Paikat on tallennettu", fmt.Sprintf("/fi/guidance/units/%d/places", w.Unit), "from", "1.1.2026", "under", "4", "over", "7")

	own := fmt.Sprintf("/fi/my/children/1/%d", child.ID)
	family.sees("/fi/my/children", "Lumi Virtanen")
	family.sees(own+"/prices?option=full_time&from=1.12.2026&income=4100", "Maksatte itse", "1 100,00", "Vapaita paikkoja lapsen ikäryhmässä 1.12.2026: 7")
	at := strings.TrimSuffix(family.sends(200, "Milloin lapsi aloittaa?", own+"/apply"), "/time")
	family.sends(200, "keskeneräinen hakemus", own+"/apply")
	family.sends(422, "Täytä", at+"/time", "version", "1", "start", "", "urgent", "no")
	family.sends(200, "Kuinka paljon hoitoa", at+"/time", "version", "1", "start", "1.4.2027", "urgent", "no")
	family.sees(at+"/need", "Varhaiskasvatuksen kieli", `value="fi" checked`, "Tarvitseeko lapsi tukea?")
	family.sends(200, "Perheen tulot", at+"/need", "version", "2", "option", "full_time", "hours", "35", "language", "other", "language_words", "englanti", "support", "Puheterapia torstaisin")
	family.sends(422, "Täytä", at+"/income", "version", "3", "home", fmt.Sprint(adult.ID), "way", "told")
	family.sends(200, "Mihin yksikköön haluat?", at+"/income", "version", "3", "home", fmt.Sprint(adult.ID), "way", "told", "income", "4100")
	family.sends(422, "Valitse", at+"/places", "version", "4")
	family.sends(200, "Liitteet", at+"/places", "version", "4", "unit1", fmt.Sprint(w.Unit))
	family.sees(at+"/check", "Hoiva Keskusta", "1.4.2027", "Muu kieli", "englanti", "Puheterapia torstaisin")
	family.sends(200, "Hakemus on lähetetty", at+"/check", "version", "5")
	family.sees(at, "Paikka on tiedossa viimeistään 1.4.2027", "jonossa 1.")

	guide.sees(fmt.Sprintf("/fi/daycare/children/%d", child.ID), "Perheen ilmoittamat tulot odottavat vahvistusta", "/fi/guidance/applications/1/income")
	guide.sees("/fi/guidance", "Virtanen Lumi", "Palveluohjaajaa", "muu kieli", "tuen tarve")
	application := "/fi/guidance/applications/1"
	guide.sends(200, "Hakemus on käsittelyssä", application+"/take", "version", "6")
	guide.sees(application, "Muu kieli", "englanti", "Puheterapia torstaisin")
	guide.sees(application+"/propose", "1. toive", "Muu kieli", "Puheterapia torstaisin")
	guide.sends(200, "Ehdotus on lähetetty", application+"/propose", "version", "7", "unit", fmt.Sprint(w.Unit), "start", "1.4.2027")
	unit.sees("/fi/proposals-of-places", "Lumi", "Hoiva Keskusta")
	unit.sees("/fi/proposals-of-places/1/1", "Muu kieli", "englanti", "Perhe on kertonut tuen tarpeesta")
	if _, body, _ := unit.do("GET", "/fi/proposals-of-places/1/1"); strings.Contains(body, "Puheterapia") {
		t.Error("the unit reads the family's own words of support")
	}
	unit.sends(422, "perustelu", "/fi/proposals-of-places/1/1", "version", "1", "answer", "no")
	unit.sends(200, "Vastaus on lähetetty", "/fi/proposals-of-places/1/1", "version", "1", "answer", "yes")
	guide.sends(200, "Tarjous on lähetetty", application+"/offer", "version", "2", "office", "palveluohjaaja")

	family.sees("/fi/my/children", "Katso tarjous ja vastaa", "Vastaa tarjoukseen viimeistään")
	family.sees("/fi/my", "Lapselle tarjotaan paikkaa", "vastaa viimeistään 5.12.2026", at+"/offer")
	family.sees(at+"/offer", "Maksatte itse", "Otamme paikan")
	family.sends(200, "Paikka on teidän", at+"/offer", "version", "3", "answer", "yes")
	family.sees(own, "Hoiva Keskusta", "Irtisano paikka")
	if n := world.Count(`select count(*) from daycare_draft where unit_id = 41`); n == 0 {
		t.Error("no value decision is drafted")
	}
	place := at + "/decisions/1"
	family.sees(own, "Päätökset varhaiskasvatuspaikasta", place)
	family.sees(place, "Päätös palvelusetelistä ja varhaiskasvatuspaikasta", "1048/2025", "Sanna Ohjaaja")
	guide.sees(application, "Päätös varhaiskasvatuspaikasta", "/fi/decisions/")
	var made []store.Decision
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		list, err := store.ListDrafts(t.Context(), tx, world.Staff, store.DraftFilter{Organiser: w.Organiser, Most: 10})
		if err != nil {
			return err
		}
		made, err = store.Send(t.Context(), tx, world.Staff, world.Means.Texts, store.SendInput{Organiser: w.Organiser, Child: child.ID, Drafts: []int64{list[0].ID}, Office: "palveluohjaaja"})
		return err
	})
	decision := fmt.Sprintf("%s/decisions/%d", own, made[0].ID)
	family.sees(own, "Miksi juuri tämä summa?")
	family.sees(decision, "965,00", "Maksatte yksikölle", "hinta yli setelin arvon 135,00", decision+"/letter")
	family.sees(decision+"/letter", "Muutoksenhaku", "palveluohjaaja")
	for _, paper := range []string{place, decision} {
		if status, body, _ := family.do("GET", paper+"/pdf"); status != 200 || !strings.HasPrefix(body, "%PDF") {
			t.Errorf("the letter %s: %d", paper, status)
		}
	}
	if status, body, _ := guide.do("GET", "/fi/guidance/decisions.csv"); status != 200 || !strings.Contains(body, "sent") || !strings.Contains(body, "96500") {
		t.Errorf("the export: %d %s", status, body)
	}
	world.Do(world.Staff, func(tx *postgres.Tx) error { // another guardian, of another home
		_, err := guidance.SaveGuardian(t.Context(), tx, world.Staff, guidance.Guardian{Of: store.Of{Organiser: w.Organiser, Child: child.ID}, Adult: world.Aino.ID,
			Saved: store.Saved{Period: calendar.Period{From: child.BirthDate, To: calendar.Day(2026, 11, 22)}}})
		return err
	})
	apart := as(t, world, world.Self(world.Aino))
	apart.sees(own, "Hoiva Keskusta", place, "Päätökset setelin arvosta näkyvät siinä kodissa, jossa lapsi asuu")
	for _, path := range []string{decision, decision + "/letter", decision + "/pdf"} {
		if status, body, _ := apart.do("GET", path); status != 404 || strings.Contains(body, "4 100") {
			t.Errorf("a guardian of another home at %s: %d", path, status)
		}
	}
	world.Exec(`update daycare_guardian set voided_at = now() where adult_id <> ` + fmt.Sprint(adult.ID))
	stranger := as(t, world, world.Self(world.Aino))
	for _, path := range []string{own, at, place, place + "/pdf", decision, decision + "/letter", own + "/prices"} {
		if status, _, _ := stranger.do("GET", path); status != 404 {
			t.Errorf("a stranger at %s: %d", path, status)
		}
	}
}
