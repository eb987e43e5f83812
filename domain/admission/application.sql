-- name: ProviderQueue :one
-- Starts of one company queue here, so that two users cannot open two applications for one service.
select provider_id from provider where provider_id = @provider_id for update;

-- name: OpenApplication :one
select count(*) from application
where organiser_id = @organiser_id and provider_id = @provider_id and service_id = @service_id
  and state in ('draft', 'awaiting_signature', 'sent', 'handling', 'completing');

-- name: ApplicationAdd :one
insert into application (organiser_id, provider_id, service_id, service_version, state, billing_level, created_at, changed_at)
values (@organiser_id, @provider_id, @service_id, @service_version, 'draft', @billing_level, @created_at, @created_at)
returning application_id;

-- name: ApplicationGet :one
select organiser_id, application_id, provider_id, service_id, service_version, rulebook_id, rulebook_accepted_at, rulebook_accepted_by,
  billing_level, contract_number, state, complete_parts, complete_by, handler, handler_account, created_at, sent_at, changed_at, decision_id, row_version
from application
where organiser_id = @organiser_id and application_id = @application_id;

-- name: ApplicationLock :one
-- Every change of an application, its parts and its state queues here; the row version then tells who came second.
select organiser_id, application_id, provider_id, service_id, service_version, rulebook_id, rulebook_accepted_at, rulebook_accepted_by,
  billing_level, contract_number, state, complete_parts, complete_by, handler, handler_account, created_at, sent_at, changed_at, decision_id, row_version
from application
where organiser_id = @organiser_id and application_id = @application_id
for update;

-- name: ApplicationSave :exec
update application set rulebook_id = sqlc.narg('rulebook_id'), rulebook_accepted_at = sqlc.narg('rulebook_accepted_at'),
  rulebook_accepted_by = sqlc.narg('rulebook_accepted_by'), billing_level = @billing_level, contract_number = @contract_number,
  state = @state, complete_parts = @complete_parts, complete_by = sqlc.narg('complete_by'), handler = @handler,
  handler_account = sqlc.narg('handler_account'), sent_at = sqlc.narg('sent_at'), changed_at = @changed_at,
  decision_id = sqlc.narg('decision_id'), row_version = row_version + 1, service_version = @service_version
where organiser_id = @organiser_id and application_id = @application_id;

-- name: StepAdd :exec
insert into application_step (organiser_id, application_id, step_no, provider_id, state, at, by_account, by_name, by_side, note)
select @organiser_id, @application_id, coalesce(max(s.step_no), 0) + 1, @provider_id, @state, @at, @by_account, @by_name, @by_side, @note
from application_step s
where s.organiser_id = @organiser_id and s.application_id = @application_id;

-- name: Steps :many
select organiser_id, application_id, step_no, provider_id, state, at, by_account, by_name, by_side, note
from application_step
where organiser_id = @organiser_id and application_id = @application_id
order by step_no;

-- name: UnitsClear :exec
-- Prices of the removed units go with them (foreign key); prices of units that stay are kept.
delete from application_unit
where organiser_id = @organiser_id and application_id = @application_id and not (unit_id = any(@keep::bigint[]));

-- name: UnitsAdd :exec
insert into application_unit (organiser_id, application_id, provider_id, unit_id)
select @organiser_id, @application_id, @provider_id, unnest(@unit_ids::bigint[])
on conflict do nothing;

-- name: UnitsOf :many
select unit_id from application_unit
where organiser_id = @organiser_id and application_id = @application_id order by unit_id;

-- name: PricesClear :exec
delete from application_price where organiser_id = @organiser_id and application_id = @application_id;

-- name: PricesAdd :exec
insert into application_price (organiser_id, application_id, provider_id, unit_id, content_id, price_cents, valid_from, note, vat_code)
select @organiser_id, @application_id, @provider_id, unnest(@unit_ids::bigint[]), unnest(@content_ids::bigint[]), unnest(@prices::bigint[]),
  unnest(@valid_froms::date[]), unnest(@notes::text[]), unnest(@vat_codes::text[]);

-- name: PricesOf :many
select organiser_id, application_id, provider_id, unit_id, content_id, price_cents, valid_from, valid_to, note, vat_code
from application_price
where organiser_id = @organiser_id and application_id = @application_id
order by unit_id, content_id, valid_from;

-- name: AttachmentAdd :one
insert into attachment (organiser_id, application_id, provider_id, slot_id, unit_id, name, media, size, sha256, bytes_encrypted, expires_on, uploaded_at, uploaded_by)
values (@organiser_id, @application_id, @provider_id, @slot_id, sqlc.narg('unit_id'), @name, @media, @size, @sha256, @bytes_encrypted,
  sqlc.narg('expires_on'), @uploaded_at, @uploaded_by)
returning attachment_id;

-- name: AttachmentRemove :execrows
update attachment set removed_at = @removed_at
where organiser_id = @organiser_id and application_id = @application_id and attachment_id = @attachment_id and removed_at is null;

-- name: AttachmentsOf :many
-- Without the files: a page lists names and days, a file is opened one at a time.
select organiser_id, attachment_id, application_id, provider_id, slot_id, unit_id, name, media, size, expires_on, uploaded_at, uploaded_by
from attachment
where organiser_id = @organiser_id and application_id = @application_id and removed_at is null
order by slot_id, unit_id, attachment_id;

-- name: AttachmentOpen :one
select organiser_id, attachment_id, application_id, provider_id, slot_id, name, media, sha256, bytes_encrypted
from attachment
where organiser_id = @organiser_id and attachment_id = @attachment_id;

-- name: ApplicationsOfProvider :many
-- The provider's own list goes over all organisers, under the provider's scope.
select organiser_id, application_id, provider_id, service_id, service_version, rulebook_id, rulebook_accepted_at, rulebook_accepted_by,
  billing_level, contract_number, state, complete_parts, complete_by, handler, handler_account, created_at, sent_at, changed_at, decision_id, row_version
from application
where provider_id = @provider_id
order by changed_at desc, application_id desc;

-- name: WorkList :many
-- The longest waiting first: the clock runs from the sending. Drafts are the provider's own matter and never shown.
select a.organiser_id, a.application_id, a.provider_id, a.service_id, a.service_version, a.rulebook_id, a.rulebook_accepted_at, a.rulebook_accepted_by,
  a.billing_level, a.contract_number, a.state, a.complete_parts, a.complete_by, a.handler, a.handler_account, a.created_at, a.sent_at, a.changed_at, a.decision_id, a.row_version
from application a
where a.organiser_id = @organiser_id and a.state = any(@states::text[])
  and (@service_id::bigint = 0 or a.service_id = @service_id)
  and (@handler_account::bigint = 0 or a.handler_account = @handler_account)
order by a.sent_at nulls last, a.application_id
limit @batch;

-- name: Overdue :many
select application_id from application
where organiser_id = @organiser_id and state = 'completing' and complete_by < @day
order by application_id;
