package store

import (
	"context"
	"encoding/json"
	"fmt"

	"seteli/core/calendar"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/domain/decision"
	"seteli/domain/rulebook"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// writer says the texts of one letter in one language.
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

// days says a period; one without an end says its first day only.
func (w writer) days(p calendar.Period) string {
	if p.To == calendar.Forever {
		return w.say("daycare.letter.from", "day", p.From)
	}
	return i18n.Period(w.lang, p)
}

// letter drafts the decision in the language of the head of the family, to whom it is sent.
func (s *sending) letter(ctx context.Context, tx *postgres.Tx, d db.DraftsOfRow) (decision.Draft, error) {
	head, err := s.head(ctx, tx, d.ValidFrom)
	if err != nil {
		return decision.Draft{}, err
	}
	unit, err := s.q.UnitOf(ctx, d.UnitID)
	if err != nil {
		return decision.Draft{}, fmt.Errorf("reading unit %d: %w", d.UnitID, err)
	}
	rules := s.rules.on(d.ValidFrom)
	service, err := catalogue.ServiceAt(ctx, tx, s.of.Organiser, rules.Service, max(d.ValidFrom, rules.ValidFrom))
	if err != nil {
		return decision.Draft{}, err
	}
	var basis Basis
	if err := json.Unmarshal([]byte(d.Basis), &basis); err != nil {
		return decision.Draft{}, fmt.Errorf("basis of draft %d: %w", d.DraftID, err)
	}
	var steps rulebook.Explanation
	if err := json.Unmarshal([]byte(d.Explanation), &steps); err != nil {
		return decision.Draft{}, fmt.Errorf("explanation of draft %d: %w", d.DraftID, err)
	}
	w := writer{s.texts, head.Language}
	if w.lang == "" {
		w.lang = i18n.FI
	}
	reasons := s.in.Reasons
	if reasons == "" {
		reasons = w.say("daycare.letter.reasons_default")
		if basis.Draft.Outcome.Fee.Base.Ready {
			reasons = w.say("daycare.letter.reasons_ready")
		}
	}
	name := service.Names.In(w.lang)
	return decision.Draft{Kind: decision.Voucher, Outcome: decision.Granted, Field: decision.EarlyEducation, LegalAct: service.LegalAct, LegalSection: service.LegalSection,
		Language: w.lang, Reasons: reasons, MadeByTitle: s.in.Office, Client: &d.ChildID, Person: &d.PersonID, Service: &rules.Service,
		SubjectKind: "daycare_decision", SubjectID: d.DraftID, SenderUnit: service.Area.In(w.lang), Recipient: append([]string{head.Name()}, head.Address()...),
		Title: w.say("daycare.letter.title", "service", name), Texts: s.texts,
		Fields: map[string]any{"service": name, "voucher": "", "period": w.days(period(d.ValidFrom, d.ValidTo)), "amount": i18n.Cents(w.lang, d.PayableCents), "value": i18n.Cents(w.lang, d.ValueCents)},
		Blocks: func(string) []document.Block {
			return s.blocks(w, d, unit.Name, basis, steps, reasons, service, tx.Today())
		}}, nil
}

// head is the adult to whom the decision goes: the child's head on its first day.
func (s *sending) head(ctx context.Context, tx *postgres.Tx, day calendar.Date) (client.Client, error) {
	rows, err := s.q.HeadsOfChildren(ctx, db.HeadsOfChildrenParams{OrganiserID: s.of.Organiser, Children: []int64{s.of.Child}})
	if err != nil {
		return client.Client{}, fmt.Errorf("reading heads of child %d: %w", s.of.Child, err)
	}
	for _, r := range rows {
		if period(r.ValidFrom, r.ValidTo).Contains(day) {
			return client.Load(ctx, tx, s.of.Organiser, r.AdultID)
		}
	}
	return client.Client{}, errDraftGone
}

// blocks are the letter: what was decided, who pays what, why the sum is what it is, and what changed.
func (s *sending) blocks(w writer, d db.DraftsOfRow, unit string, b Basis, steps rulebook.Explanation, reasons string, service catalogue.Service, made calendar.Date) []document.Block {
	days, child := w.days(period(d.ValidFrom, d.ValidTo)), s.child.Name()
	list := []document.Block{
		document.Summary{Paragraphs: []document.Paragraph{w.plain("daycare.letter.brief", "child", child, "unit", unit, "period", days),
			w.plain("daycare.letter.brief.value", "value", d.ValueCents, "own", d.OwnCents), w.plain("daycare.letter.brief.paid", "paid", d.PayableCents)}},
		document.Heading{Level: 2, Text: w.say("daycare.letter.decision")},
		document.Table{Caption: w.say("daycare.letter.table"), Columns: []document.Column{{Title: w.say("daycare.letter.what")}, {Title: w.say("daycare.letter.month"), Numeric: true}},
			Rows: s.sums(w, d, b)}}
	if b.Draft.Outcome.OwnShareAboveValue() {
		list = append(list, w.plain("daycare.letter.nothing_paid"))
	}
	list = append(list, document.Heading{Level: 2, Text: w.say("daycare.letter.why")}, steps.Trace(w.texts, w.lang, w.say("daycare.letter.why_caption", "child", child)))
	if b.Draft.IncomeUnknown() {
		list = append(list, w.plain("daycare.letter.income_unknown"))
	}
	if len(d.Differences) > 0 {
		changed := document.List{}
		for _, x := range d.Differences {
			changed.Items = append(changed.Items, w.plain(daycare.Difference(x).Key()))
		}
		list = append(list, document.Heading{Level: 2, Text: w.say("daycare.letter.changed")}, changed)
	}
	if (daycare.Sending{Today: made, From: d.ValidFrom}).Retroactive() {
		list = append(list, w.plain("daycare.letter.retroactive"))
	}
	law := decision.Provision(w.texts, w.lang, decision.ActOn(service.LegalAct, made), service.LegalSection)
	return append(list, document.Heading{Level: 2, Text: w.say("daycare.letter.reasons")}, document.Plain(reasons), w.plain("daycare.letter.tell_changes"),
		document.Provisions{Items: []document.Paragraph{document.Plain(law), w.plain("daycare.letter.provision.fee")}})
}

func (s *sending) sums(w writer, d db.DraftsOfRow, b Basis) []document.Row {
	row := func(key, sum string) document.Row { return document.Row{Cells: document.Cells(w.say(key), sum)} }
	rows := []document.Row{row("daycare.letter.sum.value", i18n.Cents(w.lang, d.ValueCents)), row("daycare.letter.sum.own", i18n.Cents(w.lang, d.OwnCents))}
	if b.Price > 0 {
		rows = append(rows, row("daycare.letter.sum.price", i18n.Cents(w.lang, b.Price)))
	}
	if b.Surcharge > 0 {
		rows = append(rows, row("daycare.letter.sum.surcharge", i18n.Cents(w.lang, b.Surcharge)))
	}
	rows = append(rows, row("daycare.letter.sum.paid", i18n.Cents(w.lang, d.PayableCents)))
	if b.Price > 0 || b.Surcharge > 0 {
		rows = append(rows, row("daycare.letter.sum.family", i18n.Cents(w.lang, b.Family)))
	}
	return rows
}
