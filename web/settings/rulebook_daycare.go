package settings

import (
	"slices"

	"seteli/domain/catalogue"
	"seteli/domain/daycare/profile"
	"seteli/domain/rulebook"
	"seteli/web/ui"
)

// daycareTable tells to who publishes it a value that follows the rules of early education: whose they are, and which need option each
// content stands for. The rules themselves have pages of their own.
func daycareTable(r *ui.Request, s catalogue.Service, v rulebook.Value) (ui.Table, error) {
	t := ui.Table{Caption: r.T("method.name." + v.Method), Columns: []ui.Column{{Text: r.T("settings.parameter")}, {Text: r.T("settings.parameter.value")}}}
	p, options, err := profile.Bound(v)
	if err != nil {
		return t, err
	}
	t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("daycarerules.profile")}, {Text: p.Names.In(r.Lang), Small: p.Source}})
	for _, c := range s.Contents {
		name := "–"
		if i := slices.IndexFunc(p.Options, func(o profile.Option) bool { return o.Code == options[c.ID] }); i >= 0 {
			name = p.Options[i].Names.In(r.Lang)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.Names.In(r.Lang)}, {Text: name}})
	}
	return t, nil
}
