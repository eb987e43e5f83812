package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/platform/access/db"
	"seteli/platform/postgres"
)

// How long a session lives (ASVS 7.3): idle by side, and never longer than absolute.
const (
	idlePerson = 30 * time.Minute
	idleStaff  = 60 * time.Minute
	absolute   = 12 * time.Hour

	cacheFor  = time.Second      // how old the answer about account and mandate may be
	touchEach = 30 * time.Second // how often "seen" is written
)

// Sessions keeps who is signed in: a random token in a cookie, everything else in the database, so that ending takes
// effect at once. Times come from the store's clock. Safe for concurrent use.
type Sessions struct {
	db     *postgres.DB
	secure bool

	mu    sync.Mutex
	cache map[[32]byte]cached
}

type cached struct {
	actor Actor
	found bool
	read  time.Time
}

// NewSessions makes the keeper; publicURL decides the cookie: __Host- and Secure under https.
func NewSessions(store *postgres.DB, publicURL string) *Sessions {
	return &Sessions{db: store, secure: strings.HasPrefix(publicURL, "https://"), cache: map[[32]byte]cached{}}
}

// CookieName is the name of the session's cookie.
func (s *Sessions) CookieName() string {
	if s.secure {
		return "__Host-seteli"
	}
	return "seteli_session"
}

// Begin starts a session of an account that has just proved who it is, under a new token; a session that the request
// already had is ended, so that a token planted before the sign-in is worth nothing. mandate 0 = not chosen yet.
func (s *Sessions) Begin(w http.ResponseWriter, r *http.Request, account, mandate int64, level string) error {
	token := make([]byte, 32)
	_, _ = rand.Read(token) // never fails (crypto/rand)
	hash := sha256.Sum256(token)
	old, had := s.token(r)
	err := s.db.National(r.Context(), func(tx *postgres.Tx) error {
		q := db.New(tx)
		if had {
			if err := q.SessionEnd(r.Context(), old[:]); err != nil {
				return fmt.Errorf("ending the earlier session: %w", err)
			}
		}
		if mandate != 0 {
			if err := s.holds(r.Context(), tx, account, mandate); err != nil {
				return err
			}
		}
		return q.SessionAdd(r.Context(), db.SessionAddParams{
			TokenHash: hash[:], AccountID: account, MandateID: orNull(mandate), Level: level, At: tx.Now(),
		})
	})
	if err != nil {
		return fmt.Errorf("beginning a session: %w", err)
	}
	s.forget(old)
	s.setCookie(w, base64.RawURLEncoding.EncodeToString(token), 0)
	return nil
}

// holds refuses a mandate that is not the account's or not valid today.
func (s *Sessions) holds(ctx context.Context, tx *postgres.Tx, account, mandate int64) error {
	m, err := MandateOf(ctx, tx, mandate)
	if err != nil {
		return err
	}
	if m.Account != account || !m.Active || !m.Valid.Contains(tx.Today()) {
		return ErrNoMandate
	}
	return nil
}

// setCookie: Lax lets links from letters and e-mail arrive signed in; changes are guarded by the faces' own check.
func (s *Sessions) setCookie(w http.ResponseWriter, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: s.CookieName(), Value: value, Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode, MaxAge: maxAge,
	})
}

func (s *Sessions) token(r *http.Request) (hash [32]byte, ok bool) {
	c, err := r.Cookie(s.CookieName())
	if err != nil {
		return hash, false
	}
	token, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(token) != 32 {
		return hash, false
	}
	return sha256.Sum256(token), true
}

// Load tells who the request comes from. false for nobody, a session that is over, or a disabled account. When the
// mandate has ended or none is chosen the actor has an account but no role, so it may nothing until Switch.
// An error is a failing store: answer nothing.
func (s *Sessions) Load(r *http.Request) (Actor, bool, error) {
	hash, ok := s.token(r)
	if !ok {
		return Actor{}, false, nil
	}
	now := s.db.Clock().Now()
	s.mu.Lock()
	c, known := s.cache[hash]
	s.mu.Unlock()
	if !known || now.Sub(c.read) >= cacheFor || now.Before(c.read) {
		var err error
		if c, err = s.read(r.Context(), hash, now); err != nil {
			return Actor{}, false, err
		}
		s.remember(hash, c, now)
	}
	return c.actor, c.found, nil
}

func (s *Sessions) read(ctx context.Context, hash [32]byte, now time.Time) (cached, error) {
	var row db.SessionActorRow
	err := s.db.ReadNational(ctx, func(tx *postgres.Tx) (err error) {
		row, err = db.New(tx).SessionActor(ctx, db.SessionActorParams{TokenHash: hash[:], Day: tx.Today()})
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return cached{read: now}, nil
	}
	if err != nil {
		return cached{}, fmt.Errorf("reading a session: %w", err)
	}
	actor := actorFrom(row)
	idle := idleStaff
	if actor.Role == "" || actor.Role.Side() == PersonSide {
		idle = idlePerson
	}
	if !row.Active || now.Sub(row.SeenAt) > idle || now.Sub(row.SignedInAt) > absolute {
		return cached{read: now}, nil // the row says whose half-filled form it is; Sweep takes it
	}
	if now.Sub(row.SeenAt) >= touchEach {
		err := s.db.National(ctx, func(tx *postgres.Tx) error {
			return db.New(tx).SessionSeen(ctx, db.SessionSeenParams{TokenHash: hash[:], SeenAt: now})
		})
		if err != nil {
			return cached{}, fmt.Errorf("noting a session: %w", err)
		}
	}
	return cached{actor: actor, found: true, read: now}, nil
}

func actorFrom(row db.SessionActorRow) Actor {
	a := Actor{Account: row.AccountID, Name: row.Name, Language: row.Language, SignedIn: row.SignedInAt}
	if row.MandateValid && row.Role != nil {
		a.Mandate, a.Role = value(row.MandateID), Role(*row.Role)
		a.Organiser, a.Provider, a.Person = value(row.OrganiserID), value(row.ProviderID), value(row.PersonID)
		a.Teams, a.Units, a.Scopes = row.Teams, row.Units, rights(row.Rights)
	}
	return a
}

// remember keeps the answer for a second and, when many are kept, drops those that are older.
func (s *Sessions) remember(hash [32]byte, c cached, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.cache) > 10_000 {
		for h, old := range s.cache {
			if now.Sub(old.read) >= cacheFor {
				delete(s.cache, h)
			}
		}
	}
	s.cache[hash] = c
}

func (s *Sessions) forget(hash [32]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.cache, hash)
}

// Switch changes what the person acts as without a new sign-in; ACC-006 when the mandate is not theirs or not valid.
func (s *Sessions) Switch(r *http.Request, mandate int64) error {
	actor, ok, err := s.Load(r)
	if err != nil {
		return err
	}
	hash, _ := s.token(r)
	if !ok {
		return ErrSignIn
	}
	defer s.forget(hash)
	return s.db.National(r.Context(), func(tx *postgres.Tx) error {
		if err := s.holds(r.Context(), tx, actor.Account, mandate); err != nil {
			return err
		}
		n, err := db.New(tx).SessionMandate(r.Context(), db.SessionMandateParams{TokenHash: hash[:], MandateID: &mandate})
		if err != nil {
			return fmt.Errorf("changing the role of a session: %w", err)
		}
		if n == 0 {
			return ErrSignIn
		}
		return nil
	})
}

// End ends the session in the database and takes the cookie away.
func (s *Sessions) End(w http.ResponseWriter, r *http.Request) error {
	hash, ok := s.token(r)
	s.setCookie(w, "", -1)
	if !ok {
		return nil
	}
	s.forget(hash)
	err := s.db.National(r.Context(), func(tx *postgres.Tx) error { return db.New(tx).SessionEnd(r.Context(), hash[:]) })
	if err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// Owner is the account whose session the request has, or had until the clock ended it; 0 when nothing tells, as after signing out.
func (s *Sessions) Owner(r *http.Request) (account int64, err error) {
	hash, ok := s.token(r)
	if !ok {
		return 0, nil
	}
	err = s.db.ReadNational(r.Context(), func(tx *postgres.Tx) (err error) {
		account, err = db.New(tx).SessionOwner(r.Context(), hash[:])
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading whose a session was: %w", err)
	}
	return account, nil
}

// Sweep deletes drafts that are over, and sessions that have been over for as long as a draft is kept: until then they tell whose it is. A
// job runs it.
func (s *Sessions) Sweep(ctx context.Context) (deleted int64, err error) {
	err = s.db.National(ctx, func(tx *postgres.Tx) error {
		q, now := db.New(tx), tx.Now()
		sessions, err := q.SessionsSweep(ctx, db.SessionsSweepParams{IdleBefore: now.Add(-idleStaff - draftFor), BegunBefore: now.Add(-absolute - draftFor)})
		if err != nil {
			return fmt.Errorf("sweeping sessions: %w", err)
		}
		drafts, err := q.DraftsSweep(ctx, now)
		if err != nil {
			return fmt.Errorf("sweeping drafts: %w", err)
		}
		deleted = sessions + drafts
		return nil
	})
	return deleted, err
}
