-- name: TeamInsert :one
insert into team (organiser_id, name) values (@organiser_id, @name) returning team_id;

-- name: TeamUpdate :execrows
update team set name = @name, active = @active, row_version = row_version + 1
where organiser_id = @organiser_id and team_id = @team_id and row_version = @row_version;

-- name: TeamLock :one
-- Members of one team change one writer at a time.
select team_id, name, active, row_version from team
where organiser_id = @organiser_id and team_id = @team_id for update;

-- name: TeamList :many
select t.team_id, t.name, t.active, t.row_version,
  coalesce(array_agg(m.mandate_id order by m.mandate_id) filter (where m.mandate_id is not null), '{}')::bigint[] as members
from team t left join team_member m on m.organiser_id = t.organiser_id and m.team_id = t.team_id
where t.organiser_id = @organiser_id
group by t.team_id, t.name, t.active, t.row_version
order by t.active desc, t.name;

-- name: MemberDeleteOthers :many
delete from team_member
where organiser_id = @organiser_id and team_id = @team_id and mandate_id <> all (@mandates::bigint[])
returning mandate_id;

-- name: MemberAdd :many
insert into team_member (organiser_id, team_id, mandate_id)
select @organiser_id::int, @team_id::bigint, unnest(@mandates::bigint[])
on conflict do nothing
returning mandate_id;

-- name: MembersOfMandates :many
select mandate_id, array_agg(team_id order by team_id)::bigint[] as teams
from team_member
where organiser_id = @organiser_id and mandate_id = any (@mandates::bigint[])
group by mandate_id;
