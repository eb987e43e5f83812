package daycare_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/casework"
	"seteli/web/daycare"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

const placementHeading = "Sijoituksen tunnus;Lapsen henkilötunnus;Yksikkö;Alkaa;Päättyy;Palveluntarve;Päämies;Maksaja"

// sent posts a file of placements and reads the page that answers.
func sent(t *testing.T, base, act string, lines ...string) (int, string) {
	t.Helper()
	return sentTo(t, base+"/fi/daycare/import", act, placementHeading, lines...)
}

func sentTo(t *testing.T, page, act, heading string, lines ...string) (int, string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "sijoitukset.csv")
	if err == nil {
		_, err = io.WriteString(part, heading+"\r\n"+strings.Join(lines, "\r\n")+"\r\n")
	}
	if err == nil {
		err = form.WriteField("act", act)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, page, &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, strings.ReplaceAll(string(raw), "\u00a0", " ")
}

// A file with units that nobody knows and half a household: each line is named with its reason and remedy, and what is good goes in.
func TestAFileWithUnknownUnitsAndHalfAHouseholdIsToldLineByLine(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	world.Client("050590-901J")
	world.Client("030322A9024")
	world.Client("040422A903L")
	base := served(t, world)
	lines := []string{"EF-1;030322A9024;Hoiva Keskusta;1.1.2026;;full_time;;", // no head: half a household
		"EF-2;040422A903L;Tuntematon yksikkö;1.1.2026;;full_time;050590-901J;",
		"EF-3;040422A903L;Hoiva Keskusta;1.1.2026;;full_time;010170-999R;"} // a head whom nobody knows
	for _, act := range []string{"check", "import"} {
		status, body := sent(t, base, act, lines...)
		for _, word := range []string{"Yksikköä Tuntematon yksikkö ei löydy", "DAY-113", "Päämiestä ei ole asiakkaana", "DAY-116", "Otettiin, mutta tietoja puuttuu", "Lapsella ei ole perheen päämiestä 1.1.2026", "EF-1", "EF-2", "EF-3"} {
			if status != http.StatusOK || !strings.Contains(body, word) {
				t.Errorf("%s: %d, no %q", act, status, word)
			}
		}
	}
	if n := world.Count(`select count(*) from daycare_placement`); n != 1 {
		t.Errorf("%d places were taken", n)
	}
	if status, body := sent(t, base, "import", "EF-1;030322A9024;Hoiva Keskusta;1.1.2026;;full_time;050590-901J;"); status != http.StatusOK || strings.Contains(body, "Otettiin, mutta") || world.Count(`select count(*) from daycare_head`) != 1 {
		t.Errorf("the other half of the household: %d", status)
	}
}

// served publishes rules and gives the address of the pages.
func served(t *testing.T, world *w.World) string {
	t.Helper()
	p, err := profile.Load("oulu")
	if err != nil {
		t.Fatal(err)
	}
	main, second := access.Actor{Account: 21, Name: "Päivi", Role: access.MainUser, Organiser: w.Organiser}, access.Actor{Account: 22, Name: "Matti", Role: access.MainUser, Organiser: w.Organiser}
	var r store.Rules
	world.Do(main, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(t.Context(), tx, main, store.RulesInput{Organiser: w.Organiser, Service: w.Service, Content: w.Hours, ValidFrom: calendar.Day(2026, 1, 1), Profile: p})
		return err
	})
	world.Do(second, func(tx *postgres.Tx) error {
		_, err := store.PublishRules(t.Context(), tx, second, w.Organiser, r.ID, r.RowVersion)
		return err
	})
	site := uitest.New(t, ui.Session{Actor: world.Staff, SignedIn: true, Tenant: ui.Tenant{Organiser: w.Organiser, Name: "Mallila"}},
		(&daycare.Pages{DB: world.DB, Keys: world.Keys, Texts: world.Means.Texts}).Audience(), (&casework.Pages{DB: world.DB, Keys: world.Keys, Means: world.Means}).Audience())
	return uitest.Serve(t, site).URL
}

// Own shares of the municipality's fee system: a check shows before and after and stores nothing, and the child's page has what was taken,
// with its form.
func TestReadyOwnSharesAreCheckedTakenAndShownAtTheChild(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	world.Client("050590-901J")
	child := world.Client("030322A9024")
	base := served(t, world)
	page, heading := base+"/fi/daycare/own-shares/import", "Maksun tunnus;Lapsen henkilötunnus;Omavastuu;Alkaa;Päättyy;Poistettu"
	if status, body := sentTo(t, page, "import", heading, "AM-1;030322A9024;187,00;1.1.2026;;", "AM-2;030322A9024;900;1.1.2025;31.12.2025;"); status != http.StatusOK || !strings.Contains(body, "DAY-123") {
		t.Errorf("%d\n%s", status, body)
	}
	status, body := sentTo(t, page, "check", heading, "AM-1;030322A9024;150;1.2.2026;;", "AM-3;030322A9024;x;1.1.2026;;")
	for _, word := range []string{"Mikä muuttuisi", "187,00 € kuukaudessa", "150,00 € kuukaudessa", "DAY-119", "Omavastuu"} {
		if status != http.StatusOK || !strings.Contains(body, word) {
			t.Errorf("%d, no %q\n%s", status, word, body)
		}
	}
	if n := world.Count(`select count(*) from daycare_ready_share where share_cents = 18700 and voided_at is null`); n != 1 {
		t.Errorf("a check stored something, or the file did not: %d", n)
	}
	res, err := http.Get(fmt.Sprintf("%s/fi/daycare/children/%d", base, child.ID)) //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.ReplaceAll(string(raw), "\u00a0", " "); !strings.Contains(text, "Valmiit omavastuut") || !strings.Contains(text, "187,00") || !strings.Contains(text, "Valmis omavastuu kirjattu") {
		t.Errorf("the child's page:\n%s", text)
	}
}
