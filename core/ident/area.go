package ident

import (
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// Municipality is the three-digit code of a Finnish municipality (kuntanumero). It is text: 005 is not 5.
// Which codes are in use on a day is dated data elsewhere.
type Municipality struct{ text }

// ParseMunicipality reads exactly three digits; 000 is refused.
func ParseMunicipality(s string) (Municipality, error) {
	s = strings.TrimSpace(s)
	if len(s) != 3 || !digits(s) || s == "000" {
		return Municipality{}, errMunicipality
	}
	return Municipality{text{s}}, nil
}

// UnmarshalText reads as ParseMunicipality does; empty is none.
func (m *Municipality) UnmarshalText(v []byte) error { return scan(m, string(v), ParseMunicipality) }

// ScanText lets pgx read a text column; null is none.
func (m *Municipality) ScanText(v pgtype.Text) error { return scan(m, v.String, ParseMunicipality) }

// County is the two-digit code of a wellbeing services county: 01–21, Helsinki 90, Åland 91.
type County struct{ text }

// ParseCounty reads exactly two digits in the range of the code list.
func ParseCounty(s string) (County, error) {
	s = strings.TrimSpace(s)
	if len(s) != 2 || !digits(s) {
		return County{}, errCounty
	}
	if n := atoi(s); n < 1 || n > 21 && n != 90 && n != 91 {
		return County{}, errCounty
	}
	return County{text{s}}, nil
}

// UnmarshalText reads as ParseCounty does; empty is none.
func (c *County) UnmarshalText(v []byte) error { return scan(c, string(v), ParseCounty) }

// ScanText lets pgx read a text column; null is none.
func (c *County) ScanText(v pgtype.Text) error { return scan(c, v.String, ParseCounty) }
