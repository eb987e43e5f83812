-- name: NoticeAdd :one
-- The dedup is the message's: a repeated message finds its notice and changes nothing.
insert into notice (organiser_id, kind, dedup, provider_id, person_id, email, language, subject, body, created_at)
values (@organiser_id, @kind, @dedup, sqlc.narg('provider_id'), sqlc.narg('person_id'), @email, @language, @subject, @body, @created_at)
on conflict (organiser_id, dedup) do nothing
returning notice_id;

-- name: NoticeGet :one
select organiser_id, notice_id, email, language, subject, body from notice
where organiser_id = @organiser_id and notice_id = @notice_id;

-- name: DeliveryAdd :exec
insert into notice_delivery (organiser_id, notice_id, attempt, at, outcome, detail)
values (@organiser_id, @notice_id, @attempt, @at, @outcome, @detail)
on conflict (organiser_id, notice_id, attempt) do nothing;

-- name: OfProvider :many
select organiser_id, notice_id, kind, subject, body, language, created_at from notice
where provider_id = @provider_id and (@before_id::bigint = 0 or notice_id < @before_id)
order by notice_id desc limit @batch;

-- name: OfPerson :many
select organiser_id, notice_id, kind, subject, body, language, created_at from notice
where person_id = @person_id and (@before_id::bigint = 0 or notice_id < @before_id)
order by notice_id desc limit @batch;

-- name: OfOrganiser :many
-- The organiser's own notices; those to providers and clients are theirs.
select organiser_id, notice_id, kind, subject, body, language, created_at from notice
where organiser_id = @organiser_id and provider_id is null and person_id is null and (@before_id::bigint = 0 or notice_id < @before_id)
order by notice_id desc limit @batch;

-- name: DecisionFacts :one
select d.kind, d.outcome, d.number, d.provider_id, d.person_id, coalesce(c.email, p.email, '')::text as email,
  coalesce(c.language, p.language, d.language)::text as language
from decision d
left join client c on c.organiser_id = d.organiser_id and c.client_id = d.client_id
left join provider p on p.provider_id = d.provider_id
where d.organiser_id = @organiser_id and d.decision_id = @decision_id;

-- name: HearingFacts :one
select p.person_id, p.service_id, c.email, c.language
from proposal p join client c on c.organiser_id = p.organiser_id and c.client_id = p.client_id
where p.organiser_id = @organiser_id and p.proposal_id = @proposal_id;

-- name: EventFacts :one
-- The step's own state: a later step has its own message.
select e.provider_id, e.service_date, s.state, s.reason_code, s.organiser_cents, p.email, p.language
from event e
join event_step s on s.organiser_id = @organiser_id and s.event_id = e.event_id and s.step_no = @step_no
join provider p on p.provider_id = e.provider_id
where e.organiser_id = @organiser_id and e.event_id = @event_id;

-- name: StatementFacts :one
select s.statement_no, s.net_cents, s.due_on, s.disposition, p.email, p.language
from statement s join provider p on p.provider_id = s.provider_id
where s.organiser_id = @organiser_id and s.run_no = @run_no and s.provider_id = @provider_id;

-- name: ClaimFacts :one
select c.provider_id, c.number, c.amount_cents, c.due_on, p.email, p.language
from recovery_claim c join provider p on p.provider_id = c.provider_id
where c.organiser_id = @organiser_id and c.claim_no = @claim_no;

-- name: ApprovalFacts :one
select a.provider_id, a.service_id, p.name as company, u.name as unit_name, coalesce(nullif(u.email, ''), p.email)::text as email, p.language
from approval a
join unit u on u.unit_id = a.unit_id
join provider p on p.provider_id = a.provider_id
where a.organiser_id = @organiser_id and a.approval_id = @approval_id;

-- name: OrderFacts :one
select o.number, o.state, o.ended_why, o.provider_id, v.service_id, coalesce(nullif(u.email, ''), p.email)::text as email, p.language, p.name as company
from purchase_order o
join voucher v on v.organiser_id = o.organiser_id and v.voucher_id = o.voucher_id
join unit u on u.unit_id = o.unit_id
join provider p on p.provider_id = o.provider_id
where o.organiser_id = @organiser_id and o.order_id = @order_id;

-- name: ApplicationFacts :one
select a.service_id, a.provider_id, a.complete_by, p.name as company, p.email, p.language
from application a join provider p on p.provider_id = a.provider_id
where a.organiser_id = @organiser_id and a.application_id = @application_id;

-- name: PriceFacts :one
select r.provider_id, r.state, r.valid_from, c.service_id, u.name as unit_name, p.email, p.language
from price r
join content c on c.organiser_id = r.organiser_id and c.content_id = r.content_id
join unit u on u.unit_id = r.unit_id
join provider p on p.provider_id = r.provider_id
where r.organiser_id = @organiser_id and r.price_id = @price_id;

-- name: ReservationFacts :one
select r.provider_id, r.person_id, r.made_by_side, r.valid_from, r.valid_to, r.state, v.service_id, u.name as unit_name,
  coalesce(nullif(u.email, ''), p.email)::text as unit_email, p.language as provider_language, p.name as company,
  c.email as client_email, c.language as client_language
from reservation r
join voucher v on v.organiser_id = r.organiser_id and v.voucher_id = r.voucher_id
join client c on c.organiser_id = r.organiser_id and c.client_id = r.client_id
join unit u on u.unit_id = r.unit_id
join provider p on p.provider_id = r.provider_id
where r.organiser_id = @organiser_id and r.reservation_id = @reservation_id;

-- name: ServiceFacts :one
-- The service as it is called on the day, and who gets notices about it.
select name_fi, name_sv, name_en, notice_email from service_version
where organiser_id = @organiser_id and service_id = @service_id and valid_from <= @day
order by valid_from desc, version desc limit 1;

-- name: VoucherFacts :one
select v.service_id, v.person_id, c.email, c.language
from voucher v join client c on c.organiser_id = v.organiser_id and c.client_id = v.client_id
where v.organiser_id = @organiser_id and v.voucher_id = @voucher_id;

-- name: CheckFacts :one
select approval_id, rulebook_id, criterion_no, due_on from approval_check
where organiser_id = @organiser_id and check_id = @check_id;

-- name: PlaceFacts :one
-- An application for a place in early education: who applied, and the newest proposal for it.
select c.person_id, c.email, c.language, a.child_id, a.applicant_id, a.due_on,
  coalesce(p.provider_id, 0)::bigint as provider_id, coalesce(nullif(u.email, ''), v.email, '')::text as unit_email, coalesce(v.language, '')::text as provider_language, p.start_on, p.unit_due, p.answer_by
from daycare_application a
join client c on c.organiser_id = a.organiser_id and c.client_id = a.applicant_id
left join daycare_proposal p on p.organiser_id = a.organiser_id and p.application_id = a.application_id
  and p.proposal_id = (select max(x.proposal_id) from daycare_proposal x where x.organiser_id = a.organiser_id and x.application_id = a.application_id)
left join unit u on u.unit_id = p.unit_id
left join provider v on v.provider_id = p.provider_id
where a.organiser_id = @organiser_id and a.application_id = @application_id;

-- name: OtherGuardians :many
select c.client_id, c.person_id, c.email, c.language
from daycare_guardian g
join client c on c.organiser_id = g.organiser_id and c.client_id = g.adult_id
where g.organiser_id = @organiser_id and g.child_id = @child_id and g.adult_id <> @applicant_id and g.voided_at is null and g.valid_from <= @day::date and g.valid_to > @day::date
order by c.client_id;
