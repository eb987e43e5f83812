package admission

import (
	"context"
	"net/http"
	"slices"

	"seteli/core/calendar"
	"seteli/domain/admission"
	"seteli/domain/catalogue"
	"seteli/domain/register"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// known names what lines of prices and approvals point to, each kind by one reading.
type known struct {
	services  []catalogue.Service
	units     []register.Unit
	companies []register.Provider
}

func lookup(ctx context.Context, tx *postgres.Tx, organiser int32, units, companies []int64) (known, error) {
	var k known
	var err error
	if k.services, err = catalogue.Services(ctx, tx, organiser, tx.Today()); err != nil {
		return k, err
	}
	if k.units, err = register.UnitsByID(ctx, tx, units); err != nil {
		return k, err
	}
	k.companies, err = register.ByID(ctx, tx, companies)
	return k, err
}

func (k known) unit(id int64) string {
	if i := slices.IndexFunc(k.units, func(u register.Unit) bool { return u.ID == id }); i >= 0 {
		return k.units[i].Name
	}
	return ui.Digits(id)
}

// place is company and unit; many small companies have one unit of their own name, which is said once.
func (k known) place(provider, unit int64) string {
	if company, name := k.company(provider), k.unit(unit); company != name {
		return company + " · " + name
	}
	return k.company(provider)
}

func (k known) company(id int64) string {
	if i := slices.IndexFunc(k.companies, func(p register.Provider) bool { return p.ID == id }); i >= 0 {
		return k.companies[i].Name
	}
	return ui.Digits(id)
}

func (k known) service(id int64) (catalogue.Service, bool) {
	i := slices.IndexFunc(k.services, func(s catalogue.Service) bool { return s.ID == id })
	if i < 0 {
		return catalogue.Service{}, false
	}
	return k.services[i], true
}

func (k known) content(r *ui.Request, id int64) string {
	for _, s := range k.services {
		if c, ok := s.Content(id); ok {
			return s.Names.In(r.Lang) + ": " + r.T("admission.letter.content", "content", c.Names.In(r.Lang), "unit", r.T("admission.per."+string(c.Unit)))
		}
	}
	return ui.Digits(id)
}

// proposals lists the prices that wait for a decision.
func (s site) proposals(w http.ResponseWriter, r *ui.Request) error {
	t := ui.Table{Caption: r.T("admission.web.proposals.title"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("admission.web.unit")}, {Text: r.T("admission.web.content")},
		{Text: r.T("admission.web.price"), Numeric: true}, {Text: r.T("admission.web.from")}, {Text: r.T("admission.web.proposed")}},
		Empty: ui.Empty{Title: r.T("admission.web.proposals.none"), Text: r.T("admission.web.proposals.none_text")}}
	err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := admission.Proposals(ctx, tx, r.Actor, r.Actor.Organiser)
		if err != nil {
			return err
		}
		var units, companies []int64
		for _, p := range list {
			units, companies = append(units, p.Unit), append(companies, p.Provider)
		}
		k, err := lookup(ctx, tx, r.Actor.Organiser, units, companies)
		for _, p := range list {
			cell := ui.Cell{Text: k.unit(p.Unit), Small: k.company(p.Provider)}
			if r.Actor.Can(access.PriceApprove) {
				cell.Href = r.Path("/handling/prices/{price}", p.ID)
			}
			t.Rows = append(t.Rows, []ui.Cell{cell, {Text: k.content(r, p.Content)}, r.CentsCell(p.Price), {Text: r.Date(p.Period.From)},
				{Text: r.T("admission.web.when", "at", p.ProposedAt), Small: p.ProposedBy}})
		}
		return err
	})
	if err != nil {
		return err
	}
	return show(w, r, page{Title: r.T("admission.web.proposals.title"), Top: []ui.Component{t}})
}

// decidePrice approves or rejects one proposed price, seen beside the price now in force.
func (s site) decidePrice(w http.ResponseWriter, r *ui.Request) error {
	n, err := r.PathID("price")
	if err != nil {
		return err
	}
	f := r.Input()
	p := page{Title: r.T("admission.web.price_decision.title"), Buttons: []act{{Key: "admission.web.price_decision.approve", Name: "act", Value: "approve"},
		{Key: "admission.web.price_decision.reject", Kind: "warning", Name: "act", Value: "reject"}},
		Fields: []field{{Kind: "textarea", Name: "reason", Label: r.T("admission.web.reason"), Hint: r.T("admission.web.price_decision.reason_hint"), Optional: true}}}
	err = r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
		waiting, err := admission.Proposals(ctx, tx, r.Actor, r.Actor.Organiser)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(waiting, func(p admission.Price) bool { return p.ID == n })
		if i < 0 {
			return ui.ErrNoPage
		}
		one := waiting[i]
		now, err := admission.PricesAt(ctx, tx, r.Actor.Organiser, []int64{one.Unit}, tx.Today())
		if err != nil {
			return err
		}
		k, err := lookup(ctx, tx, r.Actor.Organiser, []int64{one.Unit}, []int64{one.Provider})
		if err != nil {
			return err
		}
		rows := []ui.Row{{Key: r.T("admission.web.content"), Value: k.content(r, one.Content)}, {Key: r.T("admission.web.price"), Value: r.Cents(one.Price), Small: one.Note},
			{Key: r.T("admission.web.from"), Value: r.Date(one.Period.From)}}
		for _, old := range now {
			if old.Content == one.Content {
				rows = append(rows, ui.Row{Key: r.T("admission.web.price_decision.now"), Value: r.Cents(old.Price)})
			}
		}
		p.Caption, p.Top, p.Hidden = k.place(one.Provider, one.Unit), []ui.Component{ui.Summary{Rows: rows}}, version(f, one.RowVersion)
		return nil
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		in := admission.DecidePriceInput{Organiser: r.Actor.Organiser, Price: n, RowVersion: seen(f), Approve: f.Choice("act", "approve", "reject") == "approve", Reason: f.OptionalLongText("reason")}
		if !f.Refused() {
			err := r.DoIn(s.DB, r.Actor.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := admission.DecidePrice(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/handling/prices", "admission.web.price_decision.done")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return show(w, r, p)
}

// approvals lists the organiser's approved units and those that have ended.
func (s site) approvals(w http.ResponseWriter, r *ui.Request) error {
	t := ui.Table{Caption: r.T("admission.web.approvals.title"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("admission.web.unit")}, {Text: r.T("admission.web.service")},
		{Text: r.T("admission.web.state")}, {Text: r.T("admission.web.valid")}}, Empty: ui.Empty{Title: r.T("admission.web.approvals.none"), Text: r.T("admission.web.approvals.none_text")}}
	err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, k, err := s.standing(ctx, tx, r)
		for _, a := range list {
			service, _ := k.service(a.Service)
			if !r.Actor.SeesService(service.Teams) {
				continue
			}
			cell := ui.Cell{Text: k.unit(a.Unit), Small: k.company(a.Provider)}
			if r.Actor.Can(access.ApprovalRevoke) {
				cell.Href = r.Path("/handling/approvals/{approval}", a.ID)
			}
			t.Rows = append(t.Rows, []ui.Cell{cell, {Text: service.Names.In(r.Lang)}, r.TagCell("approval." + a.Status(tx.Today())), {Text: r.Period(a.Period), Small: a.EndReason}})
		}
		return err
	})
	if err != nil {
		return err
	}
	return show(w, r, page{Title: r.T("admission.web.approvals.title"), Top: []ui.Component{t}})
}

func (s site) standing(ctx context.Context, tx *postgres.Tx, r *ui.Request) ([]admission.Approval, known, error) {
	list, err := admission.Approvals(ctx, tx, r.Actor, r.Actor.Organiser, 0, 0)
	if err != nil {
		return nil, known{}, err
	}
	var units, companies []int64
	for _, a := range list {
		units, companies = append(units, a.Unit), append(companies, a.Provider)
	}
	k, err := lookup(ctx, tx, r.Actor.Organiser, units, companies)
	return list, k, err
}

// approval suspends, resumes or revokes. A revocation is a decision with its letter and takes every ticked unit of the
// company in the service.
func (s site) approval(w http.ResponseWriter, r *ui.Request) error {
	n, err := r.PathID("approval")
	if err != nil {
		return err
	}
	f := r.Input()
	var a admission.Approval
	var same []admission.Approval
	var k known
	err = r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
		var list []admission.Approval
		if list, k, err = s.standing(ctx, tx, r); err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(a admission.Approval) bool { return a.ID == n })
		if i < 0 {
			return ui.ErrNoPage
		}
		a = list[i]
		for _, b := range list {
			if b.Provider == a.Provider && b.Service == a.Service && b.Period.To > tx.Today() {
				same = append(same, b)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		use := s.endApproval(r, f, a, same)
		if !f.Refused() {
			err := r.DoIn(s.DB, r.Actor.Organiser, use)
			if err == nil {
				return r.SeeOther(w, "/handling/approvals", "admission.web.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	p := approvalPage(r, f, a, same, k)
	if len(p.Buttons) > 0 {
		touched, err := s.affected(r, same)
		if err != nil {
			return err
		}
		p.Top = append(p.Top, touched...)
	}
	return show(w, r, p)
}

// listed is how many reservations the page of an approval names; the count tells of all.
const listed = 50

// affected shows whom the end of approvals touches, before anybody decides. It names clients, so their logs tell of it.
func (s site) affected(r *ui.Request, same []admission.Approval) ([]ui.Component, error) {
	var list []voucher.Carried
	var reach voucher.Reach
	err := r.DoIn(s.DB, r.Actor.Organiser, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, reach, err = voucher.Affected(ctx, tx, r.Actor, r.Actor.Organiser, ids(same), tx.Today(), listed)
		return err
	})
	if err != nil {
		return nil, err
	}
	t := ui.Table{Caption: r.T("admission.web.affected.title"), Cards: true, Columns: []ui.Column{{Text: r.T("admission.web.affected.client")},
		{Text: r.T("admission.web.unit")}, {Text: r.T("admission.web.affected.reservation")}},
		Empty: ui.Empty{Title: r.T("admission.web.affected.none"), Text: r.T("admission.web.affected.none_text")}}
	for _, c := range list {
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.ListName, Small: c.Number.Print()}, {Text: c.UnitName}, {Text: r.Period(c.Period)}})
	}
	if len(list) == 0 {
		return []ui.Component{t}, nil
	}
	told := ui.Inset{Text: r.T("admission.web.affected.count", "n", reach.Clients)}
	if len(list) == listed {
		told.Text += " " + r.T("admission.web.affected.more", "n", listed)
	}
	return []ui.Component{told, t}, nil
}

func ids(list []admission.Approval) []int64 {
	out := make([]int64, len(list))
	for i, a := range list {
		out[i] = a.ID
	}
	return out
}

func (s site) endApproval(r *ui.Request, f *ui.Form, a admission.Approval, same []admission.Approval) func(ctx context.Context, tx *postgres.Tx) error {
	act, day := f.Choice("act", "suspend", "resume", "revoke"), f.Date("day")
	reason, key := f.OptionalLongText("reason"), admission.ApprovalKey{Approval: a.ID, RowVersion: seen(f)}
	var keys []admission.ApprovalKey
	if act == "revoke" {
		keys = readApprovals(f, same)
	}
	office := f.OptionalText("office")
	return func(ctx context.Context, tx *postgres.Tx) (err error) {
		switch act {
		case "suspend":
			_, err = admission.Suspend(ctx, tx, r.Actor, admission.SuspendInput{Organiser: a.Organiser, ApprovalKey: key, From: day, To: calendar.Forever, Reason: reason})
		case "resume":
			_, err = admission.Resume(ctx, tx, r.Actor, admission.ResumeInput{Organiser: a.Organiser, ApprovalKey: key, From: day})
		case "revoke":
			_, _, err = admission.Revoke(ctx, tx, r.Actor, admission.RevokeInput{Organiser: a.Organiser, Approvals: keys, From: day, Reasons: reason, Office: office, Texts: s.Texts})
		}
		return err
	}
}

func approvalPage(r *ui.Request, f *ui.Form, a admission.Approval, same []admission.Approval, k known) page {
	service, _ := k.service(a.Service)
	status := a.Status(r.Today())
	rows := []ui.Row{{Key: r.T("admission.web.state"), Tag: r.Tag("approval." + status)}, {Key: r.T("admission.web.valid"), Value: r.Period(a.Period), Small: a.EndReason}}
	if a.Conditions != "" {
		rows = append(rows, ui.Row{Key: r.T("admission.letter.conditions"), Value: a.Conditions})
	}
	for _, pause := range a.Suspensions {
		rows = append(rows, ui.Row{Key: r.T("admission.web.approval.suspended"), Value: r.Period(pause.Period), Small: pause.Reason})
	}
	p := page{Title: k.unit(a.Unit), Caption: k.company(a.Provider) + " · " + service.Names.In(r.Lang), Top: []ui.Component{ui.Summary{Rows: rows}}, Hidden: version(f, a.RowVersion),
		Links: []ui.Link{{Text: r.T("admission.web.application"), Href: r.Path("/handling/applications/{application}", a.Application)}}}
	if len(same) == 0 || status == "ended" || status == "revoked" {
		return p
	}
	names := map[int64]string{}
	for _, b := range same {
		names[b.Unit] = k.unit(b.Unit)
	}
	f.Set("approvals", []string{ui.Digits(a.ID) + "." + ui.Digits(a.RowVersion)})
	f.Set("day", r.Today())
	p.Fields = []field{{Kind: "date", Name: "day", Label: r.T("admission.web.end.day")}, {Kind: "textarea", Name: "reason", Label: r.T("admission.web.reason"), Optional: true},
		{Kind: "checkboxes", Name: "approvals", Label: r.T("admission.web.revoke.units"), Options: approvalOptions(same, names), Heading: r.T("admission.web.revoke.heading")},
		{Kind: "input", Name: "office", Label: r.T("admission.web.office"), Optional: true}}
	p.Buttons = []act{{Key: "admission.web.suspend", Kind: "secondary", Name: "act", Value: "suspend"}, {Key: "admission.web.revoke", Kind: "warning", Name: "act", Value: "revoke"}}
	if slices.ContainsFunc(a.Suspensions, func(s admission.Suspension) bool { return s.Period.To > r.Today() }) {
		p.Buttons[0] = act{Key: "admission.web.resume", Kind: "secondary", Name: "act", Value: "resume"}
	}
	return p
}
