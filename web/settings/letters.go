package settings

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// lettersView lists the kinds of decisions with the organiser's own texts.
type lettersView struct{ Kinds ui.Table }

// kindPath is a kind in an address; the texts of all kinds are "all".
func kindPath(k decision.Kind) string {
	if k == "" {
		return "all"
	}
	return string(k)
}

func kindName(r *ui.Request, k decision.Kind) string {
	if k == "" {
		return r.T("decision.letters.all")
	}
	return r.T("decision.kind." + string(k))
}

// kindOf reads the kind of the address; one that does not exist is an unknown address.
func kindOf(r *ui.Request) (decision.Kind, error) {
	for _, k := range decision.TemplateKinds() {
		if kindPath(k) == r.PathValue("kind") {
			return k, nil
		}
	}
	return "", ui.ErrNoPage
}

// letterTexts are the versions of one kind.
type letterTexts struct {
	draft    decision.Template // its ID is 0 when there is none
	inForce  decision.Template // likewise
	versions []decision.Template
}

func (p *Pages) letterTexts(r *ui.Request) (map[decision.Kind]letterTexts, error) {
	all := map[decision.Kind]letterTexts{}
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := decision.Templates(ctx, tx, r.Actor.Organiser)
		for _, t := range list { // the newest of a kind first
			x := all[t.Kind]
			switch {
			case t.PublishedBy == "":
				x.draft = t
			case t.ValidFrom <= tx.Today() && x.inForce.ID == 0:
				x.inForce = t
			}
			x.versions = append(x.versions, t)
			all[t.Kind] = x
		}
		return err
	})
	return all, err
}

func (p *Pages) letters(w http.ResponseWriter, r *ui.Request) error {
	all, err := p.letterTexts(r)
	if err != nil {
		return err
	}
	v := lettersView{Kinds: ui.Table{Caption: r.T("decision.letters.kinds"), Cards: true, Columns: []ui.Column{{Text: r.T("decision.letters.kind")}, {Text: r.T("decision.letters.in_force")},
		{Text: r.T("decision.letters.draft")}}}}
	for _, k := range decision.TemplateKinds() {
		x := all[k]
		inForce := ui.Cell{Text: r.T("decision.letters.none")}
		if x.inForce.ID != 0 {
			inForce = ui.Cell{Text: r.T("decision.letters.version", "version", x.inForce.Version), Small: r.T("decision.letters.from", "day", x.inForce.ValidFrom)}
		}
		draft := ui.Cell{Text: "–"}
		if x.draft.ID != 0 {
			draft = r.TagCell("settings.draft")
			draft.Small = x.draft.PreparedBy
		}
		v.Kinds.Rows = append(v.Kinds.Rows, []ui.Cell{{Text: kindName(r, k), Href: r.Path("/settings/letters/{kind}", kindPath(k))}, inForce, draft})
	}
	return p.Site.Show(w, r, http.StatusOK, "settings/letters", v)
}

// letterView is the editor of the texts of one kind.
type letterView struct {
	Form     *ui.Form
	Kind     string
	Name     string
	Places   ui.Table // what the texts may name, and with what it is filled
	Texts    []letterText
	Preview  bool // a draft is saved and can be looked at
	Versions ui.Table
}

// letterText is one text in three languages.
type letterText struct {
	Title, Hint string
	Langs       []letterField
	Rows        int
}

type letterField struct{ Field, Label string }

func sampleLetter() letterView {
	return letterView{Kind: "all", Name: "x", Preview: true, Texts: []letterText{{Title: "x", Hint: "x", Rows: 3, Langs: []letterField{{"opening_fi", "suomeksi"}}}}}
}

// letter edits the one draft of a kind. Saving leads to the preview; publishing is done from there.
func (p *Pages) letter(w http.ResponseWriter, r *ui.Request) error {
	kind, err := kindOf(r)
	if err != nil {
		return err
	}
	all, err := p.letterTexts(r)
	if err != nil {
		return err
	}
	f, x := r.Input(), all[kind]
	if f.Submitted() {
		in := readLetter(f)
		in.Organiser, in.Kind = r.Actor.Organiser, kind
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := decision.DraftTemplate(ctx, tx, r.Actor, p.Words, in)
				return err
			})
			if err == nil {
				return p.Site.SeeOther(w, r, "/settings/letters/"+kindPath(kind)+"/preview", "decision.letters.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	fillLetter(f, x, r.Today())
	v := letterView{Form: f, Kind: kindPath(kind), Name: kindName(r, kind), Places: letterPlaces(r, kind), Preview: x.draft.ID != 0}
	for _, name := range decision.WordFields() {
		t := letterText{Title: r.T("decision.letters.text." + name), Hint: r.T("decision.letters.text." + name + ".hint"), Rows: 4}
		if slices.Contains([]string{"secrecy", "body_title", "hours"}, name) {
			t.Rows = 1
		}
		for _, lang := range i18n.Langs {
			in := r.T("decision.letters.lang." + string(lang)) // begins with a capital: it is also the text of a link
			t.Langs = append(t.Langs, letterField{name + "_" + string(lang), t.Title + ", " + strings.ToLower(in[:1]) + in[1:]})
		}
		v.Texts = append(v.Texts, t)
	}
	v.Versions = ui.Table{Caption: r.T("decision.letters.versions"), Cards: true, Columns: []ui.Column{{Text: r.T("decision.letters.version_number")}, {Text: r.T("decision.letters.valid_from")}, {Text: r.T("decision.letters.published_by")}},
		Empty: ui.Empty{Title: r.T("decision.letters.none")}}
	for _, t := range x.versions {
		if t.PublishedAt != nil {
			v.Versions.Rows = append(v.Versions.Rows, []ui.Cell{{Text: i18n.Int(r.Lang, int64(t.Version))}, {Text: r.Date(t.ValidFrom)}, {Text: t.PublishedBy, Small: i18n.DateTime(r.Lang, *t.PublishedAt)}})
		}
	}
	return p.Site.Show(w, r, f.Status(), "settings/letter", v)
}

// letterPlaces says in words what the letter has in the place of each field.
func letterPlaces(r *ui.Request, kind decision.Kind) ui.Table {
	t := ui.Table{Caption: r.T("decision.letters.places"), Dense: true, Columns: []ui.Column{{Text: r.T("decision.letters.places.write")}, {Text: r.T("decision.letters.places.becomes")}}}
	for _, name := range decision.FieldsOf(kind) {
		t.Rows = append(t.Rows, []ui.Cell{{Text: "{" + name + "}"}, {Text: r.T("decision.letters.place." + name)}})
	}
	return t
}

// fillLetter starts from the draft, else from the newest version, else from nothing.
func fillLetter(f *ui.Form, x letterTexts, today calendar.Date) {
	from := x.draft
	if from.ID == 0 && len(x.versions) > 0 {
		from = x.versions[0]
		from.ValidFrom = today
	}
	f.Set("draft", x.draft.ID)
	f.Set("row_version", x.draft.RowVersion)
	f.Set("valid_from", max(from.ValidFrom, today))
	for _, name := range decision.WordFields() {
		setNames(f, name, *from.Words.Text(name))
	}
	if t := from.Words.Appeal; t != nil {
		f.Set("days", t.Days)
		f.Set("letter_days", t.Letter)
		f.Set("electronic_days", t.Electronic)
	}
}

func readLetter(f *ui.Form) decision.TemplateInput {
	in := decision.TemplateInput{ID: int64(f.Int("draft", 0, 1<<31)), RowVersion: f.Int("row_version", 0, 1_000_000), ValidFrom: f.Date("valid_from")}
	for _, name := range decision.WordFields() {
		*in.Words.Text(name) = i18n.Names{Fi: f.OptionalLongText(name + "_fi"), Sv: f.OptionalLongText(name + "_sv"), En: f.OptionalLongText(name + "_en")}
	}
	if f.Value("days") != "" || f.Value("letter_days") != "" || f.Value("electronic_days") != "" {
		in.Words.Appeal = &decision.Terms{Days: f.Int("days", 7, 90), Letter: f.Int("letter_days", 0, 30), Electronic: f.Int("electronic_days", 0, 30)}
	}
	return in
}

// previewView shows the draft as a letter to an invented client, before it is published.
type previewView struct {
	Form       *ui.Form
	Kind, Name string
	Draft      int64
	RowVersion int
	From       calendar.Date
	Body       template.HTML // made by the letter renderer, which escapes every text
	PDF        string
	Langs      []ui.Link
}

// sample is the draft's letter in the language that the address asks for.
func (p *Pages) sample(r *ui.Request) (kind decision.Kind, t decision.Template, l document.Letter, err error) {
	if kind, err = kindOf(r); err != nil {
		return kind, t, l, err
	}
	all, err := p.letterTexts(r)
	if err != nil {
		return kind, t, l, err
	}
	if t = all[kind].draft; t.ID == 0 {
		return kind, t, l, ui.ErrNoPage
	}
	lang, known := i18n.ParseLang(r.Input().Value("lang"))
	if !known {
		lang = r.Lang
	}
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		org, err := organiser.Get(ctx, tx, r.Actor.Organiser)
		l = decision.Sample(p.Words, org, kind, t.Words, lang, tx.Today())
		return err
	})
	return kind, t, l, err
}

func (p *Pages) letterPreview(w http.ResponseWriter, r *ui.Request) error {
	kind, t, l, err := p.sample(r)
	if err != nil {
		return err
	}
	f := r.Input()
	if f.Submitted() {
		id, version := f.ID("draft"), f.Int("row_version", 1, 1_000_000)
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := decision.PublishTemplate(ctx, tx, r.Actor, r.Actor.Organiser, id, version)
				return err
			})
			if err == nil {
				return p.Site.SeeOther(w, r, "/settings/letters", "decision.letters.published")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	path := r.Path("/settings/letters/{kind}/preview", kindPath(kind))
	v := previewView{Form: f, Kind: kindPath(kind), Name: kindName(r, kind), Draft: t.ID, RowVersion: t.RowVersion, From: t.ValidFrom,
		PDF: path + "/pdf?" + url.Values{"lang": {string(l.Lang)}}.Encode()}
	for _, lang := range i18n.Langs {
		v.Langs = append(v.Langs, ui.Link{Text: r.T("decision.letters.lang." + string(lang)), Href: path + "?lang=" + string(lang)})
	}
	if v.Body, err = document.Part(l, p.Words); err != nil {
		return err
	}
	return p.Site.Show(w, r, f.Status(), "settings/letter-preview", v)
}

func (p *Pages) letterPDF(w http.ResponseWriter, r *ui.Request) error {
	_, _, l, err := p.sample(r)
	if err != nil {
		return err
	}
	paper, err := document.PDF(l, p.Words)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="malli.pdf"`)
	_, err = w.Write(paper)
	return err
}
