-- name: RecordingContents :many
-- Every version: the one in force on the day of service counts.
select content_id, version, valid_from, valid_to, max_day_quantity, price_cap_cents
from content_version
where organiser_id = @organiser_id and content_id = any(@contents::bigint[])
order by content_id, version;
