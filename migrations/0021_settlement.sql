-- 0021 settlement (expand): runs that seal periods, and one statement per payee. Rows are facts; a run's state is its last step.
create table settlement_run (
  organiser_id int not null, run_no bigint not null,
  run_key text not null,                     -- calendar slot, e.g. 2026-12; a slot is run once
  as_of timestamptz not null, prepared_by_account bigint not null, prepared_by text not null,
  provider_count int not null, line_count bigint not null,
  gross_cents bigint not null, credit_cents bigint not null, pay_cents bigint not null,
  lines_hash bytea not null,
  primary key (organiser_id, run_no));
comment on table settlement_run is 'domain/settlement';
alter table settlement_run enable row level security;
alter table settlement_run force row level security;
create policy owner_all on settlement_run to seteli_owner using (true) with check (true);
create policy organiser_scope on settlement_run to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert on settlement_run to seteli_app;
-- One live run per slot: the row is deleted by nobody and released only by an undo, which frees the slot by its own row.
create table settlement_slot (
  organiser_id int not null, run_key text not null, attempt int not null, run_no bigint not null,
  primary key (organiser_id, run_key, attempt));
comment on table settlement_slot is 'domain/settlement';
alter table settlement_slot enable row level security;
alter table settlement_slot force row level security;
create policy owner_all on settlement_slot to seteli_owner using (true) with check (true);
create policy organiser_scope on settlement_slot to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert on settlement_slot to seteli_app;
create table run_step (
  organiser_id int not null, run_no bigint not null, step_no int not null,
  state text not null, at timestamptz not null, by_account bigint not null, by_name text not null, note text not null default '',
  primary key (organiser_id, run_no, step_no),
  constraint run_step_state_known check (state in ('calculated', 'approved', 'sent', 'paid', 'undone')));
comment on table run_step is 'domain/settlement';
alter table run_step enable row level security;
alter table run_step force row level security;
create policy owner_all on run_step to seteli_owner using (true) with check (true);
create policy organiser_scope on run_step to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert on run_step to seteli_app;
create table statement (
  organiser_id int not null, run_no bigint not null, provider_id bigint not null,
  statement_no text not null, as_of timestamptz not null,
  line_count bigint not null, gross_cents bigint not null, credit_cents bigint not null, carried_cents bigint not null, net_cents bigint not null,
  disposition text not null, hold_reason text not null default '',
  lines_hash bytea not null,
  payee_name text not null, payee_iban text not null default '', reference text not null, due_on date not null, supplier_number text not null default '',
  primary key (organiser_id, run_no, provider_id),
  constraint statement_no_unique unique (organiser_id, statement_no),
  constraint statement_sums check (net_cents = gross_cents - credit_cents + carried_cents),
  constraint statement_disposition_known check (disposition in ('pay', 'held', 'carried')),
  constraint statement_pay_positive check (disposition <> 'pay' or net_cents > 0));
create index statement_provider_idx on statement (provider_id, as_of);
comment on table statement is 'domain/settlement';
alter table statement enable row level security;
alter table statement force row level security;
create policy owner_all on statement to seteli_owner using (true) with check (true);
create policy organiser_scope on statement to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
create policy provider_scope on statement for select to seteli_app
  using (provider_id = current_setting('seteli.provider')::bigint);
grant select, insert on statement to seteli_app;
create table statement_period (
  organiser_id int not null, run_no bigint not null, provider_id bigint not null, period_no int not null,
  primary key (organiser_id, run_no, provider_id, period_no));
create index statement_period_period_idx on statement_period (organiser_id, provider_id, period_no);
create index statement_period_provider_idx on statement_period (provider_id);
comment on table statement_period is 'domain/settlement';
alter table statement_period enable row level security;
alter table statement_period force row level security;
create policy owner_all on statement_period to seteli_owner using (true) with check (true);
create policy organiser_scope on statement_period to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
create policy provider_scope on statement_period for select to seteli_app
  using (provider_id = current_setting('seteli.provider')::bigint);
grant select, insert on statement_period to seteli_app;
create table statement_document (
  organiser_id int not null, run_no bigint not null, provider_id bigint not null, document_id bigint not null,
  primary key (organiser_id, run_no, provider_id));
create index statement_document_provider_idx on statement_document (provider_id);
comment on table statement_document is 'domain/settlement';
alter table statement_document enable row level security;
alter table statement_document force row level security;
create policy owner_all on statement_document to seteli_owner using (true) with check (true);
create policy organiser_scope on statement_document to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
create policy provider_scope on statement_document for select to seteli_app
  using (provider_id = current_setting('seteli.provider')::bigint);
grant select, insert on statement_document to seteli_app;
alter table settlement_run add constraint settlement_run_organiser foreign key (organiser_id) references organiser;
alter table settlement_slot add constraint settlement_slot_run foreign key (organiser_id, run_no) references settlement_run;
alter table run_step add constraint run_step_run foreign key (organiser_id, run_no) references settlement_run;
alter table statement add constraint statement_run foreign key (organiser_id, run_no) references settlement_run;
alter table statement_period add constraint statement_period_statement foreign key (organiser_id, run_no, provider_id) references statement;
alter table statement_document add constraint statement_document_statement foreign key (organiser_id, run_no, provider_id) references statement;
alter table statement_document add constraint statement_document_document foreign key (organiser_id, document_id) references document;
-- Run and its present state, for the state words of events (Tilitetty, Maksettu) in every scope.
create table payee_step (
  organiser_id int not null, run_no bigint not null, provider_id bigint not null, step_no int not null,
  state text not null, at timestamptz not null, by_name text not null, note text not null default '',
  primary key (organiser_id, run_no, provider_id, step_no),
  constraint payee_step_state_known check (state in ('calculated', 'settled', 'paid', 'returned', 'undone', 'released')));
create index payee_step_provider_idx on payee_step (provider_id);
comment on table payee_step is 'domain/settlement';
alter table payee_step enable row level security;
alter table payee_step force row level security;
create policy owner_all on payee_step to seteli_owner using (true) with check (true);
create policy organiser_scope on payee_step to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
create policy provider_scope on payee_step for select to seteli_app
  using (provider_id = current_setting('seteli.provider')::bigint);
grant select, insert on payee_step to seteli_app;
alter table payee_step add constraint payee_step_statement foreign key (organiser_id, run_no, provider_id) references statement;
