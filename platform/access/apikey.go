package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/platform/access/db"
	"seteli/platform/postgres"
)

// Refusals about keys of programs.
var (
	ErrKey       = fault.New(fault.Forbidden, "ACC-020", "access.key_refused") // unknown, revoked or over; which one is not told
	errKeyPeriod = fault.New(fault.Invalid, "ACC-021", "access.key_period")
	errKeyScope  = fault.New(fault.Forbidden, "ACC-022", "access.key_scope")
)

// Key lets a program act for one organiser or one provider within some rights of a role.
type Key struct {
	ID        int64
	Organiser int32 // one of the two
	Provider  int64
	Role      Role
	Name      string // what the program is called; shows in audit rows
	Prefix    string // first part of the secret, to tell keys apart
	Scopes    []Right
	Valid     calendar.Period
	Revoked   bool
	LastUsed  calendar.Date // 0 = never
}

const keyMark = "seteli" // first part of each key, so that scanners of leaked secrets recognise it

// Second part of each key, by which it is found: so many of these, which rand.Text gives in upper case.
const (
	keyPrefix  = 8
	keyLetters = "abcdefghijklmnopqrstuvwxyz234567"
)

// MakeKey makes a key and gives its secret, which is shown once and never stored. Valid at most a year (ACC-021).
// Nobody gives a program more than they hold themselves (ACC-022). One exception: a main user, who may appoint caseworkers, may
// let the organiser's client system act as one (Role caseworker): it brings clients and the decisions that officials made there.
func MakeKey(ctx context.Context, tx *postgres.Tx, by Actor, k Key) (Key, string, error) {
	return makeKey(ctx, tx, by, k, 0)
}

func makeKey(ctx context.Context, tx *postgres.Tx, by Actor, k Key, replaces int64) (Key, string, error) {
	if err := mayKey(by, k.Organiser, k.Provider); err != nil {
		return Key{}, "", err
	}
	if k.Valid.From == 0 {
		k.Valid.From = tx.Today()
	}
	if k.Valid.Empty() || k.Valid.To > k.Valid.From.AddMonths(12) {
		return Key{}, "", errKeyPeriod.At("valid_to")
	}
	holds := by.Can
	if k.Role == Caseworker && by.Can(StaffManage) && by.Role.Side() == OrganiserSide {
		holds = func(r Right) bool { return RoleMay(Caseworker, r) }
	} else {
		k.Role = by.Role
	}
	if len(k.Scopes) == 0 {
		return Key{}, "", errKeyScope.At("scopes")
	}
	for _, r := range k.Scopes {
		if !holds(r) || r == APIKeyManage || r == StaffManage {
			return Key{}, "", errKeyScope.With("right", string(r)).At("scopes")
		}
	}
	k.Prefix = strings.ToLower(rand.Text()[:keyPrefix])
	secret := rand.Text() + rand.Text() // 2 × 130 bits
	hash := sha256.Sum256([]byte(secret))
	id, err := db.New(tx).KeyAdd(ctx, db.KeyAddParams{
		OrganiserID: orNull(k.Organiser), ProviderID: orNull(k.Provider), Role: string(k.Role), Name: k.Name, Prefix: k.Prefix,
		SecretHash: hash[:], Scopes: names(k.Scopes), ValidFrom: k.Valid.From, ValidTo: k.Valid.To, CreatedBy: by.Account,
		CreatedAt: tx.Now(), Replaces: orNull(replaces),
	})
	if err != nil {
		return Key{}, "", fmt.Errorf("making a key: %w", err)
	}
	k.ID = id
	return k, keyMark + "_" + k.Prefix + "_" + secret, nil
}

func mayKey(by Actor, organiser int32, provider int64) error {
	switch side := by.Role.Side(); {
	case by.APIKey != 0:
		return ErrForbidden.With("right", string(APIKeyManage))
	case side == OrganiserSide && provider == 0 && organiser == by.Organiser, side == ProviderSide && organiser == 0 && provider == by.Provider:
		return by.May(APIKeyManage, organiser)
	}
	return ErrForbidden.With("right", string(APIKeyManage))
}

// RotateKey makes a successor with the same reach; the old key works until overlap days from today, so that the program can
// be changed over without a break.
func RotateKey(ctx context.Context, tx *postgres.Tx, by Actor, id int64, valid calendar.Period, overlap int) (Key, string, error) {
	old, err := db.New(tx).KeyGet(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Key{}, "", ErrKey
	}
	if err != nil {
		return Key{}, "", fmt.Errorf("rotating key %d: %w", id, err)
	}
	if old.RevokedAt != nil || old.ValidTo <= tx.Today() {
		return Key{}, "", ErrKey
	}
	k, secret, err := makeKey(ctx, tx, by, Key{
		Organiser: value(old.OrganiserID), Provider: value(old.ProviderID), Role: Role(old.Role), Name: old.Name, Scopes: rights(old.Scopes), Valid: valid,
	}, id)
	if err != nil {
		return Key{}, "", err
	}
	end := max(tx.Today()+calendar.Date(overlap), old.ValidFrom+1)
	if err := db.New(tx).KeyShorten(ctx, db.KeyShortenParams{KeyID: id, ValidTo: end}); err != nil {
		return Key{}, "", fmt.Errorf("rotating key %d: %w", id, err)
	}
	return k, secret, nil
}

// RevokeKey ends a key at once.
func RevokeKey(ctx context.Context, tx *postgres.Tx, by Actor, id int64) error {
	k, err := db.New(tx).KeyGet(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrKey
	}
	if err != nil {
		return fmt.Errorf("revoking key %d: %w", id, err)
	}
	if err := mayKey(by, value(k.OrganiserID), value(k.ProviderID)); err != nil {
		return err
	}
	if _, err := db.New(tx).KeyRevoke(ctx, db.KeyRevokeParams{KeyID: id, At: ptr(tx.Now()), RevokedBy: orNull(by.Account)}); err != nil {
		return fmt.Errorf("revoking key %d: %w", id, err)
	}
	return nil
}

// Keys lists the keys of one organiser or one provider, newest first.
func Keys(ctx context.Context, tx *postgres.Tx, organiser int32, provider int64) ([]Key, error) {
	rows, err := db.New(tx).Keys(ctx, db.KeysParams{OrganiserID: orNull(organiser), ProviderID: orNull(provider)})
	if err != nil {
		return nil, fmt.Errorf("listing keys: %w", err)
	}
	out := make([]Key, len(rows))
	for i, r := range rows {
		out[i] = Key{
			ID: r.KeyID, Organiser: value(r.OrganiserID), Provider: value(r.ProviderID), Role: Role(r.Role), Name: r.Name, Prefix: r.Prefix,
			Scopes: rights(r.Scopes), Valid: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, Revoked: r.RevokedAt != nil, LastUsed: value(r.LastUsed),
		}
	}
	return out, nil
}

// ActorOfKey tells which program a key belongs to and notes the day of use. ACC-020 for any key that does not work.
func ActorOfKey(ctx context.Context, tx *postgres.Tx, key string) (Actor, error) {
	mark, rest, _ := strings.Cut(key, "_")
	prefix, secret, ok := strings.Cut(rest, "_")
	if !ok || mark != keyMark || len(prefix) != keyPrefix || strings.Trim(prefix, keyLetters) != "" { // the database takes no bytes that are no text
		return Actor{}, ErrKey
	}
	k, err := db.New(tx).KeyByPrefix(ctx, prefix)
	if errors.Is(err, pgx.ErrNoRows) {
		return Actor{}, ErrKey
	}
	if err != nil {
		return Actor{}, fmt.Errorf("reading a key: %w", err)
	}
	hash, today := sha256.Sum256([]byte(secret)), tx.Today()
	if subtle.ConstantTimeCompare(hash[:], k.SecretHash) != 1 || k.RevokedAt != nil || today < k.ValidFrom || today >= k.ValidTo {
		return Actor{}, ErrKey
	}
	if value(k.LastUsed) != today { // once a day: a crowd's requests need not all ask for the row again
		if err := db.New(tx).KeyUsed(ctx, db.KeyUsedParams{KeyID: k.KeyID, Day: &today}); err != nil {
			return Actor{}, fmt.Errorf("noting the use of a key: %w", err)
		}
	}
	return Actor{
		Name: k.Name, Role: Role(k.Role), Organiser: value(k.OrganiserID), Provider: value(k.ProviderID),
		APIKey: k.KeyID, Scopes: rights(k.Scopes),
	}, nil
}
