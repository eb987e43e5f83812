package demo

import (
	"context"
	"fmt"
	"strings"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/organiser"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Found makes an organiser with its municipalities, staff, services and published rulebooks, valid from the first day of since.
func (b *Builder) found(ctx context.Context, h house, list []offer, since calendar.Date) (House, error) {
	out := House{Staff: map[access.Role]access.Actor{}, Services: map[string]catalogue.Service{}, Teams: map[string]int64{}}
	if err := b.organise(ctx, h, &out); err != nil {
		return House{}, fmt.Errorf("founding %s: %w", h.prefix, err)
	}
	if err := b.staff(ctx, h, &out); err != nil {
		return House{}, fmt.Errorf("staffing %s: %w", h.prefix, err)
	}
	err := b.In(ctx, out.Organiser.ID, func(tx *postgres.Tx) error {
		if err := publish(ctx, tx, &out, list, since); err != nil {
			return err
		}
		return b.rules(ctx, tx, &out, list, since)
	})
	if err != nil {
		return House{}, fmt.Errorf("opening the services of %s: %w", h.prefix, err)
	}
	return out, nil
}

func (b *Builder) organise(ctx context.Context, h house, out *House) error {
	id, err := BusinessID(b.nextID)
	if err != nil {
		return err
	}
	account, err := IBAN(b.nextIBAN)
	if err != nil {
		return err
	}
	b.nextID, b.nextIBAN = b.nextID+1, b.nextIBAN+1
	seat := placeOf(h.seat)
	return b.DB.National(ctx, func(tx *postgres.Tx) error {
		o, err := organiser.Found(ctx, tx, b.operator, organiser.FoundInput{Prefix: h.prefix, Kind: h.kind, BusinessID: id.String(), Demo: true,
			Settings: organiser.Settings{Names: h.names, Email: "palvelusetelit@" + h.domain, Phone: "020 000 0000", AddressLine: "Virastokuja 1",
				Postcode: seat.postcode, City: seat.names.Fi, RegistryEmail: "kirjaamo@" + h.domain, RectificationBody: h.body, Rhythm: "monthly",
				SettlementDay: 5, PaymentTermDays: 14, PayerName: h.names.Fi, PayerIBAN: account.String()}})
		if err != nil {
			return err
		}
		out.Organiser = o
		for _, m := range h.serves {
			if err := organiser.Serve(ctx, tx, b.operator, o.ID, m, calendar.Period{From: h.since, To: calendar.Forever}); err != nil {
				return err
			}
		}
		return nil
	})
}

// staff makes the organiser's people: the operator names the two main users, a main user the rest.
func (b *Builder) staff(ctx context.Context, h house, out *House) error {
	for i, m := range members(h.prefix) {
		a, err := b.account(ctx, m.Subject, m.Name, strings.ReplaceAll(m.Subject, " ", ".")+"@"+h.domain, 0)
		if err != nil {
			return err
		}
		by := b.operator
		if i >= 2 {
			by = out.Staff[access.MainUser]
		}
		err = b.In(ctx, out.Organiser.ID, func(tx *postgres.Tx) error {
			s, err := organiser.AddStaff(ctx, tx, by, organiser.StaffInput{Organiser: out.Organiser.ID, Account: a.ID, Role: m.Role,
				Valid: calendar.Period{From: tx.Today() - 1, To: calendar.Forever}})
			actor := access.Actor{Account: a.ID, Name: a.Name, Mandate: s.ID, Role: m.Role, Organiser: out.Organiser.ID}
			if i == 1 {
				out.Second = actor
				return err
			}
			out.Staff[m.Role] = actor
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return nil
}

// publish adds classes, areas, teams and the services' first versions, as the first main user.
func publish(ctx context.Context, tx *postgres.Tx, out *House, list []offer, since calendar.Date) error {
	by, org := out.As(access.MainUser), out.Organiser.ID
	classes, areas := map[string]int64{}, map[string]int64{}
	for i, o := range list {
		if classes[o.class.Fi] == 0 {
			c, err := catalogue.AddClass(ctx, tx, by, catalogue.Class{Organiser: org, Names: o.class, Position: i})
			if err != nil {
				return err
			}
			classes[o.class.Fi] = c.ID
		}
		if areas[o.area.Fi] == 0 {
			a, err := catalogue.AddArea(ctx, tx, by, catalogue.Area{Organiser: org, Class: classes[o.class.Fi], Names: o.area, Position: i})
			if err != nil {
				return err
			}
			team, err := organiser.AddTeam(ctx, tx, by, organiser.TeamInput{Organiser: org, Name: o.area.Fi})
			if err != nil {
				return err
			}
			areas[o.area.Fi], out.Teams[o.area.Fi] = a.ID, team.ID
		}
		s, err := catalogue.AddService(ctx, tx, by, o.version(org, areas[o.area.Fi], since, out.Organiser.Email))
		if err != nil {
			return fmt.Errorf("service %s: %w", o.code, err)
		}
		if err := catalogue.SetTeams(ctx, tx, by, org, s.ID, []int64{out.Teams[o.area.Fi]}); err != nil {
			return err
		}
		if o.attachment {
			slot := catalogue.Slot{Organiser: org, Service: s.ID, Level: "company", Required: true, Expires: true,
				Names: i18n.Names{Fi: "Vastuuvakuutustodistus", Sv: "Intyg över ansvarsförsäkring", En: "Certificate of liability insurance"}}
			if _, err := catalogue.AddSlot(ctx, tx, by, slot); err != nil {
				return err
			}
		}
		out.Services[o.code] = s
	}
	return nil
}

func (o offer) version(org int32, area int64, since calendar.Date, email string) catalogue.VersionInput {
	in := catalogue.VersionInput{Organiser: org, Code: o.code, AreaID: area, ValidFrom: since, Names: o.names, Descriptions: o.descriptions, Mode: o.mode,
		Open: !o.closed, OwnShareForbidden: o.free, LegalAct: o.act, LegalSection: o.section, AccountCode: "4340", CostCentre: "1200", NoticeEmail: email}
	for i, r := range o.rates {
		c := catalogue.ContentInput{Code: r.code, Unit: r.unit, Names: r.names, Description: r.source, Position: i + 1}
		if r.unit == catalogue.Hour {
			c.MaxDay = new(money.Units(12))
		}
		in.Contents = append(in.Contents, c)
	}
	return in
}

// rules drafts each service's rulebook as the first main user and publishes it as the second.
func (b *Builder) rules(ctx context.Context, tx *postgres.Tx, out *House, list []offer, since calendar.Date) error {
	for _, o := range list {
		s := out.Services[o.code]
		r := rulebook.Default()
		r.OverrunAllowed = o.overrun
		r.PriceNoticeDays = 14
		r.Criteria = o.criteria
		if o.code == "KOTIHOITO" || o.code == "HENKAPU" { // elsewhere what is above the right is cut to the remainder
			r.Tolerance = rulebook.Tolerance{Percent: 10 * rulebook.PerCent, Step: money.Units(1), AutoApprove: false}
		}
		if o.mode == catalogue.Voucher || o.mode == catalogue.Licence {
			var values []rulebook.FlatValue
			for _, c := range s.Contents {
				values = append(values, rulebook.FlatValue{Content: c.ID, Value: o.rate(c.Code).value})
			}
			r.Value = rulebook.Flat(values)
			if o.valued != nil {
				var err error
				if r.Value, err = o.valued.rule(s); err != nil {
					return err
				}
				if err := o.valued.beside(&r); err != nil {
					return err
				}
			}
		}
		draft, err := rulebook.Draft(ctx, tx, out.As(access.MainUser), b.Models, rulebook.DraftInput{Organiser: out.Organiser.ID, Service: s.ID,
			ValidFrom: since, Texts: rulebookText(o), Rules: r})
		if err != nil {
			return fmt.Errorf("rulebook of %s: %w", o.code, err)
		}
		if _, err := rulebook.Publish(ctx, tx, out.Second, b.Models, rulebook.PublishInput{Organiser: out.Organiser.ID, ID: draft.ID, RowVersion: draft.RowVersion}); err != nil {
			return fmt.Errorf("publishing the rulebook of %s: %w", o.code, err)
		}
	}
	return nil
}

func (o offer) rate(code string) rate {
	for _, r := range o.rates {
		if r.code == code {
			return r
		}
	}
	return rate{}
}

// unitOf is the unit of the service's first content; "" when it has none.
func (o offer) unitOf() catalogue.Unit {
	if len(o.rates) == 0 {
		return ""
	}
	return o.rates[0].unit
}

// rulebookText is what providers of the demo accept: short, and told to be an example.
func rulebookText(o offer) i18n.Names {
	return i18n.Names{
		Fi: "Sääntökirjan esimerkki: " + o.names.Fi + ".\n\nPalveluntuottaja antaa palvelun asiakkaan päätöksen mukaisesti ja sillä hinnalla, jonka järjestäjä on hyväksynyt.\n\n" +
			"Tapahtumat kirjataan viimeistään kuukauden kuluessa. Kirjaus perustuu toteutuneeseen palveluun, ja asiakastiedot pidetään salassa.\n\n" +
			"Hinnan muutoksesta ilmoitetaan vähintään 14 päivää ennen. Toiminnan päättymisestä ilmoitetaan heti järjestäjälle ja asiakkaille.",
		Sv: "Exempel på regelbok: " + o.names.Sv + ".\n\nTjänsteproducenten ger tjänsten enligt klientens beslut och till det pris som ordnaren har godkänt.\n\n" +
			"Händelserna registreras senast inom en månad. Registreringen gäller utförd tjänst, och klientuppgifterna hålls hemliga.\n\n" +
			"En prisändring meddelas minst 14 dagar i förväg. Att verksamheten upphör meddelas genast till ordnaren och klienterna.",
		En: "Example of a rulebook: " + o.names.En + ".\n\nThe provider gives the service as the client's decision says and at the price that the organiser has approved.\n\n" +
			"Deliveries are recorded within a month. A record is about service that was given, and client data is kept secret.\n\n" +
			"A change of price is told at least 14 days before. The end of providing is told at once to the organiser and the clients.",
	}
}
