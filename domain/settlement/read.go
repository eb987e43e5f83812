package settlement

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/domain/settlement/db"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Get reads a run with its steps.
func Get(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, run int64) (Run, error) {
	if err := mayRead(by, organiser); err != nil {
		return Run{}, err
	}
	return get(ctx, tx, organiser, run)
}

func get(ctx context.Context, tx *postgres.Tx, organiser int32, no int64) (Run, error) {
	q := db.New(tx)
	r, err := q.RunGet(ctx, db.RunGetParams{OrganiserID: organiser, RunNo: no})
	if errors.Is(err, pgx.ErrNoRows) {
		return Run{}, ErrUnknown
	}
	if err != nil {
		return Run{}, fmt.Errorf("reading run %d: %w", no, err)
	}
	run := fromRun(db.RunListRow(r))
	rows, err := q.StepsOf(ctx, db.StepsOfParams{OrganiserID: organiser, RunNo: no})
	if err != nil {
		return Run{}, fmt.Errorf("reading the steps of run %d: %w", no, err)
	}
	for _, s := range rows {
		run.Steps = append(run.Steps, Step{int(s.StepNo), State(s.State), s.At, s.ByAccount, s.ByName, s.Note})
	}
	return run, nil
}

func fromRun(r db.RunListRow) Run {
	return Run{Organiser: r.OrganiserID, No: r.RunNo, Key: r.RunKey, AsOf: r.AsOf, PreparedByAccount: r.PreparedByAccount, PreparedBy: r.PreparedBy,
		Payees: int(r.ProviderCount), Lines: r.LineCount, Gross: r.GrossCents, Credit: r.CreditCents, Pay: r.PayCents, Hash: r.LinesHash, State: State(r.State)}
}

// List gives the organiser's runs, newest first, without their steps.
func List(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, most int) ([]Run, error) {
	if err := mayRead(by, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).RunList(ctx, db.RunListParams{OrganiserID: organiser, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("listing runs: %w", err)
	}
	out := make([]Run, len(rows))
	for i, r := range rows {
		out[i] = fromRun(r)
	}
	return out, nil
}

// Statements gives all statements of a run by payee.
func Statements(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, run int64) ([]Statement, error) {
	if err := mayRead(by, organiser); err != nil {
		return nil, err
	}
	return ofRun(ctx, tx, organiser, run, 0)
}

func ofRun(ctx context.Context, tx *postgres.Tx, organiser int32, run, provider int64) ([]Statement, error) {
	rows, err := db.New(tx).StatementsOfRun(ctx, db.StatementsOfRunParams{OrganiserID: organiser, RunNo: run, Provider: provider})
	if err != nil {
		return nil, fmt.Errorf("reading statements of run %d: %w", run, err)
	}
	out := make([]Statement, len(rows))
	for i, r := range rows {
		out[i] = Statement{Organiser: r.OrganiserID, Run: r.RunNo, Provider: r.ProviderID, Number: r.StatementNo, AsOf: r.AsOf, Lines: r.LineCount,
			Gross: r.GrossCents, Credit: r.CreditCents, Carried: r.CarriedCents, Net: r.NetCents, Disposition: Disposition(r.Disposition), HoldCode: r.HoldCode,
			HoldReason: r.HoldReason, Hash: r.LinesHash, PayeeName: r.PayeeName, PayeeIBAN: r.PayeeIban, Reference: r.Reference, DueOn: r.DueOn,
			SupplierNumber: r.SupplierNumber, State: PayeeState(r.PayeeState), StateAt: r.PayeeAt, StateNote: r.PayeeNote, Document: r.DocumentID}
	}
	return out, nil
}

// OneStatement reads the statement of one payee in one run. A provider sees its own, from the approval of the run on.
func OneStatement(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, run, provider int64) (Statement, error) {
	if err := mayRead(by, organiser); err != nil {
		return Statement{}, err
	}
	outsider := by.Role.Side() == access.ProviderSide
	if outsider && by.Provider != provider {
		return Statement{}, ErrUnknown
	}
	list, err := ofRun(ctx, tx, organiser, run, provider)
	if err != nil {
		return Statement{}, err
	}
	if len(list) != 1 || outsider && (list[0].State == PayeeCalculated || list[0].State == PayeeUndone) {
		return Statement{}, ErrUnknown
	}
	return list[0], nil
}

// StatementsOfProvider lists the payee's statements over all organisers (0) or of one, newest first, from the approval on.
func StatementsOfProvider(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, provider int64, most int) ([]Statement, error) {
	if err := mayRead(by, organiser); err != nil {
		return nil, err
	}
	if by.Role.Side() == access.ProviderSide && by.Provider != provider {
		return nil, ErrUnknown
	}
	rows, err := db.New(tx).StatementsOfProvider(ctx, db.StatementsOfProviderParams{ProviderID: provider, Organiser: organiser, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("listing statements of provider %d: %w", provider, err)
	}
	out := make([]Statement, len(rows))
	for i, r := range rows {
		out[i] = Statement{Organiser: r.OrganiserID, OrganiserNames: i18n.Names{Fi: r.NameFi, Sv: r.NameSv, En: r.NameEn}, Run: r.RunNo, Provider: r.ProviderID,
			Number: r.StatementNo, AsOf: r.AsOf, Lines: r.LineCount, Gross: r.GrossCents, Credit: r.CreditCents, Carried: r.CarriedCents, Net: r.NetCents,
			Disposition: Disposition(r.Disposition), HoldCode: r.HoldCode, HoldReason: r.HoldReason, Hash: r.LinesHash, PayeeName: r.PayeeName, PayeeIBAN: r.PayeeIban,
			Reference: r.Reference, DueOn: r.DueOn, SupplierNumber: r.SupplierNumber, State: PayeeState(r.PayeeState), StateAt: r.PayeeAt, StateNote: r.PayeeNote, Document: r.DocumentID}
	}
	return out, nil
}

// PeriodsOf gives the sealed periods that a statement covers.
func PeriodsOf(ctx context.Context, tx *postgres.Tx, organiser int32, run, provider int64) ([]int32, error) {
	numbers, err := db.New(tx).PeriodsOf(ctx, db.PeriodsOfParams{OrganiserID: organiser, RunNo: run, ProviderID: provider})
	if err != nil {
		return nil, fmt.Errorf("reading periods of provider %d in run %d: %w", provider, run, err)
	}
	return numbers, nil
}

// Before gives each payee's delivered net (gross − credit) in its last live statement before the run, for comparison.
// A run number beyond the last one gives the newest.
func Before(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, run int64) (map[int64]money.Cents, error) {
	if err := mayRead(by, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).NetsBefore(ctx, db.NetsBeforeParams{OrganiserID: organiser, RunNo: run})
	if err != nil {
		return nil, fmt.Errorf("reading statements before run %d: %w", run, err)
	}
	out := make(map[int64]money.Cents, len(rows))
	for _, r := range rows {
		out[r.ProviderID] = r.GrossCents - r.CreditCents
	}
	return out, nil
}

// EventStates tells what settlement has made of payees' periods, in one query: PayeeCalculated, PayeeSettled or PayeePaid.
// A key that is missing from the answer is in no live run. An event reads Tilitetty when its period is settled and Maksettu
// when paid; a refund waits (Odottaa hyvitystä) until the period of its own posting is Credited (Hyvitetty).
// Works under the organiser's scope and, for its own periods, under a provider's.
func EventStates(ctx context.Context, tx *postgres.Tx, organiser int32, keys []ledger.Sealed) (map[ledger.Sealed]PayeeState, error) {
	out := make(map[ledger.Sealed]PayeeState, len(keys))
	if len(keys) == 0 {
		return out, nil
	}
	a := db.PeriodStatesParams{OrganiserID: organiser}
	seen := make(map[ledger.Sealed]bool, len(keys))
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			a.Providers, a.Numbers = append(a.Providers, k.Provider), append(a.Numbers, k.Period)
		}
	}
	rows, err := db.New(tx).PeriodStates(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("reading states of %d periods: %w", len(keys), err)
	}
	for _, r := range rows {
		out[ledger.Sealed{Provider: r.ProviderID, Period: r.PeriodNo}] = PayeeState(r.State)
	}
	return out, nil
}

// Credited tells whether a refund whose posting is in a period of this state has been netted in an approved run.
func (s PayeeState) Credited() bool { return s == PayeeSettled || s == PayeePaid }
