-- name: TemplateAdd :one
insert into letter_template (organiser_id, kind, version, valid_from, body, prepared_by_account, prepared_by, prepared_at)
values (@organiser_id, @kind, @version, @valid_from, @body, @prepared_by_account, @prepared_by, @prepared_at)
returning template_id;

-- name: TemplateSave :execrows
update letter_template
set valid_from = @valid_from, body = @body, prepared_by_account = @prepared_by_account, prepared_by = @prepared_by, prepared_at = @prepared_at,
  row_version = row_version + 1
where organiser_id = @organiser_id and template_id = @template_id and row_version = @row_version and published_at is null;

-- name: TemplatePublish :execrows
update letter_template
set published_by_account = @published_by_account, published_by = @published_by, published_at = @published_at, row_version = row_version + 1
where organiser_id = @organiser_id and template_id = @template_id and row_version = @row_version and published_at is null;

-- name: Templates :many
select organiser_id, template_id, kind, version, valid_from, body, prepared_by_account, prepared_by, prepared_at,
  published_by_account, published_by, published_at, row_version
from letter_template
where organiser_id = @organiser_id
order by kind, version desc;

-- name: TemplateInForce :many
-- The kind's own texts before those of all kinds, the newest published version that has begun.
select organiser_id, template_id, kind, version, valid_from, body, prepared_by_account, prepared_by, prepared_at,
  published_by_account, published_by, published_at, row_version
from letter_template
where organiser_id = @organiser_id and kind in (@kind, '') and published_at is not null and valid_from <= @day
order by kind desc, version desc
limit 1;
