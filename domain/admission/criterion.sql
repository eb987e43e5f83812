-- name: CriteriaOf :many
select criterion_no, confirmed_at, confirmed_by, evidence, attachment_id, met, note, judged_at, judged_by
from application_criterion
where organiser_id = @organiser_id and application_id = @application_id and rulebook_id = @rulebook_id
order by criterion_no;

-- name: CriteriaConfirm :exec
-- A condition that is confirmed again is judged again: what was seen before may not be what is confirmed now.
insert into application_criterion (organiser_id, application_id, rulebook_id, criterion_no, provider_id, confirmed_at, confirmed_by, evidence, attachment_id)
select @organiser_id, @application_id, @rulebook_id, t.no, @provider_id, @confirmed_at, @confirmed_by, t.evidence, nullif(t.attachment_id, 0)
from (select unnest(@numbers::int[]) as no, unnest(@evidences::text[]) as evidence, unnest(@attachments::bigint[]) as attachment_id) t
on conflict (organiser_id, application_id, rulebook_id, criterion_no) do update
set confirmed_at = excluded.confirmed_at, confirmed_by = excluded.confirmed_by, evidence = excluded.evidence, attachment_id = excluded.attachment_id,
  met = null, note = '', judged_at = null, judged_by_account = null, judged_by = '';

-- name: CriteriaJudge :exec
-- The handler may judge a condition that the company has not confirmed.
insert into application_criterion (organiser_id, application_id, rulebook_id, criterion_no, provider_id, met, note, judged_at, judged_by_account, judged_by)
select @organiser_id, @application_id, @rulebook_id, t.no, @provider_id, t.met, t.note, @judged_at, @judged_by_account, @judged_by
from (select unnest(@numbers::int[]) as no, unnest(@mets::boolean[]) as met, unnest(@notes::text[]) as note) t
on conflict (organiser_id, application_id, rulebook_id, criterion_no) do update
set met = excluded.met, note = excluded.note, judged_at = excluded.judged_at, judged_by_account = excluded.judged_by_account, judged_by = excluded.judged_by;

-- name: CheckAdd :exec
insert into approval_check (organiser_id, approval_id, provider_id, service_id, rulebook_id, criterion_no, due_on)
select @organiser_id, @approval_id, @provider_id, @service_id, @rulebook_id, t.no, t.due_on
from (select unnest(@numbers::int[]) as no, unnest(@dues::date[]) as due_on) t;

-- name: ChecksDue :many
-- Open checks of approvals that are still in force, the most urgent first; check 0 = all.
select c.check_id, c.approval_id, c.provider_id, c.service_id, a.unit_id, c.rulebook_id, c.criterion_no, c.due_on
from approval_check c
join approval a on a.organiser_id = c.organiser_id and a.approval_id = c.approval_id
where c.organiser_id = @organiser_id and c.done_at is null and a.valid_to > @today::date and c.due_on <= @until::date and (@check_id::bigint = 0 or c.check_id = @check_id)
order by c.due_on, c.check_id
limit 500;

-- name: ChecksOpen :many
select c.check_id
from approval_check c
join approval a on a.organiser_id = c.organiser_id and a.approval_id = c.approval_id
where c.organiser_id = @organiser_id and c.done_at is null and a.valid_to > @today::date and c.due_on <= @until::date
order by c.check_id;

-- name: CheckDone :execrows
-- Of two who record the same check the second finds it done.
update approval_check set met = @met, note = @note, done_at = @done_at, done_by_account = @done_by_account, done_by = @done_by
where organiser_id = @organiser_id and check_id = @check_id and done_at is null;
