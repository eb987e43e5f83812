-- name: VoucherAdd :one
insert into voucher (organiser_id, number, client_id, person_id, service_id, mode, provider_id, valid_from, valid_to, state,
  rulebook_id, own_share_forbidden, granted_at, granted_by, contact)
values (@organiser_id, @number, @client_id, @person_id, @service_id, @mode, @provider_id, @valid_from, @valid_to, 'granted',
  @rulebook_id, @own_share_forbidden, @granted_at, @granted_by, @contact)
returning voucher_id;

-- name: LineAdd :one
insert into voucher_line (organiser_id, voucher_id, person_id, content_id, recurrence, amount_quantity, amount_cents, total_quantity)
values (@organiser_id, @voucher_id, @person_id, @content_id, @recurrence, @amount_quantity, @amount_cents, @total_quantity)
returning line_id;

-- name: ValueAdd :exec
insert into voucher_value (organiser_id, line_id, person_id, valid_from, valid_to, value_cents, fee_cents, bands, facts, explanation)
values (@organiser_id, @line_id, @person_id, @valid_from, @valid_to, @value_cents, @fee_cents, @bands, @facts, @explanation);

-- name: ValueEnd :execrows
update voucher_value set valid_to = @valid_to
where organiser_id = @organiser_id and line_id = @line_id and valid_from = @valid_from;

-- name: VoucherLock :one
-- Changes of a voucher queue here, before its lines and reservations are read; spending queues on its balance rows in the
-- ledger, which this does not touch.
select organiser_id, voucher_id, number, client_id, person_id, service_id, mode, provider_id, valid_from, valid_to, state,
  closed_from, close_reason, rulebook_id, own_share_forbidden, decision_id, sheet_document_id, sheet_given_at, sheet_channel,
  answered_at, answered_by, answer_channel, granted_at, granted_by, contact, row_version
from voucher
where organiser_id = @organiser_id and voucher_id = @voucher_id
for update;

-- name: VoucherByID :one
select organiser_id, voucher_id, number, client_id, person_id, service_id, mode, provider_id, valid_from, valid_to, state,
  closed_from, close_reason, rulebook_id, own_share_forbidden, decision_id, sheet_document_id, sheet_given_at, sheet_channel,
  answered_at, answered_by, answer_channel, granted_at, granted_by, contact, row_version
from voucher
where organiser_id = @organiser_id and voucher_id = @voucher_id;

-- name: VoucherByNumber :one
select organiser_id, voucher_id, number, client_id, person_id, service_id, mode, provider_id, valid_from, valid_to, state,
  closed_from, close_reason, rulebook_id, own_share_forbidden, decision_id, sheet_document_id, sheet_given_at, sheet_channel,
  answered_at, answered_by, answer_channel, granted_at, granted_by, contact, row_version
from voucher
where organiser_id = @organiser_id and number = @number;

-- name: VouchersOfClient :many
select organiser_id, voucher_id, number, client_id, person_id, service_id, mode, provider_id, valid_from, valid_to, state,
  closed_from, close_reason, rulebook_id, own_share_forbidden, decision_id, sheet_document_id, sheet_given_at, sheet_channel,
  answered_at, answered_by, answer_channel, granted_at, granted_by, contact, row_version
from voucher
where organiser_id = @organiser_id and client_id = @client_id
order by valid_from desc, voucher_id desc;

-- name: VouchersOfPerson :many
-- The person's own view over all organisers; the person's scope holds under it.
select organiser_id, voucher_id, number, client_id, person_id, service_id, mode, provider_id, valid_from, valid_to, state,
  closed_from, close_reason, rulebook_id, own_share_forbidden, decision_id, sheet_document_id, sheet_given_at, sheet_channel,
  answered_at, answered_by, answer_channel, granted_at, granted_by, contact, row_version
from voucher
where person_id = @person_id
order by valid_from desc, voucher_id desc;

-- name: VouchersWaiting :many
-- The caseworker's work list: waits says for what. A voucher waits for one thing at a time. An open one waits for a choice again when
-- the last reservation of a content ends before the voucher does: the client or the provider ended it, or the provider's approval ended.
-- The last days are gathered once for all: asking voucher by voucher costs over a second in a county with 50,000 open ones.
with served as (
  select r.voucher_id, r.line_id, max(r.valid_to) as last
  from reservation r
  where r.organiser_id = @organiser_id and r.state = 'valid'
  group by r.voucher_id, r.line_id),
shortest as (select s.voucher_id, min(s.last) as last from served s group by s.voucher_id),
live as (
  select v.organiser_id, v.voucher_id, v.number, v.client_id, v.person_id, v.service_id, v.mode, v.valid_from, v.valid_to, v.state,
    v.sheet_given_at, v.answered_at, v.granted_at, v.state = 'open' and coalesce(h.last < v.valid_to, false) as unserved
  from voucher v left join shortest h on h.voucher_id = v.voucher_id
  where v.organiser_id = @organiser_id and v.state in ('granted', 'open') and v.valid_to > @today::date
    and v.service_id = any(@services::bigint[])),
open as (
  select l.organiser_id, l.voucher_id, l.number, l.client_id, l.person_id, l.service_id, l.valid_from, l.valid_to,
    case when l.unserved then 'choice'
         when l.state = 'open' then 'renewal'
         when l.sheet_given_at is null then 'sheet'
         when l.answered_at is null then 'answer'
         else 'choice' end as waits,
    case when l.unserved then coalesce((select max(s.at) from voucher_step s where s.organiser_id = l.organiser_id
           and s.voucher_id = l.voucher_id and s.act in ('reservation.ended', 'reservation.left')), l.answered_at, l.granted_at)
         when l.state = 'open' then coalesce(l.answered_at, l.granted_at)
         when l.sheet_given_at is null then l.granted_at
         when l.answered_at is null then l.sheet_given_at
         else l.answered_at end as since
  from live l
  where l.state = 'granted' and l.mode <> 'purchased' or l.unserved or l.valid_to <= @renew_before::date)
select o.voucher_id, o.number, o.client_id, o.person_id, o.service_id, o.valid_from, o.valid_to, o.waits::text as waits, o.since::timestamptz as since,
  c.last_name, c.first_names, c.birth_date
from open o join client c on c.organiser_id = o.organiser_id and c.client_id = o.client_id
where @waits::text = '' or o.waits = @waits
order by o.since, o.voucher_id
limit @batch;

-- name: LinesOf :many
select organiser_id, line_id, voucher_id, person_id, content_id, recurrence, amount_quantity, amount_cents, total_quantity
from voucher_line
where organiser_id = any(@organisers::int[]) and voucher_id = any(@voucher_ids::bigint[])
order by voucher_id, line_id;

-- name: ValuesOf :many
select w.organiser_id, w.line_id, w.valid_from, w.valid_to, w.value_cents, w.fee_cents, w.bands, w.facts, w.explanation
from voucher_value w join voucher_line l on l.organiser_id = w.organiser_id and l.line_id = w.line_id
where w.organiser_id = any(@organisers::int[]) and l.voucher_id = any(@voucher_ids::bigint[]) and w.valid_from < w.valid_to
order by w.line_id, w.valid_from;

-- name: PausesOf :many
select organiser_id, voucher_id, pause_from, pause_to, reason
from voucher_pause
where organiser_id = any(@organisers::int[]) and voucher_id = any(@voucher_ids::bigint[])
order by voucher_id, pause_from;

-- name: StepsOf :many
select step_no, act, at, by_account, by_name, note
from voucher_step
where organiser_id = @organiser_id and voucher_id = @voucher_id
order by step_no desc;

-- name: StepAdd :exec
-- Numbered under the voucher's lock.
insert into voucher_step (organiser_id, voucher_id, step_no, person_id, act, at, by_account, by_name, note)
select @organiser_id::int, @voucher_id::bigint, coalesce(max(s.step_no), 0) + 1, @person_id::bigint, @act::text, @at::timestamptz, @by_account::bigint, @by_name::text, @note::text
from voucher_step s
where s.organiser_id = @organiser_id and s.voucher_id = @voucher_id;

-- name: VoucherDecided :exec
update voucher set decision_id = @decision_id where organiser_id = @organiser_id and voucher_id = @voucher_id;

-- name: VoucherSheet :exec
update voucher set sheet_document_id = @sheet_document_id, sheet_given_at = @sheet_given_at, sheet_channel = @sheet_channel, row_version = row_version + 1
where organiser_id = @organiser_id and voucher_id = @voucher_id;

-- name: VoucherAnswered :exec
update voucher set answered_at = @answered_at, answered_by = @answered_by, answer_channel = @answer_channel, row_version = row_version + 1
where organiser_id = @organiser_id and voucher_id = @voucher_id;

-- name: VoucherState :exec
update voucher set state = @state, closed_from = sqlc.narg(closed_from), close_reason = sqlc.narg(close_reason), row_version = row_version + 1
where organiser_id = @organiser_id and voucher_id = @voucher_id;

-- name: VoucherExtend :exec
update voucher set valid_to = @valid_to, row_version = row_version + 1
where organiser_id = @organiser_id and voucher_id = @voucher_id;

-- name: PauseAdd :exec
insert into voucher_pause (organiser_id, voucher_id, person_id, pause_from, pause_to, reason)
values (@organiser_id, @voucher_id, @person_id, @pause_from, @pause_to, @reason);

-- name: PauseEnd :execrows
update voucher_pause set pause_to = @pause_to
where organiser_id = @organiser_id and voucher_id = @voucher_id and pause_from = @pause_from;

-- name: VoucherTouch :exec
update voucher set row_version = row_version + 1 where organiser_id = @organiser_id and voucher_id = @voucher_id;

-- name: VouchersUnanswered :many
-- Granted, never answered, and the rulebook's time for an answer is over.
select v.voucher_id
from voucher v join rulebook b on b.organiser_id = v.organiser_id and b.rulebook_id = v.rulebook_id
where v.organiser_id = @organiser_id and v.state = 'granted' and v.mode <> 'purchased' and v.answered_at is null
  and coalesce((b.rules ->> 'lapse_days')::int, 0) > 0
  and (v.granted_at at time zone 'Europe/Helsinki')::date + (b.rules ->> 'lapse_days')::int < @today::date
order by v.voucher_id
limit @most;

-- name: IsPurse :one
-- Whether the voucher is a euro balance (package purse), whose one line has no value of its own to change.
select exists (select from purse where organiser_id = @organiser_id and voucher_id = @voucher_id);
