-- name: BatchAdd :one
insert into onetime_batch (organiser_id, service_id, content_id, quantity, value_cents, individual_cents, valid_from, valid_to, slips, contact, reasons, office, made_at, made_by_account, made_by)
values (@organiser_id, @service_id, @content_id, @quantity, @value_cents, @individual_cents, @valid_from, @valid_to, @slips, @contact, @reasons, @office, @made_at, @made_by_account, @made_by)
returning batch_id;

-- name: SlipsAdd :many
-- In the order of the numbers as they were drawn.
with added as (
  insert into onetime_slip (organiser_id, batch_id, number)
  select @organiser_id, @batch_id, t.number from (select unnest(@numbers::text[]) as number) t
  returning slip_id)
select slip_id from added order by slip_id;

-- name: SlipLock :one
-- Naming and dropping of one slip queue here.
select slip_id from onetime_slip where organiser_id = @organiser_id and slip_id = @slip_id for update;

-- name: SlipNamed :exec
update onetime_slip set voucher_id = @voucher_id, person_id = @person_id, client_id = @client_id, named_at = @named_at, named_by = @named_by
where organiser_id = @organiser_id and slip_id = @slip_id;

-- name: SlipDropped :exec
update onetime_slip set dropped_at = @dropped_at, dropped_by = @dropped_by, drop_reason = @drop_reason
where organiser_id = @organiser_id and slip_id = @slip_id;

-- name: Slips :many
-- Newest first. What is not asked for is 0 or empty. The use is the standing event of the slip's voucher, found by its client.
select s.organiser_id, s.slip_id, s.batch_id, s.number, coalesce(s.voucher_id, 0)::bigint as voucher_id, coalesce(s.person_id, 0)::bigint as person_id, coalesce(s.client_id, 0)::bigint as client_id,
  s.named_at, coalesce(s.named_by, '') as named_by, s.dropped_at, coalesce(s.dropped_by, '') as dropped_by, coalesce(s.drop_reason, '') as drop_reason,
  b.service_id, b.content_id, b.quantity, b.value_cents, b.individual_cents, b.valid_from, b.valid_to, b.contact, b.reasons, b.office, b.slips, b.made_at, b.made_by,
  coalesce(v.state, '') as voucher_state, v.closed_from, coalesce(v.close_reason, '') as close_reason, coalesce(v.row_version, 0)::int as row_version, coalesce(v.own_share_forbidden, false) as own_share_forbidden,
  coalesce(c.last_name || ' ' || c.first_names, '')::text as client_name,
  coalesce(e.event_id, 0)::bigint as event_id, coalesce(e.service_date, '1970-01-01'::date)::date as service_date, coalesce(e.recorded_at, 'epoch'::timestamptz)::timestamptz as recorded_at, coalesce(e.provider_id, 0)::bigint as provider_id, coalesce(e.unit_id, 0)::bigint as unit_id, coalesce(u.name, '') as unit_name, coalesce(p.name, '') as provider_name,
  coalesce(e.state, '') as event_state, coalesce(e.client_reference, '') as reference, coalesce(e.total_cents, 0)::bigint as total_cents, coalesce(e.organiser_cents, 0)::bigint as organiser_cents, coalesce(e.own_cents, 0)::bigint as own_cents
from onetime_slip s
join onetime_batch b on b.organiser_id = s.organiser_id and b.batch_id = s.batch_id
left join voucher v on v.organiser_id = s.organiser_id and v.voucher_id = s.voucher_id
left join client c on c.organiser_id = s.organiser_id and c.client_id = s.client_id
left join lateral (select n.event_id, n.service_date, n.recorded_at, n.provider_id, n.unit_id, n.state, n.client_reference, n.total_cents, n.organiser_cents, n.own_cents from event_now n
  where n.organiser_id = s.organiser_id and n.client_id = s.client_id and n.voucher_id = s.voucher_id and n.state in ('accepted', 'review') order by n.event_id limit 1) e on true
left join unit u on u.unit_id = e.unit_id
left join provider p on p.provider_id = e.provider_id
where s.organiser_id = @organiser_id
  and (@slip_id::bigint = 0 or s.slip_id = @slip_id::bigint)
  and (@number::text = '' or s.number = @number::text)
  and (@batch_id::bigint = 0 or s.batch_id = @batch_id::bigint)
  and (@client_id::bigint = 0 or s.client_id = @client_id::bigint)
  and (cardinality(@vouchers::bigint[]) = 0 or s.voucher_id = any(@vouchers::bigint[]))
  and (cardinality(@services::bigint[]) = 0 or b.service_id = any(@services::bigint[]))
  and (@shown::text = '' or @shown::text = case
    when s.dropped_at is not null or v.close_reason in ('annulled', 'refused', 'lapsed') then 'annulled'
    when e.event_id is not null then 'used'
    when @today::date >= b.valid_to or v.state = 'closed' then 'expired'
    when s.voucher_id is null then 'unnamed'
    else 'valid' end)
  and (@before_slip::bigint = 0 or s.slip_id < @before_slip::bigint)
order by s.slip_id desc
limit @most;

-- name: Sellable :many
-- What the provider may give today of a content: approved, not suspended, priced.
select x.unit_id, x.price_cents, u.name
from price x
join unit u on u.unit_id = x.unit_id
where x.organiser_id = @organiser_id and x.content_id = @content_id and x.provider_id = @provider_id and x.state = 'approved' and x.valid_from <= @day::date and x.valid_to > @day::date
  and exists (select from approval a
    where a.organiser_id = x.organiser_id and a.service_id = @service_id and a.unit_id = x.unit_id and a.valid_from <= @day::date and a.valid_to > @day::date
      and not exists (select from approval_suspension s where s.organiser_id = a.organiser_id and s.approval_id = a.approval_id
        and s.suspended_from <= @day::date and s.suspended_to > @day::date))
order by x.unit_id;

-- name: TextAdd :one
insert into onetime_text (organiser_id, slip_id, person_id, phone, language, body, asked_at, asked_by_account, asked_by)
values (@organiser_id, @slip_id, @person_id, @phone, @language, @body, @asked_at, @asked_by_account, @asked_by)
returning text_id;

-- name: TextGet :one
select text_id, slip_id, phone, language, body from onetime_text where organiser_id = @organiser_id and text_id = @text_id;

-- name: TextTried :exec
insert into onetime_text_try (organiser_id, text_id, attempt, at, outcome, detail)
values (@organiser_id, @text_id, @attempt, @at, @outcome, @detail)
on conflict do nothing;

-- name: TextsOf :many
-- With the outcome of the last try; an empty one waits.
select t.text_id, t.phone, t.asked_at, t.asked_by, coalesce(y.outcome, '') as outcome
from onetime_text t
left join lateral (select r.outcome from onetime_text_try r where r.organiser_id = t.organiser_id and r.text_id = t.text_id order by r.attempt desc limit 1) y on true
where t.organiser_id = @organiser_id and t.slip_id = @slip_id
order by t.text_id desc
limit 20;
