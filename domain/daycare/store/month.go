package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// ActClosed is the audit's name of a month's close.
const ActClosed audit.Act = "daycare.month_closed"

// Month is a closed month.
type Month struct {
	Month    calendar.Month
	Rows     int
	Total    money.Cents
	ClosedAt time.Time
	ClosedBy string
}

// Close posts the statement rows of a month: what the decisions that hold owe for it, and what earlier closed months owe more or less by
// now, each difference naming the row that it takes back. A closed month never changes. Months are closed in order (DAY-090), not before
// the close day of the rules (DAY-091), and not while a child has two decisions on one day (DAY-092; Doubles names the children).
//
// Two who close at once meet at the month's key; the other one is told that it is stale.
func Close(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, m calendar.Month) (Month, error) {
	if err := by.May(access.SettlementPrepare, organiser); err != nil {
		return Month{}, err
	}
	rules, err := published(ctx, tx, organiser)
	if err != nil {
		return Month{}, err
	}
	if err := mayClose(ctx, tx, organiser, m, rules); err != nil {
		return Month{}, err
	}
	rows, parties, err := statement(ctx, tx, organiser, m)
	if err != nil {
		return Month{}, err
	}
	closed := Month{m, len(rows), daycare.Total(rows), tx.Now(), by.Name}
	answer := tx.Today() + calendar.Date(rules.on(m.Period().From).Profile.StatementDays)
	hash, err := storeRows(ctx, tx, by, organiser, closed, rows, parties, answer)
	if err != nil {
		return Month{}, err
	}
	return closed, audit.Write(ctx, tx, by, ActClosed, audit.Ref{Kind: "daycare_month", ID: int64(m), Label: m.String()},
		map[string]any{"rows": closed.Rows, "total_cents": int64(closed.Total), "sha256": fmt.Sprintf("%x", hash)})
}

func mayClose(ctx context.Context, tx *postgres.Tx, organiser int32, m calendar.Month, rules inForce) error {
	last, err := db.New(tx).MonthLast(ctx, organiser)
	if err != nil {
		return fmt.Errorf("reading the last closed month: %w", err)
	}
	if last.N > 0 && m != calendar.MonthOf(last.Month)+1 {
		return errMonthOrder.With("month", calendar.MonthOf(last.Month)+1)
	}
	days := m.Period()
	first := min(days.From+calendar.Date(rules.on(days.From).Profile.CloseDay-1), days.Last())
	if tx.Today() < first {
		return errMonthEarly.With("day", first)
	}
	return nil
}

// Preview gives the rows that closing the month would post now, without posting them.
func Preview(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, m calendar.Month) ([]daycare.StatementRow, error) {
	if err := by.May(access.SettlementPreview, organiser); err != nil {
		return nil, err
	}
	rows, _, err := statement(ctx, tx, organiser, m)
	return rows, err
}

// Double is a child who has two decisions on one day.
type Double struct {
	Child int64
	Name  string
}

// Doubles names the children for whom no month can be closed (DAY-092), and logs the reading.
func Doubles(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Double, error) {
	if err := by.May(access.SettlementPreview, organiser); err != nil {
		return nil, err
	}
	q := db.New(tx)
	sent, _, _, err := sentDecisions(ctx, q, organiser)
	if err != nil {
		return nil, err
	}
	ids, err := numbers(daycare.Overlapping(sent)...)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	people, err := q.ClientsNamed(ctx, db.ClientsNamedParams{OrganiserID: organiser, Clients: ids})
	if err != nil {
		return nil, fmt.Errorf("reading names of children: %w", err)
	}
	list, views := make([]Double, len(people)), make([]audit.View, len(people))
	for i, c := range people {
		list[i] = Double{c.ClientID, listName(c.LastName, c.FirstNames)}
		views[i] = audit.View{Organiser: organiser, Person: c.PersonID, Client: c.ClientID, Purpose: client.ForCase, What: "daycare"}
	}
	slices.SortFunc(list, func(a, b Double) int { return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Child, b.Child)) })
	return list, audit.SeenMany(ctx, tx, by, views)
}

// sentDecisions reads the decisions that hold on some day, their parties, and the first month in which any decision that was sent began;
// the far future when none was.
func sentDecisions(ctx context.Context, q *db.Queries, organiser int32) (sent []daycare.SentDecision, parties map[string]party, first calendar.Month, err error) {
	decisions, err := q.DecisionsOf(ctx, db.DecisionsOfParams{OrganiserID: organiser, Children: []int64{}})
	if err != nil {
		return nil, nil, 0, fmt.Errorf("reading decisions: %w", err)
	}
	parties, sent, first = make(map[string]party, len(decisions)), make([]daycare.SentDecision, 0, len(decisions)), calendar.MonthOf(calendar.Forever)
	for _, d := range decisions {
		first = min(first, calendar.MonthOf(d.ValidFrom))
		parties[text(d.ValueDecisionID)] = party{d.PersonID, d.ProviderID}
		if p := period(d.ValidFrom, d.ValidTo); !p.Empty() {
			sent = append(sent, daycare.SentDecision{ID: text(d.ValueDecisionID), Child: text(d.ChildID), Unit: text(d.UnitID), Period: p, Value: d.ValueCents, OwnShare: d.OwnCents, Payable: d.PayableCents})
		}
	}
	return sent, parties, first, nil
}

func statement(ctx context.Context, tx *postgres.Tx, organiser int32, m calendar.Month) ([]daycare.StatementRow, map[string]party, error) {
	q := db.New(tx)
	sent, parties, first, err := sentDecisions(ctx, q, organiser)
	if err != nil {
		return nil, nil, err
	}
	first = min(first, m)
	if double := daycare.Overlapping(sent); len(double) > 0 {
		return nil, nil, errOverlapping.With("n", len(double))
	}
	places, err := givenUp(ctx, tx, organiser)
	if err != nil {
		return nil, nil, err
	}
	sent = append(sent, daycare.NoticePay(places, sent)...)
	rows, err := q.RowsStanding(ctx, organiser)
	if err != nil {
		return nil, nil, fmt.Errorf("reading standing rows: %w", err)
	}
	standing := make([]daycare.StatementRow, len(rows))
	for i, r := range rows {
		standing[i] = daycare.StatementRow{Type: daycare.RowType(r.Kind), Child: text(r.ChildID), Unit: text(r.UnitID), Decision: text(r.ValueDecisionID), Period: period(r.ValidFrom, r.ValidTo),
			Days: int(r.Days), MonthDays: int(r.MonthDays), Value: r.ValueCents, OwnShare: r.OwnCents, Amount: r.RowCents, Entry: int(r.RowID), Notice: r.Notice}
	}
	return daycare.CloseRows(sent, standing, m, first), parties, nil
}

// party is whose a decision is: the child's person and the payee.
type party struct{ person, provider int64 }

func text(n int64) string { return strconv.FormatInt(n, 10) }

// storeRows numbers and writes the rows and a statement for each unit. The hash is over the rows in their order.
func storeRows(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, c Month, rows []daycare.StatementRow, parties map[string]party, answer calendar.Date) ([]byte, error) {
	q := db.New(tx)
	next, err := q.RowNext(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("numbering rows: %w", err)
	}
	first := c.Month.Period().From
	a := db.RowsAddParams{OrganiserID: organiser, Month: first}
	hash := sha256.New()
	for i, r := range rows {
		ids, err := numbers(r.Child, r.Unit, r.Decision)
		if err != nil {
			return nil, err
		}
		a.Ids, a.Kinds = append(a.Ids, next+int64(i)), append(a.Kinds, string(r.Type))
		a.Children, a.Units, a.Decisions = append(a.Children, ids[0]), append(a.Units, ids[1]), append(a.Decisions, ids[2])
		a.Froms, a.Tos = append(a.Froms, r.From), append(a.Tos, r.To)
		a.Days, a.MonthDays = append(a.Days, int32(r.Days)), append(a.MonthDays, int32(r.MonthDays))
		a.Vals, a.Owns, a.Amounts = append(a.Vals, int64(r.Value)), append(a.Owns, int64(r.OwnShare)), append(a.Amounts, int64(r.Amount))
		a.Refunds, a.Notices = append(a.Refunds, int64(r.Refunds)), append(a.Notices, r.Notice)
		a.Persons, a.Providers = append(a.Persons, parties[r.Decision].person), append(a.Providers, parties[r.Decision].provider)
		fmt.Fprintf(hash, "%d|%s|%d|%d|%d|%s|%s|%d|%d|%t\n", next+int64(i), r.Type, ids[0], ids[1], ids[2], r.From, r.To, r.Amount, r.Refunds, r.Notice)
	}
	sum := hash.Sum(nil)
	err = q.MonthAdd(ctx, db.MonthAddParams{OrganiserID: organiser, Month: first, RowCount: int32(c.Rows), TotalCents: c.Total, Sha256: sum, ClosedAt: c.ClosedAt,
		ClosedByAccount: by.Account, ClosedBy: by.Name})
	if postgres.ConstraintOf(err) == postgres.ConstraintDaycareMonthPkey {
		return nil, errStale.Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("closing %s: %w", c.Month, err)
	}
	if err := q.RowsAdd(ctx, a); err != nil {
		return nil, fmt.Errorf("writing %d rows of %s: %w", len(rows), c.Month, err)
	}
	if err := q.StatementsAdd(ctx, db.StatementsAddParams{OrganiserID: organiser, Month: first, AnswerBy: answer}); err != nil {
		return nil, fmt.Errorf("writing statements of %s: %w", c.Month, err)
	}
	return sum, nil
}

func numbers(texts ...string) ([]int64, error) {
	list := make([]int64, len(texts))
	for i, t := range texts {
		n, err := strconv.ParseInt(t, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("number %q of a row: %w", t, err)
		}
		list[i] = n
	}
	return list, nil
}

// Months lists the closed months, the newest first.
func Months(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Month, error) {
	if err := by.May(access.SettlementPreview, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).Months(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing months: %w", err)
	}
	list := make([]Month, len(rows))
	for i, r := range rows {
		list[i] = Month{calendar.MonthOf(r.Month), int(r.RowCount), r.TotalCents, r.ClosedAt, r.ClosedBy}
	}
	return list, nil
}
