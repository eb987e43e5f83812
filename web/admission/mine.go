package admission

import (
	"context"
	"net/http"
	"slices"

	"seteli/domain/admission"
	"seteli/domain/catalogue"
	"seteli/domain/organiser"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// mine lists the company's applications and approvals in all organisers.
func (s site) mine(w http.ResponseWriter, r *ui.Request) error {
	applications := ui.Table{Caption: r.T("admission.web.mine.applications"), Cards: true, Columns: []ui.Column{{Text: r.T("admission.web.service")},
		{Text: r.T("admission.web.organiser")}, {Text: r.T("admission.web.state")}, {Text: r.T("admission.web.answer_by")}},
		Empty: ui.Empty{Title: r.T("admission.web.mine.none"), Text: r.T("admission.web.mine.none_text"),
			Links: []ui.Link{{Text: r.T("admission.web.mine.new"), Href: r.Path("/applications/new")}}}}
	approved := ui.Table{Caption: r.T("admission.web.mine.approvals"), Cards: true, Columns: []ui.Column{{Text: r.T("admission.web.service")},
		{Text: r.T("admission.web.organiser")}, {Text: r.T("admission.web.state")}, {Text: r.T("admission.web.valid")}},
		Empty: ui.Empty{Title: r.T("admission.web.mine.no_approvals"), Text: r.T("admission.web.mine.no_approvals_text")}}
	err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
		n, err := newNames(ctx, tx)
		if err != nil {
			return err
		}
		list, err := admission.OfProvider(ctx, tx, r.Actor)
		if err != nil {
			return err
		}
		for _, a := range list {
			service, err := n.service(ctx, tx, a.Organiser, a.Service)
			if err != nil {
				return err
			}
			clock, until := a.ClockOn(tx.Today()), ""
			if clock.Running {
				until = r.Date(clock.DecideBy)
			}
			applications.Rows = append(applications.Rows, []ui.Cell{{Text: service.Names.In(r.Lang), Href: r.Path("/applications/{organiser}/{application}", a.Organiser, a.ID)},
				{Text: n.organiser(a.Organiser).Names.In(r.Lang)}, r.TagCell("application." + string(a.State)), {Text: until}})
		}
		standing, err := admission.Approvals(ctx, tx, r.Actor, 0, r.Actor.Provider, 0)
		if err != nil {
			return err
		}
		units, err := unitNames(ctx, tx, standing)
		if err != nil {
			return err
		}
		for _, a := range standing {
			service, err := n.service(ctx, tx, a.Organiser, a.Service)
			if err != nil {
				return err
			}
			cell := ui.Cell{Text: service.Names.In(r.Lang), Small: units[a.Unit]}
			if status := a.Status(tx.Today()); status == "valid" || status == "coming" || status == "suspended" {
				cell.Href, cell.Hidden = r.Path("/exit/{organiser}/{service}", a.Organiser, a.Service), r.T("admission.web.exit.link")
			}
			approved.Rows = append(approved.Rows, []ui.Cell{cell, {Text: n.organiser(a.Organiser).Names.In(r.Lang)},
				r.TagCell("approval." + a.Status(tx.Today())), {Text: r.Period(a.Period)}})
		}
		return nil
	})
	if err != nil {
		return err
	}
	p := page{Title: r.T("admission.web.mine.title"), Top: []ui.Component{applications, approved}}
	if len(applications.Rows) > 0 {
		p.Links = []ui.Link{{Text: r.T("admission.web.mine.new"), Href: r.Path("/applications/new")}}
	}
	return show(w, r, p)
}

// names keeps organisers and the services of those that a page meets: one reading per organiser, not per line.
type names struct {
	organisers []organiser.Organiser
	services   map[int32][]catalogue.Service
}

func newNames(ctx context.Context, tx *postgres.Tx) (*names, error) {
	all, err := organiser.All(ctx, tx)
	return &names{all, map[int32][]catalogue.Service{}}, err
}

func (n *names) organiser(id int32) organiser.Organiser {
	i := slices.IndexFunc(n.organisers, func(o organiser.Organiser) bool { return o.ID == id })
	if i < 0 {
		return organiser.Organiser{}
	}
	return n.organisers[i]
}

func (n *names) service(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (catalogue.Service, error) {
	if _, known := n.services[organiser]; !known {
		list, err := catalogue.Services(ctx, tx, organiser, tx.Today())
		if err != nil {
			return catalogue.Service{}, err
		}
		n.services[organiser] = list
	}
	i := slices.IndexFunc(n.services[organiser], func(s catalogue.Service) bool { return s.ID == id })
	if i < 0 {
		return catalogue.ServiceAt(ctx, tx, organiser, id, tx.Today())
	}
	return n.services[organiser][i], nil
}

// start chooses the organiser and then one of its services that takes applications.
func (s site) start(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	p := page{Title: r.T("admission.web.start.title"), Lead: r.T("admission.web.start.lead"), Buttons: save("admission.web.continue")}
	var chosen int32
	err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
		n, err := newNames(ctx, tx)
		if err != nil {
			return err
		}
		var options []ui.Option
		for _, o := range n.organisers {
			options = append(options, ui.Option{Value: ui.Digits(o.ID), Text: o.Names.In(r.Lang)})
			if f.Submitted() && f.Value("organiser") == ui.Digits(o.ID) {
				chosen = o.ID
			}
		}
		p.Fields = append(p.Fields, field{Kind: "select", Name: "organiser", Label: r.T("admission.web.organiser"), Options: options})
		if chosen == 0 {
			return nil
		}
		services, err := catalogue.Services(ctx, tx, chosen, tx.Today())
		var open []ui.Option
		for _, c := range services {
			if c.Open {
				open = append(open, ui.Option{Value: ui.Digits(c.ID), Text: c.Names.In(r.Lang), Hint: c.Descriptions.In(r.Lang)})
			}
		}
		if len(open) == 0 {
			p.Top = append(p.Top, ui.Inset{Text: r.T("admission.web.start.none")})
		} else {
			p.Fields = append(p.Fields, field{Kind: "radios", Name: "service", Label: r.T("admission.web.service"), Options: open})
		}
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		service := int64(0)
		if chosen == 0 {
			f.Choice("organiser")
		} else if f.Value("service") != "" {
			service = f.ID("service")
		}
		if service != 0 && !f.Refused() {
			var a admission.Application
			err := r.DoIn(s.DB, chosen, func(ctx context.Context, tx *postgres.Tx) (err error) {
				a, err = admission.Start(ctx, tx, r.Actor, admission.StartInput{Organiser: chosen, Provider: r.Actor.Provider, Service: service})
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/applications/"+ui.Digits(chosen)+"/"+ui.Digits(a.ID), "")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return show(w, r, p)
}
