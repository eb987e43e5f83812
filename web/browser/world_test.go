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
	"strings"
	"syscall"
	"testing"
	"time"

	"seteli/web/browser"
)

// world is the program as people start it, with demo data; one for all tests of the package. SETELI_AT names one that runs already,
// for work on the tests.
var world = struct {
	base string
	err  error
}{}

func TestMain(m *testing.M) { os.Exit(withWorld(m)) }

func withWorld(m *testing.M) int {
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
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Minute)
	defer stop()
	var program *exec.Cmd
	program, world.base, world.err = startProgram(ctx, dir)
	code := m.Run()
	if program != nil {
		_ = program.Process.Signal(syscall.SIGTERM)
		if err := program.Wait(); err != nil {
			fmt.Fprintln(os.Stderr, "the program ended with", err)
			code = 1
		}
	}
	return code
}

// startProgram builds the program and its demo, and waits until it answers.
func startProgram(ctx context.Context, dir string) (*exec.Cmd, string, error) {
	binary := filepath.Join(dir, "seteli")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "seteli/cmd/seteli").CombinedOutput(); err != nil {
		return nil, "", fmt.Errorf("building: %w\n%s", err, out)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		return nil, "", err
	}
	base := "http://" + address
	program := exec.Command(binary, "demo", "--data-dir", filepath.Join(dir, "data"), "--listen", address, "--public-url", base)
	program.Env = append(os.Environ(), "DATABASE_URL=", "DATABASE_OWNER_URL=")
	program.Stderr = os.Stderr
	out, err := program.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := program.Start(); err != nil {
		return nil, "", err
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
			return nil, "", fmt.Errorf("the program ended before it was open: %w", program.Wait())
		}
	case <-ctx.Done():
		_ = program.Process.Kill()
		return nil, "", ctx.Err()
	}
	answer, err := http.Get(base + "/fi/")
	if err == nil {
		err = answer.Body.Close()
	}
	return program, base, err
}

// stage is a browser in front of the world.
type stage struct {
	t *testing.T
	b *browser.Browser
}

func open(t *testing.T) stage {
	t.Helper()
	if world.err != nil {
		t.Fatal(world.err)
	}
	return stage{t, browser.Start(t)}
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
