package admission_test

import (
	"context"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/domain/admission"
	"seteli/domain/admission/admissiontest"
	"seteli/domain/decision"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

var (
	registered = rulebook.Criterion{Names: i18n.Names{Fi: "Yritys on Soteri-rekisterissä", Sv: "Företaget finns i Soteri", En: "The company is in Soteri"}, Evidence: true, Recheck: 12}
	finnish    = rulebook.Criterion{Names: i18n.Names{Fi: "Palvelua saa suomeksi", Sv: "Service fås på finska", En: "Service in Finnish"}}
)

// conditioned is a draft whose rulebook has two conditions, with everything but their confirmation.
func conditioned(t *testing.T) (*world, admission.Application) {
	w := admissiontest.New(t)
	w.Book = w.Publish(admissiontest.Today, registered, finnish)
	return w, w.Filled()
}

func confirm(w *world, a admission.Application, answers ...admission.Confirmation) (out admission.Application, err error) {
	err = w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		out, err = admission.ConfirmCriteria(ctx, tx, w.Office, admission.ConfirmInput{Key: key(a), Rulebook: w.Book.ID, Answers: answers})
		return err
	})
	return out, err
}

// sent is the application with both conditions confirmed, taken by the handler.
func sent(w *world, a admission.Application) admission.Application {
	w.T.Helper()
	a, err := confirm(w, a, admission.Confirmation{Number: 0, Yes: true, Evidence: "Soteri 12345"}, admission.Confirmation{Number: 1, Yes: true})
	w.Must(err)
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		if a, err = admission.Sign(ctx, tx, w.Signer, key(a)); err != nil {
			return err
		}
		a, err = admission.Take(ctx, tx, w.Handler, key(a))
		return err
	}))
	return a
}

func judge(w *world, a admission.Application, list ...admission.Judgement) (out admission.Application, err error) {
	err = w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		out, err = admission.JudgeCriteria(ctx, tx, w.Handler, admission.JudgeInput{Key: key(a), Judgements: list})
		return err
	})
	return out, err
}

func decided(w *world, in admission.DecideInput) (d decision.Decision, err error) {
	err = w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		_, d, err = admission.Decide(ctx, tx, w.Decider, in)
		return err
	})
	return d, err
}

func codes(err error) string {
	var list []string
	for _, f := range fault.All(err) {
		list = append(list, f.Code)
	}
	return strings.Join(list, " ")
}

func TestEachConditionIsConfirmedBeforeSigning(t *testing.T) {
	t.Parallel()
	w, a := conditioned(t)
	err := w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := admission.Sign(ctx, tx, w.Signer, key(a))
		return err
	})
	if got := codes(err); got != "ADM-038 ADM-038" {
		t.Errorf("unconfirmed conditions: %s", got)
	}
	_, err = confirm(w, a, admission.Confirmation{Number: 0, Yes: true}, admission.Confirmation{Number: 1})
	if got := codes(err); got != "ADM-091 ADM-090" {
		t.Errorf("a condition without proof and one without a tick: %s", got)
	}
	_, err = confirm(w, a, admission.Confirmation{Number: 0, Yes: true, Attachment: 999_999}, admission.Confirmation{Number: 1, Yes: true})
	faulttest.Want(t, err, "ADM-091")
	old := w.Book.ID
	w.Book.ID++
	_, err = confirm(w, a)
	faulttest.Want(t, err, "ADM-010")
	w.Book.ID = old
	if a = sent(w, a); a.State != admission.Handling {
		t.Errorf("state %s", a.State)
	}
	_, err = confirm(w, a)
	faulttest.Want(t, err, "ADM-002")
}

func TestAProofThatIsTakenAwayIsMissed(t *testing.T) {
	t.Parallel()
	w, a := conditioned(t)
	var file int64
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) error {
		d, err := admission.Get(ctx, tx, w.Office, w.Org.ID, a.ID)
		file = d.Attachments[0].ID
		return err
	}))
	a, err := confirm(w, a, admission.Confirmation{Number: 0, Yes: true, Attachment: file}, admission.Confirmation{Number: 1, Yes: true})
	w.Must(err)
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) error {
		if a, err = admission.RemoveAttachment(ctx, tx, w.Office, admission.RemoveInput{Key: key(a), Attachment: file}); err != nil {
			return err
		}
		d, err := admission.Get(ctx, tx, w.Office, w.Org.ID, a.ID)
		if got := codes(d.Missing().Err()); !strings.Contains(got, "ADM-039") {
			t.Errorf("missing: %s", got)
		}
		return err
	}))
}

func TestApprovalNeedsEveryConditionMet(t *testing.T) {
	t.Parallel()
	w, a := conditioned(t)
	a = sent(w, a)
	_, err := decided(w, w.Decision(a))
	if got := codes(err); got != "ADM-094 ADM-094" {
		t.Errorf("unjudged conditions: %s", got)
	}
	_, err = judge(w, a, admission.Judgement{Number: 1})
	faulttest.WantField(t, err, "ADM-092", "note-1")
	_, err = judge(w, a, admission.Judgement{Number: 2, Met: true})
	faulttest.Want(t, err, "ADM-093")
	a, err = judge(w, a, admission.Judgement{Number: 0, Met: true}, admission.Judgement{Number: 1, Note: "Henkilöstö ei puhu suomea."})
	w.Must(err)
	_, err = decided(w, w.Decision(a))
	faulttest.Want(t, err, "ADM-095")
	no := w.Decision(a)
	no.Approve, no.Reasons = false, "Ehdot eivät täyty."
	d, err := decided(w, no)
	w.Must(err)
	w.Must(w.As(w.Signer, func(ctx context.Context, tx *postgres.Tx) error {
		doc, err := decision.Document(ctx, tx, w.Signer, w.Org.ID, d.Document)
		if !strings.Contains(doc.Plain, "Palvelua saa suomeksi – Henkilöstö ei puhu suomea.") || strings.Contains(doc.Plain, "Soteri") {
			t.Errorf("the letter does not name the condition that is not met:\n%s", doc.Plain)
		}
		return err
	}))
}

func TestConditionsOfAnApprovedUnitAreCheckedAgain(t *testing.T) {
	t.Parallel()
	w, a := conditioned(t)
	a = sent(w, a)
	a, err := judge(w, a, admission.Judgement{Number: 0, Met: true}, admission.Judgement{Number: 1, Met: true})
	w.Must(err)
	_, err = decided(w, w.Decision(a))
	w.Must(err)
	due := func() (list []admission.Check) {
		w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
			list, err = admission.DueChecks(ctx, tx, w.Handler, w.Org.ID)
			return err
		}))
		return list
	}
	if list := due(); len(list) != 0 {
		t.Fatalf("a fresh approval is due: %+v", list)
	}
	year := admissiontest.Today.AddMonths(12)
	w.Clock.Set(calendar.Noon(year - admission.CheckDays).Now())
	list := due()
	if len(list) != 1 || list[0].DueOn != year || list[0].Unit != w.Units[0].ID || list[0].Rule.Names.Fi != registered.Names.Fi {
		t.Fatalf("%+v", list)
	}
	by := access.System("applications", w.Org.ID)
	for range 2 { // said again, told once
		w.Must(w.As(by, func(ctx context.Context, tx *postgres.Tx) error {
			_, err := admission.RemindChecks(ctx, tx, by, w.Org.ID)
			return err
		}))
	}
	told := 0
	w.Must(postgrestest.Owner(t, w.DB).QueryRow(t.Context(), `select count(*) from outbox where topic = $1`, admission.TopicCheckDue).Scan(&told))
	if told != 1 {
		t.Errorf("the check was told %d times", told)
	}
	record := func(in admission.CheckInput) error {
		in.Organiser, in.Check = w.Org.ID, list[0].ID
		return w.In(func(ctx context.Context, tx *postgres.Tx) error { return admission.RecordCheck(ctx, tx, w.Handler, in) })
	}
	faulttest.Want(t, record(admission.CheckInput{}), "ADM-097")
	both := together(func() error { return record(admission.CheckInput{Met: true}) }, func() error { return record(admission.CheckInput{Met: true}) })
	if (both[0] == nil) == (both[1] == nil) {
		t.Errorf("of two who record one check: %v", both)
	}
	w.Clock.Set(calendar.Noon(year.AddMonths(11)).Now())
	if again := due(); len(again) != 1 || again[0].DueOn != (year-admission.CheckDays).AddMonths(12) {
		t.Errorf("the next check: %+v", again)
	}
	faulttest.Want(t, w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := admission.DueChecks(ctx, tx, w.Office, w.Org.ID)
		return err
	}), "ACC-001")
}
