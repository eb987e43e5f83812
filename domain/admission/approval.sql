-- name: ApprovalAdd :one
insert into approval (organiser_id, provider_id, service_id, unit_id, application_id, decision_id, valid_from, valid_to, contract_number, conditions)
values (@organiser_id, @provider_id, @service_id, @unit_id, @application_id, @decision_id, @valid_from, @valid_to, @contract_number, @conditions)
returning approval_id;

-- name: ApprovalGet :one
select organiser_id, approval_id, provider_id, service_id, unit_id, application_id, decision_id, valid_from, valid_to, contract_number,
  conditions, end_kind, end_reason, end_decision_id, row_version
from approval
where organiser_id = @organiser_id and approval_id = @approval_id;

-- name: ApprovalsLock :many
-- Ends, suspensions and price decisions of a unit queue on its approval row; in the order of ids, so that two who end several never wait for each other.
select organiser_id, approval_id, provider_id, service_id, unit_id, application_id, decision_id, valid_from, valid_to, contract_number,
  conditions, end_kind, end_reason, end_decision_id, row_version
from approval
where organiser_id = @organiser_id and approval_id = any(@approval_ids::bigint[])
order by approval_id
for update;

-- name: ApprovalsOfUnits :many
-- Locked, because a second application may widen the first at the same time.
select organiser_id, approval_id, provider_id, service_id, unit_id, application_id, decision_id, valid_from, valid_to, contract_number,
  conditions, end_kind, end_reason, end_decision_id, row_version
from approval
where organiser_id = @organiser_id and service_id = @service_id and unit_id = any(@unit_ids::bigint[]) and valid_to > @day
order by approval_id
for update;

-- name: ApprovalsRunningOut :many
-- Approvals for a fixed time that nothing has ended yet; continued: another approval of the unit begins when this one ends.
select a.approval_id, exists (select from approval o where o.organiser_id = a.organiser_id and o.service_id = a.service_id and o.unit_id = a.unit_id
  and o.approval_id <> a.approval_id and o.valid_from <= a.valid_to and o.valid_to > a.valid_to) as continued
from approval a
where a.organiser_id = @organiser_id and a.end_kind is null and a.valid_to <= @until::date
order by a.approval_id
for update of a;

-- name: ApprovalEnd :exec
update approval set valid_to = @valid_to, end_kind = @end_kind, end_reason = @end_reason, end_decision_id = sqlc.narg('end_decision_id'),
  row_version = row_version + 1
where organiser_id = @organiser_id and approval_id = any(@approval_ids::bigint[]);

-- name: ApprovalsAt :many
-- What may be chosen and reserved on a day: valid and not suspended. Public (569/2009, 4 §).
select a.organiser_id, a.approval_id, a.provider_id, a.service_id, a.unit_id, a.application_id, a.decision_id, a.valid_from, a.valid_to,
  a.contract_number, a.conditions, a.end_kind, a.end_reason, a.end_decision_id, a.row_version
from approval a
where a.organiser_id = @organiser_id and (@service_id::bigint = 0 or a.service_id = @service_id)
  and a.valid_from <= @day and a.valid_to > @day
  and not exists (select from approval_suspension s where s.organiser_id = @organiser_id and s.approval_id = a.approval_id
    and s.suspended_from <= @day and s.suspended_to > @day)
order by a.service_id, a.unit_id;

-- name: ApprovalsList :many
-- For the pages of one organiser or one provider: ended ones too.
select organiser_id, approval_id, provider_id, service_id, unit_id, application_id, decision_id, valid_from, valid_to, contract_number,
  conditions, end_kind, end_reason, end_decision_id, row_version
from approval
where (@organiser_id::int = 0 or organiser_id = @organiser_id) and (@provider_id::bigint = 0 or provider_id = @provider_id)
  and (@service_id::bigint = 0 or service_id = @service_id)
order by valid_to desc, organiser_id, service_id, unit_id;

-- name: SuspensionAdd :exec
insert into approval_suspension (organiser_id, approval_id, provider_id, suspended_from, suspended_to, reason, notified_at, set_by)
values (@organiser_id, @approval_id, @provider_id, @suspended_from, @suspended_to, @reason, @notified_at, @set_by);

-- name: SuspensionEnd :execrows
update approval_suspension set suspended_to = @suspended_to
where organiser_id = @organiser_id and approval_id = @approval_id and suspended_from < @suspended_to and suspended_to > @suspended_to;

-- name: SuspensionsOf :many
select organiser_id, approval_id, provider_id, suspended_from, suspended_to, reason, notified_at, set_by
from approval_suspension
where organiser_id = any(@organiser_ids::int[]) and approval_id = any(@approval_ids::bigint[])
order by approval_id, suspended_from;

-- name: PriceAdd :one
insert into price (organiser_id, provider_id, unit_id, content_id, price_cents, valid_from, valid_to, vat_code, note, state,
  proposed_at, proposed_by, decided_at, decided_by)
values (@organiser_id, @provider_id, @unit_id, @content_id, @price_cents, @valid_from, @valid_to, @vat_code, @note, @state,
  @proposed_at, @proposed_by, sqlc.narg('decided_at'), sqlc.narg('decided_by'))
returning price_id;

-- name: PricesLock :many
-- All live rows of one content in one unit: the approved list and what is proposed. Callers hold the unit's approval row.
select organiser_id, price_id, provider_id, unit_id, content_id, price_cents, valid_from, valid_to, vat_code, note, state,
  proposed_at, proposed_by, decided_at, decided_by, decided_reason, row_version
from price
where organiser_id = @organiser_id and unit_id = @unit_id and content_id = @content_id and state in ('approved', 'proposed')
order by valid_from, price_id
for update;

-- name: PriceGet :one
select organiser_id, price_id, provider_id, unit_id, content_id, price_cents, valid_from, valid_to, vat_code, note, state,
  proposed_at, proposed_by, decided_at, decided_by, decided_reason, row_version
from price
where organiser_id = @organiser_id and price_id = @price_id;

-- name: PriceClose :exec
-- A price that has been in force is never changed: it ends where the next begins.
update price set valid_to = @valid_to, row_version = row_version + 1
where organiser_id = @organiser_id and price_id = @price_id;

-- name: PriceDecide :exec
update price set state = @state, decided_at = @decided_at, decided_by = @decided_by, decided_reason = @decided_reason, row_version = row_version + 1
where organiser_id = @organiser_id and price_id = @price_id;

-- name: PricesAt :many
select organiser_id, price_id, provider_id, unit_id, content_id, price_cents, valid_from, valid_to, vat_code, note, state,
  proposed_at, proposed_by, decided_at, decided_by, decided_reason, row_version
from price
where organiser_id = @organiser_id and state = 'approved' and valid_from <= @day and valid_to > @day
  and (cardinality(@unit_ids::bigint[]) = 0 or unit_id = any(@unit_ids))
order by unit_id, content_id;

-- name: PriceList :many
-- The whole list of a provider with history and proposals, for its own page and the organiser's.
select organiser_id, price_id, provider_id, unit_id, content_id, price_cents, valid_from, valid_to, vat_code, note, state,
  proposed_at, proposed_by, decided_at, decided_by, decided_reason, row_version
from price
where (@organiser_id::int = 0 or organiser_id = @organiser_id) and provider_id = @provider_id
order by organiser_id, unit_id, content_id, valid_from desc, price_id desc;

-- name: Proposals :many
select organiser_id, price_id, provider_id, unit_id, content_id, price_cents, valid_from, valid_to, vat_code, note, state,
  proposed_at, proposed_by, decided_at, decided_by, decided_reason, row_version
from price
where organiser_id = @organiser_id and state = 'proposed'
order by proposed_at, price_id limit @batch;

-- name: ApprovalTouch :exec
-- A suspension changes how the approval stands: who saw the old version must look again.
update approval set row_version = row_version + 1 where organiser_id = @organiser_id and approval_id = @approval_id;
