package rulebook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// DraftInput is a draft as its editor gives it.
type DraftInput struct {
	Organiser  int32
	Service    int64
	ID         int64 // of the draft that the editor saw; 0 = there was none
	RowVersion int
	ValidFrom  calendar.Date
	Texts      i18n.Names
	Rules      Rules
}

// Draft makes or saves the one draft of a service. RUL-002 when somebody saved or began a draft meanwhile, RUL-014 when it was published.
func Draft(ctx context.Context, tx *postgres.Tx, by access.Actor, models Models, in DraftInput) (Rulebook, error) {
	if err := by.May(access.RulebookEdit, in.Organiser); err != nil {
		return Rulebook{}, err
	}
	if err := in.check(ctx, tx, models); err != nil {
		return Rulebook{}, err
	}
	rules, err := json.Marshal(in.Rules)
	if err != nil {
		return Rulebook{}, fmt.Errorf("writing rules: %w", err)
	}
	id := in.ID
	if id == 0 {
		id, err = begin(ctx, tx, by, in, rules)
	} else {
		err = save(ctx, tx, by, in, rules)
	}
	if err != nil {
		return Rulebook{}, err
	}
	r, err := ByID(ctx, tx, in.Organiser, id)
	if err != nil {
		return Rulebook{}, err
	}
	return r, audit.Write(ctx, tx, by, ActDrafted, r.Ref(), map[string]any{"valid_from": r.ValidFrom, "rules": r.Rules})
}

func begin(ctx context.Context, tx *postgres.Tx, by access.Actor, in DraftInput, rules []byte) (int64, error) {
	all, err := list(ctx, tx, in.Organiser, in.Service)
	if err != nil {
		return 0, err
	}
	version := 1
	if len(all) > 0 {
		version = all[0].Version + 1
	}
	id, err := db.New(tx).DraftInsert(ctx, db.DraftInsertParams{OrganiserID: in.Organiser, ServiceID: in.Service, Version: int32(version),
		ValidFrom: in.ValidFrom, TextFi: in.Texts.Fi, TextSv: in.Texts.Sv, TextEn: in.Texts.En, Rules: rules,
		PreparedByAccount: by.Account, PreparedBy: by.Name, PreparedAt: tx.Now()})
	switch postgres.ConstraintOf(err) {
	case postgres.ConstraintRulebookOneDraft, postgres.ConstraintRulebookVersionUnique:
		return 0, ErrStale.Because(err) // another draft was begun first
	case postgres.ConstraintRulebookService:
		return 0, errService.Because(err)
	}
	if err != nil {
		return 0, fmt.Errorf("beginning a rulebook of service %d: %w", in.Service, err)
	}
	return id, nil
}

func save(ctx context.Context, tx *postgres.Tx, by access.Actor, in DraftInput, rules []byte) error {
	if _, err := lockDraft(ctx, tx, in.Organiser, in.ID, in.RowVersion); err != nil {
		return err
	}
	_, err := db.New(tx).DraftUpdate(ctx, db.DraftUpdateParams{OrganiserID: in.Organiser, RulebookID: in.ID, RowVersion: int32(in.RowVersion),
		ValidFrom: in.ValidFrom, TextFi: in.Texts.Fi, TextSv: in.Texts.Sv, TextEn: in.Texts.En, Rules: rules,
		PreparedByAccount: by.Account, PreparedBy: by.Name, PreparedAt: tx.Now()})
	if err != nil {
		return fmt.Errorf("saving draft %d: %w", in.ID, err)
	}
	return nil
}

// check gives everything that the draft cannot be; the value's parameters are checked against the contents of the first day.
func (in DraftInput) check(ctx context.Context, tx *postgres.Tx, models Models) error {
	wrong := in.Rules.wrong()
	if strings.TrimSpace(in.Texts.Fi) == "" {
		wrong = append(wrong, errRequired.At("text_fi"))
	}
	s, err := catalogue.ServiceAt(ctx, tx, in.Organiser, in.Service, in.ValidFrom)
	if err != nil {
		return append(wrong, fault.All(fault.On(err, "valid_from"))...).Err()
	}
	// A contract gives the prices of a purchased service, and nothing is granted from a mere register: no value is needed.
	contents := s.ContentsOn(in.ValidFrom)
	if s.Mode != catalogue.Voucher && s.Mode != catalogue.Licence {
		contents = nil
	}
	purse, err := in.checkPurse(ctx, tx, s)
	if err != nil {
		return err
	}
	wrong = append(wrong, purse...)
	if in.Rules.Comparison != nil {
		if err := models.CheckComparison(*in.Rules.Comparison); err != nil {
			if fault.All(err) == nil {
				return err
			}
			wrong = append(wrong, fault.All(err)...)
		}
	}
	model, err := models.of(in.Rules.Value)
	if err == nil {
		err = model.Check(in.Rules.Value, contents)
	}
	if err != nil && fault.All(err) == nil {
		return err
	}
	return append(wrong, fault.All(err)...).Err()
}

// PublishInput names the draft as it was read by who publishes it.
type PublishInput struct {
	Organiser  int32
	ID         int64
	RowVersion int
}

// Publish puts a draft into force from its first day. RUL-015 when the same person prepared it, RUL-002 when it was saved after
// it was read. The first version of a service may begin on any day, a later one not before today nor before the newest.
func Publish(ctx context.Context, tx *postgres.Tx, by access.Actor, models Models, in PublishInput) (Rulebook, error) {
	if err := by.May(access.RulebookPublish, in.Organiser); err != nil {
		return Rulebook{}, err
	}
	locked, err := lockDraft(ctx, tx, in.Organiser, in.ID, in.RowVersion)
	if err != nil {
		return Rulebook{}, err
	}
	if by.NotSame(locked.PreparedByAccount) != nil {
		return Rulebook{}, errFourEyes
	}
	if err := mayBegin(ctx, tx, in.Organiser, locked); err != nil {
		return Rulebook{}, err
	}
	draft, err := ByID(ctx, tx, in.Organiser, in.ID)
	if err != nil {
		return Rulebook{}, err
	}
	// The service may have changed since the draft was saved.
	again := DraftInput{Organiser: in.Organiser, Service: draft.Service, ValidFrom: draft.ValidFrom, Texts: draft.Texts, Rules: draft.Rules}
	if err := again.check(ctx, tx, models); err != nil {
		return Rulebook{}, err
	}
	now := tx.Now()
	err = db.New(tx).DraftPublish(ctx, db.DraftPublishParams{OrganiserID: in.Organiser, RulebookID: in.ID,
		PublishedByAccount: &by.Account, PublishedBy: &by.Name, PublishedAt: &now})
	if postgres.ConstraintOf(err) == postgres.ConstraintRulebookFourEyes {
		return Rulebook{}, errFourEyes.Because(err)
	}
	if err != nil {
		return Rulebook{}, fmt.Errorf("publishing rulebook %d: %w", in.ID, err)
	}
	r, err := ByID(ctx, tx, in.Organiser, in.ID)
	if err != nil {
		return Rulebook{}, err
	}
	return r, audit.Write(ctx, tx, by, ActPublished, r.Ref(), map[string]any{"version": r.Version, "valid_from": r.ValidFrom, "prepared_by": r.PreparedBy})
}

// mayBegin keeps past days as they were: whoever was judged by a version stays judged by it.
func mayBegin(ctx context.Context, tx *postgres.Tx, organiser int32, draft db.DraftLockRow) error {
	before, err := Versions(ctx, tx, organiser, draft.ServiceID)
	if err != nil {
		return err
	}
	switch {
	case len(before) == 0:
		return nil
	case draft.ValidFrom < tx.Today():
		return errPast.With("today", tx.Today())
	case draft.ValidFrom < before[0].ValidFrom:
		return errBeforeLast.With("day", before[0].ValidFrom)
	}
	return nil
}

// lockDraft queues editor and publisher of one draft and refuses who has read an older state.
func lockDraft(ctx context.Context, tx *postgres.Tx, organiser int32, id int64, rowVersion int) (db.DraftLockRow, error) {
	r, err := db.New(tx).DraftLock(ctx, db.DraftLockParams{OrganiserID: organiser, RulebookID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		if _, err := ByID(ctx, tx, organiser, id); err != nil {
			return r, err
		}
		return r, errPublished
	}
	if err != nil {
		return r, fmt.Errorf("locking draft %d: %w", id, err)
	}
	if int(r.RowVersion) != rowVersion {
		return r, ErrStale
	}
	return r, nil
}
