package voucher

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/rulebook"
	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Acts of changes of many vouchers.
const (
	ActBulkPrepared audit.Act = "voucher.bulk_prepared"
	ActBulkApproved audit.Act = "voucher.bulk_approved"
	ActBulkDropped  audit.Act = "voucher.bulk_dropped"
	ActBulkApplied  audit.Act = "voucher.bulk_applied"
)

// BulkKind is what a change of many vouchers does.
type BulkKind string

// Kinds of changes.
const (
	Revalue BulkKind = "revalue" // the value of the rulebook in force on the first day, e.g. after an index change
	Renew   BulkKind = "renew"   // a later end; values go on
)

// BulkInput prepares a change of all living vouchers of a service.
type BulkInput struct {
	Organiser int32
	Service   int64
	Kind      BulkKind
	From      calendar.Date // Revalue: first day of the new values
	ValidTo   calendar.Date // Renew: the new first day after the validity
	Reason    string        // printed in every client's decision
}

// Bulk is a prepared change with its counts.
type Bulk struct {
	Organiser                                 int32
	ID                                        int64
	Kind                                      BulkKind
	Service                                   int64
	From                                      calendar.Date
	ValidTo                                   *calendar.Date
	Rulebook                                  int64
	Reason                                    string
	State                                     string // prepared, approved, done, dropped
	RowVersion                                int32
	PreparedAt                                time.Time
	PreparedByAccount                         int64
	PreparedBy                                string
	ApprovedAt                                *time.Time
	ApprovedByAccount                         int64
	ApprovedBy, Office                        string
	Lines, Vouchers, Refused, Raised, Lowered int
	Applied, Decided                          int
	Lowest, Highest                           money.Cents // smallest and greatest change of a unit's value
}

// Ref names the change in the audit.
func (b Bulk) Ref() audit.Ref {
	return audit.Ref{Kind: "voucher_bulk", ID: b.ID, Label: string(b.Kind)}
}

// BulkLine is what happens to one content of one client's voucher.
type BulkLine struct {
	Line, Voucher, Client, Person, Content int64
	Number                                 ident.VoucherNumber
	ListName                               string // of the client, as lists have it
	Before, After                          money.Cents
	BeforeTo, AfterTo                      calendar.Date
	Refusal                                string    // fault code; "" = it changes
	Told                                   i18n.Told // its message; nothing with a line of an older program
	Applied                                bool
	Decision                               int64 // of the client; 0 = not made yet
}

// PrepareBulk computes every voucher's change and stores it for a second person's look. Nothing of the vouchers changes. It reads all
// vouchers in one statement and writes all lines in one, however many there are.
// VOU-050 when nothing would change.
func PrepareBulk(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, in BulkInput) (Bulk, error) {
	if err := by.May(access.VoucherBulk, in.Organiser); err != nil {
		return Bulk{}, err
	}
	if err := in.check(ctx, tx, by); err != nil {
		return Bulk{}, err
	}
	book, err := rulebook.Current(ctx, tx, in.Organiser, in.Service, in.first(tx.Today()))
	if err != nil {
		return Bulk{}, err
	}
	q := db.New(tx)
	rows, err := q.BulkCandidates(ctx, db.BulkCandidatesParams{OrganiserID: in.Organiser, ServiceID: in.Service, Today: tx.Today()})
	if err != nil {
		return Bulk{}, fmt.Errorf("reading the vouchers of service %d: %w", in.Service, err)
	}
	lines := db.BulkLinesAddParams{OrganiserID: in.Organiser}
	for _, r := range rows {
		after, afterTo, changes, refusal, err := in.change(means, book, r)
		if err != nil {
			return Bulk{}, err
		}
		if changes {
			if err := add(&lines, r, after, afterTo, refusal); err != nil {
				return Bulk{}, err
			}
		}
	}
	if len(lines.Lines) == 0 {
		return Bulk{}, errBulkNothing
	}
	p := db.BulkAddParams{OrganiserID: in.Organiser, Kind: string(in.Kind), ServiceID: in.Service, FromDate: in.first(tx.Today()), RulebookID: book.ID, Reason: in.Reason,
		PreparedAt: tx.Now(), PreparedByAccount: by.Account, PreparedBy: by.Name}
	if in.Kind == Renew {
		p.ValidTo = &in.ValidTo
	}
	id, err := q.BulkAdd(ctx, p)
	if err != nil {
		return Bulk{}, fmt.Errorf("storing a change of %d lines: %w", len(lines.Lines), err)
	}
	lines.BulkID = id
	if err := q.BulkLinesAdd(ctx, lines); err != nil {
		return Bulk{}, fmt.Errorf("storing the lines of change %d: %w", id, err)
	}
	b, err := oneBulk(ctx, tx, in.Organiser, id)
	if err != nil {
		return Bulk{}, err
	}
	return b, audit.Write(ctx, tx, by, ActBulkPrepared, b.Ref(), in)
}

func (in BulkInput) check(ctx context.Context, tx *postgres.Tx, by access.Actor) error {
	var faults fault.List
	if strings.TrimSpace(in.Reason) == "" {
		faults = append(faults, errReason)
	}
	switch {
	case in.Kind != Revalue && in.Kind != Renew:
		faults = append(faults, errBulkKind)
	case in.Kind == Revalue && in.From <= tx.Today():
		faults = append(faults, errBulkDay.At("from").With("today", tx.Today()))
	case in.Kind == Renew && in.ValidTo <= tx.Today():
		faults = append(faults, errBulkDay.At("valid_to").With("today", tx.Today()))
	}
	if err := faults.Err(); err != nil {
		return err
	}
	s, err := catalogue.ServiceAt(ctx, tx, in.Organiser, in.Service, tx.Today())
	if err == nil && !by.SeesService(s.Teams) {
		return errTeam
	}
	return err
}

// first is the day whose rulebook counts.
func (in BulkInput) first(today calendar.Date) calendar.Date {
	if in.Kind == Renew {
		return today
	}
	return in.From
}

// change computes one line. changes is false when it stays as it is; refusal is the fault that tells why it should have changed and cannot.
func (in BulkInput) change(means Means, book rulebook.Rulebook, r db.BulkCandidatesRow) (after money.Cents, to calendar.Date, changes bool, refusal, err error) {
	if in.Kind == Renew {
		if in.ValidTo <= r.ValidTo {
			return 0, 0, false, nil, nil
		}
		err := checkPeriod(calendar.Period{From: r.ValidFrom, To: in.ValidTo})
		return r.ValueCents, in.ValidTo, true, err, nil
	}
	if in.From >= r.ValidTo {
		return 0, 0, false, nil, nil
	}
	if in.From <= r.ValueFrom {
		return r.ValueCents, r.ValidTo, true, errValueDay.With("day", r.ValueFrom), nil
	}
	before, err := valueFromRow(db.ValuesOfRow{LineID: r.LineID, ValueCents: r.ValueCents, FeeCents: r.FeeCents, Bands: r.Bands, Facts: r.Facts})
	if err != nil {
		return 0, 0, false, nil, err
	}
	next, err := compute(means, book, before.Facts, r.ContentID, calendar.Period{From: in.From, To: r.ValidTo}, true)
	if err != nil {
		if fault.All(err) == nil {
			return 0, 0, false, nil, err
		}
		return r.ValueCents, r.ValidTo, true, err, nil
	}
	return next.Cents, r.ValidTo, !next.Worth().Same(before.Worth()), nil, nil
}

func add(p *db.BulkLinesAddParams, r db.BulkCandidatesRow, after money.Cents, to calendar.Date, refusal error) error {
	told, err := i18n.Tell(refusal).Stored()
	if err != nil {
		return fmt.Errorf("line %d: keeping why it does not change: %w", r.LineID, err)
	}
	p.Lines, p.Vouchers = append(p.Lines, r.LineID), append(p.Vouchers, r.VoucherID)
	p.Clients, p.Persons, p.Contents = append(p.Clients, r.ClientID), append(p.Persons, r.PersonID), append(p.Contents, r.ContentID)
	p.ValueFroms, p.Befores, p.Afters = append(p.ValueFroms, r.ValueFrom), append(p.Befores, int64(r.ValueCents)), append(p.Afters, int64(after))
	p.BeforeTos, p.AfterTos, p.Refusals = append(p.BeforeTos, r.ValidTo), append(p.AfterTos, to), append(p.Refusals, fault.CodeOf(refusal))
	p.Tolds = append(p.Tolds, told)
	return nil
}

// Bulks lists the changes of an organiser, newest first.
func Bulks(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Bulk, error) {
	if err := by.May(access.VoucherRead, organiser); err != nil {
		return nil, err
	}
	return bulks(ctx, tx, organiser, 0)
}

// BulksWaiting counts the changes that wait for a second person.
func BulksWaiting(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (int64, error) {
	if err := by.May(access.VoucherRead, organiser); err != nil {
		return 0, err
	}
	n, err := db.New(tx).BulkWaiting(ctx, organiser)
	if err != nil {
		return 0, fmt.Errorf("counting changes of many vouchers: %w", err)
	}
	return int64(n), nil
}

// BulkPage is which lines of a change are looked at.
type BulkPage struct {
	After   int64 // the last line of the page before; 0 = from the beginning
	Most    int32
	Refused bool // only those that do not change
}

// BulkOf gives one change with a page of its lines.
func BulkOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64, page BulkPage) (Bulk, []BulkLine, error) {
	if err := by.May(access.VoucherRead, organiser); err != nil {
		return Bulk{}, nil, err
	}
	b, err := oneBulk(ctx, tx, organiser, id)
	if err != nil {
		return Bulk{}, nil, err
	}
	rows, err := db.New(tx).BulkLines(ctx, db.BulkLinesParams{OrganiserID: organiser, BulkID: id, AfterLine: page.After, Most: page.Most, Refused: page.Refused})
	if err != nil {
		return Bulk{}, nil, fmt.Errorf("reading the lines of change %d: %w", id, err)
	}
	lines, views := make([]BulkLine, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		number, err := ident.ParseVoucherNumber(r.Number)
		if err != nil {
			return Bulk{}, nil, fmt.Errorf("voucher %d: stored number: %w", r.VoucherID, err)
		}
		told, err := i18n.ReadTold(r.RefusalTold)
		if err != nil {
			return Bulk{}, nil, fmt.Errorf("change %d, line %d: %w", id, r.LineID, err)
		}
		lines[i] = BulkLine{Line: r.LineID, Voucher: r.VoucherID, Client: r.ClientID, Person: r.PersonID, Content: r.ContentID, Number: number, Before: r.BeforeCents,
			After: r.AfterCents, BeforeTo: r.BeforeTo, AfterTo: r.AfterTo, Refusal: r.Refusal, Told: told, Applied: r.AppliedAt != nil,
			ListName: client.Client{Details: client.Details{LastName: r.LastName, FirstNames: r.FirstNames}}.ListName()}
		if r.DecisionID != nil {
			lines[i].Decision = *r.DecisionID
		}
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ClientID, Purpose: "voucher.bulk", What: "voucher"}
	}
	return b, lines, audit.SeenMany(ctx, tx, by, views)
}

func oneBulk(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Bulk, error) {
	list, err := bulks(ctx, tx, organiser, id)
	if err != nil {
		return Bulk{}, err
	}
	if id == 0 || len(list) == 0 {
		return Bulk{}, errBulkUnknown
	}
	return list[0], nil
}

func bulks(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) ([]Bulk, error) {
	rows, err := db.New(tx).BulkList(ctx, db.BulkListParams{OrganiserID: organiser, BulkID: id})
	if err != nil {
		return nil, fmt.Errorf("reading changes of many vouchers: %w", err)
	}
	out := make([]Bulk, len(rows))
	for i, r := range rows {
		out[i] = Bulk{Organiser: organiser, ID: r.BulkID, Kind: BulkKind(r.Kind), Service: r.ServiceID, From: r.FromDate, ValidTo: r.ValidTo, Rulebook: r.RulebookID,
			Reason: r.Reason, State: r.State, RowVersion: r.RowVersion, PreparedAt: r.PreparedAt, PreparedByAccount: r.PreparedByAccount, PreparedBy: r.PreparedBy,
			ApprovedAt: r.ApprovedAt, Lines: int(r.Lines), Vouchers: int(r.Vouchers), Refused: int(r.Refused), Raised: int(r.Raised), Lowered: int(r.Lowered),
			Applied: int(r.Applied), Decided: int(r.Decided), Lowest: money.Cents(r.Lowest), Highest: money.Cents(r.Highest)}
		if r.ApprovedByAccount != nil && r.ApprovedBy != nil && r.ApprovedByTitle != nil {
			out[i].ApprovedByAccount, out[i].ApprovedBy, out[i].Office = *r.ApprovedByAccount, *r.ApprovedBy, *r.ApprovedByTitle
		}
	}
	return out, nil
}

// BulkDecision approves or drops a prepared change.
type BulkDecision struct {
	Organiser  int32
	ID         int64
	RowVersion int32
	Office     string // of who approves; printed in every client's decision
}

// ApproveBulk lets the change happen; another person than who prepared it (ACC-004). The vouchers follow in the background.
func ApproveBulk(ctx context.Context, tx *postgres.Tx, by access.Actor, in BulkDecision) (Bulk, error) {
	if err := by.May(access.VoucherBulkApprove, in.Organiser); err != nil {
		return Bulk{}, err
	}
	b, err := prepared(ctx, tx, in)
	if err != nil {
		return Bulk{}, err
	}
	if err := by.NotSame(b.PreparedByAccount); err != nil {
		return Bulk{}, err
	}
	if strings.TrimSpace(in.Office) == "" {
		return Bulk{}, errOffice
	}
	if BulkKind(b.Kind) == Revalue && b.FromDate <= tx.Today() {
		return Bulk{}, errBulkDay.At("from").With("today", tx.Today())
	}
	now := tx.Now()
	if err := setBulk(ctx, tx, db.BulkStateParams{OrganiserID: in.Organiser, BulkID: in.ID, RowVersion: in.RowVersion, State: "approved", ApprovedAt: &now,
		ApprovedByAccount: &by.Account, ApprovedBy: &by.Name, ApprovedByTitle: &in.Office}); err != nil {
		return Bulk{}, err
	}
	out, err := oneBulk(ctx, tx, in.Organiser, in.ID)
	if err != nil {
		return Bulk{}, err
	}
	if err := audit.Write(ctx, tx, by, ActBulkApproved, out.Ref(), map[string]any{"vouchers": out.Vouchers, "refused": out.Refused}); err != nil {
		return Bulk{}, err
	}
	return out, tx.Outbox(ctx, postgres.Message{Organiser: in.Organiser, Topic: topicBulk, Dedup: fmt.Sprintf("%s:%d", topicBulk, in.ID), Payload: bulkMessage{Bulk: in.ID}})
}

// DropBulk throws a prepared change away.
func DropBulk(ctx context.Context, tx *postgres.Tx, by access.Actor, in BulkDecision) error {
	if err := by.May(access.VoucherBulk, in.Organiser); err != nil {
		return err
	}
	if _, err := prepared(ctx, tx, in); err != nil {
		return err
	}
	if err := setBulk(ctx, tx, db.BulkStateParams{OrganiserID: in.Organiser, BulkID: in.ID, RowVersion: in.RowVersion, State: "dropped"}); err != nil {
		return err
	}
	return audit.Write(ctx, tx, by, ActBulkDropped, audit.Ref{Kind: "voucher_bulk", ID: in.ID}, nil)
}

func prepared(ctx context.Context, tx *postgres.Tx, in BulkDecision) (db.BulkLockRow, error) {
	b, err := db.New(tx).BulkLock(ctx, db.BulkLockParams{OrganiserID: in.Organiser, BulkID: in.ID})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return b, errBulkUnknown
	case err != nil:
		return b, fmt.Errorf("locking change %d: %w", in.ID, err)
	case b.State != "prepared" || b.RowVersion != in.RowVersion:
		return b, errStale
	}
	return b, nil
}

func setBulk(ctx context.Context, tx *postgres.Tx, p db.BulkStateParams) error {
	n, err := db.New(tx).BulkState(ctx, p)
	if err != nil {
		return fmt.Errorf("change %d: storing state %s: %w", p.BulkID, p.State, err)
	}
	if n != 1 {
		return errStale
	}
	return nil
}
