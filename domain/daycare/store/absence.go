package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"seteli/core/calendar"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on absences in the audit.
const (
	ActAbsenceTold    audit.Act = "daycare.absence_told"
	ActAbsenceRemoved audit.Act = "daycare.absence_removed"
)

// AbsenceKind says why a child is away.
type AbsenceKind string

// Parental leave does not count towards the lapse of a voucher.
const (
	Sick     AbsenceKind = "sick"
	Leave    AbsenceKind = "leave"
	Parental AbsenceKind = "parental"
	Other    AbsenceKind = "other"
)

// AbsenceKinds lists them for forms.
func AbsenceKinds() []AbsenceKind { return []AbsenceKind{Sick, Leave, Parental, Other} }

// Absence is an absence that was told.
type Absence struct {
	ID     int64
	Kind   AbsenceKind
	Period calendar.Period
	ToldAt time.Time
	ToldBy string
}

// TellAbsence notes that a child is away on some days of its place: DAY-145 for days outside of it or an end before the start, DAY-146 for a
// kind that is none, DAY-147 for days that were told already. It may be told ahead.
// Locks: client.
func TellAbsence(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, placement int64, kind AbsenceKind, p calendar.Period) error {
	row, err := place(ctx, tx, by, organiser, placement)
	if err != nil {
		return err
	}
	if !slices.Contains(AbsenceKinds(), kind) {
		return errAbsenceKind
	}
	if p.Empty() || p.Meet(period(row.ValidFrom, row.ValidTo)) != p {
		return errAbsenceDays
	}
	id, err := db.New(tx).AbsenceAdd(ctx, db.AbsenceAddParams{OrganiserID: organiser, ChildID: row.ChildID, PersonID: row.PersonID, UnitID: row.UnitID, ProviderID: row.ProviderID,
		Kind: string(kind), ValidFrom: p.From, ValidTo: p.To, ToldAt: tx.Now(), ToldBy: by.Name})
	if err != nil {
		return mapped(fmt.Errorf("telling an absence of place %d: %w", placement, err))
	}
	return audit.Write(ctx, tx, by, ActAbsenceTold, Of{organiser, row.ChildID}.Ref(), map[string]any{"absence": id, "kind": kind, "from": p.From, "to": p.To})
}

// RemoveAbsence takes back what was told by mistake. DAY-148 when it is not there any more.
// Locks: client.
func RemoveAbsence(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, placement, absence int64) error {
	row, err := place(ctx, tx, by, organiser, placement)
	if err != nil {
		return err
	}
	now := tx.Now()
	n, err := db.New(tx).AbsenceRemove(ctx, db.AbsenceRemoveParams{OrganiserID: organiser, ChildID: row.ChildID, AbsenceID: absence, VoidedAt: &now})
	if err != nil {
		return fmt.Errorf("removing absence %d: %w", absence, err)
	}
	if n == 0 {
		return errNoAbsence
	}
	return audit.Write(ctx, tx, by, ActAbsenceRemoved, Of{organiser, row.ChildID}.Ref(), map[string]any{"absence": absence})
}

// absences reads them by child; all of the organiser's when no child is named.
func absences(ctx context.Context, tx *postgres.Tx, organiser int32, children []int64) (map[int64][]Absence, error) {
	if children == nil {
		children = []int64{}
	}
	rows, err := db.New(tx).AbsencesOf(ctx, db.AbsencesOfParams{OrganiserID: organiser, Children: children})
	if err != nil {
		return nil, fmt.Errorf("reading absences: %w", err)
	}
	out := map[int64][]Absence{}
	for _, r := range rows {
		out[r.ChildID] = append(out[r.ChildID], Absence{r.AbsenceID, AbsenceKind(r.Kind), period(r.ValidFrom, r.ValidTo), r.ToldAt, r.ToldBy})
	}
	return out, nil
}

// counted counts the latest absence by the rules of the day.
func (f inForce) counted(list []Absence, day calendar.Date) daycare.AbsenceCount {
	lapse := f.on(day).Profile.Lapse
	days := make([]daycare.Away, len(list))
	for i, a := range list {
		days[i] = daycare.Away{Period: a.Period, Uncounted: a.Kind == Parental}
	}
	return daycare.CountAbsence(days, daycare.LapseRule{Days: lapse.AbsenceDays, UncountedMonths: lapse.UncountedMonths}, day)
}
