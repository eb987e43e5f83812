-- 0002 access (expand): accounts, mandates, sessions, keys of programs, the audit with its hash chain, the log of who
-- read whose data, progress of long runs and the demo mailbox. Nothing before this needs them.
--
-- Keys to organiser and provider are added by the migrations that make those tables (reference tables may point
-- at each other in any order; on a distributed server they are copied to each node).

-- person is the only thing that ties one human being's rows of many organisers together. It holds no name and no
-- identity code: only a keyed blind index (HMAC under a key that is not in the database).
create table person (
  person_id bigint generated always as identity primary key,
  identity_index bytea unique check (octet_length(identity_index) = 32));
comment on table person is 'platform/access';

create table account (
  account_id bigint generated always as identity primary key,
  issuer text not null,
  subject text not null,
  name text not null,
  email text not null default '',
  language text not null default 'fi' check (language in ('fi', 'sv', 'en')),
  person_id bigint,
  active boolean not null default true,
  created_at timestamptz not null,
  last_signed_in timestamptz,
  unique (issuer, subject));
comment on table account is 'platform/access';
create index account_person on account (person_id) where person_id is not null;

create table mandate (
  mandate_id bigint generated always as identity primary key,
  account_id bigint not null,
  role text not null,
  organiser_id int,
  provider_id bigint,
  person_id bigint,
  teams bigint[] not null default '{}',
  units bigint[] not null default '{}',
  rights text[],                        -- null = all rights of the role; a representative's list narrows it
  valid_from date not null,
  valid_to date not null default '9999-12-31',
  active boolean not null default true,
  granted_by bigint,
  granted_at timestamptz not null,
  ended_by bigint,
  ended_at timestamptz,
  constraint mandate_period check (valid_from < valid_to),
  constraint mandate_one_side check (
    case when role = 'operator' then organiser_id is null and provider_id is null and person_id is null
         when role in ('main_user', 'caseworker', 'application_handler', 'decision_maker', 'event_checker',
                       'settlement_preparer', 'settlement_approver', 'statistics_reader', 'privacy_officer')
           then organiser_id is not null and provider_id is null and person_id is null
         when role in ('signatory', 'provider_main_user', 'service_responsible', 'preparer', 'recorder')
           then organiser_id is null and provider_id is not null and person_id is null
         when role in ('client', 'representative')
           then organiser_id is null and provider_id is null and person_id is not null
         else false end));
comment on table mandate is 'platform/access (reference): an account may act in a role for one organiser, provider or person';
create index mandate_account on mandate (account_id);
create index mandate_organiser on mandate (organiser_id) where organiser_id is not null;
create index mandate_provider on mandate (provider_id) where provider_id is not null;
create index mandate_person on mandate (person_id) where person_id is not null;

-- session: the cookie holds 256 random bits, the table only their hash: who reads the table cannot sign in.
create table session (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  account_id bigint not null,
  mandate_id bigint,
  level text not null check (level in ('substantial', 'high')),
  signed_in_at timestamptz not null,
  seen_at timestamptz not null);
comment on table session is 'platform/access';
create index session_account on session (account_id);
create index session_age on session (seen_at);

create table api_key (
  key_id bigint generated always as identity primary key,
  organiser_id int,
  provider_id bigint,
  role text not null,
  name text not null,
  prefix text not null unique,
  secret_hash bytea not null check (octet_length(secret_hash) = 32),
  scopes text[] not null check (cardinality(scopes) > 0),
  valid_from date not null,
  valid_to date not null,
  created_by bigint not null,
  created_at timestamptz not null,
  replaces bigint,
  revoked_at timestamptz,
  revoked_by bigint,
  last_used date,
  constraint api_key_at_most_a_year check (valid_from < valid_to and valid_to <= valid_from + 366),
  constraint api_key_one_side check (num_nonnulls(organiser_id, provider_id) = 1));
comment on table api_key is 'platform/access (reference): keys of programs';

-- form_draft keeps what somebody typed while they have to sign in again.
create table form_draft (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  account_id bigint,
  path text not null,
  body_encrypted bytea not null,
  expires_at timestamptz not null);
comment on table form_draft is 'platform/access';
create index form_draft_expiry on form_draft (expires_at);

-- audit: who changed what. Text copies instead of foreign keys, so that a row outlives what it describes.
-- organiser_id 0 holds national acts (register, code lists, accounts).
create table audit (
  organiser_id int not null,
  audit_id bigint generated always as identity,
  at timestamptz not null,
  actor_account bigint,
  actor_name text not null,
  role text not null,
  on_behalf bigint,                     -- person whom a representative acted for
  act text not null,
  subject_kind text not null,
  subject_id bigint not null,
  subject_label text not null,
  detail jsonb not null,
  request_id text not null,
  primary key (organiser_id, audit_id));
comment on table audit is 'platform/audit';
create index audit_subject on audit (organiser_id, subject_kind, subject_id, audit_id);
create index audit_at on audit (organiser_id, at, audit_id);
create index audit_actor on audit (organiser_id, actor_account, audit_id);

-- audit_chain is written later by a sealer: a chain inside the writing transaction would queue all writers.
create table audit_chain (
  organiser_id int not null,
  position bigint not null check (position > 0),
  audit_id bigint not null,
  row_hash bytea not null check (octet_length(row_hash) = 32),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (organiser_id, position),
  unique (organiser_id, audit_id));
comment on table audit_chain is 'platform/audit';

-- access_log: each reading of a client's data (703/2023, 11 §: the client may ask who, when and why).
create table access_log (
  organiser_id int not null,
  log_id bigint generated always as identity,
  at timestamptz not null,
  account bigint,
  name text not null,
  role text not null,
  on_behalf bigint,
  provider_id bigint,                   -- the provider on whose side the reader was
  person_id bigint,
  client_id bigint,
  purpose text not null check (purpose <> ''),
  what text not null check (what <> ''),
  request_id text not null,
  primary key (organiser_id, log_id));
comment on table access_log is 'platform/audit';
create index access_log_person on access_log (person_id, at);
create index access_log_client on access_log (organiser_id, client_id, at);
create index access_log_reader on access_log (organiser_id, account, at);
create index access_log_provider on access_log (provider_id, at) where provider_id is not null;

create table job_progress (
  organiser_id int not null,
  run text not null,
  step text not null,
  done bigint not null,
  total bigint not null,
  message text not null,                -- key of a text
  started_at timestamptz not null,
  updated_at timestamptz not null,
  finished_at timestamptz,
  primary key (organiser_id, run, step));
comment on table job_progress is 'platform/job';

-- demo_mail: what the demo would have sent; filled only when the program runs as a demo.
create table demo_mail (
  mail_id bigint generated always as identity primary key,
  message_id text not null unique,
  recipient text not null,
  subject text not null,
  body text not null,
  language text not null,
  sent_at timestamptz not null);
comment on table demo_mail is 'integration/mail';
create index demo_mail_recipient on demo_mail (recipient, mail_id);

alter table account add constraint account_is_person foreign key (person_id) references person;
alter table mandate add constraint mandate_of_account foreign key (account_id) references account;
alter table mandate add constraint mandate_for_person foreign key (person_id) references person;
alter table session add constraint session_of_account foreign key (account_id) references account;
alter table session add constraint session_in_mandate foreign key (mandate_id) references mandate;
alter table api_key add constraint api_key_creator foreign key (created_by) references account;
alter table api_key add constraint api_key_replaces foreign key (replaces) references api_key;
alter table form_draft add constraint form_draft_of_account foreign key (account_id) references account;

grant select, insert on person to seteli_app;
grant select, insert, update (name, email, language, person_id, active, last_signed_in) on account to seteli_app;
grant select, insert, update (teams, units, rights, valid_to, active, ended_by, ended_at) on mandate to seteli_app;
grant select, insert, delete, update (mandate_id, seen_at) on session to seteli_app;
grant select, insert, update (valid_to, revoked_at, revoked_by, last_used) on api_key to seteli_app;
grant select, insert, delete on form_draft to seteli_app;
grant select, insert, delete on demo_mail to seteli_app;
grant select, insert on audit, audit_chain, access_log to seteli_app;
grant select, insert, update (done, total, message, started_at, updated_at, finished_at) on job_progress to seteli_app;

alter table audit enable row level security;
alter table audit force row level security;
create policy owner_all on audit to seteli_owner using (true) with check (true);
-- National rows (organiser 0) are written from any scope without an organiser, and read only from the scope with
-- none of the three: a provider's or a citizen's session also has organiser 0.
create policy organiser_write on audit for insert to seteli_app
  with check (organiser_id = current_setting('seteli.organiser')::int);
create policy organiser_scope on audit for select to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int and organiser_id <> 0);
create policy national_scope on audit for select to seteli_app
  using (organiser_id = 0 and current_setting('seteli.organiser')::int = 0
    and current_setting('seteli.provider')::bigint = 0 and current_setting('seteli.person')::bigint = 0);

alter table audit_chain enable row level security;
alter table audit_chain force row level security;
create policy owner_all on audit_chain to seteli_owner using (true) with check (true);
create policy organiser_scope on audit_chain to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);

alter table access_log enable row level security;
alter table access_log force row level security;
create policy owner_all on access_log to seteli_owner using (true) with check (true);
create policy organiser_scope on access_log to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int and organiser_id <> 0)
  with check (organiser_id = current_setting('seteli.organiser')::int and organiser_id <> 0);
-- A provider's page reads under the provider's scope and must leave its row with the organiser whose client it read.
create policy provider_write on access_log for insert to seteli_app
  with check (provider_id = current_setting('seteli.provider')::bigint);
create policy person_scope on access_log for select to seteli_app
  using (person_id = current_setting('seteli.person')::bigint);
create policy person_write on access_log for insert to seteli_app
  with check (person_id = current_setting('seteli.person')::bigint);

alter table job_progress enable row level security;
alter table job_progress force row level security;
create policy owner_all on job_progress to seteli_owner using (true) with check (true);
create policy organiser_scope on job_progress to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
