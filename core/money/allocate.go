package money

import (
	"cmp"
	"math/bits"
	"slices"
)

// Allocate shares total by weights without losing a cent: each gets the whole cents of its exact share, and the
// cents left go one by one to the largest remainders, the earlier one first when remainders are equal.
// When all weights are 0 the parts are equal. A negative total is the mirror of the positive one.
// No weights, a negative weight, or weights that overflow together are programming errors and panic.
func Allocate(total Cents, weights []int64) []Cents {
	if len(weights) == 0 {
		panic("money: allocating without weights")
	}
	var sum uint64
	for _, w := range weights {
		if w < 0 || sum > 1<<62 {
			panic("money: a negative weight, or weights beyond range")
		}
		sum += uint64(w)
	}
	equal := sum == 0
	if equal {
		sum = uint64(len(weights))
	}
	amount := abs(int64(total))
	parts := make([]Cents, len(weights))
	rest := make([]uint64, len(weights))
	order := make([]int, len(weights))
	left := amount
	for i, w := range weights {
		share := uint64(w)
		if equal {
			share = 1
		}
		hi, lo := bits.Mul64(amount, share)
		n, r := bits.Div64(hi, lo, sum) // share ≤ sum, so the quotient fits
		parts[i], rest[i], order[i] = Cents(n), r, i
		left -= n
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for _, i := range order[:left] {
		parts[i]++
	}
	if total < 0 {
		for i := range parts {
			parts[i] = -parts[i]
		}
	}
	return parts
}
