-- 0022 payment (expand): instructions, the files that carried them, what became of them. One instruction per run and payee.
create table payment_instruction (
  organiser_id int not null, run_no bigint not null, provider_id bigint not null,
  end_to_end_id text not null, amount_cents bigint not null,
  payee_name text not null, payee_iban text not null, reference text not null, statement_no text not null, due_on date not null,
  primary key (organiser_id, run_no, provider_id),
  constraint payment_end_to_end_unique unique (organiser_id, end_to_end_id),
  constraint payment_amount_positive check (amount_cents > 0));
comment on table payment_instruction is 'domain/payment';
alter table payment_instruction enable row level security;
alter table payment_instruction force row level security;
create policy owner_all on payment_instruction to seteli_owner using (true) with check (true);
create policy organiser_scope on payment_instruction to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert on payment_instruction to seteli_app;
create table payment_file (
  organiser_id int not null, run_no bigint not null, message_id text not null,
  sha256 bytea not null, bytes bytea not null, payment_count int not null, total_cents bigint not null,
  created_at timestamptz not null, created_by text not null,
  primary key (organiser_id, run_no),
  constraint payment_file_message_unique unique (organiser_id, message_id));
comment on table payment_file is 'domain/payment';
alter table payment_file enable row level security;
alter table payment_file force row level security;
create policy owner_all on payment_file to seteli_owner using (true) with check (true);
create policy organiser_scope on payment_file to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert on payment_file to seteli_app;
alter table payment_instruction add constraint payment_instruction_statement foreign key (organiser_id, run_no, provider_id) references statement;
alter table payment_file add constraint payment_file_run foreign key (organiser_id, run_no) references settlement_run;
