package document

import (
	"strings"
	"unicode"

	"seteli/platform/i18n"
)

const (
	softHyphen = '\u00ad'
	noBreak    = '\u00a0'
)

// style is how characters are drawn.
type style struct {
	font  *subset
	index int // 1 regular, 2 bold: the name of the font on the page
	size  float64
}

// piece is text of one style that belongs to one structure element.
type piece struct {
	text  string
	style style
	link  string
	lang  i18n.Lang
	owner int // index of the run; a link or a run in another language gets its own element
}

// glyphs is a line in the making: one entry per character.
type glyphs struct {
	runes  []rune
	piece  []int
	widths []float64
}

func (g *glyphs) add(r rune, piece int, width float64) {
	g.runes, g.piece, g.widths = append(g.runes, r), append(g.piece, piece), append(g.widths, width)
}

// line is a stretch [from,to) of glyphs; a hyphen is drawn at its end when the word goes on.
type line struct {
	from, to int
	width    float64 // without trailing spaces
	hyphen   bool
}

// measure looks up all characters of the pieces. Amounts and references to sections are not broken.
func measure(pieces []piece) (*glyphs, error) {
	g := &glyphs{}
	for i, p := range pieces {
		runes := []rune(i18n.Unbroken(strings.Join(strings.Fields(keepSpaces(p.text)), " ")))
		if p.text != "" && len(runes) > 0 && p.text[0] == ' ' {
			runes = append([]rune{' '}, runes...)
		}
		if n := len(p.text); n > 1 && p.text[n-1] == ' ' {
			runes = append(runes, ' ')
		}
		for _, r := range runes {
			switch r {
			case '\ue000':
				r = noBreak
			case '\u202f': // the font has no narrow space
				r = noBreak
			}
			id, err := p.style.font.glyph(r)
			if err != nil {
				return nil, err
			}
			width := float64(p.style.font.widths[id]) * p.style.size / 1000
			if r == softHyphen {
				width = 0
			}
			g.add(r, i, width)
		}
	}
	return g, nil
}

// keepSpaces hides no-break spaces from strings.Fields.
func keepSpaces(s string) string { return strings.ReplaceAll(s, "\u00a0", "\ue000") }

// breakLines fills lines of at most width: at spaces, after hyphens, at soft hyphens; a word longer than the line is
// divided between Finnish syllables, or where it must.
func (g *glyphs) breakLines(width float64, pieces []piece) []line {
	var lines []line
	n := len(g.runes)
	for start := 0; start < n; {
		at, best, x := start, line{}, 0.0
		for ; at < n; at++ {
			r := g.runes[at]
			if r == ' ' {
				best = line{from: start, to: at + 1, width: x}
				x += g.widths[at]
				continue
			}
			hyphen := 0.0
			if r == softHyphen {
				hyphen = g.hyphenWidth(at, pieces)
			}
			if x+g.widths[at]+hyphen > width+0.01 {
				if r == softHyphen {
					continue
				}
				break
			}
			x += g.widths[at]
			if r == softHyphen {
				best = line{from: start, to: at, width: x + hyphen, hyphen: true}
			} else if (r == '-' || r == '–' || r == '/') && at > start && at+1 < n && unicode.IsLetter(g.runes[at-1]) && unicode.IsLetter(g.runes[at+1]) {
				best = line{from: start, to: at + 1, width: x}
			}
		}
		switch {
		case at == n:
			best = line{from: start, to: n, width: x}
		case best.to == 0:
			best = g.divide(start, max(at, start+1), width, pieces)
		}
		lines = append(lines, best)
		start = best.to
		for start < n && (g.runes[start] == ' ' || g.runes[start] == softHyphen) {
			start++
		}
	}
	return lines
}

func (g *glyphs) hyphenWidth(at int, pieces []piece) float64 {
	s := pieces[g.piece[at]].style
	id, err := s.font.glyph(softHyphen)
	if err != nil { // the font is ours and has it
		panic("document: " + err.Error())
	}
	return float64(s.font.widths[id]) * s.size / 1000
}

// divide cuts a word that is longer than the line, at most before end. The Finnish rule is simple: a syllable
// begins at a consonant that a vowel follows. Links are cut without a hyphen, which would change the address.
func (g *glyphs) divide(start, end int, width float64, pieces []piece) line {
	cut := end
	hyphen := pieces[g.piece[start]].link == "" && end-start > 4
	if hyphen {
		room := width - g.hyphenWidth(start, pieces)
		for cut > start+1 && g.sum(start, cut) > room {
			cut--
		}
		for at := cut; at > start+2; at-- {
			if at+1 < len(g.runes) && isConsonant(g.runes[at]) && isVowel(g.runes[at+1]) {
				cut = at
				break
			}
		}
	}
	l := line{from: start, to: cut, width: g.sum(start, cut), hyphen: hyphen}
	if hyphen {
		l.width += g.hyphenWidth(start, pieces)
	}
	return l
}

func (g *glyphs) sum(from, to int) float64 {
	x := 0.0
	for _, w := range g.widths[from:to] {
		x += w
	}
	return x
}

func isVowel(r rune) bool     { return strings.ContainsRune("aeiouyåäöAEIOUYÅÄÖ", r) }
func isConsonant(r rune) bool { return unicode.IsLetter(r) && !isVowel(r) }
