package ident

import (
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// BusinessID is a Finnish business id (Y-tunnus, FO-nummer) in the form 2345678-0.
type BusinessID struct{ text }

// ParseBusinessID reads NNNNNNN-T. The old six-digit form gets its leading zero. A form without hyphen, a VAT
// number and look-alike dashes are refused with the proposed repair in the value "proposal".
func ParseBusinessID(s string) (BusinessID, error) {
	s = upper(strings.TrimSpace(s))
	if hasDashLike(s) {
		if id, err := ParseBusinessID(RepairDash(s)); err == nil {
			return BusinessID{}, errBusinessDash.With("proposal", id.s)
		}
		return BusinessID{}, errBusinessShape
	}
	number, check, found := strings.Cut(s, "-")
	if !found {
		if id, ok := businessOf(strings.TrimPrefix(s, "FI")); ok {
			return BusinessID{}, errBusinessForm.With("proposal", id.s)
		}
		return BusinessID{}, errBusinessShape
	}
	if len(number) == 6 {
		number = "0" + number
	}
	if len(number) != 7 || len(check) != 1 || !digits(number+check) {
		return BusinessID{}, errBusinessShape
	}
	id, ok := businessOf(number + check)
	if !ok {
		return BusinessID{}, errBusinessCheck
	}
	return id, nil
}

// businessOf checks eight digits: weights 7 9 10 5 8 4 2, sum modulo 11.
func businessOf(d string) (BusinessID, bool) {
	if len(d) != 8 || !digits(d) {
		return BusinessID{}, false
	}
	sum := 0
	for i, w := range [7]int{7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(d[i]-'0')
	}
	// A remainder of 1 asks for a check of 10, which no digit is: such numbers are not in use.
	if (11-sum%11)%11 != int(d[7]-'0') {
		return BusinessID{}, false
	}
	return BusinessID{text{d[:7] + "-" + d[7:]}}, true
}

// Digits gives the eight digits without the hyphen.
func (b BusinessID) Digits() string { return strings.Replace(b.s, "-", "", 1) }

// VAT is the value added tax number, FI23456780. Whether the company is registered for the tax is not known here.
func (b BusinessID) VAT() string { return b.prefixed("FI") }

// OVT is the electronic invoicing identifier of the company itself, 003723456780.
func (b BusinessID) OVT() OVT { return OVT{text{b.prefixed("0037")}} }

// OID is the root of the organisation's own object identifiers, 1.2.246.10.23456780; leading zeros are dropped.
func (b BusinessID) OID() OID {
	if b.IsZero() {
		return OID{}
	}
	return OID{text{organisationRoot + strings.TrimLeft(b.Digits(), "0")}}
}

func (b BusinessID) prefixed(p string) string {
	if b.IsZero() {
		return ""
	}
	return p + b.Digits()
}

// UnmarshalText reads as ParseBusinessID does; empty is none.
func (b *BusinessID) UnmarshalText(v []byte) error { return scan(b, string(v), ParseBusinessID) }

// ScanText lets pgx read a text column; null is none.
func (b *BusinessID) ScanText(v pgtype.Text) error { return scan(b, v.String, ParseBusinessID) }

// ParseVAT reads a Finnish VAT number, FI and eight digits, and gives the business id in it.
func ParseVAT(s string) (BusinessID, error) {
	s = upper(squeeze(s))
	d, found := strings.CutPrefix(s, "FI")
	if !found || len(d) != 8 || !digits(d) {
		return BusinessID{}, errVATShape
	}
	id, ok := businessOf(d)
	if !ok {
		return BusinessID{}, errBusinessCheck.At(errVATShape.Field)
	}
	return id, nil
}

// OVT is a Finnish electronic invoicing identifier: 0037, the digits of the business id and up to five
// characters for a unit of the company. The operator that carries the invoices is another field.
type OVT struct{ text }

// ParseOVT reads 12–17 characters, with or without the scheme id 0216 of Peppol.
func ParseOVT(s string) (OVT, error) {
	s = strings.TrimPrefix(upper(squeeze(s)), "0216:")
	if len(s) < 12 || len(s) > 17 || !strings.HasPrefix(s, "0037") || !alnum(s) {
		return OVT{}, errOVTShape
	}
	if _, ok := businessOf(s[4:12]); !ok {
		return OVT{}, errBusinessCheck.At(errOVTShape.Field)
	}
	return OVT{text{s}}, nil
}

// BusinessID gives the company in the identifier.
func (o OVT) BusinessID() BusinessID {
	if o.IsZero() {
		return BusinessID{}
	}
	id, _ := businessOf(o.s[4:12])
	return id
}

// Peppol is the address with its scheme, 0216:003723456780.
func (o OVT) Peppol() string {
	if o.IsZero() {
		return ""
	}
	return "0216:" + o.s
}

// UnmarshalText reads as ParseOVT does; empty is none.
func (o *OVT) UnmarshalText(v []byte) error { return scan(o, string(v), ParseOVT) }

// ScanText lets pgx read a text column; null is none.
func (o *OVT) ScanText(v pgtype.Text) error { return scan(o, v.String, ParseOVT) }
