-- name: PeriodsOpen :many
-- Shared by everyone who records for the payee; a seal waits for them and they wait for a seal.
select provider_id, period_no
from period
where organiser_id = @organiser_id and provider_id = any(@providers::bigint[]) and sealed_at is null
order by provider_id
for share;

-- name: PeriodsFirst :exec
-- A payee's first period opens with its first event; two recorders at once make one.
insert into period (organiser_id, provider_id, period_no, opened_at)
select @organiser_id, p, 1, @now
from unnest(@providers::bigint[]) as p
where not exists (select 1 from period q where q.organiser_id = @organiser_id and q.provider_id = p)
on conflict do nothing;

-- name: PeriodsToSeal :many
-- Exclusive: recording for these payees waits until the new period stands. In key order, as every lock of more than one period.
select provider_id, period_no
from period
where organiser_id = @organiser_id and sealed_at is null
  and (cardinality(@providers::bigint[]) = 0 or provider_id = any(@providers::bigint[]))
order by provider_id
for update;

-- name: PeriodsSeal :exec
update period set sealed_at = @now::timestamptz
where organiser_id = @organiser_id and provider_id = any(@providers::bigint[]) and sealed_at is null;

-- name: PeriodsNext :exec
insert into period (organiser_id, provider_id, period_no, opened_at)
select @organiser_id, t.provider_id, t.period_no + 1, @now
from (select unnest(@providers::bigint[]) as provider_id, unnest(@numbers::int[]) as period_no) t;

-- name: PeriodSealed :one
select (sealed_at is not null)::bool as sealed
from period
where organiser_id = @organiser_id and provider_id = @provider_id and period_no = @period_no;

-- name: PeriodSums :many
-- What each payee's sealed periods hold: deliveries on the credit side of the payable account, corrections on its debit side.
-- Payee by payee through the index on periods: each payee's lines are few and stay in the processor's cache, nothing is sorted by payee.
select t.provider_id::bigint as provider_id, x.line_count, x.gross_cents, x.credit_cents, x.lines_hash
from (
  select g.provider_id, array_agg(g.period_no) as numbers
  from (select unnest(@providers::bigint[]) as provider_id, unnest(@numbers::int[]) as period_no) g
  group by g.provider_id) t
cross join lateral (
  select count(*) as line_count,
    coalesce(sum(p.amount_cents) filter (where p.credit_kind = 11), 0)::bigint as gross_cents,
    coalesce(sum(p.amount_cents) filter (where p.debit_kind = 11), 0)::bigint as credit_cents,
    sha256(string_agg(concat_ws('|', p.posting_id, p.debit_kind, p.credit_kind, p.amount_cents, p.source_kind, p.source_id, p.source_step)::bytea, '\x0a'::bytea order by p.posting_id)) as lines_hash
  from posting p
  where p.organiser_id = @organiser_id and p.provider_id <> 0 and p.provider_id = t.provider_id and p.period_no = any(t.numbers) and p.source_kind in (2, 3, 4, 8)) x
where x.line_count > 0
order by t.provider_id;

-- name: BalancesOpen :exec
-- Missing rows first, so that a first posting locks as well as a later one.
insert into balance (organiser_id, line_id, bucket, limit_quantity, limit_cents)
select @organiser_id, t.line_id, t.bucket, 0, 0
from (select unnest(@lines::bigint[]) as line_id, unnest(@buckets::date[]) as bucket) t
order by t.line_id, t.bucket
on conflict do nothing;

-- name: BalancesLock :many
-- Spending queues here. Key order, so that two batches never wait for each other in a ring.
select b.line_id, b.bucket, b.limit_quantity, b.used_quantity, b.limit_cents, b.used_cents
from balance b
join (select unnest(@lines::bigint[]) as line_id, unnest(@buckets::date[]) as bucket) t on t.line_id = b.line_id and t.bucket = b.bucket
where b.organiser_id = @organiser_id
order by b.line_id, b.bucket
for update of b;

-- name: BalancesOfLines :many
-- Closing and annulling take the same rows as spending, so neither overtakes the other.
select line_id, bucket, limit_quantity, used_quantity, limit_cents, used_cents
from balance
where organiser_id = @organiser_id and line_id = any(@lines::bigint[])
order by line_id, bucket
for update;

-- name: BalancesRead :many
select line_id, bucket, limit_quantity, used_quantity, limit_cents, used_cents
from balance
where organiser_id = @organiser_id and line_id = any(@lines::bigint[])
order by line_id, bucket;

-- name: BalancesSet :exec
update balance b
set limit_quantity = t.limit_quantity, used_quantity = t.used_quantity, limit_cents = t.limit_cents, used_cents = t.used_cents
from (select unnest(@lines::bigint[]) as line_id, unnest(@buckets::date[]) as bucket, unnest(@limits::bigint[]) as limit_quantity, unnest(@useds::bigint[]) as used_quantity, unnest(@limits_cents::bigint[]) as limit_cents, unnest(@useds_cents::bigint[]) as used_cents) t
where b.organiser_id = @organiser_id and b.line_id = t.line_id and b.bucket = t.bucket;

-- name: PostingsInsert :exec
insert into posting (organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, source_step, posted_at)
select @organiser_id, t.provider_id, t.period_no, t.debit_kind, t.debit_ref, t.credit_kind, t.credit_ref, t.amount_cents, t.quantity, t.bucket, t.service_date, t.source_kind, t.source_id, t.source_step, @now
from (select unnest(@providers::bigint[]) as provider_id, unnest(@periods::int[]) as period_no, unnest(@debit_kinds::smallint[]) as debit_kind, unnest(@debit_refs::bigint[]) as debit_ref, unnest(@credit_kinds::smallint[]) as credit_kind, unnest(@credit_refs::bigint[]) as credit_ref, unnest(@amounts::bigint[]) as amount_cents, unnest(@quantities::bigint[]) as quantity, unnest(@buckets::date[]) as bucket, unnest(@service_dates::date[]) as service_date, unnest(@source_kinds::smallint[]) as source_kind, unnest(@source_ids::bigint[]) as source_id, unnest(@source_steps::int[]) as source_step) t;

-- name: LastServiceDates :many
select debit_ref as line_id, max(service_date)::date as last_date
from posting
where organiser_id = @organiser_id and debit_kind = 2 and debit_ref = any(@lines::bigint[]) and source_kind = 2
group by debit_ref;

-- name: PayableBalances :many
-- What stands on each payee's accounts now: accrued (11), in a statement (12), carried (13).
select t.kind, t.provider_id, sum(t.amount)::bigint as amount_cents
from (
  select p.credit_kind as kind, p.credit_ref as provider_id, p.amount_cents as amount from posting p where p.organiser_id = @organiser_id and p.provider_id <> 0 and p.credit_kind in (11, 12, 13)
  union all
  select p.debit_kind, p.debit_ref, -p.amount_cents from posting p where p.organiser_id = @organiser_id and p.provider_id <> 0 and p.debit_kind in (11, 12, 13)) t
group by t.kind, t.provider_id
order by t.provider_id, t.kind;

-- name: BalanceDifferences :many
-- Replay: every balance row against the postings that made it. The whole-voucher bucket (1970-01-01) counts the uses of all buckets of its line.
with moved as (
  select debit_ref as line_id, bucket, quantity as used_quantity, amount_cents as used_cents, 0::bigint as limit_quantity, 0::bigint as limit_cents from posting where organiser_id = @organiser_id and debit_kind = 2 and credit_kind = 1
  union all
  select credit_ref, bucket, -quantity, -amount_cents, 0, 0 from posting where organiser_id = @organiser_id and credit_kind = 2 and debit_kind = 1
  union all
  select credit_ref, bucket, 0, 0, quantity, amount_cents from posting where organiser_id = @organiser_id and credit_kind = 1 and debit_kind = 3
  union all
  select debit_ref, bucket, 0, 0, -quantity, -amount_cents from posting where organiser_id = @organiser_id and debit_kind = 1 and credit_kind = 3),
by_bucket as (
  select line_id, bucket, sum(used_quantity) as used_quantity, sum(used_cents) as used_cents, sum(limit_quantity) as limit_quantity, sum(limit_cents) as limit_cents from moved group by line_id, bucket),
by_line as (
  select line_id, sum(used_quantity) as used_quantity, sum(used_cents) as used_cents from moved group by line_id),
expected as (
  select b.line_id, b.bucket,
    coalesce(case when b.bucket = date '1970-01-01' then l.used_quantity else k.used_quantity end, 0) as used_quantity,
    coalesce(case when b.bucket = date '1970-01-01' then l.used_cents else k.used_cents end, 0) as used_cents,
    coalesce(k.limit_quantity, 0) as limit_quantity, coalesce(k.limit_cents, 0) as limit_cents
  from balance b left join by_bucket k on k.line_id = b.line_id and k.bucket = b.bucket left join by_line l on l.line_id = b.line_id
  where b.organiser_id = @organiser_id)
select b.line_id, b.bucket, b.used_quantity, e.used_quantity::bigint as replayed_quantity, b.used_cents, e.used_cents::bigint as replayed_cents,
  b.limit_quantity, e.limit_quantity::bigint as replayed_limit_quantity
from balance b join expected e on e.line_id = b.line_id and e.bucket = b.bucket
where b.organiser_id = @organiser_id
  and (b.used_quantity <> e.used_quantity or b.used_cents <> e.used_cents or b.limit_quantity <> e.limit_quantity or b.limit_cents <> e.limit_cents)
order by b.line_id, b.bucket
limit 20;

-- name: UsesWithoutBalance :one
select count(*) as n
from posting p
where p.organiser_id = @organiser_id and p.debit_kind = 2
  and not exists (select 1 from balance b where b.organiser_id = p.organiser_id and b.line_id = p.debit_ref and b.bucket in (p.bucket, date '1970-01-01'));

-- name: PostingsInClosedPeriods :one
-- Nothing may be posted by a delivery or correction after its period was sealed.
select count(*) as n
from posting p join period q on q.organiser_id = p.organiser_id and q.provider_id = p.provider_id and q.period_no = p.period_no
where p.organiser_id = @organiser_id and p.provider_id <> 0 and p.source_kind in (2, 3, 4, 8) and q.sealed_at is not null and p.posted_at > q.sealed_at;
