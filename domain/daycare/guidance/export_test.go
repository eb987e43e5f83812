package guidance_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// decided is a child with a place and a value decision that was sent.
func (n *town) decided(name string) (store.Decision, store.Of) {
	n.t.Helper()
	c, head := n.person(calendar.Day(2022, 3, 3), name, false), n.person(calendar.Day(1990, 5, 5), "Eeva", false)
	always := store.Saved{Period: calendar.Period{From: begin, To: calendar.Forever}}
	var made []store.Decision
	n.staff(func(tx *postgres.Tx) error {
		ctx, by, child := n.t.Context(), n.Staff, of(c)
		if err := store.AddChild(ctx, tx, by, child); err != nil {
			return err
		}
		if _, err := store.SaveHead(ctx, tx, by, store.Head{Of: child, Saved: always, Adult: head.ID}); err != nil {
			return err
		}
		if _, err := store.SavePlacement(ctx, tx, by, store.Placement{Of: child, Saved: always, Unit: w.Unit, Kind: "DAYCARE", Voucher: true}); err != nil {
			return err
		}
		if _, err := store.SaveNeed(ctx, tx, by, store.Need{Of: child, Saved: always, Option: "full_time"}); err != nil {
			return err
		}
		if _, err := store.Regenerate(ctx, tx, by, w.Organiser, []int64{c.ID}); err != nil {
			return err
		}
		drafts, err := store.ListDrafts(ctx, tx, by, store.DraftFilter{Organiser: w.Organiser, Most: 10})
		if err != nil {
			return err
		}
		made, err = store.Send(ctx, tx, by, n.Means.Texts, store.SendInput{Organiser: w.Organiser, Child: c.ID, Drafts: []int64{drafts[0].ID}, Office: "palveluohjaaja"})
		return err
	})
	return made[0], of(c)
}

func (n *town) export(after guidance.Place, most int) (list []guidance.Exported, more bool) {
	n.t.Helper()
	n.staff(func(tx *postgres.Tx) (err error) {
		list, more, err = guidance.Export(n.t.Context(), tx, n.Staff, guidance.ExportInput{Organiser: w.Organiser, After: after, Most: most})
		return err
	})
	return list, more
}

func (n *town) endDecision(d store.Decision, child store.Of) {
	n.t.Helper()
	n.staff(func(tx *postgres.Tx) error {
		return store.End(n.t.Context(), tx, n.Staff, store.EndInput{Organiser: w.Organiser, Child: child.Child, Decision: d.ID, To: begin, Reason: "Paikkaa ei otettu vastaan."})
	})
}

// Seven decisions of one moment in pages of two, one of them annulled while the pages are read.
func TestTheFeedLosesNothingAndTellsNothingTwice(t *testing.T) {
	t.Parallel()
	n := open(t)
	var sent []string
	var last store.Decision
	var child store.Of
	for i := range 7 {
		last, child = n.decided(fmt.Sprintf("Lapsi %d", i))
		sent = append(sent, fmt.Sprintf("%d/0", last.ID))
	}
	var told []string
	place := guidance.Place{}
	for more := true; more; {
		var list []guidance.Exported
		list, more = n.export(place, 2)
		if len(list) == 0 {
			t.Fatal("a page without rows was promised")
		}
		for _, x := range list {
			told = append(told, fmt.Sprintf("%d/%d", x.Decision, x.Version))
		}
		if place = list[len(list)-1].Place(); len(told) == 2 {
			n.clock.Set(n.clock.Now().Add(time.Hour))
			n.endDecision(last, child)
			sent[6] = fmt.Sprintf("%d/1", last.ID)
		}
	}
	if !slices.Equal(told, sent) {
		t.Errorf("told %v, want %v", told, sent)
	}
	if list, more := n.export(place, 2); len(list) != 0 || more {
		t.Errorf("told again: %+v", list)
	}
	list, _ := n.export(guidance.Place{}, 10)
	if x := list[6]; x.State != "annulled" || x.Name != "Virtanen Lapsi 6" || x.Value != 96500 || x.Payable+x.OwnShare != x.Value || x.Number == "" {
		t.Errorf("the annulled one: %+v", x)
	}
	main := access.Actor{Account: 9, Name: "Toinen Kunta", Role: access.Caseworker, Organiser: w.Organiser + 1}
	faulttest.Want(t, n.Try(main, func(tx *postgres.Tx) error {
		_, _, err := guidance.Export(t.Context(), tx, main, guidance.ExportInput{Organiser: w.Organiser, Most: 10})
		return err
	}), "ACC-001")
}

// A decision whose transaction began before a later one and ends after it is not left behind by a reader who has seen the later one.
func TestTheFeedWaitsForARunningTransaction(t *testing.T) {
	t.Parallel()
	n := open(t)
	slow, child := n.decided("Hidas")
	began, finish, over := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	n.clock.Set(n.clock.Now().Add(time.Hour))
	go func() {
		over <- n.DB.Tenant(t.Context(), n.Staff, func(tx *postgres.Tx) error {
			close(began)
			<-finish
			return store.End(t.Context(), tx, n.Staff, store.EndInput{Organiser: w.Organiser, Child: child.Child, Decision: slow.ID, To: begin, Reason: "Paikkaa ei otettu vastaan."})
		})
	}()
	<-began
	n.clock.Set(n.clock.Now().Add(time.Minute))
	quick, _ := n.decided("Nopea")
	list, _ := n.export(guidance.Place{}, 10)
	place := guidance.Place{}
	for _, x := range list {
		if place = x.Place(); x.Decision == quick.ID {
			t.Error("a reader would be past the moment of a running transaction")
		}
	}
	close(finish)
	must(t, <-over)
	list, _ = n.export(place, 10)
	var told []string
	for _, x := range list {
		told = append(told, fmt.Sprintf("%d/%d", x.Decision, x.Version))
	}
	if want := []string{fmt.Sprintf("%d/1", slow.ID), fmt.Sprintf("%d/0", quick.ID)}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}
