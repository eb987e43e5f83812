package purse

import (
	"context"
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/admission"
	"seteli/domain/ledger"
	"seteli/domain/purse/db"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

type reference struct {
	provider int64
	name     string
}

// facts is the snapshot that a batch is judged on.
type facts struct {
	today    calendar.Date
	vouchers map[string]*voucher.Recorded         // by number
	purses   map[int64]*Purse                     // by voucher
	prices   map[[2]int64][]admission.AgreedPrice // by unit and content
	admitted map[[2]int64][]admission.Admitted    // by unit and service
	holds    map[int64]*Hold
	first    map[reference]int64 // hold that a reference made before
	hashes   map[int64][]byte
	asked    map[reference]*judged // references of this batch
	ends     map[int64]*judged     // holds that this batch has ended
	book     *ledger.Book
	periods  map[int64]int32
}

// load reads the snapshot in a fixed number of statements. Locks, in the house's order: the payees' open periods (shared, when
// anything is captured), the vouchers (shared), the balances (exclusive).
func load(ctx context.Context, tx *postgres.Tx, organiser int32, batch []request) (*facts, error) {
	f := &facts{today: tx.Today(), asked: map[reference]*judged{}, ends: map[int64]*judged{}}
	var providers, captures, ids []int64
	var numbers []string
	for _, r := range batch {
		providers = append(providers, r.by.Provider)
		if r.op == capture || r.op == authorise && r.ask.Capture {
			captures = append(captures, r.by.Provider)
		}
		if r.op == authorise {
			numbers = append(numbers, r.ask.Number)
		} else {
			ids = append(ids, r.end.Hold)
		}
	}
	providers, ids = distinct(providers), distinct(ids)
	var err error
	if len(captures) > 0 {
		if f.periods, err = ledger.SharePeriods(ctx, tx, organiser, captures); err != nil {
			return nil, err
		}
	}
	if f.holds, err = holdsByID(ctx, tx, organiser, ids); err != nil {
		return nil, err
	}
	for _, h := range f.holds {
		numbers = append(numbers, h.Number)
	}
	slices.Sort(numbers)
	if f.vouchers, err = voucher.ForRecording(ctx, tx, organiser, slices.Compact(numbers), providers); err != nil {
		return nil, err
	}
	if err := f.terms(ctx, tx, organiser, providers); err != nil {
		return nil, err
	}
	if err := f.lock(ctx, tx, organiser); err != nil {
		return nil, err
	}
	// Endings and references are written under the balance's lock only: read after it, they hold until the commit.
	if err := f.references(ctx, tx, organiser, batch); err != nil {
		return nil, err
	}
	for id := range f.holds {
		ids = append(ids, id)
	}
	for _, id := range f.first {
		ids = append(ids, id)
	}
	f.holds, err = holdsByID(ctx, tx, organiser, distinct(ids))
	return f, err
}

func distinct(ids []int64) []int64 {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// terms reads purses, and what the providers may sell of what these may be spent on.
func (f *facts) terms(ctx context.Context, tx *postgres.Tx, organiser int32, providers []int64) error {
	ids := make([]int64, 0, len(f.vouchers))
	for _, v := range f.vouchers {
		ids = append(ids, v.ID)
	}
	var err error
	if f.purses, err = pursesOf(ctx, tx, organiser, ids); err != nil {
		return err
	}
	var services, contents []int64
	for _, p := range f.purses {
		for _, c := range p.Contents {
			services, contents = append(services, c.Service), append(contents, c.ID)
		}
	}
	prices, admitted, err := admission.ForRecording(ctx, tx, organiser, providers, distinct(services), distinct(contents))
	if err != nil {
		return err
	}
	f.prices, f.admitted = map[[2]int64][]admission.AgreedPrice{}, map[[2]int64][]admission.Admitted{}
	for _, p := range prices {
		k := [2]int64{p.Unit, p.Content}
		f.prices[k] = append(f.prices[k], p)
	}
	for _, a := range admitted {
		k := [2]int64{a.Unit, a.Service}
		f.admitted[k] = append(f.admitted[k], a)
	}
	return nil
}

// pursesOf gives the purses among the vouchers, with what they may be spent on, in two statements.
func pursesOf(ctx context.Context, tx *postgres.Tx, organiser int32, vouchers []int64) (map[int64]*Purse, error) {
	out := map[int64]*Purse{}
	if len(vouchers) == 0 {
		return out, nil
	}
	q := db.New(tx)
	rows, err := q.PursesOf(ctx, db.PursesOfParams{OrganiserID: organiser, Vouchers: vouchers})
	if err != nil {
		return nil, fmt.Errorf("reading purses: %w", err)
	}
	for _, r := range rows {
		out[r.VoucherID] = &Purse{Voucher: r.VoucherID, Line: r.LineID, Person: r.PersonID, Client: r.ClientID, GrantedAt: r.GrantedAt, GrantedBy: r.GrantedBy,
			Terms: Terms{Refill: Refill(r.Refill), RefillCents: r.RefillCents, Carries: r.Carries, HoldDays: int(r.HoldDays), GraceDays: int(r.GraceDays),
				ClientAdds: r.ClientAdds, BalanceShown: r.BalanceShown}}
	}
	if len(out) == 0 {
		return out, nil
	}
	contents, err := q.ContentsOf(ctx, db.ContentsOfParams{OrganiserID: organiser, Vouchers: vouchers})
	if err != nil {
		return nil, fmt.Errorf("reading what purses may be spent on: %w", err)
	}
	for _, c := range contents {
		p := out[c.VoucherID]
		p.Contents = append(p.Contents, Content{ID: c.ContentID, Service: c.ServiceID, Code: c.Code, Unit: c.Unit, Names: i18n.Names{Fi: c.NameFi, Sv: c.NameSv, En: c.NameEn}})
	}
	return out, nil
}

func (f *facts) lock(ctx context.Context, tx *postgres.Tx, organiser int32) error {
	keys := make([]ledger.Key, 0, len(f.purses))
	for _, p := range f.purses {
		keys = append(keys, ledger.Key{Line: p.Line, Bucket: ledger.Whole})
	}
	var err error
	f.book, err = ledger.Lock(ctx, tx, organiser, keys)
	return err
}

func (f *facts) references(ctx context.Context, tx *postgres.Tx, organiser int32, batch []request) error {
	f.first, f.hashes = map[reference]int64{}, map[int64][]byte{}
	var p db.HoldsByReferenceParams
	p.OrganiserID = organiser
	for _, r := range batch {
		if r.op == authorise {
			p.Providers, p.Refs = append(p.Providers, r.by.Provider), append(p.Refs, r.ask.Reference)
		}
	}
	if len(p.Refs) == 0 {
		return nil
	}
	rows, err := db.New(tx).HoldsByReference(ctx, p)
	if err != nil {
		return fmt.Errorf("reading earlier references: %w", err)
	}
	for _, r := range rows {
		f.first[reference{r.ProviderID, r.Reference}] = r.HoldID
		f.hashes[r.HoldID] = r.ContentHash
	}
	return nil
}

func holdsByID(ctx context.Context, tx *postgres.Tx, organiser int32, ids []int64) (map[int64]*Hold, error) {
	out := make(map[int64]*Hold, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := db.New(tx).HoldsByID(ctx, db.HoldsByIDParams{OrganiserID: organiser, Holds: ids})
	if err != nil {
		return nil, fmt.Errorf("reading %d holds: %w", len(ids), err)
	}
	for _, r := range rows {
		out[r.HoldID] = &Hold{Organiser: r.OrganiserID, ID: r.HoldID, Number: r.Number, Voucher: r.VoucherID, Line: r.LineID, Person: r.PersonID, Client: r.ClientID,
			Provider: r.ProviderID, Unit: r.UnitID, Content: r.ContentID, Service: r.ServiceID, Reservation: r.ReservationID, Rules: r.RulebookID,
			Reference: r.Reference, Quantity: r.Quantity, Price: r.PriceCents, Value: r.ValueCents, Total: r.TotalCents, Amount: r.AmountCents,
			Day: r.ServiceDate, ExpiresOn: r.ExpiresOn, Note: r.Note, At: r.HeldAt, By: r.HeldBy, State: stateOf(r.Ending, ""),
			Taken: money.Cents(r.CapturedCents), Event: r.EventID, EndReason: r.Reason, EndedAt: r.EndedAt}
	}
	return out, nil
}

// stateOf tells a hold's state from its ending and the state of its event ("" when it was not asked).
func stateOf(ending, event string) State {
	switch {
	case ending == "":
		return Held
	case ending == string(Captured) && event != "" && event != "accepted" && event != "review":
		return Refunded
	}
	return State(ending)
}

// holdOf reads a hold for its own provider; another's is as unknown as none.
func holdOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Hold, error) {
	found, err := holdsByID(ctx, tx, organiser, []int64{id})
	if err != nil {
		return Hold{}, err
	}
	h := found[id]
	if h == nil || h.Provider != by.Provider || !by.SeesUnit(h.Unit) {
		return Hold{}, errHold
	}
	return *h, nil
}
