create temporary table staged (n bigint generated always as identity, number text, delivered text, quantity text, price text, reference text) on commit drop
----
copy
----
analyze staged
----
create temporary table given on commit drop as
  select n, number, reference, nullif(price, '') as price,
    case when delivered ~ '^\d{4}-\d\d-\d\d$' then delivered::date end as delivered,
    case when quantity ~ '^\d{1,6}(\.\d{1,3})?$' then (quantity::numeric * 3000)::bigint end as quantity
  from staged
----
analyze given
----
create temporary table judged on commit drop as
with found as (
  select g.n, g.number, g.reference, g.price, g.delivered, g.quantity, v.voucher_id, v.client_id, v.person_id, v.service_id, v.rulebook_id, v.valid_from, v.valid_to, v.state,
    l.line_id, l.content_id, l.amount_quantity, date_trunc('month', g.delivered)::date as bucket, r.reservation_id, r.unit_id, w.value_cents, p.price_cents, k.rules,
    a.approval_id is not null as approved, h.approval_id is not null as suspended, c.content_id is not null as known,
    z.voucher_id is not null as paused, e.event_id as first_event, e.content_hash as first_hash,
    row_number() over (partition by g.reference order by g.n) as same_reference,
    row_number() over (partition by g.number, g.delivered, g.quantity order by g.n) as same_row,
    old.event_id as same_event
  from given g
  left join voucher v on v.organiser_id = 1 and v.number = g.number
  left join voucher_line l on l.organiser_id = 1 and l.voucher_id = v.voucher_id
  left join reservation r on r.organiser_id = 1 and r.voucher_id = v.voucher_id and r.line_id = l.line_id and r.provider_id = 1 and r.state = 'valid' and r.valid_from <= g.delivered and r.valid_to > g.delivered
  left join voucher_value w on w.organiser_id = 1 and w.line_id = l.line_id and w.valid_from <= g.delivered and w.valid_to > g.delivered
  left join price p on p.organiser_id = 1 and p.provider_id = 1 and p.unit_id = r.unit_id and p.content_id = l.content_id and p.state = 'approved' and p.valid_from <= g.delivered and p.valid_to > g.delivered
  left join rulebook k on k.organiser_id = 1 and k.rulebook_id = v.rulebook_id
  left join approval a on a.organiser_id = 1 and a.provider_id = 1 and a.service_id = v.service_id and a.unit_id = r.unit_id and a.valid_from <= g.delivered and a.valid_to > g.delivered
  left join approval_suspension h on h.organiser_id = 1 and h.provider_id = 1 and h.suspended_from <= g.delivered and h.suspended_to > g.delivered
  left join content_version c on c.organiser_id = 1 and c.content_id = l.content_id and c.valid_from <= g.delivered and c.valid_to > g.delivered
  left join voucher_pause z on z.organiser_id = 1 and z.voucher_id = v.voucher_id and z.pause_from <= g.delivered and z.pause_to > g.delivered
  left join event e on e.organiser_id = 1 and e.provider_id = 1 and e.client_reference = g.reference
  left join event old on old.organiser_id = 1 and old.client_id = v.client_id and old.service_date = g.delivered and old.line_id = l.line_id and old.quantity = g.quantity and old.started_at is null)
select f.*, case
    when delivered is null or quantity is null or price !~ '^\d{1,7}\.\d\d$' then 'ENV-03'
    when voucher_id is null or reservation_id is null then 'REL-02'
    when first_event is not null then 'repeated'
    when same_reference > 1 then 'COR-01'
    when state <> 'open' then 'REL-05' when paused then 'REL-04'
    when delivered < valid_from or delivered >= valid_to then 'TIM-04'
    when delivered > (now() at time zone 'Europe/Helsinki')::date then 'TIM-02'
    when delivered < date_trunc('month', (now() at time zone 'Europe/Helsinki')::date)::date - (rules->>'recording_days')::int then 'TIM-05'
    when not known then 'SVC-03' when not approved then 'REL-06' when suspended then 'REL-08'
    when price_cents is null then 'SVC-16'
    when (price::numeric * 100)::bigint <> price_cents then 'SVC-04'
    when same_row > 1 then 'ENV-06' when same_event is not null then 'COR-05'
  end as code
from found f
----
analyze judged
----
insert into balance (organiser_id, line_id, bucket, limit_quantity)
select 1, line_id, bucket, max(amount_quantity) from judged where code is null group by line_id, bucket order by line_id, bucket on conflict do nothing
----
create temporary table taken on commit drop as
select j.*, nextval('event_number') as event_id,
  least(j.quantity, greatest(0, b.limit_quantity - b.used_quantity - (sum(j.quantity) over (partition by j.line_id, j.bucket order by j.delivered, j.n) - j.quantity)))::bigint as accepted
from judged j
join (select line_id, bucket, limit_quantity, used_quantity from balance where organiser_id = 1 for update) b on b.line_id = j.line_id and b.bucket = j.bucket
where j.code is null
----
analyze taken
----
insert into event_batch (organiser_id, provider_id, source, line_count, recorded_at, recorded_by_account, recorded_by) select 1, 1, 'file', count(*), now(), 11, 'Kirsi' from staged
----
insert into event (organiser_id, event_id, provider_id, unit_id, person_id, client_id, voucher_id, line_id, content_id, service_id, reservation_id, service_date, quantity, accepted_quantity,
  price_cents, value_cents, total_cents, organiser_cents, own_cents, bucket, verdict, period_no, rulebook_id, client_reference, content_hash, batch_id, recorded_at, recorded_by_account, recorded_by)
select 1, event_id, 1, unit_id, person_id, client_id, voucher_id, line_id, content_id, service_id, reservation_id, delivered, quantity, accepted,
  price_cents, value_cents, div(price_cents::numeric * accepted * 2 + 3000, 6000), div(least(price_cents, value_cents)::numeric * accepted * 2 + 3000, 6000),
  div(price_cents::numeric * accepted * 2 + 3000, 6000) - div(least(price_cents, value_cents)::numeric * accepted * 2 + 3000, 6000),
  bucket, case when accepted < quantity then 'partial' else 'accepted' end, 1, rulebook_id, reference, sha256(concat_ws('|', number, delivered, quantity)::bytea),
  (select max(batch_id) from event_batch), now(), 11, 'Kirsi'
from taken where accepted > 0
----
update balance b set used_quantity = b.used_quantity + t.accepted
from (select line_id, bucket, sum(accepted) as accepted from taken group by line_id, bucket) t
where b.organiser_id = 1 and b.line_id = t.line_id and b.bucket = t.bucket
----
insert into posting (organiser_id, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, posted_at)
select 1, 3, line_id, 1, line_id, 0, max(amount_quantity), bucket, bucket, 1, line_id, now() from taken group by line_id, bucket
----
insert into posting (organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, posted_at)
select 1, x.provider, x.period, x.debit, case x.debit when 2 then t.line_id else t.content_id end, x.credit, case x.credit when 1 then t.line_id else 1 end,
  case x.debit when 2 then 0 else div(least(price_cents, value_cents)::numeric * accepted * 2 + 3000, 6000)::bigint end, t.accepted, t.bucket, t.delivered, 2, t.event_id, now()
from taken t, (values (0, 0, 2, 1), (1, 1, 10, 11)) x(provider, period, debit, credit) where t.accepted > 0
----
insert into audit (organiser_id, at, actor_account, actor_name, role, act, subject_kind, subject_id, subject_label, detail, request_id)
select 1, now(), 11, 'Kirsi', 'service_responsible', 'event.recorded', 'event', count(*), '', jsonb_build_object('lines', count(*)), '' from taken
