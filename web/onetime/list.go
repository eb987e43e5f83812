package onetime

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"

	"seteli/core/ident"
	"seteli/domain/catalogue"
	"seteli/domain/onetime"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/postgres"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

type listView struct {
	Form   *ui.Form
	States []ui.Option
	Table  ui.Table
	Pages  ui.Pages
	Batch  string // address of the paper of the batch that is shown
	Print  bool
}

// list is the organiser's slips, newest first.
func (p *Pages) list(w http.ResponseWriter, r *ui.Request) error {
	f, q := r.Input(), r.URL.Query()
	in := onetime.ListInput{Organiser: r.Actor.Organiser, Most: pageSize + 1}
	for _, s := range onetime.States() {
		if q.Get("state") == string(s) {
			in.State = s
		}
	}
	for _, x := range []struct {
		name string
		into *int64
	}{{"batch", &in.Batch}, {"before", &in.Before}} {
		if n, err := strconv.ParseInt(q.Get(x.name), 10, 64); err == nil && n > 0 { // an address that was typed wrong shows all
			*x.into = n
		}
	}
	f.Set("state", string(in.State))
	f.Set("number", q.Get("number"))
	wrong := false
	if typed := q.Get("number"); typed != "" {
		n, err := number(typed)
		in.Number = n
		if wrong = err != nil; wrong {
			f.Take(err)
		}
	}
	var list []onetime.Slip
	names := map[int64]string{}
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if !wrong {
			if list, err = onetime.List(ctx, tx, r.Actor, in); err != nil {
				return err
			}
		}
		services, err := catalogue.Services(ctx, tx, in.Organiser, tx.Today())
		for _, s := range services {
			names[s.ID] = s.Names.In(r.Lang)
		}
		return err
	})
	if err != nil {
		return err
	}
	view := listView{Form: f, States: []ui.Option{{Value: "", Text: r.T("onetime.state.all")}}, Print: r.Actor.Can(access.VoucherGrant)}
	for _, s := range onetime.States() {
		view.States = append(view.States, ui.Option{Value: string(s), Text: r.T("onetime.state." + string(s))})
	}
	if in.Batch != 0 && len(list) > 0 && view.Print {
		view.Batch = r.Path("/onetime/batches/{batch}/paper", in.Batch)
	}
	list, view.Pages = paged(r, in, list)
	view.Table = table(r, list, names)
	return r.Show(w, f.Status(), "onetime/list", view)
}

// paged cuts the list to a page and leads to the others with the same filter.
func paged(r *ui.Request, in onetime.ListInput, list []onetime.Slip) ([]onetime.Slip, ui.Pages) {
	var pages ui.Pages
	q := r.URL.Query()
	if in.Before != 0 {
		q.Del("before")
		pages.First = r.Path("/onetime") + "?" + q.Encode()
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		q.Set("before", ui.Digits(list[pageSize-1].ID))
		pages.Next = r.Path("/onetime") + "?" + q.Encode()
	}
	return list, pages
}

func table(r *ui.Request, list []onetime.Slip, services map[int64]string) ui.Table {
	t := ui.Table{Caption: r.T("onetime.list"), Cards: true, Columns: []ui.Column{{Text: r.T("onetime.number")}, {Text: r.T("onetime.service")}, {Text: r.T("onetime.client")}, {Text: r.T("onetime.valid")},
		{Text: r.T("onetime.value"), Numeric: true}, {Text: r.T("common.state")}}, Empty: ui.Empty{Title: r.T("onetime.list.none"), Text: r.T("onetime.list.none.text")}}
	for _, s := range list {
		state := r.TagCell("onetime." + string(s.State(r.Today())))
		if s.Use != nil {
			state.Small = r.T("onetime.used_at", "day", s.Use.Day, "unit", s.Use.Name)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: s.Number.Print(), Href: r.Path("/onetime/{slip}", s.ID)}, {Text: services[s.Service]}, {Text: cmp.Or(s.ClientName, "–")}, {Text: r.Period(s.Period)}, r.CentsCell(s.Value), state})
	}
	return t
}

// number reads what is typed or scanned: a number, or the address that stands in the code of the paper.
func number(typed string) (ident.VoucherNumber, error) {
	if i := strings.LastIndexByte(typed, '/'); i >= 0 {
		typed = typed[i+1:]
	}
	n, err := ident.ParseVoucherNumber(typed)
	if err != nil {
		return n, atNumber(err)
	}
	return n, nil
}

// batchPaper is the paper of the slips of a batch that can still be used, one on a page.
func (p *Pages) batchPaper(w http.ResponseWriter, r *ui.Request) error {
	batch, err := r.PathID("batch")
	if err != nil {
		return err
	}
	org := r.Actor.Organiser
	var pdf []byte
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := onetime.Printable(ctx, tx, r.Actor, org, batch)
		if err != nil {
			return err
		}
		s, err := catalogue.ServiceAt(ctx, tx, org, list[0].Service, list[0].Period.From)
		if err != nil {
			return err
		}
		o, err := organiser.Get(ctx, tx, org)
		if err != nil {
			return err
		}
		pdf, err = document.PDF(onetime.Paper(onetime.Sheet{Texts: p.Means.Texts, Lang: r.Lang, Sender: o.Names.In(r.Lang), Address: p.Address, Service: s, Day: tx.Today()}, list), p.Means.Texts)
		return err
	})
	if err != nil {
		return err
	}
	return voucherview.PDF(w, "kertasetelit.pdf", pdf)
}
