-- name: PilotAdd :one
insert into daycare_pilot (organiser_id, name, plan, made_at, made_by) values (@organiser_id, @name, @plan, @made_at, @made_by) returning pilot_id;

-- name: PilotChange :execrows
update daycare_pilot set name = @name, plan = @plan, row_version = row_version + 1
where organiser_id = @organiser_id and pilot_id = @pilot_id and row_version = @row_version and decision = '';

-- name: PilotDecide :execrows
update daycare_pilot set decision = @decision, decided_on = @decided_on::date, reason = @reason, result = @result::text, decided_at = @decided_at::timestamptz, decided_by = @decided_by, row_version = row_version + 1
where organiser_id = @organiser_id and pilot_id = @pilot_id and row_version = @row_version and decision = '';

-- name: Pilots :many
-- The newest first; 0 = all.
select pilot_id, row_version, name, plan, made_at, made_by, decision, decided_on, reason, result, decided_at, decided_by
from daycare_pilot
where organiser_id = @organiser_id and (@pilot_id::bigint = 0 or pilot_id = @pilot_id::bigint)
order by pilot_id desc;

-- name: PilotUnits :many
-- Units that have or had children with a voucher.
select u.unit_id, u.name, u.postcode, u.city
from unit u
where u.unit_id in (select p.unit_id from daycare_placement p where p.organiser_id = @organiser_id and p.voucher and p.voided_at is null)
order by u.postcode, u.name, u.unit_id;

-- name: GroupMonths :many
-- Closed months of a group: the pilot's units, or all the others.
select coalesce((b.basis::jsonb #>> '{draft,UnderThree}')::bool, false)::bool as under_three, r.month_days,
  sum(case when r.notice then 0 when r.kind = 'REFUND' then -r.days else r.days end)::bigint as days,
  sum(case when r.notice then 0 when r.kind = 'REFUND' then -r.days else r.days end * r.own_cents)::bigint as own_day_cents,
  sum(r.row_cents)::bigint as paid_cents, count(*) as row_count, count(*) filter (where r.kind = 'CORRECTION') as corrections
from daycare_month_row r
join daycare_decision_basis b on b.organiser_id = r.organiser_id and b.value_decision_id = r.value_decision_id
where r.organiser_id = @organiser_id and r.valid_from >= @from_day and r.valid_from < @to_day and (r.unit_id = any(@units::bigint[])) = @inside::bool
group by 1, 2
order by 1, 2;

-- name: GroupChildren :one
select count(distinct r.child_id) as children
from daycare_month_row r
where r.organiser_id = @organiser_id and r.valid_from >= @from_day and r.valid_from < @to_day and (r.unit_id = any(@units::bigint[])) = @inside::bool;

-- name: GroupPlaced :one
-- Families that took a voucher place in a group in the days: how long it took, and whose first wish it was.
select count(*) as placed, coalesce(sum(a.ended_at::date - a.sent_at::date), 0)::bigint as days,
  count(*) filter (where exists (select 1 from daycare_wish w where w.organiser_id = a.organiser_id and w.application_id = a.application_id and w.rank = 1 and w.unit_id = p.unit_id)) as first
from daycare_application a
join daycare_proposal p on p.organiser_id = a.organiser_id and p.application_id = a.application_id and p.state = 'accepted' and p.way = 'voucher'
where a.organiser_id = @organiser_id and a.state = 'placed' and a.ended_at is not null and a.sent_at is not null
  and (a.ended_at at time zone 'Europe/Helsinki')::date >= @from_day::date and (a.ended_at at time zone 'Europe/Helsinki')::date < @to_day::date and (p.unit_id = any(@units::bigint[])) = @inside::bool;

-- name: GroupHeld :one
-- Who has places on a day, and how many children are in them.
select count(distinct p.provider_id) as providers, count(*) as children
from daycare_placement p
where p.organiser_id = @organiser_id and p.voucher and p.voided_at is null and p.valid_from <= @day::date and p.valid_to > @day::date and (p.unit_id = any(@units::bigint[])) = @inside::bool;
