package settings

import (
	"context"
	"net/http"

	"seteli/domain/catalogue"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// hierarchyView is the two upper levels and the form that adds one.
type hierarchyView struct {
	Form    *ui.Form
	Table   ui.Table
	Levels  []ui.Option
	Classes []ui.Option
}

func (p *Pages) hierarchy(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	if f.Submitted() {
		done, err := p.hierarchyAdd(r, f)
		if err != nil && !f.Take(err) {
			return err
		}
		if done && !f.Refused() {
			return p.Site.SeeOther(w, r, "/settings/hierarchy", "settings.saved")
		}
	}
	f.Set("level", "class")
	v := hierarchyView{Form: f, Levels: []ui.Option{{Value: "class", Text: r.T("settings.class")}, {Value: "area", Text: r.T("settings.area")}}}
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		classes, err := catalogue.Classes(ctx, tx, r.Actor.Organiser)
		if err != nil {
			return err
		}
		areas, err := catalogue.Areas(ctx, tx, r.Actor.Organiser)
		if err != nil {
			return err
		}
		v.Table = ui.Table{Caption: r.T("settings.hierarchy.caption"), Columns: []ui.Column{{Text: r.T("settings.class")}, {Text: r.T("settings.area")}},
			Empty: ui.Empty{Title: r.T("settings.hierarchy.empty"), Text: r.T("settings.hierarchy.empty_text")}}
		for _, c := range classes {
			v.Classes = append(v.Classes, ui.Option{Value: ui.Digits(c.ID), Text: c.Names.In(r.Lang)})
			bare := true
			for _, a := range areas {
				if a.Class == c.ID {
					bare = false
					v.Table.Rows = append(v.Table.Rows, ui.TextCells(c.Names.In(r.Lang), a.Names.In(r.Lang)))
				}
			}
			if bare {
				v.Table.Rows = append(v.Table.Rows, ui.TextCells(c.Names.In(r.Lang), r.T("settings.area.none")))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.Site.Show(w, r, f.Status(), "settings/hierarchy", v)
}

func (p *Pages) hierarchyAdd(r *ui.Request, f *ui.Form) (done bool, err error) {
	level, name := f.Choice("level", "class", "area"), names(f, "name")
	var class int64
	if level == "area" {
		class = f.ID("class")
	}
	if f.Refused() {
		return false, nil
	}
	return true, r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		if level == "area" {
			_, err := catalogue.AddArea(ctx, tx, r.Actor, catalogue.Area{Organiser: r.Actor.Organiser, Class: class, Names: name})
			return err
		}
		_, err := catalogue.AddClass(ctx, tx, r.Actor, catalogue.Class{Organiser: r.Actor.Organiser, Names: name})
		return err
	})
}
