package voucher_test

import (
	"encoding/json"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/domain/admission"
	"seteli/domain/voucher"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// office announces the company's leaving; decider ends approvals for the organiser.
var (
	office  = access.Actor{Account: 6, Name: "Olavi Omistaja", Role: access.ProviderMainUser, Provider: w.Provider}
	decider = access.Actor{Account: 7, Name: "Päivi Päättäjä", Role: access.DecisionMaker, Organiser: w.Organiser}
)

// second gives another client an accepted voucher with a reservation of the world's unit.
func second(world *w.World) voucher.Voucher {
	in := world.Input(10)
	in.Client = world.Client("020260-998K").ID
	v := world.Grant(in)
	world.Exec(`update voucher set sheet_document_id = decision_id, sheet_given_at = now(), sheet_channel = 'hand', answered_at = now(), answered_by = 'x', answer_channel = 'phone'
		where voucher_id = $1`, v.ID)
	by := world.Recorder(w.Provider)
	world.Do(by, func(tx *postgres.Tx) error {
		_, err := voucher.Reserve(world.T.Context(), tx, by, voucher.ReserveInput{Organiser: w.Organiser, Voucher: v.ID, Unit: w.Unit, From: w.Today, Terms: true})
		return err
	})
	return v
}

func exit(world *w.World, last calendar.Date) error {
	return world.Try(office, func(tx *postgres.Tx) error {
		_, err := admission.Exit(world.T.Context(), tx, office, admission.ExitInput{Organiser: w.Organiser, LastDay: last, Reason: "Toiminta loppuu.",
			Approvals: []admission.ApprovalKey{{Approval: w.Application, RowVersion: 1}}})
		return err
	})
}

func revoke(world *w.World, from calendar.Date) error {
	return world.Try(decider, func(tx *postgres.Tx) error {
		_, _, err := admission.Revoke(world.T.Context(), tx, decider, admission.RevokeInput{Organiser: w.Organiser, From: from, Reasons: "Ehdot eivät täyty.", Office: "palvelupäällikkö",
			Approvals: []admission.ApprovalKey{{Approval: w.Application, RowVersion: 1}}, Texts: world.Means.Texts})
		return err
	})
}

func deliver(t *testing.T, world *w.World) {
	t.Helper()
	if _, err := job.DeliverOutbox(t.Context(), world.DB, []int32{w.Organiser}, voucher.Handlers(world.DB)); err != nil {
		t.Fatal(err)
	}
}

func choosing(t *testing.T, world *w.World) map[int64]bool {
	t.Helper()
	waiting := map[int64]bool{}
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		list, err := voucher.WorkList(t.Context(), tx, world.Staff, w.Organiser, "choice", 100)
		for _, v := range list {
			waiting[v.ID] = true
		}
		return err
	})
	return waiting
}

func TestExitEndsTheReservationsOfEveryClientOnce(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v, _ := world.Open(20)
	other := second(world)
	last := calendar.Day(2026, 12, 31)
	if err := exit(world, last); err != nil {
		t.Fatal(err)
	}
	if got := choosing(t, world); len(got) != 0 {
		t.Fatalf("waiting before the end reached the vouchers: %v", got)
	}
	deliver(t, world)
	ended := func() int {
		return world.Count(`select count(*) from reservation where state = 'valid' and valid_to = '2027-01-01' and end_reason = 'exit' and ended_by = 'approval'`)
	}
	if n := ended(); n != 2 {
		t.Fatalf("%d reservations ended, want 2", n)
	}
	if got := choosing(t, world); !got[v.ID] || !got[other.ID] || len(got) != 2 {
		t.Errorf("waiting for a provider: %v", got)
	}
	if got := get(t, world, v.ID); got.State != voucher.Open || got.Usable().To != v.Valid.To {
		t.Errorf("the voucher stays open with its validity: %+v", got)
	}

	world.Exec(`update outbox set sent_at = null, next_at = created_at where topic = 'approval.ended'`) // the process died before noting it
	deliver(t, world)
	if n := world.Count(`select count(*) from outbox where topic = 'reservation.ended' and payload->>'why' = 'exit'`); n != 2 || ended() != 2 {
		t.Errorf("told %d times after a second delivery", n)
	}
	if n := world.Count(`select count(*) from audit where act = 'reservation.left'`); n != 2 {
		t.Errorf("%d audit rows", n)
	}
}

func TestVoucherWithANewProviderNoLongerWaits(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v, _ := world.Open(20)
	if err := exit(world, calendar.Day(2026, 12, 31)); err != nil {
		t.Fatal(err)
	}
	deliver(t, world)
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		_, err := voucher.Reserve(t.Context(), tx, world.Staff, voucher.ReserveInput{Organiser: w.Organiser, Voucher: v.ID, Unit: w.OtherUnit, From: calendar.Day(2027, 1, 1), Terms: true})
		return err
	})
	if got := choosing(t, world); len(got) != 0 {
		t.Errorf("still waiting: %v", got)
	}
}

func TestReservationWithALeavingProviderEndsWhenItLeaves(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := world.Accepted(20)
	if err := exit(world, calendar.Day(2026, 12, 31)); err != nil {
		t.Fatal(err)
	}
	self := world.Self(world.Aino)
	if err := reserve(t, world, v.ID, w.Unit, self); err != nil {
		t.Fatal(err)
	}
	if n := world.Count(`select count(*) from reservation where valid_to = '2027-01-01'`); n != 1 {
		t.Error("the reservation reaches over the end of the approval")
	}
	err := world.Try(self, func(tx *postgres.Tx) error {
		_, err := voucher.Reserve(t.Context(), tx, self, voucher.ReserveInput{Organiser: w.Organiser, Voucher: v.ID, Unit: w.Unit, From: calendar.Day(2027, 1, 1), Terms: true})
		return err
	})
	faulttest.Want(t, err, "VOU-034")
}

func TestRevocationCancelsWhatHasNotBegun(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := world.Accepted(20)
	from := calendar.Day(2026, 12, 1)
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		_, err := voucher.Reserve(t.Context(), tx, world.Staff, voucher.ReserveInput{Organiser: w.Organiser, Voucher: v.ID, Unit: w.Unit, From: from + 10, Terms: true})
		return err
	})
	if err := revoke(world, from); err != nil {
		t.Fatal(err)
	}
	deliver(t, world)
	if n := world.Count(`select count(*) from reservation where state = 'cancelled' and end_reason = 'revoked'`); n != 1 {
		t.Fatalf("%d cancelled", n)
	}
	if got := get(t, world, v.ID); got.State != voucher.Granted {
		t.Errorf("state %s", got.State)
	}
	if got := choosing(t, world); !got[v.ID] {
		t.Errorf("waiting: %v", got)
	}
}

func TestExpiredApprovalEndsItsReservations(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v, _ := world.Open(20)
	world.Exec(`update approval set valid_to = '2026-12-01' where approval_id = $1`, w.Application)
	by := access.System("applications", w.Organiser)
	world.Do(by, func(tx *postgres.Tx) error {
		_, _, err := admission.Expire(t.Context(), tx, by, w.Organiser)
		return err
	})
	late := second(world) // chosen when the end is known: the reservation reaches to it
	deliver(t, world)
	if n := world.Count(`select count(*) from reservation where state = 'valid' and valid_to = '2026-12-01'`); n != 2 {
		t.Errorf("%d reservations end with the approval", n)
	}
	if n := world.Count(`select count(*) from outbox where topic = 'reservation.ended' and payload->>'why' = 'expired'`); n != 1 {
		t.Errorf("told %d times", n)
	}
	if got := choosing(t, world); !got[v.ID] || !got[late.ID] {
		t.Errorf("waiting for a provider: %v", got)
	}
}

func TestRevocationOfTodayKeepsWhatWasDeliveredToday(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := second(world) // reserved from today
	in := get(t, world, v.ID)
	world.Use(in, 2, w.Today)
	if err := revoke(world, w.Today); err != nil {
		t.Fatal(err)
	}
	deliver(t, world)
	if n := world.Count(`select count(*) from reservation where state = 'valid' and valid_to = $1::date + 1`, w.Today); n != 1 {
		t.Error("a day with an accepted delivery lost its reservation")
	}
}

func TestSuspensionRefusesNewReservationsAndTellsClients(t *testing.T) {
	t.Parallel()
	clock := calendar.Noon(postgrestest.Today)
	world := w.New(t, postgrestest.Clock(clock))
	world.Open(20)
	late := world.Accepted(5)
	world.Do(decider, func(tx *postgres.Tx) error {
		_, err := admission.Suspend(t.Context(), tx, decider, admission.SuspendInput{Organiser: w.Organiser, From: w.Today, To: calendar.Forever, Reason: "Valvonta on kesken.",
			ApprovalKey: admission.ApprovalKey{Approval: w.Application, RowVersion: 1}})
		return err
	})
	faulttest.Want(t, reserve(t, world, late.ID, w.Unit, world.Self(world.Aino)), "VOU-038")
	faulttest.Want(t, reserve(t, world, late.ID, w.Unit, world.Recorder(w.Provider)), "VOU-038")
	deliver(t, world)
	world.Exec(`update outbox set sent_at = null, next_at = created_at where topic = 'approval.suspended'`)
	deliver(t, world)
	if n := world.Count(`select count(*) from reservation where state = 'valid' and valid_to > '2027-01-01'`); n != 1 {
		t.Error("a suspension ended a reservation")
	}
	var payload []byte
	if err := world.Owner.QueryRow(t.Context(), `select payload from outbox where topic = $1`, voucher.TopicSuspended).Scan(&payload); err != nil {
		t.Fatal(err)
	}
	var told voucher.Paused
	if err := json.Unmarshal(payload, &told); err != nil || told.From != w.Today || told.Reservation == 0 {
		t.Errorf("told %s, %v", payload, err)
	}
	if n := world.Count(`select count(*) from outbox where topic = $1`, voucher.TopicSuspended); n != 1 {
		t.Errorf("told %d times", n)
	}
	if got := choosing(t, world); len(got) != 1 || !got[late.ID] {
		t.Errorf("waiting for a provider: %v", got)
	}
}

func TestAffectedNamesClientsOnlyToWhoMayEndTheApproval(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v, _ := world.Open(20)
	second(world)
	ask := func(by access.Actor, approval int64, from calendar.Date) (list []voucher.Carried, reach voucher.Reach, err error) {
		err = world.Try(by, func(tx *postgres.Tx) (err error) {
			list, reach, err = voucher.Affected(t.Context(), tx, by, w.Organiser, []int64{approval}, from, 10)
			return err
		})
		return list, reach, err
	}
	list, reach, err := ask(decider, w.Application, w.Today)
	if err != nil || len(list) != 2 || reach != (voucher.Reach{Clients: 2, Vouchers: 2}) || list[0].Voucher != v.ID && list[1].Voucher != v.ID {
		t.Fatalf("%+v, %+v, %v", list, reach, err)
	}
	if n := world.Count(`select count(*) from access_log where what = 'approval.affected'`); n != 2 {
		t.Errorf("%d readings logged", n)
	}
	if list, reach, err := ask(decider, w.OtherApproval, w.Today); err != nil || len(list) != 0 || reach.Clients != 0 {
		t.Errorf("another unit: %+v, %+v, %v", list, reach, err)
	}
	if _, reach, err := ask(decider, w.Application, v.Valid.To); err != nil || reach.Clients != 0 {
		t.Errorf("after the vouchers: %+v, %v", reach, err)
	}
	_, _, err = ask(office, w.Application, w.Today)
	faulttest.Want(t, err, "ACC-001")
	stranger := decider
	stranger.Teams = []int64{999}
	_, _, err = ask(stranger, w.Application, w.Today)
	faulttest.Want(t, err, "VOU-001")

	count := func(by access.Actor) (reach voucher.Reach, err error) {
		err = world.Try(by, func(tx *postgres.Tx) (err error) {
			reach, err = voucher.AffectedCount(t.Context(), tx, by, w.Organiser, []int64{w.Application}, w.Today)
			return err
		})
		return reach, err
	}
	if reach, err := count(office); err != nil || reach.Clients != 2 {
		t.Errorf("the company's own count: %+v, %v", reach, err)
	}
	rival := office
	rival.Provider = w.OtherProvider
	_, err = count(rival)
	faulttest.Want(t, err, "VOU-001")
}
