package audit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

const closed = audit.Act("voucher.closed")

var caseworker = access.Actor{Account: 5, Name: "Ohjaaja Oiva", Role: access.Caseworker, Organiser: 17}

func do(t *testing.T, db *postgres.DB, s postgres.Scoped, fn func(context.Context, *postgres.Tx) error) {
	t.Helper()
	if err := db.Tenant(t.Context(), s, func(tx *postgres.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, db *postgres.DB, s postgres.Scoped, n int) {
	t.Helper()
	do(t, db, s, func(ctx context.Context, tx *postgres.Tx) error {
		entries := make([]audit.Entry, n)
		for i := range entries {
			entries[i] = audit.Entry{Subject: audit.Ref{Kind: "voucher", ID: int64(i + 1), Label: fmt.Sprintf("AB-%d", i+1)}, Detail: map[string]any{"day": "2026-12-01", "n": i}}
		}
		before := tx.QueryCount()
		err := audit.WriteMany(audit.WithRequest(ctx, "req-1"), tx, caseworker, closed, entries)
		if got := tx.QueryCount() - before; got != 1 {
			t.Errorf("%d rows took %d statements", n, got)
		}
		return err
	})
}

func seal(t *testing.T, db *postgres.DB, organiser int32) (head audit.Head, sealed int) {
	t.Helper()
	do(t, db, access.System("audit.seal", organiser), func(ctx context.Context, tx *postgres.Tx) (err error) {
		head, sealed, err = audit.Seal(ctx, tx, organiser, false)
		return err
	})
	return head, sealed
}

func verify(t *testing.T, db *postgres.DB, organiser int32, known *audit.Head) (head audit.Head, err error) {
	t.Helper()
	do(t, db, access.System("audit.verify", organiser), func(ctx context.Context, tx *postgres.Tx) error {
		head, err = audit.Verify(ctx, tx, organiser, known)
		return nil
	})
	return head, err
}

func TestRowsAreSealedOnceAndVerify(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	write(t, db, caseworker, 3)
	head, n := seal(t, db, 17)
	if n != 3 || head.Position != 3 {
		t.Fatalf("sealed %d up to %d", n, head.Position)
	}
	if _, n := seal(t, db, 17); n != 0 {
		t.Fatalf("sealed %d rows twice", n)
	}
	write(t, db, caseworker, 6_001) // more than one batch of the sealer
	if head, n = seal(t, db, 17); n != 6_001 || head.Position != 6_004 {
		t.Fatalf("sealed %d up to %d", n, head.Position)
	}
	got, err := verify(t, db, 17, &head)
	if err != nil || got.Position != head.Position || string(got.Hash) != string(head.Hash) {
		t.Fatalf("verified %+v, %v; want %+v", got, err, head)
	}
	do(t, db, caseworker, func(ctx context.Context, tx *postgres.Tx) error {
		rows, err := audit.History(ctx, tx, 17, audit.Ref{Kind: "voucher", ID: 2}, 0, 10)
		if len(rows) != 2 || rows[0].RequestID != "req-1" || rows[0].ActorName != "Ohjaaja Oiva" || *rows[0].ActorAccount != 5 {
			t.Errorf("history %+v", rows)
		}
		return err
	})
}

func TestTamperingNamesTheRow(t *testing.T) {
	t.Parallel()
	for why, c := range map[string]struct {
		sql      string
		position int64
	}{
		"changed":   {`update audit set detail = '{"day": "2027-01-01"}' where audit_id = (select audit_id from audit_chain where position = 4)`, 4},
		"missing":   {`delete from audit where audit_id = (select audit_id from audit_chain where position = 2)`, 2},
		"gap":       {`delete from audit_chain where position = 3`, 4},
		"relinked":  {`update audit_chain set hash = sha256('x') where position = 5`, 5},
		"truncated": {`delete from audit_chain where position > 4`, 5},
		"reordered": {`create temp table moved as select * from audit_chain where position in (2, 3);
			delete from audit_chain where position in (2, 3);
			insert into audit_chain select organiser_id, 5 - position, audit_id, row_hash, hash from moved`, 2},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			db := postgrestest.New(t)
			write(t, db, caseworker, 6)
			head, _ := seal(t, db, 17)
			if _, err := postgrestest.Admin(t, db).Exec(t.Context(), c.sql); err != nil {
				t.Fatal(err)
			}
			_, err := verify(t, db, 17, &head)
			var damage *audit.Damage
			if !errors.As(err, &damage) || damage.Position != c.position {
				t.Fatalf("found %v, want position %d", err, c.position)
			}
			if why != "reordered" && damage.Why != why {
				t.Errorf("named it %s, want %s", damage.Why, why)
			}
		})
	}
}

func TestNationalRowsAreNotForProvidersOrCitizens(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	write(t, db, access.Actor{Role: access.Operator}, 1)
	provider := access.Within{Provider: 9}
	write(t, db, provider, 1) // a company's own data: national, written under the provider's scope
	count := func(s postgres.Scoped) (n int) {
		do(t, db, s, func(ctx context.Context, tx *postgres.Tx) error {
			return tx.QueryRow(ctx, `select count(*) from audit`).Scan(&n)
		})
		return n
	}
	if n := count(access.Actor{Role: access.Operator}); n != 2 {
		t.Errorf("the operator sees %d national rows of 2", n)
	}
	for _, s := range []postgres.Scoped{provider, access.Within{Person: 3}, access.Within{Organiser: 17}, access.Within{Organiser: 18}} {
		if n := count(s); n != 0 {
			t.Errorf("%+v sees %d national rows", s, n)
		}
	}
}

func TestAuditCannotBeChangedByTheProgram(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	write(t, db, caseworker, 1)
	for _, sql := range []string{
		`update audit set act = 'x'`, `delete from audit`, `truncate audit`, `update audit_chain set position = 2`, `delete from audit_chain`,
		`update access_log set what = 'x'`, `delete from access_log`,
		`insert into audit (organiser_id, at, actor_name, role, act, subject_kind, subject_id, subject_label, detail, request_id)
		 values (18, now(), 'x', 'x', 'x', 'x', 1, 'x', '{}', '')`,
	} {
		err := db.Tenant(t.Context(), caseworker, func(tx *postgres.Tx) error {
			_, err := tx.Exec(t.Context(), sql)
			return err
		})
		if err == nil {
			t.Errorf("allowed: %s", sql)
		}
	}
}

func TestReadingsAreSeenByTheClientAndTheOrganiserOnly(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	provider := access.Actor{Account: 8, Name: "Kirjaaja Kerttu", Role: access.Recorder, Provider: 9}
	do(t, db, caseworker, func(ctx context.Context, tx *postgres.Tx) error {
		before := tx.QueryCount()
		err := audit.SeenMany(ctx, tx, caseworker, []audit.View{
			{Person: 3, Client: 30, Purpose: "case.handling", What: "voucher"}, {Person: 4, Client: 40, Purpose: "case.handling", What: "voucher"}})
		if tx.QueryCount()-before != 1 {
			t.Error("a list took more than one statement")
		}
		return err
	})
	do(t, db, provider, func(ctx context.Context, tx *postgres.Tx) error { // under the provider's own scope
		return audit.Seen(ctx, tx, provider, audit.View{Organiser: 17, Person: 3, Client: 30, Purpose: "service", What: "client.basics"})
	})
	since, until := calendar.Day(2024, 11, 21).Time(), calendar.Day(2026, 11, 22).Time() // two years at once
	do(t, db, access.Within{Person: 3}, func(ctx context.Context, tx *postgres.Tx) error {
		rows, err := audit.ReadingsOfPerson(ctx, tx, 3, since, until, 100)
		if len(rows) != 2 || rows[0].Name == rows[1].Name {
			t.Errorf("the client sees %+v", rows)
		}
		others, err2 := audit.ReadingsOfPerson(ctx, tx, 4, since, until, 100)
		if len(others) != 0 {
			t.Errorf("the client sees another's log: %+v", others)
		}
		return errors.Join(err, err2)
	})
	do(t, db, caseworker, func(ctx context.Context, tx *postgres.Tx) error {
		rows, err := audit.ReadingsOfClient(ctx, tx, 17, 30, since, until, 100)
		if len(rows) != 2 {
			t.Errorf("the organiser sees %d readings of 2", len(rows))
		}
		return err
	})
	do(t, db, access.Within{Organiser: 18}, func(ctx context.Context, tx *postgres.Tx) error {
		rows, err := audit.ReadingsOfClient(ctx, tx, 17, 30, since, until, 100)
		if len(rows) != 0 {
			t.Errorf("another organiser sees %d readings", len(rows))
		}
		return err
	})
}

func TestUnloggableReadingFails(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	for name, c := range map[string]struct {
		scope postgres.Scoped
		view  audit.View
	}{
		"no purpose":        {caseworker, audit.View{Client: 1, What: "voucher"}},
		"no client":         {caseworker, audit.View{Purpose: "p", What: "voucher"}},
		"no organiser":      {access.Within{Provider: 9}, audit.View{Client: 1, Purpose: "p", What: "voucher"}},
		"foreign organiser": {caseworker, audit.View{Organiser: 18, Client: 1, Purpose: "p", What: "voucher"}},
	} {
		err := db.Tenant(t.Context(), c.scope, func(tx *postgres.Tx) error { return audit.Seen(t.Context(), tx, caseworker, c.view) })
		if fault.CodeOf(err) != "AUD-001" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSealingFindsRowsThatCommitLate(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	begun, goOn, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- db.Tenant(context.Background(), caseworker, func(tx *postgres.Tx) error {
			if err := audit.Write(context.Background(), tx, caseworker, closed, audit.Ref{Kind: "voucher", ID: 1}, nil); err != nil {
				return err
			}
			close(begun)
			select {
			case <-goOn:
			case <-time.After(20 * time.Second):
			}
			return nil
		})
	}()
	<-begun
	write(t, db, caseworker, 1) // takes the higher id and commits first
	if _, n := seal(t, db, 17); n != 1 {
		t.Fatalf("sealed %d of 1 committed row", n)
	}
	close(goOn)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if _, n := seal(t, db, 17); n != 1 {
		t.Fatal("the late row was not sealed")
	}
	if _, err := verify(t, db, 17, nil); err != nil {
		t.Fatal(err)
	}
}
