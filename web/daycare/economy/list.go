package economy

import (
	"context"
	"net/http"

	"seteli/domain/daycare/simulation"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

const perPage = 25

// listView is the calculations that were asked for.
type listView struct {
	Table   ui.Table
	Pages   ui.Pages
	Compare bool // at least two can be compared
}

func (p *Pages) list(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	var before int64
	if f.Value("before") != "" {
		before = f.ID("before")
	}
	var all []simulation.Simulation
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		all, err = simulation.List(ctx, tx, r.Actor, r.Actor.Organiser, before, perPage+1)
		return err
	})
	if err != nil {
		return err
	}
	v := listView{Table: ui.Table{Caption: r.T("economy.list.title"), Quiet: true, Cards: true,
		Columns: []ui.Column{{Text: r.T("economy.name")}, {Text: r.T("economy.state")}, {Text: r.T("economy.from_day")}, {Text: r.T("economy.year_difference"), Numeric: true},
			{Text: r.T("economy.made")}, {Text: r.T("economy.compare")}},
		Empty: ui.Empty{Title: r.T("economy.list.empty"), Text: r.T("economy.list.empty_text"), Links: []ui.Link{{Text: r.T("economy.new"), Href: r.Path("/daycare/economy/simulations/new")}}}}}
	if before != 0 {
		v.Pages.First = r.Path("/daycare/economy/simulations")
	}
	if len(all) > perPage {
		all = all[:perPage]
		v.Pages.Next = r.Path("/daycare/economy/simulations") + "?before=" + ui.Digits(all[perPage-1].ID)
	}
	done := 0
	for _, s := range all {
		difference, tick := ui.Cell{Text: "–", Numeric: true}, ui.Cell{Text: "–"}
		switch {
		case s.Result != nil && s.Change.Sweep != nil: // many answers are not compared with one
			difference.Text = r.T("economy.sweep.answers", "n", len(s.Result.Points))
		case s.Result != nil:
			done++
			difference = signedCell(r, s.Result.Year.Difference())
			tick = ui.Cell{Tick: &ui.Tick{Name: "id", Value: ui.Digits(s.ID), Label: r.T("economy.compare.tick", "name", s.Name)}}
		}
		v.Table.Rows = append(v.Table.Rows, []ui.Cell{{Text: s.Name, Href: r.Path("/daycare/economy/simulations/{simulation}", s.ID)}, r.TagCell("simulation." + string(s.State)),
			{Text: r.Date(s.Change.From)}, difference, {Text: r.T("economy.at", "at", s.MadeAt), Small: s.MadeBy}, tick})
	}
	v.Compare = done > 1
	return r.Show(w, http.StatusOK, "economy/list", v)
}
