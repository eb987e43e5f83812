-- 0072 daycare (expand): by which name another system knows a placement or a need here, so that what it sends again changes the same row.
-- Older programs ignore the table.
create table daycare_outside (
  organiser_id int not null, kind text not null, outside_id text not null,
  child_id bigint not null, row_id bigint not null,          -- of daycare_placement or daycare_need
  noted_at timestamptz not null, noted_by text not null,
  primary key (organiser_id, kind, outside_id),
  constraint daycare_outside_kind_known check (kind in ('placement', 'need')));
comment on table daycare_outside is 'domain/daycare';
alter table daycare_outside enable row level security;
alter table daycare_outside force row level security;
create policy owner_all on daycare_outside to seteli_owner using (true) with check (true);
create policy organiser_scope on daycare_outside to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert, update (row_id, noted_at, noted_by) on daycare_outside to seteli_app;
