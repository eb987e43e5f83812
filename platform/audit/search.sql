-- name: Search :many
-- The audit page: by act, person, thing and time, newest first; keyset by audit_id. Acts match by their beginning ("voucher." = all of vouchers).
select audit_id, at, actor_account, actor_name, role, on_behalf, act, subject_kind, subject_id, subject_label,
  detail::text as detail, request_id
from audit
where organiser_id = @organiser_id
  and (@act::text = '' or starts_with(act, @act))
  and (@actor::text = '' or position(lower(@actor) in lower(actor_name)) > 0)
  and (@subject::text = '' or subject_kind = @subject or position(lower(@subject) in lower(subject_label)) > 0)
  and at >= @since and at < @until
  and (@before_id::bigint = 0 or audit_id < @before_id)
order by audit_id desc limit @batch;

-- name: Acts :many
-- The acts that there are, for the choice on the page; walks the index of time, a month at most.
select distinct act from audit where organiser_id = @organiser_id and at >= @since order by act;
