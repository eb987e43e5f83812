-- name: StateAdd :exec
insert into statistic_state (organiser_id, last_posting_id, rolled_at) values (@organiser_id, 0, @rolled_at)
on conflict (organiser_id) do nothing;

-- name: StateLock :one
-- Two processes that roll up the same organiser queue here.
select last_posting_id, rolled_at, edition from statistic_state where organiser_id = @organiser_id for update;

-- name: StateGet :one
select last_posting_id, rolled_at from statistic_state where organiser_id = @organiser_id;

-- name: StateSet :exec
update statistic_state set last_posting_id = @last_posting_id, rolled_at = @rolled_at, edition = @edition where organiser_id = @organiser_id;

-- name: SettledThrough :one
-- Postings up to here are old enough that none with a smaller id can still commit.
select coalesce(max(posting_id), @after_posting_id)::bigint as posting_id from posting
where organiser_id = @organiser_id and posting_id > @after_posting_id and posted_at <= @until;

-- name: MonthsTouched :many
-- Every change of money leaves a posting with the day of service, so the months of new postings are the months to write anew.
select distinct date_trunc('month', service_date)::date as month
from posting
where organiser_id = @organiser_id and posting_id > @after_posting_id
order by month;

-- name: MonthClear :exec
delete from statistic_month where organiser_id = @organiser_id and month = @month;

-- name: ClientClear :exec
delete from statistic_client where organiser_id = @organiser_id and month = @month;

-- name: MonthFill :exec
-- Events as they stand, and what closed months of early education have posted for days of this month, whenever it was closed: a refund
-- takes its row away again. The sums of those are the ledger's own; their days and the clients' part follow from the rows, each row's
-- part of the own share rounded half up to the cent. Days that are paid after notice are money without care.
insert into statistic_month (organiser_id, month, service_id, content_id, provider_id, event_count, quantity, total_cents, organiser_cents, own_cents, care_days)
select @organiser_id, @month, t.service_id, t.content_id, t.provider_id, sum(t.events), sum(t.quantity), sum(t.organiser + t.own), sum(t.organiser), sum(t.own), sum(t.days)
from (
  select e.service_id, e.content_id, e.provider_id, count(*) as events, sum(e.accepted_quantity) as quantity, sum(e.organiser_cents) as organiser, sum(e.own_cents) as own, 0::bigint as days
  from event_now e
  where e.organiser_id = @organiser_id and e.state = 'accepted' and e.service_date >= @month and e.service_date < @next_month
  group by e.service_id, e.content_id, e.provider_id
  union all
  select c.service_id, c.content_id, p.provider_id, 0, round(sum(case when r.notice then 0 else x.sign * r.days * 3000.0 / greatest(r.month_days, 1) end)),
    sum(case p.debit_kind when 10 then p.amount_cents else -p.amount_cents end), sum(x.sign * round(r.own_cents::numeric * r.days / greatest(r.month_days, 1))),
    sum(case when r.notice then 0 else x.sign * r.days end)
  from posting p
  join daycare_month_row r on r.organiser_id = p.organiser_id and r.row_id = p.source_id
  join content c on c.organiser_id = p.organiser_id and c.content_id = case p.debit_kind when 10 then p.debit_ref else p.credit_ref end
  cross join lateral (select case r.kind when 'REFUND' then -1 else 1 end as sign) x
  where p.organiser_id = @organiser_id and p.source_kind = 8 and p.service_date >= @month and p.service_date < @next_month and (p.debit_kind = 10 or p.credit_kind = 10)
  group by c.service_id, c.content_id, p.provider_id) t
group by t.service_id, t.content_id, t.provider_id
having sum(t.events) <> 0 or sum(t.organiser) <> 0 or sum(t.own) <> 0 or sum(t.days) <> 0;

-- name: ClientFill :exec
-- Once for each service and once for all of them (service_id 0). A child counts while a row of it stands.
insert into statistic_client (organiser_id, month, service_id, client_count)
select @organiser_id, @month, coalesce(t.service_id, 0), count(distinct t.client_id)
from (
  select e.service_id, e.client_id
  from event_now e
  where e.organiser_id = @organiser_id and e.state = 'accepted' and e.service_date >= @month and e.service_date < @next_month
  union all
  select c.service_id, r.child_id
  from posting p
  join daycare_month_row r on r.organiser_id = p.organiser_id and r.row_id = p.source_id
  join content c on c.organiser_id = p.organiser_id and c.content_id = case p.debit_kind when 10 then p.debit_ref else p.credit_ref end
  where p.organiser_id = @organiser_id and p.source_kind = 8 and p.service_date >= @month and p.service_date < @next_month and (p.debit_kind = 10 or p.credit_kind = 10)
  group by c.service_id, r.child_id
  having sum(case r.kind when 'REFUND' then -1 else 1 end) > 0) t
group by grouping sets ((t.service_id), ())
having count(*) > 0;

-- name: MonthDifferences :many
-- The organiser's part of each month, content and provider against the cost that the ledger holds. Months with postings that are not
-- rolled up for good yet are left out: they are about to be written again.
select t.month::date as month, t.content_id::bigint as content_id, t.provider_id::bigint as provider_id, sum(t.stored)::bigint as stored_cents, sum(t.posted)::bigint as posted_cents
from (
  select m.month, m.content_id, m.provider_id, m.organiser_cents as stored, 0::bigint as posted from statistic_month m where m.organiser_id = @organiser_id
  union all
  select date_trunc('month', p.service_date)::date, case p.debit_kind when 10 then p.debit_ref else p.credit_ref end, p.provider_id, 0,
    case p.debit_kind when 10 then p.amount_cents else -p.amount_cents end
  from posting p
  where p.organiser_id = @organiser_id and p.provider_id <> 0 and (p.debit_kind = 10 or p.credit_kind = 10)) t
where t.month not in (
  select date_trunc('month', q.service_date)::date from posting q
  where q.organiser_id = @organiser_id
    and q.posting_id > coalesce((select s.last_posting_id from statistic_state s where s.organiser_id = @organiser_id and s.edition = @edition), 0))
group by t.month, t.content_id, t.provider_id
having sum(t.stored) <> sum(t.posted)
order by 1, 2, 3
limit 20;

-- name: Months :many
-- Sums by month and service in a span of months.
select month, service_id, sum(event_count)::bigint as event_count, sum(organiser_cents)::bigint as organiser_cents, sum(own_cents)::bigint as own_cents,
  sum(care_days)::bigint as care_days, count(distinct provider_id) as provider_count
from statistic_month
where organiser_id = @organiser_id and month >= @since and month < @until and service_id = any(@services::bigint[])
group by month, service_id
order by month, service_id;

-- name: UnitsOf :many
select m.service_id, c.unit, sum(m.quantity)::bigint as quantity
from statistic_month m join content c on c.organiser_id = m.organiser_id and c.content_id = m.content_id
where m.organiser_id = @organiser_id and m.month = @month and m.service_id = any(@services::bigint[])
group by m.service_id, c.unit
order by m.service_id, c.unit;

-- name: ProvidersOf :one
select count(distinct provider_id) as provider_count from statistic_month
where organiser_id = @organiser_id and month = @month and service_id = any(@services::bigint[]);

-- name: ClientsOf :many
select service_id, client_count from statistic_client
where organiser_id = @organiser_id and month = @month;

-- name: FewClients :one
select exists (select from statistic_client
  where organiser_id = @organiser_id and service_id = @service_id and month >= @since and month < @until and client_count < @least) as few;

-- name: VouchersValid :one
-- In early education the voucher is the decision on its value, of the service that the rules of the day book it under.
select ((select count(*) from voucher v
    where v.organiser_id = @organiser_id and v.state in ('granted', 'open') and v.valid_from <= @day and v.valid_to > @day
      and v.service_id = any(@services::bigint[]))
  + (select count(*) from daycare_decision d
    left join lateral (select x.valid_to from daycare_decision_end x where x.organiser_id = d.organiser_id and x.value_decision_id = d.value_decision_id order by x.end_no desc limit 1) e on true
    where d.organiser_id = @organiser_id and d.valid_from <= @day and coalesce(e.valid_to, d.valid_to) > @day
      and (select r.service_id from daycare_rules r where r.organiser_id = @organiser_id and r.published_at is not null and r.valid_from <= @day
        order by r.valid_from desc, r.rules_id desc limit 1) = any(@services::bigint[])))::bigint as vouchers;
