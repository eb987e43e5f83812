package settlement_test

import (
	"context"
	"strings"
	"testing"

	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/decision"
	"seteli/domain/settlement"
	"seteli/domain/settlement/settlementtest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

func claimBack(t *testing.T, w *world, in settlement.ClaimInput) (c settlement.Claim, err error) {
	t.Helper()
	words := texts(t)
	err = w.Try(func(ctx context.Context, tx *postgres.Tx) (err error) {
		in.Organiser = w.Org.ID
		if in.Due == 0 {
			in.Due = tx.Today() + 30
		}
		c, err = settlement.ClaimBack(ctx, tx, w.Preparer, words, in)
		return err
	})
	return c, err
}

// became records a step on the day of the clock unless the input says another.
func became(w *world, by access.Actor, in settlement.ClaimStepInput) (c settlement.Claim, err error) {
	err = w.Try(func(ctx context.Context, tx *postgres.Tx) (err error) {
		in.Organiser = w.Org.ID
		if in.On == 0 {
			in.On = tx.Today()
		}
		c, err = settlement.StepClaim(ctx, tx, by, in)
		return err
	})
	return c, err
}

// indebted is a payee that an approved run has left below nothing.
func indebted(t *testing.T, cents money.Cents) (*world, int64) {
	t.Helper()
	w := settlementtest.New(t)
	p := w.Payees(1)[0]
	w.Deliver(p, -cents)
	run, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	_, err = claimBack(t, w, settlement.ClaimInput{Provider: p, Amount: cents, Reason: "x"})
	faulttest.Want(t, err, "PAY-037") // what is carried may still change
	if err := w.Approve(run.No); err != nil {
		t.Fatal(err)
	}
	return w, p
}

func TestDebtIsAskedBackOnceAndWhatBecomesOfItIsRecorded(t *testing.T) {
	t.Parallel()
	w, p := indebted(t, 900)
	for _, c := range []struct {
		code string
		in   settlement.ClaimInput
	}{
		{"PAY-015", settlement.ClaimInput{Provider: p, Amount: 900, Reason: " "}},
		{"PAY-022", settlement.ClaimInput{Provider: p, Amount: 800, Reason: "x"}},
		{"PAY-023", settlement.ClaimInput{Provider: p, Amount: 900, Reason: "x", Due: 1}},
		{"PAY-021", settlement.ClaimInput{Provider: p + 1, Amount: 900, Reason: "x"}},
	} {
		_, err := claimBack(t, w, c.in)
		faulttest.Want(t, err, c.code)
	}
	c, err := claimBack(t, w, settlement.ClaimInput{Provider: p, Amount: 900, Reason: "Yksikössä ei ole enää setelilapsia."})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(c.Number, w.Org.Prefix+"-P2026-") || c.Left() != 900 || c.State(c.DueOn) != "open" || c.State(c.DueOn+1) != "late" || c.ToIBAN != w.Org.PayerIBAN {
		t.Errorf("%+v", c)
	}
	if _, err = claimBack(t, w, settlement.ClaimInput{Provider: p, Amount: 900, Reason: "x"}); err == nil {
		t.Error("the same debt was asked back twice")
	}
	w.Verified()
	if _, err := w.Calculate(w.NextDay()); err == nil { // nothing is carried any more
		t.Error("a run found something to settle")
	}
	for _, s := range []struct {
		code string
		in   settlement.ClaimStepInput
	}{
		{"PAY-027", settlement.ClaimStepInput{No: c.No, Kind: settlement.Repaid, Amount: 901}},
		{"PAY-026", settlement.ClaimStepInput{No: c.No, Kind: settlement.Unpaid, Amount: 1, Note: "x"}},
		{"PAY-015", settlement.ClaimStepInput{No: c.No, Kind: settlement.Withdrawn}},
		{"PAY-029", settlement.ClaimStepInput{No: c.No, Kind: settlement.Repaid, Amount: 1, On: c.MadeOn - 1}},
		{"PAY-030", settlement.ClaimStepInput{No: c.No, Kind: "forgotten"}},
		{"ACC-001", settlement.ClaimStepInput{No: c.No, Kind: settlement.WrittenOff, Note: "x"}}, // a preparer does not give up
		{"PAY-025", settlement.ClaimStepInput{No: c.No + 1, Kind: settlement.Repaid, Amount: 1}},
	} {
		_, err := became(w, w.Preparer, s.in)
		faulttest.Want(t, err, s.code)
	}
	for _, s := range []settlement.ClaimStepInput{{Kind: settlement.Repaid, Amount: 500}, {Kind: settlement.Unpaid, Amount: 100, Note: "Väärä viite."}} {
		s.No = c.No
		if c, err = became(w, w.Preparer, s); err != nil {
			t.Fatal(err)
		}
		w.Verified()
	}
	own := w.Approver()
	own.Account = w.Preparer.Account
	_, err = became(w, own, settlement.ClaimStepInput{No: c.No, Kind: settlement.WrittenOff, Note: "x"})
	faulttest.Want(t, err, "PAY-028")
	if c.Left() != 500 || c.Back() != 400 {
		t.Errorf("left %d, back %d", c.Left(), c.Back())
	}
	if c, err = became(w, w.Approver(), settlement.ClaimStepInput{No: c.No, Kind: settlement.WrittenOff, Note: "Yhtiö on konkurssissa."}); err != nil {
		t.Fatal(err)
	}
	if c.Left() != 0 || c.State(c.DueOn+9) != settlement.WrittenOff {
		t.Errorf("%+v", c)
	}
	_, err = became(w, w.Preparer, settlement.ClaimStepInput{No: c.No, Kind: settlement.Repaid, Amount: 1})
	faulttest.Want(t, err, "PAY-026")
	w.Verified()
}

func TestWithdrawnClaimIsTakenOffTheNextRun(t *testing.T) {
	t.Parallel()
	w, p := indebted(t, 900)
	c, err := claimBack(t, w, settlement.ClaimInput{Provider: p, Amount: 900, Reason: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = became(w, w.Preparer, settlement.ClaimStepInput{No: c.No, Kind: settlement.Withdrawn, Note: "Yksikköön tuli lapsia."}); err != nil {
		t.Fatal(err)
	}
	w.Deliver(p, 1000)
	run, err := w.Calculate(w.NextDay())
	if err != nil {
		t.Fatal(err)
	}
	if s := w.Statements(run.No)[p]; s.Carried != -900 || s.Net != 100 {
		t.Errorf("%+v", s)
	}
	w.Verified()
}

func TestPayeeReadsItsClaimAndNobodyElses(t *testing.T) {
	t.Parallel()
	w, p := indebted(t, 900)
	c, err := claimBack(t, w, settlement.ClaimInput{Provider: p, Amount: 900, Reason: "Yksikössä ei ole enää setelilapsia."})
	if err != nil {
		t.Fatal(err)
	}
	for _, provider := range []int64{p, p + 1} {
		by := access.Actor{Account: 20, Name: "Saara Signatääri", Role: access.Signatory, Provider: provider}
		err := w.DB.Read(t.Context(), by, func(tx *postgres.Tx) error {
			list, err := settlement.ClaimsOfProvider(t.Context(), tx, by)
			if err != nil {
				return err
			}
			if provider != p {
				if len(list) != 0 {
					t.Errorf("another payee sees %+v", list)
				}
				_, err := settlement.OneClaim(t.Context(), tx, by, w.Org.ID, c.No)
				faulttest.Want(t, err, "PAY-025")
				return nil
			}
			if len(list) != 1 || list[0].Number != c.Number || list[0].OrganiserNames.Fi != "Mallilan kaupunki" {
				t.Errorf("the payee sees %+v", list)
			}
			paper, err := decision.Document(t.Context(), tx, by, w.Org.ID, c.Document)
			for _, want := range []string{"Takaisinperintälasku " + c.Number, "9,00", "Yksikössä ei ole enää setelilapsia.", "Mallilan kaupunki"} {
				if !strings.Contains(paper.Plain, want) {
					t.Errorf("the letter lacks %q:\n%s", want, paper.Plain)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
