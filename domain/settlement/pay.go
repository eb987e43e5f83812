package settlement

import (
	"context"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/ledger"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Release lets an approved run leave: its payment file has been made in the same transaction (domain/payment calls this).
// It gives the statements that are to be paid, in the order of payees; PAY-017 when there is none.
func Release(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, no int64) (Run, []Statement, error) {
	if err := by.MayNow(access.SettlementRelease, organiser, tx.Now()); err != nil {
		return Run{}, nil, err
	}
	run, err := locked(ctx, tx, organiser, no, Approved)
	if err != nil {
		return Run{}, nil, err
	}
	// The approval compared every line with the ledger. What leaves must be what it approved: the statements under the run's hash.
	list, err := ofRun(ctx, tx, organiser, no, 0)
	if err != nil {
		return Run{}, nil, err
	}
	if err := whole(run, list); err != nil {
		return Run{}, nil, err
	}
	list = slices.DeleteFunc(list, func(s Statement) bool { return s.Disposition != Pay })
	if len(list) == 0 {
		return Run{}, nil, errNothingToPay
	}
	if err := step(ctx, tx, by, run, last(run), Sent, "", nil, ""); err != nil {
		return Run{}, nil, err
	}
	if err := audit.Write(ctx, tx, by, ActReleased, run.Ref(), map[string]any{"payments": len(list), "pay_cents": int64(run.Pay)}); err != nil {
		return Run{}, nil, err
	}
	run, err = get(ctx, tx, organiser, no)
	return run, list, err
}

// PaidInput says that money has left.
type PaidInput struct {
	Organiser int32
	Run       int64
	Providers []int64       // only these payees; empty = all of the run that wait
	On        calendar.Date // the day the bank says; 0 = today
}

// MarkPaid notes that payments of a sent run have left the organiser's account. PAY-018 when a named payee is not waiting for
// its payment. The run is paid when nobody waits any more.
func MarkPaid(ctx context.Context, tx *postgres.Tx, by access.Actor, in PaidInput) (Run, error) {
	if err := by.May(access.PaymentMark, in.Organiser); err != nil {
		return Run{}, err
	}
	run, err := locked(ctx, tx, in.Organiser, in.Run, Sent)
	if err != nil {
		return Run{}, err
	}
	if in.On == 0 {
		in.On = tx.Today()
	}
	list, err := ofRun(ctx, tx, in.Organiser, in.Run, 0)
	if err != nil {
		return Run{}, err
	}
	chosen, rest, err := waiting(list, in.Providers)
	if err != nil {
		return Run{}, err
	}
	var moved []ledger.Posting
	ids := make([]int64, 0, len(chosen))
	for _, s := range chosen {
		moved = append(moved, paymentMove(s, ledger.Settled, ledger.Bank, in.On, 0))
		ids = append(ids, s.Provider)
	}
	if err := ledger.Post(ctx, tx, in.Organiser, moved); err != nil {
		return Run{}, err
	}
	state := Paid
	if rest > 0 {
		state = ""
	}
	if err := step(ctx, tx, by, run, last(run), state, PayeePaid, ids, in.On.String()); err != nil {
		return Run{}, err
	}
	if err := audit.Write(ctx, tx, by, ActPaid, run.Ref(), map[string]any{"payees": len(ids), "on": in.On, "providers": in.Providers}); err != nil {
		return Run{}, err
	}
	return get(ctx, tx, in.Organiser, in.Run)
}

// waiting picks the named statements (all when none is named) that wait for their payment, and counts those that stay.
func waiting(list []Statement, providers []int64) (chosen []Statement, rest int, err error) {
	open := map[int64]bool{}
	for _, s := range list {
		if s.Disposition != Pay || s.State != PayeeSettled {
			continue
		}
		open[s.Provider] = true
		if len(providers) == 0 || slices.Contains(providers, s.Provider) {
			chosen = append(chosen, s)
		} else {
			rest++
		}
	}
	for _, p := range providers {
		if !open[p] {
			return nil, 0, errPayee.With("provider", p)
		}
	}
	if len(chosen) == 0 {
		return nil, 0, errPayee.With("provider", 0)
	}
	return chosen, rest, nil
}

func paymentMove(s Statement, debit, credit int16, day calendar.Date, step int32) ledger.Posting {
	return ledger.Posting{Provider: s.Provider, Debit: debit, DebitRef: s.Provider, Credit: credit, CreditRef: s.Provider, Amount: s.Net,
		Bucket: ledger.Whole, ServiceDate: day, Source: ledger.FromPayment, SourceID: s.Run, SourceStep: step}
}

// ReturnInput says that a payment came back, or that the bank refused it.
type ReturnInput struct {
	Organiser int32
	Run       int64
	Provider  int64
	Reason    string
}

// Return notes that the bank refused a payment or sent it back. The sum is carried to the next run, which holds it (PAY-01)
// until the payee has another account.
func Return(ctx context.Context, tx *postgres.Tx, by access.Actor, in ReturnInput) (Run, error) {
	in.Reason = strings.TrimSpace(in.Reason)
	if err := by.May(access.PaymentMark, in.Organiser); err != nil {
		return Run{}, err
	}
	if in.Reason == "" {
		return Run{}, errReason
	}
	run, err := locked(ctx, tx, in.Organiser, in.Run, Sent, Paid)
	if err != nil {
		return Run{}, err
	}
	list, err := ofRun(ctx, tx, in.Organiser, in.Run, 0)
	if err != nil {
		return Run{}, err
	}
	i := slices.IndexFunc(list, func(s Statement) bool { return s.Provider == in.Provider })
	if i < 0 || list[i].Disposition != Pay || list[i].State != PayeeSettled && list[i].State != PayeePaid {
		return Run{}, errPayee.With("provider", in.Provider)
	}
	from := ledger.Bank
	if list[i].State == PayeeSettled {
		from = ledger.Settled
	}
	if err := ledger.Post(ctx, tx, in.Organiser, []ledger.Posting{paymentMove(list[i], from, ledger.Carried, tx.Today(), 1)}); err != nil {
		return Run{}, err
	}
	list[i].State = PayeeReturned
	state := State("")
	if run.State == Sent && !slices.ContainsFunc(list, func(s Statement) bool { return s.Disposition == Pay && s.State == PayeeSettled }) {
		state = Paid
	}
	if err := step(ctx, tx, by, run, last(run), state, PayeeReturned, []int64{in.Provider}, in.Reason); err != nil {
		return Run{}, err
	}
	if err := audit.Write(ctx, tx, by, ActReturned, run.Ref(), map[string]any{"provider": in.Provider, "reason": in.Reason, "cents": int64(list[i].Net)}); err != nil {
		return Run{}, err
	}
	return get(ctx, tx, in.Organiser, in.Run)
}
