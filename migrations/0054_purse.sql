-- 0054 purse (expand): a voucher whose balance of euros is spent over several contents and payees. The balance itself is the ledger's
-- row of the voucher's one line: held and captured money both stand there as used, so that no other program can spend either twice.
-- Rows here are facts: terms, what was held, how a hold ended, what was added and taken back. Nothing is updated.
create table purse (
  organiser_id int not null, voucher_id bigint not null, line_id bigint not null, person_id bigint not null, client_id bigint not null,
  refill text not null, refill_cents bigint not null, carries boolean not null,   -- carries: what is left at a refill stays
  hold_days int not null, grace_days int not null,
  client_adds boolean not null,               -- above the balance the client pays the rest; otherwise refused
  balance_shown boolean not null,             -- a refusal tells the provider what is left
  granted_at timestamptz not null, granted_by text not null,
  primary key (organiser_id, voucher_id),
  constraint purse_line_once unique (organiser_id, line_id),
  constraint purse_refill_known check (refill in ('none', 'monthly')),
  constraint purse_refill_sum check ((refill = 'none') = (refill_cents = 0) and refill_cents >= 0),
  constraint purse_days_positive check (hold_days between 1 and 90 and grace_days between 0 and 90));
create index purse_person_idx on purse (person_id);
comment on table purse is 'domain/purse';
alter table purse enable row level security;
alter table purse force row level security;
create policy owner_all on purse to seteli_owner using (true) with check (true);
create policy organiser_scope on purse to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
create policy person_scope on purse for select to seteli_app
  using (person_id = current_setting('seteli.person')::bigint);
grant select, insert on purse to seteli_app;
create table purse_content (
  organiser_id int not null, voucher_id bigint not null, content_id bigint not null, service_id bigint not null,
  primary key (organiser_id, voucher_id, content_id));
comment on table purse_content is 'domain/purse';
alter table purse_content enable row level security;
alter table purse_content force row level security;
create policy owner_all on purse_content to seteli_owner using (true) with check (true);
create policy organiser_scope on purse_content to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert on purse_content to seteli_app;
create sequence purse_number;                -- holds and moves are numbered before the insert, so that postings can name them
grant usage on sequence purse_number to seteli_app;
create table purse_hold (
  organiser_id int not null, hold_id bigint not null,
  voucher_id bigint not null, line_id bigint not null, person_id bigint not null, client_id bigint not null,
  provider_id bigint not null, unit_id bigint not null, content_id bigint not null, service_id bigint not null, reservation_id bigint not null, rulebook_id bigint not null,
  reference text not null, content_hash bytea not null,
  quantity bigint not null, price_cents bigint not null, value_cents bigint not null,  -- per unit of the content
  total_cents bigint not null, amount_cents bigint not null,                           -- whole price, and the part that the purse pays
  service_date date not null, expires_on date not null,                                -- first day on which the hold is worth nothing
  note text not null default '', source text not null,
  held_at timestamptz not null, held_by_account bigint not null, held_by text not null,
  primary key (organiser_id, hold_id),
  constraint purse_hold_reference_unique unique (organiser_id, provider_id, reference),
  constraint purse_hold_amounts check (quantity > 0 and amount_cents > 0 and amount_cents <= total_cents and value_cents <= price_cents),
  constraint purse_hold_source_known check (source in ('page', 'api')));
create index purse_hold_voucher_idx on purse_hold (organiser_id, voucher_id);
create index purse_hold_provider_idx on purse_hold (provider_id, held_at);
create index purse_hold_person_idx on purse_hold (person_id);
create index purse_hold_expiry_idx on purse_hold (organiser_id, expires_on);
comment on table purse_hold is 'domain/purse';
alter table purse_hold enable row level security;
alter table purse_hold force row level security;
create policy owner_all on purse_hold to seteli_owner using (true) with check (true);
create policy organiser_scope on purse_hold to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
create policy provider_scope on purse_hold for select to seteli_app
  using (provider_id = current_setting('seteli.provider')::bigint);
create policy person_scope on purse_hold for select to seteli_app
  using (person_id = current_setting('seteli.person')::bigint);
grant select, insert on purse_hold to seteli_app;
create table purse_end (
  organiser_id int not null, hold_id bigint not null, provider_id bigint not null, person_id bigint not null,
  ending text not null, captured_cents bigint not null, event_id bigint, reason text not null default '',
  ended_at timestamptz not null, ended_by_account bigint not null, ended_by text not null,
  primary key (organiser_id, hold_id),        -- a hold ends once: the second capture meets this key
  constraint purse_end_known check (ending in ('captured', 'released', 'expired')),
  constraint purse_end_event check ((ending = 'captured') = (event_id is not null) and (captured_cents > 0) = (event_id is not null) and captured_cents >= 0));
create unique index purse_end_event_idx on purse_end (organiser_id, event_id) where event_id is not null;
create index purse_end_provider_idx on purse_end (provider_id);
create index purse_end_person_idx on purse_end (person_id);
comment on table purse_end is 'domain/purse';
alter table purse_end enable row level security;
alter table purse_end force row level security;
create policy owner_all on purse_end to seteli_owner using (true) with check (true);
create policy organiser_scope on purse_end to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
create policy provider_scope on purse_end for select to seteli_app
  using (provider_id = current_setting('seteli.provider')::bigint);
create policy person_scope on purse_end for select to seteli_app
  using (person_id = current_setting('seteli.person')::bigint);
grant select, insert on purse_end to seteli_app;
create table purse_move (
  organiser_id int not null, move_id bigint not null, voucher_id bigint not null, person_id bigint not null,
  kind text not null, amount_cents bigint not null, on_date date not null,   -- more with plus, less with minus
  reason text not null default '', moved_at timestamptz not null, moved_by_account bigint not null, moved_by text not null,
  primary key (organiser_id, move_id),
  constraint purse_move_kind_known check (kind in ('granted', 'refilled', 'lapsed', 'taken_back', 'expired', 'reopened')),
  constraint purse_move_direction check ((amount_cents > 0) = (kind in ('granted', 'refilled', 'reopened')) and amount_cents <> 0));
create unique index purse_move_refill_once on purse_move (organiser_id, voucher_id, on_date) where kind = 'refilled';
create index purse_move_voucher_idx on purse_move (organiser_id, voucher_id);
create index purse_move_person_idx on purse_move (person_id);
comment on table purse_move is 'domain/purse';
alter table purse_move enable row level security;
alter table purse_move force row level security;
create policy owner_all on purse_move to seteli_owner using (true) with check (true);
create policy organiser_scope on purse_move to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
create policy person_scope on purse_move for select to seteli_app
  using (person_id = current_setting('seteli.person')::bigint);
grant select, insert on purse_move to seteli_app;
alter table purse add constraint purse_voucher foreign key (organiser_id, voucher_id) references voucher;
alter table purse add constraint purse_line foreign key (organiser_id, line_id) references voucher_line;
alter table purse_content add constraint purse_content_purse foreign key (organiser_id, voucher_id) references purse;
alter table purse_content add constraint purse_content_content foreign key (organiser_id, content_id) references content;
alter table purse_hold add constraint purse_hold_purse foreign key (organiser_id, voucher_id) references purse;
alter table purse_hold add constraint purse_hold_reservation foreign key (organiser_id, reservation_id) references reservation;
alter table purse_hold add constraint purse_hold_unit foreign key (unit_id) references unit;
alter table purse_end add constraint purse_end_hold foreign key (organiser_id, hold_id) references purse_hold;
alter table purse_move add constraint purse_move_purse foreign key (organiser_id, voucher_id) references purse;
