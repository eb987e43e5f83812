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
