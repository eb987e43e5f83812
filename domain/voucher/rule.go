package voucher

import (
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/ledger"
)

// Refusals of this package.
var (
	errUnknown       = fault.New(fault.NotFound, "VOU-001", "voucher.unknown")
	errStale         = fault.New(fault.Stale, "VOU-002", "voucher.changed_meanwhile")
	errClosed        = fault.New(fault.Conflict, "VOU-003", "voucher.closed")
	errPeriod        = fault.New(fault.Invalid, "VOU-004", "voucher.period").At("valid_to")
	errLong          = fault.New(fault.Invalid, "VOU-005", "voucher.period_long").At("valid_to")
	errNoLines       = fault.New(fault.Invalid, "VOU-006", "voucher.no_lines").At("amount")
	errEventsAfter   = fault.New(fault.Conflict, "VOU-007", "voucher.close.events_after").At("day")
	errCloseDay      = fault.New(fault.Invalid, "VOU-008", "voucher.close.day").At("day")
	errUsedAnnul     = fault.New(fault.Conflict, "VOU-009", "voucher.annul.used")
	errReason        = fault.New(fault.Invalid, "VOU-010", "voucher.reason_needed").At("reason")
	errAmount        = fault.New(fault.Invalid, "VOU-011", "voucher.amount")
	errTwice         = fault.New(fault.Invalid, "VOU-012", "voucher.content_twice")
	errContent       = fault.New(fault.Invalid, "VOU-013", "voucher.content_unknown")
	errRecurrence    = fault.New(fault.Invalid, "VOU-014", "voucher.recurrence")
	errTotal         = fault.New(fault.Invalid, "VOU-015", "voucher.total")
	errMode          = fault.New(fault.Conflict, "VOU-016", "voucher.mode").At("service")
	errTeam          = fault.New(fault.Forbidden, "VOU-017", "voucher.team")
	errNoRulebook    = fault.New(fault.Conflict, "VOU-018", "voucher.no_rulebook").At("service")
	errOwnShare      = fault.New(fault.Conflict, "VOU-019", "voucher.own_share")
	errNoSheet       = fault.New(fault.Conflict, "VOU-020", "voucher.answer.no_sheet")
	errAnswered      = fault.New(fault.Conflict, "VOU-021", "voucher.answer.given")
	errChannel       = fault.New(fault.Invalid, "VOU-022", "voucher.channel").At("channel")
	errPause         = fault.New(fault.Invalid, "VOU-023", "voucher.pause.period").At("to")
	errPauseOverlap  = fault.New(fault.Conflict, "VOU-024", "voucher.pause.overlap").At("from")
	errPauseEvents   = fault.New(fault.Conflict, "VOU-025", "voucher.pause.events").At("from")
	errNotPaused     = fault.New(fault.Conflict, "VOU-026", "voucher.pause.none")
	errValueDay      = fault.New(fault.Invalid, "VOU-027", "voucher.value.day").At("from")
	errNotAccepted   = fault.New(fault.Conflict, "VOU-030", "voucher.reserve.not_accepted")
	errNotReserved   = fault.New(fault.NotFound, "VOU-031", "voucher.reserve.unknown")
	errReserveDay    = fault.New(fault.Invalid, "VOU-032", "voucher.reserve.day").At("from")
	errReserveTwice  = fault.New(fault.Conflict, "VOU-033", "voucher.reserve.twice")
	errNotApproved   = fault.New(fault.Conflict, "VOU-034", "voucher.reserve.not_approved")
	errNoPrice       = fault.New(fault.Conflict, "VOU-035", "voucher.reserve.no_price")
	errTerms         = fault.New(fault.Invalid, "VOU-036", "voucher.reserve.terms").At("terms")
	errOtherProvider = fault.New(fault.Conflict, "VOU-037", "voucher.reserve.other_provider")
	errSuspended     = fault.New(fault.Conflict, "VOU-038", "voucher.reserve.suspended")
	errPickContent   = fault.New(fault.Invalid, "VOU-039", "voucher.reserve.content").At("content")
	errEndDay        = fault.New(fault.Invalid, "VOU-040", "voucher.reserve.end_day").At("day")
	errReservedUsed  = fault.New(fault.Conflict, "VOU-041", "voucher.reserve.used")
	errTypedNumber   = fault.New(fault.NotFound, "VOU-042", "voucher.number_unknown").At("number")
	errValueNegative = fault.New(fault.Invalid, "VOU-043", "voucher.value.negative").At("value")
	errSame          = fault.New(fault.Invalid, "VOU-044", "voucher.nothing_changed")
	errNotEntitled   = fault.New(fault.Conflict, "VOU-046", "voucher.not_entitled")
	errBulkUnknown   = fault.New(fault.NotFound, "VOU-049", "voucher.bulk.unknown")
	errBulkNothing   = fault.New(fault.Conflict, "VOU-050", "voucher.bulk.nothing")
	errBulkKind      = fault.New(fault.Invalid, "VOU-051", "voucher.bulk.kind").At("kind")
	errBulkDay       = fault.New(fault.Invalid, "VOU-052", "voucher.bulk.day")
	errOffice        = fault.New(fault.Invalid, "VOU-053", "voucher.bulk.office").At("office")
	errPersonal      = fault.New(fault.Conflict, "VOU-054", "voucher.value.personal").At("content")
	errBulkMeanwhile = fault.New(fault.Conflict, "VOU-070", "voucher.bulk.meanwhile")
	errPurseValue    = fault.New(fault.Conflict, "VOU-069", "voucher.value.purse")
	errGuess         = fault.New(fault.Invalid, "VOU-045", "voucher.contact").At("contact")
)

// longest is the longest validity in months: a right is looked at anew at least every two years.
const longest = 24

// checkPeriod refuses an empty validity and one of more than two years.
func checkPeriod(p calendar.Period) error {
	switch {
	case p.Empty():
		return errPeriod
	case p.To > p.From.AddMonths(longest):
		return errLong.With("months", longest)
	}
	return nil
}

// Bucket is the first day of the day, week, month or quarter that counts day; ledger.Whole when the whole validity counts.
func (r Recurrence) Bucket(day calendar.Date) calendar.Date {
	switch r {
	case Daily:
		return day
	case Weekly:
		return day.WeekStart()
	case Monthly:
		return calendar.MonthOf(day).Period().From
	case Quarterly:
		return quarter(day).Period().From
	}
	return ledger.Whole
}

// quarter is the first month of the calendar quarter of a day.
func quarter(day calendar.Date) calendar.Month {
	m := calendar.MonthOf(day)
	_, month := m.Civil()
	return m - calendar.Month((month-1)%3)
}

// times is how many whole or begun days, weeks, months or quarters the period holds: an upper bound of the quota's renewals.
func (r Recurrence) times(p calendar.Period) int64 {
	switch r {
	case Daily:
		return int64(p.Days())
	case Weekly:
		return int64(p.Last().WeekStart()-p.From.WeekStart())/7 + 1
	case Monthly:
		return int64(calendar.MonthOf(p.Last())-calendar.MonthOf(p.From)) + 1
	case Quarterly:
		return int64(quarter(p.Last())-quarter(p.From))/3 + 1
	}
	return 1
}

// check refuses a line that gives nothing, counts nothing known, or caps the whole below one quota.
func (l LineInput) check(field string) error {
	switch {
	case !known(l.Recurrence):
		return errRecurrence.At(field)
	case (l.Amount == nil) == (l.AmountCents == nil),
		l.Amount != nil && *l.Amount <= 0, l.AmountCents != nil && *l.AmountCents <= 0:
		return errAmount.At(field)
	case l.Total != nil && (l.Recurrence == Total || l.Amount == nil || *l.Total < *l.Amount):
		return errTotal.At(field)
	}
	return nil
}

func known(r Recurrence) bool {
	return r == Daily || r == Weekly || r == Monthly || r == Quarterly || r == Total
}

// lastUse is the latest day on which a delivery was ever accepted on one of the lines; false when there is none.
func lastUse(used map[int64]ledger.Use) (calendar.Date, bool) {
	var last calendar.Date
	any := false
	for _, u := range used {
		if u.LastDate != nil && (!any || *u.LastDate > last) {
			last, any = *u.LastDate, true
		}
	}
	return last, any
}

func inUse(used map[int64]ledger.Use) bool {
	for _, u := range used {
		if u.Quantity != 0 || u.Cents != 0 {
			return true
		}
	}
	return false
}

// closedFrom gives the voucher closed from day on. Days before stay payable. Shortening into days that have accepted deliveries
// needs the providers' consent (VOU-007); consent says who gave it and when.
func (v Voucher) closedFrom(day calendar.Date, why Reason, reason, consent string, used map[int64]ledger.Use) (Voucher, error) {
	if v.State == Closed {
		return Voucher{}, errClosed.With("day", *v.ClosedFrom)
	}
	if strings.TrimSpace(reason) == "" {
		return Voucher{}, errReason
	}
	if day < v.Valid.From || day > v.Valid.To {
		return Voucher{}, errCloseDay.With("from", v.Valid.From).With("to", v.Valid.To)
	}
	if last, any := lastUse(used); any && last >= day && inUse(used) && strings.TrimSpace(consent) == "" {
		return Voucher{}, errEventsAfter.With("day", last)
	}
	v.State, v.ClosedFrom, v.CloseReason = Closed, &day, why
	return v, nil
}

// annulled gives the voucher as if it had never been. With accepted deliveries it can only be closed from a day (VOU-009).
func (v Voucher) annulled(reason string, used map[int64]ledger.Use) (Voucher, error) {
	if v.State == Closed {
		return Voucher{}, errClosed.With("day", *v.ClosedFrom)
	}
	if strings.TrimSpace(reason) == "" {
		return Voucher{}, errReason
	}
	if inUse(used) {
		return Voucher{}, errUsedAnnul
	}
	v.State, v.ClosedFrom, v.CloseReason = Closed, &v.Valid.From, AnnulReason
	return v, nil
}

// paused refuses a pause outside the validity or over days that have accepted deliveries; overlap is held by the store too.
func (v Voucher) paused(p calendar.Period, used map[int64]ledger.Use) error {
	if v.State == Closed {
		return errClosed.With("day", *v.ClosedFrom)
	}
	if p.Empty() || !p.Overlaps(v.Valid) || p.From < v.Valid.From {
		return errPause.With("from", v.Valid.From).With("to", v.Valid.Last())
	}
	for _, q := range v.Pauses {
		if q.Period.Overlaps(p) {
			return errPauseOverlap.With("from", q.Period.From).With("to", q.Period.Last())
		}
	}
	if last, any := lastUse(used); any && last >= p.From && inUse(used) {
		return errPauseEvents.With("day", last)
	}
	return nil
}

// answerable refuses an answer before the client was told what the voucher means, a second answer and an answer too late.
func (v Voucher) answerable(day calendar.Date) error {
	switch {
	case v.State == Closed:
		return errClosed.With("day", *v.ClosedFrom)
	case v.Sheet == nil:
		return errNoSheet
	case v.Answer != nil:
		return errAnswered.With("by", v.Answer.By)
	case day >= v.Valid.To:
		return errClosed.With("day", v.Valid.To)
	}
	return nil
}

// Estimate is what a voucher costs its organiser at most over the validity, in cents: the value of every quota, capped by the total.
func (l LineInput) Estimate(value money.Cents, p calendar.Period) money.Cents {
	n := l.Recurrence.times(p)
	if l.AmountCents != nil {
		return *l.AmountCents * money.Cents(n)
	}
	if l.Amount == nil {
		return 0
	}
	q := *l.Amount * money.Quantity(n)
	if l.Total != nil {
		q = min(q, *l.Total)
	}
	return value.Times(q)
}
