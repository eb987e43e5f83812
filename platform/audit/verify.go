package audit

import (
	"bytes"
	"context"
	"fmt"

	"seteli/platform/audit/db"
	"seteli/platform/postgres"
)

// Damage is the first place where the chain and the rows disagree.
type Damage struct {
	Organiser int32
	Position  int64
	AuditID   int64
	Why       string // stable word: "gap", "missing", "changed", "relinked", "truncated", "replaced"
}

// Error is for the log and the terminal.
func (d *Damage) Error() string {
	return fmt.Sprintf("audit of organiser %d is damaged at position %d (row %d): %s", d.Organiser, d.Position, d.AuditID, d.Why)
}

// Verify walks the organiser's chain from its first link and gives a *Damage for the first bad row: a changed, deleted or
// reordered row, a changed link, or, against a head kept outside, a chain whose end was cut off or written anew.
// It gives the present head. known may be nil.
func Verify(ctx context.Context, tx *postgres.Tx, organiser int32, known *Head) (Head, error) {
	q := db.New(tx)
	head := Head{Organiser: organiser, Hash: make([]byte, 32), At: tx.Now()}
	for {
		links, err := q.Links(ctx, db.LinksParams{OrganiserID: organiser, AfterPosition: head.Position, Batch: sealBatch})
		if err != nil {
			return head, fmt.Errorf("verifying the audit of organiser %d: %w", organiser, err)
		}
		for _, l := range links {
			if why := check(organiser, head, l); why != "" {
				return head, &Damage{organiser, l.Position, l.AuditID, why}
			}
			head.Position, head.Hash = l.Position, l.Hash
			if known != nil && known.Position == l.Position && !bytes.Equal(known.Hash, l.Hash) {
				return head, &Damage{organiser, l.Position, l.AuditID, "replaced"}
			}
		}
		if len(links) < sealBatch {
			break
		}
	}
	if known != nil && known.Position > head.Position {
		return head, &Damage{Organiser: organiser, Position: head.Position + 1, Why: "truncated"}
	}
	return head, nil
}

func check(organiser int32, head Head, l db.LinksRow) string {
	if l.Position != head.Position+1 {
		return "gap"
	}
	if !l.Present {
		return "missing"
	}
	row := canonical(organiser, Row{
		AuditID: l.AuditID, At: l.At, ActorAccount: l.ActorAccount, ActorName: l.ActorName, Role: l.Role, OnBehalf: l.OnBehalf,
		Act: l.Act, SubjectKind: l.SubjectKind, SubjectID: l.SubjectID, SubjectLabel: l.SubjectLabel, Detail: l.Detail, RequestID: l.RequestID,
	})
	if !bytes.Equal(row[:], l.RowHash) {
		return "changed"
	}
	if hash := chained(head.Hash, row); !bytes.Equal(hash[:], l.Hash) {
		return "relinked"
	}
	return ""
}
