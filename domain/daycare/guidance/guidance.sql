-- name: GuardianAdd :one
insert into daycare_guardian (organiser_id, child_id, adult_id, person_id, valid_from, valid_to, source, added_at, added_by)
select c.organiser_id, @child_id, c.client_id, c.person_id, @valid_from, @valid_to, @source, @added_at, @added_by
from client c
where c.organiser_id = @organiser_id and c.client_id = @adult_id
returning guardian_id;

-- name: GuardianEdit :execrows
update daycare_guardian
set valid_from = @valid_from, valid_to = @valid_to, source = @source, voided_at = @voided_at, row_version = row_version + 1
where organiser_id = @organiser_id and child_id = @child_id and guardian_id = @guardian_id and row_version = @row_version and voided_at is null;

-- name: GuardiansOf :many
select g.guardian_id, g.child_id, g.adult_id, g.person_id, g.valid_from, g.valid_to, g.source, g.row_version, c.last_name, c.first_names, c.birth_date, c.protected, c.language, c.email
from daycare_guardian g
join client c on c.organiser_id = g.organiser_id and c.client_id = g.adult_id
where g.organiser_id = @organiser_id and g.child_id = any(@children::bigint[]) and g.voided_at is null
order by g.child_id, c.last_name, c.first_names, g.guardian_id;

-- name: GuardiansOfPerson :many
-- Under the person's own scope: the organisers in which somebody is a guardian today.
select organiser_id, child_id, adult_id
from daycare_guardian
where person_id = @person_id and voided_at is null and valid_from <= @day::date and @day::date < valid_to
order by organiser_id, child_id;

-- name: ChildOf :one
-- What bears on one child's place queues here, as everything of a child does.
select c.client_id, c.person_id, c.birth_date, c.last_name, c.first_names, c.protected
from client c
join daycare_child d on d.organiser_id = c.organiser_id and d.client_id = c.client_id
where c.organiser_id = @organiser_id and c.client_id = @client_id
for update of c;

-- name: ChildrenNamed :many
select client_id, person_id, birth_date, last_name, first_names, protected
from client
where organiser_id = @organiser_id and client_id = any(@clients::bigint[])
order by client_id;

-- name: UnitSave :one
insert into daycare_unit (organiser_id, unit_id, provider_id, way, kind, listed, about, changed_at, changed_by)
select @organiser_id, u.unit_id, u.provider_id, @way, @kind, @listed, @about, @changed_at, @changed_by
from unit u
where u.unit_id = @unit_id
on conflict (organiser_id, unit_id) do update
set way = @way, kind = @kind, listed = @listed, about = @about, changed_at = @changed_at, changed_by = @changed_by, row_version = daycare_unit.row_version + 1
where daycare_unit.row_version = @row_version
returning unit_id;

-- name: UnitLock :one
-- Whoever promises a place in a unit waits here for the other one who does.
select d.unit_id, d.provider_id, d.way, d.kind, d.listed, u.name
from daycare_unit d
join unit u on u.unit_id = d.unit_id
where d.organiser_id = @organiser_id and d.unit_id = @unit_id
for update of d;

-- name: Units :many
select d.unit_id, d.provider_id, d.way, d.kind, d.listed, d.about, d.row_version, u.name, u.city, u.address_line, p.name as provider_name
from daycare_unit d
join unit u on u.unit_id = d.unit_id
join provider p on p.provider_id = d.provider_id
where d.organiser_id = @organiser_id
order by u.name, d.unit_id;

-- name: CapacityAdd :one
insert into daycare_capacity (organiser_id, unit_id, under_places, over_places, valid_from, valid_to, added_at, added_by)
values (@organiser_id, @unit_id, @under_places, @over_places, @valid_from, @valid_to, @added_at, @added_by)
returning capacity_id;

-- name: CapacityEdit :execrows
update daycare_capacity
set under_places = @under_places, over_places = @over_places, valid_from = @valid_from, valid_to = @valid_to, voided_at = @voided_at, row_version = row_version + 1
where organiser_id = @organiser_id and unit_id = @unit_id and capacity_id = @capacity_id and row_version = @row_version and voided_at is null;

-- name: CapacityOf :many
select capacity_id, unit_id, under_places, over_places, valid_from, valid_to, row_version
from daycare_capacity
where organiser_id = @organiser_id and unit_id = any(@units::bigint[]) and voided_at is null
order by unit_id, valid_from;

-- name: PlacedIn :many
-- Children with a place in the units on a day or later.
select p.child_id, p.unit_id, p.valid_from, p.valid_to, c.birth_date
from daycare_placement p
join client c on c.organiser_id = p.organiser_id and c.client_id = p.child_id
where p.organiser_id = @organiser_id and p.unit_id = any(@units::bigint[]) and p.voided_at is null and p.valid_to > @day
order by p.unit_id, p.child_id;

-- name: PromisedIn :many
-- Children to whom a place in the units has been proposed or offered without an answer yet.
select proposal_id, child_id, unit_id, start_on, birth_date
from daycare_proposal
where organiser_id = @organiser_id and unit_id = any(@units::bigint[]) and state in ('proposed', 'confirmed', 'offered')
order by unit_id, proposal_id;

-- name: ApplicationAdd :one
insert into daycare_application (organiser_id, child_id, person_id, applicant_id, home_id, start_on, kind, option_code, hours_quantity, urgent, reason, shift, words, language, language_words, support, income_way, income_cents,
  channel, arrived_on, state, ended_why, changed_at, changed_by)
values (@organiser_id, @child_id, @person_id, @applicant_id, @home_id, @start_on, @kind, @option_code, @hours_quantity, @urgent, @reason, @shift, @words, @language, '', '', @income_way, @income_cents,
  @channel, @arrived_on, 'draft', '', @changed_at, @changed_by)
returning application_id;

-- name: ApplicationEdit :execrows
update daycare_application
set home_id = @home_id, start_on = @start_on, kind = @kind, option_code = @option_code, hours_quantity = @hours_quantity, urgent = @urgent, reason = @reason, shift = @shift, words = @words,
  language = @language, language_words = @language_words, support = @support, income_way = @income_way, income_cents = @income_cents, changed_at = @changed_at, changed_by = @changed_by, row_version = row_version + 1
where organiser_id = @organiser_id and application_id = @application_id and row_version = @row_version and state = 'draft';

-- name: ApplicationState :execrows
update daycare_application
set state = @state, sent_at = @sent_at, due_on = @due_on, ended_at = @ended_at, ended_why = @ended_why, changed_at = @changed_at, changed_by = @changed_by, row_version = row_version + 1
where organiser_id = @organiser_id and application_id = @application_id and row_version = @row_version;

-- name: ApplicationOf :one
select application_id, child_id, person_id, applicant_id, home_id, start_on, kind, option_code, hours_quantity, urgent, reason, shift, words, language, language_words, support, income_way, income_cents,
  channel, arrived_on, state, sent_at, due_on, ended_at, ended_why, changed_at, changed_by, row_version,
  income_at, income_by, income_outcome, income_answer
from daycare_application
where organiser_id = @organiser_id and application_id = @application_id;

-- name: ApplicationLock :one
select application_id, child_id, person_id, applicant_id, home_id, start_on, kind, option_code, hours_quantity, urgent, reason, shift, words, language, language_words, support, income_way, income_cents,
  channel, arrived_on, state, sent_at, due_on, ended_at, ended_why, changed_at, changed_by, row_version,
  income_at, income_by, income_outcome, income_answer
from daycare_application
where organiser_id = @organiser_id and application_id = @application_id
for update;

-- name: ApplicationsOfChildren :many
select application_id, child_id, person_id, applicant_id, home_id, start_on, kind, option_code, hours_quantity, urgent, reason, shift, words, language, language_words, support, income_way, income_cents,
  channel, arrived_on, state, sent_at, due_on, ended_at, ended_why, changed_at, changed_by, row_version,
  income_at, income_by, income_outcome, income_answer
from daycare_application
where organiser_id = @organiser_id and child_id = any(@children::bigint[])
order by application_id desc;

-- name: IncomeWaiting :many
-- Income that has been told for children and that staff have not handled.
select application_id, sent_at
from daycare_application
where organiser_id = @organiser_id and child_id = any(@children::bigint[])
  and income_way = 'told' and income_cents is not null and state not in ('draft', 'withdrawn') and income_outcome = ''
order by application_id;

-- name: ApplicationIncome :execrows
-- What the family told of its income is handled once.
update daycare_application set income_at = @income_at, income_by = @income_by, income_outcome = @income_outcome, income_answer = @income_answer
where organiser_id = @organiser_id and application_id = @application_id and income_at is null;

-- name: WishDelete :exec
delete from daycare_wish where organiser_id = @organiser_id and application_id = @application_id;

-- name: WishAdd :exec
insert into daycare_wish (organiser_id, application_id, rank, unit_id)
select @organiser_id, @application_id, w.rank, w.unit_id
from (select unnest(@ranks::int[]) as rank, unnest(@units::bigint[]) as unit_id) w;

-- name: WishesOf :many
-- The place in the queue of a unit: how many wait for it with an earlier due date, plus one.
select w.application_id, w.rank, w.unit_id, u.name, d.way,
  (select count(*) from daycare_wish w2 join daycare_application a2 on a2.organiser_id = w2.organiser_id and a2.application_id = w2.application_id
   where w2.organiser_id = w.organiser_id and w2.unit_id = w.unit_id and a2.state in ('sent', 'handling') and (a2.due_on, a2.sent_at, a2.application_id) < (a.due_on, a.sent_at, a.application_id)) + 1 as position
from daycare_wish w
join daycare_application a on a.organiser_id = w.organiser_id and a.application_id = w.application_id
join daycare_unit d on d.organiser_id = w.organiser_id and d.unit_id = w.unit_id
join unit u on u.unit_id = w.unit_id
where w.organiser_id = @organiser_id and w.application_id = any(@applications::bigint[])
order by w.application_id, w.rank;

-- name: ConsentAdd :exec
insert into daycare_consent (organiser_id, application_id, adult_id, entry_no, answer, reason, at, by_name)
select @organiser_id, @application_id, @adult_id, count(*) + 1, @answer, @reason, @at, @by_name
from daycare_consent
where organiser_id = @organiser_id and application_id = @application_id and adult_id = @adult_id;

-- name: ConsentsOf :many
select c.application_id, c.adult_id, c.entry_no, c.answer, c.reason, c.at, c.by_name
from daycare_consent c
where c.organiser_id = @organiser_id and c.application_id = any(@applications::bigint[])
order by c.application_id, c.adult_id, c.entry_no;

-- name: StepAdd :exec
insert into daycare_step (organiser_id, application_id, step_no, act, words, at, by_name)
select @organiser_id, @application_id, count(*) + 1, @act, @words, @at, @by_name
from daycare_step
where organiser_id = @organiser_id and application_id = @application_id;

-- name: StepsOf :many
select step_no, act, words, at, by_name
from daycare_step
where organiser_id = @organiser_id and application_id = @application_id
order by step_no desc;

-- name: ProposalAdd :one
insert into daycare_proposal (organiser_id, application_id, child_id, birth_date, unit_id, provider_id, way, start_on, state, proposed_at, proposed_by, unit_due)
values (@organiser_id, @application_id, @child_id, @birth_date, @unit_id, @provider_id, @way, @start_on, 'proposed', @proposed_at, @proposed_by, @unit_due)
returning proposal_id;

-- name: ProposalsOf :many
select p.proposal_id, p.application_id, p.child_id, p.unit_id, p.provider_id, p.way, p.start_on, p.state, p.proposed_at, p.proposed_by, p.unit_due, p.unit_at, p.unit_by, p.unit_words,
  p.offered_at, p.offered_by, p.answer_by, p.decision_id, p.ended_at, p.ended_by, p.ended_words, p.row_version, p.offer_office, p.offer_reasons,
  p.offer_account, p.offer_delegation, u.name
from daycare_proposal p
join unit u on u.unit_id = p.unit_id
where p.organiser_id = @organiser_id and p.application_id = any(@applications::bigint[])
order by p.proposal_id desc;

-- name: ProposalsOfProvider :many
-- Under the provider's own scope: what waits for its answer, and what it has answered lately.
select p.organiser_id, p.proposal_id, p.application_id, p.child_id, p.unit_id, p.provider_id, p.way, p.start_on, p.state, p.proposed_at, p.proposed_by, p.unit_due, p.unit_at, p.unit_by, p.unit_words,
  p.offered_at, p.offered_by, p.answer_by, p.ended_at, p.ended_by, p.ended_words, p.row_version, u.name
from daycare_proposal p
join unit u on u.unit_id = p.unit_id
where p.provider_id = @provider_id
order by (p.state = 'proposed') desc, p.proposal_id desc
limit @most;

-- name: ProposedChildren :many
-- Under the organiser's scope for one company: whom its proposals are about.
select p.proposal_id, p.unit_id, p.state, c.client_id, c.person_id, c.first_names, c.last_name, c.birth_date
from daycare_proposal p
join client c on c.organiser_id = p.organiser_id and c.client_id = p.child_id
where p.organiser_id = @organiser_id and p.provider_id = @provider_id and p.proposal_id = any(@proposals::bigint[])
order by p.proposal_id;

-- name: ProposalOf :one
select application_id, unit_id, provider_id
from daycare_proposal
where organiser_id = @organiser_id and proposal_id = @proposal_id;

-- name: ProposalState :execrows
update daycare_proposal
set state = @state, unit_at = @unit_at, unit_by = @unit_by, unit_words = @unit_words, offered_at = @offered_at, offered_by = @offered_by, answer_by = @answer_by, decision_id = @decision_id,
  ended_at = @ended_at, ended_by = @ended_by, ended_words = @ended_words, offer_office = @offer_office, offer_reasons = @offer_reasons, offer_account = @offer_account,
  offer_delegation = @offer_delegation, row_version = row_version + 1
where organiser_id = @organiser_id and proposal_id = @proposal_id and row_version = @row_version;

-- name: OffersLate :many
select application_id
from daycare_proposal
where organiser_id = @organiser_id and state = 'offered' and answer_by < @day
order by application_id;

-- name: Queue :many
-- The open applications in the order of their due dates, with what each waits for. A page is read along the index of due dates; whose consent
-- is missing is asked of its rows one by one, and found for all at once only when the filter asks for it.
with missing as (
  select a.application_id
  from daycare_application a
  join daycare_guardian g on g.organiser_id = a.organiser_id and g.child_id = a.child_id and g.voided_at is null and g.valid_from <= @today::date and g.valid_to > @today::date
    and g.adult_id <> a.applicant_id
  left join (select distinct on (k.application_id, k.adult_id) k.application_id, k.adult_id, k.answer from daycare_consent k where k.organiser_id = @organiser_id
    order by k.application_id, k.adult_id, k.entry_no desc) k on k.application_id = a.application_id and k.adult_id = g.adult_id
  where a.organiser_id = @organiser_id and a.state in ('sent', 'handling', 'offered') and coalesce(k.answer, '') not in ('agreed', 'not_needed'))
select a.application_id, a.child_id, a.person_id, a.start_on, a.urgent, a.shift, a.language, (a.support <> '')::bool as support, a.channel, a.state, a.sent_at, a.due_on, a.option_code, c.last_name, c.first_names, c.birth_date,
  coalesce(p.state, '')::text as proposal_state, p.unit_due, p.answer_by, coalesce(pu.name, '')::text as proposed_unit, coalesce(wu.name, '')::text as first_wish,
  exists (select from daycare_placement x where x.organiser_id = a.organiser_id and x.child_id = a.child_id and x.voided_at is null and x.valid_from <= @today::date and x.valid_to > @today::date) as placed,
  exists (select from daycare_guardian g where g.organiser_id = a.organiser_id and g.child_id = a.child_id and g.voided_at is null and g.valid_from <= @today::date and g.valid_to > @today::date
    and g.adult_id <> a.applicant_id and coalesce((select k.answer from daycare_consent k where k.organiser_id = a.organiser_id and k.application_id = a.application_id and k.adult_id = g.adult_id
      order by k.entry_no desc limit 1), '') not in ('agreed', 'not_needed')) as consent_missing
from daycare_application a
join client c on c.organiser_id = a.organiser_id and c.client_id = a.child_id
left join daycare_proposal p on p.organiser_id = a.organiser_id and p.application_id = a.application_id and p.state in ('proposed', 'confirmed', 'offered')
left join unit pu on pu.unit_id = p.unit_id
left join daycare_wish w on w.organiser_id = a.organiser_id and w.application_id = a.application_id and w.rank = 1
left join unit wu on wu.unit_id = w.unit_id
where a.organiser_id = @organiser_id and a.state in ('sent', 'handling', 'offered')
  and case @waits::text
    when '' then true
    when 'unit' then p.state = 'proposed'
    when 'offer' then p.state = 'confirmed'
    when 'family' then p.state = 'offered'
    when 'consent' then p.state is null and a.application_id in (select m.application_id from missing m)
    else p.state is null and a.application_id not in (select m.application_id from missing m) end
  and (not @only_urgent::bool or a.urgent)
  and (not @only_late::bool or a.due_on < @today::date)
  and (@unit_id::bigint = 0 or exists (select from daycare_wish w3 where w3.organiser_id = a.organiser_id and w3.application_id = a.application_id and w3.unit_id = @unit_id::bigint))
  and (not @only_transfers::bool or exists (select from daycare_placement x where x.organiser_id = a.organiser_id and x.child_id = a.child_id and x.voided_at is null
    and x.valid_from <= @today::date and x.valid_to > @today::date))
  and (@after::bigint = 0 or (a.due_on, a.sent_at, a.application_id) > (select b.due_on, b.sent_at, b.application_id from daycare_application b
    where b.organiser_id = @organiser_id and b.application_id = @after::bigint))
order by a.due_on, a.sent_at, a.application_id
limit @most;

-- name: Waits :many
-- How many wait for whom, and how many are late. Whose consent is missing is found for all at once: asked for each of ten thousand, it took
-- most of the page's time.
with missing as (
  select distinct a.application_id
  from daycare_application a
  join daycare_guardian g on g.organiser_id = a.organiser_id and g.child_id = a.child_id and g.voided_at is null and g.valid_from <= @today::date and g.valid_to > @today::date
    and g.adult_id <> a.applicant_id
  left join (select distinct on (k.application_id, k.adult_id) k.application_id, k.adult_id, k.answer from daycare_consent k where k.organiser_id = @organiser_id
    order by k.application_id, k.adult_id, k.entry_no desc) k on k.application_id = a.application_id and k.adult_id = g.adult_id
  where a.organiser_id = @organiser_id and a.state in ('sent', 'handling', 'offered') and coalesce(k.answer, '') not in ('agreed', 'not_needed'))
select case when p.state = 'proposed' then 'unit' when p.state = 'confirmed' then 'offer' when p.state = 'offered' then 'family'
    when m.application_id is not null then 'consent' else 'guide' end::text as waits, count(*) as waiting, count(*) filter (where a.due_on < @today::date) as late
from daycare_application a
left join daycare_proposal p on p.organiser_id = a.organiser_id and p.application_id = a.application_id and p.state in ('proposed', 'confirmed', 'offered')
left join missing m on m.application_id = a.application_id
where a.organiser_id = @organiser_id and a.state in ('sent', 'handling', 'offered')
group by 1;

-- name: ChangeAdd :one
insert into daycare_change (organiser_id, child_id, adult_id, from_on, option_code, words, told_at, told_by)
values (@organiser_id, @child_id, @adult_id, @from_on, @option_code, @words, @told_at, @told_by)
returning change_id;

-- name: ChangesOf :many
select change_id, child_id, from_on, option_code, words, told_at, told_by, handled_at, handled_by, outcome, answer
from daycare_change
where organiser_id = @organiser_id and child_id = any(@children::bigint[])
order by change_id desc;

-- name: ChangesOpen :many
select h.change_id, h.child_id, h.from_on, h.option_code, h.words, h.told_at, h.told_by, c.person_id, c.last_name, c.first_names
from daycare_change h
join client c on c.organiser_id = h.organiser_id and c.client_id = h.child_id
where h.organiser_id = @organiser_id and h.handled_at is null
order by h.change_id
limit @most;

-- name: ChangeLock :one
select child_id, from_on, option_code, handled_at
from daycare_change
where organiser_id = @organiser_id and change_id = @change_id
for update;

-- name: ChangeHandle :exec
update daycare_change set handled_at = @handled_at::timestamptz, handled_by = @handled_by, outcome = @outcome, answer = @answer
where organiser_id = @organiser_id and change_id = @change_id;

-- name: PaperAdd :one
insert into daycare_paper (organiser_id, application_id, name, media, size, sha256, bytes_encrypted, uploaded_at, uploaded_by, uploader_id)
values (@organiser_id, @application_id, @name, @media, @size, @sha256, @bytes_encrypted, @uploaded_at, @uploaded_by, @uploader_id)
returning paper_id;

-- name: PapersOf :many
select paper_id, name, media, size, sha256, uploaded_at, uploaded_by, uploader_id
from daycare_paper
where organiser_id = @organiser_id and application_id = @application_id and removed_at is null
order by paper_id;

-- name: PaperOf :one
select paper_id, name, media, sha256, bytes_encrypted, uploader_id
from daycare_paper
where organiser_id = @organiser_id and application_id = @application_id and paper_id = @paper_id and removed_at is null;

-- name: PaperRemove :execrows
update daycare_paper set removed_at = @removed_at
where organiser_id = @organiser_id and application_id = @application_id and paper_id = @paper_id and uploader_id = @uploader_id and removed_at is null;

-- name: UnitCandidates :many
-- Units that are not on the list yet: approved for one of the organiser's services, or of its own company.
select u.unit_id, u.name, p.name as provider_name
from unit u
join provider p on p.provider_id = u.provider_id
where u.active
  and not exists (select from daycare_unit d where d.organiser_id = @organiser_id and d.unit_id = u.unit_id)
  and (exists (select from approval a where a.organiser_id = @organiser_id and a.unit_id = u.unit_id)
    or p.business_id = (select o.business_id from organiser o where o.organiser_id = @organiser_id))
order by u.name, u.unit_id
limit 500;

-- name: DecisionsSince :many
-- Value decisions with what holds of them now, by the moment of the last change. The number tells apart what changed at one moment.
select d.value_decision_id, coalesce(e.end_no, 0)::int as version, l.number, d.child_id, d.person_id, coalesce(c.external_ref, '')::text as external_ref, c.last_name, c.first_names, d.unit_id, u.name as unit_name,
  d.valid_from, coalesce(e.valid_to, d.valid_to)::date as valid_to, d.value_cents, d.own_cents, d.payable_cents, coalesce(e.ended_at, d.sent_at)::timestamptz as changed_at
from daycare_decision d
join client c on c.organiser_id = d.organiser_id and c.client_id = d.child_id
join unit u on u.unit_id = d.unit_id
join decision l on l.organiser_id = d.organiser_id and l.decision_id = d.decision_id
left join lateral (select x.end_no, x.valid_to, x.ended_at from daycare_decision_end x where x.organiser_id = d.organiser_id and x.value_decision_id = d.value_decision_id order by x.end_no desc limit 1) e on true
where d.organiser_id = @organiser_id and coalesce(e.ended_at, d.sent_at) >= @since::timestamptz and coalesce(e.ended_at, d.sent_at) <= @until::timestamptz
  and (coalesce(e.ended_at, d.sent_at), d.value_decision_id) > (@after_at::timestamptz, @after_id::bigint)
order by changed_at, d.value_decision_id
limit @most;

-- name: LastOffice :one
select offer_office from daycare_proposal
where organiser_id = @organiser_id and offer_account = @account_id and offer_office <> ''
order by proposal_id desc
limit 1;

-- name: HandledBetween :one
-- Of the applications that came within the days: how many have an offer and when, who got the place and as which wish.
with a as (
  select x.application_id, x.due_on, x.state, coalesce(x.arrived_on, (x.sent_at at time zone 'Europe/Helsinki')::date) as came
  from daycare_application x
  where x.organiser_id = @organiser_id and x.sent_at is not null
), c as (
  select a.application_id, a.due_on, a.state, a.came from a where a.came >= @from_on::date and a.came < @to_on::date
), o as (
  select c.application_id, c.came, c.due_on, min((p.offered_at at time zone 'Europe/Helsinki')::date) as offered
  from c
  join daycare_proposal p on p.organiser_id = @organiser_id and p.application_id = c.application_id and p.offered_at is not null
  group by c.application_id, c.came, c.due_on
), t as (
  select c.application_id, coalesce(w.rank, 0) as rank
  from c
  join daycare_proposal p on p.organiser_id = @organiser_id and p.application_id = c.application_id and p.state = 'accepted'
  left join daycare_wish w on w.organiser_id = @organiser_id and w.application_id = c.application_id and w.unit_id = p.unit_id
)
select (select count(*) from c)::int as came, (select count(*) from o)::int as offered, (select count(*) from o where offered <= due_on)::int as in_time,
  (select count(*) from c where state in ('sent', 'handling') and due_on < @today::date)::int as late,
  (select coalesce(percentile_disc(0.5) within group (order by offered - came), 0) from o)::int as median_days, (select coalesce(max(offered - came), 0) from o)::int as most_days,
  (select count(*) from t)::int as placed, (select count(*) from t where rank = 1)::int as first_wish, (select count(*) from t where rank > 1)::int as other_wish;

-- name: HandledByUnit :many
-- Of the same applications: what was proposed to each unit and what came of it.
select p.unit_id, u.name, count(*)::int as proposed, count(p.unit_at)::int as answered, count(*) filter (where p.state = 'refused')::int as refused, count(p.offered_at)::int as offered,
  count(*) filter (where p.state = 'accepted')::int as accepted, count(*) filter (where p.state = 'declined')::int as declined, count(*) filter (where p.state = 'lapsed')::int as lapsed,
  coalesce(percentile_disc(0.5) within group (order by (p.unit_at at time zone 'Europe/Helsinki')::date - (p.proposed_at at time zone 'Europe/Helsinki')::date)
    filter (where p.unit_at is not null), 0)::int as answer_days
from daycare_proposal p
join daycare_application a on a.organiser_id = @organiser_id and a.application_id = p.application_id
join unit u on u.unit_id = p.unit_id
where p.organiser_id = @organiser_id and coalesce(a.arrived_on, (a.sent_at at time zone 'Europe/Helsinki')::date) >= @from_on::date
  and coalesce(a.arrived_on, (a.sent_at at time zone 'Europe/Helsinki')::date) < @to_on::date
group by p.unit_id, u.name
order by u.name, p.unit_id;

-- name: SiblingPlaces :many
-- Other children of the child's guardians, by guardianship or as heads, who have a place on the day or later; the first of each.
with kin as (
  select o.child_id
  from daycare_guardian g
  join daycare_guardian o on o.organiser_id = g.organiser_id and o.adult_id = g.adult_id and o.child_id <> g.child_id and o.voided_at is null
  where g.organiser_id = @organiser_id and g.child_id = @child_id and g.voided_at is null and g.valid_to > @day::date
  union
  select h.child_id
  from daycare_guardian g
  join daycare_head h on h.organiser_id = g.organiser_id and h.adult_id = g.adult_id and h.child_id <> g.child_id and h.voided_at is null
  where g.organiser_id = @organiser_id and g.child_id = @child_id and g.voided_at is null and g.valid_to > @day::date
)
select distinct on (c.birth_date, c.client_id) c.client_id, c.person_id, c.last_name, c.first_names, x.unit_id, u.name as unit_name, x.valid_from
from kin
join client c on c.organiser_id = @organiser_id and c.client_id = kin.child_id
join daycare_placement x on x.organiser_id = @organiser_id and x.child_id = kin.child_id and x.voided_at is null and x.valid_to > @day::date
join unit u on u.unit_id = x.unit_id
order by c.birth_date, c.client_id, x.valid_from;
