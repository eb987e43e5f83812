package settlement

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"hash"
	"slices"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/ledger"
)

// payee is what is known of who is paid, at the moment of the run.
type payee struct {
	Provider       int64
	Name           string
	IBAN           string
	SupplierNumber string
	Term           *int   // days; nil = the organiser's
	HoldReason     string // the organiser holds the payments while it is not empty
	AccountRefused bool   // the bank sent money back from this account
}

// terms are the organiser's rules of a run.
type terms struct {
	Prefix         string
	TermDays       int
	SupplierNeeded bool
	Day            calendar.Date // of the run
}

// hold gives the code and the words of why a positive sum is not paid; "" when it is. Order: what the payee can mend first.
func (p payee) hold(t terms) (code, reason string) {
	switch {
	case p.IBAN == "" || p.AccountRefused:
		return HoldAccount, ""
	case p.HoldReason != "":
		return HoldNotified, p.HoldReason
	case t.SupplierNeeded && p.SupplierNumber == "":
		return HoldSupplier, ""
	}
	return "", ""
}

// due is the payment day: the term from the day of the run, on a bank day.
func (p payee) due(t terms) calendar.Date {
	days := t.TermDays
	if p.Term != nil {
		days = *p.Term
	}
	return calendar.NextBankDay(t.Day + calendar.Date(days))
}

// conclude makes the statement of one payee from what its periods hold and what is carried to it. Pure.
func conclude(p payee, s ledger.Sum, carried money.Cents, t terms) Statement {
	out := Statement{Provider: p.Provider, Lines: s.Lines, Gross: s.Gross, Credit: s.Credit, Carried: carried,
		Net: s.Gross - s.Credit + carried, Hash: s.LinesHash, PayeeName: p.Name, PayeeIBAN: p.IBAN, DueOn: p.due(t),
		SupplierNumber: p.SupplierNumber, Disposition: Pay, State: PayeeCalculated}
	if len(out.Hash) == 0 {
		nothing := sha256.Sum256(nil)
		out.Hash = nothing[:]
	}
	if out.Net <= 0 {
		out.Disposition = Carried
		return out
	}
	if out.HoldCode, out.HoldReason = p.hold(t); out.HoldCode != "" {
		out.Disposition = Held
	}
	return out
}

// concludeAll makes the statements of a run in the order of payees; first is the first of their numbers in the year's series.
func concludeAll(payees []payee, sums []ledger.Sum, carried map[int64]money.Cents, t terms) []Statement {
	bySum := make(map[int64]ledger.Sum, len(sums))
	for _, s := range sums {
		bySum[s.Provider] = s
	}
	out := make([]Statement, 0, len(payees))
	for _, p := range payees {
		out = append(out, conclude(p, bySum[p.Provider], carried[p.Provider], t))
	}
	slices.SortFunc(out, func(a, b Statement) int { return cmp.Compare(a.Provider, b.Provider) })
	return out
}

// number gives the statements their numbers and payment references. Both are unique for ever: the number carries the
// organiser's letters, the reference its id, both the year and a gap-free series.
func number(list []Statement, organiser int32, t terms, first int64) error {
	year, _, _ := t.Day.Civil()
	for i := range list {
		n := first + int64(i)
		list[i].Number = fmt.Sprintf("%s-T%d-%06d", t.Prefix, year, n)
		ref, err := ident.NewReference(fmt.Sprintf("%d%04d%07d", organiser, year, n))
		if err != nil {
			return fmt.Errorf("reference of statement %s: %w", list[i].Number, err)
		}
		list[i].Reference = ref.String()
	}
	return nil
}

// total adds up a run and hashes its statements.
func total(run *Run, list []Statement) {
	h := sha256.New()
	for _, s := range list {
		run.Lines += s.Lines
		run.Gross += s.Gross
		run.Credit += s.Credit
		if s.Disposition == Pay {
			run.Pay += s.Net
		}
		seal(h, s)
	}
	run.Payees, run.Hash = len(list), h.Sum(nil)
}

func seal(h hash.Hash, s Statement) {
	fmt.Fprintf(h, "%d|%s|%d|%d|%d|%d|%d|%s|%x\n", s.Provider, s.Number, s.Lines, s.Gross, s.Credit, s.Carried, s.Net, s.Disposition, s.Hash)
}

// movements are the run's postings: what was accrued goes to settled (to be paid) or carried, and what was carried to settled.
func movements(run int64, list []Statement, last map[int64]int32, day calendar.Date) []ledger.Posting {
	var out []ledger.Posting
	move := func(s Statement, from, to int16, amount money.Cents) {
		if amount == 0 {
			return
		}
		if amount < 0 {
			from, to, amount = to, from, -amount
		}
		out = append(out, ledger.Posting{Provider: s.Provider, Period: last[s.Provider], Debit: from, DebitRef: s.Provider, Credit: to, CreditRef: s.Provider,
			Amount: amount, Bucket: ledger.Whole, ServiceDate: day, Source: ledger.FromSettlement, SourceID: run})
	}
	for _, s := range list {
		if s.Disposition == Pay {
			move(s, ledger.Payable, ledger.Settled, s.Gross-s.Credit)
			move(s, ledger.Carried, ledger.Settled, s.Carried)
			continue
		}
		move(s, ledger.Payable, ledger.Carried, s.Gross-s.Credit)
	}
	return out
}
