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
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Movement is one row of a balance's history: a move of the right, or a hold with how it ended.
type Movement struct {
	At     time.Time
	Kind   string // granted, refilled, lapsed, taken_back, expired, reopened, or the state of the hold
	Sum    money.Cents
	On     calendar.Date
	Reason string
	By     string
	Hold   *Hold      // nil for a move
	Band   i18n.Names // of time, by which the hold was priced; empty = the same at all times
}

// View is a balance as a page shows it.
type View struct {
	Purse
	Voucher   voucher.Voucher
	Sums      Sums
	Movements []Movement // newest first, at most MostMovements
}

// MostMovements is how many holds a page lists.
const MostMovements = 200

// Get reads a balance for staff and the client, who ask under the organiser's scope, and logs the reading. BAL-019 when the voucher is
// not a purse.
func Get(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (View, error) {
	v, err := voucher.Get(ctx, tx, by, organiser, id)
	if err != nil {
		return View{}, err
	}
	view := View{Voucher: v}
	if view.Purse, err = one(ctx, tx, organiser, id); err != nil {
		return View{}, err
	}
	sums, err := sumsOf(ctx, tx, organiser, []Purse{view.Purse})
	if err != nil {
		return View{}, err
	}
	view.Sums = sums[id]
	view.Movements, err = movements(ctx, tx, organiser, id)
	return view, err
}

// Of tells which of the vouchers are purses, with their sums; for pages whose own reading has been checked and logged.
func Of(ctx context.Context, tx *postgres.Tx, organiser int32, vouchers []int64) (map[int64]Sums, error) {
	found, err := pursesOf(ctx, tx, organiser, vouchers)
	if err != nil {
		return nil, err
	}
	list := make([]Purse, 0, len(found))
	for _, p := range found {
		list = append(list, *p)
	}
	return sumsOf(ctx, tx, organiser, list)
}

func sumsOf(ctx context.Context, tx *postgres.Tx, organiser int32, list []Purse) (map[int64]Sums, error) {
	out := make(map[int64]Sums, len(list))
	if len(list) == 0 {
		return out, nil
	}
	ids, lines := make([]int64, len(list)), make([]int64, len(list))
	for i, p := range list {
		ids[i], lines[i] = p.Voucher, p.Line
	}
	q := db.New(tx)
	held, err := q.HoldsLive(ctx, db.HoldsLiveParams{OrganiserID: organiser, Vouchers: ids})
	if err != nil {
		return nil, fmt.Errorf("reading what is held of %d purses: %w", len(ids), err)
	}
	of := map[int64]money.Cents{}
	for _, r := range held {
		of[r.VoucherID] = money.Cents(r.HeldCents)
	}
	balances, err := ledger.Read(ctx, tx, organiser, lines)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		b := balances[ledger.Key{Line: p.Line, Bucket: ledger.Whole}]
		out[p.Voucher] = Sums{Granted: b.LimitCents, Held: of[p.Voucher], Used: b.UsedCents - of[p.Voucher]}
	}
	moves, err := q.MovesSums(ctx, db.MovesSumsParams{OrganiserID: organiser, Vouchers: ids})
	if err != nil {
		return nil, fmt.Errorf("reading the moves of %d purses: %w", len(ids), err)
	}
	for _, r := range moves {
		s, sum := out[r.VoucherID], money.Cents(r.AmountCents)
		switch r.Kind {
		case "taken_back":
			s.Returned -= sum
		case "expired", "lapsed":
			s.Expired -= sum
		default:
			s.Given += sum
		}
		out[r.VoucherID] = s
	}
	return out, nil
}

func movements(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) ([]Movement, error) {
	q := db.New(tx)
	holds, err := q.HoldsOf(ctx, db.HoldsOfParams{OrganiserID: organiser, VoucherID: id, Most: MostMovements})
	if err != nil {
		return nil, fmt.Errorf("voucher %d: reading holds: %w", id, err)
	}
	var out []Movement
	var priced []Hold
	for _, r := range holds {
		h := Hold{Organiser: organiser, ID: r.HoldID, Voucher: id, Provider: r.ProviderID, Unit: r.UnitID, Content: r.ContentID, Service: r.ServiceID, Band: r.Band, Reference: r.Reference, Quantity: r.Quantity,
			Price: r.PriceCents, Total: r.TotalCents, Amount: r.AmountCents, Day: r.ServiceDate, ExpiresOn: r.ExpiresOn, Note: r.Note, At: r.HeldAt, By: r.HeldBy,
			UnitName: r.UnitName, ProviderName: r.ProviderName, ContentNames: i18n.Names{Fi: r.NameFi, Sv: r.NameSv, En: r.NameEn},
			State: stateOf(r.Ending, r.EventState), Taken: money.Cents(r.CapturedCents), Event: r.EventID, EndReason: r.Reason, EndedAt: r.EndedAt}
		m := Movement{At: h.At, Kind: string(h.State), Sum: -h.Amount, On: h.Day, Reason: h.EndReason, By: h.ProviderName, Hold: &h}
		switch h.State {
		case Captured:
			m.Sum = -h.Taken
		case Released, Expired, Refunded:
			m.Sum = 0
		}
		out, priced = append(out, m), append(priced, h)
	}
	bands, err := BandNames(ctx, tx, organiser, priced)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Band = bands[out[i].Hold.ID]
	}
	moves, err := q.MovesOf(ctx, db.MovesOfParams{OrganiserID: organiser, VoucherID: id})
	if err != nil {
		return nil, fmt.Errorf("voucher %d: reading moves: %w", id, err)
	}
	for _, r := range moves {
		out = append(out, Movement{At: r.MovedAt, Kind: r.Kind, Sum: r.AmountCents, On: r.OnDate, Reason: r.Reason, By: r.MovedBy})
	}
	slices.SortStableFunc(out, func(a, b Movement) int { return b.At.Compare(a.At) })
	return out, nil
}

// ListInput narrows a provider's list.
type ListInput struct {
	OnlyOpen bool
	Before   int64 // hold of the page before; 0 = the newest
	Most     int32
}

// OfProvider lists what the company has held and captured, newest first, over all organisers, under the provider's own scope. It
// names no client.
func OfProvider(ctx context.Context, tx *postgres.Tx, by access.Actor, in ListInput) ([]Hold, error) {
	if err := by.May(access.EventRead, 0); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).HoldsOfProvider(ctx, db.HoldsOfProviderParams{ProviderID: by.Provider, Units: append([]int64{}, by.Units...), OnlyOpen: in.OnlyOpen, BeforeHold: in.Before, Most: in.Most})
	if err != nil {
		return nil, fmt.Errorf("listing holds of provider %d: %w", by.Provider, err)
	}
	out := make([]Hold, len(rows))
	for i, r := range rows {
		out[i] = Hold{Organiser: r.OrganiserID, ID: r.HoldID, Voucher: r.VoucherID, Provider: by.Provider, Unit: r.UnitID, Content: r.ContentID, Reference: r.Reference,
			Quantity: r.Quantity, Price: r.PriceCents, Total: r.TotalCents, Amount: r.AmountCents, Day: r.ServiceDate, ExpiresOn: r.ExpiresOn, Note: r.Note, At: r.HeldAt, By: r.HeldBy,
			UnitName: r.UnitName, ContentNames: i18n.Names{Fi: r.NameFi, Sv: r.NameSv, En: r.NameEn}, State: stateOf(r.Ending, r.EventState),
			Taken: money.Cents(r.CapturedCents), Event: r.EventID, EndReason: r.Reason, EndedAt: r.EndedAt}
	}
	return out, nil
}

// One reads a hold for its own provider, under the organiser's scope.
func One(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Hold, error) {
	if err := by.May(access.EventRead, organiser); err != nil {
		return Hold{}, err
	}
	h, err := holdOf(ctx, tx, by, organiser, id)
	if err != nil || h.State != Captured {
		return h, err
	}
	step, err := db.New(tx).EventStep(ctx, db.EventStepParams{OrganiserID: organiser, EventID: h.Event})
	if err != nil {
		return h, fmt.Errorf("hold %d: reading its event: %w", id, err)
	}
	h.State = stateOf(string(Captured), step.State)
	return h, nil
}

// Choice is one thing that a provider may sell to a balance: a content at a unit, with the agreed price of a unit of it.
type Choice struct {
	Content Content
	Unit    int64
	Price   money.Cents
	Times   []TimePrice // by time of day; none = Price at all times
}

// Choices lists what the actor's company may sell today to the balance of a number. An unknown number and one whose contents the company
// may not sell answer the same (BAL-001).
func Choices(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, number string) ([]Choice, error) {
	if err := by.May(access.EventRecord, organiser); err != nil {
		return nil, err
	}
	f := &facts{today: tx.Today(), now: tx.Now()}
	if err := f.open(ctx, tx, organiser, []string{number}); err != nil {
		return nil, err
	}
	v := f.vouchers[number]
	if v == nil {
		return nil, errNumber
	}
	if err := f.terms(ctx, tx, organiser); err != nil {
		return nil, err
	}
	if err := f.offers(ctx, tx, organiser, []int64{by.Provider}); err != nil {
		return nil, err
	}
	if err := f.inForce(ctx, tx, organiser); err != nil {
		return nil, err
	}
	if err := f.priceBands(ctx, tx, organiser, newBooks()); err != nil {
		return nil, err
	}
	var out []Choice
	p := f.purses[v.ID]
	for _, s := range f.sold(by, p) {
		out = append(out, Choice{*p.content(s.content), s.unit, s.price, f.times(s, f.now)})
	}
	if len(out) == 0 {
		return nil, errNumber
	}
	slices.SortFunc(out, func(a, b Choice) int {
		if a.Content.ID != b.Content.ID {
			return int(a.Content.ID - b.Content.ID)
		}
		return int(a.Unit - b.Unit)
	})
	return out, nil
}

// ServiceSums are all balances of a service together.
type ServiceSums struct {
	Service int64
	Purses  int64
	Sums
}

// Summary tells an organiser where its balances stand, by service. It names no client.
func Summary(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]ServiceSums, error) {
	if err := by.May(access.VoucherRead, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).ServiceSums(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("adding up balances: %w", err)
	}
	out := make([]ServiceSums, len(rows))
	for i, r := range rows {
		out[i] = ServiceSums{r.ServiceID, r.Purses, Sums{Granted: money.Cents(r.LimitCents), Held: money.Cents(r.HeldCents), Used: money.Cents(r.UsedCents - r.HeldCents),
			Given: money.Cents(r.GivenCents), Returned: money.Cents(r.ReturnedCents), Expired: money.Cents(r.ExpiredCents)}}
	}
	return out, nil
}

// LeftShown tells what is left of the balance that a hold is of, when its terms let the provider see it; nil otherwise. For a page whose
// reading of the hold has been checked.
func LeftShown(ctx context.Context, tx *postgres.Tx, h Hold) (*money.Cents, error) {
	p, err := one(ctx, tx, h.Organiser, h.Voucher)
	if err != nil || !p.BalanceShown {
		return nil, err
	}
	balances, err := ledger.Read(ctx, tx, h.Organiser, []int64{p.Line})
	if err != nil {
		return nil, err
	}
	return new(balances[ledger.Key{Line: p.Line, Bucket: ledger.Whole}].LeftCents()), nil
}
