package api

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"seteli/core/calendar"
	"seteli/domain/organiser"
	"seteli/platform/postgres"
)

// reach knows which organiser a prefix leads to: the first letters of voucher numbers and of this API's numbers of events,
// reservations and statements.
type reach struct {
	db    *postgres.DB
	clock calendar.Clock

	mu       sync.Mutex
	at       time.Time
	byPrefix map[string]organiser.Organiser
	byID     map[int32]organiser.Organiser
}

// Organisers change a few times a year; a new one is found at once when its prefix is asked for.
const (
	reachKept = time.Minute
	reachMiss = time.Second
)

// warm reads the organisers anew when they were read long ago. Every operation begins with it, so that organiser answers from
// memory inside a transaction.
func (r *reach) warm(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.clock.Now(); r.byID == nil || now.Sub(r.at) > reachKept {
		return r.load(ctx, now)
	}
	return nil
}

// prefix is not for use inside a transaction: it may have to read.
func (r *reach) prefix(ctx context.Context, prefix string) (organiser.Organiser, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.clock.Now()
	o, ok := r.byPrefix[prefix]
	if ok || r.byID != nil && now.Sub(r.at) <= reachMiss {
		return o, ok, nil
	}
	if err := r.load(ctx, now); err != nil {
		return o, false, err
	}
	o, ok = r.byPrefix[prefix]
	return o, ok, nil
}

// organiser answers from memory.
func (r *reach) organiser(id int32) organiser.Organiser {
	r.mu.Lock()
	defer r.mu.Unlock()
	o, ok := r.byID[id]
	if !ok {
		r.at = time.Time{} // founded a moment ago: the next operation reads anew
	}
	return o
}

func (r *reach) load(ctx context.Context, now time.Time) error {
	var all []organiser.Organiser
	err := r.db.ReadNational(ctx, func(tx *postgres.Tx) (err error) {
		all, err = organiser.All(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	r.at, r.byPrefix, r.byID = now, make(map[string]organiser.Organiser, len(all)), make(map[int32]organiser.Organiser, len(all))
	for _, o := range all {
		r.byPrefix[o.Prefix], r.byID[o.ID] = o, o
	}
	return nil
}

// name makes the API's number of an organiser's thing: "TRE-1842".
func (r *reach) name(org int32, ids ...int64) string {
	name := r.organiser(org).Prefix
	for _, id := range ids {
		name += "-" + digits(id)
	}
	return name
}

// parse reads such a number with n parts. What cannot be, leads nowhere and answers as what is not there.
func (r *reach) parse(ctx context.Context, name string, n int) (organiser.Organiser, []int64, error) {
	parts := strings.Split(name, "-")
	if len(parts) != n+1 || len(name) > 80 {
		return organiser.Organiser{}, nil, errNone
	}
	o, ok, err := r.prefix(ctx, parts[0])
	if err != nil {
		return organiser.Organiser{}, nil, err
	}
	ids := make([]int64, n)
	for i, p := range parts[1:] {
		id, err := strconv.ParseInt(p, 10, 64)
		if err != nil || id <= 0 || digits(id) != p {
			return organiser.Organiser{}, nil, errNone
		}
		ids[i] = id
	}
	if !ok {
		return organiser.Organiser{}, nil, errNone
	}
	return o, ids, nil
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }
