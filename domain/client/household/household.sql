-- name: ClientLock :one
-- Changes of one household queue on its client, so that two people cannot add a second spouse or the twenty-first member at once.
select client_id, person_id, birth_date from client
where organiser_id = @organiser_id and client_id = @client_id
for update;

-- name: ClientOf :one
select client_id, person_id, birth_date from client
where organiser_id = @organiser_id and client_id = @client_id;

-- name: ClientOfPerson :one
select client_id from client
where organiser_id = @organiser_id and person_id = @person_id;

-- name: Members :many
select member_id, last_name, first_names, birth_date, role, valid_from, valid_to, member_person_id, row_version
from household_member
where organiser_id = @organiser_id and client_id = @client_id and voided_at is null
order by valid_from, member_id;

-- name: MemberAdd :one
insert into household_member (organiser_id, client_id, person_id, member_person_id, identity_encrypted, last_name, first_names, birth_date,
  role, valid_from, valid_to, added_at, added_by)
values (@organiser_id, @client_id, @person_id, @member_person_id, @identity_encrypted, @last_name, @first_names, @birth_date,
  @role, @valid_from, @valid_to, @added_at, @added_by)
returning member_id;

-- name: MemberEdit :execrows
update household_member set last_name = @last_name, first_names = @first_names, role = @role, valid_from = @valid_from, valid_to = @valid_to,
  row_version = row_version + 1
where organiser_id = @organiser_id and client_id = @client_id and member_id = @member_id and row_version = @row_version and voided_at is null;

-- name: MemberVoid :execrows
update household_member set voided_at = @voided_at, row_version = row_version + 1
where organiser_id = @organiser_id and client_id = @client_id and member_id = @member_id and row_version = @row_version and voided_at is null;

-- name: Items :many
select income_id, member_id, kind, amount_cents, per, valid_from, valid_to, source, fetched_on, payer, note, reported_on, added_by, row_version, told_kind, told_id
from income_item
where organiser_id = @organiser_id and client_id = @client_id and voided_at is null
order by valid_from, income_id;

-- name: ItemAdd :one
insert into income_item (organiser_id, client_id, person_id, member_id, kind, amount_cents, per, valid_from, valid_to, source, fetched_on,
  payer, note, reported_on, added_at, added_by, told_kind, told_id)
values (@organiser_id, @client_id, @person_id, @member_id, @kind, @amount_cents, @per, @valid_from, @valid_to, @source, @fetched_on,
  @payer, @note, @reported_on, @added_at, @added_by, @told_kind, @told_id)
returning income_id;

-- name: ItemEdit :execrows
update income_item set kind = @kind, amount_cents = @amount_cents, per = @per, valid_from = @valid_from, valid_to = @valid_to,
  source = @source, fetched_on = @fetched_on, payer = @payer, note = @note, reported_on = @reported_on, row_version = row_version + 1
where organiser_id = @organiser_id and client_id = @client_id and income_id = @income_id and row_version = @row_version and voided_at is null;

-- name: ItemVoid :execrows
update income_item set voided_at = @voided_at, row_version = row_version + 1
where organiser_id = @organiser_id and client_id = @client_id and income_id = @income_id and row_version = @row_version and voided_at is null;

-- name: Consents :many
select consent_id, member_id, kind, given_on, withdrawn_on, channel, noted_by
from income_consent
where organiser_id = @organiser_id and client_id = @client_id
order by given_on, consent_id;

-- name: ConsentAdd :one
insert into income_consent (organiser_id, client_id, person_id, member_id, kind, given_on, channel, noted_at, noted_by)
values (@organiser_id, @client_id, @person_id, @member_id, @kind, @given_on, @channel, @noted_at, @noted_by)
returning consent_id;

-- name: ConsentWithdraw :execrows
update income_consent set withdrawn_on = @withdrawn_on
where organiser_id = @organiser_id and client_id = @client_id and consent_id = @consent_id and withdrawn_on is null;

-- name: Definitions :many
select valid_from, content from income_definition
where organiser_id = @organiser_id
order by valid_from;

-- name: DefinitionAdd :exec
insert into income_definition (organiser_id, valid_from, content, set_at, set_by)
values (@organiser_id, @valid_from, @content, @set_at, @set_by);

-- name: Reports :many
select report_id, change_from, words, reported_on, reported_by, handled_at, handled_by, origin
from income_report
where organiser_id = @organiser_id and client_id = @client_id
order by report_id desc;

-- name: ReportAdd :one
insert into income_report (organiser_id, client_id, person_id, change_from, words, reported_on, reported_at, reported_by, origin)
values (@organiser_id, @client_id, @person_id, @change_from, @words, @reported_on, @reported_at, @reported_by, @origin)
returning report_id;

-- name: ReportHandle :execrows
update income_report set handled_at = @handled_at, handled_by = @handled_by
where organiser_id = @organiser_id and client_id = @client_id and report_id = @report_id and handled_at is null;

-- name: ReportsOpen :many
-- What waits for a caseworker, oldest first.
select r.report_id, r.client_id, r.person_id, r.change_from, r.reported_on, r.origin, c.last_name, c.first_names
from income_report r join client c on c.organiser_id = r.organiser_id and c.client_id = r.client_id
where r.organiser_id = @organiser_id and r.handled_at is null
order by r.report_id
limit @most;

-- name: SnapshotAdd :one
insert into income_snapshot (organiser_id, client_id, person_id, day, content, sha256, kept_at, kept_by)
values (@organiser_id, @client_id, @person_id, @day, @content, @sha256, @kept_at, @kept_by)
returning snapshot_id;

-- name: SnapshotByID :one
select client_id, person_id, content, sha256, kept_at, kept_by from income_snapshot
where organiser_id = @organiser_id and snapshot_id = @snapshot_id;

-- name: ReportsWaiting :one
select count(*) from income_report where organiser_id = @organiser_id and handled_at is null;

-- name: ClientsOf :many
select client_id, person_id, birth_date from client
where organiser_id = @organiser_id and client_id = any(@clients::bigint[])
order by client_id;

-- name: MembersOf :many
select client_id, member_id, last_name, first_names, birth_date, role, valid_from, valid_to, member_person_id, row_version
from household_member
where organiser_id = @organiser_id and client_id = any(@clients::bigint[]) and voided_at is null
order by client_id, valid_from, member_id;

-- name: ItemsOf :many
select client_id, income_id, member_id, kind, amount_cents, per, valid_from, valid_to, source, fetched_on, payer, note, reported_on, added_by, row_version
from income_item
where organiser_id = @organiser_id and client_id = any(@clients::bigint[]) and voided_at is null
order by client_id, valid_from, income_id;

-- name: ConsentsOf :many
select client_id, consent_id, member_id, kind, given_on, withdrawn_on, channel, noted_by
from income_consent
where organiser_id = @organiser_id and client_id = any(@clients::bigint[])
order by client_id, given_on, consent_id;

-- name: ClientsOfPersons :many
select client_id, person_id from client
where organiser_id = @organiser_id and person_id = any(@persons::bigint[]);

-- name: ClientsLock :many
-- An import changes many households; all who change one queue on its client, in one order.
select client_id from client
where organiser_id = @organiser_id and client_id = any(@clients::bigint[])
order by client_id
for update;
