package theme_test

import (
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"seteli/core/fault"
	"seteli/web/theme"
)

// tokens reads the custom properties of a style source, so that the test measures what is shipped.
func tokens(t *testing.T, file string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../assets/src/" + file)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, m := range regexp.MustCompile(`--app-([a-z0-9-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(string(text), -1) {
		got[m[1]] = m[2]
	}
	if len(got) < 15 {
		t.Fatalf("%s: only %d colours found", file, len(got))
	}
	return got
}

func TestOwnColoursCanBeReadInBothSchemes(t *testing.T) {
	t.Parallel()
	light, dark := tokens(t, "_tokens.scss"), tokens(t, "_dark.scss")
	for name, c := range light {
		if _, own := dark[name]; !own {
			dark[name] = c
		}
	}
	for scheme, c := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, front := range []string{"text", "secondary", "brand", "link", "error", "success"} {
			for _, back := range []string{"paper", "surface", "other"} {
				least(t, scheme+" "+front+" on "+back, c[front], c[back], theme.Text)
			}
		}
		for _, series := range []string{"chart-1", "chart-2", "chart-3", "chart-4", "chart-5"} {
			least(t, scheme+" name of "+series, c[series], c["paper"], theme.Text) // axe does not judge text in SVG
		}
		least(t, scheme+" button", c["button-text"], c["button"], theme.Text)
		least(t, scheme+" focus text", c["focus-text"], c["focus"], theme.Text)
		least(t, scheme+" input edge", c["input-edge"], c["paper"], theme.Graphics)
		least(t, scheme+" mandate edge", c["other-edge"], c["other"], theme.Graphics)
	}
}

func TestDarkTagsCanBeRead(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../assets/src/_dark.scss")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(govuk-tag--[a-z]+)[^{]*\{ background: (#[0-9a-f]{6}); color: (#[0-9a-f]{6}); \}`).FindAllStringSubmatch(string(text), -1)
	if len(found) < 6 {
		t.Fatalf("only %d tags found", len(found))
	}
	for _, m := range found {
		least(t, m[1], m[3], m[2], theme.Text)
	}
}

func least(t *testing.T, what, front, back string, wanted float64) {
	t.Helper()
	if got := theme.Ratio(front, back); got < wanted {
		t.Errorf("%s: %s on %s is %.2f, needs %.1f", what, front, back, got, wanted)
	}
}

func TestRatioOfKnownPairs(t *testing.T) {
	t.Parallel()
	for pair, want := range map[[2]string]float64{{"#000000", "#ffffff"}: 21, {"#ffffff", "#ffffff"}: 1, {"#777777", "#ffffff"}: 4.48, {"red", "#ffffff"}: 0} {
		if got := theme.Ratio(pair[0], pair[1]); math.Abs(got-want) > .01 {
			t.Errorf("%v: %.2f, want %.2f", pair, got, want)
		}
	}
}

func TestThemeThatCannotBeReadIsRefusedByName(t *testing.T) {
	t.Parallel()
	err := theme.Theme{Light: theme.Scheme{Link: "#ffcf4a", Brand: "blue"}}.Check()
	all := fault.All(err)
	if len(all) != 2 {
		t.Fatalf("got %v", err)
	}
	got := all[0].Field + " " + all[1].Field
	if !strings.Contains(got, "light_link") || !strings.Contains(got, "light_brand") {
		t.Errorf("fields %s", got)
	}
	if _, err := (theme.Theme{Light: theme.Scheme{Link: "#fff;}body{}"}}).CSS(); err == nil {
		t.Error("a colour must not carry other rules into the style sheet")
	}
}

func TestGoodThemeBecomesProperties(t *testing.T) {
	t.Parallel()
	css, err := theme.Theme{Light: theme.Scheme{Link: "#1a56a8"}, Dark: theme.Scheme{Link: "#8ab8f5"}}.CSS()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(css, "--app-link:#1a56a8;") || !strings.Contains(css, `data-theme="dark"]{--app-link:#8ab8f5;`) {
		t.Error(css)
	}
}
