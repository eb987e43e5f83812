package guide_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var fence = regexp.MustCompile("(?ms)^```sh\n(.*?)^```")

// commands are the lines of a document's shell blocks.
func commands(text string) (list []string) {
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(m[1]) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				list = append(list, line)
			}
		}
	}
	return list
}

// scripted are the lines that the scripts run, without their "exec".
func scripted(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d scripts, %v", len(files), err)
	}
	var list []string
	for _, file := range files {
		for line := range strings.Lines(read(t, file)) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), " &")
			list = append(list, strings.TrimPrefix(line, "exec "))
		}
	}
	return list
}

func TestEveryCommandInADocumentIsRun(t *testing.T) {
	t.Parallel()
	run := scripted(t)
	makefile := read(t, "../Makefile")
	found := 0
	for _, file := range documents(t) {
		for _, c := range commands(read(t, file)) {
			found++
			if target, ok := strings.CutPrefix(c, "make "); ok && strings.Contains(makefile, "\n"+target+":") {
				continue
			}
			if !slices.Contains(run, c) {
				t.Errorf("%s: no script runs %q", file, c)
			}
		}
	}
	if found < 15 {
		t.Errorf("only %d commands found: the search is broken", found)
	}
}

var inline = regexp.MustCompile("`(seteli [a-z][^`]*)`")

func TestCommandsInASentenceExist(t *testing.T) {
	t.Parallel()
	run := scripted(t)
	for _, file := range documents(t) {
		for _, m := range inline.FindAllStringSubmatch(read(t, file), -1) {
			c := space.ReplaceAllString(m[1], " ")
			if !slices.ContainsFunc(run, func(line string) bool { return strings.HasPrefix(line, c) }) {
				t.Errorf("%s: no script runs anything that begins with %q", file, c)
			}
		}
	}
}

// built makes the program once, and gives the directory it lies in.
func built(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "seteli"), "../cmd/seteli").CombinedOutput()
	if err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	return dir
}

// TestScripts runs the documents' commands. Each script has its own data directory, and every address that the documents
// name is asked of the program that the script serves.
func TestScripts(t *testing.T) {
	t.Parallel()
	dir := built(t)
	pages := addresses(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			port, err := free()
			if err != nil {
				return err
			}
			e.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
			e.Setenv("LANG", "C")
			e.Setenv("ADDRESS", port)
			e.Values[visitor{}] = &visitor{}
			// Started as root the cluster runs as another user, who passes through.
			for d := e.WorkDir; d != filepath.Dir(d) && d != os.TempDir(); d = filepath.Dir(d) {
				if err := os.Chmod(d, 0o755); err != nil { //nolint:gosec // directories of this test
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"identity": identity, "signin": signIn, "page": page, "send": send,
			"pages": func(ts *testscript.TestScript, _ bool, args []string) { ts.Check(ask("http://"+args[0], pages)) },
		},
	})
}

func free() (string, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

var address = regexp.MustCompile("`(/(?:fi|sv|en)(?:/[a-z/.-]*)?)`")

// addresses are the pages that our documents name.
func addresses(t *testing.T) (list []string) {
	t.Helper()
	for _, file := range documents(t) {
		for _, m := range address.FindAllStringSubmatch(read(t, file), -1) {
			if !slices.Contains(list, m[1]) {
				list = append(list, m[1])
			}
		}
	}
	return list
}

// ask waits until the program answers, and asks each page; what is not there is an error, a demand to sign in is not.
func ask(origin string, pages []string) error {
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var last error
	for range 300 {
		res, err := client.Get(origin + "/fi/")
		if last = err; err == nil {
			last = res.Body.Close()
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if last != nil {
		return fmt.Errorf("no answer: %w", last)
	}
	for _, page := range append([]string{"/fi/"}, pages...) {
		res, err := client.Get(origin + page)
		if err != nil {
			return err
		}
		if err := res.Body.Close(); err != nil {
			return err
		}
		if res.StatusCode >= http.StatusBadRequest && res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusForbidden {
			return fmt.Errorf("%s answers %s", page, res.Status)
		}
	}
	return nil
}
