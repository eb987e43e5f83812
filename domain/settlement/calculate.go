package settlement

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/domain/organiser"
	"seteli/domain/settlement/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// CalculateInput asks for a run.
type CalculateInput struct {
	Organiser int32
	Key       string  // calendar slot: month 2026-12, week 2026-W49 or day 2026-12-15 (on demand)
	Providers []int64 // only these payees; empty = all that have something
}

// Calculate makes the run of a slot: seals the payees' open periods, makes a statement for each payee that has lines or
// something carried, and posts what moves. PAY-005 when the slot has a live run (value run), PAY-013 when there is nothing.
//
// The transaction must be READ COMMITTED (postgres.Tenant). Under a snapshot the sums would be read as of a moment before
// the seal, and a delivery that was committed while the seal waited for its lock would be sealed and yet in no statement.
// What is summed is sealed and can no longer change, and runs of one organiser queue on its row, so nothing else is needed.
func Calculate(ctx context.Context, tx *postgres.Tx, by access.Actor, in CalculateInput) (Run, error) {
	if err := by.May(access.SettlementPrepare, in.Organiser); err != nil {
		return Run{}, err
	}
	run, _, err := calculate(ctx, tx, by, in)
	if err != nil {
		return Run{}, err
	}
	return run, audit.Write(ctx, tx, by, ActCalculated, run.Ref(), map[string]any{"key": run.Key, "payees": run.Payees, "lines": run.Lines,
		"gross_cents": int64(run.Gross), "credit_cents": int64(run.Credit), "pay_cents": int64(run.Pay), "providers": in.Providers})
}

// Forecast is a run as it would be now.
type Forecast struct {
	Run        Run
	Statements []Statement
}

// Preview makes the run and takes it back: the same code, nothing left behind. Recording for the payees waits meanwhile.
func Preview(ctx context.Context, tx *postgres.Tx, by access.Actor, in CalculateInput) (Forecast, error) {
	if err := by.May(access.SettlementPreview, in.Organiser); err != nil {
		return Forecast{}, err
	}
	if _, err := tx.Exec(ctx, "savepoint preview"); err != nil {
		return Forecast{}, fmt.Errorf("starting a preview: %w", err)
	}
	run, list, err := calculate(ctx, tx, by, in)
	if err != nil {
		return Forecast{}, err
	}
	if _, err := tx.Exec(ctx, "rollback to savepoint preview"); err != nil {
		return Forecast{}, fmt.Errorf("taking a preview back: %w", err)
	}
	return Forecast{run, list}, nil
}

func calculate(ctx context.Context, tx *postgres.Tx, by access.Actor, in CalculateInput) (Run, []Statement, error) {
	if err := checkKey(in.Key, tx.Today()); err != nil {
		return Run{}, nil, err
	}
	if in.Providers == nil {
		in.Providers = []int64{}
	}
	q := db.New(tx)
	t, err := lock(ctx, tx, in.Organiser)
	if err != nil {
		return Run{}, nil, err
	}
	if err := slotFree(ctx, q, in); err != nil {
		return Run{}, nil, err
	}
	periods, err := sealed(ctx, tx, in)
	if err != nil {
		return Run{}, nil, err
	}
	list, err := statements(ctx, tx, in, t, periods)
	if err != nil {
		return Run{}, nil, err
	}
	if len(list) == 0 {
		return Run{}, nil, ErrNothing
	}
	run, err := store(ctx, tx, by, in, t.Day, list, periods)
	return run, list, err
}

// lock queues the acts on an organiser's runs and gives its terms.
func lock(ctx context.Context, tx *postgres.Tx, org int32) (terms, error) {
	row, err := db.New(tx).OrganiserLock(ctx, org)
	if errors.Is(err, pgx.ErrNoRows) {
		return terms{}, organiser.ErrUnknown
	}
	if err != nil {
		return terms{}, fmt.Errorf("locking the runs of organiser %d: %w", org, err)
	}
	if row.Isolation != "read committed" {
		return terms{}, errIsolation.With("isolation", row.Isolation)
	}
	return terms{Prefix: row.VoucherPrefix, TermDays: int(row.PaymentTermDays), SupplierNeeded: row.SupplierNumberNeeded, Day: tx.Today()}, nil
}

func slotFree(ctx context.Context, q *db.Queries, in CalculateInput) error {
	live, err := q.SlotLive(ctx, db.SlotLiveParams{OrganiserID: in.Organiser, RunKey: in.Key})
	if err != nil {
		return fmt.Errorf("looking for the run of %s: %w", in.Key, err)
	}
	if len(live) > 0 {
		return ErrSlotTaken.With("key", in.Key).With("run", live[0])
	}
	return nil
}

// sealed closes the open periods that hold lines and gives all that wait for a run, also those an undone run set free.
func sealed(ctx context.Context, tx *postgres.Tx, in CalculateInput) ([]ledger.Sealed, error) {
	q := db.New(tx)
	payees, err := q.PayeesWithOpenLines(ctx, db.PayeesWithOpenLinesParams{OrganiserID: in.Organiser, Providers: in.Providers})
	if err != nil {
		return nil, fmt.Errorf("looking for payees with lines: %w", err)
	}
	if len(payees) > 0 { // an empty list would seal everybody
		if _, err := ledger.Seal(ctx, tx, in.Organiser, payees); err != nil {
			return nil, err
		}
	}
	rows, err := q.PeriodsWaiting(ctx, db.PeriodsWaitingParams{OrganiserID: in.Organiser, Providers: in.Providers})
	if err != nil {
		return nil, fmt.Errorf("listing sealed periods: %w", err)
	}
	out := make([]ledger.Sealed, len(rows))
	for i, r := range rows {
		out[i] = ledger.Sealed{Provider: r.ProviderID, Period: r.PeriodNo}
	}
	return out, nil
}

// statements reads sums, carried amounts and payees in one query each, and concludes.
func statements(ctx context.Context, tx *postgres.Tx, in CalculateInput, t terms, periods []ledger.Sealed) ([]Statement, error) {
	sums, err := ledger.Sums(ctx, tx, in.Organiser, periods)
	if err != nil {
		return nil, err
	}
	q := db.New(tx)
	rows, err := q.CarriedBalances(ctx, db.CarriedBalancesParams{OrganiserID: in.Organiser, Providers: in.Providers})
	if err != nil {
		return nil, fmt.Errorf("reading what is carried: %w", err)
	}
	carried := make(map[int64]money.Cents, len(rows))
	ids := make([]int64, 0, len(sums)+len(rows))
	for _, r := range rows {
		carried[r.ProviderID] = money.Cents(r.AmountCents)
		ids = append(ids, r.ProviderID)
	}
	for _, s := range sums {
		ids = append(ids, s.Provider)
	}
	slices.Sort(ids)
	payees, err := payeeFacts(ctx, q, in.Organiser, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	return concludeAll(payees, sums, carried, t), nil
}

func payeeFacts(ctx context.Context, q *db.Queries, org int32, ids []int64) ([]payee, error) {
	facts, err := q.PayeeFacts(ctx, db.PayeeFactsParams{OrganiserID: org, Providers: ids})
	if err != nil {
		return nil, fmt.Errorf("reading %d payees: %w", len(ids), err)
	}
	if len(facts) != len(ids) {
		return nil, fmt.Errorf("organiser %d: %d of %d payees are in the register", org, len(facts), len(ids))
	}
	out := make([]payee, len(facts))
	for i, f := range facts {
		out[i] = payee{Provider: f.ProviderID, Name: f.Name, IBAN: f.PayeeIban, SupplierNumber: f.SupplierNumber, HoldReason: f.HoldReason, AccountRefused: f.AccountRefused}
		if f.PaymentTermDays != nil {
			days := int(*f.PaymentTermDays)
			out[i].Term = &days
		}
	}
	return out, nil
}

// store numbers and writes the run: rows and postings by arrays, however many payees there are.
func store(ctx context.Context, tx *postgres.Tx, by access.Actor, in CalculateInput, day calendar.Date, list []Statement, periods []ledger.Sealed) (Run, error) {
	q := db.New(tx)
	next, err := q.RunNext(ctx, db.RunNextParams{OrganiserID: in.Organiser, RunKey: in.Key})
	if err != nil {
		return Run{}, fmt.Errorf("numbering the run of %s: %w", in.Key, err)
	}
	run := Run{Organiser: in.Organiser, No: next.RunNo, Key: in.Key, AsOf: tx.Now(), PreparedByAccount: by.Account, PreparedBy: by.Name, State: Calculated,
		Steps: []Step{{No: 1, State: Calculated, At: tx.Now(), ByAccount: by.Account, By: by.Name}}}
	if err := numbered(ctx, tx, run, list, day); err != nil {
		return Run{}, err
	}
	total(&run, list)
	err = q.RunInsert(ctx, db.RunInsertParams{OrganiserID: run.Organiser, RunNo: run.No, RunKey: run.Key, AsOf: run.AsOf, PreparedByAccount: run.PreparedByAccount,
		PreparedBy: run.PreparedBy, ProviderCount: int32(run.Payees), LineCount: run.Lines, GrossCents: run.Gross, CreditCents: run.Credit, PayCents: run.Pay, LinesHash: run.Hash})
	if err != nil {
		return Run{}, fmt.Errorf("writing run %s: %w", run.Key, err)
	}
	if err := q.SlotInsert(ctx, db.SlotInsertParams{OrganiserID: run.Organiser, RunKey: run.Key, Attempt: next.Attempt, RunNo: run.No}); err != nil {
		return Run{}, fmt.Errorf("taking slot %s: %w", run.Key, err)
	}
	if err := writeStatements(ctx, q, run, list, periods); err != nil {
		return Run{}, err
	}
	last := map[int64]int32{}
	for _, p := range periods { // in order: the newest stays
		last[p.Provider] = p.Period
	}
	if err := ledger.Post(ctx, tx, run.Organiser, movements(run.No, list, last, day)); err != nil {
		return Run{}, err
	}
	return run, step(ctx, tx, by, run, 0, Calculated, PayeeCalculated, nil, "")
}

func numbered(ctx context.Context, tx *postgres.Tx, run Run, list []Statement, day calendar.Date) error {
	year, _, _ := day.Civil()
	first, err := organiser.NextNumbers(ctx, tx, run.Organiser, "statement", year, int64(len(list)))
	if err != nil {
		return err
	}
	o, err := organiser.Get(ctx, tx, run.Organiser)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Organiser, list[i].Run, list[i].AsOf = run.Organiser, run.No, run.AsOf
	}
	return number(list, run.Organiser, terms{Prefix: o.Prefix, Day: day}, first)
}

func writeStatements(ctx context.Context, q *db.Queries, run Run, list []Statement, periods []ledger.Sealed) error {
	a := db.StatementsInsertParams{OrganiserID: run.Organiser, RunNo: run.No, AsOf: run.AsOf}
	has := make(map[int64]bool, len(list))
	for _, s := range list {
		has[s.Provider] = true
		a.Providers, a.Numbers, a.Lines = append(a.Providers, s.Provider), append(a.Numbers, s.Number), append(a.Lines, s.Lines)
		a.Gross, a.Credits = append(a.Gross, int64(s.Gross)), append(a.Credits, int64(s.Credit))
		a.Carried, a.Nets = append(a.Carried, int64(s.Carried)), append(a.Nets, int64(s.Net))
		a.Dispositions, a.HoldCodes, a.HoldReasons = append(a.Dispositions, string(s.Disposition)), append(a.HoldCodes, s.HoldCode), append(a.HoldReasons, s.HoldReason)
		a.Hashes, a.Names, a.Ibans = append(a.Hashes, s.Hash), append(a.Names, s.PayeeName), append(a.Ibans, s.PayeeIBAN)
		a.Refs, a.Dues, a.Suppliers = append(a.Refs, s.Reference), append(a.Dues, s.DueOn), append(a.Suppliers, s.SupplierNumber)
	}
	if err := q.StatementsInsert(ctx, a); err != nil {
		return fmt.Errorf("writing %d statements of run %s: %w", len(list), run.Key, err)
	}
	p := db.StatementPeriodsInsertParams{OrganiserID: run.Organiser, RunNo: run.No}
	for _, s := range periods {
		if has[s.Provider] { // a period without lines belongs to nobody yet
			p.Providers, p.Numbers = append(p.Providers, s.Provider), append(p.Numbers, s.Period)
		}
	}
	if err := q.StatementPeriodsInsert(ctx, p); err != nil {
		return fmt.Errorf("writing periods of run %s: %w", run.Key, err)
	}
	return nil
}

// step writes the run's next step (none when state is "") and that of the named payees, all when none is named.
func step(ctx context.Context, tx *postgres.Tx, by access.Actor, run Run, after int, state State, payees PayeeState, providers []int64, note string) error {
	q := db.New(tx)
	if state != "" {
		err := q.RunStepInsert(ctx, db.RunStepInsertParams{OrganiserID: run.Organiser, RunNo: run.No, StepNo: int32(after + 1), State: string(state), At: tx.Now(),
			ByAccount: by.Account, ByName: by.Name, Note: note})
		if err != nil {
			return fmt.Errorf("run %d becomes %s: %w", run.No, state, err)
		}
	}
	if payees == "" {
		return nil
	}
	if providers == nil {
		providers = []int64{}
	}
	_, err := q.PayeeStepsInsert(ctx, db.PayeeStepsInsertParams{OrganiserID: run.Organiser, RunNo: run.No, State: string(payees), At: tx.Now(), ByName: by.Name, Note: note, Providers: providers})
	if err != nil {
		return fmt.Errorf("payees of run %d become %s: %w", run.No, payees, err)
	}
	return nil
}
