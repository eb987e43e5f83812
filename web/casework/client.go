package casework

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	daycare "seteli/domain/daycare/store"
	"seteli/domain/organiser"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

const perPage = 25

type clientsView struct {
	Form  *ui.Form
	Asked bool
	Table ui.Table
	Pages *ui.Pages
}

func (p *Pages) clients(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := clientsView{Form: f, Asked: f.Value("q") != ""}
	if !view.Asked {
		return r.Show(w, http.StatusOK, "casework/clients", view)
	}
	after := client.Cursor{LastName: f.Value("last"), FirstNames: f.Value("first")}
	if f.Value("after") != "" {
		after.ID = f.ID("after")
	}
	var found []client.Client
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		found, err = client.Search(ctx, tx, r.Actor, p.Keys, client.Query{Organiser: r.Actor.Organiser, Text: f.Value("q"), After: after, Limit: perPage})
		return err
	})
	if err != nil && !f.Take(err) {
		return err
	}
	view.Table = ui.Table{Caption: r.T("casework.clients.found", "n", len(found)), Cards: true, Columns: []ui.Column{{Text: r.T("common.name")},
		{Text: r.T("casework.birth_date")}, {Text: r.T("common.address")}, {Text: r.T("casework.external_ref")}},
		Empty: ui.Empty{Title: r.T("casework.clients.none"), Text: r.T("casework.clients.none.text"),
			Links: []ui.Link{{Text: r.T("casework.client.add"), Href: r.Path("/clients/new")}}}}
	for _, c := range found {
		view.Table.Rows = append(view.Table.Rows, []ui.Cell{{Text: c.ListName(), Href: r.Path("/clients/{client}", c.ID)}, {Text: r.Date(c.BirthDate)},
			{Text: strings.Join(c.Address(), ", ")}, {Text: c.ExternalRef}})
	}
	if len(found) == perPage {
		last := found[len(found)-1]
		q := url.Values{"q": {f.Value("q")}, "last": {last.LastName}, "first": {last.FirstNames}, "after": {ui.Digits(last.ID)}}
		view.Pages = &ui.Pages{Next: r.Path("/clients") + "?" + q.Encode()}
	}
	return r.Show(w, f.Status(), "casework/clients", view)
}

type clientView struct {
	ID       int64
	Name     string
	Summary  ui.Summary
	Banned   bool // safety ban
	Vouchers ui.Table
	CanGrant bool
	Guarded  bool // a minor, whose guardians may be recorded
	Daycare  bool // a child in early education
	CanEdit  bool
	Income   bool // household and income may be seen
}

func (p *Pages) client(w http.ResponseWriter, r *ui.Request) error {
	number, err := r.PathID("client")
	if err != nil {
		return err
	}
	var c client.Client
	var list []voucher.Voucher
	var hetu ident.Hetu
	var inDaycare bool
	names := map[int64]i18n.Names{}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if c, err = client.Get(ctx, tx, r.Actor, r.Actor.Organiser, number); err != nil {
			return err
		}
		if r.Input().Value("identity") == "show" {
			if hetu, err = client.Identity(ctx, tx, r.Actor, p.Keys, r.Actor.Organiser, number); err != nil {
				return err
			}
		}
		if r.Actor.Can(access.VoucherRead) {
			if list, err = voucher.OfClient(ctx, tx, r.Actor, r.Actor.Organiser, number); err != nil {
				return err
			}
		}
		if r.Actor.Can(access.DaycareDecide) {
			if inDaycare, err = daycare.Known(ctx, tx, r.Actor, daycare.Of{Organiser: r.Actor.Organiser, Child: number}); err != nil {
				return err
			}
		}
		services, err := catalogue.Services(ctx, tx, r.Actor.Organiser, tx.Today())
		for _, s := range services {
			names[s.ID] = s.Names
		}
		return err
	})
	if err != nil {
		return err
	}
	view := clientView{ID: c.ID, Name: c.Name(), Daycare: inDaycare, Banned: c.Protected, CanGrant: r.Actor.Can(access.VoucherGrant), CanEdit: r.Actor.Can(access.ClientEdit),
		Income: r.Actor.Can(access.ClientIncome), Guarded: r.Actor.Can(access.DaycareDecide) && r.Today() < c.BirthDate.AddMonths(18*12)}
	view.Summary = clientSummary(r, c, hetu)
	view.Vouchers = ui.Table{Caption: r.T("casework.vouchers"), Cards: true, Columns: []ui.Column{{Text: r.T("casework.service")}, {Text: r.T("common.voucher_number")},
		{Text: r.T("casework.valid")}, {Text: r.T("common.state")}}, Empty: ui.Empty{Title: r.T("casework.vouchers.none"), Text: r.T("casework.vouchers.none.text")}}
	for _, v := range list {
		view.Vouchers.Rows = append(view.Vouchers.Rows, []ui.Cell{{Text: names[v.Service].In(r.Lang), Href: r.Path("/vouchers/{voucher}", v.ID)},
			{Text: v.Number.Print()}, {Text: r.Period(v.Valid)}, r.TagCell("voucher." + v.Shown(r.Today()))})
	}
	return r.Show(w, http.StatusOK, "casework/client", view)
}

func clientSummary(r *ui.Request, c client.Client, hetu ident.Hetu) ui.Summary {
	code := ui.Row{Key: r.T("common.hetu"), Value: hetu.Reveal()}
	if hetu.IsZero() {
		code.Value = r.T("casework.identity.hidden")
		code.Actions = []ui.Action{{Text: r.T("common.show"), Hidden: r.T("common.hetu"), Href: r.Path("/clients/{client}", c.ID) + "?identity=show"}}
	}
	s := ui.Summary{Rows: []ui.Row{code, {Key: r.T("casework.birth_date"), Value: r.Date(c.BirthDate)}, {Key: r.T("common.language"), Value: r.T("casework.language." + string(c.Language))}}}
	if !c.Protected {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("common.address"), Value: strings.Join(c.Address(), ", ")})
	}
	for _, row := range []ui.Row{{Key: r.T("common.phone"), Value: c.Phone}, {Key: r.T("common.email"), Value: c.Email}, {Key: r.T("casework.external_ref"), Value: c.ExternalRef}} {
		if row.Value != "" {
			s.Rows = append(s.Rows, row)
		}
	}
	return s
}

type editView struct {
	Form           *ui.Form
	ID             int64 // 0 = a new client
	Name           string
	Languages      []ui.Option
	Municipalities []ui.Option
	Known          *ui.Link // the client that the person is already
}

func (p *Pages) clientAdd(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	f.Set("language", "fi")
	view := editView{Form: f, Languages: languages(r)}
	if f.Submitted() {
		in := client.AddInput{Organiser: r.Actor.Organiser, Identity: ui.Read(f, "identity", ident.ParseHetu), Details: details(f)}
		if !f.Refused() {
			var added client.Client
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
				added, err = client.Add(ctx, tx, r.Actor, p.Keys, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/clients/"+ui.Digits(added.ID), "casework.client.added")
			}
			if known, ok := knownClient(err); ok {
				view.Known = &ui.Link{Text: r.T("casework.client.known"), Href: r.Path("/clients/{client}", known)}
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	if err := p.municipalities(r, &view); err != nil {
		return err
	}
	return r.Show(w, f.Status(), "casework/client-edit", view)
}

func knownClient(err error) (int64, bool) {
	for _, f := range fault.All(err) {
		if n, ok := f.Values["client"].(int64); ok {
			return n, true
		}
	}
	return 0, false
}

func (p *Pages) clientEdit(w http.ResponseWriter, r *ui.Request) error {
	number, err := r.PathID("client")
	if err != nil {
		return err
	}
	f := r.Input()
	view := editView{Form: f, ID: number, Languages: languages(r)}
	if f.Submitted() {
		in := client.EditInput{Organiser: r.Actor.Organiser, Client: number, RowVersion: version(f), Details: details(f)}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := client.Edit(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/clients/"+ui.Digits(number), "casework.client.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	var c client.Client
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		c, err = client.Get(ctx, tx, r.Actor, r.Actor.Organiser, number)
		return err
	})
	if err != nil {
		return err
	}
	view.Name = c.Name()
	for name, value := range map[string]any{"last_name": c.LastName, "first_names": c.FirstNames, "language": string(c.Language), "municipality": c.Municipality,
		"address_line": c.AddressLine, "postcode": c.Postcode, "city": c.City, "phone": c.Phone, "email": c.Email, "external_ref": c.ExternalRef,
		"protected": c.Protected, "version": ui.Digits(c.RowVersion)} {
		f.Set(name, value)
	}
	if err := p.municipalities(r, &view); err != nil {
		return err
	}
	return r.Show(w, f.Status(), "casework/client-edit", view)
}

func details(f *ui.Form) client.Details {
	return client.Details{LastName: f.Text("last_name"), FirstNames: f.Text("first_names"), Language: i18n.Lang(f.Choice("language", "fi", "sv", "en")),
		Municipality: f.Text("municipality"), AddressLine: f.OptionalText("address_line"), Postcode: f.OptionalText("postcode"), City: f.OptionalText("city"),
		Phone: f.OptionalText("phone"), Email: f.OptionalText("email"), Protected: f.Bool("protected"), ExternalRef: f.OptionalText("external_ref")}
}

func languages(r *ui.Request) []ui.Option {
	var list []ui.Option
	for _, l := range i18n.Langs {
		list = append(list, ui.Option{Value: string(l), Text: r.T("casework.language." + string(l))})
	}
	return list
}

func (p *Pages) municipalities(r *ui.Request, view *editView) error {
	return r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		all, err := organiser.Municipalities(ctx, tx)
		view.Municipalities = []ui.Option{{Text: "–"}}
		for _, m := range all {
			view.Municipalities = append(view.Municipalities, ui.Option{Value: m.Code, Text: m.Names.In(r.Lang)})
		}
		return err
	})
}
