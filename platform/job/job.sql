-- name: ProgressSet :exec
insert into job_progress (organiser_id, run, step, done, total, message, started_at, updated_at, finished_at)
values (@organiser_id, @run, @step, @done, @total, @message, @at, @at, sqlc.narg('finished_at'))
on conflict (organiser_id, run, step) do update
set done = excluded.done, total = excluded.total, message = excluded.message, updated_at = excluded.updated_at, finished_at = excluded.finished_at;

-- name: ProgressOf :many
select run, step, done, total, message, started_at, updated_at, finished_at from job_progress
where organiser_id = @organiser_id and run = @run order by started_at, step;
