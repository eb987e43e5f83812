package notice_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/notice"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// world is one organiser with a service, a company and a client, and one fact for each topic; foreign keys are off while it is made.
const world = `
set session_replication_role = replica;
insert into organiser (organiser_id, voucher_prefix, kind, name_fi, name_sv, name_en, business_id, email, phone, address_line, postcode, city, registry_email,
  rectification_body_fi, rectification_body_sv, rectification_body_en, payer_name, payer_iban, created_at)
  values (17, 'MAK', 'municipality', 'Mallilan kaupunki', 'Mallila stad', 'City of Mallila', '1234567-1', 'info@mallila.example', '1', 'Tie 1', '99999', 'Mallila', 'k@mallila.example', 'x', '', '', 'x', 'x', now());
insert into service_version (organiser_id, service_id, version, valid_from, name_fi, name_sv, name_en, description_fi, description_sv, description_en, mode, open_for_applications, legal_act, legal_section, notice_email, published_at, published_by)
  values (17, 3, 1, '2020-01-01', 'Kotihoito', 'Hemvård', 'Home care', '', '', '', 'voucher', true, 'x', 'x', 'kotihoito@mallila.example', now(), 'x');
insert into content (organiser_id, content_id, service_id, code, unit, created_at) values (17, 31, 3, 'T', 'hour', now());
insert into provider (provider_id, business_id, name, email, language, created_at) values (5, '2345678-0', 'Kotihoiva Aava Oy', 'toimisto@aava.example', 'sv', now());
insert into unit (unit_id, provider_id, name, municipality, created_at) values (51, 5, 'Keskusta', '001', now());
insert into client (organiser_id, client_id, person_id, last_name, first_names, birth_date, language, municipality, email, source, created_at)
  values (17, 8, 88, 'Salainen', 'Veeti', '1940-01-01', 'en', '001', 'veeti@post.example', 'page', now());
insert into voucher (organiser_id, voucher_id, number, client_id, person_id, service_id, mode, valid_from, valid_to, state, rulebook_id, own_share_forbidden)
  values (17, 9, 'MAK-1', 8, 88, 3, 'voucher', '2026-01-01', '2027-01-01', 'open', 1, false);
insert into decision (organiser_id, decision_id, number, kind, legal_act, legal_section, client_id, person_id, provider_id, subject_kind, subject_id, outcome, reasons, made_on, made_at, made_by_account, made_by, made_by_title, language, document_id)
  values (17, 1, 'PS/2026/1', 'voucher', 'x', 'x', 8, 88, null, 'voucher', 9, 'granted', 'Salainen syy', '2026-11-01', now(), 1, 'x', 'x', 'fi', 1),
         (17, 2, 'PS/2026/2', 'approval', 'x', 'x', null, null, 5, 'application', 4, 'approved', 'x', '2026-11-01', now(), 1, 'x', 'x', 'fi', 1);
insert into event (organiser_id, event_id, provider_id, unit_id, person_id, client_id, voucher_id, line_id, content_id, service_id, reservation_id, service_date, quantity, accepted_quantity, price_cents, value_cents,
  total_cents, organiser_cents, own_cents, bucket, verdict, period_no, rulebook_id, client_reference, content_hash, batch_id, recorded_at, recorded_by_account, recorded_by)
  values (17, 70, 5, 51, 88, 8, 9, 1, 31, 3, 6, '2026-10-05', 3000, 3000, 4000, 3400, 4000, 3400, 600, '2026-10-01', 'accepted', 1, 1, 'R-70', '\x00', 1, now(), 1, 'x');
insert into event_step (organiser_id, event_id, step_no, provider_id, person_id, state, accepted_quantity, total_cents, organiser_cents, own_cents, period_no, reason_code, reason, at, by_account, by_name)
  values (17, 70, 1, 5, 88, 'refunded', 3000, 4000, 3400, 600, 2, 'wrong_time', 'Veeti Salainen oli sairaalassa', now(), 1, 'x');
insert into statement (organiser_id, run_no, provider_id, statement_no, as_of, line_count, gross_cents, credit_cents, carried_cents, net_cents, disposition, lines_hash, payee_name, reference, due_on)
  values (17, 4, 5, 'T-4', now(), 1, 3400, 0, 0, 3400, 'pay', '\x00', 'x', 'x', '2026-12-05');
insert into recovery_claim (organiser_id, claim_no, provider_id, number, made_on, amount_cents, reference, due_on, reason, payee_name, payer_name, payer_iban, document_id, made_at, made_by_account, made_by)
  values (17, 2, 5, 'T-P2', '2026-11-20', 900, '1', '2026-12-20', 'x', 'x', 'x', 'x', 1, now(), 1, 'x');
insert into purchase_order (organiser_id, order_id, number, voucher_id, provider_id, unit_id, kind, contract_number, state, ordered_at, ordered_by) values (17, 11, 'OT-11', 9, 5, 51, 'framework', '', 'declined', now(), 'x');
insert into application (organiser_id, application_id, provider_id, service_id, service_version, state, complete_by, created_at, changed_at) values (17, 4, 5, 3, 1, 'completing', '2026-12-01', now(), now());
insert into approval (organiser_id, approval_id, provider_id, service_id, unit_id, application_id, decision_id, valid_from, valid_to) values (17, 13, 5, 3, 51, 4, 2, '2026-01-01', '2027-01-01');
insert into price (organiser_id, price_id, provider_id, unit_id, content_id, price_cents, valid_from, state, proposed_at, proposed_by) values (17, 12, 5, 51, 31, 4200, '2027-01-01', 'approved', now(), 'x');
insert into reservation (organiser_id, reservation_id, voucher_id, line_id, person_id, client_id, provider_id, unit_id, valid_from, valid_to, state, made_by, made_by_side, made_at, terms_accepted)
  values (17, 6, 9, 1, 88, 8, 5, 51, '2026-10-01', '2027-01-01', 'valid', 'x', 'organiser', now(), true);
insert into rulebook (organiser_id, rulebook_id, service_id, version, valid_from, text_fi, text_sv, text_en, rules, prepared_by_account, prepared_by, prepared_at, published_by_account, published_by, published_at)
  values (17, 2, 3, 1, '2020-01-01', 'x', '', '', '{"value":{"method":"flat","values":[]},"rounding":"half_up_cent","tolerance":{"percent":"0","step_quantity":"1","auto_approve":false},
  "criteria":[{"names":{"fi":"Henkilöstöllä on koulutus","sv":"Personalen har utbildning"},"recheck_months":12}]}', 1, 'x', now(), 2, 'y', now());
insert into approval_check (organiser_id, check_id, approval_id, provider_id, service_id, rulebook_id, criterion_no, due_on) overriding system value values (17, 21, 13, 5, 3, 2, 0, '2026-12-01');
insert into proposal (organiser_id, proposal_id, client_id, person_id, service_id, kind, input, snapshot, reasons, office, contact, prepared_by_account, prepared_by, prepared_at, changed_at)
  values (17, 21, 8, 88, 3, 'voucher', '{}', '{}', 'Salainen syy', 'x', 'x', 1, 'x', now(), now());
insert into client (organiser_id, client_id, person_id, last_name, first_names, birth_date, language, municipality, email, source, created_at)
  values (17, 10, 90, 'Salainen', 'Olli', '1980-01-01', 'fi', '001', 'olli@post.example', 'page', now());
insert into daycare_guardian (organiser_id, child_id, adult_id, person_id, valid_from, valid_to, source, added_at, added_by)
  values (17, 40, 8, 88, '2020-01-01', '9999-12-31', '', now(), 'x'), (17, 40, 10, 90, '2020-01-01', '9999-12-31', '', now(), 'x');
insert into daycare_application (organiser_id, application_id, child_id, person_id, applicant_id, home_id, start_on, kind, option_code, hours_quantity, urgent, reason, shift, words, income_way, state, sent_at, due_on, ended_why, changed_at, changed_by)
  overriding system value values (17, 30, 40, 400, 8, 8, '2027-03-01', 'DAYCARE', 'full_time', 1, false, 'Salainen syy', false, '', 'highest', 'offered', now(), '2027-03-01', '', now(), 'x');
insert into daycare_proposal (organiser_id, proposal_id, application_id, child_id, birth_date, unit_id, provider_id, way, start_on, state, proposed_at, proposed_by, unit_due, answer_by)
  overriding system value values (17, 31, 30, 40, '2024-01-01', 51, 5, 'voucher', '2027-03-01', 'offered', now(), 'x', '2026-12-01', '2026-12-15');
set session_replication_role = default;`

// outgoing takes e-mail until it is told to fail.
type outgoing struct {
	sent []notice.Mail
	fail error
}

func (o *outgoing) Send(_ context.Context, m notice.Mail) error {
	if o.fail != nil {
		return o.fail
	}
	o.sent = append(o.sent, m)
	return nil
}

func desk(t *testing.T, opts ...postgrestest.Option) (*notice.Desk, *outgoing) {
	t.Helper()
	store := postgrestest.New(t, opts...)
	conn, err := postgrestest.Admin(t, store).Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), world); err != nil {
		t.Fatal(err)
	}
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	out := &outgoing{}
	return &notice.Desk{Store: store, Texts: texts, Mailer: out, Address: "https://seteli.example", Log: slog.New(slog.DiscardHandler)}, out
}

func leave(t *testing.T, d *notice.Desk, topic, payload string) {
	t.Helper()
	err := d.Store.Tenant(t.Context(), access.System("test", 17), func(tx *postgres.Tx) error {
		return tx.Outbox(t.Context(), postgres.Message{Organiser: 17, Topic: topic, Dedup: topic + payload, Payload: raw(payload)})
	})
	if err != nil {
		t.Fatal(err)
	}
}

type raw string

func (r raw) MarshalJSON() ([]byte, error) { return []byte(r), nil }

// deliver runs the loop until what it made has left too.
func deliver(t *testing.T, d *notice.Desk) error {
	t.Helper()
	_, err := job.DeliverOutbox(t.Context(), d.Store, []int32{17}, d.Handlers())
	_, again := job.DeliverOutbox(t.Context(), d.Store, []int32{17}, d.Handlers())
	return errors.Join(err, again)
}

func TestEachTopicTellsItsReceivers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		topic, payload string
		to             []string // receiver + language + a piece of the text
	}{
		{"decision.made", `{"decision":1}`, []string{"veeti@post.example en PS/2026/1"}},
		{"decision.made", `{"decision":2}`, []string{"toimisto@aava.example sv PS/2026/2"}},
		{"hearing.asked", `{"proposal":21,"channel":"portal","due":"2026-12-05"}`, []string{"veeti@post.example en answer by 5 December 2026"}},
		{"hearing.asked", `{"proposal":21,"channel":"letter","due":"2026-12-05"}`, nil}, // on the client's own list only
		{"hearing.replied", `{"proposal":21,"due":"2026-12-05"}`, []string{"kotihoito@mallila.example fi Päätösehdotukseen 21 (Kotihoito) on tullut asiakkaan vastaus"}},
		{"event.refunded", `{"event":70,"step":1}`, []string{"toimisto@aava.example sv servicehändelsen 70 av den 5.10.2026 för kreditering.\nGrund: Fel"}},
		{"statement.ready", `{"run":4,"provider":5}`, []string{"toimisto@aava.example sv T-4"}},
		{"statement.claimed", `{"claim":2,"provider":5}`, []string{"toimisto@aava.example sv T-P2"}},
		{"order.made", `{"order":11,"provider":5}`, []string{"toimisto@aava.example sv Hemvård"}},
		{"order.answered", `{"order":11,"provider":5}`, []string{"kotihoito@mallila.example fi Valitse palveluun toinen tuottaja"}},
		{"application.sent", `{"application":4}`, []string{"kotihoito@mallila.example fi Kotihoiva Aava Oy"}},
		{"application.completion", `{"application":4}`, []string{"toimisto@aava.example sv 1.12.2026"}},
		{"price.decided", `{"price":12}`, []string{"toimisto@aava.example sv 1.1.2027"}},
		{"reservation.made", `{"reservation":6,"provider":5}`, []string{"veeti@post.example en Home care", "toimisto@aava.example sv Keskusta"}},
		{"reservation.ended", `{"reservation":6,"provider":5}`, []string{"veeti@post.example en 31 December 2026", "toimisto@aava.example sv 31.12.2026"}},
		{"reservation.ended", `{"reservation":6,"provider":5,"why":"exit"}`, []string{"veeti@post.example en stops providing Home care. Your reservation ends on 31 December 2026", "toimisto@aava.example sv 31.12.2026"}},
		{"reservation.ended", `{"reservation":6,"provider":5,"why":"revoked"}`, []string{"veeti@post.example en off the providers of Home care", "toimisto@aava.example sv 31.12.2026"}},
		{"reservation.ended", `{"reservation":6,"provider":5,"why":"expired"}`, []string{"veeti@post.example en fixed-term approval of Kotihoiva Aava Oy (Keskusta) for Home care ends", "toimisto@aava.example sv 31.12.2026"}},
		{"order.ended", `{"order":11,"provider":5}`, []string{"toimisto@aava.example sv OT-11"}},
		{"approval.ended", `{"approvals":[13],"kind":"revoked","from":"2027-01-01"}`, []string{"toimisto@aava.example sv har återkallat godkännandet av Keskusta (Kotihoiva Aava Oy) för tjänsten Hemvård. Den sista godkända servicedagen är 31.12.2026"}},
		{"approval.ended", `{"approvals":[13],"kind":"exit","from":"2027-01-01"}`, []string{"kotihoito@mallila.example fi Keskusta lopettaa palvelun Kotihoito tuottamisen. Viimeinen palvelupäivä on 31.12.2026"}},
		{"approval.ended", `{"approvals":[13],"kind":"expired","from":"2027-01-01"}`, []string{"toimisto@aava.example sv upphör den 31.12.2026", "kotihoito@mallila.example fi päättyy 31.12.2026"}},
		{"approval.expiring", `{"approval":13,"from":"2027-01-01"}`, []string{"toimisto@aava.example sv ny ansökan i god tid", "kotihoito@mallila.example fi uusi hyväksyntä on tehtävä"}},
		{"approval.suspended", `{"approval":13,"from":"2026-12-01"}`, []string{"toimisto@aava.example sv avbrutit godkännandet av Keskusta (Kotihoiva Aava Oy) för tjänsten Hemvård från och med 1.12.2026"}},
		{"approval.resumed", `{"approval":13,"from":"2026-12-15"}`, []string{"toimisto@aava.example sv reserveras igen från och med 15.12.2026"}},
		{"approval.check_due", `{"check":21}`, []string{"toimisto@aava.example sv för godkännandet av Keskusta (Kotihoiva Aava Oy) kontrolleras senast den 1.12.2026", "kotihoito@mallila.example fi hyväksynnän ehto ”Henkilöstöllä on koulutus” tarkistetaan viimeistään 1.12.2026"}},
		{"voucher.lapsed", `{"voucher":9}`, []string{"veeti@post.example en Your voucher for Home care has lapsed"}},
		{"daycare.applied", `{"application":30}`, []string{"olli@post.example fi kerro, suostutko"}},
		{"daycare.proposed", `{"application":30}`, []string{"toimisto@aava.example sv Svara i tjänsten senast 1.12.2026"}},
		{"daycare.offered", `{"application":30}`, []string{"veeti@post.example en answer by 15 December 2026"}},
		{"daycare.lapsed", `{"application":30}`, []string{"veeti@post.example en still in the queue"}},
		{"reservation.suspended", `{"reservation":6,"from":"2026-12-01"}`, []string{"veeti@post.example en for Home care from 1 December 2026"}},
	} {
		t.Run(c.topic+c.payload, func(t *testing.T) {
			t.Parallel()
			d, out := desk(t)
			leave(t, d, c.topic, c.payload)
			if err := deliver(t, d); err != nil {
				t.Fatal(err)
			}
			if len(out.sent) != len(c.to) {
				t.Fatalf("%d messages, want %d: %+v", len(out.sent), len(c.to), out.sent)
			}
			for i, m := range out.sent {
				all := strings.ReplaceAll(m.Subject+"\n"+m.Text, "\u00a0", " ")
				to, rest, _ := strings.Cut(c.to[i], " ")
				lang, piece, _ := strings.Cut(rest, " ")
				if m.To != to || m.Language != lang || !strings.Contains(all, piece) || !strings.Contains(all, "https://seteli.example/"+lang+"/") {
					t.Errorf("message to %s in %s:\n%s\nwant %s", m.To, m.Language, all, c.to[i])
				}
				for _, secret := range []string{"Salainen", "Veeti", "sairaalassa", "MAK-1", "R-70", "{", "["} {
					if strings.Contains(all, secret) {
						t.Errorf("the message holds %q:\n%s", secret, all)
					}
				}
			}
			if missing := d.Texts.Missing(); len(missing) > 0 {
				t.Errorf("texts missing: %v", missing)
			}
		})
	}
}

func TestOfficeReadsInTheLanguagesThatItsOrganiserHasChosen(t *testing.T) {
	t.Parallel()
	d, out := desk(t)
	if _, err := postgrestest.Owner(t, d.Store).Exec(t.Context(), `update organiser set notice_languages = '{sv,fi}'`); err != nil {
		t.Fatal(err)
	}
	leave(t, d, "application.sent", `{"application":4}`)
	if err := deliver(t, d); err != nil || len(out.sent) != 1 {
		t.Fatalf("%d messages, %v", len(out.sent), err)
	}
	m := out.sent[0]
	if m.Language != "sv" || m.Subject != "Ny producentansökan: Hemvård / Uusi tuottajahakemus: Kotihoito" ||
		!strings.Contains(m.Text, "väntar på en handläggare") || !strings.Contains(m.Text, "odottaa käsittelijää") {
		t.Errorf("%s: %s\n%s", m.Language, m.Subject, m.Text)
	}
}

func TestRepeatedMessageTellsOnce(t *testing.T) {
	t.Parallel()
	d, out := desk(t)
	for range 3 { // the process died after the work and before noting it
		m := postgres.Delivery{Organiser: 17, ID: 1, Topic: "decision.made", Dedup: "decision.made:1", Payload: []byte(`{"decision":1}`), Attempt: 1}
		if err := d.Handlers()["decision.made"](t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if err := deliver(t, d); err != nil {
		t.Fatal(err)
	}
	if len(out.sent) != 1 {
		t.Errorf("told %d times", len(out.sent))
	}
}

func TestMailIsTriedAgainUntilTheServerTakesIt(t *testing.T) {
	t.Parallel()
	clock := calendar.Noon(postgrestest.Today)
	d, out := desk(t, postgrestest.Clock(clock))
	out.fail = fault.New(fault.Unavailable, "MAIL-001", "mail.down")
	leave(t, d, "decision.made", `{"decision":1}`)
	if err := deliver(t, d); fault.CodeOf(err) != "MAIL-001" {
		t.Fatalf("a server that is down gave %v", err)
	}
	out.fail = nil
	clock.Set(clock.Now().Add(time.Minute))
	if err := deliver(t, d); err != nil || len(out.sent) != 1 {
		t.Fatalf("after the server came back: %d sent, %v", len(out.sent), err)
	}
	if got := deliveries(t, d); got != "failed MAIL-001,sent " {
		t.Errorf("deliveries are %q", got)
	}
}

func TestAddressThatNeverWorksIsNotedAndLeft(t *testing.T) {
	t.Parallel()
	d, out := desk(t)
	out.fail = fault.New(fault.Invalid, "MAIL-004", "mail.refused")
	leave(t, d, "decision.made", `{"decision":1}`)
	if err := deliver(t, d); err != nil {
		t.Fatal(err)
	}
	if got := deliveries(t, d); got != "failed MAIL-004" {
		t.Errorf("deliveries are %q", got)
	}
}

func deliveries(t *testing.T, d *notice.Desk) (list string) {
	t.Helper()
	err := postgrestest.Owner(t, d.Store).QueryRow(t.Context(), `select string_agg(outcome || ' ' || detail, ',' order by attempt) from notice_delivery`).Scan(&list)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestEachReceiverSeesTheirOwnList(t *testing.T) {
	t.Parallel()
	d, _ := desk(t)
	leave(t, d, "reservation.made", `{"reservation":6,"provider":5}`)
	leave(t, d, "application.sent", `{"application":4}`)
	if err := deliver(t, d); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		by   access.Actor
		want string
	}{
		{access.Actor{Account: 1, Role: access.Client, Person: 88}, "reservation.made.client"},
		{access.Actor{Account: 1, Role: access.Client, Person: 89}, ""},
		{access.Actor{Account: 2, Role: access.Recorder, Provider: 5}, "reservation.made.provider"},
		{access.Actor{Account: 2, Role: access.Recorder, Provider: 6}, ""},
		{access.Actor{Account: 3, Role: access.ApplicationHandler, Organiser: 17}, "application.sent"},
		{access.Actor{Account: 3, Role: access.ApplicationHandler, Organiser: 18}, ""},
		{access.Actor{Account: 4, Role: access.Operator}, ""},
	} {
		var kinds []string
		err := d.Store.Read(t.Context(), c.by, func(tx *postgres.Tx) error {
			list, err := notice.Own(t.Context(), tx, c.by, 0, 10)
			for _, n := range list {
				kinds = append(kinds, n.Kind)
			}
			return err
		})
		if err != nil || strings.Join(kinds, ",") != c.want {
			t.Errorf("%s %d%d%d sees %v, want %q (%v)", c.by.Role, c.by.Organiser, c.by.Provider, c.by.Person, kinds, c.want, err)
		}
	}
}
