package guidance

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"seteli/core/calendar"
	queue "seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type applicationView struct {
	Form      *ui.Form
	ID        int64
	Child     int64
	Name      string
	State     string
	Clock     *ui.Inset
	Summary   ui.Summary
	Consents  ui.Table
	Proposals ui.Table
	Papers    ui.Table
	History   ui.Timeline
	// What can be done now, each "" or false when it is not the time.
	CanTake, CanOffer, CanAnswer, CanFamily, CanCancel, CanPropose, CanEnd, CanRecord bool
	Version                                                                           string
	Income                                                                            string
	Decision                                                                          string // on the place
}

func sampleApplication() applicationView {
	return applicationView{ID: 1, Child: 1, State: "daycare.application.sent", Clock: &ui.Inset{Text: "x"}, CanTake: true, CanOffer: true, CanAnswer: true, CanFamily: true, CanCancel: true,
		CanPropose: true, CanEnd: true, CanRecord: true, Income: "/fi/clients", Decision: "/fi/decisions"}
}

// one reads the application of the address and runs fn with it.
func (p *Pages) one(r *ui.Request, fn func(ctx context.Context, tx *postgres.Tx, a queue.Application) error) error {
	id, err := r.PathID("application")
	if err != nil {
		return err
	}
	return r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		a, err := queue.Get(ctx, tx, r.Actor, r.Actor.Organiser, id)
		if err != nil {
			return err
		}
		return fn(ctx, tx, a)
	})
}

func (p *Pages) application(w http.ResponseWriter, r *ui.Request) error {
	view := applicationView{Form: r.Input()}
	err := p.one(r, func(ctx context.Context, tx *postgres.Tx, a queue.Application) error {
		rules, err := store.RulesOn(ctx, tx, a.Organiser, a.Start)
		if err != nil {
			return err
		}
		steps, err := queue.History(ctx, tx, a)
		if err != nil {
			return err
		}
		papers, err := queue.Papers(ctx, tx, r.Actor, a)
		if err != nil {
			return err
		}
		siblings, err := queue.SiblingPlaces(ctx, tx, r.Actor, a)
		view.fill(r, a, rules)
		for _, s := range siblings {
			view.Summary.Rows = append(view.Summary.Rows, ui.Row{Key: r.T("guidance.sibling"), Value: s.Name, Small: s.UnitName + " · " + r.T("family.from", "day", s.From)})
		}
		view.tables(r, a, steps, papers)
		return err
	})
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "guidance/application", view)
}

func (v *applicationView) fill(r *ui.Request, a queue.Application, rules store.Rules) {
	live, waits := a.Live()
	waiting := a.State == queue.Sent || a.State == queue.Handling
	v.ID, v.Child, v.Name, v.State = a.ID, a.Of.Child, a.Child, "daycare.application."+string(a.State)
	v.Version = ui.Digits(a.RowVersion)
	for _, x := range a.Proposals {
		if x.Decision != nil {
			v.Decision = r.Path("/decisions/{decision}", *x.Decision)
		}
	}
	v.CanTake, v.CanPropose, v.CanEnd = a.State == queue.Sent, waiting && !waits && len(a.Missing()) == 0, a.State.Open()
	v.CanAnswer, v.CanOffer, v.CanFamily, v.CanCancel = live.State == queue.Proposed, live.State == queue.Confirmed, live.State == queue.OfferedToFamily, waits
	if a.Due != nil && a.State.Open() {
		v.Clock = &ui.Inset{Strong: r.T("guidance.due_on", "day", *a.Due), Text: clock(r, *a.Due)}
		switch {
		case live.State == queue.Proposed:
			v.Clock.Text += " · " + r.T("guidance.clock.unit", "unit", live.UnitName, "day", live.UnitDue)
		case live.State == queue.OfferedToFamily:
			v.Clock.Text += " · " + r.T("guidance.clock.family", "day", *live.AnswerBy)
		case len(a.Missing()) > 0:
			v.Clock.Text += " · " + r.T("family.waits.consent", "name", a.Missing()[0].Name)
		}
	}
	row := func(key, value, small string) {
		if value != "" {
			v.Summary.Rows = append(v.Summary.Rows, ui.Row{Key: r.T(key), Value: value, Small: small})
		}
	}
	urgent := r.T("family.application.usual")
	if a.Urgent {
		urgent = r.T("family.application.urgent")
	}
	row("guidance.born", r.Date(a.BirthDate), "")
	how, when := cameText(r, a)
	row("guidance.received.how", how, when)
	row("family.application.start", r.Date(a.Start), urgent)
	row("family.application.reason", a.Reason, "")
	v.Summary.Rows = append(v.Summary.Rows, needed(r, a, rules)...)
	for _, g := range a.Guardians {
		if g.Adult == a.Home {
			row("family.application.home", g.Name, "")
		}
	}
	told := ""
	if a.Income != nil && a.IncomeWay == queue.IncomeTold {
		told = r.T("family.application.income_sum", "sum", *a.Income)
	}
	if a.Told.Outcome != "" {
		told += " · " + r.T("family.told."+a.Told.Outcome, "who", a.Told.By, "at", *a.Told.At)
		row("family.told.answer", a.Told.Answer, "")
	}
	v.CanRecord = a.IncomeWaits()
	row("family.application.income", r.T("family.income."+string(a.IncomeWay)), told)
	v.Income = r.Path("/clients/{client}/household", a.Home)
	for i, wish := range a.Wishes {
		row("family.wish."+ui.Digits(i+1), wish.Name, r.T("family.way."+string(wish.Way))+" · "+r.T("family.position", "n", wish.Position))
	}
}

// needed is what a place must answer: the need, the language, the support and the family's own words.
func needed(r *ui.Request, a queue.Application, rules store.Rules) []ui.Row {
	rows := []ui.Row{{Key: r.T("family.application.option"), Value: optionName(r, rules, a.Option), Small: r.T("family.application.hours", "hours", a.Hours)}}
	if a.Shift {
		rows = append(rows, ui.Row{Key: r.T("family.application.shift"), Value: r.T("family.yes")})
	}
	if a.Language != "" {
		rows = append(rows, ui.Row{Key: r.T("family.application.language"), Value: r.T("family.language." + string(a.Language)), Small: a.LanguageWords})
	}
	if a.Support != "" {
		rows = append(rows, ui.Row{Key: r.T("family.application.support"), Value: a.Support})
	}
	if a.Words != "" {
		rows = append(rows, ui.Row{Key: r.T("family.application.words"), Value: a.Words})
	}
	return rows
}

func (v *applicationView) tables(r *ui.Request, a queue.Application, steps []queue.Step, papers []queue.Paper) {
	v.Consents = ui.Table{Caption: r.T("family.consents"), Cards: true, Columns: []ui.Column{{Text: r.T("family.consents.name")}, {Text: r.T("family.consents.answer")}}}
	missing := a.Missing()
	for _, g := range a.Guardians {
		name, answer := ui.Cell{Text: g.Name}, ui.Cell{Text: r.T("family.consents.waiting")}
		if g.Protected {
			name.Small = r.T("casework.banned")
		}
		if i := slices.IndexFunc(a.Consents, func(c queue.Consent) bool { return c.Adult == g.Adult }); i >= 0 {
			answer = ui.Cell{Text: r.T("family.consents." + a.Consents[i].Answer), Small: a.Consents[i].Reason}
		}
		if g.Adult == a.Applicant {
			answer = ui.Cell{Text: r.T("family.consents.applicant")}
		}
		if a.State.Open() && slices.ContainsFunc(missing, func(m queue.Guardian) bool { return m.Adult == g.Adult }) {
			answer.Href = r.Path(oneApplication+"/consent/{adult}", a.ID, g.Adult)
		}
		v.Consents.Rows = append(v.Consents.Rows, []ui.Cell{name, answer})
	}
	v.Proposals = ui.Table{Caption: r.T("guidance.proposals"), Cards: true, Columns: []ui.Column{{Text: r.T("guidance.unit")}, {Text: r.T("guidance.start")}, {Text: r.T("guidance.state")}, {Text: r.T("guidance.said")}},
		Empty: ui.Empty{Title: r.T("guidance.proposals.none")}}
	for _, x := range a.Proposals {
		v.Proposals.Rows = append(v.Proposals.Rows, []ui.Cell{{Text: x.UnitName, Small: r.T("family.way." + string(x.Way))}, {Text: r.Date(x.Start)}, r.TagCell("daycare.proposal." + string(x.State)),
			{Text: strings.TrimSpace(x.UnitWords + " " + x.EndedWords), Small: x.UnitBy}})
	}
	v.Papers = ui.Table{Caption: r.T("family.step.papers"), Cards: true, Columns: []ui.Column{{Text: r.T("family.papers.name")}, {Text: r.T("family.papers.at")}}, Empty: ui.Empty{Title: r.T("family.papers.none")}}
	for _, x := range papers {
		v.Papers.Rows = append(v.Papers.Rows, []ui.Cell{{Text: x.Name, Href: r.Path(oneApplication+"/papers/{paper}", a.ID, x.ID)}, {Text: i18n.DateTime(r.Lang, x.At), Small: x.By}})
	}
	v.History = ui.Timeline{Title: r.T("family.history")}
	for _, s := range steps {
		v.History.Moments = append(v.History.Moments, ui.Moment{Title: r.T("family.act." + s.Act), By: s.By, When: i18n.DateTime(r.Lang, s.At), Text: s.Words})
	}
}

type papersView struct {
	Form       *ui.Form
	Name, Back string
}

// papers takes a file for the family: the paper that the application came on, pay slips.
func (p *Pages) papers(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := papersView{Form: f}
	var a queue.Application
	err := p.one(r, func(_ context.Context, _ *postgres.Tx, found queue.Application) error {
		a, view.Name, view.Back = found, found.Child, r.Path(oneApplication, found.ID)
		return nil
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		file := f.File("file", document.MaxUpload)
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := queue.AddPaper(ctx, tx, r.Actor, p.Keys, queue.PaperInput{Organiser: a.Organiser, Application: a.ID, Name: file.Name, Data: file.Data})
				return err
			})
			if err == nil {
				return r.SeeOther(w, local(r, view.Back), "family.papers.added")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "guidance/papers", view)
}

// paper gives a file of the family.
func (p *Pages) paper(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("paper")
	if err != nil {
		return err
	}
	var name, media string
	var data []byte
	err = p.one(r, func(ctx context.Context, tx *postgres.Tx, a queue.Application) (err error) {
		name, media, data, err = queue.OpenPaper(ctx, tx, r.Actor, p.Keys, a, id)
		return err
	})
	if err != nil {
		return err
	}
	return ui.Download(w, name, media, data)
}

// press is a button on the application's page without a form of its own; what cannot be done leads back with the page as it is now.
func (p *Pages) press(w http.ResponseWriter, r *ui.Request, done string, work func(ctx context.Context, tx *postgres.Tx, a queue.Application) error) error {
	var back string
	err := p.one(r, func(ctx context.Context, tx *postgres.Tx, a queue.Application) error {
		back = r.Path(oneApplication, a.ID)
		return work(ctx, tx, a)
	})
	if err != nil {
		return err
	}
	return r.SeeOther(w, local(r, back), done)
}

func (p *Pages) take(w http.ResponseWriter, r *ui.Request) error {
	return p.press(w, r, "guidance.taken", func(ctx context.Context, tx *postgres.Tx, a queue.Application) error {
		return queue.Take(ctx, tx, r.Actor, a.Organiser, a.ID, version(r.Input()))
	})
}

type offerView struct {
	Form       *ui.Form
	Name, Lead string
	Back       string
}

// offer offers the confirmed place; the office and the reasons are for the decision that an accepted offer becomes.
func (p *Pages) offer(w http.ResponseWriter, r *ui.Request) error {
	v := actView{}
	a, live, err := p.asked(r, &v)
	if err != nil {
		return err
	}
	f := v.Form
	f.Set("version", ui.Digits(live.RowVersion))
	if !f.Submitted() {
		err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			office, err := queue.OfficeOf(ctx, tx, r.Actor)
			f.Set("office", office)
			return err
		})
		if err != nil {
			return err
		}
	}
	if f.Submitted() {
		in := queue.OfferInput{Organiser: a.Organiser, Proposal: live.ID, RowVersion: version(f), Office: f.Text("office"), Reasons: f.OptionalLongText("reasons")}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := queue.Offer(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, local(r, v.Back), "guidance.offered")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "guidance/offer", offerView{Form: f, Name: a.Child, Back: v.Back, Lead: r.T("guidance.offer.lead", "unit", live.UnitName, "day", live.Start)})
}

type proposeView struct {
	Form  *ui.Form
	ID    int64
	Name  string
	Need  ui.Summary // what the place must answer
	Units []ui.Option
	Back  string
}

// propose lists the units with free places on the start, the family's wishes first.
func (p *Pages) propose(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := proposeView{Form: f}
	var a queue.Application
	err := p.one(r, func(ctx context.Context, tx *postgres.Tx, found queue.Application) error {
		a = found
		start := a.Start
		if day, err := ui.ParseDate(f.Value("start")); err == nil && day > tx.Today() {
			start = day
		}
		f.Set("start", max(a.Start, tx.Today()+1))
		f.Set("version", ui.Digits(a.RowVersion))
		view.ID, view.Name, view.Back = a.ID, a.Child, r.Path(oneApplication, a.ID)
		list, err := queue.Fillings(ctx, tx, a.Organiser, min(start, tx.Today()), nil)
		if err != nil {
			return err
		}
		siblings, err := queue.SiblingPlaces(ctx, tx, r.Actor, a)
		if err != nil {
			return err
		}
		rules, err := store.RulesOn(ctx, tx, a.Organiser, a.Start)
		if err != nil {
			return err
		}
		view.Need.Rows = needed(r, a, rules)
		view.Units = unitChoices(r, a, list, siblings, start)
		if len(view.Units) > 0 {
			f.Set("unit", view.Units[0].Value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		in := queue.ProposeInput{Organiser: a.Organiser, Application: a.ID, RowVersion: version(f), Unit: f.ID("unit"), Start: f.Date("start")}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := queue.Propose(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, local(r, view.Back), "guidance.proposed")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "guidance/propose", view)
}

// unitChoices are the units in the order of wishes, then by free places; a full one can be read but not chosen.
func unitChoices(r *ui.Request, a queue.Application, list []queue.Filling, siblings []queue.SiblingPlace, start calendar.Date) []ui.Option {
	rank := func(u queue.Filling) int {
		if i := slices.IndexFunc(a.Wishes, func(w queue.Wish) bool { return w.Unit == u.ID }); i >= 0 {
			return i
		}
		return len(a.Wishes)
	}
	slices.SortStableFunc(list, func(x, y queue.Filling) int { return rank(x) - rank(y) })
	var out []ui.Option
	for _, u := range list {
		free, _ := queue.Free(u.Places, u.Taken, a.BirthDate, start)
		hint := r.T("family.way."+string(u.Way)) + " · " + r.T("family.free", "n", max(0, free))
		if n := rank(u); n < len(a.Wishes) {
			hint = r.T("family.wish."+ui.Digits(n+1)) + " · " + hint
		}
		if slices.ContainsFunc(siblings, func(s queue.SiblingPlace) bool { return s.Unit == u.ID }) {
			hint += " · " + r.T("guidance.sibling.here")
		}
		out = append(out, ui.Option{Value: ui.Digits(u.ID), Text: u.Name, Hint: hint, Disabled: free < 1})
	}
	return out
}
