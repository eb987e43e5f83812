-- name: OrganiserInsert :one
insert into organiser (voucher_prefix, kind, name_fi, name_sv, name_en, business_id, email, phone, address_line, postcode, city,
  registry_email, rectification_body_fi, rectification_body_sv, rectification_body_en,
  settlement_rhythm, settlement_day, payment_term_days, payer_name, payer_iban, demo, created_at, notice_languages)
values (@voucher_prefix, @kind, @name_fi, @name_sv, @name_en, @business_id, @email, @phone, @address_line, @postcode, @city,
  @registry_email, @rectification_body_fi, @rectification_body_sv, @rectification_body_en,
  @settlement_rhythm, @settlement_day, @payment_term_days, @payer_name, @payer_iban, @demo, @created_at, @notice_languages)
returning organiser_id;

-- name: OrganiserUpdate :execrows
-- The row version is compared here, so that two main users saving at once cannot overwrite each other.
update organiser set name_fi = @name_fi, name_sv = @name_sv, name_en = @name_en, email = @email, phone = @phone,
  address_line = @address_line, postcode = @postcode, city = @city, registry_email = @registry_email,
  rectification_body_fi = @rectification_body_fi, rectification_body_sv = @rectification_body_sv,
  rectification_body_en = @rectification_body_en, settlement_rhythm = @settlement_rhythm, settlement_day = @settlement_day,
  payment_term_days = @payment_term_days, payer_name = @payer_name, payer_iban = @payer_iban, notice_languages = @notice_languages, row_version = row_version + 1
where organiser_id = @organiser_id and row_version = @row_version;

-- name: OrganiserGet :one
select organiser_id, voucher_prefix, kind, name_fi, name_sv, name_en, business_id, email, phone, address_line, postcode, city,
  registry_email, rectification_body_fi, rectification_body_sv, rectification_body_en,
  settlement_rhythm, settlement_day, payment_term_days, payer_name, payer_iban, demo, row_version, notice_languages
from organiser
where organiser_id = @organiser_id;

-- name: OrganiserByPrefix :one
select organiser_id, voucher_prefix, kind, name_fi, name_sv, name_en, business_id, email, phone, address_line, postcode, city,
  registry_email, rectification_body_fi, rectification_body_sv, rectification_body_en,
  settlement_rhythm, settlement_day, payment_term_days, payer_name, payer_iban, demo, row_version, notice_languages
from organiser
where voucher_prefix = @voucher_prefix;

-- name: OrganiserAll :many
select organiser_id, voucher_prefix, kind, name_fi, name_sv, name_en, business_id, email, phone, address_line, postcode, city,
  registry_email, rectification_body_fi, rectification_body_sv, rectification_body_en,
  settlement_rhythm, settlement_day, payment_term_days, payer_name, payer_iban, demo, row_version, notice_languages
from organiser
order by name_fi, organiser_id;

-- name: OrganiserLock :one
-- First in the house's lock order: serving periods and the last main user are decided under this row.
select row_version from organiser where organiser_id = @organiser_id for update;

-- name: MunicipalityPut :exec
insert into municipality (code, name_fi, name_sv, county, language)
values (@code, @name_fi, @name_sv, @county, @language)
on conflict (code) do update set name_fi = excluded.name_fi, name_sv = excluded.name_sv, county = excluded.county, language = excluded.language
where (municipality.name_fi, municipality.name_sv, municipality.county, municipality.language)
  is distinct from (excluded.name_fi, excluded.name_sv, excluded.county, excluded.language);

-- name: MunicipalityAll :many
select code, name_fi, name_sv, county, language from municipality order by name_fi, code;

-- name: ServesInsert :exec
insert into organiser_municipality (organiser_id, municipality, valid_from, valid_to)
values (@organiser_id, @municipality, @valid_from, @valid_to);

-- name: ServesEnd :execrows
update organiser_municipality set valid_to = @valid_to
where organiser_id = @organiser_id and municipality = @municipality and valid_from < @valid_to and valid_to > @valid_to;

-- name: ServesOverlap :one
select exists (select 1 from organiser_municipality
  where organiser_id = @organiser_id and municipality = @municipality and valid_from < @valid_to and valid_to > @valid_from);

-- name: ServesList :many
select s.municipality, m.name_fi, m.name_sv, s.valid_from, s.valid_to
from organiser_municipality s join municipality m on m.code = s.municipality
where s.organiser_id = @organiser_id
order by m.name_fi, s.valid_from;

-- name: ServedBy :many
select o.organiser_id
from organiser_municipality s join organiser o on o.organiser_id = s.organiser_id
where s.municipality = @municipality and s.valid_from <= @day and s.valid_to > @day
order by o.organiser_id;

-- name: NumberNext :one
-- Taken last in the transaction: the row lock orders everybody who numbers in this series until commit.
insert into number_series (organiser_id, series, year, last) values (@organiser_id, @series, @year, 1)
on conflict (organiser_id, series, year) do update set last = number_series.last + 1
returning last;

-- name: NumbersNext :one
-- A block in one step, for those who number thousands at once.
insert into number_series (organiser_id, series, year, last) values (@organiser_id, @series, @year, @wanted::bigint)
on conflict (organiser_id, series, year) do update set last = number_series.last + excluded.last
returning last;
