package event

import (
	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/ledger"
)

// movement is what accepting an event moves: the voucher's right and the organiser's cost. Taking it back is the same, reversed.
type movement struct {
	Provider int64
	Period   int32 // the payee's open period that it is posted in
	Event    int64
	Line     int64
	Content  int64
	Bucket   calendar.Date
	Date     calendar.Date
	Quantity money.Quantity
	Cents    money.Cents
	Euro     bool
	whole    *ledger.Book
}

// used is what the movement takes of the right: units, or cents of a euro balance.
func (m movement) used() (money.Quantity, money.Cents) {
	if m.Euro {
		return 0, m.Cents
	}
	return m.Quantity, 0
}

// use takes from the locked balances: that of the day, week or month, and the whole one where the line has both.
func (m movement) use() error { return m.shift(1) }

// giveBack returns it.
func (m movement) giveBack() error { return m.shift(-1) }

func (m movement) shift(sign int64) error {
	q, c := m.used()
	q, c = money.Quantity(sign)*q, money.Cents(sign)*c
	if err := m.whole.Use(ledger.Key{Line: m.Line, Bucket: m.Bucket}, q, c); err != nil {
		return err
	}
	if k := (ledger.Key{Line: m.Line, Bucket: ledger.Whole}); m.Bucket != ledger.Whole && m.whole.Holds(k) {
		return m.whole.Use(k, q, c)
	}
	return nil
}

// postings are the two movements: the right used, and the cost owed to the payee.
func (m movement) postings(source int16, step int32) []ledger.Posting {
	q, c := m.used()
	right := ledger.Posting{Debit: ledger.Used, DebitRef: m.Line, Credit: ledger.Right, CreditRef: m.Line, Amount: c, Quantity: q,
		Bucket: m.Bucket, ServiceDate: m.Date, Source: source, SourceID: m.Event, SourceStep: step}
	cost := ledger.Posting{Provider: m.Provider, Period: m.Period, Debit: ledger.Expense, DebitRef: m.Content, Credit: ledger.Payable, CreditRef: m.Provider,
		Amount: m.Cents, Quantity: m.Quantity, Bucket: m.Bucket, ServiceDate: m.Date, Source: source, SourceID: m.Event, SourceStep: step}
	return []ledger.Posting{right, cost}
}

// reversal takes the movement back, as made by another source.
func (m movement) reversal(source int16, step int32) []ledger.Posting {
	both := m.postings(source, step)
	for i := range both {
		both[i] = both[i].Reversed(source, m.Event, step)
	}
	return both
}
