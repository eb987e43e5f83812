-- name: RecordingVouchers :many
-- Shared lock: a close, a pause or an annulment of these vouchers waits until the events are in, and we wait for it. In key order.
select v.voucher_id, v.number, v.client_id, v.person_id, v.service_id, v.mode, v.valid_from, v.valid_to, v.state, v.closed_from, v.close_reason,
  v.rulebook_id, v.own_share_forbidden, c.birth_date
from voucher v
join client c on c.organiser_id = v.organiser_id and c.client_id = v.client_id
where v.organiser_id = @organiser_id and v.number = any(@numbers::text[])
order by v.voucher_id
for share of v;

-- name: RecordingLines :many
select l.voucher_id, l.line_id, l.content_id, l.recurrence, l.amount_quantity, l.amount_cents, l.total_quantity, c.code, c.unit
from voucher_line l
join content c on c.organiser_id = l.organiser_id and c.content_id = l.content_id
where l.organiser_id = @organiser_id and l.voucher_id = any(@vouchers::bigint[])
order by l.voucher_id, l.line_id;

-- name: RecordingValues :many
select w.line_id, w.valid_from, w.valid_to, w.value_cents, w.fee_cents, w.bands
from voucher_value w
join voucher_line l on l.organiser_id = w.organiser_id and l.line_id = w.line_id
where w.organiser_id = @organiser_id and l.voucher_id = any(@vouchers::bigint[])
order by w.line_id, w.valid_from;

-- name: RecordingPauses :many
select voucher_id, pause_from, pause_to
from voucher_pause
where organiser_id = @organiser_id and voucher_id = any(@vouchers::bigint[])
order by voucher_id, pause_from;

-- name: RecordingReservations :many
select reservation_id, voucher_id, line_id, provider_id, unit_id, valid_from, valid_to
from reservation
where organiser_id = @organiser_id and voucher_id = any(@vouchers::bigint[]) and provider_id = any(@providers::bigint[]) and state = 'valid'
order by voucher_id, reservation_id;
