package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/fault"
	"seteli/platform/access/db"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// ErrNoDraft: taken already, too old, or another account's.
var ErrNoDraft = fault.New(fault.NotFound, "ACC-030", "access.draft_gone")

const draftFor = 24 * time.Hour

var draftPlace = secret.Place{Column: "form_draft.body"}

// KeepDraft stores what somebody typed, encrypted, for a day, and gives the token that brings it back after they have
// signed in again. account 0 = whoever has the token.
func KeepDraft(ctx context.Context, tx *postgres.Tx, keys *secret.Keys, account int64, path string, body []byte) (token string, err error) {
	sealed, err := keys.Seal(draftPlace, body)
	if err != nil {
		return "", err
	}
	token = rand.Text()
	hash := sha256.Sum256([]byte(token))
	err = db.New(tx).DraftKeep(ctx, db.DraftKeepParams{
		TokenHash: hash[:], AccountID: orNull(account), Path: path, BodyEncrypted: sealed, ExpiresAt: tx.Now().Add(draftFor),
	})
	if err != nil {
		return "", fmt.Errorf("keeping a draft: %w", err)
	}
	return token, nil
}

// TakeDraft gives the draft back, once, to the account that left it.
func TakeDraft(ctx context.Context, tx *postgres.Tx, keys *secret.Keys, account int64, token string) (path string, body []byte, err error) {
	hash := sha256.Sum256([]byte(token))
	row, err := db.New(tx).DraftTake(ctx, hash[:])
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil, ErrNoDraft
	}
	if err != nil {
		return "", nil, fmt.Errorf("taking a draft: %w", err)
	}
	if owner := value(row.AccountID); owner != 0 && owner != account || tx.Now().After(row.ExpiresAt) {
		return "", nil, ErrNoDraft // the caller rolls back: another account's draft stays
	}
	body, err = keys.Open(draftPlace, row.BodyEncrypted)
	if err != nil {
		return "", nil, err
	}
	return row.Path, body, nil
}
