package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// bootstrap makes what only the administrator can make: roles, the database and its extensions. Each step is skipped when done.
func (c *Cluster) bootstrap(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.URL(Admin, "postgres"))
	if err != nil {
		return ErrConnect.Because(err)
	}
	var exists bool
	err = conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, Database).Scan(&exists)
	if err == nil && !exists {
		err = Bootstrap(ctx, conn, c.passwords)
		if err == nil {
			err = CreateDatabase(ctx, conn, Database)
		}
	}
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		return fmt.Errorf("preparing the cluster: %w", err)
	}
	// Asked at every start: a database made by a killed first start may lack them.
	return addExtensions(ctx, c.URL(Admin, Database))
}

// Bootstrap makes the roles with their limits and sets their passwords, over an administrator's connection.
// On a managed server without superuser the operator runs the same statements (see doc/).
func Bootstrap(ctx context.Context, admin *pgx.Conn, passwords map[string]string) error {
	for _, role := range []string{Owner, App, Reader} {
		var exists bool
		if err := admin.QueryRow(ctx, `select exists (select from pg_roles where rolname = $1)`, role).Scan(&exists); err != nil {
			return fmt.Errorf("looking for role %s: %w", role, err)
		}
		verb := "create"
		if exists {
			verb = "alter"
		}
		// Passwords are our own base64url texts; quoting is for form.
		sql := fmt.Sprintf("%s role %s login nosuperuser nocreatedb nocreaterole nobypassrls password '%s'", verb, role, passwords[role])
		if _, err := admin.Exec(ctx, sql); err != nil {
			return fmt.Errorf("preparing role %s: %w", role, err)
		}
	}
	for _, sql := range []string{
		"alter role " + Owner + " set lock_timeout = '2s'",
		"alter role " + App + " set lock_timeout = '5s'",
		"alter role " + App + " set statement_timeout = '30s'",
		"alter role " + Reader + " set lock_timeout = '5s'",
		"alter role " + Reader + " set statement_timeout = '30s'",
		"alter role " + Reader + " set default_transaction_read_only = on",
	} {
		if _, err := admin.Exec(ctx, sql); err != nil {
			return fmt.Errorf("setting limits of roles: %w", err)
		}
	}
	return nil
}

// CreateDatabase makes an empty database that belongs to seteli_owner and that nobody else may enter but our roles.
func CreateDatabase(ctx context.Context, admin *pgx.Conn, name string) error {
	id := pgx.Identifier{name}.Sanitize()
	for _, sql := range []string{
		"create database " + id + " owner " + Owner,
		"revoke all on database " + id + " from public",
		"grant connect, temporary on database " + id + " to " + App,
		"grant connect on database " + id + " to " + Reader,
	} {
		if _, err := admin.Exec(ctx, sql); err != nil {
			return fmt.Errorf("making database %s: %w", name, err)
		}
	}
	return nil
}

// AddExtensions needs the administrator: btree_gist for exclusion constraints, pg_trgm for searches.
func AddExtensions(ctx context.Context, admin *pgx.Conn) error {
	for _, name := range []string{"btree_gist", "pg_trgm"} {
		if _, err := admin.Exec(ctx, "create extension if not exists "+name); err != nil {
			return fmt.Errorf("adding extension %s: %w", name, err)
		}
	}
	return nil
}

func addExtensions(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return ErrConnect.Because(err)
	}
	return errors.Join(AddExtensions(ctx, conn), conn.Close(ctx))
}
