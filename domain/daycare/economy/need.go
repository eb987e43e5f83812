package economy

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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

// ActForecast is the audit's name of a forecast.
const ActForecast audit.Act = "daycare.forecast_saved"

const (
	mostNeeds    = 300
	mostChildren = 100_000
)

var (
	errNeedNone  = fault.New(fault.Invalid, "ECO-020", "economy.need.none").At("rows")
	errNeedArea  = fault.New(fault.Invalid, "ECO-021", "economy.need.area_wrong").At("rows")
	errNeedYear  = fault.New(fault.Invalid, "ECO-022", "economy.need.year_wrong").At("rows")
	errNeedCount = fault.New(fault.Invalid, "ECO-023", "economy.need.count_wrong").At("rows")
	errNeedTwice = fault.New(fault.Invalid, "ECO-024", "economy.need.twice").At("rows")
)

// NeedRow is a forecast of children of an area in a year, with how many of them need a place.
type NeedRow struct {
	Area          string     `json:"area"` // postcode; "" = the whole municipality
	Year          int        `json:"year"`
	Over          int        `json:"over"` // children of three years and older before school
	Under         int        `json:"under"`
	OverCoverage  money.Rate `json:"over_percent"` // of them in early education, in per cent
	UnderCoverage money.Rate `json:"under_percent"`
}

// Forecast is the rows that hold, with where they are from.
type Forecast struct {
	Rows       []NeedRow
	Source     string
	SourceDate calendar.Date
	EnteredAt  time.Time
	EnteredBy  string
}

// check names the row, counted from 1, in each refusal.
func (f Forecast) check() error {
	var list fault.List
	if strings.TrimSpace(f.Source) == "" {
		list = append(list, errSource)
	}
	if len(f.Rows) == 0 || len(f.Rows) > mostNeeds {
		list = append(list, errNeedNone.With("most", mostNeeds))
	}
	seen := map[[2]string]int{}
	whole := map[int]bool{}
	for i, r := range f.Rows {
		key := [2]string{r.Area, fmt.Sprint(r.Year)}
		if other, twice := seen[key]; twice {
			list = append(list, errNeedTwice.With("row", i+1).With("other", other))
		}
		seen[key] = i + 1
		if r.Area != "" && (len(r.Area) != 5 || strings.Trim(r.Area, "0123456789") != "") {
			list = append(list, errNeedArea.With("row", i+1))
		}
		if r.Year < 2000 || r.Year > 2200 {
			list = append(list, errNeedYear.With("row", i+1))
		}
		hundred := func(x money.Rate) bool { return x.Exact().Sign() >= 0 && x.Exact().Cmp(money.Whole(100)) <= 0 }
		if min(r.Over, r.Under) < 0 || max(r.Over, r.Under) > mostChildren || !hundred(r.OverCoverage) || !hundred(r.UnderCoverage) {
			list = append(list, errNeedCount.With("row", i+1).With("most", mostChildren))
		}
		whole[r.Year] = whole[r.Year] || r.Area == ""
	}
	for i, r := range f.Rows { // the whole beside its parts would count the children twice
		if r.Area != "" && whole[r.Year] {
			list = append(list, errNeedTwice.With("row", i+1).With("other", seen[[2]string{"", fmt.Sprint(r.Year)}]))
		}
	}
	return list.Err()
}

// Foresee keeps a forecast, the main user's right of budgets; the newest holds. ECO-002 and ECO-020 to ECO-024 when it cannot be.
func Foresee(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, f Forecast) error {
	if err := by.May(access.BudgetEdit, organiser); err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	f.Rows = slices.Clone(f.Rows)
	slices.SortFunc(f.Rows, func(a, b NeedRow) int { return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Area, b.Area)) })
	raw, err := json.Marshal(f.Rows)
	if err != nil {
		return fmt.Errorf("writing a forecast: %w", err)
	}
	err = db.New(tx).ForecastAdd(ctx, db.ForecastAddParams{OrganiserID: organiser, Forecast: string(raw), Source: f.Source, SourceDate: f.SourceDate, EnteredAt: tx.Now(), EnteredBy: by.Name})
	if err != nil {
		return fmt.Errorf("keeping a forecast: %w", err)
	}
	return audit.Write(ctx, tx, by, ActForecast, audit.Ref{Kind: "organiser", ID: int64(organiser), Label: fmt.Sprint(organiser)}, f.Rows)
}

// Foreseen is the forecast that holds; none is the zero value.
func Foreseen(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (f Forecast, err error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return f, err
	}
	r, err := db.New(tx).ForecastNow(ctx, organiser)
	if errors.Is(err, pgx.ErrNoRows) {
		return f, nil
	}
	if err != nil {
		return f, fmt.Errorf("reading the forecast: %w", err)
	}
	if err := json.Unmarshal([]byte(r.Forecast), &f.Rows); err != nil {
		return f, fmt.Errorf("forecast: %w", err)
	}
	f.Source, f.SourceDate, f.EnteredAt, f.EnteredBy = r.Source, r.SourceDate, r.EnteredAt, r.EnteredBy
	return f, nil
}

// Capacity is the places of an area's units, weighted: one for children under three is 1.75.
type Capacity struct {
	Own, Private money.Exact
}

// Need is one row of a forecast beside the places. All numbers are weighted places, missing ones rounded up: a part of a place is a place.
type Need struct {
	NeedRow
	Places         money.Exact // that the children need
	Own, Private   money.Exact // on the last day of the year, as they are recorded today
	Missing        int         // without places in private units
	StillMissing   int         // with them
	Avoided        Investment
	Rent           money.Cents // a year, of rented places instead of built ones
	HasRent, Built bool        // whether the assumptions tell a rent and a price
}

// NeedYear is the rows of a year together: what one area has too many of does not help another.
type NeedYear struct {
	Year                  int
	Places, Own, Private  money.Exact
	Missing, StillMissing int
	Avoided               Investment
	Rent                  money.Cents
}

// weighted counts children under three as the places they take.
func weighted(over, under money.Exact) money.Exact { return Months{over, under}.Weighted() }

// Needs compares a forecast with the places of each area.
func Needs(f Forecast, places map[int]map[string]Capacity, a Assumptions) (rows []Need, years []NeedYear) {
	for _, r := range f.Rows {
		c := places[r.Year][r.Area]
		n := Need{NeedRow: r, Own: c.Own, Private: c.Private, HasRent: a.Rent > 0, Built: a.PerPlace > 0}
		n.Places = weighted(money.Whole(int64(r.Over)).Times(r.OverCoverage.Percent()), money.Whole(int64(r.Under)).Times(r.UnderCoverage.Percent()))
		n.Missing, n.StillMissing = ceiling(n.Places.Minus(n.Own)), ceiling(n.Places.Minus(n.Own).Minus(n.Private))
		count := n.Missing - n.StillMissing // min(missing, places in private units), in whole places
		n.Avoided = a.invested(count)
		n.Rent = a.Rent * money.Cents(count)
		rows = append(rows, n)
		if k := len(years); k == 0 || years[k-1].Year != r.Year {
			years = append(years, NeedYear{Year: r.Year})
		}
		y := &years[len(years)-1]
		y.Places, y.Own, y.Private = y.Places.Plus(n.Places), y.Own.Plus(n.Own), y.Private.Plus(n.Private)
		y.Missing, y.StillMissing = y.Missing+n.Missing, y.StillMissing+n.StillMissing
		y.Avoided, y.Rent = a.invested(y.Avoided.Places+count), y.Rent+n.Rent
	}
	return rows, years
}

// LastsUntil is the first year in which places are missing; 0 = they last as far as is foreseen.
func LastsUntil(years []NeedYear, missing func(NeedYear) int) int {
	for _, y := range years {
		if missing(y) > 0 {
			return y.Year
		}
	}
	return 0
}

// ceiling rounds up to whole places, none when there is nothing.
func ceiling(x money.Exact) int {
	if x.Sign() <= 0 {
		return 0
	}
	return int(money.UpToEuro.Cents(x) / 100)
}

// PlacesOf are the recorded places of the areas of a forecast on the last day of each of its years.
func PlacesOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, f Forecast) (map[int]map[string]Capacity, error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return nil, err
	}
	out := map[int]map[string]Capacity{}
	for _, r := range f.Rows {
		if out[r.Year] != nil {
			continue
		}
		out[r.Year] = map[string]Capacity{}
		rows, err := db.New(tx).PlacesByArea(ctx, db.PlacesByAreaParams{OrganiserID: organiser, Day: calendar.Day(r.Year, 12, 31)})
		if err != nil {
			return nil, fmt.Errorf("reading places of %d: %w", r.Year, err)
		}
		for _, x := range rows {
			n := weighted(money.Whole(x.OverPlaces), money.Whole(x.UnderPlaces))
			for _, area := range slices.Compact([]string{"", x.Postcode}) {
				c := out[r.Year][area]
				if x.Way == "own" {
					c.Own = c.Own.Plus(n)
				} else {
					c.Private = c.Private.Plus(n)
				}
				out[r.Year][area] = c
			}
		}
	}
	return out, nil
}
