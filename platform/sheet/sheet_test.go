package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
)

// evenDigits stands for a check character: an identifier of seven digits whose sum is a multiple of ten.
func evenDigits(s string) bool {
	sum := 0
	for _, r := range s {
		sum += int(r - '0')
	}
	return len(s) == 7 && digitsOnly(s) && sum%10 == 0
}

var wanted = []Column{
	{Name: "day", Synonyms: []string{"Päivä", "Datum", "Date"}, Required: true, Kind: Date},
	{Name: "unit", Synonyms: []string{"Yksikkö", "Enhet"}, Kind: Code, Valid: evenDigits},
	{Name: "hours", Synonyms: []string{"Tunnit", "Timmar"}, Kind: Hours},
	{Name: "price", Synonyms: []string{"Hinta", "Pris"}, Required: true, Kind: Decimal},
	{Name: "start", Synonyms: []string{"Alkoi", "Började"}, Kind: Time},
	{Name: "note", Synonyms: []string{"Huomautus", "Anmärkning"}, Kind: Text},
}

func open(t testing.TB, data []byte) (*Table, error) {
	t.Helper()
	return Open("tapahtumat", bytes.NewReader(data), int64(len(data)), Limits{})
}

func match(t testing.TB, data string) *Match {
	t.Helper()
	table, err := open(t, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	m, err := table.Match(wanted)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func codes(err error) string {
	var out []string
	for _, f := range fault.All(err) {
		out = append(out, f.Code)
	}
	return strings.Join(out, " ")
}

func TestEncodingsAndSeparatorsGiveTheSameRows(t *testing.T) {
	t.Parallel()
	const plain = "Hinta;Päivä;Huomautus\r\n12,50;1.12.2026;hyvä \"\"työ\"\"\r\n"
	text := strings.ReplaceAll(plain, `hyvä ""työ""`, `"hyvä ""työ"""`)
	latin := []byte(strings.NewReplacer("ä", "\xe4", "ö", "\xf6").Replace(text))
	wide := []byte{0xFF, 0xFE}
	for _, r := range text {
		wide = append(wide, byte(r), byte(r>>8))
	}
	for name, c := range map[string]struct {
		data     []byte
		encoding string
		comma    rune
	}{
		"utf-8":        {[]byte(text), "utf-8", ';'},
		"with a mark":  {[]byte("\ufeff" + text), "utf-8", ';'},
		"windows-1252": {latin, "windows-1252", ';'},
		"utf-16":       {wide, "utf-16", ';'},
		"tabs":         {[]byte(strings.ReplaceAll(text, ";", "\t")), "utf-8", '\t'},
		"commas":       {[]byte(strings.ReplaceAll(strings.ReplaceAll(text, ",", "."), ";", ",")), "utf-8", ','},
	} {
		table, err := open(t, c.data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if table.Encoding != c.encoding || table.Comma != c.comma {
			t.Errorf("%s: got %s %q", name, table.Encoding, table.Comma)
		}
		m, err := table.Match(wanted)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for row := range m.Rows() {
			got := fmt.Sprint(row.Number, row.Cells[0].Value, row.Cells[3].Value, row.Cells[5].Value)
			if want := fmt.Sprint(2, "2026-12-01", "12.50", `hyvä "työ"`); got != want {
				t.Errorf("%s: got %s, want %s", name, got, want)
			}
		}
	}
}

func TestDamageIsProposedAndNeverApplied(t *testing.T) {
	t.Parallel()
	at := map[string]int{"day": 0, "unit": 1, "hours": 2, "price": 3, "start": 4, "note": 5}
	for _, c := range []struct {
		column, raw            string
		damage                 Damage
		value, proposal, other string
	}{
		{"day", "2026-12-01", "", "2026-12-01", "", ""},
		{"day", "1.12.2026", "", "2026-12-01", "", ""},
		{"day", "1.12.2026 0:00", "", "2026-12-01", "", ""},
		{"day", "46388", DateSerial, "", "2027-01-01", ""},
		{"day", "44000", DateSerial, "", "2020-06-18", "2024-06-19"},
		{"day", "3/4/2027", DateOrder, "", "2027-04-03", "2027-03-04"},
		{"day", "13/4/2027", DateOrder, "", "2027-04-13", ""},
		{"day", "4/13/2027", DateOrder, "", "2027-04-13", ""},
		{"day", "3.4.27", DateYear, "", "2027-04-03", ""},
		{"day", "3-Apr-27", DateMonth, "", "2027-04-03", ""},
		{"day", "3. maaliskuuta 2027", DateMonth, "", "2027-03-03", ""},
		{"day", "3 mars 2027", DateMonth, "", "2027-03-03", ""},
		{"day", "3. marraskuuta 2027", DateMonth, "", "2027-11-03", ""},
		{"day", "31.2.2027", Unreadable, "", "", ""},
		{"day", "huomenna", Unreadable, "", "", ""},
		{"unit", "0012345", Damage(""), "0012345", "", ""},
		{"unit", "0300007", "", "0300007", "", ""},
		{"unit", "300007", LostZero, "", "0300007", ""},
		{"unit", "1.234567E+6", Scientific, "", "", ""},
		{"unit", "1.111114E+6", Scientific, "", "1111114", ""},
		{"unit", "1.1E+6", Scientific, "", "", ""},
		{"unit", "1111114.0", Number, "", "1111114", ""},
		{"price", "12,5", "", "12.5", "", ""},
		{"price", "-12,50", "", "-12.50", "", ""},
		{"price", "1 234,50", Number, "", "1234.50", ""},
		{"price", "1\u00a0234,50 €", Number, "", "1234.50", ""},
		{"price", "1.234,50", Number, "", "1234.50", ""},
		{"price", "1,234.50", Number, "", "1234.50", ""},
		{"price", "12,50-", Number, "", "-12.50", ""},
		{"price", "1.234", Number, "", "1.234", "1234"},
		{"price", "ilmainen", Unreadable, "", "", ""},
		{"hours", "2:30", "", "2:30", "", ""},
		{"hours", "2,5", "", "2:30", "", ""},
		{"hours", "2,33", "", "2.33", "", ""},
		{"hours", "2.30", HourForm, "", "2:18", "2:30"},
		{"hours", "0.104167", HourForm, "", "2:30", "0.104167"},
		{"hours", "2,5 h", HourForm, "", "2:30", ""},
		{"start", "8.30", "", "08:30", "", ""},
		{"start", "08:30:00", "", "08:30", "", ""},
		{"start", "0830", TimeForm, "", "08:30", ""},
		{"start", "8", TimeForm, "", "08:00", ""},
		{"start", "0.354167", TimeForm, "", "08:30", ""},
		{"start", "25:00", Unreadable, "", "", ""},
		{"note", "hyvä", "", "hyvä", "", ""},
		{"note", "hyvÃ¤ tyÃ¶", Encoding, "", "hyvä työ", ""},
		{"note", "hyv\ufffd", Encoding, "", "", ""},
	} {
		fields := []string{"1.12.2026", "", "", "1", "", ""}
		fields[at[c.column]] = c.raw
		m := match(t, "day\tunit\thours\tprice\tstart\tnote\n"+strings.Join(fields, "\t")+"\n")
		for row := range m.Rows() {
			want := Cell{Raw: c.raw, Value: c.value, Damage: c.damage, Proposal: c.proposal, Other: c.other}
			if diff := cmp.Diff(want, row.Cells[at[c.column]]); diff != "" {
				t.Errorf("%s %q (-want +got):\n%s", c.column, c.raw, diff)
			}
		}
	}
}

func TestOtherCellsOfTheColumnDecideWhatOneCannot(t *testing.T) {
	t.Parallel()
	m := match(t, "day\thours\tprice\n13/4/2027\t1:15\t0.50\n3/4/2027\t2.30\t1.234\n")
	var last []Cell
	for row := range m.Rows() {
		last = append(last[:0], row.Cells...)
	}
	if last[0].Proposal != "2027-04-03" || last[0].Other != "" {
		t.Errorf("day: got %+v", last[0])
	}
	if last[2].Proposal != "2:30" || last[2].Other != "2:18" {
		t.Errorf("hours: got %+v", last[2])
	}
	if last[3].Value != "1.234" {
		t.Errorf("price: got %+v", last[3])
	}
	if diff := cmp.Diff(map[Damage]int{DateOrder: 2, HourForm: 1}, m.Damages()); diff != "" {
		t.Errorf("damages (-want +got):\n%s", diff)
	}
}

func TestEveryStructuralErrorIsToldAtOnce(t *testing.T) {
	t.Parallel()
	table, err := open(t, []byte("Datum;Huomautus;note;Väri\n1.12.2026;a\n1.12.2026;b\"c;d;e\n1.12.2026;a;b;c;d\n1.12.2026;"+strings.Repeat("x", maxCell+1)+";b;c\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = table.Match(wanted)
	if got := codes(err); got != "SHE-007 SHE-006 SHE-008 SHE-009 SHE-008 SHE-013" {
		t.Errorf("got %s: %v", got, err)
	}
}

func TestManyStructuralErrorsAreCountedAfterTheFirstThousand(t *testing.T) {
	t.Parallel()
	table, err := open(t, []byte("day;price\n"+strings.Repeat("1.12.2026\n", 1500)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = table.Match(wanted)
	faults := fault.All(err)
	if last := faults[len(faults)-1]; len(faults) != 1001 || last.Code != "SHE-016" || last.Values["n"] != 500 {
		t.Errorf("got %d faults, the last %v %v", len(faults), last, last.Values)
	}
}

func TestUnknownColumnsTotalsAndBlankRowsAreShown(t *testing.T) {
	t.Parallel()
	m := match(t, "\n day ;HINTA (€);Väri\n1.12.2026;1;sininen\n;;\nYhteensä:;1;\n")
	if diff := cmp.Diff([]string{"Väri"}, m.Unknown); diff != "" {
		t.Errorf("unknown (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Skipped{{4, "blank", ""}, {5, "total", "Yhteensä:"}}, m.Skipped); diff != "" || m.Lines != 1 {
		t.Errorf("%d lines; skipped (-want +got):\n%s", m.Lines, diff)
	}
}

// What the sender sent beside the wanted columns can be handed back as it was.
func TestWholeLinesAndHeadingsAreKept(t *testing.T) {
	t.Parallel()
	m := match(t, " day ;HINTA (€); Väri;\n1.12.2026;1; sininen;\n2.12.2026;2;;\n")
	if diff := cmp.Diff([]string{"day", "HINTA (€)", "Väri", ""}, m.Headings); diff != "" {
		t.Errorf("headings (-want +got):\n%s", diff)
	}
	var sent []string
	for row := range m.Rows() {
		sent = append(sent, strings.Join(row.Sent, "|"))
	}
	if diff := cmp.Diff([]string{"1.12.2026|1| sininen|", "2.12.2026|2||"}, sent); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestFilesThatAreNoTablesAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ data, code string }{
		"empty":            {"", "SHE-001"},
		"blank":            {" \r\n ", "SHE-001"},
		"picture":          {"\x89PNG\r\n\x1a\n\x00\x00", "SHE-002"},
		"pdf":              {"%PDF-1.7\n", "SHE-002"},
		"old excel":        {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "SHE-015"},
		"cut zip":          {"PK\x03\x04 and nothing more", "SHE-012"},
		"no header":        {"1;2;3\n4;5;6\n", "SHE-005"},
		"only a header":    {"day;price\n", "SHE-017"},
		"a million titles": {strings.Repeat("a;", 1_000_000), "SHE-014"},
	} {
		table, err := open(t, []byte(c.data))
		if err == nil {
			_, err = table.Match(wanted)
		}
		if codes(err) != c.code {
			t.Errorf("%s: got %v, want %s", name, err, c.code)
		}
	}
	if _, err := Open("x", strings.NewReader("day;price"), 9, Limits{Bytes: 8}); codes(err) != "SHE-003" {
		t.Errorf("size: got %v", err)
	}
	table, err := Open("x", strings.NewReader("day;price\n1;1\n1;1\n"), 18, Limits{Lines: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := table.Match(wanted); codes(err) != "SHE-004" {
		t.Errorf("lines: got %v", err)
	}
}

// archive makes a zip of entries by name.
func archive(t *testing.T, fill func(w *zip.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	fill(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func put(t *testing.T, w *zip.Writer, name string, r io.Reader) {
	t.Helper()
	f, err := w.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(f, r); err != nil {
		t.Fatal(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestHostileArchivesAreRefusedWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	ratio := archive(t, func(w *zip.Writer) { put(t, w, "xl/worksheets/sheet1.xml", io.LimitReader(zeros{}, 20<<20)) })
	lying := bytes.Clone(ratio)
	for _, mark := range []string{"PK\x01\x02"} { // the list claims that the entry is small
		at := bytes.LastIndex(lying, []byte(mark))
		copy(lying[at+24:], []byte{0, 1, 0, 0})
	}
	entries := archive(t, func(w *zip.Writer) {
		for i := range maxEntries + 1 {
			put(t, w, fmt.Sprintf("xl/%d", i), strings.NewReader(""))
		}
	})
	claimed := bytes.Clone(entries) // the end record claims one entry only
	at := bytes.LastIndex(claimed, []byte("PK\x05\x06"))
	copy(claimed[at+8:], []byte{1, 0, 1, 0})
	for name, c := range map[string]struct {
		data []byte
		code string
	}{
		"1:1000":       {ratio, "SHE-011"},
		"lying size":   {lying, "SHE-012"},
		"many entries": {entries, "SHE-011"},
		"lying count":  {claimed, "SHE-012"},
		"macros":       {archive(t, func(w *zip.Writer) { put(t, w, "xl/vbaProject.bin", strings.NewReader("x")) }), "SHE-010"},
		"doctype": {archive(t, func(w *zip.Writer) {
			put(t, w, "xl/workbook.xml", strings.NewReader("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"b\">]>"))
		}), "SHE-010"},
		"other zip":   {archive(t, func(w *zip.Writer) { put(t, w, "readme.txt", strings.NewReader("x")) }), "SHE-002"},
		"broken book": {archive(t, func(w *zip.Writer) { put(t, w, "xl/workbook.xml", strings.NewReader("<workbook")) }), "SHE-012"},
		"slipping":    {archive(t, func(w *zip.Writer) { put(t, w, "../../etc/passwd", strings.NewReader("x")) }), ""},
	} {
		begin := time.Now()
		_, err := open(t, c.data)
		if err == nil || c.code != "" && codes(err) != c.code {
			t.Errorf("%s: got %v, want %s", name, err, c.code)
		}
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

func table(rows ...[]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

var headings = []string{"Päivä", "Hinta", "Tunnit", "Huomautus"}

func TestWrittenFilesAreReadBack(t *testing.T) {
	t.Parallel()
	rows := table([]any{calendar.Day(2026, 12, 1), money.Cents(-184250), Figure("2.5"), "hyvä; \"työ\"\nuusi"}, []any{calendar.Day(2027, 2, 28), money.Cents(5), nil, "=1+1"})
	for _, write := range []func(io.Writer) error{
		func(w io.Writer) error { return WriteCSV(w, headings, rows) },
		func(w io.Writer) error { return WriteXLSX(w, "Tapahtumat", headings, rows) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		tab, err := open(t, b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		m, err := tab.Match(wanted)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for row := range m.Rows() {
			for _, i := range []int{0, 3, 2, 5} {
				got = append(got, row.Cells[i].Value)
			}
		}
		price, small := "-1842.50", "0.05"
		if tab.Format == XLSX {
			price = "-1842.5"
		}
		want := []string{"2026-12-01", price, "2:30", "hyvä; \"työ\"\nuusi", "2027-02-28", small, "", "'=1+1"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tab.Format, diff)
		}
	}
}

func TestFormulasAreGuardedAndAmountsStayNumbers(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	err := WriteCSV(&b, []string{"a"}, table([]any{"=1"}, []any{"+1"}, []any{"-1"}, []any{"@x"}, []any{"\tx"}, []any{"\rx"}, []any{"\x00=1"}, []any{"＝1"}, []any{"＠x"}, []any{"a=1"}, []any{money.Cents(-150)}))
	if err != nil {
		t.Fatal(err)
	}
	want := "\ufeffa\r\n'=1\r\n'+1\r\n'-1\r\n'@x\r\n'\tx\r\n\"'x\"\r\n'=1\r\n'＝1\r\n'＠x\r\na=1\r\n-1,50\r\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if err := WriteCSV(&b, nil, table([]any{1.5})); err == nil {
		t.Error("a float was written")
	}
	broken := errors.New("broken")
	if err := WriteXLSX(&b, "x", nil, func(yield func([]any, error) bool) { yield(nil, broken) }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestWorkbookTellsHiddenSheetsRowsAndMergedCells(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	steps := []error{
		book.SetSheetRow("Sheet1", "A1", &[]any{"day", "price"}), book.SetSheetRow("Sheet1", "A2", &[]any{46388, 1.1 + 2.2}),
		book.SetSheetRow("Sheet1", "A3", &[]any{"3.4.27", "1 000,50"}), book.SetRowVisible("Sheet1", 3, false), book.MergeCell("Sheet1", "D1", "E2"),
	}
	_, added := book.NewSheet("Salainen")
	steps = append(steps, added, book.SetSheetVisible("Salainen", false))
	var b bytes.Buffer
	if err := errors.Join(append(steps, book.Write(&b), book.Close())...); err != nil {
		t.Fatal(err)
	}
	tab, err := open(t, b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{[]string{"Salainen"}, []string{"D1:E2"}, []int{3}}, []any{tab.Hidden, tab.Merged, tab.HiddenAt}); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	m, err := tab.Match(wanted)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for row := range m.Rows() {
		got = append(got, row.Cells[0].Value+row.Cells[0].Proposal, row.Cells[3].Value+row.Cells[3].Proposal)
	}
	if diff := cmp.Diff([]string{"2027-01-01", "3.3", "2027-04-03", "1000.50"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
