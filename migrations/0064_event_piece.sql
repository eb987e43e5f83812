-- 0064 event (expand): the parts of a delivery that crosses bands of time, each with its own price and value.
create table event_piece (
  organiser_id int not null, event_id bigint not null, piece_no smallint not null,
  provider_id bigint not null, person_id bigint not null,
  band text not null, quantity bigint not null, price_cents bigint not null, value_cents bigint not null,
  primary key (organiser_id, event_id, piece_no),
  constraint event_piece_quantity_positive check (quantity > 0));
comment on table event_piece is 'domain/event';
alter table event_piece enable row level security;
alter table event_piece force row level security;
create policy owner_all on event_piece to seteli_owner using (true) with check (true);
create policy organiser_scope on event_piece to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
create policy provider_scope on event_piece for select to seteli_app
  using (provider_id = current_setting('seteli.provider')::bigint);
create policy person_scope on event_piece for select to seteli_app
  using (person_id = current_setting('seteli.person')::bigint);
grant select, insert on event_piece to seteli_app;
