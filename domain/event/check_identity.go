package event

import (
	"strings"

	"seteli/core/calendar"
	"seteli/domain/voucher"
)

// identity finds voucher, content and reservation. One text for "unknown" and "not yours": numbers cannot be probed.
func (c *claim) identity(*running) {
	v := c.facts.Vouchers[c.line.Number]
	if v == nil || !reservedTo(v, c.provider) {
		c.find("REL-02", "voucher", "number", c.line.Number)
		c.stop = true
		return
	}
	c.voucher = v
	c.terms = c.facts.Terms[v.Rulebook]
	c.verdict.Voucher, c.verdict.Client, c.verdict.Person, c.verdict.Service, c.verdict.Rulebook = v.ID, v.Client, v.Person, v.Service, v.Rulebook
	if c.line.BirthDate != nil && *c.line.BirthDate != v.BirthDate {
		c.find("REL-01", "client", "number", c.line.Number)
	}
	c.vline = c.whichLine()
	if c.vline == nil {
		c.find("SVC-01", "content", "content", c.line.Content, "list", codes(v))
		c.stop = true
		return
	}
	c.verdict.VoucherLine, c.verdict.Content = c.vline.ID, c.vline.Content
	c.verdict.Bucket = bucketOf(c.vline.Recurrence, c.line.Date)
	c.verdict.Euro = c.vline.AmountCents != nil
	if c.line.Measure != "" && c.line.Measure != c.vline.Unit {
		c.find("SVC-02", "measure", "given", c.line.Measure, "unit", c.vline.Unit)
	}
	c.reserved()
}

func reservedTo(v *voucher.Recorded, provider int64) bool {
	for i := range v.Reservations {
		if v.Reservations[i].Provider == provider {
			return true
		}
	}
	return false
}

// whichLine finds the content by its code, or the only one that the provider has reserved.
func (c *claim) whichLine() *voucher.RecordedLine {
	var only *voucher.RecordedLine
	for i := range c.voucher.Lines {
		l := &c.voucher.Lines[i]
		if c.line.Content != "" {
			if strings.EqualFold(l.Code, c.line.Content) {
				return l
			}
			continue
		}
		for _, r := range c.voucher.Reservations {
			if r.Provider == c.provider && r.Line == l.ID {
				if only != nil && only != l {
					return nil
				}
				only = l
			}
		}
	}
	return only
}

func codes(v *voucher.Recorded) string {
	list := make([]string, len(v.Lines))
	for i, l := range v.Lines {
		list[i] = l.Code
	}
	return strings.Join(list, ", ")
}

// reserved looks for the reservation that covers the content, the day and, when one is stated, the unit.
func (c *claim) reserved() {
	for i := range c.voucher.Reservations {
		r := &c.voucher.Reservations[i]
		if r.Provider == c.provider && r.Line == c.vline.ID && r.Period.Contains(c.line.Date) && (c.line.Unit == 0 || c.line.Unit == r.Unit) {
			c.reservation = r
			break
		}
	}
	if c.reservation == nil {
		c.find("REL-03", "content", "content", c.vline.Code, "date", c.line.Date)
		c.verdict.Unit = c.line.Unit
		return
	}
	c.verdict.Reservation, c.verdict.Unit = c.reservation.ID, c.reservation.Unit
}

// standing checks that voucher, approval and content were in force on the day of the service.
func (c *claim) standing(*running) {
	d, v := c.line.Date, c.voucher
	if v.Annulled || v.Closed && d >= v.ClosedFrom {
		c.find("REL-05", "date", "date", v.ClosedFrom)
	}
	end := v.Valid.To
	if v.Closed {
		end = min(end, v.ClosedFrom)
	}
	if grace := c.terms.GraceDays; grace != nil && c.facts.Today >= end+calendar.Date(*grace) {
		c.find("TIM-14", "date", "last", end-1, "n", *grace)
	}
	if p := within(v.Pauses, d); p != nil {
		c.find("REL-04", "date", "from", p.From, "last", p.Last())
	}
	if !v.Valid.Contains(d) {
		c.find("TIM-04", "date", "date", d, "from", v.Valid.From, "last", v.Valid.Last())
	}
	for i := range c.facts.Contents[c.vline.Content] {
		if t := &c.facts.Contents[c.vline.Content][i]; t.Period.Contains(d) {
			c.content = t // the last version that covers the day
		}
	}
	if c.content == nil {
		c.find("SVC-03", "content", "content", c.vline.Code, "date", d)
	}
	c.approved(d)
}

func (c *claim) approved(d calendar.Date) {
	approvals := c.facts.Approvals[approvalKey{c.provider, c.voucher.Service}]
	some, unit := false, false
	for i := range approvals {
		a := &approvals[i]
		if !a.Period.Contains(d) {
			continue
		}
		some = true
		if a.Unit != c.verdict.Unit {
			continue
		}
		unit = true
		if s := within(a.Suspended, d); s != nil {
			c.find("REL-08", "date", "date", s.From)
		}
	}
	switch {
	case !some:
		c.find("REL-06", "date", "date", d)
	case !unit && c.verdict.Unit != 0:
		c.find("REL-07", "unit", "date", d)
	}
}
