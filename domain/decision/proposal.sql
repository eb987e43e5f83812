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

-- name: ProposalsReady :one
-- How many proposals wait for a decision and not for the client.
select count(*) from proposal p
where p.organiser_id = @organiser_id and not p.service_id = any(@hidden::bigint[])
  and (p.state = 'open' or p.state = 'hearing' and (select s.due_on from proposal_step s
    where s.organiser_id = p.organiser_id and s.proposal_id = p.proposal_id and s.kind = 'asked' order by s.step_id desc limit 1) < @today::date);

-- name: ProposalStepAdd :one
insert into proposal_step (organiser_id, proposal_id, person_id, kind, day, due_on, channel, note, document_id, decision_id,
  recorded_by_account, recorded_by, recorded_at)
values (@organiser_id, @proposal_id, @person_id, @kind, @day, sqlc.narg('due_on'), @channel, @note, sqlc.narg('document_id'), sqlc.narg('decision_id'),
  @recorded_by_account, @recorded_by, @recorded_at)
returning step_id;

-- name: ProposalSteps :many
select organiser_id, step_id, proposal_id, person_id, kind, day, due_on, channel, note, document_id, decision_id,
  recorded_by_account, recorded_by, recorded_at
from proposal_step
where organiser_id = @organiser_id and proposal_id = @proposal_id
order by step_id;

-- name: HearingsOfPerson :many
-- The newest question of each matter in which the person was asked, over all organisers; the person's scope holds under it.
select q.organiser_id, q.proposal_id, q.day as asked_on, q.due_on, q.note as question, p.service_id, p.state, a.day as answered_on
from proposal_step q
join proposal p on p.organiser_id = q.organiser_id and p.proposal_id = q.proposal_id
left join proposal_step a on a.organiser_id = q.organiser_id and a.step_id =
  (select max(s.step_id) from proposal_step s where s.organiser_id = q.organiser_id and s.proposal_id = q.proposal_id and s.kind = 'answered' and s.step_id > q.step_id)
where q.person_id = @person_id and q.kind = 'asked'
  and not exists (select 1 from proposal_step n where n.organiser_id = q.organiser_id and n.proposal_id = q.proposal_id and n.kind = 'asked' and n.step_id > q.step_id)
order by q.due_on desc, q.organiser_id, q.proposal_id desc
limit @most;

-- name: HearingFileAdd :one
insert into hearing_file (organiser_id, proposal_id, step_id, person_id, name, media, size, sha256, bytes_encrypted, uploaded_at, uploaded_by)
values (@organiser_id, @proposal_id, @step_id, @person_id, @name, @media, @size, @sha256, @bytes_encrypted, @uploaded_at, @uploaded_by)
returning file_id;

-- name: HearingFiles :many
select file_id, step_id, name, media, size from hearing_file
where organiser_id = @organiser_id and proposal_id = @proposal_id
order by file_id;

-- name: HearingFileOpen :one
select person_id, name, media, sha256, bytes_encrypted from hearing_file
where organiser_id = @organiser_id and proposal_id = @proposal_id and file_id = @file_id;
