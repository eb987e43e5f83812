package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Backup copies the whole running cluster into dir, which must not exist or be empty, and verifies the copy against its
// manifest. The copy has the shape of a data directory (postgres/, secrets/): StartCluster on it brings everything back.
// Attachments and key files are the caller's part of the same set.
func (c *Cluster) Backup(ctx context.Context, dir string) error {
	if err := mustBeEmpty(dir); err != nil {
		return err
	}
	secrets := filepath.Join(dir, "secrets")
	if err := os.MkdirAll(secrets, 0o700); err != nil {
		return fmt.Errorf("making the backup directory: %w", err)
	}
	if err := os.Chmod(dir, 0o711); err != nil { // a cluster started here may run as another user
		return fmt.Errorf("making the backup directory: %w", err)
	}
	target := filepath.Join(dir, "postgres")
	if err := c.tool(ctx, "pg_basebackup", "postgres", "--pgdata", target, "--format=plain", "--wal-method=stream", "--checkpoint=fast"); err != nil {
		return err
	}
	if err := c.tool(ctx, "pg_verifybackup", "", "--quiet", target); err != nil {
		return err
	}
	for role := range c.passwords {
		name := "postgres-" + role
		if err := copyFile(filepath.Join(c.cfg.Dir, "secrets", name), filepath.Join(secrets, name)); err != nil {
			return err
		}
	}
	return nil
}

func mustBeEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("looking into %s: %w", dir, err)
	}
	if len(entries) > 0 {
		return ErrNotEmpty.With("path", dir)
	}
	return nil
}

// Dump writes the program's database to file in pg_dump's own format, which moves between versions and machines.
// It dumps as administrator: under forced row-level security the owner's dump would stop, or be partial. The number of rows of
// each table, seen in the same snapshot, goes to file.counts; Restore compares with it, so no partial dump passes.
func (c *Cluster) Dump(ctx context.Context, file string) (err error) {
	conn, err := pgx.Connect(ctx, c.URL(Admin, Database))
	if err != nil {
		return ErrConnect.Because(err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	if _, err := conn.Exec(ctx, "set idle_in_transaction_session_timeout = 0; begin isolation level repeatable read read only"); err != nil {
		return ErrBackup.Because(err)
	}
	var snapshot string
	if err := conn.QueryRow(ctx, `select pg_export_snapshot()`).Scan(&snapshot); err != nil {
		return ErrBackup.Because(err)
	}
	counts, err := countRows(ctx, conn)
	if err != nil {
		return err
	}
	part := file + ".part" // a name that nobody takes for a backup until it is one
	if err := c.tool(ctx, "pg_dump", Database, "--format=custom", "--snapshot="+snapshot, "--file="+part); err != nil {
		return errors.Join(err, removeIfThere(part))
	}
	if err := c.checkDump(ctx, part, counts); err != nil {
		return errors.Join(err, removeIfThere(part))
	}
	text, err := json.MarshalIndent(counts, "", "  ")
	if err != nil {
		return fmt.Errorf("writing counts: %w", err)
	}
	if err := os.WriteFile(file+".counts", append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing counts: %w", err)
	}
	if err := errors.Join(os.Chmod(part, 0o600), os.Rename(part, file)); err != nil {
		return fmt.Errorf("finishing the dump: %w", err)
	}
	return nil
}

// checkDump reads the dump's own table of contents: every table that exists must be in it with its data.
func (c *Cluster) checkDump(ctx context.Context, file string, counts map[string]int64) error {
	list, err := exec.CommandContext(ctx, c.bin.path("pg_restore"), "--list", file).Output()
	if err != nil {
		return ErrBackup.Because(fmt.Errorf("reading the dump back: %w", err))
	}
	if found := bytes.Count(list, []byte(" TABLE DATA ")); found != len(counts) {
		return ErrCounts.With("table", "").With("expected", len(counts)).With("found", found)
	}
	return nil
}

// Restore reads a dump into the program's database, which must hold no table yet, and compares the rows with file.counts.
// Without that file (a dump made by hand) nothing can be compared and Restore refuses.
func (c *Cluster) Restore(ctx context.Context, file string) (err error) {
	text, err := os.ReadFile(file + ".counts")
	if err != nil {
		return ErrBackup.Because(err)
	}
	expected := map[string]int64{}
	if err := json.Unmarshal(text, &expected); err != nil {
		return ErrBackup.Because(fmt.Errorf("reading %s.counts: %w", file, err))
	}
	conn, err := pgx.Connect(ctx, c.URL(Admin, Database))
	if err != nil {
		return ErrConnect.Because(err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	present, err := countRows(ctx, conn)
	if err != nil {
		return err
	}
	if len(present) > 0 {
		return ErrNotEmpty.With("path", Database)
	}
	if err := c.tool(ctx, "pg_restore", Database, "--exit-on-error", "--single-transaction", file); err != nil {
		return err
	}
	found, err := countRows(ctx, conn)
	if err != nil {
		return err
	}
	return compareCounts(expected, found)
}

func compareCounts(expected, found map[string]int64) error {
	names := slices.Sorted(maps.Keys(expected))
	for name := range found {
		if _, ok := expected[name]; !ok {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if expected[name] != found[name] {
			return ErrCounts.With("table", name).With("expected", expected[name]).With("found", found[name])
		}
	}
	return nil
}

// countRows counts every table of ours, as administrator: row-level security does not hide any.
func countRows(ctx context.Context, conn *pgx.Conn) (map[string]int64, error) {
	rows, err := conn.Query(ctx, `
		select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
		  and n.nspname not like 'pg_temp%' order by 1`)
	if err != nil {
		return nil, fmt.Errorf("listing tables: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("listing tables: %w", err)
	}
	counts := make(map[string]int64, len(names))
	for _, name := range names { // names come quoted from the catalogue
		var n int64
		if err := conn.QueryRow(ctx, "select count(*) from "+name).Scan(&n); err != nil {
			return nil, fmt.Errorf("counting %s: %w", name, err)
		}
		counts[name] = n
	}
	return counts, nil
}

// tool runs a PostgreSQL client program. The password goes by the environment: a command line is visible to all users.
func (c *Cluster) tool(ctx context.Context, name, database string, args ...string) error {
	env := cleanEnvironment()
	if database != "" {
		address, err := url.Parse(c.URL(Admin, database))
		if err != nil {
			return fmt.Errorf("address of the cluster: %w", err)
		}
		address.User = url.User(Admin)
		env = append(env, "PGPASSWORD="+c.passwords[Admin])
		args = append([]string{"--dbname=" + address.String()}, args...)
	}
	cmd := exec.CommandContext(ctx, c.bin.path(name), args...)
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		return ErrBackup.Because(fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out))))
	}
	return nil
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

const (
	dumpPrefix = "seteli-"
	dumpStamp  = "20060102-150405"
	dumpSuffix = ".dump"
)

// Nightly dumps into dir under the name of the instant (UTC) and removes the oldest beyond keep; it gives the file's path.
// The old ones go only after the new one is whole.
func (c *Cluster) Nightly(ctx context.Context, dir string, now time.Time, keep int) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making the backup directory: %w", err)
	}
	file := filepath.Join(dir, dumpPrefix+now.UTC().Format(dumpStamp)+dumpSuffix)
	if err := c.Dump(ctx, file); err != nil {
		return "", err
	}
	dumps, err := dumpsIn(dir)
	if err != nil {
		return file, err
	}
	for len(dumps) > max(keep, 1) {
		if err := errors.Join(os.Remove(dumps[0]), removeIfThere(dumps[0]+".counts")); err != nil {
			return file, fmt.Errorf("removing an old backup: %w", err)
		}
		dumps = dumps[1:]
	}
	return file, nil
}

// LastDump is the instant of the newest nightly dump in dir; zero when there is none.
func LastDump(dir string) (time.Time, error) {
	dumps, err := dumpsIn(dir)
	if err != nil || len(dumps) == 0 {
		return time.Time{}, err
	}
	stamp := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(dumps[len(dumps)-1]), dumpPrefix), dumpSuffix)
	at, err := time.Parse(dumpStamp, stamp)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the time of the last backup: %w", err)
	}
	return at, nil
}

// dumpsIn lists nightly dumps, oldest first: their names sort by time.
func dumpsIn(dir string) ([]string, error) {
	dumps, err := filepath.Glob(filepath.Join(dir, dumpPrefix+"????????-??????"+dumpSuffix))
	if err != nil {
		return nil, fmt.Errorf("listing backups: %w", err)
	}
	slices.Sort(dumps)
	return dumps, nil
}
