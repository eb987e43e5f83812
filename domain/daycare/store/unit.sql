-- name: PlacesGivenUp :many
-- Places of vouchers of which notice was given, with what the rest of the notice time may pay.
select p.child_id, p.unit_id, p.notice_on::date as notice_on, p.valid_to, p.refilled_on
from daycare_placement p
where p.organiser_id = @organiser_id and p.notice_on is not null and p.voucher and p.voided_at is null
order by p.placement_id;

-- name: PlacementOne :one
-- One place with its child, for whoever tells of it; another provider's is for the use case to refuse.
select p.placement_id, p.child_id, p.unit_id, p.provider_id, p.kind, p.voucher, p.valid_from, p.valid_to, p.notice_on, p.notice_by, p.refilled_on, p.row_version,
  u.name as unit_name, c.person_id, c.last_name, c.first_names, c.birth_date
from daycare_placement p
join unit u on u.unit_id = p.unit_id
join client c on c.organiser_id = p.organiser_id and c.client_id = p.child_id
where p.organiser_id = @organiser_id and p.placement_id = @placement_id and p.voided_at is null;

-- name: NoticeGive :execrows
update daycare_placement set notice_on = @notice_on, notice_by = @notice_by, valid_to = @valid_to, row_version = row_version + 1
where organiser_id = @organiser_id and placement_id = @placement_id and row_version = @row_version and voided_at is null;

-- name: RefillTell :execrows
update daycare_placement set refilled_on = @refilled_on, row_version = row_version + 1
where organiser_id = @organiser_id and placement_id = @placement_id and row_version = @row_version and voided_at is null;

-- name: AbsenceAdd :one
insert into daycare_absence (organiser_id, child_id, person_id, unit_id, provider_id, kind, valid_from, valid_to, told_at, told_by)
values (@organiser_id, @child_id, @person_id, @unit_id, @provider_id, @kind, @valid_from, @valid_to, @told_at, @told_by)
returning absence_id;

-- name: AbsenceRemove :execrows
update daycare_absence set voided_at = @voided_at
where organiser_id = @organiser_id and child_id = @child_id and absence_id = @absence_id and voided_at is null;

-- name: AbsencesOf :many
select absence_id, child_id, unit_id, provider_id, kind, valid_from, valid_to, told_at, told_by
from daycare_absence
where organiser_id = @organiser_id and (cardinality(@children::bigint[]) = 0 or child_id = any(@children::bigint[])) and voided_at is null
order by child_id, valid_from;

-- name: OrganisersOfProvider :many
-- Organisers with which the provider has or had an approval, children or statements.
select distinct t.organiser_id
from (select p.organiser_id from daycare_placement p where p.provider_id = @provider_id and p.voided_at is null
  union all select s.organiser_id from daycare_statement s where s.provider_id = @provider_id
  union all select a.organiser_id from approval a where a.provider_id = @provider_id) t
order by t.organiser_id;

-- name: UnitsWithoutAccount :many
-- Units with children on vouchers now or later, or with rows that wait for payment, to which money cannot be paid: no account of the company,
-- nor of the unit where the company bills by unit.
select u.unit_id, u.name as unit_name, p.provider_id, p.name as provider_name,
  (select count(distinct l.child_id) from daycare_placement l where l.organiser_id = @organiser_id and l.unit_id = u.unit_id and l.voucher and l.voided_at is null and l.valid_to > @day)::bigint as children
from unit u
join provider p on p.provider_id = u.provider_id
where (case when p.billing_level = 'unit' then coalesce(u.iban, p.iban) else p.iban end) is null
  and (exists (select 1 from daycare_placement l where l.organiser_id = @organiser_id and l.unit_id = u.unit_id and l.voucher and l.voided_at is null and l.valid_to > @day)
    or exists (select 1 from daycare_statement s where s.organiser_id = @organiser_id and s.unit_id = u.unit_id and s.month >= @since))
order by p.name, u.name, u.unit_id;

-- name: ObjectionsOpen :many
select o.row_id, o.words, o.made_at, o.made_by, r.month, r.unit_id, u.name as unit_name, r.kind, r.notice, r.child_id, r.person_id, c.last_name, c.first_names,
  r.valid_from, r.valid_to, r.row_cents
from daycare_objection o
join daycare_month_row r on r.organiser_id = o.organiser_id and r.row_id = o.row_id
join unit u on u.unit_id = r.unit_id
join client c on c.organiser_id = r.organiser_id and c.client_id = r.child_id
where o.organiser_id = @organiser_id and not exists (select 1 from daycare_objection_answer w where w.organiser_id = o.organiser_id and w.row_id = o.row_id)
order by o.made_at, o.row_id;

-- name: ObjectionCount :one
select count(*) from daycare_objection o
where o.organiser_id = @organiser_id and not exists (select 1 from daycare_objection_answer w where w.organiser_id = o.organiser_id and w.row_id = o.row_id);

-- name: UnitNames :many
select u.unit_id, u.name, p.name as provider_name from unit u join provider p on p.provider_id = u.provider_id where u.unit_id = any(@units::bigint[]) order by u.unit_id;

-- name: DecisionsOfProvider :many
-- Value decisions of the provider's children with the end that holds, without what they were made of.
select d.value_decision_id, d.child_id, d.unit_id, d.valid_from, coalesce(e.valid_to, d.valid_to)::date as valid_to, d.value_cents, d.own_cents, d.payable_cents
from daycare_decision d
left join lateral (select x.valid_to from daycare_decision_end x where x.organiser_id = d.organiser_id and x.value_decision_id = d.value_decision_id order by x.end_no desc limit 1) e on true
where d.organiser_id = @organiser_id and d.provider_id = @provider_id
order by d.child_id, d.valid_from;

-- name: NoticesOf :many
select placement_id, notice_by, refilled_on from daycare_placement
where organiser_id = @organiser_id and child_id = any(@children::bigint[]) and voided_at is null
order by placement_id;

-- name: PlacesOfChildren :many
select p.placement_id, p.child_id, p.unit_id, p.kind, p.valid_from, p.valid_to, p.notice_on, u.name as unit_name, c.last_name, c.first_names, c.birth_date, c.person_id
from daycare_placement p
join unit u on u.unit_id = p.unit_id
join client c on c.organiser_id = p.organiser_id and c.client_id = p.child_id
where p.organiser_id = @organiser_id and p.child_id = any(@children::bigint[]) and p.voucher and p.voided_at is null and p.valid_to > @day
order by c.last_name, c.first_names, p.placement_id;

-- name: DecisionFirst :one
select coalesce(min(valid_from), @day::date)::date as first from daycare_decision where organiser_id = @organiser_id;

-- name: EndingPassed :exec
-- An end that has come, or an earlier one, leaves nothing to do.
delete from daycare_ending where organiser_id = @organiser_id and value_decision_id = @value_decision_id and valid_to >= @valid_to;

-- name: UnitsOfProvider :many
-- Units of the provider that may ask a price of the organiser's early education: approved for its service, or with children in it.
select u.unit_id, u.name
from unit u
where u.provider_id = @provider_id
  and (exists (select 1 from approval a where a.organiser_id = @organiser_id and a.service_id = @service_id and a.unit_id = u.unit_id and a.valid_to > @day)
    or exists (select 1 from daycare_placement l where l.organiser_id = @organiser_id and l.unit_id = u.unit_id and l.voucher and l.voided_at is null and l.valid_to > @day))
order by u.name, u.unit_id;

-- name: ClientsNamed :many
select client_id, person_id, last_name, first_names from client where organiser_id = @organiser_id and client_id = any(@clients::bigint[]) order by client_id;

-- name: ProvidersWithChildren :many
-- Of the providers, those that have children on vouchers now or later: what they owe can be taken off what comes.
select distinct provider_id from daycare_placement
where organiser_id = @organiser_id and provider_id = any(@providers::bigint[]) and voucher and voided_at is null and valid_to > @day
order by provider_id;

-- name: UnitAreas :many
select unit_id, postcode, city from unit where unit_id = any(@units::bigint[]) order by unit_id;

-- name: RowsBehind :many
-- Rows of closed months in the order of posting: months are closed one after the other and each at once, so a greater number is never seen before a smaller one.
select r.row_id, r.month, r.kind, r.notice, r.child_id, r.person_id, coalesce(c.external_ref, '')::text as external_ref, c.last_name, c.first_names, r.unit_id, u.name as unit_name,
  coalesce(u.oid, '')::text as unit_oid, r.value_decision_id, l.number as decision_number, r.valid_from, r.valid_to, r.days, r.month_days, r.value_cents, r.own_cents, r.row_cents,
  coalesce(r.refunds_row, 0)::bigint as refunds_row
from daycare_month_row r
join client c on c.organiser_id = r.organiser_id and c.client_id = r.child_id
join unit u on u.unit_id = r.unit_id
join daycare_decision d on d.organiser_id = r.organiser_id and d.value_decision_id = r.value_decision_id
join decision l on l.organiser_id = d.organiser_id and l.decision_id = d.decision_id
where r.organiser_id = @organiser_id and r.row_id > @after_id and (@month::date = date '1970-01-01' or r.month = @month::date)
order by r.row_id
limit @most;

-- name: MonthsNamed :many
select month, row_count, total_cents, closed_at, closed_by from daycare_month where organiser_id = @organiser_id and month = any(@months::date[]) order by month;

-- name: UnitsPriced :many
-- Units that have told the organiser a price.
select u.unit_id, u.name, u.provider_id, p.name as provider_name, u.address_line, u.city
from unit u
join provider p on p.provider_id = u.provider_id
where exists (select 1 from daycare_price d where d.organiser_id = @organiser_id and d.unit_id = u.unit_id)
order by u.name, u.unit_id;

-- name: UnitOids :many
select unit_id, oid::text as oid from unit where unit_id = any(@units::bigint[]) and oid is not null order by unit_id;

-- name: RowUnits :many
select row_id, unit_id from daycare_month_row where organiser_id = @organiser_id and row_id = any(@rows::bigint[]) order by row_id;
