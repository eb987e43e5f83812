package event_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/event/eventtest"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/platform/sheet"
)

func importText(t *testing.T, w *eventtest.World, name, text string, opt event.ImportOptions) (*event.FilePreview, error) {
	t.Helper()
	return event.ImportFile(t.Context(), w.DB, w.Recorder(), name, strings.NewReader(text), opt, nil)
}

func states(p *event.FilePreview) string {
	var out []string
	for _, r := range p.Rows {
		out = append(out, fmt.Sprint(r.Row, " ", r.Verdict.State, " ", strings.Join(r.Verdict.Codes(), ",")))
	}
	return strings.Join(out, "; ")
}

func texts(t *testing.T) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFileGoesFromPreviewToReceipt(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v, u := w.Voucher(eventtest.Spec{}), w.Voucher(eventtest.Spec{})
	file := "Seteli;Pvm;Tunnit;Toimipaikka;Hinta\r\n" + v.Number + ";10.11.2026;2:30;TP-1;42,00\r\n" + u.Number + ";24.12.2026;1;;\r\n" +
		"TMP-2222-22222;10.11.2026;1;;\r\n" + v.Number + ";abc;1;;\r\n" + v.Number + ";11.11.2026;1;TP-9;\r\n"
	id, err := event.Upload(t.Context(), w.DB, w.Recorder(), w.Provider, "tunnit.csv", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	p, err := event.PreviewFile(t.Context(), w.DB, w.Recorder(), w.Provider, id)
	if err != nil {
		t.Fatal(err)
	}
	want := "2 accepted ; 3 rejected TIM-02; 4 rejected REL-02; 5 rejected ENV-03; 6 rejected ENV-03"
	if got := states(p); got != want {
		t.Errorf("preview\n%s\nwant\n%s", got, want)
	}
	if payable(w) != 0 {
		t.Error("the preview recorded")
	}
	var steps []int
	c, err := event.ConfirmFile(t.Context(), w.DB, w.Recorder(), w.Provider, id, func(done, of int) { steps = append(steps, done*100/of) })
	if err != nil || c.Counts.Accepted != 1 || c.Counts.Rejected != 4 || c.Counts.Organiser != 87_50 || payable(w) != 87_50 || len(steps) == 0 {
		t.Fatalf("%v %+v, payable %d, progress %v", err, c.Counts, payable(w), steps)
	}
	if c.File.Receipt == nil || c.File.Receipt.Counts != c.Counts || c.File.State != "confirmed" {
		t.Errorf("receipt %+v", c.File.Receipt)
	}
	again, err := event.ConfirmFile(t.Context(), w.DB, w.Recorder(), w.Provider, id, nil)
	if err != nil || again.Counts.Repeated != 1 || payable(w) != 87_50 || !again.File.Receipt.ConfirmedAt.Equal(c.File.Receipt.ConfirmedAt) {
		t.Errorf("again: %v %+v", err, again.Counts)
	}
	same, err := event.Upload(t.Context(), w.DB, w.Recorder(), w.Provider, "kopio.csv", []byte(file))
	if err != nil || same != id {
		t.Errorf("the same bytes became file %d, %v", same, err)
	}
	var out bytes.Buffer
	if err := p.WriteErrors(&out, texts(t), i18n.FI); err != nil {
		t.Fatal(err)
	}
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff")))
	in.Comma = ';'
	rows, err := in.ReadAll()
	if err != nil || len(rows) != 5 || rows[0][0] != "Seteli" || rows[1][0] != u.Number || !slices.Contains(rows[1], "TIM-02") || len(rows[0]) != 9 {
		t.Errorf("%v\n%s", err, out.String())
	}
	clean(t, w)
}

// The report is the sender's own file, less its good rows, plus the reasons; corrected and sent again it does not grow.
func TestErrorReportKeepsTheSendersColumns(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{})
	report := func(file string) [][]string {
		t.Helper()
		p, err := importText(t, w, "oma.csv", file, event.ImportOptions{DryRun: true})
		var out bytes.Buffer
		if err == nil {
			err = p.WriteErrors(&out, texts(t), i18n.FI)
		}
		if err != nil {
			t.Fatal(err)
		}
		in := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff")))
		in.Comma = ';'
		rows, err := in.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	rows := report("Reitti;PVM;Tunnit (h);Seteli;Auto;=kaava\n7;10.11.2026;1;" + v.Number + ";VW;x\n8;24.12.2026;1;" + v.Number + ";Volvo;=1+1\n")
	if len(rows) != 2 {
		t.Fatalf("%q", rows)
	}
	if want := []string{"Reitti", "PVM", "Tunnit (h)", "Seteli", "Auto", "'=kaava"}; !slices.Equal(rows[0][:6], want) || len(rows[0]) != 10 {
		t.Errorf("headings %q", rows[0])
	}
	if want := []string{"8", "24.12.2026", "1", v.Number, "Volvo", "'=1+1"}; !slices.Equal(rows[1][:6], want) || rows[1][6] != "3" || rows[1][7] != "TIM-02" {
		t.Errorf("row %q", rows[1])
	}
	var back strings.Builder
	out := csv.NewWriter(&back)
	out.Comma = ';'
	if err := out.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if again := report(back.String()); len(again) != 2 || !slices.Equal(again[0], rows[0]) || again[1][4] != "Volvo" || again[1][6] != "2" {
		t.Errorf("sent again: %q", again)
	}
}

func TestFormsOfFilesAreRead(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{Amount: money.Units(40)})
	latin, err := charmap.ISO8859_1.NewEncoder().String("Setelinumero;Päivä;Määrä;Lisätieto\n" + v.Number + ";3.11.2026;1;Käynti\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"latin-1": latin,
		"bom":     "\ufeffSetelinumero;Päivä;Määrä\n" + v.Number + ";4.11.2026;1\n",
		"comma":   "Voucher number,Date,Quantity\n" + v.Number + ",2026-11-05,1.5\n",
		"tab":     "Sedelnummer\tDatum\tMängd\n" + v.Number + "\t6.11.2026\t1\n",
		"spaced":  "Setelinumero;Päivä;Määrä\n" + strings.ToLower(v.Number[:3]) + "-" + v.Number[3:7] + " " + v.Number[7:] + ";7.11.2026;1\n",
	} {
		p, err := importText(t, w, name+".csv", text, event.ImportOptions{})
		if err != nil || p.Counts.Accepted != 1 {
			t.Errorf("%s: %v %s", name, err, states(p))
		}
	}
	clean(t, w)
}

func TestDamageIsProposedNeverSilent(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{})
	text := "Setelinumero;Päivä;Määrä\n" + v.Number + ";46336;1\n" + v.Number + ";11.11.2026;1\n" // 46336 is 10.11.2026 as Excel counts
	id, err := event.Upload(t.Context(), w.DB, w.Recorder(), w.Provider, "x.csv", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := event.PreviewFile(t.Context(), w.DB, w.Recorder(), w.Provider, id)
	if err != nil || !slices.Equal(p.Undecided, []sheet.Damage{sheet.DateSerial}) || states(p) != "2 rejected ENV-07; 3 accepted " {
		t.Fatalf("%v %v %s", err, p.Undecided, states(p))
	}
	_, err = event.ConfirmFile(t.Context(), w.DB, w.Recorder(), w.Provider, id, nil)
	faulttest.Want(t, err, "EVT-033")
	if err := event.Answer(t.Context(), w.DB, w.Recorder(), w.Provider, id, sheet.DateSerial, true); err != nil {
		t.Fatal(err)
	}
	p, err = event.ConfirmFile(t.Context(), w.DB, w.Recorder(), w.Provider, id, nil)
	if err != nil || p.Counts.Accepted != 2 || p.Rows[0].Line.Date != november {
		t.Errorf("%v %s %s", err, states(p), p.Rows[0].Line.Date)
	}
	faulttest.Want(t, event.Answer(t.Context(), w.DB, w.Recorder(), w.Provider, id, sheet.DateSerial, false), "EVT-031")
}

func TestUnfitFilesAreRefusedWithEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	for _, n := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		f, err := z.Create(n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(bytes.Repeat([]byte{' '}, 60<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		code string
		n    int
	}{
		"nothing":    {"", "SHE-001", 1},
		"no lines":   {"Setelinumero;Päivä\n", "", 1},
		"no columns": {"a;b\n1;2\n", "", 1},
		"two faults": {"Setelinumero;x;Setelinumero\nTMP222222222;1;2\n", "", 2},
		"too many":   {"Setelinumero;Päivä\n" + strings.Repeat("TMP222222222;1.11.2026\n", 100_001), "", 1},
		"bomb":       {bomb.String(), "SHE-011", 1},
	} {
		_, err := importText(t, w, name, c.text, event.ImportOptions{})
		list := fault.All(err)
		if len(list) != c.n || c.code != "" && fault.CodeOf(err) != c.code {
			t.Errorf("%s: %d faults, %v", name, len(list), err)
		}
		for _, f := range list {
			if f.Kind != fault.Invalid {
				t.Errorf("%s: %v is not for the sender to mend", name, f)
			}
		}
	}
	var n int
	if err := w.Owner.QueryRow(t.Context(), `select count(*) from event_file`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d refused files are stored, %v", n, err)
	}
}

func TestAllOrNothingAndDryRunRecordNothing(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{})
	text := "Setelinumero;Päivä;Määrä\n" + v.Number + ";10.11.2026;1\n" + v.Number + ";24.12.2026;1\n"
	p, err := importText(t, w, "x.csv", text, event.ImportOptions{DryRun: true})
	if err != nil || p.Counts.Accepted != 1 || payable(w) != 0 {
		t.Errorf("dry run: %v %+v", err, p.Counts)
	}
	_, err = importText(t, w, "x.csv", text, event.ImportOptions{AllOrNothing: true})
	faulttest.Want(t, err, "EVT-034")
	if payable(w) != 0 {
		t.Error("something was recorded")
	}
}

func TestOthersFilesAreUnknown(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{})
	id, err := event.Upload(t.Context(), w.DB, w.Recorder(), w.Provider, "x.csv", []byte("Setelinumero;Päivä\n"+v.Number+";10.11.2026\n"))
	if err != nil {
		t.Fatal(err)
	}
	other := w.Recorder()
	other.Provider = w.Other
	_, err = event.PreviewFile(t.Context(), w.DB, other, w.Other, id)
	faulttest.Want(t, err, "EVT-030")
	_, err = event.PreviewFile(t.Context(), w.DB, other, w.Provider, id)
	faulttest.Want(t, err, "EVT-004")
}

func TestTemplateIsReadBackInEachLanguage(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t, postgrestest.Clock(calendar.At(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC))))
	for _, lang := range i18n.Langs {
		for _, format := range []sheet.Format{sheet.CSV, sheet.XLSX} {
			var out bytes.Buffer
			if err := event.WriteTemplate(&out, texts(t), lang, format, calendar.Day(2026, 11, 21)); err != nil {
				t.Fatal(err)
			}
			p, err := event.ImportFile(t.Context(), w.DB, w.Recorder(), "malli", &out, event.ImportOptions{DryRun: true}, nil)
			if err != nil || slices.Contains(p.Found, -1) || len(p.Unknown) > 0 || len(p.Damages) > 0 {
				t.Errorf("%s %s: %v %+v", lang, format, err, p)
			}
		}
	}
}

// FuzzFile: whatever the bytes, a file is refused with faults or read into rows; it never breaks.
func FuzzFile(f *testing.F) {
	f.Add([]byte("Setelinumero;Päivä;Määrä\nTMP222222222;10.11.2026;2:30\n"))
	f.Add([]byte("Voucher number,Date\n\"x,1"))
	f.Fuzz(func(t *testing.T, data []byte) { event.ReadForFuzz(data) })
}

// What has to be looked at is no reason to refuse a file: it is recorded for review.
func TestAllOrNothingRecordsWhatIsForReview(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{Both: true})
	at := november.Time().Add(8 * time.Hour)
	end := at.Add(2 * time.Hour)
	w.Within(func(ctx context.Context, tx *postgres.Tx) error {
		by := w.Recorder()
		by.Provider = w.Other
		line := event.Line{Number: v.Number, Date: november, Start: &at, End: &end}
		_, err := event.Record(ctx, tx, w.Organiser, []event.Submission{{By: by, Provider: w.Other, Source: event.API, Lines: []event.Line{line}}})
		return err
	})
	clock := func(at time.Time) string { return at.In(calendar.Helsinki).Format("15:04") }
	text := fmt.Sprintf("Setelinumero;Päivä;Alku;Loppu\n%s;%s;%s;%s\n", v.Number, november, clock(at), clock(end))
	p, err := importText(t, w, "x.csv", text, event.ImportOptions{AllOrNothing: true})
	if err != nil || p.Counts.Review != 1 {
		t.Fatalf("%v %+v %s", err, p.Counts, states(p))
	}
	if p.Rows[0].Verdict.Event == 0 {
		t.Error("the row for review was not recorded")
	}
}

// A file is judged by the day of service whatever its order, also across the parts in which it is written: the right goes to the
// earliest days, a row that stands twice is found, and what was asked twice answers with the number of the first.
func TestPartsOfALargeBatchAreJudgedAsOne(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	const vouchers, days = event.PartLines/8 + 3, 18 // ten days are accepted: the right ends in the second part
	list := w.Vouchers(vouchers, eventtest.Spec{})
	var lines []event.Line
	for d := days - 1; d >= 0; d-- { // the latest first
		for i, v := range list {
			lines = append(lines, line(v, fmt.Sprintf("p%d-%d", i, d), calendar.Day(2026, 11, 1)+calendar.Date(d), hours(2)))
		}
	}
	first := len(lines) - vouchers // the first voucher on the first day, which is judged in the first part
	lines = append(lines, lines[first])
	for i := range lines {
		lines[i].Row = i + 2
	}
	last := len(lines) - 1
	other := line(list[1], lines[first+1].Reference, calendar.Day(2026, 11, 20), hours(1)) // the reference of a row in the first part
	lines = append(lines, other)
	batch := w.Submission(lines...)
	batch.Source = event.File
	var together [][]event.Verdict
	w.Within(func(ctx context.Context, tx *postgres.Tx) (err error) {
		before := tx.QueryCount()
		together, err = event.Record(ctx, tx, w.Organiser, []event.Submission{batch})
		if n, further := tx.QueryCount()-before, (len(lines)-1)/event.PartLines; n > 30+3*further {
			t.Errorf("%d statements for %d lines", n, len(lines))
		}
		return err
	})
	got := together[0]
	if !got[last].Repeated || got[last].Event != got[first].Event || got[first].Event == 0 {
		t.Errorf("asked twice: %+v and %+v", got[first], got[last])
	}
	if got[last+1].State != event.Rejected || !slices.Equal(got[last+1].Codes(), []string{"COR-01"}) {
		t.Errorf("a reference of an earlier part with other content: %s %v", got[last+1].State, got[last+1].Codes())
	}
	for row, v := range got[:last] {
		if day := days - 1 - row/vouchers; day < 10 != (v.State == event.Accepted) || day < 10 != (v.Event > 0) {
			t.Fatalf("row %d, day %d: %s %v, event %d", row, day, v.State, v.Codes(), v.Event)
		}
	}
	w.Within(func(ctx context.Context, tx *postgres.Tx) error {
		found, err := event.Verify(ctx, tx, w.Organiser)
		if len(found) > 0 {
			t.Errorf("verification found %v", found)
		}
		return err
	})
}
