package rules

import (
	"context"
	"fmt"
	"net/http"

	"seteli/domain/catalogue"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/domain/rulebook"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// serviceView takes a published version into the rulebook of its service, so that the public calculator, the comparison of units and
// vouchers of the service compute with it.
type serviceView struct {
	Form     *ui.Form
	Versions []ui.Option
	Services []ui.Option // before one is chosen
	Name     string
	Service  int64
	Contents []field
	Lacks    *ui.Empty // no version is published yet
	Bound    bool      // the service's rulebook has the rules of early education now
}

func sampleService() serviceView {
	return serviceView{Service: 1, Name: "x", Bound: true, Contents: []field{{Kind: "choose", Name: "option.1", Label: "x"}}}
}

// service lets the main user say which need option each content of the service stands for, and drafts the service's rulebook with it.
func (p *Pages) service(w http.ResponseWriter, r *ui.Request) error {
	k, err := p.read(r)
	if err != nil {
		return err
	}
	if len(k.versions) == 0 {
		return r.Show(w, http.StatusOK, "daycarerules/service", serviceView{Lacks: &ui.Empty{Title: r.T("daycarerules.service.none"), Text: r.T("daycarerules.service.none_text"),
			Links: []ui.Link{{Text: r.T("daycarerules.title"), Href: r.Path(root)}}}})
	}
	f := r.Input()
	current, ok := k.inForce(r)
	if !ok {
		current = k.versions[0]
	}
	for _, x := range k.versions {
		if f.Value("version") == ui.Digits(x.ID) {
			current = x
		}
	}
	s, book, err := p.serviceBook(r, current)
	if err != nil {
		return err
	}
	v := serviceView{Form: f, Name: s.Names.In(r.Lang), Service: s.ID, Bound: book.Rules.Value.Method == profile.Method}
	for _, x := range k.versions {
		v.Versions = append(v.Versions, ui.Option{Value: ui.Digits(x.ID), Text: versionName(r, x)})
	}
	f.Set("version", current.ID)
	if f.Submitted() {
		chosen := map[int64]string{}
		for _, c := range s.Contents {
			chosen[c.ID] = f.Choice(fmt.Sprintf("option.%d", c.ID), codes(current.Profile)...)
		}
		if !f.Refused() {
			err := p.bind(r, k, current, book, chosen)
			if err == nil {
				return r.SeeOther(w, "/settings/services/"+ui.Digits(s.ID)+"/rulebook/publish", "daycarerules.service.drafted")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	options := []ui.Option{{Text: "–"}}
	for _, o := range current.Profile.Options {
		options = append(options, ui.Option{Value: o.Code, Text: o.Names.In(r.Lang)})
	}
	if v.Bound {
		_, before, err := profile.Bound(book.Rules.Value)
		if err != nil {
			return err
		}
		for content, code := range before {
			f.Set(fmt.Sprintf("option.%d", content), code)
		}
	}
	for _, c := range s.Contents {
		x := choose(fmt.Sprintf("option.%d", c.ID), c.Names.In(r.Lang), options)
		x.Form = f
		v.Contents = append(v.Contents, x)
	}
	return r.Show(w, f.Status(), "daycarerules/service", v)
}

func codes(pr profile.Profile) (list []string) {
	for _, o := range pr.Options {
		list = append(list, o.Code)
	}
	return list
}

// serviceBook reads the service and what its rulebook says now: an open draft, else the newest version, else the defaults.
func (p *Pages) serviceBook(r *ui.Request, x store.Rules) (s catalogue.Service, book rulebook.Rulebook, err error) {
	return s, book, r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		all, err := catalogue.Versions(ctx, tx, r.Actor.Organiser, x.Service)
		if err != nil {
			return err
		}
		s = all[0]
		draft, found, err := rulebook.DraftOf(ctx, tx, r.Actor, r.Actor.Organiser, x.Service)
		if err != nil || found {
			book = draft
			return err
		}
		versions, err := rulebook.Versions(ctx, tx, r.Actor.Organiser, x.Service)
		if err != nil {
			return err
		}
		if len(versions) > 0 {
			book = versions[0]
			book.ID, book.RowVersion = 0, 0
			return nil
		}
		book = rulebook.Rulebook{Rules: rulebook.Default(), Texts: i18n.Names{Fi: p.Words.Text("fi", "daycarerules.service.text", nil), Sv: p.Words.Text("sv", "daycarerules.service.text", nil), En: p.Words.Text("en", "daycarerules.service.text", nil)}}
		return nil
	})
}

func (p *Pages) bind(r *ui.Request, k work, x store.Rules, book rulebook.Rulebook, chosen map[int64]string) error {
	value, err := x.Profile.Value(k.national, chosen)
	if err != nil {
		return err
	}
	in := rulebook.DraftInput{Organiser: r.Actor.Organiser, Service: x.Service, ValidFrom: max(r.Today(), x.ValidFrom), Texts: book.Texts, Rules: book.Rules, ID: book.ID, RowVersion: book.RowVersion}
	in.Rules.Value = value
	return r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		_, err := rulebook.Draft(ctx, tx, r.Actor, p.Models, in)
		return err
	})
}
