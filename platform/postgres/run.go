package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	logLimit     = 16 << 20 // bytes of postgres.log before it becomes postgres.log.1
	logLines     = 20
	restartLimit = 5           // unexpected ends in a row, after which the cluster stays down
	steadyAfter  = time.Minute // one that ran so long was no failed start: the row begins anew
)

// launch starts PostgreSQL on a goroutine that keeps its thread until PostgreSQL ends. The death signal is sent when the
// *thread* that forked ends, and Go ends threads at will: without the lock PostgreSQL would be stopped at random.
func (c *Cluster) launch() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		c.supervise(started)
	}()
	return <-started
}

// supervise runs PostgreSQL, and again when it ended by itself: somebody killed it, or memory ran out.
// What was committed is in its log, so a restart loses nothing.
func (c *Cluster) supervise(started chan<- error) {
	defer close(c.done)
	for {
		began := time.Now() // measuring a duration, not the calendar
		cmd, err := c.spawn()
		if started != nil {
			started <- err
			started = nil
		}
		if err == nil {
			err = cmd.Wait()
		}
		again, wait := c.startAgain(err, time.Since(began))
		if !again {
			return
		}
		c.say("PostgreSQL ended unexpectedly (%v); starting it again", err)
		time.Sleep(wait)
	}
}

// startAgain notes how PostgreSQL ended and tells whether to start it once more, and after how long. The first start of all is tried again
// only when what an earlier PostgreSQL left behind still holds the memory: whatever else hinders it, a person must mend.
func (c *Cluster) startAgain(err error, ran time.Duration) (again bool, wait time.Duration) {
	held := strings.Contains(c.logTail(), "pre-existing shared memory block")
	c.mu.Lock()
	defer c.mu.Unlock()
	c.exit = err
	c.restarts, wait = patience(c.restarts, ran)
	if c.stopping || !c.ready && !held || c.restarts > restartLimit {
		c.process = nil
		return false, 0
	}
	return true, wait
}

// patience counts an unexpected end after so many in a row, and says how long the next start waits: the children of a killed PostgreSQL let
// go of the shared memory meanwhile, which takes longer on a busy machine.
func patience(ends int, ran time.Duration) (now int, wait time.Duration) {
	if ran >= steadyAfter {
		ends = 0
	}
	return ends + 1, 200 * time.Millisecond << min(ends, restartLimit)
}

func (c *Cluster) spawn() (*exec.Cmd, error) {
	path := c.logPath()
	if err := rotate(path); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening PostgreSQL's log: %w", err)
	}
	cmd := exec.Command(c.bin.path("postgres"), append([]string{"-D", c.data}, c.settings()...)...)
	cmd.Dir, cmd.Env = "/", cleanEnvironment()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = diesWithUs(c.runAs.credential)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopping {
		return nil, errors.Join(errors.New("stopped while starting again"), log.Close())
	}
	if err := errors.Join(cmd.Start(), log.Close()); err != nil {
		return nil, ErrStart.With("log", "").Because(err)
	}
	c.process = cmd.Process
	return cmd, nil
}

// settings fit a small machine. They stand on the command line, so the data directory can be moved as it is.
func (c *Cluster) settings() []string {
	buffers := min(memory()/4, 2<<30)
	buffers = max(buffers, 128<<20)
	set := map[string]string{
		"listen_addresses":                    "",
		"unix_socket_directories":             c.socket,
		"unix_socket_permissions":             "0700",
		"port":                                "5432",
		"shared_buffers":                      strconv.FormatUint(buffers>>10, 10) + "kB",
		"max_connections":                     "60",
		"max_wal_size":                        "1GB",
		"wal_compression":                     "on",
		"timezone":                            "UTC",
		"log_timezone":                        "UTC",
		"log_line_prefix":                     "%m [%p] %q%u@%d ",
		"log_min_duration_statement":          "250ms",
		"log_parameter_max_length":            "0", // parameters are personal data; the log must hold none
		"log_parameter_max_length_on_error":   "0",
		"idle_in_transaction_session_timeout": "60s",
		// A table that was just filled is planned as if it were empty until its statistics are made: look often.
		"autovacuum_naptime":              "10s",
		"autovacuum_analyze_scale_factor": "0.05",
	}
	if c.cfg.Fast {
		set["fsync"], set["synchronous_commit"], set["full_page_writes"] = "off", "off", "off"
		set["shared_buffers"], set["max_connections"] = "128MB", "300"
		set["autovacuum"], set["checkpoint_timeout"] = "off", "1h"
		set["log_min_duration_statement"] = "-1"
	}
	if c.cfg.Archive != "" {
		maps.Copy(set, archiveSettings(c.cfg.Archive))
	}
	if c.recovery != nil {
		maps.Copy(set, c.recovery.settings())
	}
	var args []string
	for name, value := range set {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

// Stop ends PostgreSQL: fast shutdown, after 30 s immediate shutdown. PG-015 when it did not end cleanly.
// Close the pools first. An attached cluster is only forgotten.
func (c *Cluster) Stop(ctx context.Context) error {
	if c.lock == nil {
		return nil
	}
	c.mu.Lock()
	c.stopping = true
	process := c.process
	c.mu.Unlock()
	var err error
	if process != nil {
		err = c.end(ctx, process)
	}
	if err == nil && c.exit != nil {
		err = ErrUncleanStop.Because(c.exit)
	}
	if c.socket != "" && c.socket != c.runDir() {
		err = errors.Join(err, os.RemoveAll(c.socket))
	}
	return errors.Join(err, c.lock.Close())
}

func (c *Cluster) end(ctx context.Context, process *os.Process) error {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		if err := process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stopping PostgreSQL: %w", err)
		}
		select {
		case <-c.done:
			return nil
		case <-ctx.Done():
		case <-time.After(stopLimit):
		}
	}
	select {
	case <-c.done:
		return nil
	case <-time.After(stopLimit):
		return ErrUncleanStop.Because(errors.New("PostgreSQL does not answer to SIGQUIT"))
	}
}

// Done is closed when PostgreSQL has ended for good, also when it could not be kept running.
func (c *Cluster) Done() <-chan struct{} { return c.done }

// stopOrphan ends a postmaster that an earlier program left behind on this directory. A dead pid, or one that the system
// gave to something else, is left to PostgreSQL, which removes its own file. We never delete it and never SIGKILL.
func (c *Cluster) stopOrphan() error {
	pid := c.postmasterPID()
	if pid == 0 || !isPostmasterOf(commandLine(pid), c.data) {
		return nil
	}
	c.say("taking over from PostgreSQL process %d that was left running", pid)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return ErrOrphan.With("pid", pid).Because(err)
		}
		for deadline := time.Now().Add(stopLimit); time.Now().Before(deadline); time.Sleep(readyPoll) {
			if !isPostmasterOf(commandLine(pid), c.data) {
				return nil
			}
		}
	}
	return ErrOrphan.With("pid", pid)
}

// postmasterPID reads the first line of postmaster.pid; 0 when there is none.
func (c *Cluster) postmasterPID() int {
	raw, err := os.ReadFile(filepath.Join(c.data, "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid < 2 {
		return 0
	}
	return pid
}

func isPostmasterOf(args []string, data string) bool {
	if len(args) == 0 || filepath.Base(args[0]) != "postgres" {
		return false
	}
	i := slices.Index(args, "-D")
	return i > 0 && i+1 < len(args) && filepath.Clean(args[i+1]) == data
}

func (c *Cluster) logPath() string { return filepath.Join(c.cfg.Dir, "postgres.log") }

// rotate keeps one older log.
func rotate(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking at PostgreSQL's log: %w", err)
	}
	if info.Size() < logLimit {
		return nil
	}
	if err := os.Rename(path, path+".1"); err != nil {
		return fmt.Errorf("rotating PostgreSQL's log: %w", err)
	}
	return nil
}

// RotateLog is called by a daily job: a running PostgreSQL keeps its file open, so the text is copied and the file emptied.
func (c *Cluster) RotateLog() error {
	info, err := os.Stat(c.logPath())
	if err != nil {
		return fmt.Errorf("looking at PostgreSQL's log: %w", err)
	}
	if info.Size() < logLimit {
		return nil
	}
	if err := copyFile(c.logPath(), c.logPath()+".1"); err != nil {
		return err
	}
	if err := os.Truncate(c.logPath(), 0); err != nil { // it appends, so it goes on at the start
		return fmt.Errorf("emptying PostgreSQL's log: %w", err)
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copying: %w", err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("copying: %w", err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("copying %s: %w", from, err)
	}
	return nil
}

// logTail is the last lines of PostgreSQL's log: what an operator needs when the start failed.
func (c *Cluster) logTail() string {
	f, err := os.Open(c.logPath())
	if err != nil {
		return ""
	}
	defer f.Close()
	var lines []string
	for scan := bufio.NewScanner(f); scan.Scan(); {
		if lines = append(lines, scan.Text()); len(lines) > logLines {
			lines = lines[1:]
		}
	}
	return strings.Join(lines, "\n")
}
