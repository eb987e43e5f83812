package economy

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
	"seteli/domain/daycare/economy/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on costs in the audit.
const (
	ActCostSaved   audit.Act = "daycare.cost_saved"
	ActAssumptions audit.Act = "daycare.assumptions_saved"
)

var (
	errSource  = fault.New(fault.Invalid, "ECO-002", "economy.cost.no_source").At("source")
	errPeriod  = fault.New(fault.Invalid, "ECO-003", "economy.cost.period").At("to")
	errAmount  = fault.New(fault.Invalid, "ECO-004", "economy.cost.amount")
	errMonths  = fault.New(fault.Invalid, "ECO-005", "economy.cost.months").At("over_months")
	errOverlap = fault.New(fault.Conflict, "ECO-006", "economy.cost.overlap").At("from")
	errStale   = fault.New(fault.Stale, "ECO-007", "economy.cost.stale")
	errForm    = fault.New(fault.Invalid, "ECO-008", "economy.cost.unknown_form").At("form")
	errYears   = fault.New(fault.Invalid, "ECO-009", "economy.assumption.years").At("years")
)

// Costs are what own or purchased places cost in some months, with where the figures are from.
type Costs struct {
	ID         int64
	RowVersion int32
	Form       Form
	Period     calendar.Period // whole months
	Staff, Premises, Meals, Materials, Administration, Central, Contract,
	Fees money.Cents // client fees that came to the municipality
	Over, Under int    // child-months of three years and older, and under three
	Hours       int64  // of care; 0 = not known
	Ending      int    // per cent of the cost that ends when children move
	Allocation  string // by what the share of the central administration was divided; "" = not told
	Source      string
	SourceDate  calendar.Date
	EnteredAt   time.Time
	EnteredBy   string
}

// Gross is the sum of the cost lines.
func (c Costs) Gross() money.Cents {
	return c.Staff + c.Premises + c.Meals + c.Materials + c.Administration + c.Central + c.Contract
}

func (c Costs) check() error {
	var list fault.List
	if c.Form != Own && c.Form != Purchased {
		list = append(list, errForm)
	}
	if strings.TrimSpace(c.Source) == "" {
		list = append(list, errSource)
	}
	if c.Period.Empty() {
		list = append(list, errPeriod)
	}
	for field, x := range map[string]money.Cents{"staff": c.Staff, "premises": c.Premises, "meals": c.Meals, "materials": c.Materials, "administration": c.Administration,
		"central": c.Central, "contract": c.Contract, "fees": c.Fees} {
		if x < 0 || x > 100_000_000_000 {
			list = append(list, errAmount.At(field))
		}
	}
	if c.Over < 0 || c.Under < 0 || c.Over+c.Under == 0 {
		list = append(list, errMonths)
	}
	return list.Err()
}

// Save adds or changes costs, the main user's right of budgets. ECO-002 to ECO-006 when they cannot be, ECO-007 when somebody changed them.
func Save(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, c Costs) error {
	if err := by.May(access.BudgetEdit, organiser); err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	q := db.New(tx)
	a := db.CostAddParams{OrganiserID: organiser, Form: string(c.Form), ValidFrom: c.Period.From, ValidTo: c.Period.To, StaffCents: c.Staff, PremisesCents: c.Premises, MealsCents: c.Meals,
		MaterialsCents: c.Materials, AdministrationCents: c.Administration, CentralCents: c.Central, ContractCents: c.Contract, FeesCents: c.Fees, OverMonths: int32(c.Over), UnderMonths: int32(c.Under),
		CareHours: c.Hours, EndingPercent: int32(c.Ending), Allocation: c.Allocation, Source: c.Source, SourceDate: c.SourceDate, EnteredAt: tx.Now(), EnteredBy: by.Name}
	if c.ID != 0 { // what was entered stays for the record; the new row takes its place
		n, err := q.CostVoid(ctx, db.CostVoidParams{OrganiserID: organiser, CostID: c.ID, RowVersion: c.RowVersion, VoidedAt: tx.Now()})
		if err != nil {
			return fmt.Errorf("replacing costs %d: %w", c.ID, err)
		}
		if n == 0 {
			return errStale
		}
	}
	id, err := q.CostAdd(ctx, a)
	if postgres.ConstraintOf(err) == postgres.ConstraintDaycareCostNoOverlap {
		return errOverlap.Because(err)
	}
	if err != nil {
		return fmt.Errorf("keeping costs: %w", err)
	}
	return audit.Write(ctx, tx, by, ActCostSaved, audit.Ref{Kind: "daycare_cost", ID: id, Label: string(c.Form) + " " + c.Period.From.String()}, c)
}

// List lists the costs that hold, the newest first.
func List(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Costs, error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).CostList(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing costs: %w", err)
	}
	list := make([]Costs, len(rows))
	for i, r := range rows {
		list[i] = Costs{ID: r.CostID, RowVersion: r.RowVersion, Form: Form(r.Form), Period: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, Staff: r.StaffCents, Premises: r.PremisesCents,
			Meals: r.MealsCents, Materials: r.MaterialsCents, Administration: r.AdministrationCents, Central: r.CentralCents, Contract: r.ContractCents, Fees: r.FeesCents,
			Over: int(r.OverMonths), Under: int(r.UnderMonths), Hours: r.CareHours, Ending: int(r.EndingPercent), Allocation: r.Allocation, Source: r.Source, SourceDate: r.SourceDate, EnteredAt: r.EnteredAt, EnteredBy: r.EnteredBy}
	}
	return list, nil
}

// Assumptions are what no register knows.
type Assumptions struct {
	Hours          map[string]money.Quantity `json:"hours,omitempty"` // of care a month by service need
	Administration money.Cents               `json:"administration_cents"`
	Places         int                       `json:"places"` // in private units; 0 = the children of today
	Missing        *int                      `json:"missing,omitempty"`
	PerPlace       money.Cents               `json:"per_place_cents"`
	Interest       money.Rate                `json:"interest_percent"`
	Years          int                       `json:"years"`
	Rent           money.Cents               `json:"rent_cents"` // of a place in rented premises, a year; 0 = not told
	Source         string                    `json:"-"`
	SourceDate     calendar.Date             `json:"-"`
	EnteredAt      time.Time                 `json:"-"`
	EnteredBy      string                    `json:"-"`
}

const mostYears = 60

// Assume keeps assumptions; the newest hold.
func Assume(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, a Assumptions) error {
	if err := by.May(access.BudgetEdit, organiser); err != nil {
		return err
	}
	var list fault.List
	if strings.TrimSpace(a.Source) == "" {
		list = append(list, errSource)
	}
	if a.PerPlace < 0 || a.Administration < 0 || a.Rent < 0 || a.Rent > 100_000_000 || a.PerPlace > 100_000_000 {
		list = append(list, errAmount.At("per_place"))
	}
	if a.Years < 0 || a.Years > mostYears || a.Interest.Exact().Sign() < 0 || a.Interest.Exact().Cmp(money.Whole(30)) > 0 {
		list = append(list, errYears.With("most", mostYears))
	}
	if err := list.Err(); err != nil {
		return err
	}
	raw, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("writing assumptions: %w", err)
	}
	err = db.New(tx).AssumptionsAdd(ctx, db.AssumptionsAddParams{OrganiserID: organiser, Assumptions: string(raw), Source: a.Source, SourceDate: a.SourceDate, EnteredAt: tx.Now(), EnteredBy: by.Name})
	if err != nil {
		return fmt.Errorf("keeping assumptions: %w", err)
	}
	return audit.Write(ctx, tx, by, ActAssumptions, audit.Ref{Kind: "organiser", ID: int64(organiser), Label: fmt.Sprint(organiser)}, a)
}

// Assumed are the assumptions that hold; none entered is the zero value.
func Assumed(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (a Assumptions, err error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return a, err
	}
	r, err := db.New(tx).AssumptionsNow(ctx, organiser)
	if errors.Is(err, pgx.ErrNoRows) {
		return a, nil
	}
	if err != nil {
		return a, fmt.Errorf("reading assumptions: %w", err)
	}
	if err := json.Unmarshal([]byte(r.Assumptions), &a); err != nil {
		return a, fmt.Errorf("assumptions: %w", err)
	}
	a.Source, a.SourceDate, a.EnteredAt, a.EnteredBy = r.Source, r.SourceDate, r.EnteredAt, r.EnteredBy
	return a, nil
}

// VoucherOf reads the voucher places of closed months in a period: what the days of the period have been paid, corrections taken in.
func VoucherOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, p calendar.Period) (VoucherMonths, error) {
	v := VoucherMonths{ByOption: map[string]money.Exact{}}
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return v, err
	}
	rows, err := db.New(tx).VoucherMonths(ctx, db.VoucherMonthsParams{OrganiserID: organiser, FromDay: p.From, ToDay: p.To})
	if err != nil {
		return v, fmt.Errorf("reading closed months: %w", err)
	}
	for _, r := range rows {
		v.add(r.OptionCode, r.UnderThree, r.Days, int64(r.MonthDays), money.Cents(r.PaidCents))
		v.Rows, v.Corrections = v.Rows+int(r.RowCount), v.Corrections+int(r.Corrections)
	}
	return v, nil
}
