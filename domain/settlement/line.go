package settlement

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/ledger"
	"seteli/domain/settlement/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// LineKind is what a line of a statement does.
type LineKind string

// Kinds of lines: a delivery adds, a correction (deleted or changed before settlement) and a refund take away.
const (
	Delivery   LineKind = "delivery"
	Correction LineKind = "correction"
	Refund     LineKind = "refund"
)

// Line is one line of a statement.
type Line struct {
	Kind       LineKind
	Event      int64
	Date       calendar.Date
	Voucher    string // number; the client's name is not on statements
	Content    i18n.Names
	Times      []event.Timed // bands of time by which it was priced; none = the price is the same at all times
	Unit       string
	Quantity   money.Quantity
	Price      money.Cents
	Value      money.Cents
	Amount     money.Cents // the organiser's; negative when it takes away
	Reference  string      // of the provider's own system
	ReasonCode string
	client     int64
	person     int64
}

// Lines reads what a statement consists of, in the order of recording, and logs the reading of the clients' data. The
// transaction has the organiser's scope (by.In) and may write; whose statement it is, is checked here.
func Lines(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, run, provider int64) ([]Line, error) {
	if _, err := OneStatement(ctx, tx, by, organiser, run, provider); err != nil {
		return nil, err
	}
	list, err := lines(ctx, tx, organiser, run, provider)
	if err != nil {
		return nil, err
	}
	return list, logSeen(ctx, tx, by, organiser, list)
}

func lines(ctx context.Context, tx *postgres.Tx, organiser int32, run, provider int64) ([]Line, error) {
	periods, err := PeriodsOf(ctx, tx, organiser, run, provider)
	if err != nil {
		return nil, err
	}
	facts, err := event.LinesOfPeriods(ctx, tx, organiser, provider, periods)
	if err != nil {
		return nil, err
	}
	var contents, vouchers, events []int64
	for _, f := range facts {
		contents, vouchers, events = append(contents, f.Content), append(vouchers, f.Voucher), append(events, f.Event)
	}
	names, numbers, err := labels(ctx, tx, organiser, distinct(contents), distinct(vouchers))
	if err != nil {
		return nil, err
	}
	times, err := event.TimesOf(ctx, tx, organiser, distinct(events))
	if err != nil {
		return nil, err
	}
	out := make([]Line, len(facts))
	for i, f := range facts {
		c := names[f.Content]
		out[i] = Line{Kind: Delivery, Event: f.Event, Date: f.Date, Voucher: numbers[f.Voucher], Content: i18n.Names{Fi: c.NameFi, Sv: c.NameSv, En: c.NameEn},
			Times: times[f.Event], Unit: c.Unit, Quantity: f.Quantity, Price: f.Price, Value: f.Value, Amount: f.Amount, Reference: f.Reference, ReasonCode: f.ReasonCode, client: f.Client, person: f.Person}
		switch {
		case f.Refund:
			out[i].Kind = Refund
		case f.Correction:
			out[i].Kind = Correction
		}
	}
	months, err := monthLines(ctx, tx, organiser, provider, periods)
	return append(out, months...), err
}

// MonthRow is a row of a closed month on a statement: days under a decision, of which there is no event. Its number leads to the month's own
// statement, which names the child and the days.
type MonthRow struct {
	Row      int64
	Date     calendar.Date
	Service  int64
	Content  int64
	Quantity money.Quantity
	Amount   money.Cents // negative when it takes back
}

// MonthRows reads them in the order of posting, for readers whose statement has been checked. They name nobody.
func MonthRows(ctx context.Context, tx *postgres.Tx, organiser int32, provider int64, periods []int32) ([]MonthRow, error) {
	rows, err := db.New(tx).MonthLines(ctx, db.MonthLinesParams{OrganiserID: organiser, ProviderID: provider, Periods: periods})
	if err != nil {
		return nil, fmt.Errorf("reading the months of payee %d: %w", provider, err)
	}
	list := make([]MonthRow, len(rows))
	for i, r := range rows {
		list[i] = MonthRow{r.SourceID, r.ServiceDate, r.ServiceID, r.ContentID, r.Quantity, r.AmountCents}
		if r.DebitKind == ledger.Payable {
			list[i].Amount = -r.AmountCents
		}
	}
	return list, nil
}

// Kind of the row's line.
func (r MonthRow) Kind() LineKind {
	if r.Amount < 0 {
		return Refund
	}
	return Delivery
}

// monthLines are the rows of closed months as lines.
func monthLines(ctx context.Context, tx *postgres.Tx, organiser int32, provider int64, periods []int32) ([]Line, error) {
	rows, err := MonthRows(ctx, tx, organiser, provider, periods)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var contents []int64
	for _, r := range rows {
		contents = append(contents, r.Content)
	}
	names, _, err := labels(ctx, tx, organiser, distinct(contents), nil)
	if err != nil {
		return nil, err
	}
	out := make([]Line, len(rows))
	for i, r := range rows {
		c := names[r.Content]
		out[i] = Line{Kind: r.Kind(), Date: r.Date, Content: i18n.Names{Fi: c.NameFi, Sv: c.NameSv, En: c.NameEn}, Unit: c.Unit,
			Quantity: r.Quantity, Amount: r.Amount, Reference: strconv.FormatInt(r.Row, 10)}
	}
	return out, nil
}

func distinct(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}

func labels(ctx context.Context, tx *postgres.Tx, organiser int32, contents, vouchers []int64) (map[int64]db.ContentLabelsRow, map[int64]string, error) {
	q := db.New(tx)
	rows, err := q.ContentLabels(ctx, db.ContentLabelsParams{OrganiserID: organiser, Ids: contents})
	if err != nil {
		return nil, nil, fmt.Errorf("naming %d contents: %w", len(contents), err)
	}
	names := make(map[int64]db.ContentLabelsRow, len(rows))
	for _, r := range rows {
		names[r.ContentID] = r
	}
	found, err := q.VoucherLabels(ctx, db.VoucherLabelsParams{OrganiserID: organiser, Ids: vouchers})
	if err != nil {
		return nil, nil, fmt.Errorf("numbering %d vouchers: %w", len(vouchers), err)
	}
	numbers := make(map[int64]string, len(found))
	for _, r := range found {
		numbers[r.VoucherID] = r.Number
	}
	return names, numbers, nil
}

// logSeen leaves one row per client whose vouchers are on the statement.
func logSeen(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, list []Line) error {
	seen := map[int64]bool{}
	var views []audit.View
	for _, l := range list {
		if l.client != 0 && !seen[l.client] { // a row of a month names nobody
			seen[l.client] = true
			views = append(views, audit.View{Organiser: organiser, Client: l.client, Person: l.person, Purpose: "case.handling", What: "statement"})
		}
	}
	return audit.SeenMany(ctx, tx, by, views)
}
