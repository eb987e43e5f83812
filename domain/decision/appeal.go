package decision

import (
	"strings"

	"seteli/domain/organiser"
	"seteli/platform/document"
	"seteli/platform/i18n"
)

// appealDays is the time for asking a rectification, counted from the day after the decision is deemed received.
// 569/2009, 13 § said 14; general practice since 2022 and the Local Government Act (410/2015, 134 §) say 30.
const appealDays = 30

// AppealInstruction tells where, how and by when a rectification is asked (434/2003, 46 §). The letter prints the rule
// for each way of serving and no date: the day of receipt is not known when the letter is written.
func AppealInstruction(texts *i18n.Catalogue, lang i18n.Lang, org organiser.Organiser) document.Appeal {
	say := func(key string, args map[string]any) document.Paragraph {
		return document.Plain(texts.Text(lang, key, args))
	}
	address := strings.TrimSpace(org.AddressLine + ", " + org.Postcode + " " + org.City)
	where := []document.Paragraph{
		say("decision.appeal.address", map[string]any{"address": address}),
		{Runs: []document.Run{{Text: texts.Text(lang, "decision.appeal.email", nil) + " "}, {Text: org.RegistryEmail, Link: "mailto:" + org.RegistryEmail}}},
	}
	if org.Phone != "" {
		where = append(where, say("decision.appeal.phone", map[string]any{"phone": org.Phone}))
	}
	return document.Appeal{Blocks: []document.Block{
		say("decision.appeal.who", nil),
		say("decision.appeal.body", map[string]any{"body": org.RectificationBody.In(lang)}),
		document.List{Items: where},
		say("decision.appeal.deadline", map[string]any{"days": appealDays}),
		document.List{Items: []document.Paragraph{say("decision.appeal.letter", nil), say("decision.appeal.electronic", nil),
			say("decision.appeal.handed", nil)}},
		say("decision.appeal.last_day", nil),
		say("decision.appeal.contents", nil),
		document.List{Items: []document.Paragraph{say("decision.appeal.contents.decision", nil), say("decision.appeal.contents.change", nil),
			say("decision.appeal.contents.grounds", nil), say("decision.appeal.contents.who", nil)}},
	}}
}
