package purse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/ledger"
	"seteli/domain/purse/db"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// GrantInput is what the caseworker decides on a balance.
type GrantInput struct {
	Organiser   int32
	Client      int64
	Service     int64 // one that has a content counted in euros: the balance is a right to that content
	Period      calendar.Period
	Balance     money.Cents
	Contents    []int64 // of those that the rulebook's terms name; none = all of them
	Refill      Refill  // "" = Never
	RefillCents money.Cents
	Contact     string
	Reasons     string
	Office      string
}

// Grant gives a client a balance: a voucher with its decision and letter, as every voucher, and the terms. The letter's reasons end
// with what the balance may be spent on and how it is filled. Right: VoucherGrant. Locks: the number series, the balance.
func Grant(ctx context.Context, tx *postgres.Tx, by access.Actor, means voucher.Means, in GrantInput) (voucher.Voucher, Purse, error) {
	terms, anchor, spend, err := in.check(ctx, tx)
	if err != nil {
		return voucher.Voucher{}, Purse{}, err
	}
	give := voucher.GrantInput{Organiser: in.Organiser, Client: in.Client, Service: in.Service, Period: in.Period, Contact: in.Contact, Reasons: in.Reasons, Office: in.Office,
		Lines: []voucher.LineInput{{Content: anchor, Recurrence: voucher.Total, AmountCents: &in.Balance}}}
	offer, err := voucher.Calculate(ctx, tx, by, means, give)
	if err != nil {
		return voucher.Voucher{}, Purse{}, fault.On(err, "balance")
	}
	if offer.Service.OwnShareForbidden && terms.ClientAdds {
		return voucher.Voucher{}, Purse{}, errAdds
	}
	give.Reasons = strings.TrimSpace(in.Reasons + " " + Words(means.Texts, offer.Client.Language, terms, spend))
	v, err := voucher.Grant(ctx, tx, by, means, give)
	if err != nil {
		return voucher.Voucher{}, Purse{}, err
	}
	p := Purse{Voucher: v.ID, Line: v.Lines[0].ID, Person: v.Person, Client: v.Client, Terms: terms, Contents: spend, GrantedAt: tx.Now(), GrantedBy: by.Name}
	if err := p.store(ctx, tx, in.Organiser); err != nil {
		return voucher.Voucher{}, Purse{}, err
	}
	if err := p.move(ctx, tx, by, in.Organiser, "granted", in.Balance, v.Valid.From, ""); err != nil {
		return voucher.Voucher{}, Purse{}, err
	}
	return v, p, audit.Write(ctx, tx, by, ActGranted, v.Ref(), in)
}

// check finds the rulebook's terms, the content that the balance is a right to, and those that it may be spent on; all faults come at once.
func (in GrantInput) check(ctx context.Context, tx *postgres.Tx) (terms Terms, anchor int64, spend []Content, err error) {
	rules, choices, err := Offered(ctx, tx, in.Organiser, in.Service, in.Period.From)
	if err != nil {
		return terms, 0, nil, err
	}
	terms = TermsOf(rules)
	if in.Refill != "" {
		terms.Refill, terms.RefillCents = in.Refill, in.RefillCents
	}
	var faults fault.List
	if wrongRefill(terms.Refill, terms.RefillCents) {
		faults = append(faults, errRefill)
	}
	if in.Balance <= 0 || in.Balance > mostCents {
		faults = append(faults, errBalance)
	}
	for _, c := range choices {
		if len(in.Contents) == 0 || slices.Contains(in.Contents, c.ID) {
			spend = append(spend, c)
		}
	}
	if s, err := catalogue.ServiceAt(ctx, tx, in.Organiser, in.Service, in.Period.From); err == nil {
		for _, c := range s.ContentsOn(in.Period.From) {
			if c.Unit == catalogue.Euro && anchor == 0 {
				anchor = c.ID
			}
		}
	}
	if anchor == 0 {
		faults = append(faults, errNoEuro)
	}
	if len(spend) == 0 || len(in.Contents) > 0 && len(spend) != len(distinct(slices.Clone(in.Contents))) {
		faults = append(faults, errSpend)
	}
	return terms, anchor, spend, faults.Err()
}

// Offered gives the terms of a service's balances on the day, and what they may be spent on.
func Offered(ctx context.Context, tx *postgres.Tx, organiser int32, service int64, day calendar.Date) (rulebook.Purse, []Content, error) {
	choices, err := Spendable(ctx, tx, organiser, day)
	if err != nil {
		return rulebook.Purse{}, nil, err
	}
	book, err := rulebook.Current(ctx, tx, organiser, service, day)
	if fault.KindOf(err) == fault.NotFound { // whoever grants is told so by the grant
		return rulebook.Rules{}.PurseTerms(), choices, nil
	}
	if err != nil {
		return rulebook.Purse{}, nil, err
	}
	terms := book.Rules.PurseTerms()
	if len(terms.Contents) > 0 {
		choices = slices.DeleteFunc(choices, func(c Content) bool { return !slices.Contains(terms.Contents, c.ID) })
	}
	return terms, choices, nil
}

// Spendable lists what a balance may be spent on: every content of the organiser's voucher services on the day, in the order of the services.
func Spendable(ctx context.Context, tx *postgres.Tx, organiser int32, day calendar.Date) ([]Content, error) {
	services, err := catalogue.Services(ctx, tx, organiser, day)
	if err != nil {
		return nil, err
	}
	var out []Content
	for _, s := range services {
		if s.Mode != catalogue.Voucher {
			continue
		}
		for _, c := range s.Contents {
			if !c.Period.Contains(day) {
				continue
			}
			names := c.Names
			if s.Names != names {
				names = i18n.Names{Fi: s.Names.Fi + ": " + c.Names.Fi, Sv: s.Names.In("sv") + ": " + c.Names.In("sv"), En: s.Names.In("en") + ": " + c.Names.In("en")}
			}
			out = append(out, Content{ID: c.ID, Service: s.ID, Code: c.Code, Unit: string(c.Unit), Names: names})
		}
	}
	return out, nil
}

// Words say the terms in the client's language, for the letter and the pages.
func Words(texts *i18n.Catalogue, lang i18n.Lang, t Terms, contents []Content) string {
	names := make([]string, len(contents))
	for i, c := range contents {
		names[i] = c.Names.In(lang)
	}
	return texts.Text(lang, "purse.terms.contents", map[string]any{"list": strings.Join(names, ", ")}) + " " + Conditions(texts, lang, t)
}

// Conditions are the terms without the list of what the balance is for.
func Conditions(texts *i18n.Catalogue, lang i18n.Lang, t Terms) string {
	var out []string
	if t.Refill == Monthly {
		key := "purse.terms.monthly"
		if t.Carries() {
			key = "purse.terms.monthly.carries"
		}
		out = append(out, texts.Text(lang, key, map[string]any{"sum": t.RefillCents}))
	}
	if t.ClientAdds {
		out = append(out, texts.Text(lang, "purse.terms.client_adds", nil))
	} else {
		out = append(out, texts.Text(lang, "purse.terms.never_above", nil))
	}
	if t.WholeUnits {
		out = append(out, texts.Text(lang, "purse.terms.whole_units", nil))
	}
	left := "purse.terms.left"
	if t.LeftOver == rulebook.LeftReturns {
		left = "purse.terms.returns"
	}
	return strings.Join(append(out, texts.Text(lang, left, map[string]any{"n": t.GraceDays})), " ")
}

func (p Purse) store(ctx context.Context, tx *postgres.Tx, organiser int32) error {
	q := db.New(tx)
	err := q.PurseAdd(ctx, db.PurseAddParams{OrganiserID: organiser, VoucherID: p.Voucher, LineID: p.Line, PersonID: p.Person, ClientID: p.Client, Refill: string(p.Refill),
		RefillCents: p.RefillCents, Carries: p.Carries(), LeftOver: p.LeftOver, WholeUnits: p.WholeUnits, HoldDays: int32(p.HoldDays), GraceDays: int32(p.GraceDays), ClientAdds: p.ClientAdds, BalanceShown: p.BalanceShown,
		GrantedAt: p.GrantedAt, GrantedBy: p.GrantedBy})
	if err != nil {
		return fmt.Errorf("voucher %d: storing the terms of its balance: %w", p.Voucher, err)
	}
	add := db.PurseContentsAddParams{OrganiserID: organiser, VoucherID: p.Voucher}
	for _, c := range p.Contents {
		add.Contents, add.Services = append(add.Contents, c.ID), append(add.Services, c.Service)
	}
	if err := q.PurseContentsAdd(ctx, add); err != nil {
		return fmt.Errorf("voucher %d: storing what its balance may be spent on: %w", p.Voucher, err)
	}
	return nil
}

// move changes the right by a sum, with its fact. Less than what is held and used together is a defect that the database refuses.
func (p Purse) move(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, kind string, sum money.Cents, on calendar.Date, reason string) error {
	key := ledger.Key{Line: p.Line, Bucket: ledger.Whole}
	book, err := ledger.Lock(ctx, tx, organiser, []ledger.Key{key})
	if err != nil {
		return err
	}
	book.Grant(key, 0, book.Balance(key).LimitCents+sum)
	if err := book.Write(ctx, tx); err != nil {
		return err
	}
	q := db.New(tx)
	ids, err := q.Numbers(ctx, 1)
	if err != nil {
		return fmt.Errorf("numbering a move: %w", err)
	}
	err = q.MoveAdd(ctx, db.MoveAddParams{OrganiserID: organiser, MoveID: ids[0], VoucherID: p.Voucher, PersonID: p.Person, Kind: kind, AmountCents: sum, OnDate: on,
		Reason: reason, MovedAt: tx.Now(), MovedByAccount: by.Account, MovedBy: by.Name})
	if err != nil {
		return fmt.Errorf("voucher %d: noting that its balance was %s: %w", p.Voucher, kind, err)
	}
	return nil
}
