package reliability_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/demo"
	"seteli/domain/client"
	"seteli/domain/daycare/profile"
	"seteli/integration/bank"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/platform/secret"
)

// anyCode is the form of a henkilötunnus; what has the form and the right check sign is one.
var anyCode = regexp.MustCompile(`[0-3][0-9][01][0-9]{3}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]`)

// anyWord is what a hash or an encoded text would stand as.
var anyWord = regexp.MustCompile(`[0-9A-Za-z+/_-]{10,}`)

// S12: after a month from clients to payment, no identity code is in a dump of the database, in a log or in a file of the program,
// neither plain nor as a hash that anybody could turn back.
func TestIdentityCodesAreNowhereToBeFound(t *testing.T) {
	var logged safeBuffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(old)
	dir := t.TempDir()
	clock := calendar.At(time.Date(2026, time.November, 21, 8, 30, 0, 0, calendar.Helsinki))
	keys, errKeys := secret.OpenOrCreate(filepath.Join(dir, "keys"))
	texts, errTexts := i18n.Load()
	if err := errors.Join(errKeys, errTexts); err != nil {
		t.Fatal(err)
	}
	db := postgrestest.New(t, postgrestest.Clock(clock))
	d := demo.Deps{DB: db, Clock: clock, Keys: keys, Texts: texts, Models: profile.Models(), Bank: bank.Pain001{}}
	if _, err := demo.Build(t.Context(), d, demo.Options{Scale: "village", Seed: 1, Issuer: "https://id.example", Until: clock.Now(), Progress: func(s string) { t.Log(s) }}); err != nil {
		t.Fatal(err)
	}
	codes := known(t, db, keys)
	if len(codes) < 50 {
		t.Fatalf("only %d clients have a code: the test tests nothing", len(codes))
	}
	hidden := map[string]bool{}
	for _, code := range codes {
		for _, form := range forms(code) {
			hidden[form] = true
		}
	}
	places := map[string][]byte{"the database": dump(t, db), "the log": logged.bytes()}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		places[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for place, content := range places {
		for _, found := range anyCode.FindAllString(string(content), -1) {
			if _, err := ident.ParseHetu(found); err == nil {
				t.Errorf("%s holds the code %s…", place, found[:4])
			}
		}
		for _, word := range anyWord.FindAll(content, -1) {
			if hidden[string(bytes.TrimPrefix(word, []byte("x")))] || hidden[string(word)] { // \x begins the bytes in a dump
				t.Errorf("%s holds a code as %s…", place, word[:8])
			}
		}
	}
	if !bytes.Contains(places["the database"], []byte("identity_encrypted")) || len(places["the database"]) < 1<<20 {
		t.Error("the dump is not one of the whole database: the test tests nothing")
	}
}

// forms are the ways in which a code could lie about unprotected.
func forms(code string) (list []string) {
	for _, text := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", "")} {
		b := []byte(text)
		m, s1, s256, s512 := md5.Sum(b), sha1.Sum(b), sha256.Sum256(b), sha512.Sum512(b)
		for _, sum := range [][]byte{m[:], s1[:], s256[:], s512[:]} {
			list = append(list, hex.EncodeToString(sum), base64.RawStdEncoding.EncodeToString(sum), base64.RawURLEncoding.EncodeToString(sum))
		}
		list = append(list, hex.EncodeToString(b), base64.RawStdEncoding.EncodeToString(b))
	}
	return append(list, code)
}

// known opens every stored code with the keys.
func known(t *testing.T, db *postgres.DB, keys *secret.Keys) (codes []string) {
	t.Helper()
	rows, err := postgrestest.Owner(t, db).Query(t.Context(), "select organiser_id, client_id from client where identity_encrypted is not null")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	type key struct {
		organiser int32
		client    int64
	}
	var all []key
	for rows.Next() {
		var k key
		if err := rows.Scan(&k.organiser, &k.client); err != nil {
			t.Fatal(err)
		}
		all = append(all, k)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, k := range all {
		by := access.Actor{Account: 1, Name: "Satu Seteli", Role: access.Caseworker, Organiser: k.organiser}
		err := db.Tenant(t.Context(), by, func(tx *postgres.Tx) error {
			code, err := client.Identity(t.Context(), tx, by, keys, k.organiser, k.client)
			codes = append(codes, code.String())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// dump writes the database as text, bytes as hexadecimal, with PostgreSQL's own program.
func dump(t *testing.T, db *postgres.DB) []byte {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	if err != nil || len(found) == 0 {
		t.Fatalf("pg_dump is missing: %v", err)
	}
	out, err := exec.CommandContext(t.Context(), found[len(found)-1], postgrestest.URL(t, db, postgres.Admin)).Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) bytes() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.b.Bytes())
}
