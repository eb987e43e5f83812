package household

import (
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/platform/audit"
)

// Role is what a person is to the client.
type Role string

// Roles of the household. The client is nobody's row: an item or consent without a member is the client's own.
const (
	Self     Role = "client"
	Spouse   Role = "spouse"
	Partner  Role = "partner" // lives with the client as in marriage
	Child    Role = "child"
	Guardian Role = "guardian" // of a client who is a minor
)

// Roles that a member may have.
func Roles() []Role { return []Role{Spouse, Partner, Child, Guardian} }

// Source is where an amount was learnt from.
type Source string

// Sources of income data.
const (
	FromClient   Source = "client"
	FromRegister Source = "income_register"
	FromTax      Source = "tax"
	FromKela     Source = "kela"
)

// Sources in the order of choosing.
func Sources() []Source { return []Source{FromClient, FromRegister, FromTax, FromKela} }

// Member is somebody who lives in the client's household within a period.
type Member struct {
	ID                   int64
	LastName, FirstNames string
	BirthDate            calendar.Date
	Role                 Role
	Period               calendar.Period
	HasIdentity          bool  // the identity code is known
	Person               int64 // 0 when it is not
	RowVersion           int32
}

// Name in the order of running text.
func (m Member) Name() string { return strings.TrimSpace(m.FirstNames + " " + m.LastName) }

// Item is one income, deduction or savings of one person within a period.
type Item struct {
	ID         int64
	Member     int64 // 0 = the client
	Kind       string
	Cents      money.Cents // in one Per; the sign of a deduction is its kind's, not the amount's
	Per        string
	Period     calendar.Period
	Source     Source
	FetchedOn  *calendar.Date
	Payer      string // employer, pension institution: two of a kind are told apart by it
	Note       string
	ReportedOn calendar.Date // when the organiser was told
	AddedBy    string
	RowVersion int32
	ToldKind   string // what it was told in, e.g. an application with its papers; "" = nothing of its own
	ToldID     int64
}

// ConsentKind is what somebody has agreed to.
type ConsentKind string

// Consents.
const (
	MayFetch   ConsentKind = "fetch"       // the organiser may fetch income from registers
	HighestFee ConsentKind = "highest_fee" // income is not told; the highest fee or the smallest value is accepted
)

// Consent is in force from the day it was given to the day before it was withdrawn.
type Consent struct {
	ID        int64
	Member    int64 // 0 = the client
	Kind      ConsentKind
	GivenOn   calendar.Date
	Withdrawn *calendar.Date
	Channel   string // letter, phone, hand, page
	NotedBy   string
}

// holds tells whether the consent is in force on a day.
func (c Consent) holds(day calendar.Date) bool {
	return c.GivenOn <= day && (c.Withdrawn == nil || day < *c.Withdrawn)
}

// Origin is where news of a change came from.
type Origin string

// Origins.
const (
	ToldByClient Origin = "client"
	FromFile     Origin = "file" // income that somebody imported
	FromProgram  Origin = "api"
)

// Report is a change that the client has told of, or that an import brought; Words are the client's own.
type Report struct {
	ID         int64
	Origin     Origin
	From       calendar.Date // when the change happened or happens
	Words      string
	ReportedOn calendar.Date
	ReportedBy string
	HandledAt  *time.Time
	HandledBy  string
}

// Household is a client's household with everything recorded of it, not only of today.
type Household struct {
	Organiser   int32
	Client      int64
	Person      int64
	BirthDate   calendar.Date // of the client
	Members     []Member
	Items       []Item
	Consents    []Consent
	Reports     []Report
	Definitions []Definition // by day, oldest first
}

// Ref names the household in the audit: it is the client's.
func (h Household) Ref() audit.Ref {
	return audit.Ref{Kind: "client", ID: h.Client, Label: text(h.Client)}
}

// Member gives a member by number.
func (h Household) Member(id int64) (Member, bool) {
	for _, m := range h.Members {
		if m.ID == id {
			return m, true
		}
	}
	return Member{}, false
}

// Item gives an item by number.
func (h Household) Item(id int64) (Item, bool) {
	for _, i := range h.Items {
		if i.ID == id {
			return i, true
		}
	}
	return Item{}, false
}

// Definition in force on a day; the default before the organiser's first.
func (h Household) Definition(day calendar.Date) Definition {
	found := Default()
	for _, d := range h.Definitions {
		if d.From <= day {
			found = d
		}
	}
	return found
}

// Refusals of this package.
var (
	errUnknown      = fault.New(fault.NotFound, "HOU-001", "household.unknown")
	errStale        = fault.New(fault.Stale, "HOU-002", "household.changed_meanwhile")
	errName         = fault.New(fault.Invalid, "HOU-003", "household.name_needed")
	errBirth        = fault.New(fault.Invalid, "HOU-004", "household.birth_date").At("birth_date")
	errRole         = fault.New(fault.Invalid, "HOU-005", "household.role_unknown").At("role")
	errEnd          = fault.New(fault.Invalid, "HOU-006", "household.end_before_start").At("to")
	errCouple       = fault.New(fault.Conflict, "HOU-007", "household.second_spouse").At("role")
	errSize         = fault.New(fault.Conflict, "HOU-008", "household.too_many").At("from")
	errTwice        = fault.New(fault.Conflict, "HOU-009", "household.member_twice").At("identity")
	errSelf         = fault.New(fault.Invalid, "HOU-010", "household.member_is_client").At("identity")
	errKind         = fault.New(fault.Invalid, "HOU-011", "household.kind_unknown").At("kind")
	errPer          = fault.New(fault.Invalid, "HOU-012", "household.per_unknown").At("per")
	errNegative     = fault.New(fault.Invalid, "HOU-013", "household.negative").At("amount")
	errLarge        = fault.New(fault.Invalid, "HOU-014", "household.too_large").At("amount")
	errSource       = fault.New(fault.Invalid, "HOU-015", "household.source_unknown").At("source")
	errFetched      = fault.New(fault.Invalid, "HOU-016", "household.fetched_later").At("fetched_on")
	errReported     = fault.New(fault.Invalid, "HOU-017", "household.reported_later").At("reported_on")
	errOverlap      = fault.New(fault.Conflict, "HOU-018", "household.overlap").At("from")
	errOwner        = fault.New(fault.Invalid, "HOU-019", "household.member_unknown").At("member")
	errNotMember    = fault.New(fault.Invalid, "HOU-020", "household.outside_membership").At("from")
	errConsentKind  = fault.New(fault.Invalid, "HOU-021", "household.consent_unknown").At("kind")
	errChannel      = fault.New(fault.Invalid, "HOU-022", "household.channel_unknown").At("channel")
	errConsentDay   = fault.New(fault.Invalid, "HOU-023", "household.consent_later").At("day")
	errConsented    = fault.New(fault.Conflict, "HOU-024", "household.consent_twice").At("kind")
	errWords        = fault.New(fault.Invalid, "HOU-025", "household.words_needed").At("words")
	errReportDay    = fault.New(fault.Invalid, "HOU-026", "household.report_day").At("from")
	errHandled      = fault.New(fault.Conflict, "HOU-027", "household.report_handled")
	errDamaged      = fault.New(fault.Internal, "HOU-028", "household.snapshot_damaged")
	errDefinition   = fault.New(fault.Invalid, "HOU-029", "household.definition_wrong")
	errDefined      = fault.New(fault.Conflict, "HOU-030", "household.definition_twice").At("from")
	errDefinedPast  = fault.New(fault.Invalid, "HOU-031", "household.definition_past").At("from")
	errHasIncome    = fault.New(fault.Conflict, "HOU-032", "household.member_has_income").At("to")
	errNoClient     = fault.New(fault.Invalid, "HOU-034", "household.import.no_client").At("identity")
	errNoMember     = fault.New(fault.Invalid, "HOU-035", "household.import.no_member").At("member")
	errRowTwice     = fault.New(fault.Invalid, "HOU-036", "household.import.twice").At("from")
	errFuture       = fault.New(fault.Invalid, "HOU-037", "household.import.future").At("from")
	errCell         = fault.New(fault.Invalid, "HOU-038", "household.import.cell")
	errFar          = fault.New(fault.Invalid, "HOU-039", "household.far").At("from")
	errImportSize   = fault.New(fault.Invalid, "HOU-040", "household.import.too_many").At("file")
	errConsentOrder = fault.New(fault.Invalid, "HOU-033", "household.consent_order").At("day")
)
