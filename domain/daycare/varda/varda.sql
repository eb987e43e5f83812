-- name: SettingOf :one
select base_url, source_code, owner_oid, user_name, password_encrypted, active, daily_most, row_version, set_at, set_by from varda_setting where organiser_id = @organiser_id;

-- name: SettingAdd :exec
insert into varda_setting (organiser_id, base_url, source_code, owner_oid, user_name, password_encrypted, active, daily_most, set_at, set_by)
values (@organiser_id, @base_url, @source_code, @owner_oid, @user_name, @password_encrypted, @active, @daily_most, @set_at, @set_by);

-- name: SettingEdit :execrows
update varda_setting
set base_url = @base_url, source_code = @source_code, owner_oid = @owner_oid, user_name = @user_name, password_encrypted = @password_encrypted, active = @active,
  daily_most = @daily_most, set_at = @set_at, set_by = @set_by, row_version = row_version + 1
where organiser_id = @organiser_id and row_version = @row_version;

-- name: Units :many
select unit_id, unit_oid, producer_oid, agreed from varda_unit where organiser_id = @organiser_id;

-- name: UnitSet :exec
insert into varda_unit (organiser_id, unit_id, unit_oid, producer_oid, agreed, set_at, set_by)
values (@organiser_id, @unit_id, @unit_oid, @producer_oid, @agreed, @set_at, @set_by)
on conflict (organiser_id, unit_id) do update
set unit_oid = excluded.unit_oid, producer_oid = excluded.producer_oid, agreed = excluded.agreed, set_at = excluded.set_at, set_by = excluded.set_by;

-- name: Options :many
select option_code, hours_tenths, daily, shift from varda_option where organiser_id = @organiser_id;

-- name: OptionSet :exec
insert into varda_option (organiser_id, option_code, hours_tenths, daily, shift, set_at, set_by)
values (@organiser_id, @option_code, @hours_tenths, @daily, @shift, @set_at, @set_by)
on conflict (organiser_id, option_code) do update
set hours_tenths = excluded.hours_tenths, daily = excluded.daily, shift = excluded.shift, set_at = excluded.set_at, set_by = excluded.set_by;

-- name: Known :many
select child_id, object_key, kind, parent_key, url, last_day from varda_object where organiser_id = @organiser_id order by child_id, object_key;

-- name: KnownOf :many
select object_key, kind, parent_key, url, last_day from varda_object where organiser_id = @organiser_id and child_id = @child_id order by object_key;

-- name: ObjectSet :exec
insert into varda_object (organiser_id, child_id, object_key, kind, parent_key, url, last_day, sent_at)
values (@organiser_id, @child_id, @object_key, @kind, @parent_key, @url, @last_day, @sent_at)
on conflict (organiser_id, child_id, object_key) do update set url = excluded.url, last_day = excluded.last_day, sent_at = excluded.sent_at;

-- name: ObjectDelete :exec
delete from varda_object where organiser_id = @organiser_id and child_id = @child_id and object_key = @object_key;

-- name: ChildSet :exec
-- How a child's report ended; the same refusal again counts one try more.
insert into varda_child (organiser_id, child_id, state, codes, tries, reported_at)
values (@organiser_id, @child_id, @state, @codes, 1, @reported_at)
on conflict (organiser_id, child_id) do update
set state = excluded.state, codes = excluded.codes, reported_at = excluded.reported_at,
  tries = case when varda_child.state = excluded.state and varda_child.codes = excluded.codes then varda_child.tries + 1 else 1 end;

-- name: Troubles :many
-- Children whom the warehouse does not hold as they are, with how many they are in all.
select v.child_id, v.state, v.codes, v.tries, v.reported_at, c.last_name, c.first_names, c.person_id, count(*) over () as all_of_them
from varda_child v
join client c on c.organiser_id = v.organiser_id and c.client_id = v.child_id
where v.organiser_id = @organiser_id and v.state <> 'same'
order by c.last_name, c.first_names, v.child_id
limit @most;

-- name: TroubleUnits :many
-- The units that refusals and lacks are about.
select unit_id, name from unit where unit_id = any(@units::bigint[]);

-- name: StatesOf :many
select child_id, state from varda_child where organiser_id = @organiser_id;

-- name: RunLast :one
select coalesce(max(run_no), 0)::int as run_no from varda_run where organiser_id = @organiser_id;

-- name: RunOrder :exec
insert into varda_run (organiser_id, run_no, ordered_at, ordered_by) values (@organiser_id, @run_no, @ordered_at, @ordered_by);

-- name: RunWaiting :many
-- Runs that were ordered and have not ended: not begun, cut off, or held until next_at. The caller holds no two at once.
select run_no, children, sent, refused, lacking, held, held_since, tries, next_at, day_at, day_sent
from varda_run where organiser_id = @organiser_id and ended_at is null order by run_no;

-- name: RunDue :one
-- Whether a run is to be begun or gone on with; none is while the connection is switched off.
select exists (select 1 from varda_run r join varda_setting s on s.organiser_id = r.organiser_id and s.active
  where r.organiser_id = @organiser_id and r.ended_at is null and (r.next_at is null or r.next_at <= @now))::boolean as due;

-- name: RunForward :exec
update varda_run set next_at = null where organiser_id = @organiser_id and run_no = @run_no;

-- name: RunBegin :exec
update varda_run set began_at = coalesce(began_at, @began_at), next_at = null where organiser_id = @organiser_id and run_no = @run_no;

-- name: DaySent :one
-- What other runs have sent since a moment.
select coalesce(sum(day_sent), 0)::bigint as sent from varda_run where organiser_id = @organiser_id and run_no <> @run_no and day_at >= @since;

-- name: RunCount :exec
update varda_run set children = @children, sent = @sent, refused = @refused, lacking = @lacking, day_at = @day_at, day_sent = @day_sent
where organiser_id = @organiser_id and run_no = @run_no;

-- name: RunHold :exec
update varda_run set held = @held, held_since = @held_since, tries = @tries, next_at = @next_at where organiser_id = @organiser_id and run_no = @run_no;

-- name: RunEnd :exec
update varda_run set ended_at = @ended_at, outcome = 'done', held = '', held_since = null, next_at = null where organiser_id = @organiser_id and run_no = @run_no;

-- name: Runs :many
select run_no, ordered_at, ordered_by, began_at, ended_at, children, sent, refused, lacking, outcome, held, held_since, tries, next_at
from varda_run where organiser_id = @organiser_id order by run_no desc limit @most;

-- name: UnitsPlaced :many
-- Units in which voucher children are or have been, with what is recorded of them for the warehouse.
select u.unit_id, u.name, coalesce(v.unit_oid, u.oid, '')::text as unit_oid, coalesce(v.producer_oid, '')::text as producer_oid, coalesce(v.agreed, false)::boolean as agreed, (v.unit_id is not null)::boolean as known
from unit u
left join varda_unit v on v.organiser_id = @organiser_id and v.unit_id = u.unit_id
where exists (select 1 from daycare_placement p where p.organiser_id = @organiser_id and p.unit_id = u.unit_id and p.voucher and p.voided_at is null)
order by u.name, u.unit_id;
