package offer

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// words finds places by parts of words: "hoiva" finds Kotihoiva. All different words stand in one string, which is searched as it
// is; each word knows the places that hold it.
type words struct {
	text   string // "\nhoiva\nkotihoiva\n…"
	starts []int  // where each word begins in text
	places [][]int32
	size   int // 64-bit words of a set of places
}

// shortest and most of what is searched: one letter tells nothing, and a long text is no search.
const (
	shortest = 2
	mostAsk  = 8
)

func wordsOf(places []Place) words {
	holders := map[string][]int32{}
	for i, p := range places {
		text := strings.Join([]string{p.Name, p.Company, p.City, p.Descriptions.Fi, p.Descriptions.Sv, p.Descriptions.En}, " ")
		for _, w := range split(text) {
			if list := holders[w]; len(list) == 0 || list[len(list)-1] != int32(i) {
				holders[w] = append(list, int32(i))
			}
		}
	}
	all := make([]string, 0, len(holders))
	for w := range holders {
		all = append(all, w)
	}
	slices.Sort(all)
	out := words{size: (len(places) + 63) / 64}
	var b strings.Builder
	for _, w := range all {
		b.WriteByte('\n')
		out.starts = append(out.starts, b.Len())
		out.places = append(out.places, holders[w])
		b.WriteString(w)
	}
	b.WriteByte('\n')
	out.text = b.String()
	return out
}

// find gives the set of places in which every asked word is part of some word; nil when nothing was asked.
func (w words) find(text string) []uint64 {
	asked := split(text)
	if len(asked) > mostAsk {
		asked = asked[:mostAsk]
	}
	var all []uint64
	for _, a := range asked {
		if utf8.RuneCountInString(a) < shortest {
			continue
		}
		set := w.holding(a)
		if all == nil {
			all = set
			continue
		}
		for i := range all {
			all[i] &= set[i]
		}
	}
	return all
}

func (w words) holding(part string) []uint64 {
	set := make([]uint64, w.size)
	for at := 0; ; {
		i := strings.Index(w.text[at:], part)
		if i < 0 {
			return set
		}
		n, exact := slices.BinarySearch(w.starts, at+i)
		if !exact {
			n--
		}
		for _, p := range w.places[n] {
			set[p>>6] |= 1 << (p & 63)
		}
		at = len(w.text)
		if n+1 < len(w.starts) {
			at = w.starts[n+1]
		}
		if at >= len(w.text) {
			return set
		}
	}
}

// split folds a text and gives its words: letters and digits, lower case, without marks, so that "aiti" finds Äiti.
func split(text string) []string {
	return strings.FieldsFunc(fold(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}

func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, c := range norm.NFKD.String(strings.ToLower(s)) {
		if !unicode.Is(unicode.Mn, c) {
			b.WriteRune(c)
		}
	}
	return b.String()
}
