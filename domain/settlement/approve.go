package settlement

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"seteli/domain/ledger"
	"seteli/domain/settlement/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// TopicApproved is the outbox topic of an approved run; its receiver (Deliver) makes the statements' letters.
const TopicApproved = "settlement.approved"

// Named is the payload of TopicApproved.
type Named struct {
	Run int64 `json:"run"`
}

// Approve accepts a calculated run. Another person than who prepared it (PAY-009), freshly signed in. The run is recomputed from
// the ledger first: PAY-010 when they differ, and then nothing leaves.
func Approve(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, no int64) (Run, error) {
	if err := by.MayNow(access.SettlementApprove, organiser, tx.Now()); err != nil {
		return Run{}, err
	}
	run, err := locked(ctx, tx, organiser, no, Calculated)
	if err != nil {
		return Run{}, err
	}
	if err := by.NotSame(run.PreparedByAccount); err != nil {
		return Run{}, ErrOwnRun.Because(err)
	}
	if err := recheck(ctx, tx, run); err != nil {
		return Run{}, err
	}
	if err := step(ctx, tx, by, run, last(run), Approved, PayeeSettled, nil, ""); err != nil {
		return Run{}, err
	}
	if err := audit.Write(ctx, tx, by, ActApproved, run.Ref(), map[string]any{"pay_cents": int64(run.Pay), "hash": fmt.Sprintf("%x", run.Hash)}); err != nil {
		return Run{}, err
	}
	err = tx.Outbox(ctx, postgres.Message{Organiser: organiser, Topic: TopicApproved, Dedup: fmt.Sprintf("settlement.approved:%d", run.No), Payload: Named{run.No}})
	if err != nil {
		return Run{}, err
	}
	return get(ctx, tx, organiser, no)
}

// locked queues for the organiser's runs and refuses with PAY-012 unless the run is in one of the states.
func locked(ctx context.Context, tx *postgres.Tx, organiser int32, no int64, states ...State) (Run, error) {
	if _, err := lock(ctx, tx, organiser); err != nil {
		return Run{}, err
	}
	run, err := get(ctx, tx, organiser, no)
	if err != nil {
		return Run{}, err
	}
	for _, s := range states {
		if run.State == s {
			return run, nil
		}
	}
	return Run{}, ErrState.With("state", string(run.State)).With("run", run.No)
}

func last(run Run) int { return run.Steps[len(run.Steps)-1].No }

// recheck compares the statements with what their sealed periods hold now, line by line through the hash, and the run with its statements.
func recheck(ctx context.Context, tx *postgres.Tx, run Run) error {
	list, differences, err := recompute(ctx, tx, run.Organiser, run.No)
	if err != nil {
		return err
	}
	if len(differences) > 0 {
		return ErrSums.With("run", run.No)
	}
	return whole(run, list)
}

// whole is PAY-010 unless the statements are those that the run's sums and hash were made of.
func whole(run Run, list []Statement) error {
	sum := Run{}
	total(&sum, list)
	if sum.Payees != run.Payees || sum.Lines != run.Lines || sum.Gross != run.Gross || sum.Credit != run.Credit || sum.Pay != run.Pay || !bytes.Equal(sum.Hash, run.Hash) {
		return ErrSums.With("run", run.No)
	}
	return nil
}

// recompute reads a run's statements and tells which of them the ledger sums or hashes otherwise. Sealed periods do not
// change, so nothing may differ, in an undone run neither.
func recompute(ctx context.Context, tx *postgres.Tx, organiser int32, no int64) (list []Statement, out []ledger.Difference, err error) {
	rows, err := db.New(tx).PeriodsOfRun(ctx, db.PeriodsOfRunParams{OrganiserID: organiser, RunNo: no})
	if err != nil {
		return nil, nil, fmt.Errorf("reading periods of run %d: %w", no, err)
	}
	periods := make([]ledger.Sealed, len(rows))
	for i, r := range rows {
		periods[i] = ledger.Sealed{Provider: r.ProviderID, Period: r.PeriodNo}
	}
	sums, err := ledger.Sums(ctx, tx, organiser, periods)
	if err != nil {
		return nil, nil, err
	}
	facts := make(map[int64]ledger.Sum, len(sums))
	for _, s := range sums {
		facts[s.Provider] = s
	}
	if list, err = ofRun(ctx, tx, organiser, no, 0); err != nil {
		return nil, nil, err
	}
	for _, s := range list {
		f := conclude(payee{Provider: s.Provider}, facts[s.Provider], s.Carried, terms{})
		if f.Lines != s.Lines || f.Gross != s.Gross || f.Credit != s.Credit || f.Net != s.Net || !bytes.Equal(f.Hash, s.Hash) {
			out = append(out, ledger.Difference{What: fmt.Sprintf("statement %s of run %d, payee %d", s.Number, no, s.Provider),
				Stored: fmt.Sprintf("%d lines, %s − %s, hash %x", s.Lines, s.Gross, s.Credit, s.Hash),
				Facts:  fmt.Sprintf("%d lines, %s − %s, hash %x", f.Lines, f.Gross, f.Credit, f.Hash)})
		}
	}
	return list, out, nil
}

// UndoInput takes a run back before its payment file is made.
type UndoInput struct {
	Organiser int32
	Run       int64
	Reason    string
}

// Undo takes back a calculated or approved run: its movements are reversed and its periods fall to the next run, its slot is
// free again. A run that a later one stands on is refused (PAY-016). A calculated run is undone by preparer or approver, an
// approved one by an approver who may release.
func Undo(ctx context.Context, tx *postgres.Tx, by access.Actor, in UndoInput) (Run, error) {
	in.Reason = strings.TrimSpace(in.Reason)
	if err := by.May(access.SettlementRead, in.Organiser); err != nil {
		return Run{}, err
	}
	if in.Reason == "" {
		return Run{}, errReason
	}
	run, err := locked(ctx, tx, in.Organiser, in.Run, Calculated, Approved)
	if err != nil {
		return Run{}, err
	}
	if err := mayUndo(by, run); err != nil {
		return Run{}, err
	}
	q := db.New(tx)
	later, err := q.RunsAfter(ctx, db.RunsAfterParams{OrganiserID: in.Organiser, RunNo: in.Run})
	if err != nil {
		return Run{}, fmt.Errorf("looking for runs after %d: %w", in.Run, err)
	}
	if later > 0 {
		return Run{}, errLaterRun
	}
	if err := q.RunReverse(ctx, db.RunReverseParams{OrganiserID: in.Organiser, RunNo: in.Run, At: tx.Now()}); err != nil {
		return Run{}, fmt.Errorf("reversing run %d: %w", in.Run, err)
	}
	if err := step(ctx, tx, by, run, last(run), Undone, PayeeUndone, nil, in.Reason); err != nil {
		return Run{}, err
	}
	if err := audit.Write(ctx, tx, by, ActUndone, run.Ref(), map[string]any{"reason": in.Reason, "was": run.State}); err != nil {
		return Run{}, err
	}
	return get(ctx, tx, in.Organiser, in.Run)
}

func mayUndo(by access.Actor, run Run) error {
	if run.State == Approved {
		return by.May(access.SettlementRelease, run.Organiser)
	}
	err := by.May(access.SettlementPrepare, run.Organiser)
	if errors.Is(err, access.ErrForbidden) {
		return by.May(access.SettlementApprove, run.Organiser)
	}
	return err
}

// DemandSupplierNumbers sets whether the organiser pays only payees that have a supplier number.
func DemandSupplierNumbers(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, needed bool) error {
	if err := by.May(access.OrganiserEdit, organiser); err != nil {
		return err
	}
	err := db.New(tx).SettingPut(ctx, db.SettingPutParams{OrganiserID: organiser, Needed: needed, At: tx.Now(), ByName: by.Name})
	if err != nil {
		return fmt.Errorf("setting the demand of supplier numbers: %w", err)
	}
	return audit.Write(ctx, tx, by, ActDemand, audit.Ref{Kind: "organiser", ID: int64(organiser)}, map[string]any{"needed": needed})
}
