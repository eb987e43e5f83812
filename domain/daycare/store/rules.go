package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/domain/catalogue"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on rules in the audit.
const (
	ActRulesDrafted   audit.Act = "daycare.rules_drafted"
	ActRulesPublished audit.Act = "daycare.rules_published"
)

// Rules are a version of the municipality's rules. A published one never changes; it holds from ValidFrom until the next one begins.
type Rules struct {
	Organiser   int32
	ID          int64
	Service     int64
	Content     int64 // under which the months are booked
	ValidFrom   calendar.Date
	Profile     profile.Profile
	PreparedBy  string
	PreparedAt  time.Time
	Preparer    int64
	PublishedAt *time.Time // nil = a draft
	PublishedBy string
	RowVersion  int32
}

// Ref names the version in the audit.
func (r Rules) Ref() audit.Ref {
	return audit.Ref{Kind: "daycare_rules", ID: r.ID, Label: r.ValidFrom.String()}
}

// RulesInput is a draft as its editor gives it; ID 0 begins one.
type RulesInput struct {
	Organiser  int32
	ID         int64
	RowVersion int32
	Service    int64
	Content    int64
	ValidFrom  calendar.Date
	Profile    profile.Profile
}

// DraftRules makes or saves the one draft. DAY-099 when another draft is open, DAY-071 when it was saved meanwhile, DAY-084 for a content
// that is not of the service on the first day, DAY-05x for a profile that cannot be.
func DraftRules(ctx context.Context, tx *postgres.Tx, by access.Actor, in RulesInput) (Rules, error) {
	if err := by.May(access.RulebookEdit, in.Organiser); err != nil {
		return Rules{}, err
	}
	raw, err := in.check(ctx, tx)
	if err != nil {
		return Rules{}, err
	}
	hash := sha256.Sum256(raw)
	q := db.New(tx)
	if in.ID == 0 {
		in.ID, err = q.RulesAdd(ctx, db.RulesAddParams{OrganiserID: in.Organiser, ServiceID: in.Service, ContentID: in.Content, ValidFrom: in.ValidFrom, Profile: string(raw),
			Sha256: hash[:], PreparedAt: tx.Now(), PreparedByAccount: by.Account, PreparedBy: by.Name})
	} else if _, err = lockRules(ctx, tx, in.Organiser, in.ID, in.RowVersion); err == nil {
		err = q.RulesEdit(ctx, db.RulesEditParams{OrganiserID: in.Organiser, RulesID: in.ID, ServiceID: in.Service, ContentID: in.Content, ValidFrom: in.ValidFrom,
			Profile: string(raw), Sha256: hash[:], PreparedAt: tx.Now(), PreparedByAccount: by.Account, PreparedBy: by.Name})
	}
	if err != nil {
		return Rules{}, mapped(fmt.Errorf("saving rules: %w", err))
	}
	r, err := oneRules(ctx, tx, in.Organiser, in.ID)
	if err != nil {
		return Rules{}, err
	}
	return r, audit.Write(ctx, tx, by, ActRulesDrafted, r.Ref(), map[string]any{"sha256": fmt.Sprintf("%x", hash), "service": in.Service, "content": in.Content})
}

func (in RulesInput) check(ctx context.Context, tx *postgres.Tx) ([]byte, error) {
	in.Profile.Format = profile.Format
	if err := in.Profile.Check().Err(); err != nil {
		return nil, err
	}
	s, err := catalogue.ServiceAt(ctx, tx, in.Organiser, in.Service, in.ValidFrom)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(s.ContentsOn(in.ValidFrom), func(c catalogue.Content) bool { return c.ID == in.Content }) {
		return nil, errContent
	}
	raw, err := json.Marshal(in.Profile)
	if err != nil {
		return nil, fmt.Errorf("writing a profile: %w", err)
	}
	return raw, nil
}

func lockRules(ctx context.Context, tx *postgres.Tx, organiser int32, id int64, rowVersion int32) (db.RulesLockRow, error) {
	r, err := db.New(tx).RulesLock(ctx, db.RulesLockParams{OrganiserID: organiser, RulesID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return r, errRulesUnknown
	}
	if err != nil {
		return r, fmt.Errorf("locking rules %d: %w", id, err)
	}
	if r.RowVersion != rowVersion {
		return r, errStale
	}
	return r, nil
}

// PublishRules puts a draft into force. DAY-083 when the same person prepared it, DAY-071 when it was saved after it was read. Days that
// are closed are not paid anew by it: what it changes on them shows as differences of the next month, like any other change.
func PublishRules(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64, rowVersion int32) (Rules, error) {
	if err := by.May(access.RulebookPublish, organiser); err != nil {
		return Rules{}, err
	}
	locked, err := lockRules(ctx, tx, organiser, id, rowVersion)
	if err != nil {
		return Rules{}, err
	}
	if by.NotSame(locked.PreparedByAccount) != nil {
		return Rules{}, errFourEyes
	}
	if err := db.New(tx).RulesPublish(ctx, db.RulesPublishParams{OrganiserID: organiser, RulesID: id, PublishedAt: tx.Now(), PublishedByAccount: by.Account, PublishedBy: by.Name}); err != nil {
		return Rules{}, mapped(fmt.Errorf("publishing rules %d: %w", id, err))
	}
	r, err := oneRules(ctx, tx, organiser, id)
	if err != nil {
		return Rules{}, err
	}
	if err := tellChanged(ctx, tx, rulesRun(id), changedRules{}); err != nil {
		return Rules{}, err
	}
	return r, audit.Write(ctx, tx, by, ActRulesPublished, r.Ref(), map[string]any{"prepared_by": r.PreparedBy})
}

// RulesVersions lists the draft first, then the published versions, the newest first.
func RulesVersions(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Rules, error) {
	if err := by.May(access.RulebookRead, organiser); err != nil {
		return nil, err
	}
	return allRules(ctx, tx, organiser)
}

func oneRules(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Rules, error) {
	list, err := allRules(ctx, tx, organiser)
	if err != nil {
		return Rules{}, err
	}
	if i := slices.IndexFunc(list, func(r Rules) bool { return r.ID == id }); i >= 0 {
		return list[i], nil
	}
	return Rules{}, errRulesUnknown
}

func allRules(ctx context.Context, tx *postgres.Tx, organiser int32) ([]Rules, error) {
	rows, err := db.New(tx).RulesList(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing rules: %w", err)
	}
	list := make([]Rules, len(rows))
	for i, r := range rows {
		p, err := profile.Read([]byte(r.Profile))
		if err != nil {
			return nil, fmt.Errorf("rules %d: %w", r.RulesID, err)
		}
		if hash := sha256.Sum256([]byte(r.Profile)); string(hash[:]) != string(r.Sha256) {
			return nil, fmt.Errorf("rules %d of organiser %d do not match their hash", r.RulesID, organiser)
		}
		list[i] = Rules{Organiser: organiser, ID: r.RulesID, Service: r.ServiceID, Content: r.ContentID, ValidFrom: r.ValidFrom, Profile: p, PreparedBy: r.PreparedBy,
			PreparedAt: r.PreparedAt, Preparer: r.PreparedByAccount, PublishedAt: r.PublishedAt, RowVersion: r.RowVersion}
		if r.PublishedBy != nil {
			list[i].PublishedBy = *r.PublishedBy
		}
	}
	return list, nil
}

// inForce are the published versions by first day, with the dated rules made of each.
type inForce []version

type version struct {
	Rules
	calendar.Period // days on which the version holds
	set             daycare.RuleSet
}

// HasRules tells whether the organiser has early education: a version of rules has been published or is being written.
func HasRules(ctx context.Context, tx *postgres.Tx, organiser int32) (bool, error) {
	found, err := db.New(tx).RulesAny(ctx, organiser)
	if err != nil {
		return false, fmt.Errorf("looking for rules of early education: %w", err)
	}
	return found, nil
}

// published reads them; DAY-081 when there is none. Of two versions that begin on one day the later one holds.
func published(ctx context.Context, tx *postgres.Tx, organiser int32) (inForce, error) {
	list, err := allRules(ctx, tx, organiser)
	if err != nil {
		return nil, err
	}
	national, err := National(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := assemble(slices.DeleteFunc(list, func(r Rules) bool { return r.PublishedAt == nil }), national)
	if len(out) == 0 {
		return nil, errNoRules
	}
	return out, nil
}

// assemble puts versions after each other, given the newest first as they are listed.
func assemble(list []Rules, national []profile.Thresholds) inForce {
	var out inForce
	for _, r := range slices.Backward(list) { // oldest first; of the same first day the older number
		if n := len(out); n > 0 {
			out[n-1].To = r.ValidFrom
		}
		out = append(out, version{r, calendar.Period{From: r.ValidFrom, To: calendar.Forever}, r.Profile.Rules(national)})
	}
	return slices.DeleteFunc(out, func(v version) bool { return v.Period.Empty() })
}

// on is the version of a day, the first one before all.
func (f inForce) on(day calendar.Date) version {
	for _, v := range f {
		if v.Contains(day) {
			return v
		}
	}
	return f[0]
}

func (f inForce) knowsKind(kind string) bool {
	return slices.ContainsFunc(f, func(v version) bool {
		return slices.ContainsFunc(v.Profile.Options, func(o profile.Option) bool { return o.PlacementType == kind })
	})
}

func (f inForce) knowsOption(code string) bool {
	return slices.ContainsFunc(f, func(v version) bool { _, ok := v.set.Options[code]; return ok })
}
