package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/domain/event"
	"seteli/platform/i18n"
)

//go:embed file.sql
var fileSQL string

// benchFile imports a file of 100,000 lines from its bytes to the receipt and the full error report; beside it COPY into a staging
// table, set-based validation and inserts of the same rows, and the list of what was refused.
func benchFile(ctx context.Context, s *settings) (err error) {
	pairs := min(s.Pairs, 3)
	lines := int(100_000 * s.Size)
	each := lines / 20 // vouchers of a file
	w, err := newWorld(ctx, size{Organisers: 1, Providers: 1, Vouchers: each * 2 * (pairs + 1), Hours: 40})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close(ctx)) }()
	texts, err := i18n.Load()
	if err != nil {
		return err
	}
	var turn int
	var peak float64
	ours := func(int) (float64, error) {
		data, bad := w.lines(texts, turn*each, each, ";")
		turn++
		if err := w.exec(ctx, "analyze"); err != nil { // as autovacuum does between two files
			return 0, err
		}
		return timed(func() error {
			p, err := event.ImportFile(ctx, w.db, recorder(1), fmt.Sprintf("file-%d.csv", turn), bytes.NewReader(data), event.ImportOptions{}, nil)
			if err != nil {
				return err
			}
			var report strings.Builder
			if err := p.WriteErrors(&report, texts, i18n.FI); err != nil {
				return err
			}
			if p.Counts.Rejected != bad || p.Counts.Accepted != lines-bad || strings.Count(report.String(), "\n") != bad+1 {
				return fmt.Errorf("of %d lines %d must be refused: %+v, report of %d lines", lines, bad, p.Counts, strings.Count(report.String(), "\n"))
			}
			return nil
		})
	}
	limit := func(int) (float64, error) {
		data, bad := w.lines(texts, turn*each, each, ",")
		turn++
		if err := w.exec(ctx, "analyze"); err != nil {
			return 0, err
		}
		return timed(func() error { return w.fileLimit(ctx, data, bad) })
	}
	stop, err := s.profile("file")
	if err != nil {
		return err
	}
	p := pair{}
	if err := p.alternate(pairs, watched(ours, &peak), limit); err != nil {
		return err
	}
	stop()
	// Seconds: the ratio that the bar speaks of is the limit's time over ours.
	rates := pair{higher: true}
	for i := range p.ours {
		rates.ours, rates.limit = append(rates.ours, float64(lines)/p.ours[i]), append(rates.limit, float64(lines)/p.limit[i])
	}
	rates.say("file", fmt.Sprintf("lines/s of %d lines, 5 %% bad, with error report; limit: COPY and set-based SQL as owner", lines))
	bar("file-seconds", median(p.ours), 5, median(p.ours)/5, "s; limit is the bar of a quiet machine")
	note("highest memory of this process %.0f MB, the sender's copies of the file among it", peak)
	return nil
}

func watched(run func(int) (float64, error), peak *float64) func(int) (float64, error) {
	return func(i int) (float64, error) {
		v, err := run(i)
		_, high := memory(self)
		*peak = max(*peak, high)
		return v, err
	}
}

// lines writes a file over vouchers first+1 … first+n: twenty lines each, of which every twentieth is bad in one of four ways.
func (w *world) lines(texts *i18n.Catalogue, first, n int, separator string) (data []byte, bad int) {
	var b bytes.Buffer
	today := calendar.Today(w.clock)
	headings := make([]string, 5)
	for i, c := range []string{"number", "date", "quantity", "price", "reference"} {
		headings[i] = texts.Text(i18n.FI, "event.file.column."+c, nil)
	}
	if separator == "," { // the limit reads the same columns by their place
		headings = []string{"number", "date", "quantity", "price", "reference"}
	}
	fmt.Fprintln(&b, strings.Join(headings, separator))
	for i := range n * 20 {
		number, date, quantity, price := w.numbers[first+i/20], (today - calendar.Date(i%20)).String(), "1.5", ""
		if i%20 == 7 {
			bad++
			switch i / 20 % 4 {
			case 0:
				date = (today + 30).String()
			case 1:
				number = "TTT" + number[3:] // of no organiser, and its check sign is wrong
			case 2:
				quantity = "kaksi"
			case 3:
				price = "1.00"
			}
		}
		fmt.Fprintf(&b, "%s%s%s%s%s%s%s%sF%d-%d\n", number, separator, date, separator, quantity, separator, price, separator, first, i)
	}
	return b.Bytes(), bad
}

// fileLimit does by set-based SQL what recording the file does.
func (w *world) fileLimit(ctx context.Context, data []byte, bad int) (err error) {
	tx, err := w.owner.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if end := tx.Rollback(context.WithoutCancel(ctx)); !errors.Is(end, pgx.ErrTxClosed) {
			err = errors.Join(err, end)
		}
	}()
	for _, sql := range strings.Split(fileSQL, "\n----\n") {
		if strings.TrimSpace(sql) == "copy" {
			_, err = tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(data), "copy staged (number, delivered, quantity, price, reference) from stdin with (format csv, header)")
		} else {
			_, err = tx.Exec(ctx, sql)
		}
		if err != nil {
			return fmt.Errorf("%w in\n%s", err, sql[:min(200, len(sql))])
		}
	}
	rows, err := tx.Query(ctx, "select j.n, s.number, s.delivered, s.quantity, coalesce(s.price, ''), s.reference, j.code from judged j join staged s on s.n = j.n where j.code is not null order by j.n")
	if err != nil {
		return err
	}
	defer rows.Close()
	refused := 0
	for rows.Next() {
		var n int64
		var cells [6]string
		if err := rows.Scan(&n, &cells[0], &cells[1], &cells[2], &cells[3], &cells[4], &cells[5]); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(io.Discard, n, cells); err != nil {
			return err
		}
		refused++
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if refused != bad {
		return fmt.Errorf("the limit refused %d lines of %d bad ones", refused, bad)
	}
	return tx.Commit(ctx)
}
