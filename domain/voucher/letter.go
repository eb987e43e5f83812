package voucher

import (
	"context"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/decision"
	"seteli/domain/rulebook"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// writer says texts of one letter in one language.
type writer struct {
	texts *i18n.Catalogue
	lang  i18n.Lang
}

func (w writer) say(key string, args ...any) string {
	named := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		named[args[i].(string)] = args[i+1]
	}
	return w.texts.Text(w.lang, key, named)
}

func (w writer) plain(key string, args ...any) document.Paragraph {
	return document.Plain(w.say(key, args...))
}

func (w writer) items(keys ...string) document.List {
	var l document.List
	for _, k := range keys {
		l.Items = append(l.Items, w.plain(k))
	}
	return l
}

// AmountText says an amount with its recurrence: "20 tuntia kuukaudessa", "300,00 € koko voimassaoloaikana".
func AmountText(texts *i18n.Catalogue, lang i18n.Lang, l Line, unit catalogue.Unit) string {
	w := writer{texts, lang}
	amount := ""
	switch {
	case l.Amount != nil:
		amount = i18n.QuantityInWords(lang, *l.Amount, string(unit))
	case l.AmountCents != nil:
		amount = i18n.Cents(lang, *l.AmountCents)
	}
	text := w.say("voucher.amount."+string(l.Recurrence), "amount", amount)
	if l.Total != nil {
		text = w.say("voucher.amount.capped", "amount", text, "total", i18n.QuantityInWords(lang, *l.Total, string(unit)))
	}
	return text
}

// ValueText says a value with its unit: "34,00 € / tunti".
func ValueText(texts *i18n.Catalogue, lang i18n.Lang, c money.Cents, unit catalogue.Unit) string {
	return i18n.Cents(lang, c) + " / " + texts.Text(lang, "unit."+string(unit)+".one", nil)
}

// linesTable lists contents with amounts and values.
func (w writer) linesTable(v Voucher, s catalogue.Service, day calendar.Date) document.Table {
	t := document.Table{Caption: w.say("voucher.letter.lines"), Columns: []document.Column{
		{Title: w.say("voucher.letter.content")}, {Title: w.say("voucher.letter.amount")}, {Title: w.say("voucher.letter.value"), Numeric: true}}}
	for _, l := range v.Lines {
		c, _ := s.Content(l.Content)
		value, _ := l.ValueOn(day)
		t.Rows = append(t.Rows, document.Row{Cells: document.Cells(c.Names.In(w.lang), AmountText(w.texts, w.lang, l, c.Unit),
			ValueText(w.texts, w.lang, value.Cents, c.Unit))})
	}
	return t
}

// recipient is the window of the envelope. Under a safety ban the name alone: the organiser sends by its own procedure.
func recipient(c client.Client) []string { return append([]string{c.Name()}, c.Address()...) }

// summary is "Lyhyesti": at most five short sentences with amount, date and what to do first.
func (o Offer) summary(w writer, v Voucher) document.Summary {
	name := o.Service.Names.In(w.lang)
	key := "voucher.letter.brief"
	if o.Input.Ordered != nil {
		key = "voucher.letter.brief.order"
	}
	s := document.Summary{Paragraphs: []document.Paragraph{w.plain(key, "service", name)}}
	l := v.Lines[0]
	c, _ := o.Service.Content(l.Content)
	s.Paragraphs = append(s.Paragraphs, w.plain("voucher.letter.brief.amount", "amount", AmountText(w.texts, w.lang, l, c.Unit)))
	if o.Input.Ordered == nil {
		s.Paragraphs = append(s.Paragraphs, w.plain("voucher.letter.brief.value", "value", ValueText(w.texts, w.lang, l.Values[0].Cents, c.Unit)))
	}
	s.Paragraphs = append(s.Paragraphs, w.plain("voucher.letter.brief.valid", "period", v.Valid))
	if o.Input.Ordered == nil {
		s.Paragraphs = append(s.Paragraphs, w.plain("voucher.letter.brief.next"))
	}
	return s
}

// decision drafts the decision of the grant in the client's language.
func (o Offer) decision(texts *i18n.Catalogue, v Voucher, kind decision.Kind) decision.Draft {
	w := writer{texts, o.Client.Language}
	name := o.Service.Names.In(w.lang)
	title := "voucher.letter.title"
	if kind == decision.Purchase {
		title = "voucher.letter.title.order"
	}
	return decision.Draft{Kind: kind, Outcome: decision.Granted, LegalAct: o.Service.LegalAct, LegalSection: o.Service.LegalSection,
		Language: w.lang, Reasons: o.Input.Reasons, MadeByTitle: o.Input.Office, Client: &v.Client, Person: &v.Person,
		SubjectKind: "voucher", SubjectID: v.ID, SenderUnit: o.Service.Area.In(w.lang), Recipient: recipient(o.Client),
		Service: &o.Service.ID, Amount: new(o.MaxCost()), HandedOver: o.Input.HandedOver,
		Title: w.say(title, "service", name), Texts: texts, Fields: o.fields(w, v),
		Blocks: func(string) []document.Block { return o.blocks(w, v) }}
}

// fields are what the organiser's own texts of the letter may name.
func (o Offer) fields(w writer, v Voucher) map[string]any {
	l := v.Lines[0]
	c, _ := o.Service.Content(l.Content)
	return map[string]any{"service": o.Service.Names.In(w.lang), "voucher": v.Number, "period": v.Valid, "amount": AmountText(w.texts, w.lang, l, c.Unit),
		"value": ValueText(w.texts, w.lang, l.Values[0].Cents, c.Unit)}
}

func (o Offer) blocks(w writer, v Voucher) []document.Block {
	blocks := []document.Block{o.summary(w, v),
		document.Heading{Level: 2, Text: w.say("voucher.letter.decision")},
		w.plain("voucher.letter.number", "number", v.Number, "period", v.Valid),
		w.linesTable(v, o.Service, v.Valid.From)}
	if o.Input.Ordered == nil {
		blocks = append(blocks, document.Heading{Level: 2, Text: w.say("voucher.letter.why")})
		for _, l := range v.Lines {
			c, _ := o.Service.Content(l.Content)
			blocks = append(blocks, l.Values[0].Explanation.Trace(w.texts, w.lang, w.say("voucher.letter.why.content", "content", c.Names.In(w.lang))))
		}
		if v.OwnShareForbidden {
			blocks = append(blocks, w.plain("voucher.letter.free"))
		} else {
			blocks = append(blocks, w.plain("voucher.letter.own_share"))
		}
	}
	blocks = append(blocks, document.Heading{Level: 2, Text: w.say("voucher.letter.reasons")}, document.Plain(o.Input.Reasons),
		document.Heading{Level: 2, Text: w.say("voucher.letter.conditions")})
	if o.Input.Ordered == nil {
		blocks = append(blocks, w.items("voucher.letter.condition.refuse", "voucher.letter.condition.choose", "voucher.letter.condition.contract",
			"voucher.letter.condition.personal", "voucher.letter.condition.change"))
	} else {
		blocks = append(blocks, w.items("voucher.letter.condition.ordered", "voucher.letter.condition.change"))
	}
	provisions := w.provisions(o.Service, calendar.DateOf(v.GrantedAt.In(calendar.Helsinki)), o.Input.Ordered == nil)
	return append(blocks, document.Provisions{Items: provisions}, document.Heading{Level: 2, Text: w.say("voucher.letter.advice")}, document.Plain(v.Contact))
}

// provisions are those of a voucher that is granted. The sections of the act on vouchers stand in one line, the service's own among them; a
// voucher of early education has its own act, which the service names.
func (w writer) provisions(s catalogue.Service, made calendar.Date, voucher bool) []document.Paragraph {
	act := decision.ActOn(s.LegalAct, made)
	general := voucher && act != decision.EducationVoucherAct
	var list []document.Paragraph
	if !general || act != decision.VoucherAct || !slices.Contains([]string{"3 §", "6 §", "7 §", "9 §"}, s.LegalSection) {
		list = append(list, w.provision(s, made))
	}
	if general {
		list = append(list, w.plain("voucher.letter.provision.voucher"))
	}
	return append(list, w.plain("voucher.letter.provision.reasons"))
}

// provision names the service's act and section as they are on the day of the decision.
func (w writer) provision(s catalogue.Service, made calendar.Date) document.Paragraph {
	return document.Plain(decision.Provision(w.texts, w.lang, decision.ActOn(s.LegalAct, made), s.LegalSection))
}

// endLetter drafts the decision that ends or annuls a voucher against the client's wish.
func endLetter(ctx context.Context, tx *postgres.Tx, texts *i18n.Catalogue, v Voucher, c client.Client, outcome decision.Outcome, reason string) (decision.Draft, error) {
	service, err := catalogue.ServiceAt(ctx, tx, v.Organiser, v.Service, v.Valid.From)
	if err != nil {
		return decision.Draft{}, err
	}
	w := writer{texts, c.Language}
	name := service.Names.In(w.lang)
	key := "voucher.letter." + string(outcome)
	return decision.Draft{Kind: decision.VoucherEnd, Outcome: outcome, LegalAct: service.LegalAct, LegalSection: service.LegalSection,
		Language: w.lang, Reasons: reason, Client: &v.Client, Person: &v.Person, SubjectKind: "voucher", SubjectID: v.ID,
		SenderUnit: service.Area.In(w.lang), Recipient: recipient(c), Title: w.say(key+".title", "service", name), Texts: texts, Replaces: v.Decision,
		Service: &v.Service, Fields: map[string]any{"service": name, "voucher": v.Number, "last_day": *v.ClosedFrom - 1},
		Blocks: func(string) []document.Block {
			return []document.Block{
				document.Summary{Paragraphs: []document.Paragraph{
					w.plain(key+".brief", "service", name, "number", v.Number, "day", *v.ClosedFrom), w.plain("voucher.letter.end.next", "contact", v.Contact)}},
				document.Heading{Level: 2, Text: w.say("voucher.letter.decision")},
				w.plain(key+".text", "number", v.Number, "day", *v.ClosedFrom),
				document.Heading{Level: 2, Text: w.say("voucher.letter.reasons")}, document.Plain(reason),
				document.Provisions{Items: []document.Paragraph{w.provision(service, tx.Today()), w.plain("voucher.letter.provision.reasons")}},
			}
		}}, nil
}

// Paper is the printable voucher: what the client hands to the chosen provider. It is made anew at each printing with today's date;
// the decision is the stored snapshot.
func Paper(texts *i18n.Catalogue, lang i18n.Lang, v Voucher, c client.Client, s catalogue.Service, sender string, day calendar.Date) document.Letter {
	w := writer{texts, lang}
	shown := max(day, v.Valid.From)
	blocks := []document.Block{
		document.Summary{Paragraphs: []document.Paragraph{
			{Runs: []document.Run{{Text: w.say("voucher.paper.number") + " "}, {Text: v.Number.Print(), Bold: true}}},
			{Runs: []document.Run{{Text: w.say("voucher.paper.valid") + " "}, {Text: i18n.Period(lang, v.Usable()), Bold: true}}}}},
		w.linesTable(v, s, shown),
		document.Heading{Level: 2, Text: w.say("voucher.paper.how")},
		document.List{Numbered: true, Items: []document.Paragraph{w.plain("voucher.paper.how.choose"), w.plain("voucher.paper.how.give"),
			w.plain("voucher.paper.how.agree"), w.plain("voucher.paper.how.follow")}},
		document.Heading{Level: 2, Text: w.say("voucher.letter.advice")}, document.Plain(v.Contact)}
	if v.OwnShareForbidden {
		blocks = append(blocks, w.plain("voucher.letter.free"))
	}
	return document.Letter{Lang: lang, Title: w.say("voucher.paper.title", "service", s.Names.In(lang)), Sender: sender, SenderUnit: s.Area.In(lang),
		Recipient: recipient(c), Date: day, Number: v.Number.Print(), Blocks: blocks}
}

// estimateMonth is how many units of a line fall in a whole month, by the rulebook's conversions; 0 when it cannot be told.
func estimateMonth(rules rulebook.Rules, l Line, valid calendar.Period) money.Quantity {
	if l.Amount == nil {
		return 0
	}
	times := func(f money.Factor) money.Quantity {
		return money.Quantity(money.WholeHalfUp(money.Whole(int64(*l.Amount)).Times(f.Exact())))
	}
	switch l.Recurrence {
	case Daily:
		return times(rules.DaysFactor())
	case Weekly:
		return times(rules.HoursFactor())
	case Monthly:
		return *l.Amount
	case Quarterly:
		return *l.Amount / 3
	}
	if n := Monthly.times(valid); n > 1 {
		return *l.Amount / money.Quantity(n)
	}
	return *l.Amount
}

// OwnShare is what a client would pay for one unit and in a month with a unit's price.
type OwnShare struct {
	PerUnit  money.Cents
	Month    money.Quantity // units counted for the month
	PerMonth money.Cents
}

// OwnShareOf computes it with the value on a day: the same split as every delivered event.
func OwnShareOf(rules rulebook.Rules, l Line, price money.Cents, valid calendar.Period, day calendar.Date) OwnShare {
	value, _ := l.ValueOn(day)
	month := estimateMonth(rules, l, valid)
	return OwnShare{PerUnit: value.Own(price), Month: month, PerMonth: money.Split(price, value.At(price), month).Own}
}
