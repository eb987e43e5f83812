package daycare

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
)

// SentDecision is a value decision that has been sent, as the monthly settlement needs it.
type SentDecision struct {
	ID, Child, Unit string
	calendar.Period
	Value    money.Cents // of the voucher
	OwnShare money.Cents // final, after alterations
	Payable  money.Cents // of a whole month to the unit: what the price model leaves of value − own share
	Notice   bool        // not a decision's own days but those that are paid after notice: see NoticePay
}

// RowType says what a row of a statement is.
type RowType string

// An original row is of the statement's own month, and so is a row of days that are paid after notice. A refund takes a standing row of
// an earlier month back, a correction puts what is due now in its place.
const (
	Refund     RowType = "REFUND"
	Correction RowType = "CORRECTION"
	Original   RowType = "ORIGINAL"
	NoticeRow  RowType = "NOTICE"
)

var rowOrder = map[RowType]int{Refund: 1, Correction: 2, Original: 3, NoticeRow: 4}

// StatementRow is what a unit gets, or gives back, for days of one month of one child.
type StatementRow struct {
	Type            RowType
	Child, Unit     string
	Decision        string      // of which the row follows; of a refund that of the refunded row
	calendar.Period             // within one month
	Days, MonthDays int         // operational days of the period and of the month
	Value, OwnShare money.Cents // a month, of the decision
	Amount          money.Cents // of these days; a refund's is the negative of what it takes back
	Entry           int         // number of a posted row, from 1; 0 = not posted
	Refunds         int         // entry that a refund takes back; 0 = none
	Notice          bool        // of days after notice, whatever the type
}

// Month is the month that the row is of.
func (r StatementRow) Month() calendar.Month { return calendar.MonthOf(r.From) }

// rowKey is what makes two rows of a month equal: nothing is refunded and paid again between equal rows.
type rowKey struct {
	child, unit string
	calendar.Period
	amount money.Cents
	notice bool
}

func (r StatementRow) key() rowKey { return rowKey{r.Child, r.Unit, r.Period, r.Amount, r.Notice} }

// Due gives the rows that the effective decisions owe for a month, one for each that overlaps it, in the order of the
// decisions. It trusts that no two decisions of a child overlap (see Overlapping).
func Due(decisions []SentDecision, m calendar.Month) []StatementRow {
	month := m.Period()
	monthDays := OperationalDays(month)
	var rows []StatementRow
	for _, d := range decisions {
		p := d.Meet(month)
		if p.Empty() {
			continue
		}
		days := monthDays
		if p != month {
			days = OperationalDays(p)
		}
		kind := Original
		if d.Notice {
			kind = NoticeRow
		}
		rows = append(rows, StatementRow{Type: kind, Child: d.Child, Unit: d.Unit, Decision: d.ID, Period: p, Days: days, MonthDays: monthDays,
			Value: d.Value, OwnShare: d.OwnShare, Amount: MonthShare(d.Payable, days, monthDays), Notice: d.Notice})
	}
	return rows
}

// Corrections compares the rows that stand for a month with those that are due now, as multisets of child, unit, period and
// amount. What only stands is refunded, what is only due is a correction; equal rows stay silent.
func Corrections(standing, due []StatementRow) []StatementRow {
	wanted := make(map[rowKey]int, len(due))
	for _, r := range due {
		wanted[r.key()]++
	}
	silent := make(map[rowKey]int, len(due))
	var rows []StatementRow
	for _, r := range standing {
		k := r.key()
		if wanted[k] > 0 {
			wanted[k]--
			silent[k]++
			continue
		}
		r.Type, r.Amount, r.Refunds, r.Entry = Refund, -r.Amount, r.Entry, 0
		rows = append(rows, r)
	}
	for _, r := range due {
		if k := r.key(); silent[k] > 0 {
			silent[k]--
			continue
		}
		r.Type = Correction
		rows = append(rows, r)
	}
	return rows
}

// SortRows puts the rows of a statement in their order: child, period, refund before correction before original, unit.
func SortRows(rows []StatementRow) {
	slices.SortStableFunc(rows, func(a, b StatementRow) int {
		return cmp.Or(cmp.Compare(a.Child, b.Child), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To),
			cmp.Compare(rowOrder[a.Type], rowOrder[b.Type]), cmp.Compare(a.Unit, b.Unit))
	})
}

// Total is the sum of rows.
func Total(rows []StatementRow) money.Cents {
	var sum money.Cents
	for _, r := range rows {
		sum += r.Amount
	}
	return sum
}

// Cancel leaves out refunds and corrections of the same child, unit and period that make each other void: refunds first,
// then corrections, each with the first later one of the opposite amount. Rows of the month itself never cancel. The order stays.
func Cancel(rows []StatementRow) []StatementRow {
	type place struct {
		child, unit string
		calendar.Period
	}
	groups := map[place][]int{}
	for i, r := range rows {
		if r.Type == Refund || r.Type == Correction {
			p := place{r.Child, r.Unit, r.Period}
			groups[p] = append(groups[p], i)
		}
	}
	cancelled := make([]bool, len(rows))
	for _, group := range groups {
		slices.SortStableFunc(group, func(a, b int) int { return cmp.Compare(rowOrder[rows[a].Type], rowOrder[rows[b].Type]) })
		for n, i := range group {
			if cancelled[i] {
				continue
			}
			for _, j := range group[n+1:] {
				if !cancelled[j] && rows[j].Amount == -rows[i].Amount {
					cancelled[i], cancelled[j] = true, true
					break
				}
			}
		}
	}
	left := make([]StatementRow, 0, len(rows))
	for i, r := range rows {
		if !cancelled[i] {
			left = append(left, r)
		}
	}
	return left
}
