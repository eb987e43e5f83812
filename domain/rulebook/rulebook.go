package rulebook

import (
	"context"
	"fmt"
	"time"

	"seteli/core/calendar"
	"seteli/domain/rulebook/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Acts of this package in the audit.
const (
	ActDrafted   = audit.Act("rulebook.drafted")
	ActPublished = audit.Act("rulebook.published")
)

// Rulebook is one version of a service's rulebook.
type Rulebook struct {
	ID                int64
	Organiser         int32
	Service           int64
	Version           int
	ValidFrom         calendar.Date
	Texts             i18n.Names // what providers read and accept; paragraphs are parted by empty lines
	Rules             Rules
	PreparedByAccount int64
	PreparedBy        string
	PreparedAt        time.Time
	PublishedBy       string
	PublishedAt       *time.Time // nil = a draft
	RowVersion        int
}

// Published reports that the version is published and so will never change.
func (r Rulebook) Published() bool { return r.PublishedAt != nil }

// Ref names the version in the audit.
func (r Rulebook) Ref() audit.Ref {
	return audit.Ref{Kind: "rulebook", ID: r.ID, Label: fmt.Sprintf("%d/%d", r.Service, r.Version)}
}

// Current gives the rulebook of a service in force on a day. RUL-001 when none is.
func Current(ctx context.Context, tx *postgres.Tx, organiser int32, service int64, day calendar.Date) (Rulebook, error) {
	rows, err := db.New(tx).RulebookCurrent(ctx, db.RulebookCurrentParams{OrganiserID: organiser, ServiceID: service, Day: day})
	if err != nil {
		return Rulebook{}, fmt.Errorf("reading the rulebook of service %d on %s: %w", service, day, err)
	}
	if service == 0 || len(rows) == 0 {
		return Rulebook{}, ErrUnknown
	}
	return from(organiser, db.RulebookListRow(rows[0]))
}

// CurrentAll gives the rulebook in force on a day of every service that has one, by service.
func CurrentAll(ctx context.Context, tx *postgres.Tx, organiser int32, day calendar.Date) (map[int64]Rulebook, error) {
	rows, err := db.New(tx).RulebookCurrent(ctx, db.RulebookCurrentParams{OrganiserID: organiser, Day: day})
	if err != nil {
		return nil, fmt.Errorf("reading the rulebooks of organiser %d on %s: %w", organiser, day, err)
	}
	all := make(map[int64]Rulebook, len(rows))
	for _, r := range rows {
		if all[r.ServiceID], err = from(organiser, db.RulebookListRow(r)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// ByID gives one version. RUL-001 when there is none, and for a draft outside its organiser's scope.
func ByID(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Rulebook, error) {
	all, err := ByIDs(ctx, tx, organiser, []int64{id})
	if err != nil {
		return Rulebook{}, err
	}
	r, ok := all[id]
	if !ok {
		return Rulebook{}, ErrUnknown
	}
	return r, nil
}

// ByIDs gives many versions in one query, for recording in bulk; ids that are not found are missing in the answer.
func ByIDs(ctx context.Context, tx *postgres.Tx, organiser int32, ids []int64) (map[int64]Rulebook, error) {
	rows, err := db.New(tx).RulebookGet(ctx, db.RulebookGetParams{OrganiserID: organiser, Rulebooks: ids})
	if err != nil {
		return nil, fmt.Errorf("reading %d rulebooks: %w", len(ids), err)
	}
	all := make(map[int64]Rulebook, len(rows))
	for _, r := range rows {
		if all[r.RulebookID], err = from(organiser, db.RulebookListRow(r)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Versions lists the published versions of a service, the newest first, coming ones too.
func Versions(ctx context.Context, tx *postgres.Tx, organiser int32, service int64) ([]Rulebook, error) {
	all, err := list(ctx, tx, organiser, service)
	if err != nil {
		return nil, err
	}
	published := make([]Rulebook, 0, len(all))
	for _, r := range all {
		if r.Published() {
			published = append(published, r)
		}
	}
	return published, nil
}

// DraftOf gives the draft of a service, if there is one.
func DraftOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, service int64) (draft Rulebook, found bool, err error) {
	if err := by.May(access.RulebookRead, organiser); err != nil {
		return Rulebook{}, false, err
	}
	all, err := list(ctx, tx, organiser, service)
	if err != nil {
		return Rulebook{}, false, err
	}
	for _, r := range all {
		if !r.Published() {
			return r, true, nil
		}
	}
	return Rulebook{}, false, nil
}

func list(ctx context.Context, tx *postgres.Tx, organiser int32, service int64) ([]Rulebook, error) {
	rows, err := db.New(tx).RulebookList(ctx, db.RulebookListParams{OrganiserID: organiser, ServiceID: service})
	if err != nil {
		return nil, fmt.Errorf("listing rulebooks of service %d: %w", service, err)
	}
	all := make([]Rulebook, len(rows))
	for i, r := range rows {
		if all[i], err = from(organiser, r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func from(organiser int32, r db.RulebookListRow) (Rulebook, error) {
	rules, err := ParseRules(r.Rules)
	if err != nil {
		return Rulebook{}, fmt.Errorf("reading the rules of rulebook %d: %w", r.RulebookID, err)
	}
	b := Rulebook{ID: r.RulebookID, Organiser: organiser, Service: r.ServiceID, Version: int(r.Version), ValidFrom: r.ValidFrom,
		Texts: i18n.Names{Fi: r.TextFi, Sv: r.TextSv, En: r.TextEn}, Rules: rules,
		PreparedByAccount: r.PreparedByAccount, PreparedBy: r.PreparedBy, PreparedAt: r.PreparedAt, PublishedAt: r.PublishedAt, RowVersion: int(r.RowVersion)}
	if r.PublishedBy != nil {
		b.PublishedBy = *r.PublishedBy
	}
	return b, nil
}
