-- name: ProposalAdd :one
insert into proposal (organiser_id, client_id, person_id, service_id, kind, input, snapshot, amount_cents, reasons, office, contact,
  prepared_by_account, prepared_by, prepared_at, changed_at)
values (@organiser_id, @client_id, @person_id, @service_id, @kind, @input, @snapshot, sqlc.narg('amount_cents'), @reasons, @office, @contact,
  @prepared_by_account, @prepared_by, @at, @at)
returning proposal_id;

-- name: ProposalSave :exec
update proposal
set input = @input, snapshot = @snapshot, amount_cents = sqlc.narg('amount_cents'), reasons = @reasons, office = @office, contact = @contact,
  prepared_by_account = @prepared_by_account, prepared_by = @prepared_by, changed_at = @at, row_version = row_version + 1
where organiser_id = @organiser_id and proposal_id = @proposal_id;

-- name: ProposalState :exec
update proposal
set state = @state, decision_id = sqlc.narg('decision_id'), changed_at = @at, row_version = row_version + 1
where organiser_id = @organiser_id and proposal_id = @proposal_id;

-- name: ProposalLock :one
-- Deciders of one proposal queue here; the second finds it decided.
select organiser_id, proposal_id, client_id, person_id, service_id, kind, input, snapshot, amount_cents, reasons, office, contact, state, decision_id,
  prepared_by_account, prepared_by, prepared_at, changed_at, row_version
from proposal
where organiser_id = @organiser_id and proposal_id = @proposal_id
for update;

-- name: ProposalGet :one
select organiser_id, proposal_id, client_id, person_id, service_id, kind, input, snapshot, amount_cents, reasons, office, contact, state, decision_id,
  prepared_by_account, prepared_by, prepared_at, changed_at, row_version
from proposal
where organiser_id = @organiser_id and proposal_id = @proposal_id;

-- name: ProposalsOfClient :many
select organiser_id, proposal_id, client_id, person_id, service_id, kind, input, snapshot, amount_cents, reasons, office, contact, state, decision_id,
  prepared_by_account, prepared_by, prepared_at, changed_at, row_version
from proposal
where organiser_id = @organiser_id and client_id = @client_id
order by proposal_id desc;

-- name: ProposalsWaiting :many
-- due is the last day of the newest question that nobody has answered.
select p.proposal_id, p.client_id, p.service_id, p.state, p.amount_cents, p.prepared_by, p.changed_at, c.person_id, c.last_name, c.first_names,
  (select s.due_on from proposal_step s where s.organiser_id = p.organiser_id and s.proposal_id = p.proposal_id and s.kind = 'asked'
    and p.state = 'hearing' order by s.step_id desc limit 1) as due_on
from proposal p
join client c on c.organiser_id = p.organiser_id and c.client_id = p.client_id
where p.organiser_id = @organiser_id and p.state in ('open', 'hearing')
order by p.changed_at, p.proposal_id
limit @most;

-- name: ProposalStepAdd :exec
insert into proposal_step (organiser_id, proposal_id, person_id, kind, day, due_on, channel, note, document_id, decision_id,
  recorded_by_account, recorded_by, recorded_at)
values (@organiser_id, @proposal_id, @person_id, @kind, @day, sqlc.narg('due_on'), @channel, @note, sqlc.narg('document_id'), sqlc.narg('decision_id'),
  @recorded_by_account, @recorded_by, @recorded_at);

-- name: ProposalSteps :many
select organiser_id, step_id, proposal_id, person_id, kind, day, due_on, channel, note, document_id, decision_id,
  recorded_by_account, recorded_by, recorded_at
from proposal_step
where organiser_id = @organiser_id and proposal_id = @proposal_id
order by step_id;
