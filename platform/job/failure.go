package job

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"seteli/core/calendar"
	"seteli/core/fault"
)

// unfinished are the states in which a unique job blocks another; a finished one does not.
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
}

// failures logs each failed try; inputs stay out of the log.
type failures struct{ log *slog.Logger }

func (f *failures) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.log.ErrorContext(ctx, "job failed", "job", job.ID, "kind", job.Kind, "attempt", job.Attempt, "code", fault.CodeOf(err), "error", err)
	return nil
}

func (f *failures) HandlePanic(ctx context.Context, job *rivertype.JobRow, panicked any, trace string) *river.ErrorHandlerResult {
	f.log.ErrorContext(ctx, "job panicked", "job", job.ID, "kind", job.Kind, "attempt", job.Attempt, "panic", panicked, "trace", trace)
	return nil
}

// daily is a time of day in Finland.
type daily struct{ hour, minute int }

// Next gives the first such time after now.
func (d daily) Next(now time.Time) time.Time {
	y, m, day := now.In(calendar.Helsinki).Date()
	for i := 0; ; i++ {
		if t := time.Date(y, m, day+i, d.hour, d.minute, 0, 0, calendar.Helsinki); t.After(now) {
			return t
		}
	}
}
