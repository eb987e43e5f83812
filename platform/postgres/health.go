package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// BackupAge is the age at which the last backup turns the health page red.
const BackupAge = 26 * time.Hour

// Health is what an operator wants to see first.
type Health struct {
	Version    string
	Path       string
	Socket     string
	Bytes      int64 // of the program's database
	Free       uint64
	Checksums  bool
	Broken     int64     // pages whose checksum failed since the statistics were reset; anything but 0 pages somebody
	LastBackup time.Time // zero = none
	// Of the archive of the log: "" without one, "failing" when the last copy did not succeed, else when the last piece was copied.
	Archive string
}

// String is the line printed at start; technical, the same in every language.
func (h Health) String() string {
	last := "never"
	if !h.LastBackup.IsZero() {
		last = h.LastBackup.UTC().Format(time.RFC3339)
	}
	line := fmt.Sprintf("postgresql=%s path=%s socket=%s bytes=%d free=%d checksums=%t broken=%d backup=%s",
		h.Version, h.Path, h.Socket, h.Bytes, h.Free, h.Checksums, h.Broken, last)
	if h.Archive != "" {
		line += " archive=" + h.Archive
	}
	return line
}

// Health asks the cluster; backups is the directory of Nightly.
func (c *Cluster) Health(ctx context.Context, backups string) (h Health, err error) {
	h.Path, h.Socket = c.data, c.socket
	if h.Free, err = DiskFree(c.cfg.Dir); err != nil {
		return h, err
	}
	if h.LastBackup, err = LastDump(backups); err != nil {
		return h, err
	}
	conn, err := pgx.Connect(ctx, c.URL(Admin, Database))
	if err != nil {
		return h, ErrConnect.Because(err)
	}
	err = conn.QueryRow(ctx, `
		select current_setting('server_version'), pg_database_size(current_database()), current_setting('data_checksums') = 'on',
		       coalesce((select sum(checksum_failures) from pg_stat_database), 0)::bigint,
		       case when current_setting('archive_mode') = 'off' then ''
		            when last_failed_time > coalesce(last_archived_time, '-infinity') then 'failing'
		            else coalesce(to_char(last_archived_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'none') end
		from pg_stat_archiver`).
		Scan(&h.Version, &h.Bytes, &h.Checksums, &h.Broken, &h.Archive)
	if err = errors.Join(err, conn.Close(ctx)); err != nil {
		return h, fmt.Errorf("asking the health of the store: %w", err)
	}
	return h, nil
}

// Watch keeps db read-only while less than DiskStop is free under the cluster, until ctx ends. tell hears of each change and of
// little space, once per change.
func (c *Cluster) Watch(ctx context.Context, db *DB, every time.Duration, tell func(free uint64, readOnly bool)) {
	watchDisk(ctx, db, every, func() (uint64, error) { return DiskFree(c.cfg.Dir) }, tell)
}

func watchDisk(ctx context.Context, db *DB, every time.Duration, ask func() (uint64, error), tell func(uint64, bool)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	low := false
	for {
		// A question that fails changes nothing: a full disk is refused by PostgreSQL itself as well.
		if free, err := ask(); err == nil {
			stop, warn := free < DiskStop, free < DiskWarning
			if stop != db.ReadOnly() || warn != low {
				db.SetReadOnly(stop)
				low = warn
				tell(free, stop)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
