package finance

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"seteli/domain/register"
	"seteli/domain/settlement"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type suppliersView struct {
	Table    ui.Table
	Demanded bool
}

// suppliers lists the companies that are paid, those that cannot be paid standing out.
func (p *Pages) suppliers(w http.ResponseWriter, r *ui.Request) error {
	if err := staff(r); err != nil {
		return err
	}
	view := suppliersView{Table: ui.Table{Caption: r.T("finance.suppliers.title"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("finance.supplier.company")},
		{Text: r.T("finance.supplier.number")}, {Text: r.T("finance.supplier.term"), Numeric: true}, {Text: r.T("finance.supplier.hold")}},
		Empty: ui.Empty{Title: r.T("finance.suppliers.none"), Text: r.T("finance.suppliers.none.text")}}}
	var list []settlement.Supplier
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if view.Demanded, err = settlement.SupplierNumbersDemanded(ctx, tx, r.Actor.Organiser); err != nil {
			return err
		}
		list, err = settlement.Suppliers(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range list {
		name := ui.Cell{Text: s.Name, Small: s.BusinessID}
		if r.Actor.Can(access.SettlementPrepare) {
			name.Href = r.Path("/finance/suppliers/{provider}", s.Provider)
		}
		number, hold, term := ui.Cell{Text: s.Number}, ui.Cell{Text: s.HoldReason}, ui.Cell{Text: "–", Numeric: true}
		if s.Number == "" && view.Demanded {
			number.Tag = &ui.Tag{Text: r.T("finance.supplier.missing"), Colour: "red"}
		}
		if s.HoldReason != "" {
			hold.Tag = &ui.Tag{Text: r.T("finance.payee.held"), Colour: "orange"}
		}
		if s.TermDays != nil {
			term.Text = strconv.Itoa(int(*s.TermDays))
		}
		view.Table.Rows = append(view.Table.Rows, []ui.Cell{name, number, term, hold})
	}
	return p.Site.Show(w, r, http.StatusOK, "finance/suppliers", view)
}

type supplierView struct {
	Form        *ui.Form
	Name, SetBy string
}

// supplier sets number, term and hold of one company.
func (p *Pages) supplier(w http.ResponseWriter, r *ui.Request) error {
	if err := staff(r); err != nil {
		return err
	}
	provider, err := r.PathID("provider")
	if err != nil {
		return err
	}
	f, org := r.Input(), r.Actor.Organiser
	view := supplierView{Form: f}
	var now register.Supplier
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := settlement.Suppliers(ctx, tx, r.Actor, org)
		if err != nil {
			return err
		}
		for _, s := range list {
			if s.Provider == provider {
				view.Name = s.Name
				now, err = register.SupplierOf(ctx, tx, org, provider)
				return err
			}
		}
		return ui.ErrNoPage // the organiser has nothing to do with it
	})
	if err != nil {
		return err
	}
	fillSupplier(r, &view, now)
	if f.Submitted() {
		in := register.SupplierInput{Organiser: org, Provider: provider, Number: f.OptionalText("supplier_number"), HoldReason: f.OptionalLongText("hold_reason")}
		if f.Value("payment_term_days") != "" {
			in.PaymentTermDays = new(f.Int("payment_term_days", 0, 90))
		}
		seen, err := strconv.ParseInt(f.Value("version"), 10, 64)
		if err != nil {
			seen = 0 // as if there had been nothing
		}
		in.Seen = new(time.UnixMicro(seen))
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := register.SetSupplier(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return p.Site.SeeOther(w, r, "/finance/suppliers", "finance.supplier.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return p.Site.Show(w, r, f.Status(), "finance/supplier", view)
}

func fillSupplier(r *ui.Request, view *supplierView, now register.Supplier) {
	f := view.Form
	f.Set("version", "0")
	if !now.SetAt.IsZero() {
		f.Set("version", strconv.FormatInt(now.SetAt.UnixMicro(), 10))
		view.SetBy = r.T("finance.supplier.set", "who", now.SetBy, "at", now.SetAt)
	}
	f.Set("supplier_number", now.Number)
	f.Set("hold_reason", now.HoldReason)
	if now.PaymentTermDays != nil {
		f.Set("payment_term_days", strconv.Itoa(*now.PaymentTermDays))
	}
}
