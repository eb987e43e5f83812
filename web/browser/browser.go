// Package browser opens pages in Chromium for tests: accessibility by axe, sideways overflow at 320 pixels, and
// errors of the console and of the content policy. It knows no page; tests give it addresses.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	cdp "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Browser is one Chromium, shared by the pages of a test.
type Browser struct {
	ctx context.Context
	axe string
}

// Page is how a page is opened.
type Page struct {
	URL    string
	Width  int64 // 0 = 1240
	Dark   bool
	Script string // run after loading, before looking; "" = none
	Until  string // expression that must come true after the script, before looking; "" = look at once
}

// Violation is one finding of axe.
type Violation struct {
	ID     string   `json:"id"`
	Impact string   `json:"impact"`
	Nodes  []string `json:"nodes"`
}

// Start opens Chromium for one test; a machine without it, or without the installed axe, fails the test rather than skipping it.
func Start(t testing.TB) *Browser {
	t.Helper()
	b, stop, err := Launch(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return b
}

// Launch opens Chromium with its own files in dir, for the tests of a package; each visitor has cookies of their own. It runs until stop.
func Launch(dir string) (b *Browser, stop func(), err error) {
	_, here, _, _ := runtime.Caller(0)
	axe, err := os.ReadFile(filepath.Join(filepath.Dir(here), "../../assets/node_modules/axe-core/axe.min.js"))
	if err != nil {
		return nil, nil, fmt.Errorf("axe is not installed, run tools/assets: %w", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.UserDataDir(dir))
	if path := os.Getenv("CHROMIUM"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	allocated, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, leave := chromedp.NewContext(allocated)
	stop = func() { leave(); end() }
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		stop()
		return nil, nil, fmt.Errorf("starting chromium: %w", err)
	}
	return &Browser{ctx: ctx, axe: string(axe)}, stop, nil
}

// axeRun asks for what is wrong and what is undecided; axe need not describe every element that passes.
const axeRun = `axe.run(document,{resultTypes:['violations','incomplete'],runOnly:{type:'tag',values:['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}})
.then(r=>{const told=list=>list.map(v=>({id:v.id,impact:v.impact,nodes:v.nodes.map(n=>n.target.join(' '))}));
return JSON.stringify({violations:told(r.violations),incomplete:told(r.incomplete)})})`

// report is what axe tells: what is wrong, and what it could not decide.
type report struct{ Violations, Incomplete []Violation }

// Axe gives what axe finds on the page; none is an empty slice.
func (b *Browser) Axe(t testing.TB, p Page) []Violation {
	t.Helper()
	var found report
	b.open(t, p, func(ctx context.Context) error {
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](b.axe+";null")); err != nil {
			return err
		}
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](axeRun, chromedp.EvalAwaitPromise))
		if err != nil {
			return err
		}
		return json.Unmarshal([]byte(text), &found)
	})
	return found.Violations
}

// Reflow gives the pixels by which the page is wider than its window; 0 is right.
func (b *Browser) Reflow(t testing.TB, p Page) int {
	t.Helper()
	wide := 0
	if p.Width == 0 {
		p.Width = 320
	}
	b.open(t, p, func(ctx context.Context) error {
		var err error
		wide, err = chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth-document.documentElement.clientWidth`))
		return err
	})
	return wide
}

// Console gives the errors of scripts and of the content policy while the page loads.
func (b *Browser) Console(t testing.TB, p Page) []string {
	t.Helper()
	var mu sync.Mutex
	var lines []string
	hear := func(line string) { mu.Lock(); defer mu.Unlock(); lines = append(lines, line) }
	b.watch(t, p, hear, func(ctx context.Context) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[any](`new Promise(r=>setTimeout(()=>r(null),150))`, chromedp.EvalAwaitPromise))
		return err
	})
	mu.Lock()
	defer mu.Unlock()
	return slices.Clone(lines)
}

// Picture takes the whole page as PNG.
func (b *Browser) Picture(t testing.TB, p Page) []byte {
	t.Helper()
	var png []byte
	b.open(t, p, func(ctx context.Context) error {
		var err error
		png, err = chromedp.Run(ctx, chromedp.FullScreenshot(100))
		return err
	})
	return png
}

func (b *Browser) open(t testing.TB, p Page, look func(context.Context) error) {
	t.Helper()
	b.watch(t, p, func(string) {}, look)
}

// watch opens the page in a tab of its own and closes it after looking.
func (b *Browser) watch(t testing.TB, p Page, line func(string), look func(context.Context) error) {
	t.Helper()
	ctx, stop := chromedp.NewContext(b.ctx)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	scheme, width := "light", p.Width
	if p.Dark {
		scheme = "dark"
	}
	if width == 0 {
		width = 1240
	}
	err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900))
	if err == nil {
		err = chromedp.Listen(ctx, func(event any) { hear(event, line) })
	}
	if err == nil {
		_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	}
	if err == nil {
		err = chromedp.Do(ctx, chromedp.Navigate(p.URL))
	}
	if err == nil && p.Script != "" {
		_, err = chromedp.Run(ctx, chromedp.Evaluate[any](p.Script+";null"))
	}
	if err == nil && p.Until != "" {
		err = come(ctx, p.Until)
	}
	if err == nil {
		err = look(ctx)
	}
	if err != nil {
		t.Fatalf("%s: %v", p.URL, err)
	}
}

// longestWait is how long something on a page may take on a loaded machine.
const longestWait = 20 * time.Second

// come waits until an expression is true on the page.
func come(ctx context.Context, expression string) error {
	for end := time.After(longestWait); ; {
		done, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err != nil || done {
			return err
		}
		select {
		case <-end:
			return fmt.Errorf("in %s it never came true that %s", longestWait, expression)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// hear passes on what is an error; it runs in the loop that reads the browser's messages, so it only looks.
func hear(event any, line func(string)) {
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			line(e.Entry.Text)
		}
	case *cdp.EventExceptionThrown:
		line("exception: " + e.ExceptionDetails.Text)
	case *cdp.EventConsoleAPICalled:
		if e.Type == cdp.ConsoleAPICalledTypeError {
			line("console.error")
		}
	}
}

// String is one line per violation, for a test's message.
func (v Violation) String() string {
	return fmt.Sprintf("%s (%s): %s", v.ID, v.Impact, strings.Join(v.Nodes, " | "))
}
