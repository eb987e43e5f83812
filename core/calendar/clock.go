package calendar

import (
	"sync"
	"time"
	_ "time/tzdata" // the program carries the zone table: a bare server may have none
)

// Helsinki is the zone in which instants become dates.
var Helsinki = func() *time.Location {
	l, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		panic("calendar: zone table without Europe/Helsinki: " + err.Error())
	}
	return l
}()

// Clock tells the present instant. Only cmd/seteli holds the real one.
type Clock interface{ Now() time.Time }

// Today is the civil date at the clock's instant in Finland.
func Today(c Clock) Date { return DateOf(c.Now().In(Helsinki)) }

// Wall is the real clock.
type Wall struct{}

// Now is the present instant, to the microsecond that PostgreSQL keeps.
func (Wall) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Fixed is a clock that stands until it is moved; for tests, demo histories and replays. Safe for concurrent use.
type Fixed struct {
	mu  sync.Mutex
	now time.Time
}

// At gives a clock that stands at t.
func At(t time.Time) *Fixed { return &Fixed{now: t} }

// Noon gives a clock that stands at 12:00 Finnish time on d.
func Noon(d Date) *Fixed {
	y, m, day := d.Civil()
	return At(time.Date(y, m, day, 12, 0, 0, 0, Helsinki))
}

// Now is the instant at which the clock stands.
func (f *Fixed) Now() time.Time { f.mu.Lock(); defer f.mu.Unlock(); return f.now }

// Set moves the clock.
func (f *Fixed) Set(t time.Time) { f.mu.Lock(); defer f.mu.Unlock(); f.now = t }
