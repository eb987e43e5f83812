package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/simulation"
	daycare "seteli/domain/daycare/store"
	"seteli/domain/event"
	"seteli/domain/notice"
	"seteli/domain/purchase"
	"seteli/domain/settlement"
	"seteli/domain/statistics"
	"seteli/domain/voucher"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

type serveCmd struct{}

// Run serves until it is told to stop.
func (serveCmd) Run(ctx context.Context, s *Settings) error {
	return with(ctx, s, func(a *app) error { return a.serve(ctx, nil) })
}

// serve wires the faces, starts the jobs and answers until ctx ends. ready is called once with the address when pages answer.
func (a *app) serve(ctx context.Context, ready func(address string)) error {
	f, err := a.faces()
	if err != nil {
		return err
	}
	sender, err := a.post()
	if err != nil {
		return err
	}
	texter, err := a.texter()
	if err != nil {
		return err
	}
	desk := &notice.Desk{Store: a.db, Texts: a.texts, Mailer: sender, Texter: texter, Address: a.set.PublicURL, Log: a.log}
	topics := a.topics(desk)
	topics[settlement.TopicApproved] = settlement.Deliver(a.db, a.texts)
	queue, err := a.jobs(f.sessions, topics)
	if err != nil {
		return err
	}
	if err := errors.Join(a.figures(queue), a.settles(queue), a.sweepsDaycare(queue), a.reportsDaycare(queue)); err != nil {
		return err
	}
	if _, err := f.board.Index(ctx); err != nil { // the comparison is ready before the first visitor
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.set.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w; is another program there? choose another address with --listen", a.set.Listen, err)
	}
	if err := queue.Start(ctx, 4); err != nil {
		return errors.Join(err, listener.Close())
	}
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	go f.board.Watch(watching, 5*time.Second, a.log) // who was approved a moment ago is soon public
	if a.cluster != nil {
		go a.cluster.Watch(watching, a.db, time.Minute, func(free uint64, readOnly bool) {
			a.log.Warn("disk", "free_bytes", free, "read_only", readOnly)
		})
	}
	server := &http.Server{Handler: f.handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	a.healthLine(ctx)
	if ready != nil {
		ready(a.set.PublicURL)
	} else {
		fmt.Printf("serving %s; stop with Ctrl-C\n", a.set.PublicURL)
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
		err = nil
	}
	return errors.Join(err, a.stopServing(server, queue))
}

// topics are who receives which message. The end of an approval goes to the vouchers, then to the orders, and then it is told.
func (a *app) topics(desk *notice.Desk) map[string]job.Handler {
	means := voucher.Means{Texts: a.texts, Models: profile.Models(), Random: rand.Reader}
	return job.Join(voucher.Handlers(a.db), event.Handlers(a.db), daycare.Handlers(a.db), voucher.BulkHandlers(a.db, means), purchase.Handlers(a.db, means), desk.Handlers(),
		daycare.HouseholdHandlers(a.db), daycare.SendingHandlers(a.db, a.texts), simulation.Handlers(a.db))
}

// stopServing lets requests and jobs end, at most half a minute.
func (a *app) stopServing(server *http.Server, queue *job.Queue) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return errors.Join(server.Shutdown(ctx), queue.Stop(ctx))
}

// health gives the state of the private cluster for the operator's page; nil when the database is not our own.
func (a *app) health() func(context.Context) (postgres.Health, error) {
	if a.cluster == nil {
		return nil
	}
	return func(ctx context.Context) (postgres.Health, error) { return a.cluster.Health(ctx, a.set.dumps()) }
}

func (a *app) healthLine(ctx context.Context) {
	if a.cluster == nil {
		return
	}
	h, err := a.cluster.Health(ctx, a.set.dumps())
	if err != nil {
		a.log.Warn("health of the cluster", "error", err)
		return
	}
	a.log.Info("database", "health", h.String())
}

type rollArgs struct{}

func (rollArgs) Kind() string { return "statistics.roll" }

// figures registers the job that keeps the dashboards' month figures.
func (a *app) figures(q *job.Queue) error {
	err := job.Register(q, time.Hour, func(ctx context.Context, _ rollArgs) error {
		ids, err := a.organisers(ctx)
		if err != nil {
			return err
		}
		_, err = statistics.RollAll(ctx, a.db, ids[1:]) // not the national one
		return err
	})
	q.Every(5*time.Minute, rollArgs{})
	return err
}
