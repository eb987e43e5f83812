package decision_test

import (
	"context"
	"testing"

	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/domain/admission/admissiontest"
	"seteli/domain/decision"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

func draft(w *admissiontest.World) decision.Draft {
	return decision.Draft{Kind: decision.Exit, Outcome: decision.Ended, LegalAct: "569/2009", LegalSection: "4 §", Language: "fi", Reasons: "Oma pyyntö.",
		MadeByTitle: "palvelupäällikkö", Provider: &w.Company.ID, SubjectKind: "provider", SubjectID: w.Company.ID, Recipient: w.Company.Address(),
		Title: "Päätös", Texts: w.Texts, Blocks: func(number string) []document.Block {
			return []document.Block{document.Heading{Level: 2, Text: "Päätös " + number}, document.Plain("Hyväksyntä päättyy.")}
		}}
}

func made(w *admissiontest.World, by access.Actor, d decision.Draft) (decision.Decision, error) {
	var out decision.Decision
	err := w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		out, err = decision.Make(ctx, tx, by, w.Org, d)
		return err
	})
	return out, err
}

func TestDecisionsAreNumberedWithoutGaps(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	first, err := made(w, w.Decider, draft(w))
	w.Must(err)
	refused := draft(w)
	refused.Reasons, refused.MadeByTitle = "", ""
	if _, err = made(w, w.Decider, refused); len(fault.All(err)) != 2 {
		t.Errorf("without reasons and office: %v", err)
	}
	_, err = made(w, w.Handler, draft(w))
	faulttest.Want(t, err, "ACC-001")
	correction := draft(w)
	correction.Replaces = &first.ID
	second, err := made(w, w.Decider, correction)
	w.Must(err)
	if first.Number != "MTK/2026/1" || second.Number != "MTK/2026/2" || *second.Replaces != first.ID {
		t.Errorf("%s, %s replaces %v", first.Number, second.Number, second.Replaces)
	}
}

func TestAStoredLetterIsNeverChangedAndDamageIsSeen(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	d, err := made(w, w.Decider, draft(w))
	w.Must(err)
	for _, sql := range []string{"update decision set reasons = 'x'", "delete from decision", "update document set plain = 'x'", "delete from document"} {
		if err := w.In(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := tx.Exec(ctx, sql)
			return err
		}); postgres.SQLState(err) != "42501" {
			t.Errorf("%s: %v", sql, err)
		}
	}
	open := func() error {
		return w.As(w.Office, func(ctx context.Context, tx *postgres.Tx) error {
			_, err := decision.Document(ctx, tx, w.Office, w.Org.ID, d.Document)
			return err
		})
	}
	w.Must(open())
	_, err = postgrestest.Owner(t, w.DB).Exec(t.Context(), "update document set bytes = bytes || 'x'")
	w.Must(err)
	if err := open(); err == nil || fault.KindOf(err) != fault.Internal {
		t.Errorf("a damaged letter was shown: %v", err)
	}
}

func TestAnothersLetterDoesNotExist(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	d, err := made(w, w.Decider, draft(w))
	w.Must(err)
	stranger := w.Office
	stranger.Provider++
	person := access.Actor{Account: 9, Role: access.Client, Person: 5}
	for by, code := range map[*access.Actor]string{&stranger: "DEC-005", &person: "ACC-001"} {
		faulttest.Want(t, w.In(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := decision.Document(ctx, tx, *by, w.Org.ID, d.Document)
			return err
		}), code)
	}
}

func TestTheAppealTellsEachWayOfServing(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	for _, lang := range []i18n.Lang{"fi", "sv", "en"} {
		appeal := decision.Instruction{Organiser: w.Org, Terms: decision.Terms{Days: 30, Letter: 7, Electronic: 3}}.Appeal(w.Texts, lang)
		letter := document.Letter{Lang: lang, Title: "x", Sender: "x", Blocks: []document.Block{appeal}}
		if err := letter.Check(); err != nil {
			t.Error(err)
		}
		text, err := document.Text(letter, w.Texts)
		w.Must(err)
		golden(t, "appeal."+string(lang)+".txt", text)
	}
}

// Whoever makes a new kind of decision about clients meets this before the list of decisions lacks it: no kind that is not in the list
// can be decided about a client.
func TestWhatIsDecidedAboutAClientCanBeFoundByItsKind(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	d, nobody := draft(w), int64(987654)
	for _, k := range []decision.Kind{decision.Approval, decision.Rejection, decision.Revocation, decision.Exit, decision.Price, "something new"} {
		d.Kind, d.Client = k, &nobody
		_, err := made(w, w.Decider, d)
		faulttest.Want(t, err, "DEC-004")
	}
}
