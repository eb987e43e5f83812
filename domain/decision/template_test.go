package decision_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/domain/admission/admissiontest"
	"seteli/domain/decision"
	"seteli/platform/document"
	"seteli/platform/document/pdfcheck"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

func ownWords() decision.Words {
	return decision.Words{
		Secrecy:   i18n.Names{Fi: "Salassa pidettävä, JulkL 24.1 § 25 k.", Sv: "Sekretessbelagd, OffL 24.1 § 25 p.", En: "Secret, Openness Act 24(1)(25)"},
		Opening:   i18n.Names{Fi: "Hei {recipient},\n\ntässä on päätös {number}.", Sv: "Hej {recipient},\n\nhär är beslutet {number}."},
		BodyTitle: i18n.Names{Fi: "Muista", Sv: "Kom ihåg", En: "Remember"},
		Body:      i18n.Names{Fi: "- ilmoita muutoksista\n- säilytä päätös", Sv: "- meddela ändringar\n- spara beslutet", En: "- tell us of changes\n- keep the decision"},
		Closing:   i18n.Names{Fi: "Päätös perustuu säädökseen {act}.", Sv: "Beslutet grundar sig på {act}.", En: "The decision is based on {act}."},
		Contact:   i18n.Names{Fi: "Neuvonta 02 000 0000", Sv: "Rådgivning 02 000 0000", En: "Advice 02 000 0000"},
		Hours:     i18n.Names{Fi: "arkisin 9–15", Sv: "vardagar 9–15", En: "weekdays 9–15"},
		Appeal:    &decision.Terms{Days: 30, Letter: 7, Electronic: 4},
	}
}

func draftTemplate(w *admissiontest.World, in decision.TemplateInput) (decision.Template, error) {
	in.Organiser = w.Org.ID
	if in.ValidFrom == 0 {
		in.ValidFrom = admissiontest.Today
	}
	var t decision.Template
	err := w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		t, err = decision.DraftTemplate(ctx, tx, w.Main, w.Texts, in)
		return err
	})
	return t, err
}

func publishTemplate(w *admissiontest.World, t decision.Template) error {
	return w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := decision.PublishTemplate(ctx, tx, w.Main, w.Org.ID, t.ID, t.RowVersion)
		return err
	})
}

func TestAnUnknownFieldIsNamed(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	words := ownWords()
	words.Closing.Sv, words.Opening.Fi, words.Body = "Hej {klient}", "Hei {recipient", i18n.Names{}
	words.Hours.Fi, words.Appeal = "", &decision.Terms{Days: 3, Letter: 7, Electronic: 3}
	_, err := draftTemplate(w, decision.TemplateInput{Kind: decision.Exit, Words: words})
	var got []string
	for _, f := range fault.All(err) {
		got = append(got, f.Code+" "+f.Field)
		if f.Code == "DEC-020" && f.Values["field"] != "{klient}" {
			t.Errorf("named %v", f.Values["field"])
		}
	}
	slices.Sort(got)
	want := []string{"DEC-007 days", "DEC-020 closing_sv", "DEC-021 opening_fi", "DEC-022 hours_fi", "DEC-023 body_title_fi"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	// A field of another kind of letter is unknown too, and what no font can print is refused before a client's letter needs it.
	_, err = draftTemplate(w, decision.TemplateInput{Kind: decision.Exit, Words: decision.Words{Opening: i18n.Names{Fi: "{voucher}"}}})
	faulttest.Want(t, err, "DEC-020")
	_, err = draftTemplate(w, decision.TemplateInput{Kind: decision.Exit, Words: decision.Words{Opening: i18n.Names{Fi: "漢字"}}})
	faulttest.Want(t, err, "DOC-001")
	_, err = draftTemplate(w, decision.TemplateInput{Kind: "poem"})
	faulttest.Want(t, err, "DEC-027")
}

func TestPublishedTextsStandInTheLettersThatFollow(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	tmpl, err := draftTemplate(w, decision.TemplateInput{Words: ownWords()})
	w.Must(err)
	before, err := made(w, w.Decider, draft(w))
	w.Must(err)
	if strings.Contains(plain(w, before), "Muista") {
		t.Error("a draft was printed")
	}
	w.Must(publishTemplate(w, tmpl))
	for _, lang := range i18n.Langs {
		in := draft(w)
		in.Language = lang
		d, err := made(w, w.Decider, in)
		w.Must(err)
		if d.Template == nil || *d.Template != tmpl.ID || d.Terms.Electronic != 4 {
			t.Errorf("%s: %+v", lang, d)
		}
		golden(t, "exit."+string(lang)+".txt", plain(w, d))
	}
	if strings.Contains(plain(w, before), "Muista") {
		t.Error("an old letter changed")
	}
	own, err := draftTemplate(w, decision.TemplateInput{Kind: decision.Exit, Words: decision.Words{Opening: i18n.Names{Fi: "Vain eroamisille."}}})
	w.Must(err)
	w.Must(publishTemplate(w, own))
	d, err := made(w, w.Decider, draft(w))
	w.Must(err)
	if text := plain(w, d); !strings.Contains(text, "Vain eroamisille.") || strings.Contains(text, "Muista") {
		t.Errorf("the kind's own texts do not come first:\n%s", text)
	}
}

func TestTextsAreEditedUntilPublishedAndByOneAtATime(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	first, err := draftTemplate(w, decision.TemplateInput{Kind: decision.Exit, Words: ownWords()})
	w.Must(err)
	_, err = draftTemplate(w, decision.TemplateInput{Kind: decision.Exit, Words: ownWords()})
	faulttest.Want(t, err, "DEC-024")
	second, err := draftTemplate(w, decision.TemplateInput{Kind: decision.Exit, ID: first.ID, RowVersion: first.RowVersion, Words: ownWords()})
	w.Must(err)
	_, err = draftTemplate(w, decision.TemplateInput{Kind: decision.Exit, ID: first.ID, RowVersion: first.RowVersion, Words: ownWords()})
	faulttest.Want(t, err, "DEC-024")
	faulttest.Want(t, publishTemplate(w, first), "DEC-024")
	w.Must(publishTemplate(w, second))
	_, err = draftTemplate(w, decision.TemplateInput{Kind: decision.Exit, ID: first.ID, RowVersion: second.RowVersion + 1, Words: ownWords()})
	faulttest.Want(t, err, "DEC-024")
	past, err := draftTemplate(w, decision.TemplateInput{Kind: decision.Exit, ValidFrom: admissiontest.Today - 1, Words: ownWords()})
	w.Must(err)
	faulttest.Want(t, publishTemplate(w, past), "DEC-026")
}

func TestTheSampleIsATaggedPaperInEveryLanguageAndAlwaysTheSame(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	for _, kind := range decision.TemplateKinds() {
		words := ownWords()
		words.Closing.Fi = "{" + strings.Join(decision.FieldsOf(kind), "} {") + "}"
		for _, lang := range i18n.Langs {
			letter := decision.Sample(w.Texts, w.Org, kind, words, lang, admissiontest.Today)
			one, err := document.PDF(letter, w.Texts)
			w.Must(err)
			two, err := document.PDF(decision.Sample(w.Texts, w.Org, kind, words, lang, admissiontest.Today), w.Texts)
			w.Must(err)
			if !bytes.Equal(one, two) {
				t.Errorf("%s %s: the bytes differ", kind, lang)
			}
			findings, err := pdfcheck.Check(one)
			w.Must(err)
			for _, f := range findings {
				t.Errorf("%s %s: %v", kind, lang, f)
			}
			text, err := document.Text(letter, w.Texts)
			w.Must(err)
			if strings.ContainsAny(text, "{}") || strings.Contains(text, "[decision.") {
				t.Errorf("%s %s: something is not filled in:\n%s", kind, lang, text)
			}
		}
	}
}
