package casework

import (
	"context"
	"net/http"

	"seteli/domain/catalogue"
	"seteli/domain/voucher"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/decider"
	"seteli/web/ui"
)

// bulkActView asks for the last word before a change begins, or is thrown away.
type bulkActView struct {
	Form           *ui.Form
	ID             int64
	Title, Service string
	Tiles          ui.Tiles
	Own            bool // prepared by the same person, who cannot approve it
}

// bulkApprove lets a prepared change happen.
func (p *Pages) bulkApprove(w http.ResponseWriter, r *ui.Request) error {
	return p.onBulk(w, r, "casework/bulk-approve", "bulk.approved.done", func(f *ui.Form, in voucher.BulkDecision) func(context.Context, *postgres.Tx) error {
		in.Office = f.Text("office")
		return func(ctx context.Context, tx *postgres.Tx) error {
			_, err := voucher.ApproveBulk(ctx, tx, r.Actor, in)
			return err
		}
	})
}

// bulkDrop throws a prepared change away.
func (p *Pages) bulkDrop(w http.ResponseWriter, r *ui.Request) error {
	return p.onBulk(w, r, "casework/bulk-drop", "bulk.dropped.done", func(_ *ui.Form, in voucher.BulkDecision) func(context.Context, *postgres.Tx) error {
		return func(ctx context.Context, tx *postgres.Tx) error { return voucher.DropBulk(ctx, tx, r.Actor, in) }
	})
}

func (p *Pages) onBulk(w http.ResponseWriter, r *ui.Request, page, done string, act func(*ui.Form, voucher.BulkDecision) func(context.Context, *postgres.Tx) error) error {
	number, err := r.PathID("bulk")
	if err != nil {
		return err
	}
	var b voucher.Bulk
	names := map[int64]i18n.Names{}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if b, _, err = voucher.BulkOf(ctx, tx, r.Actor, r.Actor.Organiser, number, voucher.BulkPage{}); err != nil {
			return err
		}
		s, err := catalogue.ServiceAt(ctx, tx, r.Actor.Organiser, b.Service, tx.Today())
		names[b.Service] = s.Names
		return err
	})
	if err != nil {
		return err
	}
	f := r.Input()
	f.Set("version", ui.Digits(b.RowVersion))
	if err := decider.Office(r, p.DB, f); err != nil {
		return err
	}
	v := bulkActView{Form: f, ID: b.ID, Title: r.T("bulk.kind." + string(b.Kind)), Service: names[b.Service].In(r.Lang), Tiles: bulkTiles(r, b), Own: r.Actor.Account == b.PreparedByAccount}
	if f.Submitted() {
		run := act(f, voucher.BulkDecision{Organiser: r.Actor.Organiser, ID: number, RowVersion: version(f)})
		if !f.Refused() {
			err := r.Do(p.DB, run)
			if err == nil {
				return r.SeeOther(w, "/changes/"+ui.Digits(number), done)
			}
			if !take(f, err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), page, v)
}
