package rulebook

import "seteli/core/fault"

// Refusals of this package.
var (
	ErrUnknown    = fault.New(fault.NotFound, "RUL-001", "rulebook.unknown")
	ErrStale      = fault.New(fault.Stale, "RUL-002", "rulebook.changed_meanwhile")
	errShape      = fault.New(fault.Invalid, "RUL-003", "rulebook.rules.shape").At("rules")
	errMethod     = fault.New(fault.Invalid, "RUL-004", "rulebook.value.method_unknown").At("method")
	errNoValue    = fault.New(fault.Invalid, "RUL-005", "rulebook.value.missing")
	errValueSize  = fault.New(fault.Invalid, "RUL-006", "rulebook.value.not_positive")
	errContent    = fault.New(fault.Invalid, "RUL-007", "rulebook.value.content_unknown")
	errPercent    = fault.New(fault.Invalid, "RUL-008", "rulebook.tolerance.percent").At("tolerance_percent")
	errStep       = fault.New(fault.Invalid, "RUL-009", "rulebook.tolerance.step").At("tolerance_step")
	errRecording  = fault.New(fault.Invalid, "RUL-010", "rulebook.recording_days.range").At("recording_days")
	errNotice     = fault.New(fault.Invalid, "RUL-011", "rulebook.price_notice_days.range").At("price_notice_days")
	errMonths     = fault.New(fault.Invalid, "RUL-012", "rulebook.price_months.range").At("price_months")
	errRequired   = fault.New(fault.Invalid, "RUL-013", "rulebook.required")
	errPublished  = fault.New(fault.Conflict, "RUL-014", "rulebook.published")
	errFourEyes   = fault.New(fault.Forbidden, "RUL-015", "rulebook.four_eyes")
	errPast       = fault.New(fault.Invalid, "RUL-016", "rulebook.valid_from.past").At("valid_from")
	errBeforeLast = fault.New(fault.Conflict, "RUL-017", "rulebook.valid_from.before_last").At("valid_from")
	errAboveCap   = fault.New(fault.Invalid, "RUL-018", "rulebook.price.above_cap").At("price")
	errOwnShare   = fault.New(fault.Invalid, "RUL-019", "rulebook.price.own_share").At("price")
	errPrice      = fault.New(fault.Invalid, "RUL-020", "rulebook.price.not_positive").At("price")
	errPrompt     = fault.New(fault.Invalid, "RUL-022", "rulebook.prompt_days.range").At("prompt_days")
	errGrace      = fault.New(fault.Invalid, "RUL-023", "rulebook.grace_days.range").At("grace_days")
	errLapse      = fault.New(fault.Invalid, "RUL-024", "rulebook.lapse_days.range").At("lapse_days")
	errLeave      = fault.New(fault.Invalid, "RUL-025", "rulebook.leave_days.range").At("leave_days")
	errCriteria   = fault.New(fault.Invalid, "RUL-026", "rulebook.criteria.many").At("criteria")
	errCriterion  = fault.New(fault.Invalid, "RUL-027", "rulebook.criteria.incomplete").At("criteria")
	errService    = fault.New(fault.NotFound, "RUL-021", "rulebook.service.unknown")
)
