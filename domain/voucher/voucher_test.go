package voucher_test

import (
	"os"
	"strings"
	"sync"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/decision"
	"seteli/domain/voucher"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

func get(t *testing.T, world *w.World, id int64) voucher.Voucher {
	t.Helper()
	var v voucher.Voucher
	world.Do(world.Staff, func(tx *postgres.Tx) (err error) {
		v, err = voucher.Get(t.Context(), tx, world.Staff, w.Organiser, id)
		return err
	})
	return v
}

func TestGrantStoresValueWithItsExplanationAndALetter(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := get(t, world, world.Granted(20).ID)
	if len(v.Lines) != 1 || len(v.Lines[0].Values) != 1 || v.Lines[0].Values[0].Cents != 3400 || len(v.Lines[0].Values[0].Explanation) == 0 {
		t.Fatalf("lines = %+v", v.Lines)
	}
	if v.Shown(w.Today) != "waiting" || v.Number.Prefix() != "MAA" || v.Decision == nil {
		t.Fatalf("voucher = %+v", v)
	}
	var letter decision.Stored
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		d, err := decision.Get(t.Context(), tx, world.Staff, w.Organiser, *v.Decision)
		if err != nil {
			return err
		}
		letter, err = decision.Document(t.Context(), tx, world.Staff, w.Organiser, d.Document)
		return err
	})
	number := v.Number.Print()
	golden(t, "grant.txt", strings.ReplaceAll(letter.Plain, number, "MAA-NUMERO"))
	if missing := world.Means.Texts.Missing(); len(missing) > 0 {
		t.Fatalf("texts missing: %v", missing)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; got:\n%s", name, got)
	}
}

func TestGrantTellsEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	in := world.Input(20)
	zero := money.Quantity(0)
	in.Period.To = in.Period.From
	in.Lines = append(in.Lines, voucher.LineInput{Content: w.Visits, Recurrence: "often", Amount: in.Lines[0].Amount},
		voucher.LineInput{Content: w.FreeHours, Recurrence: voucher.Weekly, Amount: in.Lines[0].Amount},
		voucher.LineInput{Content: w.Hours, Recurrence: voucher.Daily, Amount: &zero})
	err := world.Try(world.Staff, func(tx *postgres.Tx) error {
		_, err := voucher.Grant(t.Context(), tx, world.Staff, world.Means, in)
		return err
	})
	var codes []string
	for _, f := range fault.All(err) {
		codes = append(codes, f.Code)
	}
	if got := strings.Join(codes, " "); got != "VOU-004 VOU-014 VOU-013 VOU-011" {
		t.Fatalf("faults = %s (%v)", got, err)
	}
}

func TestOwnShareForbiddenServiceRefusesAPriceAboveTheValue(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	in := world.Input(10)
	in.Service, in.Lines[0].Content = w.FreeService, w.FreeHours
	v := world.Grant(in)
	if !v.OwnShareForbidden {
		t.Fatal("flag not kept on the voucher")
	}
	world.Exec(`update price set price_cents = 4001 where content_id = $1`, w.FreeHours)
	err := world.Try(world.Staff, func(tx *postgres.Tx) error {
		_, err := voucher.Grant(t.Context(), tx, world.Staff, world.Means, in)
		return err
	})
	faulttest.WantField(t, err, "VOU-019", voucher.Field(w.FreeHours))
}

func TestAnswerNeedsTheInformationSheetAndComesOnce(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := world.Granted(20)
	self := world.Self(world.Aino)
	accept := func() error {
		return world.Try(self, func(tx *postgres.Tx) error {
			_, err := voucher.Accept(t.Context(), tx, self, voucher.AnswerInput{Organiser: w.Organiser, Voucher: v.ID})
			return err
		})
	}
	faulttest.Want(t, accept(), "VOU-020")
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		_, err := voucher.GiveSheet(t.Context(), tx, world.Staff, world.Means, voucher.SheetInput{Organiser: w.Organiser, Voucher: v.ID, Channel: voucher.ByLetter,
			OwnServiceFee: map[int64]money.Cents{w.Hours: 1500}})
		return err
	})
	var sheet decision.Stored
	given := get(t, world, v.ID).Sheet.Document
	world.Do(world.Staff, func(tx *postgres.Tx) (err error) {
		sheet, err = decision.Document(t.Context(), tx, world.Staff, w.Organiser, given)
		return err
	})
	golden(t, "sheet.txt", strings.ReplaceAll(sheet.Plain, v.Number.Print(), "MAA-NUMERO"))
	other := world.Self(world.Client("020260-998K"))
	err := world.Try(other, func(tx *postgres.Tx) error {
		_, err := voucher.Refuse(t.Context(), tx, other, voucher.AnswerInput{Organiser: w.Organiser, Voucher: v.ID})
		return err
	})
	faulttest.Want(t, err, "VOU-001")
	if err := accept(); err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, accept(), "VOU-021")
	if got := get(t, world, v.ID); got.Shown(w.Today) != "accepted" || got.Answer.Channel != voucher.ByPortal {
		t.Fatalf("voucher = %+v", got)
	}
}

func TestRefusedVoucherCannotBeReserved(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := world.Granted(20)
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		if _, err := voucher.GiveSheet(t.Context(), tx, world.Staff, world.Means, voucher.SheetInput{Organiser: w.Organiser, Voucher: v.ID, Channel: voucher.ByHand}); err != nil {
			return err
		}
		_, err := voucher.Refuse(t.Context(), tx, world.Staff, voucher.AnswerInput{Organiser: w.Organiser, Voucher: v.ID, Channel: voucher.ByPhone, Note: "haluaa kunnan palvelun"})
		return err
	})
	faulttest.Want(t, reserve(t, world, v.ID, w.Unit, world.Recorder(w.Provider)), "VOU-003")
	if got := get(t, world, v.ID); got.Shown(w.Today) != "closed.refused" || !got.Usable().Empty() {
		t.Fatalf("voucher = %+v", got)
	}
}

func reserve(t *testing.T, world *w.World, id, unit int64, by access.Actor) error {
	t.Helper()
	return world.Try(by, func(tx *postgres.Tx) error {
		_, err := voucher.Reserve(t.Context(), tx, by, voucher.ReserveInput{Organiser: w.Organiser, Voucher: id, Unit: unit, From: w.Today, Terms: true})
		return err
	})
}

func TestReserveBySideAndTwice(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := world.Granted(20)
	faulttest.Want(t, reserve(t, world, v.ID, w.Unit, world.Recorder(w.Provider)), "VOU-030")
	v = world.Accepted(20)
	faulttest.Want(t, reserve(t, world, v.ID, w.OtherUnit, world.Recorder(w.Provider)), "VOU-034")
	if err := reserve(t, world, v.ID, w.Unit, world.Recorder(w.Provider)); err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, reserve(t, world, v.ID, w.Unit, world.Staff), "VOU-033")
	if err := reserve(t, world, v.ID, w.OtherUnit, world.Self(world.Aino)); err != nil {
		t.Fatalf("the client may have a second provider: %v", err)
	}
	if got := get(t, world, v.ID); got.State != voucher.Open {
		t.Fatalf("state = %s", got.State)
	}
	if n := world.Count(`select count(*) from outbox where topic = 'reservation.made'`); n != 2 {
		t.Fatalf("%d messages, want 2", n)
	}
}

func TestNumberOfAServiceNotApprovedForIsUnknown(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	in := world.Input(10)
	in.Service, in.Lines[0].Content = w.FreeService, w.FreeHours
	v := world.Grant(in)
	for provider, want := range map[int64]string{w.Provider: "", w.OtherProvider: "VOU-042"} {
		by := world.Recorder(provider)
		err := world.Try(by, func(tx *postgres.Tx) error {
			_, _, err := voucher.ByNumber(t.Context(), tx, by, w.Organiser, v.Number)
			return err
		})
		if got := fault.CodeOf(err); got != want {
			t.Errorf("provider %d: %q, want %q (%v)", provider, got, want, err)
		}
	}
}

func TestCloseIntoDeliveredDaysNeedsConsent(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v, _ := world.Open(20)
	world.Use(v, 3, calendar.Day(2026, 11, 10))
	closing := func(in voucher.CloseInput) error {
		in.Organiser, in.Voucher, in.Why, in.Reason = w.Organiser, v.ID, voucher.EndedReason, "muutti pois"
		return world.Try(world.Staff, func(tx *postgres.Tx) error {
			_, err := voucher.Close(t.Context(), tx, world.Staff, world.Means, in)
			return err
		})
	}
	faulttest.Want(t, closing(voucher.CloseInput{Day: calendar.Day(2026, 11, 5)}), "VOU-007")
	faulttest.Want(t, annul(t, world, v.ID), "VOU-009")
	if err := closing(voucher.CloseInput{Day: calendar.Day(2026, 11, 11)}); err != nil {
		t.Fatal(err)
	}
	got := get(t, world, v.ID)
	if got.Usable() != (calendar.Period{From: calendar.Day(2026, 11, 1), To: calendar.Day(2026, 11, 11)}) {
		t.Fatalf("usable = %v", got.Usable())
	}
	if n := world.Count(`select count(*) from reservation where valid_to = '2026-11-11' and state = 'valid'`); n != 1 {
		t.Fatalf("reservations ended with the voucher: %d", n)
	}
	faulttest.Want(t, closing(voucher.CloseInput{Day: calendar.Day(2026, 11, 12)}), "VOU-003")
}

func annul(t *testing.T, world *w.World, id int64) error {
	return world.Try(world.Staff, func(tx *postgres.Tx) error {
		_, err := voucher.Annul(t.Context(), tx, world.Staff, world.Means, voucher.AnnulInput{Organiser: w.Organiser, Voucher: id, Reason: "väärä henkilö", Office: "palveluohjaaja"})
		return err
	})
}

func TestAnnulCancelsReservationsByADecision(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v, _ := world.Open(20)
	if err := annul(t, world, v.ID); err != nil {
		t.Fatal(err)
	}
	if n := world.Count(`select count(*) from reservation where state = 'cancelled'`); n != 1 {
		t.Fatalf("cancelled reservations: %d", n)
	}
	if n := world.Count(`select count(*) from decision where kind = 'voucher_end' and outcome = 'annulled' and replaces_id = $1`, *v.Decision); n != 1 {
		t.Fatalf("decisions: %d", n)
	}
}

func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v, _ := world.Open(20)
	pause := func(from, to calendar.Date) error {
		return world.Try(world.Staff, func(tx *postgres.Tx) error {
			_, err := voucher.Pause(t.Context(), tx, world.Staff, voucher.PauseInput{Organiser: w.Organiser, Voucher: v.ID, Period: calendar.Period{From: from, To: to}, Reason: "sairaala"})
			return err
		})
	}
	if err := pause(w.Today, calendar.Forever); err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, pause(w.Today+5, w.Today+6), "VOU-024")
	if got := get(t, world, v.ID).Shown(w.Today); got != "paused" {
		t.Fatalf("shown = %s", got)
	}
	resume := func(day calendar.Date) error {
		return world.Try(world.Staff, func(tx *postgres.Tx) error {
			_, err := voucher.Resume(t.Context(), tx, world.Staff, voucher.ResumeInput{Organiser: w.Organiser, Voucher: v.ID, Day: day})
			return err
		})
	}
	if err := resume(w.Today + 3); err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, resume(w.Today+3), "VOU-026")
	if err := pause(w.Today+5, w.Today+6); err != nil {
		t.Fatal(err)
	}
}

func TestChangeBeginsANewValuePeriod(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := world.Granted(20)
	change := func(in voucher.ChangeInput) error {
		in.Organiser, in.Voucher = w.Organiser, v.ID
		return world.Try(world.Staff, func(tx *postgres.Tx) error {
			_, err := voucher.Change(t.Context(), tx, world.Staff, world.Means, in)
			return err
		})
	}
	longer := calendar.Day(2028, 1, 1)
	in := voucher.ChangeInput{From: calendar.Day(2027, 1, 1), Values: map[int64]money.Cents{w.Hours: 3800}, ValidTo: &longer, Reason: "korotus"}
	faulttest.Want(t, change(in), "VOU-053") // a new value is a decision: somebody in an office makes it
	in.Office = "palveluohjaaja"
	if err := change(in); err != nil {
		t.Fatal(err)
	}
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		made, err := decision.Of(t.Context(), tx, w.Organiser, "voucher", v.ID)
		if err == nil && len(made) != 2 {
			t.Errorf("%d decisions, want the grant and the change", len(made))
		}
		return err
	})
	values := get(t, world, v.ID).Lines[0].Values
	if len(values) != 2 || values[0].Period.To != calendar.Day(2027, 1, 1) || values[1].Cents != 3800 || values[1].Period.To != longer {
		t.Fatalf("values = %+v", values)
	}
	faulttest.Want(t, change(voucher.ChangeInput{From: calendar.Day(2026, 12, 1), Recompute: true, Reason: "x"}), "VOU-027")
	faulttest.Want(t, change(voucher.ChangeInput{RowVersion: 1, From: longer - 9, Recompute: true, Reason: "x"}), "VOU-002")
}

func TestReservationEndsWithNoticeAndIsCancelledOnlyUnused(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v, r := world.Open(20)
	by := world.Recorder(w.Provider)
	end := func(by access.Actor, day calendar.Date) error {
		return world.Try(by, func(tx *postgres.Tx) error {
			_, err := voucher.EndReservation(t.Context(), tx, by, voucher.EndInput{Organiser: w.Organiser, Reservation: r.ID, Day: day, Reason: "muutto"})
			return err
		})
	}
	faulttest.Want(t, end(world.Recorder(w.OtherProvider), w.Today+30), "VOU-031")
	faulttest.Want(t, end(by, w.Today-1), "VOU-040")
	world.Use(v, 3, calendar.Day(2026, 11, 10))
	err := world.Try(by, func(tx *postgres.Tx) error {
		_, err := voucher.CancelReservation(t.Context(), tx, by, voucher.EndInput{Organiser: w.Organiser, Reservation: r.ID})
		return err
	})
	faulttest.Want(t, err, "VOU-041")
	if err := end(by, w.Today+30); err != nil {
		t.Fatal(err)
	}
	if err := end(world.Staff, w.Today-1); err != nil {
		t.Fatalf("the organiser may end at once where nothing was delivered: %v", err)
	}
	faulttest.Want(t, end(world.Staff, calendar.Day(2026, 11, 10)), "VOU-007")
}

func TestTwoWhoDecideAtOnceAreToldApart(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := world.Granted(20)
	var wait sync.WaitGroup
	codes := make([]string, 2)
	for i := range codes {
		wait.Go(func() {
			codes[i] = fault.CodeOf(world.Try(world.Staff, func(tx *postgres.Tx) error {
				_, err := voucher.Close(t.Context(), tx, world.Staff, world.Means, voucher.CloseInput{Organiser: w.Organiser, Voucher: v.ID, RowVersion: v.RowVersion,
					Day: w.Today, Why: voucher.EndedReason, Reason: "x"})
				return err
			}))
		})
	}
	wait.Wait()
	if codes[0]+codes[1] != "VOU-002" {
		t.Fatalf("codes = %q", codes)
	}
}

func TestTeamsAndRolesBoundVouchers(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := world.Granted(20)
	stranger := world.Staff
	stranger.Teams = []int64{999}
	err := world.Try(stranger, func(tx *postgres.Tx) error {
		_, err := voucher.Get(t.Context(), tx, stranger, w.Organiser, v.ID)
		return err
	})
	faulttest.Want(t, err, "VOU-001")
	err = world.Try(world.Checker, func(tx *postgres.Tx) error {
		_, err := voucher.Grant(t.Context(), tx, world.Checker, world.Means, world.Input(1))
		return err
	})
	faulttest.Want(t, err, "ACC-001")
	self := world.Self(world.Aino)
	err = world.DB.Tenant(t.Context(), self, func(tx *postgres.Tx) error {
		own, err := voucher.Own(t.Context(), tx, self)
		if err == nil && (len(own) != 1 || len(own[0].Lines) != 1) {
			t.Errorf("own vouchers = %+v", own)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWorkListTellsWhatAVoucherWaitsFor(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	world.Granted(20)
	world.Accepted(10)
	world.Open(5)
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		list, err := voucher.WorkList(t.Context(), tx, world.Staff, w.Organiser, "", 50)
		var waits []string
		for _, l := range list {
			waits = append(waits, l.For)
		}
		if got := strings.Join(waits, " "); got != "sheet choice" {
			t.Errorf("waits = %s", got)
		}
		return err
	})
}
