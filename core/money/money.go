// Package money holds cents, quantities, exact rates and every rounding rule by its name.
//
// Amounts are whole cents in int64, quantities are whole parts of 1/3000 unit, rates are exact decimals.
// No float touches any of them. A product is computed exactly and rounded once, at a named place.
// The package knows no service, no voucher and no database.
package money

import (
	"fmt"
	"math/bits"
)

// Cents is an amount of euros in whole cents; negative in credits.
type Cents int64

// Quantity counts units in parts of 1/3000: a minute is exactly 50 parts of an hour and a decimal of three
// places is exactly 3 parts per thousandth, so neither minutes nor typed decimals are ever rounded.
type Quantity int64

// PerUnit is the number of parts in one whole unit.
const PerUnit = 3000

// Units gives n whole units.
func Units(n int64) Quantity { return Quantity(n * PerUnit) }

// Minutes gives the hours of n minutes, exactly.
func Minutes(n int64) Quantity { return Quantity(n * PerUnit / 60) }

// Times gives price × quantity in cents, the exact product rounded once, half away from zero
// (the common rule of the field: 0.5 cent goes up, and a credit is exactly the negative of its debit).
// An overflow is a programming error beyond any real amount (more than 9·10^16 cents) and panics.
func (c Cents) Times(q Quantity) Cents {
	neg := (c < 0) != (q < 0)
	hi, lo := bits.Mul64(abs(int64(c)), abs(int64(q)))
	lo, carry := bits.Add64(lo, PerUnit/2, 0)
	hi += carry
	if hi >= PerUnit {
		panic(fmt.Sprintf("money: %d cents × %d parts overflows", c, q))
	}
	n, _ := bits.Div64(hi, lo, PerUnit)
	if n > 1<<62 {
		panic(fmt.Sprintf("money: %d cents × %d parts overflows", c, q))
	}
	if neg {
		return -Cents(n)
	}
	return Cents(n)
}

func abs(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

// Share is what one delivered quantity costs, split between organiser and client.
// The two parts always sum to the whole.
type Share struct {
	Total     Cents // price × quantity
	Organiser Cents // min(price, value) × quantity
	Own       Cents // the rest, never negative
}

// Split divides price × quantity between the organiser, who pays at most the value per unit, and the client
// (569/2009 3 § and 9 §). Each product is rounded once; the own share is their difference.
func Split(price, value Cents, q Quantity) Share {
	s := Share{Total: price.Times(q), Organiser: min(price, value).Times(q)}
	s.Own = s.Total - s.Organiser
	return s
}
