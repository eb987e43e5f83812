-- 0044 statistics reading (expand): a month is rolled up by the day of service, which no key of event begins with. Events come in
-- roughly in that order, so a block range index of a few pages is enough and costs recording next to nothing.
create index event_service_date_brin on event using brin (service_date);
-- The health page asks which messages have waited longest, of all topics.
create index outbox_waiting on outbox (organiser_id, created_at) where sent_at is null;
-- The receiver's own list, newest first.
create index notice_newest on notice (organiser_id, notice_id desc) where provider_id is null and person_id is null;
