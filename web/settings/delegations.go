package settings

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"seteli/core/calendar"
	"seteli/domain/catalogue"
	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// deciders are the roles that may hold power to decide.
var deciders = []access.Role{access.Caseworker, access.DecisionMaker}

// delegationsView is who may decide what, now and before.
type delegationsView struct{ Valid, Past ui.Table }

// delegationsOf reads the rows and the names of the services. It writes: the row with which an organiser begins comes with the first reading.
func (p *Pages) delegationsOf(r *ui.Request) (list []decision.Delegation, services map[int64]i18n.Names, err error) {
	services = map[int64]i18n.Names{}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = decision.Delegations(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
			return err
		}
		all, err := catalogue.Services(ctx, tx, r.Actor.Organiser, tx.Today())
		for _, s := range all {
			services[s.ID] = s.Names
		}
		return err
	})
	return list, services, err
}

func (p *Pages) delegations(w http.ResponseWriter, r *ui.Request) error {
	list, services, err := p.delegationsOf(r)
	if err != nil {
		return err
	}
	table := func(caption string) ui.Table {
		return ui.Table{Caption: r.T(caption), Cards: true, Columns: []ui.Column{{Text: r.T("decision.delegations.who")}, {Text: r.T("decision.delegations.what")},
			{Text: r.T("decision.delegations.limit"), Numeric: true}, {Text: r.T("decision.delegations.period")}, {Text: r.T("settings.action"), Hidden: true}},
			Empty: ui.Empty{Title: r.T("decision.delegations.none"), Text: r.T("decision.delegations.none.text")}}
	}
	v := delegationsView{Valid: table("decision.delegations.valid"), Past: table("decision.delegations.past")}
	for _, d := range list {
		row := delegationCells(r, d, services)
		if r.Today() >= d.Valid.To {
			v.Past.Rows = append(v.Past.Rows, append(row, ui.Cell{}))
			continue
		}
		end := ui.Cell{}
		if d.EndedBy == "" {
			end = ui.Cell{Text: r.T("decision.delegations.end"), Hidden: row[0].Text, Href: r.Path("/settings/delegations/{delegation}/end", d.ID)}
		}
		v.Valid.Rows = append(v.Valid.Rows, append(row, end))
	}
	return p.Site.Show(w, r, http.StatusOK, "settings/delegations", v)
}

func delegationCells(r *ui.Request, d decision.Delegation, services map[int64]i18n.Names) []ui.Cell {
	who := ui.Cell{Text: d.Office, Small: d.AccountName}
	if d.Founding {
		who = ui.Cell{Text: r.T("decision.delegations.founding")}
	} else if d.Role != "" {
		who.Small = roleName(r, d.Role)
	}
	what := ui.Cell{Text: r.T("decision.delegations.any_kind"), Small: r.T("decision.delegations.any_service")}
	if d.Kind != "" {
		what.Text = r.T("decision.kind." + string(d.Kind))
	}
	if d.Service != nil {
		what.Small = services[*d.Service].In(r.Lang)
	}
	limit := ui.Cell{Text: r.T("decision.delegations.no_limit"), Numeric: true}
	if d.Limit != nil {
		limit = r.CentsCell(*d.Limit)
	}
	period := r.T("decision.delegations.from", "day", d.Valid.From)
	if d.Valid.To < calendar.Forever {
		period = r.Period(d.Valid)
		if d.Valid.Empty() {
			period = "–"
		}
	}
	return []ui.Cell{who, what, limit, {Text: period}}
}

// delegationAddView gives power to decide.
type delegationAddView struct {
	Form                            *ui.Form
	Holders, Roles, Kinds, Services []ui.Option
}

func (p *Pages) delegationAdd(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	f.Set("valid_from", r.Today())
	v, people, err := p.delegationChoices(r)
	if err != nil {
		return err
	}
	v.Form = f
	if f.Submitted() {
		d := readDelegation(f, v, people)
		d.Organiser = r.Actor.Organiser
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := decision.Delegate(ctx, tx, r.Actor, d)
				return err
			})
			if err == nil {
				return p.Site.SeeOther(w, r, "/settings/delegations", "settings.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return p.Site.Show(w, r, f.Status(), "settings/delegation-add", v)
}

// delegationChoices are people, roles, kinds and services; the empty choice does not bind.
func (p *Pages) delegationChoices(r *ui.Request) (v delegationAddView, people map[string]string, err error) {
	people = map[string]string{}
	v.Holders = []ui.Option{{Text: r.T("decision.delegations.anybody")}}
	v.Roles = []ui.Option{{Text: r.T("decision.delegations.any_role")}}
	v.Kinds = []ui.Option{{Text: r.T("decision.delegations.any_kind")}}
	v.Services = []ui.Option{{Text: r.T("decision.delegations.any_service")}}
	for _, role := range deciders {
		v.Roles = append(v.Roles, ui.Option{Value: string(role), Text: roleName(r, role)})
	}
	for _, k := range decision.TemplateKinds() {
		if k != "" {
			v.Kinds = append(v.Kinds, ui.Option{Value: string(k), Text: kindName(r, k)})
		}
	}
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		staff, err := organiser.StaffOf(ctx, tx, r.Actor, r.Actor.Organiser)
		if err != nil {
			return err
		}
		for _, s := range staff {
			key := ui.Digits(s.Account)
			if s.Active && slices.Contains(deciders, s.Role) && people[key] == "" {
				people[key] = s.Name
				v.Holders = append(v.Holders, ui.Option{Value: key, Text: s.Name})
			}
		}
		services, err := catalogue.Services(ctx, tx, r.Actor.Organiser, tx.Today())
		for _, s := range services {
			v.Services = append(v.Services, ui.Option{Value: ui.Digits(s.ID), Text: s.Names.In(r.Lang)})
		}
		return err
	})
	return v, people, err
}

func allowed(options []ui.Option) []string {
	var values []string
	for _, o := range options {
		values = append(values, o.Value)
	}
	return values
}

func readDelegation(f *ui.Form, v delegationAddView, people map[string]string) decision.Delegation {
	d := decision.Delegation{Office: f.Text("office"), Role: access.Role(chosen(f, "role", v.Roles)), Kind: decision.Kind(chosen(f, "kind", v.Kinds)),
		Valid: calendar.Period{From: f.Date("valid_from"), To: calendar.Forever}}
	if account, err := strconv.ParseInt(chosen(f, "account", v.Holders), 10, 64); err == nil {
		d.Account, d.AccountName = &account, people[ui.Digits(account)]
	}
	if service, err := strconv.ParseInt(chosen(f, "service", v.Services), 10, 64); err == nil {
		d.Service = &service
	}
	if limit, given := f.OptionalCents("limit"); given {
		d.Limit = &limit
	}
	if last, given := f.OptionalDate("valid_to"); given {
		d.Valid.To = last + 1
	}
	return d
}

// chosen reads a choice that may be left empty.
func chosen(f *ui.Form, name string, options []ui.Option) string {
	if f.Value(name) == "" {
		return ""
	}
	return f.Choice(name, allowed(options)...)
}

// delegationEndView asks from when the power ends.
type delegationEndView struct {
	Form  *ui.Form
	ID    int64
	Facts ui.Summary
}

func (p *Pages) delegationEnd(w http.ResponseWriter, r *ui.Request) error {
	number, err := r.PathID("delegation")
	if err != nil {
		return err
	}
	f := r.Input()
	f.Set("day", r.Today()-1)
	if f.Submitted() {
		last := f.Date("day")
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				return decision.EndDelegation(ctx, tx, r.Actor, r.Actor.Organiser, number, last+1)
			})
			if err == nil {
				return p.Site.SeeOther(w, r, "/settings/delegations", "settings.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	list, services, err := p.delegationsOf(r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(d decision.Delegation) bool { return d.ID == number })
	if i < 0 {
		return ui.ErrNoPage
	}
	cells := delegationCells(r, list[i], services)
	return p.Site.Show(w, r, f.Status(), "settings/delegation-end", delegationEndView{Form: f, ID: number, Facts: ui.Summary{Rows: []ui.Row{
		{Key: r.T("decision.delegations.who"), Value: cells[0].Text, Small: cells[0].Small}, {Key: r.T("decision.delegations.what"), Value: cells[1].Text, Small: cells[1].Small},
		{Key: r.T("decision.delegations.limit"), Value: cells[2].Text}, {Key: r.T("decision.delegations.period"), Value: cells[3].Text}}}})
}
