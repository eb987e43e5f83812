package guidance_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/casework"
	"seteli/web/daycare/family"
	"seteli/web/daycare/guidance"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

// The guide's pages when many wait in 100 units: every page with its queries, over HTTP. SETELI_CHILDREN sets how many wait. Each metric is the
// median of nine askings in milliseconds.
func BenchmarkQueue(b *testing.B) {
	children := 1000
	if text := os.Getenv("SETELI_CHILDREN"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		children = n
	}
	world := waiting(b, children)
	site := uitest.New(b, ui.Session{Actor: world.Staff, SignedIn: true, Tenant: ui.Tenant{Organiser: w.Organiser, Name: "Mallila"}}, (&guidance.Pages{DB: world.DB, Keys: world.Keys}).Audience(),
		(&family.Pages{DB: world.DB, Texts: world.Means.Texts, Keys: world.Keys}).Audience(), (&casework.Pages{DB: world.DB, Keys: world.Keys, Means: world.Means}).Audience())
	base := uitest.Serve(b, site).URL
	last := world.Count(`select application_id from daycare_application order by due_on desc, sent_at desc, application_id desc limit 1 offset 10`)
	pages := []struct{ name, path, word string }{
		{"first", "/fi/guidance", "Virtanen"}, {"late", "/fi/guidance?late=yes", "Virtanen"}, {"guide", "/fi/guidance?waits=guide", "Virtanen"}, {"consent", "/fi/guidance?waits=consent", "Virtanen"}, {"unit-waits", "/fi/guidance?waits=unit", "Virtanen"},
		{"transfers", "/fi/guidance?transfers=yes", "Virtanen"}, {"one-unit", fmt.Sprintf("/fi/guidance?unit=%d", w.Unit), "Virtanen"}, {"last-page", fmt.Sprintf("/fi/guidance?after=%d", last), "Virtanen"},
		{"application", fmt.Sprintf("/fi/guidance/applications/%d", last), "jonossa"}, {"propose", fmt.Sprintf("/fi/guidance/applications/%d/propose", last), "toive"}, {"units", "/fi/guidance/units", "Yksikkö"},
	}
	for b.Loop() {
		for _, page := range pages {
			took := make([]time.Duration, 9)
			for i := range took {
				began := time.Now()
				body := ask(b, base+page.path)
				took[i] = time.Since(began)
				if !strings.Contains(body, page.word) {
					b.Fatalf("%s shows nobody: %.2000s", page.path, body[strings.Index(body, "<main"):])
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, page.name+"-ms")
		}
	}
}

func ask(b *testing.B, url string) string {
	res, err := http.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatal(url, res.StatusCode, err)
	}
	return string(raw)
}

// waiting is a municipality with 100 units and children who wait: three wishes each, a third with two guardians of whom a half has not
// agreed, a tenth with a place already, a tenth proposed to a unit.
func waiting(b *testing.B, children int) *w.World {
	world := w.New(b)
	p, err := profile.Load("oulu")
	if err != nil {
		b.Fatal(err)
	}
	main, second := access.Actor{Account: 21, Name: "Päivi", Role: access.MainUser, Organiser: w.Organiser}, access.Actor{Account: 22, Name: "Matti", Role: access.MainUser, Organiser: w.Organiser}
	var r store.Rules
	world.Do(main, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(b.Context(), tx, main, store.RulesInput{Organiser: w.Organiser, Service: w.Service, Content: w.Hours, ValidFrom: calendar.Day(2026, 1, 1), Profile: p})
		return err
	})
	world.Do(second, func(tx *postgres.Tx) error {
		_, err := store.PublishRules(b.Context(), tx, second, w.Organiser, r.ID, r.RowVersion)
		return err
	})
	do := func(sql string, args ...any) {
		if _, err := world.Owner.Exec(b.Context(), sql, args...); err != nil {
			b.Fatal(err)
		}
	}
	people := func(first, born string, n int) {
		do(`with p as (insert into person (identity_index) select sha256(convert_to($1::text || i, 'utf8')) from generate_series(1, $3::int) i returning person_id)
			insert into client (organiser_id, person_id, last_name, first_names, birth_date, municipality, source, created_at)
			select 1, person_id, 'Virtanen', $1, $2::date + (person_id % 1200)::int, '991', 'file', now() from p`, first, born, n)
	}
	people("Lapsi", "2021-03-01", children)
	people("Aikuinen", "1985-03-01", children)
	people("Toinen", "1984-03-01", children/3)
	do(`insert into daycare_child (organiser_id, client_id, person_id, added_at, added_by) select 1, client_id, person_id, now(), 'Sanna Ohjaaja' from client where first_names = 'Lapsi'`)
	do(`create table public.pair as select c.client_id as child, c.person_id as person, a.client_id as adult, a.person_id as adult_person, o.client_id as other, o.person_id as other_person, c.n
		from (select client_id, person_id, row_number() over (order by client_id) as n from client where first_names = 'Lapsi') c
		join (select client_id, person_id, row_number() over (order by client_id) as n from client where first_names = 'Aikuinen') a using (n)
		left join (select client_id, person_id, row_number() over (order by client_id) * 3 as n from client where first_names = 'Toinen') o using (n)`)
	do(`insert into daycare_guardian (organiser_id, child_id, adult_id, person_id, valid_from, valid_to, source, added_at, added_by)
		select 1, child, adult, adult_person, date '2020-01-01', date '9999-12-31', '', now(), 'S' from pair
		union all select 1, child, other, other_person, date '2020-01-01', date '9999-12-31', '', now(), 'S' from pair where other is not null`)
	do(`insert into unit (unit_id, provider_id, name, municipality, created_at) overriding system value
		select 1000 + i, provider_id, 'Päiväkoti ' || i, municipality, created_at from unit cross join generate_series(1, 99) i where unit_id = $1`, w.Unit)
	do(`insert into daycare_unit (organiser_id, unit_id, provider_id, way, kind, listed, about, changed_at, changed_by) select 1, unit_id, provider_id, 'own', 'DAYCARE', true, '', now(), 'S' from unit where name like 'Päiväkoti %' or unit_id = $1`, w.Unit)
	do(`insert into daycare_capacity (organiser_id, unit_id, under_places, over_places, valid_from, valid_to, added_at, added_by) select 1, unit_id, 40, 90, '2026-01-01', '9999-12-31', now(), 'S' from daycare_unit`)
	do(`insert into daycare_application (organiser_id, child_id, person_id, applicant_id, home_id, start_on, kind, option_code, hours_quantity, urgent, reason, shift, words, income_way, state, sent_at, due_on, ended_why, changed_at, changed_by)
		select 1, child, person, adult, adult, date '2026-11-01' + (n % 300)::int, 'DAYCARE', 'full_time', 105000, n % 20 = 0, '', false, '', 'highest', 'sent', timestamptz '2026-08-01' + n * interval '1 minute', date '2026-11-01' + (n % 300)::int, '', now(), 'S' from pair`)
	do(`insert into daycare_wish (organiser_id, application_id, rank, unit_id)
		select 1, a.application_id, k, u.unit_id from daycare_application a cross join generate_series(1, 3) k
		join (select unit_id, row_number() over (order by unit_id) - 1 as n from daycare_unit) u on u.n = (a.application_id + k * 7) % 100`)
	do(`insert into daycare_consent (organiser_id, application_id, adult_id, entry_no, answer, reason, at, by_name)
		select 1, application_id, applicant_id, 1, 'agreed', '', now(), 'S' from daycare_application
		union all select 1, a.application_id, p.other, 1, 'agreed', '', now(), 'S' from daycare_application a join pair p on p.child = a.child_id where p.other is not null and p.n % 2 = 0`)
	do(`insert into daycare_step (organiser_id, application_id, step_no, act, words, at, by_name) select 1, application_id, 1, 'sent', '', now(), 'S' from daycare_application`)
	do(`insert into daycare_placement (organiser_id, child_id, unit_id, provider_id, kind, voucher, valid_from, valid_to, added_at, added_by)
		select 1, p.child, $1, $2, 'DAYCARE', false, '2026-01-01', '9999-12-31', now(), 'S' from pair p where n % 10 = 1`, w.Unit, w.Provider)
	do(`insert into daycare_proposal (organiser_id, application_id, child_id, birth_date, unit_id, provider_id, way, start_on, state, proposed_at, proposed_by, unit_due)
		select 1, a.application_id, a.child_id, c.birth_date, u.unit_id, u.provider_id, u.way, a.start_on, 'proposed', now(), 'S', '2026-11-28'
		from daycare_application a join client c on c.client_id = a.child_id join daycare_wish x on x.application_id = a.application_id and x.rank = 1 join daycare_unit u on u.unit_id = x.unit_id where a.application_id % 10 = 0`)
	do(`analyze`)
	return world
}
