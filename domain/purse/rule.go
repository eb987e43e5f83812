package purse

import (
	"crypto/sha256"
	"encoding/binary"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/voucher"
)

// priced is what a purchase costs and what the balance pays of it.
type priced struct {
	quantity     money.Quantity
	price, value money.Cents // per unit
	total        money.Cents // whole price at the till
	amount       money.Cents // the purse's part: never more than is left
}

// quantityOf is how many units the asked sum or quantity is at the agreed price. A sum must be a whole number of 3000ths of the
// unit, so that price × quantity gives it back to the cent; otherwise the quantity has to be told (BAL-007).
func quantityOf(unit string, price money.Cents, quantity *money.Quantity, amount *money.Cents) (money.Quantity, money.Cents, error) {
	switch {
	case amount != nil && (*amount <= 0 || *amount > mostCents):
		return 0, 0, errAmount
	case quantity != nil && *quantity <= 0:
		return 0, 0, errAmount.At("quantity")
	case quantity != nil:
		if int64(*quantity) > int64(mostCents)*money.PerUnit/int64(price) {
			return 0, 0, errAmount.At("quantity")
		}
		total := price.Times(*quantity)
		if amount != nil && *amount != total {
			return 0, 0, errDiffers.With("given", *amount).With("sum", total).With("price", price)
		}
		if total <= 0 {
			return 0, 0, errAmount.At("quantity")
		}
		return *quantity, total, nil
	case amount != nil:
		parts := int64(*amount) * money.PerUnit
		if parts%int64(price) != 0 {
			return 0, 0, errPrice.With("price", price).With("unit", unit)
		}
		return money.Quantity(parts / int64(price)), *amount, nil
	case unit == "hour" || unit == "euro":
		return 0, 0, errAmount
	}
	return money.Units(1), price, nil // one visit, one day: what is meant when nothing is said
}

// share splits a purchase between balance and client. What does not fit is refused, or the client pays it; then the value of a unit
// is rounded down to a cent, so that the purse never pays more than is left and price, value and quantity explain every cent.
func share(unit string, price money.Cents, quantity money.Quantity, total, left money.Cents, t Terms) (priced, error) {
	p := priced{quantity: quantity, price: price, value: price, total: total, amount: total}
	whole := t.WholeUnits && unit != "euro"
	if whole && quantity%money.PerUnit != 0 {
		return priced{}, errWhole.With("unit", unit)
	}
	if total <= left {
		return p, nil
	}
	low := error(errLow)
	if t.BalanceShown {
		low = errLowShown.With("left", max(0, left))
	}
	if !t.ClientAdds || left <= 0 {
		return priced{}, low
	}
	if unit == "euro" && int64(left)*money.PerUnit%int64(price) == 0 { // euros can be cut: the event holds those that the purse pays
		p.quantity, p.amount = money.Quantity(int64(left)*money.PerUnit/int64(price)), left
		return p, nil
	}
	if whole { // the client pays the units that the balance does not cover
		p.quantity = money.Units(int64(left / price))
		if p.amount = price.Times(p.quantity); p.amount <= 0 {
			return priced{}, low
		}
		return p, nil
	}
	p.value = money.Cents(int64(left) * money.PerUnit / int64(quantity))
	p.amount = p.value.Times(quantity)
	if p.amount <= 0 {
		return priced{}, low
	}
	return p, nil
}

// part is how much of a hold a capture takes: the whole when nothing is said.
func (h *Hold) part(quantity *money.Quantity, amount *money.Cents) (money.Quantity, money.Cents, error) {
	switch {
	case quantity == nil && amount == nil, amount != nil && *amount == h.Amount && quantity == nil:
		return h.Quantity, h.Amount, nil
	case quantity != nil:
		if *quantity <= 0 {
			return 0, 0, errAmount.At("quantity")
		}
		if *quantity > h.Quantity {
			return 0, 0, errAbove.At("quantity").With("held", h.Amount)
		}
		sum := h.Value.Times(*quantity)
		switch {
		case amount != nil && *amount != sum:
			return 0, 0, errDiffers.With("given", *amount).With("sum", sum).With("price", h.Value)
		case sum <= 0:
			return 0, 0, errAmount.At("quantity")
		}
		return *quantity, sum, nil
	case *amount <= 0:
		return 0, 0, errAmount
	case *amount > h.Amount:
		return 0, 0, errAbove.With("held", h.Amount)
	}
	parts := int64(*amount) * money.PerUnit
	if parts%int64(h.Value) != 0 {
		return 0, 0, errPrice.With("price", h.Value).With("unit", "")
	}
	return money.Quantity(parts / int64(h.Value)), *amount, nil
}

// standing refuses a day on which the voucher gives no right.
func standing(v *voucher.Recorded, day calendar.Date) error {
	u := v.Valid
	if u.Empty() {
		return errNumber
	}
	if !u.Contains(day) {
		return errDay.With("from", u.From).With("to", u.Last())
	}
	for _, p := range v.Pauses {
		if p.Contains(day) {
			return errPaused.With("from", p.From).With("to", p.Last())
		}
	}
	return nil
}

// serviceDay is the day of the event that a capture makes: the told one, today, or the last day of a voucher that has ended.
func (h *Hold) serviceDay(v *voucher.Recorded, told *calendar.Date, today calendar.Date) (calendar.Date, error) {
	last := v.Valid.Last()
	if told == nil {
		return max(h.Day, min(today, last)), nil
	}
	if *told < h.Day || *told > today || *told > max(last, h.Day) {
		return 0, errService.With("from", h.Day).With("to", max(h.Day, min(today, last)))
	}
	return *told, nil
}

// hash is what an authorisation asks, without its reference: a repeat must be equal in it.
func (a *Ask) hash() []byte {
	h := sha256.New()
	var b [8]byte
	number := func(n int64) { binary.BigEndian.PutUint64(b[:], uint64(n)); h.Write(b[:]) }
	text := func(s string) { number(int64(len(s))); h.Write([]byte(s)) }
	text(a.Number)
	number(a.Unit)
	number(a.Content)
	if a.Quantity == nil {
		number(-1)
	} else {
		number(int64(*a.Quantity))
	}
	if a.Amount == nil {
		number(-1)
	} else {
		number(int64(*a.Amount))
	}
	if a.Capture {
		number(1)
	}
	if a.Band != "" {
		text(a.Band)
	}
	return h.Sum(nil)
}

// asFault is the fault that refuses one request; nil when the error is not about the request but about the machine.
func asFault(err error) *fault.Fault {
	if list := fault.All(err); len(list) > 0 && list[0].Kind != fault.Internal && list[0].Kind != fault.Unavailable {
		return list[0]
	}
	return nil
}
