package varda

import (
	"context"
	"errors"
	"fmt"
	"time"

	"seteli/core/calendar"
	"seteli/domain/daycare/varda/db"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Hold is why a run waits before it goes on.
type Hold string

// The holds. A run that waits has lost nothing: what was accepted is kept, and the rest is sent when it goes on.
const (
	Silent    Hold = "silent" // the warehouse did not answer
	Busy      Hold = "busy"   // it asked to come later
	KeyRefuse Hold = "key"    // it did not take the user or the password
	QuotaUsed Hold = "quota"  // the day's quota of the connection is used
	Broken    Hold = "fault"  // a fault of our own, which the log tells
)

// pauses before a run that was held goes on: the first, the second, and each later one.
var pauses = []time.Duration{15 * time.Minute, time.Hour, 4 * time.Hour}

// NightHour and NightMinute are when the run of the night begins, of Finnish time.
const NightHour, NightMinute = 22, 30

// NextNight is when the next run of the night begins.
func NextNight(now time.Time) (time.Time, error) {
	day := calendar.DateOf(now.In(calendar.Helsinki))
	for {
		at, _, err := calendar.Instant(day, NightHour, NightMinute)
		if err != nil || at.After(now) {
			return at, err
		}
		day++
	}
}

// lastNight is when the last run of the night began; a day's quota is counted from there.
func lastNight(now time.Time) (time.Time, error) {
	day := calendar.DateOf(now.In(calendar.Helsinki))
	for {
		at, _, err := calendar.Instant(day, NightHour, NightMinute)
		if err != nil || !at.After(now) {
			return at, err
		}
		day--
	}
}

// NextTry is when a run goes on that was held now, after so many tries in a row without an answer: after a growing pause, at the latest at
// night. A quota and a refused key wait for the night. The warehouse is never asked again before the time that it asked for.
func NextTry(now time.Time, why Hold, tries int, asked time.Duration) (time.Time, error) {
	night, err := NextNight(now)
	if err != nil || why == QuotaUsed || why == KeyRefuse {
		return night, err
	}
	next := now.Add(pauses[min(max(tries, 1), len(pauses))-1])
	if next.After(night) {
		next = night
	}
	if earliest := now.Add(asked); next.Before(earliest) {
		next = earliest
	}
	return next, nil
}

// holdOf tells why a run is held by an error, and how long the warehouse asked to wait.
func holdOf(err error) (why Hold, asked time.Duration) {
	var a *Asked
	if errors.As(err, &a) {
		asked = a.Wait
	}
	switch {
	case errors.Is(err, ErrDown):
		return Silent, asked
	case errors.Is(err, ErrBusy):
		return Busy, asked
	case errors.Is(err, ErrKey):
		return KeyRefuse, asked
	case errors.Is(err, errQuota):
		return QuotaUsed, asked
	}
	return Broken, asked
}

// hold keeps why the run waits and when it goes on. A run that got on since it was held last begins with the shortest pause again.
func (r *run) hold(ctx context.Context, cause error) error {
	why, asked := holdOf(cause)
	err := r.in(ctx, func(tx *postgres.Tx) error {
		now, since, tries := tx.Now(), tx.Now(), 1
		if r.was.HeldSince != nil && r.was.Held == string(why) && r.told.Sent == int(r.was.Sent) {
			since, tries = *r.was.HeldSince, int(r.was.Tries)+1
		}
		next, err := NextTry(now, why, tries, asked)
		if err != nil {
			return err
		}
		r.told.Held, r.told.Next = why, next
		if err := r.count(ctx, tx); err != nil {
			return err
		}
		if err := db.New(tx).RunHold(ctx, db.RunHoldParams{OrganiserID: r.organiser, RunNo: r.was.RunNo, Held: string(why), HeldSince: &since, Tries: int32(tries), NextAt: &next}); err != nil {
			return fmt.Errorf("holding run %d: %w", r.was.RunNo, err)
		}
		return audit.Write(ctx, tx, r.by, ActHeld, audit.Ref{Kind: "varda_run", ID: int64(r.was.RunNo)}, r.told)
	})
	if why == Broken {
		return errors.Join(cause, err)
	}
	return err
}

// errQuota ends a run's turn when the day's quota of the connection is used.
var errQuota = errors.New("the day's quota is used")

// quota counts what is sent from one night to the next.
type quota struct {
	most   int // 0 = no quota
	from   time.Time
	own    int // of this run since then
	others int // of earlier runs since then
}

// begun reads what of the quota is used.
func (q *quota) begun(ctx context.Context, tx *postgres.Tx, organiser int32, was db.RunWaitingRow) error {
	night, err := lastNight(tx.Now())
	if err != nil {
		return err
	}
	*q = quota{most: q.most, from: night}
	if was.DayAt != nil && !was.DayAt.Before(night) {
		q.own = int(was.DaySent)
	}
	sent, err := db.New(tx).DaySent(ctx, db.DaySentParams{OrganiserID: organiser, RunNo: was.RunNo, Since: &night})
	if err != nil {
		return fmt.Errorf("reading what the day's quota has left: %w", err)
	}
	q.others = int(sent)
	return nil
}

// take takes one from the quota; errQuota when none is left. After a night all of it is there again.
func (q *quota) take(now time.Time) error {
	night, err := lastNight(now)
	if err != nil {
		return err
	}
	if night.After(q.from) {
		q.from, q.own, q.others = night, 0, 0
	}
	if q.most > 0 && q.own+q.others >= q.most {
		return errQuota
	}
	q.own++
	return nil
}
