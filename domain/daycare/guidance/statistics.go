package guidance

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/domain/daycare/guidance/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Handled tells how guidance did with the applications that came within some days. An application on paper came on its day of arrival.
type Handled struct {
	Came       int // applications
	Offered    int // with an offer at least
	InTime     int // whose first offer was made on the due date at the latest
	Late       int // still without a place to offer, and the due date has passed
	MedianDays int // from coming to the first offer
	MostDays   int
	Placed     int // who took the place
	FirstWish  int // in the unit that they wished first
	OtherWish  int // in another unit that they wished
	Units      []HandledUnit
}

// HandledUnit is what was proposed to a unit for those applications.
type HandledUnit struct {
	Unit       int64
	Name       string
	Proposed   int
	Refused    int // by the unit
	Answered   int // by the unit, or by staff who heard it
	AnswerDays int // median of those answers
	Offered    int
	Accepted   int
	Declined   int // by the family
	Lapsed     int // the family did not answer in time
}

// HandledIn counts what guidance did with the applications of a period; GUI-006 when it ends before it begins. It names no child.
func HandledIn(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, period calendar.Period) (Handled, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return Handled{}, err
	}
	if period.Empty() {
		return Handled{}, errPeriod
	}
	q := db.New(tx)
	r, err := q.HandledBetween(ctx, db.HandledBetweenParams{OrganiserID: organiser, FromOn: period.From, ToOn: period.To, Today: tx.Today()})
	if err != nil {
		return Handled{}, fmt.Errorf("counting handled applications: %w", err)
	}
	h := Handled{Came: int(r.Came), Offered: int(r.Offered), InTime: int(r.InTime), Late: int(r.Late), MedianDays: int(r.MedianDays), MostDays: int(r.MostDays), Placed: int(r.Placed),
		FirstWish: int(r.FirstWish), OtherWish: int(r.OtherWish)}
	units, err := q.HandledByUnit(ctx, db.HandledByUnitParams{OrganiserID: organiser, FromOn: period.From, ToOn: period.To})
	if err != nil {
		return Handled{}, fmt.Errorf("counting proposals by unit: %w", err)
	}
	for _, u := range units {
		h.Units = append(h.Units, HandledUnit{Unit: u.UnitID, Name: u.Name, Proposed: int(u.Proposed), Answered: int(u.Answered), Refused: int(u.Refused), AnswerDays: int(u.AnswerDays), Offered: int(u.Offered),
			Accepted: int(u.Accepted), Declined: int(u.Declined), Lapsed: int(u.Lapsed)})
	}
	return h, nil
}
