package ident

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// Reference is a Finnish reference number (viitenumero, referensnummer): 4–20 digits, the last of which is the
// check. It is held without leading zeros, which change neither check nor identity.
type Reference struct{ text }

// ParseReference reads a reference number; spaces and leading zeros are dropped.
func ParseReference(s string) (Reference, error) {
	s = squeeze(s)
	if !digits(s) {
		return Reference{}, errRefShape
	}
	s = strings.TrimLeft(s, "0")
	if len(s) < 4 || len(s) > 20 {
		return Reference{}, errRefShape
	}
	if refCheck(s[:len(s)-1]) != s[len(s)-1] {
		return Reference{}, errRefCheck
	}
	return Reference{text{s}}, nil
}

// NewReference puts the check digit behind a base of 3–19 digits that does not start with zero.
func NewReference(base string) (Reference, error) {
	if !digits(base) || len(base) < 3 || len(base) > 19 || base[0] == '0' {
		return Reference{}, errRefShape
	}
	return Reference{text{base + string(rune(refCheck(base)))}}, nil
}

// refCheck uses weights 7 3 1 from the right; what lacks from the next ten is the check.
func refCheck(base string) byte {
	sum := 0
	for i := range len(base) {
		sum += int(base[len(base)-1-i]-'0') * [3]int{7, 3, 1}[i%3]
	}
	return '0' + byte((10-sum%10)%10)
}

// Base is the number without its check digit.
func (r Reference) Base() string {
	if r.IsZero() {
		return ""
	}
	return r.s[:len(r.s)-1]
}

// Print is the form for paper, in groups of five from the right: 12 34561.
func (r Reference) Print() string {
	head := len(r.s) % 5
	return strings.TrimSpace(r.s[:head] + " " + groups(r.s[head:], 5))
}

// RF is the same reference in the international form.
func (r Reference) RF() RF {
	if r.IsZero() {
		return RF{}
	}
	return rfOf(r.s)
}

// UnmarshalText reads as ParseReference does; empty is none.
func (r *Reference) UnmarshalText(v []byte) error { return scan(r, string(v), ParseReference) }

// ScanText lets pgx read a text column; null is none.
func (r *Reference) ScanText(v pgtype.Text) error { return scan(r, v.String, ParseReference) }

// RF is an international creditor reference (ISO 11649): RF, two check digits and up to 21 characters.
type RF struct{ text }

// ParseRF reads an RF reference; spaces are dropped.
func ParseRF(s string) (RF, error) {
	s = upper(squeeze(s))
	if len(s) < 5 || len(s) > 25 || !strings.HasPrefix(s, "RF") || !digits(s[2:4]) || !alnum(s) {
		return RF{}, errRFShape
	}
	if mod97(s[4:]+s[:4]) != 1 {
		return RF{}, errRFCheck
	}
	return RF{text{s}}, nil
}

func rfOf(body string) RF {
	return RF{text{fmt.Sprintf("RF%02d%s", 98-mod97(body+"RF00"), body)}}
}

// Reference gives the Finnish reference number inside, false when there is none.
func (r RF) Reference() (Reference, bool) {
	if r.IsZero() {
		return Reference{}, false
	}
	ref, err := ParseReference(r.s[4:])
	return ref, err == nil
}

// Print is the form for paper, in groups of four.
func (r RF) Print() string { return groups(r.s, 4) }

// UnmarshalText reads as ParseRF does; empty is none.
func (r *RF) UnmarshalText(v []byte) error { return scan(r, string(v), ParseRF) }

// ScanText lets pgx read a text column; null is none.
func (r *RF) ScanText(v pgtype.Text) error { return scan(r, v.String, ParseRF) }
