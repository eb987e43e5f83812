package event

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/admission"
	"seteli/domain/catalogue"
	"seteli/domain/ledger"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/i18n"
)

const (
	us, them   = int64(7), int64(8)
	unit       = int64(70)
	service    = int64(5)
	contentID  = int64(50)
	lineID     = int64(500)
	clientID   = int64(9)
	rulebookID = int64(3)
)

var (
	today = calendar.Day(2026, 11, 21)
	day   = calendar.Day(2026, 11, 10)
	year  = calendar.Period{From: calendar.Day(2026, 1, 1), To: calendar.Day(2027, 1, 1)}
)

// world is one line and the facts that make it acceptable: two hours of a content that has twenty a month.
type world struct {
	facts Facts
	v     *voucher.Recorded
	line  Line
	more  []Line
}

// grace ends the voucher yesterday and leaves its deliveries so many days.
func (w *world) grace(days int) {
	w.v.Valid.To = today
	w.terms(Terms{RecordingDays: 60, GraceDays: &days})
}

func quantity(n int64) *money.Quantity { q := money.Units(n); return &q }
func cents(n int64) *money.Cents       { c := money.Cents(n); return &c }
func at(d calendar.Date, h, m int) *time.Time {
	t, _, err := calendar.Instant(d, h, m)
	if err != nil {
		panic(err)
	}
	return &t
}

func acceptable() *world {
	w := &world{line: Line{Number: "N", Date: day, Quantity: quantity(2)}}
	w.v = &voucher.Recorded{ID: 1, Client: clientID, Person: 90, Service: service, Number: "N", Valid: year, Rulebook: rulebookID, BirthDate: calendar.Day(1944, 5, 6),
		Lines:        []voucher.RecordedLine{{ID: lineID, Content: contentID, Code: "KH", Unit: "hour", Recurrence: "month", Amount: quantity(20), Values: []voucher.RecordedValue{{Period: year, Worth: rulebook.Worth{Value: 35_00}}}}},
		Reservations: []voucher.RecordedReservation{{ID: 4, Line: lineID, Provider: us, Unit: unit, Period: year}}}
	w.facts = Facts{Today: today, Now: at(today, 12, 0).UTC(), Vouchers: map[string]*voucher.Recorded{"N": w.v},
		Prices:    map[priceKey][]admission.AgreedPrice{{us, unit, contentID}: {{Provider: us, Unit: unit, Content: contentID, Period: year, Price: 42_00}}},
		Approvals: map[approvalKey][]admission.Admitted{{us, service}: {{Provider: us, Service: service, Unit: unit, Period: year}}},
		Contents:  map[int64][]catalogue.ContentTerms{contentID: {{Period: year}}},
		Terms:     map[int64]Terms{rulebookID: {RecordingDays: 60}},
		Balances:  map[ledger.Key]ledger.Balance{{Line: lineID, Bucket: calendar.Day(2026, 11, 1)}: {Limit: money.Units(20)}},
		Earlier:   map[int64][]Earlier{}, References: map[referenceKey]Stored{}}
	return w
}

func (w *world) judge() []Verdict {
	return Judge([]Submission{{Provider: us, Lines: append([]Line{w.line}, w.more...)}}, &w.facts)[0]
}

func (w *world) earlier(e Earlier) {
	e.Client = clientID
	if e.Date == 0 {
		e.Date = day
	}
	if e.Event == 0 {
		e.Event = 99
	}
	w.facts.Earlier[clientID] = append(w.facts.Earlier[clientID], e)
}

func (w *world) measure(u string) { w.v.Lines[0].Unit = u }
func (w *world) bucket() ledger.Key {
	return ledger.Key{Line: lineID, Bucket: calendar.Day(2026, 11, 1)}
}
func (w *world) used(n int64) {
	w.facts.Balances[w.bucket()] = ledger.Balance{Limit: money.Units(20), Used: money.Units(n)}
}
func (w *world) terms(t Terms) { t.RecordingDays = 60; w.facts.Terms[rulebookID] = t }
func (w *world) total(used int64) {
	w.v.Lines[0].TotalQuantity = quantity(100)
	w.facts.Balances[ledger.Key{Line: lineID, Bucket: ledger.Whole}] = ledger.Balance{Limit: money.Units(100), Used: money.Units(used)}
}
func (w *world) times(h1, m1, h2, m2 int) {
	w.line.Start, w.line.End, w.line.Quantity = at(day, h1, m1), at(day, h2, m2), nil
}
func tolerated(q money.Quantity) money.Quantity { return q + money.Units(2) }

// cases give each code once found and once just missed.
var cases = map[string]struct{ hit, miss func(*world) }{
	"REL-01": {func(w *world) { d := calendar.Day(1944, 5, 7); w.line.BirthDate = &d }, func(w *world) { d := calendar.Day(1944, 5, 6); w.line.BirthDate = &d }},
	"REL-02": {func(w *world) { w.v.Reservations[0].Provider = them }, func(w *world) {
		w.v.Reservations = append(w.v.Reservations, voucher.RecordedReservation{Provider: them})
	}},
	"REL-03": {func(w *world) { w.v.Reservations[0].Period.From = day + 1 }, func(w *world) { w.v.Reservations[0].Period.From = day }},
	"REL-04": {func(w *world) { w.v.Pauses = []calendar.Period{{From: day, To: day + 1}} }, func(w *world) { w.v.Pauses = []calendar.Period{{From: day - 3, To: day}} }},
	"REL-05": {func(w *world) { w.v.Closed, w.v.ClosedFrom = true, day }, func(w *world) { w.v.Closed, w.v.ClosedFrom = true, day+1 }},
	"REL-06": {func(w *world) { w.facts.Approvals[approvalKey{us, service}][0].Period.To = day }, func(w *world) { w.facts.Approvals[approvalKey{us, service}][0].Period.To = day + 1 }},
	"REL-07": {func(w *world) { w.facts.Approvals[approvalKey{us, service}][0].Unit = 71 }, func(w *world) {
		w.facts.Approvals[approvalKey{us, service}] = append(w.facts.Approvals[approvalKey{us, service}], admission.Admitted{Unit: 71, Period: year})
	}},
	"REL-08": {func(w *world) {
		w.facts.Approvals[approvalKey{us, service}][0].Suspended = []calendar.Period{{From: day, To: calendar.Forever}}
	}, func(w *world) {
		w.facts.Approvals[approvalKey{us, service}][0].Suspended = []calendar.Period{{From: day + 1, To: calendar.Forever}}
	}},
	"TIM-01": {func(w *world) { w.line.Date = 0 }, func(*world) {}},
	"TIM-02": {func(w *world) { w.line.Date = today + 1 }, func(w *world) { w.line.Date = today }},
	"TIM-03": {func(w *world) { w.times(9, 0, 8, 0) }, func(w *world) { w.times(8, 0, 9, 0) }},
	"TIM-04": {func(w *world) { w.v.Valid.To = day }, func(w *world) { w.v.Valid.To = day + 1 }},
	"TIM-05": {func(w *world) { w.line.Date = calendar.Day(2026, 11, 1) - 61 }, func(w *world) { w.line.Date = calendar.Day(2026, 11, 1) - 60 }},
	"TIM-07": {func(w *world) { w.line.Start, w.line.End = at(day, 8, 0), at(day+1, 8, 1) }, func(w *world) { w.line.Start, w.line.End = at(day, 8, 0), at(day+1, 8, 0) }},
	"TIM-08": {func(w *world) { w.line.Start, w.line.End = at(day, 23, 0), at(day+1, 1, 0) }, func(w *world) { w.line.Start, w.line.End = at(day, 22, 0), at(day+1, 0, 0) }},
	"TIM-09": {func(w *world) {
		w.times(9, 0, 11, 0)
		w.earlier(Earlier{Provider: us, Start: at(day, 10, 59), End: at(day, 12, 0)})
	}, func(w *world) {
		w.times(9, 0, 11, 0)
		w.earlier(Earlier{Provider: us, Start: at(day, 11, 0), End: at(day, 12, 0)})
	}},
	"TIM-10": {func(w *world) {
		w.times(9, 0, 11, 0)
		w.earlier(Earlier{Provider: them, Start: at(day, 10, 59), End: at(day, 12, 0)})
	}, func(w *world) {
		w.times(9, 0, 11, 0)
		w.earlier(Earlier{Provider: them, Start: at(day, 11, 0), End: at(day, 12, 0)})
	}},
	"TIM-11": {func(w *world) {
		w.times(9, 0, 11, 0)
		w.line.Worker = "T1"
		w.facts.Earlier[10] = []Earlier{{Event: 1, Provider: us, Client: 10, Date: day, Worker: "T1", Start: at(day, 10, 0), End: at(day, 12, 0)}}
	}, func(w *world) {
		w.times(9, 0, 11, 0)
		w.line.Worker = "T1"
		w.facts.Earlier[10] = []Earlier{{Event: 1, Provider: us, Client: 10, Date: day, Worker: "T2", Start: at(day, 10, 0), End: at(day, 12, 0)}}
	}},
	"TIM-12": {func(w *world) { w.terms(Terms{PromptDays: 10}) }, func(w *world) { w.terms(Terms{PromptDays: 11}) }},
	"TIM-14": {func(w *world) { w.grace(0) }, func(w *world) { w.grace(366) }},
	"TIM-15": {func(w *world) { w.banded() }, func(w *world) { w.banded(); w.times(8, 0, 10, 0) }},
	"TIM-13": {func(w *world) { w.measure("day"); w.earlier(Earlier{Provider: us, Line: lineID}) }, func(w *world) { w.measure("day"); w.earlier(Earlier{Provider: us, Line: lineID, Date: day - 1}) }},
	"SVC-01": {func(w *world) { w.line.Content = "XX" }, func(w *world) { w.line.Content = "kh" }},
	"SVC-02": {func(w *world) { w.line.Measure = "visit" }, func(w *world) { w.line.Measure = "hour" }},
	"SVC-03": {func(w *world) { w.facts.Contents[contentID][0].Period.To = day }, func(w *world) { w.facts.Contents[contentID][0].Period.To = day + 1 }},
	"SVC-04": {func(w *world) { w.line.Price = cents(42_01) }, func(w *world) { w.line.Price = cents(42_00) }},
	"SVC-05": {func(w *world) { w.facts.Contents[contentID][0].PriceCap = cents(45_00); w.line.Price = cents(45_01) }, func(w *world) { w.facts.Contents[contentID][0].PriceCap = cents(45_00); w.line.Price = cents(45_00) }},
	"SVC-06": {func(w *world) { w.line.Amount = cents(84_01) }, func(w *world) { w.line.Amount = cents(84_00) }},
	"SVC-07": {func(w *world) { w.line.Quantity = quantity(0) }, func(w *world) { q := money.Quantity(1); w.line.Quantity = &q }},
	"SVC-11": {func(w *world) { w.v.OwnShareForbidden = true }, func(w *world) {
		w.v.OwnShareForbidden = true
		w.facts.Prices[priceKey{us, unit, contentID}][0].Price = 35_00
	}},
	"SVC-16": {func(w *world) { w.facts.Prices[priceKey{us, unit, contentID}][0].Period.To = day }, func(w *world) { w.facts.Prices[priceKey{us, unit, contentID}][0].Period.To = day + 1 }},
	"ENV-06": {func(w *world) { w.line.Row = 2; l := w.line; l.Row = 3; w.more = []Line{l} }, func(w *world) { w.line.Row = 2; l := w.line; l.Row, l.Quantity = 3, quantity(1); w.more = []Line{l} }},
	"COR-01": {func(w *world) {
		w.line.Reference = "r"
		w.facts.References[referenceKey{us, "r"}] = Stored{Hash: []byte("x")}
	}, func(w *world) {
		w.line.Reference = "r"
		w.facts.References[referenceKey{us, "r"}] = Stored{Hash: w.line.hash(), Verdict: Verdict{State: Accepted}}
	}},
	"COR-05": {func(w *world) { w.earlier(Earlier{Provider: us, Line: lineID, Quantity: money.Units(2)}) }, func(w *world) { w.earlier(Earlier{Provider: us, Line: lineID, Quantity: money.Units(1)}) }},
	"QTY-01": {func(w *world) { w.terms(Terms{Overrun: true}); w.used(19) }, func(w *world) { w.terms(Terms{Overrun: true}); w.used(18) }},
	"QTY-02": {func(w *world) { w.terms(Terms{Overrun: true}); w.total(99) }, func(w *world) { w.terms(Terms{Overrun: true}); w.total(98) }},
	"QTY-03": {func(w *world) { w.balance(34_99, 34_99) }, func(w *world) { w.balance(34_99, 34_00) }},
	"QTY-04": {func(w *world) { w.terms(Terms{Tolerated: tolerated}); w.used(20) }, func(w *world) { w.terms(Terms{Tolerated: tolerated}); w.used(18) }},
	"QTY-05": {func(w *world) { w.used(19) }, func(w *world) { w.used(18) }},
	"QTY-06": {func(w *world) { w.visits(3) }, func(w *world) { w.visits(1) }},
	"QTY-09": {func(w *world) {
		w.facts.Contents[contentID][0].MaxDay = quantity(3)
		w.earlier(Earlier{Provider: them, Content: contentID, Quantity: money.Units(2)})
	}, func(w *world) {
		w.facts.Contents[contentID][0].MaxDay = quantity(3)
		w.earlier(Earlier{Provider: them, Content: contentID, Quantity: money.Units(1)})
	}},
	"QTY-11": {func(w *world) { w.used(20) }, func(w *world) { w.used(19) }},
	"QTY-12": {func(w *world) { w.total(100) }, func(w *world) { w.total(99) }},
	"QTY-14": {func(w *world) { w.terms(Terms{Tolerated: tolerated, ToleranceAuto: true}); w.used(20) }, func(w *world) { w.terms(Terms{Tolerated: tolerated, ToleranceAuto: true}); w.used(21) }},
}

func (w *world) balance(limit, used money.Cents) {
	w.v.Lines[0].Amount, w.v.Lines[0].AmountCents = nil, &limit
	w.facts.Balances[w.bucket()] = ledger.Balance{LimitCents: limit, UsedCents: used}
}

func (w *world) visits(used int64) {
	w.v.Lines[0].Unit, w.v.Lines[0].Recurrence, w.v.Lines[0].Amount = "visit", "total", quantity(3)
	w.facts.Balances[ledger.Key{Line: lineID, Bucket: ledger.Whole}] = ledger.Balance{Limit: money.Units(3), Used: money.Units(used)}
}

func TestEachCheckIsFoundAndJustMissed(t *testing.T) {
	t.Parallel()
	for _, c := range Checks() {
		test, ok := cases[c.Code]
		if !ok {
			if !fileOnly[c.Code] {
				t.Errorf("%s has no case", c.Code)
			}
			continue
		}
		t.Run(c.Code, func(t *testing.T) {
			t.Parallel()
			w := acceptable()
			test.hit(w)
			all := w.judge()
			if v := all[len(all)-1]; !slices.Contains(v.Codes(), c.Code) {
				t.Errorf("not found: %s %v", v.State, v.Codes())
			} else if (c.Severity == ToReject) != (v.State == Rejected) {
				t.Errorf("severity %d, state %s %v", c.Severity, v.State, v.Codes())
			}
			w = acceptable()
			test.miss(w)
			all = w.judge()
			if v := all[len(all)-1]; slices.Contains(v.Codes(), c.Code) {
				t.Errorf("found on the near miss: %v", v.Codes())
			}
		})
	}
}

// fileOnly are found while a file is read, before the lines are judged; file_test.go has them.
var fileOnly = map[string]bool{"ENV-03": true, "ENV-07": true}

func TestAcceptableLineIsAccepted(t *testing.T) {
	t.Parallel()
	if v := acceptable().judge()[0]; v.State != Accepted || len(v.Findings) != 0 || v.Share != (money.Share{Total: 84_00, Organiser: 70_00, Own: 14_00}) {
		t.Errorf("%+v", v)
	}
}

// A check that rejects reads only what the sender can see; a text of what others know names no cause.
func TestRejectionsReadOnlyWhatTheSenderSees(t *testing.T) {
	t.Parallel()
	for _, c := range Checks() {
		for _, r := range c.Reads {
			if c.Severity == ToReject && r.Seen != Own && r.Seen != Public {
				t.Errorf("%s rejects by %s, which the sender cannot see", c.Code, r.Fact)
			}
		}
		if len(c.Reads) == 0 {
			t.Errorf("%s reads nothing", c.Code)
		}
	}
}

func TestEachCheckHasTextsThatItsFindingFills(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Checks() {
		for _, key := range []string{"check." + c.Code, "check." + c.Code + ".remedy"} {
			if !texts.Has(key) {
				t.Errorf("%s is missing", key)
			}
		}
	}
	for code, test := range cases {
		w := acceptable()
		test.hit(w)
		all := w.judge()
		for _, f := range all[len(all)-1].Findings {
			for _, lang := range i18n.Langs {
				for _, key := range []string{f.TextKey(), f.TextKey() + ".remedy"} {
					if s := texts.Text(lang, key, f.Args()); strings.ContainsAny(s, "{}[]") {
						t.Errorf("%s in %s: %s", code, lang, s)
					}
				}
			}
			b, err := marshalFindings([]Finding{f})
			if err != nil {
				t.Error(err)
				continue
			}
			back, err := UnmarshalFindings(b)
			if err != nil || len(back) != 1 || back[0].Code != f.Code || len(back[0].Values) != len(f.Values) {
				t.Errorf("%s stored and read: %+v, %v", code, back, err)
			}
		}
	}
}

// drawn gives a world and lines of one client in any order.
func drawn(t *rapid.T) *world {
	w := acceptable()
	if rapid.Bool().Draw(t, "tolerance") {
		w.terms(Terms{Tolerated: tolerated, ToleranceAuto: rapid.Bool().Draw(t, "auto")})
	}
	if rapid.Bool().Draw(t, "whole") {
		w.total(int64(rapid.IntRange(75, 100).Draw(t, "total used")))
	}
	w.used(int64(rapid.IntRange(0, 20).Draw(t, "used")))
	w.v.Lines[0].Values[0].Worth.Value = money.Cents(rapid.IntRange(0, 60_00).Draw(t, "value"))
	n := rapid.IntRange(1, 12).Draw(t, "lines")
	for i := range n {
		q := money.Quantity(rapid.Int64Range(1, 30_000).Draw(t, "parts"))
		w.more = append(w.more, Line{Number: "N", Date: day - calendar.Date(i%7), Quantity: &q, Note: string(rune('a' + i))})
	}
	w.line, w.more = w.more[0], w.more[1:]
	return w
}

func TestMoneyLawsOfVerdicts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawn(t)
		before := w.facts.Balances[w.bucket()]
		whole, hasWhole := w.facts.Balances[ledger.Key{Line: lineID, Bucket: ledger.Whole}]
		limit := before.Limit
		if w.facts.Terms[rulebookID].ToleranceAuto {
			limit = tolerated(limit)
		}
		used, usedWhole := before.Used, whole.Used
		for _, v := range w.judge() {
			if v.Share.Total != v.Share.Organiser+v.Share.Own || v.Share.Own < 0 || v.Share.Organiser < 0 {
				t.Fatalf("parts do not sum: %+v", v.Share)
			}
			if v.Share.Organiser > min(v.Price, v.Value).Times(v.Accepted) {
				t.Fatalf("pays %d above the value", v.Share.Organiser)
			}
			if v.Accepted > v.Quantity {
				t.Fatalf("accepted %d of %d", v.Accepted, v.Quantity)
			}
			if v.State == Accepted || v.State == Partial {
				used, usedWhole = used+v.Accepted, usedWhole+v.Accepted
			}
		}
		if used > max(limit, before.Used) || hasWhole && usedWhole > whole.Limit {
			t.Fatalf("used %d of %d, whole %d of %d", used, limit, usedWhole, whole.Limit)
		}
	})
}

func TestOrderOfRowsDoesNotChangeWhatIsPaid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawn(t)
		for i := range w.more { // one line a day and time: the order of the service decides, not that of the file
			w.more[i].Date = day - calendar.Date(i) - 1
		}
		total := func(list []Verdict) (sum money.Cents) {
			for _, v := range list {
				sum += v.Share.Organiser
			}
			return sum
		}
		first := total(w.judge())
		lines := append([]Line{w.line}, w.more...)
		shuffled := rapid.Permutation(lines).Draw(t, "order")
		w.line, w.more = shuffled[0], shuffled[1:]
		if again := total(w.judge()); again != first {
			t.Fatalf("%d cents in one order, %d in another", first, again)
		}
	})
}

func TestLongestDayHasTwentyFiveHours(t *testing.T) {
	t.Parallel()
	if h := longest(calendar.Day(2026, 10, 25)).Hours(); h != 25 {
		t.Errorf("%v hours on the night of the clock change", h)
	}
	if h := longest(calendar.Day(2026, 3, 29)).Hours(); h != 24 {
		t.Errorf("%v hours in spring: any 24 hours are a day", h)
	}
}

func TestRejectedReferenceMayBeSentAgainCorrected(t *testing.T) {
	t.Parallel()
	w := acceptable()
	w.line.Reference, w.line.Date = "r", today+1
	if v := w.judge()[0]; v.State != Rejected {
		t.Fatal(v.State)
	}
	w.line.Date = day
	if v := w.judge()[0]; v.State != Accepted {
		t.Errorf("%v", v.Codes())
	}
}
