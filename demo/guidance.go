package demo

import (
	"context"
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/client/household"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// parents are the guardians who can sign in: one applies on a phone, the other one agrees.
var parents = []struct {
	name  string
	birth calendar.Date
}{
	{"Emmi Sofia Päivänsalmi", calendar.Day(1991, 4, 17)},
	{"Eetu Kalevi Laaksonvirta", calendar.Day(1989, 9, 2)},
}

// parentsHouse is the municipality in which they live.
const parentsHouse = "PEK"

// guidanceToday opens placement guidance in the municipalities of early education: units with their places, applications at every stage,
// and a family that can sign in with an offer for one child and nothing yet for the other.
func (w *world) guidanceToday(ctx context.Context) error {
	if !w.reach(w.today()-1, 15) {
		return nil
	}
	for _, h := range w.nurseryHouses() {
		units, err := w.guidedUnits(ctx, h)
		if err != nil {
			return fmt.Errorf("units of %s: %w", h.Organiser.Prefix, err)
		}
		for i, stage := range []string{"sent", "proposed", "confirmed", "offered", "urgent", "paper"} {
			f, err := w.family(ctx, h, 12+i, 1)
			if err != nil {
				return err
			}
			if err := w.guided(ctx, h, f.children[0], []client.Client{f.head}, units, i, stage); err != nil {
				return fmt.Errorf("application %d of %s: %w", i, h.Organiser.Prefix, err)
			}
		}
		if h.Organiser.Prefix == parentsHouse {
			if err := w.parents(ctx, h, units); err != nil {
				return fmt.Errorf("the family that signs in: %w", err)
			}
		}
	}
	w.Progress("applications, proposals and offers of early education")
	return w.deliver(ctx)
}

// guidedUnits lists the municipality's own centres, the voucher units, the centre from which places are bought, and the places of each. It
// gives those for which the families of the demo wish: an own one comes first.
func (w *world) guidedUnits(ctx context.Context, h House) ([]int64, error) {
	own, err := w.register(ctx, ownNurseries(h))
	if err != nil {
		return nil, err
	}
	bought, err := w.register(ctx, purchasedNurseries[h.Organiser.Prefix])
	if err != nil {
		return nil, err
	}
	ids, ways := []int64{own.Units[0].ID}, map[int64]guidance.Way{own.Units[0].ID: guidance.Own, own.Units[1].ID: guidance.Own, bought.Units[0].ID: guidance.Purchased}
	for _, u := range w.nurseryUnits(w.nurseryOfferOf(h)) {
		ids, ways[u.unit] = append(ids, u.unit), guidance.ByVoucher
	}
	by := h.As(access.Caseworker)
	return ids, w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		for i, id := range append(slices.Clone(ids), own.Units[1].ID, bought.Units[0].ID) {
			u := guidance.Unit{ID: id, Way: ways[id], Kind: "DAYCARE", Listed: true, About: []string{"Suomi. Vuorohoito klo 5–22.", "Suomi.", "Suomi ja englanti."}[i%3]}
			if err := guidance.SaveUnit(ctx, tx, by, guidance.UnitInput{Organiser: h.Organiser.ID, Unit: u}); err != nil {
				return err
			}
			_, err := guidance.SavePlaces(ctx, tx, by, guidance.PlacesInput{Organiser: h.Organiser.ID, Unit: id, Under: 8, Over: 14,
				Saved: store.Saved{Period: calendar.Period{From: calendar.MonthOf(tx.Today() - 200).Period().From, To: calendar.Forever}}})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// guided records the guardians and takes the child's application to a stage.
func (w *world) guided(ctx context.Context, h House, c client.Client, adults []client.Client, units []int64, i int, stage string) error {
	by, of := h.As(access.Caseworker), store.Of{Organiser: h.Organiser.ID, Child: c.ID}
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		for _, adult := range adults {
			_, err := guidance.SaveGuardian(ctx, tx, by, guidance.Guardian{Of: of, Adult: adult.ID, Source: "Väestötietojärjestelmä", Saved: store.Saved{Period: calendar.Period{From: c.BirthDate, To: calendar.Forever}}})
			if err != nil {
				return err
			}
		}
		if stage == "" {
			return nil
		}
		r := guidance.Request{Start: tx.Today() + calendar.Date(45+20*i), IncomeWay: guidance.IncomeFetch, Units: []int64{units[1+i%(len(units)-1)], units[0]}}
		if stage == "urgent" {
			r.Start, r.Urgent, r.Reason = tx.Today()+18, true, "Uusi työ alkaa heti."
		}
		switch { // what some families tell
		case stage == "paper":
			r.Language, r.LanguageWords = guidance.OtherLanguage, "englanti"
		case i%3 == 1:
			r.Support = "Lapsi käy puheterapiassa kerran viikossa. Hän tarvitsee kuvia ohjeiden tueksi."
		case i%3 == 2:
			r.Language = guidance.Swedish
		}
		a, err := applied(ctx, tx, by, of, adults[0], r, stage)
		if err != nil {
			return err
		}
		for _, other := range adults[1:] {
			if err := guidance.Answer(ctx, tx, by, guidance.ConsentInput{Organiser: of.Organiser, ID: a.ID, Adult: other.ID, Answer: guidance.Agreed, Reason: "Suostunut puhelimessa."}); err != nil {
				return err
			}
		}
		return w.proposed(ctx, tx, by, a, stage)
	})
}

// applied is a guardian's own application on the page; one came on paper, and the guide wrote it down.
func applied(ctx context.Context, tx *postgres.Tx, by access.Actor, of store.Of, adult client.Client, r guidance.Request, stage string) (guidance.Application, error) {
	if stage == "paper" {
		r.Option, r.Hours, r.Home = "full_time", money.Units(38), adult.ID
		return guidance.Receive(ctx, tx, by, guidance.ReceiveInput{Of: of, Applicant: adult.ID, Channel: guidance.ByLetter, Arrived: tx.Today() - 4, Request: r})
	}
	self := access.Actor{Name: adult.Name(), Role: access.Client, Person: adult.Person}
	a, err := guidance.Begin(ctx, tx, self, of)
	if err != nil {
		return a, err
	}
	r.Option, r.Hours, r.Home = a.Option, a.Hours, a.Home
	if r.Language == "" {
		r.Language = a.Language
	}
	if a, err = guidance.Save(ctx, tx, self, guidance.SaveInput{Organiser: of.Organiser, ID: a.ID, RowVersion: a.RowVersion, Request: r}); err != nil {
		return a, err
	}
	return guidance.Send(ctx, tx, self, of.Organiser, a.ID, a.RowVersion)
}

func (w *world) proposed(ctx context.Context, tx *postgres.Tx, by access.Actor, a guidance.Application, stage string) error {
	if stage == "sent" || stage == "urgent" || stage == "paper" {
		return nil
	}
	p, err := guidance.Propose(ctx, tx, by, guidance.ProposeInput{Organiser: a.Organiser, Application: a.ID, RowVersion: a.RowVersion, Unit: a.Units[0], Start: a.Start})
	if err != nil || stage == "proposed" {
		return err
	}
	if err := guidance.AnswerProposal(ctx, tx, by, guidance.UnitAnswer{Organiser: a.Organiser, Proposal: p.ID, RowVersion: p.RowVersion, Yes: true}); err != nil || stage == "confirmed" {
		return err
	}
	_, err = guidance.Offer(ctx, tx, by, guidance.OfferInput{Organiser: a.Organiser, Proposal: p.ID, RowVersion: p.RowVersion + 1, Office: "palveluohjaaja"})
	return err
}

// parents add the two guardians with their accounts and their children: one has an offer, the other nothing yet.
func (w *world) parents(ctx context.Context, h House, units []int64) error {
	by, at := h.As(access.Caseworker), placeOf(houseOf(h.Organiser.Prefix).seat)
	var adults, children []client.Client
	add := func(first, last string, birth calendar.Date, number int) error {
		code, err := Hetu(birth, number)
		if err != nil {
			return err
		}
		return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
			c, err := client.Add(ctx, tx, by, w.Keys, client.AddInput{Organiser: h.Organiser.ID, Identity: code, Details: client.Details{FirstNames: first, LastName: last, Language: i18n.FI,
				Municipality: at.code, AddressLine: "Leikkipolku 3", Postcode: at.postcode, City: at.names.Fi, Phone: "040 000 0030", Email: fmt.Sprintf("perhe.%d@posti.example", number)}})
			if birth < calendar.Day(2010, 1, 1) {
				adults = append(adults, c)
			} else {
				children = append(children, c)
			}
			return err
		})
	}
	for i, p := range parents {
		first, last := splitName(p.name)
		if err := add(first, last, p.birth, castNumber+len(cast)+i); err != nil {
			return err
		}
		if _, err := w.personActor(ctx, len(cast)+i, p.name, adults[i].Person); err != nil {
			return err
		}
	}
	_, last := splitName(parents[0].name)
	for i, first := range []string{"Vilja Inkeri", "Otso Elias"} {
		if err := add(first, last, w.today().AddMonths(-20-26*i)-9, 60+i); err != nil {
			return err
		}
	}
	err := w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		_, err := household.SaveItem(ctx, tx, by, household.ItemInput{Organiser: h.Organiser.ID, Client: adults[0].ID, Item: household.Item{Kind: "earned", Per: "month", Cents: money.Cents(520_000),
			Period: calendar.Period{From: calendar.MonthOf(tx.Today()).Period().From, To: calendar.Forever}, Source: household.FromClient, Payer: "Työnantaja"}})
		return err
	})
	if err != nil {
		return err
	}
	if err := w.guided(ctx, h, children[0], adults, units, 1, "offered"); err != nil {
		return err
	}
	return w.guided(ctx, h, children[1], adults, units, 0, "")
}
