-- name: WaitingMark :exec
-- A change while the drafts are computed gives the mark another number, by which the computation leaves it.
insert into daycare_waiting as w (organiser_id, child_id, marked_at)
select d.organiser_id, d.client_id, @marked_at
from daycare_child d
where d.organiser_id = @organiser_id and d.client_id = any(@children::bigint[])
order by d.client_id
on conflict (organiser_id, child_id) do update set mark_no = excluded.mark_no, marked_at = excluded.marked_at, failure = '';

-- name: WaitingMarkUnit :exec
-- Children with a place in a unit on or after a day: what the unit asks has changed.
insert into daycare_waiting as w (organiser_id, child_id, marked_at)
select distinct p.organiser_id, p.child_id, @marked_at::timestamptz
from daycare_placement p
where p.organiser_id = @organiser_id and p.unit_id = @unit_id and p.voided_at is null and p.valid_to > @day
order by p.child_id
on conflict (organiser_id, child_id) do update set mark_no = excluded.mark_no, marked_at = excluded.marked_at, failure = '';

-- name: WaitingMarkAll :execrows
insert into daycare_waiting as w (organiser_id, child_id, marked_at)
select d.organiser_id, d.client_id, @marked_at
from daycare_child d
where d.organiser_id = @organiser_id
order by d.client_id
on conflict (organiser_id, child_id) do update set mark_no = excluded.mark_no, marked_at = excluded.marked_at, failure = '';

-- name: WaitingMarks :many
-- Read before anything that drafts are made of.
select child_id, mark_no from daycare_waiting where organiser_id = @organiser_id;

-- name: WaitingDone :exec
delete from daycare_waiting w
using (select unnest(@children::bigint[]) as child_id, unnest(@marks::bigint[]) as mark_no) t
where w.organiser_id = @organiser_id and w.child_id = t.child_id and w.mark_no = t.mark_no;

-- name: WaitingNext :many
select child_id from daycare_waiting
where organiser_id = @organiser_id and failure = ''
order by child_id
limit @most;

-- name: WaitingFailed :exec
update daycare_waiting set failure = @failure where organiser_id = @organiser_id and child_id = @child_id;

-- name: WaitingCount :one
select count(*) filter (where failure = '')::bigint as waiting, count(*) filter (where failure <> '')::bigint as failed
from daycare_waiting where organiser_id = @organiser_id;

-- name: WaitingOfFailed :many
select w.child_id, w.failure, c.last_name, c.first_names, w.marked_at
from daycare_waiting w
join client c on c.organiser_id = w.organiser_id and c.client_id = w.child_id
where w.organiser_id = @organiser_id and w.failure <> ''
order by c.last_name, c.first_names, w.child_id;

-- name: ChildrenNear :many
-- Children whose fee may hang on a client's household: the client's own, those whom the client, somebody of the household or somebody in
-- whose household the client lives heads.
with near as (
  select c.person_id from client c where c.organiser_id = @organiser_id and c.client_id = @client_id
  union
  select m.member_person_id from household_member m where m.organiser_id = @organiser_id and m.client_id = @client_id and m.member_person_id is not null
  union
  select h.person_id from household_member m
  join client c on c.organiser_id = @organiser_id and c.client_id = @client_id and c.person_id = m.member_person_id
  join client h on h.organiser_id = m.organiser_id and h.client_id = m.client_id
  where m.organiser_id = @organiser_id)
select d.client_id
from daycare_child d join near n on n.person_id = d.person_id
where d.organiser_id = @organiser_id
union
select h.child_id
from daycare_head h
join client a on a.organiser_id = h.organiser_id and a.client_id = h.adult_id
join near n on n.person_id = a.person_id
where h.organiser_id = @organiser_id and h.voided_at is null
order by 1;

-- name: ChildPage :many
-- Children by name from the one after @after on; the place is the one of the day, or else the next.
select c.client_id, c.person_id, c.birth_date, c.last_name, c.first_names,
  coalesce(p.unit_id, 0)::bigint as unit_id, coalesce(p.unit_name, '')::text as unit_name, coalesce(p.valid_from, date '1970-01-01')::date as placed_from,
  coalesce(p.valid_to, date '1970-01-01')::date as placed_to,
  coalesce((select n.option_code from daycare_need n where n.organiser_id = d.organiser_id and n.child_id = d.client_id and n.voided_at is null
    and n.valid_from <= greatest(@day::date, p.valid_from) and n.valid_to > greatest(@day::date, p.valid_from)), '')::text as option_code,
  (select count(*) from daycare_draft x where x.organiser_id = d.organiser_id and x.child_id = d.client_id and x.ignored_at is null) as drafts,
  (select count(*) from daycare_gap g where g.organiser_id = d.organiser_id and g.child_id = d.client_id) as tasks
from daycare_child d
join client c on c.organiser_id = d.organiser_id and c.client_id = d.client_id
left join lateral (
  select x.unit_id, u.name as unit_name, x.valid_from, x.valid_to
  from daycare_placement x join unit u on u.unit_id = x.unit_id
  where x.organiser_id = d.organiser_id and x.child_id = d.client_id and x.voided_at is null and x.valid_to > @day
  order by x.valid_from limit 1) p on true
where d.organiser_id = @organiser_id
  and (@words::text = '' or position(lower(@words) in lower(c.last_name || ' ' || c.first_names)) > 0 or position(lower(@words) in lower(c.first_names || ' ' || c.last_name)) > 0)
  and (octet_length(@identity_index::bytea) = 0 or exists (select 1 from person i where i.person_id = d.person_id and i.identity_index = @identity_index))
  and (@unit::bigint = 0 or p.unit_id = @unit::bigint)
  and (@which::text <> 'tasks' or exists (select 1 from daycare_gap g where g.organiser_id = d.organiser_id and g.child_id = d.client_id))
  and (@which::text <> 'income' or exists (select 1 from daycare_gap g where g.organiser_id = d.organiser_id and g.child_id = d.client_id and g.reason = 'no_income'))
  and (@which::text <> 'drafts' or exists (select 1 from daycare_draft x where x.organiser_id = d.organiser_id and x.child_id = d.client_id and x.ignored_at is null))
  and (@which::text <> 'need' or p.unit_id is not null and not exists (select 1 from daycare_need n where n.organiser_id = d.organiser_id and n.child_id = d.client_id and n.voided_at is null
    and n.valid_from <= greatest(@day::date, p.valid_from) and n.valid_to > greatest(@day::date, p.valid_from)))
  and (@after::bigint = 0 or (c.last_name, c.first_names, c.client_id) > (select a.last_name, a.first_names, a.client_id from client a where a.organiser_id = @organiser_id and a.client_id = @after))
order by c.last_name, c.first_names, c.client_id
limit @most;

-- name: UnitsUsed :many
-- Units with a child's place now or later, by name.
select distinct u.unit_id, u.name
from daycare_placement p join unit u on u.unit_id = p.unit_id
where p.organiser_id = @organiser_id and p.voided_at is null and p.valid_to > @day
order by u.name, u.unit_id;

-- name: WorkCounts :one
-- Drafts are those that can be sent now.
select
  (select count(*) from daycare_child c where c.organiser_id = @organiser_id) as children,
  (select count(*) from daycare_draft d where d.organiser_id = @organiser_id and d.ignored_at is null
    and exists (select 1 from (select unnest(@soon_froms::date[]) as valid_from, unnest(@soon_tos::date[]) as valid_to) s where s.valid_from <= d.valid_from and s.valid_to > d.valid_from)) as drafts,
  (select count(*) from daycare_draft d where d.organiser_id = @organiser_id and d.ignored_at is not null) as aside,
  (select count(*) from daycare_ending e where e.organiser_id = @organiser_id) as endings,
  (select count(*) from daycare_gap g where g.organiser_id = @organiser_id) as tasks,
  (select count(*) from daycare_sending_line l where l.organiser_id = @organiser_id and l.handled_at is null) as unsent;

-- name: DraftPage :many
select d.draft_id, d.child_id, d.person_id, c.last_name, c.first_names, d.unit_id, u.name as unit_name, d.valid_from, d.valid_to, d.value_cents, d.own_cents, d.payable_cents, d.differences,
  d.made_at, (d.ignored_at is not null)::bool as ignored, d.ignored_reason, d.ignored_by,
  exists (select 1 from daycare_sending_line l where l.organiser_id = d.organiser_id and l.draft_id = d.draft_id and l.handled_at is null) as ordered
from daycare_draft d
join client c on c.organiser_id = d.organiser_id and c.client_id = d.child_id
join unit u on u.unit_id = d.unit_id
where d.organiser_id = @organiser_id and (d.ignored_at is not null) = @ignored::bool
  and (@difference::text = '' or @difference::text = 'FIRST' and cardinality(d.differences) = 0 or @difference::text = any(d.differences)) and (@unit::bigint = 0 or d.unit_id = @unit::bigint)
  and (not @only_retroactive::bool or d.valid_from < @month_start) and (@child::bigint = 0 or d.child_id = @child::bigint)
  and (@later::bool or exists (select 1 from (select unnest(@soon_froms::date[]) as valid_from, unnest(@soon_tos::date[]) as valid_to) s where s.valid_from <= d.valid_from and s.valid_to > d.valid_from))
  and (cardinality(@drafts::bigint[]) = 0 or d.draft_id = any(@drafts::bigint[]))
  and (@after::bigint = 0 or (c.last_name, c.first_names, d.valid_from, d.draft_id) > (select a.last_name, a.first_names, x.valid_from, x.draft_id
    from daycare_draft x join client a on a.organiser_id = x.organiser_id and a.client_id = x.child_id where x.organiser_id = @organiser_id and x.draft_id = @after))
order by c.last_name, c.first_names, d.valid_from, d.draft_id
limit @most;

-- name: DraftCount :one
select count(*) as n, coalesce(sum(d.payable_cents), 0)::bigint as payable_cents, count(*) filter (where d.valid_from < @month_start) as retroactive
from daycare_draft d
where d.organiser_id = @organiser_id and (d.ignored_at is not null) = @ignored::bool
  and (@difference::text = '' or @difference::text = 'FIRST' and cardinality(d.differences) = 0 or @difference::text = any(d.differences)) and (@unit::bigint = 0 or d.unit_id = @unit::bigint)
  and (not @only_retroactive::bool or d.valid_from < @month_start)
  and (@later::bool or exists (select 1 from (select unnest(@soon_froms::date[]) as valid_from, unnest(@soon_tos::date[]) as valid_to) s where s.valid_from <= d.valid_from and s.valid_to > d.valid_from))
  and (cardinality(@drafts::bigint[]) = 0 or d.draft_id = any(@drafts::bigint[]));

-- name: DraftOne :one
select d.draft_id, d.child_id, d.person_id, d.unit_id, d.basis, d.explanation, d.differences
from daycare_draft d where d.organiser_id = @organiser_id and d.draft_id = @draft_id;

-- name: SendingAdd :one
insert into daycare_sending (organiser_id, reasons, office, ordered_at, ordered_by_account, ordered_by, ordered_role)
values (@organiser_id, @reasons, @office, @ordered_at, @ordered_by_account, @ordered_by, @ordered_role)
returning sending_id;

-- name: SendingLinesAdd :many
-- The drafts that wait, in the order of the list; one that another order has is left to it.
insert into daycare_sending_line (organiser_id, sending_id, draft_id, child_id, person_id, valid_from, payable_cents)
select d.organiser_id, @sending_id, d.draft_id, d.child_id, d.person_id, d.valid_from, d.payable_cents
from daycare_draft d
join client c on c.organiser_id = d.organiser_id and c.client_id = d.child_id
where d.organiser_id = @organiser_id and d.ignored_at is null
  and (@difference::text = '' or @difference::text = 'FIRST' and cardinality(d.differences) = 0 or @difference::text = any(d.differences)) and (@unit::bigint = 0 or d.unit_id = @unit::bigint)
  and (not @only_retroactive::bool or d.valid_from < @month_start)
  and (@later::bool or exists (select 1 from (select unnest(@soon_froms::date[]) as valid_from, unnest(@soon_tos::date[]) as valid_to) s where s.valid_from <= d.valid_from and s.valid_to > d.valid_from))
  and (cardinality(@drafts::bigint[]) = 0 or d.draft_id = any(@drafts::bigint[]))
  and not exists (select 1 from daycare_sending_line l where l.organiser_id = d.organiser_id and l.draft_id = d.draft_id and l.handled_at is null)
order by c.last_name, c.first_names, d.child_id, d.valid_from, d.draft_id
returning draft_id;

-- name: SendingOpen :many
select draft_id, child_id from daycare_sending_line
where organiser_id = @organiser_id and sending_id = @sending_id and handled_at is null and draft_id = any(@drafts::bigint[])
order by child_id, valid_from, draft_id;

-- name: SendingHandled :execrows
update daycare_sending_line set refusal = @refusal, refusal_told = nullif(@told::text, '')::jsonb, handled_at = @handled_at
where organiser_id = @organiser_id and sending_id = @sending_id and draft_id = @draft_id and handled_at is null;

-- name: Sendings :many
select s.sending_id, s.reasons, s.office, s.ordered_at, s.ordered_by_account, s.ordered_by, s.ordered_role, count(l.draft_id) as drafts,
  count(l.handled_at) as handled, count(*) filter (where l.refusal <> '') as refused, coalesce(sum(l.payable_cents) filter (where l.handled_at is not null and l.refusal = ''), 0)::bigint as sent_cents
from daycare_sending s
left join daycare_sending_line l on l.organiser_id = s.organiser_id and l.sending_id = s.sending_id
where s.organiser_id = @organiser_id and (@sending::bigint = 0 or s.sending_id = @sending::bigint)
group by s.organiser_id, s.sending_id
order by s.sending_id desc
limit 100;

-- name: SendingLines :many
select l.draft_id, l.child_id, l.person_id, c.last_name, c.first_names, l.valid_from, l.payable_cents, l.refusal, l.refusal_told, l.handled_at
from daycare_sending_line l
join client c on c.organiser_id = l.organiser_id and c.client_id = l.child_id
where l.organiser_id = @organiser_id and l.sending_id = @sending_id and (not @refused::bool or l.refusal <> '')
  and (@after::bigint = 0 or (c.last_name, c.first_names, l.valid_from, l.draft_id) > (select a.last_name, a.first_names, x.valid_from, x.draft_id
    from daycare_sending_line x join client a on a.organiser_id = x.organiser_id and a.client_id = x.child_id
    where x.organiser_id = @organiser_id and x.sending_id = @sending_id and x.draft_id = @after))
order by c.last_name, c.first_names, l.valid_from, l.draft_id
limit @most;

-- name: ChildThere :one
select exists (select 1 from daycare_child where organiser_id = @organiser_id and client_id = @client_id);

-- name: DecisionChild :one
select child_id from daycare_decision where organiser_id = @organiser_id and value_decision_id = @value_decision_id;

-- name: SiblingsOf :many
-- Other children who are or were headed by the child's heads, or live with one of them; the place is the one of the day, or else the next.
select distinct c.client_id, c.person_id, c.birth_date, c.last_name, c.first_names, coalesce(p.unit_name, '')::text as unit_name
from daycare_head mine
join daycare_head other on other.organiser_id = mine.organiser_id and other.voided_at is null and other.child_id <> mine.child_id
  and (other.adult_id = mine.adult_id or exists (select 1 from household_member m join client a on a.organiser_id = other.organiser_id and a.client_id = other.adult_id
    where m.organiser_id = mine.organiser_id and m.client_id = mine.adult_id and m.voided_at is null and m.member_person_id = a.person_id and m.valid_to > @day))
join client c on c.organiser_id = other.organiser_id and c.client_id = other.child_id
left join lateral (
  select u.name as unit_name from daycare_placement x join unit u on u.unit_id = x.unit_id
  where x.organiser_id = other.organiser_id and x.child_id = other.child_id and x.voided_at is null and x.valid_to > @day
  order by x.valid_from limit 1) p on true
where mine.organiser_id = @organiser_id and mine.child_id = @child_id and mine.voided_at is null
order by c.birth_date, c.client_id;

-- name: MembersOnly :many
-- Children of the households of the child's heads, or of who lives with one of them, born on or after a day, who are nobody that any of
-- those adults heads in early education: by the person where it is known, else by the day of birth.
select distinct m.last_name, m.first_names, m.birth_date, m.client_id as adult_id
from daycare_head mine
join household_member m on m.organiser_id = mine.organiser_id and m.role = 'child' and m.voided_at is null and m.valid_from <= @day and m.valid_to > @day and m.birth_date >= @born
  and (m.client_id = mine.adult_id or exists (select 1 from household_member p join client a on a.organiser_id = p.organiser_id and a.client_id = m.client_id
    where p.organiser_id = mine.organiser_id and p.client_id = mine.adult_id and p.voided_at is null and p.valid_from <= @day and p.valid_to > @day
      and p.role in ('spouse', 'partner') and p.member_person_id = a.person_id))
where mine.organiser_id = @organiser_id and mine.child_id = @child_id and mine.voided_at is null and mine.valid_from <= @day and mine.valid_to > @day
  and not exists (
    select 1 from daycare_head h join client c on c.organiser_id = h.organiser_id and c.client_id = h.child_id
    where h.organiser_id = mine.organiser_id and h.voided_at is null and h.adult_id in (m.client_id, mine.adult_id)
      and (c.person_id = m.member_person_id or m.member_person_id is null and c.birth_date = m.birth_date))
order by m.birth_date, m.last_name, m.first_names;

-- name: HeadsOn :many
select child_id, adult_id from daycare_head
where organiser_id = @organiser_id and voided_at is null and valid_from <= @day and valid_to > @day;

-- name: OutsideRow :one
select child_id, row_id from daycare_outside
where organiser_id = @organiser_id and kind = @kind and outside_id = @outside_id;

-- name: OutsideNote :exec
insert into daycare_outside (organiser_id, kind, outside_id, child_id, row_id, noted_at, noted_by)
values (@organiser_id, @kind, @outside_id, @child_id, @row_id, @noted_at, @noted_by)
on conflict (organiser_id, kind, outside_id) do update set row_id = excluded.row_id, noted_at = excluded.noted_at, noted_by = excluded.noted_by;

-- name: ClientByIndex :one
select c.client_id from client c join person p on p.person_id = c.person_id
where c.organiser_id = @organiser_id and p.identity_index = @identity_index;

-- name: UnitNamed :many
-- By name, object identifier or number. The name need not be unique in the country: then nothing is chosen.
select unit_id from unit where active and (lower(name) = lower(@name::text) or unit_id::text = @name::text or oid = @name::text) limit 2;
