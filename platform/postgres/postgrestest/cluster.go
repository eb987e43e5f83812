package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/platform/postgres"
)

const prefix = "seteli-test-"

// privateCluster starts PostgreSQL for this process alone. It dies with the process; its directory is swept by the next one,
// because a test process has no moment of its own after the last test of a package without TestMain.
func privateCluster(ctx context.Context) (*postgres.Cluster, error) {
	if err := sweepDirectories(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", prefix)
	if err != nil {
		return nil, fmt.Errorf("making a directory for the test cluster: %w", err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return nil, fmt.Errorf("opening the directory of the test cluster: %w", err)
	}
	return postgres.StartCluster(ctx, postgres.ClusterConfig{Dir: dir, Fast: true})
}

// sweepDirectories removes clusters whose process has ended: their lock is free and their PostgreSQL is gone.
func sweepDirectories() error {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	if err != nil {
		return fmt.Errorf("looking for old test clusters: %w", err)
	}
	for _, dir := range left {
		if !abandoned(dir) {
			continue
		}
		if err := os.RemoveAll(dir); err != nil && !errors.Is(err, os.ErrPermission) { // another user's
			return fmt.Errorf("removing an old test cluster: %w", err)
		}
	}
	return nil
}

func abandoned(dir string) bool {
	f, err := os.Open(filepath.Join(dir, "cluster.lock"))
	if err != nil {
		info, err := os.Stat(dir) // being made right now, or never got as far as the lock
		return err == nil && time.Since(info.ModTime()) > time.Hour
	}
	defer f.Close()
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return false
	}
	_, err = os.Stat(filepath.Join(dir, "postgres", "postmaster.pid"))
	return errors.Is(err, os.ErrNotExist) || postmasterDead(filepath.Join(dir, "postgres", "postmaster.pid"))
}

// postmasterDead is true when the process named in the file is gone (it was killed and could not remove the file).
func postmasterDead(path string) bool {
	raw, err := os.ReadFile(path)
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	return err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

// sweepDatabases drops clones older than an hour on a server that lives longer than one test process.
func sweepDatabases(ctx context.Context, admin *pgx.Conn) error {
	rows, err := admin.Query(ctx, `select datname from pg_database where datname ~ '^t_[0-9]+_'`)
	if err != nil {
		return fmt.Errorf("looking for old test databases: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("looking for old test databases: %w", err)
	}
	for _, name := range found {
		seconds, err := strconv.ParseInt(strings.Split(name, "_")[1], 10, 64)
		if err != nil || time.Since(time.Unix(seconds, 0)) < time.Hour {
			continue
		}
		if _, err := admin.Exec(ctx, "drop database if exists "+pgx.Identifier{name}.Sanitize()+" with (force)"); err != nil {
			return fmt.Errorf("dropping old test database %s: %w", name, err)
		}
	}
	return nil
}
