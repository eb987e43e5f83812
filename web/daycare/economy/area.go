package economy

import (
	"seteli/domain/daycare/economy"
	"seteli/domain/daycare/simulation"
	"seteli/web/ui"
)

// areaName is a postal area, or what stands for those that are not told apart.
func areaName(r *ui.Request, name string, rest bool) string {
	switch {
	case rest:
		return r.T("economy.area.rest")
	case name == "":
		return r.T("economy.area.unknown")
	}
	return name
}

// areasTable tells what a change does by the area of the unit.
func areasTable(r *ui.Request, a simulation.Result) ui.Table {
	t := ui.Table{Caption: r.T("economy.areas"), Cards: true, Dense: true, Columns: []ui.Column{{Text: r.T("economy.area")}}}
	for _, key := range []string{"families.all", "families.gain", "families.lose", "area.town", "area.own", "families.change"} {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("economy." + key), Numeric: true})
	}
	for _, x := range a.Areas {
		t.Rows = append(t.Rows, []ui.Cell{{Text: areaName(r, x.Name, x.Rest)}, countCell(r, x.All), countCell(r, x.Gain), countCell(r, x.Lose), signedCell(r, x.Municipality.Difference()), signedCell(r, x.Own.Difference()),
			signedCell(r, perMonth(x.Family.Difference(), x.All))})
	}
	return t
}

// areaShares tells what families pay by the area of the unit today.
func areaShares(r *ui.Request, list []economy.AreaShare) ui.Table {
	t := ui.Table{Caption: r.T("economy.shares.areas"), Cards: true, Columns: []ui.Column{{Text: r.T("economy.area")}}}
	for _, key := range []string{"children", "own", "family"} {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("economy.shares." + key), Numeric: true})
	}
	for _, a := range list {
		t.Rows = append(t.Rows, []ui.Cell{{Text: areaName(r, a.Name, a.Rest)}, countCell(r, a.Children), r.CentsCell(mean(a.Own, a.Children)), r.CentsCell(mean(a.Family, a.Children))})
	}
	return t
}
