-- 0023 statistics (expand): a month's facts rolled up, so that a page never reads the events themselves. Rows are derived: they are
-- deleted and written again from the events whenever a posting touches their month.
create table statistic_month (
  organiser_id int not null, month date not null, service_id bigint not null, content_id bigint not null, provider_id bigint not null,
  event_count bigint not null, quantity bigint not null, total_cents bigint not null, organiser_cents bigint not null, own_cents bigint not null,
  primary key (organiser_id, month, service_id, content_id, provider_id),
  constraint statistic_month_first check (extract(day from month) = 1));
comment on table statistic_month is 'domain/statistics';
alter table statistic_month enable row level security;
alter table statistic_month force row level security;
create policy owner_all on statistic_month to seteli_owner using (true) with check (true);
create policy organiser_scope on statistic_month to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert, delete on statistic_month to seteli_app;

-- Different clients cannot be added up over services or months: a count of its own for each service and for all (service_id 0).
create table statistic_client (
  organiser_id int not null, month date not null, service_id bigint not null, client_count bigint not null,
  primary key (organiser_id, month, service_id),
  constraint statistic_client_first check (extract(day from month) = 1));
comment on table statistic_client is 'domain/statistics';
alter table statistic_client enable row level security;
alter table statistic_client force row level security;
create policy owner_all on statistic_client to seteli_owner using (true) with check (true);
create policy organiser_scope on statistic_client to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert, delete on statistic_client to seteli_app;

-- How far the postings have been rolled up, and when: the time of the data on every view.
create table statistic_state (
  organiser_id int not null, last_posting_id bigint not null, rolled_at timestamptz not null,
  primary key (organiser_id));
comment on table statistic_state is 'domain/statistics';
alter table statistic_state enable row level security;
alter table statistic_state force row level security;
create policy owner_all on statistic_state to seteli_owner using (true) with check (true);
create policy organiser_scope on statistic_state to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert, update (last_posting_id, rolled_at) on statistic_state to seteli_app;

alter table statistic_month add constraint statistic_month_organiser foreign key (organiser_id) references organiser;
alter table statistic_client add constraint statistic_client_organiser foreign key (organiser_id) references organiser;
alter table statistic_state add constraint statistic_state_organiser foreign key (organiser_id) references organiser;
