package daycare

import (
	"seteli/core/money"
)

// FeeRounding says how often a fee is rounded to a whole euro.
type FeeRounding string

// Stepwise rounds the base fee, the sibling's share of it and the part-time fee, each half up to a euro. Once rounds only
// the product of all three.
const (
	Stepwise FeeRounding = "stepwise"
	Once     FeeRounding = "once"
)

// Base is the fee of the first child in full-time care, with the figures from which it came.
type Base struct {
	Fee     money.Cents // whole euros, at most the highest fee
	Unknown bool        // an adult's income is not known: the highest fee
	Fixed   bool        // a fee that is given as it stands, whatever the income: of the need option, or Ready
	Ready   bool        `json:",omitempty"` // decided in another system, with everything in it
	Income  money.Cents // adults and this child together; only when known
	Limit   money.Cents

	exact money.Exact // before rounding, at most the highest fee
}

// BaseFee computes the base fee of one child. A nil adult is one whose income is not known; a nil child has no income of
// its own. An income may be negative. DAY-001 when no limit is known for the size.
func (t Thresholds) BaseFee(size int, adults []*money.Cents, child *money.Cents) (Base, error) {
	limit, err := t.Limit(size)
	b := Base{Limit: limit}
	if child != nil {
		b.Income = *child
	}
	for _, a := range adults {
		if a == nil {
			// The highest fee needs no limit, so a household of an unlisted size still gets its fee.
			return Base{Fee: t.MaxFee, Unknown: true, Limit: limit, exact: t.MaxFee.Exact()}, nil
		}
		b.Income += *a
	}
	if err != nil {
		return Base{}, err
	}
	b.exact = t.Multiplier.Exact().Times(max(0, b.Income-limit).Exact())
	b.Fee = min(t.MaxFee, money.HalfUpEuro.Cents(b.exact))
	if most := t.MaxFee.Exact(); b.exact.Cmp(most) > 0 {
		b.exact = most
	}
	return b, nil
}

// FixedBase is a base fee that is given as it stands.
func FixedBase(fee money.Cents) Base { return Base{Fee: fee, Fixed: true, exact: fee.Exact()} }

// ReadyFee is a fee that another system has decided. Nothing is computed on top of it, and the lowest fee is no bar: relief may be in it.
func ReadyFee(share money.Cents) Fee {
	base := FixedBase(share)
	base.Ready = true
	return Fee{Base: base, Share: one, Shared: share, Coefficient: one, Computed: share, Charged: share}
}

// FeeInput is what one child's fee hangs on when the base is known.
type FeeInput struct {
	Base         Base
	FixedSibling *money.Cents // replaces the sibling's share of the base from the second child on
	Ordinal      int          // 1 = the youngest placed child
	Coefficient  money.Rate   // of the need option: 1 full time, 0.6 part time
	Rounding     FeeRounding  // "" = Stepwise
}

// Fee is a child's fee with its steps.
type Fee struct {
	Base        Base
	Share       money.Rate
	Fixed       bool        // the sibling's part is a fixed sum
	Shared      money.Cents // after the sibling's share
	Coefficient money.Rate
	Rounding    FeeRounding
	Computed    money.Cents // after the part-time coefficient, before the lowest fee
	Charged     money.Cents // 0 when Computed is below the lowest fee
}

// Fee computes the fee of one child. The lowest-fee test comes after the rounding: 26.96 € is charged as 27 €.
func (t Thresholds) Fee(in FeeInput) Fee {
	f := Fee{Base: in.Base, Share: t.Share(in.Ordinal), Coefficient: in.Coefficient, Rounding: in.Rounding}
	share := in.Base.Fee.Exact()
	if in.Rounding == Once {
		share = in.Base.exact
	}
	share = share.Times(f.Share.Exact())
	if in.FixedSibling != nil && in.Ordinal >= 2 {
		f.Fixed, share = true, in.FixedSibling.Exact()
	}
	f.Shared = money.HalfUpEuro.Cents(share)
	if f.Fixed {
		f.Shared = *in.FixedSibling // a fixed sum is charged as it is given
	}
	if in.Rounding != Once {
		share = f.Shared.Exact()
	}
	f.Computed = money.HalfUpEuro.Cents(share.Times(in.Coefficient.Exact()))
	if f.Charged = f.Computed; f.Computed < t.MinFee {
		f.Charged = 0
	}
	return f
}

// FamilyChild is one child of a family whose fees are computed together.
type FamilyChild struct {
	ID          string
	Ordinal     int
	Coefficient money.Rate
	OwnIncome   *money.Cents // counts for this child only
}

// FamilyFee is the fee of one of them.
type FamilyFee struct {
	ID string
	Fee
}

// FamilyFees computes the fees of all children of a family, in the order given, and their sum.
func (t Thresholds) FamilyFees(size int, adults []*money.Cents, children []FamilyChild, rounding FeeRounding) ([]FamilyFee, money.Cents, error) {
	var total money.Cents
	fees := make([]FamilyFee, 0, len(children))
	for _, c := range children {
		base, err := t.BaseFee(size, adults, c.OwnIncome)
		if err != nil {
			return nil, 0, err
		}
		fee := t.Fee(FeeInput{Base: base, Ordinal: c.Ordinal, Coefficient: c.Coefficient, Rounding: rounding})
		fees = append(fees, FamilyFee{c.ID, fee})
		total += fee.Charged
	}
	return fees, total, nil
}

// Effect is what an income record says.
type Effect string

// Only Known gives a sum; the others lead to the highest fee.
const (
	Known          Effect = "INCOME"
	Incomplete     Effect = "INCOMPLETE"
	MaxFeeAccepted Effect = "MAX_FEE_ACCEPTED"
	NotAvailable   Effect = "NOT_AVAILABLE"
)

// UsesMaxFee tells whether any adult's record is anything but a known income; "" = no record. Without adults it is false.
func UsesMaxFee(effects []Effect) bool {
	for _, e := range effects {
		if e != Known {
			return true
		}
	}
	return false
}
