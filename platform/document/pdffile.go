package document

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"strconv"
	"unicode/utf16"
)

// objects collects the numbered objects of a PDF file. Numbers are given first and filled later, so that
// objects can point at each other; the file is written in the order of numbers.
type objects struct {
	bodies [][]byte
	plain  bool // streams uncompressed, for tests that plant faults
}

// ref is the number of an object.
type ref int

func (r ref) String() string { return strconv.Itoa(int(r)) + " 0 R" }

func (o *objects) reserve() ref {
	o.bodies = append(o.bodies, nil)
	return ref(len(o.bodies))
}

func (o *objects) set(r ref, format string, args ...any) {
	o.bodies[r-1] = fmt.Appendf(nil, format, args...)
}

func (o *objects) add(format string, args ...any) ref {
	r := o.reserve()
	o.set(r, format, args...)
	return r
}

// stream adds a stream; extra are dictionary entries without brackets. Metadata must stay readable: raw.
func (o *objects) stream(extra string, data []byte, raw bool) (ref, error) {
	filter := ""
	if !raw && !o.plain {
		var packed bytes.Buffer
		w, err := zlib.NewWriterLevel(&packed, zlib.BestCompression)
		if err != nil {
			return 0, fmt.Errorf("compressing a stream: %w", err)
		}
		if _, err := w.Write(data); err != nil {
			return 0, fmt.Errorf("compressing a stream: %w", err)
		}
		if err := w.Close(); err != nil {
			return 0, fmt.Errorf("compressing a stream: %w", err)
		}
		data, filter = packed.Bytes(), "/Filter/FlateDecode"
	}
	r := o.reserve()
	body := fmt.Appendf(nil, "<<%s%s/Length %d>>\nstream\n", extra, filter, len(data))
	body = append(body, data...)
	o.bodies[r-1] = append(body, "\nendstream"...)
	return r, nil
}

// file writes everything with the cross-reference table. The identifier comes from the content.
func (o *objects) file(root, info ref) []byte {
	out := []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(o.bodies))
	for i, body := range o.bodies {
		offsets[i] = len(out)
		out = fmt.Appendf(out, "%d 0 obj\n", i+1)
		out = append(out, body...)
		out = append(out, "\nendobj\n"...)
	}
	id := sha256.Sum256(out)
	at := len(out)
	out = fmt.Appendf(out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, offset := range offsets {
		out = fmt.Appendf(out, "%010d 00000 n \n", offset)
	}
	return fmt.Appendf(out, "trailer\n<</Size %d/Root %v/Info %v/ID[<%x><%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(offsets)+1, root, info, id[:16], id[:16], at)
}

// text writes a text string, UTF-16 with its mark, in hexadecimal: no escapes are needed.
func text(s string) string {
	out := []byte("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		out = fmt.Appendf(out, "%04X", u)
	}
	return string(append(out, '>'))
}

// ascii writes a byte string of an address or a name that is known to be ASCII.
func ascii(s string) string { return fmt.Sprintf("<%X>", s) }

// num writes a length in points with two decimals, without trailing zeros.
func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	for s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	if s == "-0" {
		return "0"
	}
	return s
}
