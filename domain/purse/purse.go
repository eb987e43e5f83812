package purse

import (
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/platform/audit"
	"seteli/platform/i18n"
)

// Acts of this package.
const (
	ActGranted  audit.Act = "purse.granted"
	ActHeld     audit.Act = "purse.held"
	ActCharged  audit.Act = "purse.charged" // held and captured at once
	ActCaptured audit.Act = "purse.captured"
	ActReleased audit.Act = "purse.released"
	ActExpired  audit.Act = "purse.expired"
	ActRefilled audit.Act = "purse.refilled"
	ActReturned audit.Act = "purse.returned" // taken back, expired or lapsed
)

// Refusals of this package.
var (
	errNumber    = fault.New(fault.NotFound, "BAL-001", "purse.number_unknown").At("number")
	errDay       = fault.New(fault.Conflict, "BAL-002", "purse.not_valid").At("number")
	errPaused    = fault.New(fault.Conflict, "BAL-003", "purse.paused").At("number")
	errContent   = fault.New(fault.Conflict, "BAL-004", "purse.content_not_in").At("content")
	errUnit      = fault.New(fault.Conflict, "BAL-005", "purse.unit_not_approved").At("unit")
	errAmount    = fault.New(fault.Invalid, "BAL-006", "purse.amount").At("amount")
	errPrice     = fault.New(fault.Invalid, "BAL-007", "purse.amount_not_of_price").At("amount")
	errDiffers   = fault.New(fault.Invalid, "BAL-008", "purse.amount_differs").At("amount")
	errLow       = fault.New(fault.Conflict, "BAL-009", "purse.balance_low").At("amount")
	errLowShown  = fault.New(fault.Conflict, "BAL-010", "purse.balance_low_shown").At("amount")
	errReference = fault.New(fault.Conflict, "BAL-011", "purse.reference_used").At("reference")
	errHold      = fault.New(fault.NotFound, "BAL-012", "purse.hold_unknown")
	errCaptured  = fault.New(fault.Conflict, "BAL-013", "purse.captured_before")
	errReleased  = fault.New(fault.Conflict, "BAL-014", "purse.released_before")
	errExpired   = fault.New(fault.Conflict, "BAL-015", "purse.hold_expired")
	errAbove     = fault.New(fault.Invalid, "BAL-016", "purse.above_hold").At("amount")
	errService   = fault.New(fault.Invalid, "BAL-017", "purse.service_day").At("day")
	errChoose    = fault.New(fault.Invalid, "BAL-018", "purse.choose_content").At("content")
	errNoPurse   = fault.New(fault.NotFound, "BAL-019", "purse.unknown")
	errNotYet    = fault.New(fault.Conflict, "BAL-020", "purse.not_accepted").At("number")
	errRefund    = fault.New(fault.Conflict, "BAL-021", "purse.refund_settled")
	errNothing   = fault.New(fault.Conflict, "BAL-022", "purse.refund_nothing")
	errNoEuro    = fault.New(fault.Invalid, "BAL-023", "purse.grant.no_euro_content").At("service")
	errBalance   = fault.New(fault.Invalid, "BAL-024", "purse.grant.balance").At("balance")
	errSpend     = fault.New(fault.Invalid, "BAL-025", "purse.grant.contents").At("contents")
	errRefill    = fault.New(fault.Invalid, "BAL-026", "purse.grant.refill").At("refill")
	errAdds      = fault.New(fault.Invalid, "BAL-028", "purse.grant.free_service").At("client_adds")
	errTake      = fault.New(fault.Invalid, "BAL-029", "purse.take_back.amount").At("amount")
	errReason    = fault.New(fault.Invalid, "BAL-030", "purse.reason_needed").At("reason")
	errGone      = fault.New(fault.Unavailable, "BAL-031", "purse.answer_lost")
	errRaced     = fault.New(fault.Stale, "BAL-032", "purse.raced")
	errWhole     = fault.New(fault.Invalid, "BAL-034", "purse.whole_units").At("quantity")
	errBand      = fault.New(fault.Invalid, "BAL-035", "purse.band_unknown").At("band")
	errNamed     = fault.New(fault.Invalid, "BAL-033", "purse.reference_needed").At("reference")
)

// Refill is how a balance is filled again.
type Refill string

// Refills.
const (
	Never   Refill = "none"
	Monthly Refill = "monthly" // on the first day of each month after the first
)

// Refills lists them for forms.
func Refills() []Refill { return []Refill{Never, Monthly} }

// Terms are those of the rulebook when a balance was granted, with the refill that was decided for the client. They do not change.
type Terms struct {
	Refill       Refill
	RefillCents  money.Cents
	LeftOver     string // of rulebook: what is left lapses at a refill and expires at the end, stays at a refill, or returns
	WholeUnits   bool   // the balance pays whole units only
	HoldDays     int    // a hold is worth nothing after so many days
	GraceDays    int    // holds may be captured, and what is left stays, so many days after the voucher's end
	ClientAdds   bool   // above the balance the client pays the rest to the provider; otherwise the purchase is refused
	BalanceShown bool   // a refusal for lack of balance tells the provider what is left
}

// TermsOf are the terms that a rulebook gives to a balance, not filled yet.
func TermsOf(p rulebook.Purse) Terms {
	return Terms{Refill: Never, LeftOver: p.LeftOver, WholeUnits: p.WholeUnits, HoldDays: p.HoldDays, GraceDays: p.GraceDays, ClientAdds: p.ClientAdds, BalanceShown: p.BalanceShown}
}

// Carries reports that what is left at a refill stays.
func (t Terms) Carries() bool { return t.LeftOver == rulebook.LeftCarries }

// ending is the move that takes what is left at the end.
func (t Terms) ending() string {
	if t.LeftOver == rulebook.LeftReturns {
		return "taken_back"
	}
	return "expired"
}

func wrongRefill(refill Refill, sum money.Cents) bool {
	return refill == Never && sum != 0 || refill == Monthly && (sum <= 0 || sum > mostCents) || refill != Never && refill != Monthly
}

// mostCents is the most that a balance, a refill or a purchase may be: a slip of the finger, not a rule of the field.
const mostCents money.Cents = 10_000_000

// Content is something that a balance may be spent on.
type Content struct {
	ID, Service int64
	Code, Unit  string
	Names       i18n.Names
}

// Purse is a balance with its terms.
type Purse struct {
	Voucher, Line, Person, Client int64
	Terms
	Contents  []Content
	GrantedAt time.Time
	GrantedBy string
}

func (p *Purse) content(id int64) *Content {
	for i := range p.Contents {
		if p.Contents[i].ID == id {
			return &p.Contents[i]
		}
	}
	return nil
}

// State of a hold.
type State string

// States of a hold. Refunded: its event was deleted or refunded after the capture and the sum is back on the balance.
const (
	Held     State = "held"
	Captured State = "captured"
	Released State = "released"
	Expired  State = "expired"
	Refunded State = "refunded"
)

// Hold is a sum that a provider has taken from a balance, or that waits for it.
type Hold struct {
	Organiser                            int32
	ID                                   int64
	Number                               string // of the voucher, as stored; empty in a provider's list
	Voucher, Line, Person, Client        int64
	Provider, Unit                       int64
	Content, Service, Reservation, Rules int64
	Reference                            string
	Quantity                             money.Quantity
	Price, Value                         money.Cents // per unit: the agreed price, and what the purse pays of it
	Total, Amount                        money.Cents // whole price, and the part held of the balance
	Band                                 string      // of time, by which the price was made; "" = it is the same at all times
	Day                                  calendar.Date
	ExpiresOn                            calendar.Date // first day on which it is worth nothing
	Note                                 string
	At                                   time.Time
	By                                   string
	State                                State
	Taken                                money.Cents // captured
	Event                                int64
	EndReason                            string
	EndedAt                              *time.Time
	UnitName, ProviderName               string     // in lists only
	ContentNames                         i18n.Names // likewise
	hash                                 []byte
}

// Own is what the client pays to the provider beside the purse.
func (h Hold) Own() money.Cents { return h.Total - h.Amount }

// Ref names the hold in the audit.
func (h Hold) Ref() audit.Ref { return audit.Ref{Kind: "purse_hold", ID: h.ID, Label: h.Reference} }

// Sums tell where a balance stands, in cents. Granted = Left + Held + Used; what was taken back or has expired is outside of it.
type Sums struct {
	Granted money.Cents // in force now
	Held    money.Cents
	Used    money.Cents
	// All the time:
	Given    money.Cents // first grant and refills
	Returned money.Cents // taken back by the organiser
	Expired  money.Cents // left at the end, or lapsed at a refill
}

// Left is what may still be spent.
func (s Sums) Left() money.Cents { return s.Granted - s.Held - s.Used }
