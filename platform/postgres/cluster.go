package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The roles, and the database that the program keeps in its own cluster.
const (
	Admin    = "seteli_admin" // superuser: roles, databases, extensions, dumps; never serves
	Owner    = "seteli_owner" // owns the schema; migrations only
	App      = "seteli_app"   // the program
	Reader   = "seteli_read"  // statistics and the shell
	Database = "seteli"
)

const (
	readyPoll  = 5 * time.Millisecond
	readyLimit = 60 * time.Second
	stopLimit  = 30 * time.Second
	// A month of log is played back in hours; it says how long it has been at it.
	recoveryLimit = 24 * time.Hour
	socketName    = "/.s.PGSQL.5432"
	socketMax     = 107 // bytes in sun_path without the closing zero
)

// ClusterConfig says where the private cluster lives.
// Dir holds postgres/ (the data), secrets/, run/ (the socket), postgres.log and cluster.lock.
type ClusterConfig struct {
	Dir     string
	Bin     string    // directory of the PostgreSQL programs; "" = find them
	Archive string    // directory that gets every piece of the write-ahead log, see RestoreUntil; "" = none
	Fast    bool      // no flush to disk: tests only, a power cut loses everything
	Log     io.Writer // progress for people, one line each; nil = none
}

// Cluster is a running private PostgreSQL.
type Cluster struct {
	cfg    ClusterConfig
	bin    binaries
	data   string // absolute, PostgreSQL's own directory
	socket string // directory of the Unix socket
	runAs  *account
	lock   *os.File // nil when we only attached to somebody else's

	passwords map[string]string
	recovery  *recovery // nil unless a copy is being brought to a moment

	mu       sync.Mutex
	process  *os.Process
	ready    bool // has served once: from then on it is started again whatever ended it
	stopping bool
	exit     error
	restarts int           // unexpected ends in a row
	done     chan struct{} // closed when PostgreSQL has ended for good
}

// StartCluster makes the cluster at first, starts it, waits until it answers, and makes sure that roles, database and
// extensions exist. Faults PG-001 … PG-014 say what stands in the way and what to do.
func StartCluster(ctx context.Context, cfg ClusterConfig) (*Cluster, error) {
	c, err := newCluster(cfg)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.cfg.Dir, 0o711); err != nil {
		return nil, fmt.Errorf("making the data directory: %w", err)
	}
	if c.lock, err = takeLock(filepath.Join(c.cfg.Dir, "cluster.lock")); err != nil {
		return nil, err
	}
	if err := c.start(ctx); err != nil {
		err = errors.Join(err, c.release(ctx))
		return nil, err
	}
	return c, nil
}

// release gives up a start half way: PostgreSQL is stopped when it runs, and the lock is given back.
func (c *Cluster) release(ctx context.Context) error {
	c.mu.Lock()
	running := c.process != nil
	c.mu.Unlock()
	if running {
		return c.Stop(context.WithoutCancel(ctx))
	}
	return c.lock.Close()
}

func newCluster(cfg ClusterConfig) (*Cluster, error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("resolving %s: %w", cfg.Dir, err)
	}
	cfg.Dir = dir
	if cfg.Log == nil {
		cfg.Log = io.Discard
	}
	return &Cluster{cfg: cfg, data: filepath.Join(dir, "postgres"), done: make(chan struct{})}, nil
}

func (c *Cluster) start(ctx context.Context) error {
	if err := checkDisk(c.cfg.Dir); err != nil {
		return err
	}
	major, err := c.existingMajor()
	if err != nil {
		return err
	}
	if c.bin, err = findBinaries(c.cfg.Bin, major); err != nil {
		return err
	}
	if c.runAs, err = accountFor(c.data); err != nil {
		return err
	}
	if err := c.runAs.mustReach(c.cfg.Dir); err != nil {
		return err
	}
	if c.passwords, err = readPasswords(filepath.Join(c.cfg.Dir, "secrets"), major == 0); err != nil {
		return err
	}
	if major == 0 {
		if err := c.initialise(ctx); err != nil {
			return err
		}
	} else {
		if err := c.stopOrphan(); err != nil {
			return err
		}
		if ownerOf(c.data) != c.runAs.name { // a backup copied back by root
			if err := c.runAs.own(c.data); err != nil {
				return err
			}
		}
	}
	if err := c.chooseSocket(); err != nil {
		return err
	}
	if c.cfg.Archive != "" {
		if err := c.prepareArchive(); err != nil {
			return err
		}
	}
	if err := c.launch(); err != nil {
		return err
	}
	if err := c.waitReady(ctx); err != nil {
		return err
	}
	return c.bootstrap(ctx)
}

// existingMajor is the version the data was made with, 0 when there is none yet.
// A directory with anything else in it is never initialised over.
func (c *Cluster) existingMajor() (int, error) {
	raw, err := os.ReadFile(filepath.Join(c.data, "PG_VERSION"))
	if err == nil {
		return majorOf(string(raw))
	}
	if !errors.Is(err, os.ErrNotExist) {
		return 0, fmt.Errorf("reading the version of the data: %w", err)
	}
	entries, err := os.ReadDir(c.data)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, fmt.Errorf("looking into the data directory: %w", err)
	}
	if len(entries) > 0 {
		return 0, ErrForeignData.With("path", c.data)
	}
	return 0, nil
}

// takeLock makes this process the only one that owns the directory. The lock ends with the process, so a file left
// behind means nothing; the pid in it is for the message only.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening the lock: %w", err)
	}
	if err := flockSoon(f); err != nil {
		pid, readErr := io.ReadAll(io.LimitReader(f, 20))
		err = errors.Join(err, readErr, f.Close())
		return nil, ErrTaken.With("pid", strings.TrimSpace(string(pid))).With("path", filepath.Dir(path)).Because(err)
	}
	err = f.Truncate(0)
	if err == nil {
		_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("writing the lock: %w", err), f.Close())
	}
	return f, nil
}

// flockSoon tries for half a second: a program that this process is just starting holds a copy of every open file for the moment
// between fork and exec, a lock that was given up in that moment among them.
func flockSoon(f *os.File) (err error) {
	for range 20 {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == nil || !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		time.Sleep(25 * time.Millisecond)
	}
	return err
}

// chooseSocket takes run/ beside the data (0700, so nobody else can connect; inside the data it would travel with backups), or a
// private directory under the runtime directory when the path would be longer than a socket address can be.
// A note in DATA/socket tells the tools about the second.
func (c *Cluster) chooseSocket() error {
	note := filepath.Join(c.data, "socket")
	if dir := c.runDir(); len(dir)+len(socketName) <= socketMax {
		c.socket = dir
		if err := os.Remove(note); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("removing the old socket note: %w", err)
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("making a directory for the socket: %w", err)
		}
		return c.runAs.own(dir)
	}
	base := os.Getenv("XDG_RUNTIME_DIR")
	if base == "" || c.runAs.credential != nil {
		base = os.TempDir() // root's runtime directory is closed to the account that PostgreSQL runs as
	}
	dir, err := os.MkdirTemp(base, "seteli-")
	if err != nil {
		return fmt.Errorf("making a directory for the socket: %w", err)
	}
	if err := c.runAs.own(dir); err != nil {
		return err
	}
	if err := os.WriteFile(note, []byte(dir), 0o600); err != nil {
		return fmt.Errorf("noting where the socket is: %w", err)
	}
	c.socket = dir
	return c.runAs.own(note)
}

func (c *Cluster) runDir() string { return filepath.Join(c.cfg.Dir, "run") }

// waitReady tries to connect until the server answers. Recovery after a crash is progress, not an error.
func (c *Cluster) waitReady(ctx context.Context) error {
	limit := readyLimit
	if c.recovery != nil {
		limit = recoveryLimit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	began, told := time.Now(), time.Duration(0) // measuring a duration, not the calendar
	for {
		conn, err := pgx.Connect(ctx, c.URL(Admin, "postgres"))
		if err == nil {
			c.mu.Lock()
			c.ready = true
			c.mu.Unlock()
			return conn.Close(ctx)
		}
		if code := SQLState(err); code != "" && code != "57P03" {
			return ErrStart.With("log", c.logTail()).Because(err) // it answered, and refused: waiting does not help
		}
		if waited := time.Since(began); waited-told > 2*time.Second {
			told = waited
			c.say("PostgreSQL is recovering or starting (%d s)", int(waited.Seconds()))
		}
		select {
		case <-c.done:
			return ErrStart.With("log", c.logTail()).Because(c.exit)
		case <-ctx.Done():
			return ErrStart.With("log", c.logTail()).Because(errors.Join(ctx.Err(), err))
		case <-time.After(readyPoll):
		}
	}
}

// URL is the connection string of a role; empty database = the program's own.
func (c *Cluster) URL(role, database string) string {
	if database == "" {
		database = Database
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(role, c.passwords[role]), Path: "/" + database}
	// PostgreSQL reads a plus sign as itself: a space in the directory's name must be written as %20.
	u.RawQuery = "host=" + strings.ReplaceAll(url.QueryEscape(c.socket), "+", "%20") + "&port=5432&sslmode=disable"
	return u.String()
}

// Attach gives the addresses of the cluster that another process runs in dir, for shells, backups and exports.
// Stop of an attached cluster stops nothing.
func Attach(ctx context.Context, cfg ClusterConfig) (*Cluster, error) {
	c, err := newCluster(cfg)
	if err != nil {
		return nil, err
	}
	major, err := c.existingMajor()
	if err != nil {
		return nil, err
	}
	if c.bin, err = findBinaries(c.cfg.Bin, major); err != nil {
		return nil, err
	}
	if c.passwords, err = readPasswords(filepath.Join(c.cfg.Dir, "secrets"), false); err != nil {
		return nil, err
	}
	c.socket = c.runDir()
	if note, err := os.ReadFile(filepath.Join(c.data, "socket")); err == nil {
		c.socket = strings.TrimSpace(string(note))
	}
	conn, err := pgx.Connect(ctx, c.URL(Admin, "postgres"))
	if err != nil {
		return nil, ErrConnect.Because(err)
	}
	return c, conn.Close(ctx)
}

func (c *Cluster) say(format string, args ...any) { fmt.Fprintf(c.cfg.Log, format+"\n", args...) }

// SQLState is the five-character code of a server error in err, "" when there is none.
func SQLState(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}
