package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/event"
	"seteli/domain/payment"
	"seteli/domain/settlement"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Size is a month of a real size in one organiser, repeated for Organisers.
type Size struct {
	Organisers, Clients, Providers int // clients and providers of each organiser
	Minutes                        int // of delivered service a month in each organiser
	Month                          calendar.Month
}

// Scales are the months of a real size by name.
//
// oulu-2016: Oulu in PSOP, 12/2016: 1,500 clients, 100 providers, 17,000 hours, about 470,000 € (27.65 €/h).
// village is a small one of two organisers, to see in seconds that all of it works.
// nation-600k: 23 organisers with 60,000 clients, 5,000 providers and about 600,000 deliveries in a month.
func Scales() map[string]Size {
	month := calendar.MonthOf(calendar.Day(2016, time.December, 1))
	return map[string]Size{
		"village":     {Organisers: 2, Clients: 40, Providers: 5, Minutes: 450 * 60, Month: month},
		"oulu-2016":   {Organisers: 1, Clients: 1500, Providers: 100, Minutes: 17_000 * 60, Month: month},
		"nation-600k": {Organisers: 23, Clients: 2609, Providers: 217, Minutes: 26_087 * 90, Month: month},
	}
}

// Settled is one organiser's month at the end of a scale.
type Settled struct {
	Organiser int32
	Prefix    string
	Tally     Tally
	Run       settlement.Run
	File      payment.File
	FileName  string
}

// Hours at 27.00 and 29.00 € in the ratio that gives the published mean of 27.65 €/h: 67.5 and 32.5 %.
var scaleOffers = []offer{
	{code: "KOTIHOITO", mode: catalogue.Voucher, class: care, area: atHome, act: "569/2009", section: "7 §",
		names: offers[0].names, descriptions: offers[0].descriptions,
		rates: []rate{{"TUNTI", catalogue.Hour, i18n.Names{Fi: "Kotihoidon tunti", Sv: "Hemvårdstimme", En: "Hour of home care"}, 2700,
			"Ministry (STM) page, 2014–15, full value of home care ≥ 27 €/h", 40, voucher.Monthly, 8}}},
	{code: "HENKAPU", mode: catalogue.Voucher, class: care, area: disability, act: "380/1987", section: "8 d §", free: true,
		names: offers[2].names, descriptions: offers[2].descriptions,
		rates: []rate{{"APU", catalogue.Hour, offers[2].rates[0].names, 2900, "Itä-Uusimaa county, 2023, itauusimaa.cloudnc.fi 21.12.2023", 40, voucher.Monthly, 10}}},
}

const firstScaleHouse = "KAUP" // letters of the first organiser of a scale; the next ones follow

func scaleHouse(i int) house {
	letters := "ABCDEFGHJKMNPQRSTUVWXYZ"
	prefix := firstScaleHouse
	if i > 0 {
		prefix = "Z" + string(letters[i/len(letters)]) + string(letters[i%len(letters)])
	}
	return house{prefix: prefix, kind: "county", domain: "koko.example", seat: "994", serves: []string{"993", "994", "995", "996"}, since: calendar.Day(2010, 1, 1),
		names: i18n.Names{Fi: fmt.Sprintf("Kokoluokan järjestäjä %d", i+1), Sv: fmt.Sprintf("Storleksordnare %d", i+1), En: fmt.Sprintf("Organiser of size %d", i+1)},
		body:  i18n.Names{Fi: "Yksilöasioiden jaosto", Sv: "Individsektionen", En: "Individual affairs division"}}
}

// buildScale builds the month of every organiser and pays it.
func buildScale(ctx context.Context, d Deps, o Options) (Result, error) {
	size, ok := Scales()[o.Scale]
	if !ok {
		return Result{}, fmt.Errorf("no scale %q; there are %s and %v", o.Scale, Small, slices.Sorted(maps.Keys(Scales())))
	}
	p := size.Month.Period()
	y, m, day := (p.From - 40).Civil()
	d.Clock.Set(time.Date(y, m, day, 9, 0, 0, 0, calendar.Helsinki))
	b, err := NewBuilder(ctx, d, o.Issuer, o.Seed)
	if err != nil {
		return Result{}, err
	}
	var all []*scaled
	for i := range size.Organisers {
		own := *b // numbers of its own: the organisers are built side by side
		own.nextID, own.nextIBAN = i*(size.Providers+1), i*(size.Providers+1)
		all = append(all, &scaled{Builder: &own, size: size, index: i, progress: o.Progress})
	}
	for _, step := range []struct {
		day  calendar.Date
		hour int
		name string
		do   func(*scaled, context.Context) error
	}{
		{p.From - 40, 9, "founded and admitted", (*scaled).open},
		{p.From - 10, 9, "clients imported, vouchers granted and reserved", (*scaled).rights},
		{p.Last(), 23, "recorded", (*scaled).record},
		{p.To + 1, 10, "checked", (*scaled).check},
		{p.To + 4, 9, "settled", (*scaled).settle},
		{p.To + 4, 14, "approved and paid", (*scaled).pay},
	} {
		b.At(step.day, step.hour, 0)
		if err := inParallel(ctx, all, step.do); err != nil {
			return Result{}, err
		}
		if err := b.analyse(ctx); err != nil {
			return Result{}, err
		}
		o.Progress(fmt.Sprintf("%s: %s", step.name, summary(all)))
	}
	out := Result{Organisers: size.Organisers, Providers: size.Organisers * size.Providers, Clients: size.Organisers * size.Clients}
	for _, s := range all {
		out.Vouchers += len(s.list)
		out.Tally = out.Tally.Plus(s.tally)
		out.Paid += s.file.Total
		out.Runs = append(out.Runs, Settled{s.house.Organiser.ID, s.house.Organiser.Prefix, s.tally, s.run, s.file, s.name})
	}
	return out, nil
}

// builders run side by side: as many as two cores can feed while one waits for the database.
const builders = 4

func inParallel(ctx context.Context, all []*scaled, do func(*scaled, context.Context) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(builders)
	for _, s := range all {
		g.Go(func() error { return do(s, ctx) })
	}
	return g.Wait()
}

func summary(all []*scaled) string {
	var t Tally
	var paid money.Cents
	vouchers := 0
	for _, s := range all {
		t, paid, vouchers = t.Plus(s.tally), paid+s.file.Total, vouchers+len(s.list)
	}
	switch {
	case paid > 0:
		return fmt.Sprintf("%s € in %d payment files", paid, len(all))
	case t.Lines > 0:
		return fmt.Sprintf("%d lines: %d accepted, %d in part, %d to review, %d rejected, %d repeated; %s h, %s €", t.Lines, t.Accepted, t.Partial, t.Review,
			t.Rejected, t.Repeated, t.Quantity, t.Organiser)
	case vouchers > 0:
		return fmt.Sprintf("%d vouchers", vouchers)
	}
	return fmt.Sprintf("%d organisers", len(all))
}

// scaled is one organiser of a scale while it is built.
type scaled struct {
	*Builder
	size      Size
	index     int
	progress  func(string)
	house     House
	companies []Company
	list      []Right
	tally     Tally
	run       settlement.Run
	file      payment.File
	name      string
}

func (s *scaled) open(ctx context.Context) (err error) {
	h := scaleHouse(s.index)
	if s.house, err = s.found(ctx, h, scaleOffers, s.Today()-1); err != nil {
		return err
	}
	for i := range s.size.Providers {
		r := s.draw("provider", s.index, i)
		family := pick(r, familyFi)
		c := company{key: fmt.Sprintf("p%d-%d", s.index, i), name: fmt.Sprintf("Hoiva %s %d Oy", family, i+1), language: i18n.FI, speaks: []string{"fi"},
			units: []string{h.serves[r.IntN(len(h.serves))]}, signatory: pick(r, oldWomen) + " " + family, mainUser: pick(r, youngerM) + " " + family,
			recorder: pick(r, youngerW) + " " + family}
		made, err := s.register(ctx, c)
		if err != nil {
			return err
		}
		s.companies = append(s.companies, made)
		if err := s.apply(ctx, s.house, made, s.offerOf(i), 100+r.IntN(30), toApproved); err != nil {
			return err
		}
	}
	return nil
}

// offerOf: every third provider gives personal assistance, so about a third of the hours are at its value.
func (s *scaled) offerOf(provider int) offer {
	if provider%3 == 1 {
		return scaleOffers[1]
	}
	return scaleOffers[0]
}

// errUnfit tells that a scale did not come out as it was asked for.
var errUnfit = errors.New("the month does not have its size")

func (s *scaled) rights(ctx context.Context) error {
	list, err := s.clients(ctx, s.house, scaleHouse(s.index).serves, s.size.Clients, 1925, 1999)
	if err != nil {
		return err
	}
	p := calendar.Period{From: s.size.Month.Period().From, To: s.size.Month.Period().From.AddMonths(6)}
	s.list = make([]Right, len(list))
	shares := zipf(len(list), len(s.companies))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(builders)
	var said sync.Mutex
	done := 0
	for i, c := range list {
		g.Go(func() error {
			o := s.offerOf(shares[i])
			unit := s.companies[shares[i]].Units[0].ID
			v, err := s.grant(ctx, s.house, o, grantInput(s.house, o, c, p, nil, 0), i, reserved, unit)
			s.list[i] = Right{Client: c, Voucher: v, Company: shares[i], Unit: unit, offer: o}
			said.Lock()
			if done++; done%500 == 0 {
				s.progress(fmt.Sprintf("  %s: %d of %d vouchers", s.house.Organiser.Prefix, done, len(list)))
			}
			said.Unlock()
			return err
		})
	}
	return g.Wait()
}

// zipf deals n clients to the providers: the k-th gets a share of about 1/k, everyone at least one.
func zipf(n, providers int) []int {
	weights := make([]int64, providers)
	for k := range weights {
		weights[k] = int64(1_000_000 / (k + 1))
	}
	list := make([]int, 0, n)
	for k, part := range money.Allocate(money.Cents(max(0, n-providers)), weights) {
		for range int(part) + 1 {
			list = append(list, k)
		}
	}
	return list[:n]
}

// record hands in the month: files of the larger providers, single calls of the smallest, and among the lines what people get
// wrong: 2 % are wrong, 0.5 % come twice.
func (s *scaled) record(ctx context.Context) error {
	byCompany := make([][]event.Line, len(s.companies))
	for i, quarters := range s.quarters() {
		x := s.list[i]
		byCompany[x.Company] = append(byCompany[x.Company], s.visitsOf(x, i, int(quarters)*15)...)
	}
	desk := event.NewDesk(s.DB)
	for i, lines := range byCompany {
		c := s.companies[i]
		var verdicts []event.Verdict
		var err error
		if len(lines) < bySingleCalls {
			verdicts, err = s.single(ctx, desk, c, lines)
		} else {
			verdicts, err = s.recordFile(ctx, s.house, c, fmt.Sprintf("%s-%s.csv", c.Provider.BusinessID, s.size.Month), append(lines, s.wrong(i, lines)...))
		}
		if err != nil {
			return err
		}
		s.tally.add(verdicts)
	}
	return nil
}

// Providers with fewer lines than this record them one by one, several at a time.
const (
	bySingleCalls = 40
	callers       = 8
)

func (s *scaled) single(ctx context.Context, desk *event.Desk, c Company, lines []event.Line) ([]event.Verdict, error) {
	verdicts := make([]event.Verdict, len(lines))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(callers)
	for i, l := range lines {
		g.Go(func() (err error) {
			verdicts[i], err = s.recordOne(ctx, desk, s.house, c, l)
			return err
		})
	}
	return verdicts, g.Wait()
}

// quarters deals the month's quarters of an hour to the clients: some get four times what others get.
func (s *scaled) quarters() []money.Cents {
	weights := make([]int64, len(s.list))
	for i := range weights {
		weights[i] = 40 + int64(s.draw("need", s.index, i).IntN(121))
	}
	return money.Allocate(money.Cents(s.size.Minutes/15), weights)
}

// visitsOf spreads a client's minutes over weekdays: visits of one to two hours, the last one takes what is left in quarters.
func (s *scaled) visitsOf(x Right, i, minutes int) (lines []event.Line) {
	r := s.draw("visits", s.index, i)
	p := s.size.Month.Period()
	days := make([]calendar.Date, 0, p.Days())
	for d := p.From; d < p.To; d++ {
		days = append(days, d)
	}
	r.Shuffle(len(days), func(a, b int) { days[a], days[b] = days[b], days[a] })
	for _, d := range days {
		length := min([]int{60, 75, 90, 105, 120}[r.IntN(5)], minutes/15*15)
		if length <= 0 {
			break
		}
		minutes -= length
		y, m, day := d.Civil()
		start := time.Date(y, m, day, 8+r.IntN(8), 15*r.IntN(4), 0, 0, calendar.Helsinki)
		lines = append(lines, event.Line{Number: x.Voucher.Number.String(), Content: x.offer.rates[0].code, Unit: x.Unit, Date: d, Start: &start,
			End: new(start.Add(time.Duration(length) * time.Minute)), Reference: fmt.Sprintf("%s-%s", x.Voucher.Number.String(), d)})
	}
	return lines
}

// wrong are lines that must not be paid: a number mistyped, a day after the voucher, and repeats of what was handed in.
func (s *scaled) wrong(company int, lines []event.Line) (bad []event.Line) {
	for i := 0; i < len(lines); i += 50 {
		l := lines[i]
		l.Reference = fmt.Sprintf("wrong-%d-%d-%d", s.index, company, i)
		if i%100 == 0 {
			l.Number = s.house.Organiser.Prefix + "22222222"
		} else {
			l.Content = "PUUTTUU"
		}
		bad = append(bad, l)
	}
	for i := 7; i < len(lines); i += 200 {
		bad = append(bad, lines[i])
	}
	return bad
}

// check rejects what waits for review, so that the accepted sum stands before the settlement.
func (s *scaled) check(ctx context.Context) error {
	waiting, err := s.queue(ctx, s.house)
	if err != nil {
		return err
	}
	for _, e := range waiting {
		if err := s.refuse(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (s *scaled) refuse(ctx context.Context, e event.Event) error {
	err := s.In(ctx, s.house.Organiser.ID, func(tx *postgres.Tx) error {
		ref, err := seen(ctx, tx, s.house, e.ID)
		if err != nil {
			return err
		}
		return event.Reject(ctx, tx, s.house.As(access.EventChecker), event.Decision{Ref: ref, ReasonCode: "double", Reason: "Sama käynti on kirjattu jo kerran."})
	})
	if err != nil {
		return fmt.Errorf("rejecting event %d: %w", e.ID, err)
	}
	return nil
}

func (s *scaled) settle(ctx context.Context) (err error) {
	s.run, err = s.calculate(ctx, s.house, s.size.Month.String())
	return err
}

func (s *scaled) pay(ctx context.Context) (err error) {
	if s.file, err = s.release(ctx, s.house, s.run); err != nil {
		return err
	}
	s.name = s.file.MessageID + ".xml"
	if s.file.Total != s.tally.Organiser || s.run.Gross != s.tally.Organiser {
		return fmt.Errorf("%w: %s: %s € accepted, %s € settled, %s € in the payment file", errUnfit, s.house.Organiser.Prefix, s.tally.Organiser, s.run.Gross, s.file.Total)
	}
	return nil
}
