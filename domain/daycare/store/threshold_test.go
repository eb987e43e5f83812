package store_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// august is a complete row of invented figures from the day on.
func august(day calendar.Date) profile.Thresholds {
	cents := func(c money.Cents) *money.Cents { return &c }
	rate := func(s string) *money.Rate { r := money.MustRate(s); return &r }
	return profile.Thresholds{Days: profile.Days{From: day}, Limits: map[int]money.Cents{2: 420000, 3: 540000, 4: 610000, 5: 680000, 6: 750000}, Increase: cents(28000),
		Multiplier: rate("0.107"), MaxFee: cents(33500), MinFee: cents(3200), Second: rate("0.4"), Later: rate("0.2")}
}

// told delivers what waits in the outbox of the world's organiser.
func (n *nursery) told() {
	n.t.Helper()
	if _, err := job.DeliverOutbox(n.t.Context(), n.DB, []int32{w.Organiser}, store.Handlers(n.DB)); err != nil {
		n.t.Fatal(err)
	}
}

func TestANewYearsThresholdsAreEnteredByOneAndPublishedByAnotherAndDraftsFollow(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	child, _ := n.child(calendar.Day(2022, 3, 3), 700000)
	_, err := n.place(child, w.Unit, calendar.Period{From: calendar.Day(2026, 7, 1), To: calendar.Forever})
	must(t, err)
	n.told() // of the rules
	year := calendar.Day(2026, 8, 1)
	for _, d := range n.drafts() {
		if d.Period.To > year {
			t.Fatalf("a draft reaches days without thresholds: %v", d.Period)
		}
	}
	try := func(by access.Actor, in store.ThresholdInput) (d store.Threshold, err error) {
		err = n.Try(by, func(tx *postgres.Tx) (err error) {
			d, err = store.DraftThreshold(t.Context(), tx, by, in)
			return err
		})
		return d, err
	}
	_, err = try(n.main, store.ThresholdInput{Figures: august(year)})
	faulttest.Want(t, err, "DAY-130")
	half := august(year)
	half.Increase = nil
	_, err = try(n.main, store.ThresholdInput{Figures: half, Source: "OKM 2026"})
	faulttest.Want(t, err, "DAY-131")
	_, err = try(n.main, store.ThresholdInput{Figures: august(year - 1), Source: "OKM 2026"})
	faulttest.Want(t, err, "DAY-133")
	_, err = try(n.Staff, store.ThresholdInput{Figures: august(year), Source: "OKM 2026"})
	faulttest.Want(t, err, "ACC-001")
	d, err := try(n.main, store.ThresholdInput{Figures: august(year), Source: "OKM 2026"})
	must(t, err)
	_, err = try(n.second, store.ThresholdInput{Figures: august(year), Source: "OKM 2026"})
	faulttest.Want(t, err, "DAY-134")
	publish := func(by access.Actor, version int32) error {
		return n.Try(by, func(tx *postgres.Tx) error {
			_, err := store.PublishThreshold(t.Context(), tx, by, d.ID, version)
			return err
		})
	}
	faulttest.Want(t, publish(n.main, d.RowVersion), "DAY-083")
	faulttest.Want(t, publish(n.second, d.RowVersion+1), "DAY-071")
	must(t, publish(n.second, d.RowVersion))
	faulttest.Want(t, publish(n.second, d.RowVersion+1), "DAY-132")
	n.told()
	open := false
	for _, d := range n.drafts() {
		open = open || d.Period.From == year && d.OwnShare == 30000
	}
	if !open {
		t.Errorf("no draft follows the new thresholds: %+v", n.drafts())
	}
	// What is in force is the operator's to correct.
	operator := access.Actor{Account: 31, Name: "Olli Operaattori", Role: access.Operator}
	must(t, n.DB.National(t.Context(), func(tx *postgres.Tx) error {
		_, err := store.DraftThreshold(t.Context(), tx, operator, store.ThresholdInput{Figures: august(year), Source: "OKM 2026, oikaisu"})
		return err
	}))
}

func TestAVersionsEffectOnTodaysChildrenIsToldBeforeItIsPublished(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	first := calendar.Day(2026, 7, 1)
	for _, birth := range []calendar.Date{calendar.Day(2022, 3, 3), calendar.Day(2024, 5, 5)} {
		child, _ := n.child(birth, 700000)
		_, err := n.place(child, w.Unit, always)
		must(t, err)
	}
	p, err := profile.Load("oulu")
	must(t, err)
	for i := range p.Values {
		if v := &p.Values[i]; v.Option == "full_time" && v.To == nil {
			v.OverThree += 2000 // the under-three's stays
		}
	}
	var r store.Rules
	n.do(n.main, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(t.Context(), tx, n.main, store.RulesInput{Organiser: w.Organiser, Service: w.Service, Content: w.Hours, ValidFrom: first, Profile: p})
		if err == nil {
			err = store.AskEffect(t.Context(), tx, n.main, w.Organiser, r.ID)
		}
		return err
	})
	n.told()
	var e store.Effect
	n.do(n.main, func(tx *postgres.Tx) (err error) {
		var found bool
		if e, found, err = store.EffectOf(t.Context(), tx, n.main, w.Organiser, r.ID); err == nil && !found {
			t.Error("no effect is kept")
		}
		return err
	})
	if e.Children != 2 || e.Value.Raised != 1 || e.Value.Lowered != 0 || e.Value.Most != 2000 || e.OwnShare.Raised+e.OwnShare.Lowered != 0 || e.Payable.After-e.Payable.Before != 2000 || e.RowVersion != r.RowVersion {
		t.Errorf("%+v", e)
	}
	if len(e.ByOption) != 1 || e.ByOption[0].Children != 2 || e.ByOption[0].Payable.Raised != 1 {
		t.Errorf("%+v", e.ByOption)
	}
}
