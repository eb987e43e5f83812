-- name: RecordingPrices :many
select provider_id, unit_id, content_id, valid_from, valid_to, price_cents
from price
where organiser_id = @organiser_id and provider_id = any(@providers::bigint[]) and content_id = any(@contents::bigint[]) and state = 'approved'
order by provider_id, unit_id, content_id, valid_from;

-- name: RecordingApprovals :many
select approval_id, provider_id, service_id, unit_id, valid_from, valid_to
from approval
where organiser_id = @organiser_id and provider_id = any(@providers::bigint[]) and service_id = any(@services::bigint[])
order by approval_id;

-- name: RecordingSuspensions :many
select s.approval_id, s.suspended_from, s.suspended_to
from approval_suspension s
where s.organiser_id = @organiser_id and s.provider_id = any(@providers::bigint[])
order by s.approval_id, s.suspended_from;
