package settings

import (
	"context"
	"net/http"

	"seteli/domain/catalogue"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// attachmentsView is the attachment slots of a service, each with the button that takes it out of use or back.
type attachmentsView struct {
	Form    *ui.Form
	Service int64
	Slots   []slotRow
	Levels  []ui.Option
}

// slotRow is one slot as shown.
type slotRow struct {
	ID, Version int64
	Name, Level string
	Required    bool
	Expires     bool
	Active      bool
	State       string
}

func (p *Pages) attachments(w http.ResponseWriter, r *ui.Request) error {
	service, err := r.PathID("service")
	if err != nil {
		return err
	}
	var slots []catalogue.Slot
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if _, err = catalogue.Versions(ctx, tx, r.Actor.Organiser, service); err != nil {
			return err
		}
		slots, err = catalogue.Slots(ctx, tx, r.Actor.Organiser, service)
		return err
	})
	if err != nil {
		return err
	}
	f := r.Input()
	if f.Submitted() {
		if err = p.slotChange(r, f, service, slots); err != nil && !f.Take(err) {
			return err
		}
		if !f.Refused() {
			return p.Site.SeeOther(w, r, "/settings/services/"+ui.Digits(service)+"/attachments", "settings.saved")
		}
	}
	f.Set("level", "company")
	v := attachmentsView{Form: f, Service: service, Levels: []ui.Option{{Value: "company", Text: r.T("settings.slot.company")}, {Value: "unit", Text: r.T("settings.slot.unit")}}}
	for _, s := range slots {
		row := slotRow{ID: s.ID, Version: int64(s.RowVersion), Name: s.Names.In(r.Lang), Level: r.T("settings.slot." + s.Level), Required: s.Required,
			Expires: s.Expires, Active: s.Active, State: "settings.active"}
		if !s.Active {
			row.State = "settings.passive"
		}
		v.Slots = append(v.Slots, row)
	}
	return p.Site.Show(w, r, f.Status(), "settings/attachments", v)
}

// slotChange adds a slot, or turns the one whose button was pressed.
func (p *Pages) slotChange(r *ui.Request, f *ui.Form, service int64, slots []catalogue.Slot) error {
	if f.Value("slot") == "" {
		s := catalogue.Slot{Organiser: r.Actor.Organiser, Service: service, Level: f.Choice("level", "company", "unit"), Names: names(f, "name"),
			Required: f.Bool("required"), Expires: f.Bool("expires"), Position: len(slots) + 1}
		if f.Refused() {
			return nil
		}
		return r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			_, err := catalogue.AddSlot(ctx, tx, r.Actor, s)
			return err
		})
	}
	slot, version := f.ID("slot"), f.Int("row_version", 1, 1_000_000)
	for _, s := range slots {
		if s.ID != slot || f.Refused() {
			continue
		}
		s.Active, s.RowVersion = !s.Active, version
		return r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			_, err := catalogue.EditSlot(ctx, tx, r.Actor, s)
			return err
		})
	}
	return ui.ErrNoPage
}
