-- name: ClassInsert :one
insert into service_class (organiser_id, name_fi, name_sv, name_en, position)
values (@organiser_id, @name_fi, @name_sv, @name_en, @position) returning class_id;

-- name: ClassUpdate :execrows
update service_class set name_fi = @name_fi, name_sv = @name_sv, name_en = @name_en, position = @position
where organiser_id = @organiser_id and class_id = @class_id;

-- name: ClassList :many
select class_id, name_fi, name_sv, name_en, position from service_class
where organiser_id = @organiser_id order by position, name_fi, class_id;

-- name: AreaInsert :one
insert into service_area (organiser_id, class_id, name_fi, name_sv, name_en, position)
values (@organiser_id, @class_id, @name_fi, @name_sv, @name_en, @position) returning area_id;

-- name: AreaUpdate :execrows
update service_area set name_fi = @name_fi, name_sv = @name_sv, name_en = @name_en, position = @position, class_id = @class_id
where organiser_id = @organiser_id and area_id = @area_id;

-- name: AreaList :many
select area_id, class_id, name_fi, name_sv, name_en, position from service_area
where organiser_id = @organiser_id order by position, name_fi, area_id;

-- name: ServiceInsert :one
insert into service (organiser_id, area_id, code, last_version, created_at)
values (@organiser_id, @area_id, @code, 0, @created_at) returning service_id;

-- name: ServiceLock :one
-- New versions of one service queue here; the number read under the lock tells a second editor that the first was faster.
select area_id, code, last_version from service
where organiser_id = @organiser_id and service_id = @service_id for update;

-- name: ServiceBump :exec
update service set last_version = @last_version, area_id = @area_id
where organiser_id = @organiser_id and service_id = @service_id;

-- name: VersionInsert :exec
insert into service_version (organiser_id, service_id, version, valid_from, name_fi, name_sv, name_en,
  description_fi, description_sv, description_en, mode, open_for_applications, own_share_forbidden, legal_act, legal_section,
  national_code, account_code, cost_centre, notice_email, published_at, published_by)
values (@organiser_id, @service_id, @version, @valid_from, @name_fi, @name_sv, @name_en,
  @description_fi, @description_sv, @description_en, @mode, @open_for_applications, @own_share_forbidden, @legal_act, @legal_section,
  @national_code, @account_code, @cost_centre, @notice_email, @published_at, @published_by);

-- name: ContentInsert :one
insert into content (organiser_id, service_id, code, unit, created_at)
values (@organiser_id, @service_id, @code, @unit, @created_at) returning content_id;

-- name: ContentKnown :many
select content_id, code, unit from content
where organiser_id = @organiser_id and service_id = @service_id order by content_id;

-- name: ContentVersionInsert :exec
insert into content_version (organiser_id, content_id, version, valid_from, valid_to, name_fi, name_sv, name_en,
  description, position, max_day_quantity, price_cap_cents)
values (@organiser_id, @content_id, @version, @valid_from, @valid_to, @name_fi, @name_sv, @name_en,
  @description, @position, sqlc.narg('max_day_quantity'), sqlc.narg('price_cap_cents'));

-- name: ServiceOn :many
-- Services of an organiser as they are on a day; service_id 0 = all. Without a version on the day a service is not there.
select s.service_id, s.code, s.last_version, s.area_id, a.class_id,
  a.name_fi as area_fi, a.name_sv as area_sv, a.name_en as area_en, c.name_fi as class_fi, c.name_sv as class_sv, c.name_en as class_en,
  v.version, v.valid_from, v.name_fi, v.name_sv, v.name_en, v.description_fi, v.description_sv, v.description_en,
  v.mode, v.open_for_applications, v.own_share_forbidden, v.legal_act, v.legal_section, v.national_code,
  v.account_code, v.cost_centre, v.notice_email, v.published_at, v.published_by
from service s
join service_area a on a.organiser_id = s.organiser_id and a.area_id = s.area_id
join service_class c on c.organiser_id = a.organiser_id and c.class_id = a.class_id
join lateral (
  select version, valid_from, name_fi, name_sv, name_en, description_fi, description_sv, description_en, mode,
    open_for_applications, own_share_forbidden, legal_act, legal_section, national_code, account_code, cost_centre,
    notice_email, published_at, published_by
  from service_version x
  where x.organiser_id = s.organiser_id and x.service_id = s.service_id and x.valid_from <= @day
  order by x.valid_from desc, x.version desc limit 1) v on true
where s.organiser_id = @organiser_id and (@service_id::bigint = 0 or s.service_id = @service_id)
order by c.position, c.name_fi, a.position, a.name_fi, v.name_fi, s.service_id;

-- name: ServiceVersions :many
-- Every version ever made, the newest first.
select s.service_id, s.code, s.last_version, s.area_id, a.class_id,
  a.name_fi as area_fi, a.name_sv as area_sv, a.name_en as area_en, c.name_fi as class_fi, c.name_sv as class_sv, c.name_en as class_en,
  v.version, v.valid_from, v.name_fi, v.name_sv, v.name_en, v.description_fi, v.description_sv, v.description_en,
  v.mode, v.open_for_applications, v.own_share_forbidden, v.legal_act, v.legal_section, v.national_code,
  v.account_code, v.cost_centre, v.notice_email, v.published_at, v.published_by
from service s
join service_area a on a.organiser_id = s.organiser_id and a.area_id = s.area_id
join service_class c on c.organiser_id = a.organiser_id and c.class_id = a.class_id
join service_version v on v.organiser_id = s.organiser_id and v.service_id = s.service_id
where s.organiser_id = @organiser_id and s.service_id = @service_id
order by v.version desc;

-- name: ContentsOf :many
-- Contents of many (service, version) pairs in one question.
select t.service_id, cv.version, t.content_id, t.code, t.unit, cv.valid_from, cv.valid_to, cv.name_fi, cv.name_sv, cv.name_en,
  cv.description, cv.position, cv.max_day_quantity, cv.price_cap_cents
from content t
join content_version cv on cv.organiser_id = t.organiser_id and cv.content_id = t.content_id
where t.organiser_id = @organiser_id
  and (t.service_id, cv.version) in (select unnest(@services::bigint[]), unnest(@versions::int[]))
order by t.service_id, cv.version, cv.position, cv.name_fi, t.content_id;

-- name: TeamsOf :many
select service_id, array_agg(team_id order by team_id)::bigint[] as teams
from service_team
where organiser_id = @organiser_id and service_id = any (@services::bigint[])
group by service_id;

-- name: TeamsClear :exec
delete from service_team where organiser_id = @organiser_id and service_id = @service_id;

-- name: TeamsPut :exec
insert into service_team (organiser_id, service_id, team_id)
select @organiser_id::int, @service_id::bigint, unnest(@teams::bigint[]);

-- name: SlotInsert :one
insert into attachment_slot (organiser_id, service_id, level, name_fi, name_sv, name_en, required, expires, position)
values (@organiser_id, @service_id, @level, @name_fi, @name_sv, @name_en, @required, @expires, @position) returning slot_id;

-- name: SlotUpdate :execrows
update attachment_slot set name_fi = @name_fi, name_sv = @name_sv, name_en = @name_en, required = @required, expires = @expires,
  position = @position, active = @active, row_version = row_version + 1
where organiser_id = @organiser_id and slot_id = @slot_id and row_version = @row_version;

-- name: SlotList :many
select slot_id, service_id, level, name_fi, name_sv, name_en, required, expires, position, active, row_version
from attachment_slot
where organiser_id = @organiser_id and service_id = @service_id
order by level, position, slot_id;
