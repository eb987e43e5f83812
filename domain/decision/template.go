package decision

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/decision/db"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Acts on letter texts in the audit.
const (
	ActTemplateDrafted   audit.Act = "letter_template.drafted"
	ActTemplatePublished audit.Act = "letter_template.published"
)

var (
	errTemplateField = fault.New(fault.Invalid, "DEC-020", "decision.template.field_unknown")
	errBrace         = fault.New(fault.Invalid, "DEC-021", "decision.template.brace")
	errFinnish       = fault.New(fault.Invalid, "DEC-022", "decision.template.finnish_needed")
	errHeading       = fault.New(fault.Invalid, "DEC-023", "decision.template.heading_needed").At("body_title_fi")
	errTemplateStale = fault.New(fault.Stale, "DEC-024", "decision.template.stale")
	errNoTemplate    = fault.New(fault.NotFound, "DEC-025", "decision.template.unknown")
	errPast          = fault.New(fault.Invalid, "DEC-026", "decision.template.past").At("valid_from")
	errKind          = fault.New(fault.NotFound, "DEC-027", "decision.template.kind_unknown")
)

// Words are the organiser's own parts of a letter, in the order in which they stand in it. Every text may name fields in braces;
// an empty text prints nothing.
type Words struct {
	Secrecy   i18n.Names `json:"secrecy"`    // mark in the head of the letter: "Salassa pidettävä, JulkL 24.1 § 25 k."
	Opening   i18n.Names `json:"opening"`    // after the short summary
	BodyTitle i18n.Names `json:"body_title"` // heading of Body
	Body      i18n.Names `json:"body"`       // after the decision's own parts
	Closing   i18n.Names `json:"closing"`    // before the contact and the appeal
	Contact   i18n.Names `json:"contact"`    // block of its own
	Hours     i18n.Names `json:"hours"`      // opening hours of the registry, in the appeal instruction
	Appeal    *Terms     `json:"appeal"`     // nil = the limits of the law
}

// texts lists the texts with the names of their form fields.
func (w *Words) texts() []struct {
	Field string
	Names *i18n.Names
} {
	return []struct {
		Field string
		Names *i18n.Names
	}{{"secrecy", &w.Secrecy}, {"opening", &w.Opening}, {"body_title", &w.BodyTitle}, {"body", &w.Body}, {"closing", &w.Closing},
		{"contact", &w.Contact}, {"hours", &w.Hours}}
}

// Text gives one text by the name of its form field, for the editor.
func (w *Words) Text(field string) *i18n.Names {
	for _, t := range w.texts() {
		if t.Field == field {
			return t.Names
		}
	}
	return nil
}

// WordFields are the names of the texts in the order of the letter.
func WordFields() []string {
	var w Words
	var names []string
	for _, t := range w.texts() {
		names = append(names, t.Field)
	}
	return names
}

// Template is one version of the organiser's texts for a kind of decision; Kind "" is for all kinds without their own.
type Template struct {
	Organiser   int32
	ID          int64
	Kind        Kind
	Version     int
	ValidFrom   calendar.Date
	Words       Words
	PreparedBy  string
	PreparedAt  time.Time
	PublishedBy string // "" = a draft
	PublishedAt *time.Time
	RowVersion  int
}

// Ref names the template in the audit.
func (t Template) Ref() audit.Ref {
	return audit.Ref{Kind: "letter_template", ID: t.ID, Label: fmt.Sprintf("%s %d", t.Kind, t.Version)}
}

// TemplateKinds are the kinds that may have texts of their own, "" first.
func TemplateKinds() []Kind {
	return []Kind{"", Voucher, Purchase, Refusal, VoucherEnd, Approval, Rejection, Revocation, Exit, Correction, Annulment, Place}
}

// common are the fields that every letter knows.
var common = []string{"act", "day", "decider", "number", "office", "organiser", "recipient"}

// FieldsOf lists the fields that the texts of a kind may name.
func FieldsOf(kind Kind) []string {
	own := map[Kind][]string{
		Voucher: {"amount", "period", "service", "value", "voucher"}, Purchase: {"amount", "period", "service", "voucher"},
		VoucherEnd: {"last_day", "service", "voucher"}, Refusal: {"service"}, Correction: {"original"}, Annulment: {"original"},
		Place: {"first_day", "service", "unit"},
	}
	list := slices.Concat(common, own[kind])
	slices.Sort(list)
	return list
}

// check tells everything that is wrong with the texts of a kind, at the fields of the form.
func (w Words) check(kind Kind) error {
	var wrong fault.List
	known := FieldsOf(kind)
	for _, t := range w.texts() {
		if t.Names.Fi == "" && (t.Names.Sv != "" || t.Names.En != "") {
			wrong = append(wrong, errFinnish.At(t.Field+"_fi"))
		}
		for lang, text := range map[string]string{"fi": t.Names.Fi, "sv": t.Names.Sv, "en": t.Names.En} {
			names, even := i18n.Fields(text)
			if !even {
				wrong = append(wrong, errBrace.At(t.Field+"_"+lang))
			}
			for _, name := range names {
				if !slices.Contains(known, name) {
					wrong = append(wrong, errTemplateField.At(t.Field+"_"+lang).With("field", "{"+name+"}").With("known", "{"+strings.Join(known, "}, {")+"}"))
				}
			}
		}
	}
	slices.SortFunc(wrong, func(a, b *fault.Fault) int { return strings.Compare(a.Field, b.Field) })
	if (w.Body.Fi == "") != (w.BodyTitle.Fi == "") {
		wrong = append(wrong, errHeading)
	}
	if w.Appeal != nil {
		wrong = append(wrong, fault.All(w.Appeal.check())...)
	}
	return wrong.Err()
}

// TemplateInput is a draft as its editor gives it. ID and RowVersion are those of the draft that was seen, 0 when there was none.
type TemplateInput struct {
	Organiser  int32
	Kind       Kind
	ID         int64
	RowVersion int
	ValidFrom  calendar.Date
	Words      Words
}

// DraftTemplate saves the one draft of a kind. What cannot be printed is refused here, not when a client's letter is written: the
// sample is rendered in every language. DEC-024 when somebody saved, began or published it meanwhile.
func DraftTemplate(ctx context.Context, tx *postgres.Tx, by access.Actor, texts *i18n.Catalogue, in TemplateInput) (Template, error) {
	if err := by.May(access.DecisionTemplate, in.Organiser); err != nil {
		return Template{}, err
	}
	if !slices.Contains(TemplateKinds(), in.Kind) {
		return Template{}, errKind
	}
	if err := in.Words.check(in.Kind); err != nil {
		return Template{}, err
	}
	org, err := organiser.Get(ctx, tx, in.Organiser)
	if err != nil {
		return Template{}, err
	}
	for _, lang := range i18n.Langs {
		if _, err := document.PDF(Sample(texts, org, in.Kind, in.Words, lang, tx.Today()), texts); err != nil {
			return Template{}, err
		}
	}
	body, err := json.Marshal(in.Words)
	if err != nil {
		return Template{}, fmt.Errorf("writing letter texts: %w", err)
	}
	id, err := in.save(ctx, tx, by, body)
	if err != nil {
		return Template{}, err
	}
	t, err := templateByID(ctx, tx, in.Organiser, id)
	if err != nil {
		return Template{}, err
	}
	return t, audit.Write(ctx, tx, by, ActTemplateDrafted, t.Ref(), map[string]any{"valid_from": t.ValidFrom, "words": t.Words})
}

func (in TemplateInput) save(ctx context.Context, tx *postgres.Tx, by access.Actor, body []byte) (int64, error) {
	if in.ID != 0 {
		n, err := db.New(tx).TemplateSave(ctx, db.TemplateSaveParams{OrganiserID: in.Organiser, TemplateID: in.ID, RowVersion: int32(in.RowVersion),
			ValidFrom: in.ValidFrom, Body: body, PreparedByAccount: by.Account, PreparedBy: by.Name, PreparedAt: tx.Now()})
		if err == nil && n == 0 {
			err = errTemplateStale
		}
		return in.ID, err
	}
	version := 1
	all, err := Templates(ctx, tx, in.Organiser)
	if err != nil {
		return 0, err
	}
	for _, t := range all {
		if t.Kind == in.Kind {
			version = max(version, t.Version+1)
		}
	}
	id, err := db.New(tx).TemplateAdd(ctx, db.TemplateAddParams{OrganiserID: in.Organiser, Kind: string(in.Kind), Version: int32(version), ValidFrom: in.ValidFrom,
		Body: body, PreparedByAccount: by.Account, PreparedBy: by.Name, PreparedAt: tx.Now()})
	switch postgres.ConstraintOf(err) {
	case postgres.ConstraintLetterTemplateOneDraft, postgres.ConstraintLetterTemplateVersionUnique:
		return 0, errTemplateStale.Because(err)
	}
	if err != nil {
		return 0, fmt.Errorf("beginning letter texts of %q: %w", in.Kind, err)
	}
	return id, nil
}

// PublishTemplate takes a draft into use from its day, which may not lie in the past: letters that were written stay as they are.
func PublishTemplate(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, id int64, rowVersion int) (Template, error) {
	if err := by.May(access.DecisionTemplate, org); err != nil {
		return Template{}, err
	}
	t, err := templateByID(ctx, tx, org, id)
	if err != nil {
		return Template{}, err
	}
	if t.ValidFrom < tx.Today() {
		return Template{}, errPast
	}
	n, err := db.New(tx).TemplatePublish(ctx, db.TemplatePublishParams{OrganiserID: org, TemplateID: id, RowVersion: int32(rowVersion),
		PublishedByAccount: &by.Account, PublishedBy: &by.Name, PublishedAt: new(tx.Now())})
	if err != nil {
		return Template{}, fmt.Errorf("publishing letter texts %d: %w", id, err)
	}
	if n == 0 {
		return Template{}, errTemplateStale
	}
	return t, audit.Write(ctx, tx, by, ActTemplatePublished, t.Ref(), map[string]any{"valid_from": t.ValidFrom, "version": t.Version})
}

// Templates lists every version of every kind, the newest of a kind first.
func Templates(ctx context.Context, tx *postgres.Tx, org int32) ([]Template, error) {
	rows, err := db.New(tx).Templates(ctx, org)
	if err != nil {
		return nil, fmt.Errorf("reading the letter texts of organiser %d: %w", org, err)
	}
	list := make([]Template, len(rows))
	for i, r := range rows {
		if list[i], err = templateOf(r); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func templateByID(ctx context.Context, tx *postgres.Tx, org int32, id int64) (Template, error) {
	all, err := Templates(ctx, tx, org)
	if err != nil {
		return Template{}, err
	}
	i := slices.IndexFunc(all, func(t Template) bool { return t.ID == id })
	if i < 0 {
		return Template{}, errNoTemplate
	}
	return all[i], nil
}

// inForce gives the texts of a kind on a day; the zero Template when the organiser has none.
func inForce(ctx context.Context, tx *postgres.Tx, org int32, kind Kind, day calendar.Date) (Template, error) {
	rows, err := db.New(tx).TemplateInForce(ctx, db.TemplateInForceParams{OrganiserID: org, Kind: string(kind), Day: day})
	if err != nil {
		return Template{}, fmt.Errorf("reading the letter texts of %q: %w", kind, err)
	}
	if len(rows) == 0 {
		return Template{}, nil
	}
	return templateOf(rows[0])
}

func templateOf(r db.LetterTemplate) (Template, error) {
	t := Template{Organiser: r.OrganiserID, ID: r.TemplateID, Kind: Kind(r.Kind), Version: int(r.Version), ValidFrom: r.ValidFrom,
		PreparedBy: r.PreparedBy, PreparedAt: r.PreparedAt, PublishedAt: r.PublishedAt, RowVersion: int(r.RowVersion)}
	if r.PublishedBy != nil {
		t.PublishedBy = *r.PublishedBy
	}
	strict := json.NewDecoder(bytes.NewReader(r.Body))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&t.Words); err != nil {
		return Template{}, fmt.Errorf("reading letter texts %d: %w", r.TemplateID, err)
	}
	return t, nil
}

func (t Template) id() *int64 {
	if t.ID == 0 {
		return nil
	}
	return &t.ID
}

// terms are the template's own limits of appeal, else those of the law.
func (t Template) terms(law Terms) Terms {
	if t.Words.Appeal != nil {
		return *t.Words.Appeal
	}
	return law
}
