package casework

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/domain/client/household"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type memberView struct {
	Form   *ui.Form
	ID     int64 // of the client
	Member int64 // 0 = a new one
	Name   string
	Roles  []ui.Option
}

// member adds somebody to the household, changes or ends a membership, or takes out who was recorded by mistake.
func (p *Pages) member(w http.ResponseWriter, r *ui.Request) error {
	h, c, err := p.home(r)
	if err != nil {
		return err
	}
	f := r.Input()
	view := memberView{Form: f, ID: c.ID, Name: c.Name()}
	for _, role := range household.Roles() {
		view.Roles = append(view.Roles, ui.Option{Value: string(role), Text: r.T("household.role." + string(role))})
	}
	f.Set("from", r.Today())
	if r.PathValue("member") != "" {
		if view.Member, err = r.PathID("member"); err != nil {
			return err
		}
		m, known := h.Member(view.Member)
		if !known {
			return ui.ErrNoPage
		}
		setAll(f, map[string]any{"last_name": m.LastName, "first_names": m.FirstNames, "role": string(m.Role), "version": ui.Digits(m.RowVersion)})
		setPeriod(f, m.Period)
	}
	act := func(ctx context.Context, tx *postgres.Tx) error {
		return household.RemoveMember(ctx, tx, r.Actor, household.RemoveInput{Organiser: r.Actor.Organiser, Client: c.ID, ID: view.Member, RowVersion: version(f)})
	}
	if f.Submitted() && f.Value("act") != "remove" {
		in := household.MemberInput{Organiser: r.Actor.Organiser, Client: c.ID, Member: view.Member, RowVersion: version(f), LastName: f.Text("last_name"), FirstNames: f.Text("first_names"),
			Role: household.Role(f.Choice("role", "spouse", "partner", "child", "guardian")), Period: readPeriod(f)}
		if view.Member == 0 {
			code, given := ui.ReadOptional(f, "identity", ident.ParseHetu)
			in.Identity = code
			if !given {
				in.BirthDate = f.Date("birth_date")
			}
		}
		act = func(ctx context.Context, tx *postgres.Tx) error {
			_, err := household.SaveMember(ctx, tx, r.Actor, p.Keys, in)
			return err
		}
	}
	return p.homeDone(w, r, "casework/household-member", view, c.ID, "household.saved", act)
}

// homeDone runs the use case of a sent form: it leads to the household when all went well, or shows the form again with its faults.
func (p *Pages) homeDone(w http.ResponseWriter, r *ui.Request, page string, view any, clientID int64, done string, act func(context.Context, *postgres.Tx) error) error {
	f := r.Input()
	if f.Submitted() && !f.Refused() {
		err := r.Do(p.DB, act)
		if err == nil {
			return r.SeeOther(w, "/clients/"+ui.Digits(clientID)+"/household", done)
		}
		if !f.Take(err) {
			return err
		}
	}
	return r.Show(w, f.Status(), page, view)
}

func setAll(f *ui.Form, values map[string]any) {
	for name, value := range values {
		f.Set(name, value)
	}
}

// setPeriod shows a period by its first and last day; what lasts has no last day.
func setPeriod(f *ui.Form, p calendar.Period) {
	f.Set("from", p.From)
	if p.To < calendar.Forever {
		f.Set("to", p.Last())
	}
}

func readPeriod(f *ui.Form) calendar.Period {
	p := calendar.Period{From: f.Date("from"), To: calendar.Forever}
	if last, given := f.OptionalDate("to"); given {
		p.To = last + 1
	}
	return p
}
