-- name: ClaimNext :one
-- Under the organiser's lock: two claims never take the same number.
select (coalesce(max(claim_no), 0) + 1)::bigint as claim_no
from recovery_claim
where organiser_id = @organiser_id;

-- name: ClaimInsert :exec
insert into recovery_claim (organiser_id, claim_no, provider_id, number, made_on, amount_cents, reference, due_on, reason, payee_name, payer_name, payer_iban, document_id, made_at, made_by_account, made_by)
values (@organiser_id, @claim_no, @provider_id, @number, @made_on, @amount_cents, @reference, @due_on, @reason, @payee_name, @payer_name, @payer_iban, @document_id, @made_at, @made_by_account, @made_by);

-- name: ClaimStepInsert :exec
insert into recovery_step (organiser_id, claim_no, step_no, provider_id, kind, amount_cents, on_day, note, at, by_account, by_name)
values (@organiser_id, @claim_no, @step_no, @provider_id, @kind, @amount_cents, @on_day, @note, @at, @by_account, @by_name);

-- name: Claims :many
-- An organiser's (0: every one that the scope lets be seen), of one payee or all (0), one of them or all (0); the newest first.
select organiser_id, claim_no, provider_id, number, made_on, amount_cents, reference, due_on, reason, payee_name, payer_name, payer_iban, document_id, made_at, made_by_account, made_by
from recovery_claim
where (@organiser_id::int = 0 or organiser_id = @organiser_id) and (@provider_id::bigint = 0 or provider_id = @provider_id)
  and (@claim_no::bigint = 0 or claim_no = @claim_no)
order by made_at desc, organiser_id, claim_no desc;

-- name: ClaimSteps :many
select organiser_id, claim_no, step_no, kind, amount_cents, on_day, note, at, by_account, by_name
from recovery_step
where (@organiser_id::int = 0 or organiser_id = @organiser_id) and (@provider_id::bigint = 0 or provider_id = @provider_id)
  and (@claim_no::bigint = 0 or claim_no = @claim_no)
order by organiser_id, claim_no, step_no;

-- name: RunsWaitingWith :many
-- Runs with the payee that nobody has approved or undone yet.
select r.run_key
from statement t
join settlement_run r on r.organiser_id = t.organiser_id and r.run_no = t.run_no
where t.organiser_id = @organiser_id and t.provider_id = @provider_id
  and not exists (select 1 from run_step x where x.organiser_id = t.organiser_id and x.run_no = t.run_no and x.state <> 'calculated')
order by r.run_no;
