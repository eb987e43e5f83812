package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on the country's thresholds in the audit.
const (
	ActThresholdDrafted   audit.Act = "daycare.threshold_drafted"
	ActThresholdPublished audit.Act = "daycare.threshold_published"
)

// Threshold is a row of the country's fee thresholds that was entered after the program was made.
type Threshold struct {
	ID          int64
	Figures     profile.Thresholds
	Source      string
	PreparedBy  string
	PreparedAt  time.Time
	Preparer    int64
	PublishedAt *time.Time // nil = the draft
	PublishedBy string
	RowVersion  int32
}

// Ref names the row in the audit.
func (t Threshold) Ref() audit.Ref {
	return audit.Ref{Kind: "daycare_threshold", ID: t.ID, Label: t.Figures.From.String()}
}

// ThresholdInput is the one draft as its editor gives it; ID 0 begins it.
type ThresholdInput struct {
	ID         int64
	RowVersion int32
	Figures    profile.Thresholds
	Source     string
}

// mayEditCountry lets a municipality's main user and the operator: a new year must not wait for one person.
func mayEditCountry(by access.Actor, right access.Right) error {
	if by.Can(access.CatalogueNational) {
		return by.May(access.CatalogueNational, 0)
	}
	return by.May(right, by.Organiser)
}

// DraftThreshold makes or saves the one draft of the country's thresholds. DAY-130 without a source, DAY-131 when a figure is missing,
// DAY-133 when a main user would change days that have figures, DAY-134 when somebody else's draft is open, DAY-071 when it was saved
// meanwhile, DAY-05x for figures that cannot be.
func DraftThreshold(ctx context.Context, tx *postgres.Tx, by access.Actor, in ThresholdInput) (Threshold, error) {
	if err := mayEditCountry(by, access.RulebookEdit); err != nil {
		return Threshold{}, err
	}
	raw, err := in.check()
	if err != nil {
		return Threshold{}, err
	}
	if err := corrects(ctx, tx, by, in.Figures); err != nil {
		return Threshold{}, err
	}
	hash, days := sha256.Sum256(raw), in.Figures.Period()
	q := db.New(tx)
	if in.ID == 0 {
		in.ID, err = q.ThresholdAdd(ctx, db.ThresholdAddParams{ValidFrom: days.From, ValidTo: days.To, Figures: string(raw), Source: in.Source, Sha256: hash[:],
			PreparedAt: tx.Now(), PreparedByAccount: by.Account, PreparedBy: by.Name})
	} else if _, err = lockThreshold(ctx, tx, in.ID, in.RowVersion); err == nil {
		err = q.ThresholdEdit(ctx, db.ThresholdEditParams{ThresholdID: in.ID, ValidFrom: days.From, ValidTo: days.To, Figures: string(raw), Source: in.Source, Sha256: hash[:],
			PreparedAt: tx.Now(), PreparedByAccount: by.Account, PreparedBy: by.Name})
	}
	if err != nil {
		return Threshold{}, mapped(fmt.Errorf("saving thresholds: %w", err))
	}
	t, err := oneThreshold(ctx, tx, in.ID)
	if err != nil {
		return Threshold{}, err
	}
	return t, audit.Write(ctx, tx, by, ActThresholdDrafted, t.Ref(), map[string]any{"sha256": fmt.Sprintf("%x", hash)})
}

func (in ThresholdInput) check() ([]byte, error) {
	if in.Source == "" {
		return nil, errSource
	}
	raw, err := profile.WriteThresholds(in.Source, in.Figures)
	if err != nil {
		return nil, fmt.Errorf("writing thresholds: %w", err)
	}
	if _, err := profile.ReadThresholds(raw); err != nil {
		return nil, err
	}
	if !in.Figures.Complete() {
		return nil, errIncomplete
	}
	return raw, nil
}

// corrects refuses a main user who would change figures that other municipalities' fees rest on; days without figures are free to all.
func corrects(ctx context.Context, tx *postgres.Tx, by access.Actor, t profile.Thresholds) error {
	if by.Can(access.CatalogueNational) {
		return nil
	}
	known, err := National(ctx, tx)
	if err != nil {
		return err
	}
	for _, k := range known {
		if k.Complete() && k.Period().Overlaps(t.Period()) {
			return errCorrects.With("day", max(k.From, t.From))
		}
	}
	return nil
}

func lockThreshold(ctx context.Context, tx *postgres.Tx, id int64, rowVersion int32) (db.ThresholdLockRow, error) {
	r, err := db.New(tx).ThresholdLock(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, errThreshold
	}
	if err != nil {
		return r, fmt.Errorf("locking thresholds %d: %w", id, err)
	}
	if r.RowVersion != rowVersion {
		return r, errStale
	}
	return r, nil
}

// PublishThreshold puts the draft into force for every municipality that has no thresholds of its own. DAY-083 when the same person
// prepared it, DAY-071 when it was saved after it was read, DAY-133 as DraftThreshold.
func PublishThreshold(ctx context.Context, tx *postgres.Tx, by access.Actor, id int64, rowVersion int32) (Threshold, error) {
	if err := mayEditCountry(by, access.RulebookPublish); err != nil {
		return Threshold{}, err
	}
	locked, err := lockThreshold(ctx, tx, id, rowVersion)
	if err != nil {
		return Threshold{}, err
	}
	if by.NotSame(locked.PreparedByAccount) != nil {
		return Threshold{}, errFourEyes
	}
	draft, err := oneThreshold(ctx, tx, id)
	if err != nil {
		return Threshold{}, err
	}
	if err := corrects(ctx, tx, by, draft.Figures); err != nil {
		return Threshold{}, err
	}
	if err := db.New(tx).ThresholdPublish(ctx, db.ThresholdPublishParams{ThresholdID: id, PublishedAt: tx.Now(), PublishedByAccount: by.Account, PublishedBy: by.Name}); err != nil {
		return Threshold{}, mapped(fmt.Errorf("publishing thresholds %d: %w", id, err))
	}
	t, err := oneThreshold(ctx, tx, id)
	if err != nil {
		return Threshold{}, err
	}
	if err := tellChanged(ctx, tx, thresholdRun(id), changedRules{Country: true}); err != nil {
		return Threshold{}, err
	}
	return t, audit.Write(ctx, tx, by, ActThresholdPublished, t.Ref(), map[string]any{"prepared_by": t.PreparedBy})
}

// Thresholds lists the draft first, then what was published, the newest first.
func Thresholds(ctx context.Context, tx *postgres.Tx) ([]Threshold, error) {
	rows, err := db.New(tx).ThresholdList(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing thresholds: %w", err)
	}
	list := make([]Threshold, len(rows))
	for i, r := range rows {
		if hash := sha256.Sum256([]byte(r.Figures)); string(hash[:]) != string(r.Sha256) {
			return nil, fmt.Errorf("thresholds %d do not match their hash", r.ThresholdID)
		}
		figures, err := profile.ReadThresholds([]byte(r.Figures))
		if err != nil || len(figures) != 1 {
			return nil, fmt.Errorf("thresholds %d hold %d rows: %w", r.ThresholdID, len(figures), err)
		}
		list[i] = Threshold{ID: r.ThresholdID, Figures: figures[0], Source: r.Source, PreparedBy: r.PreparedBy, PreparedAt: r.PreparedAt, Preparer: r.PreparedByAccount,
			PublishedAt: r.PublishedAt, RowVersion: r.RowVersion}
		if r.PublishedBy != nil {
			list[i].PublishedBy = *r.PublishedBy
		}
	}
	return list, nil
}

func oneThreshold(ctx context.Context, tx *postgres.Tx, id int64) (Threshold, error) {
	list, err := Thresholds(ctx, tx)
	if err != nil {
		return Threshold{}, err
	}
	if i := slices.IndexFunc(list, func(t Threshold) bool { return t.ID == id }); i >= 0 {
		return list[i], nil
	}
	return Threshold{}, errThreshold
}

// National are the country's thresholds by first day: those that came with the program, and over them what has been published since.
func National(ctx context.Context, tx *postgres.Tx) ([]profile.Thresholds, error) {
	base, err := profile.National()
	if err != nil {
		return nil, err
	}
	list, err := Thresholds(ctx, tx)
	if err != nil {
		return nil, err
	}
	var over []profile.Thresholds
	for _, t := range slices.Backward(list) { // in the order of publishing
		if t.PublishedAt != nil {
			over = append(over, t.Figures)
		}
	}
	return profile.Overlay(base, over...), nil
}

// ThresholdsNeeded is the first day from which no fee can be computed by the country's thresholds, 0 = there is none.
func ThresholdsNeeded(list []profile.Thresholds) calendar.Date {
	for _, w := range (profile.Profile{}).Warnings(list) {
		return w.Day
	}
	return 0
}
