package economy

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/economy/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Part is the voucher places of a period that have one thing in common.
type Part struct {
	Key      string // the service need's code, the postal area, the month ("2026-03-01"), or "over" and "under"; "" = the register does not tell it
	Rest     bool   // parts of too few children, put together
	Children int
	VoucherMonths
	Side Side
}

// Parts are the voucher places of a period, parted four ways. The sums of each way are those of all.
type Parts struct{ Age, Option, Area, Month []Part }

// PartsOf reads closed months parted by age, service need, postal area of the unit, and month. Parts of few children are put together, and
// the administration is shared by weighted child-months.
func PartsOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, p calendar.Period, a Assumptions) (out Parts, err error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return out, err
	}
	rows, err := db.New(tx).VoucherParts(ctx, db.VoucherPartsParams{OrganiserID: organiser, FromDay: p.From, ToDay: p.To})
	if err != nil {
		return out, fmt.Errorf("reading parts of closed months: %w", err)
	}
	ways := map[string]*[]Part{"age": &out.Age, "option": &out.Option, "area": &out.Area, "month": &out.Month}
	var all money.Exact
	for _, r := range rows {
		list := ways[r.Way]
		if n := len(*list); n == 0 || (*list)[n-1].Key != r.Key {
			*list = append(*list, Part{Key: r.Key, Children: int(r.Children), VoucherMonths: VoucherMonths{ByOption: map[string]money.Exact{}}})
		}
		part := &(*list)[len(*list)-1]
		part.add(r.OptionCode, r.UnderThree, r.Days, r.MonthDays, money.Cents(r.PaidCents))
	}
	for _, x := range out.Age {
		all = all.Plus(x.Months.Weighted())
	}
	for _, list := range ways {
		*list = toldParts(*list)
		for i := range *list {
			x := &(*list)[i]
			x.Side = x.side(p, a, all)
		}
	}
	return out, nil
}

// add takes days of a month, a whole one being one child-month.
func (v *VoucherMonths) add(option string, underThree bool, days, monthDays int64, paid money.Cents) {
	if v.Paid += paid; monthDays == 0 {
		return
	}
	n := money.Fraction(days, monthDays)
	if underThree {
		v.Months.Under = v.Months.Under.Plus(n)
	} else {
		v.Months.Over = v.Months.Over.Plus(n)
	}
	v.ByOption[option] = v.ByOption[option].Plus(n)
}

// toldParts puts parts of few children together.
func toldParts(list []Part) []Part {
	told, rest := Together(list, func(x Part) int { return x.Children }, Part.join)
	if rest != nil && rest.Children >= Least { // fewer in all are not told
		rest.Rest = true
		told = append(told, *rest)
	}
	return told
}

func (x Part) join(y Part) Part {
	out := Part{Rest: true, Children: x.Children + y.Children, VoucherMonths: VoucherMonths{Paid: x.Paid + y.Paid, ByOption: map[string]money.Exact{}}}
	out.Months = Months{x.Months.Over.Plus(y.Months.Over), x.Months.Under.Plus(y.Months.Under)}
	for _, of := range []map[string]money.Exact{x.ByOption, y.ByOption} {
		for option, n := range of {
			out.ByOption[option] = out.ByOption[option].Plus(n)
		}
	}
	return out
}
