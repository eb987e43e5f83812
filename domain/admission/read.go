package admission

import (
	"context"
	"fmt"
	"slices"

	"seteli/core/fault"
	"seteli/domain/admission/db"
	"seteli/domain/catalogue"
	"seteli/domain/register"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Dossier is an application with everything that its pages show.
type Dossier struct {
	Facts
	Accepted *rulebook.Rulebook // the version that was accepted, when it is not the one in force
	Steps    []Step
	Clock    Clock
}

// Get reads an application: the company its own, the organiser what has been sent to it and is of the actor's teams.
func Get(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Dossier, error) {
	if err := by.May(access.ApplicationRead, organiser); err != nil {
		return Dossier{}, err
	}
	a, err := one(ctx, tx, organiser, id)
	if err != nil {
		return Dossier{}, err
	}
	switch by.Role.Side() {
	case access.ProviderSide:
		if a.Provider != by.Provider {
			return Dossier{}, errUnknown
		}
	case access.OrganiserSide:
		if a.SentAt == nil {
			return Dossier{}, errUnknown // what has not been sent is the company's own matter
		}
		if err := seesService(ctx, tx, by, organiser, a.Service); err != nil {
			return Dossier{}, err
		}
	}
	facts, err := factsOf(ctx, tx, a)
	if err != nil {
		return Dossier{}, err
	}
	d := Dossier{Facts: facts, Clock: a.ClockOn(tx.Today())}
	if a.Rulebook != nil && *a.Rulebook != facts.Rulebook.ID {
		d.Accepted = &facts.Bound
	}
	rows, err := db.New(tx).Steps(ctx, db.StepsParams{OrganiserID: organiser, ApplicationID: id})
	if err != nil {
		return Dossier{}, fmt.Errorf("reading the steps of application %d: %w", id, err)
	}
	for _, r := range rows {
		d.Steps = append(d.Steps, Step{Number: int(r.StepNo), State: State(r.State), At: r.At, ByAccount: r.ByAccount, ByName: r.ByName, BySide: r.BySide, Note: r.Note})
	}
	return d, nil
}

// factsOf gathers what completeness is judged from. A service without a rulebook in force has an empty one.
func factsOf(ctx context.Context, tx *postgres.Tx, a Application) (Facts, error) {
	f := Facts{Application: a, Day: tx.Today()}
	var err error
	if f.Company, err = register.Get(ctx, tx, a.Provider); err != nil {
		return Facts{}, err
	}
	if f.Service, err = serviceOf(ctx, tx, a.Organiser, a.Service); err != nil {
		return Facts{}, err
	}
	if f.Slots, err = catalogue.Slots(ctx, tx, a.Organiser, a.Service); err != nil {
		return Facts{}, err
	}
	if f.Rulebook, err = rulebook.Current(ctx, tx, a.Organiser, a.Service, tx.Today()); err != nil && fault.KindOf(err) != fault.NotFound {
		return Facts{}, err
	}
	q := db.New(tx)
	units, err := q.UnitsOf(ctx, db.UnitsOfParams{OrganiserID: a.Organiser, ApplicationID: a.ID})
	if err != nil {
		return Facts{}, fmt.Errorf("reading units of application %d: %w", a.ID, err)
	}
	if f.Units, err = register.UnitsByID(ctx, tx, units); err != nil {
		return Facts{}, err
	}
	prices, err := q.PricesOf(ctx, db.PricesOfParams{OrganiserID: a.Organiser, ApplicationID: a.ID})
	if err != nil {
		return Facts{}, fmt.Errorf("reading prices of application %d: %w", a.ID, err)
	}
	for _, p := range prices {
		f.Prices = append(f.Prices, PriceLine{Unit: p.UnitID, Content: p.ContentID, Price: p.PriceCents, From: p.ValidFrom, Note: p.Note, VATCode: p.VatCode})
	}
	rows, err := q.AttachmentsOf(ctx, db.AttachmentsOfParams{OrganiserID: a.Organiser, ApplicationID: a.ID})
	if err != nil {
		return Facts{}, fmt.Errorf("reading attachments of application %d: %w", a.ID, err)
	}
	for _, r := range rows {
		at := Attachment{ID: r.AttachmentID, Application: r.ApplicationID, Slot: r.SlotID, Name: r.Name, Media: r.Media, Size: int(r.Size),
			ExpiresOn: r.ExpiresOn, UploadedAt: r.UploadedAt, UploadedBy: r.UploadedBy}
		if r.UnitID != nil {
			at.Unit = *r.UnitID
		}
		f.Attachments = append(f.Attachments, at)
	}
	return f, f.bound(ctx, tx)
}

// OfProvider lists the company's own applications in all organisers, the newest change first; under the provider's scope.
func OfProvider(ctx context.Context, tx *postgres.Tx, by access.Actor) ([]Application, error) {
	if err := by.May(access.ApplicationRead, 0); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).ApplicationsOfProvider(ctx, by.Provider)
	if err != nil {
		return nil, fmt.Errorf("listing applications of provider %d: %w", by.Provider, err)
	}
	return fromRows(rows), nil
}

// Filter narrows the work list.
type Filter struct {
	States  []State // empty: everything that waits for somebody
	Service int64
	Mine    bool // handled by the actor
}

// worklistLimit bounds one page of the work list.
const worklistLimit = 200

// Item is a line of the work list.
type Item struct {
	Application
	Company register.Provider
	Service catalogue.Service
	Clock   Clock
}

// WorkList gives what has been sent to the organiser, the longest waiting first, of the services that the actor's
// teams see. Four queries, however many lines.
func WorkList(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, f Filter) ([]Item, error) {
	if err := by.May(access.ApplicationRead, organiser); err != nil {
		return nil, err
	}
	if len(f.States) == 0 {
		f.States = []State{Sent, Handling, Completing}
	}
	want := db.WorkListParams{OrganiserID: organiser, ServiceID: f.Service, Batch: worklistLimit}
	for _, s := range f.States {
		if s != Draft && s != AwaitingSignature {
			want.States = append(want.States, string(s))
		}
	}
	if f.Mine {
		want.HandlerAccount = by.Account
	}
	rows, err := db.New(tx).WorkList(ctx, want)
	if err != nil {
		return nil, fmt.Errorf("reading the work list: %w", err)
	}
	services, err := catalogue.Services(ctx, tx, organiser, tx.Today())
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, r := range rows {
		ids = append(ids, r.ProviderID)
	}
	companies, err := register.ByID(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, a := range fromRows(rows) {
		s := slices.IndexFunc(services, func(s catalogue.Service) bool { return s.ID == a.Service })
		c := slices.IndexFunc(companies, func(p register.Provider) bool { return p.ID == a.Provider })
		if c < 0 || s >= 0 && !by.SeesService(services[s].Teams) || a.SentAt == nil {
			continue
		}
		item := Item{Application: a, Company: companies[c], Clock: a.ClockOn(tx.Today())}
		if s >= 0 {
			item.Service = services[s]
		}
		items = append(items, item)
	}
	return items, nil
}

func fromRows(rows []db.Application) []Application {
	out := make([]Application, len(rows))
	for i, r := range rows {
		out[i] = fromRow(r)
	}
	return out
}
