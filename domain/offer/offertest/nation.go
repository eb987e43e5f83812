// Package offertest fills a test database with what the comparison is made of, in any size: invented organisers, services, companies,
// approvals and prices, without the applications and decisions behind them.
package offertest

import (
	"fmt"
	"testing"

	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// Nation fills the tables with invented organisers, services and companies without their applications (foreign keys are off in this
// one connection): providers companies of one unit each, each approved for four services of one organiser.
func Nation(t testing.TB, store *postgres.DB, organisers, providers int) {
	t.Helper()
	admin := postgrestest.Admin(t, store)
	conn, err := admin.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for _, sql := range []string{
		`set session_replication_role = replica`,
		`insert into municipality select to_char(i, 'FM000'), 'Kunta ' || i, 'Kommun ' || i, '01', 'fi' from generate_series(1, 300) i`,
		fmt.Sprintf(`insert into organiser (organiser_id, voucher_prefix, kind, name_fi, name_sv, name_en, business_id, email, phone, address_line, postcode, city,
			registry_email, rectification_body_fi, rectification_body_sv, rectification_body_en, payer_name, payer_iban, created_at)
			select i, chr(64 + i) || 'X', 'county', 'Alue ' || i, '', '', i::text, 'a@alue.example', '1', 'Tie 1', '99999', 'Alue', 'k@alue.example', 'Lautakunta', '', '', 'Alue', 'FI', now()
			from generate_series(1, %d) i`, organisers),
		`insert into organiser_municipality select organiser_id, to_char(organiser_id, 'FM000'), '2020-01-01', '9999-12-31' from organiser`,
		`insert into service_class select organiser_id, organiser_id, 'Hoiva', 'Omsorg', 'Care', 0 from organiser`,
		`insert into service_area select organiser_id, organiser_id, organiser_id, 'Kotiin', 'Hem', 'Home', 0 from organiser`,
		`insert into service select o.organiser_id, o.organiser_id * 10 + s, o.organiser_id, 'S' || s, 1, now() from organiser o, generate_series(1, 4) s`,
		`insert into service_version (organiser_id, service_id, version, valid_from, name_fi, name_sv, name_en, description_fi, description_sv, description_en, mode,
			open_for_applications, legal_act, legal_section, published_at, published_by)
			select organiser_id, service_id, 1, '2020-01-01', 'Palvelu ' || code, 'Tjänst', 'Service', '', '', '', 'voucher', true, '569/2009', '4 §', now(), 'x' from service`,
		`insert into content select organiser_id, service_id, service_id, 'C', 'hour', now() from service`,
		`insert into content_version (organiser_id, content_id, version, valid_from, name_fi, name_sv, name_en) select organiser_id, content_id, 1, '2020-01-01', 'Tunti', 'Timme', 'Hour' from content`,
		`insert into rulebook (organiser_id, rulebook_id, service_id, version, valid_from, text_fi, text_sv, text_en, rules, prepared_by_account, prepared_by, prepared_at,
			published_by_account, published_by, published_at)
			select organiser_id, service_id, service_id, 1, '2020-01-01', 'Säännöt', '', '',
			jsonb_build_object('value', jsonb_build_object('method', 'flat', 'values', jsonb_build_array(jsonb_build_object('content_id', service_id, 'value_cents', 3400))),
				'rounding', 'half_up_cent', 'tolerance', '{"percent":"0","step_quantity":"1","auto_approve":false}'::jsonb, 'overrun_allowed', false, 'recording_days', 60, 'price_notice_days', 30, 'price_months', '[]'::jsonb),
			1, 'a', now(), 2, 'b', now() from service`,
		fmt.Sprintf(`insert into provider (provider_id, business_id, name, created_at)
			select i, to_char(i, 'FM0000000') || '-0', (array['Kotihoiva','Äiti ja lapsi','Iltarusko','Pohjolan apu','Siivouspalvelu'])[1 + i %% 5] || ' ' || i || ' Oy', now()
			from generate_series(1, %d) i`, providers),
		`insert into unit (unit_id, provider_id, name, city, municipality, languages, areas, description_fi, created_at)
			select provider_id, provider_id, 'Toimipiste ' || provider_id, 'Kunta', to_char(1 + provider_id % 300, 'FM000'),
			case when provider_id % 3 = 0 then '{fi,sv}'::text[] else '{fi}'::text[] end, array[to_char(1 + (provider_id + 7) % 300, 'FM000')],
			'Apua kotiin ja asiointiin ' || md5(provider_id::text), now() from provider`,
		fmt.Sprintf(`insert into approval (organiser_id, approval_id, provider_id, service_id, unit_id, application_id, decision_id, valid_from, valid_to)
			select 1 + u.unit_id %% %[1]d, u.unit_id * 4 + s, u.provider_id, (1 + u.unit_id %% %[1]d) * 10 + s, u.unit_id, 1, 1, '2025-01-01',
			case when u.unit_id %% 50 = 0 then date '2026-11-21' else date '9999-12-31' end from unit u, generate_series(1, 4) s`, organisers),
		`insert into price (organiser_id, provider_id, unit_id, content_id, price_cents, valid_from, state, proposed_at, proposed_by)
			select organiser_id, provider_id, unit_id, service_id, 3000 + (unit_id * 37 + service_id) % 2000, '2025-01-01', 'approved', now(), 'x' from approval`,
		`analyze`,
		`set session_replication_role = default`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql[:min(60, len(sql))], err)
		}
	}
}
