// Package settlementtest makes small worlds of one organiser, its payees and what they have delivered, for tests of
// settlement, payment and their faces. Deliveries are made as postings, the way events make them; it knows no voucher.
package settlementtest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/domain/organiser"
	"seteli/domain/settlement"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// World is one organiser on a day that the test moves.
type World struct {
	T        testing.TB
	DB       *postgres.DB
	Owner    *pgxpool.Pool
	Clock    *calendar.Fixed
	Org      organiser.Organiser
	Preparer access.Actor
	admin    *pgxpool.Pool
	next     int64 // event ids
}

// Server is a database that several worlds can share.
type Server struct {
	DB    *postgres.DB
	Owner *pgxpool.Pool
	Clock *calendar.Fixed
	admin *pgxpool.Pool
	made  int
}

// NewServer clones a database whose clock stands at noon of 2026-11-21.
func NewServer(t testing.TB) *Server {
	t.Helper()
	clock := calendar.Noon(postgrestest.Today)
	db := postgrestest.New(t, postgrestest.Clock(clock))
	return &Server{DB: db, Owner: postgrestest.Owner(t, db), Clock: clock, admin: postgrestest.Admin(t, db)}
}

// New gives a world of its own.
func New(t testing.TB) *World {
	t.Helper()
	return NewServer(t).World(t)
}

// World founds another organiser in the database.
func (s *Server) World(t testing.TB) *World {
	t.Helper()
	s.made++
	w := &World{T: t, DB: s.DB, Owner: s.Owner, Clock: s.Clock, admin: s.admin}
	in := organiser.FoundInput{Prefix: prefix(s.made), Kind: "municipality", BusinessID: BusinessID(1_000_000 + 3*s.made), Settings: organiser.Settings{
		Names: i18n.Names{Fi: "Mallilan kaupunki", Sv: "Mallila stad", En: "City of Mallila"}, Email: "info@mallila.example", Phone: "02 123 4567", AddressLine: "Torikatu 1",
		Postcode: "99999", City: "Mallila", RegistryEmail: "kirjaamo@mallila.example", RectificationBody: i18n.Names{Fi: "Lautakunta", Sv: "Nämnden", En: "Board"},
		Rhythm: "monthly", SettlementDay: 5, PaymentTermDays: 30, PayerName: "Mallilan kaupunki", PayerIBAN: IBAN(s.made)}}
	err := s.DB.National(t.Context(), func(tx *postgres.Tx) (err error) {
		w.Org, err = organiser.Found(t.Context(), tx, access.Actor{Account: 1, Name: "Olli Operaattori", Role: access.Operator}, in)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Preparer = access.Actor{Account: 11, Name: "Vilma Valmistelija", Role: access.SettlementPreparer, Organiser: w.Org.ID, SignedIn: w.Clock.Now()}
	return w
}

func prefix(n int) string {
	const letters = "ABCDEFGHJKMNPQRSTVWXYZ" // none that is read as a digit
	return "T" + letters[n/len(letters)%len(letters):][:1] + letters[n%len(letters):][:1]
}

// Approver is another person, signed in just now.
func (w *World) Approver() access.Actor {
	return access.Actor{Account: 12, Name: "Heikki Hyväksyjä", Role: access.SettlementApprover, Organiser: w.Org.ID, SignedIn: w.Clock.Now()}
}

// BusinessID makes a valid Y-tunnus from seven digits; the few that have none take the next.
func BusinessID(n int) string {
	for ; ; n++ {
		sum, rest := 0, n
		for _, weight := range []int{2, 4, 8, 5, 10, 9, 7} {
			sum += rest % 10 * weight
			rest /= 10
		}
		if check := sum % 11; check != 1 {
			return fmt.Sprintf("%07d-%d", n, (11-check)%11)
		}
	}
}

// IBAN makes a valid account number.
func IBAN(n int) string {
	account := fmt.Sprintf("123456%08d", n)
	rest := 0
	for _, c := range account + "151800" {
		rest = (rest*10 + int(c-'0')) % 97
	}
	return fmt.Sprintf("FI%02d%s", 98-rest, account)
}

// Payees adds n companies to the register, each with an account, and gives their ids.
func (w *World) Payees(n int) []int64 {
	w.T.Helper()
	ctx := w.T.Context()
	var known int64
	if err := w.Owner.QueryRow(ctx, "select coalesce(max(provider_id), 0) from provider").Scan(&known); err != nil {
		w.T.Fatal(err)
	}
	ids, seen := make([]int64, n), map[string]bool{}
	number := 2_000_000 + int(known)*3
	rows := make([][]any, n)
	for i := range n {
		id := BusinessID(number)
		for number += 3; seen[id]; number += 3 {
			id = BusinessID(number)
		}
		seen[id] = true
		ids[i] = known + int64(i) + 1
		rows[i] = []any{ids[i], id, fmt.Sprintf("Hoiva Äiti & Öljy %d Oy", ids[i]), IBAN(int(ids[i])), "Hoiva Oy", w.Clock.Now()}
	}
	if _, err := w.Owner.CopyFrom(ctx, pgx.Identifier{"provider"}, []string{"provider_id", "business_id", "name", "iban", "iban_holder", "created_at"}, pgx.CopyFromRows(rows)); err != nil {
		w.T.Fatal(err)
	}
	return ids
}

// Do runs fn in the organiser's scope and fails the test on an error.
func (w *World) Do(fn func(ctx context.Context, tx *postgres.Tx) error) {
	w.T.Helper()
	if err := w.Try(fn); err != nil {
		w.T.Fatal(err)
	}
}

// Try runs fn in the organiser's scope.
func (w *World) Try(fn func(ctx context.Context, tx *postgres.Tx) error) error {
	return w.DB.Tenant(w.T.Context(), access.Within{Organiser: w.Org.ID}, func(tx *postgres.Tx) error { return fn(w.T.Context(), tx) })
}

// Deliver accepts a delivery of the payee.
func (w *World) Deliver(payee int64, cents money.Cents) {
	w.T.Helper()
	w.Do(func(ctx context.Context, tx *postgres.Tx) error { return w.Post(ctx, tx, payee, cents) })
}

// Event is a delivery with an event and a voucher behind it, for tests that read lines. What else belongs to a voucher is
// left out: foreign keys are not checked while the rows are made.
func (w *World) Event(payee int64, cents money.Cents) {
	w.T.Helper()
	ctx := w.T.Context()
	w.Deliver(payee, cents)
	no := w.next
	conn, err := w.admin.Acquire(ctx)
	if err != nil {
		w.T.Fatal(err)
	}
	defer conn.Release()
	for _, sql := range []string{
		"set session_replication_role = replica",
		`insert into content (organiser_id, content_id, service_id, code, unit, created_at) overriding system value values ($1, 1, 1, 'H1', 'hour', now()) on conflict do nothing`,
		`insert into content_version (organiser_id, content_id, version, valid_from, name_fi, name_sv, name_en) values ($1, 1, 1, '2026-01-01', 'Kotihoito, tunti', 'Hemvård, timme', 'Home care, hour') on conflict do nothing`,
		`insert into voucher (organiser_id, voucher_id, number, client_id, person_id, service_id, mode, valid_from, valid_to, state, rulebook_id, own_share_forbidden)
			values ($1, 1, 'TAB-2345-6789', 1, 1, 1, 'voucher', '2026-01-01', '2027-01-01', 'open', 1, false) on conflict do nothing`,
	} {
		if _, err := exec(ctx, conn, sql, w.Org.ID); err != nil {
			w.T.Fatal(err)
		}
	}
	_, err = conn.Exec(ctx, `insert into event (organiser_id, event_id, provider_id, unit_id, person_id, client_id, voucher_id, line_id, content_id, service_id, reservation_id, service_date,
			quantity, accepted_quantity, price_cents, value_cents, total_cents, organiser_cents, own_cents, bucket, verdict, period_no, rulebook_id, client_reference, content_hash, batch_id, recorded_at, recorded_by_account, recorded_by)
		select $1, $2, $3, 1, 1, 1, 1, 1, 1, 1, 1, $4, 3000, 3000, $5::bigint, $5::bigint, $5::bigint, $5::bigint, 0, $4, 'accepted', p.period_no, 1, 'R-' || $2::bigint, '\\x00', 1, now(), 1, 'Riina'
		from posting p where p.organiser_id = $1 and p.source_id = $2 and p.source_kind = 2`, w.Org.ID, no, payee, calendar.Today(w.Clock), int64(cents))
	if err != nil {
		w.T.Fatal(err)
	}
	if _, err := conn.Exec(ctx, "reset session_replication_role"); err != nil {
		w.T.Fatal(err)
	}
}

func exec(ctx context.Context, conn *pgxpool.Conn, sql string, organiser int32) (any, error) {
	if strings.Contains(sql, "$1") {
		return conn.Exec(ctx, sql, organiser)
	}
	return conn.Exec(ctx, sql)
}

// Post writes what accepting (plus) or refunding (minus) a delivery writes.
func (w *World) Post(ctx context.Context, tx *postgres.Tx, payee int64, cents money.Cents) error {
	open, err := ledger.SharePeriods(ctx, tx, w.Org.ID, []int64{payee})
	if err != nil {
		return err
	}
	w.next++
	p := ledger.Posting{Provider: payee, Period: open[payee], Debit: ledger.Expense, DebitRef: 1, Credit: ledger.Payable, CreditRef: payee, Amount: cents,
		Quantity: money.Units(1), ServiceDate: tx.Today(), Source: ledger.FromEvent, SourceID: w.next}
	if cents < 0 {
		p.Amount = -cents
		p = p.Reversed(ledger.FromRefund, w.next, 1)
	}
	return ledger.Post(ctx, tx, w.Org.ID, []ledger.Posting{p})
}

// NextDay moves the clock to noon of the next day and gives its slot.
func (w *World) NextDay() string {
	w.Clock.Set(w.Clock.Now().Add(24 * time.Hour))
	return calendar.Today(w.Clock).String()
}

// Slot is today's slot.
func (w *World) Slot() string { return calendar.Today(w.Clock).String() }

// Calculate makes the run of a slot.
func (w *World) Calculate(key string) (run settlement.Run, err error) {
	err = w.Try(func(ctx context.Context, tx *postgres.Tx) (err error) {
		run, err = settlement.Calculate(ctx, tx, w.Preparer, settlement.CalculateInput{Organiser: w.Org.ID, Key: key})
		return err
	})
	return run, err
}

// Approve approves a run by the second person.
func (w *World) Approve(run int64) error {
	return w.Try(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := settlement.Approve(ctx, tx, w.Approver(), w.Org.ID, run)
		return err
	})
}

// Statements reads a run's statements by payee.
func (w *World) Statements(run int64) map[int64]settlement.Statement {
	w.T.Helper()
	out := map[int64]settlement.Statement{}
	w.Do(func(ctx context.Context, tx *postgres.Tx) error {
		list, err := settlement.Statements(ctx, tx, w.Preparer, w.Org.ID, run)
		for _, s := range list {
			out[s.Provider] = s
		}
		return err
	})
	return out
}

// Verified fails the test with every difference that the replay finds.
func (w *World) Verified() {
	w.T.Helper()
	for _, d := range w.Differences() {
		w.T.Errorf("%v", d)
	}
}

// Differences replays ledger and settlement.
func (w *World) Differences() (out []ledger.Difference) {
	w.T.Helper()
	w.Do(func(ctx context.Context, tx *postgres.Tx) error {
		for _, check := range []func(context.Context, *postgres.Tx, int32) ([]ledger.Difference, error){settlement.Verify, ledger.Verify} {
			found, err := check(ctx, tx, w.Org.ID)
			if err != nil {
				return err
			}
			out = append(out, found...)
		}
		return nil
	})
	return out
}
