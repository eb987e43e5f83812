package organiser

import (
	"context"
	"fmt"
	"slices"
	"time"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/organiser/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Budget is what may be spent on a service in a calendar year.
type Budget struct {
	Organiser  int32
	Service    int64
	Year       int
	Amount     money.Cents
	Source     string // "page" or the name of the file it came in
	SetAt      time.Time
	SetBy      string
	RowVersion int
}

// BudgetInput sets one budget; RowVersion 0 = there was none when the form was shown.
type BudgetInput struct {
	Organiser  int32
	Service    int64
	Year       int
	Amount     money.Cents
	RowVersion int
}

func (b BudgetInput) wrong() (list fault.List) {
	if b.Amount < 0 {
		list = append(list, errAmount)
	}
	if b.Year < 2000 || b.Year > 2200 {
		list = append(list, errYear)
	}
	return list
}

// SetBudget writes one budget. ORG-002 when somebody set it after it was shown.
func SetBudget(ctx context.Context, tx *postgres.Tx, by access.Actor, in BudgetInput) error {
	if err := by.May(access.BudgetEdit, in.Organiser); err != nil {
		return err
	}
	if err := in.wrong().Err(); err != nil {
		return err
	}
	q := db.New(tx)
	var n int64
	var err error
	if in.RowVersion == 0 {
		n, err = q.BudgetInsert(ctx, db.BudgetInsertParams{OrganiserID: in.Organiser, ServiceID: in.Service, Year: int32(in.Year),
			AmountCents: in.Amount, Source: "page", SetAt: tx.Now(), SetBy: by.Name})
	} else {
		n, err = q.BudgetUpdate(ctx, db.BudgetUpdateParams{OrganiserID: in.Organiser, ServiceID: in.Service, Year: int32(in.Year),
			AmountCents: in.Amount, Source: "page", SetAt: tx.Now(), SetBy: by.Name, RowVersion: int32(in.RowVersion)})
	}
	if postgres.ConstraintOf(err) == postgres.ConstraintBudgetService {
		return errService.Because(err)
	}
	if err != nil {
		return fmt.Errorf("setting budget of service %d for %d: %w", in.Service, in.Year, err)
	}
	if n == 0 {
		return ErrStale
	}
	ref := audit.Ref{Kind: "service", ID: in.Service, Label: fmt.Sprint(in.Year)}
	return audit.Write(ctx, tx, by, ActBudgetSet, ref, map[string]any{"year": in.Year, "amount_cents": int64(in.Amount)})
}

// Budgets lists the budgets of a year.
func Budgets(ctx context.Context, tx *postgres.Tx, organiser int32, year int) ([]Budget, error) {
	rows, err := db.New(tx).BudgetList(ctx, db.BudgetListParams{OrganiserID: organiser, Year: int32(year)})
	if err != nil {
		return nil, fmt.Errorf("listing budgets of %d: %w", year, err)
	}
	list := make([]Budget, len(rows))
	for i, r := range rows {
		list[i] = Budget{Organiser: organiser, Service: r.ServiceID, Year: int(r.Year), Amount: r.AmountCents, Source: r.Source,
			SetAt: r.SetAt, SetBy: r.SetBy, RowVersion: int(r.RowVersion)}
	}
	return list, nil
}

// BudgetLine is one line of a budget file, its service already found.
type BudgetLine struct {
	Row     int // line of the file
	Service int64
	Year    int
	Amount  money.Cents
}

// ImportBudgets writes the lines of a file, all or none, and tells how many changed something. The same file again changes none.
// Every fault names its line in the value "row".
func ImportBudgets(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, source string, lines []BudgetLine) (int, error) {
	if err := by.May(access.BudgetEdit, organiser); err != nil {
		return 0, err
	}
	if err := lineFaults(lines).Err(); err != nil {
		return 0, err
	}
	p := db.BudgetPutParams{OrganiserID: organiser, Source: source, SetAt: tx.Now(), SetBy: by.Name}
	for _, l := range lines {
		p.Services, p.Years, p.Amounts = append(p.Services, l.Service), append(p.Years, int32(l.Year)), append(p.Amounts, int64(l.Amount))
	}
	changed, err := db.New(tx).BudgetPut(ctx, p)
	if postgres.ConstraintOf(err) == postgres.ConstraintBudgetService {
		return 0, errService.Because(err)
	}
	if err != nil {
		return 0, fmt.Errorf("importing budgets from a file: %w", err)
	}
	ref := audit.Ref{Kind: "organiser", ID: int64(organiser), Label: source}
	return len(changed), audit.Write(ctx, tx, by, ActBudgetFile, ref, map[string]any{"lines": len(lines), "changed": len(changed)})
}

func lineFaults(lines []BudgetLine) (wrong fault.List) {
	type key struct {
		service int64
		year    int
	}
	first := map[key]int{}
	for _, l := range lines {
		for _, f := range (BudgetInput{Amount: l.Amount, Year: l.Year}).wrong() {
			wrong = append(wrong, f.With("row", l.Row))
		}
		k := key{l.Service, l.Year}
		if row, twice := first[k]; twice {
			wrong = append(wrong, errTwice.With("row", l.Row).With("first", row))
			continue
		}
		first[k] = l.Row
	}
	return wrong
}

// BudgetChange is what a file would do to one budget.
type BudgetChange struct {
	Line   BudgetLine
	Before *money.Cents // nil: there was none
}

// Changes reports whether the line would change anything.
func (c BudgetChange) Changes() bool { return c.Before == nil || *c.Before != c.Line.Amount }

// PreviewBudgets compares the lines of a file with the budgets in force; nothing is written.
func PreviewBudgets(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, lines []BudgetLine) ([]BudgetChange, error) {
	if err := by.May(access.BudgetEdit, organiser); err != nil {
		return nil, err
	}
	if err := lineFaults(lines).Err(); err != nil {
		return nil, err
	}
	var years []int
	for _, l := range lines {
		if !slices.Contains(years, l.Year) {
			years = append(years, l.Year)
		}
	}
	before := map[[2]int64]money.Cents{}
	for _, year := range years { // a file holds a year or two
		list, err := Budgets(ctx, tx, organiser, year)
		if err != nil {
			return nil, err
		}
		for _, b := range list {
			before[[2]int64{b.Service, int64(year)}] = b.Amount
		}
	}
	changes := make([]BudgetChange, len(lines))
	for i, l := range lines {
		changes[i] = BudgetChange{Line: l}
		if amount, ok := before[[2]int64{l.Service, int64(l.Year)}]; ok {
			changes[i].Before = &amount
		}
	}
	return changes, nil
}
