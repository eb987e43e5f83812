package ident

import (
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// organisationRoot is the arc under which every Finnish organisation has its business id as its own arc.
const organisationRoot = "1.2.246.10."

// OID is an object identifier in dotted form, e.g. a unit of the national social and health care register.
type OID struct{ text }

// ParseOID reads 2–40 arcs of digits without leading zeros, at most 128 characters (ITU-T X.660).
func ParseOID(s string) (OID, error) {
	s = strings.TrimSpace(s)
	arcs := strings.Split(s, ".")
	if len(s) > 128 || len(arcs) < 2 || len(arcs) > 40 {
		return OID{}, errOIDShape
	}
	for _, a := range arcs {
		if !digits(a) || a != "0" && a[0] == '0' {
			return OID{}, errOIDShape
		}
	}
	top, second := arcs[0], arcs[1]
	if len(top) > 1 || top > "2" || top < "2" && (len(second) > 2 || atoi(second) > 39) {
		return OID{}, errOIDShape
	}
	return OID{text{s}}, nil
}

// BusinessID gives the organisation whose root the identifier stands under; false when it is not under
// 1.2.246.10 or the arc is no valid business id.
func (o OID) BusinessID() (BusinessID, bool) {
	rest, found := strings.CutPrefix(o.s, organisationRoot)
	arc, _, _ := strings.Cut(rest, ".")
	if !found || len(arc) > 8 {
		return BusinessID{}, false
	}
	return businessOf(strings.Repeat("0", 8-len(arc)) + arc)
}

// Under reports that o is root or stands below it.
func (o OID) Under(root OID) bool {
	return !root.IsZero() && (o == root || strings.HasPrefix(o.s, root.s+"."))
}

// UnmarshalText reads as ParseOID does; empty is none.
func (o *OID) UnmarshalText(v []byte) error { return scan(o, string(v), ParseOID) }

// ScanText lets pgx read a text column; null is none.
func (o *OID) ScanText(v pgtype.Text) error { return scan(o, v.String, ParseOID) }
