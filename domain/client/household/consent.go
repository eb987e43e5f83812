package household

import (
	"context"
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/client/household/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Channels through which a consent or a withdrawal came.
func Channels() []string { return []string{"letter", "phone", "hand", "page"} }

// ConsentInput is a consent as the form has it.
type ConsentInput struct {
	Organiser int32
	Client    int64
	Member    int64 // 0 = the client
	Kind      ConsentKind
	GivenOn   calendar.Date
	Channel   string
}

// Agree notes a consent of somebody in the household. HOU-024 when the same one is in force already.
// Locks: client.
func Agree(ctx context.Context, tx *postgres.Tx, by access.Actor, in ConsentInput) (Household, error) {
	h, err := open(ctx, tx, by, in.Organiser, in.Client)
	if err != nil {
		return Household{}, err
	}
	var faults fault.List
	if in.Kind != MayFetch && in.Kind != HighestFee {
		faults = append(faults, errConsentKind)
	}
	if !slices.Contains(Channels(), in.Channel) {
		faults = append(faults, errChannel)
	}
	if in.GivenOn > tx.Today() {
		faults = append(faults, errConsentDay)
	}
	if _, known := h.Member(in.Member); in.Member != 0 && !known {
		faults = append(faults, errOwner)
	}
	if slices.ContainsFunc(h.Consents, func(c Consent) bool {
		return c.Member == in.Member && c.Kind == in.Kind && (c.Withdrawn == nil || *c.Withdrawn > in.GivenOn)
	}) {
		faults = append(faults, errConsented)
	}
	if err := faults.Err(); err != nil {
		return Household{}, err
	}
	id, err := db.New(tx).ConsentAdd(ctx, db.ConsentAddParams{OrganiserID: h.Organiser, ClientID: h.Client, PersonID: h.Person, MemberID: orNull(in.Member),
		Kind: string(in.Kind), GivenOn: in.GivenOn, Channel: in.Channel, NotedAt: tx.Now(), NotedBy: by.Name})
	if err != nil {
		return Household{}, fmt.Errorf("noting a consent of client %d: %w", h.Client, err)
	}
	detail := map[string]any{"consent": id, "kind": in.Kind, "member": in.Member, "day": in.GivenOn, "channel": in.Channel}
	err = h.wrote(ctx, tx, by, Consented, detail, fmt.Sprintf("consent:%d", id))
	if err != nil {
		return Household{}, err
	}
	return load(ctx, tx, h.Organiser, h.Client, h.Person, h.BirthDate)
}

// WithdrawInput ends a consent from a day on.
type WithdrawInput struct {
	Organiser int32
	Client    int64
	Consent   int64
	Day       calendar.Date // first day on which it is not in force
}

// Withdraw ends a consent; what was done under it stays.
// Locks: client.
func Withdraw(ctx context.Context, tx *postgres.Tx, by access.Actor, in WithdrawInput) error {
	h, err := open(ctx, tx, by, in.Organiser, in.Client)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(h.Consents, func(c Consent) bool { return c.ID == in.Consent })
	switch {
	case i < 0:
		return errUnknown
	case in.Day > tx.Today():
		return errConsentDay
	case in.Day < h.Consents[i].GivenOn:
		return errConsentOrder.With("day", h.Consents[i].GivenOn)
	}
	n, err := db.New(tx).ConsentWithdraw(ctx, db.ConsentWithdrawParams{OrganiserID: h.Organiser, ClientID: h.Client, ConsentID: in.Consent, WithdrawnOn: &in.Day})
	if err := changed(n, err, "consent", in.Consent); err != nil {
		return err
	}
	return h.wrote(ctx, tx, by, ConsentWithdrawn, map[string]any{"consent": in.Consent, "day": in.Day}, fmt.Sprintf("consent:%d:withdrawn", in.Consent))
}
