-- name: StateAdd :exec
insert into statistic_state (organiser_id, last_posting_id, rolled_at) values (@organiser_id, 0, @rolled_at)
on conflict (organiser_id) do nothing;

-- name: StateLock :one
-- Two processes that roll up the same organiser queue here.
select last_posting_id, rolled_at from statistic_state where organiser_id = @organiser_id for update;

-- name: StateGet :one
select last_posting_id, rolled_at from statistic_state where organiser_id = @organiser_id;

-- name: StateSet :exec
update statistic_state set last_posting_id = @last_posting_id, rolled_at = @rolled_at where organiser_id = @organiser_id;

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
insert into statistic_month (organiser_id, month, service_id, content_id, provider_id, event_count, quantity, total_cents, organiser_cents, own_cents)
select @organiser_id, @month, e.service_id, e.content_id, e.provider_id, count(*), sum(e.accepted_quantity), sum(e.total_cents), sum(e.organiser_cents), sum(e.own_cents)
from event_now e
where e.organiser_id = @organiser_id and e.state = 'accepted' and e.service_date >= @month and e.service_date < @next_month
group by e.service_id, e.content_id, e.provider_id;

-- name: ClientFill :exec
-- Once for each service and once for all of them (service_id 0).
insert into statistic_client (organiser_id, month, service_id, client_count)
select @organiser_id, @month, coalesce(e.service_id, 0), count(distinct e.client_id)
from event_now e
where e.organiser_id = @organiser_id and e.state = 'accepted' and e.service_date >= @month and e.service_date < @next_month
group by grouping sets ((e.service_id), ())
having count(*) > 0;

-- name: Months :many
-- Sums by month and service in a span of months.
select month, service_id, sum(event_count)::bigint as event_count, sum(organiser_cents)::bigint as organiser_cents, sum(own_cents)::bigint as own_cents,
  count(distinct provider_id) as provider_count
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
select count(*) as vouchers from voucher
where organiser_id = @organiser_id and state in ('granted', 'open') and valid_from <= @day and valid_to > @day
  and service_id = any(@services::bigint[]);
