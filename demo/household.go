package demo

import (
	"context"
	"fmt"
	"math/rand/v2"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/client/household"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// incomeAsked says whose income is asked for, service by service: one client in so many. The others' values depend on nothing.
var incomeAsked = map[string]int{"KSR/KOTIHOITO": 2, "KSR/TEHOSTETTU": 3, "RAN/PERHEET": 2,
	"VMH/KOTIHOITO": 1, "VMH/PERHEET": 1, "VMH/ASUMINEN": 1, "VMH/HOIVA-ASUMINEN": 1, "VMH/SIIVOUS": 1}

// households records who lives with the clients of a service and what they live on, drawn for each: pensions and savings of the old,
// wages and children of families. Of one in fourteen the income is not known, and one in sixteen accepts the highest fee instead.
func (b *Builder) households(ctx context.Context, h House, service string, list []client.Client) error {
	every := incomeAsked[service]
	if every == 0 {
		return nil
	}
	for n, c := range list {
		if n%every != 0 {
			continue
		}
		err := b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
			return recordHome(ctx, tx, h.As(access.Caseworker), c, b.draw("household "+service, n), b, n)
		})
		if err != nil {
			return fmt.Errorf("the household of client %d of %s: %w", n, service, err)
		}
	}
	return nil
}

// homeBuilder records one household.
type homeBuilder struct {
	tx    *postgres.Tx
	by    access.Actor
	c     client.Client
	r     *rand.Rand
	house *Builder
	since calendar.Period
}

func recordHome(ctx context.Context, tx *postgres.Tx, by access.Actor, c client.Client, r *rand.Rand, house *Builder, n int) error {
	first := calendar.MonthOf(tx.Today().AddMonths(-r.IntN(9))).Period().From
	b := homeBuilder{tx, by, c, r, house, calendar.Period{From: first, To: calendar.Forever}}
	born, _, _ := c.BirthDate.Civil()
	old := born < 1962
	if n%16 == 6 {
		return b.consent(ctx, household.HighestFee)
	}
	if n%4 != 1 {
		if err := b.consent(ctx, household.MayFetch); err != nil {
			return err
		}
	}
	spouse, err := b.family(ctx, old, born)
	if err != nil || n%14 == 3 {
		return err
	}
	if old {
		return b.oldAge(ctx, spouse)
	}
	return b.wages(ctx, spouse)
}

func (b homeBuilder) consent(ctx context.Context, kind household.ConsentKind) error {
	_, err := household.Agree(ctx, b.tx, b.by, household.ConsentInput{Organiser: b.c.Organiser, Client: b.c.ID, Kind: kind, GivenOn: b.tx.Today() - calendar.Date(b.r.IntN(30)),
		Channel: pick(b.r, household.Channels())})
	return err
}

func (b homeBuilder) member(ctx context.Context, role household.Role, born, day int) (int64, error) {
	first, _ := nameOf(b.r, false, born)
	h, err := household.SaveMember(ctx, b.tx, b.by, b.house.Keys, household.MemberInput{Organiser: b.c.Organiser, Client: b.c.ID, LastName: b.c.LastName, FirstNames: first,
		BirthDate: calendar.Day(born, 1, 1) + calendar.Date(day), Role: role, Period: b.since})
	if err != nil {
		return 0, err
	}
	return h.Members[len(h.Members)-1].ID, nil
}

// family gives the spouse's number, 0 when there is none. The day of birth differs from person to person, so that no two are the same.
func (b homeBuilder) family(ctx context.Context, old bool, born int) (spouse int64, err error) {
	if b.r.IntN(100) < 55 {
		role := household.Spouse
		if !old && b.r.IntN(3) == 0 {
			role = household.Partner
		}
		if spouse, err = b.member(ctx, role, born-3+b.r.IntN(8), b.r.IntN(350)); err != nil {
			return 0, err
		}
	}
	if old {
		return spouse, nil
	}
	for i := range 1 + b.r.IntN(4) {
		if _, err := b.member(ctx, household.Child, 2009+4*i, 40*i+b.r.IntN(30)); err != nil {
			return 0, err
		}
	}
	return spouse, nil
}

func (b homeBuilder) item(ctx context.Context, member int64, kind, per string, cents money.Cents, payer string, source household.Source) error {
	i := household.Item{Member: member, Kind: kind, Cents: cents, Per: per, Period: b.since, Source: source, Payer: payer}
	if source != household.FromClient {
		day := b.tx.Today() - calendar.Date(b.r.IntN(20))
		i.FetchedOn = &day
	}
	_, err := household.SaveItem(ctx, b.tx, b.by, household.ItemInput{Organiser: b.c.Organiser, Client: b.c.ID, Item: i})
	return err
}

// tens draws whole tens of euros between two amounts of euros.
func (b homeBuilder) tens(low, high int) money.Cents {
	return money.Cents(low+10*b.r.IntN((high-low)/10)) * 100
}

func (b homeBuilder) oldAge(ctx context.Context, spouse int64) error {
	people := []int64{0}
	if spouse != 0 {
		people = append(people, spouse)
	}
	for _, who := range people {
		if err := b.item(ctx, who, "pension", "month", b.tens(780, 2_150)+money.Cents(b.r.IntN(100)), "Eläkelaitos", household.FromRegister); err != nil {
			return err
		}
	}
	if b.r.IntN(3) == 0 {
		if err := b.item(ctx, 0, "savings", "month", b.tens(2_000, 48_000), "", household.FromClient); err != nil {
			return err
		}
	}
	switch b.r.IntN(7) {
	case 0:
		return b.item(ctx, 0, "forest", "year", b.tens(600, 5_400), "", household.FromTax)
	case 1:
		return b.item(ctx, 0, "rental", "month", b.tens(200, 640), "", household.FromTax)
	case 2:
		return b.item(ctx, 0, "disability_allowance", "month", 15_412, "Kela", household.FromKela)
	}
	return nil
}

func (b homeBuilder) wages(ctx context.Context, spouse int64) error {
	if err := b.item(ctx, 0, "earned", "month_bonus", b.tens(1_900, 3_600), "Työnantaja", household.FromRegister); err != nil {
		return err
	}
	if spouse != 0 {
		if err := b.item(ctx, spouse, "earned", "month_bonus", b.tens(1_800, 4_200), "Työnantaja", household.FromRegister); err != nil {
			return err
		}
	}
	if b.r.IntN(5) == 0 {
		if err := b.item(ctx, 0, "maintenance_paid", "month", b.tens(190, 420), "", household.FromClient); err != nil {
			return err
		}
	}
	return b.item(ctx, 0, "child_benefit", "month", b.tens(90, 480), "Kela", household.FromKela)
}

// featuredHome gives the clients who can sign in a household and a pension; the one who acts in the portal has told of a change that
// nobody has handled yet.
func (w *world) featuredHome(ctx context.Context, h House, c client.Client, person access.Actor, i int) error {
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		r := w.draw("featured household", i)
		b := homeBuilder{tx, h.As(access.Caseworker), c, r, w.Builder, calendar.Period{From: calendar.MonthOf(tx.Today()).Period().From, To: calendar.Forever}}
		born, _, _ := c.BirthDate.Civil()
		var spouse int64
		if i == 0 {
			var err error
			if spouse, err = b.member(ctx, household.Spouse, born+1, 40); err != nil {
				return err
			}
		}
		if err := b.consent(ctx, household.MayFetch); err != nil {
			return err
		}
		if err := b.oldAge(ctx, spouse); err != nil || i != 1 {
			return err
		}
		return household.Tell(ctx, tx, person, household.ReportInput{Organiser: h.Organiser.ID, From: b.since.From.AddMonths(1), Words: "Eläkkeeni pienenee ensi kuun alusta."})
	})
}
