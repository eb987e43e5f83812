-- 0060 spine (expand): what waits for a checker is a list of its own, an order knows why it ended, an organiser chooses the languages
-- of its own notices, and the reading role sees figures. Older programs ignore all of it; events that they send to review are found
-- again by filling the list anew (the insert below).

-- The review queue: one row while an event waits. It follows from the events and their steps and is compared with them by
-- `seteli verify`; without it the queue reads every event that was ever sent to review.
create table event_review (
  organiser_id int not null, event_id bigint not null, service_id bigint not null,
  primary key (organiser_id, event_id));
comment on table event_review is 'domain/event';
alter table event_review enable row level security;
alter table event_review force row level security;
create policy owner_all on event_review to seteli_owner using (true) with check (true);
create policy organiser_scope on event_review to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert, delete on event_review to seteli_app;
alter table event_review add constraint event_review_event foreign key (organiser_id, event_id) references event;
insert into event_review (organiser_id, event_id, service_id)
select organiser_id, event_id, service_id from event_now where state = 'review';

-- Why an order ended without its organiser asking for it: the provider's approval ended. '' = by people.
alter table purchase_order add column ended_why text not null default '', add column ended_from date;
alter table purchase_order add constraint purchase_order_ended_why_known check (ended_why in ('', 'expired', 'exit', 'revoked'));
grant update (ended_why, ended_from) on purchase_order to seteli_app;

-- An organiser of two languages reads its own notices in both; the first is the language of the subject.
alter table organiser add column notice_languages text[] not null default '{fi}';
alter table organiser add constraint organiser_notice_languages_known
  check (cardinality(notice_languages) between 1 and 3 and notice_languages <@ '{fi,sv,en}'::text[]);

-- The reading role sees what is added up already, one organiser at a time (`set seteli.organiser = 17`), with the names that make the
-- figures readable. Counts of fewer than five clients are not shown to it.
create policy reader_scope on statistic_month for select to seteli_read using (organiser_id = current_setting('seteli.organiser')::int);
create policy reader_scope on statistic_client for select to seteli_read
  using (organiser_id = current_setting('seteli.organiser')::int and client_count >= 5);
create policy reader_scope on statistic_state for select to seteli_read using (organiser_id = current_setting('seteli.organiser')::int);
create policy reader_scope on service for select to seteli_read using (organiser_id = current_setting('seteli.organiser')::int);
create policy reader_scope on service_version for select to seteli_read using (organiser_id = current_setting('seteli.organiser')::int);
create policy reader_scope on content for select to seteli_read using (organiser_id = current_setting('seteli.organiser')::int);
create policy reader_scope on content_version for select to seteli_read using (organiser_id = current_setting('seteli.organiser')::int);
grant select on statistic_month, statistic_client, statistic_state, service, service_version, content, content_version, municipality, migration to seteli_read;
grant select (organiser_id, voucher_prefix, kind, name_fi, name_sv, name_en, business_id, demo) on organiser to seteli_read;
grant select (provider_id, business_id, name, ended_on) on provider to seteli_read;
create view report_month with (security_invoker = true) as
select m.organiser_id, o.name_fi as organiser, m.month, s.code as service_code, sv.name_fi as service, c.code as content_code, cv.name_fi as content, c.unit,
  p.business_id, p.name as provider, m.event_count, m.quantity, m.total_cents, m.organiser_cents, m.own_cents
from statistic_month m
join organiser o on o.organiser_id = m.organiser_id
join service s on s.organiser_id = m.organiser_id and s.service_id = m.service_id
join content c on c.organiser_id = m.organiser_id and c.content_id = m.content_id
join provider p on p.provider_id = m.provider_id
left join lateral (select v.name_fi from service_version v where v.organiser_id = m.organiser_id and v.service_id = m.service_id
  order by v.version desc limit 1) sv on true
left join lateral (select v.name_fi from content_version v where v.organiser_id = m.organiser_id and v.content_id = m.content_id
  order by v.version desc limit 1) cv on true;
grant select on report_month to seteli_read;
