package browser_test

import (
	"testing"

	"seteli/web/browser"
)

// TestKeyboard walks main flows without a mouse: every stop is reached by the tabulator, and where the focus is can be seen.
func TestKeyboard(t *testing.T) {
	s := open(t)
	for _, flow := range []struct {
		name, who, home string
		steps           []string
	}{
		{"compare", "", "/", []string{"Etsi palvelu ja vertaile hintoja", "Säännöllinen kotihoito", "Arkiapu Puro Havumäki"}},
		{"client", "Aino Martta Keloranta", "/home", []string{"Kuka on katsonut tietojani", "Setelini", "Palvelut ja hinnat"}},
		{"record", "Kirsi Soidinmäki", "/home", []string{"Hietapuro Terttu Raili", "Kirjaa tapahtuma"}},
		{"handle", "Pentti Mäntykallio", "/home", []string{"Hintaehdotukset", "Omaishelli Osk"}},
		{"review", "Tarja Tuomikoski", "/home", []string{"Hae tapahtumia", "Hae"}},
		{"finance", "Maija Lumikorpi", "/home", []string{"Uusi tilitys", "Esikatsele"}},
	} {
		t.Run(flow.name, func(t *testing.T) {
			p := stage{t, s.b}.visitor(flow.who, "fi", browser.View{})
			p.Go("/fi" + flow.home)
			for _, words := range flow.steps {
				p.TabTo(words)
			}
		})
	}
}

// TestZoom looks at pages as people see them who enlarge to 400 %, use the system's high contrast or want no movement.
func TestZoom(t *testing.T) {
	s := open(t)
	for _, page := range []struct{ who, path string }{{"", "/services"}, {"", "/"}, {"Sami Juhani Väylänsuu", "/my"}, {"Marko Kanervikkola", "/events"},
		{"Olga Haavanlehto", "/work"}, {"Maija Lumikorpi", "/finance/runs"}, {"Pentti Mäntykallio", "/steering"}, {"Päivi Pihlajavuo", "/settings/services"}} {
		p := stage{t, s.b}.visitor(page.who, "fi", browser.View{})
		p.Go("/fi" + page.path)
		before := p.Text()
		p.Look(browser.View{Width: 310}) // 1240 pixels at 400 %
		if wide := p.Wide(); wide > 0 {
			t.Errorf("%s is %d px too wide at 400 %%", page.path, wide)
		}
		for _, feature := range [][2]string{{"forced-colors", "active"}, {"prefers-reduced-motion", "reduce"}} {
			p.Media(feature[0], feature[1])
			if feature[0] == "forced-colors" {
				for _, lost := range p.Unseen() {
					t.Errorf("%s with forced colours: %s", page.path, lost)
				}
			} else if moving := p.Moving(); moving > 0 {
				t.Errorf("%s moves %d things although the person wants no movement", page.path, moving)
			}
		}
		p.Look(browser.View{})
		if after := p.Text(); len(after) < len(before) {
			t.Errorf("%s lost words", page.path)
		}
	}
}
