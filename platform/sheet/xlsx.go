package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"seteli/core/fault"
)

const (
	maxEntries   = 2_000
	maxDirectory = 1 << 20   // bytes of the list of entries
	maxUnzipped  = 64 << 20  // bytes of all entries together
	maxRatio     = 200       // unpacked to packed, of entries above a megabyte; tables of real life stay below 60
	maxCells     = 5_000_000 // held in memory, 16 bytes each beside their text
	xmlInMemory  = 16 << 20  // larger sheets are read from a temporary file
)

// openXLSX counts and unpacks every entry against hard limits before the workbook is given to the reader:
// declared sizes may lie.
func (t *Table) openXLSX(r io.ReaderAt, size int64) error {
	if err := directory(r, size); err != nil {
		return err
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return errDamaged.Because(err)
	}
	workbook := false
	left := int64(maxUnzipped)
	for _, f := range archive.File {
		workbook = workbook || f.Name == "xl/workbook.xml"
		n, err := t.entry(f, left)
		if err != nil {
			return err
		}
		left -= n
	}
	if !workbook {
		return errFormat
	}
	return t.load(r, size)
}

// directory reads the end record by itself: a list of a million entries must not be built to be counted.
func directory(r io.ReaderAt, size int64) error {
	tail := make([]byte, min(size, 65_557))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return errDamaged.Because(err)
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || at+22 > len(tail) {
		return errDamaged
	}
	entries := binary.LittleEndian.Uint16(tail[at+10:])
	from := int64(binary.LittleEndian.Uint32(tail[at+16:]))
	if entries > maxEntries || size-from > maxDirectory+int64(len(tail)-at) {
		return errBomb.With("max", maxUnzipped>>20)
	}
	return nil
}

var mergedRange = regexp.MustCompile(`<mergeCell ref="([A-Z0-9:]{3,20})"`)

func (t *Table) entry(f *zip.File, left int64) (int64, error) {
	bomb := errBomb.With("max", maxUnzipped>>20)
	if int64(f.UncompressedSize64) > left || f.UncompressedSize64 > 1<<20 && f.UncompressedSize64/max(1, f.CompressedSize64) > maxRatio {
		return 0, bomb
	}
	if strings.Contains(strings.ToLower(f.Name), "vbaproject") || strings.HasPrefix(f.Name, "xl/macrosheets/") || strings.HasPrefix(f.Name, "xl/embeddings/") {
		return 0, errHarmful
	}
	open, err := f.Open()
	if err != nil {
		return 0, errDamaged.Because(err)
	}
	defer open.Close() // reading only
	data, err := io.ReadAll(io.LimitReader(open, left+1))
	if err != nil {
		return 0, errDamaged.Because(err)
	}
	if int64(len(data)) > left {
		return 0, bomb
	}
	if bytes.Contains(data[:min(len(data), 1024)], []byte("<!DOCTYPE")) || bytes.Contains(data[:min(len(data), 1024)], []byte("<!ENTITY")) {
		return 0, errHarmful
	}
	if strings.HasPrefix(f.Name, "xl/worksheets/") {
		for _, m := range mergedRange.FindAllSubmatch(data, 100) {
			t.Merged = append(t.Merged, string(m[1]))
		}
	}
	return int64(len(data)), nil
}

// load copies the first visible sheet into memory, numbers as they are stored and not as they are shown.
func (t *Table) load(r io.ReaderAt, size int64) (err error) {
	book, err := excelize.OpenReader(io.NewSectionReader(r, 0, size), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: xmlInMemory, RawCellValue: true})
	if err != nil {
		return errDamaged.Because(err)
	}
	defer func() {
		if closing := book.Close(); err == nil && closing != nil {
			err = errDamaged.Because(closing)
		}
	}()
	for _, name := range book.GetSheetList() {
		visible, err := book.GetSheetVisible(name)
		if err != nil {
			return errDamaged.Because(err)
		}
		switch {
		case !visible:
			t.Hidden = append(t.Hidden, name)
		case t.Sheet == "":
			t.Sheet = name
		}
	}
	if t.Sheet == "" {
		return errEmpty
	}
	properties, err := book.GetWorkbookProps()
	if err != nil {
		return errDamaged.Because(err)
	}
	source := &xlsxSource{base1904: properties.Date1904 != nil && *properties.Date1904}
	rows, err := book.Rows(t.Sheet)
	if err != nil {
		return errDamaged.Because(err)
	}
	if err := t.copyRows(rows, source); err != nil {
		return err
	}
	t.Format, t.source = XLSX, source
	return nil
}

func (t *Table) copyRows(rows *excelize.Rows, source *xlsxSource) (err error) {
	defer func() {
		if closing := rows.Close(); err == nil && closing != nil {
			err = errDamaged.Because(closing)
		}
	}()
	cells := 0
	for number := 1; rows.Next(); number++ {
		if number > t.limits.Lines+1_000 { // room for blank rows; the exact limit is judged with the others
			return errLines.With("max", t.limits.Lines)
		}
		hidden := rows.GetRowOpts().Hidden
		record, err := rows.Columns()
		if err != nil {
			return errDamaged.Because(err)
		}
		for len(record) > 0 && record[len(record)-1] == "" {
			record = record[:len(record)-1]
		}
		if len(record) > maxColumns {
			return errColumns.With("n", len(record)).With("max", maxColumns)
		}
		if cells += len(record); cells > maxCells {
			return errBomb.With("max", maxUnzipped>>20)
		}
		if hidden && len(record) > 0 {
			t.HiddenAt = append(t.HiddenAt, number)
		}
		source.rows = append(source.rows, slices.Clone(record))
	}
	if err := rows.Error(); err != nil {
		return errDamaged.Because(err)
	}
	if len(source.rows) == 0 {
		return errEmpty
	}
	return nil
}

type xlsxSource struct {
	rows     [][]string
	base1904 bool
}

func (s *xlsxSource) records(yield func(int, []string, *fault.Fault) bool) {
	for i, record := range s.rows {
		if !yield(i+1, record, nil) {
			return
		}
	}
}
