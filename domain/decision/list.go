package decision

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/decision/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Stage is what a client's matter waits for; Made are the decisions, whatever became of them.
type Stage string

// Stages of a list.
const (
	Ready     Stage = "ready"    // a proposal waits for the decision
	Asked     Stage = "asked"    // a proposal waits for the client's answer
	Unsent    Stage = "unsent"   // the sending of a decision is not recorded
	Appealing Stage = "appealed" // an appeal has no outcome yet
	AllMade   Stage = "made"     // every decision
)

// Waits lists the stages that wait for somebody, in the order of their work.
func Waits() []Stage { return []Stage{Ready, Asked, Unsent, Appealing} }

// ClientKinds are the kinds of decisions that are made about clients.
func ClientKinds() []Kind {
	return []Kind{Voucher, Place, Purchase, Refusal, VoucherEnd, Correction, Annulment}
}

// ActExported is the audit's name of a list taken out as a file.
const ActExported audit.Act = "decision.list_exported"

var (
	errListSpan = fault.New(fault.Invalid, "DEC-037", "decision.list.span").At("to")
	errListLong = fault.New(fault.Invalid, "DEC-038", "decision.list.long").At("from")
)

// Cursor is the last row of the page before; the zero value begins the list.
type Cursor struct {
	On    calendar.Date
	Stage Stage
	ID    int64
}

// ListInput narrows a list; empty fields narrow nothing.
type ListInput struct {
	Organiser int32
	Stage     Stage // "" = everything that waits, the oldest first; AllMade = every decision, the newest first
	Kind      Kind
	Service   int64
	Client    string // the client's reference, whole
	Maker     string // part of the name of who prepared or decided
	From, To  *calendar.Date
	After     Cursor
	Most      int32
}

// Listed is a proposal or a decision on the list.
type Listed struct {
	Stage          Stage
	ID             int64 // of the proposal, or of the decision
	Number         string
	Kind           Kind
	Service        *int64
	Client, Person int64
	Name           string // of the client, as in lists
	Reference      string // of the client
	Amount         *money.Cents
	By             string        // who prepared or decided
	On             calendar.Date // the proposal was changed, the decision made, the appeal came
	State          ProposalState // of a proposal
	Outcome        Outcome       // of a decision
	Note           string        // of an appeal
	Due, Answered  *calendar.Date
}

// Proposed tells that it is a proposal, not a decision.
func (l Listed) Proposed() bool { return l.Stage == Ready || l.Stage == Asked }

// Cursor continues the list after this row.
func (l Listed) Cursor() Cursor { return Cursor{l.On, l.Stage, l.ID} }

// unsentDays is how far back the list looks for decisions without a delivery: what is older was made before deliveries were recorded
// or is beyond every limit.
const unsentDays = 90

// List reads a page of what waits or of what was decided about clients, of the services that the actor's teams see, and logs that these
// clients' names were shown. DEC-037 when the days end before they begin.
func List(ctx context.Context, tx *postgres.Tx, by access.Actor, in ListInput) ([]Listed, error) {
	if err := by.May(access.DecisionMake, in.Organiser); err != nil {
		return nil, err
	}
	hidden, err := hiddenServices(ctx, tx, by, in.Organiser)
	if err != nil {
		return nil, err
	}
	from, to := calendar.Date(0), calendar.Forever
	if in.From != nil {
		from = *in.From
	}
	if in.To != nil {
		to = *in.To + 1
	}
	if to <= from {
		return nil, errListSpan
	}
	list, err := in.read(ctx, tx, hidden, from, to)
	if err != nil {
		return nil, err
	}
	return list, logged(ctx, tx, by, in.Organiser, list)
}

func (in ListInput) read(ctx context.Context, tx *postgres.Tx, hidden []int64, from, to calendar.Date) (list []Listed, err error) {
	q := db.New(tx)
	if in.Stage == AllMade {
		before := in.After
		if before.ID == 0 {
			before.On = calendar.Forever
		}
		rows, err := q.MadeDecisions(ctx, db.MadeDecisionsParams{OrganiserID: in.Organiser, Kind: string(in.Kind), Service: in.Service, Hidden: hidden, ClientRef: in.Client, Maker: in.Maker,
			FromDate: from, ToDate: to, BeforeDate: before.On, BeforeID: before.ID, Most: in.Most})
		if err != nil {
			return nil, fmt.Errorf("listing the decisions of organiser %d: %w", in.Organiser, err)
		}
		for _, r := range rows {
			list = append(list, Listed{Stage: AllMade, ID: r.DecisionID, Number: r.Number, Kind: Kind(r.Kind), Service: r.ServiceID, Client: *r.ClientID, Person: r.PersonID,
				Name: r.LastName + " " + r.FirstNames, Reference: told(r.ExternalRef), Amount: r.AmountCents, By: r.MadeBy, On: r.MadeOn, Outcome: Outcome(r.Outcome)})
		}
		return list, nil
	}
	rows, err := q.Waiting(ctx, db.WaitingParams{Today: tx.Today(), OrganiserID: in.Organiser, Since: tx.Today() - unsentDays, Stage: string(in.Stage), Kind: string(in.Kind),
		Service: in.Service, Hidden: hidden, ClientRef: in.Client, Maker: in.Maker, FromDate: from, ToDate: to, AfterDate: in.After.On, AfterStage: string(in.After.Stage), AfterID: in.After.ID, Most: in.Most})
	if err != nil {
		return nil, fmt.Errorf("listing what waits for organiser %d: %w", in.Organiser, err)
	}
	for _, r := range rows {
		l := Listed{Stage: Stage(r.Stage), ID: r.ID, Number: r.Number, Kind: Kind(r.Kind), Client: r.ClientID, Person: r.PersonID, Name: r.LastName + " " + r.FirstNames,
			Reference: told(r.ExternalRef), Amount: r.AmountCents, By: r.Maker, On: r.OnDate, Note: r.Note, Due: r.DueOn, Answered: r.AnsweredOn}
		if r.ServiceID != 0 {
			l.Service = &r.ServiceID
		}
		if l.Proposed() {
			l.State = ProposalState(r.State)
		} else {
			l.Outcome = Outcome(r.State)
		}
		list = append(list, l)
	}
	return list, nil
}

func told(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// mostExported is how many rows a file has at most: nobody looks through more, and each leaves a row in a client's access log.
const mostExported = 10_000

// Export reads the whole list for a file; that it was taken out is an act of its own. DEC-038 when it is too long.
func Export(ctx context.Context, tx *postgres.Tx, by access.Actor, in ListInput) ([]Listed, error) {
	in.After, in.Most = Cursor{}, mostExported+1
	list, err := List(ctx, tx, by, in)
	if err != nil {
		return nil, err
	}
	if len(list) > mostExported {
		return nil, errListLong.With("most", mostExported)
	}
	return list, audit.Write(ctx, tx, by, ActExported, audit.Ref{Kind: "decision_list", ID: int64(len(list)), Label: string(in.Stage)},
		map[string]any{"kind": in.Kind, "service": in.Service, "client": in.Client, "maker": in.Maker, "from": in.From, "to": in.To, "rows": len(list)})
}

// hiddenServices are the services of other teams.
func hiddenServices(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32) ([]int64, error) {
	services, err := catalogue.Services(ctx, tx, org, tx.Today())
	hidden := []int64{}
	for _, s := range services {
		if !by.SeesService(s.Teams) {
			hidden = append(hidden, s.ID)
		}
	}
	return hidden, err
}

// CountReady tells how many proposals wait for a decision and not for the client; it names nobody.
func CountReady(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32) (int64, error) {
	if err := by.May(access.DecisionMake, org); err != nil {
		return 0, err
	}
	hidden, err := hiddenServices(ctx, tx, by, org)
	if err != nil {
		return 0, err
	}
	n, err := db.New(tx).ProposalsReady(ctx, db.ProposalsReadyParams{OrganiserID: org, Today: tx.Today(), Hidden: hidden})
	if err != nil {
		return 0, fmt.Errorf("counting proposals of organiser %d: %w", org, err)
	}
	return n, nil
}

// Counts tells how many rows of each stage wait; it names nobody.
func Counts(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32) (map[Stage]int64, error) {
	ready, err := CountReady(ctx, tx, by, org)
	if err != nil {
		return nil, err
	}
	hidden, err := hiddenServices(ctx, tx, by, org)
	if err != nil {
		return nil, err
	}
	n, err := db.New(tx).WaitingCounts(ctx, db.WaitingCountsParams{OrganiserID: org, Hidden: hidden, Today: tx.Today(), Since: tx.Today() - unsentDays})
	if err != nil {
		return nil, fmt.Errorf("counting what waits for organiser %d: %w", org, err)
	}
	return map[Stage]int64{Ready: ready, Asked: n.Asked, Unsent: n.Unsent, Appealing: n.Appealed}, nil
}

// logged notes that the names of these clients were shown.
func logged(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, list []Listed) error {
	seen := map[int64]bool{}
	var views []audit.View
	for _, l := range list {
		if !seen[l.Client] {
			seen[l.Client] = true
			views = append(views, audit.View{Organiser: org, Client: l.Client, Person: l.Person, Purpose: "case.handling", What: "worklist"})
		}
	}
	return audit.SeenMany(ctx, tx, by, views)
}
