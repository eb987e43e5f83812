package event

import "sort"

// Severity of a check.
type Severity uint8

// A warning is told and nothing else; a review passes the line to the organiser's queue; a rejection leaves it with the sender.
const (
	Warn Severity = iota
	ToReview
	ToReject
)

// Visibility says who can see a fact that a check reads.
type Visibility uint8

// A check that rejects may read only what the sender sees (Own) or everybody sees (Public). What only the organiser or a third
// party knows can at most send a line to review, with a text that does not reveal it.
const (
	Own       Visibility = iota // shown to the sending provider: its lines, approvals, prices, the voucher it holds, what is left as a number
	Public                      // calendar, code lists, published caps
	Organiser                   // internal to the organiser
	Third                       // other providers' lines, population data
)

// Read is a fact that a check uses.
type Read struct {
	Fact string
	Seen Visibility
}

// Check is one rule of the published catalogue. Codes are never reused; the texts are in the catalogue "check" under the code.
type Check struct {
	Code     string
	Version  int
	Severity Severity
	Reads    []Read
}

func own(facts ...string) []Read    { return reads(Own, facts) }
func public(facts ...string) []Read { return reads(Public, facts) }
func third(facts ...string) []Read  { return reads(Third, facts) }
func reads(v Visibility, facts []string) []Read {
	out := make([]Read, len(facts))
	for i, f := range facts {
		out[i] = Read{f, v}
	}
	return out
}

// checks is the catalogue in the order in which findings are shown. The ideas come from published rule sets of care claims;
// severities and texts are ours.
var checks = []Check{
	{"REL-02", 1, ToReject, own("voucher.number", "reservation")},         // unknown, or not reserved to the sender: one text for both, no probing
	{"REL-01", 1, ToReject, own("voucher.client")},                        // the client stated is not the voucher's
	{"SVC-01", 1, ToReject, own("voucher.contents")},                      // content is not on the voucher
	{"SVC-02", 1, ToReject, own("content.unit")},                          // another unit of measure
	{"SVC-03", 1, ToReject, public("content.validity")},                   // content not in force on the day
	{"REL-03", 1, ToReject, own("reservation")},                           // no reservation for the content on the day
	{"REL-04", 1, ToReject, own("voucher.pause")},                         // voucher paused
	{"REL-05", 1, ToReject, own("voucher.closed")},                        // voucher closed
	{"REL-06", 1, ToReject, own("approval")},                              // not approved for the service on the day
	{"REL-07", 1, ToReject, own("approval.unit")},                         // unit not part of the approval
	{"REL-08", 1, ToReject, own("approval.suspension")},                   // approval suspended, notified
	{"TIM-01", 1, ToReject, own("line.date")},                             // date or time missing or impossible
	{"TIM-02", 1, ToReject, append(own("line.date"), public("clock")...)}, // in the future
	{"TIM-03", 1, ToReject, own("line.times", "line.quantity")},           // end before start, or duration and quantity differ
	{"TIM-04", 1, ToReject, own("voucher.validity")},                      // outside the validity
	{"TIM-05", 1, ToReject, own("rulebook.window")},                       // older than the recording window
	{"TIM-07", 1, ToReject, public("calendar")},                           // longer than a day
	{"TIM-08", 1, Warn, own("line.times")},                                // crosses midnight; counts on the day it began
	{"TIM-09", 1, ToReject, own("own.lines")},                             // overlaps the sender's own event of the same client
	{"TIM-10", 1, ToReview, third("other.lines")},                         // overlaps another provider's event
	{"TIM-11", 1, ToReview, own("own.lines")},                             // the worker is with another client
	{"TIM-12", 1, Warn, own("rulebook.window")},                           // recorded late
	{"TIM-14", 1, ToReject, own("voucher.validity", "rulebook.window")},   // the voucher ended too long ago
	{"TIM-15", 1, ToReject, own("line.times", "voucher.value")},           // the value depends on the time of day: start and end are needed
	{"TIM-13", 1, ToReject, own("own.lines")},                             // the day is already recorded
	{"SVC-07", 1, ToReject, own("line.quantity")},                         // nothing or less
	{"SVC-16", 1, ToReject, own("prices")},                                // no agreed price on the day
	{"SVC-04", 1, ToReject, own("prices")},                                // price differs from the agreed one
	{"SVC-05", 1, ToReject, public("content.cap")},                        // price above the cap
	{"SVC-06", 1, ToReject, own("line.amount")},                           // amount is not quantity × price
	{"SVC-11", 1, ToReject, own("prices", "voucher.value")},               // own share where the law forbids it
	{"ENV-03", 1, ToReject, own("file.cells")},                            // the cell holds nothing that the column can hold
	{"ENV-07", 1, ToReject, own("file.cells")},                            // the cell looks damaged and its sender has refused the proposal
	{"ENV-06", 1, ToReject, own("file.rows")},                             // the row repeats another row
	{"COR-01", 1, ToReject, own("own.references")},                        // reference used with other content
	{"COR-05", 1, ToReject, own("own.lines")},                             // the same event is already recorded
	{"QTY-09", 1, ToReject, public("content.max")},                        // more than the content allows a day
	{"QTY-06", 1, ToReject, own("voucher.left")},                          // all visits are used
	{"QTY-01", 1, ToReview, own("voucher.left")},                          // above the period's amount; overruns are looked at
	{"QTY-11", 1, ToReject, own("voucher.left")},                          // nothing left in the period
	{"QTY-02", 1, ToReview, own("voucher.left")},                          // above the whole voucher's amount; overruns are looked at
	{"QTY-12", 1, ToReject, own("voucher.left")},                          // nothing left of the whole voucher
	{"QTY-03", 1, ToReject, own("voucher.left")},                          // nothing left of the euro balance
	{"QTY-04", 1, ToReview, own("rulebook.tolerance")},                    // within the tolerance, which is not accepted by itself
	{"QTY-14", 1, Warn, own("rulebook.tolerance")},                        // within the tolerance, accepted
	{"QTY-05", 1, Warn, own("voucher.left")},                              // accepted up to what was left
}

var byCode = func() map[string]Check {
	m := make(map[string]Check, len(checks))
	for _, c := range checks {
		m[c.Code] = c
	}
	return m
}()

var position = func() map[string]int {
	m := make(map[string]int, len(checks))
	for i, c := range checks {
		m[c.Code] = i
	}
	return m
}()

// Checks gives the catalogue, for publication.
func Checks() []Check { return append([]Check(nil), checks...) }

// order sorts findings: what rejects first, then by the catalogue.
func order(fs []Finding) {
	sort.SliceStable(fs, func(i, j int) bool {
		a, b := byCode[fs[i].Code], byCode[fs[j].Code]
		if a.Severity != b.Severity {
			return a.Severity > b.Severity
		}
		return position[fs[i].Code] < position[fs[j].Code]
	})
}
