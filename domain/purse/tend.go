package purse

import (
	"context"
	"fmt"
	"strings"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/domain/purse/db"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// TakeBackInput takes unused money off a balance.
type TakeBackInput struct {
	Organiser int32
	Voucher   int64
	Amount    *money.Cents // nil = all that is left
	Reason    string
}

// TakeBack lowers a balance by what the client has not used; what is held or used stays. Right: VoucherChange, within the teams of the
// service. Locks: the balance.
func TakeBack(ctx context.Context, tx *postgres.Tx, by access.Actor, in TakeBackInput) (money.Cents, error) {
	if err := by.May(access.VoucherChange, in.Organiser); err != nil {
		return 0, err
	}
	if strings.TrimSpace(in.Reason) == "" {
		return 0, errReason
	}
	v, err := voucher.Get(ctx, tx, by, in.Organiser, in.Voucher)
	if err != nil {
		return 0, err
	}
	p, err := one(ctx, tx, in.Organiser, v.ID)
	if err != nil {
		return 0, err
	}
	left, err := p.left(ctx, tx, in.Organiser)
	if err != nil {
		return 0, err
	}
	sum := left
	if in.Amount != nil {
		sum = *in.Amount
	}
	if sum <= 0 || sum > left {
		return 0, errTake.With("left", left)
	}
	if err := p.move(ctx, tx, by, in.Organiser, "taken_back", -sum, tx.Today(), in.Reason); err != nil {
		return 0, err
	}
	return sum, audit.Write(ctx, tx, by, ActReturned, v.Ref(), map[string]any{"amount_cents": sum, "reason": in.Reason})
}

// left locks the balance and tells what may still be spent.
func (p Purse) left(ctx context.Context, tx *postgres.Tx, organiser int32) (money.Cents, error) {
	key := ledger.Key{Line: p.Line, Bucket: ledger.Whole}
	book, err := ledger.Lock(ctx, tx, organiser, []ledger.Key{key})
	if err != nil {
		return 0, err
	}
	return book.Balance(key).LeftCents(), nil
}

func one(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Purse, error) {
	found, err := pursesOf(ctx, tx, organiser, []int64{id})
	if err != nil {
		return Purse{}, err
	}
	p := found[id]
	if p == nil {
		return Purse{}, errNoPurse
	}
	return *p, nil
}

// Tended is what one round of Tend did.
type Tended struct{ Expired, Refilled, Ended int }

// atOnce is how many holds or purses one transaction of Tend takes.
const atOnce = 500

// Tend does what time does to an organiser's balances: holds whose day has come go back, monthly ones are filled on the first day of
// the month, and what is left at the end of the grace days expires, at once when the voucher was annulled. Doing it again, late or twice changes nothing more; a month that
// was missed is not filled afterwards. Call it until it does nothing: one call takes a limited number.
func Tend(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (Tended, error) {
	if err := by.May(access.VoucherChange, organiser); err != nil {
		return Tended{}, err
	}
	var t Tended
	var err error
	if t.Expired, err = expireHolds(ctx, tx, by, organiser); err != nil {
		return t, err
	}
	month := calendar.MonthOf(tx.Today()).Period().From
	rows, err := db.New(tx).PursesToTend(ctx, db.PursesToTendParams{OrganiserID: organiser, Today: tx.Today(), Month: month, Most: atOnce})
	if err != nil {
		return t, fmt.Errorf("listing balances that are due: %w", err)
	}
	for _, r := range rows {
		p := Purse{Voucher: r.VoucherID, Line: r.LineID, Person: r.PersonID, Terms: Terms{Refill: Refill(r.Refill), RefillCents: r.RefillCents, LeftOver: r.LeftOver}}
		v := voucher.Voucher{Valid: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, State: voucher.State(r.State), ClosedFrom: r.ClosedFrom}
		if r.CloseReason != nil {
			v.CloseReason = voucher.Reason(*r.CloseReason)
		}
		end := v.Usable().To
		if v.Usable().Empty() { // it never was: nothing to wait for
			end = -calendar.Date(r.GraceDays)
		}
		if end+calendar.Date(r.GraceDays) <= tx.Today() {
			err = p.empty(ctx, tx, by, organiser, p.ending())
			t.Ended++
		} else {
			err = p.refill(ctx, tx, by, organiser, month)
			t.Refilled++
		}
		if err != nil {
			return t, err
		}
	}
	return t, nil
}

// refill adds a month's sum; what is left of the month before lapses unless it carries.
func (p Purse) refill(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, month calendar.Date) error {
	if !p.Carries() {
		if err := p.empty(ctx, tx, by, organiser, "lapsed"); err != nil {
			return err
		}
	}
	if err := p.move(ctx, tx, by, organiser, "refilled", p.RefillCents, month, ""); err != nil {
		return err
	}
	return audit.Write(ctx, tx, by, ActRefilled, audit.Ref{Kind: "voucher", ID: p.Voucher}, map[string]any{"amount_cents": p.RefillCents, "month": month})
}

// empty takes off all that is left.
func (p Purse) empty(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, kind string) error {
	left, err := p.left(ctx, tx, organiser)
	if err != nil || left <= 0 {
		return err
	}
	if err := p.move(ctx, tx, by, organiser, kind, -left, tx.Today(), ""); err != nil {
		return err
	}
	return audit.Write(ctx, tx, by, ActReturned, audit.Ref{Kind: "voucher", ID: p.Voucher}, map[string]any{"amount_cents": left, "kind": kind})
}

// expireHolds ends holds whose day has come. Locks: the balances, in key order; then they are read again, since a capture may have
// come first.
func expireHolds(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (int, error) {
	q := db.New(tx)
	rows, err := q.HoldsExpired(ctx, db.HoldsExpiredParams{OrganiserID: organiser, Today: tx.Today(), Most: atOnce})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	keys, ids := make([]ledger.Key, len(rows)), make([]int64, len(rows))
	for i, r := range rows {
		keys[i], ids[i] = ledger.Key{Line: r.LineID, Bucket: ledger.Whole}, r.HoldID
	}
	book, err := ledger.Lock(ctx, tx, organiser, keys)
	if err != nil {
		return 0, err
	}
	holds, err := holdsByID(ctx, tx, organiser, ids)
	if err != nil {
		return 0, err
	}
	p := db.EndsInsertParams{OrganiserID: organiser, EndedAt: tx.Now()}
	var postings []ledger.Posting
	var entries []audit.Entry
	for _, id := range ids {
		h := holds[id]
		if h.State != Held {
			continue
		}
		if err := book.Use(ledger.Key{Line: h.Line, Bucket: ledger.Whole}, 0, -h.Amount); err != nil {
			return 0, err
		}
		postings = append(postings, reserved(h.Line, h.ID, h.Amount, h).Reversed(ledger.FromHold, h.ID, 1))
		p.HoldIds, p.Providers, p.Persons, p.Endings = append(p.HoldIds, h.ID), append(p.Providers, h.Provider), append(p.Persons, h.Person), append(p.Endings, string(Expired))
		p.Captureds, p.Events, p.Reasons = append(p.Captureds, 0), append(p.Events, 0), append(p.Reasons, "")
		p.Accounts, p.Names = append(p.Accounts, by.Account), append(p.Names, by.Name)
		entries = append(entries, audit.Entry{Subject: h.Ref(), Detail: map[string]any{"voucher": h.Voucher, "amount_cents": h.Amount}})
	}
	if err := q.EndsInsert(ctx, p); err != nil {
		return 0, fmt.Errorf("expiring %d holds: %w", len(p.HoldIds), err)
	}
	if err := book.Write(ctx, tx); err != nil {
		return 0, err
	}
	if err := ledger.Post(ctx, tx, organiser, postings); err != nil {
		return 0, err
	}
	return len(p.HoldIds), audit.WriteMany(ctx, tx, by, ActExpired, entries)
}
