package onetime

import (
	"context"
	"fmt"
	"strings"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/onetime/db"
	"seteli/domain/organiser"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Most slips at once: of a client, whose every slip is a decision of its own, and of a printed batch.
const (
	MostGiven   = 20
	MostPrinted = 500
)

// Terms are what every slip of one making has in common.
type Terms struct {
	Organiser        int32
	Service, Content int64
	Quantity         money.Quantity // in the content's unit; euros for a content counted in euros
	Individual       *money.Cents   // value of a unit, where the method leaves it to the decision maker
	Period           calendar.Period
	Count            int
	Contact          string // who gives advice
	Reasons          string // of the decision that each client gets
	Office           string // of who decides
}

// check refuses terms that no slip can have.
func (t Terms) check(most int) error {
	switch {
	case t.Count < 1 || t.Count > most:
		return errCount.With("max", most)
	case t.Quantity <= 0:
		return errQuantity
	case strings.TrimSpace(t.Contact) == "":
		return errContact
	case strings.TrimSpace(t.Reasons) == "":
		return errReasons
	}
	return nil
}

// line is the one line of each voucher: the whole of it in the whole validity.
func (t Terms) line(unit catalogue.Unit) voucher.LineInput {
	l := voucher.LineInput{Content: t.Content, Recurrence: voucher.Total, Individual: t.Individual}
	if unit == catalogue.Euro {
		l.AmountCents = new(money.Cents(100).Times(t.Quantity))
	} else {
		l.Amount = &t.Quantity
	}
	return l
}

// worth is the value of a whole slip. ONE-016 when it would follow from the price or the time of day: nobody could print it.
func (t Terms) worth(v voucher.Value) (money.Cents, error) {
	if v.Fee != nil || len(v.Bands) > 0 {
		return 0, errVaries
	}
	return v.Cents.Times(t.Quantity), nil
}

// GiveInput gives slips to one client.
type GiveInput struct {
	Terms
	Client  int64
	Asked   voucher.Asked
	Channel voucher.Channel // how the client asked for it and gets the information: the slip counts as taken
}

// Give gives slips to a client: each a voucher with its decision, letter and information sheet, taken by the client who asked for it.
// Right: VoucherGrant. Locks: the number series.
func Give(ctx context.Context, tx *postgres.Tx, by access.Actor, means voucher.Means, in GiveInput) ([]Slip, error) {
	if err := by.May(access.VoucherGrant, in.Organiser); err != nil {
		return nil, err
	}
	if err := in.check(MostGiven); err != nil {
		return nil, err
	}
	unit, err := unitOf(ctx, tx, in.Terms)
	if err != nil {
		return nil, err
	}
	vouchers := make([]voucher.Voucher, in.Count)
	numbers := make([]string, in.Count)
	for i := range vouchers {
		if vouchers[i], err = in.voucher(ctx, tx, by, means, unit, ident.VoucherNumber{}); err != nil {
			return nil, err
		}
		numbers[i] = vouchers[i].Number.String()
	}
	value, err := in.worth(vouchers[0].Lines[0].Values[0])
	if err != nil {
		return nil, err
	}
	batch, ids, err := in.store(ctx, tx, by, value, numbers)
	if err != nil {
		return nil, err
	}
	for i, v := range vouchers {
		if err := named(ctx, tx, by, in.Organiser, ids[i], v); err != nil {
			return nil, err
		}
	}
	if err := audit.Write(ctx, tx, by, ActGiven, audit.Ref{Kind: "onetime_batch", ID: batch}, in); err != nil {
		return nil, err
	}
	return slips(ctx, tx, db.SlipsParams{OrganiserID: in.Organiser, BatchID: batch, Most: int32(in.Count)})
}

// Print makes numbers without clients, to be printed and given a client when they are handed over. The value must be the same for everybody
// (VOU-054). It gives the batch. Right: VoucherGrant.
func Print(ctx context.Context, tx *postgres.Tx, by access.Actor, means voucher.Means, in Terms) (int64, error) {
	if err := by.May(access.VoucherGrant, in.Organiser); err != nil {
		return 0, err
	}
	if err := in.check(MostPrinted); err != nil {
		return 0, err
	}
	_, v, err := voucher.Beforehand(ctx, tx, by, means, in.Organiser, in.Service, in.Content, in.Period, in.Individual)
	if err != nil {
		return 0, err
	}
	value, err := in.worth(v)
	if err != nil {
		return 0, err
	}
	org, err := organiser.Get(ctx, tx, in.Organiser)
	if err != nil {
		return 0, err
	}
	numbers := make([]string, in.Count)
	for i := range numbers {
		n, err := ident.NewVoucherNumber(org.Prefix, means.Random)
		if err != nil {
			return 0, err
		}
		numbers[i] = n.String()
	}
	batch, _, err := in.store(ctx, tx, by, value, numbers)
	if err != nil {
		return 0, err
	}
	return batch, audit.Write(ctx, tx, by, ActPrinted, audit.Ref{Kind: "onetime_batch", ID: batch}, in)
}

// NameInput hands a printed slip to a client.
type NameInput struct {
	Organiser int32
	Slip      int64
	Client    int64
	Office    string // of who decides; empty = as it was printed
}

// Name gives a printed slip its client: the number becomes a voucher with its decision, from today when its days have begun. ONE-018 when
// the rules have changed since it was printed and it would be worth another sum. Right: VoucherGrant. Locks: the slip, the number series.
func Name(ctx context.Context, tx *postgres.Tx, by access.Actor, means voucher.Means, in NameInput) (Slip, error) {
	if err := by.May(access.VoucherGrant, in.Organiser); err != nil {
		return Slip{}, err
	}
	s, err := locked(ctx, tx, by, in.Organiser, in.Slip)
	if err != nil {
		return Slip{}, err
	}
	switch s.State(tx.Today()) {
	case Annulled:
		return Slip{}, errAnnulled
	case Expired:
		return Slip{}, errExpired.With("day", s.Period.Last())
	case Used, Valid:
		return Slip{}, errNamed.With("name", s.ClientName)
	}
	give := GiveInput{Client: in.Client, Channel: voucher.ByHand, Terms: Terms{Organiser: in.Organiser, Service: s.Service, Content: s.Content, Quantity: s.Quantity,
		Individual: s.Individual, Period: s.Period, Count: 1, Contact: s.Contact, Reasons: s.Reasons, Office: s.Office}}
	if in.Office != "" {
		give.Office = in.Office
	}
	unit, err := unitOf(ctx, tx, give.Terms)
	if err != nil {
		return Slip{}, err
	}
	v, err := give.voucher(ctx, tx, by, means, unit, s.Number)
	if err != nil {
		return Slip{}, err
	}
	if value, err := give.worth(v.Lines[0].Values[0]); err != nil || value != s.Value {
		return Slip{}, errValue.With("printed", s.Value).With("now", value).Because(err)
	}
	if err := named(ctx, tx, by, in.Organiser, s.ID, v); err != nil {
		return Slip{}, err
	}
	if err := audit.Write(ctx, tx, by, ActNamed, s.Ref(), in); err != nil {
		return Slip{}, err
	}
	return one(ctx, tx, in.Organiser, s.ID)
}

// voucher makes the voucher of one slip, told of and taken.
func (in GiveInput) voucher(ctx context.Context, tx *postgres.Tx, by access.Actor, means voucher.Means, unit catalogue.Unit, number ident.VoucherNumber) (voucher.Voucher, error) {
	v, err := voucher.Grant(ctx, tx, by, means, voucher.GrantInput{Organiser: in.Organiser, Client: in.Client, Service: in.Service, Period: in.Period, Asked: in.Asked,
		Lines: []voucher.LineInput{in.line(unit)}, Contact: in.Contact, Reasons: in.Reasons, Office: in.Office, Number: number, HandedOver: in.Channel == voucher.ByHand})
	if err != nil {
		return voucher.Voucher{}, err
	}
	if _, err := voucher.GiveSheet(ctx, tx, by, means, voucher.SheetInput{Organiser: in.Organiser, Voucher: v.ID, Channel: in.Channel}); err != nil {
		return voucher.Voucher{}, err
	}
	return voucher.Accept(ctx, tx, by, voucher.AnswerInput{Organiser: in.Organiser, Voucher: v.ID, Channel: in.Channel})
}

// unitOf tells how the content is counted.
func unitOf(ctx context.Context, tx *postgres.Tx, t Terms) (catalogue.Unit, error) {
	s, err := catalogue.ServiceAt(ctx, tx, t.Organiser, t.Service, t.Period.From)
	if err != nil {
		return "", err
	}
	c, _ := s.Content(t.Content) // one that is not there is refused with the grant
	return c.Unit, nil
}

func (t Terms) store(ctx context.Context, tx *postgres.Tx, by access.Actor, value money.Cents, numbers []string) (batch int64, ids []int64, err error) {
	q := db.New(tx)
	batch, err = q.BatchAdd(ctx, db.BatchAddParams{OrganiserID: t.Organiser, ServiceID: t.Service, ContentID: t.Content, Quantity: t.Quantity, ValueCents: value,
		IndividualCents: t.Individual, ValidFrom: t.Period.From, ValidTo: t.Period.To, Slips: int32(t.Count), Contact: t.Contact, Reasons: t.Reasons, Office: t.Office,
		MadeAt: tx.Now(), MadeByAccount: by.Account, MadeBy: by.Name})
	if err != nil {
		return 0, nil, fmt.Errorf("storing one-time vouchers of content %d: %w", t.Content, err)
	}
	if ids, err = q.SlipsAdd(ctx, db.SlipsAddParams{OrganiserID: t.Organiser, BatchID: batch, Numbers: numbers}); err != nil {
		return 0, nil, fmt.Errorf("storing %d one-time vouchers: %w", len(numbers), err)
	}
	return batch, ids, nil
}

func named(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, slip int64, v voucher.Voucher) error {
	err := db.New(tx).SlipNamed(ctx, db.SlipNamedParams{OrganiserID: organiser, SlipID: slip, VoucherID: &v.ID, PersonID: &v.Person, ClientID: &v.Client,
		NamedAt: new(tx.Now()), NamedBy: &by.Name})
	if err != nil {
		return fmt.Errorf("giving one-time voucher %d its client: %w", slip, err)
	}
	return nil
}

// AnnulInput takes a slip back.
type AnnulInput struct {
	Organiser int32
	Slip      int64
	Reason    string
	Office    string // of who decides; needed when the slip has a client
}

// Annul takes a slip back that was not used: one that has a client by a decision with appeal, a printed one at once. Right: VoucherClose.
// Locks: the slip; voucher, its balances and the number series when it has a client.
func Annul(ctx context.Context, tx *postgres.Tx, by access.Actor, means voucher.Means, in AnnulInput) (Slip, error) {
	if err := by.May(access.VoucherClose, in.Organiser); err != nil {
		return Slip{}, err
	}
	s, err := locked(ctx, tx, by, in.Organiser, in.Slip)
	if err != nil {
		return Slip{}, err
	}
	switch {
	case s.State(tx.Today()) == Annulled:
		return Slip{}, errAnnulled
	case s.Use != nil:
		return Slip{}, errUsed.With("day", s.Use.Day).At("")
	case strings.TrimSpace(in.Reason) == "":
		return Slip{}, errReason
	}
	if s.Voucher != 0 {
		_, err = voucher.Annul(ctx, tx, by, means, voucher.AnnulInput{Organiser: in.Organiser, Voucher: s.Voucher, Reason: in.Reason, Office: in.Office})
	} else {
		err = db.New(tx).SlipDropped(ctx, db.SlipDroppedParams{OrganiserID: in.Organiser, SlipID: s.ID, DroppedAt: new(tx.Now()), DroppedBy: &by.Name, DropReason: &in.Reason})
	}
	if err != nil {
		return Slip{}, fmt.Errorf("annulling one-time voucher %d: %w", s.ID, err)
	}
	if err := audit.Write(ctx, tx, by, ActDropped, s.Ref(), in); err != nil {
		return Slip{}, err
	}
	return one(ctx, tx, in.Organiser, s.ID)
}
