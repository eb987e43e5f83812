-- name: StepAdd :one
insert into decision_step (organiser_id, decision_id, person_id, provider_id, kind, channel, day, outcome, note, related_id,
  recorded_by_account, recorded_by, recorded_at)
values (@organiser_id, @decision_id, sqlc.narg('person_id'), sqlc.narg('provider_id'), @kind, @channel, @day, @outcome, @note, sqlc.narg('related_id'),
  @recorded_by_account, @recorded_by, @recorded_at)
returning step_id;

-- name: StepsOf :many
select s.organiser_id, s.step_id, s.decision_id, s.person_id, s.provider_id, s.kind, s.channel, s.day, s.outcome, s.note, s.related_id,
  s.recorded_by_account, s.recorded_by, s.recorded_at, coalesce(d.number, '')::text as related_number
from decision_step s
left join decision d on d.organiser_id = s.organiser_id and d.decision_id = s.related_id
where s.organiser_id = @organiser_id and s.decision_id = any(@decisions::bigint[])
order by s.step_id;

-- name: NotSent :many
-- Decisions about clients whose delivery is not recorded: the oldest first, so that none is forgotten behind the end of the list.
select d.decision_id, d.number, d.kind, d.client_id, d.made_on, d.made_by, d.service_id, c.person_id, c.last_name, c.first_names
from decision d
join client c on c.organiser_id = d.organiser_id and c.client_id = d.client_id
where d.organiser_id = @organiser_id and d.made_on >= @since
  and not exists (select from decision_step s where s.organiser_id = d.organiser_id and s.decision_id = d.decision_id and s.kind = 'sent')
order by d.decision_id
limit @most;

-- name: OpenAppeals :many
-- An appeal is open until an outcome is recorded after it.
select d.decision_id, d.number, d.kind, d.client_id, s.day, s.note, d.service_id, c.person_id, c.last_name, c.first_names
from decision_step s
join decision d on d.organiser_id = s.organiser_id and d.decision_id = s.decision_id
join client c on c.organiser_id = d.organiser_id and c.client_id = d.client_id
where s.organiser_id = @organiser_id and s.kind = 'appeal'
  and not exists (select from decision_step o where o.organiser_id = s.organiser_id and o.decision_id = s.decision_id
    and o.kind = 'appeal_outcome' and o.step_id > s.step_id)
order by s.day, s.step_id
limit @most;
