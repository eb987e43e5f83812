package method

import "seteli/core/fault"

// Refusals of parameters; each stands at the field of the editor that it is about.
var (
	errMethod    = fault.New(fault.Invalid, "MET-001", "method.unknown").At("method")
	errRequired  = fault.New(fault.Invalid, "MET-002", "method.required")
	errPositive  = fault.New(fault.Invalid, "MET-003", "method.not_positive")
	errContent   = fault.New(fault.Invalid, "MET-004", "method.content_unknown")
	errMissing   = fault.New(fault.Invalid, "MET-005", "method.content_missing")
	errTwice     = fault.New(fault.Invalid, "MET-006", "method.twice")
	errSizes     = fault.New(fault.Invalid, "MET-007", "method.size_missing")
	errMinMax    = fault.New(fault.Invalid, "MET-008", "method.min_above_max")
	errOrder     = fault.New(fault.Invalid, "MET-009", "method.bands_not_ascending")
	errFirstBand = fault.New(fault.Invalid, "MET-010", "method.bands_begin_late")
	errHours     = fault.New(fault.Invalid, "MET-011", "method.day_not_covered")
	errOverlap   = fault.New(fault.Invalid, "MET-012", "method.bands_overlap")
	errPercent   = fault.New(fault.Invalid, "MET-013", "method.percent_range")
	errMonotone  = fault.New(fault.Invalid, "MET-014", "method.percent_not_monotone")
	errChoice    = fault.New(fault.Invalid, "MET-015", "method.choice")
	errWhole     = fault.New(fault.Invalid, "MET-016", "method.whole_number")
	errClock     = fault.New(fault.Invalid, "MET-017", "method.clock")
	errBandValue = fault.New(fault.Invalid, "MET-018", "method.band_without_value")
	errNegative  = fault.New(fault.Invalid, "MET-019", "method.negative")
	errRows      = fault.New(fault.Invalid, "MET-020", "method.rows_uneven")
)

// Refusals of a calculation; each stands at the fact that it is about.
var (
	errHousehold  = fault.New(fault.Invalid, "MET-030", "method.household_range").At("household")
	errSizeHole   = fault.New(fault.Invalid, "MET-031", "method.household_not_in_table").At("household")
	errHoursFact  = fault.New(fault.Invalid, "MET-032", "method.hours_needed").At("hours")
	errFee        = fault.New(fault.Invalid, "MET-033", "method.fee_needed").At("fee")
	errNeed       = fault.New(fault.Invalid, "MET-034", "method.need_not_in_table").At("need")
	errColumn     = fault.New(fault.Invalid, "MET-035", "method.column_not_in_table").At("column")
	errIndividual = fault.New(fault.Invalid, "MET-036", "method.individual_needed").At("individual")
	errRange      = fault.New(fault.Invalid, "MET-037", "method.individual_range").At("individual")
	errNet        = fault.New(fault.Invalid, "MET-038", "method.net_income_needed").At("client")
	errNoValue    = fault.New(fault.Invalid, "MET-039", "method.no_value").At("content")
	errIncrease   = fault.New(fault.Invalid, "MET-040", "method.increase").At("amount")
	errUnits      = fault.New(fault.Invalid, "MET-041", "method.price_needed").At("price")
	errItem       = fault.New(fault.Invalid, "MET-042", "method.income_kind_unknown").At("income")
	errBand       = fault.New(fault.Invalid, "MET-044", "method.band_unknown").At("band")
	errTooLarge   = fault.New(fault.Invalid, "MET-045", "method.amount_too_large")
	errFeeKind    = fault.New(fault.Invalid, "MET-046", "method.fee_kind_unknown").At("kind")
)

// Refusals of a provider's price.
var (
	errCeiling  = fault.New(fault.Invalid, "MET-050", "method.price_over_ceiling").At("price")
	errOwnShare = fault.New(fault.Invalid, "MET-051", "method.price_own_share").At("price")
	errLeaves   = fault.New(fault.Invalid, "MET-052", "method.leaves_own_share").At("price")
	errExceeds  = fault.New(fault.Invalid, "MET-053", "method.price_exceeds_value").At("price")
)
