package citizen

import (
	"net/http"
	"time"

	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// mostReadings is how many readings one page shows; the log itself is kept twelve years (703/2023, 11 §), the page shows two.
const mostReadings = 200

type readingsView struct{ Table ui.Table }

// readings tells who has seen the person's data, when, as what and why.
func (p *Pages) readings(w http.ResponseWriter, r *ui.Request) error {
	view := readingsView{Table: ui.Table{Caption: r.T("citizen.readings.caption"), Cards: true, Columns: []ui.Column{{Text: r.T("citizen.readings.when")},
		{Text: r.T("citizen.readings.who")}, {Text: r.T("citizen.readings.what")}, {Text: r.T("citizen.readings.why")}},
		Empty: ui.Empty{Title: r.T("citizen.readings.none"), Text: r.T("citizen.readings.none.text")}}}
	err := p.DB.Read(r.Context(), r.Actor, func(tx *postgres.Tx) error {
		rows, err := audit.ReadingsOfPerson(r.Context(), tx, r.Actor.Person, tx.Now().AddDate(-2, 0, 0), tx.Now().Add(time.Second), mostReadings)
		if err != nil {
			return err
		}
		names, err := organisers(r.Context(), tx, r)
		if err != nil {
			return err
		}
		for _, x := range rows {
			who, as := x.Name, p.word(r, "access.role.", x.Role)
			if x.Role == string(access.SystemRole) { // the program read, for whom it worked
				who, as = as, who
			}
			view.Table.Rows = append(view.Table.Rows, []ui.Cell{{Text: i18n.DateTime(r.Lang, x.At)}, {Text: who, Small: as + ", " + names[x.OrganiserID]},
				{Text: p.word(r, "citizen.what.", x.What)}, {Text: p.word(r, "citizen.purpose.", x.Purpose)}})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "citizen/readings", view)
}

// word translates a stored word of the log; a word that a later release wrote is shown as "other" rather than hidden.
func (p *Pages) word(r *ui.Request, area, word string) string {
	if key := area + word; p.Texts.Has(key) {
		return r.T(key)
	}
	return r.T("citizen.readings.other")
}
