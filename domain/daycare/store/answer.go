package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/domain/ledger"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on statements in the audit.
const (
	ActApproved audit.Act = "daycare.statement_approved"
	ActObjected audit.Act = "daycare.row_objected"
	ActAnswered audit.Act = "daycare.objection_answered"
	ActPosted   audit.Act = "daycare.rows_posted"
)

// Statement is a unit's statement of a closed month.
type Statement struct {
	Organiser  int32
	Month      calendar.Month
	Unit       int64
	UnitName   string
	Provider   int64
	Rows       int
	Total      money.Cents
	AnswerBy   calendar.Date // silence approves after it
	ApprovedAt *time.Time
	ApprovedBy string
	Silent     bool // nobody answered in time
	Open       int  // objections without an answer
	Posted     int  // rows in the ledger
	Closed     calendar.Date
}

// Ref names the statement in the audit.
func (s Statement) Ref() audit.Ref {
	return audit.Ref{Kind: "daycare_statement", ID: s.Unit, Label: s.Month.String()}
}

// mayAnswer tells the right of who reads and answers statements; a provider its own only.
func mayAnswer(by access.Actor, organiser int32) (provider int64, err error) {
	if by.Role.Side() == access.ProviderSide {
		return by.Provider, by.May(access.DaycareReport, organiser)
	}
	return 0, by.May(access.SettlementRead, organiser)
}

// Statements lists statements of a month (0 = all) by unit. A provider sees its own.
func Statements(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, m calendar.Month) ([]Statement, error) {
	provider, err := mayAnswer(by, organiser)
	if err != nil {
		return nil, err
	}
	a := db.StatementsParams{OrganiserID: organiser, Provider: provider}
	if m != 0 {
		a.Month = m.Period().From
	}
	rows, err := db.New(tx).Statements(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("listing statements: %w", err)
	}
	list := make([]Statement, len(rows))
	for i, r := range rows {
		list[i] = Statement{Organiser: r.OrganiserID, Month: calendar.MonthOf(r.Month), Unit: r.UnitID, UnitName: r.UnitName, Provider: r.ProviderID, Rows: int(r.RowCount),
			Total: r.TotalCents, AnswerBy: r.AnswerBy, ApprovedAt: r.ApprovedAt, ApprovedBy: r.ApprovedBy, Silent: r.Silent, Open: int(r.OpenObjections), Posted: int(r.Posted),
			Closed: calendar.DateOf(r.ClosedAt.In(calendar.Helsinki))}
	}
	return list, nil
}

// OneStatement reads one of them. DAY-093 for another provider's as for none.
func OneStatement(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, m calendar.Month, unit int64) (Statement, error) {
	list, err := Statements(ctx, tx, by, organiser, m)
	if err != nil {
		return Statement{}, err
	}
	for _, s := range list {
		if s.Unit == unit {
			return s, nil
		}
	}
	return Statement{}, errStatement
}

// Row is a row of a statement as it is read.
type Row struct {
	ID        int64
	Type      daycare.RowType
	Child     int64
	ChildName string
	Decision  int64
	Period    calendar.Period
	Days      int
	MonthDays int
	Value     money.Cents
	OwnShare  money.Cents
	Amount    money.Cents
	Refunds   int64  // row that it takes back
	Objection string // of the provider
	Answer    string
	Posted    bool
	Notice    bool // of days after notice, whatever the type
}

// Rows reads a statement and logs the reading of its children.
func Rows(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, m calendar.Month, unit int64) ([]Row, error) {
	if _, err := lockStatement(ctx, tx, by, organiser, m, unit); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).RowsOfStatement(ctx, db.RowsOfStatementParams{OrganiserID: organiser, Month: m.Period().From, UnitID: unit})
	if err != nil {
		return nil, fmt.Errorf("reading rows of %s: %w", m, err)
	}
	list, seen := make([]Row, len(rows)), map[int64]bool{}
	var views []audit.View
	purpose := client.ForCase
	if by.Role.Side() == access.ProviderSide {
		purpose = client.ForService
	}
	for i, r := range rows {
		list[i] = Row{r.RowID, daycare.RowType(r.Kind), r.ChildID, strings.TrimSpace(r.LastName + " " + r.FirstNames), r.ValueDecisionID, period(r.ValidFrom, r.ValidTo), int(r.Days), int(r.MonthDays),
			r.ValueCents, r.OwnCents, r.RowCents, r.RefundsRow, r.Objection, r.Answer, r.Posted, r.Notice}
		if !seen[r.ChildID] {
			seen[r.ChildID] = true
			views = append(views, audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ChildID, Purpose: purpose, What: "daycare"})
		}
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}

// lockStatement queues who answers one statement; another provider's is as unknown as none.
func lockStatement(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, m calendar.Month, unit int64) (db.StatementLockRow, error) {
	provider, err := mayAnswer(by, organiser)
	if err != nil {
		return db.StatementLockRow{}, err
	}
	row, err := db.New(tx).StatementLock(ctx, db.StatementLockParams{OrganiserID: organiser, Month: m.Period().From, UnitID: unit})
	if errors.Is(err, pgx.ErrNoRows) || err == nil && provider != 0 && provider != row.ProviderID {
		return row, errStatement
	}
	if err != nil {
		return row, fmt.Errorf("locking the statement of %s: %w", m, err)
	}
	return row, nil
}

// Approve is the provider's yes to a statement. Its rows go to the ledger at once, where the next run of settlement finds them; a row with
// an objection waits for its answer. DAY-094 when it is approved already.
// Locks: statement, then the payee's open period.
func Approve(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, m calendar.Month, unit int64) error {
	if by.Role.Side() != access.ProviderSide {
		return errStatement // the organiser's own way is silence: see ApproveSilent
	}
	return approve(ctx, tx, by, organiser, m, unit, false)
}

func approve(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, m calendar.Month, unit int64, silent bool) error {
	row, err := lockStatement(ctx, tx, by, organiser, m, unit)
	if err != nil {
		return err
	}
	if row.Approved {
		return errApproved
	}
	err = db.New(tx).ApprovalAdd(ctx, db.ApprovalAddParams{OrganiserID: organiser, Month: m.Period().From, UnitID: unit, ProviderID: row.ProviderID, Silent: silent,
		ApprovedAt: tx.Now(), ApprovedBy: by.Name})
	if err != nil {
		return fmt.Errorf("approving the statement of %s: %w", m, err)
	}
	if err := audit.Write(ctx, tx, by, ActApproved, Statement{Month: m, Unit: unit}.Ref(), map[string]any{"silent": silent}); err != nil {
		return err
	}
	return post(ctx, tx, by, organiser, m, unit, row.ProviderID)
}

// ApproveSilent approves the statements whose time to answer has passed, and tells how many.
func ApproveSilent(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (int, error) {
	if err := by.May(access.SettlementPrepare, organiser); err != nil {
		return 0, err
	}
	rows, err := db.New(tx).StatementsSilent(ctx, db.StatementsSilentParams{OrganiserID: organiser, Day: tx.Today()})
	if err != nil {
		return 0, fmt.Errorf("listing statements without an answer: %w", err)
	}
	for _, r := range rows {
		if err := approve(ctx, tx, by, organiser, calendar.MonthOf(r.Month), r.UnitID, true); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// Object is the provider's no to one row, before the statement is approved (DAY-094) and once (DAY-095).
// Locks: statement.
func Object(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64, words string) error {
	if words = strings.TrimSpace(words); words == "" {
		return errReason.At("words")
	}
	q := db.New(tx)
	place, err := q.RowPlace(ctx, db.RowPlaceParams{OrganiserID: organiser, RowID: id})
	if err != nil {
		return errStatement.Because(err)
	}
	row, err := lockStatement(ctx, tx, by, organiser, calendar.MonthOf(place.Month), place.UnitID)
	if err != nil {
		return err
	}
	if row.Approved {
		return errApproved
	}
	err = q.ObjectionAdd(ctx, db.ObjectionAddParams{OrganiserID: organiser, RowID: id, ProviderID: row.ProviderID, Words: words, MadeAt: tx.Now(), MadeBy: by.Name})
	if postgres.ConstraintOf(err) == postgres.ConstraintDaycareObjectionPkey {
		return errObjected.Because(err)
	}
	if err != nil {
		return fmt.Errorf("objecting to row %d: %w", id, err)
	}
	return audit.Write(ctx, tx, by, ActObjected, audit.Ref{Kind: "daycare_row", ID: id, Label: text(id)}, nil)
}

// Answer ends an objection with words for the provider, and the row is paid. Where the provider was right the child's facts are corrected
// first or afterwards: the next month then takes the row back and puts the right one in its place, so nothing is lost either way.
// Locks: statement, then the payee's open period.
func Answer(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64, words string) error {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return err
	}
	if words = strings.TrimSpace(words); words == "" {
		return errReason.At("words")
	}
	q := db.New(tx)
	state, err := q.ObjectionState(ctx, db.ObjectionStateParams{OrganiserID: organiser, RowID: id})
	if err != nil || state.Answered {
		return errNoObjection.Because(err)
	}
	place, err := q.RowPlace(ctx, db.RowPlaceParams{OrganiserID: organiser, RowID: id})
	if err != nil {
		return fmt.Errorf("reading row %d: %w", id, err)
	}
	if _, err := q.StatementLock(ctx, db.StatementLockParams{OrganiserID: organiser, Month: place.Month, UnitID: place.UnitID}); err != nil {
		return fmt.Errorf("locking the statement of row %d: %w", id, err)
	}
	err = q.AnswerAdd(ctx, db.AnswerAddParams{OrganiserID: organiser, RowID: id, ProviderID: state.ProviderID, Words: words, AnsweredAt: tx.Now(), AnsweredBy: by.Name})
	if err != nil {
		return fmt.Errorf("answering the objection to row %d: %w", id, err)
	}
	if err := audit.Write(ctx, tx, by, ActAnswered, audit.Ref{Kind: "daycare_row", ID: id, Label: text(id)}, nil); err != nil {
		return err
	}
	return post(ctx, tx, by, organiser, calendar.MonthOf(place.Month), place.UnitID, place.ProviderID)
}

// post moves approved rows to the ledger, each once: what is owed to the payee's open period, what is taken back from it. A sum below
// nothing is carried by settlement like any other.
func post(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, m calendar.Month, unit, provider int64) error {
	q := db.New(tx)
	rows, err := q.RowsToPost(ctx, db.RowsToPostParams{OrganiserID: organiser, Month: m.Period().From, UnitID: unit})
	if err != nil || len(rows) == 0 {
		return err
	}
	rules, err := published(ctx, tx, organiser)
	if err != nil {
		return err
	}
	periods, err := ledger.SharePeriods(ctx, tx, organiser, []int64{provider})
	if err != nil {
		return err
	}
	var postings []ledger.Posting
	a := db.RowsPostedParams{OrganiserID: organiser, ProviderID: provider, PeriodNo: periods[provider], PostedAt: tx.Now()}
	var total money.Cents
	for _, r := range rows {
		a.Ids, total = append(a.Ids, r.RowID), total+r.RowCents
		if r.RowCents != 0 { // a row of nothing is on the statement only
			postings = append(postings, posting(r, periods[provider], rules.on(r.ValidFrom).Content))
		}
	}
	if err := ledger.Post(ctx, tx, organiser, postings); err != nil {
		return err
	}
	if err := q.RowsPosted(ctx, a); err != nil {
		return fmt.Errorf("noting posted rows of %s: %w", m, err)
	}
	return audit.Write(ctx, tx, by, ActPosted, Statement{Month: m, Unit: unit}.Ref(), map[string]any{"rows": len(rows), "total_cents": int64(total), "period": periods[provider]})
}

// posting of a row. Its quantity is the part of the month, rounded down to what a quantity can say; the amount does not follow from it.
func posting(r db.RowsToPostRow, open int32, content int64) ledger.Posting {
	p := ledger.Posting{Provider: r.ProviderID, Period: open, Debit: ledger.Expense, DebitRef: content, Credit: ledger.Payable, CreditRef: r.ProviderID,
		Amount: r.RowCents, Quantity: money.Units(int64(r.Days)) / money.Quantity(max(1, r.MonthDays)), Bucket: ledger.Whole, ServiceDate: r.ValidFrom,
		Source: ledger.FromMonth, SourceID: r.RowID}
	if r.RowCents < 0 {
		p.Amount = -r.RowCents
		p = p.Reversed(ledger.FromMonth, r.RowID, 0)
	}
	return p
}

// Verify compares every row that was posted with the ledger.
func Verify(ctx context.Context, tx *postgres.Tx, organiser int32) ([]ledger.Difference, error) {
	rows, err := db.New(tx).PostingDifferences(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("replaying rows of months: %w", err)
	}
	var out []ledger.Difference
	for _, r := range rows {
		out = append(out, ledger.Difference{What: fmt.Sprintf("row %d of a month", r.RowID), Stored: fmt.Sprintf("%d cents posted", r.PostedCents), Facts: fmt.Sprintf("%d cents", r.DueCents)})
	}
	return out, nil
}

// ProviderChild is a child with a place at a provider.
type ProviderChild struct {
	Child     int64
	Name      string
	BirthDate calendar.Date
	Placement int64
	Unit      int64
	UnitName  string
	Kind      string
	Period    calendar.Period
	Notice    *calendar.Date
}

// OfProvider lists the children with a place at the provider now or later, and logs the reading.
func OfProvider(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]ProviderChild, error) {
	if err := by.May(access.DaycareReport, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).PlacementsOfProvider(ctx, db.PlacementsOfProviderParams{OrganiserID: organiser, ProviderID: by.Provider, Day: tx.Today()})
	if err != nil {
		return nil, fmt.Errorf("listing children of provider %d: %w", by.Provider, err)
	}
	list := make([]ProviderChild, len(rows))
	views := make([]audit.View, len(rows))
	for i, r := range rows {
		list[i] = ProviderChild{r.ChildID, strings.TrimSpace(r.LastName + " " + r.FirstNames), r.BirthDate, r.PlacementID, r.UnitID, r.UnitName, r.Kind, period(r.ValidFrom, r.ValidTo), r.NoticeOn}
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ChildID, Purpose: client.ForService, What: "daycare"}
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}
