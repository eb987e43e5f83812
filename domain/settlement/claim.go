package settlement

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/domain/organiser"
	"seteli/domain/settlement/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Faults of claims.
var (
	errNoDebt    = fault.New(fault.Conflict, "PAY-021", "settlement.claim.no_debt")                  // nothing is carried below nothing
	errDebtMoved = fault.New(fault.Stale, "PAY-022", "settlement.claim.moved")                       // value sum: what the debt is now
	errClaimDue  = fault.New(fault.Invalid, "PAY-023", "settlement.claim.due").At("due")             // not after today, or over a year away
	errPayTo     = fault.New(fault.Conflict, "PAY-024", "settlement.claim.account")                  // the organiser has no account to be paid to
	ErrNoClaim   = fault.New(fault.NotFound, "PAY-025", "settlement.claim.unknown")                  // no such claim
	errClaimed   = fault.New(fault.Conflict, "PAY-026", "settlement.claim.closed")                   // nothing of it is open
	errTooMuch   = fault.New(fault.Invalid, "PAY-027", "settlement.claim.too_much").At("amount")     // value sum: the most that may be recorded
	errOwnClaim  = fault.New(fault.Forbidden, "PAY-028", "settlement.claim.own")                     // given up by who made it
	errStepDay   = fault.New(fault.Invalid, "PAY-029", "settlement.claim.day").At("on")              // before the claim or after today
	errStep      = fault.New(fault.Invalid, "PAY-030", "settlement.claim.step").At("kind")           // none of the kinds
	errWaits     = fault.New(fault.Conflict, "PAY-037", "settlement.claim.run_waits").At("provider") // value key: the run that is not approved yet
)

// Ways are what may become of a claim. The texts are stored.
const (
	Repaid     = "repaid"      // money came to the organiser's account
	Unpaid     = "unpaid"      // a repayment had been recorded in error
	WrittenOff = "written_off" // the rest is given up
	Withdrawn  = "withdrawn"   // the rest is carried again: the next runs take it off
)

// Claim is a carried debt that a payee has been asked to pay back.
type Claim struct {
	Organiser      int32
	OrganiserNames i18n.Names // filled in lists of the payee
	No             int64
	Provider       int64
	Payee          string
	Number         string
	MadeOn, DueOn  calendar.Date
	Amount         money.Cents // above nothing
	Reference      string      // Finnish reference number that the payee pays with
	Reason         string
	ToName, ToIBAN string // the organiser's account
	Document       int64
	MadeAt         time.Time
	MadeByAccount  int64
	MadeBy         string
	Steps          []ClaimStep
}

// ClaimStep is one thing that became of a claim.
type ClaimStep struct {
	Kind      string
	Amount    money.Cents
	On        calendar.Date
	Note      string
	At        time.Time
	ByAccount int64
	By        string
}

// Ref names the claim in the audit.
func (c Claim) Ref() audit.Ref { return audit.Ref{Kind: "recovery_claim", ID: c.No, Label: c.Number} }

// Back is what has come of it.
func (c Claim) Back() (sum money.Cents) {
	for _, s := range c.Steps {
		switch s.Kind {
		case Repaid:
			sum += s.Amount
		case Unpaid:
			sum -= s.Amount
		}
	}
	return sum
}

// Left is what is still asked: neither come, given up nor withdrawn.
func (c Claim) Left() money.Cents {
	left := c.Amount - c.Back()
	for _, s := range c.Steps {
		if s.Kind == WrittenOff || s.Kind == Withdrawn {
			left -= s.Amount
		}
	}
	return left
}

// State is open, late (open after its day), repaid, written_off or withdrawn, as of a day.
func (c Claim) State(today calendar.Date) string {
	switch {
	case c.Left() > 0 && today > c.DueOn:
		return "late"
	case c.Left() > 0:
		return "open"
	}
	for _, s := range slices.Backward(c.Steps) {
		if s.Kind != Unpaid {
			return s.Kind
		}
	}
	return Repaid
}

// ClaimInput asks a payee's whole debt back.
type ClaimInput struct {
	Organiser int32
	Provider  int64
	Amount    money.Cents // what the maker saw: PAY-022 when the debt is something else by now
	Due       calendar.Date
	Reason    string // on the letter
}

// ClaimBack asks a payee's carried debt back with an invoice: the debt leaves the carried account, so that no later run takes it off a
// second time, and a letter with a reference number is made. PAY-021 when there is no debt, PAY-024 when the organiser has no account that
// it could be paid to, PAY-037 while a run with the payee waits for its approval: what it carries may still change.
func ClaimBack(ctx context.Context, tx *postgres.Tx, by access.Actor, texts *i18n.Catalogue, in ClaimInput) (Claim, error) {
	if err := by.May(access.SettlementPrepare, in.Organiser); err != nil {
		return Claim{}, err
	}
	if _, err := lock(ctx, tx, in.Organiser); err != nil {
		return Claim{}, err
	}
	o, err := organiser.Get(ctx, tx, in.Organiser)
	if err != nil {
		return Claim{}, err
	}
	if err := claimable(ctx, tx, o, &in); err != nil {
		return Claim{}, err
	}
	c, err := newClaim(ctx, tx, by, o, in)
	if err != nil {
		return Claim{}, err
	}
	if c.Document, err = claimLetter(ctx, tx, texts, o, &c); err != nil {
		return Claim{}, err
	}
	err = db.New(tx).ClaimInsert(ctx, db.ClaimInsertParams{OrganiserID: c.Organiser, ClaimNo: c.No, ProviderID: c.Provider, Number: c.Number, MadeOn: c.MadeOn, AmountCents: c.Amount,
		Reference: c.Reference, DueOn: c.DueOn, Reason: c.Reason, PayeeName: c.Payee, PayerName: c.ToName, PayerIban: c.ToIBAN, DocumentID: c.Document, MadeAt: c.MadeAt,
		MadeByAccount: c.MadeByAccount, MadeBy: c.MadeBy})
	if err != nil {
		return Claim{}, fmt.Errorf("writing claim %s: %w", c.Number, err)
	}
	if err := ledger.Post(ctx, tx, c.Organiser, []ledger.Posting{claimMove(c, ledger.Claimed, ledger.Carried, c.Amount, c.MadeOn, 0)}); err != nil {
		return Claim{}, err
	}
	if err := audit.Write(ctx, tx, by, ActClaimed, c.Ref(), map[string]any{"provider": c.Provider, "cents": int64(c.Amount), "due": c.DueOn, "reason": c.Reason}); err != nil {
		return Claim{}, err
	}
	return c, tx.Outbox(ctx, postgres.Message{Organiser: c.Organiser, Topic: TopicClaimed, Dedup: fmt.Sprintf("statement.claimed:%d", c.No),
		Payload: Claimed{c.No, c.Provider, c.Document}})
}

func claimable(ctx context.Context, tx *postgres.Tx, o organiser.Organiser, in *ClaimInput) error {
	if in.Reason = strings.TrimSpace(in.Reason); in.Reason == "" {
		return errReason
	}
	if in.Due <= tx.Today() || in.Due > tx.Today().AddMonths(12) {
		return errClaimDue
	}
	if _, err := ident.ParseIBAN(o.PayerIBAN); err != nil {
		return errPayTo.Because(err)
	}
	q := db.New(tx)
	waiting, err := q.RunsWaitingWith(ctx, db.RunsWaitingWithParams{OrganiserID: in.Organiser, ProviderID: in.Provider})
	if err != nil {
		return fmt.Errorf("looking for runs of payee %d: %w", in.Provider, err)
	}
	if len(waiting) > 0 {
		return errWaits.With("key", waiting[0])
	}
	rows, err := q.CarriedBalances(ctx, db.CarriedBalancesParams{OrganiserID: in.Organiser, Providers: []int64{in.Provider}})
	if err != nil {
		return fmt.Errorf("reading what payee %d owes: %w", in.Provider, err)
	}
	switch {
	case len(rows) == 0 || rows[0].AmountCents >= 0:
		return errNoDebt
	case money.Cents(-rows[0].AmountCents) != in.Amount:
		return errDebtMoved.With("sum", money.Cents(-rows[0].AmountCents))
	}
	return nil
}

// newClaim numbers the claim: the number carries the organiser's letters, the reference its id, both the year and a series of their own.
func newClaim(ctx context.Context, tx *postgres.Tx, by access.Actor, o organiser.Organiser, in ClaimInput) (Claim, error) {
	year, _, _ := tx.Today().Civil()
	n, err := organiser.NextNumber(ctx, tx, o.ID, "claim", year)
	if err != nil {
		return Claim{}, err
	}
	ref, err := ident.NewReference(fmt.Sprintf("%d%04d9%06d", o.ID, year, n))
	if err != nil {
		return Claim{}, fmt.Errorf("reference of claim %d: %w", n, err)
	}
	no, err := db.New(tx).ClaimNext(ctx, o.ID)
	if err != nil {
		return Claim{}, fmt.Errorf("numbering a claim: %w", err)
	}
	return Claim{Organiser: o.ID, No: no, Provider: in.Provider, Number: fmt.Sprintf("%s-P%d-%06d", o.Prefix, year, n), MadeOn: tx.Today(), DueOn: in.Due, Amount: in.Amount,
		Reference: ref.String(), Reason: in.Reason, ToName: o.PayerName, ToIBAN: o.PayerIBAN, MadeAt: tx.Now(), MadeByAccount: by.Account, MadeBy: by.Name}, nil
}

func claimMove(c Claim, debit, credit int16, amount money.Cents, day calendar.Date, step int32) ledger.Posting {
	return ledger.Posting{Provider: c.Provider, Debit: debit, DebitRef: c.Provider, Credit: credit, CreditRef: c.Provider, Amount: amount,
		Bucket: ledger.Whole, ServiceDate: day, Source: ledger.FromClaim, SourceID: c.No, SourceStep: step}
}

// ClaimStepInput says what became of a claim.
type ClaimStepInput struct {
	Organiser int32
	No        int64
	Kind      string
	Amount    money.Cents   // of money that came or had not come; what is given up or withdrawn is all that is left
	On        calendar.Date // of money: the day the bank says
	Note      string        // needed but for money that came
}

// StepClaim records what became of a claim. Money is recorded by those who record payments; the rest is withdrawn by who prepares
// settlements, and given up by who approves them, never the maker of the claim (PAY-028).
func StepClaim(ctx context.Context, tx *postgres.Tx, by access.Actor, in ClaimStepInput) (Claim, error) {
	right, ok := map[string]access.Right{Repaid: access.PaymentMark, Unpaid: access.PaymentMark, WrittenOff: access.SettlementApprove, Withdrawn: access.SettlementPrepare}[in.Kind]
	if !ok {
		return Claim{}, errStep
	}
	if err := by.May(right, in.Organiser); err != nil {
		return Claim{}, err
	}
	if _, err := lock(ctx, tx, in.Organiser); err != nil {
		return Claim{}, err
	}
	c, err := oneClaim(ctx, tx, in.Organiser, in.No)
	if err != nil {
		return Claim{}, err
	}
	if err := c.take(&in, by, tx.Today()); err != nil {
		return Claim{}, err
	}
	no := int32(len(c.Steps) + 1)
	err = db.New(tx).ClaimStepInsert(ctx, db.ClaimStepInsertParams{OrganiserID: c.Organiser, ClaimNo: c.No, StepNo: no, ProviderID: c.Provider, Kind: in.Kind, AmountCents: in.Amount,
		OnDay: in.On, Note: in.Note, At: tx.Now(), ByAccount: by.Account, ByName: by.Name})
	if err != nil {
		return Claim{}, fmt.Errorf("claim %s: %s: %w", c.Number, in.Kind, err)
	}
	between := map[string][2]int16{Repaid: {ledger.Bank, ledger.Claimed}, Unpaid: {ledger.Claimed, ledger.Bank}, WrittenOff: {ledger.Lost, ledger.Claimed}, Withdrawn: {ledger.Carried, ledger.Claimed}}[in.Kind]
	if err := ledger.Post(ctx, tx, c.Organiser, []ledger.Posting{claimMove(c, between[0], between[1], in.Amount, in.On, no)}); err != nil {
		return Claim{}, err
	}
	err = audit.Write(ctx, tx, by, ActClaimStep, c.Ref(), map[string]any{"kind": in.Kind, "cents": int64(in.Amount), "on": in.On, "note": in.Note})
	if err != nil {
		return Claim{}, err
	}
	return oneClaim(ctx, tx, in.Organiser, in.No)
}

// take checks a step against the claim and fills what follows from it. Pure.
func (c Claim) take(in *ClaimStepInput, by access.Actor, today calendar.Date) error {
	if in.Note = strings.TrimSpace(in.Note); in.Note == "" && in.Kind != Repaid {
		return errReason
	}
	most := c.Left()
	switch in.Kind {
	case Unpaid:
		most = c.Back()
	case WrittenOff, Withdrawn:
		in.Amount, in.On = most, today
	}
	switch {
	case most <= 0:
		return errClaimed
	case in.Amount <= 0 || in.Amount > most:
		return errTooMuch.With("sum", most)
	case in.On < c.MadeOn || in.On > today:
		return errStepDay
	}
	if in.Kind == WrittenOff {
		if err := by.NotSame(c.MadeByAccount); err != nil {
			return errOwnClaim.Because(err)
		}
	}
	return nil
}

// Claims lists an organiser's claims, the newest first.
func Claims(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Claim, error) {
	if err := by.May(access.SettlementPreview, organiser); err != nil {
		return nil, err
	}
	return claims(ctx, tx, organiser, 0, 0)
}

// OneClaim reads a claim for the organiser or the payee; another's is as if it did not exist (PAY-025).
func OneClaim(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, no int64) (Claim, error) {
	if err := mayRead(by, organiser); err != nil {
		return Claim{}, err
	}
	c, err := oneClaim(ctx, tx, organiser, no)
	if err == nil && by.Role.Side() == access.ProviderSide && by.Provider != c.Provider {
		return Claim{}, ErrNoClaim
	}
	return c, err
}

func oneClaim(ctx context.Context, tx *postgres.Tx, organiser int32, no int64) (Claim, error) {
	list, err := claims(ctx, tx, organiser, 0, no)
	if err == nil && (len(list) != 1 || no == 0) {
		return Claim{}, ErrNoClaim
	}
	if err != nil {
		return Claim{}, err
	}
	return list[0], nil
}

// ClaimsOfProvider lists what organisers have asked a payee back, the newest first; the transaction has the payee's scope.
func ClaimsOfProvider(ctx context.Context, tx *postgres.Tx, by access.Actor) ([]Claim, error) {
	if !by.Can(access.SettlementRead) || by.Provider == 0 {
		return nil, access.ErrForbidden
	}
	list, err := claims(ctx, tx, 0, by.Provider, 0)
	if err != nil {
		return nil, err
	}
	for i := range list {
		o, err := organiser.Get(ctx, tx, list[i].Organiser)
		if err != nil {
			return nil, err
		}
		list[i].OrganiserNames = o.Names
	}
	return list, nil
}

func claims(ctx context.Context, tx *postgres.Tx, organiser int32, provider, no int64) ([]Claim, error) {
	q := db.New(tx)
	rows, err := q.Claims(ctx, db.ClaimsParams{OrganiserID: organiser, ProviderID: provider, ClaimNo: no})
	if err != nil {
		return nil, fmt.Errorf("reading claims: %w", err)
	}
	steps, err := q.ClaimSteps(ctx, db.ClaimStepsParams{OrganiserID: organiser, ProviderID: provider, ClaimNo: no})
	if err != nil {
		return nil, fmt.Errorf("reading steps of claims: %w", err)
	}
	type key struct {
		organiser int32
		no        int64
	}
	became := map[key][]ClaimStep{}
	for _, s := range steps {
		k := key{s.OrganiserID, s.ClaimNo}
		became[k] = append(became[k], ClaimStep{s.Kind, s.AmountCents, s.OnDay, s.Note, s.At, s.ByAccount, s.ByName})
	}
	out := make([]Claim, len(rows))
	for i, r := range rows {
		out[i] = Claim{Organiser: r.OrganiserID, No: r.ClaimNo, Provider: r.ProviderID, Payee: r.PayeeName, Number: r.Number, MadeOn: r.MadeOn, DueOn: r.DueOn, Amount: r.AmountCents,
			Reference: r.Reference, Reason: r.Reason, ToName: r.PayerName, ToIBAN: r.PayerIban, Document: r.DocumentID, MadeAt: r.MadeAt, MadeByAccount: r.MadeByAccount, MadeBy: r.MadeBy, Steps: became[key{r.OrganiserID, r.ClaimNo}]}
	}
	return out, nil
}
