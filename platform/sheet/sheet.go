package sheet

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"seteli/core/fault"
)

// Limits of one file. Zero values take the defaults.
type Limits struct {
	Bytes int64 // size of the file, default 25 MiB
	Lines int   // lines below the header, default 100,000
}

const (
	defaultBytes = 25 << 20
	defaultLines = 100_000
	maxColumns   = 200
	maxCell      = 32_767 // characters in a cell, the limit of the spreadsheet programs
	maxFaults    = 1_000  // structural errors listed one by one; the rest is counted
)

var (
	errEmpty     = fault.New(fault.Invalid, "SHE-001", "sheet.empty")
	errFormat    = fault.New(fault.Invalid, "SHE-002", "sheet.format")
	errSize      = fault.New(fault.Invalid, "SHE-003", "sheet.size")
	errLines     = fault.New(fault.Invalid, "SHE-004", "sheet.lines")
	errHeader    = fault.New(fault.Invalid, "SHE-005", "sheet.header")
	errMissing   = fault.New(fault.Invalid, "SHE-006", "sheet.missing")
	errTwice     = fault.New(fault.Invalid, "SHE-007", "sheet.twice")
	errWidth     = fault.New(fault.Invalid, "SHE-008", "sheet.width")
	errQuote     = fault.New(fault.Invalid, "SHE-009", "sheet.quote")
	errHarmful   = fault.New(fault.Invalid, "SHE-010", "sheet.harmful")
	errBomb      = fault.New(fault.Invalid, "SHE-011", "sheet.bomb")
	errDamaged   = fault.New(fault.Invalid, "SHE-012", "sheet.damaged")
	errLong      = fault.New(fault.Invalid, "SHE-013", "sheet.long")
	errColumns   = fault.New(fault.Invalid, "SHE-014", "sheet.columns")
	errLocked    = fault.New(fault.Invalid, "SHE-015", "sheet.locked")
	errMore      = fault.New(fault.Invalid, "SHE-016", "sheet.more")
	errNoContent = fault.New(fault.Invalid, "SHE-017", "sheet.rows")
)

// Format of a file.
type Format string

// The formats that are read.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Table is an opened file. It holds its content in memory and may be read several times, also concurrently.
type Table struct {
	Name     string
	Format   Format
	Encoding string // of a CSV: "utf-8", "windows-1252" or "utf-16"
	Comma    rune   // of a CSV: ; , or tab
	Sheet    string // of an XLSX: the sheet that is read, the first visible one
	Hidden   []string
	Merged   []string // merged ranges, "A1:B2"; their value stands in the first cell only
	HiddenAt []int    // hidden rows, which are read like others: the sender is asked
	source   source
	limits   Limits
}

// source gives the records of a file with their row numbers from 1. The record is valid until the next one.
// A structural error comes in place of a record and reading goes on; stop ends it.
type source interface {
	records(yield func(row int, record []string, bad *fault.Fault) (more bool))
}

// Open judges a file and prepares it for reading; its kind comes from the content, the name is kept for messages.
// Faults: SHE-001 empty, SHE-002 not a table, SHE-003 too large, SHE-010 macros, SHE-011 zip bomb, SHE-012 damaged, SHE-015 locked.
func Open(name string, r io.ReaderAt, size int64, limits Limits) (*Table, error) {
	if limits.Bytes == 0 {
		limits.Bytes = defaultBytes
	}
	if limits.Lines == 0 {
		limits.Lines = defaultLines
	}
	if size <= 0 {
		return nil, errEmpty
	}
	if size > limits.Bytes {
		return nil, errSize.With("max", int(limits.Bytes>>20))
	}
	t := &Table{Name: name, limits: limits}
	head := make([]byte, min(size, 8))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, errDamaged.Because(err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return opened(t, t.openXLSX(r, size))
	case bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0}): // old Excel, or a workbook under a password
		return nil, errLocked
	}
	data := make([]byte, size)
	if _, err := r.ReadAt(data, 0); err != nil && err != io.EOF {
		return nil, errDamaged.Because(err)
	}
	return opened(t, t.openCSV(data))
}

func opened(t *Table, err error) (*Table, error) {
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Table) openCSV(data []byte) error {
	text, encoding, err := decode(data)
	if err != nil {
		return err
	}
	if strings.TrimSpace(text) == "" {
		return errEmpty
	}
	// A table of text has no control characters; pictures, programs and PDFs have.
	sample := text[:min(len(text), 4096)]
	if strings.ContainsFunc(sample, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' }) || strings.HasPrefix(sample, "%PDF") {
		return errFormat
	}
	t.Format, t.Encoding, t.Comma = CSV, encoding, comma(text)
	t.source = csvSource{text: text, comma: t.Comma}
	return nil
}

// decode gives UTF-8. What is no valid UTF-8 was written by an older Excel in Windows-1252, of which Latin-1 is a part.
func decode(data []byte) (text, encoding string, err error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return "", "", errDamaged.Because(err)
		}
		return string(out), "utf-16", nil
	}
	if utf8.Valid(data) {
		return string(data), "utf-8", nil
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return "", "", errDamaged.Because(err)
	}
	return string(out), "windows-1252", nil
}

// comma is the separator that occurs most in the first line outside quotes; a semicolon wins a tie.
func comma(text string) rune {
	var semicolons, commas, tabs int
	quoted, seen := false, false
	for _, r := range text {
		if r == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		switch r {
		case ';':
			semicolons++
		case ',':
			commas++
		case '\t':
			tabs++
		}
		if (r == '\n' || r == '\r') && seen {
			break
		}
		seen = seen || r > ' '
	}
	switch {
	case tabs > semicolons && tabs > commas:
		return '\t'
	case commas > semicolons:
		return ','
	}
	return ';'
}
