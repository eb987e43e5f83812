package sheet

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
)

// pack makes a workbook whose one sheet and shared words are given as XML: what a zip holds cannot be reached by changing its bytes.
func pack(t testing.TB, sheet, words string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	const main, rel = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + main + `" xmlns:r="` + rel + `"><sheets><sheet name="x" sheetId="1" r:id="b"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="b" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="c" Type="` + rel + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", `<worksheet xmlns="` + main + `"><sheetData>` + sheet + `</sheetData></worksheet>`},
		{"xl/sharedStrings.xml", `<sst xmlns="` + main + `">` + words + `</sst>`},
	} {
		w, err := z.Create(part[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, part[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The rows of a workbook, as any program may have written them, keep the laws of a cell.
func FuzzWorkbook(f *testing.F) {
	const head = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>price</t></is></c></row>`
	f.Add(head+`<row r="2"><c r="A2"><v>46357</v></c><c r="B2"><v>1.2E+6</v></c></row>`, `<si><t>day</t></si>`)
	f.Add(head+`<row r="1048576"><c r="XFD1048576" t="b"><v>1</v></c></row>`, `<si><r><t>da</t></r><r><t>y</t></r></si>`)
	f.Add(head+`<row><c t="s"><v>99</v></c><c t="e"><v>#REF!</v></c><c><f>1+1</f></c></row>`, `<si><t>&#xD800;</t></si>`)
	f.Add(`<row r="0"><c r="A0"/></row><row r="-1"/><row r="2"><c r="ÅÄ1"><v>x</v></c></row>`, ``)
	f.Fuzz(func(t *testing.T, rows, words string) {
		tab, err := open(t, pack(t, rows, words))
		if err != nil {
			return
		}
		m, err := tab.Match(wanted)
		if err != nil {
			return
		}
		for row := range m.Rows() {
			for _, c := range row.Cells {
				if c.Damage != "" && c.Value != "" || c.Damage == "" && c.Proposal != "" || c.Raw == "" && c.Value != "" {
					t.Fatalf("row %d: %+v", row.Number, c)
				}
			}
		}
	})
}

// The first seed is a workbook that opens: otherwise nothing behind the opening would be tried.
func TestWorkbookOfTheFuzzerOpens(t *testing.T) {
	t.Parallel()
	tab, err := open(t, pack(t, `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>price</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>1.12.2026</t></is></c><c r="B2"><v>12.5</v></c></row>`, `<si><t>day</t></si>`))
	if err != nil {
		t.Fatal(err)
	}
	m, err := tab.Match(wanted)
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for row := range m.Rows() {
		for _, c := range row.Cells {
			seen = append(seen, c.Value)
		}
	}
	if got := strings.Join(seen, "|"); !strings.Contains(got, "2026-12-01") || !strings.Contains(got, "12.5") {
		t.Errorf("read %q", got)
	}
}
