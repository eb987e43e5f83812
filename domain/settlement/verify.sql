-- name: PeriodsOfRun :many
select provider_id, period_no
from statement_period
where organiser_id = @organiser_id and run_no = @run_no
order by provider_id, period_no;

-- name: RunsWithSums :many
select r.run_no, r.run_key, r.provider_count, r.line_count, r.gross_cents, r.credit_cents, r.pay_cents, r.lines_hash
from settlement_run r
where r.organiser_id = @organiser_id
order by r.run_no;

-- name: PeriodsTwice :many
-- A period stands in at most one live statement, and an approved or later run's periods are sealed.
select s.provider_id, s.period_no, count(*) as statements
from statement_period s
where s.organiser_id = @organiser_id
  and not exists (select 1 from run_step x where x.organiser_id = s.organiser_id and x.run_no = s.run_no and x.state = 'undone')
group by s.provider_id, s.period_no
having count(*) > 1
order by s.provider_id, s.period_no
limit 20;

-- name: PeriodsUnsealed :many
select s.run_no, s.provider_id, s.period_no
from statement_period s
left join period q on q.organiser_id = s.organiser_id and q.provider_id = s.provider_id and q.period_no = s.period_no
where s.organiser_id = @organiser_id and q.sealed_at is null
order by s.run_no, s.provider_id, s.period_no
limit 20;

-- name: SlotsTwice :many
select s.run_key, count(*) as runs
from settlement_slot s
where s.organiser_id = @organiser_id
  and not exists (select 1 from run_step x where x.organiser_id = s.organiser_id and x.run_no = s.run_no and x.state = 'undone')
group by s.run_key
having count(*) > 1
order by s.run_key;

-- name: AccountDifferences :many
-- Each payee's accounts by the postings, against what the statements and their steps say they must hold:
-- accrued = lines in no live statement; settled = to be paid and not yet left or refused; carried = the last word of what is held,
-- carried or returned; bank = paid and not returned.
with moved as (
  select p.credit_kind as kind, p.credit_ref as provider_id, p.amount_cents as amount from posting p where p.organiser_id = @organiser_id and p.provider_id <> 0 and p.credit_kind in (11, 12, 13, 20)
  union all
  select p.debit_kind, p.debit_ref, -p.amount_cents from posting p where p.organiser_id = @organiser_id and p.provider_id <> 0 and p.debit_kind in (11, 12, 13, 20)),
accounts as (
  select m.provider_id, sum(m.amount) filter (where m.kind = 11) as accrued, sum(m.amount) filter (where m.kind = 12) as settled,
    sum(m.amount) filter (where m.kind = 13) as carried, sum(m.amount) filter (where m.kind = 20) as bank
  from moved m group by m.provider_id),
live as (
  select t.provider_id, t.gross_cents, t.credit_cents, t.carried_cents, t.net_cents, t.disposition,
    (select x.state from payee_step x where x.organiser_id = t.organiser_id and x.run_no = t.run_no and x.provider_id = t.provider_id order by x.step_no desc limit 1) as state
  from statement t
  where t.organiser_id = @organiser_id
    and not exists (select 1 from run_step x where x.organiser_id = t.organiser_id and x.run_no = t.run_no and x.state = 'undone')),
told as (
  select l.provider_id, sum(l.gross_cents - l.credit_cents) as taken,
    sum(l.net_cents) filter (where l.disposition = 'pay' and l.state in ('calculated', 'settled')) as settled,
    sum(l.net_cents) filter (where l.disposition = 'pay' and l.state = 'paid') as bank,
    coalesce(sum(l.gross_cents - l.credit_cents) filter (where l.disposition <> 'pay'), 0) - coalesce(sum(l.carried_cents) filter (where l.disposition = 'pay'), 0)
      + coalesce(sum(l.net_cents) filter (where l.state = 'returned'), 0) as carried
  from live l group by l.provider_id),
delivered as (
  select p.provider_id, sum(case when p.credit_kind = 11 then p.amount_cents else -p.amount_cents end) as amount
  from posting p
  where p.organiser_id = @organiser_id and p.provider_id <> 0 and p.source_kind in (2, 3, 4, 8) and (p.credit_kind = 11 or p.debit_kind = 11)
  group by p.provider_id)
select a.provider_id,
  coalesce(a.accrued, 0)::bigint as accrued, (coalesce(d.amount, 0) - coalesce(t.taken, 0))::bigint as facts_accrued,
  coalesce(a.settled, 0)::bigint as settled, coalesce(t.settled, 0)::bigint as facts_settled,
  coalesce(a.carried, 0)::bigint as carried, coalesce(t.carried, 0)::bigint as facts_carried,
  coalesce(a.bank, 0)::bigint as bank, coalesce(t.bank, 0)::bigint as facts_bank
from accounts a
left join told t on t.provider_id = a.provider_id
left join delivered d on d.provider_id = a.provider_id
where coalesce(a.accrued, 0) <> coalesce(d.amount, 0) - coalesce(t.taken, 0) or coalesce(a.settled, 0) <> coalesce(t.settled, 0)
  or coalesce(a.carried, 0) <> coalesce(t.carried, 0) or coalesce(a.bank, 0) <> coalesce(t.bank, 0)
order by a.provider_id
limit 20;
