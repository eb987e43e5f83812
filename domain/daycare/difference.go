package daycare

import (
	"cmp"
	"slices"
	"strings"

	"seteli/core/money"
)

// Difference says in what a decision differs from the one before it.
type Difference string

// The differences, in the order in which they are told.
const (
	Guardians       Difference = "GUARDIANS"
	IncomeDiffers   Difference = "INCOME" // another record counts too: the family that reported gets an answer
	FamilySize      Difference = "FAMILY_SIZE"
	PlacementMoved  Difference = "PLACEMENT"
	ServiceNeed     Difference = "SERVICE_NEED"
	SiblingDiscount Difference = "SIBLING_DISCOUNT"
	OwnShare        Difference = "OWN_SHARE"
	FeeAlterations  Difference = "FEE_ALTERATIONS"
	FinalOwnShare   Difference = "FINAL_OWN_SHARE"
	BaseValue       Difference = "BASE_VALUE"
	VoucherValue    Difference = "VOUCHER_VALUE"
	FeeThresholds   Difference = "FEE_THRESHOLDS"
	ReadyFees       Difference = "READY_SHARE" // whether the own share came ready or was computed
)

var comparisons = []struct {
	code  Difference
	equal func(a, b *Draft) bool
}{
	{Guardians, sameAdults},
	{IncomeDiffers, computed(sameIncomes)},
	{FamilySize, func(a, b *Draft) bool { return a.FamilySize == b.FamilySize }},
	{PlacementMoved, func(a, b *Draft) bool { return a.Unit == b.Unit && a.PlacementType == b.PlacementType }},
	{ServiceNeed, func(a, b *Draft) bool { return a.Option == b.Option && a.NeedMissing == b.NeedMissing }},
	{SiblingDiscount, computed(func(a, b *Draft) bool { return a.Outcome.DiscountPct == b.Outcome.DiscountPct })},
	{OwnShare, func(a, b *Draft) bool { return a.Outcome.Fee.Charged == b.Outcome.Fee.Charged }},
	{FeeAlterations, computed(sameAlterations)},
	{FinalOwnShare, func(a, b *Draft) bool { return a.Outcome.FinalOwnShare == b.Outcome.FinalOwnShare }},
	{BaseValue, func(a, b *Draft) bool { return a.Outcome.BaseValue == b.Outcome.BaseValue }},
	{VoucherValue, func(a, b *Draft) bool { return a.Outcome.Value == b.Outcome.Value }},
	{FeeThresholds, computed(sameThresholds)},
	{ReadyFees, func(a, b *Draft) bool { return a.ready() == b.ready() }},
}

// computed compares what an own share is computed with; one that came ready has none of it.
func computed(equal func(a, b *Draft) bool) func(a, b *Draft) bool {
	return func(a, b *Draft) bool { return a.ready() || b.ready() || equal(a, b) }
}

func (d *Draft) ready() bool { return d.Outcome.Fee.Base.Ready }

// differences lists in what b differs from a; none means that they are one decision.
func differences(a, b *Draft) []Difference {
	var list []Difference
	for _, c := range comparisons {
		if !c.equal(a, b) {
			list = append(list, c.code)
		}
	}
	return list
}

// sameAdults compares the adults as a set: exchanged roles are no difference.
func sameAdults(a, b *Draft) bool {
	return a.Head == b.Head && a.Partner == b.Partner || a.Head == b.Partner && a.Partner == b.Head
}

// sameIncomes compares the adults' records as a set, and the child's own; an adult without a record has nothing to compare.
func sameIncomes(a, b *Draft) bool {
	if !slices.Equal(slices.Compact(slices.Clone(a.AdultIncomes)), slices.Compact(slices.Clone(b.AdultIncomes))) {
		return false
	}
	if a.ChildIncome == nil || b.ChildIncome == nil {
		return a.ChildIncome == b.ChildIncome
	}
	return *a.ChildIncome == *b.ChildIncome
}

func (i IncomeUsed) compare(other IncomeUsed) int {
	known := func(x IncomeUsed) int {
		if x.Known {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(i.ID, other.ID), cmp.Compare(known(i), known(other)), cmp.Compare(i.Total, other.Total))
}

// sameAlterations compares them as they came in, in any order; their effect on the fee is a difference of its own.
func sameAlterations(a, b *Draft) bool {
	if len(a.Alterations) != len(b.Alterations) {
		return false
	}
	rest := slices.Clone(b.Alterations)
	for _, x := range a.Alterations {
		i := slices.IndexFunc(rest, x.same)
		if i < 0 {
			return false
		}
		rest = slices.Delete(rest, i, i+1)
	}
	return true
}

func (a Alteration) same(b Alteration) bool {
	if a.Percent == nil || b.Percent == nil {
		return a.Type == b.Type && a.Percent == b.Percent && a.Amount == b.Amount
	}
	return a.Type == b.Type && *a.Percent == *b.Percent
}

// sameThresholds compares the limit of each family's own size, the multiplier, the highest and lowest fee and the shares.
func sameThresholds(a, b *Draft) bool {
	figures := func(d *Draft) [6]any {
		t := d.Thresholds
		return [6]any{d.Limit, t.Multiplier, t.MaxFee, t.MinFee, t.SecondShare, t.LaterShare}
	}
	return figures(a) == figures(b)
}

// IncomeUnknown tells whether the highest fee was taken because an adult's income is not known.
func (d Draft) IncomeUnknown() bool { return d.Outcome.Fee.Base.Unknown }

// Payable is what the municipality pays a month before a price model has its say.
func (d Draft) Payable() money.Cents { return d.Outcome.Paid }

// Key names the difference's text.
func (d Difference) Key() string { return "daycare.difference." + strings.ToLower(string(d)) }

// Differences lists in what b differs from a, as a decision tells it; none means that they are one decision.
func Differences(a, b Draft) []Difference { return differences(&a, &b) }
