package organiser

import "seteli/core/fault"

// Refusals of this package.
var (
	ErrUnknown      = fault.New(fault.NotFound, "ORG-001", "organiser.unknown")
	ErrStale        = fault.New(fault.Stale, "ORG-002", "organiser.changed_meanwhile")
	errPrefixTaken  = fault.New(fault.Conflict, "ORG-003", "organiser.prefix.taken").At("prefix")
	errBusinessID   = fault.New(fault.Conflict, "ORG-004", "organiser.business_id.taken").At("business_id")
	errRequired     = fault.New(fault.Invalid, "ORG-005", "organiser.required")
	errDay          = fault.New(fault.Invalid, "ORG-006", "organiser.settlement_day.range").At("settlement_day")
	errTerm         = fault.New(fault.Invalid, "ORG-007", "organiser.payment_term.range").At("payment_term_days")
	errRhythm       = fault.New(fault.Invalid, "ORG-008", "organiser.rhythm.unknown").At("rhythm")
	errServes       = fault.New(fault.Conflict, "ORG-009", "organiser.serves.overlap").At("municipality")
	errTeamName     = fault.New(fault.Conflict, "ORG-010", "organiser.team.name_taken").At("name")
	ErrTeamUnknown  = fault.New(fault.NotFound, "ORG-011", "organiser.team.unknown")
	errMember       = fault.New(fault.Invalid, "ORG-012", "organiser.team.not_staff").At("members")
	errAmount       = fault.New(fault.Invalid, "ORG-013", "organiser.budget.negative").At("amount")
	errYear         = fault.New(fault.Invalid, "ORG-014", "organiser.budget.year").At("year")
	errService      = fault.New(fault.Invalid, "ORG-015", "organiser.budget.service_unknown").At("service")
	errLastMain     = fault.New(fault.Conflict, "ORG-016", "organiser.staff.last_main_user")
	errRole         = fault.New(fault.Invalid, "ORG-017", "organiser.staff.role").At("role")
	errKind         = fault.New(fault.Invalid, "ORG-018", "organiser.kind.unknown").At("kind")
	errEmail        = fault.New(fault.Invalid, "ORG-019", "organiser.email.shape")
	errMunicipality = fault.New(fault.Invalid, "ORG-020", "organiser.municipality.unknown").At("municipality")
	errPeriod       = fault.New(fault.Invalid, "ORG-021", "organiser.period.empty").At("valid_to")
	errTwice        = fault.New(fault.Invalid, "ORG-022", "organiser.budget.twice")
	errPostcode     = fault.New(fault.Invalid, "ORG-023", "organiser.postcode.shape").At("postcode")
	ErrStaffUnknown = fault.New(fault.NotFound, "ORG-024", "organiser.staff.unknown")
	errPrefixForm   = fault.New(fault.Invalid, "ORG-026", "organiser.prefix.letters").At("prefix")
	errLanguage     = fault.New(fault.Invalid, "ORG-025", "organiser.language.unknown").At("language")
)
