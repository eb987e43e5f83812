set session_replication_role = replica
----
insert into event_batch (organiser_id, provider_id, source, line_count, recorded_at, recorded_by_account, recorded_by)
select o, p, 'file', 10, now(), 11, 'Kirsi' from (select distinct organiser_id as o, provider_id as p from reservation) t
----
insert into balance (organiser_id, line_id, bucket, limit_quantity, used_quantity)
select l.organiser_id, l.line_id, date_trunc('month', current_date)::date, 40 * 3000, 10 * 4500 from voucher_line l
----
insert into event (organiser_id, event_id, provider_id, unit_id, person_id, client_id, voucher_id, line_id, content_id, service_id, reservation_id, service_date, quantity, accepted_quantity,
  price_cents, value_cents, total_cents, organiser_cents, own_cents, bucket, verdict, period_no, rulebook_id, client_reference, content_hash, batch_id, recorded_at, recorded_by_account, recorded_by)
select v.organiser_id, nextval('event_number'), r.provider_id, r.unit_id, v.person_id, v.client_id, v.voucher_id, r.line_id, l.content_id, v.service_id, r.reservation_id, date_trunc('month', current_date)::date + g, 4500, 4500,
  p.price_cents, w.value_cents, div(p.price_cents::numeric * 4500 * 2 + 3000, 6000), div(least(p.price_cents, w.value_cents)::numeric * 4500 * 2 + 3000, 6000),
  div(p.price_cents::numeric * 4500 * 2 + 3000, 6000) - div(least(p.price_cents, w.value_cents)::numeric * 4500 * 2 + 3000, 6000),
  date_trunc('month', current_date)::date, 'accepted', 1, v.rulebook_id, v.voucher_id || '-' || g, sha256((v.voucher_id || '-' || g)::bytea), 1, now(), 11, 'Kirsi'
from generate_series(0, 9) g
cross join voucher v
join voucher_line l on l.organiser_id = v.organiser_id and l.voucher_id = v.voucher_id
join reservation r on r.organiser_id = v.organiser_id and r.voucher_id = v.voucher_id
join voucher_value w on w.organiser_id = v.organiser_id and w.line_id = l.line_id
join price p on p.organiser_id = v.organiser_id and p.unit_id = r.unit_id and p.content_id = l.content_id
order by g, v.voucher_id
----
insert into posting (organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, posted_at)
select e.organiser_id, x.provider * e.provider_id, x.provider, x.debit, case x.debit when 2 then e.line_id else e.content_id end, x.credit, case x.credit when 1 then e.line_id else e.provider_id end,
  x.provider * e.organiser_cents, e.accepted_quantity, e.bucket, e.service_date, 2, e.event_id, now()
from event e cross join (values (0, 2, 1), (1, 10, 11)) x(provider, debit, credit)
order by e.event_id, x.provider
----
set session_replication_role = default
