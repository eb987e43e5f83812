package rulebook

import (
	"fmt"
	"math/bits"
	"strings"

	"seteli/core/money"
)

// Percent counts hundredths of a percent: 12.5 % is 1250. It is written as decimal text in rules.
type Percent int64

// PerCent is one percent.
const PerCent Percent = 100

// Tolerance (muutossääntö) lets the quantity of a period go above what was granted.
type Tolerance struct {
	Percent     Percent        `json:"percent"`
	Step        money.Quantity `json:"step_quantity"` // the widened amount is rounded up to a multiple of this
	AutoApprove bool           `json:"auto_approve"`  // within the tolerance: accepted; else to review
}

// Widen gives the limit with its tolerance: limit × (1 + percent / 100), rounded up to the step.
// 2 h with 10 % is 2.2 h, so 3 h with the step of one hour. Without a percentage the limit stays exactly as it is.
func (t Tolerance) Widen(limit money.Quantity) money.Quantity {
	if t.Percent <= 0 || limit <= 0 {
		return limit
	}
	const whole = 100 * uint64(PerCent)
	// Exact in 128 bits: limit × (whole + percent) / (whole × step), rounded up, in steps.
	step := uint64(max(t.Step, 1))
	hi, lo := bits.Mul64(uint64(limit), whole+uint64(t.Percent))
	lo, carry := bits.Add64(lo, whole*step-1, 0)
	hi += carry
	if hi >= whole*step {
		panic(fmt.Sprintf("rulebook: %d widened by %d overflows", limit, t.Percent))
	}
	steps, _ := bits.Div64(hi, lo, whole*step)
	return money.Quantity(steps * step)
}

// ParsePercent reads "10", "12,5" or "12.5"; at most two decimals, never negative.
func ParsePercent(s string) (Percent, error) {
	whole, part, _ := strings.Cut(strings.Replace(strings.TrimSpace(s), ",", ".", 1), ".")
	if whole == "" || len(whole) > 4 || len(part) > 2 || strings.Trim(whole+part, "0123456789") != "" || strings.HasSuffix(strings.TrimSpace(s), ".") {
		return 0, errPercent
	}
	var n Percent
	for _, d := range whole + (part + "00")[:2] {
		n = 10*n + Percent(d-'0')
	}
	return n, nil
}

// String is the decimal text: 10, 12.5.
func (p Percent) String() string {
	s := fmt.Sprintf("%d.%02d", p/PerCent, p%PerCent)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// MarshalText gives rules the decimal text.
func (p Percent) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads it.
func (p *Percent) UnmarshalText(b []byte) error {
	n, err := ParsePercent(string(b))
	if err == nil {
		*p = n
	}
	return err
}
