package admission

import (
	"context"
	"net/http"
	"strings"

	"seteli/domain/admission"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// criteria is the company's page of the conditions of approval: each is read and confirmed by itself.
func (s site) criteria(w http.ResponseWriter, r *ui.Request) error {
	_, d, err := s.mineOf(r)
	if err != nil {
		return err
	}
	f := r.Input()
	p := page{Title: r.T("admission.web.part.criteria"), Lead: r.T("admission.web.criteria.lead"), Buttons: save("admission.web.criteria.save")}
	if len(d.Criteria) == 0 {
		p.Buttons, p.Top = nil, []ui.Component{ui.Inset{Text: r.T("admission.web.criteria.none")}}
	}
	files := []ui.Option{{Value: "", Text: r.T("admission.web.criteria.no_file")}}
	for _, at := range d.Attachments {
		files = append(files, ui.Option{Value: ui.Digits(at.ID), Text: at.Name})
	}
	for _, c := range d.Criteria {
		confirm, evidence, file := admission.FieldOfCriterion("confirm", c.Number), admission.FieldOfCriterion("evidence", c.Number), admission.FieldOfCriterion("attachment", c.Number)
		f.Set(confirm, c.ConfirmedAt != nil)
		f.Set(evidence, c.Evidence)
		if c.Attachment != 0 {
			f.Set(file, c.Attachment)
		}
		p.Fields = append(p.Fields, field{Kind: "tick", Name: confirm, Label: r.T("admission.web.criteria.confirm"), Heading: c.Rule.Names.In(r.Lang)})
		if c.Rule.Evidence {
			if len(d.Attachments) > 0 {
				p.Fields = append(p.Fields, field{Kind: "select", Name: file, Label: r.T("admission.web.criteria.file"), Options: files, Optional: true})
			}
			p.Fields = append(p.Fields, field{Kind: "input", Name: evidence, Label: r.T("admission.web.criteria.evidence"), Hint: r.T("admission.web.criteria.evidence_hint"), Optional: true})
		}
	}
	return s.part(w, r, d, p, func(f *ui.Form) func(context.Context, *postgres.Tx, admission.Key) error {
		in := admission.ConfirmInput{Rulebook: d.Bound.ID}
		for _, c := range d.Criteria {
			answer := admission.Confirmation{Number: c.Number, Yes: f.Bool(admission.FieldOfCriterion("confirm", c.Number)),
				Evidence: f.OptionalText(admission.FieldOfCriterion("evidence", c.Number))}
			if name := admission.FieldOfCriterion("attachment", c.Number); f.Value(name) != "" {
				answer.Attachment = f.ID(name)
			}
			in.Answers = append(in.Answers, answer)
		}
		return func(ctx context.Context, tx *postgres.Tx, key admission.Key) error {
			in.Key = key
			_, err := admission.ConfirmCriteria(ctx, tx, r.Actor, in)
			return err
		}
	})
}

// criteriaTable shows what is asked, what the company says and how it was judged; nil without conditions.
func criteriaTable(r *ui.Request, d admission.Dossier) []ui.Component {
	if len(d.Criteria) == 0 {
		return nil
	}
	t := ui.Table{Caption: r.T("admission.web.part.criteria"), Cards: true, Columns: []ui.Column{{Text: r.T("admission.web.criteria.condition")},
		{Text: r.T("admission.web.criteria.company")}, {Text: r.T("admission.web.criteria.judgement")}}}
	for _, c := range d.Criteria {
		said := ui.Cell{Text: r.T("admission.web.criteria.unconfirmed")}
		if c.ConfirmedAt != nil {
			said = ui.Cell{Text: r.T("admission.web.accepted", "by", c.ConfirmedBy, "at", *c.ConfirmedAt), Small: proofOf(d, c)}
		}
		judged := ui.Cell{Tag: r.Tag("criterion.open")}
		if c.Met != nil {
			judged = ui.Cell{Tag: r.Tag(map[bool]string{true: "criterion.met", false: "criterion.unmet"}[*c.Met]), Small: strings.Trim(c.Note+" · "+c.JudgedBy, " ·")}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.Rule.Names.In(r.Lang), Small: recheckText(r, c.Rule.Recheck)}, said, judged})
	}
	return []ui.Component{t}
}

func recheckText(r *ui.Request, months int) string {
	if months == 0 {
		return ""
	}
	return r.T("admission.web.criteria.every", "n", months)
}

// proofOf names the proof: the file as it is called, and what was said.
func proofOf(d admission.Dossier, c admission.Criterion) string {
	proof := c.Evidence
	for _, at := range d.Attachments {
		if at.ID == c.Attachment {
			proof = strings.TrimPrefix(proof+", "+at.Name, ", ")
		}
	}
	return proof
}

// judge is the handler's page: each condition is met or not, and why not.
func (s site) judge(w http.ResponseWriter, r *ui.Request) error {
	d, err := s.dossierOf(r, r.Actor.Organiser)
	if err != nil {
		return err
	}
	f, a := r.Input(), d.Application
	if f.Submitted() {
		in := admission.JudgeInput{Key: keyOf(a, seen(f))}
		for _, c := range d.Criteria {
			if name := admission.FieldOfCriterion("met", c.Number); f.Value(name) != "" {
				in.Judgements = append(in.Judgements, admission.Judgement{Number: c.Number, Met: f.Choice(name, "yes", "no") == "yes",
					Note: f.OptionalText(admission.FieldOfCriterion("note", c.Number))})
			}
		}
		if !f.Refused() {
			err := r.DoIn(s.DB, a.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := admission.JudgeCriteria(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/handling/applications/"+ui.Digits(a.ID), "admission.web.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	p := page{Title: r.T("admission.web.judge.title"), Caption: d.Company.Name + " · " + d.Service.Names.In(r.Lang), Lead: r.T("admission.web.judge.lead", "version", d.Bound.Version),
		Hidden: version(f, a.RowVersion), Top: criteriaTable(r, d), Buttons: save("admission.web.judge.save")}
	for _, c := range d.Criteria {
		met, note := admission.FieldOfCriterion("met", c.Number), admission.FieldOfCriterion("note", c.Number)
		if c.Met != nil {
			f.Set(met, map[bool]string{true: "yes", false: "no"}[*c.Met])
		}
		f.Set(note, c.Note)
		p.Fields = append(p.Fields, field{Kind: "radios", Name: met, Label: c.Rule.Names.In(r.Lang), Hint: proofOf(d, c), Options: []ui.Option{
			{Value: "yes", Text: r.T("admission.web.criterion.met")}, {Value: "no", Text: r.T("admission.web.criterion.unmet")}}},
			field{Kind: "input", Name: note, Label: r.T("admission.web.judge.note"), Hint: r.T("admission.web.judge.note_hint"), Optional: true})
	}
	if a.State != admission.Handling || len(d.Criteria) == 0 {
		p.Buttons, p.Fields = nil, nil
	}
	return show(w, r, p)
}

// checks lists what is due to be checked again of approved units.
func (s site) checks(w http.ResponseWriter, r *ui.Request) error {
	t := ui.Table{Caption: r.T("admission.web.checks.title"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("admission.web.criteria.condition")}, {Text: r.T("admission.web.unit")},
		{Text: r.T("admission.web.service")}, {Text: r.T("admission.web.checks.due")}}, Empty: ui.Empty{Title: r.T("admission.web.checks.none"), Text: r.T("admission.web.checks.none_text")}}
	err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := admission.DueChecks(ctx, tx, r.Actor, r.Actor.Organiser)
		if err != nil {
			return err
		}
		var units, companies []int64
		for _, c := range list {
			units, companies = append(units, c.Unit), append(companies, c.Provider)
		}
		k, err := lookup(ctx, tx, r.Actor.Organiser, units, companies)
		for _, c := range list {
			due := ui.Cell{Text: r.Date(c.DueOn)}
			if c.DueOn < r.Today() {
				due.Tag = &ui.Tag{Text: r.T("admission.web.late"), Colour: "red"}
			}
			service, _ := k.service(c.Service)
			t.Rows = append(t.Rows, []ui.Cell{{Text: c.Rule.Names.In(r.Lang), Href: r.Path("/handling/checks/{check}", c.ID)},
				{Text: k.unit(c.Unit), Small: k.company(c.Provider)}, {Text: service.Names.In(r.Lang)}, due})
		}
		return err
	})
	if err != nil {
		return err
	}
	return show(w, r, page{Title: r.T("admission.web.checks.title"), Lead: r.T("admission.web.checks.lead", "n", admission.CheckDays), Top: []ui.Component{t}})
}

// check records what was found; the next check is planned by itself.
func (s site) check(w http.ResponseWriter, r *ui.Request) error {
	n, err := r.PathID("check")
	if err != nil {
		return err
	}
	f := r.Input()
	p := page{Title: r.T("admission.web.check.title"), Buttons: save("admission.web.check.save"), Fields: []field{
		{Kind: "radios", Name: "met", Label: r.T("admission.web.check.met"), Options: []ui.Option{{Value: "yes", Text: r.T("admission.web.criterion.met")}, {Value: "no", Text: r.T("admission.web.criterion.unmet")}}},
		{Kind: "textarea", Name: "note", Label: r.T("admission.web.check.note"), Hint: r.T("admission.web.check.note_hint"), Optional: true}}}
	err = r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
		c, err := admission.CheckOf(ctx, tx, r.Actor, r.Actor.Organiser, n)
		if err != nil {
			return err
		}
		k, err := lookup(ctx, tx, r.Actor.Organiser, []int64{c.Unit}, []int64{c.Provider})
		if err != nil {
			return err
		}
		service, _ := k.service(c.Service)
		p.Caption = k.company(c.Provider) + " · " + k.unit(c.Unit)
		p.Top = []ui.Component{ui.Summary{Rows: []ui.Row{{Key: r.T("admission.web.criteria.condition"), Value: c.Rule.Names.In(r.Lang), Small: recheckText(r, c.Rule.Recheck)},
			{Key: r.T("admission.web.service"), Value: service.Names.In(r.Lang)}, {Key: r.T("admission.web.checks.due"), Value: r.Date(c.DueOn)}}}}
		if r.Actor.Can(access.ApprovalRevoke) {
			p.Links = []ui.Link{{Text: r.T("admission.web.check.approval"), Href: r.Path("/handling/approvals/{approval}", c.Approval)}}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		in := admission.CheckInput{Organiser: r.Actor.Organiser, Check: n, Met: f.Choice("met", "yes", "no") == "yes", Note: f.OptionalLongText("note")}
		if !f.Refused() {
			err := r.DoIn(s.DB, r.Actor.Organiser, func(ctx context.Context, tx *postgres.Tx) error { return admission.RecordCheck(ctx, tx, r.Actor, in) })
			if err == nil {
				return r.SeeOther(w, "/handling/checks", "admission.web.check.done")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return show(w, r, p)
}
