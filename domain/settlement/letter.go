package settlement

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/decision"
	"seteli/domain/event"
	"seteli/domain/organiser"
	"seteli/domain/settlement/db"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
)

// TopicReady is the outbox topic of a statement whose letter can be read; its payload is Ready.
const TopicReady = "statement.ready"

// Ready is the payload of TopicReady.
type Ready struct {
	Run      int64 `json:"run"`
	Provider int64 `json:"provider"`
	Document int64 `json:"document"`
}

// Deliver is the receiver of TopicApproved: it makes the letters of the run's statements.
func Deliver(store *postgres.DB, texts *i18n.Catalogue) job.Handler {
	return func(ctx context.Context, m postgres.Delivery) error {
		var run Named
		if err := json.Unmarshal(m.Payload, &run); err != nil {
			return fmt.Errorf("reading which run was approved: %w", err)
		}
		_, err := MakeLetters(ctx, store, texts, m.Organiser, run.Run)
		return err
	}
}

// MakeLetters writes the letters that an approved run still lacks, each in a transaction of its own, and tells how many.
// It may be killed anywhere and started again; an undone run gets none.
func MakeLetters(ctx context.Context, store *postgres.DB, texts *i18n.Catalogue, org int32, run int64) (made int, err error) {
	by := access.System("statements", org)
	var missing []int64
	err = store.Tenant(ctx, by, func(tx *postgres.Tx) error {
		r, err := get(ctx, tx, org, run)
		if err != nil || r.State == Undone || r.State == Calculated {
			return err
		}
		missing, err = db.New(tx).DocumentsMissing(ctx, db.DocumentsMissingParams{OrganiserID: org, RunNo: run})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("listing letters of run %d: %w", run, err)
	}
	for _, provider := range missing {
		err := store.Tenant(ctx, by, func(tx *postgres.Tx) error { return makeLetter(ctx, tx, by, texts, org, run, provider) })
		if postgres.ConstraintOf(err) == postgres.ConstraintStatementDocumentPkey { // another worker was quicker
			continue
		}
		if err != nil {
			return made, fmt.Errorf("letter of payee %d in run %d: %w", provider, run, err)
		}
		made++
	}
	return made, nil
}

func makeLetter(ctx context.Context, tx *postgres.Tx, by access.Actor, texts *i18n.Catalogue, org int32, run, provider int64) error {
	s, err := OneStatement(ctx, tx, by, org, run, provider)
	if err != nil {
		return err
	}
	list, err := lines(ctx, tx, org, run, provider)
	if err != nil {
		return err
	}
	o, err := organiser.Get(ctx, tx, org)
	if err != nil {
		return err
	}
	q := db.New(tx)
	p, err := q.PayeeLetter(ctx, provider)
	if err != nil {
		return fmt.Errorf("reading the payee's address: %w", err)
	}
	id, err := decision.StoreDocument(ctx, tx, decision.DocumentInput{Organiser: org, Kind: decision.Statement, Texts: texts, Provider: &provider,
		Letter: letter(texts, i18n.Lang(p.Language), o, s, address(p), list)})
	if err != nil {
		return err
	}
	if err := q.DocumentInsert(ctx, db.DocumentInsertParams{OrganiserID: org, RunNo: run, ProviderID: provider, DocumentID: id}); err != nil {
		return fmt.Errorf("storing the letter: %w", err)
	}
	return tx.Outbox(ctx, postgres.Message{Organiser: org, Topic: TopicReady, Dedup: fmt.Sprintf("statement.ready:%d:%d", run, provider), Payload: Ready{run, provider, id}})
}

func address(p db.PayeeLetterRow) []string {
	out := []string{p.Name}
	for _, s := range []string{p.AddressLine, strings.TrimSpace(p.Postcode + " " + p.City)} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// letter is the statement on paper: what was paid and why, then every line.
func letter(texts *i18n.Catalogue, lang i18n.Lang, o organiser.Organiser, s Statement, recipient []string, list []Line) document.Letter {
	say := func(key string, pairs ...any) string { return texts.Text(lang, key, values(pairs)) }
	blocks := []document.Block{
		document.Summary{Paragraphs: []document.Paragraph{document.Plain(say("settlement.letter."+string(s.Disposition), "sum", s.Net, "day", s.DueOn))}},
		document.Trace{Caption: say("settlement.letter.sum"), Lines: traces(texts, lang, s)}}
	if s.HoldCode != "" {
		blocks = append(blocks, document.Plain(HoldText(texts, lang, s)))
	}
	facts := []string{say("settlement.letter.reference", "reference", printed(s.Reference)), say("settlement.letter.account", "account", account(s.PayeeIBAN, say("settlement.none")))}
	items := make([]document.Paragraph, len(facts))
	for i, f := range facts {
		items[i] = document.Plain(f)
	}
	blocks = append(blocks, document.Heading{Level: 2, Text: say("settlement.letter.payment")}, document.List{Items: items},
		document.Heading{Level: 2, Text: say("settlement.letter.lines")})
	if len(list) == 0 {
		blocks = append(blocks, document.Plain(say("settlement.letter.no_lines")))
	} else {
		blocks = append(blocks, lineTable(texts, lang, list))
	}
	blocks = append(blocks, document.Plain(say("settlement.letter.check")))
	return document.Letter{Lang: lang, Title: say("settlement.letter.title", "number", s.Number), Sender: o.Names.In(lang), Recipient: recipient,
		Date: calendar.DateOf(s.AsOf.In(calendar.Helsinki)), Number: s.Number, Blocks: blocks}
}

func values(pairs []any) map[string]any {
	out := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

func traces(texts *i18n.Catalogue, lang i18n.Lang, s Statement) []document.TraceLine {
	line := func(key string, c string, sum bool) document.TraceLine {
		return document.TraceLine{Label: texts.Text(lang, key, nil), Amount: c, Sum: sum}
	}
	return []document.TraceLine{line("settlement.gross", i18n.Cents(lang, s.Gross), false), line("settlement.credit", i18n.Cents(lang, -s.Credit), false),
		line("settlement.carried", i18n.Cents(lang, s.Carried), false), line("settlement.net", i18n.Cents(lang, s.Net), true)}
}

func lineTable(texts *i18n.Catalogue, lang i18n.Lang, list []Line) document.Table {
	t := document.Table{Caption: texts.Text(lang, "settlement.letter.lines", nil)}
	for i, key := range []string{"settlement.line.date", "settlement.line.what", "settlement.line.voucher", "settlement.line.quantity", "settlement.line.settled"} {
		t.Columns = append(t.Columns, document.Column{Title: texts.Text(lang, key, nil), Numeric: i > 2})
	}
	for _, l := range list {
		what := document.Cell{Text: l.Content.In(lang)}
		if l.Kind != Delivery {
			what.Notes = append(what.Notes, texts.Text(lang, "settlement.line."+string(l.Kind), nil))
		}
		if times := event.TimesText(lang, l.Times); times != "" {
			what.Notes = append(what.Notes, times)
		}
		t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{{Text: i18n.Date(lang, l.Date)}, what, {Text: ident.PrintVoucher(l.Voucher)},
			{Text: i18n.Quantity(lang, l.Quantity, l.Unit)}, {Text: i18n.Cents(lang, l.Amount)}}})
	}
	return t
}

// HoldText says why a statement's sum is held; "" when it is not.
func HoldText(texts *i18n.Catalogue, lang i18n.Lang, s Statement) string {
	switch s.HoldCode {
	case HoldAccount:
		return texts.Text(lang, "settlement.hold.account", nil)
	case HoldNotified:
		return texts.Text(lang, "settlement.hold.notified", map[string]any{"reason": s.HoldReason})
	case HoldSupplier:
		return texts.Text(lang, "settlement.hold.supplier", nil)
	}
	return ""
}

func printed(reference string) string {
	r, err := ident.ParseReference(reference)
	if err != nil {
		return reference // stored by us; shown as it is
	}
	return r.Print()
}

func account(iban, none string) string {
	i, err := ident.ParseIBAN(iban)
	if err != nil {
		return none
	}
	return i.Print()
}

// WriteCSV writes the lines as a table that spreadsheets open, with a last row for what is carried, so that the column adds up
// to the statement's net.
func WriteCSV(w io.Writer, texts *i18n.Catalogue, lang i18n.Lang, s Statement, list []Line) error {
	var headings []string
	for _, key := range []string{"statement", "date", "kind", "what", "voucher", "quantity", "unit", "price", "value", "amount", "reference", "event"} {
		headings = append(headings, texts.Text(lang, "settlement.line."+key, nil))
	}
	return sheet.WriteCSV(w, headings, func(yield func([]any, error) bool) {
		for _, l := range list {
			row := []any{s.Number, l.Date, texts.Text(lang, "settlement.line."+string(l.Kind), nil), described(lang, l), l.Voucher, figure(l.Quantity),
				texts.Text(lang, "unit."+l.Unit+".one", nil), l.Price, l.Value, l.Amount, l.Reference, l.Event}
			if !yield(row, nil) {
				return
			}
		}
		if s.Carried != 0 {
			yield([]any{s.Number, nil, texts.Text(lang, "settlement.carried", nil), nil, nil, nil, nil, nil, nil, s.Carried, nil, nil}, nil)
		}
	})
}

// described is the content of a line with the time by which it was priced.
func described(lang i18n.Lang, l Line) string {
	if times := event.TimesText(lang, l.Times); times != "" {
		return l.Content.In(lang) + ", " + times
	}
	return l.Content.In(lang)
}

// figure is a number where the quantity is one, and hours and minutes where only those are exact.
func figure(q money.Quantity) any {
	s := q.String()
	if strings.ContainsAny(s, ":/") {
		return s
	}
	return sheet.Figure(s)
}
