// Package postgres is the only door to the store: the private cluster that the program starts for itself, the pool,
// tenant transactions with their scope and retries, idempotency keys, the outbox, migrations, backups and health.
//
// It knows roles, scopes as three numbers, SQLSTATEs and files. It must not know any concept of the field: what a
// voucher or a provider is, who may do what (access), and which jobs run when (job) are decided above it.
//
// # Rules for every migration
//
// The checks in this package hold for all tables, whoever writes them (see schema_test.go):
//
//   - every table names the folder of its owner package first in its comment: comment on table event is 'domain/event';
//   - a table with organiser_id is a tenant table unless schema_test.go lists it as shared: organiser_id is the first
//     column of every primary, unique and exclusion key and of foreign keys between tenant tables, row-level security is
//     enabled and forced, seteli_app reaches it only through policies on seteli.organiser, seteli.provider or
//     seteli.person (writes: seteli.organiser), and seteli_owner through a policy `using (true)`; what everybody may read
//     has a policy public_read and is listed too;
//   - current_setting in a policy has one argument, so that a forgotten scope is an error and not an empty page, and stands in a
//     select of its own, (select current_setting('seteli.organiser')::int), so that it is computed once for a statement, not for each row;
//   - grants are listed in testdata/grants.golden, and seteli_app owns nothing.
package postgres
