-- name: AuditAdd :exec
-- One statement for one row or for a batch of 100,000; all rows of a call share actor and act.
insert into audit (organiser_id, at, actor_account, actor_name, role, on_behalf, act,
  subject_kind, subject_id, subject_label, detail, request_id)
select @organiser_id, @at, sqlc.narg('actor_account'), @actor_name, @role, sqlc.narg('on_behalf'), @act,
  unnest(@subject_kinds::text[]), unnest(@subject_ids::bigint[]), unnest(@subject_labels::text[]),
  unnest(@details::text[])::jsonb, @request_id;

-- name: AuditAddMany :exec
-- The rows of several actors in one statement: what was gathered from many callers is written at once. 0 stands for null in the arrays.
insert into audit (organiser_id, at, actor_account, actor_name, role, on_behalf, act,
  subject_kind, subject_id, subject_label, detail, request_id)
select @organiser_id, @at, nullif(v.actor_account, 0), v.actor_name, v.role, nullif(v.on_behalf, 0), @act,
  v.subject_kind, v.subject_id, v.subject_label, v.detail::jsonb, v.request_id
from (select unnest(@actor_accounts::bigint[]) as actor_account, unnest(@actor_names::text[]) as actor_name, unnest(@roles::text[]) as role, unnest(@on_behalfs::bigint[]) as on_behalf,
  unnest(@subject_kinds::text[]) as subject_kind, unnest(@subject_ids::bigint[]) as subject_id, unnest(@subject_labels::text[]) as subject_label, unnest(@details::text[]) as detail,
  unnest(@request_ids::text[]) as request_id) v;

-- name: AccessLogAdd :exec
-- Set-based: a list of fifty clients leaves fifty rows with one statement. 0 stands for null in the arrays.
insert into access_log (organiser_id, at, account, name, role, on_behalf, provider_id,
  person_id, client_id, purpose, what, request_id)
select v.organiser_id, @at, sqlc.narg('account'), @name, @role, sqlc.narg('on_behalf'), sqlc.narg('provider_id'),
  nullif(v.person_id, 0), nullif(v.client_id, 0), v.purpose, v.what, @request_id
from (select unnest(@organiser_ids::int[]) as organiser_id, unnest(@person_ids::bigint[]) as person_id,
  unnest(@client_ids::bigint[]) as client_id, unnest(@purposes::text[]) as purpose, unnest(@whats::text[]) as what) v;

-- name: Tail :one
-- The last link; the next sealer's insert collides on (organiser_id, position) when another was faster.
select position, audit_id, hash from audit_chain
where organiser_id = @organiser_id order by position desc limit 1;

-- name: Newest :one
select coalesce(max(audit_id), 0)::bigint as audit_id from audit_chain where organiser_id = @organiser_id;

-- name: Unsealed :many
-- Ids are given out before commit: a row may appear after later ids were sealed, so the sealer looks back behind the
-- newest sealed id (after_id) and takes what the chain lacks.
select audit_id, at, actor_account, actor_name, role, on_behalf, act, subject_kind, subject_id, subject_label,
  detail::text as detail, request_id
from audit a
where a.organiser_id = @organiser_id and a.audit_id > @after_id
  and not exists (select from audit_chain c where c.organiser_id = @organiser_id and c.audit_id = a.audit_id)
order by a.audit_id limit @batch;

-- name: Link :exec
insert into audit_chain (organiser_id, position, audit_id, row_hash, hash)
select @organiser_id, unnest(@positions::bigint[]), unnest(@audit_ids::bigint[]), unnest(@row_hashes::bytea[]), unnest(@hashes::bytea[]);

-- name: Links :many
-- Left join: a deleted audit row must be seen as missing, not skipped.
select c.position, c.audit_id, c.row_hash, c.hash, (a.audit_id is not null)::bool as present,
  coalesce(a.at, 'epoch') as at, a.actor_account, coalesce(a.actor_name, '') as actor_name, coalesce(a.role, '') as role,
  a.on_behalf, coalesce(a.act, '') as act, coalesce(a.subject_kind, '') as subject_kind,
  coalesce(a.subject_id, 0) as subject_id, coalesce(a.subject_label, '') as subject_label,
  coalesce(a.detail::text, '')::text as detail, coalesce(a.request_id, '') as request_id
from audit_chain c left join audit a on a.organiser_id = @organiser_id and a.audit_id = c.audit_id
where c.organiser_id = @organiser_id and c.position > @after_position
order by c.position limit @batch;

-- name: History :many
-- What happened to one thing, newest first; keyset by audit_id.
select audit_id, at, actor_account, actor_name, role, on_behalf, act, subject_kind, subject_id, subject_label,
  detail::text as detail, request_id
from audit
where organiser_id = @organiser_id
  and (@subject_kind::text = '' or subject_kind = @subject_kind and subject_id = @subject_id)
  and (@before_id::bigint = 0 or audit_id < @before_id)
order by audit_id desc limit @batch;

-- name: SeenOfClient :many
select organiser_id, log_id, at, account, name, role, on_behalf, provider_id, person_id, client_id, purpose, what, request_id
from access_log
where organiser_id = @organiser_id and client_id = @client_id and at >= @since and at < @until
order by at desc, log_id desc limit @batch;

-- name: SeenOfPerson :many
-- The client's own view over all organisers, under the person's scope.
select organiser_id, log_id, at, account, name, role, on_behalf, provider_id, person_id, client_id, purpose, what, request_id
from access_log
where person_id = @person_id and at >= @since and at < @until
order by at desc, log_id desc limit @batch;
