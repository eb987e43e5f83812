-- 0094 varda_pause (expand): a run to the national data warehouse that is stopped from outside waits and goes on by itself: why it waits, since
-- when, how often it was tried and when it goes on; what of a day's quota it has used. A connection may have such a quota, and a need option
-- may be shift care. Older programs leave all of these as they are; their tick begins a waiting run at once.
alter table varda_run add column held text not null default '', add column held_since timestamptz, add column tries int not null default 0, add column next_at timestamptz,
  add column day_at timestamptz, add column day_sent int not null default 0;
alter table varda_run add constraint varda_run_held check (held in ('', 'silent', 'busy', 'key', 'quota', 'fault'));
grant update (held, held_since, tries, next_at, day_at, day_sent) on varda_run to seteli_app;
alter table varda_setting add column daily_most int;
alter table varda_setting add constraint varda_setting_daily check (daily_most > 0);
grant update (daily_most) on varda_setting to seteli_app;
alter table varda_option add column shift boolean not null default false;
grant update (shift) on varda_option to seteli_app;
