package event

import (
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/admission"
	"seteli/domain/catalogue"
	"seteli/domain/ledger"
	"seteli/domain/rulebook/method"
	"seteli/domain/voucher"
)

// Terms are the rules of a rulebook version that recording applies.
type Terms struct {
	RecordingDays int                                        // the earliest day is the first of the present month minus these days
	PromptDays    int                                        // recorded later than this is told; 0 = never
	GraceDays     *int                                       // after the end of a voucher its deliveries are recorded at most this many days; nil = as long as others
	Bands         []method.Band                              // of a value that depends on the time of day
	Overrun       bool                                       // what goes above the amount is looked at instead of cut
	Tolerated     func(amount money.Quantity) money.Quantity // the amount with its tolerance (rulebook); nil = no tolerance
	ToleranceAuto bool                                       // accepted without review
}

// Earlier is a live event of a client that is already stored, or one accepted earlier in the same batch.
type Earlier struct {
	Event      int64
	Reference  string
	Provider   int64
	Client     int64
	Line       int64
	Content    int64
	Date       calendar.Date
	Start, End *time.Time
	Quantity   money.Quantity
	Worker     string
}

// Stored is the first answer to a reference.
type Stored struct {
	Hash    []byte
	Verdict Verdict
}

// Facts is the snapshot that a batch is judged on. Judge reads nothing else.
type Facts struct {
	Now        time.Time
	Today      calendar.Date
	Vouchers   map[string]*voucher.Recorded
	Prices     map[priceKey][]admission.AgreedPrice
	Approvals  map[approvalKey][]admission.Admitted
	Contents   map[int64][]catalogue.ContentTerms
	Terms      map[int64]Terms
	Balances   map[ledger.Key]ledger.Balance
	Earlier    map[int64][]Earlier // by client
	References map[referenceKey]Stored
}

type priceKey struct{ provider, unit, content int64 }
type approvalKey struct{ provider, service int64 }
type referenceKey struct {
	provider  int64
	reference string
}

// bucketOf is the first day of what a line's amount counts.
func bucketOf(recurrence string, d calendar.Date) calendar.Date {
	return voucher.Recurrence(recurrence).Bucket(d)
}

// keysOf names the balances that a delivery of the line on the day would use: that of its day, week or month, and the whole one.
func keysOf(line *voucher.RecordedLine, d calendar.Date) []ledger.Key {
	k := ledger.Key{Line: line.ID, Bucket: bucketOf(line.Recurrence, d)}
	if line.TotalQuantity != nil && k.Bucket != ledger.Whole {
		return []ledger.Key{k, {Line: line.ID, Bucket: ledger.Whole}}
	}
	return []ledger.Key{k}
}

// earliest is the first day that may still be recorded.
func (t Terms) earliest(today calendar.Date) calendar.Date {
	return calendar.MonthOf(today).Period().From - calendar.Date(t.RecordingDays)
}

// tolerated is the amount with its tolerance, the amount itself when the rulebook gives none.
func (t Terms) tolerated(amount money.Quantity) money.Quantity {
	if t.Tolerated == nil {
		return amount
	}
	return t.Tolerated(amount)
}
