-- name: OrderAdd :one
insert into purchase_order (organiser_id, number, voucher_id, provider_id, unit_id, kind, contract_number, ground, state, ordered_at, ordered_by)
values (@organiser_id, @number, @voucher_id, @provider_id, @unit_id, @kind, @contract_number, @ground, 'ordered', @ordered_at, @ordered_by)
returning order_id;

-- name: OrderLock :one
-- Two people of the provider may answer at once: the second waits here and then finds the order answered.
select organiser_id, order_id, number, voucher_id, provider_id, unit_id, kind, contract_number, ground, state, ordered_at, ordered_by,
  answered_at, answered_by, answer_note, row_version, ended_why, ended_from
from purchase_order
where organiser_id = @organiser_id and order_id = @order_id
for update;

-- name: OrderByID :one
select organiser_id, order_id, number, voucher_id, provider_id, unit_id, kind, contract_number, ground, state, ordered_at, ordered_by,
  answered_at, answered_by, answer_note, row_version, ended_why, ended_from
from purchase_order
where organiser_id = @organiser_id and order_id = @order_id;

-- name: OrderOfVoucher :one
select organiser_id, order_id, number, voucher_id, provider_id, unit_id, kind, contract_number, ground, state, ordered_at, ordered_by,
  answered_at, answered_by, answer_note, row_version, ended_why, ended_from
from purchase_order
where organiser_id = @organiser_id and voucher_id = @voucher_id
order by order_id desc
limit 1;

-- name: OrdersOfProvider :many
-- Under the provider's scope.
select organiser_id, order_id, number, voucher_id, provider_id, unit_id, kind, contract_number, ground, state, ordered_at, ordered_by,
  answered_at, answered_by, answer_note, row_version, ended_why, ended_from
from purchase_order
where provider_id = @provider_id
order by (state = 'ordered') desc, ordered_at desc, order_id desc
limit @batch;

-- name: OrdersWaiting :many
-- Orders without an answer, refusals, and orders whose provider's approval ended as long as the client has no new one.
select o.organiser_id, o.order_id, o.number, o.voucher_id, o.provider_id, o.unit_id, o.state, o.ordered_at, o.answered_at, o.answer_note, o.ended_why, o.ended_from,
  p.name as provider_name, c.client_id, c.person_id, c.last_name, c.first_names, c.birth_date, v.service_id
from purchase_order o
join voucher v on v.organiser_id = o.organiser_id and v.voucher_id = o.voucher_id
join client c on c.organiser_id = v.organiser_id and c.client_id = v.client_id
join provider p on p.provider_id = o.provider_id
where o.organiser_id = @organiser_id and v.service_id = any(@services::bigint[])
  and (o.state = 'ordered' or o.state = 'declined' and o.answered_at > @declined_since::timestamptz
    or o.state = 'ended' and o.ended_why <> '' and o.ended_from > @ended_since::date
      and not exists (select from purchase_order p2 join voucher v2 on v2.organiser_id = p2.organiser_id and v2.voucher_id = p2.voucher_id
        where p2.organiser_id = @organiser_id and p2.ordered_at >= o.ordered_at and p2.order_id <> o.order_id and p2.state <> 'declined'
          and v2.client_id = v.client_id and v2.service_id = v.service_id))
order by o.ordered_at, o.order_id
limit @batch;

-- name: OrderState :execrows
update purchase_order set state = @state, answered_at = @answered_at, answered_by = @answered_by, answer_note = @answer_note, row_version = row_version + 1
where organiser_id = @organiser_id and order_id = @order_id and row_version = @row_version;

-- name: OrdersUnder :many
-- Live orders that an approval carried beyond its end; what another approval of the same unit carries then is left out.
select o.order_id, v.valid_from, a.valid_to as approved_to, coalesce(a.end_kind, '')::text as end_kind
from approval a
join purchase_order o on o.organiser_id = a.organiser_id and o.provider_id = a.provider_id and o.unit_id = a.unit_id and o.state in ('ordered', 'confirmed')
join voucher v on v.organiser_id = o.organiser_id and v.voucher_id = o.voucher_id and v.service_id = a.service_id and v.valid_to > a.valid_to
where a.organiser_id = @organiser_id and a.approval_id = @approval_id
  and not exists (select from approval b where b.organiser_id = a.organiser_id and b.service_id = a.service_id and b.unit_id = a.unit_id
    and b.approval_id <> a.approval_id and b.valid_from <= a.valid_to and b.valid_to > a.valid_to)
order by o.order_id;

-- name: OrderEndWhy :exec
update purchase_order set ended_why = @ended_why, ended_from = @ended_from, row_version = row_version + 1
where organiser_id = @organiser_id and order_id = @order_id;

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
