-- name: Waiting :many
-- What waits, the oldest first, so that nothing is forgotten behind the end of the list: proposals for the decision or for the client, decisions
-- whose sending is not recorded, appeals without an outcome after them. due_on is the last day of the newest question that nobody has
-- answered, answered_on the day of the newest answer to a question.
select x.stage, x.id, x.number, x.kind, x.service_id, x.client_id, x.amount_cents, x.maker, x.state, x.on_date, x.note, x.due_on, x.answered_on,
  c.person_id, c.last_name, c.first_names, c.external_ref
from (
  select case when p.state = 'open' or q.due_on < @today::date then 'ready' else 'asked' end as stage, p.proposal_id as id, '' as number, p.kind, p.service_id, p.client_id,
    p.amount_cents, p.prepared_by as maker, p.state, (p.changed_at at time zone 'Europe/Helsinki')::date as on_date, '' as note, q.due_on, a.day as answered_on
  from proposal p
  left join proposal_step q on q.organiser_id = p.organiser_id and p.state = 'hearing' and q.step_id =
    (select max(s.step_id) from proposal_step s where s.organiser_id = p.organiser_id and s.proposal_id = p.proposal_id and s.kind = 'asked')
  left join proposal_step a on a.organiser_id = p.organiser_id and p.state = 'open' and a.step_id =
    (select max(s.step_id) from proposal_step s where s.organiser_id = p.organiser_id and s.proposal_id = p.proposal_id and s.kind = 'answered')
  where p.organiser_id = @organiser_id and p.state in ('open', 'hearing')
  union all
  select 'unsent', d.decision_id, d.number, d.kind, coalesce(d.service_id, 0), d.client_id, d.amount_cents, d.made_by, d.outcome, d.made_on, '', null::date, null::date
  from decision d
  where d.organiser_id = @organiser_id and d.client_id is not null and d.made_on >= @since
    and not exists (select from decision_step s where s.organiser_id = d.organiser_id and s.decision_id = d.decision_id and s.kind = 'sent')
  union all
  select 'appealed', d.decision_id, d.number, d.kind, coalesce(d.service_id, 0), d.client_id, d.amount_cents, d.made_by, d.outcome, s.day, s.note, null::date, null::date
  from decision_step s
  join decision d on d.organiser_id = s.organiser_id and d.decision_id = s.decision_id
  where s.organiser_id = @organiser_id and s.kind = 'appeal' and d.client_id is not null
    and not exists (select from decision_step o where o.organiser_id = s.organiser_id and o.decision_id = s.decision_id and o.kind = 'appeal_outcome' and o.step_id > s.step_id)
) x
join client c on c.organiser_id = @organiser_id and c.client_id = x.client_id
where (@stage::text = '' or x.stage = @stage::text)
  and (@kind::text = '' or x.kind = @kind::text)
  and (@service::bigint = 0 or x.service_id = @service::bigint)
  and not x.service_id = any(@hidden::bigint[])
  and (@client_ref::text = '' or c.external_ref = @client_ref::text)
  and (@maker::text = '' or position(lower(@maker::text) in lower(x.maker)) > 0)
  and x.on_date >= @from_date::date and x.on_date < @to_date::date
  and (x.on_date, x.stage, x.id) > (@after_date::date, @after_stage::text, @after_id::bigint)
order by x.on_date, x.stage, x.id
limit @most;

-- name: MadeDecisions :many
-- Every decision about a client, the newest first, by the index on organiser and day.
select d.decision_id, d.number, d.kind, d.service_id, d.client_id, d.amount_cents, d.made_by, d.outcome, d.made_on, c.person_id, c.last_name, c.first_names, c.external_ref
from decision d
join client c on c.organiser_id = d.organiser_id and c.client_id = d.client_id
where d.organiser_id = @organiser_id
  and (@kind::text = '' or d.kind = @kind::text)
  and (@service::bigint = 0 or d.service_id = @service::bigint)
  and (d.service_id is null or not d.service_id = any(@hidden::bigint[]))
  and (@client_ref::text = '' or c.external_ref = @client_ref::text)
  and (@maker::text = '' or position(lower(@maker::text) in lower(d.made_by)) > 0)
  and d.made_on >= @from_date::date and d.made_on < @to_date::date
  and (d.made_on, d.decision_id) < (@before_date::date, @before_id::bigint)
order by d.made_on desc, d.decision_id desc
limit @most;

-- name: WaitingCounts :one
-- How many rows of each stage wait, of the services that the reader sees.
select
  (select count(*) from proposal p where p.organiser_id = @organiser_id and p.state = 'hearing' and not p.service_id = any(@hidden::bigint[])
    and (select s.due_on from proposal_step s where s.organiser_id = p.organiser_id and s.proposal_id = p.proposal_id and s.kind = 'asked'
      order by s.step_id desc limit 1) >= @today::date) as asked,
  (select count(*) from decision d where d.organiser_id = @organiser_id and d.client_id is not null and d.made_on >= @since
    and (d.service_id is null or not d.service_id = any(@hidden::bigint[]))
    and not exists (select from decision_step s where s.organiser_id = d.organiser_id and s.decision_id = d.decision_id and s.kind = 'sent')) as unsent,
  (select count(*) from decision_step s join decision d on d.organiser_id = s.organiser_id and d.decision_id = s.decision_id
    where s.organiser_id = @organiser_id and s.kind = 'appeal' and d.client_id is not null and (d.service_id is null or not d.service_id = any(@hidden::bigint[]))
    and not exists (select from decision_step o where o.organiser_id = s.organiser_id and o.decision_id = s.decision_id and o.kind = 'appeal_outcome' and o.step_id > s.step_id)) as appealed;
