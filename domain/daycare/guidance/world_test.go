package guidance_test

import (
	"fmt"
	"testing"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/client/household"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// town is the world's organiser as a municipality that guides children to its units, on 2026-02-02.
type town struct {
	*w.World
	t        testing.TB
	clock    *calendar.Fixed
	provider access.Actor
	n        int
}

var (
	today = calendar.Day(2026, 2, 2)
	begin = calendar.Day(2026, 1, 1)
)

func open(t testing.TB) *town {
	clock := calendar.Noon(today)
	n := &town{World: w.New(t, postgrestest.Clock(clock)), t: t, clock: clock}
	n.provider = n.Recorder(w.Provider)
	main, second := access.Actor{Account: 21, Name: "Päivi Pihlajavuo", Role: access.MainUser, Organiser: w.Organiser}, access.Actor{Account: 22, Name: "Matti Metsola", Role: access.MainUser, Organiser: w.Organiser}
	p, err := profile.Load("oulu")
	must(t, err)
	var r store.Rules
	n.Do(main, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(t.Context(), tx, main, store.RulesInput{Organiser: w.Organiser, Service: w.Service, Content: w.Hours, ValidFrom: begin, Profile: p})
		return err
	})
	n.Do(second, func(tx *postgres.Tx) error {
		_, err := store.PublishRules(t.Context(), tx, second, w.Organiser, r.ID, r.RowVersion)
		return err
	})
	n.staff(func(tx *postgres.Tx) error {
		for _, u := range []guidance.Unit{{ID: w.Unit, Way: guidance.ByVoucher, Kind: "DAYCARE", Listed: true}, {ID: w.OtherUnit, Way: guidance.Own, Kind: "DAYCARE", Listed: true}} {
			if err := guidance.SaveUnit(t.Context(), tx, n.Staff, guidance.UnitInput{Organiser: w.Organiser, Unit: u}); err != nil {
				return err
			}
			_, err := guidance.SavePlaces(t.Context(), tx, n.Staff, guidance.PlacesInput{Organiser: w.Organiser, Unit: u.ID, Saved: store.Saved{Period: calendar.Period{From: begin, To: calendar.Forever}}, Under: 2, Over: 2})
			if err != nil {
				return err
			}
		}
		return store.TellPrice(t.Context(), tx, n.Staff, w.Organiser, store.Price{Unit: w.Unit, Option: "full_time", From: begin, Over: 110000, Under: 180000})
	})
	return n
}

func (n *town) staff(fn func(*postgres.Tx) error) { n.t.Helper(); n.Do(n.Staff, fn) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hetu makes an invented identity code of the day.
func (n *town) hetu(birth calendar.Date) string {
	n.n++
	year, month, day := birth.Civil()
	number := fmt.Sprintf("%02d%02d%02d%d", day, month, year%100, 900+n.n%100)
	var digits int
	fmt.Sscan("1"+number, &digits)
	digits -= 1_000_000_000
	sign := "-"
	if year >= 2000 {
		sign = "A"
	}
	return number[:6] + sign + number[6:] + string("0123456789ABCDEFHJKLMNPRSTUVWXY"[digits%31])
}

func (n *town) person(birth calendar.Date, name string, protected bool) (c client.Client) {
	n.t.Helper()
	hetu, err := ident.ParseHetu(n.hetu(birth))
	must(n.t, err)
	n.staff(func(tx *postgres.Tx) (err error) {
		c, err = client.Add(n.t.Context(), tx, n.Staff, n.Keys, client.AddInput{Organiser: w.Organiser, Identity: hetu, Details: client.Details{LastName: "Virtanen", FirstNames: name,
			Language: i18n.FI, Municipality: "991", AddressLine: "Keksitie 1", Postcode: "99100", City: "Mallila", Protected: protected}})
		return err
	})
	return c
}

func (n *town) guards(c, adult client.Client) {
	n.t.Helper()
	n.staff(func(tx *postgres.Tx) error {
		_, err := guidance.SaveGuardian(n.t.Context(), tx, n.Staff, guidance.Guardian{Of: of(c), Saved: store.Saved{Period: calendar.Period{From: c.BirthDate, To: calendar.Forever}}, Adult: adult.ID, Source: "Väestötiedot"})
		return err
	})
}

func of(c client.Client) store.Of { return store.Of{Organiser: w.Organiser, Child: c.ID} }

// family is a child with one guardian who signs in.
func (n *town) family(birth calendar.Date) (c, adult client.Client, self access.Actor) {
	n.t.Helper()
	c, adult = n.person(birth, "Lumi", false), n.person(calendar.Day(1990, 5, 5), "Eeva", false)
	n.guards(c, adult)
	return c, adult, n.Self(adult)
}

// income records what somebody earns.
func (n *town) income(adult client.Client, cents money.Cents) {
	n.t.Helper()
	n.staff(func(tx *postgres.Tx) error {
		_, err := household.SaveItem(n.t.Context(), tx, n.Staff, household.ItemInput{Organiser: w.Organiser, Client: adult.ID, Item: household.Item{Kind: "earned", Per: "month", Cents: cents,
			Source: household.FromClient, Period: calendar.Period{From: begin, To: calendar.Forever}, Payer: "Työ"}})
		return err
	})
}

// draft begins an application and fills it.
func (n *town) draft(self access.Actor, c client.Client, start calendar.Date, units ...int64) (a guidance.Application) {
	n.t.Helper()
	n.Do(self, func(tx *postgres.Tx) (err error) {
		if a, err = guidance.Begin(n.t.Context(), tx, self, of(c)); err != nil {
			return err
		}
		r := a.Request
		r.Start, r.Units, r.IncomeWay = start, units, guidance.IncomeHighest
		a, err = guidance.Save(n.t.Context(), tx, self, guidance.SaveInput{Organiser: w.Organiser, ID: a.ID, RowVersion: a.RowVersion, Request: r})
		return err
	})
	return a
}

func (n *town) send(self access.Actor, a guidance.Application) (out guidance.Application, err error) {
	err = n.Try(self, func(tx *postgres.Tx) (err error) {
		out, err = guidance.Send(n.t.Context(), tx, self, w.Organiser, a.ID, a.RowVersion)
		return err
	})
	return out, err
}

// applied is an application in the queue.
func (n *town) applied(self access.Actor, c client.Client, start calendar.Date, units ...int64) guidance.Application {
	n.t.Helper()
	a, err := n.send(self, n.draft(self, c, start, units...))
	must(n.t, err)
	return a
}

func (n *town) propose(a guidance.Application, unit int64) (p guidance.Proposal, err error) {
	err = n.Try(n.Staff, func(tx *postgres.Tx) (err error) {
		p, err = guidance.Propose(n.t.Context(), tx, n.Staff, guidance.ProposeInput{Organiser: w.Organiser, Application: a.ID, RowVersion: a.RowVersion, Unit: unit, Start: a.Start})
		return err
	})
	return p, err
}

func (n *town) unitSays(p guidance.Proposal, yes bool, words string) error {
	return n.Try(n.provider, func(tx *postgres.Tx) error {
		return guidance.AnswerProposal(n.t.Context(), tx, n.provider, guidance.UnitAnswer{Organiser: w.Organiser, Proposal: p.ID, RowVersion: p.RowVersion, Yes: yes, Words: words})
	})
}

func (n *town) get(by access.Actor, id int64) (a guidance.Application) {
	n.t.Helper()
	n.Do(by, func(tx *postgres.Tx) (err error) {
		a, err = guidance.Get(n.t.Context(), tx, by, w.Organiser, id)
		return err
	})
	return a
}

// offered takes an application to the family's offer.
func (n *town) offered(a guidance.Application, unit int64) (p guidance.Proposal) {
	n.t.Helper()
	p, err := n.propose(a, unit)
	must(n.t, err)
	must(n.t, n.Try(n.Staff, func(tx *postgres.Tx) error {
		return guidance.AnswerProposal(n.t.Context(), tx, n.Staff, guidance.UnitAnswer{Organiser: w.Organiser, Proposal: p.ID, RowVersion: 1, Yes: true})
	}))
	n.staff(func(tx *postgres.Tx) (err error) {
		p, err = guidance.Offer(n.t.Context(), tx, n.Staff, guidance.OfferInput{Organiser: w.Organiser, Proposal: p.ID, RowVersion: 2, Office: "palveluohjaaja"})
		return err
	})
	return p
}

func (n *town) answer(by access.Actor, p guidance.Proposal, yes, stay bool) error {
	return n.Try(by, func(tx *postgres.Tx) error {
		return guidance.AnswerOffer(n.t.Context(), tx, by, n.Means.Texts, guidance.FamilyAnswer{Organiser: w.Organiser, Proposal: p.ID, RowVersion: 3, Yes: yes, Stay: stay})
	})
}
