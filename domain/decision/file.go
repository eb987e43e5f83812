package decision

import (
	"context"
	"fmt"
	"slices"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/catalogue"
	"seteli/domain/decision/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on a decision's file in the audit.
const (
	ActSent     audit.Act = "decision.sent"
	ActReceived audit.Act = "decision.received"
	ActAppeal   audit.Act = "decision.appealed"
	ActOutcome  audit.Act = "decision.appeal_ended"
)

// StepKind is what happened to a decision after it was made.
type StepKind string

// Kinds of steps.
const (
	Sent          StepKind = "sent"
	Received      StepKind = "received"
	Replaced      StepKind = "replaced" // another decision took its place, e.g. the end of a voucher
	CorrectedStep StepKind = "corrected"
	AnnulledStep  StepKind = "annulled"
	Appealed      StepKind = "appeal"
	AppealEnded   StepKind = "appeal_outcome"
)

// AppealOutcome is how a request for rectification ended.
type AppealOutcome string

// Outcomes of an appeal.
const (
	Upheld    AppealOutcome = "upheld"    // the decision stands
	Changed   AppealOutcome = "changed"   // it was changed
	Returned  AppealOutcome = "returned"  // sent back to be decided anew
	Dismissed AppealOutcome = "dismissed" // not examined, e.g. too late
	Withdrawn AppealOutcome = "withdrawn"
)

// AppealOutcomes lists them in the order of a form.
func AppealOutcomes() []AppealOutcome {
	return []AppealOutcome{Upheld, Changed, Returned, Dismissed, Withdrawn}
}

var (
	errChannel   = fault.New(fault.Invalid, "DEC-030", "decision.channel_needed").At("channel")
	errBefore    = fault.New(fault.Invalid, "DEC-031", "decision.day_before").At("day")
	errFuture    = fault.New(fault.Invalid, "DEC-032", "decision.day_future").At("day")
	errNotSent   = fault.New(fault.Conflict, "DEC-033", "decision.not_sent")
	errNoAppeal  = fault.New(fault.Conflict, "DEC-034", "decision.no_appeal")
	errAppealed  = fault.New(fault.Conflict, "DEC-035", "decision.appealed_already")
	errOutcome   = fault.New(fault.Invalid, "DEC-036", "decision.outcome_needed").At("outcome")
	errCorrected = fault.New(fault.Conflict, "DEC-014", "decision.corrected_already")
)

// Step is one row of a decision's file.
type Step struct {
	Kind          StepKind
	Channel       Channel
	Day           calendar.Date
	Outcome       AppealOutcome
	Note          string
	Related       *int64 // the decision that replaced, corrected or annulled this one
	RelatedNumber string
	By            string
	At            time.Time
}

// Delivery is how and when the party got the decision, and until when it can be appealed.
type Delivery struct {
	Channel  Channel        // "" = not sent yet
	Sent     *calendar.Date // last time that it was sent
	Received *calendar.Date // as shown, else as the channel lets it be deemed; nil while only a receipt can tell
	Shown    bool           // somebody recorded the day of receipt
	Deadline *calendar.Date // last day of appeal; never a closed day
}

// Appeal is the newest request for rectification.
type Appeal struct {
	On      calendar.Date
	Note    string
	Late    bool // came after the last day
	Known   bool // false: the day of receipt is not known, and so neither is whether it came in time
	Outcome AppealOutcome
	Ended   *calendar.Date
}

// File is a decision with everything that happened to it.
type File struct {
	Decision
	Steps    []Step
	Delivery Delivery
	Appeal   *Appeal
	Newer    *Step // the step by which it was corrected, annulled or replaced; nil while it holds
}

// delivered reads the delivery from the steps: the last word counts.
func delivered(steps []Step, terms Terms) Delivery {
	var d Delivery
	for _, s := range steps {
		switch s.Kind {
		case Sent:
			d = Delivery{Channel: s.Channel, Sent: &s.Day}
			if day, deemed := terms.Received(s.Channel, s.Day); deemed {
				d.Received = &day
			}
		case Received:
			d.Received, d.Shown = &s.Day, true
		}
	}
	if d.Received != nil {
		d.Deadline = new(terms.Deadline(*d.Received))
	}
	return d
}

// appealed reads the newest appeal from the steps.
func appealed(steps []Step, d Delivery) *Appeal {
	var a *Appeal
	for _, s := range steps {
		switch {
		case s.Kind == Appealed:
			a = &Appeal{On: s.Day, Note: s.Note, Known: d.Deadline != nil, Late: d.Deadline != nil && s.Day > *d.Deadline}
		case s.Kind == AppealEnded && a != nil:
			a.Outcome, a.Ended = s.Outcome, &s.Day
		}
	}
	return a
}

// Open reads a decision's file; a client's leaves a row in the access log. Staff bound to teams see the services of their teams.
func Open(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, id int64) (File, error) {
	d, err := Get(ctx, tx, by, org, id)
	if err != nil {
		return File{}, err
	}
	if err := visible(ctx, tx, by, org, d.Service); err != nil {
		return File{}, err
	}
	return d.file(ctx, tx)
}

func (d Decision) file(ctx context.Context, tx *postgres.Tx) (File, error) {
	rows, err := db.New(tx).StepsOf(ctx, db.StepsOfParams{OrganiserID: d.Organiser, Decisions: []int64{d.ID}})
	if err != nil {
		return File{}, fmt.Errorf("reading the file of decision %s: %w", d.Number, err)
	}
	f := File{Decision: d}
	for _, r := range rows {
		s := Step{Kind: StepKind(r.Kind), Channel: Channel(r.Channel), Day: r.Day, Outcome: AppealOutcome(r.Outcome), Note: r.Note, Related: r.RelatedID,
			RelatedNumber: r.RelatedNumber, By: r.RecordedBy, At: r.RecordedAt}
		f.Steps = append(f.Steps, s)
		if s.Kind == CorrectedStep || s.Kind == AnnulledStep || s.Kind == Replaced {
			f.Newer = &s
		}
	}
	f.Delivery = delivered(f.Steps, d.Terms)
	f.Appeal = appealed(f.Steps, f.Delivery)
	return f, nil
}

// visible answers as if the thing did not exist when it is about a service of other teams.
func visible(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, service *int64) error {
	if service == nil || by.Role.Side() != access.OrganiserSide || len(by.Teams) == 0 {
		return nil
	}
	s, err := catalogue.ServiceAt(ctx, tx, org, *service, tx.Today())
	if err != nil {
		return err
	}
	if !by.SeesService(s.Teams) {
		return errUnknown
	}
	return nil
}

// OfClient lists a client's decisions, newest first, for a page whose own reading has been checked and logged.
func OfClient(ctx context.Context, tx *postgres.Tx, org int32, client int64) ([]Decision, error) {
	rows, err := db.New(tx).DecisionsOfClient(ctx, db.DecisionsOfClientParams{OrganiserID: org, ClientID: &client})
	if err != nil {
		return nil, fmt.Errorf("listing the decisions of client %d: %w", client, err)
	}
	out := make([]Decision, len(rows))
	for i, r := range rows {
		out[i] = fromRow(r)
	}
	return out, nil
}

// opened reads the file of a decision that the actor may add to.
func opened(ctx context.Context, tx *postgres.Tx, by access.Actor, right access.Right, org int32, id int64) (File, error) {
	if err := by.May(right, org); err != nil {
		return File{}, err
	}
	return Open(ctx, tx, by, org, id)
}

// add writes one row and the audit.
func (f File) add(ctx context.Context, tx *postgres.Tx, by access.Actor, act audit.Act, s Step) error {
	if err := f.Decision.step(ctx, tx, by, s); err != nil {
		return err
	}
	return audit.Write(ctx, tx, by, act, f.Ref(), map[string]any{"day": s.Day, "channel": s.Channel, "outcome": s.Outcome, "note": s.Note})
}

func (d Decision) step(ctx context.Context, tx *postgres.Tx, by access.Actor, s Step) error {
	_, err := db.New(tx).StepAdd(ctx, db.StepAddParams{OrganiserID: d.Organiser, DecisionID: d.ID, PersonID: d.Person, ProviderID: d.Provider, Kind: string(s.Kind),
		Channel: string(s.Channel), Day: s.Day, Outcome: string(s.Outcome), Note: s.Note, RelatedID: s.Related,
		RecordedByAccount: by.Account, RecordedBy: by.Name, RecordedAt: tx.Now()})
	if postgres.ConstraintOf(err) == postgres.ConstraintDecisionStepCorrectedUnique {
		return errCorrected.Because(err)
	}
	if err != nil {
		return fmt.Errorf("decision %s: noting %s: %w", d.Number, s.Kind, err)
	}
	return nil
}

// note adds the rows that a decision brings as it is made: its delivery by hand, and on what it replaces that it did.
func (d Decision) note(ctx context.Context, tx *postgres.Tx, by access.Actor, handed bool) error {
	if handed {
		if err := d.step(ctx, tx, by, Step{Kind: Sent, Channel: ByHand, Day: d.MadeOn}); err != nil {
			return err
		}
	}
	if d.Replaces == nil {
		return nil
	}
	original, err := one(ctx, tx, d.Organiser, *d.Replaces)
	if err != nil {
		return err
	}
	kind := Replaced
	switch {
	case d.Kind == Correction:
		kind = CorrectedStep
	case d.Outcome == Annulled:
		kind = AnnulledStep
	}
	return original.step(ctx, tx, by, Step{Kind: kind, Day: d.MadeOn, Related: &d.ID})
}

// within refuses a day before the first possible one or in the future.
func within(day, first, today calendar.Date, field string) error {
	switch {
	case day < first:
		return errBefore.At(field).With("first", first)
	case day > today:
		return errFuture.At(field)
	}
	return nil
}

// SentInput tells how and when a decision was sent. Received is the day of receipt when it is known already.
type SentInput struct {
	Organiser int32
	Decision  int64
	Channel   Channel
	Day       calendar.Date
	Received  *calendar.Date
	Note      string
}

// RecordSent adds a delivery; sending again (a returned letter) adds another and the last one counts.
func RecordSent(ctx context.Context, tx *postgres.Tx, by access.Actor, in SentInput) (File, error) {
	f, err := opened(ctx, tx, by, access.DecisionMake, in.Organiser, in.Decision)
	if err != nil {
		return File{}, err
	}
	if !slices.Contains(Channels(), in.Channel) {
		return File{}, errChannel
	}
	if err := within(in.Day, f.MadeOn, tx.Today(), "day"); err != nil {
		return File{}, err
	}
	if in.Received != nil {
		if err := within(*in.Received, in.Day, tx.Today(), "received"); err != nil {
			return File{}, err
		}
	}
	if err := f.add(ctx, tx, by, ActSent, Step{Kind: Sent, Channel: in.Channel, Day: in.Day, Note: in.Note}); err != nil {
		return File{}, err
	}
	if in.Received != nil {
		if err := f.add(ctx, tx, by, ActReceived, Step{Kind: Received, Day: *in.Received}); err != nil {
			return File{}, err
		}
	}
	return f.Decision.file(ctx, tx)
}

// ReceivedInput tells on which day the party is shown to have got the decision.
type ReceivedInput struct {
	Organiser int32
	Decision  int64
	Day       calendar.Date
	Note      string // what shows it: a receipt, the party's own word
}

// RecordReceived adds the day of receipt, which overrides the deemed one (434/2003, 59 §). DEC-033 before it was sent.
func RecordReceived(ctx context.Context, tx *postgres.Tx, by access.Actor, in ReceivedInput) (File, error) {
	f, err := opened(ctx, tx, by, access.DecisionMake, in.Organiser, in.Decision)
	if err != nil {
		return File{}, err
	}
	if f.Delivery.Sent == nil {
		return File{}, errNotSent
	}
	if err := within(in.Day, *f.Delivery.Sent, tx.Today(), "day"); err != nil {
		return File{}, err
	}
	if err := f.add(ctx, tx, by, ActReceived, Step{Kind: Received, Day: in.Day, Note: in.Note}); err != nil {
		return File{}, err
	}
	return f.Decision.file(ctx, tx)
}

// AppealInput is a request for rectification as it came in.
type AppealInput struct {
	Organiser int32
	Decision  int64
	Day       calendar.Date // on which it reached the registry
	Note      string
}

// RecordAppeal adds an appeal; whether it came in time follows from the delivery. A late one is recorded too: the body that handles
// it decides what follows. DEC-035 while an earlier one is open.
func RecordAppeal(ctx context.Context, tx *postgres.Tx, by access.Actor, in AppealInput) (File, error) {
	f, err := opened(ctx, tx, by, access.DecisionMake, in.Organiser, in.Decision)
	if err != nil {
		return File{}, err
	}
	if f.Appeal != nil && f.Appeal.Ended == nil {
		return File{}, errAppealed
	}
	if err := within(in.Day, f.MadeOn, tx.Today(), "day"); err != nil {
		return File{}, err
	}
	if err := f.add(ctx, tx, by, ActAppeal, Step{Kind: Appealed, Day: in.Day, Note: in.Note}); err != nil {
		return File{}, err
	}
	return f.Decision.file(ctx, tx)
}

// OutcomeInput is how an appeal ended.
type OutcomeInput struct {
	Organiser int32
	Decision  int64
	Day       calendar.Date
	Outcome   AppealOutcome
	Note      string
}

// RecordOutcome ends the open appeal. DEC-034 when there is none.
func RecordOutcome(ctx context.Context, tx *postgres.Tx, by access.Actor, in OutcomeInput) (File, error) {
	f, err := opened(ctx, tx, by, access.DecisionMake, in.Organiser, in.Decision)
	if err != nil {
		return File{}, err
	}
	switch {
	case f.Appeal == nil || f.Appeal.Ended != nil:
		return File{}, errNoAppeal
	case !slices.Contains(AppealOutcomes(), in.Outcome):
		return File{}, errOutcome
	}
	if err := within(in.Day, f.Appeal.On, tx.Today(), "day"); err != nil {
		return File{}, err
	}
	if err := f.add(ctx, tx, by, ActOutcome, Step{Kind: AppealEnded, Outcome: in.Outcome, Day: in.Day, Note: in.Note}); err != nil {
		return File{}, err
	}
	return f.Decision.file(ctx, tx)
}
