package sheet

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"
)

// Damage names what a spreadsheet has done to a cell; its text is the key "sheet.damage." + Damage.
type Damage string

// The kinds of damage.
const (
	DateSerial Damage = "date_serial" // 46388 for 1.1.2027
	DateOrder  Damage = "date_order"  // 3/4/2027: day or month first
	DateYear   Damage = "date_year"   // 3.4.27
	DateMonth  Damage = "date_month"  // 3-Apr-27
	Number     Damage = "number"      // 1 234,50 or 1.234 or 5 €
	HourForm   Damage = "hours"       // 2.30 or 0.104167
	TimeForm   Damage = "time"        // 0830 or 0.354167
	Scientific Damage = "scientific"  // 1.2E+11
	LostZero   Damage = "lost_zero"   // 201256-1 for 0201256-1
	Encoding   Damage = "encoding"    // hyvÃ¤ for hyvä
	Unreadable Damage = "unreadable"  // nothing that the column can hold
)

// habit is what the cells of a column that can be read in one way only tell about the others.
type habit struct {
	dayFirst, monthFirst int // 13/4/2027 and 4/13/2027
	comma, point         int // decimal signs that cannot be thousands
	clock                int // hours written 2:30
}

func (h *habit) learn(k Kind, s string) {
	switch k {
	case Date:
		if a, b, _, ok := slashed(s); ok {
			if a > 12 && b <= 12 {
				h.dayFirst++
			} else if b > 12 && a <= 12 {
				h.monthFirst++
			}
		}
	case Decimal, Hours:
		if k == Hours && strings.IndexByte(s, ':') > 0 {
			h.clock++
		}
		if at := strings.LastIndexAny(s, ",."); at >= 0 && len(s)-at-1 != 3 {
			if s[at] == ',' {
				h.comma++
			} else {
				h.point++
			}
		}
	}
}

func judge(col Column, raw string, h habit, format Format, base1904 bool) Cell {
	c := Cell{Raw: raw}
	if raw == "" {
		return c
	}
	switch col.Kind {
	case Date:
		c.date(h, format, base1904)
	case Decimal:
		c.decimal(h, format)
	case Hours:
		c.hours(h, format)
	case Time:
		c.time(format)
	case Code:
		c.code(col.Valid)
	default:
		c.text()
	}
	return c
}

func (c *Cell) sound(value string) { c.Value = value }

func (c *Cell) damaged(d Damage, proposal string) { c.Damage, c.Proposal = d, proposal }

func (c *Cell) choice(d Damage, proposal, other string) {
	c.Damage, c.Proposal, c.Other = d, proposal, other
}

// text finds letters that were read in a wrong encoding. Signs of replacement cannot be undone.
func (c *Cell) text() {
	if strings.ContainsRune(c.Raw, '\ufffd') {
		c.damaged(Encoding, "")
		return
	}
	if repaired, ok := reread(c.Raw); ok {
		c.damaged(Encoding, repaired)
		return
	}
	c.sound(c.Raw)
}

// reread undoes UTF-8 that was taken for Windows-1252: every letter beyond ASCII became two or three signs, the first Ã, Â or â.
func reread(s string) (string, bool) {
	if !strings.ContainsAny(s, "ÃÂâ") {
		return "", false
	}
	b, err := charmap.Windows1252.NewEncoder().String(s)
	if err != nil {
		// The byte 0x85 and some others have letters, five have none: those stay as control characters in the text.
		return "", false
	}
	out := strings.ToValidUTF8(b, "\ufffd")
	if out == s || strings.ContainsRune(out, '\ufffd') {
		return "", false
	}
	return out, true
}

// code finds identifiers that were taken for numbers. With a check the original is proposed when exactly one fits.
func (c *Cell) code(valid func(string) bool) {
	s := c.Raw
	if valid != nil && valid(s) {
		c.sound(s)
		return
	}
	kind := Damage("")
	candidate := s
	if strings.HasPrefix(s, "'") { // the mark that our own files put before text
		candidate, kind = s[1:], LostZero
	}
	if at := strings.IndexAny(s, "eE"); at > 0 && isScientific(s, at) {
		kind = Scientific
		candidate = expand(s, at)
	} else if n := strings.TrimSuffix(strings.TrimSuffix(s, ".0"), ",0"); n != s && digitsOnly(n) {
		kind, candidate = Number, n
	}
	if valid == nil {
		switch {
		case kind == Scientific: // digits may be lost: without a check nothing tells
			c.damaged(kind, "")
		case kind != "":
			c.damaged(kind, candidate)
		default:
			c.sound(s)
		}
		return
	}
	if kind != "" && candidate != "" && valid(candidate) {
		c.damaged(kind, candidate)
		return
	}
	fits := ""
	for zeros := 1; zeros <= 4 && candidate != "" && unicode.IsDigit(rune(candidate[0])); zeros++ {
		if padded := "0000"[:zeros] + candidate; valid(padded) {
			if fits != "" {
				c.choice(LostZero, fits, padded)
				return
			}
			fits = padded
		}
	}
	switch {
	case fits != "":
		c.damaged(LostZero, fits)
	case kind != "":
		c.damaged(kind, "")
	default:
		c.sound(s) // a wrong identifier is for the caller to refuse
	}
}

func isScientific(s string, at int) bool {
	exponent := strings.TrimPrefix(s[at+1:], "+")
	mantissa := strings.NewReplacer(",", "", ".", "").Replace(s[:at])
	return digitsOnly(exponent) && digitsOnly(mantissa) && strings.ContainsAny(s, "+,.")
}

// expand writes 1.23456789E+8 as 123456789 when no digit is lost, otherwise "".
func expand(s string, at int) string {
	whole, part, _ := strings.Cut(strings.Replace(s[:at], ",", ".", 1), ".")
	exponent, err := strconv.Atoi(strings.TrimPrefix(s[at+1:], "+"))
	if err != nil || exponent != len(part) { // fewer digits than the exponent asks for: zeros would be invented
		return ""
	}
	return whole + part
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
