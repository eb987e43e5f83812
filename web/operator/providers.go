package operator

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/domain/register"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// mostProviders is how many companies a page shows; a word narrows them down.
const mostProviders = 200

type providersView struct {
	Form  *ui.Form
	Table ui.Table
	More  bool // there are more than are shown
}

// providers shows the national register of companies. Each company keeps its own data.
func (p *Pages) providers(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	words := f.OptionalText("search")
	var list []register.Provider
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = register.Search(ctx, tx, r.Actor, words, mostProviders+1)
		return err
	})
	if err != nil {
		return err
	}
	v := providersView{Form: f, More: len(list) > mostProviders}
	v.Table = ui.Table{Caption: r.T("operator.providers"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("operator.company")}, {Text: r.T("operator.business_id")},
		{Text: r.T("settings.city")}, {Text: r.T("operator.email")}, {Text: r.T("settings.phone")}, {Text: r.T("operator.since")}},
		Empty: ui.Empty{Title: r.T("operator.providers.none"), Text: r.T("operator.providers.none_text")}}
	for _, c := range list[:min(len(list), mostProviders)] {
		since := r.Date(calendar.DateOf(c.CreatedAt))
		ended := ""
		if c.EndedOn != nil {
			ended = r.T("operator.providers.ended", "day", r.Date(*c.EndedOn))
		}
		v.Table.Rows = append(v.Table.Rows, []ui.Cell{{Text: c.Name, Href: r.Path("/register/{provider}", c.ID)}, {Text: c.BusinessID.String()}, {Text: c.City}, {Text: c.Email}, {Text: c.Phone}, {Text: since, Small: ended}})
	}
	return r.Show(w, f.Status(), "operator/providers", v)
}
