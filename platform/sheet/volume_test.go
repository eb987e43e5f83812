package sheet

import (
	"bytes"
	"fmt"
	"testing"

	"seteli/core/calendar"
	"seteli/core/money"
)

func hundredThousand() []byte {
	var b bytes.Buffer
	b.WriteString("day;unit;hours;price;start;note\r\n")
	for i := range 100_000 {
		fmt.Fprintf(&b, "%d.12.2026;0300007;2:30;%d,50;8.30;Kotihoidon käynti\r\n", i%28+1, i%900)
	}
	return b.Bytes()
}

func BenchmarkHundredThousandRows(b *testing.B) {
	data := hundredThousand()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		tab, err := open(b, data)
		if err != nil {
			b.Fatal(err)
		}
		m, err := tab.Match(wanted)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for range m.Rows() {
			n++
		}
		if n != 100_000 {
			b.Fatal(n)
		}
	}
}

func BenchmarkHundredThousandRowsOfAWorkbook(b *testing.B) {
	var file bytes.Buffer
	err := WriteXLSX(&file, "x", headings, func(yield func([]any, error) bool) {
		for i := range 100_000 {
			if !yield([]any{calendar.Day(2026, 12, i%28+1), money.Cents(i), Figure("2.5"), "Kotihoidon käynti"}, nil) {
				return
			}
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		tab, err := open(b, file.Bytes())
		if err != nil {
			b.Fatal(err)
		}
		if m, err := tab.Match(wanted); err != nil || m.Lines != 100_000 {
			b.Fatal(err)
		}
	}
}

// Whatever is sent, reading ends without a panic, and a cell is either sound or damaged, never both.
func FuzzOpen(f *testing.F) {
	f.Add([]byte("day;price;hours;start;unit\n3/4/27;1.234;2.30;0830;1.2E+6\n"))
	f.Add([]byte("\xff\xfed\x00a\x00y\x00"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tab, err := open(t, data)
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
