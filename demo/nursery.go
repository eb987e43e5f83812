package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/client/household"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// nurseryOption is the need option of a content of the nursery services; both profiles know the two.
var nurseryOption = map[string]string{"KOKO": "full_time", "OSA": "part_20_hours"}

// nurseryOffer is early education of a municipality on a published profile.
func nurseryOffer(house, name string, full, part money.Cents, source string) offer {
	return offer{house: house, code: "VAKA", mode: catalogue.Voucher, class: education, area: daycare, act: "1048/2025", section: "7 §",
		names:        i18n.Names{Fi: "Varhaiskasvatuksen palveluseteli", Sv: "Servicesedel för småbarnspedagogik", En: "Service voucher for early education"},
		descriptions: i18n.Names{Fi: "Perhe valitsee yksityisen päiväkodin; kunta maksaa siitä sen, mikä perheen maksun jälkeen jää setelin arvosta.", Sv: "Familjen väljer ett privat daghem; kommunen betalar det av sedelns värde som familjens avgift inte täcker.", En: "The family chooses a private daycare centre; the municipality pays what the family's fee leaves of the voucher's value."},
		rates: []rate{{"KOKO", catalogue.Month, i18n.Names{Fi: "Kokopäiväinen kuukausi", Sv: "Heldagsmånad", En: "Full-time month"}, full, source, 1, voucher.Monthly, 0},
			{"OSA", catalogue.Month, i18n.Names{Fi: "Osapäiväinen kuukausi", Sv: "Deltidsmånad", En: "Part-time month"}, part, source, 1, voucher.Monthly, 0}},
		valued: &valued{profile: name}}
}

// nurseryOffers: what each profile's published table says of children of three years and older.
var nurseryOffers = []offer{
	nurseryOffer("PEK", "oulu", 96_500, 53_100, "Oulu, 2025–26, ouka.fi palvelusetelin arvot"),
	nurseryOffer("YSA", "tampere", 94_900, 56_940, "Tampere, 1.8.2024, trevaka"),
}

// nationalThresholds are the country's fee thresholds with those that are not published yet made up: the income limits before them go on,
// with the new greatest fee.
func nationalThresholds() ([]profile.Thresholds, error) {
	national, err := profile.National()
	for i := range national {
		if t := &national[i]; !t.Complete() && i > 0 {
			t.Limits, t.Increase = national[i-1].Limits, national[i-1].Increase
		}
	}
	return national, err
}

// enterThresholds publishes what is not known of the country's thresholds, as two main users would from the law's own figures.
func (w *world) enterThresholds(ctx context.Context) error {
	national, err := nationalThresholds()
	if err != nil {
		return err
	}
	h := w.houses[nurseryOffers[0].house]
	var made store.Threshold
	err = w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
		made, err = store.DraftThreshold(ctx, tx, h.As(access.MainUser), store.ThresholdInput{Figures: national[len(national)-1],
			Source: "Demon keksityt luvut: aiemmat tulorajat jatkuvat, koska 1.8.2026 alkavia ei ole julkaistu."})
		return err
	})
	if err != nil {
		return err
	}
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		_, err := store.PublishThreshold(ctx, tx, h.Second, made.ID, made.RowVersion)
		return err
	})
}

// nurseryRule is the value rule of the service's rulebook: the published profile, with the need option of each content.
func nurseryRule(name string, s catalogue.Service) (rulebook.Value, error) {
	p, errProfile := profile.Load(name)
	national, errNational := nationalThresholds()
	if err := errors.Join(errProfile, errNational); err != nil {
		return rulebook.Value{}, err
	}
	options := map[int64]string{}
	for _, c := range s.Contents {
		options[c.ID] = nurseryOption[c.Code]
	}
	return p.Value(national, options)
}

// family is a head with children in early education.
type family struct {
	head     client.Client
	children []client.Client
	earned   household.Item // of the head, as it was recorded first; zero when the highest fee was accepted
}

// sizes of the families of a municipality: children in each.
var nurserySizes = map[string][]int{"PEK": {1, 2, 1, 3, 1, 2, 1, 1, 2}, "YSA": {1, 2, 1, 1, 2}}

// beginNurseries adopts a profile in each municipality of early education, takes the providers' prices, places the children of the
// families and sends the first decisions.
func (w *world) beginNurseries(ctx context.Context, start calendar.Date) error {
	if err := w.enterThresholds(ctx); err != nil {
		return fmt.Errorf("entering the country's fee thresholds: %w", err)
	}
	for _, o := range nurseryOffers {
		h := w.houses[o.house]
		if err := w.adopt(ctx, h, o.valued.profile, start-45); err != nil {
			return fmt.Errorf("adopting the profile %s: %w", o.valued.profile, err)
		}
		if err := w.nurseryPrices(ctx, h, o, start); err != nil {
			return err
		}
		if err := w.connect(ctx, h, o); err != nil {
			return fmt.Errorf("connecting %s with the data warehouse: %w", o.house, err)
		}
		units := w.nurseryUnits(o)
		for i, n := range nurserySizes[o.house] {
			f, err := w.family(ctx, h, i, n)
			if err != nil {
				return fmt.Errorf("family %d of %s: %w", i, o.house, err)
			}
			w.nurseries[o.house] = append(w.nurseries[o.house], f)
			for k, c := range f.children {
				if err := w.place(ctx, h, c, units[(i+k)%len(units)], calendar.Period{From: start, To: calendar.Forever}, i%4 == 3); err != nil {
					return fmt.Errorf("placing a child of family %d of %s: %w", i, o.house, err)
				}
			}
		}
		if err := w.sendDrafts(ctx, h); err != nil {
			return fmt.Errorf("value decisions of %s: %w", o.house, err)
		}
	}
	w.Progress("two municipalities with early education on published profiles")
	return w.deliver(ctx)
}

func (w *world) adopt(ctx context.Context, h House, name string, since calendar.Date) error {
	p, err := profile.Load(name)
	if err != nil {
		return err
	}
	s := h.Services["VAKA"]
	var r store.Rules
	err = w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(ctx, tx, h.As(access.MainUser), store.RulesInput{Organiser: h.Organiser.ID, Service: s.ID, Content: s.Contents[0].ID, ValidFrom: since, Profile: p})
		return err
	})
	if err != nil {
		return err
	}
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		_, err := store.PublishRules(ctx, tx, h.Second, h.Organiser.ID, r.ID, r.RowVersion)
		return err
	})
}

// nurseryUnits are the units that serve a municipality of early education, with their companies' price levels.
type nurseryUnit struct {
	company int
	unit    int64
}

func (w *world) nurseryUnits(o offer) (list []nurseryUnit) {
	seat := houseOf(o.house).seat
	for _, i := range w.providers(o.house + "/" + o.code) {
		for k, code := range companies[i].units {
			if code == seat {
				list = append(list, nurseryUnit{i, w.companies[i].Units[k].ID})
			}
		}
	}
	return list
}

// nurseryPrices are told by the municipality, which takes them over from the applications: a level above the value, in whole euros.
func (w *world) nurseryPrices(ctx context.Context, h House, o offer, from calendar.Date) error {
	by := h.As(access.Caseworker)
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		for _, u := range w.nurseryUnits(o) {
			for _, r := range o.rates {
				over := r.value * money.Cents(companies[u.company].level) / 10_000 * 100
				p := store.Price{Unit: u.unit, Option: nurseryOption[r.code], From: from, Over: over, Under: over * 16 / 1_000 * 100}
				if err := store.TellPrice(ctx, tx, by, h.Organiser.ID, p); err != nil {
					return fmt.Errorf("price of unit %d: %w", u.unit, err)
				}
			}
		}
		return nil
	})
}

// family records a head with a household, incomes and n children. Of one in seven nobody has told the income but that the highest fee is accepted.
func (w *world) family(ctx context.Context, h House, i, n int) (family, error) {
	r := w.draw("family "+h.Organiser.Prefix, i)
	var f family
	err := w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
		by := h.As(access.Caseworker)
		_, last := nameOf(r, false, 1990)
		add := func(birth calendar.Date, number int) (client.Client, ident.Hetu, error) {
			code, err := Hetu(birth, number)
			if err != nil {
				return client.Client{}, code, err
			}
			y, _, _ := birth.Civil()
			first, _ := nameOf(r, false, y)
			at := placeOf(houseOf(h.Organiser.Prefix).seat)
			c, err := client.Add(ctx, tx, by, w.Keys, client.AddInput{Organiser: h.Organiser.ID, Identity: code, Details: client.Details{FirstNames: first, LastName: last, Language: i18n.FI,
				Municipality: at.code, AddressLine: street(i+1, "fi"), Postcode: at.postcode, City: at.names.Fi, Phone: fmt.Sprintf("040 000 %04d", 7000+i), Email: fmt.Sprintf("perhe.%s.%d@posti.example", h.Organiser.Prefix, i)}})
			return c, code, err
		}
		number := int(h.Organiser.ID) * 7
		f = family{}
		if f.head, _, err = add(calendar.Day(1986+i, 2, 3)+calendar.Date(r.IntN(300)), number+i); err != nil {
			return err
		}
		b := homeBuilder{tx, by, f.head, r, w.Builder, calendar.Period{From: calendar.MonthOf(tx.Today()).Period().From, To: calendar.Forever}}
		for k := range n {
			birth := w.today().AddMonths(-12*(1+2*k)-3*i) - calendar.Date(r.IntN(20))
			c, code, err := add(birth, number+10*i+k)
			if err != nil {
				return err
			}
			f.children = append(f.children, c)
			if err := b.heads(ctx, c, code); err != nil {
				return err
			}
		}
		f.earned, err = b.nurseryIncome(ctx, i)
		return err
	})
	return f, err
}

// heads makes the adult the head of the child, and the child a member of the household.
func (b homeBuilder) heads(ctx context.Context, c client.Client, code ident.Hetu) error {
	of := store.Of{Organiser: c.Organiser, Child: c.ID}
	if err := store.AddChild(ctx, b.tx, b.by, of); err != nil {
		return err
	}
	if _, err := store.SaveHead(ctx, b.tx, b.by, store.Head{Of: of, Saved: store.Saved{Period: b.since}, Adult: b.c.ID}); err != nil {
		return err
	}
	_, err := household.SaveMember(ctx, b.tx, b.by, b.house.Keys, household.MemberInput{Organiser: c.Organiser, Client: b.c.ID, Identity: code, LastName: c.LastName, FirstNames: c.FirstNames,
		BirthDate: c.BirthDate, Role: household.Child, Period: b.since})
	return err
}

func (b homeBuilder) nurseryIncome(ctx context.Context, i int) (household.Item, error) {
	if i%7 == 4 {
		return household.Item{}, b.consent(ctx, household.HighestFee)
	}
	if err := b.consent(ctx, household.MayFetch); err != nil {
		return household.Item{}, err
	}
	if i%3 != 1 {
		spouse, err := b.member(ctx, household.Spouse, 1985+i, 3*i)
		if err != nil {
			return household.Item{}, err
		}
		if err := b.item(ctx, spouse, "earned", "month", b.tens(1_900, 3_900), "Työnantaja", household.FromRegister); err != nil {
			return household.Item{}, err
		}
	}
	day := b.tx.Today()
	h, err := household.SaveItem(ctx, b.tx, b.by, household.ItemInput{Organiser: b.c.Organiser, Client: b.c.ID, Item: household.Item{Kind: "earned", Per: "month", Cents: b.tens(2_100, 4_300),
		Period: b.since, Source: household.FromRegister, FetchedOn: &day, Payer: "Työnantaja"}})
	if err != nil {
		return household.Item{}, err
	}
	return h.Items[slices.IndexFunc(h.Items, func(x household.Item) bool { return x.Member == 0 && x.Kind == "earned" })], nil
}

// place puts a child into a unit, with a need for part of the day where the family asked for it.
func (w *world) place(ctx context.Context, h House, c client.Client, u nurseryUnit, p calendar.Period, part bool) error {
	by := h.As(access.Caseworker)
	of := store.Of{Organiser: h.Organiser.ID, Child: c.ID}
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		kind, option := "DAYCARE", nurseryOption["KOKO"]
		if part {
			kind, option = "DAYCARE_PART_TIME", nurseryOption["OSA"]
		}
		if _, err := store.SaveNeed(ctx, tx, by, store.Need{Of: of, Saved: store.Saved{Period: p}, Option: option}); err != nil {
			return err
		}
		if _, err := store.SavePlacement(ctx, tx, by, store.Placement{Of: of, Saved: store.Saved{Period: p}, Unit: u.unit, Kind: kind, Voucher: true}); err != nil {
			return err
		}
		_, err := store.Regenerate(ctx, tx, by, h.Organiser.ID, []int64{c.ID})
		return err
	})
}

// aheadDays: a draft that begins later waits, as the profiles send decisions at most half a year ahead.
const aheadDays = 150

// sendDrafts sends the drafts that wait, child by child, as the caseworker.
func (w *world) sendDrafts(ctx context.Context, h House) error {
	by := h.As(access.Caseworker)
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		list, err := store.ListDrafts(ctx, tx, by, store.DraftFilter{Organiser: h.Organiser.ID, Most: 1000})
		if err != nil {
			return err
		}
		of := map[int64][]int64{}
		var children []int64
		for _, d := range list {
			if d.Period.From > tx.Today()+aheadDays {
				continue
			}
			if of[d.Child] == nil {
				children = append(children, d.Child)
			}
			of[d.Child] = append(of[d.Child], d.ID)
		}
		for _, c := range children {
			_, err := store.Send(ctx, tx, by, w.Texts, store.SendInput{Organiser: h.Organiser.ID, Child: c, Drafts: of[c], Office: "palveluohjaaja"})
			if err != nil {
				return fmt.Errorf("sending the decisions of child %d: %w", c, err)
			}
		}
		return nil
	})
}
