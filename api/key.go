package api

import (
	"context"
	"crypto/sha256"
	"strings"
	"sync"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

var errNoKey = fault.New(fault.Forbidden, "API-004", "api.key_needed")

// keyring remembers for a moment which program a key belongs to, so that a call does not ask the database each time. A revoked
// key works at most remembered longer. Keys are held by their SHA-256 only, and are never logged.
type keyring struct {
	db    *postgres.DB
	clock calendar.Clock
	mu    sync.RWMutex
	known map[[32]byte]known
}

type known struct {
	actor access.Actor
	until time.Time
}

const (
	remembered = time.Second
	mostKnown  = 4096
)

func newKeyring(db *postgres.DB, clock calendar.Clock) *keyring {
	return &keyring{db: db, clock: clock, known: map[[32]byte]known{}}
}

// actor tells who the Authorization header names. A wrong key is not remembered: it costs the database one look each time.
func (k *keyring) actor(ctx context.Context, header string) (access.Actor, error) {
	scheme, key, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") || key == "" || len(key) > 200 {
		return access.Actor{}, errNoKey
	}
	hash, now := sha256.Sum256([]byte(key)), k.clock.Now()
	k.mu.RLock()
	found, ok := k.known[hash]
	k.mu.RUnlock()
	if ok && now.Before(found.until) {
		return found.actor, nil
	}
	var actor access.Actor
	err := k.db.National(ctx, func(tx *postgres.Tx) (err error) {
		actor, err = access.ActorOfKey(ctx, tx, strings.TrimSpace(key))
		return err
	})
	if err != nil {
		return access.Actor{}, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.known) >= mostKnown {
		for h, old := range k.known {
			if !now.Before(old.until) {
				delete(k.known, h)
			}
		}
	}
	if len(k.known) < mostKnown {
		k.known[hash] = known{actor, now.Add(remembered)}
	}
	return actor, nil
}
