package guidance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/daycare/store"
	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Early education that a municipality arranges itself or buys stands on the act on early education; a place by voucher on the act on
// vouchers of the day of the decision.
const (
	educationAct     = "540/2018"
	educationSection = "5 §" // the municipality arranges early education as the need is
)

// about is what the decision on the place is about, as far as the power to decide needs it.
func (p Proposal) about(ctx context.Context, tx *postgres.Tx) (decision.Draft, error) {
	d := decision.Draft{Kind: decision.Place, Outcome: decision.Granted, LegalAct: educationAct, LegalSection: educationSection}
	if p.Way != ByVoucher {
		return d, nil
	}
	rules, err := store.RulesOn(ctx, tx, p.Organiser, p.Start)
	d.Service, d.Field = &rules.Service, decision.EarlyEducation
	return d, err
}

// decide makes the decision on the place of an accepted offer, in the name of who offered it and by the power that they had then: the
// program carries out what a person decided. It gives the number of the decision.
func (a Application) decide(ctx context.Context, tx *postgres.Tx, texts *i18n.Catalogue, p Proposal, answered, left string) (*int64, error) {
	org, err := organiser.Get(ctx, tx, a.Organiser)
	if err != nil {
		return nil, err
	}
	draft, err := p.about(ctx, tx)
	if err != nil {
		return nil, err
	}
	l := letter{a: a, p: p, answered: answered, left: left, made: tx.Today(), texts: texts}
	if err := l.load(ctx, tx); err != nil {
		return nil, err
	}
	by := access.Actor{Account: p.account, Name: p.OfferedBy, Role: access.SystemRole, Organiser: a.Organiser}
	made, err := decision.Make(ctx, tx, by, org, l.draft(draft))
	if err != nil {
		return nil, fmt.Errorf("deciding on the place of proposal %d: %w", p.ID, err)
	}
	return &made.ID, nil
}

// letter is the decision on a place in the making, in the language of who applied.
type letter struct {
	a              Application
	p              Proposal
	answered, left string // who took the offer; the unit of the place that ends
	made           calendar.Date
	texts          *i18n.Catalogue
	lang           i18n.Lang
	rules          store.Rules
	service        catalogue.Service
	law            decision.Law // on vouchers
	unit           Unit
	recipient      []string
}

// load reads what the letter tells. With one guardian it has the address for the envelope; with two it names both and no address, because
// both read it and neither is told where the other lives. A guardian from whom a safety ban hides the place is not named.
func (l *letter) load(ctx context.Context, tx *postgres.Tx) (err error) {
	if l.rules, err = store.RulesOn(ctx, tx, l.a.Organiser, l.p.Start); err != nil {
		return err
	}
	if l.service, err = catalogue.ServiceAt(ctx, tx, l.a.Organiser, l.rules.Service, max(l.p.Start, l.rules.ValidFrom)); err != nil {
		return err
	}
	if l.law, err = decision.Basis(decision.EarlyEducation, l.made); err != nil {
		return err
	}
	units, err := Units(ctx, tx, l.a.Organiser)
	if err != nil {
		return err
	}
	for _, u := range units {
		if u.ID == l.p.Unit {
			l.unit = u
		}
	}
	applicant, err := client.Load(ctx, tx, l.a.Organiser, l.a.Applicant)
	if err != nil {
		return err
	}
	if l.lang = applicant.Language; l.lang == "" {
		l.lang = i18n.FI
	}
	l.recipient = []string{applicant.Name()}
	for _, g := range l.a.Guardians {
		if g.Adult != l.a.Applicant && !l.a.Veiled(g.Person) {
			l.recipient = append(l.recipient, g.Name)
		}
	}
	if len(l.recipient) == 1 {
		l.recipient = append(l.recipient, applicant.Address()...)
	}
	return nil
}

func (l letter) say(key string, args ...any) string {
	named := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		named[args[i].(string)] = args[i+1]
	}
	return l.texts.Text(l.lang, "guidance.letter."+key, named)
}

func (l letter) plain(key string, args ...any) document.Paragraph {
	return document.Plain(l.say(key, args...))
}

// draft adds the letter to what is decided.
func (l letter) draft(d decision.Draft) decision.Draft {
	if d.Field != "" {
		d.LegalAct, d.LegalSection = l.law.Act, l.service.LegalSection
	}
	name := l.service.Names.In(l.lang)
	d.Language, d.Texts, d.Recipient, d.SenderUnit = l.lang, l.texts, l.recipient, l.service.Area.In(l.lang)
	d.Client, d.Person, d.SubjectKind, d.SubjectID, d.Power = &l.a.Of.Child, &l.a.Person, l.p.Ref().Kind, l.p.ID, l.p.power
	if d.MadeByTitle = l.p.Office; d.MadeByTitle == "" {
		d.MadeByTitle = l.say("office") // offered before the office was asked for
	}
	if d.Reasons = l.p.Reasons; d.Reasons == "" {
		d.Reasons = l.reasons()
	}
	d.Title = l.say("title." + string(l.p.Way))
	d.Fields = map[string]any{"service": name, "unit": l.p.UnitName, "first_day": l.p.Start}
	d.Blocks = func(string) []document.Block { return l.blocks(d) }
	return d
}

// reasons are the usual ones: what was asked for, what the unit said and that the family took the place.
func (l letter) reasons() string {
	s := l.say("reasons", "child", l.a.Child, "sent", dayOf(l.a.SentAt, l.made))
	if l.a.Urgent {
		s += " " + l.say("reasons.urgent")
	}
	return s + " " + l.say("reasons.confirmed", "unit", l.p.UnitName, "day", dayOf(l.p.UnitAt, l.made)) + " " + l.say("reasons.taken", "who", l.answered, "day", l.made)
}

func (l letter) blocks(d decision.Draft) []document.Block {
	brief := document.Summary{Paragraphs: []document.Paragraph{l.plain("brief", "child", l.a.Child, "unit", l.p.UnitName, "day", l.p.Start), l.plain("brief." + string(l.p.Way))}}
	if l.left != "" {
		brief.Paragraphs = append(brief.Paragraphs, l.plain("brief.left", "unit", l.left, "day", l.p.Start-1))
	}
	law := decision.Provision(l.texts, l.lang, d.LegalAct, d.LegalSection)
	if d.Field == "" {
		law = l.say("provision.education", "section", d.LegalSection)
	}
	provisions := document.Provisions{Items: []document.Paragraph{document.Plain(law)}}
	if d.Field != "" {
		provisions.Items = append(provisions.Items, l.plain("provision.education", "section", educationSection))
	}
	return []document.Block{brief, document.Heading{Level: 2, Text: l.say("decision")}, l.facts(),
		document.Heading{Level: 2, Text: l.say("reasons.title")}, document.Plain(d.Reasons),
		document.Heading{Level: 2, Text: l.say("conditions")}, l.conditions(),
		provisions}
}

// facts are the place in a table.
func (l letter) facts() document.Table {
	t := document.Table{Caption: l.say("facts"), Columns: []document.Column{{Title: l.say("facts.what")}, {Title: l.say("facts.how")}}}
	row := func(key, value string) {
		if value != "" {
			t.Rows = append(t.Rows, document.Row{Cells: document.Cells(l.say(key), value)})
		}
	}
	row("child", l.a.Child+", "+i18n.Date(l.lang, l.a.BirthDate))
	row("unit", strings.Join(filled(l.p.UnitName, l.unit.Address, l.unit.City), ", "))
	if l.p.Way != Own {
		row("company", l.unit.Company)
	}
	row("way", l.say("way."+string(l.p.Way)))
	row("from", l.say("from.value", "day", l.p.Start))
	for _, o := range l.rules.Profile.Options {
		if o.Code == l.a.Option {
			row("need", o.Names.In(l.lang)+", "+l.say("hours", "hours", l.a.Hours))
		}
	}
	return t
}

func (l letter) conditions() document.List {
	items := []document.Paragraph{l.plain("condition.fee." + string(l.p.Way))}
	if l.p.Way == ByVoucher {
		items = append(items, l.plain("condition.contract"))
	}
	items = append(items, l.plain("condition.change"))
	if n := l.rules.Profile.NoticeMonths; n > 0 {
		items = append(items, l.plain("condition.notice", "n", n))
	}
	return document.List{Items: items}
}

// filled are the texts that say something.
func filled(parts ...string) (list []string) {
	for _, s := range parts {
		if s != "" {
			list = append(list, s)
		}
	}
	return list
}

// dayOf is the day of a moment in Finland; of one that was not noted, the other day.
func dayOf(t *time.Time, otherwise calendar.Date) calendar.Date {
	if t == nil {
		return otherwise
	}
	return calendar.DateOf(t.In(calendar.Helsinki))
}

// Letter reads the decision on a place as it was sent, for whoever has read the application; a guardian from whom the place is hidden
// does not (GUI-001). The reading is logged.
func Letter(ctx context.Context, tx *postgres.Tx, by access.Actor, a Application, proposal int64) (decision.Stored, error) {
	i := slices.IndexFunc(a.Proposals, func(p Proposal) bool { return p.ID == proposal && p.Decision != nil })
	if i < 0 || by.Role.Side() == access.PersonSide && a.Veiled(by.Person) {
		return decision.Stored{}, errUnknown
	}
	as := program(by, a.Organiser) // that the application is of the reader's own child has been checked
	file, err := decision.Open(ctx, tx, as, a.Organiser, *a.Proposals[i].Decision)
	if err != nil {
		return decision.Stored{}, err
	}
	return decision.Document(ctx, tx, as, a.Organiser, file.Document)
}
