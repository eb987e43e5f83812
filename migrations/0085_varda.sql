-- 0085 varda (expand): what is known of the national data warehouse of early education: connection, units, need options, the objects that it
-- has taken and the children that it refused. No identity code is kept here. Older programs ignore the tables.
create table varda_setting (
  organiser_id int primary key,
  base_url text not null, source_code text not null, owner_oid text not null, user_name text not null,
  password_encrypted bytea not null,
  active boolean not null, row_version int not null default 1,
  set_at timestamptz not null, set_by text not null,
  constraint varda_setting_source check (source_code ~ '^[0-9]{2}$'));
comment on table varda_setting is 'domain/daycare';
alter table varda_setting enable row level security;
alter table varda_setting force row level security;
create policy owner_all on varda_setting to seteli_owner using (true) with check (true);
create policy organiser_scope on varda_setting to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert, update (base_url, source_code, owner_oid, user_name, password_encrypted, active, row_version, set_at, set_by) on varda_setting to seteli_app;
create table varda_unit (
  organiser_id int not null, unit_id bigint not null references unit,
  unit_oid text not null, producer_oid text not null, agreed boolean not null,
  set_at timestamptz not null, set_by text not null,
  primary key (organiser_id, unit_id));
comment on table varda_unit is 'domain/daycare';
alter table varda_unit enable row level security;
alter table varda_unit force row level security;
create policy owner_all on varda_unit to seteli_owner using (true) with check (true);
create policy organiser_scope on varda_unit to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert, update (unit_oid, producer_oid, agreed, set_at, set_by) on varda_unit to seteli_app;
create table varda_option (
  organiser_id int not null, option_code text not null,
  hours_tenths int not null, daily boolean not null,
  set_at timestamptz not null, set_by text not null,
  primary key (organiser_id, option_code),
  constraint varda_option_hours check (hours_tenths between 10 and 1200));
comment on table varda_option is 'domain/daycare';
alter table varda_option enable row level security;
alter table varda_option force row level security;
create policy owner_all on varda_option to seteli_owner using (true) with check (true);
create policy organiser_scope on varda_option to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert, update (hours_tenths, daily, set_at, set_by) on varda_option to seteli_app;
-- An object that the warehouse holds, under the key that it was sent with. A child's person and child objects hang on the client too.
create table varda_object (
  organiser_id int not null, child_id bigint not null, object_key text not null,
  kind text not null, parent_key text not null, url text not null, last_day date,
  sent_at timestamptz not null,
  primary key (organiser_id, child_id, object_key),
  constraint varda_object_kind check (kind in ('person', 'child', 'decision', 'placement', 'fee')));
comment on table varda_object is 'domain/daycare';
alter table varda_object enable row level security;
alter table varda_object force row level security;
create policy owner_all on varda_object to seteli_owner using (true) with check (true);
create policy organiser_scope on varda_object to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert, update (url, last_day, sent_at), delete on varda_object to seteli_app;
alter table varda_object add constraint varda_object_child foreign key (organiser_id, child_id) references daycare_child (organiser_id, client_id);
-- How the last report of a child ended. Codes are the warehouse's, or our own reasons why nothing could be sent.
create table varda_child (
  organiser_id int not null, child_id bigint not null,
  state text not null, codes text not null, tries int not null,
  reported_at timestamptz not null,
  primary key (organiser_id, child_id),
  constraint varda_child_state check (state in ('same', 'lacking', 'refused')));
comment on table varda_child is 'domain/daycare';
alter table varda_child enable row level security;
alter table varda_child force row level security;
create policy owner_all on varda_child to seteli_owner using (true) with check (true);
create policy organiser_scope on varda_child to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert, update (state, codes, tries, reported_at) on varda_child to seteli_app;
alter table varda_child add constraint varda_child_child foreign key (organiser_id, child_id) references daycare_child (organiser_id, client_id);
create table varda_run (
  organiser_id int not null, run_no int not null,
  ordered_at timestamptz not null, ordered_by text not null, began_at timestamptz, ended_at timestamptz,
  children int not null default 0, sent int not null default 0, refused int not null default 0, lacking int not null default 0,
  outcome text not null default '',
  primary key (organiser_id, run_no),
  constraint varda_run_outcome check (outcome in ('', 'done', 'down', 'failed')));
comment on table varda_run is 'domain/daycare';
alter table varda_run enable row level security;
alter table varda_run force row level security;
create policy owner_all on varda_run to seteli_owner using (true) with check (true);
create policy organiser_scope on varda_run to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert, update (began_at, ended_at, children, sent, refused, lacking, outcome) on varda_run to seteli_app;
