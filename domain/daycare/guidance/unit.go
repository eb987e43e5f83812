package guidance

import (
	"context"
	"fmt"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/daycare/guidance/db"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on units in the audit.
const (
	ActUnitSaved   audit.Act = "daycare.guidance_unit_saved"
	ActPlacesSaved audit.Act = "daycare.places_saved"
)

// Way is how the municipality arranges a place.
type Way string

// Ways.
const (
	Own       Way = "own"
	Purchased Way = "purchased"
	ByVoucher Way = "voucher"
)

// Ways in the order of showing.
func Ways() []Way { return []Way{Own, Purchased, ByVoucher} }

// Unit is a unit in which the municipality places children.
type Unit struct {
	ID         int64
	Name       string // read only, as what follows
	Provider   int64
	Company    string
	City       string
	Address    string
	Way        Way
	Kind       string // placement type of the rules' need options
	Listed     bool   // families may wish for it
	About      string
	RowVersion int32
}

// UnitInput adds a unit to the municipality's list or changes how it stands there; RowVersion 0 adds.
type UnitInput struct {
	Organiser int32
	Unit
}

// SaveUnit needs a unit of the register (GUI-017) and a placement type of the rules (GUI-028).
func SaveUnit(ctx context.Context, tx *postgres.Tx, by access.Actor, in UnitInput) error {
	if err := by.May(access.DaycareDecide, in.Organiser); err != nil {
		return err
	}
	rules, err := store.RulesOn(ctx, tx, in.Organiser, tx.Today())
	if err != nil {
		return err
	}
	if !knows(rules, in.Kind) {
		return errKind
	}
	if in.Way != Own && in.Way != Purchased && in.Way != ByVoucher {
		return errUnit
	}
	n, err := db.New(tx).UnitSave(ctx, db.UnitSaveParams{OrganiserID: in.Organiser, UnitID: in.ID, Way: string(in.Way), Kind: in.Kind, Listed: in.Listed, About: strings.TrimSpace(in.About),
		ChangedAt: tx.Now(), ChangedBy: by.Name, RowVersion: in.RowVersion})
	if noRows(err) {
		if in.RowVersion == 0 {
			return errUnit
		}
		return errStale
	}
	if err != nil {
		return fmt.Errorf("saving unit %d: %w", in.ID, err)
	}
	return audit.Write(ctx, tx, by, ActUnitSaved, audit.Ref{Kind: "unit", ID: n, Label: fmt.Sprint(n)}, map[string]any{"way": in.Way, "kind": in.Kind, "listed": in.Listed})
}

func knows(r store.Rules, kind string) bool {
	for _, o := range r.Profile.Options {
		if o.PlacementType == kind {
			return true
		}
	}
	return false
}

// Units lists the municipality's units of early education by name; what it says is public.
func Units(ctx context.Context, tx *postgres.Tx, organiser int32) ([]Unit, error) {
	rows, err := db.New(tx).Units(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing units: %w", err)
	}
	list := make([]Unit, len(rows))
	for i, r := range rows {
		list[i] = Unit{ID: r.UnitID, Name: r.Name, Provider: r.ProviderID, Company: r.ProviderName, City: r.City, Address: r.AddressLine, Way: Way(r.Way), Kind: r.Kind, Listed: r.Listed,
			About: r.About, RowVersion: r.RowVersion}
	}
	return list, nil
}

// PlacesInput are a unit's places on some days; the period's first and last day as the form has them.
type PlacesInput struct {
	Organiser int32
	Unit      int64
	store.Saved
	Under, Over int
}

// SavePlaces adds or changes places. Nobody who has a place loses it: where there are fewer places than children, Free is negative and
// nobody more is placed. GUI-023 when places are recorded for one of the days already. A company tells the places of its own units in which
// the municipality places children with vouchers; those of its own and purchased units the municipality records itself (GUI-050).
// Locks: unit.
func SavePlaces(ctx context.Context, tx *postgres.Tx, by access.Actor, in PlacesInput) (int64, error) {
	company, right := by.Role.Side() == access.ProviderSide, access.DaycareDecide
	if company {
		right = access.DaycareReport
	}
	if err := by.May(right, in.Organiser); err != nil {
		return 0, err
	}
	if in.Period.Empty() {
		return 0, errPeriod
	}
	if err := (Count{in.Under, in.Over}).Check(); err != nil {
		return 0, err
	}
	q := db.New(tx)
	unit, err := lockUnit(ctx, q, in.Organiser, in.Unit)
	if err != nil {
		return 0, err
	}
	if company && (unit.ProviderID != by.Provider || !by.SeesUnit(in.Unit)) {
		return 0, errUnit
	}
	if company && Way(unit.Way) != ByVoucher {
		return 0, errNotVoucher
	}
	if in.ID == 0 {
		in.ID, err = q.CapacityAdd(ctx, db.CapacityAddParams{OrganiserID: in.Organiser, UnitID: in.Unit, UnderPlaces: int32(in.Under), OverPlaces: int32(in.Over),
			ValidFrom: in.Period.From, ValidTo: in.Period.To, AddedAt: tx.Now(), AddedBy: by.Name})
		if err != nil {
			return 0, mapped(fmt.Errorf("adding places of unit %d: %w", in.Unit, err))
		}
	} else {
		n, err := q.CapacityEdit(ctx, db.CapacityEditParams{OrganiserID: in.Organiser, UnitID: in.Unit, CapacityID: in.ID, RowVersion: in.RowVersion, UnderPlaces: int32(in.Under),
			OverPlaces: int32(in.Over), ValidFrom: in.Period.From, ValidTo: in.Period.To, VoidedAt: voided(tx, in.Remove)})
		if err := changed(n, err, "places", in.ID); err != nil {
			return 0, err
		}
	}
	return in.ID, audit.Write(ctx, tx, by, ActPlacesSaved, audit.Ref{Kind: "unit", ID: in.Unit, Label: unit.Name},
		map[string]any{"id": in.ID, "under": in.Under, "over": in.Over, "from": in.Period.From, "to": in.Period.To, "removed": in.Remove})
}

func lockUnit(ctx context.Context, q *db.Queries, organiser int32, unit int64) (db.UnitLockRow, error) {
	r, err := q.UnitLock(ctx, db.UnitLockParams{OrganiserID: organiser, UnitID: unit})
	if noRows(err) {
		return r, errUnit
	}
	if err != nil {
		return r, fmt.Errorf("locking unit %d: %w", unit, err)
	}
	return r, nil
}

// Filling is a unit with its places and who takes them.
type Filling struct {
	Unit
	Rows   []PlacesRow
	Places []Places
	Taken  []Occupant
}

// PlacesRow is a row of places with what its edit needs.
type PlacesRow struct {
	store.Saved
	Count
}

// Fillings reads how full units are from a day on, all when none is named. It names no child.
func Fillings(ctx context.Context, tx *postgres.Tx, organiser int32, day calendar.Date, units []int64) ([]Filling, error) {
	all, err := Units(ctx, tx, organiser)
	if err != nil {
		return nil, err
	}
	wanted, ids := map[int64]int{}, []int64{}
	var list []Filling
	for _, u := range all {
		if units != nil && !contains(units, u.ID) {
			continue
		}
		wanted[u.ID] = len(list)
		list, ids = append(list, Filling{Unit: u}), append(ids, u.ID)
	}
	q := db.New(tx)
	places, err := q.CapacityOf(ctx, db.CapacityOfParams{OrganiserID: organiser, Units: ids})
	if err != nil {
		return nil, fmt.Errorf("reading places: %w", err)
	}
	for _, r := range places {
		f, p := &list[wanted[r.UnitID]], calendar.Period{From: r.ValidFrom, To: r.ValidTo}
		f.Places = append(f.Places, Places{p, int(r.UnderPlaces), int(r.OverPlaces)})
		f.Rows = append(f.Rows, PlacesRow{store.Saved{ID: r.CapacityID, RowVersion: r.RowVersion, Period: p}, Count{int(r.UnderPlaces), int(r.OverPlaces)}})
	}
	placed, err := q.PlacedIn(ctx, db.PlacedInParams{OrganiserID: organiser, Units: ids, Day: day})
	if err != nil {
		return nil, fmt.Errorf("reading who is placed: %w", err)
	}
	for _, r := range placed {
		f := &list[wanted[r.UnitID]]
		f.Taken = append(f.Taken, Occupant{calendar.Period{From: r.ValidFrom, To: r.ValidTo}, r.BirthDate})
	}
	promised, err := q.PromisedIn(ctx, db.PromisedInParams{OrganiserID: organiser, Units: ids})
	if err != nil {
		return nil, fmt.Errorf("reading who is promised a place: %w", err)
	}
	for _, r := range promised {
		f := &list[wanted[r.UnitID]]
		f.Taken = append(f.Taken, Occupant{calendar.Period{From: r.StartOn, To: calendar.Forever}, r.BirthDate})
	}
	return list, nil
}

// Candidates are units that may be added to the list: approved for one of the organiser's services, or of its own company.
func Candidates(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Unit, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).UnitCandidates(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing units of the register: %w", err)
	}
	list := make([]Unit, len(rows))
	for i, r := range rows {
		list[i] = Unit{ID: r.UnitID, Name: r.Name, Company: r.ProviderName}
	}
	return list, nil
}
