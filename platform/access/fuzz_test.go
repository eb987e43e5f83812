package access_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"

	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// Forged cookies, keys of programs and draft tokens let nobody in, and never become a fault of the program.
func FuzzTokens(f *testing.F) {
	db := postgrestest.New(f)
	s := access.NewSessions(db, "https://seteli.example")
	f.Add(base64.RawURLEncoding.EncodeToString(make([]byte, 32)))
	f.Add("seteli_abcdefgh_" + rand.Text())
	f.Add("seteli__")
	f.Add("\"quoted\"; " + s.CookieName() + "=x")
	f.Add("ä\x00' or 1=1 --")
	f.Add("seteli_\xff\x00_x")
	f.Fuzz(func(t *testing.T, token string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", s.CookieName()+"="+token)
		if by, ok, err := s.Load(r); ok || err != nil {
			t.Fatalf("the cookie %q is %+v, %v", token, by, err)
		}
		err := db.National(t.Context(), func(tx *postgres.Tx) error {
			_, err := access.ActorOfKey(t.Context(), tx, token)
			return err
		})
		if !strings.HasPrefix(fault.CodeOf(err), "ACC-") {
			t.Fatalf("the key %q: %v", token, err)
		}
		err = db.National(context.WithoutCancel(t.Context()), func(tx *postgres.Tx) error {
			_, _, err := access.TakeDraft(t.Context(), tx, nil, 1, token)
			return err
		})
		if fault.CodeOf(err) == "" {
			t.Fatalf("the draft %q: %v", token, err)
		}
	})
}
