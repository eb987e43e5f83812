-- name: PersonByIndex :one
select person_id from person where identity_index = @identity_index;

-- name: PersonAdd :one
-- Two sign-ins of one person at once: the slower one finds no row here and asks PersonByIndex again.
insert into person (identity_index) values (@identity_index) on conflict (identity_index) do nothing returning person_id;

-- name: PersonAddUnknown :one
insert into person (identity_index) values (null) returning person_id;

-- name: AccountSignIn :one
insert into account (issuer, subject, name, email, language, person_id, created_at, last_signed_in)
values (@issuer, @subject, @name, @email, @language, sqlc.narg('person_id'), @at, @at)
on conflict (issuer, subject) do update
set name = case when excluded.name = '' then account.name else excluded.name end,
  email = case when excluded.email = '' then account.email else excluded.email end,
  person_id = coalesce(account.person_id, excluded.person_id), last_signed_in = excluded.last_signed_in
returning account_id, name, email, language, person_id, active;

-- name: AccountGet :one
select account_id, issuer, subject, name, email, language, person_id, active from account where account_id = @account_id;

-- name: AccountLanguage :execrows
update account set language = @language where account_id = @account_id;

-- name: AccountActive :execrows
update account set active = @active where account_id = @account_id and active <> @active;

-- name: Accounts :many
-- The stand-in's list and the operator's: words are matched anywhere in the name.
select account_id, issuer, subject, name, email, language, person_id, active from account
where (@search::text = '' or name ilike '%' || @search || '%')
order by name, account_id limit @batch;

-- name: MandateAdd :one
insert into mandate (account_id, role, organiser_id, provider_id, person_id, teams, units, rights,
  valid_from, valid_to, granted_by, granted_at)
values (@account_id, @role, sqlc.narg('organiser_id'), sqlc.narg('provider_id'), sqlc.narg('person_id'), @teams::bigint[],
  @units::bigint[], sqlc.narg('rights')::text[], @valid_from, @valid_to, sqlc.narg('granted_by'), @granted_at)
returning mandate_id;

-- name: MandateEnd :execrows
update mandate set active = false, ended_by = sqlc.narg('ended_by'), ended_at = @ended_at
where mandate_id = @mandate_id and active;

-- name: MandateReach :execrows
update mandate set teams = @teams::bigint[], units = @units::bigint[] where mandate_id = @mandate_id and active;

-- name: MandateGet :one
select mandate_id, account_id, role, organiser_id, provider_id, person_id, teams, units, rights, valid_from, valid_to, active
from mandate where mandate_id = @mandate_id;

-- name: MandatesOfAccount :many
select mandate_id, account_id, role, organiser_id, provider_id, person_id, teams, units, rights, valid_from, valid_to, active
from mandate
where account_id = @account_id and active and valid_from <= @day and valid_to > @day
order by mandate_id;

-- name: Staff :many
-- Who acts for one organiser or provider; ended ones too, for the list of the past.
select m.mandate_id, m.account_id, a.name, a.email, a.active as account_active, m.role, m.organiser_id, m.provider_id,
  m.teams, m.units, m.valid_from, m.valid_to, m.active
from mandate m join account a using (account_id)
where (m.organiser_id = sqlc.narg('organiser_id') or m.provider_id = sqlc.narg('provider_id'))
order by m.active desc, a.name, m.mandate_id;

-- name: Holders :many
-- Who holds a role of the nation's side in force: nobody's rows but the operators'.
select m.mandate_id, m.account_id, a.name, a.email, a.active as account_active, m.role, m.valid_from, m.valid_to, m.active
from mandate m join account a using (account_id)
where m.role = @role and m.organiser_id is null and m.provider_id is null and m.person_id is null
  and m.active and m.valid_from <= @day and m.valid_to > @day
order by a.name, m.mandate_id;

-- name: SessionAdd :exec
insert into session (token_hash, account_id, mandate_id, level, signed_in_at, seen_at)
values (@token_hash, @account_id, sqlc.narg('mandate_id'), @level, @at, @at);

-- name: SessionActor :one
-- Account and mandate are read again on each request (at most a second old): what was ended stays out at once.
select s.account_id, s.signed_in_at, s.seen_at, s.level, a.name, a.language, a.active,
  m.mandate_id, m.role, m.organiser_id, m.provider_id, m.person_id, m.teams, m.units, m.rights,
  coalesce(m.active and m.valid_from <= @day and m.valid_to > @day, false)::bool as mandate_valid
from session s
join account a using (account_id)
left join mandate m on m.mandate_id = s.mandate_id and m.account_id = s.account_id
where s.token_hash = @token_hash;

-- name: SessionOwner :one
-- Whose a session is or was: one that is over stays for as long as what its owner has typed.
select account_id from session where token_hash = @token_hash;

-- name: SessionSeen :exec
update session set seen_at = @seen_at where token_hash = @token_hash;

-- name: SessionMandate :execrows
update session set mandate_id = @mandate_id where token_hash = @token_hash;

-- name: SessionEnd :exec
delete from session where token_hash = @token_hash;

-- name: SessionsOfAccountEnd :execrows
delete from session where account_id = @account_id;

-- name: SessionsSweep :execrows
delete from session where seen_at < @idle_before or signed_in_at < @begun_before;

-- name: KeyAdd :one
insert into api_key (organiser_id, provider_id, role, name, prefix, secret_hash, scopes, valid_from, valid_to, created_by, created_at, replaces)
values (sqlc.narg('organiser_id'), sqlc.narg('provider_id'), @role, @name, @prefix, @secret_hash, @scopes::text[],
  @valid_from, @valid_to, @created_by, @created_at, sqlc.narg('replaces'))
returning key_id;

-- name: KeyByPrefix :one
select key_id, organiser_id, provider_id, role, name, secret_hash, scopes, valid_from, valid_to, created_by, revoked_at, last_used
from api_key where prefix = @prefix;

-- name: KeyGet :one
select key_id, organiser_id, provider_id, role, name, prefix, scopes, valid_from, valid_to, created_by, revoked_at, last_used
from api_key where key_id = @key_id for update;

-- name: KeyUsed :exec
update api_key set last_used = @day where key_id = @key_id and last_used is distinct from @day;

-- name: KeyRevoke :execrows
update api_key set revoked_at = @at, revoked_by = @revoked_by where key_id = @key_id and revoked_at is null;

-- name: KeyShorten :exec
update api_key set valid_to = least(valid_to, @valid_to) where key_id = @key_id;

-- name: Keys :many
select key_id, organiser_id, provider_id, role, name, prefix, scopes, valid_from, valid_to, created_by, created_at, replaces, revoked_at, last_used
from api_key
where organiser_id = sqlc.narg('organiser_id') or provider_id = sqlc.narg('provider_id')
order by key_id desc;

-- name: DraftKeep :exec
insert into form_draft (token_hash, account_id, path, body_encrypted, expires_at)
values (@token_hash, sqlc.narg('account_id'), @path, @body_encrypted, @expires_at);

-- name: DraftTake :one
-- Deleting is taking: a draft comes back once.
delete from form_draft where token_hash = @token_hash
returning account_id, path, body_encrypted, expires_at;

-- name: DraftsSweep :execrows
delete from form_draft where expires_at < @now;
