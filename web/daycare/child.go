package daycare

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/daycare"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type childView struct {
	ID          int64
	Name        string
	Told        []ui.Inset // income told in an application, which waits for confirmation
	Summary     ui.Summary
	Tasks       ui.Table
	Drafts      ui.Table
	Decisions   ui.Table
	Heads       ui.Table
	Placements  ui.Table
	Needs       ui.Table
	Supports    ui.Table
	Alterations ui.Table
	Ready       ui.Table
	Siblings    ui.Table
	History     ui.Timeline
	CanEdit     bool
}

// about is everything that the child's page shows.
type about struct {
	r        *ui.Request
	record   store.Record
	words    words
	tasks    []store.Task
	drafts   []store.Draft
	siblings []store.Sibling
	others   []store.MemberOnly
	adults   map[int64]string
	units    map[int64]string
	history  []audit.Row
	told     []guidance.IncomeWaiting
}

func (p *Pages) about(r *ui.Request) (a about, err error) {
	number, err := r.PathID("child")
	if err != nil {
		return a, err
	}
	a = about{r: r, adults: map[int64]string{}, units: map[int64]string{}}
	of := store.Of{Organiser: r.Actor.Organiser, Child: number}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if a.record, err = store.Get(ctx, tx, r.Actor, of); err != nil {
			return err
		}
		if a.words, err = wordsOf(ctx, tx, r); err != nil {
			return err
		}
		if a.tasks, err = store.Tasks(ctx, tx, r.Actor, of.Organiser, []int64{number}); err != nil {
			return err
		}
		for _, aside := range []bool{false, true} {
			list, err := store.ListDrafts(ctx, tx, r.Actor, store.DraftFilter{Organiser: of.Organiser, Child: number, Ignored: aside, Most: perPage})
			if err != nil {
				return err
			}
			a.drafts = append(a.drafts, list...)
		}
		if a.siblings, err = store.Siblings(ctx, tx, r.Actor, of); err != nil {
			return err
		}
		if a.others, err = store.MembersOnly(ctx, tx, r.Actor, of); err != nil {
			return err
		}
		for _, h := range a.record.Heads {
			if a.adults[h.Adult] == "" {
				who, err := client.Get(ctx, tx, r.Actor, of.Organiser, h.Adult)
				if err != nil {
					return err
				}
				a.adults[h.Adult] = who.Name()
			}
		}
		for _, x := range a.record.Placements {
			a.units[x.Unit] = x.UnitName
		}
		family := []int64{number}
		for _, s := range a.siblings {
			family = append(family, s.Child)
		}
		if a.told, err = guidance.WaitingIncome(ctx, tx, r.Actor, of.Organiser, family); err != nil {
			return err
		}
		a.history, err = audit.History(ctx, tx, of.Organiser, of.Ref(), 0, 60)
		return err
	})
	return a, err
}

func (p *Pages) child(w http.ResponseWriter, r *ui.Request) error {
	a, err := p.about(r)
	if err != nil {
		return err
	}
	c := a.record
	v := childView{ID: c.Child, Name: c.Name, CanEdit: true, Tasks: a.taskTable(), Drafts: a.draftTable(), Decisions: a.decisionTable(), Siblings: a.siblingTable(), History: a.timeline()}
	three := daycare.OverThreeFrom(c.BirthDate)
	v.Summary = ui.Summary{Rows: []ui.Row{{Key: r.T("daycarework.birth_date"), Value: r.Date(c.BirthDate), Small: r.T("daycarework.three", "day", three)},
		{Key: r.T("daycarework.client"), Link: &ui.Link{Text: r.T("daycarework.client.page"), Href: r.Path("/clients/{client}", c.Child)}}}}
	for _, h := range c.Heads {
		if h.Period.Contains(r.Today()) {
			v.Summary.Rows = append(v.Summary.Rows, ui.Row{Key: r.T("daycarework.household"), Link: &ui.Link{Text: r.T("daycarework.household.link", "name", a.adults[h.Adult]), Href: r.Path("/clients/{client}/household", h.Adult)}})
		}
	}
	for _, x := range a.told {
		v.Told = append(v.Told, ui.Inset{Strong: r.T("daycarework.told"), Text: r.T("daycarework.told.text", "day", x.Sent),
			Link: &ui.Link{Text: r.T("daycarework.told.link"), Href: r.Path("/guidance/applications/{application}/income", x.Application)}})
	}
	v.facts(a)
	return r.Show(w, http.StatusOK, "daycare/child", v)
}

// facts shows what is recorded of the child, each row leading to its form.
func (v *childView) facts(a about) {
	r, c := a.r, a.record
	table := func(key string, columns ...string) ui.Table {
		t := ui.Table{Caption: r.T("daycarework." + key), Cards: true, Empty: ui.Empty{Title: r.T("daycarework." + key + ".none"), Text: r.T("daycarework." + key + ".none.text")}}
		for _, column := range append(columns, "time") {
			t.Columns = append(t.Columns, ui.Column{Text: r.T("daycarework." + column)})
		}
		return t
	}
	row := func(t *ui.Table, path string, s store.Saved, cells ...ui.Cell) {
		cells[0].Href = r.Path("/daycare/children/{child}/"+path+"/{row}", c.Child, s.ID)
		when := ui.Cell{Text: period(r, s.Period)}
		if s.Period.To <= r.Today() {
			when.Small = r.T("daycarework.over")
		}
		t.Rows = append(t.Rows, append(cells, when))
	}
	v.Heads, v.Placements, v.Needs = table("heads", "head"), table("placements", "unit", "place_kind", "paid_by"), table("needs", "need")
	v.Supports, v.Alterations = table("supports", "coefficient"), table("alterations", "alteration", "reason")
	v.Ready = table("readies", "own_share")
	for _, h := range c.Heads {
		row(&v.Heads, "heads", h.Saved, ui.Cell{Text: a.adults[h.Adult]})
	}
	for _, x := range c.Placements {
		name := ui.Cell{Text: x.UnitName}
		if x.Notice != nil {
			name.Small = r.T("daycarework.notice_on", "day", *x.Notice)
		}
		paid := r.T("daycarework.own_place")
		if x.Voucher {
			paid = r.T("daycarework.voucher_place")
		}
		row(&v.Placements, "placements", x.Saved, name, ui.Cell{Text: kind(r, x.Kind)}, ui.Cell{Text: paid})
	}
	for _, n := range c.Needs {
		row(&v.Needs, "needs", n.Saved, ui.Cell{Text: a.words.option(n.Option)})
	}
	for _, s := range c.Supports {
		row(&v.Supports, "supports", s.Saved, ui.Cell{Text: decimal(s.Coefficient.String())})
	}
	for _, x := range c.Alterations {
		row(&v.Alterations, "alterations", x.Saved, ui.Cell{Text: r.T("daycarework.alteration." + strings.ToLower(string(x.Type))), Small: alterationSize(r, x)}, ui.Cell{Text: x.Reason})
	}
	for _, x := range c.Ready {
		row(&v.Ready, "own-shares", x.Saved, ui.Cell{Text: r.Cents(x.Share)})
	}
}

// decimal writes a plain decimal as people do.
func decimal(s string) string { return strings.Replace(s, ".", ",", 1) }

func alterationSize(r *ui.Request, x store.Alteration) string {
	if x.Percent != nil {
		return decimal(x.Percent.String()) + " %"
	}
	return r.Cents(x.Amount)
}

func (a about) taskTable() ui.Table {
	r := a.r
	t := ui.Table{Caption: r.T("daycarework.child.tasks"), Cards: true, Columns: []ui.Column{{Text: r.T("daycarework.task")}, {Text: r.T("daycarework.time")}, {Text: r.T("daycarework.remedy")}}}
	for _, x := range a.tasks {
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T(x.Reason.Key())}, {Text: period(r, x.Period)}, remedy(r, x, a.headOn(max(x.Period.From, r.Today())))})
	}
	return t
}

func (a about) headOn(day calendar.Date) int64 {
	for _, h := range a.record.Heads {
		if h.Period.Contains(day) {
			return h.Adult
		}
	}
	return 0
}

func (a about) draftTable() ui.Table {
	r := a.r
	t := ui.Table{Caption: r.T("daycarework.child.drafts"), Cards: true, Columns: draftColumns(r)[1:], Empty: ui.Empty{Title: r.T("daycarework.child.drafts.none")}}
	for _, d := range a.drafts {
		cells := draftCells(r, d)[1:]
		cells[0].Href, cells[0].Hidden = r.Path("/daycare/drafts/{draft}", d.ID), d.UnitName
		t.Rows = append(t.Rows, cells)
	}
	return t
}

func (a about) decisionTable() ui.Table {
	r := a.r
	t := ui.Table{Caption: r.T("daycarework.decisions"), Cards: true, Columns: []ui.Column{{Text: r.T("daycarework.time")}, {Text: r.T("daycarework.unit")}, {Text: r.T("daycarework.value"), Numeric: true},
		{Text: r.T("daycarework.own_share"), Numeric: true}, {Text: r.T("daycarework.payable"), Numeric: true}, {Text: r.T("common.state")}},
		Empty: ui.Empty{Title: r.T("daycarework.decisions.none"), Text: r.T("daycarework.decisions.none.text")}}
	list := slices.Clone(a.record.Decisions)
	slices.SortFunc(list, func(x, y store.Decision) int {
		return cmp.Or(-cmp.Compare(x.Sent.From, y.Sent.From), -cmp.Compare(x.ID, y.ID))
	})
	for _, d := range list {
		state := r.TagCell(decisionState(d, r.Today()))
		if d.EndedBy != "" {
			state.Small = d.EndedBy
		}
		shown := d.Period
		if d.Period.Empty() {
			shown = d.Sent
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: period(r, shown), Small: r.T("daycarework.sent_on", "when", i18n.DateTime(r.Lang, d.SentAt)), Href: r.Path("/daycare/decisions/{decision}", d.ID)},
			{Text: a.units[d.Unit]}, r.CentsCell(d.Value), r.CentsCell(d.OwnShare), r.CentsCell(d.Payable), state})
	}
	return t
}

func decisionState(d store.Decision, today calendar.Date) string {
	switch {
	case d.Period.Empty():
		return "daycare.annulled"
	case d.Period.From > today:
		return "daycare.coming"
	case d.Period.To <= today:
		return "daycare.ended"
	}
	return "daycare.valid"
}

func (a about) siblingTable() ui.Table {
	r := a.r
	t := ui.Table{Caption: r.T("daycarework.siblings"), Cards: true, Columns: []ui.Column{{Text: r.T("daycarework.child")}, {Text: r.T("daycarework.birth_date")}, {Text: r.T("daycarework.unit")}}}
	for _, s := range a.siblings {
		unit := ui.Cell{Text: s.UnitName}
		if s.UnitName == "" {
			unit.Text = r.T("daycarework.no_place")
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: s.Name, Href: r.Path("/daycare/children/{child}", s.Child)}, {Text: r.Date(s.BirthDate)}, unit})
	}
	for _, m := range a.others {
		t.Rows = append(t.Rows, []ui.Cell{{Text: m.Name, Href: r.Path("/clients/{client}/household", m.Adult)}, {Text: r.Date(m.BirthDate)}, {Text: r.T("daycarework.member_only"), Small: r.T("daycarework.member_only.text")}})
	}
	return t
}

// told are the acts that the history tells; readings and computations are not for it.
var told = map[audit.Act]string{store.ActChildAdded: "added", store.ActHeadSaved: "head", store.ActPlacementSaved: "placement", store.ActNeedSaved: "need", store.ActSupportSaved: "support",
	store.ActAlterationSaved: "alteration", store.ActReadySaved: "ready"}

func (a about) timeline() ui.Timeline {
	r := a.r
	t := ui.Timeline{Title: r.T("daycarework.history")}
	for _, h := range a.history {
		if key, known := told[audit.Act(h.Act)]; known {
			t.Moments = append(t.Moments, ui.Moment{Title: r.T("daycarework.history." + key), By: h.ActorName, When: i18n.DateTime(r.Lang, h.At)})
		}
	}
	for _, d := range a.record.Decisions {
		t.Moments = append(t.Moments, ui.Moment{Title: r.T("daycarework.history.sent"), By: d.SentBy, When: i18n.DateTime(r.Lang, d.SentAt), Text: period(r, d.Sent)})
	}
	return t
}

// remedy leads to where a task is mended.
func remedy(r *ui.Request, x store.Task, head int64) ui.Cell {
	child := "/daycare/children/" + ui.Digits(x.Child)
	link := func(key, path string) ui.Cell {
		return ui.Cell{Text: r.T("daycarework.remedy." + key), Href: "/" + string(r.Lang) + path, Hidden: x.ChildName}
	}
	switch x.Reason {
	case store.NoIncome:
		if head != 0 && r.Actor.Can(access.ClientIncome) {
			return link("income", "/clients/"+ui.Digits(head)+"/household")
		}
		return link("child", child)
	case daycare.NoHead:
		return link("head", child+"/heads/new")
	case daycare.NoDefault, daycare.UnknownNeed:
		return link("need", child+"/needs/new")
	case daycare.TwoPartners:
		if head != 0 {
			return link("household", "/clients/"+ui.Digits(head)+"/household")
		}
		return link("child", child)
	case store.NoRules, daycare.NoThresholds, daycare.NoBaseValue, daycare.NoLimit:
		return ui.Cell{Text: r.T("daycarework.remedy.rules")}
	case store.NoPrice, store.BadPrice:
		return ui.Cell{Text: r.T("daycarework.remedy.price")}
	}
	return link("child", child)
}
