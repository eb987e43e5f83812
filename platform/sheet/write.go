package sheet

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"seteli/core/calendar"
	"seteli/core/money"
)

// Figure is a decimal number with a point ("2.5", "-0.125") that must stay a number in the file.
type Figure string

// The values of written cells are string, int, int64, money.Cents, Figure, calendar.Date and nil; others are an error.

// WriteCSV writes what a Finnish Excel opens by a double click: UTF-8 with its mark, semicolons, CRLF, decimal comma,
// dates as 1.12.2026. Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers never do.
// An error of rows ends the writing and is returned.
func WriteCSV(w io.Writer, headings []string, rows iter.Seq2[[]any, error]) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	if _, err := buffered.WriteString("\ufeff"); err != nil {
		return fmt.Errorf("writing a table: %w", err)
	}
	out := csv.NewWriter(buffered)
	out.Comma, out.UseCRLF = ';', true
	record := make([]string, len(headings))
	for i, h := range headings {
		record[i] = guard(h)
	}
	if err := out.Write(record); err != nil {
		return fmt.Errorf("writing a table: %w", err)
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		record = record[:0]
		for _, v := range row {
			s, err := csvText(v)
			if err != nil {
				return err
			}
			record = append(record, s)
		}
		if err := out.Write(record); err != nil {
			return fmt.Errorf("writing a table: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing a table: %w", err)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("writing a table: %w", err)
	}
	return nil
}

func csvText(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return guard(v), nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case money.Cents:
		return cents(v, ','), nil
	case Figure:
		if _, ok := simple(string(v)); !ok {
			return "", fmt.Errorf("writing a table: %q is not a number", v)
		}
		return strings.Replace(string(v), ".", ",", 1), nil
	case calendar.Date:
		y, m, d := v.Civil()
		return fmt.Sprintf("%d.%d.%d", d, int(m), y), nil
	}
	return "", fmt.Errorf("writing a table: cells of type %T are not known", v)
}

// guard makes a text harmless for spreadsheet programs: signs that begin a formula, also in their full-width forms, and
// signs that hide one. Control characters other than line ends are dropped: no program shows them.
func guard(s string) string {
	if s == "" {
		return s
	}
	r, _ := utf8.DecodeRuneInString(s)
	risky := strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", r)
	if strings.ContainsFunc(s, isControl) {
		s = strings.Map(func(r rune) rune {
			if isControl(r) {
				return -1
			}
			return r
		}, s)
		r, _ = utf8.DecodeRuneInString(s)
		risky = risky || s != "" && strings.ContainsRune("=+-@＝＋－＠", r)
	}
	if risky {
		return "'" + s
	}
	return s
}

func isControl(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f }

// cents writes euros with two decimals after mark.
func cents(c money.Cents, mark byte) string {
	sign := ""
	n := uint64(c)
	if c < 0 {
		sign, n = "-", uint64(-c)
	}
	return fmt.Sprintf("%s%d%c%02d", sign, n/100, mark, n%100)
}

// WriteXLSX writes one sheet with a bold heading that stays in view; amounts and figures are numbers, days are dates.
// Rows are streamed: memory does not grow with their number.
func WriteXLSX(w io.Writer, sheet string, headings []string, rows iter.Seq2[[]any, error]) (err error) {
	book := excelize.NewFile()
	defer func() {
		if closing := book.Close(); err == nil && closing != nil {
			err = fmt.Errorf("closing a workbook: %w", closing)
		}
	}()
	x, err := newXLSXWriter(book, sheet, headings)
	if err != nil {
		return err
	}
	number := 1
	for row, err := range rows {
		if err != nil {
			return err
		}
		number++
		if err := x.row(number, row); err != nil {
			return err
		}
	}
	if err := x.stream.Flush(); err != nil {
		return fmt.Errorf("writing a workbook: %w", err)
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("writing a workbook: %w", err)
	}
	return nil
}

type xlsxWriter struct {
	stream      *excelize.StreamWriter
	amount, day int
	cells       []any
}

func newXLSXWriter(book *excelize.File, sheet string, headings []string) (*xlsxWriter, error) {
	x := &xlsxWriter{}
	if err := book.SetSheetName("Sheet1", sheet); err != nil {
		return nil, fmt.Errorf("naming a sheet: %w", err)
	}
	form := "d.m.yyyy"
	bold := 0
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&bold, excelize.Style{Font: &excelize.Font{Bold: true}}}, {&x.amount, excelize.Style{NumFmt: 4}}, {&x.day, excelize.Style{CustomNumFmt: &form}},
	} {
		id, err := book.NewStyle(&s.style)
		if err != nil {
			return nil, fmt.Errorf("making a style: %w", err)
		}
		*s.id = id
	}
	stream, err := book.NewStreamWriter(sheet)
	if err != nil {
		return nil, fmt.Errorf("writing a workbook: %w", err)
	}
	x.stream = stream
	if err := stream.SetColWidth(1, max(1, len(headings)), 18); err != nil {
		return nil, fmt.Errorf("writing a workbook: %w", err)
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, fmt.Errorf("writing a workbook: %w", err)
	}
	for _, h := range headings {
		x.cells = append(x.cells, excelize.Cell{StyleID: bold, Value: guard(h)})
	}
	if err := stream.SetRow("A1", x.cells); err != nil {
		return nil, fmt.Errorf("writing a workbook: %w", err)
	}
	return x, nil
}

func (x *xlsxWriter) row(number int, row []any) error {
	x.cells = x.cells[:0]
	for _, v := range row {
		switch v := v.(type) {
		case nil, int, int64:
			x.cells = append(x.cells, v)
		case string:
			x.cells = append(x.cells, guard(v))
		case money.Cents:
			// The format itself stores a double; the nearest one prints the same two decimals up to 9·10^13 cents.
			x.cells = append(x.cells, excelize.Cell{StyleID: x.amount, Value: float64(v) / 100})
		case Figure:
			f, err := strconv.ParseFloat(string(v), 64)
			if err != nil {
				return fmt.Errorf("writing a workbook: %w", err)
			}
			x.cells = append(x.cells, f)
		case calendar.Date:
			x.cells = append(x.cells, excelize.Cell{StyleID: x.day, Value: int64(v - base1900)})
		default:
			return fmt.Errorf("writing a workbook: cells of type %T are not known", v)
		}
	}
	if err := x.stream.SetRow("A"+strconv.Itoa(number), x.cells); err != nil {
		return fmt.Errorf("writing row %d of a workbook: %w", number, err)
	}
	return nil
}
