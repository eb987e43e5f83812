-- name: PersonIDs :many
-- One row for each key; new people are added. Two organisers may add the same person at once: the loser waits for the
-- winner's row and then reads nothing here, which the caller answers by asking again.
with added as (
  insert into person (identity_index)
  select distinct k from unnest(@indexes::bytea[]) k
  on conflict (identity_index) do nothing
  returning person_id, identity_index)
select a.person_id, a.identity_index from added a
union all
select p.person_id, p.identity_index from person p where p.identity_index = any(@indexes::bytea[]);

-- name: PersonFind :one
select person_id from person where identity_index = @identity_index;

-- name: PersonsFind :many
select person_id, identity_index from person where identity_index = any(@indexes::bytea[]);

-- name: ClientAdd :many
insert into client (organiser_id, person_id, identity_encrypted, last_name, first_names, birth_date, language, municipality,
  address_line, postcode, city, phone, email, protected, source, external_ref, created_at)
select @organiser_id::int, r.person_id, r.identity_encrypted, r.last_name, r.first_names, r.birth_date, r.language, r.municipality,
  r.address_line, r.postcode, r.city, r.phone, r.email, r.protected, @source::text, nullif(r.external_ref, ''), @created_at::timestamptz
from rows from (unnest(@person_ids::bigint[]), unnest(@identities::bytea[]), unnest(@last_names::text[]), unnest(@first_names::text[]),
  unnest(@birth_dates::date[]), unnest(@languages::text[]), unnest(@municipalities::text[]), unnest(@address_lines::text[]),
  unnest(@postcodes::text[]), unnest(@cities::text[]), unnest(@phones::text[]), unnest(@emails::text[]), unnest(@protections::bool[]),
  unnest(@external_refs::text[]))
  as r(person_id, identity_encrypted, last_name, first_names, birth_date, language, municipality, address_line, postcode, city,
    phone, email, protected, external_ref)
returning client_id, person_id;

-- name: ClientUpdate :many
-- Every field a person may edit, for any number of clients; a row that somebody else changed meanwhile is not returned.
update client c set last_name = r.last_name, first_names = r.first_names, language = r.language, municipality = r.municipality,
  address_line = r.address_line, postcode = r.postcode, city = r.city, phone = r.phone, email = r.email, protected = r.protected,
  external_ref = nullif(r.external_ref, ''), row_version = c.row_version + 1
from rows from (unnest(@client_ids::bigint[]), unnest(@row_versions::int[]), unnest(@last_names::text[]), unnest(@first_names::text[]),
  unnest(@languages::text[]), unnest(@municipalities::text[]), unnest(@address_lines::text[]), unnest(@postcodes::text[]),
  unnest(@cities::text[]), unnest(@phones::text[]), unnest(@emails::text[]), unnest(@protections::bool[]), unnest(@external_refs::text[]))
  as r(client_id, row_version, last_name, first_names, language, municipality, address_line, postcode, city, phone, email,
    protected, external_ref)
where c.organiser_id = @organiser_id and c.client_id = r.client_id and c.row_version = r.row_version
returning c.client_id;

-- name: ClientByID :one
select organiser_id, client_id, person_id, identity_encrypted, last_name, first_names, birth_date, language, municipality,
  address_line, postcode, city, phone, email, protected, source, external_ref, ended_on, row_version, created_at
from client
where organiser_id = @organiser_id and client_id = @client_id;

-- name: ClientByPerson :one
select organiser_id, client_id, person_id, identity_encrypted, last_name, first_names, birth_date, language, municipality,
  address_line, postcode, city, phone, email, protected, source, external_ref, ended_on, row_version, created_at
from client
where organiser_id = @organiser_id and person_id = @person_id;

-- name: ClientsOfPerson :many
-- The person's own view over all organisers; the person's scope holds under it.
select organiser_id, client_id, person_id, identity_encrypted, last_name, first_names, birth_date, language, municipality,
  address_line, postcode, city, phone, email, protected, source, external_ref, ended_on, row_version, created_at
from client
where person_id = @person_id
order by organiser_id;

-- name: ClientsKnown :many
-- Whom an import meets: by the identity code's key or by the reference of the organiser's own client system.
select c.organiser_id, c.client_id, c.person_id, c.identity_encrypted, c.last_name, c.first_names, c.birth_date, c.language, c.municipality,
  c.address_line, c.postcode, c.city, c.phone, c.email, c.protected, c.source, c.external_ref, c.ended_on, c.row_version, c.created_at,
  p.identity_index
from client c join person p on p.person_id = c.person_id
where c.organiser_id = @organiser_id
  and (p.identity_index = any(@indexes::bytea[]) or c.external_ref = any(@external_refs::text[]));

-- name: ClientSearch :many
-- A page of clients by the beginning of the names, by birth date or by the client system's reference, after the last row of the page before.
-- The collation of the comparison is the index's own.
select organiser_id, client_id, person_id, identity_encrypted, last_name, first_names, birth_date, language, municipality,
  address_line, postcode, city, phone, email, protected, source, external_ref, ended_on, row_version, created_at
from client
where organiser_id = @organiser_id
  and (@last_name::text = '' or lower(last_name) like @last_name || '%')
  and (@first_name::text = '' or lower(first_names) like @first_name || '%')
  and (sqlc.narg(born)::date is null or birth_date = sqlc.narg(born)::date)
  and (@external_ref::text = '' or external_ref = @external_ref)
  and (lower(last_name), lower(first_names), client_id) > (@after_last::text, @after_first::text, @after_id::bigint)
order by lower(last_name), lower(first_names), client_id
limit @batch;

-- name: ClientEnd :many
update client set ended_on = @ended_on, row_version = row_version + 1
where organiser_id = @organiser_id and client_id = @client_id and row_version = @row_version
returning row_version;

-- name: ClientOfPersonID :many
select client_id from client where organiser_id = @organiser_id and person_id = @person_id;
