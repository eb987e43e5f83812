package daycare_test

import (
	"bytes"
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

// sent posts a file of placements and reads the page that answers.
func sent(t *testing.T, base, act string, lines ...string) (int, string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "sijoitukset.csv")
	if err == nil {
		_, err = io.WriteString(part, "Sijoituksen tunnus;Lapsen henkilötunnus;Yksikkö;Alkaa;Päättyy;Palveluntarve;Päämies;Maksaja\r\n"+strings.Join(lines, "\r\n")+"\r\n")
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
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/fi/daycare/import", &body)
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
	base := uitest.Serve(t, site).URL
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
