package casework

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/decision"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/decider"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

type proposedView struct {
	ID, Client, Service          int64
	Name, ServiceName, State     string
	NotEntitled, Waits           *ui.Inset
	Facts                        ui.Summary
	Lines                        ui.Table
	Answers                      []hearingAnswer // to the newest question, oldest first
	Reasons                      string
	Why                          []ui.Calculation
	History                      ui.Timeline
	Decision                     *ui.Link
	CanAct, CanAnswer, CanDecide bool
	CanChange                    bool
}

func sampleProposal() proposedView {
	return proposedView{ID: 1, Client: 1, Service: 1, NotEntitled: &ui.Inset{Text: "x"}, Waits: &ui.Inset{Text: "x"}, Why: []ui.Calculation{{Caption: "x"}}, Decision: &ui.Link{Text: "x", Href: "/fi/decisions/1"},
		Answers: []hearingAnswer{{Heading: "x", Text: []string{"x"}, Files: []ui.Link{{Text: "x", Href: "/fi"}}}}, CanAct: true, CanAnswer: true, CanDecide: true, CanChange: true}
}

// hearingAnswer is what the client answered, with the files that came with it.
type hearingAnswer struct {
	Heading string
	Text    []string // paragraphs
	Files   []ui.Link
}

// openedProposal is a proposal with its client and service.
type openedProposal struct {
	voucher.ProposedGrant
	Person  client.Client
	Service catalogue.Service
	Steps   []decision.ProposalStep
}

// due is until when the client may answer; the zero day when nothing waits.
func (o openedProposal) due() (due calendar.Date) {
	for _, s := range o.Steps {
		if s.Kind == "asked" && o.State == decision.Hearing {
			due = *s.Due
		}
	}
	return due
}

func (p *Pages) openProposal(r *ui.Request) (o openedProposal, err error) {
	number, err := r.PathID("proposal")
	if err != nil {
		return o, err
	}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if o.ProposedGrant, err = voucher.Proposed(ctx, tx, r.Actor, r.Actor.Organiser, number); err != nil {
			return err
		}
		if o.Person, err = client.Load(ctx, tx, o.Organiser, o.Proposal.Client); err != nil {
			return err
		}
		if o.Service, err = catalogue.ServiceAt(ctx, tx, o.Organiser, o.Proposal.Service, o.Grant.Period.From); err != nil {
			return err
		}
		o.Steps, err = decision.Steps(ctx, tx, o.Proposal)
		return err
	})
	return o, err
}

// proposalPage shows what is proposed with the calculation as it was made, and the way so far.
func (p *Pages) proposalPage(w http.ResponseWriter, r *ui.Request) error {
	o, err := p.openProposal(r)
	if err != nil {
		return err
	}
	preview := o.Preview()
	v := proposedView{ID: o.ID, Client: o.Proposal.Client, Service: o.Proposal.Service, Name: o.Person.Name(), ServiceName: o.Service.Names.In(r.Lang), State: "proposal." + string(o.State),
		Reasons: o.Reasons, Why: voucherview.Why(r, p.Means.Texts, preview, o.Service, preview.Valid.From), Lines: p.proposedLines(r, o, preview), Facts: ui.Summary{Rows: []ui.Row{
			{Key: r.T("casework.client"), Link: &ui.Link{Text: o.Person.Name(), Href: r.Path("/clients/{client}", o.Proposal.Client)}},
			{Key: r.T("casework.valid"), Value: r.Period(o.Grant.Period)}, {Key: r.T("proposal.page.amount"), Value: orDash(r, o.Amount)},
			{Key: r.T("proposal.page.prepared_by"), Value: o.PreparedBy, Small: i18n.DateTime(r.Lang, o.ChangedAt)}, {Key: r.T("casework.contact"), Value: o.Contact}}}}
	if o.Snapshot.NotEntitled {
		v.NotEntitled = &ui.Inset{Strong: r.T("proposal.page.not_entitled"), Text: r.T("proposal.page.not_entitled.text")}
	}
	v.CanAct = o.State.Live() && r.Actor.Can(access.DecisionMake)
	v.CanAnswer = v.CanAct && o.State == decision.Hearing
	v.CanChange = v.CanAct && r.Actor.Can(access.VoucherGrant)
	waiting := o.due() >= r.Today()
	switch {
	case v.CanAnswer && waiting:
		v.Waits = &ui.Inset{Text: r.T("decision.proposal.waits", "due", o.due())}
	case v.CanAnswer:
		v.Waits = &ui.Inset{Strong: r.T("proposal.page.silent", "due", o.due()), Text: r.T("proposal.page.silent.text")}
	}
	v.Answers = answersOf(r, o)
	v.CanDecide = v.CanAct && !(v.CanAnswer && waiting)
	if o.Decision != nil {
		v.Decision = &ui.Link{Text: r.T("proposal.page.decision"), Href: r.Path("/decisions/{decision}", *o.Decision)}
	}
	v.History = proposalHistory(r, o)
	return r.Show(w, http.StatusOK, "casework/proposal", v)
}

func (p *Pages) proposedLines(r *ui.Request, o openedProposal, v voucher.Voucher) ui.Table {
	t := ui.Table{Caption: r.T("proposal.page.lines"), Columns: []ui.Column{{Text: r.T("proposal.page.content")}, {Text: r.T("proposal.page.quantity")}, {Text: r.T("proposal.page.value"), Numeric: true},
		{Text: r.T("proposal.page.amount"), Numeric: true}}, Empty: ui.Empty{Title: r.T("proposal.page.no_lines")}}
	for i, l := range v.Lines {
		c := voucherview.Content(o.Service, l)
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.Names.In(r.Lang)}, {Text: voucher.AmountText(p.Means.Texts, r.Lang, l, c.Unit)},
			{Text: voucher.ValueText(p.Means.Texts, r.Lang, l.Values[0].Cents, c.Unit), Numeric: true}, r.CentsCell(o.Snapshot.Lines[i].MaxCost)})
	}
	return t
}

// answersOf shows what the client has answered to the newest question.
func answersOf(r *ui.Request, o openedProposal) (list []hearingAnswer) {
	for _, s := range o.Steps {
		switch s.Kind {
		case "asked":
			list = nil
		case "answered":
			a := hearingAnswer{Heading: r.T("proposal.step.answered", "day", s.Day) + " · " + r.T("voucher.channel."+s.Channel), Text: ui.Paragraphs(s.Note)}
			for _, f := range s.Files {
				a.Files = append(a.Files, ui.Link{Text: f.Name, Href: r.Path("/proposals/{proposal}/files/{file}", o.ID, f.ID)})
			}
			list = append(list, a)
		}
	}
	return list
}

func proposalHistory(r *ui.Request, o openedProposal) ui.Timeline {
	t := ui.Timeline{Title: r.T("decision.page.history")}
	for i := len(o.Steps) - 1; i >= 0; i-- {
		s := o.Steps[i]
		m := ui.Moment{Title: r.T("proposal.step."+s.Kind, "day", s.Day), By: s.By, When: i18n.DateTime(r.Lang, s.At), Text: s.Note}
		switch {
		case s.Due != nil:
			m.Text = r.T("proposal.step.asked.text", "due", *s.Due, "question", s.Note)
			if s.Channel != "" {
				m.Text = r.T("voucher.channel."+s.Channel) + ". " + m.Text
			}
		case s.Channel != "":
			m.Text = r.T("voucher.channel."+s.Channel) + ": " + s.Note
		}
		if s.Document != nil {
			m.Href = r.Path("/proposals/{proposal}/hearings/{hearing}", o.ID, *s.Document)
		}
		if s.Decision != nil {
			m.Href = r.Path("/decisions/{decision}", *s.Decision)
		}
		t.Moments = append(t.Moments, m)
	}
	return t
}

// hearingLetter is the letter that asked the client, as it was sent.
func (p *Pages) hearingLetter(w http.ResponseWriter, r *ui.Request) error {
	o, err := p.openProposal(r)
	if err != nil {
		return err
	}
	number, err := r.PathID("hearing")
	if err != nil {
		return err
	}
	for _, s := range o.Steps {
		if s.Document != nil && *s.Document == number {
			var d decision.Stored
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
				d, err = decision.Document(ctx, tx, r.Actor, o.Organiser, number)
				return err
			})
			if err != nil {
				return err
			}
			return voucherview.PDF(w, ui.Digits(d.ID)+".pdf", d.PDF)
		}
	}
	return ui.ErrNoPage
}

// proposalFile is a file that came with the client's answer.
func (p *Pages) proposalFile(w http.ResponseWriter, r *ui.Request) error {
	proposal, err := r.PathID("proposal")
	if err != nil {
		return err
	}
	number, err := r.PathID("file")
	if err != nil {
		return err
	}
	var f decision.OpenedFile
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		f, err = decision.OpenHearingFile(ctx, tx, r.Actor, p.Keys, r.Actor.Organiser, proposal, number)
		return err
	})
	if err != nil {
		return err
	}
	return ui.Download(w, f.Name, f.Media, f.Data)
}

// proposalActView is a small form about one proposal.
type proposalActView struct {
	Form              *ui.Form
	ID                int64
	Name, ServiceName string
	Amount            string
	Options           []ui.Option
	Why               []ui.Calculation
}

// onProposal reads the proposal, lets read make the input of the form, and runs what read gives back; it answers where to go next.
func (p *Pages) onProposal(w http.ResponseWriter, r *ui.Request, page, done string, read func(v *proposalActView, o openedProposal, seen decision.DecideInput) func(context.Context, *postgres.Tx) (string, error)) error {
	o, err := p.openProposal(r)
	if err != nil {
		return err
	}
	f := r.Input()
	f.Set("version", ui.Digits(o.RowVersion))
	if err := decider.Office(r, p.DB, f); err != nil {
		return err
	}
	v := proposalActView{Form: f, ID: o.ID, Name: o.Person.Name(), ServiceName: o.Service.Names.In(r.Lang), Amount: orDash(r, o.Amount)}
	act := read(&v, o, decision.DecideInput{Organiser: o.Organiser, Proposal: o.ID, RowVersion: version(f)})
	if f.Submitted() && !f.Refused() {
		next := "/proposals/" + ui.Digits(o.ID)
		err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			to, err := act(ctx, tx)
			if to != "" {
				next = to
			}
			return err
		})
		if err == nil {
			return r.SeeOther(w, next, done)
		}
		if !take(f, err) {
			return err
		}
	}
	return r.Show(w, f.Status(), page, v)
}

func (p *Pages) proposalDecide(w http.ResponseWriter, r *ui.Request) error {
	return p.onProposal(w, r, "casework/proposal-decide", "proposal.page.decided.done", func(v *proposalActView, o openedProposal, seen decision.DecideInput) func(context.Context, *postgres.Tx) (string, error) {
		preview := o.Preview()
		v.Why = voucherview.Why(r, p.Means.Texts, preview, o.Service, preview.Valid.From)
		v.Form.Set("reasons", o.Reasons)
		in := voucher.DecideProposedInput{DecideInput: seen}
		if v.Form.Submitted() {
			in.Reasons, in.Office, in.HandedOver = v.Form.LongText("reasons"), v.Form.Text("office"), v.Form.Bool("handed")
		}
		return func(ctx context.Context, tx *postgres.Tx) (string, error) {
			made, err := voucher.DecideProposed(ctx, tx, r.Actor, p.Means, in)
			if err != nil {
				return "", err
			}
			return "/decisions/" + ui.Digits(*made.Decision), nil
		}
	})
}

func (p *Pages) proposalRefuse(w http.ResponseWriter, r *ui.Request) error {
	return p.onProposal(w, r, "casework/proposal-refuse", "proposal.page.refused.done", func(v *proposalActView, _ openedProposal, seen decision.DecideInput) func(context.Context, *postgres.Tx) (string, error) {
		in := voucher.DecideProposedInput{DecideInput: seen}
		if v.Form.Submitted() {
			in.Reasons, in.Office, in.HandedOver = v.Form.LongText("reasons"), v.Form.Text("office"), v.Form.Bool("handed")
		}
		return func(ctx context.Context, tx *postgres.Tx) (string, error) {
			made, err := voucher.RefuseProposed(ctx, tx, r.Actor, p.Means, in)
			if err != nil {
				return "", err
			}
			return "/decisions/" + ui.Digits(made.ID), nil
		}
	})
}

func (p *Pages) proposalHear(w http.ResponseWriter, r *ui.Request) error {
	return p.onProposal(w, r, "casework/proposal-hear", "proposal.page.asked.done", func(v *proposalActView, o openedProposal, seen decision.DecideInput) func(context.Context, *postgres.Tx) (string, error) {
		v.Form.Set("due", twoWeeks(r))
		v.Form.Set("channel", "letter")
		if o.Person.Email != "" {
			v.Form.Set("channel", "portal")
		}
		for _, c := range decision.AskChannels() {
			v.Options = append(v.Options, ui.Option{Value: c, Text: r.T("proposal.page.hear.channel." + c), Hint: r.T("proposal.page.hear.channel." + c + ".hint")})
		}
		in := voucher.HearProposedInput{DecideInput: seen}
		if v.Form.Submitted() {
			in.Question, in.Channel = v.Form.LongText("question"), v.Form.Choice("channel", decision.AskChannels()...)
			in.Due, in.Office = v.Form.Date("due"), v.Form.Text("office")
		}
		return func(ctx context.Context, tx *postgres.Tx) (string, error) {
			_, err := voucher.HearProposed(ctx, tx, r.Actor, p.Means, in)
			return "", err
		}
	})
}

func (p *Pages) proposalAnswer(w http.ResponseWriter, r *ui.Request) error {
	return p.onProposal(w, r, "casework/proposal-answer", "proposal.page.answered.done", func(v *proposalActView, _ openedProposal, seen decision.DecideInput) func(context.Context, *postgres.Tx) (string, error) {
		v.Form.Set("day", r.Today())
		for _, c := range []string{"letter", "phone", "hand"} {
			v.Options = append(v.Options, ui.Option{Value: c, Text: r.T("voucher.channel." + c)})
		}
		in := decision.AnswerInput{Organiser: seen.Organiser, Proposal: seen.Proposal, RowVersion: seen.RowVersion}
		if v.Form.Submitted() {
			in.Day, in.Channel, in.Text = v.Form.Date("day"), v.Form.Choice("channel", "letter", "phone", "hand"), v.Form.LongText("answer")
		}
		return func(ctx context.Context, tx *postgres.Tx) (string, error) {
			_, err := decision.Answer(ctx, tx, r.Actor, in)
			return "", err
		}
	})
}

func (p *Pages) proposalWithdraw(w http.ResponseWriter, r *ui.Request) error {
	return p.onProposal(w, r, "casework/proposal-withdraw", "proposal.page.withdrawn.done", func(v *proposalActView, _ openedProposal, seen decision.DecideInput) func(context.Context, *postgres.Tx) (string, error) {
		why := ""
		if v.Form.Submitted() {
			why = v.Form.LongText("reasons")
		}
		return func(ctx context.Context, tx *postgres.Tx) (string, error) {
			_, err := decision.Withdraw(ctx, tx, r.Actor, seen, why)
			return "", err
		}
	})
}
