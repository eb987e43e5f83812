-- name: RulebookList :many
-- Every version with its state; a transaction outside the organiser's scope sees the published ones only.
select rulebook_id, service_id, version, valid_from, text_fi, text_sv, text_en, rules,
  prepared_by_account, prepared_by, prepared_at, published_by_account, published_by, published_at, row_version
from rulebook
where organiser_id = @organiser_id and (@service_id::bigint = 0 or service_id = @service_id)
order by service_id, version desc;

-- name: RulebookGet :many
select rulebook_id, service_id, version, valid_from, text_fi, text_sv, text_en, rules,
  prepared_by_account, prepared_by, prepared_at, published_by_account, published_by, published_at, row_version
from rulebook
where organiser_id = @organiser_id and rulebook_id = any (@rulebooks::bigint[])
order by rulebook_id;

-- name: RulebookCurrent :many
-- The published version in force on a day, of one service or (0) of each.
select distinct on (service_id) rulebook_id, service_id, version, valid_from, text_fi, text_sv, text_en, rules,
  prepared_by_account, prepared_by, prepared_at, published_by_account, published_by, published_at, row_version
from rulebook
where organiser_id = @organiser_id and (@service_id::bigint = 0 or service_id = @service_id)
  and published_at is not null and valid_from <= @day
order by service_id, valid_from desc, version desc;

-- name: DraftLock :one
-- A draft is edited and published one at a time. Published rows do not come: the policy hides them from updates.
select rulebook_id, service_id, version, valid_from, prepared_by_account, row_version
from rulebook
where organiser_id = @organiser_id and rulebook_id = @rulebook_id and published_at is null
for update;

-- name: DraftInsert :one
insert into rulebook (organiser_id, service_id, version, valid_from, text_fi, text_sv, text_en, rules,
  prepared_by_account, prepared_by, prepared_at)
values (@organiser_id, @service_id,
  @version,
  @valid_from, @text_fi, @text_sv, @text_en, @rules, @prepared_by_account, @prepared_by, @prepared_at)
returning rulebook_id;

-- name: DraftUpdate :execrows
update rulebook set valid_from = @valid_from, text_fi = @text_fi, text_sv = @text_sv, text_en = @text_en, rules = @rules,
  prepared_by_account = @prepared_by_account, prepared_by = @prepared_by, prepared_at = @prepared_at, row_version = row_version + 1
where organiser_id = @organiser_id and rulebook_id = @rulebook_id and row_version = @row_version and published_at is null;

-- name: DraftPublish :exec
update rulebook set published_by_account = @published_by_account, published_by = @published_by, published_at = @published_at,
  row_version = row_version + 1
where organiser_id = @organiser_id and rulebook_id = @rulebook_id and published_at is null;
