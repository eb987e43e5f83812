package event

import (
	"cmp"
	"context"
	"errors"

	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/gather"
	"seteli/platform/postgres"
)

// Desk gathers what waits for one organiser and records it together: one transaction, one set of queries, and each caller
// gets its own answer. Sixty-four callers on one voucher then queue in memory instead of on the balance row.
//
// A desk is one per process; several processes are safe, because the locks of Record decide.
type Desk struct {
	db    *postgres.DB
	queue *gather.Queue[int32, Submission, []Verdict]
}

// NewDesk gives a desk over the database.
func NewDesk(db *postgres.DB) *Desk {
	d := &Desk{db: db}
	d.queue = gather.New(gathered, d.together)
	return d
}

// gathered is the most submissions that are recorded together.
const gathered = 128

// Record hands one submission to the desk and waits for its verdicts. When the caller's context ends first, the answer is
// lost and the result open: the same references give the first answer again.
func (d *Desk) Record(ctx context.Context, organiser int32, sub Submission) ([]Verdict, error) {
	if len(sub.Lines) > gathered { // a file has the transaction to itself
		return d.alone(ctx, organiser, sub)
	}
	sub.Request = cmp.Or(sub.Request, audit.Request(ctx)) // what is gathered runs under another's context
	verdicts, err := d.queue.Do(ctx, organiser, sub)
	if err != nil && errors.Is(err, ctx.Err()) {
		return nil, errGone.Because(err)
	}
	return verdicts, err
}

var errGone = fault.New(fault.Unavailable, "EVT-020", "event.answer_lost")

func (d *Desk) alone(ctx context.Context, organiser int32, sub Submission) ([]Verdict, error) {
	verdicts, err := d.together(ctx, organiser, []Submission{sub})
	if err != nil {
		return nil, err
	}
	return verdicts[0], nil
}

// together records in one transaction. A reference that somebody stored in the same moment is found at the next try.
func (d *Desk) together(ctx context.Context, organiser int32, subs []Submission) (verdicts [][]Verdict, err error) {
	for range 5 {
		err = d.db.Tenant(ctx, access.Within{Organiser: organiser}, func(tx *postgres.Tx) (err error) {
			verdicts, err = Record(ctx, tx, organiser, subs)
			return err
		})
		if !errors.Is(err, errRaced) {
			return verdicts, err
		}
	}
	return nil, err
}

// DryRun gives the verdicts that Record would give now and stores nothing ("could I bill this?").
func (d *Desk) DryRun(ctx context.Context, organiser int32, sub Submission) ([]Verdict, error) {
	var verdicts [][]Verdict
	err := d.db.Tenant(ctx, access.Within{Organiser: organiser}, func(tx *postgres.Tx) (err error) {
		if verdicts, err = Preview(ctx, tx, organiser, []Submission{sub}); err != nil {
			return err
		}
		return errDry
	})
	if !errors.Is(err, errDry) {
		return nil, err
	}
	return verdicts[0], nil
}

// errDry rolls a dry run back.
var errDry = errors.New("dry run")
