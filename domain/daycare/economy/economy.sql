-- name: CostAdd :one
insert into daycare_cost (organiser_id, form, valid_from, valid_to, staff_cents, premises_cents, meals_cents, materials_cents, administration_cents, central_cents, contract_cents,
  fees_cents, over_months, under_months, care_hours, ending_percent, allocation, source, source_date, entered_at, entered_by)
values (@organiser_id, @form, @valid_from, @valid_to, @staff_cents, @premises_cents, @meals_cents, @materials_cents, @administration_cents, @central_cents, @contract_cents,
  @fees_cents, @over_months, @under_months, @care_hours, @ending_percent, @allocation, @source, @source_date, @entered_at, @entered_by)
returning cost_id;

-- name: CostVoid :execrows
update daycare_cost set voided_at = @voided_at::timestamptz, row_version = row_version + 1
where organiser_id = @organiser_id and cost_id = @cost_id and row_version = @row_version and voided_at is null;

-- name: CostList :many
select cost_id, row_version, form, valid_from, valid_to, staff_cents, premises_cents, meals_cents, materials_cents, administration_cents, central_cents, contract_cents,
  fees_cents, over_months, under_months, care_hours, ending_percent, allocation, source, source_date, entered_at, entered_by
from daycare_cost
where organiser_id = @organiser_id and voided_at is null
order by valid_from desc, form;

-- name: AssumptionsAdd :exec
insert into daycare_economy (organiser_id, entry_no, assumptions, source, source_date, entered_at, entered_by)
select @organiser_id, 1 + coalesce((select max(e.entry_no) from daycare_economy e where e.organiser_id = @organiser_id), 0), @assumptions, @source, @source_date, @entered_at, @entered_by;

-- name: AssumptionsNow :one
select assumptions, source, source_date, entered_at, entered_by from daycare_economy where organiser_id = @organiser_id order by entry_no desc limit 1;

-- name: VoucherMonths :many
-- Rows of the days themselves, whenever they were closed: a refund takes its days away again. Days that are paid after notice are money
-- without care, and so are their refunds and corrections.
select d.option_code, d.under_three, r.month_days,
  sum(case when r.notice then 0 when r.kind = 'REFUND' then -r.days else r.days end)::bigint as days,
  sum(r.row_cents)::bigint as paid_cents, count(*) as row_count, count(*) filter (where r.kind = 'CORRECTION') as corrections
from daycare_month_row r
join (select b.organiser_id, b.value_decision_id, coalesce(b.basis::jsonb #>> '{draft,Option}', '')::text as option_code, coalesce((b.basis::jsonb #>> '{draft,UnderThree}')::bool, false)::bool as under_three
  from daycare_decision_basis b where b.organiser_id = @organiser_id) d on d.organiser_id = r.organiser_id and d.value_decision_id = r.value_decision_id
where r.organiser_id = @organiser_id and r.valid_from >= @from_day and r.valid_from < @to_day
group by d.option_code, d.under_three, r.month_days
order by d.option_code, d.under_three, r.month_days;

-- name: VoucherParts :many
-- The same days parted four ways; children are told of each part, so that few are not told apart.
with r as (
  select m.child_id, coalesce(b.basis::jsonb #>> '{draft,Option}', '')::text as option_code, coalesce((b.basis::jsonb #>> '{draft,UnderThree}')::bool, false)::bool as under_three,
    case when u.postcode = '' then '' else trim(u.postcode || ' ' || u.city) end as area, date_trunc('month', m.valid_from)::date::text as month, m.month_days,
    case when m.notice then 0 when m.kind = 'REFUND' then -m.days else m.days end as days, m.row_cents
  from daycare_month_row m
  join daycare_decision_basis b on b.organiser_id = m.organiser_id and b.value_decision_id = m.value_decision_id
  join unit u on u.unit_id = m.unit_id
  where m.organiser_id = @organiser_id and m.valid_from >= @from_day and m.valid_from < @to_day),
parted as (
  select w.way, case w.way when 'age' then (case when r.under_three then 'under' else 'over' end) when 'option' then r.option_code when 'area' then r.area else r.month end as key, r.child_id, r.option_code, r.under_three, r.month_days, r.days, r.row_cents
  from r cross join unnest(array['age', 'option', 'area', 'month']) as w(way)),
counted as (select way, key, count(distinct child_id) as children from parted group by way, key)
select p.way::text as way, p.key::text as key, c.children, p.option_code, p.under_three, p.month_days::bigint as month_days, sum(p.days)::bigint as days, sum(p.row_cents)::bigint as paid_cents
from parted p join counted c on c.way = p.way and c.key = p.key
group by p.way, p.key, c.children, p.option_code, p.under_three, p.month_days
order by p.way, p.key, p.option_code, p.under_three, p.month_days;

-- name: DecisionsOn :many
select d.provider_id, u.postcode, u.city, d.value_cents, d.own_cents, d.payable_cents, coalesce((b.basis::jsonb ->> 'family_cents')::bigint, 0)::bigint as family_cents,
  (coalesce(b.basis::jsonb #>> '{draft,Partner}', '') <> '')::bool as partner, coalesce((b.basis::jsonb #>> '{draft,FamilySize}')::int, 0)::int as family_size,
  coalesce(b.basis::jsonb #>> '{draft,AdultIncomes}', '[]')::text as incomes
from daycare_decision d
join daycare_decision_basis b on b.organiser_id = d.organiser_id and b.value_decision_id = d.value_decision_id
join unit u on u.unit_id = d.unit_id
left join lateral (select x.valid_to from daycare_decision_end x where x.organiser_id = d.organiser_id and x.value_decision_id = d.value_decision_id order by x.end_no desc limit 1) e on true
where d.organiser_id = @organiser_id and d.valid_from <= @day and coalesce(e.valid_to, d.valid_to) > @day
order by d.value_decision_id;

-- name: PricesOn :many
-- What units ask on a day, beside what the service need has.
with held as (
  select distinct on (p.unit_id, p.option_code) p.unit_id, p.option_code, p.price_over_cents, p.price_under_cents, p.surcharge_cents
  from daycare_price p
  where p.organiser_id = @organiser_id and p.valid_from <= @day::date
  order by p.unit_id, p.option_code, p.valid_from desc, p.entry_no desc)
select option_code, price_over_cents, price_under_cents, surcharge_cents from held order by option_code, unit_id;

-- name: ForecastAdd :exec
insert into daycare_forecast (organiser_id, entry_no, forecast, source, source_date, entered_at, entered_by)
select @organiser_id, 1 + coalesce((select max(f.entry_no) from daycare_forecast f where f.organiser_id = @organiser_id), 0), @forecast, @source, @source_date, @entered_at, @entered_by;

-- name: ForecastNow :one
select forecast, source, source_date, entered_at, entered_by from daycare_forecast where organiser_id = @organiser_id order by entry_no desc limit 1;

-- name: PlacesByArea :many
select d.way, u.postcode, sum(c.under_places)::bigint as under_places, sum(c.over_places)::bigint as over_places
from daycare_capacity c
join daycare_unit d on d.organiser_id = c.organiser_id and d.unit_id = c.unit_id
join unit u on u.unit_id = c.unit_id
where c.organiser_id = @organiser_id and c.voided_at is null and c.valid_from <= @day::date and c.valid_to > @day::date
group by d.way, u.postcode
order by d.way, u.postcode;
