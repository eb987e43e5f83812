package voucher

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/postgres"
)

var (
	errProposalChanged = fault.New(fault.Conflict, "VOU-060", "decision.proposal.changed")
	errProposalKind    = fault.New(fault.Internal, "VOU-061", "decision.incomplete")
)

// Snapshot is the calculation of a proposed grant as it was shown. What is decided is this and nothing else.
type Snapshot struct {
	Rulebook    int64          `json:"rulebook"`
	NotEntitled bool           `json:"not_entitled"` // the rulebook gives this client no voucher: the proposal is one to refuse
	Lines       []SnapshotLine `json:"lines"`
}

// SnapshotLine is one content with its values and their explanation.
type SnapshotLine struct {
	Content     int64           `json:"content"`
	Recurrence  Recurrence      `json:"recurrence"`
	Amount      *money.Quantity `json:"amount"`
	AmountCents *money.Cents    `json:"amount_cents"`
	Total       *money.Quantity `json:"total"`
	Values      []Value         `json:"values"`
	MaxCost     money.Cents     `json:"max_cost_cents"`
}

// ProposedGrant is a grant that has not been decided yet.
type ProposedGrant struct {
	decision.Proposal
	Grant    GrantInput
	Snapshot Snapshot
}

// Preview is the voucher that the proposal would give: lines and values, without a number.
func (p ProposedGrant) Preview() Voucher {
	v := Voucher{Organiser: p.Organiser, Client: p.Client, Person: p.Person, Service: p.Service, Mode: string(catalogue.Voucher), Valid: p.Grant.Period,
		Contact: p.Contact, Rulebook: p.Snapshot.Rulebook}
	for _, l := range p.Snapshot.Lines {
		v.Lines = append(v.Lines, Line{Content: l.Content, Recurrence: l.Recurrence, Amount: l.Amount, AmountCents: l.AmountCents, Total: l.Total, Values: l.Values})
	}
	return v
}

func (o Offer) snapshot() Snapshot {
	s := Snapshot{Rulebook: o.Rulebook.ID}
	for _, l := range o.Lines {
		s.Lines = append(s.Lines, SnapshotLine{Content: l.Content.ID, Recurrence: l.Input.Recurrence, Amount: l.Input.Amount, AmountCents: l.Input.AmountCents,
			Total: l.Input.Total, Values: l.Values, MaxCost: l.MaxCost})
	}
	return s
}

// ProposeGrant saves what is proposed to a client with its calculation, for a hearing or for somebody else to decide. seen is the
// proposal that is changed, with the row version that was seen; the zero value begins a new one. A client who is not entitled gets a
// proposal too: its decision is a refusal.
func ProposeGrant(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, in GrantInput, seen decision.DecideInput) (ProposedGrant, error) {
	if err := by.May(in.right(), in.Organiser); err != nil {
		return ProposedGrant{}, err
	}
	if in.Ordered != nil {
		return ProposedGrant{}, errMode
	}
	o, err := calculate(ctx, tx, by, means, in, false)
	shot := o.snapshot()
	switch {
	case fault.CodeOf(err) == errNotEntitled.Code:
		shot = Snapshot{Rulebook: o.Rulebook.ID, NotEntitled: true}
	case err != nil:
		return ProposedGrant{}, err
	}
	p := decision.Proposal{Organiser: in.Organiser, ID: seen.Proposal, RowVersion: seen.RowVersion, Client: o.Client.ID, Person: o.Client.Person, Service: in.Service,
		Kind: decision.Voucher, Amount: new(o.MaxCost()), Reasons: in.Reasons, Office: in.Office, Contact: in.Contact}
	if p.Input, err = json.Marshal(in); err != nil {
		return ProposedGrant{}, fmt.Errorf("writing a proposal: %w", err)
	}
	if p.Snapshot, err = json.Marshal(shot); err != nil {
		return ProposedGrant{}, fmt.Errorf("writing the calculation of a proposal: %w", err)
	}
	saved, err := decision.Propose(ctx, tx, by, p)
	if err != nil {
		return ProposedGrant{}, err
	}
	return proposed(saved)
}

// proposed reads what this package wrote.
func proposed(p decision.Proposal) (ProposedGrant, error) {
	g := ProposedGrant{Proposal: p}
	if p.Kind != decision.Voucher {
		return g, errProposalKind
	}
	if err := json.Unmarshal(p.Input, &g.Grant); err != nil {
		return g, fmt.Errorf("reading proposal %d: %w", p.ID, err)
	}
	if err := json.Unmarshal(p.Snapshot, &g.Snapshot); err != nil {
		return g, fmt.Errorf("reading the calculation of proposal %d: %w", p.ID, err)
	}
	return g, nil
}

// Proposed reads a proposed grant for its page; the reading is logged.
func Proposed(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, id int64) (ProposedGrant, error) {
	p, err := decision.Proposed(ctx, tx, by, org, id)
	if err != nil {
		return ProposedGrant{}, err
	}
	return proposed(p)
}

// DecideProposedInput decides a proposed grant. Reasons and Office are those of who decides; empty reasons keep the proposed ones.
type DecideProposedInput struct {
	decision.DecideInput
	Reasons, Office string
	HandedOver      bool
}

// DecideProposed grants what was proposed, by the power of who decides and not of who prepared it. VOU-060 when the calculation gives
// something else today: nobody decides on sums that the papers do not show. Locks: proposal, number series.
func DecideProposed(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, in DecideProposedInput) (Voucher, error) {
	var v Voucher
	_, err := decision.Decide(ctx, tx, by, in.DecideInput, func(p decision.Proposal) (int64, error) {
		g, err := proposed(p)
		if err != nil {
			return 0, err
		}
		g.Grant.Office, g.Grant.HandedOver = in.Office, in.HandedOver
		if in.Reasons != "" {
			g.Grant.Reasons = in.Reasons
		}
		o, err := calculate(ctx, tx, by, means, g.Grant, true)
		if err != nil {
			return 0, err
		}
		same, err := o.snapshot().same(g.Snapshot)
		if err != nil {
			return 0, err
		}
		if !same {
			return 0, errProposalChanged
		}
		if v, err = o.grant(ctx, tx, by, means); err != nil {
			return 0, err
		}
		return *v.Decision, nil
	})
	return v, err
}

// same compares the calculations as they are written.
func (s Snapshot) same(other Snapshot) (bool, error) {
	a, err := json.Marshal(s)
	if err != nil {
		return false, fmt.Errorf("writing a calculation: %w", err)
	}
	b, err := json.Marshal(other)
	if err != nil {
		return false, fmt.Errorf("writing a calculation: %w", err)
	}
	return bytes.Equal(a, b), nil
}

// RefuseProposed makes a negative decision on what was proposed, with its own reasons: the client can appeal it.
func RefuseProposed(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, in DecideProposedInput) (decision.Decision, error) {
	var made decision.Decision
	_, err := decision.Refuse(ctx, tx, by, in.DecideInput, func(p decision.Proposal) (int64, error) {
		org, err := organiser.Get(ctx, tx, p.Organiser)
		if err != nil {
			return 0, err
		}
		c, s, err := aboutProposal(ctx, tx, p)
		if err != nil {
			return 0, err
		}
		w := writer{means.Texts, c.Language}
		made, err = decision.Make(ctx, tx, by, org, w.refusal(p, c, s, in, tx.Today()))
		return made.ID, err
	})
	return made, err
}

func aboutProposal(ctx context.Context, tx *postgres.Tx, p decision.Proposal) (client.Client, catalogue.Service, error) {
	c, err := client.Load(ctx, tx, p.Organiser, p.Client)
	if err != nil {
		return client.Client{}, catalogue.Service{}, err
	}
	s, err := catalogue.ServiceAt(ctx, tx, p.Organiser, p.Service, tx.Today())
	return c, s, err
}

// refusal drafts the negative decision in the client's language.
func (w writer) refusal(p decision.Proposal, c client.Client, s catalogue.Service, in DecideProposedInput, day calendar.Date) decision.Draft {
	name := s.Names.In(w.lang)
	return decision.Draft{Kind: decision.Refusal, Outcome: decision.Rejected, LegalAct: s.LegalAct, LegalSection: s.LegalSection, Language: w.lang,
		Reasons: in.Reasons, MadeByTitle: in.Office, Client: &p.Client, Person: &p.Person, Service: &p.Service, SubjectKind: "proposal", SubjectID: p.ID,
		SenderUnit: s.Area.In(w.lang), Recipient: recipient(c), Title: w.say("proposal.letter.refusal.title", "service", name), HandedOver: in.HandedOver,
		Texts: w.texts, Fields: map[string]any{"service": name},
		Blocks: func(string) []document.Block {
			return []document.Block{
				document.Summary{Paragraphs: []document.Paragraph{w.plain("proposal.letter.refusal.brief", "service", name), w.plain("proposal.letter.refusal.next", "contact", p.Contact)}},
				document.Heading{Level: 2, Text: w.say("voucher.letter.decision")}, w.plain("proposal.letter.refusal.text", "service", name),
				document.Heading{Level: 2, Text: w.say("voucher.letter.reasons")}, document.Plain(in.Reasons),
				document.Heading{Level: 2, Text: w.say("proposal.letter.refusal.rights")}, w.plain("proposal.letter.refusal.rights.text"),
				document.Provisions{Items: []document.Paragraph{w.provision(s, day), w.plain("voucher.letter.provision.reasons")}},
				document.Heading{Level: 2, Text: w.say("voucher.letter.advice")}, document.Plain(p.Contact)}
		}}
}

// HearProposedInput asks the client about a proposed grant.
type HearProposedInput struct {
	decision.DecideInput
	Question string
	Channel  string // of decision.AskChannels
	Due      calendar.Date
	Office   string
}

// HearProposed writes to the client what is proposed and what is asked, in the client's language.
func HearProposed(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, in HearProposedInput) (decision.Proposal, error) {
	g, err := Proposed(ctx, tx, by, in.Organiser, in.Proposal)
	if err != nil {
		return decision.Proposal{}, err
	}
	c, s, err := aboutProposal(ctx, tx, g.Proposal)
	if err != nil {
		return decision.Proposal{}, err
	}
	w := writer{means.Texts, c.Language}
	name := s.Names.In(w.lang)
	blocks := []document.Block{w.plain("proposal.letter.hearing.refusal", "service", name)}
	if !g.Snapshot.NotEntitled {
		v := g.Preview()
		blocks = []document.Block{w.plain("proposal.letter.hearing.voucher", "service", name, "period", v.Valid), w.linesTable(v, s, v.Valid.From)}
		for _, l := range v.Lines {
			content, _ := s.Content(l.Content)
			blocks = append(blocks, l.Values[0].Explanation.Trace(w.texts, w.lang, w.say("voucher.letter.why.content", "content", content.Names.In(w.lang))))
		}
	}
	return decision.Hear(ctx, tx, by, decision.HearInput{Organiser: in.Organiser, Proposal: in.Proposal, RowVersion: in.RowVersion, Question: in.Question, Channel: in.Channel, Due: in.Due,
		Blocks: blocks, Office: in.Office, Texts: means.Texts})
}
