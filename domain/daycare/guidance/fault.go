package guidance

import (
	"fmt"

	"seteli/core/fault"
	"seteli/platform/postgres"
)

// Refusals of this package.
var (
	errUnknown       = fault.New(fault.NotFound, "GUI-001", "guidance.unknown")
	errStale         = fault.New(fault.Stale, "GUI-002", "guidance.changed_meanwhile")
	errNoGuardian    = fault.New(fault.NotFound, "GUI-003", "guidance.no_guardian")
	errGuardian      = fault.New(fault.Invalid, "GUI-004", "guidance.guardian.adult").At("adult")
	errGuardianOnce  = fault.New(fault.Conflict, "GUI-005", "guidance.guardian.overlap").At("from")
	errPeriod        = fault.New(fault.Invalid, "GUI-006", "guidance.period").At("to")
	errOneOpen       = fault.New(fault.Conflict, "GUI-007", "guidance.one_open")
	errStart         = fault.New(fault.Invalid, "GUI-008", "guidance.start_early").At("start")
	errOption        = fault.New(fault.Invalid, "GUI-009", "guidance.option").At("option")
	errWishes        = fault.New(fault.Invalid, "GUI-010", "guidance.wishes").At("unit1")
	errWish          = fault.New(fault.Invalid, "GUI-011", "guidance.wish").At("unit1")
	errReason        = fault.New(fault.Invalid, "GUI-012", "guidance.reason_needed").At("reason")
	errHome          = fault.New(fault.Invalid, "GUI-013", "guidance.home").At("home")
	errIncome        = fault.New(fault.Invalid, "GUI-014", "guidance.income_asked").At("income")
	errNotOpen       = fault.New(fault.Conflict, "GUI-015", "guidance.not_open")
	errConsent       = fault.New(fault.Conflict, "GUI-016", "guidance.consent_missing")
	errUnit          = fault.New(fault.Invalid, "GUI-017", "guidance.unit_unknown").At("unit")
	errFull          = fault.New(fault.Conflict, "GUI-018", "guidance.full").At("unit")
	errNotApproved   = fault.New(fault.Conflict, "GUI-019", "guidance.not_approved").At("unit")
	errProposed      = fault.New(fault.Conflict, "GUI-020", "guidance.proposed_already")
	errNoProposal    = fault.New(fault.Conflict, "GUI-021", "guidance.proposal_gone")
	errLate          = fault.New(fault.Conflict, "GUI-022", "guidance.late_answer")
	errPlaces        = fault.New(fault.Conflict, "GUI-023", "guidance.places.overlap").At("from")
	errPlaceCount    = fault.New(fault.Invalid, "GUI-024", "guidance.places.count").At("under")
	errNotice        = fault.New(fault.Invalid, "GUI-025", "guidance.notice").At("last")
	errNoPlace       = fault.New(fault.Conflict, "GUI-026", "guidance.no_place")
	errHandled       = fault.New(fault.Stale, "GUI-027", "guidance.handled")
	errKind          = fault.New(fault.Invalid, "GUI-028", "guidance.kind").At("kind")
	errAge           = fault.New(fault.Invalid, "GUI-029", "guidance.age").At("start")
	errHours         = fault.New(fault.Invalid, "GUI-030", "guidance.hours").At("hours")
	errFileName      = fault.New(fault.Invalid, "GUI-031", "guidance.paper.name").At("file")
	errPapers        = fault.New(fault.Conflict, "GUI-032", "guidance.paper.many").At("file")
	errOffice        = fault.New(fault.Invalid, "GUI-045", "guidance.office_needed").At("office")
	errAnswered      = fault.New(fault.Conflict, "GUI-046", "guidance.answered")
	errIncomeKnown   = fault.New(fault.Conflict, "GUI-047", "guidance.income.known").At("replace")
	errIncomeTold    = fault.New(fault.Conflict, "GUI-048", "guidance.income.handled")
	errIncomeSum     = fault.New(fault.Invalid, "GUI-049", "guidance.income.sum").At("sum0")
	errNotVoucher    = fault.New(fault.Conflict, "GUI-050", "guidance.places.not_voucher").At("unit")
	errLanguage      = fault.New(fault.Invalid, "GUI-051", "guidance.language_unknown").At("language")
	errLanguageWords = fault.New(fault.Invalid, "GUI-052", "guidance.language_named").At("language_words")
	errLong          = fault.New(fault.Invalid, "GUI-053", "guidance.words_long")
	errHasPlace      = fault.New(fault.Conflict, "GUI-033", "guidance.place_later")
	errArrived       = fault.New(fault.Invalid, "GUI-034", "guidance.arrived_when").At("arrived")
	errChannel       = fault.New(fault.Invalid, "GUI-035", "guidance.channel_unknown").At("channel")
	errApplicant     = fault.New(fault.Invalid, "GUI-036", "guidance.applicant").At("applicant")
)

// mapped turns what the database refuses into the refusal of a person.
func mapped(err error) error {
	switch postgres.ConstraintOf(err) {
	case postgres.ConstraintDaycareGuardianNoOverlap:
		return errGuardianOnce.Because(err)
	case postgres.ConstraintDaycareCapacityNoOverlap:
		return errPlaces.Because(err)
	case postgres.ConstraintDaycareApplicationOneOpen:
		return errOneOpen.Because(err)
	case postgres.ConstraintDaycareProposalOneLive:
		return errProposed.Because(err)
	}
	return err
}

// changed turns the number of changed rows into the refusal of a form that is older than the row.
func changed(n int64, err error, what string, id int64) error {
	if err != nil {
		return mapped(fmt.Errorf("changing %s %d: %w", what, id, err))
	}
	if n == 0 {
		return errStale
	}
	return nil
}
