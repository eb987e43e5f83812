-- name: PurseAdd :exec
insert into purse (organiser_id, voucher_id, line_id, person_id, client_id, refill, refill_cents, carries, left_over, whole_units, hold_days, grace_days, client_adds, balance_shown, granted_at, granted_by)
values (@organiser_id, @voucher_id, @line_id, @person_id, @client_id, @refill, @refill_cents, @carries, @left_over, @whole_units, @hold_days, @grace_days, @client_adds, @balance_shown, @granted_at, @granted_by);

-- name: PurseContentsAdd :exec
insert into purse_content (organiser_id, voucher_id, content_id, service_id)
select @organiser_id, @voucher_id, t.content_id, t.service_id
from (select unnest(@contents::bigint[]) as content_id, unnest(@services::bigint[]) as service_id) t;

-- name: PursesOf :many
-- The terms of purses by their vouchers; rows without one are ordinary vouchers.
select voucher_id, line_id, person_id, client_id, refill, refill_cents, carries, left_over, whole_units, hold_days, grace_days, client_adds, balance_shown, granted_at, granted_by
from purse
where organiser_id = @organiser_id and voucher_id = any(@vouchers::bigint[])
order by voucher_id;

-- name: PursesOfClients :many
-- Which of these people's vouchers are purses.
select organiser_id, voucher_id
from purse
where person_id = @person_id
order by organiser_id, voucher_id;

-- name: ContentsOf :many
-- What the purses may be spent on. The name is that of the last version.
select p.voucher_id, p.content_id, p.service_id, c.code, c.unit,
  coalesce(w.name_fi, c.code) as name_fi, coalesce(w.name_sv, c.code) as name_sv, coalesce(w.name_en, c.code) as name_en
from purse_content p
join content c on c.organiser_id = p.organiser_id and c.content_id = p.content_id
left join lateral (select t.name_fi, t.name_sv, t.name_en from content_version t
  where t.organiser_id = p.organiser_id and t.content_id = p.content_id order by t.version desc limit 1) w on true
where p.organiser_id = @organiser_id and p.voucher_id = any(@vouchers::bigint[])
order by p.voucher_id, c.code;

-- name: Numbers :many
select nextval('purse_number')::bigint as id
from generate_series(1, @wanted::int);

-- name: HoldsByReference :many
-- What was held under a payee's references before: a repeat gets its first answer. By the unique key, one probe for each reference (offset
-- 0 keeps it so): with the statistics of a young table the planner would walk through all holds for each of them.
select h.hold_id, h.provider_id, h.reference, h.content_hash
from (select unnest(@providers::bigint[]) as provider_id, unnest(@refs::text[]) as reference) q
cross join lateral (
  select f.hold_id, f.provider_id, f.reference, f.content_hash
  from purse_hold f
  where f.organiser_id = @organiser_id and f.provider_id = q.provider_id and f.reference = q.reference
  offset 0) h;

-- name: HoldsByID :many
-- Whole holds with the voucher's number and, when they have ended, how. The event's own state tells whether a capture was refunded.
select h.organiser_id, h.hold_id, v.number, h.voucher_id, h.line_id, h.person_id, h.client_id, h.provider_id, h.unit_id, h.content_id, h.service_id, h.reservation_id, h.rulebook_id,
  h.reference, h.quantity, h.price_cents, h.value_cents, h.total_cents, h.amount_cents, h.service_date, h.expires_on, h.note, h.band, h.held_at, h.held_by,
  coalesce(e.ending, '') as ending, coalesce(e.captured_cents, 0)::bigint as captured_cents, coalesce(e.event_id, 0)::bigint as event_id, coalesce(e.reason, '') as reason, e.ended_at, coalesce(e.ended_by, '') as ended_by
from purse_hold h
join voucher v on v.organiser_id = h.organiser_id and v.voucher_id = h.voucher_id
left join purse_end e on e.organiser_id = h.organiser_id and e.hold_id = h.hold_id
where h.organiser_id = @organiser_id and h.hold_id = any(@holds::bigint[]);

-- name: HoldsInsert :exec
insert into purse_hold (organiser_id, held_at, hold_id, voucher_id, line_id, person_id, client_id, provider_id, unit_id, content_id, service_id, reservation_id, rulebook_id, reference, content_hash, quantity, price_cents, value_cents, total_cents, amount_cents, service_date, expires_on, note, source, held_by_account, held_by, band)
select @organiser_id, @held_at, t.hold_id, t.voucher_id, t.line_id, t.person_id, t.client_id, t.provider_id, t.unit_id, t.content_id, t.service_id, t.reservation_id, t.rulebook_id, t.reference, t.content_hash, t.quantity, t.price_cents, t.value_cents, t.total_cents, t.amount_cents, t.service_date, t.expires_on, t.note, t.source, t.held_by_account, t.held_by, t.band
from (select unnest(@hold_ids::bigint[]) as hold_id, unnest(@vouchers::bigint[]) as voucher_id, unnest(@lines::bigint[]) as line_id, unnest(@persons::bigint[]) as person_id, unnest(@clients::bigint[]) as client_id, unnest(@providers::bigint[]) as provider_id, unnest(@units::bigint[]) as unit_id, unnest(@contents::bigint[]) as content_id, unnest(@services::bigint[]) as service_id, unnest(@reservations::bigint[]) as reservation_id, unnest(@rulebooks::bigint[]) as rulebook_id, unnest(@refs::text[]) as reference, unnest(@hashes::bytea[]) as content_hash, unnest(@quantities::bigint[]) as quantity, unnest(@prices::bigint[]) as price_cents, unnest(@values::bigint[]) as value_cents, unnest(@totals::bigint[]) as total_cents, unnest(@amounts::bigint[]) as amount_cents, unnest(@dates::date[]) as service_date, unnest(@expiries::date[]) as expires_on, unnest(@notes::text[]) as note, unnest(@sources::text[]) as source, unnest(@accounts::bigint[]) as held_by_account, unnest(@names::text[]) as held_by, unnest(@bands::text[]) as band) t;

-- name: EndsInsert :exec
insert into purse_end (organiser_id, ended_at, hold_id, provider_id, person_id, ending, captured_cents, event_id, reason, ended_by_account, ended_by)
select @organiser_id, @ended_at, t.hold_id, t.provider_id, t.person_id, t.ending, t.captured_cents, nullif(t.event_id, 0), t.reason, t.ended_by_account, t.ended_by
from (select unnest(@hold_ids::bigint[]) as hold_id, unnest(@providers::bigint[]) as provider_id, unnest(@persons::bigint[]) as person_id, unnest(@endings::text[]) as ending, unnest(@captureds::bigint[]) as captured_cents, unnest(@events::bigint[]) as event_id, unnest(@reasons::text[]) as reason, unnest(@accounts::bigint[]) as ended_by_account, unnest(@names::text[]) as ended_by) t;

-- name: MoveAdd :exec
insert into purse_move (organiser_id, move_id, voucher_id, person_id, kind, amount_cents, on_date, reason, moved_at, moved_by_account, moved_by)
values (@organiser_id, @move_id, @voucher_id, @person_id, @kind, @amount_cents, @on_date, @reason, @moved_at, @moved_by_account, @moved_by);

-- name: MovesOf :many
select move_id, kind, amount_cents, on_date, reason, moved_at, moved_by
from purse_move
where organiser_id = @organiser_id and voucher_id = @voucher_id
order by move_id;

-- name: HoldsOf :many
-- Every hold of one purse with its ending, newest first, and the state of the event that a capture made.
select h.hold_id, h.provider_id, h.unit_id, h.content_id, h.service_id, h.band, h.reference, h.quantity, h.price_cents, h.total_cents, h.amount_cents, h.service_date, h.expires_on, h.note, h.held_at, h.held_by,
  u.name as unit_name, p.name as provider_name, coalesce(w.name_fi, '') as name_fi, coalesce(w.name_sv, '') as name_sv, coalesce(w.name_en, '') as name_en,
  coalesce(e.ending, '') as ending, coalesce(e.captured_cents, 0)::bigint as captured_cents, coalesce(e.event_id, 0)::bigint as event_id, coalesce(e.reason, '') as reason, e.ended_at, coalesce(n.state, '') as event_state, n.step_at
from purse_hold h
join unit u on u.unit_id = h.unit_id join provider p on p.provider_id = h.provider_id
left join lateral (select t.name_fi, t.name_sv, t.name_en from content_version t
  where t.organiser_id = h.organiser_id and t.content_id = h.content_id order by t.version desc limit 1) w on true
left join purse_end e on e.organiser_id = h.organiser_id and e.hold_id = h.hold_id
left join event_now n on n.organiser_id = e.organiser_id and n.event_id = e.event_id
where h.organiser_id = @organiser_id and h.voucher_id = @voucher_id
order by h.hold_id desc
limit @most;

-- name: HoldsOfProvider :many
-- What the company has held and taken, over all organisers, under its own scope: no client, only the end of the voucher's number is told later.
select h.organiser_id, h.hold_id, h.voucher_id, h.unit_id, h.content_id, h.reference, h.quantity, h.price_cents, h.total_cents, h.amount_cents, h.service_date, h.expires_on, h.note, h.held_at, h.held_by,
  u.name as unit_name, coalesce(e.ending, '') as ending, coalesce(e.captured_cents, 0)::bigint as captured_cents, coalesce(e.event_id, 0)::bigint as event_id, coalesce(e.reason, '') as reason, e.ended_at, coalesce(n.state, '') as event_state,
  coalesce(w.name_fi, '') as name_fi, coalesce(w.name_sv, '') as name_sv, coalesce(w.name_en, '') as name_en
from purse_hold h
join unit u on u.unit_id = h.unit_id
left join lateral (select t.name_fi, t.name_sv, t.name_en from content_version t
  where t.organiser_id = h.organiser_id and t.content_id = h.content_id order by t.version desc limit 1) w on true
left join purse_end e on e.organiser_id = h.organiser_id and e.hold_id = h.hold_id
left join event_now n on n.organiser_id = e.organiser_id and n.event_id = e.event_id
where h.provider_id = @provider_id
  and (cardinality(@units::bigint[]) = 0 or h.unit_id = any(@units::bigint[]))
  and (not @only_open::bool or e.hold_id is null)
  and (@before_hold::bigint = 0 or h.hold_id < @before_hold::bigint)
order by h.hold_id desc
limit @most;

-- name: HoldsExpired :many
-- Holds whose day has come and that nobody captured or released.
select h.hold_id, h.voucher_id, h.line_id, h.provider_id, h.person_id, h.amount_cents
from purse_hold h
where h.organiser_id = @organiser_id and h.expires_on <= @today::date
  and not exists (select from purse_end e where e.organiser_id = h.organiser_id and e.hold_id = h.hold_id)
order by h.hold_id
limit @most;

-- name: HoldsLive :many
-- Sum of what is held now, by voucher.
select h.voucher_id, sum(h.amount_cents)::bigint as held_cents, count(*) as holds
from purse_hold h
where h.organiser_id = @organiser_id and h.voucher_id = any(@vouchers::bigint[])
  and not exists (select from purse_end e where e.organiser_id = h.organiser_id and e.hold_id = h.hold_id)
group by h.voucher_id;

-- name: MovesSums :many
select voucher_id, kind, sum(amount_cents)::bigint as amount_cents
from purse_move
where organiser_id = @organiser_id and voucher_id = any(@vouchers::bigint[])
group by voucher_id, kind
order by voucher_id, kind;

-- name: PursesToTend :many
-- Purses that a refill or an end is due for: monthly ones without this month's refill, and ended ones with something left.
select p.voucher_id, p.line_id, p.person_id, p.refill, p.refill_cents, p.left_over, p.grace_days, v.number, v.valid_from, v.valid_to, v.state, v.closed_from, v.close_reason
from purse p
join voucher v on v.organiser_id = p.organiser_id and v.voucher_id = p.voucher_id
join balance b on b.organiser_id = p.organiser_id and b.line_id = p.line_id and b.bucket = date '1970-01-01'
where p.organiser_id = @organiser_id
  and ((case when v.close_reason in ('annulled', 'refused', 'lapsed') then date '1970-01-01' when v.state = 'closed' then least(v.closed_from, v.valid_to) else v.valid_to end) + p.grace_days <= @today::date
      and b.limit_cents > b.used_cents
    or p.refill = 'monthly' and v.state <> 'closed' and v.valid_to > @today::date and @month::date > v.valid_from
      and not exists (select from purse_move m where m.organiser_id = p.organiser_id and m.voucher_id = p.voucher_id and m.kind = 'refilled' and m.on_date = @month::date))
order by p.voucher_id
limit @most;

-- name: ServiceSums :many
-- What an organiser's purses are worth together, by service.
select v.service_id, count(*) as purses, sum(b.limit_cents)::bigint as limit_cents, sum(b.used_cents)::bigint as used_cents, coalesce(sum(h.held_cents), 0)::bigint as held_cents,
  coalesce(sum(m.given_cents), 0)::bigint as given_cents, coalesce(sum(m.returned_cents), 0)::bigint as returned_cents, coalesce(sum(m.expired_cents), 0)::bigint as expired_cents
from purse p
join voucher v on v.organiser_id = p.organiser_id and v.voucher_id = p.voucher_id
join balance b on b.organiser_id = p.organiser_id and b.line_id = p.line_id and b.bucket = date '1970-01-01'
left join (select t.voucher_id, sum(t.amount_cents) as held_cents from purse_hold t
  where t.organiser_id = @organiser_id and not exists (select from purse_end e where e.organiser_id = t.organiser_id and e.hold_id = t.hold_id)
  group by t.voucher_id) h on h.voucher_id = p.voucher_id
left join (select q.voucher_id, sum(q.amount_cents) filter (where q.amount_cents > 0) as given_cents, -sum(q.amount_cents) filter (where q.kind = 'taken_back') as returned_cents,
    -sum(q.amount_cents) filter (where q.kind in ('expired', 'lapsed')) as expired_cents
  from purse_move q where q.organiser_id = @organiser_id group by q.voucher_id) m on m.voucher_id = p.voucher_id
where p.organiser_id = @organiser_id
group by v.service_id
order by v.service_id;

-- name: BalanceDifferences :many
-- Replay: the balance of each purse against its facts. Used = live holds + captures whose event still stands. The right = the sum of the
-- moves; a refund that was withdrawn may have opened it again, so such lines are left to the ledger's own replay.
select p.voucher_id, b.limit_cents, b.used_cents, coalesce(m.amount_cents, 0)::bigint as moved_cents, (coalesce(h.held_cents, 0) + coalesce(c.captured_cents, 0))::bigint as taken_cents
from purse p
join balance b on b.organiser_id = p.organiser_id and b.line_id = p.line_id and b.bucket = date '1970-01-01'
left join (select voucher_id, sum(amount_cents) as amount_cents from purse_move q where q.organiser_id = @organiser_id group by voucher_id) m on m.voucher_id = p.voucher_id
left join (select t.voucher_id, sum(t.amount_cents) as held_cents from purse_hold t
  where t.organiser_id = @organiser_id and not exists (select from purse_end e where e.organiser_id = t.organiser_id and e.hold_id = t.hold_id)
  group by t.voucher_id) h on h.voucher_id = p.voucher_id
left join (select n.line_id, sum(n.organiser_cents) as captured_cents, bool_or(n.step_no > 1) as stepped from event_now n
  where n.organiser_id = @organiser_id and n.state = 'accepted' and n.line_id in (select q.line_id from purse q where q.organiser_id = @organiser_id)
  group by n.line_id) c on c.line_id = p.line_id
where p.organiser_id = @organiser_id
  and (b.used_cents <> coalesce(h.held_cents, 0) + coalesce(c.captured_cents, 0)
    or b.limit_cents <> coalesce(m.amount_cents, 0) and not coalesce(c.stepped, false))
order by p.voucher_id
limit 20;

-- name: CaptureDifferences :many
-- Every capture has made one event of the same sum, on the purse's own line.
select e.hold_id, e.captured_cents, coalesce(v.organiser_cents, -1)::bigint as organiser_cents
from purse_end e
join purse_hold h on h.organiser_id = e.organiser_id and h.hold_id = e.hold_id
left join event v on v.organiser_id = e.organiser_id and v.event_id = e.event_id and v.line_id = h.line_id and v.provider_id = h.provider_id
where e.organiser_id = @organiser_id and e.ending = 'captured' and (v.event_id is null or v.organiser_cents <> e.captured_cents)
order by e.hold_id
limit 20;

-- name: EventStep :one
-- Where the event of a capture stands: its step, and whether its period is sealed.
select n.step_no, n.state, coalesce(q.sealed_at is not null, false)::bool as sealed
from event_now n
left join period q on q.organiser_id = n.organiser_id and q.provider_id = n.provider_id and q.period_no = n.period_no
where n.organiser_id = @organiser_id and n.event_id = @event_id;

-- name: PursesForTill :many
-- Shared lock on the voucher: a close, a pause or an annulment waits until the money is taken, and we wait for it. In key order.
select v.voucher_id, v.number, v.valid_from, v.valid_to, v.state, v.closed_from, v.close_reason, v.rulebook_id,
  p.line_id, p.person_id, p.client_id, p.refill, p.refill_cents, p.left_over, p.whole_units, p.hold_days, p.grace_days, p.client_adds, p.balance_shown, p.granted_at, p.granted_by
from voucher v
join purse p on p.organiser_id = v.organiser_id and p.voucher_id = v.voucher_id
where v.organiser_id = @organiser_id and v.number = any(@numbers::text[])
order by v.voucher_id
for share of v;

-- name: PausesOn :many
select voucher_id, pause_from, pause_to
from voucher_pause
where organiser_id = @organiser_id and voucher_id = any(@vouchers::bigint[]) and pause_from <= @day::date and pause_to > @day::date;

-- name: ReservationsOn :many
-- Who has been let in to charge the balances, on the day.
select reservation_id, voucher_id, line_id, provider_id, valid_from, valid_to
from reservation
where organiser_id = @organiser_id and voucher_id = any(@vouchers::bigint[]) and provider_id = any(@providers::bigint[]) and state = 'valid'
  and valid_from <= @day::date and valid_to > @day::date;

-- name: BooksOn :many
-- The rulebook in force on the day of each service that the balances may be spent on.
select distinct on (r.service_id) r.service_id, r.rulebook_id
from rulebook r
where r.organiser_id = @organiser_id and r.published_at is not null and r.valid_from <= @day::date
  and r.service_id in (select t.service_id from purse_content t where t.organiser_id = @organiser_id and t.voucher_id = any(@vouchers::bigint[]))
order by r.service_id, r.valid_from desc, r.version desc;

-- name: SellableOn :many
-- What the payees may sell of what the balances may be spent on, on the day: approved, not suspended, priced.
select c.content_id, c.service_id, x.provider_id, x.unit_id, x.price_cents
from (select distinct t.content_id, t.service_id from purse_content t where t.organiser_id = @organiser_id and t.voucher_id = any(@vouchers::bigint[])) c
join price x on x.organiser_id = @organiser_id and x.content_id = c.content_id and x.provider_id = any(@providers::bigint[])
  and x.state = 'approved' and x.valid_from <= @day::date and x.valid_to > @day::date
where exists (select from approval a
  where a.organiser_id = @organiser_id and a.service_id = c.service_id and a.unit_id = x.unit_id and a.valid_from <= @day::date and a.valid_to > @day::date
    and not exists (select from approval_suspension s where s.organiser_id = a.organiser_id and s.approval_id = a.approval_id
      and s.suspended_from <= @day::date and s.suspended_to > @day::date));
