package voucher_test

import (
	"bytes"
	"strings"
	"testing"

	"seteli/domain/decision"
	"seteli/domain/voucher"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/document/pdfcheck"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// papers grants a voucher in a world of its own whose random numbers are always the same, and gives decision and information sheet.
func papers(t *testing.T, lang i18n.Lang) []decision.Stored {
	t.Helper()
	world := w.New(t)
	world.Means.Random = strings.NewReader(strings.Repeat("seteli", 100))
	world.Exec(`update client set language = $1`, string(lang))
	v := world.Granted(20)
	var list []decision.Stored
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		given, err := voucher.GiveSheet(t.Context(), tx, world.Staff, world.Means, voucher.SheetInput{Organiser: w.Organiser, Voucher: v.ID, Channel: voucher.ByLetter})
		if err != nil {
			return err
		}
		d, err := decision.Get(t.Context(), tx, world.Staff, w.Organiser, *v.Decision)
		if err != nil {
			return err
		}
		for _, id := range []int64{d.Document, given.Sheet.Document} {
			paper, err := decision.Document(t.Context(), tx, world.Staff, w.Organiser, id)
			if err != nil {
				return err
			}
			list = append(list, paper)
		}
		return nil
	})
	if missing := world.Means.Texts.Missing(); len(missing) > 0 {
		t.Errorf("%s: texts are missing: %v", lang, missing)
	}
	return list
}

func TestLettersAreTaggedTheSameEachTimeAndInTheClientsLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			first, second := papers(t, lang), papers(t, lang)
			for i, name := range []string{"decision", "information"} {
				if !bytes.Equal(first[i].PDF, second[i].PDF) || first[i].HTML != second[i].HTML {
					t.Errorf("%s: two writings differ", name)
				}
				findings, err := pdfcheck.Check(first[i].PDF)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range findings {
					t.Errorf("%s: %v", name, f)
				}
				golden(t, name+"."+string(lang)+".txt", first[i].Plain)
			}
		})
	}
}
