package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func sample(k Kind) Chart {
	return Chart{ID: "c", Kind: k, Title: "Menot < budjetti & \"muut\"", Sub: "Euroa", Labels: []string{"1", "2", "3"},
		Series: []Series{{Name: "Toteuma", Values: []float64{1, 2, math.NaN()}, Texts: []string{"1,00", "2,00", "–"}},
			{Name: "Ennuste", Values: []float64{1, 3, -4}}}, ShowTable: "Taulukko", GetCSV: "CSV", CSV: "/x.csv?a=1&b=2", Heading: "Kuukausi"}
}

func wellFormed(s string) error {
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestEveryKindIsWellFormedAndTheSameTwice(t *testing.T) {
	t.Parallel()
	for k := Line; k <= Heat; k++ {
		c := sample(k)
		got := string(c.HTML())
		if err := wellFormed(got); err != nil {
			t.Errorf("kind %d: %v", k, err)
		}
		if got != string(c.HTML()) {
			t.Errorf("kind %d: two drawings differ", k)
		}
		for _, forbidden := range []string{"style=", "<script", "NaN", "Inf", "onclick"} {
			if strings.Contains(got, forbidden) {
				t.Errorf("kind %d holds %q", k, forbidden)
			}
		}
		for _, wanted := range []string{"<title", "<desc", `role="img"`, "<details", "Menot &lt; budjetti"} {
			if !strings.Contains(got, wanted) {
				t.Errorf("kind %d lacks %q", k, wanted)
			}
		}
	}
}

func TestLinesAreToldApartWithoutColour(t *testing.T) {
	t.Parallel()
	got := sample(Line).SVG()
	if !strings.Contains(got, "dash1") || !strings.Contains(got, "dash2") || !strings.Contains(got, ">Ennuste</text>") {
		t.Error("lines need dashes and their names beside them")
	}
}

// Two lines end close to each other, and a third beside them: a name beyond the other line would name that one.
func TestNameStandsOnItsOwnSideOfTheOtherLine(t *testing.T) {
	t.Parallel()
	none := math.NaN()
	c := Chart{ID: "c", Kind: Line, Title: "x", Labels: strings.Split("1 2 3 4 5 6 7 8 9 10 11 12", " "), Series: []Series{
		{Name: "toteuma", Values: []float64{0, 0, 0, 0, 0, 16850, 33650, 50430, 66570, 81070, 81070, none}},
		{Name: "ennuste", Values: []float64{none, none, none, none, none, none, none, none, none, none, 96870, 112680}},
		{Name: "määräraha", Values: []float64{10000, 20000, 30000, 40000, 50000, 60000, 70000, 80000, 90000, 100000, 110000, 120000}}}}
	at := map[string]float64{}
	for _, m := range regexp.MustCompile(`<text class="name[^"]*" x="[^"]*" y="([^"]*)"[^>]*>([^<]*)</text>`).FindAllStringSubmatch(c.SVG(), -1) {
		y, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		at[m[2]] = y
	}
	if len(at) != 3 || at["määräraha"] >= at["ennuste"] {
		t.Errorf("the higher line's name stands lower: %v", at)
	}
}

func TestNoFiguresDrawNothing(t *testing.T) {
	t.Parallel()
	if got := (Chart{}).HTML(); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestBarsGrowFromZeroInProportion(t *testing.T) {
	t.Parallel()
	got := Chart{ID: "c", Kind: HorizontalBar, Labels: []string{"a", "b"}, Series: []Series{{Values: []float64{10, 5}}}}.SVG()
	if !strings.Contains(got, `width="306"`) || !strings.Contains(got, `width="153"`) {
		t.Errorf("the second bar is not half of the first: %s", got)
	}
}

func TestAnyValuesStayInThePicture(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := sample(Kind(rapid.IntRange(0, int(Heat)).Draw(t, "kind")))
		c.Series[0].Values = rapid.SliceOfN(rapid.Float64Range(-1e12, 1e12), 3, 3).Draw(t, "values")
		c.Title = rapid.StringOf(rapid.RuneFrom([]rune(`aä<>&"'€`))).Draw(t, "title")
		got := string(c.HTML())
		if err := wellFormed(got); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(got, "NaN") || strings.Contains(got, "Inf") {
			t.Fatal("a coordinate is no number")
		}
	})
}

func TestTheReadersOwnPointStandsOnItsLines(t *testing.T) {
	t.Parallel()
	c := sample(Line)
	c.Mark = &Mark{At: 0.5, Values: []float64{1.5, math.NaN()}, Text: "Sinä"}
	got := c.SVG()
	if strings.Count(got, "<circle") != 1 || !strings.Contains(got, ">Sinä</text>") || wellFormed(got) != nil || strings.Contains(got, "NaN") {
		t.Errorf("%s", got)
	}
	if c.Mark.At = 7; strings.Contains(c.SVG(), "<circle") {
		t.Error("a point outside the chart is drawn")
	}
}

func TestAxisOfWholeNumbersHasNoNumberTwice(t *testing.T) {
	t.Parallel()
	for high := 1.0; high <= 10; high++ {
		c := Chart{ID: "c", Kind: Line, Title: "x", Labels: []string{"1", "2"}, Series: []Series{{Name: "a", Values: []float64{0, high}}}}
		seen := map[string]bool{}
		for _, m := range regexp.MustCompile(`text-anchor="end">(\d+)</text>`).FindAllStringSubmatch(c.SVG(), -1) {
			if seen[m[1]] {
				t.Errorf("up to %v: %s stands twice", high, m[1])
			}
			seen[m[1]] = true
		}
		if len(seen) < 2 {
			t.Errorf("up to %v: the axis has %d numbers", high, len(seen))
		}
	}
}
