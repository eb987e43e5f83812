-- name: RulesList :many
select rules_id, service_id, content_id, valid_from, profile, sha256, prepared_at, prepared_by_account, prepared_by, published_at, published_by, row_version
from daycare_rules
where organiser_id = @organiser_id
order by published_at is not null, valid_from desc, rules_id desc;

-- name: RulesAny :one
select exists (select 1 from daycare_rules where organiser_id = @organiser_id)::bool as found;

-- name: RulesLock :one
-- Editor and publisher of one draft queue here.
select rules_id, service_id, content_id, valid_from, profile, prepared_by_account, row_version
from daycare_rules
where organiser_id = @organiser_id and rules_id = @rules_id and published_at is null
for update;

-- name: RulesAdd :one
insert into daycare_rules (organiser_id, service_id, content_id, valid_from, profile, sha256, prepared_at, prepared_by_account, prepared_by)
values (@organiser_id, @service_id, @content_id, @valid_from, @profile, @sha256, @prepared_at, @prepared_by_account, @prepared_by)
returning rules_id;

-- name: RulesEdit :exec
update daycare_rules
set service_id = @service_id, content_id = @content_id, valid_from = @valid_from, profile = @profile, sha256 = @sha256,
  prepared_at = @prepared_at, prepared_by_account = @prepared_by_account, prepared_by = @prepared_by, row_version = row_version + 1
where organiser_id = @organiser_id and rules_id = @rules_id;

-- name: RulesPublish :exec
update daycare_rules
set published_at = @published_at::timestamptz, published_by_account = @published_by_account::bigint, published_by = @published_by::text, row_version = row_version + 1
where organiser_id = @organiser_id and rules_id = @rules_id;

-- name: RulesEffectPut :exec
insert into daycare_rules_effect (organiser_id, rules_id, rules_row_version, computed_at, effect)
values (@organiser_id, @rules_id, @rules_row_version, @computed_at, @effect)
on conflict (organiser_id, rules_id) do update set rules_row_version = excluded.rules_row_version, computed_at = excluded.computed_at, effect = excluded.effect;

-- name: RulesEffect :one
select rules_row_version, computed_at, effect
from daycare_rules_effect
where organiser_id = @organiser_id and rules_id = @rules_id;

-- name: ThresholdList :many
-- The draft first, then the published rows, the newest first.
select threshold_id, figures, sha256, source, prepared_at, prepared_by_account, prepared_by, published_at, published_by, row_version
from daycare_threshold
order by published_at is not null, published_at desc, threshold_id desc;

-- name: ThresholdLock :one
-- Editor and publisher of the one draft queue here.
select threshold_id, figures, prepared_by_account, row_version
from daycare_threshold
where threshold_id = @threshold_id and published_at is null
for update;

-- name: ThresholdAdd :one
insert into daycare_threshold (valid_from, valid_to, figures, source, sha256, prepared_at, prepared_by_account, prepared_by)
values (@valid_from, @valid_to, @figures, @source, @sha256, @prepared_at, @prepared_by_account, @prepared_by)
returning threshold_id;

-- name: ThresholdEdit :exec
update daycare_threshold
set valid_from = @valid_from, valid_to = @valid_to, figures = @figures, source = @source, sha256 = @sha256,
  prepared_at = @prepared_at, prepared_by_account = @prepared_by_account, prepared_by = @prepared_by, row_version = row_version + 1
where threshold_id = @threshold_id;

-- name: ThresholdPublish :exec
update daycare_threshold
set published_at = @published_at::timestamptz, published_by_account = @published_by_account::bigint, published_by = @published_by::text, row_version = row_version + 1
where threshold_id = @threshold_id;

-- name: ChildAdd :execrows
insert into daycare_child (organiser_id, client_id, person_id, added_at, added_by)
select c.organiser_id, c.client_id, c.person_id, @added_at, @added_by
from client c
where c.organiser_id = @organiser_id and c.client_id = @client_id
on conflict do nothing;

-- name: ChildLock :one
-- What is entered of one child, its drafts and its decisions queue here.
select c.client_id, c.person_id, c.birth_date
from client c
join daycare_child d on d.organiser_id = c.organiser_id and d.client_id = c.client_id
where c.organiser_id = @organiser_id and c.client_id = @client_id
for update of c;

-- name: ChildrenLock :many
-- Two who regenerate one family would draft everything twice. In key order, as every lock of more than one client.
select client_id
from client
where organiser_id = @organiser_id and client_id = any(@children::bigint[])
order by client_id
for update;

-- name: Children :many
select c.client_id, c.person_id, c.birth_date, c.last_name, c.first_names
from daycare_child d
join client c on c.organiser_id = d.organiser_id and c.client_id = d.client_id
where d.organiser_id = @organiser_id
order by c.last_name, c.first_names, c.client_id;

-- name: People :many
-- A person who is a client, whether child or adult, by number of client.
select c.client_id, c.person_id, c.birth_date
from client c
where c.organiser_id = @organiser_id and c.client_id = any(@clients::bigint[])
order by c.client_id;

-- name: PeopleNamed :many
select c.client_id, c.person_id, c.birth_date, c.last_name, c.first_names
from client c
where c.organiser_id = @organiser_id and c.client_id = any(@clients::bigint[])
order by c.client_id;

-- name: HeadAdd :one
insert into daycare_head (organiser_id, child_id, adult_id, valid_from, valid_to, added_at, added_by)
values (@organiser_id, @child_id, @adult_id, @valid_from, @valid_to, @added_at, @added_by)
returning head_id;

-- name: HeadEdit :execrows
update daycare_head
set valid_from = @valid_from, valid_to = @valid_to, voided_at = @voided_at, row_version = row_version + 1
where organiser_id = @organiser_id and child_id = @child_id and head_id = @head_id and row_version = @row_version and voided_at is null;

-- name: HeadsOfChildren :many
select head_id, child_id, adult_id, valid_from, valid_to, row_version
from daycare_head
where organiser_id = @organiser_id and child_id = any(@children::bigint[]) and voided_at is null
order by child_id, valid_from;

-- name: GuardiansReported :many
-- Guardians who can be told of to other authorities: only by an identity code do those know them.
select g.child_id, g.adult_id, g.person_id, g.valid_from, g.valid_to
from daycare_guardian g
join client c on c.organiser_id = g.organiser_id and c.client_id = g.adult_id and c.identity_encrypted is not null
where g.organiser_id = @organiser_id and g.child_id = any(@children::bigint[]) and g.voided_at is null
order by g.child_id, g.adult_id, g.valid_from;

-- name: HeadsOfPersons :many
-- Children headed by adults who are known as persons: siblings of a child, on either side of a couple.
select h.head_id, h.child_id, h.adult_id, h.valid_from, h.valid_to
from daycare_head h
join client c on c.organiser_id = h.organiser_id and c.client_id = h.adult_id
where h.organiser_id = @organiser_id and c.person_id = any(@persons::bigint[]) and h.voided_at is null
order by h.child_id, h.valid_from;

-- name: PlacementAdd :one
insert into daycare_placement (organiser_id, child_id, unit_id, provider_id, kind, voucher, valid_from, valid_to, notice_on, added_at, added_by)
values (@organiser_id, @child_id, @unit_id, @provider_id, @kind, @voucher, @valid_from, @valid_to, @notice_on, @added_at, @added_by)
returning placement_id;

-- name: PlacementEdit :execrows
update daycare_placement
set unit_id = @unit_id, provider_id = @provider_id, kind = @kind, voucher = @voucher, valid_from = @valid_from, valid_to = @valid_to,
  notice_on = @notice_on, voided_at = @voided_at, row_version = row_version + 1
where organiser_id = @organiser_id and child_id = @child_id and placement_id = @placement_id and row_version = @row_version and voided_at is null;

-- name: PlacementsOf :many
select p.placement_id, p.child_id, p.unit_id, p.provider_id, p.kind, p.voucher, p.valid_from, p.valid_to, p.notice_on, p.row_version, u.name as unit_name
from daycare_placement p
join unit u on u.unit_id = p.unit_id
where p.organiser_id = @organiser_id and p.child_id = any(@children::bigint[]) and p.voided_at is null
order by p.child_id, p.valid_from;

-- name: PlacementsOfProvider :many
select p.organiser_id, p.placement_id, p.child_id, p.unit_id, p.kind, p.valid_from, p.valid_to, p.notice_on, u.name as unit_name, c.last_name, c.first_names, c.birth_date, c.person_id
from daycare_placement p
join unit u on u.unit_id = p.unit_id
join client c on c.organiser_id = p.organiser_id and c.client_id = p.child_id
where p.organiser_id = @organiser_id and p.provider_id = @provider_id and p.voided_at is null and p.valid_to > @day
order by u.name, c.last_name, c.first_names, p.placement_id;

-- name: NeedAdd :one
insert into daycare_need (organiser_id, child_id, option_code, valid_from, valid_to, added_at, added_by)
values (@organiser_id, @child_id, @option_code, @valid_from, @valid_to, @added_at, @added_by)
returning need_id;

-- name: NeedEdit :execrows
update daycare_need
set option_code = @option_code, valid_from = @valid_from, valid_to = @valid_to, voided_at = @voided_at, row_version = row_version + 1
where organiser_id = @organiser_id and child_id = @child_id and need_id = @need_id and row_version = @row_version and voided_at is null;

-- name: NeedsOf :many
select need_id, child_id, option_code, valid_from, valid_to, row_version
from daycare_need
where organiser_id = @organiser_id and child_id = any(@children::bigint[]) and voided_at is null
order by child_id, valid_from;

-- name: ReadyShareAdd :one
insert into daycare_ready_share (organiser_id, child_id, share_cents, valid_from, valid_to, added_at, added_by)
values (@organiser_id, @child_id, @share_cents, @valid_from, @valid_to, @added_at, @added_by)
returning share_id;

-- name: ReadyShareEdit :execrows
update daycare_ready_share
set share_cents = @share_cents, valid_from = @valid_from, valid_to = @valid_to, voided_at = @voided_at, row_version = row_version + 1
where organiser_id = @organiser_id and child_id = @child_id and share_id = @share_id and row_version = @row_version and voided_at is null;

-- name: ReadySharesOf :many
select share_id, child_id, share_cents, valid_from, valid_to, row_version
from daycare_ready_share
where organiser_id = @organiser_id and child_id = any(@children::bigint[]) and voided_at is null
order by child_id, valid_from;

-- name: SupportAdd :one
insert into daycare_support (organiser_id, child_id, coefficient, capacity, valid_from, valid_to, added_at, added_by)
values (@organiser_id, @child_id, @coefficient, @capacity, @valid_from, @valid_to, @added_at, @added_by)
returning support_id;

-- name: SupportEdit :execrows
update daycare_support
set coefficient = @coefficient, capacity = @capacity, valid_from = @valid_from, valid_to = @valid_to, voided_at = @voided_at, row_version = row_version + 1
where organiser_id = @organiser_id and child_id = @child_id and support_id = @support_id and row_version = @row_version and voided_at is null;

-- name: SupportsOf :many
select support_id, child_id, coefficient, capacity, valid_from, valid_to, row_version
from daycare_support
where organiser_id = @organiser_id and child_id = any(@children::bigint[]) and voided_at is null
order by child_id, valid_from;

-- name: AlterationAdd :one
insert into daycare_alteration (organiser_id, child_id, kind, percent, alteration_cents, reason, valid_from, valid_to, added_at, added_by)
values (@organiser_id, @child_id, @kind, @percent, @alteration_cents, @reason, @valid_from, @valid_to, @added_at, @added_by)
returning alteration_id;

-- name: AlterationEdit :execrows
update daycare_alteration
set kind = @kind, percent = @percent, alteration_cents = @alteration_cents, reason = @reason, valid_from = @valid_from, valid_to = @valid_to,
  voided_at = @voided_at, row_version = row_version + 1
where organiser_id = @organiser_id and child_id = @child_id and alteration_id = @alteration_id and row_version = @row_version and voided_at is null;

-- name: AlterationsOf :many
select alteration_id, child_id, kind, percent, alteration_cents, reason, valid_from, valid_to, row_version
from daycare_alteration
where organiser_id = @organiser_id and child_id = any(@children::bigint[]) and voided_at is null
order by child_id, valid_from, alteration_id;

-- name: PriceTell :exec
-- The newest row of a day holds.
insert into daycare_price (organiser_id, unit_id, provider_id, option_code, valid_from, entry_no, price_over_cents, price_under_cents, surcharge_cents, told_at, told_by)
select @organiser_id, @unit_id, @provider_id, @option_code, @valid_from,
  1 + coalesce((select max(p.entry_no) from daycare_price p where p.organiser_id = @organiser_id and p.unit_id = @unit_id and p.option_code = @option_code and p.valid_from = @valid_from), 0),
  @price_over_cents, @price_under_cents, @surcharge_cents, @told_at, @told_by;

-- name: PricesOf :many
select distinct on (unit_id, option_code, valid_from) unit_id, option_code, valid_from, price_over_cents, price_under_cents, surcharge_cents
from daycare_price
where organiser_id = @organiser_id and unit_id = any(@units::bigint[])
order by unit_id, option_code, valid_from, entry_no desc;

-- name: UnitOf :one
-- A unit with whether money can be paid for it: its own account where the company bills by unit, else the company's.
select u.unit_id, u.provider_id, u.name, u.active,
  (case when p.billing_level = 'unit' then coalesce(u.iban, p.iban) else p.iban end is not null)::bool as has_account
from unit u
join provider p on p.provider_id = u.provider_id
where u.unit_id = @unit_id;

-- name: DraftsOf :many
select draft_id, child_id, person_id, unit_id, provider_id, valid_from, valid_to, value_cents, own_cents, payable_cents, basis, explanation, sha256, differences,
  retroactive, made_at, ignored_at, ignored_by, ignored_reason
from daycare_draft
where organiser_id = @organiser_id and child_id = any(@children::bigint[])
order by child_id, valid_from, draft_id;

-- name: DraftsDelete :exec
delete from daycare_draft where organiser_id = @organiser_id and draft_id = any(@drafts::bigint[]);

-- name: DraftAdd :exec
insert into daycare_draft (organiser_id, child_id, person_id, unit_id, provider_id, valid_from, valid_to, value_cents, own_cents, payable_cents, basis, explanation, sha256, differences, retroactive, made_at)
select @organiser_id, t.child_id, t.person_id, t.unit_id, t.provider_id, t.valid_from, t.valid_to, t.value_cents, t.own_cents, t.payable_cents, t.basis, t.explanation, t.sha256,
  string_to_array(t.differences, ',')::text[], t.retroactive, @made_at
from (select unnest(@children::bigint[]) as child_id, unnest(@persons::bigint[]) as person_id, unnest(@units::bigint[]) as unit_id, unnest(@providers::bigint[]) as provider_id,
  unnest(@froms::date[]) as valid_from, unnest(@tos::date[]) as valid_to, unnest(@vals::bigint[]) as value_cents, unnest(@owns::bigint[]) as own_cents, unnest(@payables::bigint[]) as payable_cents,
  unnest(@bases::text[]) as basis, unnest(@explanations::text[]) as explanation, unnest(@hashes::bytea[]) as sha256, unnest(@differences::text[]) as differences, unnest(@retro::bool[]) as retroactive) t;

-- name: DraftIgnore :execrows
update daycare_draft set ignored_at = @ignored_at, ignored_by = @ignored_by, ignored_reason = @ignored_reason
where organiser_id = @organiser_id and draft_id = @draft_id and (ignored_at is null) = (@ignored_reason::text <> '');

-- name: GapsDelete :exec
delete from daycare_gap where organiser_id = @organiser_id and child_id = any(@children::bigint[]);

-- name: GapsAdd :exec
insert into daycare_gap (organiser_id, child_id, valid_from, valid_to, reason, found_at)
select @organiser_id, t.child_id, t.valid_from, t.valid_to, t.reason, @found_at
from (select unnest(@children::bigint[]) as child_id, unnest(@froms::date[]) as valid_from, unnest(@tos::date[]) as valid_to, unnest(@reasons::text[]) as reason) t;

-- name: GapList :many
select g.child_id, c.last_name, c.first_names, g.valid_from, g.valid_to, g.reason
from daycare_gap g
join client c on c.organiser_id = g.organiser_id and c.client_id = g.child_id
where g.organiser_id = @organiser_id and (cardinality(@children::bigint[]) = 0 or g.child_id = any(@children::bigint[]))
order by c.last_name, c.first_names, g.child_id, g.valid_from, g.reason;

-- name: EndingsDelete :exec
delete from daycare_ending where organiser_id = @organiser_id and child_id = any(@children::bigint[]);

-- name: EndingsAdd :exec
insert into daycare_ending (organiser_id, value_decision_id, child_id, valid_to, found_at)
select @organiser_id, t.value_decision_id, t.child_id, t.valid_to, @found_at
from (select unnest(@decisions::bigint[]) as value_decision_id, unnest(@children::bigint[]) as child_id, unnest(@tos::date[]) as valid_to) t;

-- name: EndingList :many
select e.value_decision_id, e.child_id, c.last_name, c.first_names, d.valid_from, e.valid_to
from daycare_ending e
join daycare_decision d on d.organiser_id = e.organiser_id and d.value_decision_id = e.value_decision_id
join client c on c.organiser_id = e.organiser_id and c.client_id = e.child_id
where e.organiser_id = @organiser_id
order by c.last_name, c.first_names, e.value_decision_id;

-- name: DecisionAdd :exec
insert into daycare_decision (organiser_id, value_decision_id, child_id, person_id, unit_id, provider_id, valid_from, valid_to, value_cents, own_cents, payable_cents, sha256, decision_id, sent_at, sent_by)
values (@organiser_id, @value_decision_id, @child_id, @person_id, @unit_id, @provider_id, @valid_from, @valid_to, @value_cents, @own_cents, @payable_cents, @sha256, @decision_id, @sent_at, @sent_by);

-- name: BasisAdd :exec
insert into daycare_decision_basis (organiser_id, value_decision_id, basis, explanation, differences)
values (@organiser_id, @value_decision_id, @basis, @explanation, @differences);

-- name: BasisOf :one
select basis, explanation, differences from daycare_decision_basis
where organiser_id = @organiser_id and value_decision_id = @value_decision_id;

-- name: EndAdd :exec
insert into daycare_decision_end (organiser_id, value_decision_id, end_no, provider_id, person_id, valid_to, reason, replaced_by, ended_at, ended_by)
select d.organiser_id, d.value_decision_id,
  1 + coalesce((select max(e.end_no) from daycare_decision_end e where e.organiser_id = d.organiser_id and e.value_decision_id = d.value_decision_id), 0),
  d.provider_id, d.person_id, @valid_to, @reason, @replaced_by, @ended_at, @ended_by
from daycare_decision d
where d.organiser_id = @organiser_id and d.value_decision_id = @value_decision_id;

-- name: DecisionsOf :many
-- Sent decisions of children with the end that holds; all of the organiser's when no child is named. One statement, so that a
-- decision and what it ended are seen together or not at all.
select d.value_decision_id, d.child_id, d.person_id, d.unit_id, d.provider_id, d.valid_from, d.valid_to as sent_to,
  coalesce(e.valid_to, d.valid_to)::date as valid_to, coalesce(e.reason, '')::text as end_reason,
  d.value_cents, d.own_cents, d.payable_cents, d.sha256, d.decision_id, d.sent_at, d.sent_by
from daycare_decision d
left join lateral (select x.valid_to, x.reason from daycare_decision_end x where x.organiser_id = d.organiser_id and x.value_decision_id = d.value_decision_id order by x.end_no desc limit 1) e on true
where d.organiser_id = @organiser_id and (cardinality(@children::bigint[]) = 0 or d.child_id = any(@children::bigint[]))
order by d.value_decision_id;

-- name: MonthLast :one
select coalesce(max(month), date '1970-01-01')::date as month, count(*) as n from daycare_month where organiser_id = @organiser_id;

-- name: Months :many
select month, row_count, total_cents, closed_at, closed_by from daycare_month where organiser_id = @organiser_id order by month desc;

-- name: MonthAdd :exec
insert into daycare_month (organiser_id, month, row_count, total_cents, sha256, closed_at, closed_by_account, closed_by)
values (@organiser_id, @month, @row_count, @total_cents, @sha256, @closed_at, @closed_by_account, @closed_by);

-- name: RowsStanding :many
-- Rows that were neither refunds nor taken back.
select r.row_id, r.kind, r.child_id, r.unit_id, r.value_decision_id, r.valid_from, r.valid_to, r.days, r.month_days, r.value_cents, r.own_cents, r.row_cents, r.notice
from daycare_month_row r
where r.organiser_id = @organiser_id and r.kind <> 'REFUND'
  and not exists (select 1 from daycare_month_row x where x.organiser_id = r.organiser_id and x.refunds_row = r.row_id)
order by r.row_id;

-- name: RowNext :one
select (coalesce(max(row_id), 0) + 1)::bigint as row_id from daycare_month_row where organiser_id = @organiser_id;

-- name: RowsAdd :exec
-- Person and provider come along: a join would meet every decision with every row once the planner uses its general plan.
insert into daycare_month_row (organiser_id, row_id, month, kind, child_id, person_id, unit_id, provider_id, value_decision_id, valid_from, valid_to, days, month_days, value_cents, own_cents, row_cents, refunds_row, notice)
select @organiser_id, t.row_id, @month, t.kind, t.child_id, t.person_id, t.unit_id, t.provider_id, t.value_decision_id, t.valid_from, t.valid_to, t.days, t.month_days, t.value_cents, t.own_cents, t.row_cents, nullif(t.refunds_row, 0), t.notice
from (select unnest(@ids::bigint[]) as row_id, unnest(@kinds::text[]) as kind, unnest(@children::bigint[]) as child_id, unnest(@units::bigint[]) as unit_id, unnest(@decisions::bigint[]) as value_decision_id,
  unnest(@froms::date[]) as valid_from, unnest(@tos::date[]) as valid_to, unnest(@days::int[]) as days, unnest(@month_days::int[]) as month_days,
  unnest(@vals::bigint[]) as value_cents, unnest(@owns::bigint[]) as own_cents, unnest(@amounts::bigint[]) as row_cents, unnest(@refunds::bigint[]) as refunds_row,
  unnest(@persons::bigint[]) as person_id, unnest(@providers::bigint[]) as provider_id, unnest(@notices::bool[]) as notice) t;

-- name: StatementsAdd :exec
insert into daycare_statement (organiser_id, month, unit_id, provider_id, row_count, total_cents, answer_by)
select r.organiser_id, r.month, r.unit_id, r.provider_id, count(*), sum(r.row_cents), @answer_by
from daycare_month_row r
where r.organiser_id = @organiser_id and r.month = @month
group by r.organiser_id, r.month, r.unit_id, r.provider_id;

-- name: Statements :many
select s.organiser_id, s.month, s.unit_id, s.provider_id, u.name as unit_name, s.row_count, s.total_cents, s.answer_by,
  coalesce((select m.closed_at from daycare_month m where m.organiser_id = s.organiser_id and m.month = s.month), s.answer_by)::timestamptz as closed_at,
  a.approved_at, coalesce(a.approved_by, '')::text as approved_by, coalesce(a.silent, false)::bool as silent,
  (select count(*) from daycare_month_row r join daycare_objection o on o.organiser_id = r.organiser_id and o.row_id = r.row_id
   where r.organiser_id = s.organiser_id and r.month = s.month and r.unit_id = s.unit_id
     and not exists (select 1 from daycare_objection_answer w where w.organiser_id = o.organiser_id and w.row_id = o.row_id)) as open_objections,
  (select count(*) from daycare_month_row r join daycare_row_posted p on p.organiser_id = r.organiser_id and p.row_id = r.row_id
   where r.organiser_id = s.organiser_id and r.month = s.month and r.unit_id = s.unit_id) as posted
from daycare_statement s
join unit u on u.unit_id = s.unit_id
left join daycare_statement_approval a on a.organiser_id = s.organiser_id and a.month = s.month and a.unit_id = s.unit_id
where s.organiser_id = @organiser_id and (@month::date = date '1970-01-01' or s.month = @month::date) and (@provider::bigint = 0 or s.provider_id = @provider::bigint)
order by s.month desc, u.name, s.unit_id;

-- name: StatementLock :one
-- Who approves, objects or answers for one statement queues here.
select s.provider_id, s.answer_by, exists (select 1 from daycare_statement_approval a where a.organiser_id = s.organiser_id and a.month = s.month and a.unit_id = s.unit_id) as approved
from daycare_statement s
where s.organiser_id = @organiser_id and s.month = @month and s.unit_id = @unit_id
for update of s;

-- name: RowsOfStatement :many
select r.row_id, r.kind, r.child_id, r.person_id, c.last_name, c.first_names, r.value_decision_id, r.valid_from, r.valid_to, r.days, r.month_days, r.value_cents, r.own_cents, r.row_cents,
  coalesce(r.refunds_row, 0)::bigint as refunds_row, coalesce(o.words, '')::text as objection, coalesce(w.words, '')::text as answer,
  exists (select 1 from daycare_row_posted p where p.organiser_id = r.organiser_id and p.row_id = r.row_id) as posted, r.notice
from daycare_month_row r
join client c on c.organiser_id = r.organiser_id and c.client_id = r.child_id
left join daycare_objection o on o.organiser_id = r.organiser_id and o.row_id = r.row_id
left join daycare_objection_answer w on w.organiser_id = r.organiser_id and w.row_id = r.row_id
where r.organiser_id = @organiser_id and r.month = @month and r.unit_id = @unit_id
order by r.row_id;

-- name: RowPlace :one
select month, unit_id, provider_id from daycare_month_row where organiser_id = @organiser_id and row_id = @row_id;

-- name: ApprovalAdd :exec
insert into daycare_statement_approval (organiser_id, month, unit_id, provider_id, silent, approved_at, approved_by)
values (@organiser_id, @month, @unit_id, @provider_id, @silent, @approved_at, @approved_by);

-- name: StatementsSilent :many
select s.month, s.unit_id
from daycare_statement s
where s.organiser_id = @organiser_id and s.answer_by < @day
  and not exists (select 1 from daycare_statement_approval a where a.organiser_id = s.organiser_id and a.month = s.month and a.unit_id = s.unit_id)
order by s.month, s.unit_id;

-- name: ObjectionAdd :exec
insert into daycare_objection (organiser_id, row_id, provider_id, words, made_at, made_by)
values (@organiser_id, @row_id, @provider_id, @words, @made_at, @made_by);

-- name: ObjectionState :one
select o.provider_id, exists (select 1 from daycare_objection_answer w where w.organiser_id = o.organiser_id and w.row_id = o.row_id) as answered
from daycare_objection o
where o.organiser_id = @organiser_id and o.row_id = @row_id;

-- name: AnswerAdd :exec
insert into daycare_objection_answer (organiser_id, row_id, provider_id, words, answered_at, answered_by)
values (@organiser_id, @row_id, @provider_id, @words, @answered_at, @answered_by);

-- name: RowsToPost :many
-- Approved and not yet in the ledger; a row that is objected to waits for its answer.
select r.row_id, r.provider_id, r.valid_from, r.days, r.month_days, r.row_cents
from daycare_month_row r
join daycare_statement_approval a on a.organiser_id = r.organiser_id and a.month = r.month and a.unit_id = r.unit_id
where r.organiser_id = @organiser_id and r.month = @month and r.unit_id = @unit_id
  and not exists (select 1 from daycare_row_posted p where p.organiser_id = r.organiser_id and p.row_id = r.row_id)
  and not exists (select 1 from daycare_objection o where o.organiser_id = r.organiser_id and o.row_id = r.row_id
    and not exists (select 1 from daycare_objection_answer w where w.organiser_id = o.organiser_id and w.row_id = o.row_id))
order by r.row_id;

-- name: RowsPosted :exec
insert into daycare_row_posted (organiser_id, row_id, provider_id, period_no, posted_at)
select @organiser_id, t.row_id, @provider_id, @period_no, @posted_at
from (select unnest(@ids::bigint[]) as row_id) t;

-- name: PostingDifferences :many
-- Every row that was posted against the ledger, and postings of rows that were not.
select t.row_id::bigint as row_id, sum(t.due_cents)::bigint as due_cents, sum(t.posted_cents)::bigint as posted_cents
from (
  select r.row_id, r.row_cents as due_cents, 0::bigint as posted_cents
  from daycare_month_row r join daycare_row_posted p on p.organiser_id = r.organiser_id and p.row_id = r.row_id
  where r.organiser_id = @organiser_id
  union all
  select q.source_id, 0::bigint, case when q.credit_kind = 11 then q.amount_cents else -q.amount_cents end
  from posting q where q.organiser_id = @organiser_id and q.source_kind = 8 and q.provider_id <> 0) t
group by t.row_id
having sum(t.due_cents) <> sum(t.posted_cents)
order by t.row_id
limit 20;

-- name: BasesHolding :many
-- What each decision was made of, for those that hold on some day still.
select d.value_decision_id, b.basis
from daycare_decision d
join daycare_decision_basis b on b.organiser_id = d.organiser_id and b.value_decision_id = d.value_decision_id
where d.organiser_id = @organiser_id and d.child_id = any(@children::bigint[])
  and coalesce((select x.valid_to from daycare_decision_end x where x.organiser_id = d.organiser_id and x.value_decision_id = d.value_decision_id order by x.end_no desc limit 1), d.valid_to) > d.valid_from;
