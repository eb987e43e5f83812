package daycare

import (
	"maps"
	"slices"

	"seteli/core/money"
)

// Thresholds are the figures of the fee act that change every other August: income limits by the size of the household,
// the share of the income above the limit, the highest and lowest fee, the shares of siblings (1503/2016, 5–8 §).
type Thresholds struct {
	Limits      map[int]money.Cents `json:"min_income_cents"`
	Increase    *money.Cents        `json:"income_increase_cents"` // for each person above the greatest size; nil = not told
	Multiplier  money.Rate          `json:"multiplier"`            // 0.107: a plain number, not a percentage
	MaxFee      money.Cents         `json:"max_fee_cents"`
	MinFee      money.Cents         `json:"min_fee_cents"` // a fee below it is not charged
	SecondShare money.Rate          `json:"second_child_share"`
	LaterShare  money.Rate          `json:"later_child_share"`
}

// Limit is the income that is left out of the fee of a household of so many persons. Above the greatest size of the table
// each person adds the increase; a size below the smallest takes the smallest, since the act knows no family of one.
// DAY-001 where the table has a hole.
func (t Thresholds) Limit(size int) (money.Cents, error) {
	if c, ok := t.Limits[size]; ok {
		return c, nil
	}
	sizes := slices.Sorted(maps.Keys(t.Limits))
	if len(sizes) == 0 {
		return 0, errLimit.With("size", size)
	}
	if size < sizes[0] {
		return t.Limits[sizes[0]], nil
	}
	greatest := sizes[len(sizes)-1]
	if size < greatest {
		return 0, errLimit.With("size", size)
	}
	if t.Increase == nil {
		return t.Limits[greatest], nil
	}
	return t.Limits[greatest] + money.Cents(size-greatest)**t.Increase, nil
}

var one = money.MustRate("1")

// Share is the part of the base fee that the child of this ordinal pays; the youngest placed child is the first.
func (t Thresholds) Share(ordinal int) money.Rate {
	switch {
	case ordinal <= 1:
		return one
	case ordinal == 2:
		return t.SecondShare
	}
	return t.LaterShare
}

// DiscountPercent is the discount of a sibling in whole per cent, half up.
func (t Thresholds) DiscountPercent(ordinal int) int {
	share := t.Share(ordinal)
	if share == one {
		return 0
	}
	return int(money.WholeHalfUp(money.Whole(1).Minus(share.Exact()).Times(money.Whole(100))))
}
