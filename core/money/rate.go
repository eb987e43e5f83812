package money

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/govalues/decimal"
	"github.com/jackc/pgx/v5/pgtype"

	"seteli/core/fault"
)

// Rate is an exact decimal of at most 19 digits: a percentage, a coefficient, a multiplier.
// It is a parameter, not a result: formulas go on with Exact, which loses nothing in a division.
// Equal rates are equal by == (1.20 is held as 1.2).
type Rate struct{ d decimal.Decimal }

var errRate = fault.New(fault.Invalid, "MON-010", "core.money.rate").At("rate")

// ParseRate reads "10.7" or "10,7"; no exponent, no group signs, and no digit is ever lost silently (MON-010).
func ParseRate(s string) (Rate, error) {
	s = dot(trim(s))
	if len(s) > 24 || strings.Trim(s, "-0123456789.") != "" || strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") {
		return Rate{}, errRate
	}
	d, err := decimal.Parse(s)
	if err != nil {
		return Rate{}, errRate.Because(err)
	}
	// The decimal rounds what does not fit into 19 digits; a rate that was rounded is not the one that was written.
	want, ok := new(big.Rat).SetString(s)
	got := Rate{d.Trim(0)}
	if !ok || got.Exact().rat().Cmp(want) != 0 {
		return Rate{}, errRate
	}
	return got, nil
}

// MustRate is ParseRate for constants in Go code; it panics on a wrong one.
func MustRate(s string) Rate {
	r, err := ParseRate(s)
	if err != nil {
		panic(fmt.Sprintf("money: rate %q: %v", s, err))
	}
	return r
}

// Exact is the rate as a plain number.
func (r Rate) Exact() Exact {
	n := new(big.Int).SetUint64(r.d.Coef())
	if r.d.IsNeg() {
		n.Neg(n)
	}
	return Exact{new(big.Rat).SetFrac(n, tenTo(r.d.Scale()))}
}

// Percent is the rate divided by a hundred: 10.7 % as 0.107.
func (r Rate) Percent() Exact { return r.Exact().Times(Fraction(1, 100)) }

func tenTo(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// String is the plain decimal with a point and without trailing zeros.
func (r Rate) String() string { return r.d.String() }

// MarshalText gives JSON the plain decimal as a string, so that no reader turns it into a float.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads as ParseRate does.
func (r *Rate) UnmarshalText(b []byte) error {
	p, err := ParseRate(string(b))
	if err == nil {
		*r = p
	}
	return err
}

// ScanNumeric lets pgx read a numeric column.
func (r *Rate) ScanNumeric(v pgtype.Numeric) error {
	if !v.Valid || v.NaN || v.InfinityModifier != pgtype.Finite {
		return fmt.Errorf("a null, not-a-number or infinite value cannot be read into money.Rate")
	}
	text, err := v.MarshalJSON() // the plain decimal
	if err != nil {
		return fmt.Errorf("reading a numeric: %w", err)
	}
	return r.UnmarshalText(text)
}

// NumericValue lets pgx write a numeric column.
func (r Rate) NumericValue() (pgtype.Numeric, error) {
	n := new(big.Int).SetUint64(r.d.Coef())
	if r.d.IsNeg() {
		n.Neg(n)
	}
	return pgtype.Numeric{Int: n, Exp: int32(-r.d.Scale()), Valid: true}, nil
}
