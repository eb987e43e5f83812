package access_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/platform/secret"
)

var boot = access.System("test", 0)

type world struct {
	t     *testing.T
	db    *postgres.DB
	clock *calendar.Fixed
	s     *access.Sessions
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := calendar.Noon(calendar.Day(2026, 11, 21))
	db := postgrestest.New(t, postgrestest.Clock(clock))
	return &world{t, db, clock, access.NewSessions(db, "https://seteli.example")}
}

func (w *world) national(fn func(context.Context, *postgres.Tx) error) error {
	return w.db.National(w.t.Context(), func(tx *postgres.Tx) error { return fn(w.t.Context(), tx) })
}

// must grants the account of that name a role.
func (w *world) must(name string, m access.Mandate) (account int64, mandate int64) {
	w.t.Helper()
	err := w.national(func(ctx context.Context, tx *postgres.Tx) error {
		a, err := access.SignIn(ctx, tx, access.Account{Issuer: "test", Subject: name, Name: name})
		if err != nil {
			return err
		}
		m.Account = a.ID
		m, err = access.Grant(ctx, tx, boot, m)
		account, mandate = a.ID, m.ID
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return account, mandate
}

func (w *world) person() int64 {
	w.t.Helper()
	var id int64
	err := w.national(func(ctx context.Context, tx *postgres.Tx) (err error) {
		id, err = access.PersonUnknown(ctx, tx)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *world) begin(r *http.Request, account, mandate int64) *http.Request {
	w.t.Helper()
	rec := httptest.NewRecorder()
	if err := w.s.Begin(rec, r, account, mandate, "high"); err != nil {
		w.t.Fatal(err)
	}
	c := rec.Result().Cookies()[0]
	if c.Name != "__Host-seteli" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(c.Value) < 43 {
		w.t.Fatalf("cookie %+v", c)
	}
	next := httptest.NewRequest(http.MethodGet, "/", nil)
	next.AddCookie(c)
	return next
}

func (w *world) load(r *http.Request) (access.Actor, bool) {
	w.t.Helper()
	a, ok, err := w.s.Load(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return a, ok
}

func (w *world) later(d time.Duration) { w.clock.Set(w.clock.Now().Add(d)) }

func request() *http.Request { return httptest.NewRequest(http.MethodGet, "/", nil) }

func TestSessionTellsWhoActsAndEndsOnTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	account, mandate := w.must("Oiva", access.Mandate{Role: access.Caseworker, Organiser: 17, Teams: []int64{4}})
	r := w.begin(request(), account, mandate)
	a, ok := w.load(r)
	if !ok || a.Account != account || a.Role != access.Caseworker || a.Organiser != 17 || len(a.Teams) != 1 || a.Scopes != nil || !a.SignedIn.Equal(w.clock.Now()) {
		t.Fatalf("actor %+v, %v", a, ok)
	}
	again := w.begin(r, account, mandate) // a new sign-in takes a new token
	if _, ok := w.load(r); ok {
		t.Error("the token from before the sign-in still works")
	}
	if err := w.s.End(httptest.NewRecorder(), again); err != nil {
		t.Fatal(err)
	}
	if _, ok := w.load(again); ok {
		t.Error("the session lives on after signing out")
	}
	planted := request()
	planted.AddCookie(&http.Cookie{Name: "__Host-seteli", Value: strings.Repeat("A", 43)})
	if _, ok := w.load(planted); ok {
		t.Error("an invented token works")
	}
}

func TestSessionsEndIdleAndAbsolutely(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff, staffMandate := w.must("Oiva", access.Mandate{Role: access.Caseworker, Organiser: 17})
	client, clientMandate := w.must("Aino", access.Mandate{Role: access.Client, Person: w.person()})
	s, c := w.begin(request(), staff, staffMandate), w.begin(request(), client, clientMandate)
	w.later(30*time.Minute + time.Second)
	if _, ok := w.load(c); ok {
		t.Error("a client's session lives after 30 idle minutes")
	}
	if _, ok := w.load(s); !ok {
		t.Error("a staff session ended after 30 idle minutes")
	}
	for range 23 { // kept in use to the end of the day
		w.later(30 * time.Minute)
		if _, ok := w.load(s); w.clock.Now().Hour() < 23 && !ok {
			break
		}
	}
	if _, ok := w.load(s); ok {
		t.Error("a session lives longer than 12 hours")
	}
	idle := w.begin(request(), staff, staffMandate)
	w.later(61 * time.Minute)
	if _, ok := w.load(idle); ok {
		t.Error("a staff session lives after an idle hour")
	}
}

func TestWhatEndsIsOutWithinASecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	account, mandate := w.must("Oiva", access.Mandate{Role: access.Caseworker, Organiser: 17, Valid: calendar.Period{From: calendar.Day(2026, 11, 1), To: calendar.Day(2026, 11, 22)}})
	_, other := w.must("Oiva", access.Mandate{Role: access.EventChecker, Organiser: 17})
	r := w.begin(request(), account, mandate)
	w.load(r)
	end := func(id int64) {
		err := w.national(func(ctx context.Context, tx *postgres.Tx) error { _, err := access.End(ctx, tx, boot, id); return err })
		if err != nil {
			t.Fatal(err)
		}
	}
	end(mandate)
	w.later(time.Second)
	if a, ok := w.load(r); !ok || a.Role != "" || a.May(access.VoucherRead, 17) == nil {
		t.Errorf("an ended mandate still acts: %+v", a)
	}
	if err := w.s.Switch(r, mandate); fault.CodeOf(err) != "ACC-006" {
		t.Errorf("switched to an ended mandate: %v", err)
	}
	if err := w.s.Switch(r, other); err != nil {
		t.Fatal(err)
	}
	if a, _ := w.load(r); a.Role != access.EventChecker {
		t.Errorf("after the switch: %+v", a)
	}
	stranger, strange := w.must("Eino", access.Mandate{Role: access.MainUser, Organiser: 18})
	if err := w.s.Switch(r, strange); fault.CodeOf(err) != "ACC-006" {
		t.Errorf("switched to mandate of account %d: %v", stranger, err)
	}
	err := w.national(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := access.Disable(ctx, tx, boot, account)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.later(time.Second)
	if _, ok := w.load(r); ok {
		t.Error("a disabled account still acts")
	}
	err = w.national(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := access.SignIn(ctx, tx, access.Account{Issuer: "test", Subject: "Oiva"})
		return err
	})
	if fault.CodeOf(err) != "ACC-005" {
		t.Errorf("a disabled account signed in: %v", err)
	}
}

func TestGrantsStayOnTheGrantersSide(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	account, _ := w.must("Eino", access.Mandate{Role: access.Caseworker, Organiser: 17})
	person := w.person()
	main := access.Actor{Account: account, Role: access.MainUser, Organiser: 17}
	company := access.Actor{Account: account, Role: access.ProviderMainUser, Provider: 9}
	for name, c := range map[string]struct {
		by   access.Actor
		m    access.Mandate
		code string
	}{
		"own staff":                {main, access.Mandate{Role: access.EventChecker, Organiser: 17}, ""},
		"another's staff":          {main, access.Mandate{Role: access.EventChecker, Organiser: 18}, "ACC-007"},
		"operator by main user":    {main, access.Mandate{Role: access.Operator}, "ACC-007"},
		"own user":                 {company, access.Mandate{Role: access.Recorder, Provider: 9}, ""},
		"another's user":           {company, access.Mandate{Role: access.Recorder, Provider: 10}, "ACC-007"},
		"signatory by main user":   {company, access.Mandate{Role: access.Signatory, Provider: 9}, "ACC-007"},
		"staff by caseworker":      {access.Actor{Role: access.Caseworker, Organiser: 17}, access.Mandate{Role: access.MainUser, Organiser: 17}, "ACC-007"},
		"own representative":       {access.Actor{Role: access.Client, Person: person}, access.Mandate{Role: access.Representative, Person: person, Rights: []access.Right{access.EventConfirm}}, ""},
		"another's representative": {access.Actor{Role: access.Client, Person: person + 1}, access.Mandate{Role: access.Representative, Person: person}, "ACC-007"},
		"right beyond the role":    {boot, access.Mandate{Role: access.Representative, Person: person, Rights: []access.Right{access.VoucherGrant}}, "ACC-007"},
		"role without organiser":   {boot, access.Mandate{Role: access.MainUser}, "ACC-008"},
		"empty period":             {boot, access.Mandate{Role: access.Operator, Valid: calendar.Period{From: 20000, To: 20000}}, "ACC-010"},
	} {
		c.m.Account = account
		err := w.national(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := access.Grant(ctx, tx, c.by, c.m)
			return err
		})
		if fault.CodeOf(err) != c.code || c.code == "" && err != nil {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
}

func TestKeysOfPrograms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	account, _ := w.must("Pää", access.Mandate{Role: access.MainUser, Organiser: 17})
	main := access.Actor{Account: account, Role: access.MainUser, Organiser: 17}
	today := calendar.Day(2026, 11, 21)
	year := calendar.Period{From: today, To: today.AddMonths(12)}
	in := access.Key{Organiser: 17, Name: "Talousjärjestelmä", Scopes: []access.Right{access.StatisticsRead}, Valid: year}
	var (
		key, renewed   access.Key
		secret, second string
	)
	err := w.national(func(ctx context.Context, tx *postgres.Tx) (err error) {
		key, secret, err = access.MakeKey(ctx, tx, main, in)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	works := func(secret string) bool {
		var a access.Actor
		err := w.national(func(ctx context.Context, tx *postgres.Tx) (err error) {
			a, err = access.ActorOfKey(ctx, tx, secret)
			return err
		})
		if err == nil && (!a.Can(access.StatisticsRead) || a.Can(access.StaffManage) || a.Organiser != 17) {
			t.Errorf("key acts as %+v", a)
		}
		return err == nil
	}
	if !works(secret) || works(secret+"x") || works("seteli_"+key.Prefix+"_") || works("x") || works("") {
		t.Error("the right key fails or a wrong one works")
	}
	for name, c := range map[string]struct {
		by   access.Actor
		k    access.Key
		code string
	}{
		"more than a year":  {main, access.Key{Organiser: 17, Scopes: in.Scopes, Valid: calendar.Period{From: today, To: year.To + 1}}, "ACC-021"},
		"more than one has": {main, access.Key{Organiser: 17, Scopes: []access.Right{access.SettlementRelease}, Valid: year}, "ACC-022"},
		"another organiser": {main, access.Key{Organiser: 18, Scopes: in.Scopes, Valid: year}, "ACC-001"},
		"by a program":      {access.Actor{APIKey: 1, Role: access.MainUser, Organiser: 17}, in, "ACC-001"},
	} {
		err := w.national(func(ctx context.Context, tx *postgres.Tx) error {
			_, _, err := access.MakeKey(ctx, tx, c.by, c.k)
			return err
		})
		if fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	err = w.national(func(ctx context.Context, tx *postgres.Tx) (err error) {
		renewed, second, err = access.RotateKey(ctx, tx, main, key.ID, year, 7)
		return err
	})
	if err != nil || !works(secret) || !works(second) {
		t.Fatalf("during the overlap one of the two fails: %v", err)
	}
	w.later(7 * 24 * time.Hour)
	if works(secret) || !works(second) {
		t.Error("after the overlap the old key works or the new one does not")
	}
	err = w.national(func(ctx context.Context, tx *postgres.Tx) error { return access.RevokeKey(ctx, tx, main, renewed.ID) })
	if err != nil || works(second) {
		t.Errorf("a revoked key works: %v", err)
	}
}

func TestPersonIsOneForAllWhoAskAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	index := bytes.Repeat([]byte{7}, 32)
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		ids   = map[int64]bool{}
	)
	for range 8 {
		group.Go(func() {
			err := w.national(func(ctx context.Context, tx *postgres.Tx) error {
				id, err := access.PersonFor(ctx, tx, index)
				mu.Lock()
				defer mu.Unlock()
				ids[id] = true
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if len(ids) != 1 {
		t.Errorf("one person got ids %v", ids)
	}
}

func TestDraftComesBackOnceToItsOwner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	account, _ := w.must("Oiva", access.Mandate{Role: access.Caseworker, Organiser: 17})
	keys, err := secret.Generate()
	if err != nil {
		t.Fatal(err)
	}
	var token string
	err = w.national(func(ctx context.Context, tx *postgres.Tx) (err error) {
		token, err = access.KeepDraft(ctx, tx, keys, account, "/voucher/new", []byte("note=Salainen"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	take := func(account int64) (path, body string, err error) {
		err = w.national(func(ctx context.Context, tx *postgres.Tx) error {
			p, b, err := access.TakeDraft(ctx, tx, keys, account, token)
			path, body = p, string(b)
			return err
		})
		return path, body, err
	}
	if _, body, err := take(account + 1); fault.CodeOf(err) != "ACC-030" || body != "" {
		t.Errorf("another account got %q, %v", body, err)
	}
	if path, body, err := take(account); err != nil || path != "/voucher/new" || body != "note=Salainen" {
		t.Errorf("the owner got %q %q, %v", path, body, err)
	}
	if _, _, err := take(account); fault.CodeOf(err) != "ACC-030" {
		t.Errorf("the draft came back twice: %v", err)
	}
}
