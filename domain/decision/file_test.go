package decision_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/domain/admission/admissiontest"
	"seteli/domain/decision"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// act runs one use case on a decision's file.
func act[In any](w *admissiontest.World, fn func(context.Context, *postgres.Tx, access.Actor, In) (decision.File, error), in In) (decision.File, error) {
	var f decision.File
	err := w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		f, err = fn(ctx, tx, w.Decider, in)
		return err
	})
	return f, err
}

func file(w *admissiontest.World, id int64) decision.File {
	w.T.Helper()
	var f decision.File
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		f, err = decision.Open(ctx, tx, w.Decider, w.Org.ID, id)
		return err
	}))
	return f
}

func TestDeliveryGivesTheDeadlineAndAReceiptOverridesIt(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t) // 21.11.2026 is a Saturday
	today := admissiontest.Today
	d, err := made(w, w.Decider, draft(w))
	w.Must(err)
	_, err = act(w, decision.RecordReceived, decision.ReceivedInput{Organiser: w.Org.ID, Decision: d.ID, Day: today})
	faulttest.Want(t, err, "DEC-033")
	for _, c := range []struct {
		in   decision.SentInput
		code string
	}{{decision.SentInput{Channel: "pigeon", Day: today}, "DEC-030"}, {decision.SentInput{Channel: decision.ByLetter, Day: today - 1}, "DEC-031"},
		{decision.SentInput{Channel: decision.ByLetter, Day: today + 1}, "DEC-032"}} {
		c.in.Organiser, c.in.Decision = w.Org.ID, d.ID
		_, err = act(w, decision.RecordSent, c.in)
		faulttest.Want(t, err, c.code)
	}
	f, err := act(w, decision.RecordSent, decision.SentInput{Organiser: w.Org.ID, Decision: d.ID, Channel: decision.ByLetter, Day: today})
	w.Must(err)
	// Received on 28.11., 30 days end on 28.12.2026, a Monday.
	if *f.Delivery.Received != today+7 || f.Delivery.Shown || *f.Delivery.Deadline != today+37 {
		t.Errorf("%+v", f.Delivery)
	}
	w.Clock.Set(calendar.Noon(today + 12).Now())
	f, err = act(w, decision.RecordReceived, decision.ReceivedInput{Organiser: w.Org.ID, Decision: d.ID, Day: today + 10, Note: "saantitodistus"})
	w.Must(err)
	if *f.Delivery.Received != today+10 || !f.Delivery.Shown || *f.Delivery.Deadline != today+40 {
		t.Errorf("after the receipt: %+v", f.Delivery)
	}
}

func TestADecisionHandedOverPrintsItsLastDay(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	handed := draft(w)
	handed.HandedOver = true
	d, err := made(w, w.Decider, handed)
	w.Must(err)
	letter := plain(w, d)
	if !strings.Contains(letter, "21.12.2026") || strings.Contains(letter, "seitsemäntenä") {
		t.Errorf("the letter does not tell the last day:\n%s", letter)
	}
	if f := file(w, d.ID); f.Delivery.Channel != decision.ByHand || *f.Delivery.Deadline != calendar.Day(2026, 12, 21) {
		t.Errorf("%+v", f.Delivery)
	}
	d, err = made(w, w.Decider, draft(w))
	w.Must(err)
	if letter = plain(w, d); strings.Contains(letter, "viimeistään 2") || !strings.Contains(letter, "seitsemäntenä") {
		t.Errorf("a letter whose receipt is unknown tells a day:\n%s", letter)
	}
}

func plain(w *admissiontest.World, d decision.Decision) string {
	w.T.Helper()
	var text string
	w.Must(w.As(w.Office, func(ctx context.Context, tx *postgres.Tx) error {
		s, err := decision.Document(ctx, tx, w.Office, w.Org.ID, d.Document)
		text = s.Plain
		return err
	}))
	return text
}

func TestAnAppealIsInTimeOrLateAndEndsOnce(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	today := admissiontest.Today
	d, err := made(w, w.Decider, draft(w))
	w.Must(err)
	appeal := func(day calendar.Date) (decision.File, error) {
		return act(w, decision.RecordAppeal, decision.AppealInput{Organiser: w.Org.ID, Decision: d.ID, Day: day, Note: "vaatii oikaisua"})
	}
	outcome := func(day calendar.Date, o decision.AppealOutcome) (decision.File, error) {
		return act(w, decision.RecordOutcome, decision.OutcomeInput{Organiser: w.Org.ID, Decision: d.ID, Day: day, Outcome: o})
	}
	f, err := appeal(today)
	w.Must(err)
	if f.Appeal.Known || f.Appeal.Late {
		t.Errorf("nobody knows when it was received: %+v", f.Appeal)
	}
	_, err = appeal(today)
	faulttest.Want(t, err, "DEC-035")
	_, err = outcome(today, "lost")
	faulttest.Want(t, err, "DEC-036")
	_, err = outcome(today, decision.Withdrawn)
	w.Must(err)
	_, err = outcome(today, decision.Upheld)
	faulttest.Want(t, err, "DEC-034")
	_, err = act(w, decision.RecordSent, decision.SentInput{Organiser: w.Org.ID, Decision: d.ID, Channel: decision.ByElectronic, Day: today})
	w.Must(err)
	last := *file(w, d.ID).Delivery.Deadline // 24.12. would be closed
	if last != calendar.Day(2026, 12, 28) {
		t.Fatalf("last day %s", last)
	}
	w.Clock.Set(calendar.Noon(last + 1).Now())
	if f, err = appeal(last); err != nil || f.Appeal.Late || !f.Appeal.Known {
		t.Errorf("on the last day: %+v %v", f.Appeal, err)
	}
	_, err = outcome(last, decision.Upheld)
	w.Must(err)
	if f, err = appeal(last + 1); err != nil || !f.Appeal.Late {
		t.Errorf("after the last day: %+v %v", f.Appeal, err)
	}
}

func correct(w *admissiontest.World, in decision.CorrectInput) (decision.Decision, error) {
	in.Organiser, in.Texts = w.Org.ID, w.Texts
	var d decision.Decision
	err := w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		d, err = decision.Correct(ctx, tx, w.Decider, in)
		return err
	})
	return d, err
}

func TestACorrectionIsANewDecisionAndANoteOnTheOriginal(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	d, err := made(w, w.Decider, draft(w))
	w.Must(err)
	_, err = correct(w, decision.CorrectInput{Decision: d.ID})
	if len(fault.All(err)) != 2 {
		t.Errorf("an empty correction: %v", err)
	}
	in := decision.CorrectInput{Decision: d.ID, Ground: decision.Factual, Was: "1.1.2027", Becomes: "1.2.2027", Reasons: "Päivä oli väärä.", Office: "päällikkö", Against: true}
	_, err = correct(w, in)
	faulttest.Want(t, err, "DEC-043")
	in.Consent = "Puhelimessa 20.11.2026."
	c, err := correct(w, in)
	w.Must(err)
	if c.Number != "MTK/2026/2" || *c.Replaces != d.ID || c.Ground != decision.Factual || c.Kind != decision.Correction {
		t.Errorf("%+v", c)
	}
	if letter := plain(w, c); !strings.Contains(letter, d.Number) || !strings.Contains(letter, "50 §") || !strings.Contains(letter, "1.2.2027") || !strings.Contains(letter, "Puhelimessa") {
		t.Errorf("the correction's letter:\n%s", letter)
	}
	f := file(w, d.ID)
	if f.Newer == nil || f.Newer.Kind != decision.CorrectedStep || f.Newer.RelatedNumber != c.Number || f.Reasons != d.Reasons {
		t.Errorf("the original's file: %+v", f.Newer)
	}
	_, err = correct(w, in)
	faulttest.Want(t, err, "DEC-014")
	w.Clock.Set(calendar.Noon(c.MadeOn.AddMonths(60) + 1).Now())
	in.Decision = c.ID
	_, err = correct(w, in)
	faulttest.Want(t, err, "DEC-042")
	w.Clock.Set(calendar.Noon(c.MadeOn.AddMonths(60)).Now())
	if _, err = correct(w, in); err != nil {
		t.Errorf("on the last day of five years: %v", err)
	}
}

// Both see the decision as it stands; one corrects it, the other is told, and no number is lost.
func TestOfTwoWhoCorrectAtOnceTheSecondIsTold(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	d, err := made(w, w.Decider, draft(w))
	w.Must(err)
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		wait.Go(func() {
			_, errs[i] = correct(w, decision.CorrectInput{Decision: d.ID, Ground: decision.Clerical, Becomes: "oikein", Reasons: "Kirjoitusvirhe.", Office: "päällikkö"})
		})
	}
	wait.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("%v, %v", errs[0], errs[1])
	}
	for _, err := range errs {
		if err != nil {
			faulttest.Want(t, err, "DEC-014")
		}
	}
	next, err := made(w, w.Decider, draft(w))
	w.Must(err)
	if next.Number != "MTK/2026/3" {
		t.Errorf("the next number is %s", next.Number)
	}
}

func TestWhatGaveSomethingLivingIsAnnulledWithIt(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	annul := func(id int64) (d decision.Decision, err error) {
		err = w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
			d, err = decision.Annul(ctx, tx, w.Decider, decision.AnnulInput{Organiser: w.Org.ID, Decision: id, Reasons: "Väärä yritys.", Office: "päällikkö", Texts: w.Texts})
			return err
		})
		return d, err
	}
	d, err := made(w, w.Decider, draft(w))
	w.Must(err)
	_, err = annul(d.ID)
	faulttest.Want(t, err, "DEC-044")
	price := draft(w)
	price.Kind = decision.Price
	p, err := made(w, w.Decider, price)
	w.Must(err)
	gone, err := annul(p.ID)
	w.Must(err)
	if f := file(w, p.ID); f.Newer == nil || f.Newer.Kind != decision.AnnulledStep || *f.Newer.Related != gone.ID {
		t.Errorf("%+v", f.Newer)
	}
	_, err = annul(p.ID)
	faulttest.Want(t, err, "DEC-014")
}

func TestTheFileIsOnlyAddedTo(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	d, err := made(w, w.Decider, draft(w))
	w.Must(err)
	_, err = act(w, decision.RecordSent, decision.SentInput{Organiser: w.Org.ID, Decision: d.ID, Channel: decision.ByLetter, Day: admissiontest.Today})
	w.Must(err)
	for _, sql := range []string{"update decision_step set day = day - 1", "delete from decision_step"} {
		if err := w.In(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := tx.Exec(ctx, sql)
			return err
		}); postgres.SQLState(err) != "42501" {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
