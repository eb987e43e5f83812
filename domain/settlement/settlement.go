package settlement

import (
	"fmt"
	"regexp"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
)

// Refusals of this package. The numbers follow the catalogue of checks where it has them (PAY-01 … PAY-10).
var (
	ErrSlotTaken    = fault.New(fault.Conflict, "PAY-005", "settlement.slot_taken").At("key") // value run: the live run of the slot
	ErrOwnRun       = fault.New(fault.Forbidden, "PAY-009", "settlement.own_run")             // approved by who prepared it
	ErrSums         = fault.New(fault.Conflict, "PAY-010", "settlement.sums_differ")          // the run is not what the ledger says
	ErrUnknown      = fault.New(fault.NotFound, "PAY-011", "settlement.unknown")              // no such run or statement
	ErrState        = fault.New(fault.Conflict, "PAY-012", "settlement.wrong_state")          // value state: what it is
	ErrNothing      = fault.New(fault.Conflict, "PAY-013", "settlement.nothing_to_settle")    // no lines and nothing carried
	errKey          = fault.New(fault.Invalid, "PAY-014", "settlement.key_form").At("key")    // neither month, week nor day
	errReason       = fault.New(fault.Invalid, "PAY-015", "settlement.reason").At("reason")   // an undo or return says why
	errLaterRun     = fault.New(fault.Conflict, "PAY-016", "settlement.later_run")            // a later run stands on this one
	errNothingToPay = fault.New(fault.Conflict, "PAY-017", "settlement.nothing_to_pay")       // no payee of the run is to be paid
	errPayee        = fault.New(fault.Conflict, "PAY-018", "settlement.payee_state")          // the payee's payment is not where the act needs it
	errIsolation    = fault.New(fault.Internal, "PAY-019", "settlement.isolation")            // a run in a snapshot would lose late postings
	errFuture       = fault.New(fault.Invalid, "PAY-020", "settlement.key_future").At("key")  // the slot has not begun
)

// Acts of this package in the audit.
const (
	ActCalculated audit.Act = "settlement.calculated"
	ActApproved   audit.Act = "settlement.approved"
	ActUndone     audit.Act = "settlement.undone"
	ActReleased   audit.Act = "settlement.released"
	ActPaid       audit.Act = "settlement.paid"
	ActReturned   audit.Act = "settlement.returned"
	ActDemand     audit.Act = "settlement.supplier_numbers_demanded"
	ActClaimed    audit.Act = "settlement.claimed"    // a carried debt asked back with an invoice
	ActClaimStep  audit.Act = "settlement.claim_step" // what became of it
)

// State is where a run is, by its last step.
type State string

// States of a run. Calculated → Approved → Sent → Paid; Calculated or Approved → Undone.
const (
	Calculated State = "calculated" // lines fixed and hashed, events locked
	Approved   State = "approved"   // by a second person: the events are settled
	Sent       State = "sent"       // the payment file is made
	Paid       State = "paid"       // every payment of it has been paid or returned
	Undone     State = "undone"     // its periods fall to the next run
)

// PayeeState is where one payee of a run is.
type PayeeState string

// States of a payee in a run.
const (
	PayeeCalculated PayeeState = "calculated"
	PayeeSettled    PayeeState = "settled"
	PayeePaid       PayeeState = "paid"
	PayeeReturned   PayeeState = "returned" // the bank sent it back: the sum is carried to the next run
	PayeeUndone     PayeeState = "undone"
)

// Disposition is what becomes of a statement's sum.
type Disposition string

// Dispositions. Held and carried sums come again in the next run.
const (
	Pay     Disposition = "pay"
	Held    Disposition = "held"    // positive, but may not be paid: HoldCode says why
	Carried Disposition = "carried" // zero or negative
)

// Codes of holds, as in the catalogue of checks.
const (
	HoldAccount  = "PAY-01" // no bank account, or the bank has sent money back from it
	HoldNotified = "PAY-04" // the organiser holds the payee's payments; HoldReason says why
	HoldSupplier = "PAY-08" // the organiser demands a supplier number and there is none
)

// Step is one change of a run's state.
type Step struct {
	No        int
	State     State
	At        time.Time
	ByAccount int64
	By        string
	Note      string
}

// Run is one settlement run of an organiser.
type Run struct {
	Organiser         int32
	No                int64
	Key               string // calendar slot: 2026-12, 2026-W49 or 2026-12-15
	AsOf              time.Time
	PreparedByAccount int64
	PreparedBy        string
	Payees            int
	Lines             int64
	Gross             money.Cents // accepted deliveries
	Credit            money.Cents // corrections and refunds
	Pay               money.Cents // sum of the statements that are to be paid
	Hash              []byte      // over the statements' numbers, sums and line hashes
	State             State
	Steps             []Step
}

// Ref names the run in the audit.
func (r Run) Ref() audit.Ref {
	return audit.Ref{Kind: "settlement_run", ID: r.No, Label: r.Key}
}

// Statement is what one run says to one payee.
type Statement struct {
	Organiser      int32
	OrganiserNames i18n.Names // filled in lists of the payee
	Run            int64
	Provider       int64
	Number         string
	AsOf           time.Time
	Lines          int64
	Gross          money.Cents
	Credit         money.Cents
	Carried        money.Cents // from earlier runs: plus what was held or returned, minus what was owed back
	Net            money.Cents // Gross − Credit + Carried
	Disposition    Disposition
	HoldCode       string
	HoldReason     string
	Hash           []byte // SHA-256 over the postings of the periods (ledger.Sum)
	PayeeName      string
	PayeeIBAN      string
	Reference      string // Finnish reference number of the payment
	DueOn          calendar.Date
	SupplierNumber string
	State          PayeeState
	StateAt        time.Time
	StateNote      string
	Document       int64 // stored letter, 0 until the job has made it
}

var slotForm = regexp.MustCompile(`^([0-9]{4})-(?:(0[1-9]|1[0-2])|W(0[1-9]|[1-4][0-9]|5[0-3])|(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))$`)

// checkKey refuses what is no calendar slot, and slots that have not begun by today.
func checkKey(key string, today calendar.Date) error {
	if !slotForm.MatchString(key) {
		return errKey
	}
	if len(key) == len("2026-12-15") {
		day, err := calendar.ParseDate(key)
		if err != nil {
			return errKey.Because(err)
		}
		if day > today {
			return errFuture
		}
		return nil
	}
	now := calendar.MonthOf(today).String()
	if key[4:6] == "-W" {
		now = weekKey(today)
	}
	if key > now { // both forms order as text
		return errFuture
	}
	return nil
}

// SlotFor gives the regular slot of the organiser's rhythm that a day falls in: 2026-12, 2026-W49 or 2026-12-15.
func SlotFor(o organiser.Organiser, day calendar.Date) string {
	switch o.Rhythm {
	case "daily":
		return day.String()
	case "weekly":
		return weekKey(day)
	}
	return calendar.MonthOf(day).String()
}

func weekKey(day calendar.Date) string {
	year, week := day.Time().ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, week)
}

// mayRead lets organiser staff read their own and a provider read in any organiser; whose statement it is, row-level
// security and the caller's filter tell.
func mayRead(by access.Actor, organiser int32) error { return by.May(access.SettlementRead, organiser) }
