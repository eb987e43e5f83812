package settlement_test

import (
	"context"
	"flag"
	"testing"

	"pgregory.net/rapid"

	"seteli/core/money"
	"seteli/domain/settlement"
	"seteli/domain/settlement/settlementtest"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// checks of the law: each plays a life of an organiser on a real database.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "25"); err != nil {
		panic(err)
	}
	m.Run()
}

// life is what the test knows by itself of an organiser: what was delivered and what the bank has paid out.
type life struct {
	t         *rapid.T
	w         *world
	payees    []int64
	delivered map[int64]money.Cents // accepted − refunded
	accepted  map[int64]money.Cents // still refundable
	paid      map[int64]money.Cents
	runs      []settlement.Run // live ones, oldest first
	account   int              // the last new bank account
	claims    []settlement.Claim
	words     *i18n.Catalogue
}

func (l *life) payee() int64 { return rapid.SampledFrom(l.payees).Draw(l.t, "payee") }

func (l *life) deliver(*rapid.T) {
	p, c := l.payee(), money.Cents(rapid.IntRange(0, 50_000).Draw(l.t, "cents"))
	l.w.Deliver(p, c)
	l.delivered[p] += c
	l.accepted[p] += c
}

func (l *life) refund(*rapid.T) {
	p := l.payee()
	if l.accepted[p] == 0 {
		return
	}
	c := money.Cents(rapid.IntRange(1, int(l.accepted[p])).Draw(l.t, "refund"))
	l.w.Deliver(p, -c)
	l.delivered[p] -= c
	l.accepted[p] -= c
}

func (l *life) hold(*rapid.T) {
	reason := rapid.SampledFrom([]string{"", "Valvonta kesken"}).Draw(l.t, "hold")
	_, err := l.w.Owner.Exec(context.Background(), `insert into supplier (organiser_id, provider_id, hold_reason, set_at, set_by) values ($1, $2, $3, now(), 'x')
		on conflict (organiser_id, provider_id) do update set hold_reason = excluded.hold_reason`, l.w.Org.ID, l.payee(), reason)
	l.fine(err)
}

func (l *life) fine(err error, codes ...string) bool {
	l.t.Helper()
	if err == nil {
		return true
	}
	for _, c := range codes {
		if has(err, c) {
			return false
		}
	}
	l.t.Fatal(err)
	return false
}

func (l *life) settle(*rapid.T) {
	run, err := l.w.Calculate(l.w.NextDay())
	if l.fine(err, "PAY-013") {
		l.runs = append(l.runs, run)
	}
}

func (l *life) approve(*rapid.T) {
	if r := l.some(settlement.Calculated); r != nil {
		l.fine(l.w.Approve(r.No))
		r.State = settlement.Approved
	}
}

func (l *life) send(*rapid.T) {
	if r := l.some(settlement.Approved); r != nil && l.fine(release(l.w, r.No), "PAY-017") {
		r.State = settlement.Sent
	}
}

func (l *life) pay(*rapid.T) {
	r := l.some(settlement.Sent)
	if r == nil {
		return
	}
	var chosen []int64
	for p, s := range l.w.Statements(r.No) {
		if s.Disposition == settlement.Pay && s.State == settlement.PayeeSettled && rapid.Bool().Draw(l.t, "pay") {
			chosen = append(chosen, p)
			l.paid[p] += s.Net
		}
	}
	if len(chosen) > 0 {
		l.fine(pay(l.w, r.No, chosen...))
		l.refresh(r)
	}
}

func (l *life) returned(*rapid.T) {
	for i := range l.runs {
		r := &l.runs[i]
		if r.State != settlement.Sent && r.State != settlement.Paid {
			continue
		}
		for p, s := range l.w.Statements(r.No) {
			if s.Disposition == settlement.Pay && (s.State == settlement.PayeeSettled || s.State == settlement.PayeePaid) && rapid.IntRange(0, 4).Draw(l.t, "return") == 0 {
				if s.State == settlement.PayeePaid {
					l.paid[p] -= s.Net
				}
				l.account++
				l.fine(sendBack(l.w, r.No, p))
				_, err := l.w.Owner.Exec(context.Background(), "update provider set iban = $2 where provider_id = $1", p, settlementtest.IBAN(50_000_000+l.account))
				l.fine(err)
				l.refresh(r)
				return
			}
		}
	}
}

func (l *life) undo(*rapid.T) {
	if len(l.runs) == 0 {
		return
	}
	r := l.runs[rapid.IntRange(0, len(l.runs)-1).Draw(l.t, "run")]
	if l.fine(undo(l.w, r.No), "PAY-016", "PAY-012") {
		l.runs = l.runs[:len(l.runs)-1] // only the last can be undone
	}
}

// claim asks back what every payee owes that owes something, as far as it may be asked.
func (l *life) claim(*rapid.T) {
	for _, p := range l.payees {
		var c settlement.Claim
		err := l.w.Try(func(ctx context.Context, tx *postgres.Tx) error {
			debts, err := settlement.Debts(ctx, tx, l.w.Preparer, l.w.Org.ID)
			if err != nil {
				return err
			}
			in := settlement.ClaimInput{Organiser: l.w.Org.ID, Provider: p, Amount: 1, Due: tx.Today() + 14, Reason: "Ei enää asiakkaita."}
			for _, d := range debts {
				if d.Provider == p {
					in.Amount = d.Amount
				}
			}
			c, err = settlement.ClaimBack(ctx, tx, l.w.Preparer, l.words, in)
			return err
		})
		if l.fine(err, "PAY-021", "PAY-037") {
			l.claims = append(l.claims, c)
		}
	}
}

// leave takes back all that a payee has delivered, after it was settled, and asks it back.
func (l *life) leave(rt *rapid.T) {
	p := l.payee()
	for _, give := range []bool{true, false} {
		if c := l.accepted[p]; give {
			l.w.Deliver(p, 777)
			l.delivered[p], l.accepted[p] = l.delivered[p]+777, c+777
		} else {
			l.w.Deliver(p, -c)
			l.delivered[p], l.accepted[p] = l.delivered[p]-c, 0
		}
		l.settle(rt)
		for l.some(settlement.Calculated) != nil {
			l.approve(rt)
		}
	}
	l.claim(rt)
}

// step lets something become of a claim: money that comes or had not come, the rest given up or carried again.
func (l *life) step(*rapid.T) {
	if len(l.claims) == 0 {
		return
	}
	c := &l.claims[rapid.IntRange(0, len(l.claims)-1).Draw(l.t, "claim")]
	in := settlement.ClaimStepInput{Organiser: c.Organiser, No: c.No, Amount: money.Cents(rapid.IntRange(1, 20_000).Draw(l.t, "came")), On: c.MadeOn, Note: "x",
		Kind: rapid.SampledFrom([]string{settlement.Repaid, settlement.Repaid, settlement.Unpaid, settlement.WrittenOff, settlement.Withdrawn}).Draw(l.t, "kind")}
	by := l.w.Preparer
	if in.Kind == settlement.WrittenOff {
		by = l.w.Approver()
	}
	err := l.w.Try(func(ctx context.Context, tx *postgres.Tx) (err error) {
		after, err := settlement.StepClaim(ctx, tx, by, in)
		if err == nil {
			*c = after
		}
		return err
	})
	if l.fine(err, "PAY-026", "PAY-027") {
		switch in.Kind {
		case settlement.Repaid:
			l.paid[c.Provider] -= in.Amount
		case settlement.Unpaid:
			l.paid[c.Provider] += in.Amount
		}
	}
}

func (l *life) some(state settlement.State) *settlement.Run {
	for i := range l.runs {
		if l.runs[i].State == state {
			return &l.runs[i]
		}
	}
	return nil
}

func (l *life) refresh(r *settlement.Run) {
	l.w.Do(func(ctx context.Context, tx *postgres.Tx) (err error) {
		*r, err = settlement.Get(ctx, tx, l.w.Preparer, l.w.Org.ID, r.No)
		return err
	})
}

// money is where every cent stands: what left plus what is still owed is what was delivered and not refunded.
func (l *life) money(t *rapid.T) {
	rows, err := l.w.Owner.Query(context.Background(), `
		select a.provider_id, sum(a.amount) filter (where a.kind = 20)::bigint, sum(a.amount) filter (where a.kind in (11, 12, 13, 14, 15, 20))::bigint, sum(a.amount) filter (where a.kind = 12)::bigint
		from (select credit_ref as provider_id, credit_kind as kind, amount_cents as amount from posting where organiser_id = $1 and provider_id <> 0
			union all select debit_ref, debit_kind, -amount_cents from posting where organiser_id = $1 and provider_id <> 0) a
		where a.kind in (11, 12, 13, 14, 15, 20) group by a.provider_id`, l.w.Org.ID)
	l.fine(err)
	defer rows.Close()
	for rows.Next() {
		var p int64
		var bank, all, settled *int64
		l.fine(rows.Scan(&p, &bank, &all, &settled))
		if got := cents(bank); got != l.paid[p] {
			t.Fatalf("payee %d: the ledger says %s left, the bank paid %s", p, got, l.paid[p])
		}
		if got := cents(all); got != l.delivered[p] {
			t.Fatalf("payee %d: accounts hold %s, delivered and not refunded %s", p, got, l.delivered[p])
		}
		if cents(settled) < 0 {
			t.Fatalf("payee %d: more is paid than was settled", p)
		}
	}
	l.fine(rows.Err())
}

func cents(n *int64) money.Cents {
	if n == nil {
		return 0
	}
	return money.Cents(*n)
}

// Any sequence of deliveries, refunds, runs, payments, returns, undone runs and claims with what becomes of them: every cent is paid once,
// nothing is lost, a negative sum is carried or asked back, never both; and at the end of days all that is owed is paid.
func TestEveryCentIsPaidOnce(t *testing.T) {
	t.Parallel()
	server, words, asked := settlementtest.NewServer(t), texts(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		w := server.World(t)
		l := &life{t: rt, w: w, payees: w.Payees(3), delivered: map[int64]money.Cents{}, accepted: map[int64]money.Cents{}, paid: map[int64]money.Cents{}, words: words}
		rt.Repeat(map[string]func(*rapid.T){"": l.money, "deliver": l.deliver, "deliver more": l.deliver, "refund": l.refund, "hold": l.hold, "settle": l.settle,
			"approve": l.approve, "send": l.send, "pay": l.pay, "return": l.returned, "undo": l.undo, "claim": l.claim, "leave": l.leave, "step": l.step, "step on": l.step})
		asked += len(l.claims)
		l.replay()
		l.endOfDays()
	})
	if asked < 5 {
		t.Errorf("%d claims in all lives: the test looks past them", asked)
	}
}

// endOfDays lifts every hold and settles and pays until nothing waits.
func (l *life) endOfDays() {
	_, err := l.w.Owner.Exec(context.Background(), "update supplier set hold_reason = '' where organiser_id = $1", l.w.Org.ID)
	l.fine(err)
	run, err := l.w.Calculate(l.w.NextDay())
	if l.fine(err, "PAY-013") {
		l.runs = append(l.runs, run)
	}
	for i := range l.runs {
		r := &l.runs[i]
		if r.State == settlement.Calculated {
			l.fine(l.w.Approve(r.No))
			r.State = settlement.Approved
		}
		if r.State == settlement.Approved && l.fine(release(l.w, r.No), "PAY-017") {
			r.State = settlement.Sent
		}
		if r.State == settlement.Sent {
			l.fine(pay(l.w, r.No), "PAY-018")
		}
	}
	for _, p := range l.payees {
		var bank int64
		l.fine(l.w.Owner.QueryRow(context.Background(), `select coalesce(sum(case when credit_kind = 20 then amount_cents when debit_kind = 20 then -amount_cents end), 0)::bigint
			from posting where organiser_id = $1 and provider_id = $2`, l.w.Org.ID, p).Scan(&bank))
		// More can have left than is owed in the end only by refunds after the payment; then the difference is carried.
		if money.Cents(bank) < l.delivered[p] {
			l.t.Fatalf("payee %d got %s of %s", p, money.Cents(bank), l.delivered[p])
		}
		l.paid[p] = money.Cents(bank)
	}
	l.money(l.t)
	l.replay()
}

func (l *life) replay() {
	for _, d := range l.w.Differences() {
		l.t.Error(d)
	}
	if l.t.Failed() {
		l.t.FailNow()
	}
}
