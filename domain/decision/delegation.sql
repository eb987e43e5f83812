-- name: DelegationFound :execrows
-- The row with which an organiser begins. An organiser that has any row has begun already.
insert into delegation (organiser_id, office, valid_from, valid_to, founding, added_by_account, added_by, added_at)
select @organiser_id::int, '', '2000-01-01', '9999-12-31', true, 0, '', @added_at::timestamptz
where not exists (select from delegation where organiser_id = @organiser_id::int)
on conflict do nothing;

-- name: DelegationAdd :one
insert into delegation (organiser_id, office, account_id, account_name, role, kind, service_id, limit_cents, valid_from, valid_to,
  added_by_account, added_by, added_at)
values (@organiser_id, @office, sqlc.narg('account_id'), @account_name, @role, @kind, sqlc.narg('service_id'), sqlc.narg('limit_cents'), @valid_from, @valid_to,
  @added_by_account, @added_by, @added_at)
returning delegation_id;

-- name: Delegations :many
select organiser_id, delegation_id, office, account_id, account_name, role, kind, service_id, limit_cents, valid_from, valid_to,
  founding, added_by_account, added_by, added_at, ended_by, ended_at
from delegation
where organiser_id = @organiser_id
order by valid_to desc, delegation_id;

-- name: DelegationEnd :execrows
-- Only what still runs beyond the day is ended: a second hand finds nothing.
update delegation
set valid_to = @valid_to, ended_by = @ended_by, ended_at = @ended_at
where organiser_id = @organiser_id and delegation_id = @delegation_id and valid_to > @valid_to and ended_at is null;
