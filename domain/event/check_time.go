package event

import (
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
)

// when checks day and times by themselves, and gives the quantity that the times say.
func (c *claim) when(*running) {
	l := c.line
	if l.Date <= 0 {
		c.find("TIM-01", "date")
		c.stop = true
		return
	}
	if l.Date > c.facts.Today || l.End != nil && l.End.After(c.facts.Now) {
		c.find("TIM-02", "date", "date", l.Date)
	}
	if first := c.terms.earliest(c.facts.Today); l.Date < first {
		c.find("TIM-05", "date", "date", first)
	}
	if late := int(c.facts.Today - l.Date); c.terms.PromptDays > 0 && late > c.terms.PromptDays {
		c.find("TIM-12", "date", "n", late, "max", c.terms.PromptDays)
	}
	if l.Start == nil || l.End == nil {
		if (l.Start == nil) != (l.End == nil) {
			c.find("TIM-03", "start")
		}
		return
	}
	c.times(*l.Start, *l.End)
}

func (c *claim) times(start, end time.Time) {
	length := end.Sub(start)
	switch {
	case length <= 0:
		c.find("TIM-03", "start")
		return
	case length > longest(c.line.Date):
		c.find("TIM-07", "end", "n", int(length.Hours()))
		return
	}
	if first := calendar.DateOf(start.In(calendar.Helsinki)); first != c.line.Date {
		c.find("TIM-03", "start")
	}
	if last := calendar.DateOf(end.Add(-time.Nanosecond).In(calendar.Helsinki)); last != c.line.Date {
		c.find("TIM-08", "end", "date", c.line.Date)
	}
	if c.vline.Unit != "hour" {
		return
	}
	said := money.Minutes(int64(length / time.Minute))
	if c.line.Quantity == nil {
		c.quantity = said
	} else if *c.line.Quantity != said {
		c.find("TIM-03", "quantity")
	}
}

// longest is the length of the civil day from any of its instants: 25 hours on the night when the clocks go back.
func longest(d calendar.Date) time.Duration {
	y, m, day := d.Civil()
	from := time.Date(y, m, day, 0, 0, 0, 0, calendar.Helsinki)
	return max(24*time.Hour, time.Date(y, m, day+1, 0, 0, 0, 0, calendar.Helsinki).Sub(from))
}

// collisions compares with the events that already count: the same sender's, other providers', the same worker's, and rows of the file.
func (c *claim) collisions(run *running) {
	l := c.line
	if l.Row > 0 {
		key := [32]byte(c.hash)
		if first, ok := run.seen[key]; ok {
			c.find("ENV-06", "", "row", l.Row, "first", int(first))
			return
		}
		run.seen[key] = int32(l.Row)
	}
	own, other := false, false
	var day money.Quantity
	c.near(run, func(e Earlier) {
		if e.Event != 0 && e.Event == l.Replaces {
			return
		}
		mine := e.Provider == c.provider
		if overlap(l.Start, l.End, e.Start, e.End) {
			own, other = own || mine, other || !mine
		}
		if e.Date == l.Date && e.Content == c.vline.Content {
			day += e.Quantity
		}
		c.same(e, mine)
	})
	if own {
		c.find("TIM-09", "start", "date", l.Date)
	}
	if other {
		c.find("TIM-10", "start", "date", calendar.AddBankDays(c.facts.Today, ReviewDays)) // the text tells no cause
	}
	if c.content != nil && c.content.MaxDay != nil && day+c.quantity > *c.content.MaxDay {
		c.find("QTY-09", "quantity", "max", *c.content.MaxDay, "unit", c.vline.Unit)
	}
	c.worker(run)
}

// same finds an event that says the same thing again: a day or month twice, or a visit without times like another.
func (c *claim) same(e Earlier, mine bool) {
	if !mine || e.Line != c.vline.ID {
		return
	}
	l := c.line
	switch c.vline.Unit {
	case "day":
		if e.Date == l.Date {
			c.once("TIM-13", "date", "date", l.Date)
		}
	case "week":
		if e.Date.WeekStart() == l.Date.WeekStart() {
			c.once("COR-05", "date", "date", e.Date)
		}
	case "month":
		if calendar.MonthOf(e.Date) == calendar.MonthOf(l.Date) {
			c.once("COR-05", "date", "date", e.Date)
		}
	default:
		if e.Date == l.Date && e.Start == nil && l.Start == nil && e.Quantity == c.quantity {
			c.once("COR-05", "start", "date", e.Date)
		}
	}
}

// once adds a finding unless its code was found already.
func (c *claim) once(code, field string, values ...any) {
	for _, f := range c.verdict.Findings {
		if f.Code == code {
			return
		}
	}
	c.find(code, field, values...)
}

func overlap(aStart, aEnd, bStart, bEnd *time.Time) bool {
	return aStart != nil && aEnd != nil && bStart != nil && bEnd != nil && aStart.Before(*bEnd) && bStart.Before(*aEnd)
}

// worker looks for the same worker with another client at the same time; the day before counts for work over midnight.
func (c *claim) worker(run *running) {
	if c.line.Worker == "" || c.line.Start == nil {
		return
	}
	for d := c.line.Date - 1; d <= c.line.Date+1; d++ {
		for _, e := range run.workers[workerDay{c.provider, c.line.Worker, d}] {
			if e.Client != c.voucher.Client && (e.Event == 0 || e.Event != c.line.Replaces) && overlap(c.line.Start, c.line.End, e.Start, e.End) {
				c.once("TIM-11", "worker", "worker", c.line.Worker)
				return
			}
		}
	}
}
