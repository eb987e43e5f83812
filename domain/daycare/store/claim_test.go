package store_test

import (
	"math/rand/v2"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/settlement"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// payAll settles what is posted, has it approved and pays it.
func (n *nursery) payAll(key string) {
	n.t.Helper()
	n.Exec(`update provider set iban = 'FI2112345600000785', iban_holder = 'Hoiva Keksitty Oy'`)
	approver := n.approver
	approver.SignedIn = n.clock.Now()
	n.do(n.preparer, func(tx *postgres.Tx) error {
		run, err := settlement.Calculate(n.t.Context(), tx, n.preparer, settlement.CalculateInput{Organiser: w.Organiser, Key: key})
		if err != nil {
			return err
		}
		if _, err := settlement.Approve(n.t.Context(), tx, approver, w.Organiser, run.No); err != nil {
			return err
		}
		if _, _, err := settlement.Release(n.t.Context(), tx, approver, w.Organiser, run.No); err != nil {
			if fault.CodeOf(err) == "PAY-017" { // nobody is to be paid
				return nil
			}
			return err
		}
		_, err = settlement.MarkPaid(n.t.Context(), tx, n.preparer, settlement.PaidInput{Organiser: w.Organiser, Run: run.No})
		return err
	})
}

// leave takes every place back from the first day, after all has been paid: the next month owes less than nothing and no later one will
// take it off. What is asked back and comes leaves each provider exactly what the final truth says; a part that is given up is the loss.
func (n *nursery) leave(all []*truth, seed uint64) {
	n.t.Helper()
	r := rand.New(rand.NewPCG(seed, 2))
	for _, x := range all {
		n.movePlace(x, 0, 0)
		n.regenerate(x.child.ID)
	}
	n.sendAll()
	n.clock.Set(n.clock.Now().AddDate(0, 1, 0))
	must(n.t, n.close(month(8)))
	for unit, by := range map[int64]access.Actor{w.Unit: n.provider, w.OtherUnit: n.Recorder(w.OtherProvider)} {
		n.objectAndApprove(by, month(8), unit, func() bool { return r.IntN(3) == 0 })
	}
	for _, x := range all {
		n.check(x, seed)
	}
	n.payAll("2026-08")
	var debts []settlement.Debt
	n.do(n.preparer, func(tx *postgres.Tx) (err error) {
		debts, err = settlement.Debts(n.t.Context(), tx, n.preparer, w.Organiser)
		return err
	})
	lost := map[int64]money.Cents{}
	for _, d := range debts {
		var c settlement.Claim
		step := func(by access.Actor, kind string, amount money.Cents) {
			n.do(by, func(tx *postgres.Tx) (err error) {
				c, err = settlement.StepClaim(n.t.Context(), tx, by, settlement.ClaimStepInput{Organiser: w.Organiser, No: c.No, Kind: kind, Amount: amount, On: tx.Today(), Note: "Kirjattu."})
				return err
			})
		}
		n.do(n.preparer, func(tx *postgres.Tx) (err error) {
			c, err = settlement.ClaimBack(n.t.Context(), tx, n.preparer, n.Means.Texts, settlement.ClaimInput{Organiser: w.Organiser, Provider: d.Provider, Amount: d.Amount, Due: tx.Today() + 30, Reason: "Lapsia ei enää ole."})
			return err
		})
		step(n.preparer, settlement.Repaid, 1+money.Cents(r.IntN(int(d.Amount))))
		if c.Left() == 0 {
			continue
		}
		if rest := c.Left(); r.IntN(2) == 0 {
			step(n.preparer, settlement.Repaid, rest)
		} else {
			step(n.approver, settlement.WrittenOff, 0)
			lost[d.Provider] = rest
		}
	}
	for _, p := range []int64{w.Provider, w.OtherProvider} {
		due := n.Count(`select coalesce(sum(row_cents), 0) from daycare_month_row r join unit u using (unit_id) where u.provider_id = $1`, p)
		kept := n.Count(`select coalesce(sum(case when credit_kind = 20 then amount_cents when debit_kind = 20 then -amount_cents end), 0) from posting where provider_id = $1`, p)
		if due != kept-int(lost[p]) {
			n.t.Errorf("seed %d: provider %d has kept %d, %d of it given up; the truth is %d", seed, p, kept, lost[p], due)
		}
	}
	n.t.Logf("seed %d: %d claims, %d given up", seed, len(debts), len(lost))
	n.verified()
}
