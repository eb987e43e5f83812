package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"seteli/core/calendar"
	"seteli/domain/admission"
	"seteli/domain/daycare/guidance"
	daycare "seteli/domain/daycare/store"
	"seteli/domain/organiser"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// Jobs that run by themselves. Each is claimed in the database, so any number of processes run each once.
type (
	sealArgs    struct{ Everything bool }
	sweepArgs   struct{}
	outboxArgs  struct{}
	nightlyArgs struct{}
	lapseArgs   struct{}
	forgetArgs  struct{}
	tendArgs    struct{}
)

func (sealArgs) Kind() string    { return "audit.seal" }
func (sweepArgs) Kind() string   { return "sessions.sweep" }
func (outboxArgs) Kind() string  { return "outbox.deliver" }
func (nightlyArgs) Kind() string { return "database.nightly" }
func (lapseArgs) Kind() string   { return "applications.lapse" }
func (forgetArgs) Kind() string  { return "requests.forget" }
func (tendArgs) Kind() string    { return "purses.tend" }

const keptDumps = 14 // nights

// jobs registers every kind and its rhythm.
func (a *app) jobs(sessions *access.Sessions, topics map[string]job.Handler) (*job.Queue, error) {
	// The queue's library counts its jobs aloud every few seconds; only what is wrong is for the log.
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	q, err := job.New(a.db, quiet)
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		job.Register(q, 10*time.Minute, a.seal),
		job.Register(q, time.Minute, func(ctx context.Context, _ sweepArgs) error { _, err := sessions.Sweep(ctx); return err }),
		job.Register(q, 10*time.Minute, func(ctx context.Context, _ outboxArgs) error { return a.deliver(ctx, topics) }),
		job.Register(q, 10*time.Minute, a.lapse),
		job.Register(q, time.Hour, a.forget),
		job.Register(q, 10*time.Minute, a.tend),
		job.Register(q, 2*time.Hour, a.nightly))
	if err != nil {
		return nil, err
	}
	q.Every(time.Minute, sealArgs{})
	q.Every(10*time.Minute, sweepArgs{})
	q.Every(15*time.Second, outboxArgs{})
	q.Daily(2, 30, sealArgs{Everything: true})
	q.Daily(0, 15, lapseArgs{})
	q.Daily(3, 0, forgetArgs{})
	q.Every(10*time.Minute, tendArgs{})
	if a.cluster != nil {
		q.Daily(1, 30, nightlyArgs{})
	}
	return q, nil
}

// organisers gives the numbers of all organisers and 0, the national one.
func (a *app) organisers(ctx context.Context) ([]int32, error) {
	ids := []int32{0}
	err := a.db.ReadNational(ctx, func(tx *postgres.Tx) error {
		all, err := organiser.All(ctx, tx)
		for _, o := range all {
			ids = append(ids, o.ID)
		}
		return err
	})
	return ids, err
}

func (a *app) deliver(ctx context.Context, topics map[string]job.Handler) error {
	ids, err := a.organisers(ctx)
	if err != nil {
		return err
	}
	_, err = job.DeliverOutbox(ctx, a.db, ids, topics)
	return err
}

var headsFile sync.Mutex

// seal links new audit rows into each organiser's chain and appends the heads to a file outside the database: a chain whose
// end was cut off no longer reaches the head that was written down.
func (a *app) seal(ctx context.Context, in sealArgs) error {
	ids, err := a.organisers(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range ids {
		var head audit.Head
		var linked int
		err := a.db.Tenant(ctx, access.Within{Organiser: id}, func(tx *postgres.Tx) (err error) {
			head, linked, err = audit.Seal(ctx, tx, id, in.Everything)
			return err
		})
		if err == nil && linked > 0 {
			err = a.writeHead(head)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("sealing the audit of organiser %d: %w", id, err))
		}
	}
	return errors.Join(failed...)
}

func (a *app) headsPath() string { return filepath.Join(a.set.DataDir, "audit-heads.jsonl") }

func (a *app) writeHead(head audit.Head) (err error) {
	headsFile.Lock()
	defer headsFile.Unlock()
	f, err := os.OpenFile(a.headsPath(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return json.NewEncoder(f).Encode(head)
}

// heads reads the last written head of each organiser; none when the file does not exist yet.
func (a *app) heads() (map[int32]*audit.Head, error) {
	out := map[int32]*audit.Head{}
	f, err := os.Open(a.headsPath())
	if errors.Is(err, os.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	for d := json.NewDecoder(f); d.More(); {
		var h audit.Head
		if err := d.Decode(&h); err != nil {
			return nil, errors.Join(fmt.Errorf("reading %s: %w", a.headsPath(), err), f.Close())
		}
		out[h.Organiser] = &h
	}
	return out, f.Close()
}

// nightly dumps the private cluster and keeps the last nights.
func (a *app) nightly(ctx context.Context, _ nightlyArgs) error {
	file, err := a.cluster.Nightly(ctx, a.set.dumps(), a.clock.Now().In(calendar.Helsinki), keptDumps)
	if err != nil {
		return err
	}
	a.log.Info("dumped", "file", file)
	return nil
}

// lapse ends applications whose time for completion has passed, approvals whose fixed time runs out and vouchers that nobody
// answered, reminds of conditions that are to be checked again, approves months' statements whose time to answer has passed and closes months where the rules let the program do so, each kind by itself: what is wrong with one does not hold up the other.
func (a *app) lapse(ctx context.Context, _ lapseArgs) error {
	ids, err := a.organisers(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range ids[1:] {
		by := access.System("applications", id)
		for _, work := range []func(tx *postgres.Tx) error{
			func(tx *postgres.Tx) error { _, err := admission.LapseOverdue(ctx, tx, by, id); return err },
			func(tx *postgres.Tx) error { _, _, err := admission.Expire(ctx, tx, by, id); return err },
			func(tx *postgres.Tx) error { _, err := admission.RemindChecks(ctx, tx, by, id); return err },
			func(tx *postgres.Tx) error { _, err := voucher.LapseUnanswered(ctx, tx, by, id); return err },
			func(tx *postgres.Tx) error { _, err := daycare.ApproveSilent(ctx, tx, by, id); return err },
			func(tx *postgres.Tx) error { _, err := daycare.CloseDue(ctx, tx, by, id); return err },
			func(tx *postgres.Tx) error { _, err := guidance.LapseOffers(ctx, tx, by, id); return err },
		} {
			if err := a.db.Tenant(ctx, by, work); err != nil {
				failed = append(failed, fmt.Errorf("organiser %d: %w", id, err))
			}
		}
	}
	return errors.Join(failed...)
}

// forget deletes the answers to requests and the messages that left long ago.
func (a *app) forget(ctx context.Context, _ forgetArgs) error {
	ids, err := a.organisers(ctx)
	if err != nil {
		return err
	}
	ctx = postgres.Unhurried(ctx) // the first night after a long pause has much to delete
	var failed []error
	for _, id := range ids {
		var swept postgres.Swept
		err := a.db.Tenant(ctx, access.Within{Organiser: id}, func(tx *postgres.Tx) (err error) {
			swept, err = postgres.Sweep(ctx, tx, id, tx.Now().AddDate(0, 0, -postgres.RetentionDays))
			return err
		})
		if err != nil {
			failed = append(failed, fmt.Errorf("organiser %d: %w", id, err))
		} else if swept != (postgres.Swept{}) {
			a.log.Info("forgot old requests", "organiser", id, "keys", swept.Keys, "messages", swept.Messages)
		}
	}
	return errors.Join(failed...)
}
