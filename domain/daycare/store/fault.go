package store

import (
	"fmt"

	"seteli/core/fault"
	"seteli/platform/postgres"
)

// Refusals of this package.
var (
	errUnknown       = fault.New(fault.NotFound, "DAY-070", "daycare.child.unknown")
	errStale         = fault.New(fault.Stale, "DAY-071", "daycare.changed_meanwhile")
	errPeriod        = fault.New(fault.Invalid, "DAY-072", "daycare.period.wrong").At("to")
	errPlacedTwice   = fault.New(fault.Conflict, "DAY-073", "daycare.placement.overlap").At("from")
	errTwoHeads      = fault.New(fault.Conflict, "DAY-074", "daycare.head.overlap").At("from")
	errTwoNeeds      = fault.New(fault.Conflict, "DAY-075", "daycare.need.overlap").At("from")
	errTwoSupports   = fault.New(fault.Conflict, "DAY-076", "daycare.support.overlap").At("from")
	errUnit          = fault.New(fault.Invalid, "DAY-077", "daycare.placement.unit").At("unit")
	errKind          = fault.New(fault.Invalid, "DAY-078", "daycare.placement.kind").At("kind")
	errAge           = fault.New(fault.Invalid, "DAY-079", "daycare.placement.age").At("from")
	errAdult         = fault.New(fault.Invalid, "DAY-080", "daycare.head.adult").At("adult")
	errNoRules       = fault.New(fault.Conflict, "DAY-081", "daycare.rules.none")
	errRulesUnknown  = fault.New(fault.NotFound, "DAY-082", "daycare.rules.unknown")
	errFourEyes      = fault.New(fault.Forbidden, "DAY-083", "daycare.rules.four_eyes")
	errContent       = fault.New(fault.Invalid, "DAY-084", "daycare.rules.content").At("content")
	errReason        = fault.New(fault.Invalid, "DAY-085", "daycare.reason_needed").At("reason")
	errDraftGone     = fault.New(fault.Stale, "DAY-086", "daycare.draft.gone")
	errIgnored       = fault.New(fault.Conflict, "DAY-087", "daycare.draft.ignored")
	errDecision      = fault.New(fault.NotFound, "DAY-088", "daycare.decision.unknown")
	errEndLater      = fault.New(fault.Invalid, "DAY-089", "daycare.decision.end_later").At("to")
	errMonthOrder    = fault.New(fault.Conflict, "DAY-090", "daycare.month.order").At("month")
	errMonthEarly    = fault.New(fault.Conflict, "DAY-091", "daycare.month.early").At("month")
	errOverlapping   = fault.New(fault.Conflict, "DAY-092", "daycare.month.overlapping")
	errStatement     = fault.New(fault.NotFound, "DAY-093", "daycare.statement.unknown")
	errApproved      = fault.New(fault.Conflict, "DAY-094", "daycare.statement.approved")
	errObjected      = fault.New(fault.Conflict, "DAY-095", "daycare.objection.made")
	errNoObjection   = fault.New(fault.NotFound, "DAY-096", "daycare.objection.none")
	errPricePast     = fault.New(fault.Invalid, "DAY-097", "daycare.price.past").At("from")
	errPriceNotice   = fault.New(fault.Invalid, "DAY-102", "daycare.price.notice").At("from") // values earliest, n
	errSettingAmount = fault.New(fault.Invalid, "DAY-098", "daycare.amount.range").At("amount")
	errOffice        = fault.New(fault.Invalid, "DAY-100", "daycare.office_needed").At("office")
	errSending       = fault.New(fault.NotFound, "DAY-101", "daycare.sending.unknown")
	errSource        = fault.New(fault.Invalid, "DAY-130", "daycare.threshold.source").At("source")
	errIncomplete    = fault.New(fault.Invalid, "DAY-131", "daycare.threshold.incomplete")
	errThreshold     = fault.New(fault.NotFound, "DAY-132", "daycare.threshold.unknown")
	errCorrects      = fault.New(fault.Conflict, "DAY-133", "daycare.threshold.corrects").At("from")
	errThresholdOpen = fault.New(fault.Conflict, "DAY-134", "daycare.threshold.draft_open")
	errPlace         = fault.New(fault.NotFound, "DAY-140", "daycare.place.unknown")
	errNoticeGiven   = fault.New(fault.Conflict, "DAY-141", "daycare.notice.given").At("on")
	errNoticeDay     = fault.New(fault.Invalid, "DAY-142", "daycare.notice.day").At("on")
	errLastDay       = fault.New(fault.Invalid, "DAY-143", "daycare.notice.last").At("last")
	errRefill        = fault.New(fault.Invalid, "DAY-144", "daycare.notice.refill").At("from")
	errAbsenceDays   = fault.New(fault.Invalid, "DAY-145", "daycare.absence.days").At("from")
	errAbsenceKind   = fault.New(fault.Invalid, "DAY-146", "daycare.absence.kind").At("kind")
	errAbsenceTwice  = fault.New(fault.Conflict, "DAY-147", "daycare.absence.overlap").At("from")
	errNoAbsence     = fault.New(fault.NotFound, "DAY-148", "daycare.absence.none")
	errReadyTwice    = fault.New(fault.Conflict, "DAY-122", "daycare.ready.overlap").At("from")
	errReadyHigh     = fault.New(fault.Invalid, "DAY-123", "daycare.ready.above").At("amount") // values amount, most
	errReadyNegative = fault.New(fault.Invalid, "DAY-124", "daycare.ready.negative").At("amount")
	errDraftOpen     = fault.New(fault.Conflict, "DAY-099", "daycare.rules.draft_open")
)

// mapped turns a broken constraint that a person can hit into its refusal.
func mapped(err error) error {
	switch postgres.ConstraintOf(err) {
	case postgres.ConstraintDaycarePlacementNoOverlap:
		return errPlacedTwice.Because(err)
	case postgres.ConstraintDaycareHeadNoOverlap:
		return errTwoHeads.Because(err)
	case postgres.ConstraintDaycareNeedNoOverlap:
		return errTwoNeeds.Because(err)
	case postgres.ConstraintDaycareSupportNoOverlap:
		return errTwoSupports.Because(err)
	case postgres.ConstraintDaycareReadyShareNoOverlap:
		return errReadyTwice.Because(err)
	case postgres.ConstraintDaycareAbsenceNoOverlap:
		return errAbsenceTwice.Because(err)
	case postgres.ConstraintDaycareRulesOneDraft:
		return errDraftOpen.Because(err)
	case postgres.ConstraintDaycareThresholdOneDraft:
		return errThresholdOpen.Because(err)
	case postgres.ConstraintDaycareRulesFourEyes, postgres.ConstraintDaycareThresholdFourEyes:
		return errFourEyes.Because(err)
	}
	return err
}

// edited turns the number of changed rows into the refusal of a form that is older than the row.
func edited(n int64, err error, what string, id int64) error {
	if err != nil {
		return mapped(fmt.Errorf("changing %s %d: %w", what, id, err))
	}
	if n == 0 {
		return errStale
	}
	return nil
}
