-- The single event as one stored function: the same rows read, locked and written as by the program, nothing carried over a wire.
create sequence bench_turn
----
create function bench_record(voucher_number text, delivered date, hours bigint, reference text) returns text language plpgsql as $$
#variable_conflict use_column
declare
  v record; l record; r record; w bigint; price bigint; b record; first_day date := date_trunc('month', delivered)::date;
  period int; provider bigint; batch bigint; event_no bigint; accepted bigint; total bigint; paid bigint; fresh boolean; n int; rules jsonb; today date := (now() at time zone 'Europe/Helsinki')::date;
begin
  select o.organiser_id, o.voucher_id, o.client_id, o.person_id, o.service_id, o.valid_from, o.valid_to, o.state, o.rulebook_id, c.birth_date into v
  from voucher o join client c on c.organiser_id = o.organiser_id and c.client_id = o.client_id
  where o.organiser_id = 1 and o.number = voucher_number for share of o;
  if not found then return 'REL-02'; end if;
  select line_id, content_id, amount_quantity, recurrence, code, unit into l from voucher_line x join content c using (organiser_id, content_id) where x.organiser_id = 1 and x.voucher_id = v.voucher_id;
  if l.recurrence = 'total' then first_day := '1970-01-01'; end if;
  select reservation_id, provider_id, unit_id into r from reservation
  where organiser_id = 1 and voucher_id = v.voucher_id and line_id = l.line_id and state = 'valid' and valid_from <= delivered and valid_to > delivered;
  if not found then return 'REL-03'; end if;
  provider := r.provider_id;
  select p.period_no into period from period p where p.organiser_id = 1 and p.provider_id = provider and p.sealed_at is null for share;
  select value_cents into w from voucher_value where organiser_id = 1 and line_id = l.line_id and valid_from <= delivered and valid_to > delivered;
  if exists (select from voucher_pause where organiser_id = 1 and voucher_id = v.voucher_id and pause_from <= delivered and pause_to > delivered) then return 'REL-04'; end if;
  select p.price_cents into price from price p
  where p.organiser_id = 1 and p.provider_id = provider and p.unit_id = r.unit_id and p.content_id = l.content_id and p.state = 'approved' and p.valid_from <= delivered and p.valid_to > delivered;
  if not found then return 'SVC-16'; end if;
  if not exists (select from approval a where a.organiser_id = 1 and a.provider_id = provider and a.service_id = v.service_id and a.unit_id = r.unit_id and a.valid_from <= delivered and a.valid_to > delivered) then return 'REL-06'; end if;
  if exists (select from approval_suspension s where s.organiser_id = 1 and s.provider_id = provider and s.suspended_from <= delivered and s.suspended_to > delivered) then return 'REL-08'; end if;
  if not exists (select from content_version c where c.organiser_id = 1 and c.content_id = l.content_id and c.valid_from <= delivered and c.valid_to > delivered) then return 'SVC-03'; end if;
  select k.rules into rules from rulebook k where k.organiser_id = 1 and k.rulebook_id = v.rulebook_id;
  if delivered > today or delivered < date_trunc('month', today)::date - (rules->>'recording_days')::int then return 'TIM-05'; end if;
  insert into balance (organiser_id, line_id, bucket, limit_quantity, limit_cents) values (1, l.line_id, first_day, 0, 0) on conflict do nothing;
  select limit_quantity, used_quantity into b from balance x where x.organiser_id = 1 and x.line_id = l.line_id and x.bucket = first_day for update;
  if exists (select from event e where e.organiser_id = 1 and e.provider_id = provider and e.client_reference = reference) then return 'repeated'; end if;
  if exists (select from event_now e where e.organiser_id = 1 and e.client_id = v.client_id and e.service_date between delivered - 1 and delivered + 1
      and e.state in ('accepted', 'review') and e.line_id = l.line_id and e.service_date = delivered and e.started_at is null and e.quantity = hours) then return 'COR-05'; end if;
  fresh := b.limit_quantity = 0;
  if fresh then b.limit_quantity := l.amount_quantity; end if;
  accepted := least(hours, b.limit_quantity - b.used_quantity);
  if accepted <= 0 then return 'QTY-11'; end if;
  total := div(price::numeric * accepted * 2 + 3000, 6000);
  paid := div(least(price, w)::numeric * accepted * 2 + 3000, 6000);
  insert into event_batch (organiser_id, provider_id, source, line_count, recorded_at, recorded_by_account, recorded_by) values (1, provider, 'api', 1, now(), 11, 'Kirsi') returning batch_id into batch;
  event_no := nextval('event_number');
  insert into event (organiser_id, event_id, provider_id, unit_id, person_id, client_id, voucher_id, line_id, content_id, service_id, reservation_id, service_date, quantity, accepted_quantity,
    price_cents, value_cents, total_cents, organiser_cents, own_cents, bucket, verdict, period_no, rulebook_id, client_reference, content_hash, batch_id, recorded_at, recorded_by_account, recorded_by)
  values (1, event_no, provider, r.unit_id, v.person_id, v.client_id, v.voucher_id, l.line_id, l.content_id, v.service_id, r.reservation_id, delivered, hours, accepted,
    price, w, total, paid, total - paid, first_day, 'accepted', period, v.rulebook_id, reference, sha256(concat_ws('|', voucher_number, delivered, hours)::bytea), batch, now(), 11, 'Kirsi');
  update balance x set limit_quantity = b.limit_quantity, used_quantity = b.used_quantity + accepted where x.organiser_id = 1 and x.line_id = l.line_id and x.bucket = first_day;
  if fresh then
    insert into posting (organiser_id, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, posted_at)
    values (1, 3, l.line_id, 1, l.line_id, 0, b.limit_quantity, first_day, first_day, 1, l.line_id, now());
  end if;
  insert into posting (organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, posted_at)
  values (1, 0, 0, 2, l.line_id, 1, l.line_id, 0, accepted, first_day, delivered, 2, event_no, now()),
    (1, provider, period, 10, l.content_id, 11, provider, paid, accepted, first_day, delivered, 2, event_no, now());
  insert into audit (organiser_id, at, actor_account, actor_name, role, act, subject_kind, subject_id, subject_label, detail, request_id)
  values (1, now(), 11, 'Kirsi', 'service_responsible', 'event.recorded', 'event', event_no, '', jsonb_build_object('batch', batch, 'provider', provider, 'lines', 1, 'stored', 1), '');
  return 'accepted';
end $$
----
-- One turn of a caller: the next voucher of the second half, a new day on each round.
create function bench_next(half bigint) returns text language plpgsql as $$
declare i bigint := nextval('bench_turn'); answer text;
begin
  answer := bench_record((select number from voucher where organiser_id = 1 and voucher_id = half + 1 + i % half), (now() at time zone 'Europe/Helsinki')::date - (i / half)::int % 20, 3000, 'limit-' || i);
  if answer <> 'accepted' then raise exception 'the limit answered % at turn %', answer, i; end if;
  return answer;
end $$
----
-- One turn on the one hot voucher; what is used up answers without an error.
create function bench_hot(number text) returns text language plpgsql as $$
declare i bigint := nextval('bench_turn');
begin
  return bench_record(number, (now() at time zone 'Europe/Helsinki')::date - (i / 64 % 600)::int, 10 + i, 'hot-' || i); -- another quantity each time: the same again would be a duplicate
end $$
