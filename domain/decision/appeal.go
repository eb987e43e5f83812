package decision

import (
	"strings"

	"seteli/core/calendar"
	"seteli/domain/organiser"
	"seteli/platform/document"
	"seteli/platform/i18n"
)

// Instruction is what an appeal instruction is made of.
type Instruction struct {
	Organiser organiser.Organiser
	Terms     Terms
	Hours     string         // opening hours of the registry in the letter's language, "" = not told
	Received  *calendar.Date // day of receipt when it is known as the letter is written; otherwise the letter tells the rule only
}

// Appeal tells where, how and by when a rectification is asked (434/2003, 46 §). The letter prints the rule for each way of serving;
// a computed last day stands in it only when the day of receipt is known.
func (in Instruction) Appeal(texts *i18n.Catalogue, lang i18n.Lang) document.Appeal {
	say := func(key string, args map[string]any) document.Paragraph {
		return document.Plain(texts.Text(lang, key, args))
	}
	org := in.Organiser
	address := strings.TrimSpace(org.AddressLine + ", " + org.Postcode + " " + org.City)
	where := []document.Paragraph{
		say("decision.appeal.address", map[string]any{"address": address}),
		{Runs: []document.Run{{Text: texts.Text(lang, "decision.appeal.email", nil) + " "}, {Text: org.RegistryEmail, Link: "mailto:" + org.RegistryEmail}}},
	}
	if org.Phone != "" {
		where = append(where, say("decision.appeal.phone", map[string]any{"phone": org.Phone}))
	}
	if in.Hours != "" {
		where = append(where, say("decision.appeal.hours", map[string]any{"hours": in.Hours}))
	}
	blocks := []document.Block{
		say("decision.appeal.who", nil),
		say("decision.appeal.body", map[string]any{"body": org.RectificationBody.In(lang)}),
		document.List{Items: where},
		say("decision.appeal.deadline", map[string]any{"days": in.Terms.Days})}
	if in.Received != nil {
		blocks = append(blocks, say("decision.appeal.known", map[string]any{"received": *in.Received, "last": in.Terms.Deadline(*in.Received)}))
	} else {
		blocks = append(blocks, document.List{Items: in.Terms.rules(say)}, say("decision.appeal.last_day", nil))
	}
	return document.Appeal{Blocks: append(blocks,
		say("decision.appeal.contents", nil),
		document.List{Items: []document.Paragraph{say("decision.appeal.contents.decision", nil), say("decision.appeal.contents.change", nil),
			say("decision.appeal.contents.grounds", nil), say("decision.appeal.contents.who", nil)}})}
}

// rules tells for each way of serving when a decision counts as received. The statute's own words are used for its own days.
func (t Terms) rules(say func(string, map[string]any) document.Paragraph) []document.Paragraph {
	letter, electronic := say("decision.appeal.letter", nil), say("decision.appeal.electronic", nil)
	if t.Letter != 7 {
		letter = say("decision.appeal.letter.days", map[string]any{"days": t.Letter})
	}
	if t.Electronic != 3 {
		electronic = say("decision.appeal.electronic.days", map[string]any{"days": t.Electronic})
	}
	return []document.Paragraph{letter, electronic, say("decision.appeal.handed", nil), say("decision.appeal.receipt", nil)}
}
