package ledger

import (
	"context"
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/ledger/db"
	"seteli/platform/postgres"
)

var errOverdrawn = fault.New(fault.Internal, "LED-001", "ledger.overdrawn")

// Book is the set of balances that one transaction has locked. Changes are collected and written once by Write.
type Book struct {
	organiser int32
	rows      map[Key]Balance
	changed   map[Key]bool
	grants    []Posting
}

// Lock opens the balances that do not exist yet (with no right) and locks all of them in key order.
// Place in the order of locks: after period and voucher, before run.
func Lock(ctx context.Context, tx *postgres.Tx, organiser int32, keys []Key) (*Book, error) {
	keys = sorted(keys)
	book := &Book{organiser: organiser, rows: make(map[Key]Balance, len(keys)), changed: map[Key]bool{}}
	if len(keys) == 0 {
		return book, nil
	}
	lines, buckets := columns(keys)
	q := db.New(tx)
	if err := q.BalancesOpen(ctx, db.BalancesOpenParams{OrganiserID: organiser, Lines: lines, Buckets: buckets}); err != nil {
		return nil, fmt.Errorf("opening %d balances: %w", len(keys), err)
	}
	rows, err := q.BalancesLock(ctx, db.BalancesLockParams{OrganiserID: organiser, Lines: lines, Buckets: buckets})
	if err != nil {
		return nil, fmt.Errorf("locking %d balances: %w", len(keys), err)
	}
	for _, r := range rows {
		book.rows[Key{r.LineID, r.Bucket}] = Balance{r.LimitQuantity, r.UsedQuantity, r.LimitCents, r.UsedCents}
	}
	return book, nil
}

func sorted(keys []Key) []Key {
	keys = slices.Clone(keys)
	slices.SortFunc(keys, func(a, b Key) int {
		if a.Line != b.Line {
			if a.Line < b.Line {
				return -1
			}
			return 1
		}
		return int(a.Bucket) - int(b.Bucket)
	})
	return slices.Compact(keys)
}

func columns(keys []Key) ([]int64, []calendar.Date) {
	lines, buckets := make([]int64, len(keys)), make([]calendar.Date, len(keys))
	for i, k := range keys {
		lines[i], buckets[i] = k.Line, k.Bucket
	}
	return lines, buckets
}

// Balance gives what is locked under the key; a key that was not locked has no right.
func (b *Book) Balance(k Key) Balance { return b.rows[k] }

// Grant sets the right under the key. The change of the right is posted, so that the ledger tells when and how far it moved.
func (b *Book) Grant(k Key, limit money.Quantity, limitCents money.Cents) {
	row := b.rows[k]
	dq, dc := limit-row.Limit, limitCents-row.LimitCents
	if dq == 0 && dc == 0 {
		return
	}
	b.post(k, max(dq, 0), max(dc, 0), Grantor, Right)
	b.post(k, max(-dq, 0), max(-dc, 0), Right, Grantor)
	row.Limit, row.LimitCents = limit, limitCents
	b.rows[k], b.changed[k] = row, true
}

func (b *Book) post(k Key, q money.Quantity, c money.Cents, debit, credit int16) {
	if q == 0 && c == 0 {
		return
	}
	b.grants = append(b.grants, Posting{Debit: debit, Credit: credit, DebitRef: k.Line, CreditRef: k.Line,
		Amount: c, Quantity: q, Bucket: k.Bucket, ServiceDate: k.Bucket, Source: FromGrant, SourceID: k.Line})
}

// Use takes from the right under the key; give back with negative amounts. It must have been checked before:
// taking more than is left is a defect (LED-001).
func (b *Book) Use(k Key, q money.Quantity, c money.Cents) error {
	row, ok := b.rows[k]
	if !ok {
		return errOverdrawn.Because(fmt.Errorf("balance of line %d bucket %s is not locked", k.Line, k.Bucket))
	}
	row.Used += q
	row.UsedCents += c
	if row.Used < 0 || row.Used > row.Limit || row.UsedCents < 0 || row.UsedCents > row.LimitCents {
		return errOverdrawn.Because(fmt.Errorf("line %d bucket %s: used %d of %d parts, %d of %d cents", k.Line, k.Bucket, row.Used, row.Limit, row.UsedCents, row.LimitCents))
	}
	b.rows[k], b.changed[k] = row, true
	return nil
}

// Write stores every changed balance and the postings of its rights: two statements, however many there are.
func (b *Book) Write(ctx context.Context, tx *postgres.Tx) error {
	if len(b.changed) == 0 {
		return nil
	}
	keys := make([]Key, 0, len(b.changed))
	for k := range b.changed {
		keys = append(keys, k)
	}
	keys = sorted(keys)
	p := db.BalancesSetParams{OrganiserID: b.organiser}
	p.Lines, p.Buckets = columns(keys)
	for _, k := range keys {
		row := b.rows[k]
		p.Limits, p.Useds = append(p.Limits, int64(row.Limit)), append(p.Useds, int64(row.Used))
		p.LimitsCents, p.UsedsCents = append(p.LimitsCents, int64(row.LimitCents)), append(p.UsedsCents, int64(row.UsedCents))
	}
	if err := db.New(tx).BalancesSet(ctx, p); err != nil {
		return fmt.Errorf("writing %d balances: %w", len(keys), err)
	}
	if err := Post(ctx, tx, b.organiser, b.grants); err != nil {
		return err
	}
	b.changed, b.grants = map[Key]bool{}, nil
	return nil
}

// Read gives the balances of lines without a lock, for pages.
func Read(ctx context.Context, tx *postgres.Tx, organiser int32, lines []int64) (map[Key]Balance, error) {
	rows, err := db.New(tx).BalancesRead(ctx, db.BalancesReadParams{OrganiserID: organiser, Lines: lines})
	if err != nil {
		return nil, fmt.Errorf("reading balances of %d lines: %w", len(lines), err)
	}
	out := make(map[Key]Balance, len(rows))
	for _, r := range rows {
		out[Key{r.LineID, r.Bucket}] = Balance{r.LimitQuantity, r.UsedQuantity, r.LimitCents, r.UsedCents}
	}
	return out, nil
}

// Use is what has been taken of one line, over all its buckets.
type Use struct {
	Quantity money.Quantity
	Cents    money.Cents
	LastDate *calendar.Date // latest service date that was ever accepted; nil when there is none
}

// UsedOf locks the lines' balances, as a close or a change of a voucher must, and tells what has been taken of each line.
func UsedOf(ctx context.Context, tx *postgres.Tx, organiser int32, lines []int64) (map[int64]Use, error) {
	q := db.New(tx)
	rows, err := q.BalancesOfLines(ctx, db.BalancesOfLinesParams{OrganiserID: organiser, Lines: lines})
	if err != nil {
		return nil, fmt.Errorf("locking balances of %d lines: %w", len(lines), err)
	}
	out := map[int64]Use{}
	for _, r := range rows {
		u := out[r.LineID]
		if r.Bucket != Whole { // the whole-validity bucket counts the same uses again
			u.Quantity, u.Cents = u.Quantity+r.UsedQuantity, u.Cents+r.UsedCents
		}
		out[r.LineID] = u
	}
	for _, r := range rows { // a line that has only the whole-validity bucket
		if u := out[r.LineID]; r.Bucket == Whole && u.Quantity == 0 && u.Cents == 0 {
			u.Quantity, u.Cents = r.UsedQuantity, r.UsedCents
			out[r.LineID] = u
		}
	}
	dates, err := q.LastServiceDates(ctx, db.LastServiceDatesParams{OrganiserID: organiser, Lines: lines})
	if err != nil {
		return nil, fmt.Errorf("reading last service dates: %w", err)
	}
	for _, d := range dates {
		u := out[d.LineID]
		day := d.LastDate
		u.LastDate = &day
		out[d.LineID] = u
	}
	return out, nil
}

// Holds reports whether the balance is among those locked.
func (b *Book) Holds(k Key) bool { _, ok := b.rows[k]; return ok }
