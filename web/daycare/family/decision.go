package family

import (
	"context"
	"html/template"
	"net/http"

	"seteli/domain/daycare/guidance"
	"seteli/domain/decision"
	"seteli/platform/document"
	"seteli/platform/postgres"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

type decisionView struct {
	Name, Title string
	Body        template.HTML
	PDF, Back   string
}

func (p *Pages) placeLetter(r *ui.Request) (a guidance.Application, letter decision.Stored, proposal int64, err error) {
	if proposal, err = r.PathID("proposal"); err != nil {
		return a, letter, proposal, err
	}
	err = p.applied(r, func(ctx context.Context, tx *postgres.Tx, found guidance.Application) (err error) {
		a = found
		letter, err = guidance.Letter(ctx, tx, r.Actor, a, proposal)
		return err
	})
	return a, letter, proposal, err
}

// placeDecision shows the decision on a place as it was sent.
func (p *Pages) placeDecision(w http.ResponseWriter, r *ui.Request) error {
	a, letter, proposal, err := p.placeLetter(r)
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "family/decision", decisionView{Name: a.Child, Title: letter.Title, Body: document.StoredPart(letter.HTML),
		PDF: placePath(r, a, proposal) + "/pdf", Back: childPath(r, a.Of, "")})
}

func (p *Pages) placePDF(w http.ResponseWriter, r *ui.Request) error {
	_, letter, _, err := p.placeLetter(r)
	if err != nil {
		return err
	}
	return voucherview.PDF(w, ui.Digits(letter.ID)+".pdf", letter.PDF)
}

func placePath(r *ui.Request, a guidance.Application, proposal int64) string {
	return r.Path(oneApplication+"/decisions/{proposal}", a.Organiser, a.ID, proposal)
}

// placed lists the decisions on the child's places, the newest first.
func placed(r *ui.Request, list []guidance.Application) ui.Table {
	t := ui.Table{Caption: r.T("family.placed"), Cards: true, Columns: []ui.Column{{Text: r.T("family.place.unit")}, {Text: r.T("family.placed.from")}, {Text: r.T("family.placed.made")}}}
	for _, a := range list {
		for _, x := range a.Proposals {
			if x.Decision != nil && !a.Veiled(r.Actor.Person) {
				t.Rows = append(t.Rows, []ui.Cell{{Text: x.UnitName, Href: placePath(r, a, x.ID)}, {Text: r.Date(x.Start)}, {Text: day(r, x.EndedAt)}})
			}
		}
	}
	return t
}
