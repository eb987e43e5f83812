package api

import (
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"seteli/core/calendar"
	"seteli/core/fault"
)

// errLimit carries the seconds until the next request may come.
var errLimit = fault.New(fault.Unavailable, "API-005", "api.too_many_requests")

// limits holds a bucket for each key and each address, and forgets those that have been full for a while.
type limits struct {
	perSecond rate.Limit
	burst     int
	clock     calendar.Clock

	mu      sync.Mutex
	buckets map[string]*bucket
	swept   time.Time
}

type bucket struct {
	limiter *rate.Limiter
	used    time.Time
}

// forgotten is how long an unused bucket is kept; by then it is full again.
const forgotten = time.Minute

func newLimits(perSecond float64, burst int, clock calendar.Clock) *limits {
	return &limits{perSecond: rate.Limit(perSecond), burst: burst, clock: clock, buckets: map[string]*bucket{}, swept: clock.Now()}
}

// take counts one request. API-005 with the seconds to wait when there were too many.
func (l *limits) take(who string) error {
	now := l.clock.Now()
	l.mu.Lock()
	b := l.buckets[who]
	if b == nil {
		b = &bucket{limiter: rate.NewLimiter(l.perSecond, l.burst)}
		l.buckets[who] = b
	}
	b.used = now
	if now.Sub(l.swept) > forgotten {
		l.sweep(now)
	}
	l.mu.Unlock()
	if b.limiter.AllowN(now, 1) {
		return nil
	}
	wait := (1 - b.limiter.TokensAt(now)) / float64(l.perSecond)
	return errLimit.With("n", max(1, int(math.Ceil(wait))))
}

func (l *limits) sweep(now time.Time) {
	l.swept = now
	for who, b := range l.buckets {
		if now.Sub(b.used) > forgotten {
			delete(l.buckets, who)
		}
	}
}
