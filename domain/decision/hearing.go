package decision

import (
	"context"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// shortestHearing is the least time that a client gets for an answer, in days; the time must be enough for the matter (434/2003, 33 §).
const shortestHearing = 3

// HearInput asks the client before the decision: an opinion on what is proposed, or more facts.
type HearInput struct {
	Organiser  int32
	Proposal   int64
	RowVersion int32
	Question   string
	Due        calendar.Date    // last day for the answer
	Blocks     []document.Block // what is proposed, written by the deciding package in the client's language
	Office     string
	Texts      *i18n.Catalogue
}

// Hear writes the letter that asks, stores it as it is sent, and waits until the due day (434/2003, 34 §).
func Hear(ctx context.Context, tx *postgres.Tx, by access.Actor, in HearInput) (Proposal, error) {
	p, err := held(ctx, tx, by, in.Organiser, in.Proposal, in.RowVersion)
	if err != nil {
		return Proposal{}, err
	}
	switch {
	case strings.TrimSpace(in.Question) == "":
		return Proposal{}, errQuestion
	case in.Due < tx.Today()+shortestHearing:
		return Proposal{}, errDue.With("first", tx.Today()+shortestHearing)
	}
	c, err := client.Load(ctx, tx, p.Organiser, p.Client)
	if err != nil {
		return Proposal{}, err
	}
	org, err := organiser.Get(ctx, tx, p.Organiser)
	if err != nil {
		return Proposal{}, err
	}
	paper, err := StoreDocument(ctx, tx, DocumentInput{Organiser: p.Organiser, Kind: HearingLetter, Letter: in.letter(p, c, org, by.Name, tx.Today()), Texts: in.Texts,
		Client: &p.Client, Person: &p.Person})
	if err != nil {
		return Proposal{}, err
	}
	if err := p.become(ctx, tx, Hearing, nil); err != nil {
		return Proposal{}, err
	}
	return p.stepped(ctx, tx, by, ActAsked, ProposalStep{Kind: "asked", Day: tx.Today(), Due: &in.Due, Note: in.Question, Document: &paper})
}

func (in HearInput) letter(p Proposal, c client.Client, org organiser.Organiser, asker string, day calendar.Date) document.Letter {
	lang := c.Language
	say := func(key string, args map[string]any) string {
		return in.Texts.Text(lang, "decision.hearing."+key, args)
	}
	heading := func(key string) document.Heading { return document.Heading{Level: 2, Text: say(key, nil)} }
	blocks := []document.Block{
		document.Summary{Paragraphs: []document.Paragraph{document.Plain(say("brief", nil)), document.Plain(say("brief.due", map[string]any{"due": in.Due}))}},
		heading("question"), document.Plain(in.Question)}
	if len(in.Blocks) > 0 {
		blocks = append(blocks, heading("proposed"))
		blocks = append(blocks, in.Blocks...)
	}
	blocks = append(blocks, heading("how"), document.Plain(say("how.text", map[string]any{"contact": p.Contact})), document.Plain(say("silence", map[string]any{"due": in.Due})),
		document.Provisions{Items: []document.Paragraph{document.Plain(say("provision", nil))}}, document.Signature{Name: asker, Office: in.Office})
	return document.Letter{Lang: lang, Title: say("title", nil), Sender: org.Names.In(lang), Recipient: append([]string{c.Name()}, c.Address()...), Date: day, Blocks: blocks}
}

// AnswerInput is what the client said, recorded by staff from a letter, a call or a meeting, or sent by the client.
type AnswerInput struct {
	Organiser  int32
	Proposal   int64
	RowVersion int32
	Day        calendar.Date
	Channel    string // portal, letter, phone, hand
	Text       string
}

// AnswerChannels are the ways in which staff may have got an answer.
func AnswerChannels() []string { return []string{"letter", "phone", "hand", "portal"} }

// Answer records the client's answer; the proposal can be decided from then on. An answer after the due day is recorded as well, as
// long as nothing is decided. DEC-057 when nothing was asked.
func Answer(ctx context.Context, tx *postgres.Tx, by access.Actor, in AnswerInput) (Proposal, error) {
	p, err := held(ctx, tx, by, in.Organiser, in.Proposal, in.RowVersion)
	if err != nil {
		return Proposal{}, err
	}
	switch {
	case p.State != Hearing:
		return Proposal{}, errNotAsked
	case strings.TrimSpace(in.Text) == "":
		return Proposal{}, errAnswer
	case !slices.Contains(AnswerChannels(), in.Channel):
		return Proposal{}, errAnswerChannel
	}
	steps, err := Steps(ctx, tx, p)
	if err != nil {
		return Proposal{}, err
	}
	asked := p.PreparedAt
	for _, s := range steps {
		if s.Kind == "asked" {
			asked = s.At
		}
	}
	if err := within(in.Day, calendar.DateOf(asked.In(calendar.Helsinki)), tx.Today(), "day"); err != nil {
		return Proposal{}, err
	}
	if err := p.become(ctx, tx, OpenProposal, nil); err != nil {
		return Proposal{}, err
	}
	return p.stepped(ctx, tx, by, ActAnswered, ProposalStep{Kind: "answered", Day: in.Day, Channel: in.Channel, Note: in.Text})
}
