-- name: ApprovalHold :many
-- A reservation reads the approval under a lock that its end and suspension wait for: either they see the reservation, or it sees them.
select approval_id
from approval
where organiser_id = @organiser_id and service_id = @service_id and unit_id = @unit_id and valid_from <= @day::date and valid_to > @day::date
order by approval_id
for share;

-- name: ApprovalsByID :many
select approval_id, provider_id, service_id, unit_id, valid_to, end_kind
from approval
where organiser_id = @organiser_id and approval_id = any(@approval_ids::bigint[])
order by approval_id;

-- name: Affected :many
-- Reservations that an approval carries on or after the day; in the order of units and names.
select a.approval_id, r.reservation_id, r.voucher_id, r.unit_id, r.valid_from, r.valid_to, u.name as unit_name,
  v.number, v.valid_to as voucher_to, c.client_id, c.person_id, c.last_name, c.first_names
from approval a
join reservation r on r.organiser_id = a.organiser_id and r.provider_id = a.provider_id and r.unit_id = a.unit_id
  and r.state = 'valid' and r.valid_to > @day::date
join voucher v on v.organiser_id = r.organiser_id and v.voucher_id = r.voucher_id and v.service_id = a.service_id
join client c on c.organiser_id = r.organiser_id and c.client_id = r.client_id
join unit u on u.unit_id = r.unit_id
where a.organiser_id = @organiser_id and a.approval_id = any(@approval_ids::bigint[])
order by u.name, c.last_name, c.first_names, r.reservation_id
limit @batch;

-- name: AffectedCount :one
select count(distinct r.client_id)::int as clients, count(distinct r.voucher_id)::int as vouchers
from approval a
join reservation r on r.organiser_id = a.organiser_id and r.provider_id = a.provider_id and r.unit_id = a.unit_id
  and r.state = 'valid' and r.valid_to > @day::date
join voucher v on v.organiser_id = r.organiser_id and v.voucher_id = r.voucher_id and v.service_id = a.service_id
where a.organiser_id = @organiser_id and a.approval_id = any(@approval_ids::bigint[]);

-- name: ReservationsUnder :many
-- What the end or suspension of one approval meets from a day on; what another approval of the same unit carries then is left out.
select r.reservation_id, r.voucher_id, u.name as unit_name
from approval a
join unit u on u.unit_id = a.unit_id
join reservation r on r.organiser_id = a.organiser_id and r.provider_id = a.provider_id and r.unit_id = a.unit_id
  and r.state = 'valid' and r.valid_to > @day::date
join voucher v on v.organiser_id = r.organiser_id and v.voucher_id = r.voucher_id and v.service_id = a.service_id
where a.organiser_id = @organiser_id and a.approval_id = @approval_id
  and not exists (select from approval o where o.organiser_id = a.organiser_id and o.service_id = a.service_id and o.unit_id = a.unit_id
    and o.approval_id <> a.approval_id and o.valid_from <= @day::date and o.valid_to > @day::date)
order by r.voucher_id, r.reservation_id;
