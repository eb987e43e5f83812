package store

import (
	"context"
	"fmt"
	"strings"

	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Record is everything that is kept of a child, with the row versions that edits need.
type Record struct {
	Listed
	Heads       []Head
	Placements  []Placement
	Needs       []Need
	Supports    []Support
	Alterations []Alteration
	Ready       []ReadyShare
	Decisions   []Decision // in the order of sending
}

// Get reads a child for staff and logs the reading. Incomes are the household's own: see household.Of.
func Get(ctx context.Context, tx *postgres.Tx, by access.Actor, of Of) (Record, error) {
	if err := by.May(access.DaycareDecide, of.Organiser); err != nil {
		return Record{}, err
	}
	if _, err := lock(ctx, tx, of); err != nil { // a child that is none of the organiser's is unknown
		return Record{}, err
	}
	who, err := client.Load(ctx, tx, of.Organiser, of.Child)
	if err != nil {
		return Record{}, err
	}
	r := Record{Listed: Listed{who.ID, who.Person, strings.TrimSpace(who.Name()), who.BirthDate}}
	q := db.New(tx)
	if err := r.places(ctx, q, of); err != nil {
		return Record{}, err
	}
	if err := r.fees(ctx, q, of); err != nil {
		return Record{}, err
	}
	decisions, err := q.DecisionsOf(ctx, db.DecisionsOfParams{OrganiserID: of.Organiser, Children: []int64{of.Child}})
	if err != nil {
		return Record{}, fmt.Errorf("reading decisions of child %d: %w", of.Child, err)
	}
	for _, d := range decisions {
		r.Decisions = append(r.Decisions, Decision{ID: d.ValueDecisionID, Child: d.ChildID, Unit: d.UnitID, Sent: period(d.ValidFrom, d.SentTo), Period: period(d.ValidFrom, d.ValidTo), Value: d.ValueCents,
			OwnShare: d.OwnCents, Payable: d.PayableCents, Letter: d.DecisionID, SentAt: d.SentAt, SentBy: d.SentBy, EndedBy: d.EndReason})
	}
	return r, audit.Seen(ctx, tx, by, audit.View{Organiser: of.Organiser, Person: r.Person, Client: r.Child, Purpose: client.ForCase, What: "daycare"})
}

// places reads heads, placements and needs.
func (r *Record) places(ctx context.Context, q *db.Queries, of Of) error {
	children := []int64{of.Child}
	heads, err := q.HeadsOfChildren(ctx, db.HeadsOfChildrenParams{OrganiserID: of.Organiser, Children: children})
	if err != nil {
		return fmt.Errorf("reading heads of child %d: %w", of.Child, err)
	}
	for _, x := range heads {
		r.Heads = append(r.Heads, Head{of, Saved{ID: x.HeadID, RowVersion: x.RowVersion, Period: period(x.ValidFrom, x.ValidTo)}, x.AdultID})
	}
	placements, err := q.PlacementsOf(ctx, db.PlacementsOfParams{OrganiserID: of.Organiser, Children: children})
	if err != nil {
		return fmt.Errorf("reading placements of child %d: %w", of.Child, err)
	}
	for _, x := range placements {
		r.Placements = append(r.Placements, Placement{Of: of, Saved: Saved{ID: x.PlacementID, RowVersion: x.RowVersion, Period: period(x.ValidFrom, x.ValidTo)}, Unit: x.UnitID, UnitName: x.UnitName,
			Provider: x.ProviderID, Kind: x.Kind, Voucher: x.Voucher, Notice: x.NoticeOn})
	}
	needs, err := q.NeedsOf(ctx, db.NeedsOfParams{OrganiserID: of.Organiser, Children: children})
	if err != nil {
		return fmt.Errorf("reading needs of child %d: %w", of.Child, err)
	}
	for _, x := range needs {
		r.Needs = append(r.Needs, Need{of, Saved{ID: x.NeedID, RowVersion: x.RowVersion, Period: period(x.ValidFrom, x.ValidTo)}, x.OptionCode})
	}
	return nil
}

// fees reads support and alterations.
func (r *Record) fees(ctx context.Context, q *db.Queries, of Of) error {
	children := []int64{of.Child}
	supports, err := q.SupportsOf(ctx, db.SupportsOfParams{OrganiserID: of.Organiser, Children: children})
	if err != nil {
		return fmt.Errorf("reading support of child %d: %w", of.Child, err)
	}
	for _, x := range supports {
		s := Support{Of: of, Saved: Saved{ID: x.SupportID, RowVersion: x.RowVersion, Period: period(x.ValidFrom, x.ValidTo)}}
		if s.Coefficient, err = money.ParseRate(x.Coefficient); err != nil {
			return fmt.Errorf("support %d: %w", x.SupportID, err)
		}
		if s.Capacity, err = rate(x.Capacity); err != nil {
			return fmt.Errorf("support %d: %w", x.SupportID, err)
		}
		r.Supports = append(r.Supports, s)
	}
	alterations, err := q.AlterationsOf(ctx, db.AlterationsOfParams{OrganiserID: of.Organiser, Children: children})
	if err != nil {
		return fmt.Errorf("reading alterations of child %d: %w", of.Child, err)
	}
	for _, x := range alterations {
		a := Alteration{Of: of, Saved: Saved{ID: x.AlterationID, RowVersion: x.RowVersion, Period: period(x.ValidFrom, x.ValidTo)}, Reason: x.Reason,
			Alteration: daycare.Alteration{Type: daycare.AlterationType(x.Kind), Amount: x.AlterationCents}}
		if a.Percent, err = rate(x.Percent); err != nil {
			return fmt.Errorf("alteration %d: %w", x.AlterationID, err)
		}
		r.Alterations = append(r.Alterations, a)
	}
	ready, err := q.ReadySharesOf(ctx, db.ReadySharesOfParams{OrganiserID: of.Organiser, Children: children})
	if err != nil {
		return fmt.Errorf("reading ready own shares of child %d: %w", of.Child, err)
	}
	for _, x := range ready {
		r.Ready = append(r.Ready, ReadyShare{of, Saved{ID: x.ShareID, RowVersion: x.RowVersion, Period: period(x.ValidFrom, x.ValidTo)}, x.ShareCents})
	}
	return nil
}
