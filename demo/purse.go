package demo

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/event"
	"seteli/domain/purse"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// PurseService is the code of the service whose vouchers are balances of euros.
const PurseService = "KOTISALDO"

var purseOffer = offer{house: "KSR", code: PurseService, mode: catalogue.Voucher, class: care, area: atHome, act: "569/2009", section: "7 §",
	names:        i18n.Names{Fi: "Kotona asumisen saldo", Sv: "Saldo för boende hemma", En: "Balance for living at home"},
	descriptions: i18n.Names{Fi: "Euromääräinen saldo, jolla asiakas ostaa kotihoitoa ja muita palveluja kotiin valitsemiltaan tuottajilta.", Sv: "Ett saldo i euro som klienten köper hemvård och andra tjänster hem för, av de producenter som klienten väljer.", En: "A balance in euros for buying home care and other services from providers of one's own choice."},
	rates: []rate{{"SALDO", catalogue.Euro, i18n.Names{Fi: "Muu palvelu kotiin, euroina", Sv: "Annan tjänst hem, i euro", En: "Other service at home, in euros"}, 100,
		"Hyvinkää (Hyky), saldo 3 × 330 €, kuten julkaistu; ehdot: " + invented, 990, voucher.Total, 0}},
	valued: purseValue()}

// purseValue: a euro is worth a euro. What is left of a month stays, a hold lasts a week and the end has two weeks of grace.
func purseValue() *valued {
	v := eachContent("euro_purse", "SALDO", 100, nil)
	v.purse = &rulebook.Purse{HoldDays: 7, GraceDays: 14, LeftOver: rulebook.LeftCarries, BalanceShown: true}
	return v
}

// GrantPurse gives a client a balance that is accepted, to be spent on the euros of its own service and on temporary home care.
func (b *Builder) GrantPurse(ctx context.Context, h House, c client.Client, p calendar.Period, balance money.Cents, refill purse.Refill, monthly money.Cents, n int) (voucher.Voucher, error) {
	by := h.As(access.Caseworker)
	in := purse.GrantInput{Organiser: h.Organiser.ID, Client: c.ID, Service: h.Services[PurseService].ID, Period: p, Balance: balance, Refill: refill, RefillCents: monthly,
		Contact: by.Name + ", 020 000 0000", Office: "palveluohjaaja", Reasons: "Palvelutarpeen arvion mukaan asiakas hyötyy siitä, että voi itse jakaa tuen palvelujen kesken."}
	if c.Language == i18n.SV {
		in.Reasons = "Enligt bedömningen av servicebehovet har klienten nytta av att själv fördela stödet mellan tjänsterna."
	}
	for _, code := range []string{PurseService, "TILAPAINEN"} {
		for _, content := range h.Services[code].Contents {
			in.Contents = append(in.Contents, content.ID)
		}
	}
	var v voucher.Voucher
	err := b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
		v, _, err = purse.Grant(ctx, tx, by, b.means("purse", n), in)
		return err
	})
	if err == nil {
		err = b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
			v, err = b.answer(ctx, tx, by, v, n, taken, 0)
			return err
		})
	}
	if err != nil {
		return v, fmt.Errorf("balance %d to client %d: %w", n, c.ID, err)
	}
	return v, nil
}

// OfferPurse opens the purse service in a hamlet and approves the company for it, a hundred days before the day of the clock.
func (h *Hamlet) OfferPurse(ctx context.Context) error {
	now := h.Clock.Now()
	defer h.Clock.Set(now)
	h.Clock.Set(calendar.Noon(h.Today() - 90).Now())
	services := h.House.Services
	areas, err := h.areas(ctx)
	if err != nil {
		return err
	}
	err = h.In(ctx, h.House.Organiser.ID, func(tx *postgres.Tx) error {
		s, err := catalogue.AddService(ctx, tx, h.House.As(access.MainUser), purseOffer.version(h.House.Organiser.ID, areas, h.Today(), h.House.Organiser.Email))
		if err != nil {
			return err
		}
		services[PurseService] = s
		return h.rules(ctx, tx, &h.House, []offer{purseOffer}, h.Today())
	})
	if err != nil {
		return fmt.Errorf("opening the purse service: %w", err)
	}
	return h.apply(ctx, h.House, h.Company, purseOffer, 100, toApproved)
}

// areas makes an area for the purse service.
func (h *Hamlet) areas(ctx context.Context) (id int64, err error) {
	err = h.In(ctx, h.House.Organiser.ID, func(tx *postgres.Tx) error {
		by, org := h.House.As(access.MainUser), h.House.Organiser.ID
		class, err := catalogue.AddClass(ctx, tx, by, catalogue.Class{Organiser: org, Names: i18n.Names{Fi: "Saldot", Sv: "Saldon", En: "Balances"}, Position: 9})
		if err != nil {
			return err
		}
		area, err := catalogue.AddArea(ctx, tx, by, catalogue.Area{Organiser: org, Class: class.ID, Names: purseOffer.names, Position: 9})
		id = area.ID
		return err
	})
	return id, err
}

// pursed is a balance of the demo and its client's habits.
type pursed struct {
	voucher voucher.Voucher
	n       int
}

// purseCompanies sell for balances: indexes of companies that are approved for temporary home care or cleaning.
var purseCompanies = []int{0, 1}

// openPurses approves companies for the service; the clients and their balances come with beginPurses.
func (w *world) openPurses(ctx context.Context) error {
	for _, i := range purseCompanies {
		if err := w.apply(ctx, w.houses["KSR"], w.companies[i], purseOffer, 100, toApproved); err != nil {
			return err
		}
	}
	return nil
}

// beginPurses gives balances to eight clients: some filled monthly, some once.
func (w *world) beginPurses(ctx context.Context, p calendar.Period) error {
	h := w.houses["KSR"]
	list, err := w.clients(ctx, h, houseOf("KSR").serves, 8, 1949, 1955)
	if err != nil {
		return err
	}
	w.result.Clients += len(list)
	for i, c := range list {
		refill, monthly, sum := purse.Never, money.Cents(0), money.Cents(99_000)
		switch i % 4 {
		case 1:
			refill, monthly, sum = purse.Monthly, 20_000, 20_000
		case 2:
			sum = 30_000
		}
		v, err := w.GrantPurse(ctx, h, c, p, sum, refill, monthly, i)
		if err != nil {
			return err
		}
		w.vouchers++
		w.purses = append(w.purses, pursed{v, i})
	}
	return nil
}

// purseMonth is a month of purchases: at the till at once, or held and captured later; one is released, one forgotten.
func (w *world) purseMonth(ctx context.Context, m calendar.Month) error {
	h, till := w.houses["KSR"], purse.NewTill(w.DB)
	by := access.System("purse.tend", h.Organiser.ID)
	if err := w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error { _, err := purse.Tend(ctx, tx, by, h.Organiser.ID); return err }); err != nil {
		return fmt.Errorf("tending balances: %w", err)
	}
	euros := h.Services[PurseService].Contents[0].ID
	hours := h.Services["TILAPAINEN"].Contents[0].ID
	for _, p := range w.purses {
		r := w.draw("purse "+m.String(), p.n)
		c := w.companies[purseCompanies[r.IntN(len(purseCompanies))]]
		asks := []purse.Ask{
			{Content: euros, Amount: new(money.Cents(1500 + 50*r.IntN(60))), Capture: true, Note: "Ateriapalvelu"},
			{Content: hours, Quantity: new(money.Units(int64(1 + r.IntN(2)))), Capture: p.n%3 != 0},
		}
		for i, a := range asks {
			a.Number, a.Unit, a.Source, a.Reference = p.voucher.Number.String(), c.Units[0].ID, event.Page, fmt.Sprintf("kuitti-%s-%d-%d", m, p.n, i)
			answer, err := till.Authorise(ctx, c.Recorder, h.Organiser.ID, a)
			switch {
			case refusedAtTill(err):
				continue // the balance is spent, or the company does not sell this: it happens at every till
			case err != nil:
				return fmt.Errorf("purchase %s: %w", a.Reference, err)
			case a.Capture:
				continue
			case p.n == 3:
				_, err = till.Release(ctx, c.Recorder, h.Organiser.ID, purse.End{Hold: answer.Hold.ID, Reason: "Asiakas perui käynnin.", Source: event.Page})
			case p.n == 6 && m == w.lastMonth():
				continue // still held today
			default:
				_, err = till.Capture(ctx, c.Recorder, h.Organiser.ID, purse.End{Hold: answer.Hold.ID, Source: event.Page})
			}
			if err != nil {
				return fmt.Errorf("ending the hold of %s: %w", a.Reference, err)
			}
		}
	}
	return nil
}

func (w *world) lastMonth() calendar.Month { return calendar.MonthOf(w.today()) }

// refusedAtTill tells a refusal that the client hears at the till from a failure of the program.
func refusedAtTill(err error) bool {
	switch fault.CodeOf(err) {
	case "BAL-005", "BAL-009", "BAL-010":
		return true
	}
	return false
}
