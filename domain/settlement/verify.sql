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
-- carried or returned, less what is asked back with a claim; bank = paid and not returned, less what came back by claims;
-- claimed = asked back and neither come, given up nor withdrawn; lost = given up.
with moved as (
  select p.credit_kind as kind, p.credit_ref as provider_id, p.amount_cents as amount from posting p where p.organiser_id = @organiser_id and p.provider_id <> 0 and p.credit_kind in (11, 12, 13, 14, 15, 20)
  union all
  select p.debit_kind, p.debit_ref, -p.amount_cents from posting p where p.organiser_id = @organiser_id and p.provider_id <> 0 and p.debit_kind in (11, 12, 13, 14, 15, 20)),
accounts as (
  select m.provider_id, sum(m.amount) filter (where m.kind = 11) as accrued, sum(m.amount) filter (where m.kind = 12) as settled,
    sum(m.amount) filter (where m.kind = 13) as carried, sum(m.amount) filter (where m.kind = 20) as bank,
    -sum(m.amount) filter (where m.kind = 14) as claimed, -sum(m.amount) filter (where m.kind = 15) as lost
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
asked as (
  select c.provider_id, sum(c.amount_cents) as asked, sum(s.back) as back, sum(s.lost) as lost, sum(s.withdrawn) as withdrawn
  from recovery_claim c
  cross join lateral (
    select coalesce(sum(case x.kind when 'repaid' then x.amount_cents when 'unpaid' then -x.amount_cents end), 0) as back,
      coalesce(sum(x.amount_cents) filter (where x.kind = 'written_off'), 0) as lost, coalesce(sum(x.amount_cents) filter (where x.kind = 'withdrawn'), 0) as withdrawn
    from recovery_step x where x.organiser_id = c.organiser_id and x.claim_no = c.claim_no) s
  where c.organiser_id = @organiser_id
  group by c.provider_id),
delivered as (
  select p.provider_id, sum(case when p.credit_kind = 11 then p.amount_cents else -p.amount_cents end) as amount
  from posting p
  where p.organiser_id = @organiser_id and p.provider_id <> 0 and p.source_kind in (2, 3, 4, 8) and (p.credit_kind = 11 or p.debit_kind = 11)
  group by p.provider_id)
select a.provider_id,
  coalesce(a.accrued, 0)::bigint as accrued, (coalesce(d.amount, 0) - coalesce(t.taken, 0))::bigint as facts_accrued,
  coalesce(a.settled, 0)::bigint as settled, coalesce(t.settled, 0)::bigint as facts_settled,
  coalesce(a.carried, 0)::bigint as carried, (coalesce(t.carried, 0) + coalesce(c.asked - c.withdrawn, 0))::bigint as facts_carried,
  coalesce(a.bank, 0)::bigint as bank, (coalesce(t.bank, 0) - coalesce(c.back, 0))::bigint as facts_bank,
  coalesce(a.claimed, 0)::bigint as claimed, coalesce(c.asked - c.back - c.lost - c.withdrawn, 0)::bigint as facts_claimed,
  coalesce(a.lost, 0)::bigint as lost, coalesce(c.lost, 0)::bigint as facts_lost
from accounts a
left join told t on t.provider_id = a.provider_id
left join delivered d on d.provider_id = a.provider_id
left join asked c on c.provider_id = a.provider_id
where coalesce(a.accrued, 0) <> coalesce(d.amount, 0) - coalesce(t.taken, 0) or coalesce(a.settled, 0) <> coalesce(t.settled, 0)
  or coalesce(a.carried, 0) <> coalesce(t.carried, 0) + coalesce(c.asked - c.withdrawn, 0) or coalesce(a.bank, 0) <> coalesce(t.bank, 0) - coalesce(c.back, 0)
  or coalesce(a.claimed, 0) <> coalesce(c.asked - c.back - c.lost - c.withdrawn, 0) or coalesce(a.lost, 0) <> coalesce(c.lost, 0)
order by a.provider_id
limit 20;
