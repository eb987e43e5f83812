package warehouse_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	w "seteli/domain/voucher/vouchertest"
	"seteli/web/casework"
	"seteli/web/daycare/warehouse"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

// page serves the pages of the world's caseworker and reads one; the clock stands at 21.11.2026, 12:00.
func page(t *testing.T, world *w.World) func(path string) string {
	site := uitest.New(t, ui.Session{Actor: world.Staff, SignedIn: true, Tenant: ui.Tenant{Organiser: w.Organiser, Name: "Mallila"}}, (&warehouse.Pages{DB: world.DB, Keys: world.Keys}).Audience(),
		(&casework.Pages{DB: world.DB, Keys: world.Keys, Means: world.Means}).Audience())
	base := uitest.Serve(t, site).URL
	return func(path string) string {
		t.Helper()
		res, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %v", path, res.StatusCode, err)
		}
		if strings.Contains(string(raw), "[varda.") {
			t.Errorf("%s shows a missing text", path)
		}
		return strings.ReplaceAll(string(raw), "\u00a0", " ")
	}
}

func connected(t *testing.T) (*w.World, func(string, ...any)) {
	world := w.New(t)
	do := func(sql string, args ...any) {
		t.Helper()
		if _, err := world.Owner.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	do(`insert into varda_setting (organiser_id, base_url, source_code, owner_oid, user_name, password_encrypted, active, set_at, set_by) values (1, 'https://varda.example/api', '00', '1.2.246.562.10.1', 'x', 'x', true, now(), 'P')`)
	return world, do
}

func TestEachRefusalIsATaskWithItsRemedyAndTheWayThere(t *testing.T) {
	t.Parallel()
	world, do := connected(t)
	child := world.Aino.ID
	do(`insert into daycare_child (organiser_id, client_id, person_id, added_at, added_by) values (1, $1, $2, now(), 'S')`, child, world.Aino.Person)
	do(`insert into daycare_placement (organiser_id, child_id, unit_id, provider_id, kind, voucher, valid_from, valid_to, added_at, added_by) values (1, $1, $2, $3, 'DAYCARE', true, '2026-01-01', '9999-12-31', now(), 'S')`,
		child, w.Unit, w.Provider)
	do(`insert into varda_child (organiser_id, child_id, state, codes, tries, reported_at) values (1, $1, 'refused', '[]', 1, now())`, child)
	do(`insert into varda_run (organiser_id, run_no, ordered_at, ordered_by, began_at, ended_at, outcome) values (1, 1, now(), 'yö', now(), now(), 'done')`)
	get := page(t, world)
	of := fmt.Sprintf("/fi/daycare/children/%d", child)
	unit := fmt.Sprintf("/fi/daycare/varda/units/%d", w.Unit)
	for code, want := range map[string][]string{
		"MA003":        {"ei tunne ketään maksutiedon huoltajista", fmt.Sprintf("/fi/guidance/children/%d", child), "Vardan virhe MA003"},
		"MA004":        {"kaksi päällekkäistä maksutietoa", of},
		"MA020":        {"ylittää Vardan enimmäismaksun", of},
		"MA021":        {"arvo on 0 euroa", of},
		"HE017":        {"Tarkista henkilötunnus", fmt.Sprintf("/fi/clients/%d", child)},
		"PT010":        {"PAOS-sopimusta tuottajan kanssa", unit, "Hoiva Keskusta"},
		"PE007":        {"ei hyväksynyt tunnusta", "Pääkäyttäjä korjaa"},
		"XX999":        {"Vardan virhe XX999 kentässä arvo: Ei käy.", of},
		"no_agreement": {"PAOS-sopimusta ei ole merkitty", unit},
		"no_option":    {"viikkotunnit puuttuvat", "Pääkäyttäjä korjaa"},
	} {
		state := "refused"
		if strings.HasPrefix(code, "no_") {
			state = "lacking"
		}
		do(`update varda_child set state = $1, codes = $2`, state, fmt.Sprintf(`[{"field": "arvo", "code": %q, "words": "Ei käy.", "unit": %d}]`, code, w.Unit))
		body := get("/fi/daycare/varda")
		for _, word := range append(want, "Korjattavat lapset", of) {
			if !strings.Contains(body, word) {
				t.Errorf("%s: no %q", code, word)
			}
		}
	}
	if body := get(unit); !strings.Contains(body, "Tuottajan OID-tunnus") {
		t.Error("the unit cannot be mended from the task")
	}
}

func TestARunThatIsHeldIsToldOnceWithItsNextTry(t *testing.T) {
	t.Parallel()
	world, do := connected(t)
	get := page(t, world)
	do(`insert into varda_run (organiser_id, run_no, ordered_at, ordered_by, began_at, ended_at, outcome) values (1, 1, '2026-11-18 20:30Z', 'yö', '2026-11-18 20:30Z', '2026-11-18 20:40Z', 'done')`)
	do(`insert into varda_run (organiser_id, run_no, ordered_at, ordered_by, began_at, held, held_since, tries, next_at) values (1, 2, '2026-11-20 20:30Z', 'yö', '2026-11-20 20:30Z', 'silent', '2026-11-20 20:31Z', 3, '2026-11-21 12:15Z')`)
	for held, words := range map[string][]string{
		"silent": {"Varda ei vastaa.", "ei ole vastannut 20.11.2026 klo 22.31 jälkeen (3 yritystä)", "Seuraava yritys: 21.11.2026 klo 14.15", "Yritä nyt uudelleen", "Yritetään uudelleen"},
		"busy":   {"Varda ei ota nyt enempää pyyntöjä.", "Seuraava yritys: 21.11.2026 klo 14.15", "Yritä nyt uudelleen"},
		"key":    {"ei hyväksynyt tunnusta tai salasanaa", "Pääkäyttäjä korjaa", "Yritä nyt uudelleen"},
		"quota":  {"enimmäismäärä on täynnä", "Lähetys jatkuu 21.11.2026 klo 14.15"},
		"fault":  {"keskeytyi ohjelman virheeseen", "Seuraava yritys: 21.11.2026 klo 14.15", "Yritä nyt uudelleen"},
	} {
		do(`update varda_run set held = $1 where run_no = 2`, held)
		body := get("/fi/daycare/varda")
		for _, word := range append(words, "Lähetys on kesken") {
			if !strings.Contains(body, word) {
				t.Errorf("%s: no %q", held, word)
			}
		}
		if held == "quota" && strings.Contains(body, "Yritä nyt uudelleen") {
			t.Error("a used quota can be tried again")
		}
	}
	do(`update varda_run set next_at = null where run_no = 2`)
	if body := get("/fi/daycare/varda"); strings.Contains(body, "Yritä nyt") || strings.Contains(body, "Varda ei vastaa.") {
		t.Error("a run that goes on is told as held")
	}
	do(`update varda_run set ended_at = now(), outcome = 'done', held = '', held_since = null where run_no = 2`)
	if body := get("/fi/daycare/varda"); strings.Contains(body, "Varda ei vastaa.") || !strings.Contains(body, "Lähetä muutokset nyt") || !strings.Contains(body, "Ei korjattavaa") {
		t.Error("the outage does not end by itself")
	}
}

func TestManyTasksAreCountedAndTheFirstShown(t *testing.T) {
	t.Parallel()
	world, do := connected(t)
	do(`with p as (insert into person (identity_index) select sha256(convert_to('child' || i, 'utf8')) from generate_series(1, 130) i returning person_id),
		c as (insert into client (organiser_id, person_id, last_name, first_names, birth_date, municipality, source, created_at)
		select 1, person_id, 'Virtanen', 'Lapsi', date '2022-03-01', '991', 'file', now() from p returning client_id, person_id),
		d as (insert into daycare_child (organiser_id, client_id, person_id, added_at, added_by) select 1, client_id, person_id, now(), 'S' from c returning client_id)
		select count(*) from d`)
	do(`insert into varda_child (organiser_id, child_id, state, codes, tries, reported_at) select 1, client_id, 'refused', '[{"field": "x", "code": "MA020", "words": "x"}]', 1, now() from daycare_child`)
	body := page(t, world)("/fi/daycare/varda")
	if !strings.Contains(body, "Korjattavia lapsia on 130.") || strings.Count(body, "ylittää Vardan enimmäismaksun") != 100 {
		t.Errorf("%d tasks are shown", strings.Count(body, "ylittää Vardan enimmäismaksun"))
	}
}
