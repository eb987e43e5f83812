package ident

import (
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5/pgtype"
)

// text is the body of the identifiers that may be printed. It holds the normal form.
type text struct{ s string }

// String is the normal form, without spaces.
func (t text) String() string { return t.s }

// IsZero reports that there is no identifier.
func (t text) IsZero() bool { return t.s == "" }

// MarshalText gives JSON and forms the normal form.
func (t text) MarshalText() ([]byte, error) { return []byte(t.s), nil }

// TextValue lets pgx write a text column; none is written as null.
func (t text) TextValue() (pgtype.Text, error) {
	return pgtype.Text{String: t.s, Valid: t.s != ""}, nil
}

// scan fills dst from a text column or a JSON string; null and empty give the zero value.
func scan[T any](dst *T, s string, parse func(string) (T, error)) error {
	if s == "" {
		var none T
		*dst = none
		return nil
	}
	v, err := parse(s)
	if err == nil {
		*dst = v
	}
	return err
}

// upper turns a–z to A–Z and nothing else: the Unicode rule would turn ſ into S and ı into I.
func upper(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

// squeeze removes every kind of space, the no-break ones of printed forms included.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u202f' || r == '\u2009' || r == '\u200b' || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
}

// dashLike reports the signs that word processors and web pages put in the place of a hyphen.
func dashLike(r rune) bool {
	return '\u2010' <= r && r <= '\u2015' || r == '\u2212' || r == '\u00ad' || r == '\ufe58' || r == '\ufe63' || r == '\uff0d'
}

// RepairDash replaces look-alike dashes by the hyphen of the keyboard. Parse functions do not do it silently;
// a form offers the repaired value when a fault IDE-004 or IDE-013 says so.
func RepairDash(s string) string {
	return strings.Map(func(r rune) rune {
		if dashLike(r) {
			return '-'
		}
		return r
	}, s)
}

func hasDashLike(s string) bool { return strings.ContainsFunc(s, dashLike) }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func alnum(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != ""
}

// mod97 is the remainder of ISO 7064 MOD 97-10 over digits and capital letters (A = 10 … Z = 35).
func mod97(s string) int {
	n := 0
	for i := range len(s) {
		if c := s[i]; c <= '9' {
			n = (n*10 + int(c-'0')) % 97
		} else {
			n = (n*100 + int(c-'A') + 10) % 97
		}
	}
	return n
}

// groups prints s in groups of n, counted from the left.
func groups(s string, n int) string {
	var b strings.Builder
	for i := range len(s) {
		if i > 0 && i%n == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
