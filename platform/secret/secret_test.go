package secret_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"seteli/core/fault"
	"seteli/platform/secret"
)

const invented = "010190-999W" // individual number 900–999: nobody's

var place = secret.Place{Column: "client.identity_code", Organiser: 17}

func fresh(t *testing.T) *secret.Keys {
	t.Helper()
	k, err := secret.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestCodeOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	k := fresh(t)
	sealed, err := k.SealCode(place, invented)
	if err != nil {
		t.Fatal(err)
	}
	again, err := k.SealCode(place, invented)
	if err != nil || !bytes.Equal(sealed, again) {
		t.Fatalf("equal codes must be found by equality: %x %x %v", sealed, again, err)
	}
	if got, err := k.OpenCode(place, sealed); err != nil || got != invented {
		t.Fatalf("opened %q, %v", got, err)
	}
	for _, other := range []secret.Place{{Column: place.Column, Organiser: 18}, {Column: "client.note", Organiser: 17}, {}} {
		if got, err := k.OpenCode(other, sealed); fault.CodeOf(err) != "SEC-001" || got != "" {
			t.Errorf("opened in %+v: %q, %v", other, got, err)
		}
	}
	if _, err := fresh(t).OpenCode(place, sealed); fault.CodeOf(err) != "SEC-001" {
		t.Errorf("opened with other keys: %v", err)
	}
}

func TestTextsRoundTripAndDamageIsRefused(t *testing.T) {
	t.Parallel()
	k := fresh(t)
	rapid.Check(t, func(r *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(r, "plain")
		p := secret.Place{Column: rapid.String().Draw(r, "column"), Organiser: rapid.Int32().Draw(r, "organiser")}
		sealed, err := k.Seal(p, plain)
		if err != nil {
			r.Fatal(err)
		}
		got, err := k.Open(p, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			r.Fatalf("round trip: %v", err)
		}
		sealed[rapid.IntRange(0, len(sealed)-1).Draw(r, "at")] ^= 1
		if got, err := k.Open(p, sealed); err == nil || got != nil {
			r.Fatal("a changed byte was accepted")
		}
	})
}

func TestIndexIsKeyedAndSeparatesDomains(t *testing.T) {
	t.Parallel()
	k := fresh(t)
	index := func(k *secret.Keys, domain, value string) string {
		b, err := k.Index(domain, value)
		if err != nil || len(b) != 32 {
			t.Fatalf("index of %d bytes, %v", len(b), err)
		}
		return string(b)
	}
	a := index(k, "person", invented)
	if a != index(k, "person", invented) {
		t.Error("index is not stable")
	}
	s256, s1 := sha256.Sum256([]byte(invented)), sha1.Sum([]byte(invented))
	for name, b := range map[string]string{
		"other key": index(fresh(t), "person", invented), "other domain": index(k, "client", invented),
		"moved border": index(k, "perso", "n"+invented), "plain SHA-256": string(s256[:]), "plain SHA-1": string(s1[:]),
	} {
		if a == b {
			t.Errorf("same as %s", name)
		}
	}
}

func TestKeyFileIsMadeOnceAndGuarded(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "secrets")
	if _, err := secret.Open(dir); err == nil {
		t.Fatal("opened keys that do not exist")
	}
	first, err := secret.OpenOrCreate(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, secret.FileName)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Fatalf("left behind: %v %v", entries, err)
	}
	if _, err := secret.Create(dir); err == nil {
		t.Fatal("overwrote existing keys")
	}
	sealed, err := first.SealCode(place, invented)
	if err != nil {
		t.Fatal(err)
	}
	second, err := secret.OpenOrCreate(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := second.OpenCode(place, sealed); err != nil || got != invented {
		t.Fatalf("after a restart: %q, %v", got, err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.OpenOrCreate(dir); err == nil {
		t.Fatal("accepted a key file that the group can read")
	}
	if err := os.WriteFile(path, []byte(`{"version":1,"sets":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.OpenOrCreate(dir); err == nil {
		t.Fatal("accepted a key file without keys")
	}
}

func TestRotationKeepsOldValuesAndTheIndex(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, err := secret.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	code, err := old.SealCode(place, invented)
	if err != nil {
		t.Fatal(err)
	}
	text, err := old.Seal(place, []byte("Muistiinpano"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.Rotate(dir); err != nil {
		t.Fatal(err)
	}
	now, err := secret.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := now.OpenCode(place, code); err != nil || got != invented {
		t.Errorf("old code: %q, %v", got, err)
	}
	if got, err := now.Open(place, text); err != nil || string(got) != "Muistiinpano" {
		t.Errorf("old text: %q, %v", got, err)
	}
	renewed, err := now.SealCode(place, invented)
	if err != nil || bytes.Equal(renewed, code) {
		t.Errorf("new values still take the old key: %v", err)
	}
	if _, err := old.OpenCode(place, renewed); err == nil {
		t.Error("the retired set opened a value of the new key")
	}
	a, errA := old.Index("person", invented)
	b, errB := now.Index("person", invented)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Error("rotation changed the index")
	}
}
