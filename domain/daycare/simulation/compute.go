package simulation

import (
	"encoding/hex"
	"strconv"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store"
)

// Compute answers the question from a snapshot. step is called after each part of the children of each variant with how many are done; its
// error ends the computation. The same change of an equal snapshot gives an equal result. Of a sweep the result has the points only.
func Compute(s *store.Snapshot, c Change, step func(done, all int) error) (Result, error) {
	before := s.Terms()
	variants, values, after, err := c.applied(s.Day, before)
	if err != nil {
		return Result{}, err
	}
	before = c.Base(before)
	tallies := make([]*tally, len(variants))
	for i, v := range variants {
		tallies[i] = newTally(v, s.Areas)
	}
	for part := range s.Parts() {
		held, tasks, err := s.Decide(part, before)
		if err != nil {
			return Result{}, err
		}
		now := side{held, tasks}
		for i, t := range tallies {
			held, tasks, err := s.Decide(part, after[i])
			if err != nil {
				return Result{}, err
			}
			if err := t.add([2]side{now, {held, tasks}}); err != nil {
				return Result{}, err
			}
			if err := step(part*len(tallies)+i+1, s.Parts()*len(tallies)); err != nil {
				return Result{}, err
			}
		}
	}
	var out Result
	if c.Sweep == nil {
		out = tallies[0].finish()
	}
	for i, v := range values {
		r := tallies[i].finish()
		out.Points = append(out.Points, Point{v, r.Year, r.Own, r.Family, r.Families, r.Anew})
	}
	hash := s.Hash()
	out.Snapshot, out.Day, out.Children = hex.EncodeToString(hash[:]), s.Day, s.Children
	for i, u := range out.Units {
		out.Units[i].Name = s.Names[u.ID]
	}
	return out, nil
}

// side is what is decided before or after the change.
type side struct {
	held  []store.Holding
	tasks []store.Task
}

func (t *tally) add(sides [2]side) error {
	for i, s := range sides {
		if err := t.costs(i, s.held); err != nil {
			return err
		}
		t.firstDay(i, s.held)
		t.undecided(i, s.tasks)
	}
	t.anew(sides)
	return nil
}

func (p *Pair) at(i int) *money.Cents { return [...]*money.Cents{&p.Before, &p.After}[i] }
func (c *Count) at(i int) *int        { return [...]*int{&c.Before, &c.After}[i] }

// costs adds what is due for each month, as the monthly close computes it.
func (t *tally) costs(i int, held []store.Holding) error {
	decisions := make([]daycare.SentDecision, len(held))
	for n, h := range held {
		decisions[n] = h.SentDecision()
		decisions[n].ID = strconv.Itoa(n)
	}
	inUnit := map[[2]int64]bool{}
	for _, m := range t.months {
		for _, row := range daycare.Due(decisions, m) {
			n, err := strconv.Atoi(row.Decision)
			if err != nil {
				return err
			}
			h := held[n]
			*t.cost[m].at(i) += row.Amount
			if !t.inYear(m) {
				continue
			}
			share := daycare.MonthShare(h.Family, row.Days, row.MonthDays)
			f := t.familyOf(h)
			own := daycare.MonthShare(row.OwnShare, row.Days, row.MonthDays)
			*f.own.at(i) += own
			*f.family.at(i) += share
			u, err := t.unitOf(h)
			if err != nil {
				return err
			}
			*u.Municipality.at(i) += row.Amount
			*u.Family.at(i) += share
			area := t.areaOf(u.ID)
			*area.municipality.at(i) += row.Amount
			in := area.familyIn(familyKey(h))
			*in.own.at(i) += own
			*in.family.at(i) += share
			if k := [2]int64{u.ID, h.Child}; i == 0 && !inUnit[k] {
				inUnit[k] = true
				u.Children++
			}
		}
	}
	return nil
}

func familyKey(h store.Holding) string { return h.Basis.Draft.Head + " " + h.Basis.Draft.Partner }

func (t *tally) familyOf(h store.Holding) *family {
	d, key := h.Basis.Draft, familyKey(h)
	f := t.families[key]
	if f == nil {
		f = &family{known: !d.IncomeUnknown()}
		for _, a := range d.AdultIncomes {
			f.income, f.known = f.income+a.Total, f.known && a.Known
		}
		f.known = f.known && len(d.AdultIncomes) > 0
		t.families[key] = f
	}
	return f
}

func (t *tally) unitOf(h store.Holding) (*Unit, error) {
	id, err := strconv.ParseInt(h.Basis.Draft.Unit, 10, 64)
	if err != nil {
		return nil, err
	}
	u := t.units[id]
	if u == nil {
		u = &Unit{ID: id}
		t.units[id] = u
	}
	return u, nil
}

// firstDay counts children who pay nothing or the highest fee on the day of the change, and those who have a decision in the year.
func (t *tally) firstDay(i int, held []store.Holding) {
	last := int64(0)
	for _, h := range held {
		if h.Overlaps(t.year()) && h.Child != last {
			last = h.Child
			*t.out.Placed.at(i)++
		}
		if !h.Contains(t.change.From) {
			continue
		}
		if i == 0 && h.Basis.Draft.Outcome.Fee.Base.Ready {
			t.out.Ready++
		}
		switch o := h.Basis.Draft.Outcome; {
		case o.FinalOwnShare == 0:
			*t.out.Zero.at(i)++
		case o.Fee.Base.Fee == h.Basis.Draft.Thresholds.MaxFee:
			*t.out.Highest.at(i)++
		}
	}
}

func (t *tally) undecided(i int, tasks []store.Task) {
	type key struct {
		child  int64
		reason daycare.GapReason
	}
	seen := map[key]bool{}
	for _, g := range tasks {
		if k := (key{g.Child, g.Reason}); !g.Reason.Decides() && g.Reason != store.NoIncome && g.Period.Overlaps(t.year()) && !seen[k] {
			seen[k] = true
			if t.gaps[g.Reason] == nil {
				t.gaps[g.Reason] = &Count{}
			}
			*t.gaps[g.Reason].at(i)++
		}
	}
}

// anew counts the decisions that a regeneration would draft if everything had been sent before the change.
func (t *tally) anew(sides [2]side) {
	byChild := [2]map[int64][]store.Holding{{}, {}}
	for i, s := range sides {
		for _, h := range s.held {
			byChild[i][h.Child] = append(byChild[i][h.Child], h)
		}
	}
	children := map[int64]bool{}
	for _, m := range byChild {
		for c := range m {
			children[c] = true
		}
	}
	for c := range children {
		var sent []daycare.SentHolding
		for _, h := range byChild[0][c] {
			sent = append(sent, daycare.SentHolding{State: daycare.SentState, Holding: holding(h)})
		}
		var now []daycare.Holding
		for _, h := range byChild[1][c] {
			now = append(now, holding(h))
		}
		_, fresh := daycare.Revise(sent, now)
		t.out.Anew += len(fresh)
	}
}

func holding(h store.Holding) daycare.Holding {
	return daycare.Holding{Period: calendar.Period{From: h.From, To: h.To}, Basis: string(h.Hash[:])}
}
