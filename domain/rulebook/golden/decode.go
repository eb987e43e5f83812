package golden

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Limits of a file that a person hands in.
const (
	mostBytes = 64 << 20
	mostDeep  = 64
	mostDigit = 40
)

// decode reads one JSON value strictly: a field twice, anything after the value, text that is no UTF-8, a number with an
// exponent and nesting without end are refused. Numbers stay as their digits.
func decode(raw []byte) (any, error) {
	raw = bytes.TrimPrefix(raw, []byte("\uFEFF"))
	if !utf8.Valid(raw) {
		return nil, errors.New("the text is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	v, err := decodeValue(d, 0)
	if err != nil {
		return nil, fmt.Errorf("at byte %d: %w", d.InputOffset(), err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("at byte %d: something follows the end", d.InputOffset())
	}
	return v, nil
}

func decodeValue(d *json.Decoder, deep int) (any, error) {
	if deep > mostDeep {
		return nil, errors.New("nested too deep")
	}
	token, err := d.Token()
	if errors.Is(err, io.EOF) {
		return nil, io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Number:
		if len(t) > mostDigit || strings.ContainsAny(string(t), "eE") {
			return nil, fmt.Errorf("the number %.20s… is not plain digits", t)
		}
	case json.Delim:
		if t == '{' {
			return decodeObject(d, deep)
		}
		return decodeList(d, deep)
	}
	return token, nil
}

func decodeObject(d *json.Decoder, deep int) (any, error) {
	object := fields{values: map[string]any{}}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := token.(string)
		if _, twice := object.values[name]; twice || !ok {
			return nil, fmt.Errorf("the field %q stands twice", name)
		}
		if object.values[name], err = decodeValue(d, deep+1); err != nil {
			return nil, err
		}
		object.order = append(object.order, name)
	}
	_, err := d.Token()
	return object, err
}

func decodeList(d *json.Decoder, deep int) (any, error) {
	list := []any{}
	for d.More() {
		v, err := decodeValue(d, deep+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

// fields is an object with its fields in the order of the file.
type fields struct {
	order  []string
	values map[string]any
}

// MarshalJSON writes the fields in their order.
func (f fields) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range f.order {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(f.values[name])
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// set puts a field in, at its old place when it was there.
func (f *fields) set(name string, v any) {
	if f.values == nil {
		f.values = map[string]any{}
	}
	if _, there := f.values[name]; !there {
		f.order = append(f.order, name)
	}
	f.values[name] = v
}
