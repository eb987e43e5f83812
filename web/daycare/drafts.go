package daycare

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"seteli/domain/daycare"
	"seteli/domain/daycare/store"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

// differences are what a draft may differ in, for the filter.
var differences = []daycare.Difference{store.FirstDecision, daycare.Guardians, daycare.IncomeDiffers, daycare.FamilySize, daycare.PlacementMoved, daycare.ServiceNeed, daycare.SiblingDiscount,
	daycare.OwnShare, daycare.FeeAlterations, daycare.FinalOwnShare, daycare.BaseValue, daycare.VoucherValue, daycare.FeeThresholds, daycare.ReadyFees, store.PriceDiffers}

func differenceText(r *ui.Request, d daycare.Difference) string {
	if d == store.FirstDecision {
		return r.T("daycarework.first_decision")
	}
	return r.T(d.Key())
}

func differenceList(r *ui.Request, list []daycare.Difference) string {
	if len(list) == 0 {
		return differenceText(r, store.FirstDecision)
	}
	var names []string
	for _, d := range list {
		names = append(names, differenceText(r, d))
	}
	return strings.Join(names, ", ")
}

type draftsView struct {
	Form        *ui.Form
	Units       []ui.Option
	Differences []ui.Option
	Times       []ui.Option
	Table       ui.Table
	Pages       ui.Pages
	Aside       bool
	Count       int // all of the filter
	Payable     string
	Filter      map[string]string
	Other       string // address of those set aside, or of those that wait
}

// draftFilter reads the filter of the address or of the form that was sent from the list.
func draftFilter(r *ui.Request) store.DraftFilter {
	f := r.Input()
	q := store.DraftFilter{Organiser: r.Actor.Organiser, Unit: number(f.Value("unit")), OnlyRetroactive: f.Value("time") == "retroactive", Ignored: f.Value("aside") == "yes",
		After: number(f.Value("after")), Most: perPage + 1}
	q.OnlySendable = !q.Ignored && f.Value("time") != "later"
	if d := daycare.Difference(f.Value("difference")); slices.Contains(differences, d) {
		q.Difference = d
	}
	return q
}

// drafts lists what would be decided now.
func (p *Pages) drafts(w http.ResponseWriter, r *ui.Request) error {
	f, q := r.Input(), draftFilter(r)
	v := draftsView{Form: f, Aside: q.Ignored, Differences: []ui.Option{{Text: r.T("daycarework.filter.differences")}}, Filter: map[string]string{},
		Times: []ui.Option{{Text: r.T("daycarework.filter.sendable")}, {Value: "retroactive", Text: r.T("daycarework.filter.retroactive")}, {Value: "later", Text: r.T("daycarework.filter.later")}}}
	if v.Aside {
		v.Times = []ui.Option{{Text: r.T("daycarework.filter.times")}, v.Times[1]}
	}
	for _, d := range differences {
		v.Differences = append(v.Differences, ui.Option{Value: string(d), Text: differenceText(r, d)})
	}
	var list []store.Draft
	var sum store.DraftSum
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = store.ListDrafts(ctx, tx, r.Actor, q); err != nil {
			return err
		}
		if len(list) == 0 && q.After > 0 { // the row before this page was sent meanwhile
			q.After = 0
			if list, err = store.ListDrafts(ctx, tx, r.Actor, q); err != nil {
				return err
			}
		}
		if v.Units, err = usedUnits(ctx, tx, r); err != nil {
			return err
		}
		sum, err = store.CountDrafts(ctx, tx, r.Actor, q)
		return err
	})
	if err != nil {
		return err
	}
	kept := []string{"unit", "difference", "time", "aside"}
	for _, name := range kept[:3] {
		v.Filter[name] = f.Value(name)
	}
	if len(list) > perPage {
		list = list[:perPage]
		v.Pages.Next = pageAfter(r, "/daycare/drafts", list[perPage-1].ID, kept...)
	}
	if q.After > 0 {
		v.Pages.First = pageAfter(r, "/daycare/drafts", 0, kept...)
	}
	v.Count, v.Payable = sum.Drafts, r.Cents(sum.Payable)
	if v.Other = r.Path("/daycare/drafts"); !v.Aside {
		v.Other += "?" + url.Values{"aside": {"yes"}}.Encode()
	}
	v.Table = draftsTable(r, list, v)
	return r.Show(w, http.StatusOK, "daycare/drafts", v)
}

func draftColumns(r *ui.Request) []ui.Column {
	return []ui.Column{{Text: r.T("daycarework.child")}, {Text: r.T("daycarework.time")}, {Text: r.T("daycarework.changes")}, {Text: r.T("daycarework.value"), Numeric: true},
		{Text: r.T("daycarework.own_share"), Numeric: true}, {Text: r.T("daycarework.payable"), Numeric: true}, {Text: r.T("common.state")}}
}

func draftCells(r *ui.Request, d store.Draft) []ui.Cell {
	state := r.TagCell("daycare.draft")
	switch {
	case d.Ignored:
		state = r.TagCell("daycare.aside")
		state.Small = d.IgnoredReason
	case d.Ordered:
		state = r.TagCell("daycare.ordered")
	case d.SendFrom > r.Today():
		state = r.TagCell("daycare.later")
		state.Small = r.T("daycarework.send_from", "day", d.SendFrom)
	case d.Retroactive:
		state = r.TagCell("daycare.retroactive")
	}
	return []ui.Cell{{Text: d.ChildName, Small: d.UnitName, Href: r.Path("/daycare/drafts/{draft}", d.ID)}, {Text: period(r, d.Period)}, {Text: differenceList(r, d.Differences)},
		r.CentsCell(d.Value), r.CentsCell(d.OwnShare), r.CentsCell(d.Payable), state}
}

func draftsTable(r *ui.Request, list []store.Draft, v draftsView) ui.Table {
	t := ui.Table{Caption: r.T("daycarework.drafts.caption"), Quiet: true, Cards: true, Columns: draftColumns(r), Empty: ui.Empty{Title: r.T("daycarework.drafts.none"), Text: r.T("daycarework.drafts.none.text")}}
	if v.Aside {
		t.Empty = ui.Empty{Title: r.T("daycarework.aside.none")}
	} else {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("daycarework.tick")})
	}
	for _, d := range list {
		cells := draftCells(r, d)
		if !v.Aside {
			cell := ui.Cell{Text: "–"}
			if !d.Ordered && d.SendFrom <= r.Today() {
				cell = ui.Cell{Tick: &ui.Tick{Name: "draft", Value: ui.Digits(d.ID), Label: r.T("daycarework.tick_one", "name", d.ChildName, "from", d.Period.From)}}
			}
			cells = append(cells, cell)
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

type draftView struct {
	ID                            int64
	Child                         int64
	Name                          string
	Summary                       ui.Summary
	Why                           ui.Calculation
	Notes                         []ui.Inset
	Aside                         bool
	CanSend, CanIgnore, CanReturn bool
}

// basisRows are the facts of a decision that a person checks.
func basisRows(r *ui.Request, w words, why store.Reasoned) []ui.Row {
	b := why.Basis
	age := r.T("daycarework.over_three")
	if b.Draft.UnderThree {
		age = r.T("daycarework.under_three")
	}
	need := w.option(b.Draft.Option)
	if b.Draft.NeedMissing {
		need = r.T("daycarework.need_default", "need", need)
	}
	rows := []ui.Row{{Key: r.T("daycarework.age"), Value: age}, {Key: r.T("daycarework.need"), Value: need}, {Key: r.T("daycarework.place_kind"), Value: kind(r, b.Draft.PlacementType)},
		{Key: r.T("daycarework.family_size"), Value: i18n.Int(r.Lang, int64(b.Draft.FamilySize))}}
	if b.Draft.Outcome.Fee.Base.Ready {
		rows = append(rows, ui.Row{Key: r.T("daycarework.share_from"), Value: r.T("daycarework.share_from.ready")})
	} else {
		rows = append(rows, ui.Row{Key: r.T("daycarework.ordinal"), Value: i18n.Int(r.Lang, int64(b.Draft.Ordinal))})
	}
	income := r.Cents(b.Draft.Outcome.Fee.Base.Income)
	if b.Draft.IncomeUnknown() {
		income = r.T("daycarework.income_unknown")
	}
	if !b.Draft.Outcome.Fee.Base.Fixed {
		rows = append(rows, ui.Row{Key: r.T("daycarework.income"), Value: income})
	}
	if b.Price > 0 {
		rows = append(rows, ui.Row{Key: r.T("daycarework.price"), Value: r.Cents(b.Price)})
	}
	if b.Surcharge > 0 {
		rows = append(rows, ui.Row{Key: r.T("daycarework.surcharge"), Value: r.Cents(b.Surcharge)})
	}
	if b.Price > 0 || b.Surcharge > 0 {
		rows = append(rows, ui.Row{Key: r.T("daycarework.family_pays"), Value: r.Cents(b.Family)})
	}
	return rows
}

func (p *Pages) oneDraft(r *ui.Request) (d store.Draft, why store.Reasoned, names words, err error) {
	id, err := r.PathID("draft")
	if err != nil {
		return d, why, names, err
	}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if d, why, err = store.ReadDraft(ctx, tx, r.Actor, r.Actor.Organiser, id); err != nil {
			return err
		}
		names, err = wordsOf(ctx, tx, r)
		return err
	})
	return d, why, names, err
}

// draft shows one draft with why its sums are what they are and what differs from the decision before it.
func (p *Pages) draft(w http.ResponseWriter, r *ui.Request) error {
	d, why, names, err := p.oneDraft(r)
	if err != nil {
		return err
	}
	v := draftView{ID: d.ID, Child: d.Child, Name: d.ChildName, Aside: d.Ignored, CanSend: !d.Ignored && !d.Ordered && d.SendFrom <= r.Today(), CanIgnore: !d.Ignored && !d.Ordered, CanReturn: d.Ignored}
	v.Summary = ui.Summary{Rows: append([]ui.Row{{Key: r.T("daycarework.time"), Value: period(r, d.Period)}, {Key: r.T("daycarework.unit"), Value: d.UnitName},
		{Key: r.T("daycarework.changes"), Value: differenceList(r, d.Differences)}, {Key: r.T("daycarework.value"), Value: r.Cents(d.Value)}, {Key: r.T("daycarework.own_share"), Value: r.Cents(d.OwnShare)},
		{Key: r.T("daycarework.payable"), Value: r.Cents(d.Payable)}}, basisRows(r, names, why)...)}
	v.Why = voucherview.Calculation(r, p.Texts, r.T("daycarework.why"), why.Explanation)
	if d.Retroactive {
		v.Notes = append(v.Notes, ui.Inset{Strong: r.T("daycarework.state.retroactive"), Text: r.T("daycarework.retroactive.text")})
	}
	if d.SendFrom > r.Today() {
		v.Notes = append(v.Notes, ui.Inset{Strong: r.T("daycarework.send_from.title"), Text: r.T("daycarework.send_from.text", "day", d.SendFrom)})
	}
	if d.Ignored {
		v.Notes = append(v.Notes, ui.Inset{Strong: r.T("daycarework.aside.by", "name", d.IgnoredBy), Text: d.IgnoredReason})
	}
	if d.Ordered {
		v.Notes = append(v.Notes, ui.Inset{Strong: r.T("daycarework.state.ordered"), Text: r.T("daycarework.ordered.text")})
	}
	return r.Show(w, http.StatusOK, "daycare/draft", v)
}

// actView asks for a reason, and a day where one is needed.
type actView struct {
	Form               *ui.Form
	Title, Name, Lead  string
	Summary            ui.Summary
	Day, Reason        bool
	Button, Kind, Back string
}

func (p *Pages) ignore(w http.ResponseWriter, r *ui.Request) error {
	return p.aside(w, r, actView{Title: r.T("daycarework.ignore"), Lead: r.T("daycarework.ignore.lead"), Reason: true, Button: "daycarework.ignore"}, "daycarework.ignored")
}

func (p *Pages) restore(w http.ResponseWriter, r *ui.Request) error {
	return p.aside(w, r, actView{Title: r.T("daycarework.restore"), Lead: r.T("daycarework.restore.lead"), Button: "daycarework.restore"}, "daycarework.restored")
}

// aside sets a draft aside with a reason, or takes it back.
func (p *Pages) aside(w http.ResponseWriter, r *ui.Request, v actView, done string) error {
	d, _, _, err := p.oneDraft(r)
	if err != nil {
		return err
	}
	f := r.Input()
	v.Form, v.Name, v.Back = f, d.ChildName, r.Path("/daycare/drafts/{draft}", d.ID)
	v.Summary = ui.Summary{Rows: []ui.Row{{Key: r.T("daycarework.time"), Value: period(r, d.Period)}, {Key: r.T("daycarework.changes"), Value: differenceList(r, d.Differences)},
		{Key: r.T("daycarework.payable"), Value: r.Cents(d.Payable)}}}
	if f.Submitted() {
		why := ""
		if v.Reason {
			why = f.LongText("reason")
		}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				return store.Ignore(ctx, tx, r.Actor, r.Actor.Organiser, d.ID, why)
			})
			if err == nil {
				return r.SeeOther(w, "/daycare/drafts", done)
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "daycare/act", v)
}
