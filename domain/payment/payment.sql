-- name: InstructionsInsert :exec
insert into payment_instruction (organiser_id, run_no, provider_id, end_to_end_id, amount_cents, payee_name, payee_iban, reference, statement_no, due_on)
select @organiser_id, @run_no, t.provider_id, t.statement_no, t.amount_cents, t.payee_name, t.payee_iban, t.reference, t.statement_no, t.due_on
from (select unnest(@providers::bigint[]) as provider_id, unnest(@amounts::bigint[]) as amount_cents, unnest(@names::text[]) as payee_name,
  unnest(@ibans::text[]) as payee_iban, unnest(@refs::text[]) as reference, unnest(@numbers::text[]) as statement_no, unnest(@dues::date[]) as due_on) t;

-- name: InstructionsOf :many
select provider_id, end_to_end_id, amount_cents, payee_name, payee_iban, reference, statement_no, due_on
from payment_instruction
where organiser_id = @organiser_id and run_no = @run_no
order by provider_id;

-- name: FileInsert :exec
insert into payment_file (organiser_id, run_no, message_id, sha256, bytes, payment_count, total_cents, created_at, created_by)
values (@organiser_id, @run_no, @message_id, @sha256, @bytes, @payment_count, @total_cents, @created_at, @created_by);

-- name: FileGet :one
select run_no, message_id, sha256, bytes, payment_count, total_cents, created_at, created_by
from payment_file
where organiser_id = @organiser_id and run_no = @run_no;

-- name: FileAbout :many
select run_no, message_id, sha256, payment_count, total_cents, created_at, created_by, length(bytes)::int as size
from payment_file
where organiser_id = @organiser_id and run_no = @run_no;

-- name: FileDifferences :many
-- Replay: every file against the statements that are to be paid, and the instructions against both. A run that left has a file,
-- one that has not has none.
select r.run_no, coalesce(f.message_id, '') as message_id,
  coalesce(f.payment_count, 0)::bigint as file_count, coalesce(f.total_cents, 0)::bigint as file_cents,
  coalesce(i.payments, 0)::bigint as instruction_count, coalesce(i.cents, 0)::bigint as instruction_cents,
  coalesce(s.payments, 0)::bigint as statement_count, coalesce(s.cents, 0)::bigint as statement_cents,
  coalesce(f.sha256 = sha256(f.bytes), true)::bool as same_hash
from (
  select x.run_no, bool_or(x.state in ('sent', 'paid')) as sent from run_step x where x.organiser_id = @organiser_id group by x.run_no) r
left join payment_file f on f.organiser_id = @organiser_id and f.run_no = r.run_no
left join (select run_no, count(*) as payments, sum(amount_cents) as cents from payment_instruction where organiser_id = @organiser_id group by run_no) i on i.run_no = r.run_no
left join (select run_no, count(*) as payments, sum(net_cents) as cents from statement where organiser_id = @organiser_id and disposition = 'pay' group by run_no) s on s.run_no = r.run_no
where r.sent is distinct from (f.run_no is not null)
  or f.run_no is not null and (f.payment_count <> coalesce(i.payments, 0) or f.total_cents <> coalesce(i.cents, 0)
    or f.payment_count <> coalesce(s.payments, 0) or f.total_cents <> coalesce(s.cents, 0) or f.sha256 <> sha256(f.bytes))
order by r.run_no
limit 20;

-- name: InstructionDifferences :many
select i.run_no, i.provider_id, i.statement_no, i.amount_cents, coalesce(s.net_cents, 0)::bigint as net_cents
from payment_instruction i
left join statement s on s.organiser_id = i.organiser_id and s.run_no = i.run_no and s.provider_id = i.provider_id and s.disposition = 'pay'
where i.organiser_id = @organiser_id
  and (s.run_no is null or i.amount_cents <> s.net_cents or i.payee_iban <> s.payee_iban or i.statement_no <> s.statement_no or i.reference <> s.reference)
order by i.run_no, i.provider_id
limit 20;
