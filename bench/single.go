package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"seteli/api"
	"seteli/core/calendar"
	"seteli/domain/event"
	"seteli/domain/offer"
	"seteli/domain/purse"
	"seteli/domain/rulebook/method"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// callers are programs of as many companies that send at once.
const callers = 16

// benchSingle records one event a call: POST /api/v1/events over loopback, with key, all checks, the audit row and the reference
// that makes a repeat harmless; beside it the stored function under pgbench.
func benchSingle(ctx context.Context, s *settings) (err error) {
	w, err := newWorld(ctx, size{Organisers: 1, Providers: callers, Vouchers: 40_000, Hours: 100})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close(ctx)) }()
	if err := w.limits(ctx); err != nil {
		return err
	}
	server, err := w.serve(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.close()) }()
	half := w.Vouchers / 2
	keys := make([]string, callers)
	for i := range keys {
		if keys[i], err = w.key(ctx, int64(i+1)); err != nil {
			return err
		}
	}
	var turn [callers]int
	var waits []float64
	ours := func(int) (float64, error) {
		rate, took, err := server.load(ctx, callers, time.Duration(s.Seconds)*time.Second, func(caller int) (string, []byte, int) {
			i := turn[caller]
			turn[caller]++
			mine := half / callers       // vouchers of this caller's company in the first half
			k := i%mine*callers + caller // its company is 1 + k % callers
			if k == 0 {
				k = half // ids begin at 1; half is a multiple of callers
			}
			day := calendar.Today(w.clock) - calendar.Date(i/mine%20)
			body := fmt.Appendf(nil, `{"lines":[{"client_reference":"c%d-%d","voucher":%q,"date":%q,"quantity":"1"}]}`, caller, i, w.numbers[k-1], day)
			return keys[caller], body, http.StatusOK
		})
		waits = append(waits, took...)
		return rate, err
	}
	limit := func(int) (float64, error) {
		return w.pgbench(ctx, callers, s.Seconds, fmt.Sprintf("select bench_next(%d);\n", half))
	}
	for _, warm := range []func(int) (float64, error){ours, limit} {
		if _, err := warm(0); err != nil {
			return err
		}
	}
	waits = nil
	stop, err := s.profile("single")
	if err != nil {
		return err
	}
	p := pair{higher: true}
	if err := p.alternate(s.Pairs, ours, limit); err != nil {
		return err
	}
	stop()
	p.say("single", "events/s over HTTP, 16 callers; limit: stored function as owner, pgbench 16 clients")
	bar("single-p99", percentile(waits, 0.99)*1000, 50, percentile(waits, 0.99)*1000/50, "ms; limit is the bar")
	note("p50 %.1f ms, %d calls; Formance 205/s and Blnk 275/s on such a machine: %.0f × and %.0f ×", median(waits)*1000, len(waits), median(p.ours)/205, median(p.ours)/275)
	return nil
}

// limits makes the stored functions.
func (w *world) limits(ctx context.Context) error {
	conn, err := w.owner.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	return script(ctx, conn, limitSQL)
}

// profile takes a processor profile until stop is called, when a directory for profiles is given.
func (s *settings) profile(name string) (stop func(), err error) {
	if s.Profile == "" {
		return func() {}, nil
	}
	f, err := os.Create(filepath.Join(s.Profile, name+".pprof"))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		if err := f.Close(); err != nil {
			note("profile of %s: %v", name, err)
		}
	}, nil
}

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// pgbench runs a script as the owner and gives transactions a second.
func (w *world) pgbench(ctx context.Context, clients, seconds int, sql string) (float64, error) {
	file := filepath.Join(w.dir, "script.sql")
	if err := os.WriteFile(file, []byte(sql), 0o644); err != nil {
		return 0, err
	}
	program, err := tool("pgbench")
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, program, "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", "2", "-T", strconv.Itoa(seconds), "-f", file, w.cluster.URL(postgres.Owner, ""))
	var said, wrong bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &wrong
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, wrong.String()[:min(800, wrong.Len())])
	}
	found := tps.FindStringSubmatch(said.String())
	if found == nil {
		return 0, fmt.Errorf("pgbench told no rate: %s", said.String())
	}
	return strconv.ParseFloat(found[1], 64)
}

// tool finds a program of PostgreSQL.
func tool(name string) (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err == nil && len(found) > 0 {
		return found[len(found)-1], nil
	}
	return exec.LookPath(name)
}

// server is the API on loopback.
type server struct {
	http    *http.Server
	address string
	client  *http.Client
	served  chan error
}

func (w *world) serve(ctx context.Context) (*server, error) {
	texts, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	programs := api.New(api.Deps{DB: w.db, Texts: texts, Clock: w.clock, Desk: event.NewDesk(w.db), Till: purse.NewTill(w.db), Board: offer.NewBoard(w.db), Models: method.All(), Random: rand.Reader,
		Log: slog.New(slog.DiscardHandler), PerSecond: math.MaxInt32, Burst: math.MaxInt32})
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{http: &http.Server{Handler: programs.Handler(), ReadHeaderTimeout: 10 * time.Second}, address: "http://" + listener.Addr().String(), served: make(chan error, 1),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128, MaxConnsPerHost: 128}, Timeout: time.Minute}}
	go func() { s.served <- s.http.Serve(listener) }()
	return s, nil
}

func (s *server) close() error {
	s.client.CloseIdleConnections()
	err := s.http.Close()
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// load lets n callers post as fast as answers come and gives calls a second and how long each waited, in seconds.
func (s *server) load(ctx context.Context, n int, length time.Duration, next func(caller int) (key string, body []byte, status int)) (rate float64, waits []float64, err error) {
	began := now()
	var mu sync.Mutex
	var calls atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for caller := range n {
		group.Go(func() error {
			var mine []float64
			defer func() { mu.Lock(); waits = append(waits, mine...); mu.Unlock() }()
			for now().Sub(began) < length {
				key, body, want := next(caller)
				if body == nil {
					return nil
				}
				sent := now()
				status, answer, err := s.post(ctx, key, body)
				if err != nil {
					return err
				}
				mine = append(mine, now().Sub(sent).Seconds())
				if status != want {
					return fmt.Errorf("status %d instead of %d: %s", status, want, answer[:min(400, len(answer))])
				}
				calls.Add(1)
			}
			return nil
		})
	}
	err = group.Wait()
	return float64(calls.Load()) / now().Sub(began).Seconds(), waits, err
}

func (s *server) post(ctx context.Context, key string, body []byte) (status int, answer []byte, err error) {
	return s.postTo(ctx, "/events", key, body)
}

func (s *server) postTo(ctx context.Context, path, key string, body []byte) (status int, answer []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address+api.Prefix+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	res, err := s.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	answer, err = io.ReadAll(res.Body)
	return res.StatusCode, answer, errors.Join(err, res.Body.Close())
}
