package demo

import (
	"context"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/event"
	"seteli/domain/payment"
	"seteli/domain/settlement"
	"seteli/domain/voucher"
)

// Hamlet is the smallest world in which the whole loop can be walked: one organiser with its people and four services, and one
// company with two units that is approved for them. Tests stand on it, through package scene.
type Hamlet struct {
	*Builder
	House   House
	Company Company

	offers  map[string]offer
	granted int
	people  int
}

// hamletServices are the services of a hamlet: of hours, of hours without own share, with review above the right, and purchased.
var hamletServices = []string{"KOTIHOITO", "HENKAPU", "TILAPAINEN", "OSTO-ASUMINEN"}

// NewHamlet founds the hamlet three months before the day of the clock, and leaves the clock as it was.
func NewHamlet(ctx context.Context, d Deps, issuer string, seed uint64) (*Hamlet, error) {
	now := d.Clock.Now()
	defer d.Clock.Set(now)
	start := calendar.Today(d.Clock) - 95
	d.Clock.Set(calendar.Noon(start).Now())
	b, err := NewBuilder(ctx, d, issuer, seed)
	if err != nil {
		return nil, err
	}
	h := &Hamlet{Builder: b, offers: map[string]offer{}}
	var list []offer
	for _, o := range offersOf("KSR") {
		for _, code := range hamletServices {
			if o.code == code {
				list = append(list, o)
				h.offers[code] = o
			}
		}
	}
	if h.House, err = b.found(ctx, houses[0], list, start); err != nil {
		return nil, err
	}
	if h.Company, err = b.register(ctx, companies[0]); err != nil {
		return nil, err
	}
	for _, o := range list {
		if err := b.apply(ctx, h.House, h.Company, o, 110, toApproved); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// Second founds the joint authority beside it, for tests of walls between organisers.
func (h *Hamlet) Second(ctx context.Context) (House, error) {
	return h.found(ctx, houses[2], offersOf("RAN")[:1], h.Today())
}

// NewClient imports one more client.
func (h *Hamlet) NewClient(ctx context.Context) (client.Client, error) {
	h.people++
	born := 1900 + h.people%60
	list, err := h.clients(ctx, h.House, houses[0].serves, 1, born, born+1)
	if err != nil {
		return client.Client{}, err
	}
	return list[0], nil
}

// Grant gives a client a right to one content of a service in the usual manner, units as often as the content's recurrence.
func (h *Hamlet) Grant(ctx context.Context, c client.Client, service, content string, units int64, p calendar.Period, reserve bool) (voucher.Voucher, error) {
	o := h.offers[service]
	in := grantInput(h.House, o, c, p, []string{content}, 0)
	for i := range in.Lines {
		in.Lines[i].Amount = new(money.Units(units))
	}
	until := granted
	if reserve {
		until = reserved
	}
	h.granted++
	return h.grant(ctx, h.House, o, in, h.granted, until, h.Company.Units[0].ID)
}

// Record hands in lines of the company as a recorder's page does.
func (h *Hamlet) Record(ctx context.Context, lines []event.Line) ([]event.Verdict, error) {
	return h.recordFile(ctx, h.House, h.Company, "hamlet.csv", lines)
}

// Settle makes the run of a slot.
func (h *Hamlet) Settle(ctx context.Context, key string) (settlement.Run, error) {
	return h.calculate(ctx, h.House, key)
}

// Release approves a run as the second person and makes its payment file.
func (h *Hamlet) Release(ctx context.Context, run settlement.Run) (payment.File, error) {
	return h.release(ctx, h.House, run)
}

// Paid notes that the bank has paid the run.
func (h *Hamlet) Paid(ctx context.Context, run settlement.Run) error {
	return h.paid(ctx, h.House, run)
}
