package event_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"testing"

	"seteli/core/calendar"
	"seteli/domain/event"
	"seteli/domain/event/eventtest"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// BenchmarkFile records 100,000 lines of 5,000 vouchers with 5 % bad ones, and the same rows by one set of plain SQL statements as the
// yardstick: go test -run - -bench File -benchtime 3x ./domain/event/
func BenchmarkFile(b *testing.B) {
	const lines = 100_000
	w := eventtest.New(b)
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		vouchers := w.Vouchers(lines/20, eventtest.Spec{})
		batch := make([]event.Line, lines)
		for i := range batch {
			batch[i] = line(vouchers[i/20], fmt.Sprintf("f%d-%d", n, i), calendar.Day(2026, 11, 1)+calendar.Date(i%20), hours(1))
			batch[i].Row = i + 2
			if i%20 == 7 {
				batch[i].Date = calendar.Day(2026, 12, 24)
			}
		}
		b.StartTimer()
		w.Within(func(ctx context.Context, tx *postgres.Tx) error {
			s := w.Submission(batch...)
			s.Source = event.File
			_, err := event.Record(ctx, tx, w.Organiser, []event.Submission{s})
			return err
		})
	}
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkImport is the whole way of such a file: reading the CSV, checks, the record, the receipt and the report of bad rows.
func BenchmarkImport(b *testing.B) {
	const lines = 100_000
	w := eventtest.New(b)
	texts, err := i18n.Load()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		vouchers := w.Vouchers(lines/20, eventtest.Spec{})
		var file bytes.Buffer
		file.WriteString("Setelinumero;Päivä;Määrä\n")
		for i := range lines {
			day := fmt.Sprintf("%d.11.2026", 1+i%20)
			if i%20 == 7 {
				day = "24.12.2026"
			}
			fmt.Fprintf(&file, "%s;%s;1\n", vouchers[i/20].Number, day)
		}
		b.StartTimer()
		p, err := event.ImportFile(b.Context(), w.DB, w.Recorder(), "x.csv", &file, event.ImportOptions{}, nil)
		if err != nil || p.Counts.Rejected != lines/20 || p.Counts.Accepted != lines/20*19 {
			b.Fatalf("%v %+v", err, p)
		}
		if err := p.WriteErrors(io.Discard, texts, i18n.FI); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkFileSQL is the yardstick of BenchmarkFile: the rows of one recorded file written again by set-based statements.
func BenchmarkFileSQL(b *testing.B) {
	const lines = 100_000
	w := eventtest.New(b)
	vouchers := w.Vouchers(lines/20, eventtest.Spec{})
	batch := make([]event.Line, lines)
	for i := range batch {
		batch[i] = line(vouchers[i/20], fmt.Sprintf("f-%d", i), calendar.Day(2026, 11, 1)+calendar.Date(i%20), hours(1))
	}
	w.Record(batch...)
	w.Exec(`create table staged as select * from event`)
	w.Exec(`create table staged_posting as select * from posting`)
	for b.Loop() {
		w.Exec(`begin;
			update balance set used_quantity = used_quantity where true;
			insert into event select organiser_id, nextval('event_number'), provider_id, unit_id, person_id, client_id, voucher_id, line_id, content_id, service_id, reservation_id, service_date, started_at, ended_at, quantity, accepted_quantity, price_cents, value_cents, total_cents, organiser_cents, own_cents, bucket, verdict, findings, period_no, rulebook_id, note, worker, gen_random_uuid()::text, content_hash, replaces_id, batch_id, recorded_at, recorded_by_account, recorded_by from staged;
			insert into posting (organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, source_step, posted_at)
			select organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, source_step, posted_at from staged_posting;
			commit`)
	}
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkSingle records one line a call through the desk, with many callers.
func BenchmarkSingle(b *testing.B) {
	w := eventtest.New(b)
	vouchers := w.Vouchers(20_000, eventtest.Spec{})
	desk := event.NewDesk(w.DB)
	var n atomic.Int64
	b.ResetTimer()
	b.SetParallelism(8)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			i := n.Add(1)
			l := line(vouchers[i%int64(len(vouchers))], fmt.Sprint("s", i), calendar.Day(2026, 11, 1)+calendar.Date(i/int64(len(vouchers))), hours(1))
			if _, err := desk.Record(b.Context(), w.Organiser, w.Submission(l)); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkHotVoucher is the engine alone: 64 callers on one voucher whose right is large.
func BenchmarkHotVoucher(b *testing.B) {
	w := eventtest.New(b)
	v := w.Voucher(eventtest.Spec{Content: eventtest.Visit})
	desk := event.NewDesk(w.DB)
	var n atomic.Int64
	b.ResetTimer()
	b.SetParallelism(32)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := desk.Record(b.Context(), w.Organiser, w.Submission(line(v, fmt.Sprint("h", n.Add(1)), calendar.Day(2026, 11, 2), hours(1)))); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
