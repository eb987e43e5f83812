package postgres_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/platform/postgres"
)

// archived waits until everything written so far lies in the archive.
func archived(t *testing.T, conn *pgx.Conn, archive string) {
	t.Helper()
	var piece string
	must(t, conn.QueryRow(t.Context(), `select pg_walfile_name(pg_switch_wal())`).Scan(&piece))
	for range 600 {
		if _, err := os.Stat(filepath.Join(archive, piece+".gz")); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s did not come into the archive", piece)
}

func TestRestoreToAMomentKeepsWhatWasCommittedUntilThenAndNothingLater(t *testing.T) {
	t.Parallel()
	dir, set := place(t), place(t)
	archive := filepath.Join(set, "it's 100 % the archive")
	c := begin(t, postgres.ClusterConfig{Dir: dir, Archive: archive})
	conn, err := pgx.Connect(t.Context(), c.URL(postgres.Admin, ""))
	must(t, err)
	defer conn.Close(t.Context())
	write := func(n int) (at time.Time) {
		t.Helper()
		_, err := conn.Exec(t.Context(), `insert into kept values ($1)`, n)
		must(t, err)
		must(t, conn.QueryRow(t.Context(), `select clock_timestamp()`).Scan(&at))
		return at
	}
	_, err = conn.Exec(t.Context(), `create table kept (n int primary key)`)
	must(t, err)
	before := write(1)
	base := filepath.Join(set, "base")
	must(t, c.Backup(t.Context(), base))
	write(2)
	moment := write(3)
	after := write(4)
	archived(t, conn, archive)
	if h, err := c.Health(t.Context(), set); err != nil || h.Archive == "" || h.Archive == "failing" {
		t.Errorf("health of the archive: %q, %v", h.Archive, err)
	}

	back := filepath.Join(set, "back")
	cfg := postgres.ClusterConfig{Dir: back, Fast: true}
	must(t, postgres.RestoreUntil(t.Context(), cfg, base, archive, moment))
	restored := begin(t, postgres.ClusterConfig{Dir: back})
	if got := ask[string](t, restored, `select string_agg(n::text, ',' order by n) from kept`); got != "1,2,3" {
		t.Errorf("restored to the third row: %s", got)
	}
	if ask[bool](t, restored, `select pg_is_in_recovery()`) {
		t.Error("the restored cluster takes no writing")
	}
	wantCode(t, postgres.RestoreUntil(t.Context(), cfg, base, archive, moment), "PG-041")

	for name, at := range map[string]time.Time{"early": before.Add(-time.Minute), "late": after.Add(time.Hour)} {
		dir := filepath.Join(set, name)
		wantCode(t, postgres.RestoreUntil(t.Context(), postgres.ClusterConfig{Dir: dir, Fast: true}, base, archive, at), "PG-043")
		if _, err := os.Stat(filepath.Join(dir, "postgres")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: half a cluster stays behind", name)
		}
	}
}
