package method

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/rulebook"
)

// Decode reads a filled-in editor: "method" names the method, a plain field stands under its name, a column of a table under
// "table.column" with a text for each row. Rows that are left empty are skipped. Faults stand at the field's name, in a table at
// "table.column.row", rows counted from 0 as they were sent.
func Decode(form map[string][]string) (rulebook.Value, error) {
	name := one(form, "method")
	schema := Fields(name)
	if schema == nil {
		return rulebook.Value{}, errMethod.With("method", name)
	}
	object, err := decodeFields(schema, form)
	if err != nil {
		return rulebook.Value{}, err
	}
	object["method"] = name
	v, err := rulebook.NewValue(name, object)
	if err != nil {
		return rulebook.Value{}, err
	}
	if name == "flat" {
		_, err = v.FlatValues()
	} else {
		_, err = parse(v)
	}
	return v, err
}

// decodeFields reads what was typed into an object of the rules; all faults come at once.
func decodeFields(schema []Field, form map[string][]string) (map[string]any, error) {
	object := map[string]any{}
	var wrong fault.List
	for _, f := range schema {
		value, given, err := f.decode(form)
		if err != nil {
			wrong = append(wrong, fault.All(err)...)
		} else if given {
			object[f.Name] = value
		}
	}
	return object, wrong.Err()
}

func one(form map[string][]string, name string) string {
	if texts := form[name]; len(texts) > 0 {
		return strings.TrimSpace(texts[0])
	}
	return ""
}

func (f Field) decode(form map[string][]string) (value any, given bool, err error) {
	if f.Kind == Table {
		return f.decodeTable(form)
	}
	return f.decodeCell(one(form, f.Name), f.Name)
}

// decodeCell reads one text; not given is an empty optional one.
func (f Field) decodeCell(text, at string) (value any, given bool, err error) {
	if text == "" && f.Kind != Flag {
		if f.Optional {
			return nil, false, nil
		}
		return nil, false, errRequired.At(at)
	}
	switch f.Kind {
	case Cents:
		value, err = money.ParseCents(text)
	case Decimal:
		value, err = money.ParseRate(text)
	case Fraction:
		value, err = money.ParseFactor(text)
	case Whole:
		if value, err = strconv.ParseInt(text, 10, 64); err != nil {
			err = errWhole.Because(err)
		}
	case Content: // no content has the number 0: in the rules it means every content, in the form that is an empty field
		n, bad := strconv.ParseInt(text, 10, 64)
		if value = n; bad != nil {
			err = errWhole.Because(bad)
		} else if n < 1 {
			err = errChoice
		}
	case Choice:
		if value = text; !slices.Contains(f.Choices, text) {
			err = errChoice
		}
	case Flag:
		value = text != "" && text != "false" && text != "0"
	case Clock:
		hours, minutes, bad := calendar.ReadTime(text)
		if value = clock(hours*60 + minutes); bad != nil {
			err = errClock.Because(bad)
		}
	default:
		value = text
	}
	if err != nil {
		return nil, false, fault.On(err, at)
	}
	return value, true, nil
}

func (f Field) decodeTable(form map[string][]string) (value any, given bool, err error) {
	n := len(form[f.Name+"."+f.Columns[0].Name])
	for _, c := range f.Columns[1:] {
		if len(form[f.Name+"."+c.Name]) != n {
			return nil, false, errRows.At(f.Name)
		}
	}
	var wrong fault.List
	rows := []map[string]any{}
	for i := range n {
		row, err := f.decodeRow(form, i)
		if err != nil {
			wrong = append(wrong, fault.All(err)...)
		} else if row != nil {
			rows = append(rows, row)
		}
	}
	switch {
	case wrong != nil:
		return nil, false, wrong.Err()
	case len(rows) == 0 && f.Optional:
		return nil, false, nil
	case len(rows) == 0:
		return nil, false, errRequired.At(f.Name)
	}
	value, err = f.shaped(rows)
	return value, err == nil, err
}

// decodeRow reads one row; nil when nothing was typed into it.
func (f Field) decodeRow(form map[string][]string, i int) (map[string]any, error) {
	typed := slices.ContainsFunc(f.Columns, func(c Field) bool {
		return c.Kind != Choice && c.Kind != Content && strings.TrimSpace(form[f.Name+"."+c.Name][i]) != ""
	})
	if !typed {
		return nil, nil
	}
	row := map[string]any{}
	var wrong fault.List
	for _, c := range f.Columns {
		v, given, err := c.decodeCell(strings.TrimSpace(form[f.Name+"."+c.Name][i]), atField(f.Name, c.Name, i))
		if err != nil {
			wrong = append(wrong, fault.All(err)...)
		} else if given {
			row[c.Name] = v
		}
	}
	return row, wrong.Err()
}

// shaped turns rows into the table's form in the rules.
func (f Field) shaped(rows []map[string]any) (any, error) {
	if f.shape == rowsOfObjects {
		return rows, nil
	}
	object := map[string]any{}
	last := f.Columns[len(f.Columns)-1].Name
	for i, row := range rows {
		into, at := object, ""
		for _, c := range f.Columns[:len(f.Columns)-1] { // size, hours, or both: each a level of the object
			key, err := rowKey(row, c.Name)
			if err != nil {
				return nil, fault.On(err, atField(f.Name, c.Name, i))
			}
			if at != "" {
				into = under(into, at)
			}
			at = key
		}
		if _, twice := into[at]; twice {
			return nil, errTwice.At(atField(f.Name, f.Columns[len(f.Columns)-2].Name, i))
		}
		into[at] = row[last]
	}
	return object, nil
}

// rowKey is the text under which a row stands in a table by size or by hours.
func rowKey(row map[string]any, column string) (string, error) {
	if column == "size" {
		size, ok := row[column].(int64)
		if !ok || size < 1 || size > mostPersons {
			return "", errHousehold.With("most", mostPersons)
		}
		return strconv.FormatInt(size, 10), nil
	}
	hours, ok := row[column].(money.Rate)
	if !ok || hours.Exact().Sign() < 0 {
		return "", errNegative
	}
	return hours.String(), nil
}

// under is the object below a key, made when there is none yet.
func under(object map[string]any, key string) map[string]any {
	inner, ok := object[key].(map[string]any)
	if !ok {
		inner = map[string]any{}
		object[key] = inner
	}
	return inner
}

// Encode fills an editor with a value rule, as Decode reads it. A rule of no known method gives its method only.
func Encode(v rulebook.Value) (map[string][]string, error) {
	form, err := encodeFields(Fields(v.Method), v)
	if err == nil {
		form["method"] = []string{v.Method}
	}
	return form, err
}

// encodeFields fills the fields of an editor from an object of the rules.
func encodeFields(schema []Field, rules json.Marshaler) (map[string][]string, error) {
	form := map[string][]string{}
	raw, err := json.Marshal(rules)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var object map[string]any
	if err := d.Decode(&object); err != nil {
		return nil, err
	}
	for _, f := range schema {
		if f.Kind != Table {
			if text := f.encodeCell(object[f.Name]); text != "" {
				form[f.Name] = []string{text}
			}
			continue
		}
		for _, c := range f.Columns {
			form[f.Name+"."+c.Name] = []string{}
		}
		for _, row := range f.rows(object[f.Name]) {
			for _, c := range f.Columns {
				form[f.Name+"."+c.Name] = append(form[f.Name+"."+c.Name], c.encodeCell(row[c.Name]))
			}
		}
	}
	return form, nil
}

// rows undoes shaped, in the order of the sizes and hours.
func (f Field) rows(value any) (rows []map[string]any) {
	if list, ok := value.([]any); ok {
		for _, one := range list {
			if row, ok := one.(map[string]any); ok {
				rows = append(rows, row)
			}
		}
		return rows
	}
	return f.nested(value, f.Columns, nil)
}

// nested gives the rows of a table by size, by hours or by both.
func (f Field) nested(value any, columns []Field, above map[string]any) (rows []map[string]any) {
	if len(columns) == 1 {
		row := maps.Clone(above)
		row[columns[0].Name] = value
		return []map[string]any{row}
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	for _, key := range ordered(object) {
		row := map[string]any{}
		maps.Copy(row, above)
		if row[columns[0].Name] = any(key); columns[0].Name == "size" {
			row["size"] = json.Number(key)
		}
		rows = append(rows, f.nested(object[key], columns[1:], row)...)
	}
	return rows
}

// ordered gives the keys of a table by their number.
func ordered(object map[string]any) []string {
	keys := make([]string, 0, len(object))
	for k := range object {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		x, errX := money.ParseRate(a)
		y, errY := money.ParseRate(b)
		if errX != nil || errY != nil {
			return strings.Compare(a, b)
		}
		return x.Exact().Cmp(y.Exact())
	})
	return keys
}

// encodeCell writes a value as a Finnish form has it.
func (f Field) encodeCell(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "on"
		}
		return ""
	case json.Number:
		if f.Kind == Cents {
			n, err := strconv.ParseInt(string(v), 10, 64)
			if err == nil {
				return strings.Replace(money.Cents(n).String(), ".", ",", 1)
			}
		}
		if f.Kind == Content && v == "0" {
			return ""
		}
		return string(v)
	case string:
		if f.Kind == Decimal || f.Kind == Fraction {
			return strings.ReplaceAll(v, ".", ",")
		}
		return v
	}
	return ""
}
