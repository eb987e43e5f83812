package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"seteli/web/browser"
)

// seats are the people of the demo by role; everybody's pages are looked at from their own seat.
var seats = []struct{ seat, name, home string }{
	{"public", "", "/"}, {"client", "Sami Juhani Väylänsuu", "/home"}, {"paperclient", "Aino Martta Keloranta", "/home"},
	{"signatory", "Sirkka Kanervikkola", "/home"}, {"provider", "Marko Kanervikkola", "/home"}, {"recorder", "Kirsi Soidinmäki", "/home"},
	{"caseworker", "Olga Haavanlehto", "/home"}, {"handler", "Hanna Hietapuro", "/home"}, {"decider", "Pentti Mäntykallio", "/home"},
	{"checker", "Tarja Tuomikoski", "/home"}, {"preparer", "Maija Lumikorpi", "/home"}, {"approver", "Matti Saarnivirta", "/home"},
	{"mainuser", "Päivi Pihlajavuo", "/home"}, {"privacy", "Tiina Tuulenpesä", "/home"}, {"reader", "Tero Sarakorpi", "/home"},
	{"operator", "Ylermi Ylläpito", "/home"},
}

var varying = regexp.MustCompile(`/(\d+|[A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}|[A-Z]{3}|\d{4}-\d\d)(/|$)`)

// pattern of an address: what differs by row is the same page.
func pattern(address string) string {
	path, _, _ := strings.Cut(address, "?")
	for range 3 {
		path = varying.ReplaceAllString(path, "/*$2")
	}
	return path
}

// crawl visits a page of every pattern that a person can reach, and shows each to look.
func crawl(p *browser.Person, lang, home string, look func(path string)) {
	queue, known := []string{"/" + lang + home}, map[string]bool{}
	for len(queue) > 0 {
		address := queue[0]
		queue = queue[1:]
		if known[pattern(address)] || !strings.HasPrefix(address, "/"+lang) || strings.Contains(address, "/sign-in") || strings.HasSuffix(address, "/style-guide") {
			continue
		}
		known[pattern(address)] = true
		if kind := p.Type(address); !strings.Contains(kind, "text/html") {
			if !strings.HasPrefix(kind, "200") {
				look(address + " " + kind)
			}
			continue
		}
		p.Go(address)
		known[pattern(p.Path())] = true
		look(address)
		queue = append(queue, p.Links()...)
	}
}

// TestPages looks at every page from the seat of everybody who reaches it: axe, errors of scripts and of the content policy,
// nothing wider than a window of 320 pixels, and markup without a mistake.
func TestPages(t *testing.T) {
	s := open(t)
	pictures := os.Getenv("PICTURES")
	pages := newMarkup(t)
	looked := map[string]bool{} // in the short form a page that many reach is looked at from one seat
	for i, seat := range seats {
		t.Run(seat.seat, func(t *testing.T) {
			looks := []struct {
				lang string
				dark bool
			}{{"fi", false}}
			if long() {
				looks = append(looks, []struct {
					lang string
					dark bool
				}{{"fi", true}, {"sv", false}, {"en", false}, {"sv", true}, {"en", true}}...)
			} else { // the other languages and the dark look are sampled, seat by seat
				looks[0].lang, looks[0].dark = "fi", false
				if i%4 == 3 {
					looks[0].lang = []string{"sv", "en"}[i/4%2]
				}
				looks[0].dark = i%4 == 1
			}
			if only := os.Getenv("SETELI_LOOK"); only != "" {
				looks[0].lang, looks[0].dark = only, false
				looks = looks[:1]
			}
			for _, l := range looks {
				p := stage{t, s.b}.visitor(seat.name, l.lang, browser.View{Dark: l.dark})
				n := 0
				crawl(p, l.lang, seat.home, func(path string) {
					n++
					if key := strings.TrimPrefix(pattern(path), "/"+l.lang); !long() && looked[key] && n > 1 {
						return
					} else if !strings.Contains(path, " ") {
						looked[key] = true
					}
					if strings.Contains(path, " ") {
						t.Errorf("%s %s leads to %s", seat.seat, l.lang, path)
						return
					}
					for _, w := range p.Gates(false) {
						t.Errorf("%s %s dark=%v %s: %s", seat.seat, l.lang, l.dark, path, w)
					}
					undecided(t, p)
					pages.add(t, fmt.Sprintf("%s %s", seat.seat, path), p.Source())
					if pictures != "" {
						keep(t, p, pictures, fmt.Sprintf("%s-%02d%s", seat.seat, n, strings.ReplaceAll(pattern(path)[3:], "/", "_")))
					}
					p.Look(browser.View{Width: 320, Dark: l.dark})
					if wide := p.Wide(); wide > 0 {
						t.Errorf("%s %s %s is %d px too wide at 320", seat.seat, l.lang, path, wide)
					}
					p.Look(browser.View{Dark: l.dark})
				})
				if n < 2 {
					t.Errorf("%s reaches only %d pages", seat.seat, n)
				}
			}
		})
	}
	pages.validate(t)
}

func (s stage) visitor(name, lang string, view browser.View) *browser.Person {
	s.t.Helper()
	if name == "" {
		return s.b.Visitor(s.t, world.base, view).Go("/" + lang + "/")
	}
	return s.as(name, lang, view)
}

// keep writes the page for a person's eyes: as a picture in two widths and as words.
func keep(t *testing.T, p *browser.Person, dir, name string) {
	for _, width := range []int64{1240, 375} {
		p.Look(browser.View{Width: width})
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", name, width)), p.Picture(), 0o600); err != nil {
			t.Error(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, name+".txt"), []byte(p.Path()+"\n"+p.Text()), 0o600); err != nil {
		t.Error(err)
	}
}
