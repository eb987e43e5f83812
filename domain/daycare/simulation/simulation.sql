-- name: SimulationAdd :one
insert into daycare_simulation (organiser_id, name, change, state, made_at, made_by)
values (@organiser_id, @name, @change, 'waiting', @made_at, @made_by)
returning simulation_id;

-- name: SimulationList :many
select simulation_id, name, change, state, made_at, made_by, started_at, finished_at, failure, result
from daycare_simulation
where organiser_id = @organiser_id and (@before::bigint = 0 or simulation_id < @before::bigint)
order by simulation_id desc
limit @most;

-- name: SimulationGet :many
select simulation_id, name, change, state, made_at, made_by, started_at, finished_at, failure, result
from daycare_simulation
where organiser_id = @organiser_id and simulation_id = any(@ids::bigint[])
order by simulation_id;

-- name: SimulationStart :execrows
-- A run that its process did not end is begun anew.
update daycare_simulation set state = 'running', started_at = @started_at::timestamptz
where organiser_id = @organiser_id and simulation_id = @simulation_id and state in ('waiting', 'running');

-- name: SimulationRunning :one
select (state = 'running')::bool as running from daycare_simulation where organiser_id = @organiser_id and simulation_id = @simulation_id;

-- name: SimulationFinish :execrows
update daycare_simulation set state = 'done', finished_at = @finished_at::timestamptz, snapshot_sha256 = @snapshot_sha256, result = @result::text
where organiser_id = @organiser_id and simulation_id = @simulation_id and state = 'running';

-- name: SimulationFail :execrows
update daycare_simulation set state = 'failed', finished_at = @finished_at::timestamptz, failure = @failure
where organiser_id = @organiser_id and simulation_id = @simulation_id and state = 'running';

-- name: SimulationCancel :execrows
update daycare_simulation set state = 'cancelled', finished_at = @finished_at::timestamptz
where organiser_id = @organiser_id and simulation_id = @simulation_id and state in ('waiting', 'running');
