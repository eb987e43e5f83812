package citizen

import (
	"context"
	"html/template"
	"net/http"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/catalogue"
	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/postgres"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

// hearingPath is one matter in which the client is asked before a decision.
const hearingPath = "/my/hearings/{organiser}/{proposal}"

// hearingBody is the largest answer with its files, in bytes.
const hearingBody = 45 << 20

// hearingPages registers the pages about questions before decisions.
func hearingPages() []ui.PageSpec {
	return []ui.PageSpec{
		ui.Page("citizen/hearing", hearingView{}, hearingView{State: "hearing.waits", Question: []string{"x"}, Until: &ui.Inset{Text: "x"}, Decision: &ui.Link{Text: "x", Href: "/fi"}, Answer: "/fi",
			Answers: []givenAnswer{{Heading: "x", Text: []string{"x"}, Files: []ui.Link{{Text: "x", Href: "/fi"}}}}, PDF: "/fi"}),
		ui.Page("citizen/hearing-answer", replyView{}, replyView{Question: []string{"x"}, Added: true}),
	}
}

// hearingStates are the tags of where a question is.
func hearingStates() map[string]ui.State {
	return map[string]ui.State{
		"hearing.waits":    {Key: "hearing.own.state.waits", Colour: "yellow"},
		"hearing.silent":   {Key: "hearing.own.state.silent", Colour: "orange"},
		"hearing.answered": {Key: "hearing.own.state.answered", Colour: "green"},
		"hearing.over":     {Key: "hearing.own.state.over", Colour: "grey"},
	}
}

func (p *Pages) hearingRoutes(routes ui.Routes) {
	routes.Get(hearingPath, access.DecisionRead, p.hearing)
	routes.Large(hearingBody).Form(hearingPath+"/answer", access.VoucherAccept, p.reply)
	routes.Get(hearingPath+"/letters/{document}", access.DecisionRead, p.hearingLetter)
	routes.Get(hearingPath+"/files/{file}", access.DecisionRead, p.hearingFile)
}

// asked are the matters of which the client's own front page tells: those that wait for an answer. There may be several, so none is a
// landmark.
func asked(r *ui.Request, list []decision.OwnHearing) []*ui.Inset {
	var out []*ui.Inset
	for _, h := range list {
		if h.Standing == decision.HearingWaits {
			out = append(out, &ui.Inset{Strong: r.T("hearing.own.asked"), Text: r.T("hearing.own.asked.text", "due", h.Due),
				Link: &ui.Link{Text: r.T("hearing.own.open"), Href: r.Path(hearingPath, h.Organiser, h.Proposal)}})
		}
	}
	return out
}

// hearingTable lists every question, the newest due day first; nothing at all when the client was never asked.
func hearingTable(r *ui.Request, list []decision.OwnHearing, names map[int32]string) *ui.Table {
	if len(list) == 0 {
		return nil
	}
	t := ui.Table{Caption: r.T("hearing.own.list"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("hearing.own.question")}, {Text: r.T("common.state")}, {Text: r.T("hearing.own.due")}}}
	for _, h := range list {
		t.Rows = append(t.Rows, []ui.Cell{{Text: shortened(h.Question), Small: names[h.Organiser], Href: r.Path(hearingPath, h.Organiser, h.Proposal)},
			r.TagCell("hearing." + string(h.Standing)), {Text: r.Date(h.Due)}})
	}
	return &t
}

// longestShown is how much of a question a list shows, in letters.
const longestShown = 90

func shortened(s string) string {
	line := []rune(strings.Join(strings.Fields(s), " "))
	if len(line) > longestShown {
		return string(line[:longestShown]) + "…"
	}
	return string(line)
}

// openedHearing is a matter with what its pages show beside it.
type openedHearing struct {
	decision.HearingMatter
	Organiser organiser.Organiser
	Service   catalogue.Service
}

func (o openedHearing) path(r *ui.Request, tail string, more ...any) string {
	return r.Path(hearingPath+tail, append([]any{o.HearingMatter.Organiser, o.Proposal}, more...)...)
}

// inHearing runs fn under the organiser's scope after the matter has been read as the client's own.
func (p *Pages) inHearing(r *ui.Request, fn func(ctx context.Context, tx *postgres.Tx, o openedHearing) error) error {
	org, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	number, err := r.PathID("proposal")
	if err != nil {
		return err
	}
	return r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) error {
		var o openedHearing
		var err error
		if o.HearingMatter, err = decision.HearingOf(ctx, tx, r.Actor, org, number); err != nil {
			return err
		}
		if o.Service, err = catalogue.ServiceAt(ctx, tx, org, o.HearingMatter.Service, tx.Today()); err != nil {
			return err
		}
		if o.Organiser, err = organiser.Get(ctx, tx, org); err != nil {
			return err
		}
		return fn(ctx, tx, o)
	})
}

type hearingView struct {
	Service, Sender, State string
	Question               []string
	Until                  *ui.Inset
	Decision               *ui.Link
	Answer                 string // address; "" when it is too late
	More                   bool   // an answer has been given already
	Answers                []givenAnswer
	Title                  string
	Letter                 template.HTML // made by the letter renderer, which escapes every text
	PDF                    string
	Phone                  string
}

type givenAnswer struct {
	Heading string
	Text    []string // paragraphs
	Files   []ui.Link
}

// hearing shows the question, until when it can be answered, what has been answered, and the letter with the proposal and its calculation.
func (p *Pages) hearing(w http.ResponseWriter, r *ui.Request) error {
	var v hearingView
	err := p.inHearing(r, func(ctx context.Context, tx *postgres.Tx, o openedHearing) error {
		v = hearingPage(r, o)
		for _, s := range o.Steps {
			if s.Document == nil {
				continue
			}
			d, err := decision.Document(ctx, tx, r.Actor, o.HearingMatter.Organiser, *s.Document)
			if err != nil {
				return err
			}
			v.Title, v.Letter, v.PDF = d.Title, document.StoredPart(d.HTML), o.path(r, "/letters/{document}", d.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "citizen/hearing", v)
}

func hearingPage(r *ui.Request, o openedHearing) hearingView {
	v := hearingView{Service: o.Service.Names.In(r.Lang), Sender: o.Organiser.Names.In(r.Lang), State: "hearing." + string(o.Standing), Question: ui.Paragraphs(o.Question),
		Phone: o.Contact, More: o.Standing == decision.HearingAnswered, Until: until(r, o.Standing, o.Due)}
	if o.Standing.Open() && r.Actor.Can(access.VoucherAccept) {
		v.Answer = o.path(r, "/answer")
	}
	if o.Decision != nil {
		v.Decision = &ui.Link{Text: r.T("proposal.page.decision"), Href: r.Path("/my/decisions/{organiser}/{decision}", o.HearingMatter.Organiser, *o.Decision)}
	}
	for _, s := range o.Steps {
		if s.Kind != "answered" {
			continue
		}
		a := givenAnswer{Heading: r.T("hearing.own.answered", "day", s.Day), Text: ui.Paragraphs(s.Note)}
		if s.Channel != "portal" {
			a.Heading = r.T("hearing.own.answered.recorded", "day", s.Day)
		}
		for _, f := range s.Files {
			a.Files = append(a.Files, ui.Link{Text: f.Name, Href: o.path(r, "/files/{file}", f.ID)})
		}
		v.Answers = append(v.Answers, a)
	}
	return v
}

// until says in words what the time means now.
func until(r *ui.Request, s decision.Standing, due calendar.Date) *ui.Inset {
	return &ui.Inset{Strong: r.T("hearing.own.until."+string(s), "due", due), Text: r.T("hearing.own.until." + string(s) + ".text")}
}

type replyView struct {
	Form          *ui.Form
	Question      []string
	Added         bool // to an earlier answer
	Back, Service string
}

// reply takes the answer. Refused files do not take the written answer with them.
func (p *Pages) reply(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	v := replyView{Form: f}
	var next string
	err := p.inHearing(r, func(_ context.Context, _ *postgres.Tx, o openedHearing) error {
		v.Question, v.Added, v.Service = ui.Paragraphs(o.Question), o.Standing == decision.HearingAnswered, o.Service.Names.In(r.Lang)
		v.Back = o.path(r, "")
		next = "/my/hearings/" + ui.Digits(o.HearingMatter.Organiser) + "/" + ui.Digits(o.Proposal)
		return nil
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		in := decision.ReplyInput{Text: f.OptionalLongText("answer"), Keys: p.Keys}
		for _, up := range f.Files("files", document.MaxUpload) {
			in.Files = append(in.Files, decision.ReplyFile{Name: up.Name, Data: up.Data})
		}
		if !f.Refused() {
			err := p.inHearing(r, func(ctx context.Context, tx *postgres.Tx, o openedHearing) error {
				in.Organiser, in.Proposal = o.HearingMatter.Organiser, o.Proposal
				return decision.Reply(ctx, tx, r.Actor, in)
			})
			if err == nil {
				return r.SeeOther(w, next, "hearing.own.sent")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "citizen/hearing-answer", v)
}

// hearingLetter is the paper of a question of this matter.
func (p *Pages) hearingLetter(w http.ResponseWriter, r *ui.Request) error {
	number, err := r.PathID("document")
	if err != nil {
		return err
	}
	var d decision.Stored
	err = p.inHearing(r, func(ctx context.Context, tx *postgres.Tx, o openedHearing) (err error) {
		for _, s := range o.Steps {
			if s.Document != nil && *s.Document == number {
				d, err = decision.Document(ctx, tx, r.Actor, o.HearingMatter.Organiser, number)
				return err
			}
		}
		return ui.ErrNoPage
	})
	if err != nil {
		return err
	}
	return voucherview.PDF(w, ui.Digits(d.ID)+".pdf", d.PDF)
}

// hearingFile gives a file that the client has sent.
func (p *Pages) hearingFile(w http.ResponseWriter, r *ui.Request) error {
	number, err := r.PathID("file")
	if err != nil {
		return err
	}
	var f decision.OpenedFile
	err = p.inHearing(r, func(ctx context.Context, tx *postgres.Tx, o openedHearing) (err error) {
		f, err = decision.OpenHearingFile(ctx, tx, r.Actor, p.Keys, o.HearingMatter.Organiser, o.Proposal, number)
		return err
	})
	if err != nil {
		return err
	}
	return ui.Download(w, f.Name, f.Media, f.Data)
}
