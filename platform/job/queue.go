package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"seteli/platform/postgres"
)

// Args are the input of one kind of job: a struct that becomes JSON, without personal data. Kind never changes.
type Args interface{ Kind() string }

// Migrate brings the queue's own tables up to date as their owner and lets the program use them. Runs after
// postgres.Migrate; safe to repeat.
func Migrate(ctx context.Context, owner *pgxpool.Pool) error {
	m, err := rivermigrate.New(riverpgxv5.New(owner), nil)
	if err != nil {
		return fmt.Errorf("preparing the job tables: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrating the job tables: %w", err)
	}
	// The queue changes and deletes its own rows; they hold no facts of the field. Which objects there are depends on
	// the library's version.
	rows, err := owner.Query(ctx, `
		select 'grant ' || case relkind when 'S' then 'usage on sequence ' else 'select, insert, update, delete on ' end || oid::regclass
		from pg_class where relnamespace = 'public'::regnamespace and relname like 'river\_%' and relkind in ('r', 'p', 'S')
		union all
		select 'grant execute on function ' || oid::regprocedure
		from pg_proc where pronamespace = 'public'::regnamespace and proname like 'river\_%' order by 1`)
	if err != nil {
		return fmt.Errorf("listing the job tables: %w", err)
	}
	grants, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("listing the job tables: %w", err)
	}
	for _, grant := range grants {
		if _, err := owner.Exec(ctx, grant+" to seteli_app"); err != nil {
			return fmt.Errorf("granting the job tables: %w", err)
		}
	}
	return nil
}

// Queue collects kinds of jobs before Start; Enqueue works before and after.
type Queue struct {
	store    *postgres.DB
	workers  *river.Workers
	kinds    map[string]bool
	periodic []*river.PeriodicJob
	client   *river.Client[pgx.Tx]
	log      *slog.Logger
}

// New makes a queue over the store. Kinds are registered next, then Start.
func New(store *postgres.DB, log *slog.Logger) (*Queue, error) {
	client, err := river.NewClient(riverpgxv5.New(store.Pool()), &river.Config{Logger: log})
	if err != nil {
		return nil, fmt.Errorf("making the job queue: %w", err)
	}
	return &Queue{store: store, workers: river.NewWorkers(), kinds: map[string]bool{}, client: client, log: log}, nil
}

// worker adapts a function to the library.
type worker[A Args] struct {
	river.WorkerDefaults[A]
	work    func(context.Context, A) error
	timeout time.Duration
}

func (w *worker[A]) Work(ctx context.Context, j *river.Job[A]) error {
	err := w.work(postgres.Unhurried(ctx), j.Args)
	if errors.Is(err, ErrGiveUp) {
		return river.JobCancel(err)
	}
	if off := (*later)(nil); errors.As(err, &off) {
		return river.JobSnooze(off.pause)
	}
	return err
}

func (w *worker[A]) Timeout(*river.Job[A]) time.Duration { return w.timeout }

// ErrGiveUp in a job's error ends it without further tries.
var ErrGiveUp = errors.New("the job gives up")

// Later as a job's error puts the same job off by a pause; its tries are not counted. Until then it stands in the queue as scheduled, and
// Forward brings it forward.
func Later(pause time.Duration) error { return &later{max(pause, 0)} }

type later struct{ pause time.Duration }

func (l *later) Error() string { return fmt.Sprintf("the job is put off for %s", l.pause) }

// Register says what does a kind of job. The timeout is also how long a job of a process that died stands in the way: keep it short, and let
// long work put itself off (Later) and go on. timeout 0 = no limit but the program's end. A failing job is tried again,
// later each time, up to 25 times over about three weeks.
func Register[A Args](q *Queue, timeout time.Duration, work func(context.Context, A) error) error {
	var args A
	if q.kinds[args.Kind()] {
		return fmt.Errorf("job %s is registered twice", args.Kind())
	}
	if timeout == 0 {
		timeout = -1
	}
	q.kinds[args.Kind()] = true
	if err := river.AddWorkerSafely(q.workers, &worker[A]{work: work, timeout: timeout}); err != nil {
		return fmt.Errorf("registering job %s: %w", args.Kind(), err)
	}
	return nil
}

// Option of one job.
type Option func(*options)

type options struct {
	river.InsertOpts
	forward bool
}

// Unique keeps one waiting or running job per kind and input: queuing a second one is silently the first.
func Unique() Option {
	return func(o *options) { o.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: unfinished} }
}

// Forward is Unique, and a job that waits for its time already is worked at once.
func Forward() Option {
	return func(o *options) { Unique()(o); o.forward = true }
}

// At delays the job to an instant.
func At(t time.Time) Option { return func(o *options) { o.ScheduledAt = t } }

// Tries limits how often a failing job is run.
func Tries(n int) Option { return func(o *options) { o.MaxAttempts = n } }

// Enqueue queues the job in the transaction: it runs if and only if the rest commits. queued is false when a Unique one
// was waiting already.
func (q *Queue) Enqueue(ctx context.Context, tx *postgres.Tx, args Args, chosen ...Option) (queued bool, err error) {
	o := &options{}
	for _, option := range chosen {
		option(o)
	}
	res, err := q.client.InsertTx(ctx, tx.Raw(), args, &o.InsertOpts)
	if err == nil && o.forward && res.UniqueSkippedAsDuplicate && res.Job.State == rivertype.JobStateScheduled {
		_, err = q.client.JobRetryTx(ctx, tx.Raw(), res.Job.ID)
	}
	if err != nil {
		return false, fmt.Errorf("queuing job %s: %w", args.Kind(), err)
	}
	return !res.UniqueSkippedAsDuplicate, nil
}

// Every runs a job each interval, once among all processes, first right after the start.
func (q *Queue) Every(interval time.Duration, args Args) {
	q.schedule(river.PeriodicInterval(interval), args, true)
}

// Daily runs a job at an hour and minute of Finnish time, once among all processes. On the night when the clock is put
// forward a time that does not exist is the hour after; when it is put back it runs once.
func (q *Queue) Daily(hour, minute int, args Args) {
	q.schedule(daily{hour, minute}, args, false)
}

func (q *Queue) schedule(when river.PeriodicSchedule, args Args, now bool) {
	q.periodic = append(q.periodic, river.NewPeriodicJob(when, func() (river.JobArgs, *river.InsertOpts) {
		o := &options{}
		Unique()(o)
		return args, &o.InsertOpts
	}, &river.PeriodicJobOpts{RunOnStart: now}))
}

// rescue is after how long a job of a process that died is taken up again, if its own limit has passed too: until then it blocks a Unique one.
const rescue = 2 * time.Minute

// Start works the queue with n jobs at once until Stop.
func (q *Queue) Start(ctx context.Context, n int) error {
	client, err := river.NewClient(riverpgxv5.New(q.store.Pool()), &river.Config{
		Logger: q.log, Workers: q.workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: n}},
		PeriodicJobs: q.periodic, ErrorHandler: &failures{q.log}, RescueStuckJobsAfter: rescue,
	})
	if err != nil {
		return fmt.Errorf("starting the job queue: %w", err)
	}
	if err := client.Start(ctx); err != nil {
		return fmt.Errorf("starting the job queue: %w", err)
	}
	q.client = client
	return nil
}

// Stop takes no new jobs and waits for the running ones until ctx ends; what is cut off runs again later.
func (q *Queue) Stop(ctx context.Context) error {
	if err := q.client.Stop(ctx); err != nil {
		return errors.Join(err, q.client.StopAndCancel(context.WithoutCancel(ctx)))
	}
	return nil
}
