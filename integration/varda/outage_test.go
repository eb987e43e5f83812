package varda_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/daycare/simulation/simulationtest"
	"seteli/domain/daycare/store"
	domain "seteli/domain/daycare/varda"
	w "seteli/domain/voucher/vouchertest"
	"seteli/integration/varda"
	"seteli/integration/varda/standin"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// town is a municipality whose children have decisions, with a warehouse and a clock that the test moves.
type town struct {
	*simulationtest.Town
	t        *testing.T
	clock    *calendar.Fixed
	server   *standin.Server
	password string
	by       access.Actor
	children []int64
	head     client.Client

	producers map[string]string // by unit's OID, as the warehouse has them
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// identity makes an invented identity code of a child born in March 2022.
func identity(i int) string {
	number := 900 + i
	sign := "0123456789ABCDEFHJKLMNPRSTUVWXY"[(10322*1000+number)%31]
	return fmt.Sprintf("010322A%d%c", number, sign)
}

// newTown has five children with a decision each and an agreement with both of their producers.
func newTown(t *testing.T) *town {
	t.Helper()
	n := &town{Town: simulationtest.New(t, "oulu", 0), t: t, password: "salaisuus", by: access.System(domain.Nightly, w.Organiser)}
	n.clock = n.DB.Clock().(*calendar.Fixed)
	head := n.Client("010190-900P")
	n.head = head
	for i := range 5 {
		c := n.Client(identity(i))
		n.children = append(n.children, c.ID)
		n.Exec(`insert into daycare_child (organiser_id, client_id, person_id, added_at, added_by) values (1, $1, $2, now(), 'S')`, c.ID, c.Person)
		n.Exec(`insert into daycare_head (organiser_id, child_id, adult_id, valid_from, valid_to, added_at, added_by) values (1, $1, $2, '2026-01-01', '9999-12-31', now(), 'S')`, c.ID, head.ID)
		unit, provider := w.Unit, w.Provider
		if i%2 == 1 {
			unit, provider = w.OtherUnit, w.OtherProvider
		}
		n.Exec(`insert into daycare_placement (organiser_id, child_id, unit_id, provider_id, kind, voucher, valid_from, valid_to, added_at, added_by)
			values (1, $1, $2, $3, 'DAYCARE', true, '2026-06-01', '2026-07-31', now(), 'S')`, c.ID, unit, provider)
	}
	n.decide()
	n.producers = map[string]string{}
	n.Do(n.Main, func(tx *postgres.Tx) error {
		for unit, number := range map[int64]string{w.Unit: "1", w.OtherUnit: "2"} {
			u := domain.Unit{OID: "1.2.246.562.10.3111111111" + number, Producer: "1.2.246.562.10.2222222222" + number, Agreed: true}
			n.producers[u.OID] = u.Producer
			if err := domain.SetUnit(t.Context(), tx, n.Main, w.Organiser, unit, u); err != nil {
				return err
			}
		}
		return domain.SetOption(t.Context(), tx, n.Main, w.Organiser, "full_time", domain.Option{Hours: 350, Daily: true})
	})
	var err error
	n.server, err = standin.New(standin.Config{User: "seteli", Password: n.password, MaxFee: 33_500, Today: func() calendar.Date { return calendar.Today(n.clock) },
		Producer: func(unit string) string { return n.producers[unit] }, Agreed: func(string) bool { return true }})
	must(t, err)
	n.connect(0)
	return n
}

// decide sends what the children's places give.
func (n *town) decide() {
	n.t.Helper()
	_, err := store.RegenerateAll(n.t.Context(), n.DB, n.Staff, w.Organiser, func(int, int) {})
	must(n.t, err)
	n.Do(n.Staff, func(tx *postgres.Tx) error {
		drafts, err := store.ListDrafts(n.t.Context(), tx, n.Staff, store.DraftFilter{Organiser: w.Organiser, Most: 10})
		for _, d := range drafts {
			if err == nil {
				_, err = store.Send(n.t.Context(), tx, n.Staff, n.Means.Texts, store.SendInput{Organiser: w.Organiser, Child: d.Child, Drafts: []int64{d.ID}, Office: "palveluohjaaja"})
			}
		}
		return err
	})
}

func (n *town) connect(daily int) {
	n.t.Helper()
	n.Do(n.Main, func(tx *postgres.Tx) error {
		old, err := domain.ConnectionOf(n.t.Context(), tx, n.Main, w.Organiser)
		if err != nil {
			return err
		}
		c := domain.Connection{Address: "http://localhost/api", Source: "00", Owner: owner, User: "seteli", Active: true, DailyMost: daily, RowVersion: old.RowVersion}
		return domain.SetConnection(n.t.Context(), tx, n.Main, n.Keys, w.Organiser, c, n.password)
	})
}

func (n *town) order(by access.Actor) {
	n.t.Helper()
	n.Do(by, func(tx *postgres.Tx) error { return domain.Order(n.t.Context(), tx, by, w.Organiser) })
}

func (n *town) due() (due bool) {
	n.t.Helper()
	n.Do(n.by, func(tx *postgres.Tx) (err error) {
		due, err = domain.Due(n.t.Context(), tx, w.Organiser)
		return err
	})
	return due
}

// run is one turn of the job, with the password that the connection has now.
func (n *town) run(progress func(done, all int)) domain.Told {
	n.t.Helper()
	c, err := varda.New(varda.Config{Base: "http://localhost/api", User: "seteli", Password: n.password, Source: "00", Owner: owner, Pace: 100_000, HTTP: n.server.HTTP()})
	must(n.t, err)
	told, err := domain.Run(n.t.Context(), n.DB, n.Keys, c, n.by, w.Organiser, progress)
	must(n.t, err)
	return told
}

func (n *town) runs() (list []domain.Past) {
	n.t.Helper()
	n.Do(n.Staff, func(tx *postgres.Tx) (err error) {
		list, err = domain.Runs(n.t.Context(), tx, n.Staff, w.Organiser, 10)
		return err
	})
	return list
}

// end ends the decisions of children earlier.
func (n *town) end(children ...int64) {
	n.t.Helper()
	n.Do(n.Staff, func(tx *postgres.Tx) error {
		list, err := store.Reports(n.t.Context(), tx, n.Staff, w.Organiser, children)
		for _, c := range list {
			if err == nil {
				err = store.End(n.t.Context(), tx, n.Staff, store.EndInput{Organiser: w.Organiser, Child: c.Child, Decision: c.Decisions[0].Decision, To: calendar.Day(2026, 7, 15), Reason: "Muutto."})
			}
		}
		return err
	})
}

// objects are what five children come to: a person, a child, a decision, a placement and a fee each.
const objects = 5 * 5

func quietly(int, int) {}

// The warehouse goes down in the middle of a run and stays so for a day: the run tries again by itself, ever more seldom and at night; it is
// one run and one task; and when the warehouse is back it sends just what was left, a decision that was ended meanwhile with it.
func TestADayWithoutTheWarehouseLosesNothingAndSendsNothingTwice(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	n.order(n.Staff)
	told := n.run(func(done, _ int) { n.server.Down(done >= 2) })
	sent := told.Sent
	if told.Held != domain.Silent || sent != 10 || told.Children != 2 || n.due() {
		t.Fatalf("told %+v", told)
	}
	since := n.clock.Now()
	n.end(n.children[0]) // who was sent already
	var tried []string
	for len(tried) < 9 {
		tried = append(tried, told.Next.In(calendar.Helsinki).Format("15.04"))
		if n.clock.Set(told.Next.Add(-time.Second)); n.due() {
			t.Fatalf("due before %s", told.Next)
		}
		if n.clock.Set(told.Next); !n.due() {
			t.Fatalf("not due at %s", told.Next)
		}
		if tried[len(tried)-1] == "22.30" {
			n.order(n.by) // the night orders one, as every night
		}
		told = n.run(quietly)
		if told.Held != domain.Silent || told.Sent != sent {
			t.Fatalf("told %+v", told)
		}
	}
	if want := []string{"12.15", "13.15", "17.15", "21.15", "22.30", "02.30", "06.30", "10.30", "14.30"}; !slices.Equal(tried, want) {
		t.Errorf("tried at %v, want %v", tried, want)
	}
	n.Do(n.Staff, func(tx *postgres.Tx) error {
		tasks, _, err := domain.Troubles(t.Context(), tx, n.Staff, w.Organiser, 10)
		if len(tasks) != 0 {
			t.Errorf("an outage is a task for %d children", len(tasks))
		}
		return err
	})
	if list := n.runs(); len(list) != 1 || list[0].EndedAt != nil || !list[0].HeldSince.Equal(since) || list[0].Tries != 10 || !list[0].Told.Next.Equal(told.Next) {
		t.Errorf("runs %+v", list)
	}
	n.server.Down(false)
	before := n.server.Requests()
	n.clock.Set(told.Next)
	told = n.run(quietly)
	const ended = 3                                                                                                              // decision, placement and fee of the child who moved end earlier
	if told.Held != "" || told.Sent != objects+ended || told.Children != 6 || n.server.Requests()-before != objects-10+ended+1 { // and the token
		t.Errorf("told %+v after %d requests", told, n.server.Requests()-before)
	}
	if list := n.runs(); len(list) != 1 || list[0].Outcome != domain.Done || list[0].Told.Held != "" || n.due() {
		t.Errorf("runs %+v", list)
	}
	if len(n.server.Holds("maksutiedot")) != 5 {
		t.Errorf("%d fees are there", len(n.server.Holds("maksutiedot")))
	}
}

// Somebody may try at once; a run that got on since begins with the shortest pause again.
func TestARunThatIsHeldCanBeTriedAtOnceAndBeginsItsPausesAnew(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	n.server.Down(true)
	n.order(n.Staff)
	n.run(quietly)
	n.clock.Set(n.clock.Now().Add(time.Minute))
	n.order(n.Staff)
	if !n.due() {
		t.Fatal("an order does not bring the run forward")
	}
	told := n.run(quietly)
	if pause := told.Next.Sub(n.clock.Now()); pause != time.Hour {
		t.Errorf("the second pause is %s", pause)
	}
	n.server.Down(false)
	n.order(n.Staff)
	told = n.run(func(done, _ int) {
		if done == 1 {
			n.server.Throttle(100, 40*time.Minute)
		}
	})
	if pause := told.Next.Sub(n.clock.Now()); told.Held != domain.Busy || pause != 40*time.Minute || n.runs()[0].Tries != 1 {
		t.Errorf("told %+v, pause %s", told, pause)
	}
}

// A child has moved; what the warehouse says of the unit left is mended at that unit, and what it says of the new one there.
func TestARefusalIsMendedAtTheUnitThatItIsAbout(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	child := n.children[0]
	n.Exec(`update daycare_placement set valid_to = '2026-07-01' where child_id = $1`, child)
	n.Exec(`insert into daycare_placement (organiser_id, child_id, unit_id, provider_id, kind, voucher, valid_from, valid_to, added_at, added_by)
		values (1, $1, $2, $3, 'DAYCARE', true, '2026-07-01', '2026-07-31', now(), 'S')`, child, w.OtherUnit, w.OtherProvider)
	n.decide()
	tasks := func() (list []domain.Trouble) {
		n.order(n.Staff)
		n.run(quietly)
		n.Do(n.Staff, func(tx *postgres.Tx) (err error) {
			list, _, err = domain.Troubles(t.Context(), tx, n.Staff, w.Organiser, 10)
			return err
		})
		return slices.DeleteFunc(list, func(x domain.Trouble) bool { return x.Child != child })
	}
	oids := map[int64]string{w.Unit: "1.2.246.562.10.31111111111", w.OtherUnit: "1.2.246.562.10.31111111112"}
	for _, unit := range []int64{w.Unit, w.OtherUnit} {
		right := n.producers[oids[unit]]
		n.producers[oids[unit]] = "1.2.246.562.10.29999999999"
		if list := tasks(); len(list) != 1 || list[0].Codes[0].Code != "MI019" || list[0].Unit.ID != unit || list[0].Unit.Name == "" {
			t.Errorf("unit %d: %+v", unit, list)
		}
		n.producers[oids[unit]] = right
	}
	if list := tasks(); len(list) != 0 {
		t.Errorf("mended, and still %+v", list)
	}
}

// A day's quota is kept over runs and ends with the night.
func TestTheQuotaOfADayHoldsTheRunUntilTheNight(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	n.connect(10)
	n.order(n.Staff)
	for _, sent := range []int{10, 20} {
		told := n.run(quietly)
		if told.Held != domain.QuotaUsed || told.Sent != sent || told.Next.In(calendar.Helsinki).Format("15.04") != "22.30" {
			t.Fatalf("told %+v, want %d sent", told, sent)
		}
		if n.order(n.Staff); n.due() {
			t.Fatal("an order goes round the quota")
		}
		n.clock.Set(told.Next)
	}
	if told := n.run(quietly); told.Held != "" || told.Sent != objects {
		t.Fatalf("told %+v", told)
	}
	n.end(n.children...) // five are left of the day's ten
	n.order(n.Staff)
	if told := n.run(quietly); told.Held != domain.QuotaUsed || told.Sent != 5 {
		t.Errorf("the second run of the day: %+v", told)
	}
}

// A fault of our own is returned, for the log, and the run goes on by itself after a pause. A password that is not taken is one thing to
// mend, not one for each child, and the run goes on when it is mended. What somebody took away in the warehouse is made anew.
func TestAFaultAndARefusedPasswordHoldTheRunAndWhatIsGoneIsMadeAnew(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	n.order(n.Staff)
	broken := errors.New("the adapter broke")
	told, err := domain.Run(t.Context(), n.DB, n.Keys, failing{broken}, n.by, w.Organiser, quietly)
	if !errors.Is(err, broken) || told.Held != domain.Broken || n.due() {
		t.Fatalf("told %+v, %v", told, err)
	}
	n.clock.Set(told.Next)
	right := n.password
	n.password = "vanhentunut"
	if n.connect(0); !n.due() {
		t.Fatal("not due after the pause")
	}
	if told = n.run(quietly); told.Held != domain.KeyRefuse || told.Children != 0 || n.due() {
		t.Fatalf("told %+v", told)
	}
	n.password = right
	if n.connect(0); !n.due() {
		t.Fatal("the mended connection does not go on")
	}
	if told = n.run(quietly); told.Held != "" || told.Sent != objects {
		t.Fatalf("told %+v", told)
	}
	n.server.Lack("maksutiedot")
	n.end(n.children[0])
	n.order(n.Staff)
	if told = n.run(quietly); told.Held != "" || told.Refused != 0 || len(n.server.Holds("maksutiedot")) != 1 {
		t.Errorf("told %+v, %d fees", told, len(n.server.Holds("maksutiedot")))
	}
}

// failing is a connection that breaks.
type failing struct{ err error }

func (f failing) Create(_ context.Context, _ domain.Object, _ string, _ map[int64]domain.Human) (string, error) {
	return "", f.err
}
func (f failing) End(context.Context, domain.Known, *calendar.Date) error { return f.err }
func (f failing) Delete(context.Context, domain.Known) error              { return f.err }
