package admission

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/admission/db"
	"seteli/domain/catalogue"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/document"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

var (
	errSlot         = fault.New(fault.Invalid, "ADM-020", "admission.attachment.slot").At("slot")
	errSlotUnit     = fault.New(fault.Invalid, "ADM-021", "admission.attachment.unit").At("unit")
	errExpiryNeeded = fault.New(fault.Invalid, "ADM-022", "admission.attachment.expiry_needed").At("expires_on")
	errExpired      = fault.New(fault.Invalid, "ADM-023", "admission.attachment.expired").At("expires_on")
	errNoAttachment = fault.New(fault.NotFound, "ADM-024", "admission.attachment.unknown")
	errFileName     = fault.New(fault.Invalid, "ADM-025", "admission.attachment.name").At("file")
	errFileDamaged  = fault.New(fault.Internal, "ADM-026", "admission.attachment.damaged")
)

// Attachment is a file that proves something, without its content.
type Attachment struct {
	ID, Application, Slot int64
	Unit                  int64 // 0 = of the company
	Name, Media           string
	Size                  int
	ExpiresOn             *calendar.Date // last day on which it proves something
	UploadedAt            time.Time
	UploadedBy            string
}

// Expired tells that the attachment proves nothing any more on a day.
func (a Attachment) Expired(day calendar.Date) bool { return a.ExpiresOn != nil && *a.ExpiresOn < day }

// AttachmentInput is a file for a slot of the service. Keys encrypt it before it is stored.
type AttachmentInput struct {
	Key
	Slot, Unit int64 // Unit 0 for a slot of the company
	Name       string
	Data       []byte
	ExpiresOn  *calendar.Date
	Keys       *secret.Keys `json:"-"`
}

// AddAttachment stores a file. What it is, is judged from its content, never from its name; its name is only shown.
func AddAttachment(ctx context.Context, tx *postgres.Tx, by access.Actor, in AttachmentInput) (Attachment, error) {
	a, err := editable(ctx, tx, by, access.ApplicationPrepare, in.Key, PartAttachments)
	if err != nil {
		return Attachment{}, err
	}
	q := db.New(tx)
	units, err := q.UnitsOf(ctx, db.UnitsOfParams{OrganiserID: a.Organiser, ApplicationID: a.ID})
	if err != nil {
		return Attachment{}, fmt.Errorf("reading units of application %d: %w", a.ID, err)
	}
	slots, err := catalogue.Slots(ctx, tx, a.Organiser, a.Service)
	if err != nil {
		return Attachment{}, err
	}
	if err := in.fits(slots, units, tx.Today()); err != nil {
		return Attachment{}, err
	}
	upload, err := document.Sniff(in.Data)
	if err != nil {
		return Attachment{}, fault.On(err, "file")
	}
	name, ok := document.FileName(in.Name)
	if !ok {
		return Attachment{}, errFileName
	}
	sealed, err := in.Keys.Seal(attachmentPlace(a.Organiser), in.Data)
	if err != nil {
		return Attachment{}, err
	}
	hash := sha256.Sum256(in.Data)
	var unit *int64
	if in.Unit != 0 {
		unit = &in.Unit
	}
	id, err := q.AttachmentAdd(ctx, db.AttachmentAddParams{OrganiserID: a.Organiser, ApplicationID: a.ID, ProviderID: a.Provider, SlotID: in.Slot,
		UnitID: unit, Name: name, Media: upload.Type, Size: int32(len(in.Data)), Sha256: hash[:], BytesEncrypted: sealed,
		ExpiresOn: in.ExpiresOn, UploadedAt: tx.Now(), UploadedBy: by.Name})
	if err != nil {
		return Attachment{}, fmt.Errorf("storing an attachment of application %d: %w", a.ID, err)
	}
	if _, err := save(ctx, tx, a); err != nil {
		return Attachment{}, err
	}
	added := Attachment{ID: id, Application: a.ID, Slot: in.Slot, Unit: in.Unit, Name: name, Media: upload.Type, Size: len(in.Data),
		ExpiresOn: in.ExpiresOn, UploadedAt: tx.Now(), UploadedBy: by.Name}
	return added, audit.Write(ctx, tx, by, ActAttached, a.Ref(), added)
}

// fits tells whether the slot takes a file of this level and validity.
func (in AttachmentInput) fits(slots []catalogue.Slot, units []int64, today calendar.Date) error {
	i := slices.IndexFunc(slots, func(s catalogue.Slot) bool { return s.ID == in.Slot && s.Active })
	switch {
	case i < 0:
		return errSlot
	case slots[i].Level == "unit" && !slices.Contains(units, in.Unit), slots[i].Level != "unit" && in.Unit != 0:
		return errSlotUnit
	case slots[i].Expires && in.ExpiresOn == nil:
		return errExpiryNeeded
	case in.ExpiresOn != nil && *in.ExpiresOn < today:
		return errExpired
	}
	return nil
}

func attachmentPlace(organiser int32) secret.Place {
	return secret.Place{Column: "attachment.bytes_encrypted", Organiser: organiser}
}

// RemoveInput takes an attachment away; the row stays for the record.
type RemoveInput struct {
	Key
	Attachment int64
}

// RemoveAttachment takes an attachment away from the application.
func RemoveAttachment(ctx context.Context, tx *postgres.Tx, by access.Actor, in RemoveInput) (Application, error) {
	a, err := editable(ctx, tx, by, access.ApplicationPrepare, in.Key, PartAttachments)
	if err != nil {
		return Application{}, err
	}
	at := tx.Now()
	n, err := db.New(tx).AttachmentRemove(ctx, db.AttachmentRemoveParams{OrganiserID: a.Organiser, ApplicationID: a.ID, AttachmentID: in.Attachment, RemovedAt: &at})
	if err != nil {
		return Application{}, fmt.Errorf("removing attachment %d: %w", in.Attachment, err)
	}
	if n == 0 {
		return Application{}, errNoAttachment
	}
	a, err = save(ctx, tx, a)
	if err != nil {
		return Application{}, err
	}
	return a, audit.Write(ctx, tx, by, ActDetached, a.Ref(), map[string]any{"attachment": in.Attachment})
}

// File is an opened attachment.
type File struct {
	Name, Media string
	Data        []byte
}

// OpenAttachment decrypts a file for the company's own people or the organiser's handlers. Whoever opens it on the
// organiser's side leaves an audit row.
func OpenAttachment(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, organiser int32, id int64) (File, error) {
	if err := by.May(access.ApplicationRead, organiser); err != nil {
		return File{}, err
	}
	r, err := db.New(tx).AttachmentOpen(ctx, db.AttachmentOpenParams{OrganiserID: organiser, AttachmentID: id})
	if errors.Is(err, pgx.ErrNoRows) || err == nil && by.Role.Side() == access.ProviderSide && r.ProviderID != by.Provider {
		return File{}, errNoAttachment
	}
	if err != nil {
		return File{}, fmt.Errorf("reading attachment %d: %w", id, err)
	}
	data, err := keys.Open(attachmentPlace(organiser), r.BytesEncrypted)
	if err != nil {
		return File{}, err
	}
	if hash := sha256.Sum256(data); string(hash[:]) != string(r.Sha256) {
		return File{}, errFileDamaged
	}
	if by.Role.Side() == access.OrganiserSide {
		ref := audit.Ref{Kind: "attachment", ID: id, Label: r.Name}
		if err := audit.Write(ctx, tx, by, ActFileOpened, ref, map[string]any{"application": r.ApplicationID}); err != nil {
			return File{}, err
		}
	}
	return File{Name: r.Name, Media: r.Media, Data: data}, nil
}
