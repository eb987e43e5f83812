package catalogue

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/domain/catalogue/db"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Services lists the organiser's services as they are on a day, in the order of the hierarchy, with contents and teams:
// three queries, however many services. Teams are empty outside the organiser's own scope.
func Services(ctx context.Context, tx *postgres.Tx, organiser int32, day calendar.Date) ([]Service, error) {
	return servicesOn(ctx, tx, organiser, 0, day)
}

// ServiceAt gives one service as it is on a day. CAT-001 when there is none, CAT-023 when it begins later.
func ServiceAt(ctx context.Context, tx *postgres.Tx, organiser int32, service int64, day calendar.Date) (Service, error) {
	list, err := servicesOn(ctx, tx, organiser, service, day)
	if err != nil {
		return Service{}, err
	}
	if len(list) == 1 {
		return list[0], nil
	}
	versions, err := Versions(ctx, tx, organiser, service)
	if err != nil {
		return Service{}, err
	}
	return Service{}, ErrNotOnDay.With("day", versions[len(versions)-1].ValidFrom)
}

func servicesOn(ctx context.Context, tx *postgres.Tx, organiser int32, service int64, day calendar.Date) ([]Service, error) {
	rows, err := db.New(tx).ServiceOn(ctx, db.ServiceOnParams{OrganiserID: organiser, ServiceID: service, Day: day})
	if err != nil {
		return nil, fmt.Errorf("reading services of organiser %d on %s: %w", organiser, day, err)
	}
	list := make([]Service, len(rows))
	for i, r := range rows {
		list[i] = from(organiser, r)
	}
	return list, fill(ctx, tx, organiser, list)
}

// Versions gives every version of a service, the newest first, coming ones too. CAT-001 when there is none.
func Versions(ctx context.Context, tx *postgres.Tx, organiser int32, service int64) ([]Service, error) {
	rows, err := db.New(tx).ServiceVersions(ctx, db.ServiceVersionsParams{OrganiserID: organiser, ServiceID: service})
	if err != nil {
		return nil, fmt.Errorf("reading versions of service %d: %w", service, err)
	}
	if len(rows) == 0 {
		return nil, ErrUnknown
	}
	list := make([]Service, len(rows))
	for i, r := range rows {
		list[i] = from(organiser, db.ServiceOnRow(r))
	}
	return list, fill(ctx, tx, organiser, list)
}

func from(organiser int32, r db.ServiceOnRow) Service {
	return Service{Organiser: organiser, ID: r.ServiceID, Code: r.Code, AreaID: r.AreaID, ClassID: r.ClassID,
		Area: i18n.Names{Fi: r.AreaFi, Sv: r.AreaSv, En: r.AreaEn}, Class: i18n.Names{Fi: r.ClassFi, Sv: r.ClassSv, En: r.ClassEn},
		LastVersion: int(r.LastVersion), Version: int(r.Version), ValidFrom: r.ValidFrom,
		Names:        i18n.Names{Fi: r.NameFi, Sv: r.NameSv, En: r.NameEn},
		Descriptions: i18n.Names{Fi: r.DescriptionFi, Sv: r.DescriptionSv, En: r.DescriptionEn},
		Mode:         Mode(r.Mode), Open: r.OpenForApplications, OwnShareForbidden: r.OwnShareForbidden,
		LegalAct: r.LegalAct, LegalSection: r.LegalSection, NationalCode: r.NationalCode, AccountCode: r.AccountCode,
		CostCentre: r.CostCentre, NoticeEmail: r.NoticeEmail, PublishedAt: r.PublishedAt, PublishedBy: r.PublishedBy}
}

// fill adds contents and teams to all services with one query each.
func fill(ctx context.Context, tx *postgres.Tx, organiser int32, list []Service) error {
	if len(list) == 0 {
		return nil
	}
	type key struct {
		service int64
		version int
	}
	at := map[key]int{}
	want := db.ContentsOfParams{OrganiserID: organiser}
	for i, s := range list {
		at[key{s.ID, s.Version}] = i
		want.Services, want.Versions = append(want.Services, s.ID), append(want.Versions, int32(s.Version))
	}
	contents, err := db.New(tx).ContentsOf(ctx, want)
	if err != nil {
		return fmt.Errorf("reading contents of services: %w", err)
	}
	for _, c := range contents {
		s := &list[at[key{c.ServiceID, int(c.Version)}]]
		s.Contents = append(s.Contents, Content{ID: c.ContentID, Code: c.Code, Unit: Unit(c.Unit),
			Names: i18n.Names{Fi: c.NameFi, Sv: c.NameSv, En: c.NameEn}, Description: c.Description, Position: int(c.Position),
			PriceCap: c.PriceCapCents, MaxDay: c.MaxDayQuantity, Period: calendar.Period{From: c.ValidFrom, To: c.ValidTo}})
	}
	teams, err := db.New(tx).TeamsOf(ctx, db.TeamsOfParams{OrganiserID: organiser, Services: want.Services})
	if err != nil {
		return fmt.Errorf("reading teams of services: %w", err)
	}
	of := map[int64][]int64{}
	for _, t := range teams {
		of[t.ServiceID] = t.Teams
	}
	for i := range list {
		list[i].Teams = of[list[i].ID]
	}
	return nil
}
