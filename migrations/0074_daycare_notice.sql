-- 0074 daycare (expand): notice of a place and what the rest of the notice time pays. A row of days after notice is of its own kind, and
-- what is taken back or put right of it is marked the same, so that the two never stand for each other. Older programs write no such rows.
alter table daycare_placement add column notice_by text not null default '', add column refilled_on date; -- from that day another child has the place
grant update (notice_by, refilled_on) on daycare_placement to seteli_app;
alter table daycare_month_row add column notice boolean not null default false;
alter table daycare_month_row drop constraint daycare_month_row_kind_known,
  add constraint daycare_month_row_kind_known check (kind in ('ORIGINAL', 'REFUND', 'CORRECTION', 'NOTICE')),
  add constraint daycare_month_row_notice check (notice or kind <> 'NOTICE');
