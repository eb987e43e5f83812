package event

import (
	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/domain/rulebook"
)

// amounts settles the quantity that is asked.
func (c *claim) amounts(*running) {
	if c.line.Quantity != nil {
		c.quantity = *c.line.Quantity
	} else if c.quantity == 0 && c.vline.Unit != "hour" && c.vline.Unit != "euro" {
		c.quantity = money.Units(1) // one visit, one day: what recorders mean when they leave it empty
	}
	if c.quantity <= 0 {
		c.find("SVC-07", "quantity")
		c.stop = true
	}
}

// price finds the agreed price and the value on the day, and compares what the sender states.
func (c *claim) price(*running) {
	v, l, d := &c.verdict, c.line, c.line.Date
	var worth rulebook.Worth
	for _, w := range c.vline.Values {
		if w.Period.Contains(d) {
			worth = w.Worth
		}
	}
	v.Value = worth.Value
	agreed := false
	for _, p := range c.facts.Prices[priceKey{c.provider, v.Unit, c.vline.Content}] {
		if p.Period.Contains(d) {
			v.Price, agreed = p.Price, true
		}
	}
	if !agreed {
		c.find("SVC-16", "price", "content", c.vline.Code, "date", d)
		return
	}
	v.Value = worth.At(v.Price)
	if l.Price != nil && *l.Price != v.Price {
		if c.content != nil && c.content.PriceCap != nil && *l.Price > *c.content.PriceCap {
			c.find("SVC-05", "price", "given", *l.Price, "cap", *c.content.PriceCap)
		} else {
			c.find("SVC-04", "price", "given", *l.Price, "agreed", v.Price, "date", d)
		}
	}
	if len(worth.Bands) > 0 {
		if l.Start == nil || l.End == nil || !l.Start.Before(*l.End) {
			c.find("TIM-15", "start", "content", c.vline.Code)
			return
		}
		v.Pieces = c.pieces(worth)
	}
	if sum := shareOf(v.Price, v.Value, v.Pieces, c.quantity).Total; l.Amount != nil && *l.Amount != sum {
		c.find("SVC-06", "amount", "given", *l.Amount, "sum", sum)
	}
	if c.voucher.OwnShareForbidden && shareOf(v.Price, v.Value, v.Pieces, c.quantity).Own > 0 {
		c.find("SVC-11", "price", "price", v.Price, "value", v.Value)
	}
}

// limits compares with what is left. The accepted quantity is the smallest that any limit leaves.
func (c *claim) limits(run *running) {
	v := &c.verdict
	v.Accepted = c.quantity
	if c.rejected() {
		return
	}
	if v.Euro {
		c.euro(run)
		return
	}
	c.periodic(run)
	if c.vline.TotalQuantity != nil && c.verdict.Bucket != ledger.Whole {
		c.whole(run)
	}
	if c.rejected() || v.Accepted == c.quantity {
		return
	}
	c.find("QTY-05", "quantity", "accepted", v.Accepted, "asked", c.quantity, "rest", c.quantity-v.Accepted, "unit", c.vline.Unit)
	for i := range v.extend { // a cut line widens nothing beyond what is accepted
		b := run.balances[v.extend[i].Key]
		v.extend[i].Quantity = max(0, min(v.extend[i].Quantity, b.Used+v.Accepted-b.Limit))
	}
}

// periodic applies the amount of the day, week or month (or of the whole voucher when that is all it has), with the tolerance.
func (c *claim) periodic(run *running) {
	key := ledger.Key{Line: c.vline.ID, Bucket: c.verdict.Bucket}
	b := run.balances[key]
	after := b.Used + c.quantity
	if after <= b.Limit {
		return
	}
	granted := *c.vline.Amount
	tolerated := max(c.terms.tolerated(granted), b.Limit)
	switch {
	case after <= tolerated && c.terms.ToleranceAuto:
		c.find("QTY-14", "quantity", "excess", after-b.Limit, "limit", tolerated, "unit", c.vline.Unit)
		c.verdict.extend = append(c.verdict.extend, extension{key, after - b.Limit})
	case after <= tolerated:
		c.find("QTY-04", "quantity", "excess", after-b.Limit, "limit", tolerated, "unit", c.vline.Unit)
	case c.terms.Overrun:
		c.find("QTY-01", "quantity", "granted", granted, "used", b.Used, "left", max(0, b.Left()), "unit", c.vline.Unit)
	default:
		ceiling := b.Limit
		if c.terms.ToleranceAuto {
			ceiling = tolerated
		}
		c.cut(key, max(0, ceiling-b.Used), b, "QTY-11", granted)
		if ceiling > b.Limit && !c.rejected() {
			c.verdict.extend = append(c.verdict.extend, extension{key, ceiling - b.Limit})
		}
	}
}

// whole applies the total over the validity; it has no tolerance.
func (c *claim) whole(run *running) {
	key := ledger.Key{Line: c.vline.ID, Bucket: ledger.Whole}
	b := run.balances[key]
	if b.Used+c.verdict.Accepted <= b.Limit {
		return
	}
	if c.terms.Overrun {
		c.find("QTY-02", "quantity", "granted", b.Limit, "left", b.Left(), "unit", c.vline.Unit)
		return
	}
	c.cut(key, b.Left(), b, "QTY-12", b.Limit)
}

// cut accepts the remainder, or rejects when nothing is left.
func (c *claim) cut(key ledger.Key, left money.Quantity, b ledger.Balance, code string, granted money.Quantity) {
	if left <= 0 {
		if c.vline.Unit == "visit" && key.Bucket == ledger.Whole {
			c.find("QTY-06", "quantity", "n", int(granted/money.PerUnit))
			return
		}
		c.find(code, "quantity", "granted", granted, "used", b.Used, "unit", c.vline.Unit)
		return
	}
	c.verdict.Accepted = min(c.verdict.Accepted, left)
}

// euro applies a balance in euros: the organiser's part must fit into it.
func (c *claim) euro(run *running) {
	v := &c.verdict
	left := run.balances[ledger.Key{Line: c.vline.ID, Bucket: v.Bucket}].LeftCents()
	if shareOf(v.Price, v.Value, v.Pieces, c.quantity).Organiser <= left {
		return
	}
	fits := fitting(v.Price, v.Value, v.Pieces, c.quantity, left)
	if fits <= 0 {
		c.find("QTY-03", "quantity", "left", left)
		return
	}
	v.Accepted = fits
	c.find("QTY-05", "quantity", "accepted", v.Accepted, "asked", c.quantity, "rest", c.quantity-v.Accepted, "unit", c.vline.Unit)
}
