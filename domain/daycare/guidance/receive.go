package guidance

import (
	"context"
	"fmt"
	"slices"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/daycare/guidance/db"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Channel is the way in which an application came; the same words as of consents of households.
type Channel string

// Channels: the family's own page, and three in which staff write the application down.
const (
	OnPage   Channel = "page"
	ByLetter Channel = "letter"
	ByHand   Channel = "hand" // brought to the office
	ByPhone  Channel = "phone"
)

// Received lists the channels in which staff write an application down, in the order of choosing.
func Received() []Channel { return []Channel{ByLetter, ByHand, ByPhone} }

// Arrival is how and when an application came.
type Arrival struct {
	Channel Channel
	Arrived *calendar.Date // nil on the page: the day of sending
}

// recordedWithin is how many months after its arrival an application is still written down; an older day is a slip of the pen.
const recordedWithin = 12

// ReceiveInput is an application that staff write down for a guardian.
type ReceiveInput struct {
	store.Of
	Applicant int64
	Channel   Channel
	Arrived   calendar.Date
	Request
	Agreed []int64 // other guardians who signed it or agreed on the telephone
}

// Receive puts an application into the queue that came on paper or by telephone. It is the family's own way in one transaction: the same
// rules, checks and consents; only the clock counts from the day on which it came, and nothing is kept of one that cannot be sent.
// GUI-034 for a day of arrival to come or of long ago, GUI-035 for an unknown channel, GUI-036 for an applicant who is no guardian today,
// and whatever Begin, Save, Send and Answer refuse. The other guardians whose consent did not come with it are waited for.
// Locks: client, then application.
func Receive(ctx context.Context, tx *postgres.Tx, by access.Actor, in ReceiveInput) (Application, error) {
	if err := by.May(access.DaycareDecide, in.Organiser); err != nil {
		return Application{}, err
	}
	if !slices.Contains(Received(), in.Channel) {
		return Application{}, errChannel
	}
	a, err := begin(ctx, tx, by, in.Of, in.Applicant, Arrival{in.Channel, &in.Arrived})
	if err != nil {
		return Application{}, err
	}
	in.Request = in.tidy()
	save := SaveInput{Organiser: in.Organiser, ID: a.ID, RowVersion: a.RowVersion, Request: in.Request}
	if err := in.check(ctx, tx, a, save); err != nil {
		return Application{}, err
	}
	if a, err = Save(ctx, tx, by, save); err != nil {
		return Application{}, err
	}
	if a, err = Send(ctx, tx, by, in.Organiser, a.ID, a.RowVersion); err != nil {
		return Application{}, err
	}
	for _, adult := range in.Agreed {
		if err := a.agreed(ctx, tx, by, adult); err != nil {
			return Application{}, err
		}
	}
	return open(ctx, tx, by, in.Organiser, a.ID)
}

// check gives everything at once that keeps the application out of the queue: the whole form was filled before anything of it was sent.
func (in ReceiveInput) check(ctx context.Context, tx *postgres.Tx, a Application, save SaveInput) error {
	var wrong fault.List
	if first := tx.Today().AddMonths(-recordedWithin); in.Arrived > tx.Today() || in.Arrived < first {
		wrong = append(wrong, errArrived.With("day", first))
	}
	wrong = append(wrong, in.complete(a.BirthDate, tx.Today())...)
	_, err := save.check(ctx, tx, a)
	list := fault.All(err)
	if err != nil && len(list) == 0 {
		return err
	}
	return append(wrong, list...).Err()
}

// agreed notes the consent of another guardian that came with the application itself.
func (a Application) agreed(ctx context.Context, tx *postgres.Tx, by access.Actor, adult int64) error {
	i := slices.IndexFunc(a.Guardians, func(g Guardian) bool { return g.Adult == adult && adult != a.Applicant })
	if i < 0 {
		return errNoGuardian
	}
	return a.consent(ctx, tx, by, ConsentInput{Organiser: a.Organiser, ID: a.ID, Adult: adult, Answer: Agreed}, a.Guardians[i].Name)
}

// came gives the day from which the due date counts, and the moment that settles the order of equal due dates: what came on paper on a day
// stands after what was sent on the page on that day.
func (a Application) came(tx *postgres.Tx) (calendar.Date, time.Time, error) {
	if a.Arrived == nil || *a.Arrived >= tx.Today() {
		return tx.Today(), tx.Now(), nil
	}
	midnight, _, err := calendar.Instant(*a.Arrived+1, 0, 0)
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("the end of %s: %w", *a.Arrived, err)
	}
	return *a.Arrived, midnight, nil
}

// step names the coming of an application in its history.
func (a Application) step() string {
	if a.Channel == OnPage {
		return "sent"
	}
	return "received." + string(a.Channel)
}

// OpenOf tells which application of a child is open, for staff who are asked for another one.
func OpenOf(ctx context.Context, tx *postgres.Tx, by access.Actor, of store.Of) (id int64, found bool, err error) {
	if err := by.May(access.DaycareDecide, of.Organiser); err != nil {
		return 0, false, err
	}
	rows, err := db.New(tx).ApplicationsOfChildren(ctx, db.ApplicationsOfChildrenParams{OrganiserID: of.Organiser, Children: []int64{of.Child}})
	if err != nil {
		return 0, false, fmt.Errorf("reading applications of child %d: %w", of.Child, err)
	}
	for _, r := range rows {
		if State(r.State).Open() {
			return r.ApplicationID, true, nil
		}
	}
	return 0, false, nil
}
