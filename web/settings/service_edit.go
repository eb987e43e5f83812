package settings

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// editView is the editor of a new version or of a new service.
type editView struct {
	Form     *ui.Form
	Service  int64 // 0 = a new service
	Name     string
	Areas    []ui.Option
	Modes    []ui.Option
	Units    []ui.Option
	Contents []contentRow
	Changes  *ui.Table // what would change, after "preview"
}

// contentRow is one group of fields; Index is their number in field names.
type contentRow struct {
	Index      int
	Code, Unit string // of a content that exists: both are fixed
}

// Field names a field of the row.
func (c contentRow) Field(name string) string { return fmt.Sprintf("contents.%d.%s", c.Index, name) }

func sampleEdit() editView {
	return editView{Service: 1, Name: "Kotihoito", Contents: []contentRow{{Code: "hoito", Unit: "h"}, {Index: 1}},
		Changes: &ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{ui.TextCells("x")}}}
}

// spare is how many empty rows for new contents the editor offers.
const spare = 2

func (p *Pages) serviceEdit(w http.ResponseWriter, r *ui.Request) error {
	var service int64
	var err error
	if r.PathValue("service") != "" {
		if service, err = r.PathID("service"); err != nil {
			return err
		}
	}
	var now catalogue.Service
	var areas []catalogue.Area
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if areas, err = catalogue.Areas(ctx, tx, r.Actor.Organiser); err != nil || service == 0 {
			return err
		}
		versions, err := catalogue.Versions(ctx, tx, r.Actor.Organiser, service)
		if err == nil {
			now = versions[0] // the newest, also when it is still to come: the next one follows it
		}
		return err
	})
	if err != nil {
		return err
	}
	f := r.Input()
	view := editor(r, f, now, areas)
	if !f.Submitted() {
		fillService(f, now, r.Today())
		return p.Site.Show(w, r, http.StatusOK, "settings/service-edit", view)
	}
	in, rows := readVersion(f, now)
	in.Organiser, in.Service = r.Actor.Organiser, service
	if !f.Refused() && f.Value("step") == "preview" {
		area := areas[max(0, slices.IndexFunc(areas, func(a catalogue.Area) bool { return a.ID == in.AreaID }))]
		changes := changesTable(r, catalogue.Changes(now, in.Preview(area, now)))
		view.Changes = &changes
	} else if !f.Refused() {
		made, err := p.publishService(r, in)
		err = onRows(err, rows)
		switch {
		case err == nil:
			return p.Site.SeeOther(w, r, "/settings/services/"+ui.Digits(made.ID), "settings.service.published", "version", made.Version, "day", made.ValidFrom)
		case !f.Take(err):
			return err
		}
	}
	return p.Site.Show(w, r, f.Status(), "settings/service-edit", view)
}

func (p *Pages) publishService(r *ui.Request, in catalogue.VersionInput) (made catalogue.Service, err error) {
	return made, r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if in.Service == 0 {
			made, err = catalogue.AddService(ctx, tx, r.Actor, in)
		} else {
			made, err = catalogue.PublishVersion(ctx, tx, r.Actor, in)
		}
		return err
	})
}

func editor(r *ui.Request, f *ui.Form, now catalogue.Service, areas []catalogue.Area) editView {
	v := editView{Form: f, Service: now.ID, Name: now.Names.In(r.Lang), Units: unitOptions(r)}
	for _, a := range areas {
		v.Areas = append(v.Areas, ui.Option{Value: ui.Digits(a.ID), Text: a.Names.In(r.Lang)})
	}
	for _, m := range catalogue.Modes() {
		v.Modes = append(v.Modes, ui.Option{Value: string(m), Text: r.T("settings.mode." + string(m)), Hint: r.T("settings.mode." + string(m) + ".hint")})
	}
	for i, c := range now.Contents {
		v.Contents = append(v.Contents, contentRow{Index: i, Code: c.Code, Unit: r.T("unit." + string(c.Unit) + ".one")})
	}
	for range spare {
		v.Contents = append(v.Contents, contentRow{Index: len(v.Contents)})
	}
	return v
}

func fillService(f *ui.Form, s catalogue.Service, today calendar.Date) {
	f.Set("base", s.LastVersion)
	f.Set("valid_from", max(today, s.ValidFrom))
	f.Set("area", s.AreaID)
	setNames(f, "name", s.Names)
	setNames(f, "description", s.Descriptions)
	f.Set("mode", string(cmpOr(s.Mode, catalogue.Voucher)))
	f.Set("open", s.Open || s.ID == 0)
	f.Set("own_share_forbidden", s.OwnShareForbidden)
	f.Set("legal_act", s.LegalAct)
	f.Set("legal_section", s.LegalSection)
	f.Set("national_code", s.NationalCode)
	f.Set("account_code", s.AccountCode)
	f.Set("cost_centre", s.CostCentre)
	f.Set("notice_email", s.NoticeEmail)
	for i, c := range s.Contents {
		row := contentRow{Index: i}
		setNames(f, row.Field("name"), c.Names)
		f.Set(row.Field("description"), c.Description)
		f.Set(row.Field("position"), c.Position)
		if c.PriceCap != nil {
			f.Set(row.Field("price_cap"), *c.PriceCap)
		}
		if c.MaxDay != nil {
			f.Set(row.Field("max_day"), *c.MaxDay)
		}
		if c.Period.To != calendar.Forever {
			f.Set(row.Field("to"), c.Period.Last()) // people write a period with its last day
		}
	}
}

func cmpOr(m, other catalogue.Mode) catalogue.Mode {
	if m == "" {
		return other
	}
	return m
}

// readVersion gives the input and, for each of its contents, the row of the form it came from.
func readVersion(f *ui.Form, now catalogue.Service) (catalogue.VersionInput, []int) {
	in := catalogue.VersionInput{Names: names(f, "name"), AreaID: f.ID("area"), ValidFrom: f.Date("valid_from"),
		Descriptions: i18n.Names{Fi: f.OptionalLongText("description_fi"), Sv: f.OptionalLongText("description_sv"), En: f.OptionalLongText("description_en")},
		Mode:         catalogue.Mode(f.Choice("mode", "voucher", "purchased", "licence", "register")), Open: f.Bool("open"),
		OwnShareForbidden: f.Bool("own_share_forbidden"), LegalAct: f.Text("legal_act"), LegalSection: f.OptionalText("legal_section"),
		NationalCode: f.OptionalText("national_code"), AccountCode: f.OptionalText("account_code"), CostCentre: f.OptionalText("cost_centre"),
		NoticeEmail: f.OptionalText("notice_email")}
	if now.ID == 0 {
		in.Code = f.Text("code")
	} else {
		in.Base = f.Int("base", 1, 1_000_000)
	}
	var rows []int
	for i := range len(now.Contents) + spare {
		row := contentRow{Index: i}
		c := catalogue.ContentInput{}
		if i < len(now.Contents) {
			c.ID = now.Contents[i].ID
		}
		fresh := c.ID == 0
		if fresh && f.Value(row.Field("code")) == "" && f.Value(row.Field("name_fi")) == "" || f.Bool(row.Field("remove")) {
			continue
		}
		readContent(f, row, &c)
		in.Contents, rows = append(in.Contents, c), append(rows, i)
	}
	return in, rows
}

func readContent(f *ui.Form, row contentRow, c *catalogue.ContentInput) {
	if c.ID == 0 {
		c.Code = f.Text(row.Field("code"))
		c.Unit = catalogue.Unit(f.Value(row.Field("unit")))
	}
	c.Names = names(f, row.Field("name"))
	c.Description = f.OptionalText(row.Field("description"))
	if f.Value(row.Field("position")) != "" {
		c.Position = f.Int(row.Field("position"), 0, 10_000)
	}
	if v, ok := f.OptionalCents(row.Field("price_cap")); ok {
		c.PriceCap = new(money.Cents)
		*c.PriceCap = v
	}
	if v, ok := f.OptionalQuantity(row.Field("max_day")); ok {
		c.MaxDay = new(money.Quantity)
		*c.MaxDay = v
	}
	if last, ok := f.OptionalDate(row.Field("to")); ok {
		c.To = last + 1
	}
}

// onRows puts the faults of contents on the rows of the form: rows left empty are not in the input.
func onRows(err error, rows []int) error {
	list := fault.All(err)
	if list == nil {
		return err
	}
	moved := make(fault.List, len(list))
	for i, one := range list {
		moved[i] = one
		rest, is := strings.CutPrefix(one.Field, "contents.")
		at, name, _ := strings.Cut(rest, ".")
		for n, row := range rows {
			if is && at == fmt.Sprint(n) {
				moved[i] = one.At(contentRow{Index: row}.Field(name))
			}
		}
	}
	return moved.Err()
}

func changesTable(r *ui.Request, list []catalogue.Change) ui.Table {
	t := ui.Table{Caption: r.T("settings.changes"), Columns: []ui.Column{{Text: r.T("settings.changes.what")}, {Text: r.T("settings.changes.before")}, {Text: r.T("settings.changes.after")}},
		Empty: ui.Empty{Title: r.T("settings.changes.none")}}
	for _, c := range list {
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("settings.field." + c.Field), Small: c.Content}, {Text: shown(r, c.Before)}, {Text: shown(r, c.After)}})
	}
	return t
}

// shown writes a value of a change in the reader's language.
func shown(r *ui.Request, v any) string {
	switch v := v.(type) {
	case nil:
		return "–"
	case bool:
		if v {
			return r.T("settings.yes")
		}
		return r.T("settings.no")
	case catalogue.Mode:
		if v == "" {
			return "–"
		}
		return r.T("settings.mode." + string(v))
	case money.Cents:
		return r.Cents(v)
	case money.Quantity:
		return r.Quantity(v)
	case calendar.Date:
		return r.Date(v)
	case string:
		if v == "" {
			return "–"
		}
		return v
	}
	return fmt.Sprint(v)
}
