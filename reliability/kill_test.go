package reliability_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/event/eventtest"
	"seteli/migrations"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// seed of the moments of the kills; printed so that a failing run can be repeated.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	const seed = 20261121
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// programKey makes the key of the provider's program.
func programKey(t *testing.T, w *eventtest.World) (secret string) {
	t.Helper()
	w.Exec(`insert into account (account_id, issuer, subject, name, created_at) overriding system value values (1, 'test', 'paula', 'Paula Pääkäyttäjä', now())`)
	by := access.Actor{Account: 1, Name: "Paula Pääkäyttäjä", Role: access.ProviderMainUser, Provider: w.Provider}
	err := w.DB.National(t.Context(), func(tx *postgres.Tx) (err error) {
		_, secret, err = access.MakeKey(t.Context(), tx, by, access.Key{Provider: w.Provider, Name: "testi", Scopes: []access.Right{access.EventRecord}, Valid: calendar.Period{From: postgrestest.Today, To: postgrestest.Today + 30}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// sender is a program that does not give up: it sends a call with the same references until it has an answer.
type sender struct {
	address atomic.Pointer[string]
	key     string
	client  http.Client
}

// send gives the number of lines that were recorded, or were found recorded by an earlier try.
func (s *sender) send(ctx context.Context, body []byte) (recorded int, err error) {
	for ctx.Err() == nil {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+*s.address.Load()+"/api/v1/events", bytes.NewReader(body))
		if err != nil {
			return 0, err
		}
		r.Header.Set("Authorization", "Bearer "+s.key)
		r.Header.Set("Content-Type", "application/json")
		status, answer, err := s.do(r)
		if err != nil || status >= 500 || status == http.StatusTooManyRequests { // the program is gone, or going
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if status != http.StatusOK {
			return 0, fmt.Errorf("status %d: %s", status, answer)
		}
		var said struct{ Accepted, Rejected int }
		if err := json.Unmarshal(answer, &said); err != nil {
			return 0, err
		}
		if said.Rejected > 0 {
			return 0, fmt.Errorf("rejected: %s", answer)
		}
		return said.Accepted, nil
	}
	return 0, ctx.Err()
}

func (s *sender) do(r *http.Request) (int, []byte, error) {
	res, err := s.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	answer, err := io.ReadAll(res.Body)
	return res.StatusCode, answer, errors.Join(err, res.Body.Close())
}

// R1: the program is killed again and again under single calls and bulk calls. What was acknowledged is there, once.
func TestKilledProgramLosesAndDoublesNothing(t *testing.T) {
	w := eventtest.New(t)
	r := seeded(t)
	const singles, bulks, lines = 6, 2, 200
	vouchers := w.Vouchers(3000, eventtest.Spec{Amount: money.Units(600)})
	s := &sender{key: programKey(t, w), client: http.Client{Timeout: 20 * time.Second}}
	url := postgrestest.URL(t, w.DB, postgres.App)
	program, slowest := begin(t, s, url)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var acknowledged, turn atomic.Int64
	var enough atomic.Bool
	var group sync.WaitGroup
	one := func(n int) []byte {
		list := make([]string, n)
		for i := range list {
			k := turn.Add(1)
			list[i] = fmt.Sprintf(`{"client_reference":"r-%d","voucher":%q,"date":"%s","quantity":"1"}`, k, vouchers[k%int64(len(vouchers))].Number, calendar.Day(2026, 10, 1)+calendar.Date(k/int64(len(vouchers))%50))
		}
		return []byte(`{"lines":[` + strings.Join(list, ",") + `]}`)
	}
	for i := range singles + bulks {
		group.Go(func() {
			for !enough.Load() {
				n := 1
				if i >= singles {
					n = lines
				}
				got, err := s.send(ctx, one(n))
				if err != nil || got != n {
					if ctx.Err() == nil {
						t.Errorf("%d of %d lines: %v", got, n, err)
					}
					return
				}
				acknowledged.Add(int64(n))
			}
		})
	}
	for range times(20, 100) {
		time.Sleep(time.Duration(50+r.IntN(350)) * time.Millisecond)
		program.kill(t)
		var took time.Duration
		program, took = begin(t, s, url)
		slowest = max(slowest, took)
	}
	enough.Store(true)
	group.Wait() // each sender gets the answer to its last call
	var stored int64
	if err := w.Owner.QueryRow(t.Context(), "select count(*) from event").Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if stored != acknowledged.Load() || stored != turn.Load() {
		t.Errorf("%d events acknowledged of %d sent, %d stored", acknowledged.Load(), turn.Load(), stored)
	}
	if stored == 0 {
		t.Error("nothing was recorded between the kills: the test tests nothing")
	}
	if slowest > 5*time.Second {
		t.Errorf("ready again after %v", slowest)
	}
	t.Logf("%d events through %d kills; slowest start %v", stored, times(20, 100), slowest)
	whole(t, w.DB, w.Owner, w.Organiser)
}

// begin starts the program and points the sender at it.
func begin(t *testing.T, s *sender, url string) (*child, time.Duration) {
	t.Helper()
	began := time.Now()
	c := start(t, "serve", url)
	address := c.line(t)
	if address == "" {
		c.wait(t)
		t.Fatal("the program ended before it listened")
	}
	s.address.Store(&address)
	return c, time.Since(began)
}

// R2: PostgreSQL itself is killed under load, with flushes to disk as in service.
func TestKilledDatabaseLosesNothingAcknowledged(t *testing.T) {
	dir, err := os.MkdirTemp("", "seteli-kill-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	cfg := postgres.ClusterConfig{Dir: dir}
	cluster, err := postgres.StartCluster(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(cluster.Stop(context.Background()), os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	})
	if _, err := postgres.Migrate(t.Context(), cluster.URL(postgres.Owner, ""), migrations.Files); err != nil {
		t.Fatal(err)
	}
	db, err := postgres.Open(t.Context(), postgres.Config{URL: cluster.URL(postgres.App, ""), Clock: calendar.Noon(postgrestest.Today)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	owner, err := pgxpool.New(t.Context(), cluster.URL(postgres.Owner, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	w := eventtest.On(t, db, owner)
	vouchers := w.Vouchers(1500, eventtest.Spec{Amount: money.Units(600)})
	desk := event.NewDesk(db)
	r := seeded(t)
	var turn, acknowledged atomic.Int64
	var enough atomic.Bool
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for !enough.Load() {
				k := turn.Add(1)
				q := money.Units(1)
				line := event.Line{Reference: fmt.Sprint("p-", k), Number: vouchers[k%int64(len(vouchers))].Number, Date: calendar.Day(2026, 10, 1) + calendar.Date(k/int64(len(vouchers))%50), Quantity: &q}
				for { // the same reference until there is an answer: the commit may have happened although its answer was lost
					v, err := desk.Record(context.Background(), w.Organiser, w.Submission(line))
					if err != nil {
						time.Sleep(20 * time.Millisecond)
						continue
					}
					if v[0].State != event.Accepted {
						t.Errorf("%s: %v", v[0].State, v[0].Codes())
					}
					acknowledged.Add(1)
					break
				}
			}
		})
	}
	slowest := time.Duration(0)
	for range times(5, 30) {
		time.Sleep(time.Duration(300+r.IntN(700)) * time.Millisecond)
		if err := syscall.Kill(postmaster(t, dir), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		killed := time.Now()
		cluster = again(t, cfg, cluster)
		slowest = max(slowest, time.Since(killed))
	}
	enough.Store(true)
	group.Wait()
	if slowest > 30*time.Second {
		t.Errorf("recovered after %v", slowest)
	}
	var stored int64
	if err := w.Owner.QueryRow(t.Context(), "select count(*) from event").Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if stored != acknowledged.Load() || stored == 0 {
		t.Errorf("%d events acknowledged, %d stored", acknowledged.Load(), stored)
	}
	t.Logf("%d events through %d kills of PostgreSQL; slowest recovery %v", stored, times(5, 30), slowest)
	whole(t, db, owner, w.Organiser)
	amcheck(t, cluster)
}

// postmaster reads the process id that PostgreSQL wrote.
func postmaster(t *testing.T, dir string) int {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// again waits until the database answers. The program starts it by itself a few times in a row; after that its operator does.
func again(t *testing.T, cfg postgres.ClusterConfig, cluster *postgres.Cluster) *postgres.Cluster {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		select {
		case <-cluster.Done():
			if err := cluster.Stop(ctx); err != nil {
				t.Logf("the cluster had given up: %v", err)
			}
			next, err := postgres.StartCluster(ctx, cfg)
			if err != nil {
				t.Fatal(err)
			}
			return next
		case <-time.After(20 * time.Millisecond):
		}
		if c, err := postgres.Attach(ctx, cfg); err == nil && c != nil {
			return cluster
		}
	}
	t.Fatal("the database did not come back")
	return nil
}

// amcheck compares every index with its table.
func amcheck(t *testing.T, cluster *postgres.Cluster) {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_amcheck")
	if err != nil || len(found) == 0 {
		t.Fatalf("pg_amcheck is missing: %v", err)
	}
	out, err := exec.CommandContext(t.Context(), found[len(found)-1], "--install-missing", "--heapallindexed", cluster.URL(postgres.Admin, postgres.Database)).CombinedOutput()
	if err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("pg_amcheck: %v: %s", err, out)
	}
}
