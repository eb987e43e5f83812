-- 0093 statistic_care (expand): a month's figures hold the days of early education too, and which edition of the figures an organiser's
-- months are: a program that counts more than the one before writes them all anew. Older programs leave both columns as they are.
alter table statistic_month add column care_days bigint not null default 0;
alter table statistic_state add column edition int not null default 0;
grant update (edition) on statistic_state to seteli_app;
create or replace view report_month with (security_invoker = true) as
select m.organiser_id, o.name_fi as organiser, m.month, s.code as service_code, sv.name_fi as service, c.code as content_code, cv.name_fi as content, c.unit,
  p.business_id, p.name as provider, m.event_count, m.quantity, m.total_cents, m.organiser_cents, m.own_cents, m.care_days
from statistic_month m
join organiser o on o.organiser_id = m.organiser_id
join service s on s.organiser_id = m.organiser_id and s.service_id = m.service_id
join content c on c.organiser_id = m.organiser_id and c.content_id = m.content_id
join provider p on p.provider_id = m.provider_id
left join lateral (select v.name_fi from service_version v where v.organiser_id = m.organiser_id and v.service_id = m.service_id
  order by v.version desc limit 1) sv on true
left join lateral (select v.name_fi from content_version v where v.organiser_id = m.organiser_id and v.content_id = m.content_id
  order by v.version desc limit 1) cv on true;
