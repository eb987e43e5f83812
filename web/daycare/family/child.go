package family

import (
	"context"
	"net/http"
	"slices"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	"seteli/domain/decision"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/postgres"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

type childView struct {
	Name, Born  string
	Veiled      bool
	Offer       *ui.Inset
	Answer      string // address of the offer that waits for an answer
	Waits       *ui.Inset
	Place       ui.Summary
	CanApply    bool
	Apply       string
	Prices      string
	Notice      string
	Change      string
	Income      string
	Open        string // address of the open application
	Decisions   ui.Table
	Changes     ui.Table
	Past        ui.Table
	Placed      ui.Table
	HasPlace    bool
	ShowChanges bool
}

func sampleChild() childView {
	return childView{CanApply: true, Apply: "/fi/my", Prices: "/fi/my", Notice: "/fi/my", Change: "/fi/my", Income: "/fi/my", Open: "/fi/my", HasPlace: true, ShowChanges: true, Answer: "/fi/my",
		Offer: &ui.Inset{Text: "x"}, Waits: &ui.Inset{Text: "x"}}
}

// child shows one child: what waits first, then the place, what one can do, and the decisions.
func (p *Pages) child(w http.ResponseWriter, r *ui.Request) error {
	var view childView
	err := p.ward(r, func(ctx context.Context, tx *postgres.Tx, of store.Of) error {
		f, err := guidance.FamilyOf(ctx, tx, r.Actor, of)
		if err != nil {
			return err
		}
		rules, err := store.RulesOn(ctx, tx, of.Organiser, tx.Today())
		if err != nil {
			return err
		}
		view = childOf(r, f, rules)
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "family/child", view)
}

func childOf(r *ui.Request, f guidance.Family, rules store.Rules) childView {
	v := childView{Name: f.Name, Born: r.T("family.born", "day", f.BirthDate), Veiled: f.Veiled, CanApply: true, Apply: childPath(r, f.Of, "/apply"), Prices: childPath(r, f.Of, "/prices"),
		Income: r.Path("/my/income"), Place: ui.Summary{Title: r.T("family.place.ahead")}}
	for _, a := range f.Applications {
		if !a.State.Open() {
			continue
		}
		v.CanApply, v.Open = false, applicationPath(r, a, "")
		if a.State == guidance.Draft {
			v.Open = applicationPath(r, a, "/time")
		}
		text := ui.Inset{Strong: r.T("family.state." + string(a.State)), Text: waitsText(r, a)}
		if offer, ok := offerOf(a); ok && !a.Veiled(r.Actor.Person) {
			v.Answer = applicationPath(r, a, "/offer")
			v.Offer = &ui.Inset{Strong: r.T("family.offer.title", "unit", offer.UnitName), Text: waitsText(r, a)}
			continue
		}
		if a.Asks(r.Actor.Person) == guidance.AskConsent {
			text.Link = asked(r, a)
		}
		v.Waits = &text
	}
	for _, x := range f.Placements {
		if x.Period.To <= r.Today() {
			continue
		}
		if x.Period.Contains(r.Today()) {
			v.Place.Title = r.T("family.place")
		}
		v.HasPlace, v.Notice, v.Change = true, childPath(r, f.Of, "/notice"), childPath(r, f.Of, "/change")
		row := ui.Row{Key: r.T("family.place.unit"), Value: x.UnitName, Small: placeDays(r, x.Period)}
		if x.Notice != nil {
			row.Small += " · " + r.T("family.place.notice", "day", *x.Notice)
		}
		v.Place.Rows = append(v.Place.Rows, row)
	}
	for _, n := range f.Needs {
		if n.Period.To > r.Today() {
			v.Place.Rows = append(v.Place.Rows, ui.Row{Key: r.T("family.need.now"), Value: optionName(r, rules, n.Option), Small: placeDays(r, n.Period)})
		}
	}
	v.tables(r, f, rules)
	return v
}

// day is the day of a moment in Finland.
func day(r *ui.Request, t *time.Time) string { return r.Date(calendar.DateOf(t.In(calendar.Helsinki))) }

func placeDays(r *ui.Request, p calendar.Period) string {
	if p.To == calendar.Forever {
		return r.T("family.from", "day", p.From)
	}
	return r.Period(p)
}

func (v *childView) tables(r *ui.Request, f guidance.Family, rules store.Rules) {
	v.Decisions = ui.Table{Caption: r.T("family.decisions"), Cards: true, Columns: []ui.Column{{Text: r.T("family.decision.days")}, {Text: r.T("family.decision.value"), Numeric: true},
		{Text: r.T("family.decision.own"), Numeric: true}, {Text: r.T("family.decision.paid"), Numeric: true}}, Empty: ui.Empty{Title: r.T("family.decisions.none"), Text: r.T("family.decisions.none.text")}}
	if slices.ContainsFunc(f.Placements, func(x store.Placement) bool { return x.Voucher && x.Period.To > r.Today() }) {
		v.Decisions.Empty = ui.Empty{Title: r.T("family.decisions.ahead"), Text: r.T("family.decisions.ahead.text")}
	}
	if f.Apart {
		v.Decisions.Empty = ui.Empty{Title: r.T("family.decisions.apart"), Text: r.T("family.decisions.apart.text")}
	}
	for i := len(f.Decisions) - 1; i >= 0; i-- {
		d := f.Decisions[i]
		days, small := placeDays(r, d.Period), r.T("family.decision.open")
		if d.Period.Empty() {
			days, small = placeDays(r, d.Sent), r.T("family.decision.annulled")
		}
		v.Decisions.Rows = append(v.Decisions.Rows, []ui.Cell{{Text: days, Small: small, Href: r.Path(oneChild+"/decisions/{decision}", f.Organiser, f.Child, d.ID)}, r.CentsCell(d.Value),
			r.CentsCell(d.OwnShare), r.CentsCell(d.Payable)})
	}
	v.Placed = placed(r, f.Applications)
	v.Changes = ui.Table{Caption: r.T("family.changes"), Cards: true, Columns: []ui.Column{{Text: r.T("family.need.now")}, {Text: r.T("family.change.from")}, {Text: r.T("family.change.state")}}}
	for _, c := range f.Changes {
		state := r.T("family.change.open")
		if c.HandledAt != nil {
			state = r.T("family.change." + c.Outcome)
		}
		v.Changes.Rows = append(v.Changes.Rows, []ui.Cell{{Text: optionName(r, rules, c.Option)}, {Text: r.Date(c.From)}, {Text: state, Small: c.Answer}})
	}
	v.ShowChanges = len(v.Changes.Rows) > 0
	v.Past = ui.Table{Caption: r.T("family.past"), Cards: true, Columns: []ui.Column{{Text: r.T("family.past.sent")}, {Text: r.T("family.application.start")}, {Text: r.T("family.application.state")}}}
	for _, a := range f.Applications {
		if a.State.Open() {
			continue
		}
		sent := r.T("family.past.never")
		if a.SentAt != nil {
			sent = day(r, a.SentAt)
		}
		v.Past.Rows = append(v.Past.Rows, []ui.Cell{{Text: sent, Href: applicationPath(r, a, "")}, {Text: r.Date(a.Start)}, r.TagCell("daycare.application." + string(a.State))})
	}
}

type whyView struct {
	Name, Days string
	Annulled   bool
	Brief      []string
	Summary    ui.Summary
	Why        ui.Calculation
	Changed    []string
	Letter     string
	Back       string
}

// why shows a value decision with the calculation that it was made by.
func (p *Pages) why(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("decision")
	if err != nil {
		return err
	}
	var view whyView
	err = p.ward(r, func(ctx context.Context, tx *postgres.Tx, of store.Of) error {
		f, d, why, err := guidance.Reasons(ctx, tx, r.Actor, of, id)
		if err != nil {
			return err
		}
		days := d.Period
		if days.Empty() {
			days = d.Sent
		}
		view = whyView{Name: f.Name, Days: placeDays(r, days), Annulled: d.Period.Empty(), Back: childPath(r, of, ""), Letter: r.Path(oneChild+"/decisions/{decision}/letter", of.Organiser, of.Child, id),
			Why: voucherview.Calculation(r, p.Texts, r.T("family.why.calculation"), why.Explanation)}
		view.sums(r, d, why.Basis)
		for _, x := range why.Differences {
			view.Changed = append(view.Changed, r.T(x.Key()))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "family/why", view)
}

// sums tells first what the family pays, and how that comes of the price and the voucher.
func (v *whyView) sums(r *ui.Request, d store.Decision, b store.Basis) {
	row := func(key string, sum money.Cents, small string) {
		v.Summary.Rows = append(v.Summary.Rows, ui.Row{Key: r.T(key), Value: r.Cents(sum), Small: small})
	}
	over, told := b.Family-d.OwnShare, b.Family > 0 || b.Price > 0 // the model may need no price: then only the own share is known here
	v.Brief = []string{r.T("family.why.brief.own", "sum", d.OwnShare)}
	if told {
		v.Brief[0] = r.T("family.why.brief.family", "sum", b.Family)
		small := ""
		if over > 0 {
			small = r.T("family.why.family.parts", "own", d.OwnShare, "over", over)
		}
		row("family.decision.family", b.Family, small)
	}
	row("family.decision.own", d.OwnShare, "")
	row("family.decision.paid", d.Payable, "")
	row("family.decision.value", d.Value, "")
	if b.Price > 0 {
		row("family.price.price", b.Price, "")
	}
	v.Brief = append(v.Brief, r.T("family.why.brief.paid", "sum", d.Payable), r.T("family.why.brief.change"))
}

// sent reads the decision as it was sent.
func (p *Pages) sent(r *ui.Request) (sent decision.Stored, of store.Of, id int64, name string, err error) {
	if id, err = r.PathID("decision"); err != nil {
		return sent, of, id, name, err
	}
	err = p.ward(r, func(ctx context.Context, tx *postgres.Tx, ward store.Of) error {
		of = ward
		f, d, _, err := guidance.Reasons(ctx, tx, r.Actor, of, id)
		if err != nil {
			return err
		}
		name = f.Name
		by := access.System(r.Actor.Name, of.Organiser) // that the decision is of the guardian's own child has been checked
		file, err := decision.Open(ctx, tx, by, of.Organiser, d.Letter)
		if err != nil {
			return err
		}
		sent, err = decision.Document(ctx, tx, by, of.Organiser, file.Document)
		return err
	})
	return sent, of, id, name, err
}

// letter shows the decision on the value as it was sent, with how to appeal.
func (p *Pages) letter(w http.ResponseWriter, r *ui.Request) error {
	sent, of, id, name, err := p.sent(r)
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "family/decision", decisionView{Name: name, Title: sent.Title, Body: document.StoredPart(sent.HTML),
		PDF: r.Path(oneChild+"/decisions/{decision}/pdf", of.Organiser, of.Child, id), Back: childPath(r, of, "")})
}

// letterPDF gives it as a file.
func (p *Pages) letterPDF(w http.ResponseWriter, r *ui.Request) error {
	sent, _, _, _, err := p.sent(r)
	if err != nil {
		return err
	}
	return voucherview.PDF(w, ui.Digits(sent.ID)+".pdf", sent.PDF)
}

type plainView struct {
	Form *ui.Form
	Name string
	Lead string
	Also string // said besides, when there is reason
	Back string
}

// notice ends the place; until when the notice time reaches is said before.
func (p *Pages) notice(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := plainView{Form: f}
	var in guidance.NoticeInput
	err := p.ward(r, func(ctx context.Context, tx *postgres.Tx, of store.Of) error {
		family, err := guidance.FamilyOf(ctx, tx, r.Actor, of)
		if err != nil {
			return err
		}
		rules, err := store.RulesOn(ctx, tx, of.Organiser, tx.Today())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(family.Placements, func(x store.Placement) bool { return x.Period.To > r.Today() })
		if i < 0 {
			return ui.ErrNoPage
		}
		ends := family.Placements[i]
		earliest := max(guidance.EarliestEnd(rules, tx.Today()), ends.Period.From)
		in.Of, view.Name, view.Back, view.Lead = of, family.Name, childPath(r, of, ""), r.T("family.notice.lead", "unit", ends.UnitName, "day", earliest)
		if ends.Period.From > tx.Today() {
			view.Also = r.T("family.notice.ahead", "day", ends.Period.From)
		}
		f.Set("last", earliest)
		return nil
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		if in.Last = f.Date("last"); !f.Refused() {
			err := r.DoIn(p.DB, in.Organiser, func(ctx context.Context, tx *postgres.Tx) error { return guidance.GiveNotice(ctx, tx, r.Actor, in) })
			if err == nil {
				return r.SeeOther(w, local(r, view.Back), "family.notice.done")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "family/notice", view)
}

type changeView struct {
	Form    *ui.Form
	Name    string
	Options []ui.Option
	Income  string
	Back    string
}

// change asks for another need; a change of income has its own page.
func (p *Pages) change(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := changeView{Form: f, Income: r.Path("/my/income")}
	var of store.Of
	err := p.ward(r, func(ctx context.Context, tx *postgres.Tx, ward store.Of) error {
		family, err := guidance.FamilyOf(ctx, tx, r.Actor, ward)
		if err != nil {
			return err
		}
		rules, err := store.RulesOn(ctx, tx, ward.Organiser, tx.Today())
		of, view.Name, view.Back, view.Options = ward, family.Name, childPath(r, ward, ""), options(r, rules.Profile.Options)
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		in := guidance.NeedChange{Option: f.Value("option"), From: f.Date("from"), Words: f.OptionalLongText("words")}
		if !f.Refused() {
			err := r.DoIn(p.DB, of.Organiser, func(ctx context.Context, tx *postgres.Tx) error { return guidance.TellNeed(ctx, tx, r.Actor, of, in) })
			if err == nil {
				return r.SeeOther(w, local(r, view.Back), "family.change.told")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "family/change", view)
}
