package voucher

import (
	"context"
	"fmt"
	"io"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/domain/rulebook"
	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Acts of this package in the audit and in a voucher's own history.
const (
	ActGranted  audit.Act = "voucher.granted"
	ActOrdered  audit.Act = "voucher.ordered"
	ActSheet    audit.Act = "voucher.sheet_given"
	ActAccepted audit.Act = "voucher.accepted"
	ActRefused  audit.Act = "voucher.refused"
	ActChanged  audit.Act = "voucher.changed"
	ActPaused   audit.Act = "voucher.paused"
	ActResumed  audit.Act = "voucher.resumed"
	ActClosed   audit.Act = "voucher.closed"
	ActAnnulled audit.Act = "voucher.annulled"
	ActReserved audit.Act = "reservation.made"
	ActEnded    audit.Act = "reservation.ended"
	ActLeft     audit.Act = "reservation.left" // the provider's approval ended
	ActCancel   audit.Act = "reservation.cancelled"
)

// Means are what granting needs from outside the store.
type Means struct {
	Texts  *i18n.Catalogue
	Models rulebook.Models
	Random io.Reader // crypto/rand.Reader; voucher numbers are drawn from it
}

// LineInput is one content as granted.
type LineInput struct {
	Content     int64
	Recurrence  Recurrence
	Amount      *money.Quantity
	AmountCents *money.Cents
	Total       *money.Quantity
	Individual  *money.Cents // the value that the decision maker sets, where the method leaves it to them
	Need        string       // row of a coefficient table
}

// Ordered is what makes a grant a purchased service: the provider and the contract prices that are the value.
type Ordered struct {
	Provider, Unit int64
	Values         map[int64][]Value // by content, over the whole period
}

// GrantInput is what the caseworker decides.
type GrantInput struct {
	Organiser int32
	Client    int64
	Service   int64
	Period    calendar.Period
	Lines     []LineInput
	Asked     Asked  // what the value method needs beyond the household's records
	Contact   string // who gives advice; printed on letter and sheet
	Reasons   string
	Office    string              // office of who decides, printed under the name
	Ordered   *Ordered            // set by package purchase only
	Number    ident.VoucherNumber // drawn before, for paper that was printed without a client (package onetime); none = drawn now
	// HandedOver: the client gets the decision as it is made, so that its letter tells the last day of appeal.
	HandedOver bool
}

// right is what granting this takes.
func (in GrantInput) right() access.Right {
	if in.Ordered != nil {
		return access.OrderMake
	}
	return access.VoucherGrant
}

// Offer is a grant before it is made: the live calculation, the check page and the letter are made of it.
type Offer struct {
	Input     GrantInput
	Organiser organiser.Organiser
	Client    client.Client
	Service   catalogue.Service
	Rulebook  rulebook.Rulebook
	Facts     *rulebook.Facts // what the values are computed from; nil = they are the same for everybody
	Lines     []OfferLine     // also those that the client is not entitled to, for their explanation
}

// OfferLine is one content with its value.
type OfferLine struct {
	Input   LineInput
	Content catalogue.Content
	Values  []Value
	MaxCost money.Cents // for the organiser over the whole validity, if everything is used
}

// Value is the value on the first day.
func (l OfferLine) Value() money.Cents { return l.Values[0].Cents }

// MaxCost is the whole offer's.
func (o Offer) MaxCost() money.Cents {
	var sum money.Cents
	for _, l := range o.Lines {
		sum += l.MaxCost
	}
	return sum
}

// Calculate tells what a grant would be, with every fault at once. It stores nothing but the row of the access log.
func Calculate(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, in GrantInput) (Offer, error) {
	if err := by.May(in.right(), in.Organiser); err != nil {
		return Offer{}, err
	}
	return calculate(ctx, tx, by, means, in, false)
}

// calculate is Calculate for a use case that has checked its own right. keep stores the state of the household, for a decision.
func calculate(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, in GrantInput, keep bool) (Offer, error) {
	o := Offer{Input: in}
	var err error
	if o.Client, err = client.Load(ctx, tx, in.Organiser, in.Client); err != nil {
		return Offer{}, err
	}
	if err := audit.Seen(ctx, tx, by, audit.View{Organiser: in.Organiser, Person: o.Client.Person, Client: o.Client.ID, Purpose: client.ForCase, What: "client"}); err != nil {
		return Offer{}, err
	}
	if o.Organiser, err = organiser.Get(ctx, tx, in.Organiser); err != nil {
		return Offer{}, err
	}
	if o.Service, err = catalogue.ServiceAt(ctx, tx, in.Organiser, in.Service, in.Period.From); err != nil {
		return Offer{}, err
	}
	if !by.SeesService(o.Service.Teams) {
		return Offer{}, errTeam
	}
	if wanted := catalogue.Purchased; !o.Service.Mode.Grants() || (in.Ordered != nil) != (o.Service.Mode == wanted) {
		return Offer{}, errMode
	}
	o.Rulebook, err = rulebook.Current(ctx, tx, in.Organiser, in.Service, in.Period.From)
	if fault.KindOf(err) == fault.NotFound {
		return Offer{}, errNoRulebook.Because(err)
	}
	if err != nil {
		return Offer{}, err
	}
	if in.Ordered == nil {
		if o.Facts, err = o.facts(ctx, tx, by, means, keep); err != nil {
			return Offer{}, err
		}
	}
	return o.valued(ctx, tx, means)
}

// valued adds the lines with their values; all faults of all lines come at once.
func (o Offer) valued(ctx context.Context, tx *postgres.Tx, means Means) (Offer, error) {
	var faults fault.List
	if err := checkPeriod(o.Input.Period); err != nil {
		faults = append(faults, fault.All(err)...)
	}
	if len(o.Input.Lines) == 0 {
		faults = append(faults, errNoLines)
	}
	seen := map[int64]bool{}
	for _, in := range o.Input.Lines {
		line, err := o.line(means, in)
		switch list := fault.All(err); {
		case err != nil && list == nil:
			return Offer{}, err
		case err != nil:
			faults = append(faults, list...)
			if line.Values != nil {
				o.Lines = append(o.Lines, line)
			}
		case seen[in.Content]:
			faults = append(faults, errTwice.At(Field(in.Content)))
		default:
			o.Lines = append(o.Lines, line)
		}
		seen[in.Content] = true
	}
	if err := faults.Err(); err != nil {
		return o, err
	}
	return o, o.checkOwnShare(ctx, tx)
}

// Field names the form field of a content's amount; faults about a line carry it.
func Field(content int64) string { return fmt.Sprintf("amount-%d", content) }

func (o Offer) line(means Means, in LineInput) (OfferLine, error) {
	if err := in.check(Field(in.Content)); err != nil {
		return OfferLine{}, err
	}
	content, ok := o.Service.Content(in.Content)
	if !ok || !content.Period.Contains(o.Input.Period.From) {
		return OfferLine{}, errContent.At(Field(in.Content))
	}
	line := OfferLine{Input: in, Content: content}
	if o.Input.Ordered != nil {
		line.Values = o.Input.Ordered.Values[in.Content]
		if !covers(line.Values, o.Input.Period) {
			return OfferLine{}, errNoPrice.At(Field(in.Content)).With("content", content.Names.Fi)
		}
	} else {
		value, err := compute(means, o.Rulebook, in.of(o.Facts), in.Content, o.Input.Period, false)
		if value.Explanation != nil {
			line.Values = []Value{value}
		}
		if err != nil {
			return line, fault.On(err, Field(in.Content))
		}
	}
	for _, v := range line.Values {
		line.MaxCost = max(line.MaxCost, in.Estimate(v.Cents, o.Input.Period))
	}
	return line, nil
}

// covers reports that the values follow each other over the whole period without a gap.
func covers(values []Value, p calendar.Period) bool {
	day := p.From
	for _, v := range values {
		if v.Period.From > day {
			return false
		}
		day = max(day, v.Period.To)
	}
	return day >= p.To
}

// checkOwnShare refuses a grant in a service that must cost the client nothing while an approved price stands above the value
// (734/1992, 4–5 §; VOU-019): the client could be billed.
func (o Offer) checkOwnShare(ctx context.Context, tx *postgres.Tx) error {
	if !o.Service.OwnShareForbidden || o.Input.Ordered != nil {
		return nil
	}
	choices, err := choicesOn(ctx, tx, o.Input.Organiser, o.Service.ID, o.contents(), 0, o.Input.Period.From)
	if err != nil {
		return err
	}
	var faults fault.List
	for _, l := range o.Lines {
		for _, c := range choices {
			if c.Content == l.Content.ID && c.Price > l.Values[0].At(c.Price) {
				faults = append(faults, errOwnShare.At(Field(l.Content.ID)).With("unit", c.UnitName).With("price", c.Price).With("value", l.Value()))
			}
		}
	}
	return faults.Err()
}

func (o Offer) contents() []int64 {
	ids := make([]int64, len(o.Lines))
	for i, l := range o.Lines {
		ids[i] = l.Content.ID
	}
	return ids
}

// Grant gives the voucher: number, lines, values with their explanation, the decision and its letter. The information sheet is
// given by GiveSheet. Locks: only the number series, at the very end.
func Grant(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, in GrantInput) (Voucher, error) {
	if err := by.May(in.right(), in.Organiser); err != nil {
		return Voucher{}, err
	}
	o, err := calculate(ctx, tx, by, means, in, true)
	if err != nil {
		return Voucher{}, err
	}
	return o.grant(ctx, tx, by, means)
}

// grant makes what was calculated, for a use case that has checked its own right.
func (o Offer) grant(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means) (Voucher, error) {
	in := o.Input
	if in.Contact == "" {
		return Voucher{}, errGuess
	}
	v, err := o.store(ctx, tx, by, means)
	if err != nil {
		return Voucher{}, err
	}
	act, kind := ActGranted, decision.Voucher
	if in.Ordered != nil {
		act, kind = ActOrdered, decision.Purchase
	}
	if err := step(ctx, tx, by, v, act, ""); err != nil {
		return Voucher{}, err
	}
	made, err := decision.Make(ctx, tx, by, o.Organiser, o.decision(means.Texts, v, kind))
	if err != nil {
		return Voucher{}, err
	}
	v.Decision = &made.ID
	if err := db.New(tx).VoucherDecided(ctx, db.VoucherDecidedParams{OrganiserID: v.Organiser, VoucherID: v.ID, DecisionID: &made.ID}); err != nil {
		return Voucher{}, fmt.Errorf("voucher %d: noting its decision: %w", v.ID, err)
	}
	return v, audit.Write(ctx, tx, by, act, v.Ref(), in)
}

func (o Offer) store(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means) (Voucher, error) {
	in := o.Input
	number := in.Number
	if number.IsZero() {
		var err error
		if number, err = ident.NewVoucherNumber(o.Organiser.Prefix, means.Random); err != nil {
			return Voucher{}, err
		}
	}
	now, name := tx.Now(), by.Name
	p := db.VoucherAddParams{OrganiserID: in.Organiser, Number: number.String(), ClientID: o.Client.ID, PersonID: o.Client.Person,
		ServiceID: in.Service, Mode: string(o.Service.Mode), ValidFrom: in.Period.From, ValidTo: in.Period.To, RulebookID: o.Rulebook.ID,
		OwnShareForbidden: o.Service.OwnShareForbidden || in.Ordered != nil, GrantedAt: &now, GrantedBy: &name, Contact: in.Contact}
	if in.Ordered != nil {
		p.ProviderID = &in.Ordered.Provider
	}
	q := db.New(tx)
	id, err := q.VoucherAdd(ctx, p)
	if err != nil {
		return Voucher{}, fmt.Errorf("adding a voucher for client %d: %w", in.Client, err)
	}
	for _, l := range o.Lines {
		line, err := q.LineAdd(ctx, db.LineAddParams{OrganiserID: in.Organiser, VoucherID: id, PersonID: o.Client.Person, ContentID: l.Content.ID,
			Recurrence: string(l.Input.Recurrence), AmountQuantity: l.Input.Amount, AmountCents: l.Input.AmountCents, TotalQuantity: l.Input.Total})
		if err != nil {
			return Voucher{}, fmt.Errorf("voucher %d: adding content %d: %w", id, l.Content.ID, err)
		}
		for _, value := range l.Values {
			if err := addValue(ctx, q, in.Organiser, line, o.Client.Person, value); err != nil {
				return Voucher{}, err
			}
		}
	}
	return load(ctx, tx, in.Organiser, id)
}
