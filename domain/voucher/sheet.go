package voucher

import (
	"context"
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/domain/rulebook"
	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// SheetInput gives the information sheet (569/2009, 6 §) before the client answers.
type SheetInput struct {
	Organiser int32
	Voucher   int64
	Channel   Channel
	// OwnServiceFee is the client fee of the organiser's own service for the same need, per unit of each content whose fee the rulebook
	// does not tell; a content that has none is told to have no fee known, with whom to ask.
	OwnServiceFee map[int64]money.Cents
}

// mostProviders is how many providers the sheet lists; the rest are on the public page and on the printed list.
const mostProviders = 12

// GiveSheet makes the sheet in the client's language, stores it as it was given, and notes channel and time. It may be given again;
// the last one counts. Locks: voucher.
func GiveSheet(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, in SheetInput) (Voucher, error) {
	v, err := changing(ctx, tx, by, access.VoucherChange, in.Organiser, in.Voucher, 0)
	if err != nil {
		return Voucher{}, err
	}
	if v.State == Closed {
		return Voucher{}, errClosed.With("day", *v.ClosedFrom)
	}
	if !slices.Contains(Channels(), in.Channel) {
		return Voucher{}, errChannel
	}
	org, err := organiser.Get(ctx, tx, v.Organiser)
	if err != nil {
		return Voucher{}, err
	}
	c, err := client.Load(ctx, tx, v.Organiser, v.Client)
	if err != nil {
		return Voucher{}, err
	}
	day := max(tx.Today(), v.Valid.From)
	service, err := catalogue.ServiceAt(ctx, tx, v.Organiser, v.Service, day)
	if err != nil {
		return Voucher{}, err
	}
	choices, err := ChoicesOn(ctx, tx, v, day)
	if err != nil {
		return Voucher{}, err
	}
	book, err := rulebook.ByID(ctx, tx, v.Organiser, v.Rulebook)
	if err != nil {
		return Voucher{}, err
	}
	fees, err := ownFees(ctx, tx, by, means, v, service, book, day)
	if err != nil {
		return Voucher{}, err
	}
	w := writer{means.Texts, c.Language}
	letter := document.Letter{Lang: w.lang, Title: w.say("voucher.sheet.title", "service", service.Names.In(w.lang)), Sender: org.Names.In(w.lang),
		SenderUnit: service.Area.In(w.lang), Recipient: recipient(c), Date: tx.Today(), Number: v.Number.Print(), NumberKey: "voucher.sheet.number",
		Blocks: w.sheet(v, service, book, choices, w.fees(v, service, book.Rules, fees, in.OwnServiceFee), org, day)}
	paper, err := decision.StoreDocument(ctx, tx, decision.DocumentInput{Organiser: v.Organiser, Kind: decision.InformationSheet, Letter: letter,
		Texts: means.Texts, Client: &v.Client, Person: &v.Person})
	if err != nil {
		return Voucher{}, err
	}
	err = db.New(tx).VoucherSheet(ctx, db.VoucherSheetParams{OrganiserID: v.Organiser, VoucherID: v.ID, SheetDocumentID: &paper,
		SheetGivenAt: new(tx.Now()), SheetChannel: (*string)(&in.Channel)})
	if err != nil {
		return Voucher{}, fmt.Errorf("voucher %d: noting the information sheet: %w", v.ID, err)
	}
	v.Sheet = &Sheet{paper, tx.Now(), in.Channel}
	v.RowVersion++
	if err := step(ctx, tx, by, v, ActSheet, string(in.Channel)); err != nil {
		return Voucher{}, err
	}
	return v, audit.Write(ctx, tx, by, ActSheet, v.Ref(), map[string]any{"document": paper, "channel": in.Channel})
}

// sheet says the ten things that the law wants told before the client takes the voucher, in the order in which people ask them.
func (w writer) sheet(v Voucher, s catalogue.Service, book rulebook.Rulebook, choices []Choice, fees []document.Block, org organiser.Organiser, day calendar.Date) []document.Block {
	heading := func(key string) document.Heading { return document.Heading{Level: 2, Text: w.say(key)} }
	blocks := []document.Block{
		document.Summary{Paragraphs: []document.Paragraph{w.plain("voucher.sheet.brief", "service", s.Names.In(w.lang)),
			w.plain("voucher.sheet.brief.choose"), w.plain("voucher.sheet.brief.refuse")}},
		heading("voucher.sheet.position"), w.plain("voucher.sheet.position.text"), w.plain("voucher.sheet.refuse.text"),
		heading("voucher.sheet.value"), w.linesTable(v, s, day)}
	blocks = append(blocks, w.basis(v, s, book, day)...)
	blocks = append(blocks, heading("voucher.sheet.providers"))
	blocks = append(blocks, w.providers(v, s, book.Rules, choices, day)...)
	blocks = append(blocks, heading("voucher.sheet.fee"))
	blocks = append(blocks, fees...)
	share := "voucher.sheet.own.text"
	if v.OwnShareForbidden {
		share = "voucher.letter.free"
	}
	blocks = append(blocks,
		heading("voucher.sheet.own"), w.plain(share), w.plain("voucher.sheet.ceiling"),
		heading("voucher.sheet.data"), w.plain("voucher.sheet.data.text"))
	if v.personal(day) {
		blocks = append(blocks, w.plain("decision.sheet.data.income"))
	}
	return append(blocks,
		heading("voucher.sheet.contract"), w.plain("voucher.sheet.contract.text"),
		heading("voucher.sheet.increase"), w.plain("voucher.sheet.increase.text"),
		heading("voucher.sheet.contact"), document.Plain(v.Contact), w.plain("voucher.sheet.complaint", "email", org.RegistryEmail))
}

// personal tells that the value depends on what is known of the client.
func (v Voucher) personal(day calendar.Date) bool {
	return slices.ContainsFunc(v.Lines, func(l Line) bool {
		value, ok := l.ValueOn(day)
		return ok && value.Facts != nil
	})
}

// basis tells what the value rests on: the act, the version of the rulebook, and each step of the calculation.
func (w writer) basis(v Voucher, s catalogue.Service, book rulebook.Rulebook, day calendar.Date) []document.Block {
	same := "decision.sheet.value.same"
	if v.personal(day) {
		same = "decision.sheet.value.personal"
	}
	blocks := []document.Block{w.plain(same), w.plain("decision.sheet.value.valid", "period", v.Valid),
		w.plain("decision.sheet.basis", "act", decision.Provision(w.texts, w.lang, decision.ActOn(s.LegalAct, calendar.DateOf(v.GrantedAt.In(calendar.Helsinki))), s.LegalSection), "version", book.Version, "day", book.ValidFrom)}
	for _, l := range v.Lines {
		if value, ok := l.ValueOn(day); ok {
			c, _ := s.Content(l.Content)
			blocks = append(blocks, value.Explanation.Trace(w.texts, w.lang, w.say("voucher.letter.why.content", "content", c.Names.In(w.lang))))
		}
	}
	return blocks
}

// providers lists prices with the client's estimated own share, per unit and per month. The content stands under the provider: five columns
// do not fit the width of a letter.
func (w writer) providers(v Voucher, s catalogue.Service, rules rulebook.Rules, choices []Choice, day calendar.Date) []document.Block {
	if len(choices) == 0 {
		return []document.Block{w.plain("voucher.sheet.providers.none", "contact", v.Contact)}
	}
	t := document.Table{Caption: w.say("voucher.sheet.providers.caption", "day", day), Columns: []document.Column{
		{Title: w.say("voucher.sheet.provider")}, {Title: w.say("voucher.sheet.price"), Numeric: true},
		{Title: w.say("voucher.sheet.own.unit"), Numeric: true}, {Title: w.say("voucher.sheet.own.month"), Numeric: true}}}
	units := map[int64]bool{}
	for _, c := range choices {
		if units[c.Unit] = true; len(units) > mostProviders {
			break
		}
		line, _ := v.Line(c.Content)
		content, _ := s.Content(c.Content)
		own := OwnShareOf(rules, line, c.Price, v.Valid, day)
		t.Rows = append(t.Rows, document.Row{Cells: append([]document.Cell{{Text: c.UnitName, Notes: []string{content.Names.In(w.lang)}}},
			document.Cells(i18n.Cents(w.lang, c.Price), i18n.Cents(w.lang, own.PerUnit), i18n.Cents(w.lang, own.PerMonth))...)})
	}
	return []document.Block{t, w.plain("voucher.sheet.providers.all")}
}

// fees tells the client fee of the organiser's own service: the other half of the comparison that the law wants. What the rulebook computes
// is told with its steps; typed is the fee of a unit where the rulebook tells none.
func (w writer) fees(v Voucher, s catalogue.Service, rules rulebook.Rules, computed map[int64]ownFee, typed map[int64]money.Cents) []document.Block {
	blocks := []document.Block{w.plain("voucher.sheet.fee.text")}
	var items []document.Paragraph
	var steps []document.Block
	for _, l := range v.Lines {
		c, _ := s.Content(l.Content)
		name := c.Names.In(w.lang)
		if fee := computed[l.Content]; fee.Known {
			items = append(items, w.plain("voucher.sheet.fee.month", "content", name, "fee", fee.Fee, "amount", i18n.Quantity(w.lang, fee.Units, string(c.Unit))))
			steps = append(steps, fee.Explanation.Trace(w.texts, w.lang, w.say("voucher.sheet.fee.why", "content", name)))
		} else if fee, told := typed[l.Content]; told {
			items = append(items, w.plain("voucher.sheet.fee.line", "content", name, "fee", ValueText(w.texts, w.lang, fee, c.Unit),
				"month", fee.Times(estimateMonth(rules, l, v.Valid))))
		}
	}
	if len(items) == 0 {
		return append(blocks, w.plain("voucher.sheet.fee.ask", "contact", v.Contact))
	}
	return append(append(blocks, document.List{Items: items}), steps...)
}
