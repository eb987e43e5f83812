package browser_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// markup gathers pages as they were sent, for one look at all of them by html-validate.
type markup struct {
	dir   string
	pages map[string]string // file → whose page it is
}

func newMarkup(t *testing.T) *markup {
	t.Helper()
	return &markup{t.TempDir(), map[string]string{}}
}

func (m *markup) add(t *testing.T, name, source string) {
	t.Helper()
	file := filepath.Join(m.dir, fmt.Sprintf("%04d.html", len(m.pages)))
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	m.pages[file] = name
}

// validate fails for each mistake in the markup, once for each place and rule.
func (m *markup) validate(t *testing.T) {
	t.Helper()
	for _, wrong := range m.mistakes(t) {
		t.Error(wrong)
	}
}

func (m *markup) mistakes(t *testing.T) (list []string) {
	t.Helper()
	const assets = "../../assets/"
	check := exec.Command("node", assets+"node_modules/html-validate/bin/html-validate.mjs", "--config", assets+"html-validate.json", "--formatter", "json", m.dir+"/*.html")
	told, err := os.Create(filepath.Join(m.dir, "told.json")) // a pipe would be cut: the program ends without waiting for its reader
	if err != nil {
		t.Fatal(err)
	}
	defer told.Close()
	var said bytes.Buffer
	check.Stdout, check.Stderr = told, &said
	var found *exec.ExitError
	if err := check.Run(); err != nil && !errors.As(err, &found) {
		t.Fatalf("html-validate, which tools/assets installs: %v", err)
	}
	out, err := os.ReadFile(told.Name())
	if err != nil {
		t.Fatal(err)
	}
	var files []struct {
		FilePath string
		Messages []struct {
			RuleID, Message, Selector string
			Line                      int
		}
	}
	if err := json.Unmarshal(out, &files); err != nil {
		t.Fatalf("html-validate: %v\n%s", err, &said)
	}
	before := map[string]bool{}
	for _, f := range files {
		for _, x := range f.Messages {
			if key := x.RuleID + x.Message + x.Selector; !before[key] {
				before[key] = true
				list = append(list, fmt.Sprintf("%s line %d: %s (%s) at %s", m.pages[f.FilePath], x.Line, x.Message, x.RuleID, x.Selector))
			}
		}
	}
	return list
}

func TestMarkupFindsPlantedFaults(t *testing.T) {
	t.Parallel()
	m := newMarkup(t)
	m.add(t, "good", "<!doctype html>\n<html lang=\"fi\"><head><meta charset=\"utf-8\"><title>x</title></head><body><main><h1>x</h1></main></body></html>\n")
	if wrong := m.mistakes(t); len(wrong) > 0 {
		t.Errorf("in a sound page: %v", wrong)
	}
	m.add(t, "planted", "<!doctype html>\n<html lang=\"fi\"><head><meta charset=\"utf-8\"><title>x</title></head><body><main><h1>x</h1><p id=\"a\"><div id=\"a\"></div></p></main></body></html>\n")
	if wrong := m.mistakes(t); len(wrong) < 2 {
		t.Errorf("the same id twice and a box within a paragraph, but found %v", wrong)
	}
}
