package statistics

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/event"
	"seteli/domain/organiser"
	"seteli/domain/statistics/db"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Line is a service in a month.
type Line struct {
	Service   int64
	Names     i18n.Names
	Clients   int64
	Providers int64
	Events    int64
	Units     []Amount
	CareDays  int64       // of early education: days of care in closed months, without those that are paid after notice
	Organiser money.Cents // what the organiser pays
	Own       money.Cents // what the clients pay
	Few       bool        // 1–4 clients: the number is not told
	Hidden    bool        // no figure is told, see Tell
}

// Amount is a quantity in its unit.
type Amount struct {
	Unit     catalogue.Unit
	Quantity money.Quantity
}

// Month is what the first page of the organiser shows.
type Month struct {
	Month    calendar.Month
	At       time.Time // time of the data; zero = nothing has been rolled up yet
	Vouchers int64     // valid today
	Lines    []Line    // services with events or closed months of early education, in the catalogue's order
	Total    Line      // Clients counts each client once; -1 when only a part of the services is seen, where that is not known
	Services []catalogue.Service
	Waiting  []Age
	InReview int64
}

// Read gives a month of the services that the actor sees, with the sums that may be told to them.
func Read(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, month calendar.Month) (Month, error) {
	if err := by.May(access.StatisticsRead, org); err != nil {
		return Month{}, err
	}
	seen, all, err := services(ctx, tx, by, org)
	if err != nil {
		return Month{}, err
	}
	m := Month{Month: month, Services: seen}
	q := db.New(tx)
	ids := idsOf(seen)
	if m.At, err = at(ctx, q, org); err != nil {
		return Month{}, err
	}
	if m.Vouchers, err = q.VouchersValid(ctx, db.VouchersValidParams{OrganiserID: org, Day: tx.Today(), Services: ids}); err != nil {
		return Month{}, fmt.Errorf("counting valid vouchers: %w", err)
	}
	if err := m.lines(ctx, q, org, ids, all); err != nil {
		return Month{}, err
	}
	waiting, err := event.Ages(ctx, tx, org)
	if err != nil {
		return Month{}, err
	}
	m.Waiting, m.InReview = ages(waiting, tx.Today())
	m.Lines, m.Total = Tell(m.Lines, m.Total, by.Can(access.SettlementRead))
	return m, nil
}

// services gives those that the actor sees, and whether that is all of them.
func services(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32) (seen []catalogue.Service, all bool, err error) {
	list, err := catalogue.Services(ctx, tx, org, tx.Today())
	if err != nil {
		return nil, false, err
	}
	for _, s := range list {
		if by.SeesService(s.Teams) {
			seen = append(seen, s)
		}
	}
	return seen, len(seen) == len(list), nil
}

func idsOf(list []catalogue.Service) []int64 {
	ids := make([]int64, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	return ids
}

func at(ctx context.Context, q *db.Queries, org int32) (time.Time, error) {
	state, err := q.StateGet(ctx, org)
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the time of the statistics: %w", err)
	}
	return state.RolledAt, nil
}

func (m *Month) lines(ctx context.Context, q *db.Queries, org int32, ids []int64, all bool) error {
	p := m.Month.Period()
	sums, err := q.Months(ctx, db.MonthsParams{OrganiserID: org, Since: p.From, Until: p.To, Services: ids})
	if err != nil {
		return fmt.Errorf("reading a month: %w", err)
	}
	units, err := q.UnitsOf(ctx, db.UnitsOfParams{OrganiserID: org, Month: p.From, Services: ids})
	if err != nil {
		return fmt.Errorf("reading units of a month: %w", err)
	}
	clients, err := q.ClientsOf(ctx, db.ClientsOfParams{OrganiserID: org, Month: p.From})
	if err != nil {
		return fmt.Errorf("reading clients of a month: %w", err)
	}
	if m.Total.Providers, err = q.ProvidersOf(ctx, db.ProvidersOfParams{OrganiserID: org, Month: p.From, Services: ids}); err != nil {
		return fmt.Errorf("counting providers of a month: %w", err)
	}
	of := map[int64]Line{}
	for _, s := range sums {
		of[s.ServiceID] = Line{Providers: s.ProviderCount, Events: s.EventCount, Organiser: money.Cents(s.OrganiserCents), Own: money.Cents(s.OwnCents), CareDays: s.CareDays}
	}
	for _, u := range units {
		l := of[u.ServiceID]
		l.Units = append(l.Units, Amount{catalogue.Unit(u.Unit), money.Quantity(u.Quantity)})
		of[u.ServiceID] = l
	}
	counted := map[int64]int64{}
	for _, c := range clients {
		counted[c.ServiceID] = c.ClientCount
	}
	m.Total.Clients = -1
	if all {
		m.Total.Clients = counted[0]
	}
	for _, s := range m.Services {
		l, ok := of[s.ID]
		if !ok {
			continue
		}
		l.Service, l.Names, l.Clients = s.ID, s.Names, counted[s.ID]
		m.Lines = append(m.Lines, l)
		m.Total.Events += l.Events
		m.Total.CareDays += l.CareDays
		m.Total.Organiser += l.Organiser
		m.Total.Own += l.Own
	}
	return nil
}

// Spending is a year of euros against the budget.
type Spending struct {
	Year     int
	At       time.Time
	Budget   money.Cents // of the services seen; 0 = none is set
	Spent    [12]money.Cents
	Through  int // months that have begun, 0–12
	Forecast Forecast
	Services []catalogue.Service
	Hidden   bool // fewer than five clients in some month of the one chosen service: not told to this actor
}

// Year gives the organiser's part of the euros by month; service 0 = all services that the actor sees.
func Year(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, year int, service int64) (Spending, error) {
	if err := by.May(access.StatisticsRead, org); err != nil {
		return Spending{}, err
	}
	seen, _, err := services(ctx, tx, by, org)
	if err != nil {
		return Spending{}, err
	}
	s := Spending{Year: year, Services: seen}
	wanted := map[int64]bool{}
	var ids []int64
	for _, one := range seen {
		if service == 0 || one.ID == service {
			wanted[one.ID] = true
			ids = append(ids, one.ID)
		}
	}
	q := db.New(tx)
	if s.At, err = at(ctx, q, org); err != nil {
		return Spending{}, err
	}
	since, until := calendar.Day(year, time.January, 1), calendar.Day(year+1, time.January, 1)
	rows, err := q.Months(ctx, db.MonthsParams{OrganiserID: org, Since: since, Until: until, Services: ids})
	if err != nil {
		return Spending{}, fmt.Errorf("reading a year: %w", err)
	}
	for _, r := range rows {
		_, month := calendar.MonthOf(r.Month).Civil()
		s.Spent[month-1] += money.Cents(r.OrganiserCents)
	}
	budgets, err := organiser.Budgets(ctx, tx, org, year)
	if err != nil {
		return Spending{}, err
	}
	for _, b := range budgets {
		if wanted[b.Service] {
			s.Budget += b.Amount
		}
	}
	s.Through = begun(year, tx.Today())
	if today, _, _ := tx.Today().Civil(); today == year { // a year that is over is known
		s.Forecast = forecast(s.Spent, s.Through)
	}
	if service != 0 && !by.Can(access.SettlementRead) {
		s.Hidden, err = q.FewClients(ctx, db.FewClientsParams{OrganiserID: org, ServiceID: service, Since: since, Until: until, Least: Least})
		if err != nil {
			return Spending{}, fmt.Errorf("counting clients of service %d: %w", service, err)
		}
	}
	if s.Hidden {
		s.Spent, s.Forecast = [12]money.Cents{}, Forecast{}
	}
	return s, nil
}

// begun counts the months of the year that have begun by the day.
func begun(year int, day calendar.Date) int {
	y, m, _ := day.Civil()
	switch {
	case y < year:
		return 0
	case y > year:
		return 12
	}
	return int(m)
}
