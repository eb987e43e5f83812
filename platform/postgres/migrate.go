package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Migration is one forward step of the schema.
type Migration struct {
	Number        int
	Name          string
	SQL           string
	Before, After string // queries that must return no rows
	Sum           [32]byte
	Transaction   bool // false: one statement that refuses to run in one, such as create index concurrently
}

// migrator is the advisory lock of the one who migrates. For convenience only: the primary key of table migration
// refuses a second run of the same file also without it.
const migrator = 0x5e7e11

// ReadMigrations reads NNNN_name.sql with its assertions, in order. PG-030 for doubles, odd names and assertions without a file.
func ReadMigrations(files fs.FS) ([]Migration, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("listing migrations: %w", err)
	}
	slices.Sort(names)
	byNumber := map[int]*Migration{}
	var list []*Migration
	for _, name := range names {
		if strings.HasSuffix(name, ".before.sql") || strings.HasSuffix(name, ".after.sql") {
			continue
		}
		m, err := readMigration(files, name)
		if err != nil {
			return nil, err
		}
		if other := byNumber[m.Number]; other != nil {
			return nil, ErrMigrationSet.With("file", name).Because(fmt.Errorf("number %d is also %s", m.Number, other.Name))
		}
		byNumber[m.Number] = m
		list = append(list, m)
	}
	for _, name := range names {
		if err := readAssertion(files, name, list); err != nil {
			return nil, err
		}
	}
	out := make([]Migration, len(list))
	for i, m := range list {
		out[i] = *m
	}
	return out, nil
}

func readMigration(files fs.FS, name string) (*Migration, error) {
	base := strings.TrimSuffix(path.Base(name), ".sql")
	digits, title, ok := strings.Cut(base, "_")
	number, err := strconv.Atoi(digits)
	if err != nil || !ok || len(digits) != 4 || title == "" || strings.Contains(title, ".") {
		return nil, ErrMigrationSet.With("file", name).Because(errors.New("the name is not NNNN_name.sql"))
	}
	sql, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("reading migration %s: %w", name, err)
	}
	return &Migration{
		Number: number, Name: base, SQL: string(sql), Sum: sha256.Sum256(sql),
		Transaction: !bytes.Contains(sql, []byte("-- no-transaction")),
	}, nil
}

func readAssertion(files fs.FS, name string, list []*Migration) error {
	base, when := strings.CutSuffix(name, ".before.sql")
	if !when {
		if base, when = strings.CutSuffix(name, ".after.sql"); !when {
			return nil
		}
	}
	i := slices.IndexFunc(list, func(m *Migration) bool { return m.Name == base })
	if i < 0 {
		return ErrMigrationSet.With("file", name).Because(errors.New("an assertion without its migration"))
	}
	sql, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("reading assertion %s: %w", name, err)
	}
	if strings.HasSuffix(name, ".before.sql") {
		list[i].Before = string(sql)
	} else {
		list[i].After = string(sql)
	}
	return nil
}

// Fingerprint names a set of migrations: the same for the same files.
func Fingerprint(list []Migration) string {
	h := sha256.New()
	for _, m := range list {
		fmt.Fprintf(h, "%04d %s %x\n", m.Number, m.Name, m.Sum)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}

// Migrate brings the database to the newest of files, over a connection as seteli_owner (or a role that may become it).
// It gives the names of the files it ran. Released files never change (PG-031); a database newer than the program is refused (PG-032).
func Migrate(ctx context.Context, url string, files fs.FS) (ran []string, err error) {
	list, err := ReadMigrations(files)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, ErrConnect.Because(err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	for _, sql := range []string{
		"set role " + Owner, "set lock_timeout = '2s'", "set statement_timeout = 0", "set timezone = 'UTC'",
		fmt.Sprintf("set lock_timeout = 0; select pg_advisory_lock(%d); set lock_timeout = '2s'", migrator),
		`create table if not exists migration (
			number int primary key, name text not null, checksum bytea not null, applied_at timestamptz not null default now())`,
		`comment on table migration is 'platform/postgres: which schema files have run'`,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return nil, ErrMigration.With("file", "").Because(err)
		}
	}
	pending, err := unapplied(ctx, conn, list)
	if err != nil {
		return nil, err
	}
	for _, m := range pending {
		if err := applyPatiently(ctx, conn, m); err != nil {
			return ran, err
		}
		ran = append(ran, m.Name)
	}
	return ran, nil
}

// CheckMigrated tells the program at start that the schema is exactly its own: PG-035 when files are waiting.
func (db *DB) CheckMigrated(ctx context.Context, files fs.FS) error {
	list, err := ReadMigrations(files)
	if err != nil {
		return err
	}
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return ErrConnect.Because(err)
	}
	defer conn.Release()
	pending, err := unapplied(ctx, conn.Conn(), list)
	if SQLState(err) == "42P01" || len(pending) > 0 {
		return ErrMigrationOpen.With("count", len(pending))
	}
	return err
}

// unapplied compares files with the table and gives what has not run.
func unapplied(ctx context.Context, conn *pgx.Conn, list []Migration) ([]Migration, error) {
	rows, err := conn.Query(ctx, `select number, name, checksum from migration order by number`)
	if err != nil {
		return nil, fmt.Errorf("reading which migrations have run: %w", err)
	}
	type row struct {
		Number int
		Name   string
		Sum    []byte
	}
	applied, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	if err != nil {
		return nil, fmt.Errorf("reading which migrations have run: %w", err)
	}
	done := map[int]bool{}
	for _, a := range applied {
		i := slices.IndexFunc(list, func(m Migration) bool { return m.Number == a.Number })
		if i < 0 {
			return nil, ErrMigrationNewer.With("file", a.Name)
		}
		if list[i].Name != a.Name || !bytes.Equal(list[i].Sum[:], a.Sum) {
			return nil, ErrMigrationSum.With("file", a.Name)
		}
		done[a.Number] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(m Migration) bool { return done[m.Number] }), nil
}

// applyPatiently tries again when a lock was not free within lock_timeout: a migration that waits in the lock queue
// would stop everybody behind it. So too when a migration of many tables met a running transaction the other way round; the
// deadlock rolled all of it back.
func applyPatiently(ctx context.Context, conn *pgx.Conn, m Migration) error {
	for n := range attempts {
		err := apply(ctx, conn, m)
		again := SQLState(err) == "55P03" || SQLState(err) == "40P01" && m.Transaction
		if err == nil || !again || n == attempts-1 {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(time.Second + rand.N(2*time.Second)):
		}
	}
	return nil // the loop always returns
}

func apply(ctx context.Context, conn *pgx.Conn, m Migration) (err error) {
	if m.Transaction {
		if _, err := conn.Exec(ctx, "begin"); err != nil {
			return ErrMigration.With("file", m.Name).Because(err)
		}
		defer func() {
			end := "commit"
			if err != nil {
				end = "rollback"
			}
			if _, endErr := conn.Exec(context.WithoutCancel(ctx), end); endErr != nil {
				err = errors.Join(err, ErrMigration.With("file", m.Name).Because(endErr))
			}
		}()
	}
	if err := assertNoRows(ctx, conn, m.Name+".before", m.Before); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, m.SQL); err != nil {
		return ErrMigration.With("file", m.Name).Because(err)
	}
	if err := assertNoRows(ctx, conn, m.Name+".after", m.After); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `insert into migration (number, name, checksum) values ($1, $2, $3)`, m.Number, m.Name, m.Sum[:])
	if err != nil {
		return ErrMigration.With("file", m.Name).Because(err)
	}
	return nil
}

// assertNoRows runs the queries of an assertion file; each must come back empty.
func assertNoRows(ctx context.Context, conn *pgx.Conn, name, sql string) error {
	if strings.TrimSpace(sql) == "" {
		return nil
	}
	results, err := conn.PgConn().Exec(ctx, sql).ReadAll()
	if err != nil {
		return ErrMigrationRows.With("file", name).With("rows", 0).Because(err)
	}
	for _, r := range results {
		if len(r.Rows) > 0 {
			return ErrMigrationRows.With("file", name).With("rows", len(r.Rows))
		}
	}
	return nil
}
