package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// The write-ahead log is copied piece by piece to a directory outside the cluster, best on another machine's disk: with a physical
// copy (Backup) from before, the cluster can be brought to any moment after it. A piece is copied when it is full and at least once a
// minute when anything was written, so a lost machine loses at most about a minute.
const archiveTimeout = "60s"

// archiveSettings are those of a cluster that copies its log to dir. The piece gets its name only when it is whole and on disk;
// one that is there already is compared, because PostgreSQL asks again when it did not hear the answer. Most pieces are nearly
// empty, so they are packed.
func archiveSettings(dir string) map[string]string {
	quoted := shellQuote(dir)
	return map[string]string{
		"archive_mode":    "on",
		"archive_timeout": archiveTimeout,
		"archive_command": `f=` + quoted + `/%f.gz; if test -f "$f"; then gzip -dc "$f" | cmp -s - %p; ` +
			`else gzip -c %p > "$f.part" && sync "$f.part" && mv "$f.part" "$f" && sync ` + quoted + `; fi`,
	}
}

// shellQuote makes a word of the shell that PostgreSQL, which reads % as its own sign, leaves alone.
func shellQuote(s string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(s, "'", `'\''`), "%", "%%") + "'"
}

// prepareArchive makes the directory and gives it to the user that PostgreSQL runs as.
func (c *Cluster) prepareArchive() error {
	dir, err := filepath.Abs(c.cfg.Archive)
	if err != nil {
		return fmt.Errorf("resolving %s: %w", c.cfg.Archive, err)
	}
	c.cfg.Archive = dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the archive of the log: %w", err)
	}
	if c.runAs.credential != nil && ownerOf(dir) != c.runAs.name {
		if err := c.runAs.own(dir); err != nil {
			return err
		}
	}
	return c.runAs.mustReach(dir)
}

// recovery is how a copy is brought to a moment.
type recovery struct {
	archive string
	until   time.Time
}

// settings let nobody in before the moment is reached; then the cluster goes on as a new line of history.
func (r *recovery) settings() map[string]string {
	dir := shellQuote(r.archive)
	return map[string]string{
		"hot_standby":            "off",
		"restore_command":        `test -f ` + dir + `/%f.gz && gzip -dc ` + dir + `/%f.gz > %p`,
		"recovery_target_time":   r.until.UTC().Format("2006-01-02 15:04:05.999999+00"),
		"recovery_target_action": "promote",
	}
}

// RestoreUntil makes a cluster in cfg.Dir, which must hold none, from a copy that Backup made and the archive of the log, as it was at
// the moment: all that was committed until then and nothing later. PG-043 when copy and archive do not reach the moment; the directory is
// free again then. The cluster is stopped when it is whole.
func RestoreUntil(ctx context.Context, cfg ClusterConfig, base, archive string, until time.Time) error {
	archive, err := filepath.Abs(archive)
	if err != nil {
		return fmt.Errorf("resolving %s: %w", archive, err)
	}
	cfg.Archive = "" // a copy must not write into the archive that it is made from
	c, err := newCluster(cfg)
	if err != nil {
		return err
	}
	if err := mustBeEmpty(c.data); err != nil {
		return err
	}
	if err := os.MkdirAll(c.cfg.Dir, 0o711); err != nil {
		return fmt.Errorf("making the data directory: %w", err)
	}
	if c.lock, err = takeLock(filepath.Join(c.cfg.Dir, "cluster.lock")); err != nil {
		return err
	}
	c.recovery = &recovery{archive, until}
	if err = reaches(base, until); err == nil {
		err = c.copyOf(base)
	}
	if err == nil {
		err = c.start(ctx)
	}
	if err != nil {
		return errors.Join(ErrMoment.With("until", until.UTC().Format(time.RFC3339)).Because(err), c.release(ctx), os.RemoveAll(c.data))
	}
	return c.Stop(context.WithoutCancel(ctx))
}

var copyBegan = regexp.MustCompile(`(?m)^START TIME: (.+)$`)

// reaches refuses a moment before the copy was begun: PostgreSQL would stop at the first commit after the copy, which holds more.
// What was committed while the copy was made PostgreSQL refuses itself.
func reaches(base string, until time.Time) error {
	label, err := os.ReadFile(filepath.Join(base, "postgres", "backup_label"))
	if err != nil {
		return fmt.Errorf("reading when the copy was made: %w", err)
	}
	found := copyBegan.FindSubmatch(label)
	if found == nil {
		return fmt.Errorf("%s does not tell when the copy was made", base)
	}
	began, err := time.Parse("2006-01-02 15:04:05 MST", string(found[1]))
	if err != nil {
		return fmt.Errorf("reading when the copy was made: %w", err)
	}
	if until.Before(began) {
		return fmt.Errorf("the copy was begun at %s, after the moment", began.Format(time.RFC3339))
	}
	return nil
}

// copyOf brings the copy to its place, with the passwords that belong to it, and marks it for recovery.
func (c *Cluster) copyOf(base string) error {
	if err := os.CopyFS(c.data, os.DirFS(filepath.Join(base, "postgres"))); err != nil {
		return fmt.Errorf("copying %s: %w", base, err)
	}
	if err := os.Chmod(c.data, 0o700); err != nil { //nolint:gosec // a directory
		return fmt.Errorf("closing %s: %w", c.data, err)
	}
	secrets := filepath.Join(c.cfg.Dir, "secrets")
	if err := os.MkdirAll(secrets, 0o700); err != nil {
		return fmt.Errorf("making the directory of secrets: %w", err)
	}
	for _, role := range []string{Admin, Owner, App, Reader} {
		if err := copyFile(filepath.Join(base, "secrets", "postgres-"+role), filepath.Join(secrets, "postgres-"+role)); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(c.data, "recovery.signal"), nil, 0o600)
}
