-- 0090 daycare risk (expand): what a municipality has written of the risks of its early education: limits, remarks, who looks after a risk
-- and when it is looked at next; the figures themselves are read from the registers. The newest entry of a risk holds, the earlier ones
-- stay for the record. Older programs ignore the table.
create table daycare_risk (
  organiser_id int not null, risk text not null, entry_no int not null,
  name text not null,                                   -- of a risk that the municipality named itself
  level text not null,                                  -- of such a risk; empty where a figure tells it
  watch_at int, act_at int,                             -- its own limits; null = the program's
  note text not null, owner text not null, review_on date,
  entered_at timestamptz not null, entered_by text not null,
  primary key (organiser_id, risk, entry_no),
  constraint daycare_risk_level_known check (level in ('', 'low', 'watch', 'act', 'closed')));
comment on table daycare_risk is 'domain/daycare';
alter table daycare_risk enable row level security;
alter table daycare_risk force row level security;
create policy owner_all on daycare_risk to seteli_owner using (true) with check (true);
create policy organiser_scope on daycare_risk to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert on daycare_risk to seteli_app;
