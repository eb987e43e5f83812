package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

//go:generate go run ./constraintgen

// ConstraintOf is the name of the constraint or unique index that err violated, "" when it violated none.
// Compare it with the generated constants: a renamed constraint then does not compile.
func ConstraintOf(err error) string {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return ""
	}
	switch pg.Code {
	case "23503", "23505", "23514", "23P01": // foreign key, unique, check, exclusion
		return pg.ConstraintName
	}
	return ""
}

// ConstraintNames lists the constraints and unique indexes of the schema, sorted; for the generator and its test.
func ConstraintNames(ctx context.Context, conn Querier) ([]string, error) {
	rows, err := conn.Query(ctx, `
		select name from (
			select conname::text as name from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0 and conparentid = 0
			union all
			select c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid
			where i.indisunique and c.relnamespace = 'public'::regnamespace and not c.relispartition) n
		where name not like 'river\_%' and name not like 'migration\_%'
		group by name order by name collate "C"`)
	if err != nil {
		return nil, fmt.Errorf("listing constraints: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("listing constraints: %w", err)
	}
	return names, nil
}

// Querier is what reads the catalogue: a connection, a pool or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}
