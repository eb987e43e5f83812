package unit

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/daycare/store"
	"seteli/domain/organiser"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// state is the word for where a place stands.
func state(c store.UnitChild, today calendar.Date) string {
	switch {
	case c.Period.To <= today:
		return "care.place.ended"
	case c.Period.From > today:
		return "care.place.coming"
	case c.Notice != nil:
		return "care.place.given_up"
	}
	return "care.place.now"
}

func childPath(o int32, placement int64, more ...string) string {
	return path(o, append([]string{"children", ui.Digits(placement)}, more...)...)
}

// children lists the children with what is paid for each, by unit and name.
func (s *Pages) children(w http.ResponseWriter, r *ui.Request) error {
	var list []store.UnitChild
	var house organiser.Organiser
	err := s.at(r, func(ctx context.Context, tx *postgres.Tx, o organiser.Organiser) (err error) {
		house = o
		list, err = store.ChildrenOfUnits(ctx, tx, r.Actor, o.ID)
		return err
	})
	if err != nil {
		return err
	}
	f := r.Input()
	p := page{Title: r.T("daycareunit.children"), Caption: house.Names.In(r.Lang), Lead: r.T("daycareunit.children.lead"), Form: f, Ask: "children",
		Units: []ui.Option{{Text: r.T("daycareunit.filter.all")}}, Options: []ui.Option{{Text: r.T("daycareunit.filter.all")}},
		Links: []ui.Link{{Text: r.T("daycareunit.back"), Href: r.Path(Home)}}}
	for _, x := range []string{"now", "coming", "given_up"} {
		p.Options = append(p.Options, ui.Option{Value: x, Text: r.T("daycareunit.place." + x)})
	}
	var kept []store.UnitChild
	units := map[int64]bool{}
	for _, c := range list {
		if !units[c.Unit] {
			units[c.Unit] = true
			p.Units = append(p.Units, ui.Option{Value: ui.Digits(c.Unit), Text: c.UnitName})
		}
		if q := strings.ToLower(strings.TrimSpace(f.Value("q"))); q != "" && !strings.Contains(strings.ToLower(c.Name), q) ||
			f.Value("unit") != "" && f.Value("unit") != ui.Digits(c.Unit) || f.Value("state") != "" && "care.place."+f.Value("state") != state(c, r.Today()) {
			continue
		}
		kept = append(kept, c)
	}
	values := url.Values{}
	for _, name := range []string{"q", "unit", "state"} {
		if v := f.Value(name); v != "" {
			values.Set(name, v)
		}
	}
	here := r.Path(path(house.ID, "children")) + "?"
	if len(values) > 0 {
		here += values.Encode() + "&"
	}
	shown, pages := Within(r, kept, here)
	p.Bottom = []ui.Component{s.childTable(r, house.ID, shown, len(list) == 0), pages}
	return s.show(w, r, p)
}

func (s *Pages) childTable(r *ui.Request, o int32, list []store.UnitChild, none bool) ui.Table {
	t := ui.Table{Caption: r.T("daycareunit.children"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("daycareunit.child")}, {Text: r.T("daycareunit.place")},
		{Text: r.T("daycareunit.state")}, {Text: r.T("daycareunit.value"), Numeric: true}, {Text: r.T("daycareunit.own"), Numeric: true}, {Text: r.T("daycareunit.paid"), Numeric: true},
		{Text: r.T("daycareunit.family"), Numeric: true}},
		Empty: ui.Empty{Title: r.T("daycareunit.children.none"), Text: r.T("daycareunit.children.none.text")}}
	if !none {
		t.Empty = ui.Empty{Title: r.T("daycareunit.filter.none"), Text: r.T("daycareunit.filter.none.text")}
	}
	for _, c := range list {
		place := ui.Cell{Text: c.UnitName, Small: c.Option.Names.In(r.Lang) + ", " + r.Period(c.Period)}
		sums := []ui.Cell{{Text: "–", Numeric: true}, {Text: "–", Numeric: true}, {Text: r.T("daycareunit.undecided"), Numeric: true}, {Text: "–", Numeric: true}}
		if d := c.Decision; d != nil {
			sums = []ui.Cell{r.CentsCell(d.Value), r.CentsCell(d.OwnShare), r.CentsCell(d.Payable), r.CentsCell(d.Family)}
		}
		t.Rows = append(t.Rows, append([]ui.Cell{{Text: c.Name, Href: r.Path(childPath(o, c.Placement)), Small: r.Date(c.BirthDate)}, place, r.TagCell(state(c, r.Today()))}, sums...))
	}
	return t
}

// one reads the place of the address.
func (s *Pages) one(r *ui.Request) (c store.UnitChild, o organiser.Organiser, terms store.UnitTerms, err error) {
	id, err := r.PathID("placement")
	if err != nil {
		return c, o, terms, err
	}
	err = s.at(r, func(ctx context.Context, tx *postgres.Tx, house organiser.Organiser) (err error) {
		o = house
		if c, err = store.ChildOfUnit(ctx, tx, r.Actor, house.ID, id); err != nil {
			return err
		}
		terms, err = store.UnitTermsOn(ctx, tx, r.Actor, house.ID, tx.Today())
		return err
	})
	return c, o, terms, err
}

// child shows one place: what is paid, notice and absences.
func (s *Pages) child(w http.ResponseWriter, r *ui.Request) error {
	c, o, terms, err := s.one(r)
	if err != nil {
		return err
	}
	p := page{Title: c.Name, Caption: c.UnitName + ", " + o.Names.In(r.Lang), Top: []ui.Component{s.placeSummary(r, o.ID, c, terms)}}
	if d := c.Decision; d != nil {
		p.Top = append(p.Top, sums(r, *d))
	} else if c.Voucher {
		p.Top = append(p.Top, ui.Inset{Strong: r.T("daycareunit.undecided"), Text: " " + r.T("daycareunit.undecided.text")})
	}
	p.Top = append(p.Top, s.absences(r, o.ID, c, terms)...)
	if c.Period.To > r.Today() {
		p.Links = append(p.Links, ui.Link{Text: r.T("daycareunit.absence.new"), Href: r.Path(childPath(o.ID, c.Placement, "absence"))})
	}
	p.Links = append(p.Links, ui.Link{Text: r.T("daycareunit.children.back"), Href: r.Path(path(o.ID, "children"))})
	return s.show(w, r, p)
}

func (s *Pages) placeSummary(r *ui.Request, o int32, c store.UnitChild, terms store.UnitTerms) ui.Summary {
	st := state(c, r.Today())
	notice := ui.Row{Key: r.T("daycareunit.notice"), Value: r.T("daycareunit.notice.none")}
	switch {
	case c.Notice != nil:
		notice.Value = r.T("daycareunit.notice.given", "day", *c.Notice, "last", c.Period.Last())
		if c.NoticeBy != "" {
			notice.Small = r.T("daycareunit.notice.by", "who", c.NoticeBy)
		}
	case c.Period.To > r.Today():
		notice.Actions = []ui.Action{{Text: r.T("daycareunit.notice.new"), Href: r.Path(childPath(o, c.Placement, "notice"))}}
	}
	rows := []ui.Row{{Key: r.T("daycareunit.birth"), Value: r.Date(c.BirthDate)}, {Key: r.T("daycareunit.option"), Value: c.Option.Names.In(r.Lang)},
		{Key: r.T("daycareunit.place"), Value: r.Period(c.Period), Tag: r.Tag(st)}, notice}
	if c.Notice != nil && terms.NoticeMonths > 0 {
		paid := ui.Row{Key: r.T("daycareunit.notice.paid"), Value: r.T("daycareunit.notice.paid.none")}
		if !c.NoticePaid.Empty() {
			paid.Value, paid.Small = r.Period(c.NoticePaid), r.T("daycareunit.notice.paid.hint")
			if c.Refilled == nil {
				paid.Actions = []ui.Action{{Text: r.T("daycareunit.refill.new"), Href: r.Path(childPath(o, c.Placement, "refilled"))}}
			}
		}
		if c.Refilled != nil {
			paid.Small = r.T("daycareunit.refill.told", "day", *c.Refilled)
		}
		rows = append(rows, paid)
	}
	return ui.Summary{Rows: rows}
}

// sums shows who pays what of a whole month.
func sums(r *ui.Request, d store.UnitDecision) ui.Calculation {
	c := ui.Calculation{Caption: r.T("daycareunit.sums", "period", d.Period), Steps: []ui.Step{{Text: r.T("daycareunit.value"), Amount: r.Cents(d.Value)},
		{Text: r.T("daycareunit.own"), Amount: r.Cents(d.OwnShare)}}}
	if d.Price > 0 {
		c.Steps = append(c.Steps, ui.Step{Text: r.T("daycareunit.price"), Amount: r.Cents(d.Price)})
	}
	if d.Surcharge > 0 {
		c.Steps = append(c.Steps, ui.Step{Text: r.T("daycareunit.surcharge"), Amount: r.Cents(d.Surcharge)})
	}
	c.Steps = append(c.Steps, ui.Step{Text: r.T("daycareunit.family"), Amount: r.Cents(d.Family)}, ui.Step{Text: r.T("daycareunit.paid"), Amount: r.Cents(d.Payable), Sum: true})
	return c
}

func (s *Pages) absences(r *ui.Request, o int32, c store.UnitChild, terms store.UnitTerms) []ui.Component {
	t := ui.Table{Caption: r.T("daycareunit.absences"), Cards: true, Columns: []ui.Column{{Text: r.T("daycareunit.absence.days")}, {Text: r.T("daycareunit.absence.kind")},
		{Text: r.T("daycareunit.absence.told")}, {Text: r.T("daycareunit.absence.remove"), Hidden: true}},
		Empty: ui.Empty{Title: r.T("daycareunit.absences.none"), Text: r.T("daycareunit.absences.none.text")}}
	for i := len(c.Absences) - 1; i >= 0; i-- {
		a := c.Absences[i]
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.Period(a.Period)}, {Text: r.T("daycareunit.absence." + string(a.Kind))}, {Text: a.ToldBy, Small: r.Date(calendar.DateOf(a.ToldAt.In(calendar.Helsinki)))},
			{Text: r.T("daycareunit.absence.remove"), Hidden: r.Period(a.Period), Href: r.Path(childPath(o, c.Placement, "absences", ui.Digits(a.ID), "remove"))}})
	}
	out := []ui.Component{t}
	limit := terms.Lapse.AbsenceDays
	switch over := c.Absent.Over; {
	case limit == 0:
		return out
	case over != nil && *over <= r.Today():
		return append([]ui.Component{ui.Warning{Text: r.T("daycareunit.lapse.over", "days", c.Absent.Days, "limit", limit, "day", *over)}}, out...)
	case over != nil:
		return append([]ui.Component{ui.Warning{Text: r.T("daycareunit.lapse.coming", "limit", limit, "day", *over)}}, out...)
	case c.Absent.Near:
		return append([]ui.Component{ui.Warning{Text: r.T("daycareunit.lapse.near", "days", c.Absent.Days, "limit", limit)}}, out...)
	}
	return append(out, ui.Details{Summary: r.T("daycareunit.lapse.rule"), Text: r.T("daycareunit.lapse.rule.text", "limit", limit)})
}

// told runs one use case of the place and returns to its page.
func (s *Pages) told(w http.ResponseWriter, r *ui.Request, p page, c store.UnitChild, o organiser.Organiser, done string, use func(ctx context.Context, tx *postgres.Tx, version int32) error) error {
	f := r.Input()
	p.Form, p.Caption = f, c.Name+", "+c.UnitName
	p.Links = []ui.Link{{Text: r.T("daycareunit.child.back", "child", c.Name), Href: r.Path(childPath(o.ID, c.Placement))}}
	f.Set("version", int(c.RowVersion))
	p.Version = f.Value("version")
	if f.Stale() {
		p.Version = strconv.Itoa(int(c.RowVersion))
	}
	if f.Submitted() && !f.Refused() {
		version, err := strconv.ParseInt(f.Value("version"), 10, 32)
		if err != nil {
			version = 0 // as stale as any other that is not the present one
		}
		err = r.DoIn(s.DB, o.ID, func(ctx context.Context, tx *postgres.Tx) error { return use(ctx, tx, int32(version)) })
		if err == nil {
			return r.SeeOther(w, childPath(o.ID, c.Placement), done)
		}
		if !f.Take(err) {
			return hidden(err)
		}
		if f.Stale() {
			p.Version = strconv.Itoa(int(c.RowVersion))
		}
	}
	return s.show(w, r, p)
}

func (s *Pages) notice(w http.ResponseWriter, r *ui.Request) error {
	c, o, terms, err := s.one(r)
	if err != nil {
		return err
	}
	p := page{Title: r.T("daycareunit.notice.new"), Ask: "notice", Lead: r.T("daycareunit.notice.lead")}
	if terms.NoticeMonths > 0 {
		p.Top = []ui.Component{ui.Inset{Text: r.T("daycareunit.notice.months", "n", terms.NoticeMonths)}}
	} else {
		p.Top = []ui.Component{ui.Inset{Text: r.T("daycareunit.notice.no_months")}}
	}
	in := store.NoticeInput{Organiser: o.ID, Placement: c.Placement}
	if f := r.Input(); f.Submitted() {
		in.On, in.Last = f.Date("on"), f.Date("last")
	}
	return s.told(w, r, p, c, o, "daycareunit.notice.done", func(ctx context.Context, tx *postgres.Tx, version int32) error {
		in.RowVersion = version
		return store.GiveNotice(ctx, tx, r.Actor, in)
	})
}

func (s *Pages) refilled(w http.ResponseWriter, r *ui.Request) error {
	c, o, _, err := s.one(r)
	if err != nil {
		return err
	}
	var from calendar.Date
	if f := r.Input(); f.Submitted() {
		from = f.Date("from")
	}
	return s.told(w, r, page{Title: r.T("daycareunit.refill.new"), Ask: "refill", Lead: r.T("daycareunit.refill.lead")}, c, o, "daycareunit.refill.done",
		func(ctx context.Context, tx *postgres.Tx, version int32) error {
			return store.Refill(ctx, tx, r.Actor, o.ID, c.Placement, version, from)
		})
}

func (s *Pages) absence(w http.ResponseWriter, r *ui.Request) error {
	c, o, _, err := s.one(r)
	if err != nil {
		return err
	}
	p := page{Title: r.T("daycareunit.absence.new"), Ask: "absence", Lead: r.T("daycareunit.absence.lead")}
	var kinds []string
	for _, k := range store.AbsenceKinds() {
		kinds = append(kinds, string(k))
		p.Options = append(p.Options, ui.Option{Value: string(k), Text: r.T("daycareunit.absence." + string(k))})
	}
	var kind store.AbsenceKind
	var days calendar.Period
	if f := r.Input(); f.Submitted() {
		kind = store.AbsenceKind(f.Choice("kind", kinds...))
		days = calendar.Period{From: f.Date("from"), To: f.Date("last") + 1}
	}
	return s.told(w, r, p, c, o, "daycareunit.absence.done", func(ctx context.Context, tx *postgres.Tx, _ int32) error {
		return store.TellAbsence(ctx, tx, r.Actor, o.ID, c.Placement, kind, days)
	})
}

func (s *Pages) removeAbsence(w http.ResponseWriter, r *ui.Request) error {
	c, o, _, err := s.one(r)
	if err != nil {
		return err
	}
	id, err := r.PathID("absence")
	if err != nil {
		return err
	}
	for _, a := range c.Absences {
		if a.ID == id {
			p := page{Title: r.T("daycareunit.absence.remove.title"), Ask: "remove", Lead: r.T("daycareunit.absence.remove.lead", "period", a.Period)}
			return s.told(w, r, p, c, o, "daycareunit.absence.removed", func(ctx context.Context, tx *postgres.Tx, _ int32) error {
				return store.RemoveAbsence(ctx, tx, r.Actor, o.ID, c.Placement, id)
			})
		}
	}
	return ui.ErrNoPage
}
