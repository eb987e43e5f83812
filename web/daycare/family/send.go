package family

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"seteli/core/fault"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type papersView struct {
	Form  *ui.Form
	Steps ui.Steps
	Name  string
	Table ui.Table
	Next  string
	Back  string
}

// papers takes pay slips and the like; a family may also go on without.
func (p *Pages) papers(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := papersView{Form: f, Steps: steps(r, 4)}
	var a guidance.Application
	err := p.applied(r, func(ctx context.Context, tx *postgres.Tx, found guidance.Application) error {
		a, view.Name = found, found.Child
		list, err := guidance.Papers(ctx, tx, r.Actor, a)
		view.Table = ui.Table{Caption: r.T("family.papers.sent"), Cards: true, Columns: []ui.Column{{Text: r.T("family.papers.name")}, {Text: r.T("family.papers.at")}, {Text: r.T("common.action"), Hidden: true}}, Empty: ui.Empty{Title: r.T("family.papers.none")}}
		for _, x := range list {
			remove := ui.Cell{}
			if a.State == guidance.Draft {
				remove = ui.Cell{Text: r.T("family.papers.remove"), Hidden: x.Name, Href: r.Path(oneApplication+"/papers/{paper}/remove", a.Organiser, a.ID, x.ID)}
			}
			view.Table.Rows = append(view.Table.Rows, []ui.Cell{{Text: x.Name, Href: r.Path(oneApplication+"/papers/{paper}", a.Organiser, a.ID, x.ID)}, {Text: i18n.DateTime(r.Lang, x.At)}, remove})
		}
		return err
	})
	if err != nil {
		return err
	}
	here := applicationPath(r, a, "/papers")
	view.Next, view.Back = applicationPath(r, a, "/check"), applicationPath(r, a, "/places")
	if a.State != guidance.Draft {
		view.Steps, view.Next, view.Back = ui.Steps{}, applicationPath(r, a, ""), applicationPath(r, a, "")
	}
	if f.Submitted() {
		file := f.File("file", document.MaxUpload)
		if !f.Refused() {
			err := r.DoIn(p.DB, a.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := guidance.AddPaper(ctx, tx, r.Actor, p.Keys, guidance.PaperInput{Organiser: a.Organiser, Application: a.ID, Name: file.Name, Data: file.Data})
				return err
			})
			if err == nil {
				return r.SeeOther(w, local(r, here), "family.papers.added")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "family/papers", view)
}

// paper gives back a file that the guardian sent.
func (p *Pages) paper(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("paper")
	if err != nil {
		return err
	}
	var name, media string
	var data []byte
	err = p.applied(r, func(ctx context.Context, tx *postgres.Tx, a guidance.Application) (err error) {
		name, media, data, err = guidance.OpenPaper(ctx, tx, r.Actor, p.Keys, a, id)
		return err
	})
	if err != nil {
		return err
	}
	return ui.Download(w, name, media, data)
}

type removeView struct {
	Form             *ui.Form
	Name, File, Back string
}

// removePaper takes back a file that was sent by mistake.
func (p *Pages) removePaper(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := removeView{Form: f}
	id, err := r.PathID("paper")
	if err != nil {
		return err
	}
	var a guidance.Application
	err = p.applied(r, func(ctx context.Context, tx *postgres.Tx, found guidance.Application) error {
		a, view.Name, view.Back = found, found.Child, applicationPath(r, found, "/papers")
		list, err := guidance.Papers(ctx, tx, r.Actor, a)
		i := slices.IndexFunc(list, func(x guidance.Paper) bool { return x.ID == id })
		if err == nil && i < 0 {
			return ui.ErrNoPage
		}
		if err == nil {
			view.File = list[i].Name
		}
		return err
	})
	if err != nil {
		return err
	}
	if a.State != guidance.Draft {
		return r.SeeOther(w, local(r, view.Back), "family.apply.sent_already")
	}
	if f.Submitted() && !f.Refused() {
		err := r.DoIn(p.DB, a.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
			return guidance.RemovePaper(ctx, tx, r.Actor, a.Organiser, a.ID, id)
		})
		if err == nil {
			return r.SeeOther(w, local(r, view.Back), "family.papers.removed")
		}
		if !f.Take(err) {
			return err
		}
	}
	return r.Show(w, f.Status(), "family/remove", view)
}

type checkView struct {
	Form    *ui.Form
	Steps   ui.Steps
	Name    string
	Summary ui.Summary
	Due     string
	Later   string // the wished start is before the due date
	Others  []string
	Back    string
}

// check shows everything before it is sent, each line with the way to change it.
func (p *Pages) check(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := checkView{Form: f, Steps: steps(r, 5)}
	var a guidance.Application
	err := p.applied(r, func(ctx context.Context, tx *postgres.Tx, found guidance.Application) error {
		a, view.Name = found, found.Child
		f.Set("version", ui.Digits(a.RowVersion))
		rules, err := store.RulesOn(ctx, tx, a.Organiser, a.Start)
		view.Summary, view.Back = p.summary(r, a, rules, true), applicationPath(r, a, "/papers")
		due := guidance.DueOn(tx.Today(), a.Start, a.Urgent)
		if view.Due = r.T("family.check.due", "day", due); due > a.Start {
			view.Later = r.T("family.check.later", "day", a.Start)
		}
		papers, paperErr := guidance.Papers(ctx, tx, r.Actor, a)
		if paperErr != nil {
			return paperErr
		}
		names := make([]string, len(papers))
		for i, x := range papers {
			names[i] = x.Name
		}
		if len(names) == 0 {
			names = []string{r.T("family.papers.none")}
		}
		view.Summary.Rows = append(view.Summary.Rows, ui.Row{Key: r.T("family.step.papers"), Value: strings.Join(names, ", "),
			Actions: []ui.Action{{Text: r.T("common.edit"), Hidden: r.T("family.step.papers"), Href: view.Back}}})
		for _, g := range a.Missing() {
			view.Others = append(view.Others, g.Name)
		}
		return err
	})
	if err != nil {
		return err
	}
	if a.State != guidance.Draft {
		return r.SeeOther(w, local(r, applicationPath(r, a, "")), "family.apply.sent_already")
	}
	if f.Submitted() {
		err := r.DoIn(p.DB, a.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
			_, err := guidance.Send(ctx, tx, r.Actor, a.Organiser, a.ID, version(f))
			return err
		})
		if err == nil {
			return r.SeeOther(w, local(r, applicationPath(r, a, "")), "family.apply.done")
		}
		if !f.Take(fault.On(err, "")) { // its field is on another page, whose link stands in the list
			return err
		}
	}
	return r.Show(w, f.Status(), "family/check", view)
}

// summary is the application in words; with the ways to change its answers while it is a draft.
func (p *Pages) summary(r *ui.Request, a guidance.Application, rules store.Rules, edit bool) ui.Summary {
	var rows []ui.Row
	row := func(key, value, small, step string) {
		if value == "" {
			return
		}
		x := ui.Row{Key: r.T(key), Value: value, Small: small}
		if edit {
			x.Actions = []ui.Action{{Text: r.T("common.edit"), Hidden: r.T(key), Href: applicationPath(r, a, "/"+step)}}
		}
		rows = append(rows, x)
	}
	urgent := r.T("family.application.usual")
	if a.Urgent {
		urgent = r.T("family.application.urgent")
	}
	if a.Arrived != nil { // the municipality wrote it down for the family
		row("guidance.received.how", r.T("guidance.channel."+string(a.Channel)), r.T("guidance.received.on", "day", *a.Arrived), "time")
	}
	row("family.application.start", r.Date(a.Start), urgent, "time")
	row("family.application.reason", a.Reason, "", "time")
	row("family.application.option", optionName(r, rules, a.Option), r.T("family.application.hours", "hours", a.Hours), "need")
	if a.Shift {
		row("family.application.shift", r.T("family.yes"), "", "need")
	}
	if a.Language != "" {
		row("family.application.language", r.T("family.language."+string(a.Language)), a.LanguageWords, "need")
	}
	row("family.application.support", a.Support, "", "need")
	row("family.application.words", a.Words, "", "need")
	for _, g := range a.Guardians {
		if g.Adult == a.Home {
			row("family.application.home", g.Name, "", "income")
		}
	}
	if a.IncomeWay != "" {
		told := ""
		if a.Income != nil && a.IncomeWay == guidance.IncomeTold {
			told = r.T("family.application.income_sum", "sum", *a.Income)
		}
		if a.Told.Outcome != "" {
			told = strings.TrimSpace(told + " · " + r.T("family.told."+a.Told.Outcome, "who", a.Told.By, "at", *a.Told.At) + " " + a.Told.Answer)
		}
		row("family.application.income", r.T("family.income."+string(a.IncomeWay)), told, "income")
	}
	for i, wish := range a.Wishes {
		small := r.T("family.way." + string(wish.Way))
		if a.State == guidance.Sent || a.State == guidance.Handling {
			small += " · " + r.T("family.position", "n", wish.Position)
		}
		row("family.wish."+ui.Digits(i+1), wish.Name, small, "places")
	}
	return ui.Summary{Rows: rows}
}

type applicationView struct {
	Form     *ui.Form
	Name     string
	State    string
	Waits    *ui.Inset
	Offer    *ui.Inset
	Summary  ui.Summary
	Consents ui.Table
	Placed   ui.Table
	CanAgree bool
	Answers  []ui.Option
	Veiled   bool
	Withdraw string
	Papers   string
	History  ui.Timeline
	Back     string
}

func sampleApplication() applicationView {
	return applicationView{State: "daycare.application.sent", Waits: &ui.Inset{Text: "x"}, Offer: &ui.Inset{Text: "x"}, CanAgree: true, Withdraw: "/fi/my", Papers: "/fi/my", Veiled: true}
}

// application shows where an application is, with its clock, and takes the other guardian's answer.
func (p *Pages) application(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := applicationView{Form: f}
	var a guidance.Application
	err := p.applied(r, func(ctx context.Context, tx *postgres.Tx, found guidance.Application) error {
		a = found
		rules, err := store.RulesOn(ctx, tx, a.Organiser, a.Start)
		if err != nil {
			return err
		}
		steps, err := guidance.History(ctx, tx, a)
		p.fill(r, &view, a, rules, steps)
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() && view.CanAgree {
		in := guidance.ConsentInput{Organiser: a.Organiser, ID: a.ID, Answer: f.Choice("answer", guidance.Agreed, guidance.Refused), Reason: f.OptionalLongText("reason")}
		if !f.Refused() {
			err := r.DoIn(p.DB, a.Organiser, func(ctx context.Context, tx *postgres.Tx) error { return guidance.Answer(ctx, tx, r.Actor, in) })
			if err == nil {
				return r.SeeOther(w, local(r, applicationPath(r, a, "")), "family.consent.done")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "family/application", view)
}

func (p *Pages) fill(r *ui.Request, v *applicationView, a guidance.Application, rules store.Rules, steps []guidance.Step) {
	v.Name, v.State, v.Back, v.Veiled = a.Child, "daycare.application."+string(a.State), childPath(r, a.Of, ""), a.Veiled(r.Actor.Person)
	if a.State.Open() {
		v.Waits = &ui.Inset{Text: waitsText(r, a)}
		if a.State == guidance.Draft {
			v.Waits.Link = asked(r, a)
		}
	}
	applicant := false
	for _, g := range a.Guardians {
		applicant = applicant || g.Adult == a.Applicant && g.Person == r.Actor.Person
	}
	if offer, ok := offerOf(a); ok && !v.Veiled {
		v.Offer = &ui.Inset{Strong: r.T("family.offer.title", "unit", offer.UnitName), Text: waitsText(r, a), Link: &ui.Link{Text: r.T("family.offer.answer"), Href: applicationPath(r, a, "/offer")}}
		v.Waits = nil
	}
	v.Summary = p.summary(r, a, rules, applicant && a.State == guidance.Draft)
	if applicant && a.State.Open() {
		v.Withdraw, v.Papers = applicationPath(r, a, "/withdraw"), applicationPath(r, a, "/papers")
	}
	v.Consents, v.Placed = consents(r, a), placed(r, []guidance.Application{a})
	for _, g := range a.Missing() {
		v.CanAgree = v.CanAgree || g.Person == r.Actor.Person
	}
	v.CanAgree = v.CanAgree && (a.State == guidance.Sent || a.State == guidance.Handling)
	v.Answers = []ui.Option{{Value: guidance.Agreed, Text: r.T("family.consent.yes")}, {Value: guidance.Refused, Text: r.T("family.consent.no"), Hint: r.T("family.consent.no.hint")}}
	v.History = ui.Timeline{Title: r.T("family.history")}
	for _, s := range steps {
		words := s.Words
		if v.Veiled {
			words = ""
		}
		v.History.Moments = append(v.History.Moments, ui.Moment{Title: r.T("family.act." + s.Act), By: s.By, When: i18n.DateTime(r.Lang, s.At), Text: words})
	}
}

// consents lists the guardians with what each has answered.
func consents(r *ui.Request, a guidance.Application) ui.Table {
	t := ui.Table{Caption: r.T("family.consents"), Cards: true, Columns: []ui.Column{{Text: r.T("family.consents.name")}, {Text: r.T("family.consents.answer")}}}
	for _, g := range a.Guardians {
		answer := ui.Cell{Text: r.T("family.consents.waiting")}
		i := slices.IndexFunc(a.Consents, func(c guidance.Consent) bool { return c.Adult == g.Adult })
		switch {
		case g.Adult == a.Applicant:
			answer = ui.Cell{Text: r.T("family.consents.applicant")}
		case i >= 0:
			answer = ui.Cell{Text: r.T("family.consents." + a.Consents[i].Answer), Small: i18n.DateTime(r.Lang, a.Consents[i].At)}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: g.Name}, answer})
	}
	return t
}

type offerView struct {
	Form    *ui.Form
	Name    string
	Unit    string
	Lead    string
	Card    ui.Card
	Options []ui.Option
	Open    bool
	Both    bool // either guardian may answer
	Back    string
}

// offer shows the offered place with what it costs, and takes the answer; what each answer means is said before.
func (p *Pages) offer(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := offerView{Form: f}
	var a guidance.Application
	var offered guidance.Proposal
	err := p.applied(r, func(ctx context.Context, tx *postgres.Tx, found guidance.Application) error {
		a = found
		view.Name, view.Back = a.Child, applicationPath(r, a, "")
		i := slices.IndexFunc(a.Proposals, func(x guidance.Proposal) bool { return x.OfferedAt != nil })
		if i < 0 || a.Veiled(r.Actor.Person) {
			return ui.ErrNoPage
		}
		offered = a.Proposals[i]
		view.Both = len(a.Guardians) > 1
		view.Unit, view.Open = offered.UnitName, offered.State == guidance.OfferedToFamily && tx.Today() <= *offered.AnswerBy
		f.Set("version", ui.Digits(offered.RowVersion))
		view.Lead = r.T("family.offer.lead", "unit", offered.UnitName, "day", offered.Start, "last", *offered.AnswerBy)
		if !view.Open {
			view.Lead = r.T("family.offer.closed."+closed(offered, tx.Today() > *offered.AnswerBy), "unit", offered.UnitName, "last", *offered.AnswerBy)
			return nil
		}
		choices, err := guidance.Prices(ctx, tx, r.Actor, priceOf(a, offered.Start))
		for _, c := range choices {
			if c.ID == offered.Unit {
				view.Card = unitCard(r, c, 0) // the place is this child's
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	view.Options = []ui.Option{{Value: "yes", Text: r.T("family.offer.yes"), Hint: r.T("family.offer.yes.hint")}, {Value: "stay", Text: r.T("family.offer.stay"), Hint: r.T("family.offer.stay.hint")},
		{Value: "no", Text: r.T("family.offer.no"), Hint: r.T("family.offer.no.hint")}}
	if f.Submitted() {
		choice := f.Choice("answer", "yes", "stay", "no")
		in := guidance.FamilyAnswer{Organiser: a.Organiser, Proposal: offered.ID, RowVersion: version(f), Yes: choice == "yes", Stay: choice == "stay", Words: f.OptionalLongText("words")}
		if !f.Refused() {
			err := r.DoIn(p.DB, a.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
				return guidance.AnswerOffer(ctx, tx, r.Actor, p.Texts, in)
			})
			if err == nil || again(r, err, offered, in) {
				return r.SeeOther(w, local(r, view.Back), "family.offer.answered."+choice)
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "family/offer", view)
}

// again tells that the same person gave the same answer a moment ago: a button pressed twice is answered as once.
func again(r *ui.Request, err error, p guidance.Proposal, in guidance.FamilyAnswer) bool {
	same := p.State == guidance.Accepted && in.Yes || p.State == guidance.DeclinedOffer && !in.Yes
	return fault.CodeOf(err) == "GUI-046" && same && p.EndedBy == r.Actor.Name
}

// closed names why an offer is not open any more.
func closed(p guidance.Proposal, late bool) string {
	switch {
	case p.State == guidance.Accepted, p.State == guidance.DeclinedOffer, p.State == guidance.Cancelled:
		return string(p.State)
	case late, p.State == guidance.Lapsed:
		return "lapsed"
	}
	return "cancelled"
}

// withdraw ends the application.
func (p *Pages) withdraw(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := plainView{Form: f}
	var a guidance.Application
	err := p.applied(r, func(_ context.Context, _ *postgres.Tx, found guidance.Application) error {
		a, view.Name, view.Back = found, found.Child, applicationPath(r, found, "")
		f.Set("version", ui.Digits(a.RowVersion))
		return nil
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		words := f.OptionalText("words")
		if !f.Refused() {
			err := r.DoIn(p.DB, a.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
				return guidance.Withdraw(ctx, tx, r.Actor, a.Organiser, a.ID, version(f), words)
			})
			if err == nil {
				return r.SeeOther(w, local(r, childPath(r, a.Of, "")), "family.withdrawn")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "family/withdraw", view)
}
