// Package reliability kills the program, its database and its jobs in the middle of their work and looks at what is left. It knows
// the invariants of the whole (doc/reliability.md); each package tests its own laws itself.
package reliability_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"seteli/api"
	"seteli/core/calendar"
	"seteli/domain/event"
	"seteli/domain/offer"
	"seteli/domain/rulebook/method"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// part tells a fresh process of this test program which part of the real one it plays, so that it can be killed without the test.
const part = "SETELI_RELIABILITY_PART"

func TestMain(m *testing.M) {
	parts := map[string]func(context.Context) error{"serve": serve, "import": importFile, "settle": settle}
	play := parts[os.Getenv(part)]
	if play == nil {
		os.Exit(m.Run())
	}
	if err := play(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// long tells whether the full forms run.
func long() bool { return os.Getenv("SETELI_LONG") != "" }

// times gives the number of kills: the short form, or the full one.
func times(short, full int) int {
	if long() {
		return full
	}
	return short
}

// open connects as the program does, on the day of the tests.
func open(ctx context.Context) (*postgres.DB, error) {
	return postgres.Open(ctx, postgres.Config{URL: os.Getenv("SETELI_RELIABILITY_URL"), Clock: calendar.Noon(postgrestest.Today)})
}

// serve answers the API on an address that it prints, until it is killed.
func serve(ctx context.Context) error {
	db, err := open(ctx)
	if err != nil {
		return err
	}
	texts, err := i18n.Load()
	if err != nil {
		return err
	}
	programs := api.New(api.Deps{DB: db, Texts: texts, Clock: calendar.Noon(postgrestest.Today), Desk: event.NewDesk(db), Board: offer.NewBoard(db), Models: method.All(), Random: rand.Reader,
		Log: slog.New(slog.DiscardHandler), PerSecond: math.MaxInt32, Burst: math.MaxInt32})
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return (&http.Server{Handler: programs.Handler(), ReadHeaderTimeout: time.Minute}).Serve(l)
}

// importFile imports the file of the environment and prints what came of it.
func importFile(ctx context.Context) error {
	db, err := open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	f, err := os.Open(os.Getenv("SETELI_RELIABILITY_FILE"))
	if err != nil {
		return err
	}
	fmt.Println("importing")
	p, err := event.ImportFile(ctx, db, access.System("test", 0), "tapahtumat.csv", f, event.ImportOptions{Provider: number("SETELI_RELIABILITY_PROVIDER")}, nil)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	_, err = fmt.Printf("%d %d %d\n", p.Counts.Accepted, p.Counts.Rejected, p.Counts.Repeated)
	return err
}

func number(variable string) (n int64) {
	if _, err := fmt.Sscan(os.Getenv(variable), &n); err != nil {
		panic(variable + " is no number")
	}
	return n
}

// child is a killable process that plays a part.
type child struct {
	cmd    *exec.Cmd
	out    *bufio.Reader
	errors *strings.Builder
}

func start(t *testing.T, play, url string, env ...string) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: exec.Command(self), errors: &strings.Builder{}}
	c.cmd.Env = append(os.Environ(), append(env, part+"="+play, "SETELI_RELIABILITY_URL="+url)...)
	c.cmd.Stderr = c.errors
	pipe, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewReader(pipe)
	t.Cleanup(func() { c.kill(t) })
	return c
}

// line reads the next line that the process prints; "" when it has ended.
func (c *child) line(t *testing.T) string {
	t.Helper()
	s, err := c.out.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrClosed) {
		t.Fatalf("%v: %s", err, c.errors)
	}
	return strings.TrimSpace(s)
}

// kill ends the process as kill -9 does. One that has ended already is left alone.
func (c *child) kill(t *testing.T) {
	t.Helper()
	if c.cmd.ProcessState != nil {
		return
	}
	if err := c.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	err := c.cmd.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) && !errors.Is(err, os.ErrClosed) {
		t.Fatal(err)
	}
}

// wait lets the process end by itself.
func (c *child) wait(t *testing.T) {
	t.Helper()
	if err := c.cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, c.errors)
	}
}
