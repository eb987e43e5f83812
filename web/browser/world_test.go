package browser_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"seteli/web/browser"
)

// world is the program as people start it, with demo data, and one browser before it; both for all tests of the package. SETELI_AT names
// a program that runs already, for work on the tests.
var world = struct {
	*house
	base    string
	err     error
	browser *browser.Browser
}{}

func TestMain(m *testing.M) {
	code := withWorld(m)
	if err := writeUndecided(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withWorld(m *testing.M) int {
	files, err := os.MkdirTemp("", "seteli-browser-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(files) }()
	var leave func()
	if world.browser, leave, world.err = browser.Launch(files); world.err != nil {
		return m.Run() // each test says why
	}
	defer leave()
	if world.base = os.Getenv("SETELI_AT"); world.base != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "seteli-walk-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // as root the database runs as another user, who passes through
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
	defer stop()
	world.house, world.err = found(ctx, dir)
	if world.err == nil {
		world.base = "http://" + world.address
	}
	code := m.Run()
	if world.house != nil {
		if err := world.close(); err != nil {
			fmt.Fprintln(os.Stderr, "the program ended with", err)
			code = 1
		}
	}
	return code
}

// house is a program that runs on a directory of its own. A copy of the directory as it was first brings its first day back.
type house struct {
	dir, address string
	program      *exec.Cmd
}

// found builds the program and its demo, and waits until it answers.
func found(ctx context.Context, dir string) (*house, error) {
	h := &house{dir: dir}
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(dir, "seteli"), "seteli/cmd/seteli").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building: %w\n%s", err, out)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	h.address = free.Addr().String()
	if err := free.Close(); err != nil {
		return nil, err
	}
	if err := h.open(ctx); err != nil {
		return nil, err
	}
	if !long() {
		return h, nil
	}
	if err := h.close(); err != nil {
		return nil, err
	}
	if err := h.copy("data", "first"); err != nil {
		return nil, err
	}
	return h, h.open(ctx)
}

// fresh puts the demo back to its first day, so that a journey finds what the one before has used up.
func (h *house) fresh(ctx context.Context) error {
	if err := h.close(); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(h.dir, "data")); err != nil {
		return err
	}
	if err := h.copy("first", "data"); err != nil {
		return err
	}
	return h.open(ctx)
}

// copy takes owners and modes along: the database's files are another user's when we are root.
func (h *house) copy(from, to string) error {
	if out, err := exec.Command("cp", "-Rp", filepath.Join(h.dir, from), filepath.Join(h.dir, to)).CombinedOutput(); err != nil {
		return fmt.Errorf("copying the world: %w\n%s", err, out)
	}
	return nil
}

// close ends the program and its database in order.
func (h *house) close() error {
	if err := h.program.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return h.program.Wait()
}

// open starts the program and waits until it answers.
func (h *house) open(ctx context.Context) error {
	base := "http://" + h.address
	h.program = exec.Command(filepath.Join(h.dir, "seteli"), "demo", "--data-dir", filepath.Join(h.dir, "data"), "--listen", h.address, "--public-url", base)
	h.program.Env = slices.DeleteFunc(os.Environ(), func(entry string) bool { // the tests' own settings would stop it
		return strings.HasPrefix(entry, "SETELI_") && !strings.HasPrefix(entry, "SETELI_PG_")
	})
	h.program.Env = append(h.program.Env, "DATABASE_URL=", "DATABASE_OWNER_URL=")
	h.program.Stderr = os.Stderr
	out, err := h.program.StdoutPipe()
	if err != nil {
		return err
	}
	if err := h.program.Start(); err != nil {
		return err
	}
	open := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "Seteli is open") {
				open <- true
			}
		}
		close(open)
	}()
	select {
	case ok := <-open:
		if !ok {
			return fmt.Errorf("the program ended before it was open: %w", h.program.Wait())
		}
	case <-ctx.Done():
		_ = h.program.Process.Kill()
		return ctx.Err()
	}
	answer, err := http.Get(base + "/fi/")
	if err == nil {
		err = answer.Body.Close()
	}
	return err
}

// stage is the browser in front of the world, for one test.
type stage struct {
	t *testing.T
	b *browser.Browser
}

func open(t *testing.T) stage {
	t.Helper()
	if world.err != nil {
		t.Fatal(world.err)
	}
	return stage{t, world.browser}
}

// as signs somebody in at the stand-in identity provider and leaves them at their first page.
func (s stage) as(name, lang string, view browser.View) *browser.Person {
	s.t.Helper()
	p := s.b.Visitor(s.t, world.base, view)
	p.Go("/" + lang + "/sign-in/start")
	if !p.Holds(name) { // the page lists the first people only
		p.Go(p.Path() + "&search=" + url.QueryEscape(name))
	}
	p.Press(name)
	return p
}

func long() bool { return os.Getenv("SETELI_LONG") != "" }
