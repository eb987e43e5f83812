-- name: ReservationAdd :one
insert into reservation (organiser_id, voucher_id, line_id, person_id, client_id, provider_id, unit_id, valid_from, valid_to, state,
  plan, made_by, made_by_side, made_at, terms_accepted)
values (@organiser_id, @voucher_id, @line_id, @person_id, @client_id, @provider_id, @unit_id, @valid_from, @valid_to, 'valid',
  @plan, @made_by, @made_by_side, @made_at, true)
returning reservation_id;

-- name: ReservationByID :one
select organiser_id, reservation_id, voucher_id, line_id, person_id, client_id, provider_id, unit_id, valid_from, valid_to, state,
  plan, made_by, made_by_side, made_at, end_reason, ended_by, row_version
from reservation
where organiser_id = @organiser_id and reservation_id = @reservation_id;

-- name: ReservationsOfVoucher :many
select r.organiser_id, r.reservation_id, r.voucher_id, r.line_id, r.person_id, r.client_id, r.provider_id, r.unit_id, r.valid_from, r.valid_to, r.state,
  r.plan, r.made_by, r.made_by_side, r.made_at, r.end_reason, r.ended_by, r.row_version, l.content_id, u.name as unit_name, p.name as provider_name
from reservation r
join voucher_line l on l.organiser_id = r.organiser_id and l.line_id = r.line_id
join unit u on u.unit_id = r.unit_id join provider p on p.provider_id = r.provider_id
where r.organiser_id = @organiser_id and r.voucher_id = @voucher_id
order by r.valid_from desc, r.reservation_id desc;

-- name: ReservationsOfProvider :many
-- Under the provider's scope: the row and public facts only. The lines and the client are read under each organiser's scope.
select r.organiser_id, r.reservation_id, r.voucher_id, r.line_id, r.person_id, r.client_id, r.provider_id, r.unit_id, r.valid_from, r.valid_to, r.state,
  r.plan, r.made_by, r.made_by_side, r.made_at, r.end_reason, r.ended_by, r.row_version, u.name as unit_name
from reservation r join unit u on u.unit_id = r.unit_id
where r.provider_id = @provider_id and (not @only_valid::bool or r.state = 'valid' and r.valid_to > @today::date)
  and (cardinality(@units::bigint[]) = 0 or r.unit_id = any(@units::bigint[]))
  and (r.organiser_id, r.reservation_id) > (@after_organiser::int, @after_reservation::bigint)
order by r.organiser_id, r.reservation_id
limit @batch;

-- name: ReservedAt :many
-- What a provider needs to know of reservations in one organiser, in that organiser's scope.
select r.reservation_id, r.voucher_id, r.line_id, v.number, v.service_id, v.state as voucher_state, v.closed_from, v.valid_from as voucher_from, v.valid_to as voucher_to,
  l.content_id, l.recurrence, l.amount_quantity, l.amount_cents, l.total_quantity, c.client_id, c.person_id, c.last_name, c.first_names, c.birth_date, c.language
from reservation r
join voucher v on v.organiser_id = r.organiser_id and v.voucher_id = r.voucher_id
join voucher_line l on l.organiser_id = r.organiser_id and l.line_id = r.line_id
join client c on c.organiser_id = r.organiser_id and c.client_id = r.client_id
where r.organiser_id = @organiser_id and r.provider_id = @provider_id and r.reservation_id = any(@reservation_ids::bigint[])
order by r.reservation_id;

-- name: ReservationEnd :execrows
update reservation set valid_to = @valid_to, end_reason = @end_reason, ended_by = @ended_by, row_version = row_version + 1
where organiser_id = @organiser_id and reservation_id = @reservation_id and row_version = @row_version and state = 'valid';

-- name: ReservationCancel :execrows
update reservation set state = 'cancelled', end_reason = @end_reason, ended_by = @ended_by, row_version = row_version + 1
where organiser_id = @organiser_id and reservation_id = @reservation_id and row_version = @row_version and state = 'valid';

-- name: ReservationsCut :many
-- The voucher ends: what has begun ends with it, what has not is cancelled.
update reservation set
  state = case when valid_from >= @day::date then 'cancelled' else state end,
  valid_to = case when valid_from >= @day::date then valid_to else @day::date end,
  end_reason = @end_reason, ended_by = @ended_by, row_version = row_version + 1
where organiser_id = @organiser_id and voucher_id = @voucher_id and state = 'valid' and valid_to > @day::date
returning reservation_id, provider_id;

-- name: ReservationsValid :one
select count(*) from reservation where organiser_id = @organiser_id and voucher_id = @voucher_id and state = 'valid';

-- name: ChoicesOn :many
-- Who may serve the contents on a day and at what price: approved, not suspended, with an approved price. Public facts (569/2009, 4 §).
-- In the order of names; the faces choose another order for comparing.
select a.provider_id, a.unit_id, p.name as provider_name, u.name as unit_name, u.address_line, u.postcode, u.city, u.municipality, u.phone, u.email,
  u.languages, u.areas, x.content_id, x.price_cents, a.valid_to as approved_to, a.end_kind, x.valid_to as price_to
from approval a
join unit u on u.unit_id = a.unit_id and u.active
join provider p on p.provider_id = a.provider_id and (p.ended_on is null or p.ended_on > @day::date)
join price x on x.organiser_id = a.organiser_id and x.unit_id = a.unit_id and x.content_id = any(@contents::bigint[])
  and x.state = 'approved' and x.valid_from <= @day::date and x.valid_to > @day::date
where a.organiser_id = @organiser_id and a.service_id = @service_id and a.valid_from <= @day::date and a.valid_to > @day::date
  and (@unit_id::bigint = 0 or a.unit_id = @unit_id)
  and not exists (select from approval_suspension s where s.organiser_id = a.organiser_id and s.approval_id = a.approval_id
    and s.suspended_from <= @day::date and s.suspended_to > @day::date)
order by p.name, u.name, a.unit_id, x.content_id;

-- name: ApprovedOn :many
-- Whether the unit's approval rests on the day; no row when there is no approval.
select exists (select from approval_suspension s where s.organiser_id = a.organiser_id and s.approval_id = a.approval_id
  and s.suspended_from <= @day::date and s.suspended_to > @day::date) as suspended
from approval a
where a.organiser_id = @organiser_id and a.service_id = @service_id and a.unit_id = @unit_id
  and a.valid_from <= @day::date and a.valid_to > @day::date;
