// Package scene makes worlds for external tests (package x_test): a database of its own with one organiser, its people, a
// company that is approved with prices, and short words for what happens to vouchers. Everything goes through use cases, so a
// scene holds what the program itself could have made; what only damage can make, a test writes with postgrestest.Owner.
//
// The days of a test are written as people write them, 2026-11-21. The package knows no assertions about results.
package scene

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/demo"
	"seteli/domain/client"
	"seteli/domain/daycare/profile"
	"seteli/domain/event"
	"seteli/domain/payment"
	"seteli/domain/settlement"
	"seteli/domain/voucher"
	"seteli/integration/bank"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/platform/secret"
)

// World is one organiser and one company on a day that the test may move.
type World struct {
	T     testing.TB
	DB    *postgres.DB
	Clock *calendar.Fixed
	Keys  *secret.Keys
	Texts *i18n.Catalogue
	*demo.Hamlet
	visits int
}

// Need is what a voucher gives the right to.
type Need struct {
	Service, Content string
	Units            int64
}

// HomeCare is so many hours of regular home care on weekdays a month.
func HomeCare(hours int64) Need { return Need{"KOTIHOITO", "ARKI", hours} }

// Assistance is so many hours of personal assistance a month, which must cost the client nothing.
func Assistance(hours int64) Need { return Need{"HENKAPU", "APU", hours} }

// Temporary is so many hours of temporary home care a month; what goes above them comes to review.
func Temporary(hours int64) Need { return Need{"TILAPAINEN", "TUNTI", hours} }

// New makes the world of a day, at noon. The company has been approved for more than three months.
func New(t testing.TB, day string) *World {
	t.Helper()
	clock := calendar.Noon(Day(t, day))
	keys, errKeys := secret.OpenOrCreate(t.TempDir())
	texts, errTexts := i18n.Load()
	w := &World{T: t, DB: postgrestest.New(t, postgrestest.Clock(clock)), Clock: clock, Keys: keys, Texts: texts}
	w.Must(errors.Join(errKeys, errTexts))
	var err error
	w.Hamlet, err = demo.NewHamlet(t.Context(), demo.Deps{DB: w.DB, Clock: clock, Keys: keys, Texts: texts, Models: profile.Models(), Bank: bank.Pain001{}}, "https://id.example", 1)
	w.Must(err)
	return w
}

// Day reads a day as a test writes it.
func Day(t testing.TB, day string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Must ends the test when the scene could not be set.
func (w *World) Must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Organiser's number, for inputs of use cases.
func (w *World) Organiser() int32 { return w.House.Organiser.ID }

// As gives the organiser's person in a role, with a sign-in that is fresh.
func (w *World) As(role access.Role) access.Actor {
	w.T.Helper()
	by, ok := w.House.Staff[role]
	if !ok {
		w.T.Fatalf("nobody in the scene acts as %s", role)
	}
	by.SignedIn = w.Clock.Now()
	return by
}

// Do runs use cases in one transaction under the organiser's scope and gives their error.
func (w *World) Do(fn func(*postgres.Tx) error) error { return w.In(w.T.Context(), w.Organiser(), fn) }

// Move puts the clock at noon of a day.
func (w *World) Move(day string) {
	w.T.Helper()
	w.At(Day(w.T, day), 12, 0)
}

// Client is one more client.
func (w *World) Client() client.Client {
	w.T.Helper()
	c, err := w.NewClient(w.T.Context())
	w.Must(err)
	return c
}

// Valid is the validity of the scene's vouchers: twelve months from the first of the month before.
func (w *World) Valid() calendar.Period {
	from := (calendar.MonthOf(w.Today()) - 1).Period().From
	return calendar.Period{From: from, To: from.AddMonths(12)}
}

// Voucher gives a new client a voucher that is accepted and reserved by the company's first unit from its first day.
func (w *World) Voucher(n Need) voucher.Voucher { return w.grant(n, true) }

// Granted gives a new client a voucher that waits for the information sheet.
func (w *World) Granted(n Need) voucher.Voucher { return w.grant(n, false) }

func (w *World) grant(n Need, reserve bool) voucher.Voucher {
	w.T.Helper()
	v, err := w.Grant(w.T.Context(), w.Client(), n.Service, n.Content, n.Units, w.Valid(), reserve)
	w.Must(err)
	return w.Again(v)
}

// Again reads a voucher as it is now.
func (w *World) Again(v voucher.Voucher) voucher.Voucher {
	w.T.Helper()
	by := w.As(access.Caseworker)
	w.Must(w.Do(func(tx *postgres.Tx) (err error) {
		v, err = voucher.Get(w.T.Context(), tx, by, w.Organiser(), v.ID)
		return err
	}))
	return v
}

// Visit is a line of the company about one visit: hours as text, "1.5", from nine o'clock; the second visit of a voucher and day
// would overlap, so give such lines times of their own.
func (w *World) Visit(v voucher.Voucher, day, hours string) event.Line {
	w.T.Helper()
	q, err := money.ParseQuantity(hours)
	w.Must(err)
	d := Day(w.T, day)
	y, m, dd := d.Civil()
	start := time.Date(y, m, dd, 9, 0, 0, 0, calendar.Helsinki)
	w.visits++
	content, ok := w.House.Services[w.code(v)].Content(v.Lines[0].Content)
	if !ok {
		w.T.Fatalf("voucher %s is of no service of the scene", v.Number.Print())
	}
	return event.Line{Number: v.Number.String(), Content: content.Code, Date: d, Start: &start, End: new(start.Add(time.Duration(q/money.Minutes(1)) * time.Minute)),
		Reference: fmt.Sprintf("visit-%d", w.visits)}
}

func (w *World) code(v voucher.Voucher) string {
	for code, s := range w.House.Services {
		if s.ID == v.Service {
			return code
		}
	}
	return ""
}

// Recorded hands in a visit and gives the answer.
func (w *World) Recorded(v voucher.Voucher, day, hours string) event.Verdict {
	w.T.Helper()
	verdicts, err := w.Record(w.T.Context(), []event.Line{w.Visit(v, day, hours)})
	w.Must(err)
	return verdicts[0]
}

// Accepted hands in a visit of one hour that must be accepted.
func (w *World) Accepted(v voucher.Voucher, day string) event.Verdict {
	w.T.Helper()
	verdict := w.Recorded(v, day, "1")
	if verdict.State != event.Accepted {
		w.T.Fatalf("the visit of %s was answered %s %v", day, verdict.State, verdict.Codes())
	}
	return verdict
}

// Run settles what is open, on demand: the slot of today. Approved gives it its second person and the payment file.
func (w *World) Run() settlement.Run {
	w.T.Helper()
	run, err := w.Settle(w.T.Context(), w.Today().String())
	w.Must(err)
	return run
}

// Sent settles what is open, approves it and makes the payment file.
func (w *World) Sent() (settlement.Run, payment.File) {
	w.T.Helper()
	run := w.Run()
	file, err := w.Release(w.T.Context(), run)
	w.Must(err)
	return run, file
}

// Settled hands in a visit of a day and settles it.
func (w *World) Settled(v voucher.Voucher, day string) event.Verdict {
	w.T.Helper()
	verdict := w.Accepted(v, day)
	w.Sent()
	return verdict
}

// Close ends the voucher from a day and gives what the use case answers.
func (w *World) Close(v voucher.Voucher, day string) (voucher.Voucher, error) {
	w.T.Helper()
	in := voucher.CloseInput{Organiser: w.Organiser(), Voucher: v.ID, Day: Day(w.T, day), Why: voucher.EndedReason, Reason: "Tarve on päättynyt."}
	means := voucher.Means{Texts: w.Texts, Models: profile.Models()}
	var closed voucher.Voucher
	err := w.Do(func(tx *postgres.Tx) (err error) {
		closed, err = voucher.Close(w.T.Context(), tx, w.As(access.Caseworker), means, in)
		return err
	})
	return closed, err
}
