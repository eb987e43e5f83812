-- name: BulkCandidates :many
-- The lines of the vouchers that live on the day, each with its last value.
select l.line_id, l.content_id, v.voucher_id, v.client_id, v.person_id, v.valid_from, v.valid_to, w.valid_from as value_from, w.value_cents, w.fee_cents, w.bands, w.facts
from voucher v
join voucher_line l on l.organiser_id = v.organiser_id and l.voucher_id = v.voucher_id
join lateral (
  select x.valid_from, x.value_cents, x.fee_cents, x.bands, x.facts
  from voucher_value x
  where x.organiser_id = l.organiser_id and x.line_id = l.line_id and x.valid_from < x.valid_to
  order by x.valid_from desc
  limit 1) w on true
where v.organiser_id = @organiser_id and v.service_id = @service_id and v.state in ('granted', 'open') and v.mode <> 'purchased' and v.valid_to > @today::date
order by v.voucher_id, l.line_id;

-- name: BulkAdd :one
insert into voucher_bulk (organiser_id, kind, service_id, from_date, valid_to, rulebook_id, reason, state, prepared_at, prepared_by_account, prepared_by)
values (@organiser_id, @kind, @service_id, @from_date, @valid_to, @rulebook_id, @reason, 'prepared', @prepared_at, @prepared_by_account, @prepared_by)
returning bulk_id;

-- name: BulkLinesAdd :exec
insert into voucher_bulk_line (organiser_id, bulk_id, line_id, voucher_id, client_id, person_id, content_id, value_from, before_cents, after_cents, before_to, after_to, refusal, refusal_told)
select @organiser_id, @bulk_id, t.line_id, t.voucher_id, t.client_id, t.person_id, t.content_id, t.value_from, t.before_cents, t.after_cents, t.before_to, t.after_to, t.refusal, nullif(t.told, '')::jsonb
from (select unnest(@lines::bigint[]) as line_id, unnest(@vouchers::bigint[]) as voucher_id, unnest(@clients::bigint[]) as client_id, unnest(@persons::bigint[]) as person_id,
  unnest(@contents::bigint[]) as content_id, unnest(@value_froms::date[]) as value_from, unnest(@befores::bigint[]) as before_cents, unnest(@afters::bigint[]) as after_cents,
  unnest(@before_tos::date[]) as before_to, unnest(@after_tos::date[]) as after_to, unnest(@refusals::text[]) as refusal, unnest(@tolds::text[]) as told) t;

-- name: BulkLock :one
select bulk_id, kind, service_id, from_date, valid_to, rulebook_id, reason, state, row_version, prepared_at, prepared_by_account, prepared_by, approved_at, approved_by_account, approved_by, approved_by_title
from voucher_bulk
where organiser_id = @organiser_id and bulk_id = @bulk_id
for update;

-- name: BulkList :many
-- Newest first; bulk 0 lists all of the organiser.
select b.bulk_id, b.kind, b.service_id, b.from_date, b.valid_to, b.rulebook_id, b.reason, b.state, b.row_version, b.prepared_at, b.prepared_by_account, b.prepared_by, b.approved_at, b.approved_by_account, b.approved_by, b.approved_by_title,
  s.lines, s.vouchers, s.refused, s.applied, s.decided, s.raised, s.lowered, s.lowest, s.highest
from voucher_bulk b
cross join lateral (
  select count(*)::int as lines, count(distinct l.voucher_id)::int as vouchers, count(*) filter (where l.refusal <> '')::int as refused,
    count(*) filter (where l.applied_at is not null)::int as applied, count(distinct l.voucher_id) filter (where l.decision_id is not null)::int as decided,
    count(*) filter (where l.after_cents > l.before_cents and l.refusal = '')::int as raised, count(*) filter (where l.after_cents < l.before_cents and l.refusal = '')::int as lowered,
    coalesce(min(l.after_cents - l.before_cents) filter (where l.refusal = ''), 0)::bigint as lowest, coalesce(max(l.after_cents - l.before_cents) filter (where l.refusal = ''), 0)::bigint as highest
  from voucher_bulk_line l
  where l.organiser_id = b.organiser_id and l.bulk_id = b.bulk_id) s
where b.organiser_id = @organiser_id and (@bulk_id::bigint = 0 or b.bulk_id = @bulk_id)
order by b.bulk_id desc
limit 200;

-- name: BulkLines :many
-- A page of the preview after a line, in the order of vouchers; the refused ones alone when they are asked for.
select l.line_id, l.voucher_id, l.client_id, l.person_id, l.content_id, l.before_cents, l.after_cents, l.before_to, l.after_to, l.refusal, l.refusal_told, l.applied_at, l.decision_id, v.number,
  c.last_name, c.first_names
from voucher_bulk_line l
join voucher v on v.organiser_id = l.organiser_id and v.voucher_id = l.voucher_id
join client c on c.organiser_id = l.organiser_id and c.client_id = l.client_id
where l.organiser_id = @organiser_id and l.bulk_id = @bulk_id and l.line_id > @after_line and (not @refused::boolean or l.refusal <> '')
order by l.line_id
limit @most;

-- name: BulkState :execrows
update voucher_bulk set state = @state, row_version = row_version + 1,
  approved_at = coalesce(@approved_at, approved_at), approved_by_account = coalesce(@approved_by_account, approved_by_account),
  approved_by = coalesce(@approved_by, approved_by), approved_by_title = coalesce(@approved_by_title, approved_by_title)
where organiser_id = @organiser_id and bulk_id = @bulk_id and row_version = @row_version;

-- name: BulkNext :many
-- The next vouchers to change. Whoever changes one of them by hand waits, or is waited for.
select v.voucher_id, v.state, v.valid_to
from voucher v
where v.organiser_id = @organiser_id and v.voucher_id = any(array(
  select distinct l.voucher_id from voucher_bulk_line l
  where l.organiser_id = @organiser_id and l.bulk_id = @bulk_id and l.applied_at is null and l.refusal = ''
  order by l.voucher_id limit @most))
order by v.voucher_id
for update;

-- name: BulkNow :many
-- What the lines of some vouchers were prepared from, and their last values now.
select b.line_id, b.voucher_id, b.person_id, b.content_id, b.value_from, b.before_cents, b.before_to, w.valid_from as now_from, w.valid_to as now_to, w.value_cents as now_cents, w.facts
from voucher_bulk_line b
join lateral (
  select x.valid_from, x.valid_to, x.value_cents, x.facts
  from voucher_value x
  where x.organiser_id = b.organiser_id and x.line_id = b.line_id and x.valid_from < x.valid_to
  order by x.valid_from desc
  limit 1) w on true
where b.organiser_id = @organiser_id and b.bulk_id = @bulk_id and b.voucher_id = any(@vouchers::bigint[]) and b.applied_at is null and b.refusal = ''
order by b.line_id;

-- name: BulkValuesEnd :exec
update voucher_value w set valid_to = t.valid_to
from (select unnest(@lines::bigint[]) as line_id, unnest(@froms::date[]) as valid_from, unnest(@tos::date[]) as valid_to) t
where w.organiser_id = @organiser_id and w.line_id = t.line_id and w.valid_from = t.valid_from;

-- name: BulkValuesAdd :exec
insert into voucher_value (organiser_id, line_id, person_id, valid_from, valid_to, value_cents, fee_cents, bands, facts, explanation)
select @organiser_id, t.line_id, t.person_id, t.valid_from, t.valid_to, t.value_cents, nullif(t.fee_cents, -1), nullif(t.bands, '')::jsonb, nullif(t.facts, '')::jsonb, t.explanation::jsonb
from (select unnest(@lines::bigint[]) as line_id, unnest(@persons::bigint[]) as person_id, unnest(@froms::date[]) as valid_from, unnest(@tos::date[]) as valid_to,
  unnest(@cents::bigint[]) as value_cents, unnest(@fees::bigint[]) as fee_cents, unnest(@bands::text[]) as bands, unnest(@facts::text[]) as facts, unnest(@explanations::text[]) as explanation) t;

-- name: BulkVouchers :exec
update voucher set valid_to = coalesce(sqlc.narg(valid_to)::date, valid_to), row_version = row_version + 1
where organiser_id = @organiser_id and voucher_id = any(@vouchers::bigint[]);

-- name: BulkSteps :exec
insert into voucher_step (organiser_id, voucher_id, step_no, person_id, act, at, by_account, by_name, note)
select v.organiser_id, v.voucher_id, coalesce((select max(s.step_no) from voucher_step s where s.organiser_id = v.organiser_id and s.voucher_id = v.voucher_id), 0) + 1,
  v.person_id, @act::text, @at::timestamptz, @by_account::bigint, @by_name::text, @note::text
from voucher v
where v.organiser_id = @organiser_id and v.voucher_id = any(@vouchers::bigint[]);

-- name: BulkApplied :exec
update voucher_bulk_line b set applied_at = case when t.refusal = '' then @applied_at::timestamptz end, refusal = t.refusal, refusal_told = nullif(t.told, '')::jsonb
from (select unnest(@lines::bigint[]) as line_id, unnest(@refusals::text[]) as refusal, unnest(@tolds::text[]) as told) t
where b.organiser_id = @organiser_id and b.bulk_id = @bulk_id and b.line_id = t.line_id;

-- name: BulkUndecided :many
-- By lines: the key of the change's lines begins so, and a letter does not read the whole change.
select distinct l.voucher_id
from voucher_bulk_line l
where l.organiser_id = @organiser_id and l.bulk_id = @bulk_id and l.line_id = any(array(select x.line_id from voucher_line x where x.organiser_id = @organiser_id and x.voucher_id = any(@vouchers::bigint[])))
  and l.applied_at is not null and l.decision_id is null
order by l.voucher_id;

-- name: BulkDecided :exec
update voucher_bulk_line l set decision_id = @decision_id
where l.organiser_id = @organiser_id and l.bulk_id = @bulk_id and l.applied_at is not null
  and l.line_id = any(array(select x.line_id from voucher_line x where x.organiser_id = @organiser_id and x.voucher_id = @voucher_id));

-- name: BulkWaiting :one
select count(*)::int from voucher_bulk where organiser_id = @organiser_id and state = 'prepared';
