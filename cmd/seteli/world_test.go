package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/core/calendar"
	"seteli/demo"
	"seteli/domain/settlement"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/platform/secret"
)

// whole is the program as it is wired, over the demo's data, with somebody in every role.
type whole struct {
	*testing.T
	app    *app
	faces  *faces
	clock  *calendar.Fixed
	owner  *pgxpool.Pool
	own    []seat            // every role, of the organiser, provider and person whose things the addresses name
	others []seat            // the same roles of another organiser, provider and person
	ids    map[string]string // of things by the name of the address's part
}

// seat is somebody signed in.
type seat struct {
	role             access.Role
	account          int64
	mandate          int64
	cookie           *http.Cookie
	organiser        int32
	provider, person int64
}

// The demo's tenants: whose things the addresses name, and others.
const (
	ownOrganiser, otherOrganiser = 1, 2
	ownProvider, otherProvider   = 1, 2
)

var demoEnds = time.Date(2026, time.November, 21, 8, 30, 0, 0, calendar.Helsinki)

// openWhole builds the demo in a database of its own: a quarter of a minute, so its tests are parts of one.
func openWhole(t *testing.T) *whole {
	t.Helper()
	clock := calendar.At(demoEnds)
	keys, errKeys := secret.OpenOrCreate(t.TempDir())
	texts, errTexts := i18n.Load()
	if err := errors.Join(errKeys, errTexts); err != nil {
		t.Fatal(err)
	}
	db := postgrestest.New(t, postgrestest.Clock(clock))
	set := &Settings{DataDir: t.TempDir(), PublicURL: "http://localhost:8080", OwnerURL: postgrestest.URL(t, db, postgres.Owner), demo: true}
	w := &whole{T: t, clock: clock, owner: postgrestest.Owner(t, db), ids: map[string]string{},
		app: &app{set: set, clock: clock, db: db, keys: keys, texts: texts, log: slog.New(slog.DiscardHandler)}}
	if _, err := w.app.buildDemo(t.Context(), demo.Options{Scale: demo.Small, Seed: 1, Issuer: w.app.demoIssuer(), Until: demoEnds, Progress: func(string) {}}, clock); err != nil {
		t.Fatal(err)
	}
	if err := job.Migrate(t.Context(), w.owner); err != nil {
		t.Fatal(err)
	}
	if err := w.app.deliver(t.Context(), map[string]job.Handler{settlement.TopicApproved: settlement.Deliver(db, texts)}); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.faces, err = w.app.faces(); err != nil {
		t.Fatal(err)
	}
	person := w.number(`select person_id from voucher where organiser_id = 1 and voucher_id = (select min(v.voucher_id) from voucher v join account a using (person_id)
		join reservation r using (organiser_id, voucher_id) where v.organiser_id = 1 and v.state = 'open' and r.provider_id = 1)`)
	other := w.number(`select min(person_id) from account where person_id is not null and person_id <> $1`, person)
	for _, role := range access.Roles() {
		w.own = append(w.own, w.seat(role, ownOrganiser, ownProvider, person))
		if role.Side() != access.NationSide {
			w.others = append(w.others, w.seat(role, otherOrganiser, otherProvider, other))
		}
	}
	w.name(person)
	return w
}

func (w *whole) number(sql string, args ...any) (n int64) {
	w.Helper()
	if err := w.owner.QueryRow(w.Context(), sql, args...).Scan(&n); err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
	return n
}

func (w *whole) exec(sql string, args ...any) {
	w.Helper()
	if _, err := w.owner.Exec(w.Context(), sql, args...); err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
}

// seat makes an account with one mandate and signs it in.
func (w *whole) seat(role access.Role, organiser int32, provider, person int64) seat {
	w.Helper()
	s := seat{role: role}
	var o, p, h any
	switch role.Side() {
	case access.OrganiserSide:
		o, s.organiser = organiser, organiser
	case access.ProviderSide:
		p, s.provider = provider, provider
	case access.PersonSide:
		h, s.person = person, person
	}
	name := fmt.Sprintf("Kokeilija %s", role)
	s.account = w.number(`insert into account (issuer, subject, name, created_at) values ('matrix', $1, $2, now()) returning account_id`,
		fmt.Sprintf("%s %d %d %d", role, organiser, provider, person), name)
	s.mandate = w.number(`insert into mandate (account_id, role, organiser_id, provider_id, person_id, valid_from, granted_at)
		values ($1, $2, $3, $4, $5, '2026-01-01', now()) returning mandate_id`, s.account, string(role), o, p, h)
	return w.signIn(s)
}

func (w *whole) signIn(s seat) seat {
	w.Helper()
	rec := httptest.NewRecorder()
	if err := w.faces.sessions.Begin(rec, httptest.NewRequest(http.MethodGet, "/", nil), s.account, s.mandate, "high"); err != nil {
		w.Fatalf("%s: %v", s.role, err)
	}
	s.cookie = rec.Result().Cookies()[0]
	return s
}

// name finds one thing of every kind that the owners of the addresses can see.
func (w *whole) name(person int64) {
	w.Helper()
	var own [2]string
	for name, sql := range map[string]string{
		"voucher":     `select min(v.voucher_id) from voucher v join reservation r using (organiser_id, voucher_id) where v.organiser_id = 1 and v.person_id = $1 and r.provider_id = 1 and v.state = 'open'`,
		"client":      `select client_id from client where organiser_id = 1 and person_id = $1`,
		"reservation": `select min(reservation_id) from reservation where organiser_id = 1 and person_id = $1 and provider_id = 1 and state = 'valid'`,
	} {
		w.ids[name] = strconv.FormatInt(w.number(sql, person), 10)
	}
	if err := w.owner.QueryRow(w.Context(), `select first_names || ' ' || last_name, last_name || ' ' || first_names from client where organiser_id = 1 and person_id = $1`, person).
		Scan(&own[0], &own[1]); err != nil {
		w.Fatal(err)
	}
	w.ids["name"], w.ids["eman"] = own[0], own[1]
	w.exec(`update purchase_order set provider_id = 1, unit_id = (select min(unit_id) from unit where provider_id = 1)
		where (organiser_id, order_id) = (select organiser_id, order_id from purchase_order where organiser_id = 1 and state = 'ordered' order by order_id limit 1)`)
	for name, sql := range map[string]string{
		"application": `select min(application_id) from application where organiser_id = 1 and provider_id = 1`,
		"attachment":  `select min(attachment_id) from attachment where provider_id = 1`,
		"unit":        `select min(unit_id) from approval where organiser_id = 1 and provider_id = 1`,
		"service":     `select min(service_id) from approval where organiser_id = 1 and provider_id = 1`,
		"content":     `select min(content_id) from content where organiser_id = 1 and service_id = (select min(service_id) from approval where organiser_id = 1 and provider_id = 1)`,
		"price":       `select min(price_id) from price where organiser_id = 1 and state = 'proposed'`,
		"approval":    `select min(approval_id) from approval where organiser_id = 1 and provider_id = 1`,
		"event":       `select min(event_id) from event_now where organiser_id = 1 and provider_id = 1 and state = 'review'`,
		"run":         `select max(run_no) from statement where organiser_id = 1 and provider_id = 1`,
		"order":       `select min(order_id) from purchase_order where organiser_id = 1 and provider_id = 1`,
		"team":        `select min(team_id) from team where organiser_id = 1`,
		"mandate":     `insert into mandate (account_id, role, organiser_id, valid_from, granted_at) values ((select min(account_id) from account), 'statistics_reader', 1, '2026-01-01', now()) returning mandate_id`,
		"letter":      `select min(document_id) from decision where organiser_id = 1 and provider_id = 1`,
		"sheet":       `select document_id from decision where organiser_id = 1 and subject_kind = 'voucher' and subject_id = ` + w.ids["voucher"] + ` order by decision_id limit 1`,
		"decision":    `select min(decision_id) from decision where organiser_id = 1 and subject_kind = 'voucher' and subject_id = ` + w.ids["voucher"],
		"pilot":       `insert into daycare_pilot (organiser_id, name, plan, made_at, made_by) values (1, 'x', '{"units": [1], "period": {"From": "2026-03-01", "To": "2026-06-01"}, "base": {"From": "2025-03-01", "To": "2025-06-01"}, "targets": [{"aspect": "cost", "direction": "down"}]}', now(), 'z') returning pilot_id`,
		"simulation":  `insert into daycare_simulation (organiser_id, name, change, state, made_at, made_by) values (1, 'x', '{"from": "2027-01-01"}', 'cancelled', now(), 'z') returning simulation_id`,
		"delegation":  `select min(delegation_id) from delegation where organiser_id = 1`,
		"bulk": `insert into voucher_bulk (organiser_id, kind, service_id, from_date, rulebook_id, reason, state, prepared_at, prepared_by_account, prepared_by)
			select 1, 'revalue', service_id, '2036-01-01', rulebook_id, 'x', 'prepared', now(), 1, 'z' from voucher where organiser_id = 1 and voucher_id = ` + w.ids["voucher"] + ` returning bulk_id`,
		"proposal": `insert into proposal (organiser_id, client_id, person_id, service_id, kind, input, snapshot, reasons, office, contact, prepared_by_account, prepared_by, prepared_at, changed_at)
			select 1, client_id, person_id, service_id, 'voucher', jsonb_build_object('Period', jsonb_build_object('From', '2026-12-01', 'To', '2027-12-01')), '{}', 'x', '', 'y', 1, 'z', now(), now()
			from voucher where organiser_id = 1 and voucher_id = ` + w.ids["voucher"] + ` returning proposal_id`,
	} {
		w.ids[name] = strconv.FormatInt(w.number(sql), 10)
	}
	for name, sql := range map[string]string{
		"member": `insert into household_member (organiser_id, client_id, person_id, last_name, first_names, birth_date, role, valid_from, valid_to, added_at, added_by)
			select 1, client_id, person_id, 'x', 'y', '2015-01-01', 'child', '2026-01-01', '9999-12-31', now(), 'z' from client where organiser_id = 1 and person_id = $1 returning member_id`,
		"income": `insert into income_item (organiser_id, client_id, person_id, kind, amount_cents, per, valid_from, valid_to, source, payer, reported_on, added_at, added_by)
			select 1, client_id, person_id, 'benefits', 100, 'month', '2026-01-01', '9999-12-31', 'client', 'w', '2026-11-01', now(), 'z' from client where organiser_id = 1 and person_id = $1 returning income_id`,
		"consent": `insert into income_consent (organiser_id, client_id, person_id, kind, given_on, channel, noted_at, noted_by)
			select 1, client_id, person_id, 'fetch', '2026-11-01', 'phone', now(), 'z' from client where organiser_id = 1 and person_id = $1 returning consent_id`,
		"report": `insert into income_report (organiser_id, client_id, person_id, change_from, words, reported_on, reported_at, reported_by)
			select 1, client_id, person_id, '2026-11-01', 'x', '2026-11-01', now(), 'z' from client where organiser_id = 1 and person_id = $1 returning report_id`,
	} {
		w.ids[name] = strconv.FormatInt(w.number(sql, person), 10)
	}
	w.educates(person)
	// The voucher becomes a euro balance with a hold: its pages have something to show.
	for _, sql := range []string{
		`insert into purse (organiser_id, voucher_id, line_id, person_id, client_id, refill, refill_cents, carries, hold_days, grace_days, client_adds, balance_shown, granted_at, granted_by)
			select organiser_id, voucher_id, line_id, person_id, client_id, 'none', 0, false, 7, 14, false, true, now(), 'z' from reservation where organiser_id = 1 and reservation_id = ` + w.ids["reservation"],
		`insert into purse_content (organiser_id, voucher_id, content_id, service_id)
			select p.organiser_id, p.voucher_id, l.content_id, v.service_id from purse p join voucher_line l using (organiser_id, line_id) join voucher v on v.organiser_id = p.organiser_id and v.voucher_id = p.voucher_id
			where p.organiser_id = 1 and p.voucher_id = ` + w.ids["voucher"],
		`insert into balance (organiser_id, line_id, bucket, limit_cents, used_cents) select 1, line_id, '1970-01-01', 10000, 100 from purse where organiser_id = 1 and voucher_id = ` + w.ids["voucher"] + ` on conflict do nothing`,
	} {
		w.exec(sql)
	}
	w.ids["hold"] = strconv.FormatInt(w.number(`insert into purse_hold (organiser_id, hold_id, voucher_id, line_id, person_id, client_id, provider_id, unit_id, content_id, service_id, reservation_id, rulebook_id,
			reference, content_hash, quantity, price_cents, value_cents, total_cents, amount_cents, service_date, expires_on, source, held_at, held_by_account, held_by)
		select p.organiser_id, nextval('purse_number'), p.voucher_id, p.line_id, p.person_id, p.client_id, 1, r.unit_id, c.content_id, c.service_id, r.reservation_id, v.rulebook_id,
			'matrix', '\x00', 3000, 100, 100, 100, 100, '2026-11-20', '2036-11-20', 'page', now(), 1, 'z'
		from purse p join purse_content c using (organiser_id, voucher_id) join voucher v on v.organiser_id = p.organiser_id and v.voucher_id = p.voucher_id
		join reservation r on r.organiser_id = p.organiser_id and r.reservation_id = `+w.ids["reservation"]+`
		where p.organiser_id = 1 and p.voucher_id = `+w.ids["voucher"]+` returning hold_id`), 10)
	w.ids["batch"] = strconv.FormatInt(w.number(`insert into onetime_batch (organiser_id, service_id, content_id, quantity, value_cents, valid_from, valid_to, slips, contact, reasons, office, made_at, made_by_account, made_by)
		select 1, v.service_id, l.content_id, 3000, 100, v.valid_from, v.valid_to, 2, 'x', 'x', 'x', now(), 1, 'z' from voucher v join voucher_line l using (organiser_id, voucher_id)
		where v.organiser_id = 1 and v.voucher_id = `+w.ids["voucher"]+` limit 1 returning batch_id`), 10)
	w.ids["slip"] = strconv.FormatInt(w.number(`insert into onetime_slip (organiser_id, batch_id, number, voucher_id, person_id, client_id, named_at, named_by)
		select 1, `+w.ids["batch"]+`, number, voucher_id, person_id, client_id, now(), 'z' from voucher where organiser_id = 1 and voucher_id = `+w.ids["voucher"]+` returning slip_id`), 10)
	w.exec(`insert into onetime_slip (organiser_id, batch_id, number) values (1, ` + w.ids["batch"] + `, 'MAA22222222N')`)
	w.ids["number"] = "MAA-2222-2222N"
	w.nursery(person)
	w.ids["hearing"], w.ids["kind"] = w.ids["sheet"], "voucher"
	w.exec(`insert into proposal_step (organiser_id, proposal_id, person_id, kind, day, due_on, document_id, recorded_by_account, recorded_by, recorded_at)
		select 1, proposal_id, person_id, 'asked', '2026-11-20', '2026-12-04', ` + w.ids["hearing"] + `, 1, 'z', now() from proposal where proposal_id = ` + w.ids["proposal"])
	w.exec(`insert into letter_template (organiser_id, kind, version, valid_from, body, prepared_by_account, prepared_by, prepared_at) values (1, 'voucher', 1, '2026-12-01', '{}', 1, 'z', now())`)
	// A rulebook gets a condition of approval, which an approved unit is checked for again.
	w.exec(`update rulebook set rules = jsonb_set(rules, '{criteria}', '[{"names": {"fi": "Palvelua saa suomeksi"}, "recheck_months": 12}]')
		where organiser_id = 1 and rulebook_id = (select max(rulebook_id) from rulebook where organiser_id = 1)`)
	w.ids["check"] = strconv.FormatInt(w.number(`insert into approval_check (organiser_id, approval_id, provider_id, service_id, rulebook_id, criterion_no, due_on)
		select organiser_id, approval_id, provider_id, service_id, (select max(rulebook_id) from rulebook where organiser_id = 1), 0, '2026-12-01'
		from approval where organiser_id = 1 and approval_id = `+w.ids["approval"]+` returning check_id`), 10)
	w.exec(`insert into daycare_risk (organiser_id, risk, entry_no, name, level, note, owner, entered_at, entered_by) values (1, '1', 1, 'x', 'low', '', '', now(), 'z')`)
	letter := strconv.FormatInt(w.number(`insert into document (organiser_id, kind, title, media, sha256, bytes, html, plain, provider_id, created_at)
		values (1, 'statement', 'z', 'application/pdf', sha256('z'), 'z', 'z', 'z', `+strconv.Itoa(ownProvider)+`, now()) returning document_id`), 10)
	w.ids["claim"] = strconv.FormatInt(w.number(`insert into recovery_claim (organiser_id, claim_no, provider_id, number, made_on, amount_cents, reference, due_on, reason, payee_name, payer_name, payer_iban, document_id, made_at, made_by_account, made_by)
		select 1, 1, `+strconv.Itoa(ownProvider)+`, 'KSR-P2036-000001', '2036-01-01', 900, '1232', '2036-02-01', 'z', 'z', 'z', '', `+letter+`, now(), 1, 'z' returning claim_no`), 10)
	w.ids["organiser"], w.ids["provider"] = strconv.Itoa(ownOrganiser), strconv.Itoa(ownProvider)
	w.ids["format"], w.ids["act"], w.ids["operation"], w.ids["risk"] = "csv", "revoke", "list-events", "1"
}

// as gives the seat of a role.
func as(list []seat, role access.Role) seat {
	for _, s := range list {
		if s.role == role {
			return s
		}
	}
	return seat{}
}

// educates makes the person a child in early education, with one of everything that the pages lead to.
func (w *whole) educates(person int64) {
	child := strconv.FormatInt(w.number(`select client_id from client where organiser_id = 1 and person_id = $1`, person), 10)
	w.ids["child"], w.ids["row"], w.ids["draft"] = child, "999999", "999999"
	dated := "1, " + child + ", '2026-01-01', '9999-12-31', now(), 'z', 999999"
	for _, sql := range []string{
		`insert into daycare_child (organiser_id, client_id, person_id, added_at, added_by) select 1, client_id, person_id, now(), 'z' from client where organiser_id = 1 and client_id = ` + child,
		`insert into daycare_head (organiser_id, child_id, valid_from, valid_to, added_at, added_by, head_id, adult_id) select ` + dated + `, (select min(client_id) from client where organiser_id = 1 and client_id <> ` + child + `)`,
		`insert into daycare_placement (organiser_id, child_id, valid_from, valid_to, added_at, added_by, placement_id, unit_id, provider_id, kind, voucher)
			select ` + dated + `, unit_id, provider_id, 'DAYCARE', true from unit where unit_id = (select min(unit_id) from unit where provider_id = 1)`,
		`insert into daycare_need (organiser_id, child_id, valid_from, valid_to, added_at, added_by, need_id, option_code) select ` + dated + `, 'full_time'`,
		`insert into daycare_support (organiser_id, child_id, valid_from, valid_to, added_at, added_by, support_id, coefficient) select ` + dated + `, '1.5'`,
		`insert into daycare_alteration (organiser_id, child_id, valid_from, valid_to, added_at, added_by, alteration_id, kind, alteration_cents, reason) select ` + dated + `, 'RELIEF', 100, 'x'`,
		`insert into daycare_ready_share (organiser_id, child_id, valid_from, valid_to, added_at, added_by, share_id, share_cents) select ` + dated + `, 100`,
		`insert into daycare_draft (organiser_id, draft_id, child_id, person_id, unit_id, provider_id, valid_from, valid_to, value_cents, own_cents, payable_cents, basis, explanation, sha256, differences, retroactive, made_at)
			select 1, 999999, c.client_id, c.person_id, p.unit_id, p.provider_id, '2026-06-01', '2027-01-01', 96500, 20000, 76500, '{}', '[]', sha256('{}'), '{INCOME}', true, now()
			from daycare_placement p join daycare_child c on c.organiser_id = p.organiser_id and c.client_id = p.child_id where p.organiser_id = 1`,
		`insert into daycare_decision (organiser_id, value_decision_id, child_id, person_id, unit_id, provider_id, valid_from, valid_to, value_cents, own_cents, payable_cents, sha256, decision_id, sent_at, sent_by)
			select 1, ` + w.ids["decision"] + `, child_id, person_id, unit_id, provider_id, '2026-01-01', '2026-06-01', 96500, 18000, 78500, sha256('{}'), ` + w.ids["decision"] + `, now(), 'z' from daycare_draft where organiser_id = 1`,
		`insert into daycare_decision_basis (organiser_id, value_decision_id, basis, explanation, differences) select organiser_id, value_decision_id, '{}', '[]', '{}' from daycare_decision where organiser_id = 1`,
	} {
		w.exec(sql)
	}
	w.applies()
	w.ids["sending"] = strconv.FormatInt(w.number(`insert into daycare_sending (organiser_id, reasons, office, ordered_at, ordered_by_account, ordered_by, ordered_role)
		values (1, '', 'x', now(), 1, 'z', 'caseworker') returning sending_id`), 10)
}

// address fills a route's path; missing puts ids that nothing has.
func (w *whole) address(path string, plain, missing bool) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if !strings.HasPrefix(p, "{") {
			continue
		}
		name := strings.Trim(p, "{}")
		if name == "document" {
			name = "letter"
			if strings.Contains(path, "voucher") {
				name = "sheet"
			}
		}
		if name == "child" && strings.HasPrefix(path, "/my/") {
			name = "ward"
		}
		id, ok := w.ids[name]
		if !ok {
			w.Fatalf("%s: no %s is known", path, name)
		}
		if missing && name != "organiser" && name != "month" && name != "format" && name != "act" {
			id = "987654321"
		}
		parts[i] = id
	}
	if plain {
		return strings.Join(parts, "/")
	}
	return "/fi" + strings.Join(parts, "/")
}

// reply is what came back.
type reply struct {
	status  int
	header  http.Header
	body    string
	request string // id, as in the logs
}

// ask sends one request as somebody; the zero seat is nobody.
func (w *whole) ask(s seat, method, path string) reply {
	w.Helper()
	req := httptest.NewRequestWithContext(w.Context(), method, "http://localhost:8080"+path, nil)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if s.cookie != nil {
		req.AddCookie(s.cookie)
	}
	rec := httptest.NewRecorder()
	w.faces.handler.ServeHTTP(rec, req)
	body, err := io.ReadAll(rec.Result().Body)
	if err != nil {
		w.Fatal(err)
	}
	return reply{rec.Code, rec.Header(), string(body), rec.Header().Get("X-Request-Id")}
}
