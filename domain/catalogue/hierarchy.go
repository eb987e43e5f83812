package catalogue

import (
	"context"
	"fmt"
	"slices"

	"seteli/domain/catalogue/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Acts of this package in the audit.
const (
	ActClassSet  = audit.Act("service_class.set")
	ActAreaSet   = audit.Act("service_area.set")
	ActAdded     = audit.Act("service.added")
	ActPublished = audit.Act("service.version_published")
	ActTeams     = audit.Act("service.teams_set")
	ActSlotSet   = audit.Act("attachment_slot.set")
)

// Class is the topmost level of the hierarchy, Hoito- ja hoivapalvelut for one.
type Class struct {
	Organiser int32
	ID        int64
	Names     i18n.Names
	Position  int
}

// Area is the second level.
type Area struct {
	Organiser int32
	ID, Class int64
	Names     i18n.Names
	Position  int
}

// AddClass adds a class; its ID is set in the answer.
func AddClass(ctx context.Context, tx *postgres.Tx, by access.Actor, in Class) (Class, error) {
	if err := mayName(by, in.Organiser, in.Names); err != nil {
		return Class{}, err
	}
	id, err := db.New(tx).ClassInsert(ctx, db.ClassInsertParams{OrganiserID: in.Organiser, NameFi: in.Names.Fi, NameSv: in.Names.Sv,
		NameEn: in.Names.En, Position: int32(in.Position)})
	if err != nil {
		return Class{}, fmt.Errorf("adding a service class: %w", err)
	}
	in.ID = id
	return in, audit.Write(ctx, tx, by, ActClassSet, audit.Ref{Kind: "service_class", ID: id, Label: in.Names.Fi}, in)
}

// EditClass renames or moves a class.
func EditClass(ctx context.Context, tx *postgres.Tx, by access.Actor, in Class) error {
	if err := mayName(by, in.Organiser, in.Names); err != nil {
		return err
	}
	n, err := db.New(tx).ClassUpdate(ctx, db.ClassUpdateParams{OrganiserID: in.Organiser, ClassID: in.ID, NameFi: in.Names.Fi,
		NameSv: in.Names.Sv, NameEn: in.Names.En, Position: int32(in.Position)})
	if err != nil {
		return fmt.Errorf("editing service class %d: %w", in.ID, err)
	}
	if n == 0 {
		return errClass
	}
	return audit.Write(ctx, tx, by, ActClassSet, audit.Ref{Kind: "service_class", ID: in.ID, Label: in.Names.Fi}, in)
}

// AddArea adds an area to a class; its ID is set in the answer.
func AddArea(ctx context.Context, tx *postgres.Tx, by access.Actor, in Area) (Area, error) {
	if err := mayName(by, in.Organiser, in.Names); err != nil {
		return Area{}, err
	}
	id, err := db.New(tx).AreaInsert(ctx, db.AreaInsertParams{OrganiserID: in.Organiser, ClassID: in.Class, NameFi: in.Names.Fi,
		NameSv: in.Names.Sv, NameEn: in.Names.En, Position: int32(in.Position)})
	if postgres.ConstraintOf(err) == postgres.ConstraintServiceAreaClass {
		return Area{}, errClass.Because(err)
	}
	if err != nil {
		return Area{}, fmt.Errorf("adding a service area: %w", err)
	}
	in.ID = id
	return in, audit.Write(ctx, tx, by, ActAreaSet, audit.Ref{Kind: "service_area", ID: id, Label: in.Names.Fi}, in)
}

// EditArea renames an area or moves it to another class.
func EditArea(ctx context.Context, tx *postgres.Tx, by access.Actor, in Area) error {
	if err := mayName(by, in.Organiser, in.Names); err != nil {
		return err
	}
	n, err := db.New(tx).AreaUpdate(ctx, db.AreaUpdateParams{OrganiserID: in.Organiser, AreaID: in.ID, ClassID: in.Class,
		NameFi: in.Names.Fi, NameSv: in.Names.Sv, NameEn: in.Names.En, Position: int32(in.Position)})
	if postgres.ConstraintOf(err) == postgres.ConstraintServiceAreaClass {
		return errClass.Because(err)
	}
	if err != nil {
		return fmt.Errorf("editing service area %d: %w", in.ID, err)
	}
	if n == 0 {
		return errArea
	}
	return audit.Write(ctx, tx, by, ActAreaSet, audit.Ref{Kind: "service_area", ID: in.ID, Label: in.Names.Fi}, in)
}

func mayName(by access.Actor, organiser int32, names i18n.Names) error {
	if err := by.May(access.CatalogueEdit, organiser); err != nil {
		return err
	}
	if names.Fi == "" {
		return errRequired.At("name_fi")
	}
	return nil
}

// Classes lists the organiser's classes in their order.
func Classes(ctx context.Context, tx *postgres.Tx, organiser int32) ([]Class, error) {
	rows, err := db.New(tx).ClassList(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing service classes: %w", err)
	}
	list := make([]Class, len(rows))
	for i, r := range rows {
		list[i] = Class{Organiser: organiser, ID: r.ClassID, Names: i18n.Names{Fi: r.NameFi, Sv: r.NameSv, En: r.NameEn}, Position: int(r.Position)}
	}
	return list, nil
}

// Areas lists the organiser's areas in their order.
func Areas(ctx context.Context, tx *postgres.Tx, organiser int32) ([]Area, error) {
	rows, err := db.New(tx).AreaList(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing service areas: %w", err)
	}
	list := make([]Area, len(rows))
	for i, r := range rows {
		list[i] = Area{Organiser: organiser, ID: r.AreaID, Class: r.ClassID, Names: i18n.Names{Fi: r.NameFi, Sv: r.NameSv, En: r.NameEn}, Position: int(r.Position)}
	}
	return list, nil
}

// SetTeams makes the service belong to these teams, no others. Without teams every caseworker sees it.
func SetTeams(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, service int64, teams []int64) error {
	if err := by.May(access.CatalogueEdit, organiser); err != nil {
		return err
	}
	q := db.New(tx)
	locked, err := lock(ctx, tx, organiser, service)
	if err != nil {
		return err
	}
	teams = slices.Compact(slices.Sorted(slices.Values(teams)))
	if err := q.TeamsClear(ctx, db.TeamsClearParams{OrganiserID: organiser, ServiceID: service}); err != nil {
		return fmt.Errorf("clearing teams of service %d: %w", service, err)
	}
	err = q.TeamsPut(ctx, db.TeamsPutParams{OrganiserID: organiser, ServiceID: service, Teams: teams})
	if postgres.ConstraintOf(err) == postgres.ConstraintServiceTeamTeam {
		return errTeam.Because(err)
	}
	if err != nil {
		return fmt.Errorf("setting teams of service %d: %w", service, err)
	}
	return audit.Write(ctx, tx, by, ActTeams, audit.Ref{Kind: "service", ID: service, Label: locked.Code}, map[string]any{"teams": teams})
}
