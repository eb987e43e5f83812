-- name: BudgetInsert :execrows
insert into budget (organiser_id, service_id, year, amount_cents, source, set_at, set_by)
values (@organiser_id, @service_id, @year, @amount_cents, @source, @set_at, @set_by)
on conflict do nothing;

-- name: BudgetUpdate :execrows
update budget set amount_cents = @amount_cents, source = @source, set_at = @set_at, set_by = @set_by, row_version = row_version + 1
where organiser_id = @organiser_id and service_id = @service_id and year = @year and row_version = @row_version;

-- name: BudgetList :many
select service_id, year, amount_cents, source, set_at, set_by, row_version
from budget
where organiser_id = @organiser_id and year = @year
order by service_id;

-- name: BudgetPut :many
-- A whole file in one statement; lines that change nothing are left alone and not returned.
insert into budget (organiser_id, service_id, year, amount_cents, source, set_at, set_by)
select @organiser_id::int, unnest(@services::bigint[]), unnest(@years::int[]), unnest(@amounts::bigint[]), @source::text, @set_at::timestamptz, @set_by::text
on conflict (organiser_id, service_id, year) do update
  set amount_cents = excluded.amount_cents, source = excluded.source, set_at = excluded.set_at, set_by = excluded.set_by,
      row_version = budget.row_version + 1
  where budget.amount_cents <> excluded.amount_cents
returning service_id, year;
