package demo_test

import (
	"context"
	"errors"
	"testing"

	"seteli/core/calendar"
	"seteli/demo"
	"seteli/domain/daycare/store"
	domain "seteli/domain/daycare/varda"
	"seteli/domain/organiser"
	"seteli/integration/varda"
	"seteli/integration/varda/standin"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// reporting is a municipality of the demo with a warehouse.
type reporting struct {
	t         *testing.T
	db        *postgres.DB
	keys      *secret.Keys
	organiser int32
	by        access.Actor
	server    *standin.Server
	client    *varda.Client
}

func reportingFrom(t *testing.T, d demo.Deps) *reporting {
	r := &reporting{t: t, db: d.DB, keys: d.Keys}
	var password string
	var c domain.Connection
	var err error
	if r.server, err = standin.New(standin.Config{User: demo.VardaUser, Password: demo.VardaPassword, Producer: demo.ProducerOf, Agreed: demo.Agreed, MaxFee: 33_500,
		Today: func() calendar.Date { return calendar.Today(d.Clock) }}); err != nil {
		t.Fatal(err)
	}
	err = d.DB.ReadNational(t.Context(), func(tx *postgres.Tx) error {
		all, err := organiser.All(t.Context(), tx)
		for _, o := range all {
			if o.Prefix == "PEK" {
				r.organiser = o.ID
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r.by = access.System("varda", r.organiser)
	r.do(func(tx *postgres.Tx) (err error) {
		c, password, err = domain.Opened(t.Context(), tx, d.Keys, r.organiser)
		return err
	})
	r.client, err = varda.New(varda.Config{Base: c.Address, User: c.User, Password: password, Source: c.Source, Owner: c.Owner, Pace: 100_000, HTTP: r.server.HTTP()})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *reporting) do(fn func(*postgres.Tx) error) {
	r.t.Helper()
	if err := r.db.Tenant(r.t.Context(), access.Within{Organiser: r.organiser}, fn); err != nil {
		r.t.Fatal(err)
	}
}

func (r *reporting) run() (domain.Told, error) {
	r.t.Helper()
	r.do(func(tx *postgres.Tx) error { return domain.Order(r.t.Context(), tx, r.by, r.organiser) })
	return domain.Run(r.t.Context(), r.db, r.keys, r.client, r.by, r.organiser, func(int, int) {})
}

// fees of the holding decisions that can be reported, in cents of value, and those that the warehouse holds.
func (r *reporting) agrees() {
	r.t.Helper()
	want := 0
	r.do(func(tx *postgres.Tx) error {
		settings, err := domain.SettingsOf(r.t.Context(), tx, r.by, r.organiser)
		if err != nil {
			return err
		}
		list, err := store.Reports(r.t.Context(), tx, r.by, r.organiser, nil)
		for _, c := range list {
			lacking := false
			for _, d := range c.Decisions {
				lacking = lacking || !settings.Units[d.Unit].Agreed
			}
			if !lacking {
				want++
			}
		}
		return err
	})
	if got := len(r.server.Holds("lapset")); got != want || want == 0 {
		r.t.Errorf("the warehouse holds %d children, want %d", got, want)
	}
}

// What the warehouse holds is what the municipality decided, also after it was down, after an answer was lost and after a decision was annulled.
func testWarehouseHoldsTheSameTruth(t *testing.T, d demo.Deps) {
	r := reportingFrom(t, d)
	r.server.Lose(2)
	short, stop := context.WithCancel(t.Context()) // the program ends in the middle
	r.do(func(tx *postgres.Tx) error { return domain.Order(t.Context(), tx, r.by, r.organiser) })
	_, err := domain.Run(short, r.db, r.keys, r.client, r.by, r.organiser, func(done, _ int) {
		if done == 3 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || len(r.server.Holds("lapset")) == 0 {
		t.Fatalf("cut off: %v", err)
	}
	told, err := r.run()
	if err != nil || told.Sent == 0 || told.Refused != 0 || told.Lacking == 0 {
		t.Fatalf("told %+v, %v", told, err)
	}
	r.agrees()
	requests := r.server.Requests()
	if told, err = r.run(); err != nil || told.Sent != 0 || r.server.Requests() != requests {
		t.Errorf("again: %+v, %v, %d requests", told, err, r.server.Requests()-requests)
	}
	r.server.Down(true)
	var annulled store.Reported
	r.do(func(tx *postgres.Tx) error {
		list, err := store.Reports(t.Context(), tx, r.by, r.organiser, nil)
		annulled = list[0]
		for _, x := range annulled.Decisions {
			if err == nil {
				err = store.End(t.Context(), tx, r.by, store.EndInput{Organiser: r.organiser, Child: annulled.Child, Decision: x.Decision, To: x.From, Reason: "Lapsi ei aloittanut."})
			}
		}
		return err
	})
	if told, err = r.run(); err != nil || told.Held != domain.Silent {
		t.Errorf("down: %+v, %v", told, err)
	}
	r.server.Down(false)
	if _, err = r.run(); err != nil {
		t.Fatal(err)
	}
	r.agrees()
	r.do(func(tx *postgres.Tx) error {
		tasks, _, err := domain.Troubles(t.Context(), tx, r.by, r.organiser, 100)
		if err != nil || len(tasks) == 0 || tasks[0].Codes[0].Code != string(domain.NoAgreement) {
			t.Errorf("tasks %+v", tasks)
		}
		runs, errRuns := domain.Runs(t.Context(), tx, r.by, r.organiser, 10)
		if len(runs) != 3 || runs[0].Outcome != domain.Done || runs[1].Outcome != domain.Done { // the one that was down went on
			t.Errorf("runs %+v", runs)
		}
		if err == nil {
			err = errRuns
		}
		return err
	})
}
