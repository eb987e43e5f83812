-- 0043 settlement_hold (expand): why a statement is held has a code of its own, an organiser may demand supplier numbers,
-- and what is carried for a payee is found without reading its deliveries. Older programs ignore all three.
alter table statement add column hold_code text not null default '';
alter table statement add constraint statement_hold_known check (hold_code in ('', 'PAY-01', 'PAY-04', 'PAY-08'));
alter table statement add constraint statement_held_says_why check ((disposition = 'held') = (hold_code <> ''));
create table settlement_setting (
  organiser_id int not null, supplier_number_needed boolean not null,
  set_at timestamptz not null, set_by text not null,
  primary key (organiser_id));
comment on table settlement_setting is 'domain/settlement';
alter table settlement_setting enable row level security;
alter table settlement_setting force row level security;
create policy owner_all on settlement_setting to seteli_owner using (true) with check (true);
create policy organiser_scope on settlement_setting to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert, update (supplier_number_needed, set_at, set_by) on settlement_setting to seteli_app;
alter table settlement_setting add constraint settlement_setting_organiser foreign key (organiser_id) references organiser;
-- The carried account (kind 13) has a row or two per run and payee; the deliveries beside them never enter these indexes.
create index posting_carried_credit_idx on posting (organiser_id, credit_ref) where credit_kind = 13;
create index posting_carried_debit_idx on posting (organiser_id, debit_ref) where debit_kind = 13;
