-- name: ProviderAdd :one
insert into provider (business_id, name, email, phone, website, address_line, postcode, city, billing_level, iban, iban_holder, language, created_at)
values (@business_id, @name, @email, @phone, @website, @address_line, @postcode, @city, 'company', null, '', @language, @created_at)
returning provider_id;

-- name: ProviderGet :one
select provider_id, business_id, name, email, phone, website, address_line, postcode, city, billing_level, iban, iban_holder,
  language, ended_on, row_version, created_at
from provider where provider_id = @provider_id;

-- name: ProviderByBusinessID :one
select provider_id, business_id, name, email, phone, website, address_line, postcode, city, billing_level, iban, iban_holder,
  language, ended_on, row_version, created_at
from provider where business_id = @business_id;

-- name: ProvidersByID :many
select provider_id, business_id, name, email, phone, website, address_line, postcode, city, billing_level, iban, iban_holder,
  language, ended_on, row_version, created_at
from provider where provider_id = any(@provider_ids::bigint[]) order by name, provider_id;

-- name: ProviderSearch :many
-- Words are matched anywhere in the name, or the business id from its beginning.
select provider_id, business_id, name, email, phone, website, address_line, postcode, city, billing_level, iban, iban_holder,
  language, ended_on, row_version, created_at
from provider
where @search::text = '' or strpos(lower(name), lower(@search)) > 0 or starts_with(business_id, @search)
order by name, provider_id limit @batch;

-- name: ProviderEdit :execrows
-- No lock before: the version in the predicate is what makes the second of two editors wait and then miss.
update provider set name = @name, email = @email, phone = @phone, website = @website, address_line = @address_line,
  postcode = @postcode, city = @city, language = @language, row_version = row_version + 1
where provider_id = @provider_id and row_version = @row_version;

-- name: ProviderBilling :execrows
update provider set billing_level = @billing_level, iban = sqlc.narg('iban'), iban_holder = @iban_holder, row_version = row_version + 1
where provider_id = @provider_id and row_version = @row_version;

-- name: UnitAdd :one
insert into unit (provider_id, name, address_line, postcode, city, municipality, phone, email, website, languages, areas,
  description_fi, description_sv, description_en, opening, oid, external_id, iban, iban_holder, active, created_at)
values (@provider_id, @name, @address_line, @postcode, @city, @municipality, @phone, @email, @website, @languages, @areas,
  @description_fi, @description_sv, @description_en, @opening, sqlc.narg('oid'), sqlc.narg('external_id'), null, '', true, @created_at)
returning unit_id;

-- name: UnitGet :one
select unit_id, provider_id, name, address_line, postcode, city, municipality, phone, email, website, languages, areas,
  description_fi, description_sv, description_en, opening, oid, external_id, iban, iban_holder, active, row_version, created_at
from unit where unit_id = @unit_id;

-- name: UnitsOf :many
select unit_id, provider_id, name, address_line, postcode, city, municipality, phone, email, website, languages, areas,
  description_fi, description_sv, description_en, opening, oid, external_id, iban, iban_holder, active, row_version, created_at
from unit where provider_id = @provider_id order by name, unit_id;

-- name: UnitsByID :many
select unit_id, provider_id, name, address_line, postcode, city, municipality, phone, email, website, languages, areas,
  description_fi, description_sv, description_en, opening, oid, external_id, iban, iban_holder, active, row_version, created_at
from unit where unit_id = any(@unit_ids::bigint[]) order by name, unit_id;

-- name: UnitEdit :execrows
update unit set name = @name, address_line = @address_line, postcode = @postcode, city = @city, municipality = @municipality,
  phone = @phone, email = @email, website = @website, languages = @languages, areas = @areas, description_fi = @description_fi,
  description_sv = @description_sv, description_en = @description_en, opening = @opening, oid = sqlc.narg('oid'),
  external_id = sqlc.narg('external_id'), active = @active, row_version = row_version + 1
where unit_id = @unit_id and provider_id = @provider_id and row_version = @row_version;

-- name: UnitBilling :execrows
update unit set iban = sqlc.narg('iban'), iban_holder = @iban_holder, row_version = row_version + 1
where unit_id = @unit_id and provider_id = @provider_id and row_version = @row_version;

-- name: SupplierSet :execrows
-- No row when somebody has set it after the person looked.
insert into supplier (organiser_id, provider_id, supplier_number, payment_term_days, hold_reason, set_at, set_by)
values (@organiser_id, @provider_id, @supplier_number, sqlc.narg('payment_term_days'), @hold_reason, @set_at, @set_by)
on conflict (organiser_id, provider_id) do update set supplier_number = excluded.supplier_number,
  payment_term_days = excluded.payment_term_days, hold_reason = excluded.hold_reason, set_at = excluded.set_at, set_by = excluded.set_by
where sqlc.narg('seen')::timestamptz is null or supplier.set_at = sqlc.narg('seen')::timestamptz;

-- name: SupplierGet :one
select organiser_id, provider_id, supplier_number, payment_term_days, hold_reason, set_at, set_by
from supplier where organiser_id = @organiser_id and provider_id = @provider_id;
