package onetime

import (
	"context"
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/event"
	"seteli/domain/ledger"
	"seteli/domain/onetime/db"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Ask is what a provider keys in when a client hands over a slip.
type Ask struct {
	Organiser int32
	Number    ident.VoucherNumber
	Unit      int64          // 0 = the only one of the provider that may serve it
	Amount    *money.Cents   // whole price, for a content counted in euros; nil elsewhere: the agreed price counts
	Day       *calendar.Date // of the service; nil = today
	Reference string         // the sender's own, unique for ever
	Note      string
	Source    event.Source // Page or API
}

// Choice is a unit of the provider that may serve a slip, and who pays what there.
type Choice struct {
	Unit             int64
	Name             string
	Price, Paid, Own money.Cents // of the whole slip; 0 for a content counted in euros, whose price is asked
}

// Look is what a provider is told of a slip before using it: what it is good for, no client.
type Look struct {
	Slip     Slip
	Service  i18n.Names
	Content  i18n.Names
	Unit     catalogue.Unit
	ByAmount bool // counted in euros: the provider tells the whole price
	Choices  []Choice
}

// Answer is what using a slip gave.
type Answer struct {
	Slip     Slip
	Repeated bool // asked before: this is where that stands now
}

// LookAt tells a provider what the slip of a number is good for on a day, or why it cannot be used. A number that leads nowhere and one
// of a service that the company is not approved for answer the same (ONE-001): nobody can try numbers. It is under the scope of
// the organiser that the number's prefix leads to. Right: EventRecord.
func LookAt(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, number ident.VoucherNumber, day *calendar.Date) (Look, error) {
	l, err := look(ctx, tx, by, organiser, number, dayOf(tx, day))
	if err != nil {
		return Look{}, err
	}
	if err := l.Slip.usable(dayOf(tx, day), tx.Today(), by.Provider); err != nil {
		return Look{}, err
	}
	l.Slip.ClientName = ""
	return l, nil
}

func dayOf(tx *postgres.Tx, day *calendar.Date) calendar.Date {
	if day == nil {
		return tx.Today()
	}
	return *day
}

// look finds the slip and where the provider may serve it, whatever the slip's state.
func look(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, number ident.VoucherNumber, day calendar.Date) (Look, error) {
	if err := by.May(access.EventRecord, organiser); err != nil {
		return Look{}, err
	}
	if by.Provider == 0 {
		return Look{}, access.ErrForbidden.With("right", string(access.EventRecord))
	}
	list, err := slips(ctx, tx, db.SlipsParams{OrganiserID: organiser, Number: number.String(), Most: 1})
	if err != nil {
		return Look{}, err
	}
	if len(list) == 0 || number.IsZero() {
		return Look{}, errNumber
	}
	l := Look{Slip: list[0]}
	s := &l.Slip
	// The company must be approved today or on the day of the service, whichever lets it see what the paper in its hand is.
	rows, err := db.New(tx).Sellable(ctx, db.SellableParams{OrganiserID: organiser, ContentID: s.Content, ServiceID: s.Service, ProviderID: by.Provider, Day: min(day, tx.Today())})
	if err != nil {
		return Look{}, fmt.Errorf("reading who may serve one-time voucher %d: %w", s.ID, err)
	}
	service, err := catalogue.ServiceAt(ctx, tx, organiser, s.Service, s.Period.From)
	if err != nil {
		return Look{}, err
	}
	content, _ := service.Content(s.Content)
	l.Service, l.Content, l.Unit, l.ByAmount = service.Names, content.Names, content.Unit, content.Unit == catalogue.Euro
	for _, r := range rows {
		if !by.SeesUnit(r.UnitID) {
			continue
		}
		c := Choice{Unit: r.UnitID, Name: r.Name}
		if !l.ByAmount {
			c.Price = r.PriceCents.Times(s.Quantity)
			c.Paid = min(c.Price, s.Value)
			c.Own = c.Price - c.Paid
		}
		l.Choices = append(l.Choices, c)
	}
	if len(l.Choices) == 0 {
		return Look{}, errNumber
	}
	return l, nil
}

// pays is the part of a price that the slip pays when its content is counted in euros, and the euros that it takes.
func (l Look) pays(amount money.Cents) money.Quantity {
	return money.Units(1) * money.Quantity(min(amount, l.Slip.Value)) / 100
}

// UseOnce uses a slip: it reserves it for the provider, records the event and so pays it, in one act. The same reference again gives the
// first answer. Of two that come at once exactly one uses it; the other hears where things stand. An event that the checks send for
// review uses the slip too. Right: EventRecord. Locks: the payee's period (shared), the voucher, its balance.
func UseOnce(ctx context.Context, tx *postgres.Tx, by access.Actor, in Ask) (Answer, error) {
	day := dayOf(tx, in.Day)
	if in.Reference == "" {
		return Answer{}, errReference
	}
	l, err := look(ctx, tx, by, in.Organiser, in.Number, day)
	if err != nil {
		return Answer{}, err
	}
	if again, err := l.Slip.repeated(by, in); again != nil || err != nil {
		return Answer{Slip: l.Slip, Repeated: true}, err
	}
	if err := l.Slip.usable(day, tx.Today(), by.Provider); err != nil {
		return Answer{}, err
	}
	unit, err := l.unit(in.Unit)
	if err != nil {
		return Answer{}, err
	}
	line := event.Line{Reference: in.Reference, Number: in.Number.String(), Unit: unit, Date: day, Quantity: &l.Slip.Quantity, Note: in.Note}
	if l.ByAmount {
		if in.Amount == nil || *in.Amount <= 0 {
			return Answer{}, errAmount
		}
		line.Quantity = new(l.pays(*in.Amount))
	}
	if _, err := ledger.SharePeriods(ctx, tx, in.Organiser, []int64{by.Provider}); err != nil {
		return Answer{}, err
	}
	err = voucher.Attach(ctx, tx, by, voucher.AttachInput{Organiser: in.Organiser, Voucher: l.Slip.Voucher, Provider: by.Provider, Unit: unit, Day: &day})
	if err != nil {
		return Answer{}, err
	}
	// The voucher is ours until the commit: what was used meanwhile shows now.
	s, err := one(ctx, tx, in.Organiser, l.Slip.ID)
	if err != nil {
		return Answer{}, err
	}
	if again, err := s.repeated(by, in); again != nil || err != nil {
		return Answer{Slip: s, Repeated: true}, err
	}
	if err := s.usable(day, tx.Today(), by.Provider); err != nil {
		return Answer{}, err
	}
	if err := record(ctx, tx, by, in, line); err != nil {
		return Answer{}, err
	}
	if s, err = one(ctx, tx, in.Organiser, s.ID); err != nil {
		return Answer{}, err
	}
	if s.Use == nil {
		return Answer{}, fmt.Errorf("one-time voucher %d: recorded, and no use of it stands", s.ID)
	}
	s.ClientName = ""
	return Answer{Slip: s}, audit.Write(ctx, tx, by, ActUsed, s.Ref(), map[string]any{"event": s.Use.Event, "unit": unit, "day": day, "paid_cents": s.Use.Paid})
}

// repeated tells that this very use was asked before. The same reference for another sender's use does not exist: references are the
// company's own.
func (s Slip) repeated(by access.Actor, in Ask) (*Use, error) {
	if s.Use == nil || s.Use.Provider != by.Provider || s.Use.reference != in.Reference {
		return nil, nil
	}
	if in.Day != nil && *in.Day != s.Use.Day || in.Unit != 0 && in.Unit != s.Use.Unit {
		return nil, errTaken.With("reference", in.Reference)
	}
	return s.Use, nil
}

// unit finds where the service is given.
func (l Look) unit(asked int64) (int64, error) {
	if asked == 0 && len(l.Choices) == 1 {
		return l.Choices[0].Unit, nil
	}
	if !slices.ContainsFunc(l.Choices, func(c Choice) bool { return c.Unit == asked }) {
		return 0, errChoose
	}
	return asked, nil
}

// record records the event; a line that the checks reject uses nothing.
func record(ctx context.Context, tx *postgres.Tx, by access.Actor, in Ask, line event.Line) error {
	verdicts, err := event.Record(ctx, tx, in.Organiser, []event.Submission{{By: by, Provider: by.Provider, Source: in.Source, Request: audit.Request(ctx), Lines: []event.Line{line}}})
	if err != nil {
		return err
	}
	v := verdicts[0][0]
	switch {
	case v.Repeated:
		return errTaken.With("reference", in.Reference)
	case v.State == event.Accepted || v.State == event.Review:
		return nil
	}
	refused := *errRefused
	for _, f := range v.Findings {
		if f.Severity() == event.ToReject {
			refused.Key, refused.Values, refused.Field = f.TextKey(), f.Args(), ""
			break
		}
	}
	return &refused
}
