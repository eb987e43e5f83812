package money

import (
	"strings"

	"seteli/core/fault"
)

// Factor is an exact number as rules write it: a decimal ("30.4") or a fraction of two decimals ("365/12", "30/7").
// The zero value is 0.
type Factor struct {
	over, under Rate
	fraction    bool
}

var errFactor = fault.New(fault.Invalid, "MON-011", "core.money.factor").At("factor")

// ParseFactor reads "30.4", "30,4" or "365/12"; MON-011 for anything else and for a divisor of zero.
func ParseFactor(s string) (Factor, error) {
	top, bottom, fraction := strings.Cut(s, "/")
	over, err := ParseRate(top)
	if err != nil {
		return Factor{}, errFactor.Because(err)
	}
	if !fraction {
		return Factor{over: over}, nil
	}
	under, err := ParseRate(bottom)
	if err != nil || under.Exact().Sign() == 0 {
		return Factor{}, errFactor.Because(err)
	}
	return Factor{over, under, true}, nil
}

// Exact is the number itself.
func (f Factor) Exact() Exact {
	x := f.over.Exact()
	if !f.fraction {
		return x
	}
	return Exact{x.rat().Quo(x.rat(), f.under.Exact().rat())}
}

// String is the number as it is written.
func (f Factor) String() string {
	if f.fraction {
		return f.over.String() + "/" + f.under.String()
	}
	return f.over.String()
}

// MarshalText gives JSON the text, so that no reader turns it into a float.
func (f Factor) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads as ParseFactor does.
func (f *Factor) UnmarshalText(b []byte) error {
	p, err := ParseFactor(string(b))
	if err == nil {
		*f = p
	}
	return err
}
