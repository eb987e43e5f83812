-- 0040 settings (expand): two main users may edit at once, so what they edit carries a row version; a published rulebook
-- cannot be touched by the program's role at all, and nobody publishes what they prepared. Older programs ignore the new columns.
alter table organiser add column row_version int not null default 1;
alter table team add column row_version int not null default 1;
alter table budget add column row_version int not null default 1;
alter table rulebook add column row_version int not null default 1;
alter table attachment_slot add column row_version int not null default 1;
grant update (row_version) on team to seteli_app;
grant update (row_version) on budget to seteli_app;
grant update (row_version) on rulebook to seteli_app;
grant update (row_version) on attachment_slot to seteli_app;

alter table rulebook add constraint rulebook_four_eyes check (published_by_account <> prepared_by_account);
alter table rulebook add constraint rulebook_published_whole check (num_nonnulls(published_by_account, published_by, published_at) in (0, 3));
-- One draft of a service at a time: a second person continues it instead of losing the first one's work.
create unique index rulebook_one_draft on rulebook (organiser_id, service_id) where published_at is null;
create policy published_stays on rulebook as restrictive for update to seteli_app using (published_at is null) with check (true);
-- A draft is the organiser's own; what is published is everybody's.
drop policy public_read on rulebook;
create policy public_read on rulebook for select to seteli_app using (published_at is not null);
