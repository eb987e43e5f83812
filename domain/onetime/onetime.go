package onetime

import (
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/platform/audit"
)

// Acts of this package in the audit.
const (
	ActGiven   audit.Act = "onetime.given"   // to a client
	ActPrinted audit.Act = "onetime.printed" // many at once, without clients
	ActNamed   audit.Act = "onetime.named"
	ActUsed    audit.Act = "onetime.used"
	ActDropped audit.Act = "onetime.dropped" // annulled
	ActTexted  audit.Act = "onetime.texted"
)

// Refusals of this package.
var (
	errNumber    = fault.New(fault.NotFound, "ONE-001", "onetime.number_unknown").At("number")
	errUnnamed   = fault.New(fault.Conflict, "ONE-002", "onetime.unnamed").At("number")
	errUsed      = fault.New(fault.Conflict, "ONE-003", "onetime.used").At("number")
	errUsedHere  = fault.New(fault.Conflict, "ONE-004", "onetime.used_here").At("number")
	errEarly     = fault.New(fault.Conflict, "ONE-005", "onetime.early").At("day")
	errExpired   = fault.New(fault.Conflict, "ONE-006", "onetime.expired").At("day")
	errAnnulled  = fault.New(fault.Conflict, "ONE-007", "onetime.annulled").At("number")
	errChoose    = fault.New(fault.Invalid, "ONE-008", "onetime.choose_unit").At("unit")
	errAmount    = fault.New(fault.Invalid, "ONE-009", "onetime.amount_needed").At("amount")
	errRefused   = fault.New(fault.Conflict, "ONE-010", "onetime.refused")
	errReference = fault.New(fault.Invalid, "ONE-011", "onetime.reference_needed").At("reference")
	errFuture    = fault.New(fault.Invalid, "ONE-012", "onetime.future").At("day")
	errUnknown   = fault.New(fault.NotFound, "ONE-013", "onetime.unknown")
	errCount     = fault.New(fault.Invalid, "ONE-014", "onetime.count").At("count")
	errQuantity  = fault.New(fault.Invalid, "ONE-015", "onetime.quantity").At("quantity")
	errVaries    = fault.New(fault.Conflict, "ONE-016", "onetime.value_varies").At("content")
	errNamed     = fault.New(fault.Conflict, "ONE-017", "onetime.named_before")
	errValue     = fault.New(fault.Conflict, "ONE-018", "onetime.value_changed")
	errReason    = fault.New(fault.Invalid, "ONE-019", "onetime.reason_needed").At("reason")
	errPhone     = fault.New(fault.Conflict, "ONE-020", "onetime.no_phone").At("phone")
	errOver      = fault.New(fault.Conflict, "ONE-021", "onetime.not_usable")
	errContact   = fault.New(fault.Invalid, "ONE-022", "onetime.contact").At("contact")
	errNothing   = fault.New(fault.Conflict, "ONE-023", "onetime.nothing_to_print")
	errReasons   = fault.New(fault.Invalid, "ONE-024", "onetime.reasons").At("reasons")
	errTaken     = fault.New(fault.Conflict, "ONE-025", "onetime.reference_used").At("reference")
)

// State is what people see of a slip on a day.
type State string

// States. Valid and Unnamed slips of a later first day are of the same state: their days say the rest.
const (
	Unnamed  State = "unnamed"  // printed, has no client yet
	Valid    State = "valid"    // may be used
	Used     State = "used"     // an event of it stands
	Expired  State = "expired"  // its days are over
	Annulled State = "annulled" // taken back
)

// States lists them in the order of a filter.
func States() []State { return []State{Unnamed, Valid, Used, Expired, Annulled} }

// Use is where and when a slip was used.
type Use struct {
	Event              int64
	Provider, Unit     int64
	ProviderName, Name string // company and unit
	Day                calendar.Date
	At                 time.Time
	Total, Paid, Own   money.Cents // price, the organiser's part, the client's part
	Review             bool        // the organiser still checks it
	reference          string
}

// Slip is one voucher that is used once.
type Slip struct {
	Organiser        int32
	ID, Batch        int64
	Number           ident.VoucherNumber
	Service, Content int64
	Quantity         money.Quantity // in the content's unit
	Value            money.Cents    // of the whole slip: the organiser pays at most this
	Individual       *money.Cents
	Period           calendar.Period
	Contact          string
	Reasons, Office  string
	MadeAt           time.Time
	MadeBy           string
	Slips            int // of the batch

	Voucher, Client, Person int64 // 0 = no client yet
	ClientName              string
	NamedAt                 *time.Time
	NamedBy                 string
	RowVersion              int32 // of the voucher

	Dropped    bool
	DropReason string
	DroppedBy  string
	Use        *Use

	closed bool // the voucher was ended in another way than by annulment
	gone   bool // its voucher was annulled or refused
}

// Ref names the slip in the audit.
func (s Slip) Ref() audit.Ref {
	return audit.Ref{Kind: "onetime", ID: s.ID, Label: s.Number.Print()}
}

// State of the slip on a day.
func (s Slip) State(day calendar.Date) State {
	switch {
	case s.Dropped || s.gone:
		return Annulled
	case s.Use != nil:
		return Used
	case day >= s.Period.To || s.closed:
		return Expired
	case s.Voucher == 0:
		return Unnamed
	}
	return Valid
}

// usable refuses a slip that cannot be used on a day, with the reason that the provider can tell the client. The unit where it was used
// is told to the company that used it; others hear the day.
func (s Slip) usable(day, today calendar.Date, provider int64) error {
	switch s.State(day) {
	case Annulled:
		return errAnnulled
	case Used:
		if s.Use.Provider == provider {
			return errUsedHere.With("day", s.Use.Day).With("unit", s.Use.Name)
		}
		return errUsed.With("day", s.Use.Day)
	case Expired:
		return errExpired.With("day", s.Period.Last())
	case Unnamed:
		return errUnnamed
	}
	switch {
	case day > today:
		return errFuture
	case day < s.Period.From:
		return errEarly.With("day", s.Period.From)
	}
	return nil
}
