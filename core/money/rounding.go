package money

import (
	"math/big"
	"slices"

	"seteli/core/fault"
)

type mode uint8

const (
	halfUp    mode = iota // 0.5 goes away from zero, so that a credit is the negative of its debit
	upwards               // anything over goes away from zero
	downwards             // anything over falls off
)

// Rounding is a named rule: a step in cents and a direction. Negative amounts mirror positive ones.
// The zero value rounds half up to the cent, the rule where nothing else is said.
type Rounding struct {
	unit unit
	mode mode
}

type unit uint8

const (
	cent unit = iota
	fiveCents
	tenCents
	euro
)

var steps = [...]Cents{cent: 1, fiveCents: 5, tenCents: 10, euro: 100}

// The roundings by the names under which rule data calls them.
var (
	HalfUpCent    = Rounding{cent, halfUp}
	UpToCent      = Rounding{cent, upwards}
	DownToCent    = Rounding{cent, downwards} // whole cents are kept, parts of a cent are dropped
	HalfUp5Cents  = Rounding{fiveCents, halfUp}
	UpTo5Cents    = Rounding{fiveCents, upwards}
	DownTo5Cents  = Rounding{fiveCents, downwards}
	HalfUp10Cents = Rounding{tenCents, halfUp}
	UpTo10Cents   = Rounding{tenCents, upwards}
	DownTo10Cents = Rounding{tenCents, downwards}
	HalfUpEuro    = Rounding{euro, halfUp}
	UpToEuro      = Rounding{euro, upwards}
	DownToEuro    = Rounding{euro, downwards}
)

var roundingNames = map[Rounding]string{
	HalfUpCent: "half_up_cent", UpToCent: "up_cent", DownToCent: "down_cent",
	HalfUp5Cents: "half_up_5cent", UpTo5Cents: "up_5cent", DownTo5Cents: "down_5cent",
	HalfUp10Cents: "half_up_10cent", UpTo10Cents: "up_10cent", DownTo10Cents: "down_10cent",
	HalfUpEuro: "half_up_euro", UpToEuro: "up_euro", DownToEuro: "down_euro",
}

// Roundings lists the names in alphabetical order, for editors of rule data.
func Roundings() []string {
	names := make([]string, 0, len(roundingNames))
	for _, n := range roundingNames {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

var errRounding = fault.New(fault.Invalid, "MON-009", "core.money.rounding").At("rounding")

// ParseRounding reads a name such as "half_up_cent"; an unknown name is refused (MON-009).
func ParseRounding(name string) (Rounding, error) {
	for r, n := range roundingNames {
		if n == name {
			return r, nil
		}
	}
	return Rounding{}, errRounding.With("name", name)
}

// Cents rounds an exact amount in euros once.
func (r Rounding) Cents(x Exact) Cents {
	step := steps[r.unit]
	return Cents(x.round(big.NewRat(int64(step), 100), r.mode)) * step
}

// String is the rule's name.
func (r Rounding) String() string { return roundingNames[r] }

// MarshalText gives rule data the name.
func (r Rounding) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the name.
func (r *Rounding) UnmarshalText(b []byte) error {
	p, err := ParseRounding(string(b))
	if err == nil {
		*r = p
	}
	return err
}

// WholeHalfUp rounds a plain number half up to a whole one: hours per month, operational days.
func WholeHalfUp(x Exact) int64 { return x.round(big.NewRat(1, 1), halfUp) }
