package method

import (
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
)

// contentValue is what one unit of a content is worth.
type contentValue struct {
	Content int64       `json:"content_id"`
	Value   money.Cents `json:"value_cents"`
}

// contentValues is a table with one value for each content.
type contentValues []contentValue

func (t contentValues) of(content int64) (money.Cents, error) {
	for _, v := range t {
		if v.Content == content {
			return v.Value, nil
		}
	}
	return 0, errNoValue
}

func (t contentValues) ids() []int64 {
	ids := make([]int64, len(t))
	for i, v := range t {
		ids[i] = v.Content
	}
	return ids
}

// check wants a positive value for each content and for no other.
func (t contentValues) check(contents []catalogue.Content) fault.List {
	wrong := eachContentOnce("values", t.ids(), contents)
	for i, v := range t {
		if v.Value <= 0 {
			wrong = append(wrong, errPositive.At(atField("values", "value_cents", i)))
		}
	}
	return wrong
}

// eachContentOnce refuses rows of a table that name a content twice or one that the service does not have, and contents without a row.
func eachContentOnce(table string, ids []int64, contents []catalogue.Content) (wrong fault.List) {
	wrong = contentsKnown(table, ids, contents)
	given := map[int64]bool{}
	for i, id := range ids {
		if given[id] {
			wrong = append(wrong, errTwice.At(atField(table, "content_id", i)))
		}
		given[id] = true
	}
	for _, c := range contents {
		if !given[c.ID] {
			wrong = append(wrong, errMissing.At(table).With("content", c.Names))
		}
	}
	return wrong
}

// contentsKnown refuses rows of contents that the service does not have.
func contentsKnown(table string, ids []int64, contents []catalogue.Content) (wrong fault.List) {
	known := map[int64]bool{}
	for _, c := range contents {
		known[c.ID] = true
	}
	for i, id := range ids {
		if !known[id] {
			wrong = append(wrong, errContent.At(atField(table, "content_id", i)))
		}
	}
	return wrong
}
