package finance

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/domain/settlement"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// claimsView is what payees owe, and what has been asked back of it.
type claimsView struct {
	Debts, Claims ui.Table
	Late          []ui.Component // none while nothing is late
}

func claimPath(c settlement.Claim) string {
	return "/recovery-claims/" + ui.Digits(c.Organiser) + "/" + ui.Digits(c.No)
}

// claims lists the payees whose carried sum is below nothing, and the claims made.
func (p *Pages) claims(w http.ResponseWriter, r *ui.Request) error {
	if err := staff(r); err != nil {
		return err
	}
	var debts []settlement.Debt
	var list []settlement.Claim
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if debts, err = settlement.Debts(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
			return err
		}
		list, err = settlement.Claims(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	v := claimsView{Debts: ui.Table{Caption: r.T("finance.claims.debts"), Cards: true, Columns: []ui.Column{{Text: r.T("finance.claim.company")}, {Text: r.T("finance.claim.debt"), Numeric: true}, {Text: r.T("finance.claims.act")}},
		Empty: ui.Empty{Title: r.T("finance.claims.debts.none"), Text: r.T("finance.claims.debts.none.text")}}, Claims: claimTable(r, list)}
	for _, d := range debts {
		act := ui.Cell{Text: "–"}
		if r.Actor.Can(access.SettlementPrepare) {
			act = ui.Cell{Text: r.T("finance.claim.make"), Href: r.Path("/finance/claims/new/{provider}", d.Provider)}
		}
		v.Debts.Rows = append(v.Debts.Rows, []ui.Cell{{Text: d.Name}, r.CentsCell(d.Amount), act})
	}
	if late := lateTable(r, list); len(late.Rows) > 0 {
		v.Late = []ui.Component{late}
	}
	return p.Site.Show(w, r, http.StatusOK, "finance/claims", v)
}

// lateTable lists the claims whose day has passed, the longest overdue first.
func lateTable(r *ui.Request, list []settlement.Claim) ui.Table {
	t := ui.Table{ID: "late", Caption: r.T("finance.claims.late"), Cards: true, Columns: []ui.Column{{Text: r.T("finance.claim")}, {Text: r.T("finance.claim.company")},
		{Text: r.T("finance.claim.due")}, {Text: r.T("finance.claims.late.days"), Numeric: true}, {Text: r.T("finance.claim.left"), Numeric: true}}}
	late := slices.DeleteFunc(slices.Clone(list), func(c settlement.Claim) bool { return c.State(r.Today()) != "late" })
	slices.SortStableFunc(late, func(a, b settlement.Claim) int { return cmp.Compare(a.DueOn, b.DueOn) })
	for _, c := range late {
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.Number, Href: r.Path(claimPath(c))}, {Text: c.Payee}, {Text: r.Date(c.DueOn)},
			{Text: r.T("finance.claims.late.n", "n", int(r.Today()-c.DueOn)), Numeric: true}, r.CentsCell(c.Left())})
	}
	return t
}

// claimTable lists claims, for those who asked or for the one who was asked.
func claimTable(r *ui.Request, list []settlement.Claim) ui.Table {
	who := "finance.claim.company"
	if r.Actor.Role.Side() == access.ProviderSide {
		who = "finance.organiser"
	}
	t := ui.Table{ID: "claims", Caption: r.T("finance.claims"), Cards: true, Columns: []ui.Column{{Text: r.T("finance.claim")}, {Text: r.T(who)}, {Text: r.T("finance.state")},
		{Text: r.T("finance.claim.due")}, {Text: r.T("finance.claim.amount"), Numeric: true}, {Text: r.T("finance.claim.left"), Numeric: true}},
		Empty: ui.Empty{Title: r.T("finance.claims.none"), Text: r.T("finance.claims.none.text")}}
	for _, c := range list {
		name := c.Payee
		if r.Actor.Role.Side() == access.ProviderSide {
			name = c.OrganiserNames.In(r.Lang)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.Number, Href: r.Path(claimPath(c))}, {Text: name}, r.TagCell("claim." + c.State(r.Today())), {Text: r.Date(c.DueOn)}, r.CentsCell(c.Amount), r.CentsCell(c.Left())})
	}
	return t
}

// claimNewView asks for what a claim needs.
type claimNewView struct {
	Form  *ui.Form
	Facts ui.Summary
}

// claimNew shows a payee's debt and asks it back on POST.
func (p *Pages) claimNew(w http.ResponseWriter, r *ui.Request) error {
	if err := staff(r); err != nil {
		return err
	}
	provider, err := r.PathID("provider")
	if err != nil {
		return err
	}
	f, org := r.Input(), r.Actor.Organiser
	var debt settlement.Debt
	var o organiser.Organiser
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if o, err = organiser.Get(ctx, tx, org); err != nil {
			return err
		}
		list, err := settlement.Debts(ctx, tx, r.Actor, org)
		for _, d := range list {
			if d.Provider == provider {
				debt = d
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if debt.Provider == 0 {
		return ui.ErrNoPage
	}
	f.Set("due", calendar.NextBankDay(r.Today()+calendar.Date(o.PaymentTermDays)))
	v := claimNewView{Form: f, Facts: ui.Summary{Rows: []ui.Row{{Key: r.T("finance.claim.company"), Value: debt.Name}, {Key: r.T("finance.claim.debt"), Value: r.Cents(debt.Amount)},
		{Key: r.T("finance.claim.to"), Value: o.PayerName, Small: accountText(o.PayerIBAN)}}}}
	if f.Submitted() {
		in := settlement.ClaimInput{Organiser: org, Provider: provider, Amount: debt.Amount, Due: f.Date("due"), Reason: f.LongText("reason")}
		if !f.Refused() {
			var c settlement.Claim
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
				c, err = settlement.ClaimBack(ctx, tx, r.Actor, p.Words, in)
				return err
			})
			if err == nil {
				return p.Site.SeeOther(w, r, claimPath(c), "finance.claim.made", "number", c.Number)
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return p.Site.Show(w, r, f.Status(), "finance/claimnew", v)
}

func accountText(iban string) string {
	if i, err := ident.ParseIBAN(iban); err == nil {
		return i.Print()
	}
	return ""
}

// claimView is one claim with what became of it.
type claimView struct {
	Claim   settlement.Claim
	Facts   ui.Summary
	Reason  ui.Inset
	History ui.Table
	PDF     string
	Record  string // address of the form; "" when nothing can be recorded
	Back    ui.Link
}

// oneClaim reads a claim under the organiser's scope; the use case checks whose it is.
func (p *Pages) oneClaim(r *ui.Request) (c settlement.Claim, err error) {
	org, err := r.PathOrganiser()
	if err != nil {
		return c, err
	}
	no, err := r.PathID("claim")
	if err != nil {
		return c, err
	}
	if err := r.Actor.May(access.SettlementRead, org); err != nil {
		return c, ui.ErrNoPage // another organiser's claim is as if it did not exist
	}
	err = p.DB.Tenant(r.Context(), r.Actor.In(org), func(tx *postgres.Tx) (err error) {
		c, err = settlement.OneClaim(r.Context(), tx, r.Actor, org, no)
		return err
	})
	return c, err
}

func (p *Pages) claim(w http.ResponseWriter, r *ui.Request) error {
	c, err := p.oneClaim(r)
	if err != nil {
		return err
	}
	v := claimView{Claim: c, PDF: r.Path(claimPath(c) + "/pdf"), Reason: ui.Inset{Text: c.Reason}, Back: ui.Link{Text: r.T("finance.statements.title"), Href: r.Path("/statements")},
		Facts: ui.Summary{Rows: []ui.Row{{Key: r.T("finance.claim.company"), Value: c.Payee}, {Key: r.T("finance.state"), Tag: r.Tag("claim." + c.State(r.Today()))},
			{Key: r.T("finance.claim.amount"), Value: r.Cents(c.Amount)}, {Key: r.T("finance.claim.left"), Value: r.Cents(c.Left())}, {Key: r.T("finance.claim.due"), Value: r.Date(c.DueOn)},
			{Key: r.T("finance.claim.to"), Value: c.ToName, Small: accountText(c.ToIBAN)}, {Key: r.T("finance.claim.by"), Value: c.MadeBy, Small: r.Date(c.MadeOn)}}},
		History: ui.Table{Caption: r.T("finance.claim.history"), Cards: true, Columns: []ui.Column{{Text: r.T("finance.claim.what")}, {Text: r.T("finance.claim.on")}, {Text: r.T("finance.claim.sum"), Numeric: true}, {Text: r.T("finance.claim.note")}},
			Empty: ui.Empty{Text: r.T("finance.claim.history.none")}}}
	if ref, err := ident.ParseReference(c.Reference); err == nil {
		v.Facts.Rows = append(v.Facts.Rows, ui.Row{Key: r.T("finance.reference"), Value: ref.Print()})
	}
	staffed := r.Actor.Role.Side() == access.OrganiserSide
	for _, s := range c.Steps {
		note := ui.Cell{Text: s.Note}
		if staffed {
			note.Small = s.By
		}
		v.History.Rows = append(v.History.Rows, []ui.Cell{{Text: r.T("finance.claim.step." + s.Kind)}, {Text: r.Date(s.On)}, r.CentsCell(s.Amount), note})
	}
	if staffed {
		v.Back = ui.Link{Text: r.T("finance.runs.title"), Href: r.Path("/finance/runs")}
		if r.Actor.Can(access.SettlementPreview) {
			v.Back = ui.Link{Text: r.T("finance.claims"), Href: r.Path("/finance/claims")}
		}
		if r.Actor.Can(access.PaymentMark) && (c.Left() > 0 || c.Back() > 0) {
			v.Record = r.Path(claimPath(c) + "/record")
		}
	}
	return p.Site.Show(w, r, http.StatusOK, "finance/claim", v)
}

// claimPDF gives the letter as it was sent.
func (p *Pages) claimPDF(w http.ResponseWriter, r *ui.Request) error {
	c, err := p.oneClaim(r)
	if err != nil {
		return err
	}
	var paper decision.Stored
	err = p.DB.Tenant(r.Context(), r.Actor.In(c.Organiser), func(tx *postgres.Tx) (err error) {
		paper, err = decision.Document(r.Context(), tx, r.Actor, c.Organiser, c.Document)
		return err
	})
	if err != nil {
		return err
	}
	attach(w, paper.Media, c.Number+".pdf")
	_, err = w.Write(paper.PDF)
	return err
}

// claimRecordView records what became of a claim.
type claimRecordView struct {
	Form  *ui.Form
	Claim settlement.Claim
	Facts ui.Summary
	Kinds []ui.Option
	Back  string
}

// claimRecord asks what became of a claim, of those things that the person may record.
func (p *Pages) claimRecord(w http.ResponseWriter, r *ui.Request) error {
	c, err := p.oneClaim(r)
	if err != nil {
		return err
	}
	f := r.Input()
	v := claimRecordView{Form: f, Claim: c, Back: r.Path(claimPath(c)), Facts: ui.Summary{Rows: []ui.Row{{Key: r.T("finance.claim.company"), Value: c.Payee},
		{Key: r.T("finance.claim.amount"), Value: r.Cents(c.Amount)}, {Key: r.T("finance.claim.left"), Value: r.Cents(c.Left())}}}}
	var allowed []string
	for _, k := range []struct {
		kind  string
		right access.Right
	}{{settlement.Repaid, access.PaymentMark}, {settlement.Unpaid, access.PaymentMark}, {settlement.WrittenOff, access.SettlementApprove}, {settlement.Withdrawn, access.SettlementPrepare}} {
		if r.Actor.Can(k.right) {
			allowed = append(allowed, k.kind)
			v.Kinds = append(v.Kinds, ui.Option{Value: k.kind, Text: r.T("finance.claim.step." + k.kind), Hint: r.T("finance.claim.step." + k.kind + ".hint")})
		}
	}
	f.Set("on", r.Today())
	if f.Submitted() {
		in := settlement.ClaimStepInput{Organiser: c.Organiser, No: c.No, Kind: f.Choice("kind", allowed...), Note: f.OptionalLongText("reason")}
		if in.Kind == settlement.Repaid || in.Kind == settlement.Unpaid {
			in.Amount, in.On = f.Cents("amount"), f.Date("on")
		}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := settlement.StepClaim(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return p.Site.SeeOther(w, r, claimPath(c), "finance.claim.recorded")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return p.Site.Show(w, r, f.Status(), "finance/claimrecord", v)
}
