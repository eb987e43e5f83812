package purse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/gather"
	"seteli/platform/postgres"
)

// Ask is what a provider keys in at its till.
type Ask struct {
	Number    string // of the voucher, as stored (ident.VoucherNumber.String)
	Unit      int64  // 0 = the provider's only one that may sell the content
	Content   int64  // 0 = the only one that the provider may sell
	Quantity  *money.Quantity
	Amount    *money.Cents // whole price at the till
	Band      string       // of time, where the price follows the time of day; "" = the one that holds now
	Reference string       // the provider's own, unique for ever
	Note      string
	Source    event.Source // Page or API
	Capture   bool         // a purchase at once instead of a hold
}

// End is what a provider does with a hold.
type End struct {
	Hold     int64
	Quantity *money.Quantity // captured; both nil = the whole
	Amount   *money.Cents
	Day      *calendar.Date // of the service; nil = today, or the last day of a voucher that has ended
	Reason   string         // of a release
	Source   event.Source
}

// Answer is what the till says.
type Answer struct {
	Hold     Hold
	Left     *money.Cents // of the balance; only when the terms let the provider see it
	Repeated bool         // asked before: this is where that stands now, nothing more was taken
}

type operation uint8

const (
	authorise operation = iota
	capture
	release
)

type request struct {
	op     operation
	by     access.Actor
	id     string // of the request that brought it, for the audit
	number string // of the voucher
	ask    Ask
	end    End
}

// lane is what one worker serves at a time: a share of an organiser's balances. All of one balance go through one lane.
type lane struct {
	organiser int32
	share     uint32
}

// lanes is how many batches of one organiser are under way at once.
const lanes = 2

type outcome struct {
	answer Answer
	err    error
	same   *judged // a repeat of a request in the same batch
}

// Till spends balances: one per process, several processes are safe because the locks decide. What waits for one balance is done
// together in one transaction, each caller gets its own answer.
type Till struct {
	db    *postgres.DB
	queue *gather.Queue[lane, request, outcome]
	books *books
}

// together is the most requests of one transaction.
const together = 256

// NewTill gives a till over the database.
func NewTill(db *postgres.DB) *Till {
	t := &Till{db: db, books: newBooks()}
	t.queue = gather.New(together, t.serve)
	return t
}

// Authorise takes the sum from the balance at once, and with Capture makes the purchase in the same act. The same reference with the
// same content gives the first answer again; with other content it is refused (BAL-011). A refusal stores nothing.
func (t *Till) Authorise(ctx context.Context, by access.Actor, organiser int32, ask Ask) (Answer, error) {
	switch {
	case ask.Reference == "":
		return Answer{}, errNamed
	case ask.Amount == nil && ask.Quantity == nil && ask.Content == 0 && ask.Unit == 0:
		return Answer{}, errAmount
	}
	r := request{op: authorise, by: by, ask: ask}
	answer, err := t.do(ctx, organiser, ask.Number, r)
	var first *firstTime
	if errors.As(err, &first) { // the provider has never charged this balance: let it in, then ask again
		if err := t.db.Tenant(ctx, by.In(organiser), func(tx *postgres.Tx) error { return first.attach(ctx, tx, by, organiser) }); err != nil {
			return Answer{}, err
		}
		answer, err = t.do(ctx, organiser, ask.Number, r)
	}
	return answer, err
}

// Capture makes the purchase of a hold, for the whole or a part of its sum; what is not taken goes back to the balance. Again with the
// same sum it gives the first answer, with another one BAL-013.
func (t *Till) Capture(ctx context.Context, by access.Actor, organiser int32, end End) (Answer, error) {
	return t.finish(ctx, by, organiser, capture, end)
}

// Release gives a hold back to the balance without a purchase.
func (t *Till) Release(ctx context.Context, by access.Actor, organiser int32, end End) (Answer, error) {
	return t.finish(ctx, by, organiser, release, end)
}

// finish finds the balance of the hold, so that its requests go through one lane.
func (t *Till) finish(ctx context.Context, by access.Actor, organiser int32, op operation, end End) (Answer, error) {
	if err := by.May(access.EventRecord, organiser); err != nil {
		return Answer{}, err
	}
	var hold Hold
	err := t.db.Read(ctx, by.In(organiser), func(tx *postgres.Tx) (err error) {
		hold, err = holdOf(ctx, tx, by, organiser, end.Hold)
		return err
	})
	if err != nil {
		return Answer{}, err
	}
	return t.do(ctx, organiser, hold.Number, request{op: op, by: by, end: end})
}

func (t *Till) do(ctx context.Context, organiser int32, number string, r request) (Answer, error) {
	if err := r.by.May(access.EventRecord, organiser); err != nil {
		return Answer{}, err
	}
	if r.by.Provider == 0 {
		return Answer{}, access.ErrForbidden.With("right", string(access.EventRecord))
	}
	r.id = cmp.Or(r.id, audit.Request(ctx))
	r.number = number
	h := fnv.New32a()
	h.Write([]byte(number)) // a hash never refuses
	out, err := t.queue.Do(ctx, lane{organiser, h.Sum32() % lanes}, r)
	switch {
	case err != nil && errors.Is(err, ctx.Err()) && ctx.Err() != nil:
		return Answer{}, errGone.Because(err)
	case err != nil:
		return Answer{}, err
	}
	return out.answer, out.err
}

// serve does a batch in one transaction. A reference that another process stored in the same moment is found at the next try.
func (t *Till) serve(ctx context.Context, at lane, batch []request) ([]outcome, error) {
	var err error
	for range 5 {
		var out []outcome
		err = t.db.Tenant(ctx, access.Within{Organiser: at.organiser}, func(tx *postgres.Tx) (err error) {
			out, err = spend(ctx, tx, at.organiser, batch, t.books)
			return err
		})
		if err == nil {
			return out, nil
		}
		if !errors.Is(err, errRaced) {
			break
		}
	}
	return nil, fmt.Errorf("spending balances of organiser %d: %w", at.organiser, err)
}
