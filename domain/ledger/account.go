package ledger

import (
	"seteli/core/calendar"
	"seteli/core/money"
)

// Account kinds. The numbers are stored and never change meaning.
const (
	Right   int16 = 1  // what a voucher's line may still be used for; ref = line
	Used    int16 = 2  // what has been used of it; ref = line
	Grantor int16 = 3  // the organiser's promise that the right comes from; ref = line
	Expense int16 = 10 // the organiser's cost; ref = service content
	Payable int16 = 11 // delivered and accepted, not yet in a statement; ref = provider
	Settled int16 = 12 // in a statement that waits for its payment; ref = provider
	Carried int16 = 13 // a negative statement carried to the next; ref = provider
	Claimed int16 = 14 // asked back from a payee with an invoice; ref = provider
	Lost    int16 = 15 // asked back and given up; ref = provider
	Bank    int16 = 20 // left the organiser's account; ref = provider
)

// Sources: what kind of fact made the posting. Stored, never reused.
const (
	FromGrant      int16 = 1 // a right opened, widened or narrowed; source = line
	FromEvent      int16 = 2 // a delivery accepted; source = event
	FromCorrection int16 = 3 // an event deleted, edited or sent back before settlement; source = event
	FromRefund     int16 = 4 // a settled event refunded, or that refund withdrawn; source = event
	FromSettlement int16 = 5 // moved into a statement or out of an undone one; source = run
	FromPayment    int16 = 6 // paid or returned; source = run
	FromHold       int16 = 7 // money of a euro balance held for a purchase, or its hold ended; source = hold
	FromMonth      int16 = 8 // days of a month under a decision, delivered or taken back by a closed month; source = row of the month
	FromClaim      int16 = 9 // a carried debt asked back with an invoice, and what became of it; source = claim
)

// Whole is the bucket that counts a line's whole validity.
const Whole = calendar.Date(0)

// Posting is one movement. Amounts and quantities are never negative: the accounts tell the direction.
type Posting struct {
	Provider      int64 // payee that it belongs to; 0 for movements of rights
	Period        int32 // the payee's open period; 0 likewise
	Debit, Credit int16
	DebitRef      int64
	CreditRef     int64
	Amount        money.Cents
	Quantity      money.Quantity
	Bucket        calendar.Date
	ServiceDate   calendar.Date
	Source        int16
	SourceID      int64
	SourceStep    int32
}

// Reversed is the same movement back, named as made by another source.
func (p Posting) Reversed(source int16, id int64, step int32) Posting {
	p.Debit, p.Credit = p.Credit, p.Debit
	p.DebitRef, p.CreditRef = p.CreditRef, p.DebitRef
	p.Source, p.SourceID, p.SourceStep = source, id, step
	return p
}

// Key names one balance: a voucher's line and the first day of its day, week or month (Whole for the validity).
type Key struct {
	Line   int64
	Bucket calendar.Date
}

// Balance is a right and its use. Used never exceeds Limit (checked here and by the database).
type Balance struct {
	Limit      money.Quantity
	Used       money.Quantity
	LimitCents money.Cents
	UsedCents  money.Cents
}

// Left is what may still be used.
func (b Balance) Left() money.Quantity { return b.Limit - b.Used }

// LeftCents is what may still be used of a euro balance.
func (b Balance) LeftCents() money.Cents { return b.LimitCents - b.UsedCents }
