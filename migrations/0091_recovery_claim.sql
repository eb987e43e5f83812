-- 0091 recovery claim (expand): a payee whose carried sum is below nothing and that has no more deliveries to take it off is asked to pay
-- it back with an invoice; what becomes of it are steps. Claims and steps are facts and are never changed. Older programs ignore both.
create table recovery_claim (
  organiser_id int not null, claim_no bigint not null, provider_id bigint not null,
  number text not null, made_on date not null, amount_cents bigint not null,
  reference text not null, due_on date not null, reason text not null, payee_name text not null,
  payer_name text not null, payer_iban text not null,   -- the organiser's account that it is paid to
  document_id bigint not null,
  made_at timestamptz not null, made_by_account bigint not null, made_by text not null,
  primary key (organiser_id, claim_no),
  constraint recovery_claim_number_unique unique (organiser_id, number),
  constraint recovery_claim_amount check (amount_cents > 0),
  constraint recovery_claim_due check (due_on > made_on),
  constraint recovery_claim_reason check (reason <> ''));
create index recovery_claim_provider_idx on recovery_claim (provider_id);
create index recovery_claim_document_idx on recovery_claim (organiser_id, document_id);
comment on table recovery_claim is 'domain/settlement';
alter table recovery_claim enable row level security;
alter table recovery_claim force row level security;
create policy owner_all on recovery_claim to seteli_owner using (true) with check (true);
create policy organiser_scope on recovery_claim to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
create policy provider_scope on recovery_claim for select to seteli_app
  using (provider_id = current_setting('seteli.provider')::bigint);
grant select, insert on recovery_claim to seteli_app;
create table recovery_step (
  organiser_id int not null, claim_no bigint not null, step_no int not null, provider_id bigint not null,
  kind text not null, amount_cents bigint not null, on_day date not null, note text not null,
  at timestamptz not null, by_account bigint not null, by_name text not null,
  primary key (organiser_id, claim_no, step_no),
  constraint recovery_step_kind_known check (kind in ('repaid', 'unpaid', 'written_off', 'withdrawn')),
  constraint recovery_step_amount check (amount_cents > 0),
  constraint recovery_step_says_why check (kind = 'repaid' or note <> ''));
create index recovery_step_provider_idx on recovery_step (provider_id);
comment on table recovery_step is 'domain/settlement';
alter table recovery_step enable row level security;
alter table recovery_step force row level security;
create policy owner_all on recovery_step to seteli_owner using (true) with check (true);
create policy organiser_scope on recovery_step to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
create policy provider_scope on recovery_step for select to seteli_app
  using (provider_id = current_setting('seteli.provider')::bigint);
grant select, insert on recovery_step to seteli_app;
alter table recovery_claim add constraint recovery_claim_organiser foreign key (organiser_id) references organiser;
alter table recovery_claim add constraint recovery_claim_provider foreign key (provider_id) references provider;
alter table recovery_claim add constraint recovery_claim_document foreign key (organiser_id, document_id) references document;
alter table recovery_step add constraint recovery_step_claim foreign key (organiser_id, claim_no) references recovery_claim;
-- The claimed account (kind 14) has a row or a few per claim; the deliveries beside them never enter these indexes.
create index posting_claimed_credit_idx on posting (organiser_id, credit_ref) where credit_kind = 14;
create index posting_claimed_debit_idx on posting (organiser_id, debit_ref) where debit_kind = 14;
