-- name: RiskAdd :exec
insert into daycare_risk (organiser_id, risk, entry_no, name, level, watch_at, act_at, likelihood, effect, figure, figure_few, note, owner, review_on, entered_at, entered_by)
values (@organiser_id, @risk, @entry_no, @name, @level, @watch_at, @act_at, @likelihood, @effect, @figure, @figure_few, @note, @owner, @review_on, @entered_at, @entered_by);

-- name: RiskEntries :many
-- The newest first: the first of each risk holds.
select risk, entry_no, name, level, watch_at, act_at, likelihood, effect, figure, figure_few, note, owner, review_on, entered_at, entered_by
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

-- name: Market :many
-- Children of each provider in each area on two days; a child in two places is in both.
select p.provider_id, v.name as provider, (case when u.postcode = '' then '' else trim(u.postcode || ' ' || u.city) end)::text as area,
  count(*) filter (where p.valid_from <= @day::date and p.valid_to > @day::date) as children,
  count(*) filter (where p.valid_from <= @earlier::date and p.valid_to > @earlier::date) as before
from daycare_placement p
join unit u on u.unit_id = p.unit_id
join provider v on v.provider_id = p.provider_id
where p.organiser_id = @organiser_id and p.voucher and p.voided_at is null
  and (p.valid_from <= @day::date and p.valid_to > @day::date or p.valid_from <= @earlier::date and p.valid_to > @earlier::date)
group by p.provider_id, v.name, u.postcode, u.city
order by p.provider_id, u.postcode, u.city;

-- name: Supported :one
with held as (
  select p.voucher, exists (select 1 from daycare_support s where s.organiser_id = p.organiser_id and s.child_id = p.child_id and s.voided_at is null and s.valid_from <= @day::date and s.valid_to > @day::date) as supported
  from daycare_placement p
  left join daycare_unit u on u.organiser_id = p.organiser_id and u.unit_id = p.unit_id
  where p.organiser_id = @organiser_id and p.voided_at is null and p.valid_from <= @day::date and p.valid_to > @day::date and (p.voucher or u.way = 'own'))
select count(*) filter (where voucher) as voucher, count(*) filter (where voucher and supported) as voucher_supported,
  count(*) filter (where not voucher) as own, count(*) filter (where not voucher and supported) as own_supported
from held;

-- name: DoublePlaces :one
select count(*) from (select p.child_id from daycare_placement p
  where p.organiser_id = @organiser_id and p.voucher and p.voided_at is null and p.valid_from <= @day::date and p.valid_to > @day::date
  group by p.child_id having count(*) > 1) x;

-- name: WaitingByArea :many
-- By the unit that the family would like best.
select (case when u.postcode = '' then '' else trim(u.postcode || ' ' || u.city) end)::text as area, count(*) as waiting, (count(*) * (sqlc.arg(day)::date - date '2000-01-01') - sum(a.sent_at::date - date '2000-01-01'))::bigint as days
from daycare_application a
join daycare_wish w on w.organiser_id = a.organiser_id and w.application_id = a.application_id and w.rank = 1
join unit u on u.unit_id = w.unit_id
where a.organiser_id = @organiser_id and a.state in ('sent', 'handling', 'offered')
group by u.postcode, u.city
order by u.postcode, u.city;

-- name: Papers :one
-- Providers with children whose newest paper of a kind is past its day.
select count(distinct a.provider_id) filter (where a.expires_on < @day::date and not exists (
    select 1 from attachment n where n.organiser_id = a.organiser_id and n.provider_id = a.provider_id and n.slot_id = a.slot_id and n.unit_id is not distinct from a.unit_id
      and n.removed_at is null and n.attachment_id > a.attachment_id)) as late,
  count(distinct a.provider_id) as providers
from attachment a
where a.organiser_id = @organiser_id and a.removed_at is null and a.provider_id in (select p.provider_id from daycare_placement p
  where p.organiser_id = @organiser_id and p.voucher and p.voided_at is null and p.valid_from <= @day::date and p.valid_to > @day::date);

-- name: Claims :one
-- Claims of what was paid too much, on providers of early education.
select count(*) as claims, coalesce(sum(c.amount_cents), 0)::bigint as amount_cents
from recovery_claim c
where c.organiser_id = @organiser_id and c.made_on > @earlier::date and c.provider_id in (select p.provider_id from daycare_placement p
  where p.organiser_id = @organiser_id and p.voucher and p.voided_at is null);

-- name: RiskMonthAdd :execrows
insert into daycare_risk_month (organiser_id, risk, month, figure, few, level, read_at)
values (@organiser_id, @risk, @month, @figure, @few, @level, @read_at)
on conflict (organiser_id, risk, month) do nothing;

-- name: RiskMonthKept :one
select exists (select 1 from daycare_risk_month where organiser_id = @organiser_id and month = @month);

-- name: RiskMonths :many
select risk, month, figure, few, level, read_at from daycare_risk_month
where organiser_id = @organiser_id and (@risk::text = '' or risk = @risk::text) and month >= @since
order by risk, month;
