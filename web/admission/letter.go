package admission

import (
	"context"
	"html/template"
	"net/http"

	"seteli/domain/decision"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

func (s site) stored(r *ui.Request) (decision.Stored, error) {
	organiser, err := r.PathOrganiser()
	if err != nil {
		return decision.Stored{}, err
	}
	n, err := r.PathID("document")
	if err != nil {
		return decision.Stored{}, err
	}
	var doc decision.Stored
	err = r.Do(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		doc, err = decision.Document(ctx, tx, r.Actor, organiser, n)
		return err
	})
	return doc, err
}

// letter shows a decision on the page, in the words of the paper.
func (s site) letter(w http.ResponseWriter, r *ui.Request) error {
	doc, err := s.stored(r)
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "admission/letter", letterPage{Title: r.T("admission.web.letter.title"), HTML: template.HTML(doc.HTML),
		PDF: r.Path("/letters/{organiser}/{document}/pdf", doc.Organiser, doc.ID)})
}

// letterFile gives the paper as it was sent.
func (s site) letterFile(w http.ResponseWriter, r *ui.Request) error {
	doc, err := s.stored(r)
	if err != nil {
		return err
	}
	return ui.Download(w, doc.Title+".pdf", doc.Media, doc.PDF)
}
