package decision

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/decision/db"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// shortestHearing is the least time that a client gets for an answer after the question has reached the client, in days; the time must
// be enough for the matter (434/2003, 33 §).
const shortestHearing = 3

// TopicAsked is the outbox topic of a question to a client; its payload is HearingNews.
const TopicAsked = "hearing.asked"

// HearingNews is the payload of TopicAsked and TopicReplied.
type HearingNews struct {
	Proposal int64         `json:"proposal"`
	Channel  string        `json:"channel,omitempty"` // of the question
	Due      calendar.Date `json:"due"`
}

// AskChannels are the ways in which a question goes to the client: the own pages with an e-mail that tells of it, a letter, or by hand.
// Whatever the way, the client finds it on the own pages, too.
func AskChannels() []string { return []string{"portal", "letter", "hand"} }

// FirstDue is the earliest last day for an answer to a question that leaves today: a letter and a message take their time
// (434/2003, 59 §; 13/2003, 19 §).
func FirstDue(channel string, today calendar.Date) calendar.Date {
	way := map[string]Channel{"portal": ByElectronic, "letter": ByLetter, "hand": ByHand}[channel]
	reached, _ := social[0].Terms.Received(way, today)
	return max(reached, today) + shortestHearing
}

// HearInput asks the client before the decision: an opinion on what is proposed, or more facts.
type HearInput struct {
	Organiser  int32
	Proposal   int64
	RowVersion int32
	Question   string
	Channel    string           // of AskChannels
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
	case !slices.Contains(AskChannels(), in.Channel):
		return Proposal{}, errAskedChannel
	case in.Due < FirstDue(in.Channel, tx.Today()):
		return Proposal{}, errDue.With("first", FirstDue(in.Channel, tx.Today()))
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
	asked, err := p.step(ctx, tx, by, ActAsked, ProposalStep{Kind: "asked", Day: tx.Today(), Due: &in.Due, Channel: in.Channel, Note: in.Question, Document: &paper})
	if err != nil {
		return Proposal{}, err
	}
	if err := p.tell(ctx, tx, TopicAsked, asked, HearingNews{Proposal: p.ID, Channel: in.Channel, Due: in.Due}); err != nil {
		return Proposal{}, err
	}
	r, err := db.New(tx).ProposalGet(ctx, db.ProposalGetParams{OrganiserID: p.Organiser, ProposalID: p.ID})
	return proposalOf(r, err, p.ID)
}

// tell queues the news of a step, once.
func (p Proposal) tell(ctx context.Context, tx *postgres.Tx, topic string, step int64, news HearingNews) error {
	return tx.Outbox(ctx, postgres.Message{Organiser: p.Organiser, Topic: topic, Dedup: fmt.Sprintf("%s:%d", topic, step), Payload: news})
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
	if q := lastAsked(steps); q != nil {
		asked = q.At
	}
	if err := within(in.Day, calendar.DateOf(asked.In(calendar.Helsinki)), tx.Today(), "day"); err != nil {
		return Proposal{}, err
	}
	if err := p.become(ctx, tx, OpenProposal, nil); err != nil {
		return Proposal{}, err
	}
	return p.stepped(ctx, tx, by, ActAnswered, ProposalStep{Kind: "answered", Day: in.Day, Channel: in.Channel, Note: in.Text})
}
