package decision

import (
	"maps"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/organiser"
	"seteli/platform/document"
	"seteli/platform/i18n"
)

// writing is one letter of decision in the making: the draft's own blocks, the organiser's texts, the appeal and the signature.
type writing struct {
	draft    Draft
	org      organiser.Organiser
	decider  string
	number   string
	day      calendar.Date
	template Template
	terms    Terms
}

var errFieldMissing = fault.New(fault.Internal, "DEC-028", "decision.incomplete")

// fields are the values that the organiser's texts may name.
func (w writing) fields() map[string]any {
	d := w.draft
	args := map[string]any{"act": strings.TrimSpace(d.LegalAct + " " + d.LegalSection), "day": w.day, "decider": w.decider, "number": w.number, "office": d.MadeByTitle,
		"organiser": w.org.Names.In(d.Language), "recipient": ""}
	if len(d.Recipient) > 0 {
		args["recipient"] = d.Recipient[0]
	}
	maps.Copy(args, d.Fields)
	return args
}

// check refuses a letter whose texts name what the deciding package did not tell: a client never gets "{service}".
func (w writing) check() error {
	args := w.fields()
	for _, t := range w.template.Words.texts() {
		names, _ := i18n.Fields(t.Names.In(w.draft.Language))
		for _, name := range names {
			if _, told := args[name]; !told {
				return errFieldMissing.With("field", name)
			}
		}
	}
	return nil
}

// text fills one of the organiser's texts; it is marked as Finnish when the letter's language is missing.
func (w writing) text(n i18n.Names) (string, i18n.Lang) {
	lang := w.draft.Language
	own := map[i18n.Lang]string{i18n.FI: n.Fi, i18n.SV: n.Sv, i18n.EN: n.En}[lang]
	if own == "" {
		lang = i18n.FI
	}
	return w.draft.Texts.Fill(lang, n.In(lang), w.fields()), lang
}

// paragraphs breaks a text at empty lines; lines that begin with a hyphen make a list.
func (w writing) paragraphs(n i18n.Names) []document.Block {
	if n.Fi == "" {
		return nil
	}
	text, lang := w.text(n)
	say := func(s string) document.Paragraph {
		return document.Paragraph{Runs: []document.Run{{Text: s, Lang: lang}}}
	}
	var blocks []document.Block
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		lines := strings.Split(strings.TrimSpace(part), "\n")
		if !slices.ContainsFunc(lines, func(l string) bool { return !strings.HasPrefix(l, "- ") }) {
			var list document.List
			for _, l := range lines {
				list.Items = append(list.Items, say(strings.TrimSpace(l[2:])))
			}
			blocks = append(blocks, list)
			continue
		}
		if whole := strings.TrimSpace(strings.Join(lines, " ")); whole != "" {
			blocks = append(blocks, say(whole))
		}
	}
	return blocks
}

func (w writing) letter() document.Letter {
	d, words := w.draft, w.template.Words
	blocks := slices.Clone(d.Blocks(w.number))
	opening := 0
	if len(blocks) > 0 {
		if _, short := blocks[0].(document.Summary); short {
			opening = 1
		}
	}
	blocks = slices.Insert(blocks, opening, w.paragraphs(words.Opening)...)
	if words.Body.Fi != "" {
		title, _ := w.text(words.BodyTitle)
		blocks = append(blocks, document.Heading{Level: 2, Text: title})
		blocks = append(blocks, w.paragraphs(words.Body)...)
	}
	blocks = append(blocks, w.paragraphs(words.Closing)...)
	if words.Contact.Fi != "" {
		blocks = append(blocks, document.Heading{Level: 2, Text: d.Texts.Text(d.Language, "decision.contact", nil)})
		blocks = append(blocks, w.paragraphs(words.Contact)...)
	}
	hours, _ := w.text(words.Hours)
	appeal := Instruction{Organiser: w.org, Terms: w.terms, Hours: hours}
	if d.HandedOver {
		appeal.Received = &w.day
	}
	mark, _ := w.text(words.Secrecy)
	blocks = append(blocks, appeal.Appeal(d.Texts, d.Language), document.Signature{Name: w.decider, Office: d.MadeByTitle,
		Note: d.Texts.Text(d.Language, "decision.signed_electronically", nil)})
	return document.Letter{Lang: d.Language, Title: d.Title, Sender: w.org.Names.In(d.Language), SenderUnit: d.SenderUnit, Mark: mark,
		Recipient: d.Recipient, Date: w.day, Number: w.number, Blocks: blocks, Attachments: d.Attachments}
}

// Sample is a letter to an invented party with the organiser's texts, for looking at them before they are published.
func Sample(texts *i18n.Catalogue, org organiser.Organiser, kind Kind, words Words, lang i18n.Lang, day calendar.Date) document.Letter {
	say := func(key string) string { return texts.Text(lang, "decision.sample."+key, nil) }
	law, _ := Basis(Social, day)
	fields := map[string]any{}
	for _, name := range FieldsOf(kind) {
		if !slices.Contains(common, name) {
			fields[name] = say(name)
		}
	}
	w := writing{org: org, decider: say("decider"), number: org.Prefix + "/2026/1", day: day, template: Template{Words: words}, draft: Draft{
		Kind: kind, Language: lang, MadeByTitle: say("office"), LegalAct: law.Act, LegalSection: "7 §", Title: say("title"), Texts: texts, Fields: fields,
		Recipient: []string{say("recipient"), say("street"), say("town")}, Blocks: func(string) []document.Block {
			return []document.Block{document.Summary{Paragraphs: []document.Paragraph{document.Plain(say("brief"))}},
				document.Heading{Level: 2, Text: say("decision")}, document.Plain(say("text"))}
		}}}
	w.terms = w.template.terms(law.Terms)
	return w.letter()
}
