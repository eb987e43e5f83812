package demo

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"image/png"
	"strings"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/admission"
	"seteli/domain/catalogue"
	"seteli/domain/register"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// register takes a company into the register: the operator adds it, its signatory tells the rest.
func (b *Builder) register(ctx context.Context, c company) (Company, error) {
	out := Company{}
	id, err := BusinessID(b.nextID)
	if err != nil {
		return out, err
	}
	account, err := IBAN(b.nextIBAN)
	if err != nil {
		return out, err
	}
	b.nextID, b.nextIBAN = b.nextID+1, b.nextIBAN+1
	home := placeOf(c.units[0])
	people := c.people()
	accounts := make([]access.Account, len(people))
	for i, m := range people {
		if accounts[i], err = b.account(ctx, m.Subject, m.Name, m.Subject+"@"+c.key+".example", 0); err != nil {
			return out, err
		}
	}
	err = b.DB.National(ctx, func(tx *postgres.Tx) error {
		out.Units = nil // begun again after a collision
		p, err := register.Add(ctx, tx, b.operator, register.AddInput{BusinessID: id, Contact: register.Contact{Name: c.name, Email: "toimisto@" + c.key + ".example",
			Phone: "040 000 0000", Website: "https://" + c.key + ".example", AddressLine: street(b.draw("street "+c.key).IntN(40)+1, c.language),
			Postcode: home.postcode, City: home.names.In(c.language), Language: c.language}})
		if err != nil {
			return err
		}
		if err := b.users(ctx, tx, &out, p, accounts); err != nil {
			return err
		}
		out.Provider, err = register.SetBilling(ctx, tx, b.now(out.Signatory), register.BillingInput{Provider: p.ID, RowVersion: p.RowVersion,
			Level: register.ByCompany, IBAN: account, Holder: c.name})
		if err != nil {
			return err
		}
		for i, code := range c.units {
			u, err := register.AddUnit(ctx, tx, out.MainUser, register.AddUnitInput{Provider: p.ID, Profile: c.unit(i, code)})
			if err != nil {
				return err
			}
			out.Units = append(out.Units, u)
		}
		return nil
	})
	if err != nil {
		return out, fmt.Errorf("registering %s: %w", c.name, err)
	}
	return out, nil
}

func street(number int, lang i18n.Lang) string {
	if lang == "sv" {
		return fmt.Sprintf("%s %d", streetsSv[number%len(streetsSv)], number)
	}
	return fmt.Sprintf("%s %d", streetsFi[number%len(streetsFi)], number)
}

// users gives the company its people. The right to sign comes with the sign-in from the trade register; here the operator stands for it.
func (b *Builder) users(ctx context.Context, tx *postgres.Tx, out *Company, p register.Provider, accounts []access.Account) error {
	m, err := access.Grant(ctx, tx, b.operator, access.Mandate{Account: accounts[0].ID, Role: access.Signatory, Provider: p.ID})
	if err != nil {
		return err
	}
	ref := audit.Ref{Kind: "mandate", ID: m.ID, Label: accounts[0].Name}
	if err := audit.Write(ctx, tx, b.operator, register.UserAdded, ref, map[string]any{"role": m.Role, "provider": p.ID}); err != nil {
		return err
	}
	actor := func(a access.Account, m access.Mandate) access.Actor {
		return access.Actor{Account: a.ID, Name: a.Name, Mandate: m.ID, Role: m.Role, Provider: p.ID}
	}
	out.Signatory = actor(accounts[0], m)
	if m, err = register.AddUser(ctx, tx, out.Signatory, register.UserInput{Provider: p.ID, Account: accounts[1].ID, Role: access.ProviderMainUser}); err != nil {
		return err
	}
	out.MainUser = actor(accounts[1], m)
	if m, err = register.AddUser(ctx, tx, out.MainUser, register.UserInput{Provider: p.ID, Account: accounts[2].ID, Role: access.Recorder}); err != nil {
		return err
	}
	out.Recorder = actor(accounts[2], m)
	return nil
}

func (c company) unit(i int, code string) register.Profile {
	p := placeOf(code)
	name := c.name
	if len(c.units) > 1 {
		name = strings.TrimSuffix(strings.TrimSuffix(c.name, " Oy"), " Ab") + " " + p.names.In(c.language)
	}
	line, postcode := street(7*i+3, c.language), p.postcode
	if at := nurserySites[c.key]; at != nil {
		line, postcode = at[i].line, at[i].postcode
		name = cmp.Or(at[i].name, name)
	}
	areas := []string{code}
	for _, s := range c.services { // within reach: the municipalities of the organisers that it serves
		for _, h := range houses {
			if strings.HasPrefix(s, h.prefix+"/") && i == 0 {
				areas = h.serves
			}
		}
	}
	return register.Profile{Name: name, AddressLine: line, Postcode: postcode, City: p.names.In(c.language), Municipality: code,
		Phone: "040 000 0000", Email: "palvelu@" + c.key + ".example", Website: "https://" + c.key + ".example", Languages: c.speaks, Areas: areas,
		Descriptions: i18n.Names{Fi: "Paikallinen tuttu tiimi. Sovimme ensimmäisen käynnin viikon kuluessa.",
			Sv: "Ett lokalt och bekant team. Vi kommer överens om första besöket inom en vecka.",
			En: "A local team that you get to know. The first visit is agreed within a week."},
		Opening: "ma–pe 8–16", Active: true}
}

// Step is how far an application is taken.
type step int

const (
	toDraft step = iota
	toSignature
	toSent
	toHandling
	toCompleting
	toApproved
	toRejected
	toWithdrawn
)

// apply takes a company's application to one service as far as the step. Approval begins on the day of the clock.
func (b *Builder) apply(ctx context.Context, h House, c Company, o offer, level int, until step) error {
	err := b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		a, err := b.filled(ctx, tx, h, c, o, level)
		if err != nil || until == toDraft {
			return err
		}
		key := admission.Key{Organiser: a.Organiser, Application: a.ID, RowVersion: a.RowVersion}
		switch until {
		case toSignature:
			_, err = admission.RequestSignature(ctx, tx, c.MainUser, key)
			return err
		case toWithdrawn:
			_, err = admission.Withdraw(ctx, tx, c.MainUser, admission.WithdrawInput{Key: key, Reason: "Emme ehdi aloittaa tänä vuonna."})
			return err
		}
		if a, err = admission.Sign(ctx, tx, c.Signatory, key); err != nil || until == toSent {
			return err
		}
		key.RowVersion = a.RowVersion
		if a, err = admission.Take(ctx, tx, h.As(access.ApplicationHandler), key); err != nil {
			return err
		}
		key.RowVersion = a.RowVersion
		if key, err = judge(ctx, tx, h, key, until); err != nil || until == toHandling {
			return err
		}
		return b.decide(ctx, tx, h, key, until)
	})
	if err != nil {
		return fmt.Errorf("application of %s to %s: %w", c.Provider.Name, o.code, err)
	}
	return nil
}

func (b *Builder) decide(ctx context.Context, tx *postgres.Tx, h House, key admission.Key, until step) error {
	if until == toCompleting {
		_, err := admission.AskMore(ctx, tx, h.As(access.ApplicationHandler), admission.AskInput{Key: key, Parts: []admission.Part{admission.PartPrices},
			By: tx.Today() + 21, Note: "Tarkista iltahinta: se on sama kuin arkipäivän hinta."})
		return err
	}
	in := admission.DecideInput{Key: key, Approve: until == toApproved, Office: "palvelupäällikkö", ValidFrom: tx.Today(), ValidTo: calendar.Forever, Texts: b.Texts,
		Reasons: "Hakija täyttää sääntökirjan vaatimukset, ja hinnat ovat sääntökirjan mukaiset."}
	if until == toRejected {
		in.Reasons = "Hakijalla ei ole palveluun vaadittavaa rekisteröintiä. Uuden hakemuksen voi jättää, kun rekisteröinti on tehty."
	}
	_, _, err := admission.Decide(ctx, tx, h.As(access.DecisionMaker), in)
	return err
}

// filled starts an application and fills every part of it.
func (b *Builder) filled(ctx context.Context, tx *postgres.Tx, h House, c Company, o offer, level int) (admission.Application, error) {
	s := h.Services[o.code]
	by := c.MainUser
	a, err := admission.Start(ctx, tx, by, admission.StartInput{Organiser: h.Organiser.ID, Provider: c.Provider.ID, Service: s.ID})
	if err != nil {
		return a, err
	}
	key := func() admission.Key {
		return admission.Key{Organiser: a.Organiser, Application: a.ID, RowVersion: a.RowVersion}
	}
	book, err := rulebook.Current(ctx, tx, h.Organiser.ID, s.ID, tx.Today())
	if err != nil {
		return a, err
	}
	if a, err = admission.AcceptRulebook(ctx, tx, by, admission.AcceptInput{Key: key(), Rulebook: book.ID}); err != nil {
		return a, err
	}
	if a, err = confirm(ctx, tx, by, a, book); err != nil {
		return a, err
	}
	var units []int64
	for _, u := range c.Units {
		units = append(units, u.ID)
	}
	if a, err = admission.ChooseUnits(ctx, tx, by, admission.UnitsInput{Key: key(), Units: units}); err != nil {
		return a, err
	}
	billing := admission.BillingInput{Key: key(), Level: register.ByCompany}
	if o.mode == catalogue.Purchased {
		billing.ContractNumber = fmt.Sprintf("%s-PUITE-2026-%d", h.Organiser.Prefix, c.Provider.ID)
	}
	if a, err = admission.SetBilling(ctx, tx, by, billing); err != nil {
		return a, err
	}
	if a, err = admission.SetPrices(ctx, tx, by, admission.PricesInput{Key: key(), Prices: prices(s, o, c, level, tx.Today()), Models: b.Models}); err != nil {
		return a, err
	}
	if !o.attachment {
		return a, nil
	}
	return a, b.attach(ctx, tx, by, &a)
}

// attach gives the asked certificate: a picture of one dot.
func (b *Builder) attach(ctx context.Context, tx *postgres.Tx, by access.Actor, a *admission.Application) error {
	slots, err := catalogue.Slots(ctx, tx, a.Organiser, a.Service)
	if err != nil {
		return err
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		return fmt.Errorf("drawing a certificate: %w", err)
	}
	for _, s := range slots {
		_, err := admission.AddAttachment(ctx, tx, by, admission.AttachmentInput{Key: admission.Key{Organiser: a.Organiser, Application: a.ID, RowVersion: a.RowVersion},
			Slot: s.ID, Name: "vastuuvakuutus.png", Data: picture.Bytes(), ExpiresOn: new(tx.Today() + 365), Keys: b.Keys})
		if err != nil {
			return err
		}
		a.RowVersion++ // an attachment is a change of the application
	}
	return nil
}

// prices are the company's prices: its level in percent of the value, in whole tens of cents, never above what the law allows.
func prices(s catalogue.Service, o offer, c Company, level int, from calendar.Date) []admission.PriceLine {
	var list []admission.PriceLine
	for _, u := range c.Units {
		for _, content := range s.Contents {
			value := o.rate(content.Code).value
			price := (value*money.Cents(level)/100 + 5) / 10 * 10
			if o.free {
				price = min(price, value)
			}
			list = append(list, admission.PriceLine{Unit: u.ID, Content: content.ID, Price: price, From: from, VATCode: "exempt"})
		}
	}
	return list
}
