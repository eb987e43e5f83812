package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"seteli/platform/postgres"
)

// KeyHeader holds the name that a program gives to one request, so that it may send it again when the answer was lost.
type KeyHeader struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"100" pattern:"^[A-Za-z0-9_.:-]+$" doc:"Name of this request. The same name with the same content gives the first answer again, byte for byte; with other content it is refused (PG-ONCE)." example:"9f1c2f0e-5a55-4f7c-9f53-0c7d0a3b8f11"`
}

// inputHash covers the operation, its address and its body.
func inputHash(op string, input any) ([32]byte, error) {
	b, err := json.Marshal(input)
	if err != nil {
		return [32]byte{}, fmt.Errorf("hashing the request: %w", err)
	}
	return sha256.Sum256(append([]byte(op+"\n"), b...)), nil
}

// once runs fn in the caller's transaction, at most once for the key. Without a key it just runs.
func once[T any](ctx context.Context, tx *postgres.Tx, c *call, key string, input any, fn func() (T, error)) (out T, err error) {
	if key == "" {
		return fn()
	}
	hash, err := inputHash(c.op.ID, input)
	if err != nil {
		return out, err
	}
	answer, _, err := postgres.Once(ctx, tx, postgres.Key{Organiser: tx.Organiser(), Realm: c.realm(), Key: key}, hash, func() ([]byte, error) {
		made, err := fn()
		if err != nil {
			return nil, err
		}
		return json.Marshal(made)
	})
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return out, fmt.Errorf("reading the first answer to a request: %w", err)
	}
	return out, nil
}

func encode(answer any) ([]byte, error) {
	b, err := json.Marshal(answer)
	if err != nil {
		return nil, fmt.Errorf("keeping the answer to a request: %w", err)
	}
	return b, nil
}

func decode[T any](stored []byte, err error) (out T, _ error) {
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal(stored, &out); err != nil {
		return out, fmt.Errorf("reading the first answer to a request: %w", err)
	}
	return out, nil
}
