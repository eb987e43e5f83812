package voucher

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/domain/admission"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/ledger"
	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// TopicSuspended tells a client that the unit which serves them may not serve for a time; its payload is Paused.
const TopicSuspended = "reservation.suspended"

// Paused is the payload of TopicSuspended.
type Paused struct {
	Reservation int64         `json:"reservation"`
	From        calendar.Date `json:"from"` // first day of the suspension
}

// Carried is a reservation that lives on an approval, as whoever is about to end the approval sees it.
type Carried struct {
	Approval, Reservation int64
	Voucher, Client       int64
	Number                ident.VoucherNumber
	ListName, UnitName    string
	Period                calendar.Period // of the reservation
	VoucherTo             calendar.Date   // first day after the voucher's validity
}

// Reach counts whom the end of approvals touches.
type Reach struct{ Clients, Vouchers int }

// Affected lists, at most limit, the reservations that approvals of one service carry on or after a day, and counts all of them. It
// names clients, so it is for those who may end the approvals, within their teams, and every named client's log tells of it.
func Affected(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, approvals []int64, from calendar.Date, limit int32) ([]Carried, Reach, error) {
	if err := by.May(access.ApprovalRevoke, organiser); err != nil {
		return nil, Reach{}, err
	}
	if err := endable(ctx, tx, by, organiser, approvals); err != nil {
		return nil, Reach{}, err
	}
	rows, err := db.New(tx).Affected(ctx, db.AffectedParams{OrganiserID: organiser, ApprovalIds: approvals, Day: from, Batch: limit})
	if err != nil {
		return nil, Reach{}, fmt.Errorf("listing reservations of %d approvals: %w", len(approvals), err)
	}
	out, views := make([]Carried, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		number, err := ident.ParseVoucherNumber(r.Number)
		if err != nil {
			return nil, Reach{}, fmt.Errorf("voucher %d: stored number: %w", r.VoucherID, err)
		}
		out[i] = Carried{Approval: r.ApprovalID, Reservation: r.ReservationID, Voucher: r.VoucherID, Client: r.ClientID, Number: number,
			ListName: r.LastName + " " + r.FirstNames, UnitName: r.UnitName, Period: calendar.Period{From: r.ValidFrom, To: r.ValidTo},
			VoucherTo: r.VoucherTo}
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ClientID, Purpose: client.ForCase, What: "approval.affected"}
	}
	reach, err := reachOf(ctx, tx, organiser, approvals, from)
	if err != nil {
		return nil, Reach{}, err
	}
	return out, reach, audit.SeenMany(ctx, tx, by, views)
}

// AffectedCount tells a company how many of its clients its own leaving touches, without saying who; in the organiser's scope.
func AffectedCount(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, approvals []int64, from calendar.Date) (Reach, error) {
	if err := by.May(access.ProviderExit, organiser); err != nil {
		return Reach{}, err
	}
	if err := endable(ctx, tx, by, organiser, approvals); err != nil {
		return Reach{}, err
	}
	return reachOf(ctx, tx, organiser, approvals, from)
}

func reachOf(ctx context.Context, tx *postgres.Tx, organiser int32, approvals []int64, from calendar.Date) (Reach, error) {
	n, err := db.New(tx).AffectedCount(ctx, db.AffectedCountParams{OrganiserID: organiser, ApprovalIds: approvals, Day: from})
	if err != nil {
		return Reach{}, fmt.Errorf("counting clients of %d approvals: %w", len(approvals), err)
	}
	return Reach{int(n.Clients), int(n.Vouchers)}, nil
}

// endable refuses approvals that the actor could not end: another company's, another team's.
func endable(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, ids []int64) error {
	rows, err := db.New(tx).ApprovalsByID(ctx, db.ApprovalsByIDParams{OrganiserID: organiser, ApprovalIds: ids})
	if err != nil {
		return fmt.Errorf("reading %d approvals: %w", len(ids), err)
	}
	var services []catalogue.Service
	if by.Role.Side() == access.OrganiserSide && len(by.Teams) > 0 {
		if services, err = catalogue.Services(ctx, tx, organiser, tx.Today()); err != nil {
			return err
		}
	}
	for _, a := range rows {
		if by.Role.Side() == access.ProviderSide && (a.ProviderID != by.Provider || !by.SeesUnit(a.UnitID)) {
			return errUnknown
		}
		i := slices.IndexFunc(services, func(s catalogue.Service) bool { return s.ID == a.ServiceID })
		if services != nil && (i < 0 || !by.SeesService(services[i].Teams)) {
			return errUnknown
		}
	}
	return nil
}

// Handlers receive what happens to approvals, for job.DeliverOutbox. An end takes the reservations with it; a suspension leaves them and
// tells the clients. A message that comes twice, late or out of order changes nothing more: what is written follows from the approval.
func Handlers(store *postgres.DB) map[string]job.Handler {
	return map[string]job.Handler{
		admission.TopicEnded: func(ctx context.Context, m postgres.Delivery) error {
			var told admission.EndedMessage
			if err := json.Unmarshal(m.Payload, &told); err != nil {
				return fmt.Errorf("reading message %s: %w", m.Dedup, err)
			}
			for _, id := range told.Approvals {
				if err := approvalEnded(ctx, store, m.Organiser, id); err != nil {
					return err
				}
			}
			return nil
		},
		admission.TopicSuspended: func(ctx context.Context, m postgres.Delivery) error {
			var told admission.SuspendedMessage
			if err := json.Unmarshal(m.Payload, &told); err != nil {
				return fmt.Errorf("reading message %s: %w", m.Dedup, err)
			}
			return approvalSuspended(ctx, store, m, told)
		},
	}
}

// batch is how many vouchers one transaction changes when an approval ends: a large company's leaving does not hold up its clients.
const batch = 50

// approvalEnded ends what the approval carries from its end on. Reservations are read outside the transactions that end them: new ones
// cannot reach over the end (see pick), and whatever was ended meanwhile is left as it is.
func approvalEnded(ctx context.Context, store *postgres.DB, organiser int32, id int64) error {
	by := access.System("approval", organiser)
	var a db.ApprovalsByIDRow
	var rows []db.ReservationsUnderRow
	err := store.Read(ctx, by, func(tx *postgres.Tx) error {
		q := db.New(tx)
		list, err := q.ApprovalsByID(ctx, db.ApprovalsByIDParams{OrganiserID: organiser, ApprovalIds: []int64{id}})
		if err != nil {
			return fmt.Errorf("reading approval %d: %w", id, err)
		}
		if len(list) != 1 || list[0].EndKind == nil {
			return fmt.Errorf("approval %d has not ended, though a message says so", id)
		}
		a = list[0]
		rows, err = q.ReservationsUnder(ctx, db.ReservationsUnderParams{OrganiserID: organiser, ApprovalID: id, Day: a.ValidTo})
		if err != nil {
			return fmt.Errorf("reading reservations of approval %d: %w", id, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for some := range slices.Chunk(rows, batch) {
		err := store.Tenant(ctx, by, func(tx *postgres.Tx) error {
			for _, r := range some {
				if err := left(ctx, tx, by, a, r); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// left ends one reservation because its provider's approval ends. What was to begin later is cancelled, and a voucher with nothing left
// is granted again: the client chooses anew. Days before the end stay recordable. Locks: voucher, its balances.
func left(ctx context.Context, tx *postgres.Tx, by access.Actor, a db.ApprovalsByIDRow, under db.ReservationsUnderRow) error {
	organiser := by.Organiser
	v, err := lock(ctx, tx, organiser, under.VoucherID)
	if err != nil {
		return err
	}
	r, err := reservation(ctx, tx, organiser, under.ReservationID)
	if err != nil {
		return err
	}
	if r.Cancelled || r.Period.To <= a.ValidTo {
		return nil // ended before
	}
	day, why, q := a.ValidTo, *a.EndKind, db.New(tx)
	if day <= r.Period.From {
		if day, err = begun(ctx, tx, r); err != nil {
			return err
		}
	}
	var n int64
	switch {
	case day >= r.Period.To:
		return nil
	case day > r.Period.From:
		n, err = q.ReservationEnd(ctx, db.ReservationEndParams{OrganiserID: organiser, ReservationID: r.ID, RowVersion: r.RowVersion,
			ValidTo: day, EndReason: why, EndedBy: by.Name})
	default:
		n, err = q.ReservationCancel(ctx, db.ReservationCancelParams{OrganiserID: organiser, ReservationID: r.ID, RowVersion: r.RowVersion,
			EndReason: why, EndedBy: by.Name})
	}
	if err := oneRow(n, err, "ending", r.ID); err != nil {
		return err
	}
	if err := free(ctx, tx, &v); err != nil {
		return err
	}
	if err := tellEnded(ctx, tx, organiser, Reserved{Reservation: r.ID, Provider: r.Provider, Why: why}); err != nil {
		return err
	}
	if err := step(ctx, tx, by, v, ActLeft, under.UnitName); err != nil {
		return err
	}
	return audit.Write(ctx, tx, by, ActLeft, r.Ref(), map[string]any{"approval": a.ApprovalID, "why": why, "from": day})
}

// begun gives the day to end a reservation that began on the very day on which the approval ends: after what was accepted on it, or
// its first day when nothing was.
func begun(ctx context.Context, tx *postgres.Tx, r Reservation) (calendar.Date, error) {
	used, err := ledger.UsedOf(ctx, tx, r.Organiser, []int64{r.Line})
	if err != nil {
		return 0, err
	}
	if last, any := lastUse(used); any && last >= r.Period.From && inUse(used) {
		return last + 1, nil
	}
	return r.Period.From, nil
}

// free makes an open voucher granted again when none of its reservations counts any more.
func free(ctx context.Context, tx *postgres.Tx, v *Voucher) error {
	valid, err := db.New(tx).ReservationsValid(ctx, db.ReservationsValidParams{OrganiserID: v.Organiser, VoucherID: v.ID})
	if err != nil {
		return fmt.Errorf("voucher %d: counting its reservations: %w", v.ID, err)
	}
	if valid > 0 || v.State != Open {
		return nil
	}
	v.State = Granted
	return saveState(ctx, tx, v)
}

// approvalSuspended leaves a message for each reservation that the suspension meets, once for each suspension.
func approvalSuspended(ctx context.Context, store *postgres.DB, m postgres.Delivery, told admission.SuspendedMessage) error {
	return store.Tenant(ctx, access.System("approval", m.Organiser), func(tx *postgres.Tx) error {
		rows, err := db.New(tx).ReservationsUnder(ctx, db.ReservationsUnderParams{OrganiserID: m.Organiser, ApprovalID: told.Approval, Day: told.From})
		if err != nil {
			return fmt.Errorf("reading reservations of approval %d: %w", told.Approval, err)
		}
		for _, r := range rows {
			err := tx.Outbox(ctx, postgres.Message{Organiser: m.Organiser, Topic: TopicSuspended,
				Dedup: fmt.Sprintf("%s:%d:%s", TopicSuspended, r.ReservationID, m.Dedup), Payload: Paused{r.ReservationID, told.From}})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
