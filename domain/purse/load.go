package purse

import (
	"context"
	"fmt"
	"slices"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/domain/purse/db"
	"seteli/domain/rulebook/method"
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
	vouchers map[string]*voucher.Recorded // by number; the validity is that in which service may be given
	purses   map[int64]*Purse             // by voucher
	sellable []sold
	holds    map[int64]*Hold
	first    map[reference]int64 // hold that a reference made before
	hashes   map[int64][]byte
	asked    map[reference]*judged // references of this batch
	ends     map[int64]*judged     // holds that this batch has ended
	book     *ledger.Book
	periods  map[int64]int32
	books    map[int64]int64 // rulebook in force, by service
	bands    map[int64][]method.PriceBand
	now      time.Time
}

// load reads the snapshot in a fixed number of statements and four round trips. Locks, in the house's order: the payees' open periods
// (shared, when anything is captured), the vouchers (shared), the balances (exclusive).
func load(ctx context.Context, tx *postgres.Tx, organiser int32, batch []request, known *books) (*facts, error) {
	f := &facts{today: tx.Today(), now: tx.Now(), asked: map[reference]*judged{}, ends: map[int64]*judged{}}
	var providers, captures, ids []int64
	var numbers []string
	for _, r := range batch {
		providers, numbers = append(providers, r.by.Provider), append(numbers, r.number)
		if r.op == capture || r.op == authorise && r.ask.Capture {
			captures = append(captures, r.by.Provider)
		}
		if r.op != authorise {
			ids = append(ids, r.end.Hold)
		}
	}
	providers = distinct(providers)
	slices.Sort(numbers)
	err := tx.Together(ctx,
		func(tx *postgres.Tx) (err error) {
			if len(captures) > 0 {
				f.periods, err = ledger.SharePeriods(ctx, tx, organiser, captures)
			}
			return err
		},
		func(tx *postgres.Tx) error { return f.open(ctx, tx, organiser, slices.Compact(numbers)) })
	if err != nil {
		return nil, err
	}
	err = tx.Together(ctx,
		func(tx *postgres.Tx) error { return f.lock(ctx, tx, organiser) },
		func(tx *postgres.Tx) error { return f.terms(ctx, tx, organiser) },
		func(tx *postgres.Tx) error { return f.offers(ctx, tx, organiser, providers) },
		func(tx *postgres.Tx) error { return f.inForce(ctx, tx, organiser) },
		func(tx *postgres.Tx) error { return f.pauses(ctx, tx, organiser) })
	if err == nil {
		err = f.priceBands(ctx, tx, organiser, known)
	}
	if err != nil {
		return nil, err
	}
	// Endings and references are written under the balance's lock only: read after it, they hold until the commit.
	err = tx.Together(ctx,
		func(tx *postgres.Tx) error { return f.references(ctx, tx, organiser, batch) },
		func(tx *postgres.Tx) (err error) {
			f.holds, err = holdsByID(ctx, tx, organiser, distinct(ids))
			return err
		})
	if err != nil || len(f.first) == 0 {
		return f, err
	}
	ids = nil
	for _, id := range f.first {
		ids = append(ids, id)
	}
	repeats, err := holdsByID(ctx, tx, organiser, distinct(ids))
	for id, h := range repeats {
		if f.holds[id] == nil {
			f.holds[id] = h
		}
	}
	return f, err
}

func distinct(ids []int64) []int64 {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// open reads the purses of the numbers with their vouchers, and keeps the vouchers as they are until the commit.
func (f *facts) open(ctx context.Context, tx *postgres.Tx, organiser int32, numbers []string) error {
	rows, err := db.New(tx).PursesForTill(ctx, db.PursesForTillParams{OrganiserID: organiser, Numbers: numbers})
	if err != nil {
		return fmt.Errorf("reading %d purses: %w", len(numbers), err)
	}
	f.vouchers, f.purses = make(map[string]*voucher.Recorded, len(rows)), make(map[int64]*Purse, len(rows))
	for _, r := range rows {
		v := voucher.Voucher{Valid: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, State: voucher.State(r.State), ClosedFrom: r.ClosedFrom}
		if r.CloseReason != nil {
			v.CloseReason = voucher.Reason(*r.CloseReason)
		}
		f.vouchers[r.Number] = &voucher.Recorded{ID: r.VoucherID, Client: r.ClientID, Person: r.PersonID, Number: r.Number, Valid: v.Usable(), Annulled: v.Usable().Empty(), Rulebook: r.RulebookID}
		f.purses[r.VoucherID] = &Purse{Voucher: r.VoucherID, Line: r.LineID, Person: r.PersonID, Client: r.ClientID, GrantedAt: r.GrantedAt, GrantedBy: r.GrantedBy,
			Terms: Terms{Refill: Refill(r.Refill), RefillCents: r.RefillCents, LeftOver: r.LeftOver, WholeUnits: r.WholeUnits, HoldDays: int(r.HoldDays), GraceDays: int(r.GraceDays),
				ClientAdds: r.ClientAdds, BalanceShown: r.BalanceShown}}
	}
	return nil
}

func (f *facts) ids() []int64 {
	out := make([]int64, 0, len(f.purses))
	for id := range f.purses {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// terms reads what the purses may be spent on.
func (f *facts) terms(ctx context.Context, tx *postgres.Tx, organiser int32) error {
	return contentsOf(ctx, tx, organiser, f.ids(), f.purses)
}

// offers reads what the providers may sell today.
func (f *facts) offers(ctx context.Context, tx *postgres.Tx, organiser int32, providers []int64) error {
	rows, err := db.New(tx).SellableOn(ctx, db.SellableOnParams{OrganiserID: organiser, Vouchers: f.ids(), Providers: providers, Day: f.today})
	if err != nil {
		return fmt.Errorf("reading what may be sold: %w", err)
	}
	for _, r := range rows {
		f.sellable = append(f.sellable, sold{content: r.ContentID, service: r.ServiceID, provider: r.ProviderID, unit: r.UnitID, price: r.PriceCents})
	}
	reservations, err := db.New(tx).ReservationsOn(ctx, db.ReservationsOnParams{OrganiserID: organiser, Vouchers: f.ids(), Providers: providers, Day: f.today})
	if err != nil {
		return fmt.Errorf("reading who was let in: %w", err)
	}
	for _, v := range f.vouchers {
		for _, r := range reservations {
			if r.VoucherID == v.ID {
				v.Reservations = append(v.Reservations, voucher.RecordedReservation{ID: r.ReservationID, Line: r.LineID, Provider: r.ProviderID, Period: calendar.Period{From: r.ValidFrom, To: r.ValidTo}})
			}
		}
	}
	return nil
}

// pauses reads the rests that cover today.
func (f *facts) pauses(ctx context.Context, tx *postgres.Tx, organiser int32) error {
	rows, err := db.New(tx).PausesOn(ctx, db.PausesOnParams{OrganiserID: organiser, Vouchers: f.ids(), Day: f.today})
	if err != nil {
		return fmt.Errorf("reading pauses: %w", err)
	}
	for _, v := range f.vouchers {
		for _, r := range rows {
			if r.VoucherID == v.ID {
				v.Pauses = append(v.Pauses, calendar.Period{From: r.PauseFrom, To: r.PauseTo})
			}
		}
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
			Terms: Terms{Refill: Refill(r.Refill), RefillCents: r.RefillCents, LeftOver: r.LeftOver, WholeUnits: r.WholeUnits, HoldDays: int(r.HoldDays), GraceDays: int(r.GraceDays),
				ClientAdds: r.ClientAdds, BalanceShown: r.BalanceShown}}
	}
	if len(out) == 0 {
		return out, nil
	}
	return out, contentsOf(ctx, tx, organiser, vouchers, out)
}

// contentsOf fills in what the purses may be spent on.
func contentsOf(ctx context.Context, tx *postgres.Tx, organiser int32, vouchers []int64, purses map[int64]*Purse) error {
	contents, err := db.New(tx).ContentsOf(ctx, db.ContentsOfParams{OrganiserID: organiser, Vouchers: vouchers})
	if err != nil {
		return fmt.Errorf("reading what purses may be spent on: %w", err)
	}
	for _, c := range contents {
		p := purses[c.VoucherID]
		p.Contents = append(p.Contents, Content{ID: c.ContentID, Service: c.ServiceID, Code: c.Code, Unit: c.Unit, Names: i18n.Names{Fi: c.NameFi, Sv: c.NameSv, En: c.NameEn}})
	}
	return nil
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
			Day: r.ServiceDate, ExpiresOn: r.ExpiresOn, Note: r.Note, Band: r.Band, At: r.HeldAt, By: r.HeldBy, State: stateOf(r.Ending, ""),
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
