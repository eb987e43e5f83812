package catalogue

import (
	"seteli/core/calendar"
	"seteli/core/money"
)

// Change is one difference between two versions, for "what changes" on a page and in the audit. Values are typed
// (string, bool, Mode, Unit, money.Cents, money.Quantity, calendar.Date); nil = there is none.
type Change struct {
	Content string `json:"content,omitempty"` // code of the content; "" = the service itself
	Field   string `json:"field"`             // name of the field; "added" and "removed" for a whole content
	Before  any    `json:"before,omitempty"`
	After   any    `json:"after,omitempty"`
}

// Changes lists what differs from the older version to the newer, in the order of the form.
func Changes(older, newer Service) []Change {
	var c changes
	c.add("", "valid_from", date(older.ValidFrom), date(newer.ValidFrom))
	c.add("", "area", older.Area.Fi, newer.Area.Fi)
	c.add("", "name_fi", older.Names.Fi, newer.Names.Fi)
	c.add("", "name_sv", older.Names.Sv, newer.Names.Sv)
	c.add("", "name_en", older.Names.En, newer.Names.En)
	c.add("", "description_fi", older.Descriptions.Fi, newer.Descriptions.Fi)
	c.add("", "description_sv", older.Descriptions.Sv, newer.Descriptions.Sv)
	c.add("", "description_en", older.Descriptions.En, newer.Descriptions.En)
	c.add("", "mode", older.Mode, newer.Mode)
	c.add("", "open", older.Open, newer.Open)
	c.add("", "own_share_forbidden", older.OwnShareForbidden, newer.OwnShareForbidden)
	c.add("", "legal_act", older.LegalAct, newer.LegalAct)
	c.add("", "legal_section", older.LegalSection, newer.LegalSection)
	c.add("", "national_code", older.NationalCode, newer.NationalCode)
	c.add("", "account_code", older.AccountCode, newer.AccountCode)
	c.add("", "cost_centre", older.CostCentre, newer.CostCentre)
	c.add("", "notice_email", older.NoticeEmail, newer.NoticeEmail)
	for _, after := range newer.Contents {
		before, had := older.Content(after.ID)
		if after.ID == 0 || !had {
			c = append(c, Change{Content: after.Code, Field: "added", After: after.Names.Fi})
			continue
		}
		c.content(before, after)
	}
	for _, before := range older.Contents {
		if _, has := newer.Content(before.ID); !has {
			c = append(c, Change{Content: before.Code, Field: "removed", Before: before.Names.Fi})
		}
	}
	return c
}

type changes []Change

func (c *changes) add(content, field string, before, after any) {
	if before != after {
		*c = append(*c, Change{Content: content, Field: field, Before: before, After: after})
	}
}

func (c *changes) content(before, after Content) {
	c.add(after.Code, "name_fi", before.Names.Fi, after.Names.Fi)
	c.add(after.Code, "name_sv", before.Names.Sv, after.Names.Sv)
	c.add(after.Code, "name_en", before.Names.En, after.Names.En)
	c.add(after.Code, "description", before.Description, after.Description)
	c.add(after.Code, "position", before.Position, after.Position)
	c.add(after.Code, "price_cap", cents(before.PriceCap), cents(after.PriceCap))
	c.add(after.Code, "max_day", quantity(before.MaxDay), quantity(after.MaxDay))
	c.add(after.Code, "from", date(before.Period.From), date(after.Period.From))
	c.add(after.Code, "to", date(before.Period.To), date(after.Period.To))
}

func date(d calendar.Date) any {
	if d == 0 || d == calendar.Forever {
		return nil
	}
	return d
}

func cents(c *money.Cents) any {
	if c == nil {
		return nil
	}
	return *c
}

func quantity(q *money.Quantity) any {
	if q == nil {
		return nil
	}
	return *q
}

// Preview is the service as it would be after PublishVersion, without writing; for "what changes" before it is done.
func (in VersionInput) Preview(area Area, now Service) Service {
	next := Service{Organiser: in.Organiser, ID: in.Service, Code: now.Code, AreaID: area.ID, Area: area.Names, Version: in.Base + 1,
		ValidFrom: in.ValidFrom, Names: in.Names, Descriptions: in.Descriptions, Mode: in.Mode, Open: in.Open,
		OwnShareForbidden: in.OwnShareForbidden, LegalAct: in.LegalAct, LegalSection: in.LegalSection, NationalCode: in.NationalCode,
		AccountCode: in.AccountCode, CostCentre: in.CostCentre, NoticeEmail: in.NoticeEmail, Teams: now.Teams}
	for _, c := range in.Contents {
		if before, had := now.Content(c.ID); had {
			c.Code, c.Unit = before.Code, before.Unit
		}
		next.Contents = append(next.Contents, Content{ID: c.ID, Code: c.Code, Unit: c.Unit, Names: c.Names, Description: c.Description,
			Position: c.Position, PriceCap: c.PriceCap, MaxDay: c.MaxDay, Period: c.period(in.ValidFrom)})
	}
	return next
}
