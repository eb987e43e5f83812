-- name: OrderAdd :one
insert into purchase_order (organiser_id, number, voucher_id, provider_id, unit_id, kind, contract_number, ground, state, ordered_at, ordered_by)
values (@organiser_id, @number, @voucher_id, @provider_id, @unit_id, @kind, @contract_number, @ground, 'ordered', @ordered_at, @ordered_by)
returning order_id;

-- name: OrderLock :one
-- Two people of the provider may answer at once: the second waits here and then finds the order answered.
select organiser_id, order_id, number, voucher_id, provider_id, unit_id, kind, contract_number, ground, state, ordered_at, ordered_by,
  answered_at, answered_by, answer_note, row_version
from purchase_order
where organiser_id = @organiser_id and order_id = @order_id
for update;

-- name: OrderByID :one
select organiser_id, order_id, number, voucher_id, provider_id, unit_id, kind, contract_number, ground, state, ordered_at, ordered_by,
  answered_at, answered_by, answer_note, row_version
from purchase_order
where organiser_id = @organiser_id and order_id = @order_id;

-- name: OrderOfVoucher :one
select organiser_id, order_id, number, voucher_id, provider_id, unit_id, kind, contract_number, ground, state, ordered_at, ordered_by,
  answered_at, answered_by, answer_note, row_version
from purchase_order
where organiser_id = @organiser_id and voucher_id = @voucher_id
order by order_id desc
limit 1;

-- name: OrdersOfProvider :many
-- Under the provider's scope.
select organiser_id, order_id, number, voucher_id, provider_id, unit_id, kind, contract_number, ground, state, ordered_at, ordered_by,
  answered_at, answered_by, answer_note, row_version
from purchase_order
where provider_id = @provider_id
order by (state = 'ordered') desc, ordered_at desc, order_id desc
limit @batch;

-- name: OrdersWaiting :many
-- Orders without an answer and refusals whose client is still without a provider.
select o.organiser_id, o.order_id, o.number, o.voucher_id, o.provider_id, o.unit_id, o.state, o.ordered_at, o.answered_at, o.answer_note,
  p.name as provider_name, c.client_id, c.person_id, c.last_name, c.first_names, c.birth_date, v.service_id
from purchase_order o
join voucher v on v.organiser_id = o.organiser_id and v.voucher_id = o.voucher_id
join client c on c.organiser_id = v.organiser_id and c.client_id = v.client_id
join provider p on p.provider_id = o.provider_id
where o.organiser_id = @organiser_id and v.service_id = any(@services::bigint[])
  and (o.state = 'ordered' or o.state = 'declined' and o.answered_at > @declined_since::timestamptz)
order by o.ordered_at, o.order_id
limit @batch;

-- name: OrderState :execrows
update purchase_order set state = @state, answered_at = @answered_at, answered_by = @answered_by, answer_note = @answer_note, row_version = row_version + 1
where organiser_id = @organiser_id and order_id = @order_id and row_version = @row_version;

-- name: Orderable :many
-- The unit's approval for the service on a day, unless it rests.
select a.provider_id, a.contract_number
from approval a
where a.organiser_id = @organiser_id and a.service_id = @service_id and a.unit_id = @unit_id and a.valid_from <= @day::date and a.valid_to > @day::date
  and not exists (select from approval_suspension s where s.organiser_id = a.organiser_id and s.approval_id = a.approval_id
    and s.suspended_from <= @day::date and s.suspended_to > @day::date);

-- name: ContractPrices :many
select content_id, price_cents, valid_from, valid_to
from price
where organiser_id = @organiser_id and unit_id = @unit_id and content_id = any(@contents::bigint[]) and state = 'approved'
  and valid_from < @period_to::date and valid_to > @period_from::date
order by content_id, valid_from;

-- name: OrderStart :one
select valid_from from voucher where organiser_id = @organiser_id and voucher_id = @voucher_id;

-- name: OrdersServed :many
-- What a provider needs to know of orders made to it, in the organiser's scope. Whoever has declined an order needs nothing more.
select o.order_id, o.provider_id, v.number, v.service_id, v.valid_from, v.valid_to, v.closed_from, c.client_id, c.person_id, c.last_name, c.first_names, c.birth_date, c.language
from purchase_order o
join voucher v on v.organiser_id = o.organiser_id and v.voucher_id = o.voucher_id
join client c on c.organiser_id = v.organiser_id and c.client_id = v.client_id
where o.organiser_id = @organiser_id and o.provider_id = @provider_id and o.order_id = any(@orders::bigint[]) and o.state <> 'declined'
order by o.order_id;

-- name: OrderLines :many
-- Contents of one order with the contract price of its first day.
select l.content_id, l.recurrence, l.amount_quantity, l.amount_cents, l.total_quantity, w.value_cents
from purchase_order o
join voucher_line l on l.organiser_id = o.organiser_id and l.voucher_id = o.voucher_id
join lateral (select x.value_cents from voucher_value x where x.organiser_id = l.organiser_id and x.line_id = l.line_id order by x.valid_from limit 1) w on true
where o.organiser_id = @organiser_id and o.provider_id = @provider_id and o.order_id = @order_id and o.state <> 'declined'
order by l.line_id;
