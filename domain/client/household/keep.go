package household

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/client/household/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Kept is a stored snapshot: its number and the hash of its JSON, which a decision names.
type Kept struct {
	ID     int64
	SHA256 [32]byte
}

// Keep stores the household as it is on a day, for the decision that is being made of it. The row is never changed: later news makes
// another snapshot and another decision.
func Keep(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, clientID int64, day calendar.Date) (Snapshot, Kept, error) {
	h, err := Of(ctx, tx, by, organiser, clientID)
	if err != nil {
		return Snapshot{}, Kept{}, err
	}
	s := h.At(day)
	content, err := json.Marshal(s)
	if err != nil {
		return Snapshot{}, Kept{}, fmt.Errorf("writing the snapshot of client %d: %w", clientID, err)
	}
	k := Kept{SHA256: sha256.Sum256(content)}
	k.ID, err = db.New(tx).SnapshotAdd(ctx, db.SnapshotAddParams{OrganiserID: organiser, ClientID: clientID, PersonID: h.Person, Day: day,
		Content: string(content), Sha256: k.SHA256[:], KeptAt: tx.Now(), KeptBy: by.Name})
	if err != nil {
		return Snapshot{}, Kept{}, fmt.Errorf("keeping the snapshot of client %d: %w", clientID, err)
	}
	return s, k, audit.Write(ctx, tx, by, SnapshotKept, h.Ref(), map[string]any{"snapshot": k.ID, "day": day, "sha256": fmt.Sprintf("%x", k.SHA256)})
}

// Recall reads a kept snapshot and proves it by its hash (HOU-028 when it does not match).
func Recall(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Snapshot, error) {
	if err := by.May(access.ClientIncome, organiser); err != nil {
		return Snapshot{}, err
	}
	row, err := db.New(tx).SnapshotByID(ctx, db.SnapshotByIDParams{OrganiserID: organiser, SnapshotID: id})
	if errors.Is(err, pgx.ErrNoRows) || err == nil && by.Role.Side() == access.PersonSide {
		return Snapshot{}, errUnknown // what is known of the other adults is not for the client's eyes
	}
	if err != nil {
		return Snapshot{}, fmt.Errorf("reading snapshot %d: %w", id, err)
	}
	if sum := sha256.Sum256([]byte(row.Content)); string(sum[:]) != string(row.Sha256) {
		return Snapshot{}, errDamaged.With("snapshot", id)
	}
	var s Snapshot
	if err := json.Unmarshal([]byte(row.Content), &s); err != nil {
		return Snapshot{}, errDamaged.With("snapshot", id).Because(err)
	}
	return s, audit.Seen(ctx, tx, by, audit.View{Organiser: organiser, Person: row.PersonID, Client: row.ClientID, Purpose: client.ForCase, What: "income"})
}

// Define sets the organiser's definition of income from a day on. One is never edited, and never begins in the past: a decision that was
// made stands on the one that was in force (HOU-031).
func Define(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, d Definition) error {
	if err := by.May(access.RulebookEdit, organiser); err != nil {
		return err
	}
	if err := d.Check(); err != nil {
		return err
	}
	if d.From < tx.Today() {
		return errDefinedPast
	}
	content, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("writing the definition of income: %w", err)
	}
	err = db.New(tx).DefinitionAdd(ctx, db.DefinitionAddParams{OrganiserID: organiser, ValidFrom: d.From, Content: content, SetAt: tx.Now(), SetBy: by.Name})
	if postgres.ConstraintOf(err) == "income_definition_pkey" {
		return errDefined.Because(err)
	}
	if err != nil {
		return fmt.Errorf("adding a definition of income: %w", err)
	}
	if err := audit.Write(ctx, tx, by, DefinitionSet, audit.Ref{Kind: "organiser", ID: int64(organiser), Label: "income"}, map[string]any{"from": d.From}); err != nil {
		return err
	}
	return tx.Outbox(ctx, postgres.Message{Organiser: organiser, Topic: TopicChanged, Dedup: fmt.Sprintf("%s:definition:%s", TopicChanged, d.From), Payload: Changed{}})
}
