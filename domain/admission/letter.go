package admission

import (
	"seteli/core/calendar"
	"seteli/domain/organiser"
	"seteli/platform/document"
	"seteli/platform/i18n"
)

// letter writes the blocks of a decision letter in the provider's language.
type letter struct {
	texts *i18n.Catalogue
	lang  i18n.Lang
	org   organiser.Organiser
}

func (l letter) say(key string, args map[string]any) string { return l.texts.Text(l.lang, key, args) }

func (l letter) plain(key string, args map[string]any) document.Paragraph {
	return document.Plain(l.say(key, args))
}

func (l letter) heading(key string) document.Heading {
	return document.Heading{Level: 2, Text: l.say(key, nil)}
}

// approval: what was approved, from when, where and at which prices; conditions; reasons; duties that follow.
func (l letter) approval(f Facts, in DecideInput) func(string) []document.Block {
	args := l.args(f)
	args["from"] = in.ValidFrom
	return func(string) []document.Block {
		until := l.plain("admission.letter.until_further_notice", nil)
		if in.ValidTo != calendar.Forever {
			until = l.plain("admission.letter.until", map[string]any{"day": in.ValidTo - 1})
		}
		blocks := []document.Block{
			document.Summary{Paragraphs: []document.Paragraph{l.plain("admission.letter.approval.short", args), until}},
			l.heading("admission.letter.decision"),
			l.plain("admission.letter.approval.units", args),
			document.List{Items: l.units(f)},
		}
		if len(f.Prices) > 0 {
			blocks = append(blocks, l.prices(f, in.ValidFrom))
		}
		if in.Conditions != "" {
			blocks = append(blocks, l.heading("admission.letter.conditions"), document.Plain(in.Conditions))
		}
		return append(blocks, l.heading("admission.letter.reasons"), document.Plain(in.Reasons), l.plain("admission.letter.rulebook_binds", nil),
			l.heading("admission.letter.duties"),
			document.List{Items: []document.Paragraph{l.plain("admission.letter.duty.data", nil), l.plain("admission.letter.duty.prices",
				map[string]any{"n": f.Rulebook.Rules.PriceNoticeDays}), l.plain("admission.letter.duty.exit", nil)}},
			l.provisions(f.Service.LegalAct, f.Service.LegalSection))
	}
}

func (l letter) rejection(f Facts, reasons string) func(string) []document.Block {
	return func(string) []document.Block {
		blocks := []document.Block{
			document.Summary{Paragraphs: []document.Paragraph{l.plain("admission.letter.rejection.short", l.args(f))}},
			l.heading("admission.letter.decision"),
			l.plain("admission.letter.rejection.units", l.args(f)),
			document.List{Items: l.units(f)},
			l.heading("admission.letter.reasons"), document.Plain(reasons),
		}
		if unmet := f.Unmet(); len(unmet) > 0 {
			list := document.List{}
			for _, c := range unmet {
				list.Items = append(list.Items, l.plain("admission.letter.unmet.one", map[string]any{"criterion": c.Rule.Names.In(l.lang), "note": c.Note}))
			}
			blocks = append(blocks, l.plain("admission.letter.unmet", map[string]any{"version": f.Bound.Version}), list)
		}
		return append(blocks, l.heading("admission.letter.what_next"), l.plain("admission.letter.rejection.next", nil),
			l.provisions(f.Service.LegalAct, f.Service.LegalSection))
	}
}

// revocation: from when, which units, why, and what it means for clients under way (569/2009, 4 §).
func (l letter) revocation(f Facts, in RevokeInput) func(string) []document.Block {
	args := l.args(f)
	args["from"] = in.From
	return func(string) []document.Block {
		return []document.Block{
			document.Summary{Paragraphs: []document.Paragraph{l.plain("admission.letter.revocation.short", args)}},
			l.heading("admission.letter.decision"),
			l.plain("admission.letter.revocation.units", args),
			document.List{Items: l.units(f)},
			l.heading("admission.letter.reasons"), document.Plain(in.Reasons),
			l.heading("admission.letter.revocation.effects"),
			document.List{Items: []document.Paragraph{l.plain("admission.letter.revocation.reservations", args),
				l.plain("admission.letter.revocation.delivered", args), l.plain("admission.letter.revocation.documents", nil)}},
			l.provisions(f.Service.LegalAct, f.Service.LegalSection),
		}
	}
}

func (l letter) args(f Facts) map[string]any {
	return map[string]any{"company": f.Company.Name, "business_id": f.Company.BusinessID.String(), "service": f.Service.Names.In(l.lang),
		"organiser": l.org.Names.In(l.lang), "n": len(f.Units)}
}

func (l letter) units(f Facts) []document.Paragraph {
	items := make([]document.Paragraph, len(f.Units))
	for i, u := range f.Units {
		items[i] = l.plain("admission.letter.unit", map[string]any{"unit": u.Name, "address": u.AddressLine, "postcode": u.Postcode, "city": u.City})
	}
	return items
}

func (l letter) prices(f Facts, from calendar.Date) document.Table {
	t := document.Table{Caption: l.say("admission.letter.prices", nil), Columns: []document.Column{{Title: l.say("admission.letter.column.unit", nil)},
		{Title: l.say("admission.letter.column.content", nil)}, {Title: l.say("admission.letter.column.from", nil)},
		{Title: l.say("admission.letter.column.price", nil), Numeric: true}}}
	for _, p := range f.Prices {
		var unit, content string
		for _, u := range f.Units {
			if u.ID == p.Unit {
				unit = u.Name
			}
		}
		if c, ok := f.Service.Content(p.Content); ok {
			content = l.say("admission.letter.content", map[string]any{"content": c.Names.In(l.lang), "unit": i18n.Key("admission.per." + string(c.Unit))})
		}
		t.Rows = append(t.Rows, document.Row{Cells: document.Cells(unit, content, i18n.Date(l.lang, max(p.From, from)), i18n.Cents(l.lang, p.Price))})
	}
	return t
}

// provisions lists what was applied. Acts that the texts know are called by name.
func (l letter) provisions(act, section string) document.Provisions {
	named := l.say("admission.letter.act", map[string]any{"act": act, "section": section})
	if key := "admission.act." + act; l.texts.Has(key) {
		named = l.say(key, map[string]any{"section": section})
	}
	return document.Provisions{Items: []document.Paragraph{document.Plain(named), l.plain("admission.letter.act.administration", nil)}}
}
