package catalogue

import "seteli/core/fault"

// Refusals of this package.
var (
	ErrUnknown     = fault.New(fault.NotFound, "CAT-001", "catalogue.service.unknown")
	ErrStale       = fault.New(fault.Stale, "CAT-002", "catalogue.changed_meanwhile")
	errRequired    = fault.New(fault.Invalid, "CAT-003", "catalogue.required")
	errCode        = fault.New(fault.Invalid, "CAT-004", "catalogue.code.shape")
	errCodeTaken   = fault.New(fault.Conflict, "CAT-005", "catalogue.code.taken").At("code")
	errArea        = fault.New(fault.Invalid, "CAT-006", "catalogue.area.unknown").At("area")
	errClass       = fault.New(fault.Invalid, "CAT-007", "catalogue.class.unknown").At("class")
	errMode        = fault.New(fault.Invalid, "CAT-008", "catalogue.mode.unknown").At("mode")
	errUnit        = fault.New(fault.Invalid, "CAT-009", "catalogue.unit.unknown")
	errUnitFixed   = fault.New(fault.Conflict, "CAT-010", "catalogue.unit.fixed")
	errPast        = fault.New(fault.Invalid, "CAT-011", "catalogue.valid_from.past").At("valid_from")
	errNoContents  = fault.New(fault.Invalid, "CAT-012", "catalogue.contents.none").At("contents")
	errContentCode = fault.New(fault.Conflict, "CAT-013", "catalogue.content.code_taken")
	errContent     = fault.New(fault.Invalid, "CAT-014", "catalogue.content.unknown")
	errCap         = fault.New(fault.Invalid, "CAT-015", "catalogue.content.cap")
	errMaxDay      = fault.New(fault.Invalid, "CAT-016", "catalogue.content.max_day")
	errPeriod      = fault.New(fault.Invalid, "CAT-017", "catalogue.content.period")
	errSlotLevel   = fault.New(fault.Invalid, "CAT-018", "catalogue.slot.level").At("level")
	errSlot        = fault.New(fault.NotFound, "CAT-019", "catalogue.slot.unknown")
	errTeam        = fault.New(fault.Invalid, "CAT-020", "catalogue.team.unknown").At("teams")
	errEmail       = fault.New(fault.Invalid, "CAT-022", "catalogue.email.shape").At("notice_email")
	errBeforeLast  = fault.New(fault.Conflict, "CAT-024", "catalogue.valid_from.before_last").At("valid_from")
	ErrNotOnDay    = fault.New(fault.NotFound, "CAT-023", "catalogue.service.not_on_day")
)
