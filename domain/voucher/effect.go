package voucher

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Effect is what a rulebook version would change in the living vouchers of its service, computed and not stored: how many contents of
// how many vouchers would be worth more, less or nothing, and by how much a unit.
type Effect struct {
	From                    calendar.Date // first day of the new values
	Vouchers, Changed       int           // living vouchers, and those of them that would change
	Lines                   int           // contents of the living vouchers
	Raised, Lowered, Banded int           // contents: worth more, worth less, another value only by time of day or by fee
	Lost                    int           // contents: the client would not be entitled to a voucher
	Kept                    int           // contents: a value of their own begins later, so that this version does not touch them
	Unknown                 int           // contents that the version has no value for, or that it cannot compute
	Lowest, Highest         money.Cents   // smallest and greatest change of a unit's value among Raised and Lowered
	Sum                     money.Cents   // changes of a unit's value together, for the average
}

// EffectOf asks what a version, a draft for instance, would change from its first day on; from tomorrow when it has begun. It reads
// all vouchers in one statement, tells counts only and so names no client.
func EffectOf(ctx context.Context, tx *postgres.Tx, by access.Actor, models rulebook.Models, book rulebook.Rulebook) (Effect, error) {
	if err := by.May(access.VoucherRead, book.Organiser); err != nil {
		return Effect{}, err
	}
	e := Effect{From: max(book.ValidFrom, tx.Today()+1)}
	rows, err := db.New(tx).BulkCandidates(ctx, db.BulkCandidatesParams{OrganiserID: book.Organiser, ServiceID: book.Service, Today: tx.Today()})
	if err != nil {
		return e, fmt.Errorf("reading the vouchers of service %d: %w", book.Service, err)
	}
	in, means := BulkInput{Organiser: book.Organiser, Service: book.Service, Kind: Revalue, From: e.From}, Means{Models: models}
	living, changed := map[int64]bool{}, map[int64]bool{}
	for _, r := range rows {
		if r.ValidTo <= e.From {
			continue // over before the version begins
		}
		after, _, changes, refusal, err := in.change(means, book, r)
		if err != nil {
			return e, err
		}
		living[r.VoucherID] = true
		e.Lines++
		if changes && e.count(r.ValueCents, after, fault.CodeOf(refusal)) {
			changed[r.VoucherID] = true
		}
	}
	e.Vouchers, e.Changed = len(living), len(changed)
	return e, nil
}

// count adds one line that would change, and tells whether its value would.
func (e *Effect) count(before, after money.Cents, refusal string) bool {
	switch refusal {
	case "":
	case errNotEntitled.Code:
		e.Lost++
		return true
	case errValueDay.Code:
		e.Kept++
		return false
	default:
		e.Unknown++
		return false
	}
	by := after - before
	switch {
	case by == 0:
		e.Banded++
		return true
	case by > 0:
		e.Raised++
	default:
		e.Lowered++
	}
	if e.Raised+e.Lowered == 1 {
		e.Lowest, e.Highest = by, by
	}
	e.Lowest, e.Highest, e.Sum = min(e.Lowest, by), max(e.Highest, by), e.Sum+by
	return true
}
