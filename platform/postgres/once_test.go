package postgres_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

func TestOnceRunsOnceAndAnswersAlike(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	ctx := t.Context()
	key := postgres.Key{Organiser: 1, Realm: "test", Key: "k1"}
	call := func(input string) ([]byte, error) {
		var answer []byte
		err := db.TenantMoney(ctx, organiser(1), func(tx *postgres.Tx) error {
			ran := false
			a, again, err := postgres.Once(ctx, tx, key, sha256.Sum256([]byte(input)), func() ([]byte, error) {
				ran = true
				return []byte("answer to " + input), tx.Outbox(ctx, postgres.Message{Organiser: 1, Topic: "test", Dedup: fmt.Sprint(rand.Uint64()), Payload: 1})
			})
			if err == nil && again == ran {
				t.Error("repeated and ran disagree")
			}
			answer = a
			return err
		})
		return answer, err
	}
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			answer, err := call("a")
			if err != nil || string(answer) != "answer to a" {
				t.Errorf("%q, %v", answer, err)
			}
		})
	}
	wg.Wait()
	_, err := call("b")
	wantCode(t, err, "PG-ONCE")
	var n int64
	must(t, postgrestest.Owner(t, db).QueryRow(ctx, `select count(*) from outbox`).Scan(&n))
	if n != 1 {
		t.Errorf("%d effects", n)
	}
}

func TestFailedRequestForgetsItsKey(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	ctx := t.Context()
	call := func(fail error) (again bool, err error) {
		err = db.Tenant(ctx, organiser(1), func(tx *postgres.Tx) error {
			var err error
			_, again, err = postgres.Once(ctx, tx, postgres.Key{Organiser: 1, Realm: "test", Key: "k"}, [32]byte{}, func() ([]byte, error) { return nil, fail })
			return err
		})
		return again, err
	}
	if _, err := call(errOnPurpose); !errors.Is(err, errOnPurpose) {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true} {
		if again, err := call(nil); again != want || err != nil {
			t.Errorf("call %d: again %t, %v", i, again, err)
		}
	}
}

func TestOutboxDeliversAtLeastOnceInOrder(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	ctx := t.Context()
	in := func(fn func(*postgres.Tx) error) { t.Helper(); must(t, db.Tenant(ctx, organiser(1), fn)) }
	in(func(tx *postgres.Tx) error {
		for _, d := range []string{"1", "2", "2"} {
			if err := tx.Outbox(ctx, postgres.Message{Organiser: 1, Topic: "mail", Dedup: d, Stream: "client-5", Payload: map[string]int{"id": 5}}); err != nil {
				return err
			}
		}
		return nil
	})
	var got []postgres.Delivery
	claim := func(want ...string) {
		t.Helper()
		in(func(tx *postgres.Tx) (err error) {
			got, err = tx.OutboxClaim(ctx, "mail", 10, time.Minute)
			return err
		})
		if len(got) != len(want) || len(want) > 0 && got[0].Dedup != want[0] {
			t.Fatalf("claimed %+v, want %v", got, want)
		}
	}
	claim("1") // the second waits for the first
	claim()    // leased
	in(func(tx *postgres.Tx) error { return tx.OutboxFailed(ctx, lease(1, 1), "timeout", tx.Now()) })
	claim("1")
	if got[0].Attempt != 2 {
		t.Errorf("attempt %d", got[0].Attempt)
	}
	in(func(tx *postgres.Tx) error {
		late, err := tx.OutboxSent(ctx, lease(got[0].ID, 1)) // the first lease is over
		if !late {
			t.Error("an old lease ended the message")
		}
		return err
	})
	in(func(tx *postgres.Tx) error { _, err := tx.OutboxSent(ctx, got[0]); return err })
	claim("2")
}

func lease(id int64, attempt int) postgres.Delivery {
	return postgres.Delivery{Organiser: 1, ID: id, Attempt: attempt}
}
