// Package theme knows the colours of the pages and the least contrast that each pair needs (WCAG 2.2 AA), and it
// writes an organiser's own colours as a style sheet after checking them. It knows no page and no database.
package theme

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"seteli/core/fault"
)

// Pair is a colour that must be seen on another.
type Pair struct {
	Name        string // "link on paper"
	Front, Back string // #rrggbb
	Least       float64
}

// Least contrasts of WCAG 2.2: text 4.5 (1.4.3), parts of controls and meaning-bearing graphics 3 (1.4.11).
const (
	Text     = 4.5
	Graphics = 3.0
)

// Scheme is the colours of one scheme that a tenant may set; empty means ours.
type Scheme struct{ Brand, Link, Button, Error, Success string }

// Theme is an organiser's own colours.
type Theme struct{ Light, Dark Scheme }

// papers behind text: the page and the surface of bars and boxes.
var papers = map[string][]string{"light": {"#ffffff", "#f3f6fb"}, "dark": {"#14181d", "#1b2636"}}

var colour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

var (
	errColour   = fault.New(fault.Invalid, "THM-001", "ui.theme.colour")
	errContrast = fault.New(fault.Invalid, "THM-002", "ui.theme.contrast")
)

// Ratio is the contrast of two colours #rrggbb, 1–21, by the formula of WCAG 2.2; 0 when either is no colour.
func Ratio(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	if la < 0 || lb < 0 {
		return 0
	}
	return (math.Max(la, lb) + .05) / (math.Min(la, lb) + .05)
}

func luminance(c string) float64 {
	if !colour.MatchString(c) {
		return -1
	}
	n, err := strconv.ParseUint(c[1:], 16, 32)
	if err != nil {
		return -1
	}
	part := func(v uint64) float64 {
		s := float64(v) / 255
		if s <= .04045 {
			return s / 12.92
		}
		return math.Pow((s+.055)/1.055, 2.4)
	}
	return .2126*part(n>>16&255) + .7152*part(n>>8&255) + .0722*part(n&255)
}

// Check refuses a theme whose colours cannot be read, naming the pair and its ratio (two decimals).
func (t Theme) Check() error {
	var faults fault.List
	for name, s := range map[string]Scheme{"light": t.Light, "dark": t.Dark} {
		for field, c := range s.colours() {
			if c == "" {
				continue
			}
			at := name + "_" + field
			if !colour.MatchString(c) {
				faults = append(faults, errColour.At(at))
				continue
			}
			backs := papers[name]
			if field == "button" {
				backs = []string{"#ffffff"} // its text is white in both schemes
			}
			for _, back := range backs {
				if got := Ratio(c, back); got < Text {
					faults = append(faults, errContrast.At(at).With("front", c).With("back", back).With("ratio", strconv.FormatFloat(got, 'f', 2, 64)))
					break
				}
			}
		}
	}
	return faults.Err()
}

func (s Scheme) colours() map[string]string {
	return map[string]string{"brand": s.Brand, "link": s.Link, "button": s.Button, "error": s.Error, "success": s.Success}
}

// CSS writes the theme as a style sheet of custom properties; a theme that Check refuses is an error.
func (t Theme) CSS() (string, error) {
	if err := t.Check(); err != nil {
		return "", err
	}
	light, dark := t.Light.properties(), t.Dark.properties()
	return fmt.Sprintf(":root{%s}\n@media (prefers-color-scheme:dark){:root:not([data-theme=\"light\"]){%s}}\n:root[data-theme=\"dark\"]{%s}\n", light, dark, dark), nil
}

func (s Scheme) properties() string {
	var b strings.Builder
	for _, p := range []struct{ names, value string }{
		{"--app-brand --govuk-brand-colour", s.Brand},
		{"--app-link --govuk-link-colour --app-chart-1", s.Link},
		{"--app-button", s.Button},
		{"--app-error --govuk-error-colour", s.Error},
		{"--app-success --govuk-success-colour", s.Success},
	} {
		if p.value == "" {
			continue
		}
		for name := range strings.FieldsSeq(p.names) {
			fmt.Fprintf(&b, "%s:%s;", name, p.value)
		}
	}
	return b.String()
}
