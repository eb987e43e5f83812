package daycare

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
)

// PaymentState is where a unit's payment of a month stands.
type PaymentState string

// A draft is confirmed by another person and then sent to the bank.
const (
	PaymentDraft     PaymentState = "DRAFT"
	PaymentConfirmed PaymentState = "CONFIRMED"
	PaymentSent      PaymentState = "SENT"
)

// UnitPayment is a payment of a month to a unit.
type UnitPayment struct {
	ID, Unit string
	Month    calendar.Month
	Amount   money.Cents
	State    PaymentState
	Number   *int // given when it is sent
}

// UnitAmount is a sum of a unit.
type UnitAmount struct {
	Unit   string
	Amount money.Cents
}

// MonthTotal is the statement total of a unit's month.
type MonthTotal struct {
	UnitAmount
	Month calendar.Month
}

// DraftPayments makes the drafts of the latest closed month from the statement totals and what earlier months carry.
// Older drafts of that month are replaced; a unit whose payment is confirmed or sent gets none. A positive sum is a draft, a
// negative one is carried forward and never dropped, nothing makes nothing. DAY-040 when no month is closed.
func DraftPayments(closed []calendar.Month, totals []MonthTotal, payments []UnitPayment, carriedIn []UnitAmount) (month calendar.Month, all []UnitPayment, carried []UnitAmount, err error) {
	if len(closed) == 0 {
		return 0, nil, nil, errNoClosedMonth
	}
	month = slices.Max(closed)
	sums := map[string]money.Cents{}
	for _, t := range totals {
		if t.Month == month {
			sums[t.Unit] += t.Amount
		}
	}
	for _, c := range carriedIn {
		sums[c.Unit] += c.Amount
	}
	for _, p := range payments {
		if p.Month == month && p.State == PaymentDraft {
			continue
		}
		all = append(all, p)
		if p.Month == month {
			delete(sums, p.Unit)
		}
	}
	for unit, sum := range sums {
		switch {
		case sum > 0:
			all = append(all, UnitPayment{Unit: unit, Month: month, Amount: sum, State: PaymentDraft})
		case sum < 0:
			carried = append(carried, UnitAmount{unit, sum})
		}
	}
	slices.SortFunc(carried, func(a, b UnitAmount) int { return cmp.Compare(a.Unit, b.Unit) })
	return month, sortPayments(all), carried, nil
}

// ConfirmPayments confirms the selected drafts. DAY-041 when one of them is no draft.
func ConfirmPayments(payments []UnitPayment, selected []string) ([]UnitPayment, error) {
	return movePayments(payments, selected, PaymentDraft, PaymentConfirmed)
}

// RevertPayments makes the selected confirmed payments drafts again. DAY-042 when one of them is not confirmed.
func RevertPayments(payments []UnitPayment, selected []string) ([]UnitPayment, error) {
	return movePayments(payments, selected, PaymentConfirmed, PaymentDraft)
}

// DeletePayments takes the selected drafts away. DAY-041 when one of them is no draft.
func DeletePayments(payments []UnitPayment, selected []string) ([]UnitPayment, error) {
	if err := inState(payments, selected, PaymentDraft); err != nil {
		return nil, err
	}
	left := slices.DeleteFunc(slices.Clone(payments), func(p UnitPayment) bool { return slices.Contains(selected, p.ID) })
	return sortPayments(left), nil
}

// SendPayments sends the selected confirmed payments, numbered from next in the order given. The payment of a unit without
// bank details stays confirmed, and the unit is named in blocked: it is a task, never skipped. DAY-042.
func SendPayments(payments []UnitPayment, selected, withBank []string, next int) (all []UnitPayment, blocked []string, err error) {
	if err := inState(payments, selected, PaymentConfirmed); err != nil {
		return nil, nil, err
	}
	all = slices.Clone(payments)
	for i := range all {
		p := &all[i]
		if !slices.Contains(selected, p.ID) {
			continue
		}
		if !slices.Contains(withBank, p.Unit) {
			if !slices.Contains(blocked, p.Unit) {
				blocked = append(blocked, p.Unit)
			}
			continue
		}
		number := next
		p.State, p.Number = PaymentSent, &number
		next++
	}
	return sortPayments(all), blocked, nil
}

func movePayments(payments []UnitPayment, selected []string, from, to PaymentState) ([]UnitPayment, error) {
	if err := inState(payments, selected, from); err != nil {
		return nil, err
	}
	all := slices.Clone(payments)
	for i := range all {
		if slices.Contains(selected, all[i].ID) {
			all[i].State = to
		}
	}
	return sortPayments(all), nil
}

// inState refuses a selection of which anything is not in the state, or does not exist.
func inState(payments []UnitPayment, selected []string, state PaymentState) error {
	for _, id := range selected {
		i := slices.IndexFunc(payments, func(p UnitPayment) bool { return p.ID == id })
		if i >= 0 && payments[i].State == state {
			continue
		}
		if state == PaymentDraft {
			return errNotDraft
		}
		return errNotConfirmed
	}
	return nil
}

func sortPayments(list []UnitPayment) []UnitPayment {
	slices.SortStableFunc(list, func(a, b UnitPayment) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Unit, b.Unit))
	})
	return list
}
