package catalogue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// VersionInput is a whole service as its editor gives it.
type VersionInput struct {
	Organiser               int32
	Service                 int64  // 0 in AddService
	Base                    int    // the LastVersion that the editor saw
	Code                    string // of a new service; afterwards fixed
	AreaID                  int64
	ValidFrom               calendar.Date
	Names, Descriptions     i18n.Names
	Mode                    Mode
	Open                    bool
	OwnShareForbidden       bool
	LegalAct, LegalSection  string
	NationalCode            string
	AccountCode, CostCentre string
	NoticeEmail             string
	Contents                []ContentInput
}

// ContentInput is one content of a version. With ID 0 it is new and Code and Unit count; otherwise they are as they were.
type ContentInput struct {
	ID          int64
	Code        string
	Unit        Unit
	Names       i18n.Names
	Description string
	Position    int
	PriceCap    *money.Cents
	MaxDay      *money.Quantity
	From, To    calendar.Date // zero = from the version's first day, open end
}

// AddService makes a service with its first version, whose first day may be any.
func AddService(ctx context.Context, tx *postgres.Tx, by access.Actor, in VersionInput) (Service, error) {
	if err := by.May(access.CataloguePublish, in.Organiser); err != nil {
		return Service{}, err
	}
	in.Code = strings.TrimSpace(in.Code)
	wrong := in.wrong(nil)
	if !validCode(in.Code) {
		wrong = append(wrong, errCode.At("code"))
	}
	if err := wrong.Err(); err != nil {
		return Service{}, err
	}
	id, err := db.New(tx).ServiceInsert(ctx, db.ServiceInsertParams{OrganiserID: in.Organiser, AreaID: in.AreaID, Code: in.Code, CreatedAt: tx.Now()})
	switch postgres.ConstraintOf(err) {
	case postgres.ConstraintServiceCodeUnique:
		return Service{}, errCodeTaken.Because(err)
	case postgres.ConstraintServiceAreaOf:
		return Service{}, errArea.Because(err)
	}
	if err != nil {
		return Service{}, fmt.Errorf("adding service %s: %w", in.Code, err)
	}
	in.Service = id
	return write(ctx, tx, by, ActAdded, in, 1)
}

// PublishVersion makes the next version. CAT-002 when somebody published after Base was shown; CAT-011 when its first day has
// passed: what was true on past days stays; CAT-024 when it is before the first day of the newest version, so that a later
// version is always the one in force on its days.
func PublishVersion(ctx context.Context, tx *postgres.Tx, by access.Actor, in VersionInput) (Service, error) {
	if err := by.May(access.CataloguePublish, in.Organiser); err != nil {
		return Service{}, err
	}
	locked, err := lock(ctx, tx, in.Organiser, in.Service)
	if err != nil {
		return Service{}, err
	}
	if int(locked.LastVersion) != in.Base {
		return Service{}, ErrStale
	}
	known, err := db.New(tx).ContentKnown(ctx, db.ContentKnownParams{OrganiserID: in.Organiser, ServiceID: in.Service})
	if err != nil {
		return Service{}, fmt.Errorf("reading contents of service %d: %w", in.Service, err)
	}
	wrong := in.wrong(known)
	last, err := Versions(ctx, tx, in.Organiser, in.Service)
	if err != nil {
		return Service{}, err
	}
	switch {
	case in.ValidFrom < tx.Today():
		wrong = append(wrong, errPast.With("today", tx.Today()))
	case in.ValidFrom < last[0].ValidFrom:
		wrong = append(wrong, errBeforeLast.With("day", last[0].ValidFrom))
	}
	if err := wrong.Err(); err != nil {
		return Service{}, err
	}
	return write(ctx, tx, by, ActPublished, in, in.Base+1)
}

// wrong is everything that cannot be accepted in the input, given the contents that the service has had.
func (in VersionInput) wrong(known []db.ContentKnownRow) (list fault.List) {
	if in.Names.Fi == "" {
		list = append(list, errRequired.At("name_fi"))
	}
	if in.LegalAct == "" {
		list = append(list, errRequired.At("legal_act"))
	}
	if !in.Mode.Known() {
		list = append(list, errMode)
	}
	if in.NoticeEmail != "" && (!strings.Contains(in.NoticeEmail, "@") || strings.ContainsAny(in.NoticeEmail, " \t\r\n,;<>")) {
		list = append(list, errEmail)
	}
	if len(in.Contents) == 0 && in.Mode.Grants() {
		list = append(list, errNoContents)
	}
	codes := map[string]bool{}
	for i, c := range in.Contents {
		field := func(name string) string { return fmt.Sprintf("contents.%d.%s", i, name) }
		k := slices.IndexFunc(known, func(k db.ContentKnownRow) bool { return k.ContentID == c.ID })
		switch {
		case c.ID == 0 && !validCode(c.Code):
			list = append(list, errCode.At(field("code")))
		case c.ID == 0 && (codes[c.Code] || slices.ContainsFunc(known, func(k db.ContentKnownRow) bool { return k.Code == c.Code })):
			list = append(list, errContentCode.At(field("code")).With("code", c.Code))
		case c.ID == 0 && !c.Unit.Known():
			list = append(list, errUnit.At(field("unit")))
		case c.ID != 0 && k < 0:
			list = append(list, errContent.At(field("name_fi")))
		case c.ID != 0 && c.Unit != "" && string(c.Unit) != known[k].Unit:
			list = append(list, errUnitFixed.At(field("unit")).With("code", known[k].Code))
		}
		codes[c.Code] = true
		list = append(list, c.wrong(in.ValidFrom, field)...)
	}
	return list
}

func (c ContentInput) wrong(first calendar.Date, field func(string) string) (list fault.List) {
	if c.Names.Fi == "" {
		list = append(list, errRequired.At(field("name_fi")))
	}
	if c.PriceCap != nil && *c.PriceCap <= 0 {
		list = append(list, errCap.At(field("price_cap")))
	}
	if c.MaxDay != nil && *c.MaxDay <= 0 {
		list = append(list, errMaxDay.At(field("max_day")))
	}
	if c.period(first).Empty() {
		list = append(list, errPeriod.At(field("to")))
	}
	return list
}

func (c ContentInput) period(first calendar.Date) calendar.Period {
	p := calendar.Period{From: max(c.From, first), To: c.To} // days before the version belong to the older one
	if p.To == 0 {
		p.To = calendar.Forever
	}
	return p
}

// write stores the snapshot: the version, contents that are new, and every content's row of this version.
func write(ctx context.Context, tx *postgres.Tx, by access.Actor, act audit.Act, in VersionInput, version int) (Service, error) {
	q := db.New(tx)
	err := q.ServiceBump(ctx, db.ServiceBumpParams{OrganiserID: in.Organiser, ServiceID: in.Service, LastVersion: int32(version), AreaID: in.AreaID})
	if postgres.ConstraintOf(err) == postgres.ConstraintServiceAreaOf {
		return Service{}, errArea.Because(err)
	}
	if err != nil {
		return Service{}, fmt.Errorf("numbering version %d of service %d: %w", version, in.Service, err)
	}
	err = q.VersionInsert(ctx, db.VersionInsertParams{OrganiserID: in.Organiser, ServiceID: in.Service, Version: int32(version), ValidFrom: in.ValidFrom,
		NameFi: in.Names.Fi, NameSv: in.Names.Sv, NameEn: in.Names.En,
		DescriptionFi: in.Descriptions.Fi, DescriptionSv: in.Descriptions.Sv, DescriptionEn: in.Descriptions.En,
		Mode: string(in.Mode), OpenForApplications: in.Open, OwnShareForbidden: in.OwnShareForbidden,
		LegalAct: in.LegalAct, LegalSection: in.LegalSection, NationalCode: in.NationalCode, AccountCode: in.AccountCode,
		CostCentre: in.CostCentre, NoticeEmail: in.NoticeEmail, PublishedAt: tx.Now(), PublishedBy: by.Name})
	if err != nil {
		return Service{}, fmt.Errorf("writing version %d of service %d: %w", version, in.Service, err)
	}
	for _, c := range in.Contents { // a service has a handful
		if err := writeContent(ctx, tx, in, c, version); err != nil {
			return Service{}, err
		}
	}
	all, err := Versions(ctx, tx, in.Organiser, in.Service)
	if err != nil {
		return Service{}, err
	}
	s := all[0]
	var before Service
	if len(all) > 1 {
		before = all[1]
	}
	detail := map[string]any{"version": version, "valid_from": s.ValidFrom, "changes": Changes(before, s)}
	return s, audit.Write(ctx, tx, by, act, s.Ref(), detail)
}

func writeContent(ctx context.Context, tx *postgres.Tx, in VersionInput, c ContentInput, version int) error {
	q := db.New(tx)
	if c.ID == 0 {
		id, err := q.ContentInsert(ctx, db.ContentInsertParams{OrganiserID: in.Organiser, ServiceID: in.Service, Code: c.Code, Unit: string(c.Unit), CreatedAt: tx.Now()})
		if postgres.ConstraintOf(err) == postgres.ConstraintContentCodeUnique {
			return errContentCode.With("code", c.Code).Because(err)
		}
		if err != nil {
			return fmt.Errorf("adding content %s: %w", c.Code, err)
		}
		c.ID = id
	}
	p := c.period(in.ValidFrom)
	err := q.ContentVersionInsert(ctx, db.ContentVersionInsertParams{OrganiserID: in.Organiser, ContentID: c.ID, Version: int32(version),
		ValidFrom: p.From, ValidTo: p.To, NameFi: c.Names.Fi, NameSv: c.Names.Sv, NameEn: c.Names.En, Description: c.Description,
		Position: int32(c.Position), MaxDayQuantity: c.MaxDay, PriceCapCents: c.PriceCap})
	if err != nil {
		return fmt.Errorf("writing content %s of version %d: %w", c.Code, version, err)
	}
	return nil
}

// lock queues the editors of one service.
func lock(ctx context.Context, tx *postgres.Tx, organiser int32, service int64) (db.ServiceLockRow, error) {
	r, err := db.New(tx).ServiceLock(ctx, db.ServiceLockParams{OrganiserID: organiser, ServiceID: service})
	if errors.Is(err, pgx.ErrNoRows) {
		return r, ErrUnknown
	}
	if err != nil {
		return r, fmt.Errorf("locking service %d: %w", service, err)
	}
	return r, nil
}
