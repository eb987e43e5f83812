package money

import (
	"fmt"
	"math/big"

	"seteli/core/fault"
)

// Exact is an exact fraction: what stands between the inputs of a formula and its one named rounding.
// Amounts in it are euros, quantities are units, rates are plain numbers. It is never changed in place;
// the zero value is 0.
type Exact struct{ r *big.Rat }

func (x Exact) rat() *big.Rat {
	if x.r == nil {
		return new(big.Rat)
	}
	return x.r
}

// Whole is n as an exact number.
func Whole(n int64) Exact { return Exact{new(big.Rat).SetInt64(n)} }

// Fraction is n/d; d is never 0 (a programming error that panics).
func Fraction(n, d int64) Exact { return Exact{big.NewRat(n, d)} }

// Exact is the amount in euros.
func (c Cents) Exact() Exact { return Fraction(int64(c), 100) }

// Exact is the quantity in units.
func (q Quantity) Exact() Exact { return Fraction(int64(q), PerUnit) }

// Plus is x + y.
func (x Exact) Plus(y Exact) Exact { return Exact{new(big.Rat).Add(x.rat(), y.rat())} }

// Minus is x − y.
func (x Exact) Minus(y Exact) Exact { return Exact{new(big.Rat).Sub(x.rat(), y.rat())} }

// Times is x · y.
func (x Exact) Times(y Exact) Exact { return Exact{new(big.Rat).Mul(x.rat(), y.rat())} }

var errZero = fault.New(fault.Invalid, "MON-008", "core.money.divide_by_zero")

// Over is x / y; a divisor 0, which only rule data can bring, is refused (MON-008).
func (x Exact) Over(y Exact) (Exact, error) {
	if y.Sign() == 0 {
		return Exact{}, errZero
	}
	return Exact{new(big.Rat).Quo(x.rat(), y.rat())}, nil
}

// Cmp is -1, 0 or 1 as x is less than, equal to or greater than y.
func (x Exact) Cmp(y Exact) int { return x.rat().Cmp(y.rat()) }

// Sign is -1, 0 or 1.
func (x Exact) Sign() int { return x.rat().Sign() }

// Clamp gives x, but at least low and at most high.
func (x Exact) Clamp(low, high Exact) Exact {
	if x.Cmp(high) > 0 {
		x = high
	}
	if x.Cmp(low) < 0 {
		x = low
	}
	return x
}

// String is a finite decimal as it is, and the fraction n/d otherwise; for traces and tests.
func (x Exact) String() string {
	if n, exact := x.rat().FloatPrec(); exact {
		return x.rat().FloatString(n)
	}
	return x.rat().RatString()
}

// Quantity gives the exact quantity; false when x is no whole number of 1/3000 units or too large.
func (x Exact) Quantity() (Quantity, bool) {
	n := new(big.Rat).Mul(x.rat(), big.NewRat(PerUnit, 1))
	if !n.IsInt() || !n.Num().IsInt64() {
		return 0, false
	}
	return Quantity(n.Num().Int64()), true
}

// round divides by the step, rounds the quotient to an integer away from, towards or half away from zero,
// and gives it as a count of steps. A count beyond int64 is beyond any real amount and panics.
func (x Exact) round(step *big.Rat, mode mode) int64 {
	q := new(big.Rat).Quo(x.rat(), step)
	n, rest := new(big.Int).QuoRem(new(big.Int).Abs(q.Num()), q.Denom(), new(big.Int))
	up := false
	switch mode {
	case halfUp:
		up = rest.Lsh(rest, 1).Cmp(q.Denom()) >= 0
	case upwards:
		up = rest.Sign() > 0
	case downwards:
	}
	if up {
		n.Add(n, big.NewInt(1))
	}
	if q.Sign() < 0 {
		n.Neg(n)
	}
	if !n.IsInt64() {
		panic(fmt.Sprintf("money: rounding %s overflows", x))
	}
	return n.Int64()
}

// Shown is the number as people are shown it before it is rounded: a decimal of at most so many places, half up.
// It is for reading only; formulas go on with x. A number beyond 19 digits is beyond any real amount and panics.
func (x Exact) Shown(places int) Rate {
	step := new(big.Rat).SetFrac(big.NewInt(1), tenTo(places))
	n := x.round(step, halfUp)
	return MustRate(new(big.Rat).Mul(new(big.Rat).SetInt64(n), step).FloatString(places))
}
