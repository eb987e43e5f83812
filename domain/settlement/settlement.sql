-- name: OrganiserLock :one
-- Every act on runs of one organiser queues here, first in the order of locks; those who only refer to the organiser do not wait.
select o.voucher_prefix, o.payment_term_days,
  coalesce((select s.supplier_number_needed from settlement_setting s where s.organiser_id = o.organiser_id), false)::bool as supplier_number_needed,
  current_setting('transaction_isolation')::text as isolation
from organiser o
where o.organiser_id = @organiser_id
for no key update of o;

-- name: SlotLive :many
select s.run_no
from settlement_slot s
where s.organiser_id = @organiser_id and s.run_key = @run_key
  and not exists (select 1 from run_step x where x.organiser_id = s.organiser_id and x.run_no = s.run_no and x.state = 'undone');

-- name: RunNext :one
-- Counted under the organiser's lock, not drawn from a sequence: a run that was killed and started again has the same number.
select (select coalesce(max(r.run_no), 0) + 1 from settlement_run r where r.organiser_id = @organiser_id)::bigint as run_no,
  (select coalesce(max(s.attempt), 0) + 1 from settlement_slot s where s.organiser_id = @organiser_id and s.run_key = @run_key)::int as attempt;

-- name: PayeesWithOpenLines :many
-- One probe of the index per open period; written as a value because an exists becomes a join, which a planner without
-- statistics runs over all postings for each payee.
select q.provider_id
from period q
where q.organiser_id = @organiser_id and q.sealed_at is null
  and (cardinality(@providers::bigint[]) = 0 or q.provider_id = any(@providers::bigint[]))
  and (select p.source_kind from posting p where p.organiser_id = q.organiser_id and p.provider_id = q.provider_id and p.period_no = q.period_no and p.provider_id <> 0 and p.source_kind in (2, 3, 4, 8) limit 1) is not null
order by q.provider_id;

-- name: PeriodsWaiting :many
-- Sealed and in no live statement: sealed just now, or set free by an undone run.
select q.provider_id, q.period_no
from period q
where q.organiser_id = @organiser_id and q.sealed_at is not null
  and (cardinality(@providers::bigint[]) = 0 or q.provider_id = any(@providers::bigint[]))
  and not exists (
    select 1 from statement_period s
    where s.organiser_id = q.organiser_id and s.provider_id = q.provider_id and s.period_no = q.period_no
      and not exists (select 1 from run_step x where x.organiser_id = s.organiser_id and x.run_no = s.run_no and x.state = 'undone'))
order by q.provider_id, q.period_no;

-- name: CarriedBalances :many
-- What earlier runs left unpaid (plus) or took too little of (minus): the carried account.
select t.provider_id, sum(t.amount)::bigint as amount_cents
from (
  select p.credit_ref as provider_id, p.amount_cents as amount from posting p where p.organiser_id = @organiser_id and p.credit_kind = 13
  union all
  select p.debit_ref, -p.amount_cents from posting p where p.organiser_id = @organiser_id and p.debit_kind = 13) t
where cardinality(@providers::bigint[]) = 0 or t.provider_id = any(@providers::bigint[])
group by t.provider_id
having sum(t.amount) <> 0
order by t.provider_id;

-- name: PayeeFacts :many
-- Name and account at the moment of the run. A company that bills by unit and has one account for all units is paid there.
-- An account that the bank has sent money back from is not used again before it changes.
select p.provider_id, p.name,
  coalesce(p.iban, one.iban, '')::text as payee_iban,
  coalesce(s.supplier_number, '')::text as supplier_number, s.payment_term_days, coalesce(s.hold_reason, '')::text as hold_reason,
  exists (
    select 1 from payee_step r
    join statement t on t.organiser_id = r.organiser_id and t.run_no = r.run_no and t.provider_id = r.provider_id
    where r.organiser_id = @organiser_id and r.provider_id = p.provider_id and r.state = 'returned' and t.payee_iban = coalesce(p.iban, one.iban)
      and not exists (
        select 1 from payee_step l where l.organiser_id = r.organiser_id and l.provider_id = r.provider_id and l.state = 'paid' and l.run_no > r.run_no))::bool as account_refused
from provider p
left join supplier s on s.organiser_id = @organiser_id and s.provider_id = p.provider_id
left join lateral (
  select min(u.iban) as iban from unit u where u.provider_id = p.provider_id and p.billing_level = 'unit' and u.active having count(distinct u.iban) = 1 and count(u.iban) = count(*)) one on true
where p.provider_id = any(@providers::bigint[])
order by p.provider_id;

-- name: RunInsert :exec
insert into settlement_run (organiser_id, run_no, run_key, as_of, prepared_by_account, prepared_by, provider_count, line_count, gross_cents, credit_cents, pay_cents, lines_hash)
values (@organiser_id, @run_no, @run_key, @as_of, @prepared_by_account, @prepared_by, @provider_count, @line_count, @gross_cents, @credit_cents, @pay_cents, @lines_hash);

-- name: SlotInsert :exec
insert into settlement_slot (organiser_id, run_key, attempt, run_no) values (@organiser_id, @run_key, @attempt, @run_no);

-- name: StatementsInsert :exec
insert into statement (organiser_id, run_no, provider_id, statement_no, as_of, line_count, gross_cents, credit_cents, carried_cents, net_cents,
  disposition, hold_code, hold_reason, lines_hash, payee_name, payee_iban, reference, due_on, supplier_number)
select @organiser_id, @run_no, t.provider_id, t.statement_no, @as_of, t.line_count, t.gross_cents, t.credit_cents, t.carried_cents, t.net_cents,
  t.disposition, t.hold_code, t.hold_reason, t.lines_hash, t.payee_name, t.payee_iban, t.reference, t.due_on, t.supplier_number
from (select unnest(@providers::bigint[]) as provider_id, unnest(@numbers::text[]) as statement_no, unnest(@lines::bigint[]) as line_count,
  unnest(@gross::bigint[]) as gross_cents, unnest(@credits::bigint[]) as credit_cents, unnest(@carried::bigint[]) as carried_cents, unnest(@nets::bigint[]) as net_cents,
  unnest(@dispositions::text[]) as disposition, unnest(@hold_codes::text[]) as hold_code, unnest(@hold_reasons::text[]) as hold_reason, unnest(@hashes::bytea[]) as lines_hash,
  unnest(@names::text[]) as payee_name, unnest(@ibans::text[]) as payee_iban, unnest(@refs::text[]) as reference, unnest(@dues::date[]) as due_on, unnest(@suppliers::text[]) as supplier_number) t;

-- name: StatementPeriodsInsert :exec
insert into statement_period (organiser_id, run_no, provider_id, period_no)
select @organiser_id, @run_no, t.provider_id, t.period_no
from (select unnest(@providers::bigint[]) as provider_id, unnest(@numbers::int[]) as period_no) t;

-- name: RunStepInsert :exec
insert into run_step (organiser_id, run_no, step_no, state, at, by_account, by_name, note)
values (@organiser_id, @run_no, @step_no, @state, @at, @by_account, @by_name, @note);

-- name: PayeeStepsInsert :execrows
-- The same next step for the run's payees; all of them when none is named.
insert into payee_step (organiser_id, run_no, provider_id, step_no, state, at, by_name, note)
select t.organiser_id, t.run_no, t.provider_id,
  1 + coalesce((select max(l.step_no) from payee_step l where l.organiser_id = t.organiser_id and l.run_no = t.run_no and l.provider_id = t.provider_id), 0),
  @state, @at, @by_name, @note
from statement t
where t.organiser_id = @organiser_id and t.run_no = @run_no
  and (cardinality(@providers::bigint[]) = 0 or t.provider_id = any(@providers::bigint[]));

-- name: RunReverse :exec
-- The movements of an undone run, back. Step 1 tells them from the first ones.
insert into posting (organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, source_step, posted_at)
select p.organiser_id, p.provider_id, p.period_no, p.credit_kind, p.credit_ref, p.debit_kind, p.debit_ref, p.amount_cents, p.quantity, p.bucket, p.service_date, p.source_kind, p.source_id, 1, @at
from posting p
where p.organiser_id = @organiser_id and p.source_kind = 5 and p.source_id = @run_no and p.source_step = 0
order by p.posting_id;

-- name: RunsAfter :one
select count(*) as n
from settlement_run r
where r.organiser_id = @organiser_id and r.run_no > @run_no
  and not exists (select 1 from run_step x where x.organiser_id = r.organiser_id and x.run_no = r.run_no and x.state = 'undone');

-- name: RunGet :one
select r.organiser_id, r.run_no, r.run_key, r.as_of, r.prepared_by_account, r.prepared_by, r.provider_count, r.line_count,
  r.gross_cents, r.credit_cents, r.pay_cents, r.lines_hash, s.state, s.step_no
from settlement_run r
join lateral (select x.state, x.step_no from run_step x where x.organiser_id = r.organiser_id and x.run_no = r.run_no order by x.step_no desc limit 1) s on true
where r.organiser_id = @organiser_id and r.run_no = @run_no;

-- name: RunList :many
select r.organiser_id, r.run_no, r.run_key, r.as_of, r.prepared_by_account, r.prepared_by, r.provider_count, r.line_count,
  r.gross_cents, r.credit_cents, r.pay_cents, r.lines_hash, s.state, s.step_no
from settlement_run r
join lateral (select x.state, x.step_no from run_step x where x.organiser_id = r.organiser_id and x.run_no = r.run_no order by x.step_no desc limit 1) s on true
where r.organiser_id = @organiser_id
order by r.run_no desc
limit @most;

-- name: StepsOf :many
select step_no, state, at, by_account, by_name, note
from run_step
where organiser_id = @organiser_id and run_no = @run_no
order by step_no;

-- name: StatementsOfRun :many
select t.organiser_id, t.run_no, t.provider_id, t.statement_no, t.as_of, t.line_count, t.gross_cents, t.credit_cents, t.carried_cents, t.net_cents,
  t.disposition, t.hold_code, t.hold_reason, t.lines_hash, t.payee_name, t.payee_iban, t.reference, t.due_on, t.supplier_number,
  p.state as payee_state, p.at as payee_at, p.note as payee_note,
  coalesce((select d.document_id from statement_document d where d.organiser_id = t.organiser_id and d.run_no = t.run_no and d.provider_id = t.provider_id), 0)::bigint as document_id
from statement t
join lateral (select x.state, x.at, x.note from payee_step x where x.organiser_id = t.organiser_id and x.run_no = t.run_no and x.provider_id = t.provider_id order by x.step_no desc limit 1) p on true
where t.organiser_id = @organiser_id and t.run_no = @run_no and (@provider::bigint = 0 or t.provider_id = @provider::bigint)
order by t.provider_id;

-- name: StatementsOfProvider :many
-- The payee's own list over all organisers, newest first; not before its run was approved, nor after it was undone.
select t.organiser_id, t.run_no, t.provider_id, t.statement_no, t.as_of, t.line_count, t.gross_cents, t.credit_cents, t.carried_cents, t.net_cents,
  t.disposition, t.hold_code, t.hold_reason, t.lines_hash, t.payee_name, t.payee_iban, t.reference, t.due_on, t.supplier_number,
  p.state as payee_state, p.at as payee_at, p.note as payee_note, o.name_fi, o.name_sv, o.name_en,
  coalesce((select d.document_id from statement_document d where d.organiser_id = t.organiser_id and d.run_no = t.run_no and d.provider_id = t.provider_id), 0)::bigint as document_id
from statement t
join organiser o on o.organiser_id = t.organiser_id
join lateral (select x.state, x.at, x.note from payee_step x where x.organiser_id = t.organiser_id and x.run_no = t.run_no and x.provider_id = t.provider_id order by x.step_no desc limit 1) p on true
where t.provider_id = @provider_id and p.state in ('settled', 'paid', 'returned')
  and (@organiser::int = 0 or t.organiser_id = @organiser::int)
order by t.as_of desc, t.organiser_id
limit @most;

-- name: PeriodsOf :many
select period_no
from statement_period
where organiser_id = @organiser_id and run_no = @run_no and provider_id = @provider_id
order by period_no;

-- name: NetsBefore :many
-- Net sums of the payees in their live statements before a run, for the comparison on the run's page.
select distinct on (t.provider_id) t.provider_id, t.gross_cents, t.credit_cents, t.net_cents, t.run_no
from statement t
where t.organiser_id = @organiser_id and t.run_no < @run_no
  and not exists (select 1 from run_step x where x.organiser_id = t.organiser_id and x.run_no = t.run_no and x.state = 'undone')
order by t.provider_id, t.run_no desc;

-- name: PeriodStates :many
-- The state of what stands in a period: that of its live statement, and paid when the statement's money has left, which for
-- a held, carried or returned one is with the next statement that is paid.
select sp.provider_id, sp.period_no,
  (case when exists (
      select 1 from statement t
      join payee_step y on y.organiser_id = t.organiser_id and y.run_no = t.run_no and y.provider_id = t.provider_id
      where t.organiser_id = sp.organiser_id and t.provider_id = sp.provider_id and t.run_no >= sp.run_no and t.disposition = 'pay' and y.state = 'paid'
        and not exists (select 1 from payee_step z where z.organiser_id = t.organiser_id and z.run_no = t.run_no and z.provider_id = t.provider_id and z.state = 'returned')
        -- the first unreturned payment after it is the one that carried it
        and not exists (
          select 1 from statement b
          where b.organiser_id = t.organiser_id and b.provider_id = t.provider_id and b.run_no >= sp.run_no and b.run_no < t.run_no and b.disposition = 'pay'
            and not exists (select 1 from payee_step z where z.organiser_id = b.organiser_id and z.run_no = b.run_no and z.provider_id = b.provider_id and z.state in ('returned', 'undone'))))
    then 'paid'
    when exists (select 1 from payee_step y where y.organiser_id = sp.organiser_id and y.run_no = sp.run_no and y.provider_id = sp.provider_id and y.state = 'settled')
    then 'settled' else 'calculated' end)::text as state
from (select unnest(@providers::bigint[]) as provider_id, unnest(@numbers::int[]) as period_no) q
join statement_period sp on sp.organiser_id = @organiser_id and sp.provider_id = q.provider_id and sp.period_no = q.period_no
  and not exists (select 1 from payee_step z where z.organiser_id = sp.organiser_id and z.run_no = sp.run_no and z.provider_id = sp.provider_id and z.state = 'undone');

-- name: SettingPut :exec
insert into settlement_setting (organiser_id, supplier_number_needed, set_at, set_by)
values (@organiser_id, @needed, @at, @by_name)
on conflict (organiser_id) do update set supplier_number_needed = excluded.supplier_number_needed, set_at = excluded.set_at, set_by = excluded.set_by;

-- name: DocumentsMissing :many
select t.provider_id
from statement t
where t.organiser_id = @organiser_id and t.run_no = @run_no
  and not exists (select 1 from statement_document d where d.organiser_id = t.organiser_id and d.run_no = t.run_no and d.provider_id = t.provider_id)
order by t.provider_id;

-- name: DocumentInsert :exec
insert into statement_document (organiser_id, run_no, provider_id, document_id)
values (@organiser_id, @run_no, @provider_id, @document_id);

-- name: RunOfSlot :many
select s.run_no, s.attempt
from settlement_slot s
where s.organiser_id = @organiser_id and s.run_key = @run_key
order by s.attempt;

-- name: SettingGet :one
select coalesce((select s.supplier_number_needed from settlement_setting s where s.organiser_id = @organiser_id), false)::bool as needed;

-- name: Suppliers :many
-- Companies that the organiser has approved or paid, with what it knows of them for its payments.
select p.provider_id, p.name, p.business_id, coalesce(s.supplier_number, '')::text as supplier_number, s.payment_term_days, coalesce(s.hold_reason, '')::text as hold_reason
from provider p
left join supplier s on s.organiser_id = @organiser_id and s.provider_id = p.provider_id
where exists (select from approval a where a.organiser_id = @organiser_id and a.provider_id = p.provider_id)
  or exists (select from period q where q.organiser_id = @organiser_id and q.provider_id = p.provider_id)
order by p.name, p.provider_id;

-- name: MonthLines :many
-- Rows of closed months in a payee's periods: days under a decision have no event. A row that takes back stands on the debit side.
select p.posting_id, p.source_id, p.service_date, p.amount_cents, p.quantity, p.debit_kind, c.content_id, c.service_id
from posting p
join content c on c.organiser_id = p.organiser_id and c.content_id = case when p.debit_kind = 11 then p.credit_ref else p.debit_ref end
where p.organiser_id = @organiser_id and p.provider_id = @provider_id and p.provider_id <> 0 and p.period_no = any(@periods::int[]) and p.source_kind = 8
order by p.posting_id;
