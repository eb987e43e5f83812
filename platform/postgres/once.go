package postgres

import (
	"bytes"
	"context"
	"fmt"
)

// Key names one request that a client may repeat. Realm keeps clients apart ("api:17", "form:settlement"); Organiser 0 is national.
type Key struct {
	Organiser int32
	Realm     string
	Key       string
}

// Once runs fn the first time and keeps its answer in the same transaction; the same key with the same input gets that answer
// again (repeated true), with other input PG-ONCE. Two at once: the second waits for the first on the key's row.
// When fn fails, return its error from the transaction: the key is then forgotten with the rest.
func Once(ctx context.Context, tx *Tx, key Key, inputHash [32]byte, fn func() ([]byte, error)) (answer []byte, repeated bool, err error) {
	tag, err := tx.Exec(ctx, `
		insert into once_key (organiser_id, realm, key, input_hash, created_at)
		values ($1, $2, $3, $4, $5) on conflict (organiser_id, realm, key) do nothing`,
		key.Organiser, key.Realm, key.Key, inputHash[:], tx.Now())
	if err != nil {
		return nil, false, fmt.Errorf("keeping the key of a request: %w", err)
	}
	if tag.RowsAffected() == 0 {
		answer, err = firstAnswer(ctx, tx, key, inputHash)
		return answer, err == nil, err
	}
	if answer, err = fn(); err != nil {
		return nil, false, err
	}
	if answer == nil {
		answer = []byte{} // null means unfinished
	}
	_, err = tx.Exec(ctx, `update once_key set answer = $4 where organiser_id = $1 and realm = $2 and key = $3`,
		key.Organiser, key.Realm, key.Key, answer)
	if err != nil {
		return nil, false, fmt.Errorf("keeping the answer to a request: %w", err)
	}
	return answer, false, nil
}

func firstAnswer(ctx context.Context, tx *Tx, key Key, inputHash [32]byte) ([]byte, error) {
	var hash, answer []byte
	err := tx.QueryRow(ctx, `select input_hash, answer from once_key where organiser_id = $1 and realm = $2 and key = $3`,
		key.Organiser, key.Realm, key.Key).Scan(&hash, &answer)
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the first answer to a request: %w", err)
	case !bytes.Equal(hash, inputHash[:]):
		return nil, ErrOnce.With("key", key.Key)
	case answer == nil:
		return nil, fmt.Errorf("request %s/%s: used again inside itself, or its error was swallowed", key.Realm, key.Key)
	}
	return answer, nil
}

// Claim keeps a request's key and input before work that commits by itself, and gives the first answer when there is one already
// (nil: none yet, do the work). Other input: PG-ONCE. The work must be safe to do twice, because its answer may be lost between
// its commit and Answer; Once needs no such care and is the first choice.
func Claim(ctx context.Context, tx *Tx, key Key, inputHash [32]byte) (answer []byte, err error) {
	_, err = tx.Exec(ctx, `
		insert into once_key (organiser_id, realm, key, input_hash, created_at)
		values ($1, $2, $3, $4, $5) on conflict (organiser_id, realm, key) do nothing`,
		key.Organiser, key.Realm, key.Key, inputHash[:], tx.Now())
	if err != nil {
		return nil, fmt.Errorf("keeping the key of a request: %w", err)
	}
	var hash []byte
	err = tx.QueryRow(ctx, `select input_hash, answer from once_key where organiser_id = $1 and realm = $2 and key = $3`,
		key.Organiser, key.Realm, key.Key).Scan(&hash, &answer)
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the first answer to a request: %w", err)
	case !bytes.Equal(hash, inputHash[:]):
		return nil, ErrOnce.With("key", key.Key)
	}
	return answer, nil
}

// Answer keeps the answer to a claimed key and gives the first one kept: of several at once all answer alike.
func Answer(ctx context.Context, tx *Tx, key Key, answer []byte) (first []byte, err error) {
	_, err = tx.Exec(ctx, `update once_key set answer = $4 where organiser_id = $1 and realm = $2 and key = $3 and answer is null`,
		key.Organiser, key.Realm, key.Key, answer)
	if err != nil {
		return nil, fmt.Errorf("keeping the answer to a request: %w", err)
	}
	err = tx.QueryRow(ctx, `select answer from once_key where organiser_id = $1 and realm = $2 and key = $3`, key.Organiser, key.Realm, key.Key).Scan(&first)
	if err != nil {
		return nil, fmt.Errorf("reading the answer to a request: %w", err)
	}
	return first, nil
}
