package demo

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// shares says how many of a house's clients have a service, in the order in which clients are drawn.
var shares = []struct {
	service  string
	clients  int
	from, to int // years of birth
}{
	{"KSR/KOTIHOITO", 80, 1930, 1948},
	{"KSR/TILAPAINEN", 20, 1948, 1956},
	{"KSR/HENKAPU", 36, 1960, 1999},
	{"KSR/OMAISVAPAA", 26, 1925, 1930},
	{"KSR/ANNOSJAKELU", 24, 1956, 1960},
	{"KSR/TEHOSTETTU", 18, 1921, 1925},
	{"KSR/YHTEISO", 8, 1999, 2001},
	{"KSR/OSTO-ASUMINEN", 14, 1918, 1921},
	{"KSR/JALKAHOITO", 6, 1916, 1918},
	{"HAV/KESATYO", 24, 2008, 2011},
	{"RAN/PERHEET", 30, 1980, 2000},
	{"RAN/TUKIPALVELU", 24, 1935, 1955},
	{"VMH/KOTIHOITO", 8, 1941, 1951},
	{"VMH/PERHEET", 5, 1980, 1995},
	{"VMH/ILTAHOITO", 4, 1951, 1953},
	{"VMH/ASUMINEN", 5, 1930, 1936},
	{"VMH/HOIVA-ASUMINEN", 4, 1936, 1941},
	{"VMH/PAIVAHINTA", 2, 1926, 1928},
	{"VMH/SIIVOUS", 6, 1953, 1960},
	{"VMH/HENKBUDJETTI", 3, 1970, 1990},
	{"VMH/VAKA-KERROIN", 3, 2023, 2024},
	{"VMH/VAKA-KATTO", 3, 2022, 2023},
	{"VMH/VAKA-HINTA", 3, 2021, 2022},
}

// begin brings the clients and the vouchers of the first wave; later waves follow month by month.
func (w *world) begin(ctx context.Context, start calendar.Date) error {
	w.reach(start-10, 9)
	p := calendar.Period{From: start, To: start.AddMonths(12)}
	for _, s := range shares {
		h, o := w.service(s.service)
		list, err := w.clients(ctx, h, houseOf(o.house).serves, s.clients, s.from, s.to)
		if err != nil {
			return err
		}
		w.result.Clients += len(list)
		if err := w.households(ctx, h, s.service, list); err != nil {
			return err
		}
		if o.mode == catalogue.Purchased {
			err = w.places(ctx, h, o, list, p)
		} else {
			q := p
			if o.code == "TILAPAINEN" { // for half a year: these come up for renewal at the end of the history
				q.To = start.AddMonths(months + 1)
			}
			err = w.grants(ctx, h, o, list[:wave(len(list))], 0, q)
		}
		if err != nil {
			return err
		}
		w.later = append(w.later, lateWave{h, o, list[wave(len(list)):]})
	}
	if err := w.featured(ctx, p); err != nil {
		return err
	}
	if err := w.beginPurses(ctx, p); err != nil {
		return err
	}
	if err := w.beginNurseries(ctx, start); err != nil {
		return err
	}
	if err := w.beginSlips(ctx); err != nil {
		return err
	}
	w.Progress(fmt.Sprintf("%d clients, %d vouchers and orders", w.result.Clients, w.vouchers))
	return w.deliver(ctx)
}

// notEntitled is the code of a grant to a client whose means are above the limits.
const notEntitled = "VOU-046"

// lateWave are clients who get their vouchers in later months.
type lateWave struct {
	house   House
	offer   offer
	clients []client.Client
}

// wave is the size of the first wave: two thirds.
func wave(n int) int { return n * 2 / 3 }

func houseOf(prefix string) house {
	for _, h := range houses {
		if h.prefix == prefix {
			return h
		}
	}
	return house{}
}

// grants gives each client a voucher; most reserve at once, some refuse or still think.
func (w *world) grants(ctx context.Context, h House, o offer, list []client.Client, offset int, p calendar.Period) error {
	serving := w.providers(o.house + "/" + o.code)
	for i, c := range list {
		n := offset + i
		r := w.draw("grant "+o.house+o.code, n)
		company := serving[n%len(serving)]
		unit := w.companies[company].Units[n/len(serving)%len(w.companies[company].Units)].ID
		until := reserved
		switch {
		case n%23 == 11:
			until = refused
		case offset > 0 && n%9 == 4: // of the newer ones some still choose
			until = taken
		}
		var contents []string
		if len(o.rates) == 2 && o.unitOf() == catalogue.Day {
			contents = []string{o.rates[n%2].code}
		}
		v, err := w.grant(ctx, h, o, grantInput(h, o, c, p, contents, int64(2*r.IntN(4))), n, until, unit)
		if fault.CodeOf(err) == notEntitled { // above a limit of the rulebook: no voucher
			continue
		}
		if err != nil {
			return err
		}
		w.vouchers++
		if until == reserved {
			w.rights = append(w.rights, Right{Client: c, Voucher: v, Company: company, Unit: unit, offer: o})
		}
	}
	return nil
}

// places orders housing days; the providers answer yes, one says no and one has not answered when the history ends.
func (w *world) places(ctx context.Context, h House, o offer, list []client.Client, p calendar.Period) error {
	serving := w.providers(o.house + "/" + o.code)
	for i, c := range list {
		company := serving[i%len(serving)]
		unit := w.companies[company].Units[i/len(serving)%len(w.companies[company].Units)].ID
		answer := "yes"
		if i == 3 {
			answer = "no"
		}
		if i == len(list)-1 { // ordered in the last days
			continue
		}
		v, _, err := w.order(ctx, h, o, grantInput(h, o, c, p, nil, 0), i, w.companies[company], unit, answer)
		if err != nil {
			return err
		}
		w.vouchers++
		if answer == "yes" {
			w.rights = append(w.rights, Right{Client: c, Voucher: v, Company: company, Unit: unit, offer: o})
		}
	}
	return nil
}

// featured adds the two clients who can sign in: one is helped on paper and by phone, the other acts in the portal.
func (w *world) featured(ctx context.Context, p calendar.Period) error {
	for i, f := range cast {
		h, o := w.service(f.house + "/" + f.code)
		code, err := Hetu(f.birth, castNumber+i)
		if err != nil {
			return err
		}
		first, last := splitName(f.name)
		var c client.Client
		err = w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
			c, err = client.Add(ctx, tx, h.As(access.Caseworker), w.Keys, client.AddInput{Organiser: h.Organiser.ID, Identity: code,
				Details: client.Details{FirstNames: first, LastName: last, Language: i18n.FI, Municipality: "994", AddressLine: "Rantatie 4", Postcode: "93400",
					City: "Kuusirannanjoki", Phone: "040 000 0001"}})
			return err
		})
		if err != nil {
			return fmt.Errorf("adding %s: %w", f.name, err)
		}
		person, err := w.personActor(ctx, i, f.name, c.Person)
		if err != nil {
			return err
		}
		w.result.Clients++
		if err := w.featuredHome(ctx, h, c, person, i); err != nil {
			return err
		}
		if err := w.featuredVoucher(ctx, h, o, c, person, i, p); err != nil {
			return err
		}
	}
	return nil
}

// personActor makes the account of somebody who comes as themselves.
func (w *world) personActor(ctx context.Context, i int, name string, person int64) (access.Actor, error) {
	a, err := w.account(ctx, fmt.Sprintf("client.%d", i+1), name, fmt.Sprintf("asiakas.%d@posti.example", i+1), person)
	if err != nil {
		return access.Actor{}, err
	}
	by := access.Actor{Account: a.ID, Name: a.Name, Role: access.Client, Person: person}
	return by, w.DB.National(ctx, func(tx *postgres.Tx) error {
		m, err := access.Grant(ctx, tx, access.System("demo", 0), access.Mandate{Account: a.ID, Role: access.Client, Person: person})
		by.Mandate = m.ID
		return err
	})
}

func (w *world) featuredVoucher(ctx context.Context, h House, o offer, c client.Client, person access.Actor, i int, p calendar.Period) error {
	company := w.providers(o.house + "/" + o.code)[0]
	unit := w.companies[company].Units[0].ID
	v, err := w.grant(ctx, h, o, grantInput(h, o, c, p, nil, 6), 900+i, told, unit)
	if err != nil {
		return err
	}
	answering := h.As(access.Caseworker)
	if i == 1 {
		answering = person
	}
	err = w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
		if v, err = voucher.Accept(ctx, tx, answering, voucher.AnswerInput{Organiser: h.Organiser.ID, Voucher: v.ID, Channel: voucher.ByPhone}); err != nil {
			return err
		}
		_, err = voucher.Reserve(ctx, tx, answering, voucher.ReserveInput{Organiser: h.Organiser.ID, Voucher: v.ID, Unit: unit, From: p.From,
			Plan: "Maanantaisin ja torstaisin.", Terms: true})
		return err
	})
	if err != nil {
		return fmt.Errorf("the voucher of %s: %w", c.Name(), err)
	}
	w.vouchers++
	w.cast = append(w.cast, c)
	w.rights = append(w.rights, Right{Client: c, Voucher: v, Company: company, Unit: unit, offer: o})
	return nil
}
