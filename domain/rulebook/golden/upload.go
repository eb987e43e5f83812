package golden

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"

	"seteli/core/fault"
	"seteli/platform/sheet"
)

// Refusals of a file that a person hands in.
var (
	errFormat = fault.New(fault.Invalid, "GOL-001", "method.cases.format").At("file")
	errCell   = fault.New(fault.Invalid, "GOL-002", "method.cases.cell").At("file")
	errNone   = fault.New(fault.Invalid, "GOL-003", "method.cases.none").At("file")
	errLarge  = fault.New(fault.Invalid, "GOL-004", "method.cases.large").At("file")
)

// mostUpload bounds a file that is handed in on a page.
const mostUpload = 5 << 20

// ReadUpload reads cases that a person hands in: a JSON file of the format, or a table (XLSX, CSV) with a case on each row. A
// table's columns are id and kind, perhaps source and note, and inputs.…, parameters.… and expected.… with a point for each
// level: parameters.income_limits_cents.1. In a cell a whole number is a number, a decimal is a decimal, true, false, null,
// {…}, […] and "…" are what they are in JSON, an empty cell is no field, and anything else is text.
func ReadUpload(name string, r io.ReaderAt, size int64) ([]Case, error) {
	if size > mostUpload {
		return nil, errLarge.With("max", mostUpload>>20)
	}
	head := make([]byte, min(max(size, 0), 512))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, errFormat.With("why", err.Error())
	}
	raw := []byte(nil)
	var err error
	if bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\uFEFF"))), []byte("{")) {
		raw = make([]byte, size)
		_, err = r.ReadAt(raw, 0)
	} else {
		raw, err = fromTable(name, r, size)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	cases, err := Read(name, raw)
	if err != nil {
		return nil, errFormat.With("why", err.Error()).Because(err)
	}
	if len(cases) == 0 {
		return nil, errNone
	}
	return cases, nil
}

// fromTable writes a table as a file of the format.
func fromTable(name string, r io.ReaderAt, size int64) ([]byte, error) {
	table, err := sheet.Open(name, r, size, sheet.Limits{})
	if err != nil {
		return nil, err
	}
	match, err := table.Match([]sheet.Column{{Name: "id", Required: true}, {Name: "kind", Required: true}, {Name: "source"}, {Name: "note"}})
	if err != nil {
		return nil, err
	}
	list := []any{}
	for row := range match.Rows() {
		one := fields{}
		for i, name := range []string{"id", "kind", "source", "note"} {
			if text := strings.TrimSpace(row.Cells[i].Raw); text != "" {
				one.set(name, text)
			}
		}
		for _, part := range []string{"inputs", "parameters", "expected"} {
			one.set(part, fields{values: map[string]any{}})
		}
		for i, text := range row.Sent {
			if i >= len(match.Headings) || strings.TrimSpace(text) == "" {
				continue
			}
			path := strings.Split(match.Headings[i], ".")
			if _, part := one.values[path[0]].(fields); !part || len(path) < 2 {
				continue
			}
			if err := put(&one, path, cell(text)); err != nil {
				return nil, errCell.With("row", row.Number).With("column", match.Headings[i])
			}
		}
		list = append(list, one)
	}
	var file fields
	file.set("format", Format)
	file.set("cases", list)
	return json.Marshal(file)
}

var errPath = errors.New("a field stands inside of one that has a value")

// put sets a value at a path of names.
func put(into *fields, path []string, v any) error {
	if len(path) == 1 {
		if _, taken := into.values[path[0]]; taken || path[0] == "" {
			return errPath
		}
		into.set(path[0], v)
		return nil
	}
	inner, ok := into.values[path[0]].(fields)
	if !ok && into.values[path[0]] != nil || len(path) > mostDeep/2 {
		return errPath
	}
	if err := put(&inner, path[1:], v); err != nil {
		return err
	}
	into.set(path[0], inner)
	return nil
}

var (
	wholeNumber = regexp.MustCompile(`^-?(?:0|[1-9][0-9]{0,17})$`)
	plainNumber = regexp.MustCompile(`^-?[0-9]{1,18}[.,][0-9]{1,18}$`)
)

// cell reads what a person typed into a cell.
func cell(text string) any {
	text = strings.TrimSpace(text)
	switch {
	case wholeNumber.MatchString(text):
		return json.Number(text)
	case plainNumber.MatchString(text):
		return strings.Replace(text, ",", ".", 1)
	}
	if strings.ContainsAny(text[:1], `{["`) || text == "true" || text == "false" || text == "null" {
		if v, err := decode([]byte(text)); err == nil {
			return v
		}
	}
	return text
}
