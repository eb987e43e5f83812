package daycare

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/client"
	"seteli/domain/daycare/store"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type childrenView struct {
	Form    *ui.Form
	Units   []ui.Option
	Filters []ui.Option
	Table   ui.Table
	Pages   ui.Pages
}

// children lists the children by name.
func (p *Pages) children(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	v := childrenView{Form: f, Filters: []ui.Option{{Text: r.T("daycarework.filter.everybody")}}}
	for _, name := range store.ChildFilters() {
		v.Filters = append(v.Filters, ui.Option{Value: name, Text: r.T("daycarework.filter." + name)})
	}
	q := store.ChildQuery{Organiser: r.Actor.Organiser, Text: f.Value("q"), Unit: number(f.Value("unit")), After: number(f.Value("after")), Most: perPage + 1}
	if slices.Contains(store.ChildFilters(), f.Value("only")) {
		q.Only = f.Value("only")
	}
	var list []store.ChildRow
	var names words
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = store.FindChildren(ctx, tx, r.Actor, p.Keys, q); err != nil {
			return err
		}
		if v.Units, err = usedUnits(ctx, tx, r); err != nil {
			return err
		}
		names, err = wordsOf(ctx, tx, r)
		return err
	})
	if err != nil {
		return err
	}
	if len(list) > perPage {
		list = list[:perPage]
		v.Pages.Next = pageAfter(r, "/daycare/children", list[perPage-1].Child, "q", "unit", "only")
	}
	if q.After > 0 {
		v.Pages.First = pageAfter(r, "/daycare/children", 0, "q", "unit", "only")
	}
	v.Table = childTable(r, list, names)
	return r.Show(w, http.StatusOK, "daycare/children", v)
}

// pageAfter is the address of the page after a row, with the same filters.
func pageAfter(r *ui.Request, path string, after int64, kept ...string) string {
	q := url.Values{}
	for _, name := range kept {
		if value := r.Input().Value(name); value != "" {
			q.Set(name, value)
		}
	}
	if after > 0 {
		q.Set("after", ui.Digits(after))
	}
	address := r.Path(path)
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

func usedUnits(ctx context.Context, tx *postgres.Tx, r *ui.Request) ([]ui.Option, error) {
	units, err := store.UnitsInUse(ctx, tx, r.Actor, r.Actor.Organiser)
	list := []ui.Option{{Text: r.T("daycarework.filter.units")}}
	for _, u := range units {
		list = append(list, ui.Option{Value: ui.Digits(u.ID), Text: u.Name})
	}
	return list, err
}

func childTable(r *ui.Request, list []store.ChildRow, names words) ui.Table {
	t := ui.Table{Caption: r.T("daycarework.children"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("daycarework.child")}, {Text: r.T("daycarework.unit")}, {Text: r.T("daycarework.need")},
		{Text: r.T("daycarework.drafts"), Numeric: true}, {Text: r.T("daycarework.tasks"), Numeric: true}},
		Empty: ui.Empty{Title: r.T("daycarework.children.none"), Text: r.T("daycarework.children.none.text"), Links: []ui.Link{{Text: r.T("daycarework.child.add"), Href: r.Path("/daycare/children/new")}}}}
	count := func(n int) ui.Cell { return ui.Cell{Text: i18n.Int(r.Lang, int64(n)), Numeric: true} }
	for _, c := range list {
		place, need := ui.Cell{Text: r.T("daycarework.no_place")}, ui.Cell{Text: "–"}
		if c.Unit != 0 {
			place = ui.Cell{Text: c.UnitName, Small: period(r, c.Place)}
			need.Text = r.T("daycarework.no_need")
		}
		if c.Option != "" {
			need.Text = names.option(c.Option)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.Name, Small: r.Date(c.BirthDate), Href: r.Path("/daycare/children/{child}", c.Child)}, place, need, count(c.Drafts), count(c.Tasks)})
	}
	return t
}

type childNewView struct {
	Form *ui.Form
}

var errNoClient = fault.New(fault.Invalid, "WEB-090", "daycarework.no_client")

// childNew takes a client among the children, with the head of the family.
func (p *Pages) childNew(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	f.Set("from", r.Today())
	if f.Submitted() {
		code := ui.Read(f, "identity", ident.ParseHetu)
		head, headed := ui.ReadOptional(f, "head", ident.ParseHetu)
		from := f.Date("from")
		if !f.Refused() {
			var child int64
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
				if child, err = p.byCode(ctx, tx, r, code, "identity"); err != nil {
					return err
				}
				of := store.Of{Organiser: r.Actor.Organiser, Child: child}
				if err := store.AddChild(ctx, tx, r.Actor, of); err != nil || !headed {
					return err
				}
				adult, err := p.byCode(ctx, tx, r, head, "head")
				if err != nil {
					return err
				}
				_, err = store.SaveHead(ctx, tx, r.Actor, store.Head{Of: of, Saved: store.Saved{Period: calendar.Period{From: from, To: calendar.Forever}}, Adult: adult})
				if err != nil {
					return renamed(err, "adult", "head")
				}
				return nil
			})
			if err == nil {
				return r.SeeOther(w, "/daycare/children/"+ui.Digits(child), "daycarework.child.added")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "daycare/child-new", childNewView{f})
}

// renamed puts a fault of the use case's field on the form's own.
func renamed(err error, field, name string) error {
	if all := fault.All(err); len(all) == 1 && all[0].Field == field {
		return all[0].At(name)
	}
	return err
}

// byCode finds the client of an identity code.
func (p *Pages) byCode(ctx context.Context, tx *postgres.Tx, r *ui.Request, code ident.Hetu, field string) (int64, error) {
	found, err := client.Search(ctx, tx, r.Actor, p.Keys, client.Query{Organiser: r.Actor.Organiser, Text: code.Reveal(), Limit: 1})
	if err != nil {
		return 0, err
	}
	if len(found) == 0 {
		return 0, errNoClient.At(field)
	}
	return found[0].ID, nil
}
