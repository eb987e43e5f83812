package decision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/decision/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on proposals in the audit.
const (
	ActProposed  audit.Act = "proposal.saved"
	ActAsked     audit.Act = "proposal.asked"
	ActAnswered  audit.Act = "proposal.answered"
	ActDecided   audit.Act = "proposal.decided"
	ActRefused   audit.Act = "proposal.refused"
	ActWithdrawn audit.Act = "proposal.withdrawn"
)

// ProposalState is where a proposal is on its way.
type ProposalState string

// States of a proposal.
const (
	OpenProposal ProposalState = "open"
	Hearing      ProposalState = "hearing" // the client was asked and has not answered
	Decided      ProposalState = "decided"
	Refused      ProposalState = "refused"
	TakenBack    ProposalState = "withdrawn"
)

// Live tells that the proposal can still be decided.
func (s ProposalState) Live() bool { return s == OpenProposal || s == Hearing }

var (
	errProposal      = fault.New(fault.NotFound, "DEC-050", "decision.proposal.unknown")
	errProposalStale = fault.New(fault.Stale, "DEC-051", "decision.proposal.stale")
	errProposalDone  = fault.New(fault.Conflict, "DEC-052", "decision.proposal.done")
	errWaits         = fault.New(fault.Conflict, "DEC-053", "decision.proposal.waits")
	errQuestion      = fault.New(fault.Invalid, "DEC-054", "decision.hearing.question_needed").At("question")
	errDue           = fault.New(fault.Invalid, "DEC-055", "decision.hearing.due_early").At("due")
	errAnswer        = fault.New(fault.Invalid, "DEC-056", "decision.hearing.answer_needed").At("answer")
	errNotAsked      = fault.New(fault.Conflict, "DEC-057", "decision.hearing.not_asked")
	errAnswerChannel = fault.New(fault.Invalid, "DEC-058", "decision.channel_needed").At("channel")
	errAskedChannel  = fault.New(fault.Invalid, "DEC-059", "decision.channel_needed").At("channel")
	errReply         = fault.New(fault.Invalid, "DEC-060", "decision.hearing.reply_needed").At("answer")
	errReplyDone     = fault.New(fault.Conflict, "DEC-061", "decision.hearing.decided")
	errReplyFile     = fault.New(fault.Invalid, "DEC-062", "decision.hearing.file_name").At("files")
	errReplyFiles    = fault.New(fault.Invalid, "DEC-063", "decision.hearing.too_many_files").At("files")
	errHearing       = fault.New(fault.NotFound, "DEC-064", "decision.hearing.unknown")
	errFileDamaged   = fault.New(fault.Internal, "DEC-065", "decision.hearing.file_damaged")
)

// Proposal is a decision on its way: what is proposed, with the calculation as it was shown. Input and Snapshot belong to the
// deciding package, which wrote them and reads them again.
type Proposal struct {
	Organiser                int32
	ID                       int64
	Client, Person           int64
	Service                  int64
	Kind                     Kind
	Input, Snapshot          json.RawMessage
	Amount                   *money.Cents // what it may cost at most
	Reasons, Office, Contact string
	State                    ProposalState
	Decision                 *int64
	PreparedBy               string
	PreparedAt, ChangedAt    time.Time
	RowVersion               int32
}

// Ref names the proposal in the audit.
func (p Proposal) Ref() audit.Ref {
	return audit.Ref{Kind: "proposal", ID: p.ID, Label: string(p.Kind)}
}

// ProposalStep is one row of a proposal's way.
type ProposalStep struct {
	ID       int64
	Kind     string // proposed, changed, asked, answered, decided, refused, withdrawn
	Day      calendar.Date
	Due      *calendar.Date
	Channel  string
	Note     string
	Document *int64
	Decision *int64
	By       string
	At       time.Time
	Files    []HearingFile // of an answer
}

// Propose saves a proposal: a new one when its ID is 0, otherwise in the place of the one that was seen with RowVersion. The
// deciding package has checked what is proposed; reasons may still be missing, a decision cannot be made without them.
func Propose(ctx context.Context, tx *postgres.Tx, by access.Actor, p Proposal) (Proposal, error) {
	if err := by.May(access.DecisionMake, p.Organiser); err != nil {
		return Proposal{}, err
	}
	if p.ID == 0 {
		return begin(ctx, tx, by, p)
	}
	old, err := held(ctx, tx, by, p.Organiser, p.ID, p.RowVersion)
	if err != nil {
		return Proposal{}, err
	}
	err = db.New(tx).ProposalSave(ctx, db.ProposalSaveParams{OrganiserID: p.Organiser, ProposalID: p.ID, Input: p.Input, Snapshot: p.Snapshot, AmountCents: p.Amount,
		Reasons: p.Reasons, Office: p.Office, Contact: p.Contact, PreparedByAccount: by.Account, PreparedBy: by.Name, At: tx.Now()})
	if err != nil {
		return Proposal{}, fmt.Errorf("saving proposal %d: %w", p.ID, err)
	}
	return old.stepped(ctx, tx, by, ActProposed, ProposalStep{Kind: "changed", Day: tx.Today()})
}

func begin(ctx context.Context, tx *postgres.Tx, by access.Actor, p Proposal) (Proposal, error) {
	id, err := db.New(tx).ProposalAdd(ctx, db.ProposalAddParams{OrganiserID: p.Organiser, ClientID: p.Client, PersonID: p.Person, ServiceID: p.Service, Kind: string(p.Kind),
		Input: p.Input, Snapshot: p.Snapshot, AmountCents: p.Amount, Reasons: p.Reasons, Office: p.Office, Contact: p.Contact,
		PreparedByAccount: by.Account, PreparedBy: by.Name, At: tx.Now()})
	if err != nil {
		return Proposal{}, fmt.Errorf("adding a proposal for client %d: %w", p.Client, err)
	}
	p.ID = id
	return p.stepped(ctx, tx, by, ActProposed, ProposalStep{Kind: "proposed", Day: tx.Today()})
}

// held locks a proposal that can still be changed. DEC-051 when it was changed since it was seen (rowVersion 0: whatever it is now),
// DEC-052 when it has been decided: of two deciders the second is told.
func held(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, id int64, rowVersion int32) (Proposal, error) {
	if err := by.May(access.DecisionMake, org); err != nil {
		return Proposal{}, err
	}
	r, err := db.New(tx).ProposalLock(ctx, db.ProposalLockParams{OrganiserID: org, ProposalID: id})
	p, err := proposalOf(r, err, id)
	if err != nil {
		return Proposal{}, err
	}
	if err := visible(ctx, tx, by, org, &p.Service); err != nil {
		return Proposal{}, errProposal.Because(err)
	}
	switch {
	case !p.State.Live():
		return Proposal{}, errProposalDone
	case rowVersion != 0 && rowVersion != p.RowVersion:
		return Proposal{}, errProposalStale
	}
	return p, nil
}

// stepped notes a step and reads the proposal as it is now.
func (p Proposal) stepped(ctx context.Context, tx *postgres.Tx, by access.Actor, act audit.Act, s ProposalStep) (Proposal, error) {
	if _, err := p.step(ctx, tx, by, act, s); err != nil {
		return Proposal{}, err
	}
	r, err := db.New(tx).ProposalGet(ctx, db.ProposalGetParams{OrganiserID: p.Organiser, ProposalID: p.ID})
	return proposalOf(r, err, p.ID)
}

// step notes a step and gives its number.
func (p Proposal) step(ctx context.Context, tx *postgres.Tx, by access.Actor, act audit.Act, s ProposalStep) (int64, error) {
	id, err := db.New(tx).ProposalStepAdd(ctx, db.ProposalStepAddParams{OrganiserID: p.Organiser, ProposalID: p.ID, PersonID: p.Person, Kind: s.Kind, Day: s.Day, DueOn: s.Due,
		Channel: s.Channel, Note: s.Note, DocumentID: s.Document, DecisionID: s.Decision, RecordedByAccount: by.Account, RecordedBy: by.Name, RecordedAt: tx.Now()})
	if err != nil {
		return 0, fmt.Errorf("proposal %d: noting %s: %w", p.ID, s.Kind, err)
	}
	return id, audit.Write(ctx, tx, by, act, p.Ref(), map[string]any{"client": p.Client, "service": p.Service, "amount": p.Amount, "due": s.Due, "decision": s.Decision})
}

func (p Proposal) become(ctx context.Context, tx *postgres.Tx, state ProposalState, decision *int64) error {
	err := db.New(tx).ProposalState(ctx, db.ProposalStateParams{OrganiserID: p.Organiser, ProposalID: p.ID, State: string(state), DecisionID: decision, At: tx.Now()})
	if err != nil {
		return fmt.Errorf("proposal %d: becoming %s: %w", p.ID, state, err)
	}
	return nil
}

// DecideInput decides a proposal as it was seen with RowVersion.
type DecideInput struct {
	Organiser  int32
	Proposal   int64
	RowVersion int32
}

// Decide makes the decision that was proposed: make is the deciding package's own use case, under the lock of the proposal.
// DEC-053 while the client has time left to answer a question. Locks: proposal, then what make locks.
func Decide(ctx context.Context, tx *postgres.Tx, by access.Actor, in DecideInput, make func(Proposal) (decision int64, err error)) (Proposal, error) {
	return conclude(ctx, tx, by, in, Decided, ActDecided, make)
}

// Refuse makes a negative decision on a proposal, with reasons; make writes it. It waits for the client's answer as Decide does.
func Refuse(ctx context.Context, tx *postgres.Tx, by access.Actor, in DecideInput, make func(Proposal) (decision int64, err error)) (Proposal, error) {
	return conclude(ctx, tx, by, in, Refused, ActRefused, make)
}

func conclude(ctx context.Context, tx *postgres.Tx, by access.Actor, in DecideInput, state ProposalState, act audit.Act, make func(Proposal) (int64, error)) (Proposal, error) {
	p, err := held(ctx, tx, by, in.Organiser, in.Proposal, in.RowVersion)
	if err != nil {
		return Proposal{}, err
	}
	if p.State == Hearing {
		steps, err := Steps(ctx, tx, p)
		if err != nil {
			return Proposal{}, err
		}
		if q := lastAsked(steps); q != nil && *q.Due >= tx.Today() {
			return Proposal{}, errWaits.With("due", *q.Due)
		}
	}
	made, err := make(p)
	if err != nil {
		return Proposal{}, err
	}
	if err := p.become(ctx, tx, state, &made); err != nil {
		return Proposal{}, err
	}
	return p.stepped(ctx, tx, by, act, ProposalStep{Kind: string(state), Day: tx.Today(), Decision: &made})
}

// lastAsked is the newest question; nil when nothing was asked.
func lastAsked(steps []ProposalStep) *ProposalStep {
	var last *ProposalStep
	for i := range steps {
		if steps[i].Kind == "asked" {
			last = &steps[i]
		}
	}
	return last
}

// Withdraw takes a proposal back: nothing was asked for any more, or it was made by mistake. What was asked and answered stays.
func Withdraw(ctx context.Context, tx *postgres.Tx, by access.Actor, in DecideInput, why string) (Proposal, error) {
	p, err := held(ctx, tx, by, in.Organiser, in.Proposal, in.RowVersion)
	if err != nil {
		return Proposal{}, err
	}
	if strings.TrimSpace(why) == "" {
		return Proposal{}, errNoReasons
	}
	if err := p.become(ctx, tx, TakenBack, nil); err != nil {
		return Proposal{}, err
	}
	return p.stepped(ctx, tx, by, ActWithdrawn, ProposalStep{Kind: "withdrawn", Day: tx.Today(), Note: why})
}

// Proposed reads a proposal for its page; the reading of the client's data is logged.
func Proposed(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, id int64) (Proposal, error) {
	if err := by.May(access.DecisionRead, org); err != nil {
		return Proposal{}, err
	}
	r, err := db.New(tx).ProposalGet(ctx, db.ProposalGetParams{OrganiserID: org, ProposalID: id})
	p, err := proposalOf(r, err, id)
	if err != nil {
		return Proposal{}, err
	}
	if err := visible(ctx, tx, by, org, &p.Service); err != nil {
		return Proposal{}, errProposal.Because(err)
	}
	return p, logReading(ctx, tx, by, org, &p.Client, &p.Person, "proposal")
}

// Steps are a proposal's way from its beginning, for a page whose own reading has been checked and logged.
func Steps(ctx context.Context, tx *postgres.Tx, p Proposal) ([]ProposalStep, error) {
	rows, err := db.New(tx).ProposalSteps(ctx, db.ProposalStepsParams{OrganiserID: p.Organiser, ProposalID: p.ID})
	if err != nil {
		return nil, fmt.Errorf("reading the steps of proposal %d: %w", p.ID, err)
	}
	files, err := filesOf(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	steps := make([]ProposalStep, len(rows))
	for i, r := range rows {
		steps[i] = ProposalStep{ID: r.StepID, Files: files[r.StepID], Kind: r.Kind, Day: r.Day, Due: r.DueOn, Channel: r.Channel, Note: r.Note, Document: r.DocumentID, Decision: r.DecisionID, By: r.RecordedBy, At: r.RecordedAt}
	}
	return steps, nil
}

// ProposalsOfClient lists a client's proposals, newest first, for a page whose own reading has been checked and logged.
func ProposalsOfClient(ctx context.Context, tx *postgres.Tx, org int32, client int64) ([]Proposal, error) {
	rows, err := db.New(tx).ProposalsOfClient(ctx, db.ProposalsOfClientParams{OrganiserID: org, ClientID: client})
	if err != nil {
		return nil, fmt.Errorf("listing the proposals of client %d: %w", client, err)
	}
	list := make([]Proposal, len(rows))
	for i, r := range rows {
		if list[i], err = proposalOf(r, nil, r.ProposalID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func proposalOf(r db.Proposal, err error, id int64) (Proposal, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return Proposal{}, errProposal
	}
	if err != nil {
		return Proposal{}, fmt.Errorf("reading proposal %d: %w", id, err)
	}
	return Proposal{Organiser: r.OrganiserID, ID: r.ProposalID, Client: r.ClientID, Person: r.PersonID, Service: r.ServiceID, Kind: Kind(r.Kind), Input: r.Input,
		Snapshot: r.Snapshot, Amount: r.AmountCents, Reasons: r.Reasons, Office: r.Office, Contact: r.Contact, State: ProposalState(r.State), Decision: r.DecisionID,
		PreparedBy: r.PreparedBy, PreparedAt: r.PreparedAt, ChangedAt: r.ChangedAt, RowVersion: r.RowVersion}, nil
}
