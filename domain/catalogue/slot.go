package catalogue

import (
	"context"
	"fmt"

	"seteli/domain/catalogue/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Slot is one attachment that an applicant gives, for the company or for each unit.
type Slot struct {
	Organiser  int32
	ID         int64
	Service    int64
	Level      string // company, unit
	Names      i18n.Names
	Required   bool
	Expires    bool // the attachment has a last day of validity
	Position   int
	Active     bool
	RowVersion int
}

// AddSlot adds an attachment slot to a service.
func AddSlot(ctx context.Context, tx *postgres.Tx, by access.Actor, in Slot) (Slot, error) {
	if err := in.may(by); err != nil {
		return Slot{}, err
	}
	if in.Level != "company" && in.Level != "unit" {
		return Slot{}, errSlotLevel
	}
	id, err := db.New(tx).SlotInsert(ctx, db.SlotInsertParams{OrganiserID: in.Organiser, ServiceID: in.Service, Level: in.Level,
		NameFi: in.Names.Fi, NameSv: in.Names.Sv, NameEn: in.Names.En, Required: in.Required, Expires: in.Expires, Position: int32(in.Position)})
	if postgres.ConstraintOf(err) == postgres.ConstraintAttachmentSlotService {
		return Slot{}, ErrUnknown.Because(err)
	}
	if err != nil {
		return Slot{}, fmt.Errorf("adding an attachment slot: %w", err)
	}
	in.ID, in.Active, in.RowVersion = id, true, 1
	return in, audit.Write(ctx, tx, by, ActSlotSet, in.Ref(), in)
}

// EditSlot changes a slot, or takes it out of use: attachments that were given into it stay. Its level is fixed.
func EditSlot(ctx context.Context, tx *postgres.Tx, by access.Actor, in Slot) (Slot, error) {
	if err := in.may(by); err != nil {
		return Slot{}, err
	}
	n, err := db.New(tx).SlotUpdate(ctx, db.SlotUpdateParams{OrganiserID: in.Organiser, SlotID: in.ID, NameFi: in.Names.Fi, NameSv: in.Names.Sv,
		NameEn: in.Names.En, Required: in.Required, Expires: in.Expires, Position: int32(in.Position), Active: in.Active, RowVersion: int32(in.RowVersion)})
	if err != nil {
		return Slot{}, fmt.Errorf("editing attachment slot %d: %w", in.ID, err)
	}
	if n == 0 {
		return Slot{}, staleOrNoSlot(ctx, tx, in)
	}
	in.RowVersion++
	return in, audit.Write(ctx, tx, by, ActSlotSet, in.Ref(), in)
}

func staleOrNoSlot(ctx context.Context, tx *postgres.Tx, in Slot) error {
	slots, err := Slots(ctx, tx, in.Organiser, in.Service)
	if err != nil {
		return err
	}
	for _, s := range slots {
		if s.ID == in.ID {
			return ErrStale
		}
	}
	return errSlot
}

// Slots lists a service's slots in their order, passive ones too.
func Slots(ctx context.Context, tx *postgres.Tx, organiser int32, service int64) ([]Slot, error) {
	rows, err := db.New(tx).SlotList(ctx, db.SlotListParams{OrganiserID: organiser, ServiceID: service})
	if err != nil {
		return nil, fmt.Errorf("listing attachment slots of service %d: %w", service, err)
	}
	list := make([]Slot, len(rows))
	for i, r := range rows {
		list[i] = Slot{Organiser: organiser, ID: r.SlotID, Service: r.ServiceID, Level: r.Level, Names: i18n.Names{Fi: r.NameFi, Sv: r.NameSv, En: r.NameEn},
			Required: r.Required, Expires: r.Expires, Position: int(r.Position), Active: r.Active, RowVersion: int(r.RowVersion)}
	}
	return list, nil
}

// Ref names the slot in the audit.
func (s Slot) Ref() audit.Ref { return audit.Ref{Kind: "attachment_slot", ID: s.ID, Label: s.Names.Fi} }

func (s Slot) may(by access.Actor) error {
	if err := by.May(access.CatalogueEdit, s.Organiser); err != nil {
		return err
	}
	if s.Names.Fi == "" {
		return errRequired.At("name_fi")
	}
	return nil
}
