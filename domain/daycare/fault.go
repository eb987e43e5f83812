package daycare

import "seteli/core/fault"

var (
	errLimit       = fault.New(fault.Invalid, "DAY-001", "daycare.fee.no_limit")
	errOption      = fault.New(fault.Invalid, "DAY-002", "daycare.option.unknown").At("option")
	errMonthDays   = fault.New(fault.Invalid, "DAY-003", "daycare.invoice.no_days").At("month_operational_days")
	errModel       = fault.New(fault.Invalid, "DAY-004", "daycare.price.model").At("model")
	errNoPrice     = fault.New(fault.Invalid, "DAY-005", "daycare.price.missing").At("price")
	errSurcharge   = fault.New(fault.Invalid, "DAY-006", "daycare.price.surcharge_over_cap").At("surcharge")
	errOverCeiling = fault.New(fault.Invalid, "DAY-007", "daycare.price.over_ceiling").At("price")
	errNoValue     = fault.New(fault.Invalid, "DAY-008", "daycare.value.none_on_date").At("date")

	errUnknownOption = fault.New(fault.Invalid, "DAY-010", "daycare.table.unknown_option").At("option")
	errStartsBefore  = fault.New(fault.Conflict, "DAY-011", "daycare.table.starts_before_latest").At("from")
	errTableGap      = fault.New(fault.Conflict, "DAY-012", "daycare.table.gap").At("from")
	errRowNotFound   = fault.New(fault.NotFound, "DAY-013", "daycare.table.not_found")
	errNotLatest     = fault.New(fault.Conflict, "DAY-014", "daycare.table.not_latest")

	errTooFar = fault.New(fault.Conflict, "DAY-020", "daycare.send.too_far").At("from")

	errUnknownDecision = fault.New(fault.NotFound, "DAY-030", "daycare.statement.unknown_decision")

	errNoClosedMonth = fault.New(fault.Conflict, "DAY-040", "daycare.payment.no_closed_month")
	errNotDraft      = fault.New(fault.Conflict, "DAY-041", "daycare.payment.not_draft")
	errNotConfirmed  = fault.New(fault.Conflict, "DAY-042", "daycare.payment.not_confirmed")
)

// UnknownOption refuses a need option that the rules do not have (DAY-002).
func UnknownOption(code string) error { return errOption.With("option", code) }
