package browser_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"seteli/web/browser"
)

// walk is a journey's company: everybody walks by the Finnish words of the pages, whatever the language they see.
type walk struct {
	stage
	lang  string
	view  browser.View
	gated bool // every page on the way goes through the gates
}

// walks runs a journey in Finnish with the gates on every page; in the long form in the other languages, dark, narrow and without
// scripts too, of which the short form takes one. Each of these walks in a world of its first day: a journey may use up what two
// walks need, and no more.
func walks(t *testing.T, journey func(t *testing.T, w walk), short walk) {
	t.Run("fi", func(t *testing.T) {
		journey(t, walk{stage: open(t), lang: "fi", view: browser.View{Width: short.view.Width}, gated: true})
	})
	t.Run("sampled", func(t *testing.T) { short.stage = open(t); journey(t, short) })
	if !long() {
		return
	}
	if world.house == nil {
		t.Fatal("the long form needs a world of its own: run it without SETELI_AT")
	}
	for name, w := range map[string]walk{"sv": {lang: "sv"}, "en": {lang: "en"}, "dark": {lang: "fi", view: browser.View{Dark: true}, gated: true},
		"narrow": {lang: "fi", view: browser.View{Width: 320}, gated: true}, "noscript": {lang: "fi", view: browser.View{NoScript: true}}} {
		t.Run(name, func(t *testing.T) {
			if err := world.fresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.stage = open(t)
			journey(t, w)
		})
	}
}

// inTurn gives each of the two walks that share a world a case of its own; those that follow are alone in theirs, and any case will do.
func inTurn[T any](cases ...T) func() T {
	n := -1
	return func() T { n++; return cases[n%len(cases)] }
}

// say is a name of the demo in the language of the walk.
func (w walk) say(name string) string {
	if other := names[name][w.lang]; other != "" {
		return other
	}
	return name
}

// person signs in and walks.
func (w walk) person(name string) *walker {
	p := &walker{Person: w.as(name, w.lang, w.view), w: w}
	p.Words = translate(w.lang)
	return p.open("/home") // an account may remember another language
}

// visitor walks without signing in.
func (w walk) visitor() *walker {
	p := &walker{Person: w.b.Visitor(w.t, world.base, w.view), w: w}
	p.Words = translate(w.lang)
	p.Go("/" + w.lang + "/")
	p.ok()
	return p
}

type walker struct {
	*browser.Person
	w walk
}

// press goes on to another page and looks whether it is right.
func (p *walker) press(words string) *walker { p.w.t.Helper(); p.Press(words); p.ok(); return p }

func (p *walker) pressIn(words, within string) *walker {
	p.w.t.Helper()
	p.PressIn(words, within)
	p.ok()
	return p
}

func (p *walker) fill(label, value string) *walker { p.w.t.Helper(); p.Fill(label, value); return p }

func (p *walker) sees(words ...string) *walker { p.w.t.Helper(); p.Sees(words...); return p }

func (p *walker) open(path string) *walker {
	p.w.t.Helper()
	p.Go("/" + p.w.lang + path)
	p.ok()
	return p
}

// until opens a page again until the words stand on it: what a job makes comes a little later.
func (p *walker) until(path, words string) *walker {
	p.w.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		if p.open(path); p.Holds(words) {
			return p
		}
	}
	return p.sees(words)
}

func (p *walker) ok() {
	p.w.t.Helper()
	if !p.w.gated {
		return
	}
	for _, wrong := range p.Gates(true) {
		p.w.t.Errorf("%s: %s", p.Path(), wrong)
	}
	undecided(p.w.t, p.Person)
}

// fromLast is the nth link from the end whose address holds the text.
func fromLast(links []string, within string, n int) string {
	for _, l := range slices.Backward(links) {
		if strings.Contains(l, within) {
			if n--; n < 0 {
				return l
			}
		}
	}
	return ""
}
