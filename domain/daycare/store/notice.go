package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on a place as its unit or the municipality tells of it.
const (
	ActNoticeGiven audit.Act = "daycare.notice_given"
	ActRefilled    audit.Act = "daycare.place_refilled"
)

// mayTell is the right of who tells of a child's place: the unit of its own children, the municipality's staff of all.
func mayTell(by access.Actor, organiser int32) error {
	if by.Role.Side() == access.ProviderSide {
		return by.May(access.DaycareReport, organiser)
	}
	return by.May(access.DaycareDecide, organiser)
}

// place reads one place for who may tell of it and locks its child; another provider's is as unknown as none.
func place(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (db.PlacementOneRow, error) {
	if err := mayTell(by, organiser); err != nil {
		return db.PlacementOneRow{}, err
	}
	row, err := db.New(tx).PlacementOne(ctx, db.PlacementOneParams{OrganiserID: organiser, PlacementID: id})
	if errors.Is(err, pgx.ErrNoRows) || err == nil && by.Role.Side() == access.ProviderSide && row.ProviderID != by.Provider {
		return row, errPlace
	}
	if err != nil {
		return row, fmt.Errorf("reading place %d: %w", id, err)
	}
	_, err = lock(ctx, tx, Of{Organiser: organiser, Child: row.ChildID})
	return row, err
}

// NoticeInput says that a family has given up a place.
type NoticeInput struct {
	Organiser  int32
	Placement  int64
	RowVersion int32
	On         calendar.Date // day of the notice
	Last       calendar.Date // last day of care
}

// GiveNotice notes the notice of a place and ends the place after the last day of care. What the municipality pays for the rest of the
// notice time is due when its decision has been ended: see daycare.NoticePay. A unit tells a notice once (DAY-141) and within a month of it
// (DAY-142); staff may correct it. DAY-142 also for a day to come or before the place, DAY-143 for a last day before the notice or after the
// place's own end.
// Locks: client.
func GiveNotice(ctx context.Context, tx *postgres.Tx, by access.Actor, in NoticeInput) error {
	row, err := place(ctx, tx, by, in.Organiser, in.Placement)
	if err != nil {
		return err
	}
	unit := by.Role.Side() == access.ProviderSide
	if unit && row.NoticeOn != nil {
		return errNoticeGiven.With("day", *row.NoticeOn)
	}
	if in.On > tx.Today() || in.On < row.ValidFrom.AddMonths(-12) || unit && in.On.AddMonths(1) < tx.Today() {
		return errNoticeDay
	}
	if in.Last < max(in.On, row.ValidFrom) || row.NoticeOn == nil && in.Last >= row.ValidTo {
		return errLastDay
	}
	on := in.On
	n, err := db.New(tx).NoticeGive(ctx, db.NoticeGiveParams{OrganiserID: in.Organiser, PlacementID: in.Placement, RowVersion: in.RowVersion, NoticeOn: &on, NoticeBy: by.Name, ValidTo: in.Last + 1})
	if err := edited(n, err, "notice of place", in.Placement); err != nil {
		return err
	}
	if err := mark(ctx, tx, in.Organiser, row.ChildID); err != nil {
		return err
	}
	return audit.Write(ctx, tx, by, ActNoticeGiven, Of{in.Organiser, row.ChildID}.Ref(), map[string]any{"placement": in.Placement, "on": in.On, "last": in.Last})
}

// Refill notes the day from which another child has a place that was given up: from then on its notice pays nothing. DAY-144 when no
// notice was given, or for a day before the end of care.
// Locks: client.
func Refill(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, placement int64, rowVersion int32, from calendar.Date) error {
	row, err := place(ctx, tx, by, organiser, placement)
	if err != nil {
		return err
	}
	if row.NoticeOn == nil || from < row.ValidTo {
		return errRefill.With("day", row.ValidTo)
	}
	n, err := db.New(tx).RefillTell(ctx, db.RefillTellParams{OrganiserID: organiser, PlacementID: placement, RowVersion: rowVersion, RefilledOn: &from})
	if err := edited(n, err, "refilled place", placement); err != nil {
		return err
	}
	return audit.Write(ctx, tx, by, ActRefilled, Of{organiser, row.ChildID}.Ref(), map[string]any{"placement": placement, "from": from})
}

// givenUp reads the places of which notice was given, with the notice time of the rules of the day of the notice.
func givenUp(ctx context.Context, tx *postgres.Tx, organiser int32) ([]daycare.GivenUp, error) {
	rows, err := db.New(tx).PlacesGivenUp(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("reading places given up: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	rules, err := published(ctx, tx, organiser)
	if err != nil {
		return nil, err
	}
	list := make([]daycare.GivenUp, len(rows))
	for i, r := range rows {
		list[i] = daycare.GivenUp{Child: text(r.ChildID), Unit: text(r.UnitID), On: r.NoticeOn, End: r.ValidTo, Months: rules.on(r.NoticeOn).Profile.NoticeMonths, Refilled: r.RefilledOn}
	}
	return list, nil
}

func fullName(last, first string) string { return strings.TrimSpace(last + " " + first) }
