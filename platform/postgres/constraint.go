package postgres

import (
	"errors"

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
