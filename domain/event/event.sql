-- name: EventNumbers :many
select nextval('event_number')::bigint as event_id
from generate_series(1, @wanted::int);

-- name: EventReferences :many
-- By the unique key, one probe for each reference (offset 0 keeps it so): with the statistics of a young table the planner would
-- rather walk through all events of the payees.
select e.provider_id, e.client_reference, e.content_hash, e.event_id, e.voucher_id, e.line_id, e.content_id, e.service_id, e.reservation_id, e.unit_id, e.client_id, e.person_id, e.rulebook_id,
  e.bucket, e.quantity, e.accepted_quantity, e.price_cents, e.value_cents, e.total_cents, e.organiser_cents, e.own_cents, e.verdict, e.findings
from (select unnest(@providers::bigint[]) as provider_id, unnest(@refs::text[]) as client_reference) q
cross join lateral (
  select f.provider_id, f.client_reference, f.content_hash, f.event_id, f.voucher_id, f.line_id, f.content_id, f.service_id, f.reservation_id, f.unit_id, f.client_id, f.person_id, f.rulebook_id,
    f.bucket, f.quantity, f.accepted_quantity, f.price_cents, f.value_cents, f.total_cents, f.organiser_cents, f.own_cents, f.verdict, f.findings
  from event f
  where f.organiser_id = @organiser_id and f.provider_id = q.provider_id and f.client_reference = q.client_reference
  offset 0) e;

-- name: EventsEarlier :many
-- Live events of the clients near the days: overlaps, duplicates, day limits. A deleted, rejected or refunded one does not count.
-- Client by client through the index on client and day (offset 0 keeps it so), never through a day's events of everybody.
select e.event_id, e.provider_id, e.client_id, e.line_id, e.content_id, e.service_date, e.started_at, e.ended_at, e.quantity, e.worker, e.client_reference
from (select unnest(@clients::bigint[]) as client_id) q
cross join lateral (
  select f.event_id, f.provider_id, f.client_id, f.line_id, f.content_id, f.service_date, f.started_at, f.ended_at, f.quantity, f.worker, f.client_reference
  from event_now f
  where f.organiser_id = @organiser_id and f.client_id = q.client_id
    and f.service_date >= @from_date and f.service_date <= @to_date
    and f.state in ('accepted', 'review')
  offset 0) e;

-- name: BatchesAdd :many
-- Numbers come back in the order of the arrays: ids are drawn in that order, and sorting them gives it back.
with added as (
  insert into event_batch (organiser_id, provider_id, source, file_name, file_sha256, line_count, recorded_at, recorded_by_account, recorded_by)
  select @organiser_id, t.provider_id, t.source, t.file_name, t.file_sha256, t.line_count, @recorded_at, t.account, t.name
  from (select unnest(@providers::bigint[]) as provider_id, unnest(@sources::text[]) as source, unnest(@file_names::text[]) as file_name, unnest(@file_hashes::bytea[]) as file_sha256,
    unnest(@line_counts::int[]) as line_count, unnest(@accounts::bigint[]) as account, unnest(@names::text[]) as name) t
  returning batch_id)
select batch_id from added order by batch_id;

-- name: EventsInsert :exec
-- One statement for any number of rows and for the list of what waits: COPY is refused under row-level security. What is not there comes as epoch, 0 or an empty text.
with added as (
insert into event (organiser_id, recorded_at, event_id, provider_id, unit_id, person_id, client_id, voucher_id, line_id, content_id, service_id, reservation_id, service_date, started_at, ended_at, quantity, accepted_quantity, price_cents, value_cents, total_cents, organiser_cents, own_cents, bucket, verdict, findings, period_no, rulebook_id, note, worker, client_reference, content_hash, replaces_id, batch_id, recorded_by_account, recorded_by)
select @organiser_id, @recorded_at, t.event_id, t.provider_id, t.unit_id, t.person_id, t.client_id, t.voucher_id, t.line_id, t.content_id, t.service_id, t.reservation_id, t.service_date, nullif(t.started_at, 'epoch'::timestamptz), nullif(t.ended_at, 'epoch'::timestamptz), t.quantity, t.accepted_quantity, t.price_cents, t.value_cents, t.total_cents, t.organiser_cents, t.own_cents, t.bucket, t.verdict, nullif(t.findings, '')::jsonb, nullif(t.period_no, 0), t.rulebook_id, t.note, t.worker, t.client_reference, t.content_hash, nullif(t.replaces_id, 0), t.batch_id, t.recorded_by_account, t.recorded_by
from (select unnest(@event_ids::bigint[]) as event_id, unnest(@providers::bigint[]) as provider_id, unnest(@units::bigint[]) as unit_id, unnest(@persons::bigint[]) as person_id, unnest(@clients::bigint[]) as client_id, unnest(@vouchers::bigint[]) as voucher_id, unnest(@lines::bigint[]) as line_id, unnest(@contents::bigint[]) as content_id, unnest(@services::bigint[]) as service_id, unnest(@reservations::bigint[]) as reservation_id, unnest(@dates::date[]) as service_date, unnest(@starts::timestamptz[]) as started_at, unnest(@ends::timestamptz[]) as ended_at, unnest(@quantities::bigint[]) as quantity, unnest(@accepteds::bigint[]) as accepted_quantity, unnest(@prices::bigint[]) as price_cents, unnest(@values::bigint[]) as value_cents, unnest(@totals::bigint[]) as total_cents, unnest(@organiser_parts::bigint[]) as organiser_cents, unnest(@own_shares::bigint[]) as own_cents, unnest(@buckets::date[]) as bucket, unnest(@verdicts::text[]) as verdict, unnest(@findings::text[]) as findings, unnest(@periods::int[]) as period_no, unnest(@rulebooks::bigint[]) as rulebook_id, unnest(@notes::text[]) as note, unnest(@workers::text[]) as worker, unnest(@refs::text[]) as client_reference, unnest(@hashes::bytea[]) as content_hash, unnest(@replaces::bigint[]) as replaces_id, unnest(@batches::bigint[]) as batch_id, unnest(@accounts::bigint[]) as recorded_by_account, unnest(@names::text[]) as recorded_by) t
returning organiser_id, event_id, service_id, verdict)
insert into event_review (organiser_id, event_id, service_id)
select organiser_id, event_id, service_id from added where verdict = 'review';

-- name: PiecesAdd :exec
insert into event_piece (organiser_id, event_id, piece_no, provider_id, person_id, band, quantity, price_cents, value_cents)
select @organiser_id, t.event_id, t.piece_no, t.provider_id, t.person_id, t.band, t.quantity, t.price_cents, t.value_cents
from (select unnest(@event_ids::bigint[]) as event_id, unnest(@numbers::smallint[]) as piece_no, unnest(@providers::bigint[]) as provider_id, unnest(@persons::bigint[]) as person_id,
  unnest(@bands::text[]) as band, unnest(@quantities::bigint[]) as quantity, unnest(@prices::bigint[]) as price_cents, unnest(@values::bigint[]) as value_cents) t;

-- name: PiecesOf :many
select band, quantity, price_cents, value_cents
from event_piece
where organiser_id = @organiser_id and event_id = @event_id
order by piece_no;

-- name: BandsOfEvents :many
-- The parts of many events, with what leads to the words of their bands.
select p.event_id, p.band, p.quantity, p.price_cents, p.value_cents, e.rulebook_id, e.service_id, e.service_date
from event_piece p
join event e on e.organiser_id = p.organiser_id and e.event_id = p.event_id
where p.organiser_id = @organiser_id and p.event_id = any(@events::bigint[])
order by p.event_id, p.piece_no;

-- name: PieceDifferences :many
-- The sums of an event in parts: each part is rounded by itself, and what was accepted are the first units in the order of time.
select e.event_id, e.total_cents, e.organiser_cents, e.own_cents, e.accepted_quantity, s.total, s.organiser
from event e
join (
  select t.organiser_id, t.event_id, sum(div(t.price_cents::numeric * t.taken * 2 + 3000, 6000))::bigint as total,
    sum(div(least(t.price_cents, t.value_cents)::numeric * t.taken * 2 + 3000, 6000))::bigint as organiser
  from (
    select p.organiser_id, p.event_id, p.price_cents, p.value_cents,
      greatest(0, least(p.quantity, f.accepted_quantity - (sum(p.quantity) over (partition by p.organiser_id, p.event_id order by p.piece_no) - p.quantity))) as taken
    from event_piece p join event f on f.organiser_id = p.organiser_id and f.event_id = p.event_id
    where p.organiser_id = @organiser_id) t
  group by t.organiser_id, t.event_id) s on s.organiser_id = e.organiser_id and s.event_id = e.event_id
where e.organiser_id = @organiser_id and (e.total_cents <> s.total or e.organiser_cents <> s.organiser)
order by e.event_id
limit 20;

-- name: EventOne :one
select organiser_id, event_id, provider_id, unit_id, person_id, client_id, voucher_id, line_id, content_id, service_id, reservation_id,
  service_date, started_at, ended_at, quantity, accepted_quantity, price_cents, value_cents, total_cents, organiser_cents, own_cents, bucket,
  verdict, findings, period_no, rulebook_id, note, worker, client_reference, replaces_id, batch_id, recorded_at, recorded_by_account, recorded_by,
  step_no, state, reason_code, reason
from event_now
where organiser_id = @organiser_id and event_id = @event_id;

-- name: StepAdd :exec
-- The list of what waits follows in the same statement.
with gone as (
  delete from event_review where organiser_id = @organiser_id and event_id = @event_id and @state::text <> 'review'),
back as (
  insert into event_review (organiser_id, event_id, service_id)
  select e.organiser_id, e.event_id, e.service_id from event e
  where e.organiser_id = @organiser_id and e.event_id = @event_id and @state::text = 'review'
  on conflict do nothing)
insert into event_step (organiser_id, event_id, step_no, provider_id, person_id, state, accepted_quantity, total_cents, organiser_cents, own_cents, period_no, reason_code, reason, at, by_account, by_name)
values (@organiser_id, @event_id, @step_no, @provider_id, @person_id, @state::text, @accepted_quantity, @total_cents, @organiser_cents, @own_cents, @period_no, @reason_code, @reason, @at, @by_account, @by_name);

-- name: StepsOf :many
select step_no, state, accepted_quantity, total_cents, organiser_cents, own_cents, period_no, reason_code, reason, at, by_name
from event_step
where organiser_id = @organiser_id and event_id = @event_id
order by step_no;

-- name: RulebooksOf :many
select rulebook_id, version, rules
from rulebook
where organiser_id = @organiser_id and rulebook_id = any(@ids::bigint[]);

-- name: LineOfEvent :one
select l.line_id, l.recurrence, l.amount_quantity, l.amount_cents, l.total_quantity, v.number, v.voucher_id
from voucher_line l
join voucher v on v.organiser_id = l.organiser_id and v.voucher_id = l.voucher_id
where l.organiser_id = @organiser_id and l.line_id = @line_id;

-- name: EventsOfProvider :many
-- The provider's own list over all organisers; its scope holds under it. Keyset by day and number, newest first.
select e.organiser_id, e.event_id, e.provider_id, e.unit_id, e.person_id, e.client_id, e.voucher_id, e.line_id, e.content_id, e.service_id, e.service_date, e.started_at, e.ended_at,
  e.quantity, e.accepted_quantity, e.price_cents, e.value_cents, e.total_cents, e.organiser_cents, e.own_cents, e.verdict, e.findings, e.period_no, e.state, e.reason_code, e.reason, e.recorded_at, e.recorded_by, e.worker, e.note, e.client_reference
from event_now e
where e.provider_id = @provider_id and e.service_date >= @from_date and e.service_date < @to_date
  and (@organiser::int = 0 or e.organiser_id = @organiser::int)
  and (@state::text = '' or e.state = @state::text)
  and (@unit::bigint = 0 or e.unit_id = @unit::bigint)
  and (cardinality(@units::bigint[]) = 0 or e.unit_id = any(@units::bigint[]))
  and (e.service_date, e.event_id) < (@before_date::date, @before_id::bigint)
order by e.service_date desc, e.event_id desc
limit @most;

-- name: EventsOfVoucher :many
select e.organiser_id, e.event_id, e.provider_id, e.unit_id, e.person_id, e.client_id, e.voucher_id, e.line_id, e.content_id, e.service_id, e.service_date, e.started_at, e.ended_at,
  e.quantity, e.accepted_quantity, e.price_cents, e.value_cents, e.total_cents, e.organiser_cents, e.own_cents, e.verdict, e.findings, e.period_no, e.state, e.reason_code, e.reason, e.recorded_at, e.recorded_by, e.worker, e.note, e.client_reference
from event_now e
where e.organiser_id = @organiser_id and e.client_id = @client_id and e.voucher_id = @voucher_id
order by e.service_date desc, e.event_id desc
limit @most;

-- name: EventsOfPerson :many
select e.organiser_id, e.event_id, e.provider_id, e.unit_id, e.person_id, e.client_id, e.voucher_id, e.line_id, e.content_id, e.service_id, e.service_date, e.started_at, e.ended_at,
  e.quantity, e.accepted_quantity, e.price_cents, e.value_cents, e.total_cents, e.organiser_cents, e.own_cents, e.verdict, e.findings, e.period_no, e.state, e.reason_code, e.reason, e.recorded_at, e.recorded_by, e.worker, e.note, e.client_reference
from event_now e
where e.person_id = @person_id and (@voucher::bigint = 0 or e.voucher_id = @voucher::bigint) and (@organiser::int = 0 or e.organiser_id = @organiser::int)
  and e.state <> 'deleted'
order by e.service_date desc, e.event_id desc
limit @most;

-- name: ReviewQueue :many
-- Oldest first: the clock runs. Only what waits is read, through the list of it.
select e.organiser_id, e.event_id, e.provider_id, e.unit_id, e.person_id, e.client_id, e.voucher_id, e.line_id, e.content_id, e.service_id, e.service_date, e.started_at, e.ended_at,
  e.quantity, e.accepted_quantity, e.price_cents, e.value_cents, e.total_cents, e.organiser_cents, e.own_cents, e.verdict, e.findings, e.period_no, e.state, e.reason_code, e.reason, e.recorded_at, e.recorded_by, e.worker, e.note, e.client_reference
from (select w.event_id from event_review w
  where w.organiser_id = @organiser_id and w.event_id > @after_id
    and (cardinality(@services::bigint[]) = 0 or w.service_id = any(@services::bigint[]))
  order by w.event_id
  limit @most) w
join event_now e on e.organiser_id = @organiser_id and e.event_id = w.event_id
order by e.event_id;

-- name: ReviewAges :many
select (e.recorded_at at time zone 'Europe/Helsinki')::date as day, count(*) as waiting
from event_review w
join event e on e.organiser_id = w.organiser_id and e.event_id = w.event_id
where w.organiser_id = @organiser_id
group by 1
order by 1;

-- name: ReviewDifferences :many
-- Replay: what the list of waiting events says against what the events themselves say.
select event_id::bigint as event_id, bool_or(listed)::bool as listed
from (
  select w.event_id, true as listed from event_review w where w.organiser_id = @organiser_id
  union all
  select e.event_id, false as listed from event_now e where e.organiser_id = @organiser_id and e.state = 'review'
) t
group by event_id
having count(*) <> 2
order by event_id
limit 20;

-- name: AcceptedPeriod :one
-- The payee's period that the event was last accepted in: where it stands again when a refund is withdrawn.
select coalesce((select s.period_no from event_step s where s.organiser_id = e.organiser_id and s.event_id = e.event_id and s.state = 'accepted' order by s.step_no desc limit 1), e.period_no)::int as period_no
from event e
where e.organiser_id = @organiser_id and e.event_id = @event_id;

-- name: WorkersBusy :many
-- Live events of the sender's workers near the days: one worker cannot be with two clients at once.
select e.event_id, e.provider_id, e.client_id, e.line_id, e.content_id, e.service_date, e.started_at, e.ended_at, e.quantity, e.worker, e.client_reference
from event_now e
where e.organiser_id = @organiser_id and e.provider_id = any(@providers::bigint[]) and e.worker = any(@workers::text[])
  and e.service_date >= @from_date and e.service_date <= @to_date and e.started_at is not null
  and e.state in ('accepted', 'review');

-- name: EventsOfPeriod :many
-- Lines of a payee's periods, for its statement: what was delivered and what was corrected. That there is a payee is said in words:
-- only so the index on periods serves a statement that was prepared without knowing the payee.
select p.posting_id, p.source_kind, p.source_step, p.amount_cents, p.debit_kind, e.event_id, e.service_date, e.client_id, e.person_id, e.voucher_id, e.content_id, e.service_id, e.unit_id,
  e.quantity, coalesce(s.accepted_quantity, e.accepted_quantity) as accepted_quantity, e.price_cents, e.value_cents, e.note, e.client_reference, coalesce(s.reason_code, '') as reason_code
from posting p
join event e on e.organiser_id = p.organiser_id and e.event_id = p.source_id
left join event_step s on s.organiser_id = p.organiser_id and s.event_id = p.source_id and s.step_no = p.source_step
where p.organiser_id = @organiser_id and p.provider_id = @provider_id and p.provider_id <> 0 and p.period_no = any(@periods::int[]) and p.source_kind in (2, 3, 4)
order by p.posting_id;

-- name: StateDifferences :many
-- Replay: what each event's payable postings sum to, against what its present state says. Both are added up in one pass over all of
-- them: a join of the two goes wrong by hours when the planner has no statistics yet.
select t.event_id::bigint as event_id, coalesce(max(t.state), '')::text as state, sum(t.due_cents)::bigint as organiser_cents, sum(t.posted_cents)::bigint as posted_cents
from (
  select e.event_id, e.state, case when e.state = 'accepted' then e.organiser_cents else 0 end as due_cents, 0::bigint as posted_cents
  from event_now e
  where e.organiser_id = @organiser_id
  union all
  select q.source_id, null::text, 0::bigint, case when q.credit_kind = 11 then q.amount_cents when q.debit_kind = 11 then -q.amount_cents else 0 end
  from posting q
  where q.organiser_id = @organiser_id and q.source_kind in (2, 3, 4) and q.provider_id <> 0
) t
group by t.event_id
having sum(t.due_cents) <> sum(t.posted_cents)
order by t.event_id
limit 20;

-- name: SumDifferences :many
select e.event_id, e.total_cents, e.organiser_cents, e.own_cents, e.accepted_quantity, e.price_cents, e.value_cents
from event e
where e.organiser_id = @organiser_id
  and (e.total_cents <> div(e.price_cents::numeric * e.accepted_quantity * 2 + 3000, 6000)
    or e.organiser_cents <> div(least(e.price_cents, e.value_cents)::numeric * e.accepted_quantity * 2 + 3000, 6000))
  and not exists (select from event_piece p where p.organiser_id = e.organiser_id and p.event_id = e.event_id)
order by e.event_id
limit 20;

-- name: FileAdd :one
insert into event_file (provider_id, name, sha256, bytes, answers, state, uploaded_at, uploaded_by_account, uploaded_by)
values (@provider_id, @name, @sha256, @bytes, '{}', 'uploaded', @uploaded_at, @uploaded_by_account, @uploaded_by)
returning file_id;

-- name: FileSame :one
-- The same bytes again lead to the file that is already there.
select file_id
from event_file
where provider_id = @provider_id and sha256 = @sha256 and state <> 'dropped'
order by file_id
limit 1;

-- name: FileOne :one
select file_id, provider_id, name, sha256, bytes, answers, state, uploaded_at, uploaded_by, confirmed_at, receipt
from event_file
where provider_id = @provider_id and file_id = @file_id;

-- name: FileHold :one
-- Two confirmations of one file queue here.
select state, receipt
from event_file
where provider_id = @provider_id and file_id = @file_id
for update;

-- name: FilesOf :many
select file_id, provider_id, name, sha256, state, uploaded_at, uploaded_by, confirmed_at, receipt
from event_file
where provider_id = @provider_id
order by file_id desc
limit @most;

-- name: FileAnswers :execrows
update event_file set answers = @answers
where provider_id = @provider_id and file_id = @file_id and state = 'uploaded';

-- name: FileDrop :execrows
update event_file set state = 'dropped'
where provider_id = @provider_id and file_id = @file_id and state = 'uploaded';

-- name: FileConfirm :execrows
update event_file set state = 'confirmed', confirmed_at = @confirmed_at, receipt = @receipt
where provider_id = @provider_id and file_id = @file_id and state = 'uploaded';

-- name: LabelsOf :many
-- Words beside events for people: whose, of what, by whom. The content's name is that of the day of service.
select e.event_id, k.last_name, k.first_names, v.number, c.code, c.unit, u.name as unit_name, p.name as provider_name, e.reservation_id, e.rulebook_id,
  coalesce(w.name_fi, c.code) as name_fi, coalesce(w.name_sv, c.code) as name_sv, coalesce(w.name_en, c.code) as name_en
from event e
join client k on k.organiser_id = e.organiser_id and k.client_id = e.client_id
join voucher v on v.organiser_id = e.organiser_id and v.voucher_id = e.voucher_id
join content c on c.organiser_id = e.organiser_id and c.content_id = e.content_id
join unit u on u.unit_id = e.unit_id
join provider p on p.provider_id = e.provider_id
left join lateral (select t.name_fi, t.name_sv, t.name_en from content_version t
  where t.organiser_id = e.organiser_id and t.content_id = e.content_id and t.valid_from <= e.service_date order by t.valid_from desc, t.version desc limit 1) w on true
where e.organiser_id = @organiser_id and e.event_id = any(@events::bigint[]);

-- name: VoucherOfNumber :one
select voucher_id, client_id
from voucher
where organiser_id = @organiser_id and number = @number;

-- name: MonthSums :many
-- Sums of a provider's month by organiser and state, counted in the database: the list itself is paged.
select e.organiser_id, e.state, count(*) as events, coalesce(sum(e.organiser_cents), 0)::bigint as organiser_cents, coalesce(sum(e.own_cents), 0)::bigint as own_cents, coalesce(sum(e.total_cents), 0)::bigint as total_cents
from event_now e
where e.provider_id = @provider_id and e.service_date >= @from_date and e.service_date < @to_date
  and (cardinality(@units::bigint[]) = 0 or e.unit_id = any(@units::bigint[]))
group by e.organiser_id, e.state
order by e.organiser_id, e.state;

-- name: EventsSince :many
-- Accepted deliveries of one voucher from a day on, through the index on client and day. A purchase of a euro balance (package purse) is
-- worth what was taken of the balance for it, of whatever service it was: the value of the balance's own line says nothing of it.
select e.event_id, e.step_no
from event_now e
where e.organiser_id = @organiser_id and e.client_id = @client_id and e.voucher_id = @voucher_id and e.service_date >= @from_date
  and e.state = 'accepted' and e.event_id > @after
  and not exists (select from purse p where p.organiser_id = e.organiser_id and p.voucher_id = e.voucher_id)
order by e.event_id
limit @most;
