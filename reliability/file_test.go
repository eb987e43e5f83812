package reliability_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/domain/event"
	"seteli/domain/event/eventtest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// month writes a recording file of n lines with references, twenty lines for each voucher.
func month(vouchers []eventtest.Voucher, n int) []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, "Setelinumero;Päivä;Määrä;Viite")
	for i := range n {
		fmt.Fprintf(&b, "%s;%s;1;file-%d\n", vouchers[i/20].Number, calendar.Day(2026, 11, 1)+calendar.Date(i%20), i)
	}
	return b.Bytes()
}

// R7: a large file sent twice, cut in the middle, and its import killed in the middle: each row is there once.
func TestFileSentTwiceOrCutIsRecordedOnce(t *testing.T) {
	lines := times(20_000, 100_000)
	w := eventtest.New(t)
	vouchers := w.Vouchers(lines/20, eventtest.Spec{})
	data := month(vouchers, lines)
	send := func(name string, bytesOf []byte) event.Counts {
		t.Helper()
		p, err := event.ImportFile(t.Context(), w.DB, access.System("test", 0), name, bytes.NewReader(bytesOf), event.ImportOptions{Provider: w.Provider}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return p.Counts
	}
	// What arrived of a broken upload ends in the middle of a row.
	cuts := []int{len(data) / 7, len(data) / 3}
	if long() {
		cuts = nil
		for row, at := 0, 0; at < len(data); at++ {
			if data[at] == '\n' {
				if row++; row%1000 == 0 {
					cuts = append(cuts, at+10)
				}
			}
		}
	}
	had := 0
	for _, cut := range cuts {
		part := data[:min(cut, len(data))]
		part = part[:bytes.LastIndexByte(part, '\n')+1]
		rows := bytes.Count(part, []byte("\n")) - 1
		if c := send("cut.csv", part); c.Rejected != 0 || c.Accepted != rows || c.Repeated != had {
			t.Fatalf("cut after %d rows of which %d were known: %+v", rows, had, c)
		}
		had = rows
	}

	// The import of the whole is killed at several moments.
	file := filepath.Join(t.TempDir(), "tapahtumat.csv")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	url := postgrestest.URL(t, w.DB, postgres.App)
	env := []string{"SETELI_RELIABILITY_FILE=" + file, fmt.Sprint("SETELI_RELIABILITY_PROVIDER=", w.Provider)}
	r := seeded(t)
	for range times(4, 20) {
		c := start(t, "import", url, env...)
		if c.line(t) != "importing" {
			c.wait(t)
		}
		time.Sleep(time.Duration(r.IntN(2000)) * time.Millisecond)
		c.kill(t)
	}
	if c := send("tapahtumat.csv", data); c.Rejected != 0 || c.Accepted != lines {
		t.Fatalf("after the kills: %+v", c)
	}
	if c := send("tapahtumat.csv", data); c.Repeated != lines || c.Accepted != lines || c.Rejected != 0 {
		t.Errorf("sent again, every row must be known: %+v", c)
	}
	var stored int
	if err := w.Owner.QueryRow(context.Background(), "select count(*) from event").Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if stored != lines {
		t.Errorf("%d events of %d rows", stored, lines)
	}
	whole(t, w.DB, w.Owner, w.Organiser)
}
