-- name: RiskAdd :exec
insert into daycare_risk (organiser_id, risk, entry_no, name, level, watch_at, act_at, note, owner, review_on, entered_at, entered_by)
values (@organiser_id, @risk, @entry_no, @name, @level, @watch_at, @act_at, @note, @owner, @review_on, @entered_at, @entered_by);

-- name: RiskEntries :many
-- The newest first: the first of each risk holds.
select risk, entry_no, name, level, watch_at, act_at, note, owner, review_on, entered_at, entered_by
from daycare_risk
where organiser_id = @organiser_id and (@risk::text = '' or risk = @risk::text)
order by risk, entry_no desc;

-- name: PlacesEnding :one
-- A child who goes on in another voucher place does not leave.
select count(*) as children, count(*) filter (where x.last_to <= @until::date) as leaving
from (select p.child_id, max(p.valid_to) as last_to
  from daycare_placement p
  where p.organiser_id = @organiser_id and p.voucher and p.voided_at is null and p.valid_to > @day
  group by p.child_id
  having min(p.valid_from) <= @day) x;

-- name: Queue :one
select count(*) as waiting, count(*) filter (where due_on < @day::date) as overdue
from daycare_application
where organiser_id = @organiser_id and state in ('sent', 'handling', 'offered');

-- name: PricesTold :one
-- What units ask on the day, and which of them have told more for a later day.
with told as (
  select distinct on (p.unit_id, p.option_code, p.valid_from) p.unit_id, p.option_code, p.valid_from, p.price_over_cents, p.price_under_cents, p.surcharge_cents
  from daycare_price p
  where p.organiser_id = @organiser_id
  order by p.unit_id, p.option_code, p.valid_from, p.entry_no desc),
held as (
  select distinct on (t.unit_id, t.option_code) t.unit_id, t.option_code, t.price_over_cents, t.price_under_cents, t.surcharge_cents
  from told t
  where t.valid_from <= @day::date
  order by t.unit_id, t.option_code, t.valid_from desc),
dearer as (
  select told.unit_id
  from told
  join held on held.unit_id = told.unit_id and held.option_code = told.option_code
  where told.valid_from > @day::date
    and (told.price_over_cents > held.price_over_cents or told.price_under_cents > held.price_under_cents or told.surcharge_cents > held.surcharge_cents))
select (select count(distinct unit_id) from dearer) as rising, count(distinct unit_id) as units, count(*) as prices, coalesce(sum(surcharge_cents), 0)::bigint as surcharges
from held;

-- name: OwnPlaces :one
select (select coalesce(sum(c.under_places + c.over_places), 0) from daycare_capacity c
    join daycare_unit u on u.organiser_id = c.organiser_id and u.unit_id = c.unit_id
    where c.organiser_id = @organiser_id and u.way = 'own' and c.voided_at is null and c.valid_from <= @day::date and c.valid_to > @day::date)::bigint as places,
  (select count(*) from daycare_placement p
    join daycare_unit u on u.organiser_id = p.organiser_id and u.unit_id = p.unit_id
    where p.organiser_id = @organiser_id and u.way = 'own' and p.voided_at is null and p.valid_from <= @day::date and p.valid_to > @day::date)::bigint as children;

-- name: ProviderName :one
select name from provider where provider_id = @provider_id;
