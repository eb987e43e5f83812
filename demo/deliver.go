package demo

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/event"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// deliveries are the lines that a provider would record of one right in a period; part is the used share of the monthly
// right in percent. Pure: r is the only chance in it.
func (x Right) deliveries(p calendar.Period, contents []catalogue.Content, part int, r *rand.Rand) []event.Line {
	p = p.Meet(x.Voucher.Usable())
	var lines []event.Line
	taken := map[calendar.Date]bool{} // one visit in the daytime and one in the evening
	for _, l := range x.Voucher.Lines {
		i := slices.IndexFunc(contents, func(c catalogue.Content) bool { return c.ID == l.Content })
		if i < 0 || l.Amount == nil {
			continue
		}
		c := contents[i]
		rate := x.offer.rate(c.Code)
		if c.Unit == catalogue.Hour {
			lines = append(lines, x.visits(p, rate, *l.Amount*money.Quantity(part)/100, taken, r)...)
			continue
		}
		for d := p.From; d < p.To; d++ {
			if due(c.Unit, d, x.Voucher.Valid.From) {
				lines = append(lines, event.Line{Number: x.Voucher.Number.String(), Content: rate.code, Date: d})
			}
		}
	}
	slices.SortStableFunc(lines, func(a, b event.Line) int { return int(a.Date - b.Date) })
	for i := range lines {
		lines[i].Unit = x.Unit
		lines[i].Reference = fmt.Sprintf("%s-%s-%s-%d", x.Voucher.Number.String(), lines[i].Date, lines[i].Content, i)
	}
	return lines
}

// due tells on which days a counted unit is delivered: every day, in the middle of a week, at a month's end, every other month,
// and a single piece at the end of the voucher's second month.
func due(unit catalogue.Unit, d, first calendar.Date) bool {
	ends := d+1 == calendar.MonthOf(d).Period().To
	switch unit {
	case catalogue.Day:
		return true
	case catalogue.Week:
		return d.Weekday() == time.Wednesday
	case catalogue.Month:
		return ends
	case catalogue.Piece:
		return ends && calendar.MonthOf(d) == calendar.MonthOf(first)+1
	case catalogue.Visit:
		_, m, day := d.Civil()
		return day == 15 && m%2 == 0
	}
	return false
}

// visits spreads hours over the days that fit the content's band.
func (x Right) visits(p calendar.Period, rate rate, hours money.Quantity, taken map[calendar.Date]bool, r *rand.Rand) []event.Line {
	var days []calendar.Date
	for d := p.From; d < p.To; d++ {
		if rate.fits(d) && (rate.from >= 18 || !taken[d]) {
			days = append(days, d)
		}
	}
	r.Shuffle(len(days), func(i, j int) { days[i], days[j] = days[j], days[i] })
	lengths := []int64{60, 90, 120} // minutes
	if rate.amount >= 20 {
		lengths = []int64{120, 180, 240}
	}
	var lines []event.Line
	for _, d := range days {
		minutes := lengths[r.IntN(len(lengths))]
		q := money.Minutes(minutes)
		if q > hours {
			if q = hours / money.Minutes(30) * money.Minutes(30); q <= 0 {
				break
			}
			minutes = int64(q / money.Minutes(1))
		}
		hours -= q
		if rate.from < 18 {
			taken[d] = true
		}
		y, m, day := d.Civil()
		start := time.Date(y, m, day, rate.from+r.IntN(2), 15*r.IntN(3), 0, 0, calendar.Helsinki)
		end := start.Add(time.Duration(minutes) * time.Minute)
		lines = append(lines, event.Line{Number: x.Voucher.Number.String(), Content: rate.code, Date: d, Start: &start, End: &end})
	}
	return lines
}

// fits keeps the bands of home care apart: Saturdays, Sundays with public holidays, and weekdays.
func (r rate) fits(d calendar.Date) bool {
	switch r.code {
	case "LAUANTAI":
		return d.Weekday() == time.Saturday
	case "SUNNUNTAI":
		return d.Weekday() == time.Sunday
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

// Tally counts what recording answered.
type Tally struct {
	Lines, Accepted, Partial, Review, Rejected, Repeated int
	Quantity                                             money.Quantity // accepted
	Total, Organiser, Own                                money.Cents    // of what was accepted
}

func (t *Tally) add(verdicts []event.Verdict) {
	for _, v := range verdicts {
		t.Lines++
		if v.Repeated {
			t.Repeated++
			continue
		}
		switch v.State {
		case event.Accepted:
			t.Accepted++
		case event.Partial:
			t.Partial++
		case event.Review:
			t.Review++
			continue
		case event.Rejected:
			t.Rejected++
			continue
		}
		t.Quantity += v.Accepted
		t.Total, t.Organiser, t.Own = t.Total+v.Share.Total, t.Organiser+v.Share.Organiser, t.Own+v.Share.Own
	}
}

// Plus adds two tallies.
func (t Tally) Plus(o Tally) Tally {
	return Tally{t.Lines + o.Lines, t.Accepted + o.Accepted, t.Partial + o.Partial, t.Review + o.Review, t.Rejected + o.Rejected, t.Repeated + o.Repeated,
		t.Quantity + o.Quantity, t.Total + o.Total, t.Organiser + o.Organiser, t.Own + o.Own}
}

// recordFile hands in a provider's lines as one file.
func (b *Builder) recordFile(ctx context.Context, h House, c Company, name string, lines []event.Line) ([]event.Verdict, error) {
	for i := range lines {
		lines[i].Row = i + 2
	}
	raw, err := json.Marshal(lines)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", name, err)
	}
	sum := sha256.Sum256(raw)
	sub := event.Submission{By: c.MainUser, Provider: c.Provider.ID, Source: event.File, FileName: name, FileSHA256: sum[:], Lines: lines}
	var verdicts [][]event.Verdict
	err = b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
		verdicts, err = event.Record(ctx, tx, h.Organiser.ID, []event.Submission{sub})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("recording %s: %w", name, err)
	}
	return verdicts[0], nil
}

// recordOne hands in single lines, each by itself, as on a phone.
func (b *Builder) recordOne(ctx context.Context, desk *event.Desk, h House, c Company, line event.Line) (event.Verdict, error) {
	v, err := desk.Record(ctx, h.Organiser.ID, event.Submission{By: c.Recorder, Provider: c.Provider.ID, Source: event.Page, Lines: []event.Line{line}})
	if err != nil {
		return event.Verdict{}, fmt.Errorf("recording %s: %w", line.Reference, err)
	}
	return v[0], nil
}

// queue reads the organiser's review queue.
func (b *Builder) queue(ctx context.Context, h House) (list []event.Event, err error) {
	var services []int64
	for _, s := range h.Services {
		services = append(services, s.ID)
	}
	slices.Sort(services)
	err = b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
		list, err = event.Queue(ctx, tx, h.As(access.EventChecker), h.Organiser.ID, services, 0, 1000)
		return err
	})
	return list, err
}

// seen names an event with the step at which it stands now: lists do not tell it.
func seen(ctx context.Context, tx *postgres.Tx, h House, id int64) (event.Ref, error) {
	e, _, err := event.Get(ctx, tx, h.As(access.EventChecker), h.Organiser.ID, id)
	return event.Ref{Organiser: h.Organiser.ID, Event: id, Step: e.Step}, err
}
