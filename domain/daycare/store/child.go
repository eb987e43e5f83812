package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on a child's facts in the audit.
const (
	ActChildAdded      audit.Act = "daycare.child_added"
	ActHeadSaved       audit.Act = "daycare.head_saved"
	ActPlacementSaved  audit.Act = "daycare.placement_saved"
	ActNeedSaved       audit.Act = "daycare.need_saved"
	ActSupportSaved    audit.Act = "daycare.support_saved"
	ActAlterationSaved audit.Act = "daycare.alteration_saved"
)

// oldest is the age from which no place in early education begins: a child goes to school at seven, a year later at the latest.
const oldest = 9

// Of names a child of an organiser by its number of client.
type Of struct {
	Organiser int32
	Child     int64
}

// Ref names the child in the audit: it is the client's.
func (o Of) Ref() audit.Ref {
	return audit.Ref{Kind: "client", ID: o.Child, Label: fmt.Sprint(o.Child)}
}

// Saved is a row as a form has it: ID 0 adds, a row version guards an edit, Remove takes the row out (it stays for the record).
type Saved struct {
	ID         int64
	RowVersion int32
	Period     calendar.Period
	Remove     bool
}

func (s Saved) voided(tx *postgres.Tx) *time.Time {
	if !s.Remove {
		return nil
	}
	now := tx.Now()
	return &now
}

// AddChild takes a client among the children; one who is there already stays as it is.
func AddChild(ctx context.Context, tx *postgres.Tx, by access.Actor, of Of) error {
	if err := by.May(access.DaycareDecide, of.Organiser); err != nil {
		return err
	}
	n, err := db.New(tx).ChildAdd(ctx, db.ChildAddParams{OrganiserID: of.Organiser, ClientID: of.Child, AddedAt: tx.Now(), AddedBy: by.Name})
	if err != nil {
		return fmt.Errorf("adding child %d: %w", of.Child, err)
	}
	if n == 0 {
		_, err = lock(ctx, tx, of) // a number that is no client is unknown
		return err
	}
	if err := audit.Write(ctx, tx, by, ActChildAdded, of.Ref(), nil); err != nil {
		return err
	}
	return mark(ctx, tx, of.Organiser, of.Child)
}

func lock(ctx context.Context, tx *postgres.Tx, of Of) (db.ChildLockRow, error) {
	row, err := db.New(tx).ChildLock(ctx, db.ChildLockParams{OrganiserID: of.Organiser, ClientID: of.Child})
	if errors.Is(err, pgx.ErrNoRows) {
		return row, errUnknown
	}
	if err != nil {
		return row, fmt.Errorf("locking child %d: %w", of.Child, err)
	}
	return row, nil
}

// open checks right and period and locks the child: the beginning of every change.
func open(ctx context.Context, tx *postgres.Tx, by access.Actor, of Of, s Saved) (db.ChildLockRow, error) {
	if err := by.May(access.DaycareDecide, of.Organiser); err != nil {
		return db.ChildLockRow{}, err
	}
	if s.Period.Empty() {
		return db.ChildLockRow{}, errPeriod
	}
	return lock(ctx, tx, of)
}

func (s Saved) detail(more map[string]any) map[string]any {
	more["id"], more["from"], more["to"] = s.ID, s.Period.From, s.Period.To
	if s.Remove {
		more["removed"] = true
	}
	return more
}

// saved ends every change: its audit row, and the mark that the drafts are to be made anew.
func (o Of) saved(ctx context.Context, tx *postgres.Tx, by access.Actor, act audit.Act, detail map[string]any) error {
	if err := audit.Write(ctx, tx, by, act, o.Ref(), detail); err != nil {
		return err
	}
	return mark(ctx, tx, o.Organiser, o.Child)
}

// Known tells whether a client of the organiser is a child in early education, for a page that leads to it.
func Known(ctx context.Context, tx *postgres.Tx, by access.Actor, of Of) (bool, error) {
	if err := by.May(access.DaycareDecide, of.Organiser); err != nil {
		return false, err
	}
	there, err := db.New(tx).ChildThere(ctx, db.ChildThereParams{OrganiserID: of.Organiser, ClientID: of.Child})
	if err != nil {
		return false, fmt.Errorf("looking for child %d: %w", of.Child, err)
	}
	return there, nil
}

// Head says of whose household a child's fee is on some days.
type Head struct {
	Of
	Saved
	Adult int64 // client
}

// SaveHead adds or changes the head of a child. DAY-074 when the child has another head on one of the days, DAY-080 when the adult is no
// client of age.
// Locks: client.
func SaveHead(ctx context.Context, tx *postgres.Tx, by access.Actor, in Head) (int64, error) {
	if _, err := open(ctx, tx, by, in.Of, in.Saved); err != nil {
		return 0, err
	}
	q := db.New(tx)
	adults, err := q.People(ctx, db.PeopleParams{OrganiserID: in.Organiser, Clients: []int64{in.Adult}})
	if err != nil {
		return 0, fmt.Errorf("reading adult %d: %w", in.Adult, err)
	}
	if len(adults) != 1 || in.Adult == in.Child || in.Period.From < daycare.GrownFrom(adults[0].BirthDate) {
		return 0, errAdult
	}
	if in.ID == 0 {
		in.ID, err = q.HeadAdd(ctx, db.HeadAddParams{OrganiserID: in.Organiser, ChildID: in.Child, AdultID: in.Adult, ValidFrom: in.Period.From, ValidTo: in.Period.To,
			AddedAt: tx.Now(), AddedBy: by.Name})
		if err != nil {
			return 0, mapped(fmt.Errorf("adding a head of child %d: %w", in.Child, err))
		}
	} else {
		n, err := q.HeadEdit(ctx, db.HeadEditParams{OrganiserID: in.Organiser, ChildID: in.Child, HeadID: in.ID, RowVersion: in.RowVersion, ValidFrom: in.Period.From,
			ValidTo: in.Period.To, VoidedAt: in.voided(tx)})
		if err := edited(n, err, "head", in.ID); err != nil {
			return 0, err
		}
	}
	return in.ID, in.saved(ctx, tx, by, ActHeadSaved, in.detail(map[string]any{"adult": in.Adult}))
}

// Placement is a child's place in a unit.
type Placement struct {
	Of
	Saved
	Unit     int64
	UnitName string // read only
	Provider int64  // read only: the unit's
	Kind     string // placement type of the rules' need options
	Voucher  bool   // paid by a voucher; a place of the municipality's own counts for the order of siblings only
	Notice   *calendar.Date
}

// Placed is what somebody should know of a placement that was saved.
type Placed struct {
	ID        int64
	NoAccount bool // the unit's company has no account: its payments are held until it has
}

// SavePlacement adds, changes or ends a placement. DAY-073 when the child has another place on one of the days, DAY-077 for a unit that is
// not there, DAY-078 for a type that no need option of the rules has, DAY-079 for a child of an age that has no early education.
// Locks: client.
func SavePlacement(ctx context.Context, tx *postgres.Tx, by access.Actor, in Placement) (Placed, error) {
	child, err := open(ctx, tx, by, in.Of, in.Saved)
	if err != nil {
		return Placed{}, err
	}
	if in.Period.From < child.BirthDate || in.Period.From >= child.BirthDate.AddMonths(12*oldest) {
		return Placed{}, errAge
	}
	q := db.New(tx)
	unit, err := q.UnitOf(ctx, in.Unit)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && !unit.Active && in.ID == 0 {
		return Placed{}, errUnit
	}
	if err != nil {
		return Placed{}, fmt.Errorf("reading unit %d: %w", in.Unit, err)
	}
	rules, err := published(ctx, tx, in.Organiser)
	if err != nil {
		return Placed{}, err
	}
	if !rules.knowsKind(in.Kind) {
		return Placed{}, errKind.With("kind", in.Kind)
	}
	if in.ID == 0 {
		in.ID, err = q.PlacementAdd(ctx, db.PlacementAddParams{OrganiserID: in.Organiser, ChildID: in.Child, UnitID: in.Unit, ProviderID: unit.ProviderID, Kind: in.Kind,
			Voucher: in.Voucher, ValidFrom: in.Period.From, ValidTo: in.Period.To, NoticeOn: in.Notice, AddedAt: tx.Now(), AddedBy: by.Name})
		if err != nil {
			return Placed{}, mapped(fmt.Errorf("placing child %d: %w", in.Child, err))
		}
	} else {
		n, err := q.PlacementEdit(ctx, db.PlacementEditParams{OrganiserID: in.Organiser, ChildID: in.Child, PlacementID: in.ID, RowVersion: in.RowVersion, UnitID: in.Unit,
			ProviderID: unit.ProviderID, Kind: in.Kind, Voucher: in.Voucher, ValidFrom: in.Period.From, ValidTo: in.Period.To, NoticeOn: in.Notice, VoidedAt: in.voided(tx)})
		if err := edited(n, err, "placement", in.ID); err != nil {
			return Placed{}, err
		}
	}
	return Placed{in.ID, !unit.HasAccount}, in.saved(ctx, tx, by, ActPlacementSaved, in.detail(map[string]any{"unit": in.Unit, "kind": in.Kind, "voucher": in.Voucher}))
}

// Need is a recorded need option.
type Need struct {
	Of
	Saved
	Option string
}

// SaveNeed adds or changes a need. DAY-075 when another need is recorded on one of the days, DAY-002 for an option that the rules lack.
// Locks: client.
func SaveNeed(ctx context.Context, tx *postgres.Tx, by access.Actor, in Need) (int64, error) {
	if _, err := open(ctx, tx, by, in.Of, in.Saved); err != nil {
		return 0, err
	}
	rules, err := published(ctx, tx, in.Organiser)
	if err != nil {
		return 0, err
	}
	if !rules.knowsOption(in.Option) {
		return 0, daycare.UnknownOption(in.Option)
	}
	q := db.New(tx)
	if in.ID == 0 {
		in.ID, err = q.NeedAdd(ctx, db.NeedAddParams{OrganiserID: in.Organiser, ChildID: in.Child, OptionCode: in.Option, ValidFrom: in.Period.From, ValidTo: in.Period.To,
			AddedAt: tx.Now(), AddedBy: by.Name})
		if err != nil {
			return 0, mapped(fmt.Errorf("adding a need of child %d: %w", in.Child, err))
		}
	} else {
		n, err := q.NeedEdit(ctx, db.NeedEditParams{OrganiserID: in.Organiser, ChildID: in.Child, NeedID: in.ID, RowVersion: in.RowVersion, OptionCode: in.Option,
			ValidFrom: in.Period.From, ValidTo: in.Period.To, VoidedAt: in.voided(tx)})
		if err := edited(n, err, "need", in.ID); err != nil {
			return 0, err
		}
	}
	return in.ID, in.saved(ctx, tx, by, ActNeedSaved, in.detail(map[string]any{"option": in.Option}))
}

// Support is a child's support coefficient, or its capacity factor where the rules count by it.
type Support struct {
	Of
	Saved
	Coefficient money.Rate
	Capacity    *money.Rate
}

// SaveSupport adds or changes a coefficient, from 0 to 10. DAY-076 when another holds on one of the days.
// Locks: client.
func SaveSupport(ctx context.Context, tx *postgres.Tx, by access.Actor, in Support) (int64, error) {
	if _, err := open(ctx, tx, by, in.Of, in.Saved); err != nil {
		return 0, err
	}
	coefficient, capacity := in.Coefficient.String(), (*string)(nil)
	if in.Capacity != nil {
		capacity = new(in.Capacity.String())
	}
	for _, r := range []*money.Rate{&in.Coefficient, in.Capacity} {
		if r != nil && (r.Exact().Sign() < 0 || r.Exact().Cmp(money.Whole(10)) > 0) {
			return 0, errSettingAmount.At("coefficient")
		}
	}
	q, err := db.New(tx), error(nil)
	if in.ID == 0 {
		in.ID, err = q.SupportAdd(ctx, db.SupportAddParams{OrganiserID: in.Organiser, ChildID: in.Child, Coefficient: coefficient, Capacity: capacity,
			ValidFrom: in.Period.From, ValidTo: in.Period.To, AddedAt: tx.Now(), AddedBy: by.Name})
		if err != nil {
			return 0, mapped(fmt.Errorf("adding support of child %d: %w", in.Child, err))
		}
	} else {
		n, err := q.SupportEdit(ctx, db.SupportEditParams{OrganiserID: in.Organiser, ChildID: in.Child, SupportID: in.ID, RowVersion: in.RowVersion, Coefficient: coefficient,
			Capacity: capacity, ValidFrom: in.Period.From, ValidTo: in.Period.To, VoidedAt: in.voided(tx)})
		if err := edited(n, err, "support", in.ID); err != nil {
			return 0, err
		}
	}
	return in.ID, in.saved(ctx, tx, by, ActSupportSaved, in.detail(map[string]any{}))
}

// Alteration changes a child's fee for some days.
type Alteration struct {
	Of
	Saved
	daycare.Alteration
	Reason string
}

// SaveAlteration adds or changes an alteration of the fee. Several may hold on a day; they are applied in the order of entering.
// Locks: client.
func SaveAlteration(ctx context.Context, tx *postgres.Tx, by access.Actor, in Alteration) (int64, error) {
	if _, err := open(ctx, tx, by, in.Of, in.Saved); err != nil {
		return 0, err
	}
	if in.Reason = strings.TrimSpace(in.Reason); in.Reason == "" {
		return 0, errReason
	}
	known := []daycare.AlterationType{daycare.Discount, daycare.Relief, daycare.Increase}
	percent := (*string)(nil)
	if in.Percent != nil {
		percent = new(in.Percent.String())
	}
	if !slices.Contains(known, in.Type) || in.Amount < 0 || in.Amount > mostCents || in.Percent != nil && (in.Percent.Exact().Sign() < 0 || in.Percent.Exact().Cmp(money.Whole(100)) > 0) {
		return 0, errSettingAmount
	}
	q, err := db.New(tx), error(nil)
	if in.ID == 0 {
		in.ID, err = q.AlterationAdd(ctx, db.AlterationAddParams{OrganiserID: in.Organiser, ChildID: in.Child, Kind: string(in.Type), Percent: percent, AlterationCents: in.Amount,
			Reason: in.Reason, ValidFrom: in.Period.From, ValidTo: in.Period.To, AddedAt: tx.Now(), AddedBy: by.Name})
		if err != nil {
			return 0, fmt.Errorf("adding an alteration of child %d: %w", in.Child, err)
		}
	} else {
		n, err := q.AlterationEdit(ctx, db.AlterationEditParams{OrganiserID: in.Organiser, ChildID: in.Child, AlterationID: in.ID, RowVersion: in.RowVersion, Kind: string(in.Type),
			Percent: percent, AlterationCents: in.Amount, Reason: in.Reason, ValidFrom: in.Period.From, ValidTo: in.Period.To, VoidedAt: in.voided(tx)})
		if err := edited(n, err, "alteration", in.ID); err != nil {
			return 0, err
		}
	}
	return in.ID, in.saved(ctx, tx, by, ActAlterationSaved, in.detail(map[string]any{"kind": in.Type}))
}

// mostCents is far above any monthly amount.
const mostCents money.Cents = 100_000_000

// Listed is a child in a list.
type Listed struct {
	Child     int64
	Person    int64
	Name      string
	BirthDate calendar.Date
}

// Children lists the organiser's children by name, and logs that they were listed.
func Children(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Listed, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).Children(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing children: %w", err)
	}
	list, views := make([]Listed, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		list[i] = Listed{r.ClientID, r.PersonID, strings.TrimSpace(r.LastName + " " + r.FirstNames), r.BirthDate}
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ClientID, Purpose: client.ForCase, What: "daycare"}
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}
