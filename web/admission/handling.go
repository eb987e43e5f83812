package admission

import (
	"context"
	"net/http"
	"slices"

	"seteli/core/calendar"
	"seteli/domain/admission"
	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// workList is what waits, the longest waiting first; the address holds the filter.
func (s site) workList(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	filter := admission.Filter{Mine: f.Bool("mine")}
	if state := admission.State(f.Value("state")); slices.Contains(admission.States(), state) {
		filter.States = []admission.State{state}
	}
	var items []admission.Item
	var own organiser.Organiser
	err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if items, err = admission.WorkList(ctx, tx, r.Actor, r.Actor.Organiser, filter); err != nil {
			return err
		}
		own, err = organiser.Get(ctx, tx, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	t := ui.Table{Caption: r.T("admission.web.handling.waiting", "n", len(items)), Dense: true, Cards: true, Columns: []ui.Column{{Text: r.T("admission.web.company")}, {Text: r.T("admission.web.service")},
		{Text: r.T("admission.web.state")}, {Text: r.T("admission.web.handler")}, {Text: r.T("admission.web.sent_on")}, {Text: r.T("admission.web.answer_by")}},
		Empty: ui.Empty{Title: r.T("admission.web.handling.none"), Text: r.T("admission.web.handling.none_text")}}
	for _, one := range items {
		due := one.Clock.DecideBy
		if one.State == admission.Sent {
			due = one.Clock.TakeUpBy
		}
		cell := ui.Cell{Text: r.Date(due), Small: r.T("admission.web.days_left", "n", one.Clock.DaysLeft)}
		if one.Clock.DaysLeft < 0 {
			cell = ui.Cell{Text: r.Date(due), Tag: &ui.Tag{Text: r.T("admission.web.late"), Colour: "red"}}
		}
		if !one.Clock.Running {
			cell = ui.Cell{}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: one.Company.Name, Href: r.Path("/handling/applications/{application}", one.ID)}, {Text: one.Service.Names.In(r.Lang)},
			r.TagCell("application." + string(one.State)), {Text: one.Handler}, {Text: r.Date(one.Clock.SentOn)}, cell})
	}
	links := []ui.Link{{Text: r.T("admission.web.handling.all"), Href: r.Path("/handling")}, {Text: r.T("admission.web.handling.mine"), Href: r.Path("/handling?mine=yes")}}
	if r.Actor.Can(access.InspectionRecord) {
		links = append(links, ui.Link{Text: r.T("admission.web.checks.title"), Href: r.Path("/handling/checks")})
	}
	for _, st := range []admission.State{admission.Approved, admission.Rejected} {
		links = append(links, ui.Link{Text: r.T("admission.web.state." + string(st)), Href: r.Path("/handling?state={state}", string(st))})
	}
	if r.Actor.Can(access.DaycareDecide) && own.Kind != "county" { // early education is the municipalities'
		links = append(links, ui.Link{Text: r.T("daycarework.title"), Href: r.Path("/daycare")})
	}
	return show(w, r, page{Title: r.T("admission.web.handling.title"), Top: []ui.Component{t}, Links: links})
}

// dossier shows an application to its handler, who takes it here.
func (s site) dossier(w http.ResponseWriter, r *ui.Request) error {
	d, err := s.dossierOf(r, r.Actor.Organiser)
	if err != nil {
		return err
	}
	a, f := d.Application, r.Input()
	here := "/handling/applications/" + ui.Digits(a.ID)
	if f.Submitted() {
		key := keyOf(a, seen(f))
		if !f.Refused() {
			err := r.DoIn(s.DB, a.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := admission.Take(ctx, tx, r.Actor, key)
				return err
			})
			if err == nil {
				return r.SeeOther(w, here, "admission.web.taken")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	p := page{Title: d.Company.Name, Caption: d.Service.Names.In(r.Lang), Hidden: version(f, a.RowVersion), Top: append(stateOf(r, d), summary(r, d)...), Bottom: []ui.Component{timeline(r, d)}}
	for _, m := range d.Missing() {
		p.Top = append(p.Top, ui.Warning{Text: r.T(m.Key, pairs(m)...)})
	}
	switch a.State {
	case admission.Sent:
		p.Buttons = save("admission.web.take")
	case admission.Handling, admission.Completing:
		p.Links = append(p.Links, ui.Link{Text: r.T("admission.web.ask.title"), Href: r.Path("/handling/applications/{application}/completion", a.ID)})
		if a.State == admission.Handling && len(d.Criteria) > 0 {
			p.Links = append(p.Links, ui.Link{Text: r.T("admission.web.judge.title"), Href: r.Path("/handling/applications/{application}/criteria", a.ID)})
		}
		if a.State == admission.Handling && r.Actor.Can(access.ApplicationDecide) {
			p.Links = append(p.Links, ui.Link{Text: r.T("admission.web.decide.title"), Href: r.Path("/handling/applications/{application}/decision", a.ID)})
		}
	}
	if a.Decision != nil {
		err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
			made, err := decision.Get(ctx, tx, r.Actor, a.Organiser, *a.Decision)
			p.Links = append(p.Links, ui.Link{Text: r.T("admission.web.decision_letter", "number", made.Number), Href: r.Path("/letters/{organiser}/{document}", a.Organiser, made.Document)})
			return err
		})
		if err != nil {
			return err
		}
	}
	return show(w, r, p)
}

// askMore returns the application for completion of ticked parts.
func (s site) askMore(w http.ResponseWriter, r *ui.Request) error {
	d, err := s.dossierOf(r, r.Actor.Organiser)
	if err != nil {
		return err
	}
	f := r.Input()
	var options []ui.Option
	var allowed []string
	for _, part := range admission.Parts() {
		if part == admission.PartCriteria && len(d.Criteria) == 0 {
			continue
		}
		options = append(options, ui.Option{Value: string(part), Text: r.T("admission.web.part." + string(part))})
		allowed = append(allowed, string(part))
	}
	if f.Submitted() {
		in := admission.AskInput{Key: keyOf(d.Application, seen(f)), By: f.Date("complete_by"), Note: f.OptionalLongText("note")}
		for _, v := range f.Choices("parts", allowed...) {
			in.Parts = append(in.Parts, admission.Part(v))
		}
		if !f.Refused() {
			err := r.DoIn(s.DB, r.Actor.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := admission.AskMore(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/handling/applications/"+ui.Digits(d.Application.ID), "admission.web.ask.done")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	f.Set("complete_by", r.Today()+14)
	return show(w, r, page{Title: r.T("admission.web.ask.title"), Caption: d.Company.Name + " · " + d.Service.Names.In(r.Lang), Hidden: version(f, d.Application.RowVersion),
		Fields: []field{{Kind: "checkboxes", Name: "parts", Label: r.T("admission.web.ask.parts"), Options: options}, {Kind: "date", Name: "complete_by", Label: r.T("admission.web.ask.by")},
			{Kind: "textarea", Name: "note", Label: r.T("admission.web.ask.note"), Hint: r.T("admission.web.ask.note_hint")}}, Buttons: save("admission.web.ask.send")})
}

// decide approves or rejects with the letter.
func (s site) decide(w http.ResponseWriter, r *ui.Request) error {
	d, err := s.dossierOf(r, r.Actor.Organiser)
	if err != nil {
		return err
	}
	f := r.Input()
	if f.Submitted() {
		in := admission.DecideInput{Key: keyOf(d.Application, seen(f)), Approve: f.Choice("outcome", "approve", "reject") == "approve", Reasons: f.OptionalLongText("reasons"),
			Office: f.OptionalText("office"), Conditions: f.OptionalLongText("conditions"), ValidTo: calendar.Forever, Texts: s.Texts}
		if in.Approve {
			in.ValidFrom = f.Date("valid_from")
			if last, given := f.OptionalDate("valid_to"); given {
				in.ValidTo = last + 1
			}
		}
		if !f.Refused() {
			err := r.DoIn(s.DB, r.Actor.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
				_, _, err := admission.Decide(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/handling/applications/"+ui.Digits(d.Application.ID), "admission.web.decide.done")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	f.Set("valid_from", r.Today())
	return show(w, r, page{Title: r.T("admission.web.decide.title"), Caption: d.Company.Name + " · " + d.Service.Names.In(r.Lang), Hidden: version(f, d.Application.RowVersion),
		Lead: r.T("admission.web.decide.lead"), Fields: []field{{Kind: "radios", Name: "outcome", Label: r.T("admission.web.decide.outcome"), Options: []ui.Option{
			{Value: "approve", Text: r.T("admission.web.decide.approve")}, {Value: "reject", Text: r.T("admission.web.decide.reject")}}},
			{Kind: "textarea", Name: "reasons", Label: r.T("admission.letter.reasons")}, {Kind: "input", Name: "office", Label: r.T("admission.web.office")},
			{Kind: "date", Name: "valid_from", Label: r.T("admission.web.decide.from"), Optional: true}, {Kind: "date", Name: "valid_to", Label: r.T("admission.web.decide.to"), Optional: true},
			{Kind: "textarea", Name: "conditions", Label: r.T("admission.letter.conditions"), Optional: true}}, Buttons: save("admission.web.decide.make")})
}
