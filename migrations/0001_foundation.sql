-- 0001 foundation (expand): who may do what by default, keys of repeatable requests, messages to the outside.

-- Nothing is granted by itself: each table grants what its use cases need, column by column where rows change.
revoke all on schema public from public;
grant usage on schema public to seteli_app, seteli_read;
alter default privileges revoke execute on functions from public;

-- Which files have run is no secret; the program compares it with its own set at start.
grant select on migration to seteli_app;

-- First answers to requests that a client may repeat. organiser_id 0 = national requests, reachable without organiser.
create table once_key (
  organiser_id int not null,
  realm text not null,
  key text not null,
  input_hash bytea not null,
  answer bytea, -- null only inside the transaction that computes it
  created_at timestamptz not null,
  primary key (organiser_id, realm, key),
  constraint once_key_hash_is_sha256 check (octet_length(input_hash) = 32)
);
comment on table once_key is 'platform/postgres: idempotency keys with the first answer';
alter table once_key enable row level security;
alter table once_key force row level security;
create policy owner_all on once_key to seteli_owner using (true) with check (true);
create policy organiser_scope on once_key to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert, update (answer) on once_key to seteli_app;

-- What must happen outside after commit. organiser_id 0 = national messages.
create table outbox (
  organiser_id int not null,
  outbox_id bigint generated always as identity,
  topic text not null,
  dedup text not null,
  stream text not null default '', -- one stream leaves in the order of its ids
  payload jsonb not null,
  created_at timestamptz not null,
  next_at timestamptz not null,
  attempts int not null default 0, -- also the fencing number of a lease
  failure text not null default '',
  sent_at timestamptz,
  primary key (organiser_id, outbox_id),
  constraint outbox_written_once unique (organiser_id, topic, dedup)
);
comment on table outbox is 'platform/postgres: messages to the outside, written with the change that causes them';
-- The claim reads the due ones and, for order, the older unsent ones of the same stream.
create index outbox_due on outbox (organiser_id, topic, next_at) where sent_at is null;
create index outbox_stream on outbox (organiser_id, topic, stream, outbox_id) where sent_at is null;
alter table outbox enable row level security;
alter table outbox force row level security;
create policy owner_all on outbox to seteli_owner using (true) with check (true);
create policy organiser_scope on outbox to seteli_app
  using (organiser_id = current_setting('seteli.organiser')::int)
  with check (organiser_id = current_setting('seteli.organiser')::int);
grant select, insert, update (attempts, next_at, failure, sent_at) on outbox to seteli_app;
