-- name: DocumentAdd :one
insert into document (organiser_id, kind, title, media, sha256, bytes, html, plain, client_id, person_id, provider_id, created_at)
values (@organiser_id, @kind, @title, @media, @sha256, @bytes, @html, @plain, sqlc.narg('client_id'), sqlc.narg('person_id'), sqlc.narg('provider_id'), @created_at)
returning document_id;

-- name: DecisionAdd :one
insert into decision (organiser_id, number, kind, legal_act, legal_section, client_id, person_id, provider_id,
  subject_kind, subject_id, outcome, reasons, made_on, made_at, made_by_account, made_by, made_by_title, language, replaces_id, document_id,
  service_id, amount_cents, delegation_id, template_id, ground, appeal_days, letter_days, electronic_days)
values (@organiser_id, @number, @kind, @legal_act, @legal_section, sqlc.narg('client_id'), sqlc.narg('person_id'), sqlc.narg('provider_id'),
  @subject_kind, @subject_id, @outcome, @reasons, @made_on, @made_at, @made_by_account, @made_by, @made_by_title, @language, sqlc.narg('replaces_id'), @document_id,
  sqlc.narg('service_id'), sqlc.narg('amount_cents'), sqlc.narg('delegation_id'), sqlc.narg('template_id'), @ground, @appeal_days, @letter_days, @electronic_days)
returning decision_id;

-- name: DecisionGet :one
select organiser_id, decision_id, number, kind, legal_act, legal_section, client_id, person_id, provider_id,
  subject_kind, subject_id, outcome, reasons, made_on, made_at, made_by_account, made_by, made_by_title, language, replaces_id, document_id,
  service_id, amount_cents, delegation_id, template_id, ground, appeal_days, letter_days, electronic_days
from decision
where organiser_id = @organiser_id and decision_id = @decision_id;

-- name: DecisionsOf :many
-- Every decision about one thing, newest first: a correction stands above what it replaces.
select organiser_id, decision_id, number, kind, legal_act, legal_section, client_id, person_id, provider_id,
  subject_kind, subject_id, outcome, reasons, made_on, made_at, made_by_account, made_by, made_by_title, language, replaces_id, document_id,
  service_id, amount_cents, delegation_id, template_id, ground, appeal_days, letter_days, electronic_days
from decision
where organiser_id = @organiser_id and subject_kind = @subject_kind and subject_id = @subject_id
order by decision_id desc;

-- name: DecisionsOfClient :many
select organiser_id, decision_id, number, kind, legal_act, legal_section, client_id, person_id, provider_id,
  subject_kind, subject_id, outcome, reasons, made_on, made_at, made_by_account, made_by, made_by_title, language, replaces_id, document_id,
  service_id, amount_cents, delegation_id, template_id, ground, appeal_days, letter_days, electronic_days
from decision
where organiser_id = @organiser_id and client_id = @client_id
order by decision_id desc;

-- name: DocumentGet :one
select organiser_id, document_id, kind, title, media, sha256, bytes, html, plain, client_id, person_id, provider_id, created_at
from document
where organiser_id = @organiser_id and document_id = @document_id;

-- name: DecisionsOfPerson :many
-- Of every organiser that the person is a client of: the person's own scope shows them.
select organiser_id, decision_id, number, kind, legal_act, legal_section, client_id, person_id, provider_id,
  subject_kind, subject_id, outcome, reasons, made_on, made_at, made_by_account, made_by, made_by_title, language, replaces_id, document_id,
  service_id, amount_cents, delegation_id, template_id, ground, appeal_days, letter_days, electronic_days
from decision
where person_id = @person_id
order by made_at desc, decision_id desc
limit @most;

-- name: LastOffice :one
select made_by_title from decision
where organiser_id = @organiser_id and made_by_account = @account_id and made_by_title <> ''
order by decision_id desc
limit 1;
