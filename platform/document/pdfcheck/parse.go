package pdfcheck

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"unicode/utf16"
)

// The objects of the format: name, dict, array (any slice), ref, str, float64, bool and nil.
type (
	name   string
	str    string // bytes of a string
	ref    int
	dict   map[string]any
	word   string // an operator of a content stream
	stream struct {
		dict
		data []byte
	}
)

// file is what the rules read: all objects by number, and the trailer.
type file struct {
	objects map[ref]any
	trailer dict
}

var objectHead = regexp.MustCompile(`(?:^|[\r\n])(\d+) 0 obj\s`)

// read finds objects by their heads and not by the cross-reference table (qpdf judges that one).
// It reads what platform/document writes: no object streams, no encryption.
func read(b []byte) (*file, error) {
	f := &file{objects: map[ref]any{}}
	for at := 0; ; {
		m := objectHead.FindSubmatchIndex(b[at:])
		if m == nil {
			break
		}
		number, err := strconv.Atoi(string(b[at+m[2] : at+m[3]]))
		if err != nil {
			return nil, fmt.Errorf("reading an object number: %w", err)
		}
		l := &lexer{b: b, at: at + m[1]}
		v, err := l.value()
		if err != nil {
			return nil, fmt.Errorf("reading object %d: %w", number, err)
		}
		if d, ok := v.(dict); ok {
			l.space()
			if bytes.HasPrefix(b[l.at:], []byte("stream\n")) {
				size, _ := d["Length"].(float64)
				from := l.at + len("stream\n")
				if size < 0 || from+int(size) > len(b) {
					return nil, fmt.Errorf("reading object %d: stream longer than the file", number)
				}
				data, err := inflate(d, b[from:from+int(size)])
				if err != nil {
					return nil, fmt.Errorf("reading object %d: %w", number, err)
				}
				v, l.at = stream{d, data}, from+int(size)
			}
		}
		f.objects[ref(number)] = v
		at = l.at
	}
	if i := bytes.LastIndex(b, []byte("trailer")); i >= 0 {
		l := &lexer{b: b, at: i + len("trailer")}
		v, err := l.value()
		if err != nil {
			return nil, fmt.Errorf("reading the trailer: %w", err)
		}
		f.trailer, _ = v.(dict)
	}
	if f.trailer == nil {
		return nil, fmt.Errorf("reading the trailer: there is none")
	}
	return f, nil
}

// most is the largest size of a stream that is unpacked.
const most = 64 << 20

func inflate(d dict, data []byte) ([]byte, error) {
	if d["Filter"] == nil {
		return data, nil
	}
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("unpacking a stream: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(r, most))
	if err != nil {
		return nil, fmt.Errorf("unpacking a stream: %w", err)
	}
	return out, nil
}

func (f *file) get(v any) any {
	for range 8 { // references to references end somewhere
		r, ok := v.(ref)
		if !ok {
			return v
		}
		v = f.objects[r]
	}
	return nil
}

func (f *file) dict(v any) dict {
	switch d := f.get(v).(type) {
	case dict:
		return d
	case stream:
		return d.dict
	}
	return nil
}

func (f *file) list(v any) []any {
	l, _ := f.get(v).([]any)
	return l
}

// words gives a text string in UTF-8.
func (f *file) words(v any) string {
	s, _ := f.get(v).(str)
	if len(s) < 2 || s[0] != 0xFE || s[1] != 0xFF {
		return string(s)
	}
	units := make([]uint16, 0, len(s)/2)
	for i := 2; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}

type lexer struct {
	b     []byte
	at    int
	depth int
}

func (l *lexer) space() {
	for l.at < len(l.b) && bytes.IndexByte([]byte(" \t\r\n\f\x00"), l.b[l.at]) >= 0 {
		l.at++
	}
}

func (l *lexer) has(s string) bool {
	if bytes.HasPrefix(l.b[l.at:], []byte(s)) {
		l.at += len(s)
		return true
	}
	return false
}

var reference = regexp.MustCompile(`^(\d+) 0 R`)

func (l *lexer) value() (any, error) {
	l.space()
	if l.depth++; l.depth > 100 {
		return nil, fmt.Errorf("nested too deep at byte %d", l.at)
	}
	defer func() { l.depth-- }()
	if l.at >= len(l.b) {
		return nil, io.ErrUnexpectedEOF
	}
	switch {
	case l.has("<<"):
		return l.dict()
	case l.has("["):
		var list []any
		for {
			if l.space(); l.has("]") {
				return list, nil
			}
			v, err := l.value()
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
	case l.has("/"):
		return name(l.token()), nil
	case l.has("("):
		end := bytes.IndexByte(l.b[l.at:], ')') // the writer uses no escapes and no nesting
		if end < 0 {
			return nil, io.ErrUnexpectedEOF
		}
		s := str(l.b[l.at : l.at+end])
		l.at += end + 1
		return s, nil
	case l.has("<"):
		return l.hex()
	}
	if m := reference.FindSubmatch(l.b[l.at:min(len(l.b), l.at+20)]); m != nil {
		l.at += len(m[0])
		n, err := strconv.Atoi(string(m[1]))
		return ref(n), err
	}
	t := l.token()
	switch t {
	case "":
		return nil, fmt.Errorf("unexpected %q at byte %d", l.b[l.at], l.at)
	case "true", "false":
		return t == "true", nil
	case "null":
		return nil, nil
	}
	if n, err := strconv.ParseFloat(t, 64); err == nil {
		return n, nil
	}
	return word(t), nil
}

func (l *lexer) token() string {
	from := l.at
	for l.at < len(l.b) && bytes.IndexByte([]byte(" \t\r\n\f\x00()<>[]{}/%"), l.b[l.at]) < 0 {
		l.at++
	}
	return string(l.b[from:l.at])
}

func (l *lexer) dict() (any, error) {
	d := dict{}
	for {
		if l.space(); l.has(">>") {
			return d, nil
		}
		if !l.has("/") {
			return nil, fmt.Errorf("a dictionary key is missing at byte %d", l.at)
		}
		key := l.token()
		v, err := l.value()
		if err != nil {
			return nil, err
		}
		d[key] = v
	}
}

func (l *lexer) hex() (any, error) {
	end := bytes.IndexByte(l.b[l.at:], '>')
	if end < 0 {
		return nil, io.ErrUnexpectedEOF
	}
	digits := l.b[l.at : l.at+end]
	l.at += end + 1
	out := make([]byte, 0, len(digits)/2)
	for i := 0; i+1 < len(digits); i += 2 {
		n, err := strconv.ParseUint(string(digits[i:i+2]), 16, 8)
		if err != nil {
			return nil, fmt.Errorf("reading a hexadecimal string: %w", err)
		}
		out = append(out, byte(n))
	}
	return str(out), nil
}
