package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/platform/audit/db"
	"seteli/platform/postgres"
)

// Row is an audit row as it is read and hashed. Detail is the JSON as PostgreSQL prints it.
type Row = db.UnsealedRow

// canonical writes the row so that no two different rows give the same bytes: every field with its length,
// a missing number as its own mark.
func canonical(organiser int32, r Row) [32]byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(organiser))
	number := func(n int64) { b = binary.BigEndian.AppendUint64(append(b, 1), uint64(n)) }
	maybe := func(n *int64) {
		if n == nil {
			b = append(b, 0)
			return
		}
		number(*n)
	}
	text := func(s string) { b = append(binary.BigEndian.AppendUint64(b, uint64(len(s))), s...) }
	number(r.AuditID)
	number(r.At.UnixMicro())
	maybe(r.ActorAccount)
	text(r.ActorName)
	text(r.Role)
	maybe(r.OnBehalf)
	text(r.Act)
	text(r.SubjectKind)
	number(r.SubjectID)
	text(r.SubjectLabel)
	text(r.Detail)
	text(r.RequestID)
	return sha256.Sum256(b)
}

func chained(previous []byte, row [32]byte) [32]byte {
	return sha256.Sum256(append(append(make([]byte, 0, 64), previous...), row[:]...))
}

// Head is the end of a chain. Kept outside the database (a file, another organiser) it shows when the end was cut off.
type Head struct {
	Organiser int32     `json:"organiser"`
	Position  int64     `json:"position"`
	Hash      []byte    `json:"hash"`
	At        time.Time `json:"at"`
}

const (
	sealBatch = 5_000
	// lookBack is how many ids behind the newest sealed one a quick seal still looks for rows that committed late.
	// A nightly Seal with everything true looks at all.
	lookBack = 200_000
)

// Seal adds the organiser's audit rows that the chain lacks to its end and gives the new head and how many rows it
// sealed. The transaction runs in the organiser's scope; of two sealers at once the slower one fails on the unique
// position and changes nothing. everything also finds rows that committed very late.
func Seal(ctx context.Context, tx *postgres.Tx, organiser int32, everything bool) (Head, int, error) {
	q := db.New(tx)
	head := Head{Organiser: organiser, Hash: make([]byte, 32), At: tx.Now()}
	tail, err := q.Tail(ctx, organiser)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
	case err != nil:
		return Head{}, 0, fmt.Errorf("sealing the audit of organiser %d: %w", organiser, err)
	default:
		head.Position, head.Hash = tail.Position, tail.Hash
	}
	after := int64(0)
	if !everything {
		newest, err := q.Newest(ctx, organiser)
		if err != nil {
			return Head{}, 0, fmt.Errorf("sealing the audit of organiser %d: %w", organiser, err)
		}
		after = max(0, newest-lookBack)
	}
	for sealed := 0; ; {
		rows, err := q.Unsealed(ctx, db.UnsealedParams{OrganiserID: organiser, AfterID: after, Batch: sealBatch})
		if err != nil {
			return Head{}, 0, fmt.Errorf("sealing the audit of organiser %d: %w", organiser, err)
		}
		if len(rows) == 0 {
			return head, sealed, nil
		}
		links := db.LinkParams{OrganiserID: organiser}
		for _, r := range rows {
			row := canonical(organiser, r)
			hash := chained(head.Hash, row)
			head.Position++
			head.Hash = hash[:]
			links.Positions = append(links.Positions, head.Position)
			links.AuditIds = append(links.AuditIds, r.AuditID)
			links.RowHashes = append(links.RowHashes, row[:])
			links.Hashes = append(links.Hashes, hash[:])
		}
		if err := q.Link(ctx, links); err != nil {
			return Head{}, 0, fmt.Errorf("sealing the audit of organiser %d: %w", organiser, err)
		}
		sealed += len(rows)
		after = rows[len(rows)-1].AuditID // ascending ids: the rest lies behind
	}
}
