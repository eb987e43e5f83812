package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/platform/postgres"
)

// The test binary starts itself again with this set, to own a cluster as a process that can be killed.
const childDir = "SETELI_CLUSTER_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(context.Background(), dir); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child owns the cluster, inserts numbers and acknowledges each on its output until it is killed.
func child(ctx context.Context, dir string) error {
	cluster, err := postgres.StartCluster(ctx, postgres.ClusterConfig{Dir: dir})
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, cluster.URL(postgres.Owner, ""))
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `create table if not exists ack (n int primary key)`); err != nil {
		return err
	}
	for n := 1; ; n++ {
		if _, err := conn.Exec(ctx, `insert into ack values ($1)`, n); err != nil {
			return err
		}
		fmt.Println("ack", n)
	}
}

// place is a directory that the account of PostgreSQL can reach (t.TempDir is closed to it), with a short path.
func place(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "seteli-test-")
	must(t, err)
	must(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func begin(t *testing.T, cfg postgres.ClusterConfig) *postgres.Cluster {
	t.Helper()
	cfg.Fast = true
	c, err := postgres.StartCluster(t.Context(), cfg)
	must(t, err)
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
	return c
}

func ask[T any](t *testing.T, c *postgres.Cluster, sql string) (v T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.URL(postgres.Admin, ""))
	must(t, err)
	defer conn.Close(context.Background())
	must(t, conn.QueryRow(t.Context(), sql).Scan(&v))
	return v
}

func postmaster(t *testing.T, dir string) int {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "postgres", "postmaster.pid"))
	must(t, err)
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(first)
	must(t, err)
	return pid
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

func TestNewClusterIsMadeAsWritten(t *testing.T) {
	t.Parallel()
	dir := place(t)
	c := begin(t, postgres.ClusterConfig{Dir: dir})
	for sql, want := range map[string]string{
		`show data_checksums`:          "on",
		`show server_encoding`:         "UTF8",
		`show listen_addresses`:        "",
		`show unix_socket_permissions`: "0700",
		`show timezone`:                "UTC",
		`select datlocprovider::text || ' ' || daticulocale from pg_database where datname = 'seteli'`:                                      "i fi-FI",
		`select pg_get_userbyid(datdba)::text from pg_database where datname = 'seteli'`:                                                    postgres.Owner,
		`select string_agg(extname, ',' order by extname) from pg_extension where extname <> 'plpgsql'`:                                     "btree_gist,pg_trgm",
		`select string_agg(w, ' ' order by w) from unnest('{zoo,öljy,åbo,äiti}'::text[]) w`:                                                 "zoo åbo äiti öljy",
		`select string_agg(rolname, ',' order by rolname) from pg_roles where rolname like 'seteli%' and not rolsuper and not rolbypassrls`: "seteli_app,seteli_owner,seteli_read",
		`select array_to_string(rolconfig, ',') from pg_roles where rolname = 'seteli_app'`:                                                 "lock_timeout=5s,statement_timeout=30s",
	} {
		if got := ask[string](t, c, sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "postgres.new")); !errors.Is(err, os.ErrNotExist) {
		t.Error("the half-made directory is still there")
	}
	for _, role := range []string{postgres.Admin, postgres.Owner, postgres.App, postgres.Reader} {
		info, err := os.Stat(filepath.Join(dir, "secrets", "postgres-"+role))
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("password of %s has mode %v", role, info.Mode())
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, ".first-*"))
	must(t, err)
	if len(left) > 0 {
		t.Error("the first password is still lying about")
	}
}

func TestSecondOwnerIsRefusedWithThePidOfTheFirst(t *testing.T) {
	t.Parallel()
	dir := place(t)
	c := begin(t, postgres.ClusterConfig{Dir: dir})
	_, err := postgres.StartCluster(t.Context(), postgres.ClusterConfig{Dir: dir, Fast: true})
	wantCode(t, err, "PG-003")
	if !strings.Contains(fmt.Sprintf("%+v", faultValues(err)), strconv.Itoa(os.Getpid())) {
		t.Errorf("the pid is not told: %v", faultValues(err))
	}
	other, err := postgres.Attach(t.Context(), postgres.ClusterConfig{Dir: dir})
	must(t, err)
	must(t, other.Stop(t.Context()))
	if got := ask[int](t, c, `select 1`); got != 1 {
		t.Error("an attached tool stopped the cluster")
	}
}

func TestStopIsCleanAndDataStays(t *testing.T) {
	t.Parallel()
	dir := place(t)
	c := begin(t, postgres.ClusterConfig{Dir: dir})
	conn, err := pgx.Connect(t.Context(), c.URL(postgres.Admin, ""))
	must(t, err)
	_, err = conn.Exec(t.Context(), `create table kept as select 'here' as word`)
	must(t, errors.Join(err, conn.Close(t.Context())))
	must(t, c.Stop(t.Context()))
	began := time.Now()
	again := begin(t, postgres.ClusterConfig{Dir: dir})
	t.Logf("second start took %v", time.Since(began))
	if got := ask[string](t, again, `select word from kept`); got != "here" {
		t.Error(got)
	}
}

func TestKilledFirstStartLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	dir := place(t)
	half := filepath.Join(dir, "postgres.new")
	must(t, os.Mkdir(half, 0o700))
	must(t, os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15\n"), 0o600))
	begin(t, postgres.ClusterConfig{Dir: dir})
}

func TestForeignFilesAreNotInitialisedOver(t *testing.T) {
	t.Parallel()
	dir := place(t)
	must(t, os.MkdirAll(filepath.Join(dir, "postgres"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "postgres", "diary.txt"), []byte("mine"), 0o600))
	_, err := postgres.StartCluster(t.Context(), postgres.ClusterConfig{Dir: dir, Fast: true})
	wantCode(t, err, "PG-013")
}

func TestOtherVersionIsRefusedAndUntouched(t *testing.T) {
	t.Parallel()
	dir := place(t)
	file := filepath.Join(dir, "postgres", "PG_VERSION")
	must(t, os.MkdirAll(filepath.Dir(file), 0o700))
	must(t, os.WriteFile(file, []byte("9\n"), 0o600))
	_, err := postgres.StartCluster(t.Context(), postgres.ClusterConfig{Dir: dir, Fast: true})
	wantCode(t, err, "PG-002")
	raw, err := os.ReadFile(file)
	must(t, err)
	if string(raw) != "9\n" {
		t.Error("the directory was changed")
	}
}

func TestMissingBinariesSayHowToInstall(t *testing.T) {
	t.Parallel()
	_, err := postgres.StartCluster(t.Context(), postgres.ClusterConfig{Dir: place(t), Bin: t.TempDir(), Fast: true})
	wantCode(t, err, "PG-001")
	if hint, ok := faultValues(err)["hint"].(string); !ok || !strings.Contains(hint, "install") {
		t.Errorf("no hint: %v", faultValues(err))
	}
}

func TestClosedParentIsNamed(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root runs PostgreSQL as somebody else")
	}
	dir := place(t)
	must(t, os.Chmod(dir, 0o700))
	_, err := postgres.StartCluster(t.Context(), postgres.ClusterConfig{Dir: filepath.Join(dir, "data"), Fast: true})
	wantCode(t, err, "PG-004")
	if faultValues(err)["path"] != dir {
		t.Errorf("%v", faultValues(err))
	}
}

func TestLostPasswordIsNamed(t *testing.T) {
	t.Parallel()
	dir := place(t)
	must(t, begin(t, postgres.ClusterConfig{Dir: dir}).Stop(t.Context()))
	must(t, os.Remove(filepath.Join(dir, "secrets", "postgres-seteli_app")))
	_, err := postgres.StartCluster(t.Context(), postgres.ClusterConfig{Dir: dir, Fast: true})
	wantCode(t, err, "PG-014")
}

func TestLongPathGetsASocketElsewhere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(place(t), strings.Repeat("long", 20))
	c := begin(t, postgres.ClusterConfig{Dir: dir})
	if got := ask[int](t, c, `select 1`); got != 1 {
		t.Fail()
	}
	other, err := postgres.Attach(t.Context(), postgres.ClusterConfig{Dir: dir}) // by the note in DATA/socket
	must(t, err)
	if ask[int](t, other, `select 2`) != 2 {
		t.Fail()
	}
}

func TestDirectoryMayHaveAnyName(t *testing.T) {
	t.Parallel()
	c := begin(t, postgres.ClusterConfig{Dir: filepath.Join(place(t), "ä 1+1 & 100%")})
	if got := ask[int](t, c, `select 1`); got != 1 {
		t.Fail()
	}
}

// R1 and the death signal: the owner is killed, PostgreSQL goes down with it, and nothing acknowledged is lost.
func TestPostgresDiesWithItsOwnerAndKeepsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	dir := place(t)
	for round := range 3 {
		acked, pid := killedOwner(t, dir)
		deadline := time.Now().Add(3 * time.Second)
		for alive(pid) && time.Now().Before(deadline) {
			time.Sleep(10 * time.Millisecond)
		}
		if alive(pid) {
			t.Fatalf("round %d: PostgreSQL %d outlived its owner", round, pid)
		}
		c, err := postgres.StartCluster(t.Context(), postgres.ClusterConfig{Dir: dir})
		must(t, err)
		if n := ask[int](t, c, `select count(*)::int from ack where n <= `+strconv.Itoa(acked)); n != acked {
			t.Errorf("round %d: %d of %d acknowledged rows", round, n, acked)
		}
		ask[int](t, c, `with gone as (delete from ack returning 1) select count(*)::int from gone`)
		must(t, c.Stop(t.Context()))
	}
}

// killedOwner runs a child until it has acknowledged some rows and kills it; it gives the last acknowledged number.
func killedOwner(t *testing.T, dir string) (acked, pid int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	for scan := bufio.NewScanner(out); scan.Scan(); {
		word, n, _ := strings.Cut(scan.Text(), " ")
		if word != "ack" {
			t.Fatalf("child: %s", scan.Text())
		}
		acked, err = strconv.Atoi(n)
		must(t, err)
		if acked == 60 {
			pid = postmaster(t, dir)
			must(t, cmd.Process.Kill())
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	if acked < 60 {
		t.Fatalf("only %d rows", acked)
	}
	return acked, pid
}

// R2: the postmaster itself is killed; it is started again and goes on.
func TestKilledPostmasterIsStartedAgain(t *testing.T) {
	t.Parallel()
	dir := place(t)
	c, err := postgres.StartCluster(t.Context(), postgres.ClusterConfig{Dir: dir})
	must(t, err)
	t.Cleanup(func() { must(t, c.Stop(context.Background())) })
	ask[string](t, c, `select pg_switch_wal()::text`)
	must(t, syscall.Kill(postmaster(t, dir), syscall.SIGKILL))
	deadline := time.Now().Add(30 * time.Second)
	for {
		conn, err := pgx.Connect(t.Context(), c.URL(postgres.App, ""))
		if err == nil {
			must(t, conn.Close(t.Context()))
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// An owner without death signal (another system, or an older program) leaves its PostgreSQL running.
func TestOrphanIsTakenOver(t *testing.T) {
	t.Parallel()
	dir := place(t)
	c := begin(t, postgres.ClusterConfig{Dir: dir})
	must(t, c.Stop(t.Context()))
	data := filepath.Join(dir, "postgres")
	info, err := os.Stat(data)
	must(t, err)
	stat := info.Sys().(*syscall.Stat_t)
	bin, err := exec.LookPath("postgres")
	must(t, err)
	bin, err = filepath.EvalSymlinks(bin)
	must(t, err)
	orphan := exec.Command(bin, "-D", data, "-c", "listen_addresses=", "-c", "unix_socket_directories="+data)
	orphan.Dir = "/"
	if os.Geteuid() == 0 {
		orphan.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: stat.Uid, Gid: stat.Gid}}
	}
	must(t, orphan.Start())
	ended := make(chan error, 1)
	go func() { ended <- orphan.Wait() }()
	for range 500 {
		if _, err := os.Stat(filepath.Join(data, "postmaster.pid")); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	next := begin(t, postgres.ClusterConfig{Dir: dir})
	select {
	case <-ended: //nolint:errcheck // how it ended does not matter, that it ended does
	case <-time.After(time.Second):
		t.Error("the orphan is still running")
	}
	if pid := postmaster(t, dir); pid == orphan.Process.Pid || ask[int](t, next, `select 1`) != 1 {
		t.Error("the orphan was not replaced")
	}
}

func TestStalePidFileDoesNotHinder(t *testing.T) {
	t.Parallel()
	dir := place(t)
	must(t, begin(t, postgres.ClusterConfig{Dir: dir}).Stop(t.Context()))
	data := filepath.Join(dir, "postgres")
	info, err := os.Stat(data)
	must(t, err)
	stat := info.Sys().(*syscall.Stat_t)
	// The pid now belongs to an innocent process: it must not be touched.
	innocent := exec.Command("sleep", "60")
	must(t, innocent.Start())
	t.Cleanup(func() { _ = innocent.Process.Kill(); _ = innocent.Wait() })
	pidFile := filepath.Join(data, "postmaster.pid")
	must(t, os.WriteFile(pidFile, []byte(fmt.Sprintf("%d\n%s\n1\n5432\n%s\n\n  1 2\n", innocent.Process.Pid, data, data)), 0o600))
	must(t, os.Chown(pidFile, int(stat.Uid), int(stat.Gid)))
	begin(t, postgres.ClusterConfig{Dir: dir})
	if !alive(innocent.Process.Pid) {
		t.Error("an innocent process was stopped")
	}
}

func TestBackupDumpRestoreAndUpgradeKeepEveryRow(t *testing.T) {
	t.Parallel()
	dir, set := place(t), place(t)
	c := begin(t, postgres.ClusterConfig{Dir: dir})
	conn, err := pgx.Connect(t.Context(), c.URL(postgres.Owner, ""))
	must(t, err)
	_, err = conn.Exec(t.Context(), `
		create table kept (organiser_id int not null, n int not null, primary key (organiser_id, n));
		alter table kept enable row level security; alter table kept force row level security;
		create policy owner_none on kept to seteli_owner using (n < 10) with check (true);
		insert into kept select 1, g from generate_series(1, 1000) g`)
	must(t, errors.Join(err, conn.Close(t.Context())))

	must(t, c.Backup(t.Context(), filepath.Join(set, "base")))
	wantCode(t, c.Backup(t.Context(), filepath.Join(set, "base")), "PG-041")
	copied := begin(t, postgres.ClusterConfig{Dir: filepath.Join(set, "base")})
	if n := ask[int](t, copied, `select count(*)::int from kept`); n != 1000 {
		t.Errorf("%d rows in the backup", n)
	}

	night := time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC)
	nights := filepath.Join(set, "nightly")
	var file string
	for i := range 4 {
		file, err = c.Nightly(t.Context(), nights, night.AddDate(0, 0, i), 2)
		must(t, err)
	}
	left, err := filepath.Glob(filepath.Join(nights, "*.dump"))
	must(t, err)
	health, err := c.Health(t.Context(), nights)
	must(t, err)
	if len(left) != 2 || !health.LastBackup.Equal(night.AddDate(0, 0, 3)) || !health.Checksums {
		t.Errorf("%d dumps, %s", len(left), health)
	}

	wantCode(t, c.Restore(t.Context(), file), "PG-041")
	empty := begin(t, postgres.ClusterConfig{Dir: filepath.Join(set, "empty")})
	must(t, empty.Restore(t.Context(), file))
	if n := ask[int](t, empty, `select count(*)::int from kept`); n != 1000 {
		t.Errorf("%d rows restored", n)
	}

	third := begin(t, postgres.ClusterConfig{Dir: filepath.Join(set, "third")})
	must(t, os.WriteFile(file+".counts", []byte(`{"public.kept": 1001}`), 0o600))
	wantCode(t, third.Restore(t.Context(), file), "PG-042")

	must(t, c.Stop(t.Context()))
	must(t, postgres.Upgrade(t.Context(), postgres.ClusterConfig{Dir: dir, Fast: true}, ""))
	if _, err := os.Stat(filepath.Join(dir, "postgres.15", "PG_VERSION")); err != nil {
		t.Error("the old cluster was not kept:", err)
	}
	moved := begin(t, postgres.ClusterConfig{Dir: dir})
	if n := ask[int](t, moved, `select count(*)::int from kept`); n != 1000 {
		t.Errorf("%d rows after the upgrade", n)
	}
}

func TestProgramServesFromItsOwnCluster(t *testing.T) {
	t.Parallel()
	c := begin(t, postgres.ClusterConfig{Dir: place(t)})
	db, err := postgres.Open(t.Context(), postgres.Config{URL: c.URL(postgres.App, ""), Clock: calendar.Wall{}})
	must(t, err)
	must(t, db.Ping(t.Context()))
	db.Close()
}
