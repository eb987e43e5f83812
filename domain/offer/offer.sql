-- name: Fingerprint :one
-- Changes whenever anything that the comparison shows has changed; a few index and heap counts, no rows leave the server.
select concat_ws('.',
  (select count(*) || '-' || coalesce(sum(row_version), 0) || '-' || coalesce(sum(valid_to - date '2000-01-01'), 0) from approval),
  (select count(*) || '-' || coalesce(sum(suspended_to - date '2000-01-01'), 0) from approval_suspension),
  (select count(*) || '-' || coalesce(sum(row_version), 0) || '-' || coalesce(max(price_id), 0) from price),
  (select count(*) || '-' || coalesce(max(published_at)::text, '') from service_version),
  (select count(*) || '-' || coalesce(max(published_at)::text, '') from rulebook where published_at is not null),
  (select count(*) || '-' || coalesce(sum(row_version), 0) from unit),
  (select count(*) || '-' || coalesce(sum(row_version), 0) from provider),
  (select count(*) || '-' || coalesce(sum(row_version), 0) from organiser),
  (select count(*) || '-' || coalesce(sum(valid_to - date '2000-01-01'), 0) from organiser_municipality))::text as fingerprint;

-- name: Places :many
-- Units that may be approved somewhere: active, of a company that has not ended.
select u.unit_id, u.provider_id, u.name, u.address_line, u.postcode, u.city, u.municipality, u.phone, u.email, u.website, u.languages, u.areas,
  u.description_fi, u.description_sv, u.description_en, u.opening, p.name as company, p.business_id
from unit u join provider p on p.provider_id = u.provider_id
where u.active and (p.ended_on is null or p.ended_on > @day)
order by u.unit_id;

-- name: Approved :many
-- What may be chosen on the day, in all organisers: valid and not suspended. Public (569/2009, 4 §).
select a.organiser_id, a.service_id, a.unit_id
from approval a
where a.valid_from <= @day and a.valid_to > @day
  and not exists (select from approval_suspension s where s.organiser_id = a.organiser_id and s.approval_id = a.approval_id
    and s.suspended_from <= @day and s.suspended_to > @day)
order by a.organiser_id, a.service_id, a.unit_id;

-- name: PricesOn :many
select organiser_id, unit_id, content_id, price_cents, valid_from, valid_to
from price
where state = 'approved' and valid_from <= @day and valid_to > @day
order by organiser_id, unit_id, content_id;

-- name: Served :many
select organiser_id, municipality from organiser_municipality
where valid_from <= @day and valid_to > @day
order by municipality, organiser_id;

-- name: PriceHistory :many
-- Approved prices of a unit, past, present and coming, in all organisers; public like the prices themselves.
select organiser_id, content_id, price_cents, valid_from, valid_to
from price
where unit_id = @unit_id and state = 'approved'
order by organiser_id, content_id, valid_from desc;
