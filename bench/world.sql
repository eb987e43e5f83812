set session_replication_role = replica
----
insert into account (account_id, issuer, subject, name, created_at) overriding system value select i, 'bench', i::text, 'Paula Päätili', now() from generate_series(1, 20) i
----
insert into municipality (code, name_fi, name_sv, county, language) select to_char(i, 'FM000'), 'Kunta ' || i, 'Kommun ' || i, '01', 'fi' from generate_series(1, 300) i
----
insert into organiser (organiser_id, voucher_prefix, kind, name_fi, name_sv, name_en, business_id, email, phone, address_line, postcode, city, registry_email,
  rectification_body_fi, rectification_body_sv, rectification_body_en, payer_name, payer_iban, created_at)
select p.n, p.prefix, 'county', 'Alue ' || p.n, 'Område ' || p.n, 'County ' || p.n, p.business_id, '', '', '', '', '', '', '', '', '', 'Alue ' || p.n, 'FI2112345600000785', now()
from prefixes p
----
insert into organiser_municipality (organiser_id, municipality, valid_from, valid_to) select organiser_id, to_char(organiser_id, 'FM000'), '2000-01-01', '9999-12-31' from organiser
----
insert into service_class (organiser_id, class_id, name_fi, name_sv, name_en) select organiser_id, organiser_id, 'Hoiva', 'Omsorg', 'Care' from organiser
----
insert into service_area (organiser_id, area_id, class_id, name_fi, name_sv, name_en) select organiser_id, organiser_id, organiser_id, 'Kotiin', 'Hem', 'Home' from organiser
----
insert into service (organiser_id, service_id, area_id, code, last_version, created_at) select organiser_id, organiser_id * 10 + s, organiser_id, 'S' || s, 1, now() from organiser, generate_series(1, 4) s
----
insert into service_version (organiser_id, service_id, version, valid_from, name_fi, name_sv, name_en, description_fi, description_sv, description_en, mode, open_for_applications, legal_act, legal_section, published_at, published_by)
select organiser_id, service_id, 1, '2000-01-01', 'Palvelu ' || code, 'Tjänst ' || code, 'Service ' || code, '', '', '', 'voucher', true, '569/2009', '4 §', now(), 'x' from service
----
insert into content (organiser_id, content_id, service_id, code, unit, created_at) select organiser_id, service_id, service_id, 'KH', 'hour', now() from service
----
insert into content_version (organiser_id, content_id, version, valid_from, name_fi, name_sv, name_en) select organiser_id, content_id, 1, '2000-01-01', 'Tunti', 'Timme', 'Hour' from content
----
insert into rulebook (organiser_id, rulebook_id, service_id, version, valid_from, text_fi, text_sv, text_en, rules, prepared_by_account, prepared_by, prepared_at, published_by_account, published_by, published_at)
select organiser_id, service_id, service_id, 1, '2000-01-01', 'Säännöt', 'Regler', 'Rules',
  jsonb_build_object('value', jsonb_build_object('method', 'flat', 'values', jsonb_build_array(jsonb_build_object('content_id', service_id, 'value_cents', 3400))),
    'rounding', 'half_up_cent', 'tolerance', '{"percent":"0","step_quantity":"1","auto_approve":false}'::jsonb, 'overrun_allowed', false, 'recording_days', current_setting('bench.window')::int, 'price_notice_days', 30, 'price_months', '[]'::jsonb),
  1, 'a', now(), 2, 'b', now() from service
----
insert into provider (provider_id, business_id, name, iban, iban_holder, created_at)
select n, to_char(n, 'FM0000000') || '-0', (array['Kotihoiva','Äiti ja lapsi','Iltarusko','Pohjolan apu','Siivouspalvelu'])[1 + n % 5] || ' ' || n || ' Oy', iban, 'x', now() from accounts
----
insert into unit (unit_id, provider_id, name, city, municipality, languages, areas, description_fi, created_at)
select provider_id, provider_id, 'Toimipiste ' || provider_id, 'Kunta', to_char(1 + provider_id % 300, 'FM000'),
  case when provider_id % 3 = 0 then '{fi,sv}'::text[] else '{fi}'::text[] end, array[to_char(1 + (provider_id + 7) % 300, 'FM000')],
  'Apua kotiin ja asiointiin ' || md5(provider_id::text), now() from provider
----
insert into approval (organiser_id, approval_id, provider_id, service_id, unit_id, application_id, decision_id, valid_from)
select 1 + (p.provider_id - 1) % o.n, p.provider_id * 4 + s, p.provider_id, (1 + (p.provider_id - 1) % o.n) * 10 + s, p.provider_id, 1, 1, '2000-01-01'
from provider p, (select current_setting('bench.organisers')::int as n) o, generate_series(1, 4) s
----
insert into price (organiser_id, provider_id, unit_id, content_id, price_cents, valid_from, state, proposed_at, proposed_by)
select organiser_id, provider_id, unit_id, service_id, 3000 + (unit_id * 37 + service_id) % 2000, '2000-01-01', 'approved', now(), 'x' from approval
----
create temporary table dealt as
select g.n as k, g.number, (1 + g.n % s.organisers)::int as o, 1 + g.n % s.organisers + s.organisers * (g.n / s.organisers % (s.providers / s.organisers)) as p, (1 + g.n % s.organisers) * 10 + 1 as s
from given g, (select current_setting('bench.organisers')::int as organisers, current_setting('bench.providers')::int as providers) s
----
insert into person (person_id, identity_index) overriding system value select k, null from dealt
----
insert into client (organiser_id, client_id, person_id, last_name, first_names, birth_date, municipality, source, created_at) select o, k, k, 'Testinen', 'Aada ' || k, '1944-05-06', '001', 'page', now() from dealt
----
insert into voucher (organiser_id, voucher_id, number, client_id, person_id, service_id, mode, valid_from, valid_to, state, rulebook_id, own_share_forbidden)
select o, k, number, k, k, s, 'voucher', '2000-01-01', '2036-01-01', 'open', s, false from dealt
----
insert into voucher_line (organiser_id, line_id, voucher_id, person_id, content_id, recurrence, amount_quantity)
select o, k, k, k, s, 'month', current_setting('bench.hours')::bigint * 3000 from dealt
----
insert into voucher_value (organiser_id, line_id, person_id, valid_from, valid_to, value_cents, explanation) select o, k, k, '2000-01-01', '2036-01-01', 3400, '[]' from dealt
----
insert into reservation (organiser_id, reservation_id, voucher_id, line_id, person_id, client_id, provider_id, unit_id, valid_from, valid_to, state, made_by, made_by_side, made_at, terms_accepted)
select o, k, k, k, k, k, p, p, '2000-01-01', '2036-01-01', 'valid', 'A', 'provider', now(), true from dealt
----
insert into period (organiser_id, provider_id, period_no, opened_at) select distinct o, p, 1, now() from dealt
----
set session_replication_role = default
----
analyze
