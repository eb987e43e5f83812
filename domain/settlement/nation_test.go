package settlement_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/core/calendar"
	"seteli/domain/settlement"
	"seteli/domain/settlement/settlementtest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// limit is what the database itself needs for one organiser's month: seal, sum and hash the sealed set, write a row and a
// movement per payee. Nothing of the program.
const limit = `
	with t as (update period set sealed_at = now() where organiser_id = $1 and sealed_at is null returning provider_id, period_no),
	s as (select p.provider_id, count(*) as n, sum(p.amount_cents) as cents,
			sha256(string_agg(concat_ws('|', p.posting_id, p.debit_kind, p.credit_kind, p.amount_cents, p.source_kind, p.source_id, p.source_step)::bytea, '\x0a'::bytea order by p.posting_id)) as hash
		from posting p join t on t.provider_id = p.provider_id and t.period_no = p.period_no
		where p.organiser_id = $1 and p.provider_id <> 0 and p.source_kind in (2, 3, 4) group by p.provider_id),
	i as (insert into posting (organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, posted_at)
		select $1, provider_id, 1, 11, provider_id, 12, provider_id, cents, 0, '1970-01-01', '1970-01-01', 5, 1, now() from s)
	insert into scratch select $1, provider_id, n, cents, hash from s`

// BenchmarkNationsMonth settles 600,000 deliveries of 5,000 payees with 23 organisers and tells how many times the plain
// statements that takes.
func BenchmarkNationsMonth(b *testing.B) {
	server := settlementtest.NewServer(b)
	ctx := context.Background()
	var worlds []*world
	for range 23 {
		worlds = append(worlds, server.World(b))
	}
	worlds[0].Payees(5000)
	admin := server.Owner
	if _, err := admin.Exec(ctx, "create table scratch (o int, p bigint, n bigint, c bigint, h bytea)"); err != nil {
		b.Fatal(err)
	}
	fill(b, admin)
	for i := range b.N {
		if i > 0 {
			b.Fatal("the month can be settled once: run with -benchtime 1x")
		}
		began := time.Now()
		for _, w := range worlds {
			tx, err := admin.Begin(ctx)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := tx.Exec(ctx, limit, w.Org.ID); err != nil {
				b.Fatal(err)
			}
			if err := tx.Rollback(ctx); err != nil {
				b.Fatal(err)
			}
		}
		plain := time.Since(began)
		began = time.Now()
		for _, w := range worlds {
			err := w.DB.Tenant(ctx, access.Within{Organiser: w.Org.ID}, func(tx *postgres.Tx) error {
				_, err := settlement.Calculate(ctx, tx, w.Preparer, settlement.CalculateInput{Organiser: w.Org.ID, Key: calendar.Today(w.Clock).String()})
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		ours := time.Since(began)
		b.ReportMetric(plain.Seconds(), "plain-s")
		b.ReportMetric(ours.Seconds(), "ours-s")
		b.ReportMetric(ours.Seconds()/plain.Seconds(), "ratio")
		began = time.Now()
		for _, w := range worlds {
			if err := w.Approve(1); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(time.Since(began).Seconds(), "approve-s")
	}
}

// fill posts 600,000 deliveries over all organisers; each payee delivers to some four of them.
func fill(b *testing.B, admin *pgxpool.Pool) {
	b.Helper()
	for _, sql := range []string{
		`insert into period (organiser_id, provider_id, period_no, opened_at)
			select distinct o.organiser_id, p.provider_id, 1, now() from organiser o join provider p on (p.provider_id + o.organiser_id) % 6 = 0`,
		`insert into posting (organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, posted_at)
			select q.organiser_id, q.provider_id, 1, 10, 1, 11, q.provider_id, 2000 + g, 3000, '1970-01-01', '2026-11-01', 2, g, now()
			from period q, generate_series(1, 600000 / (select count(*) from period)::int + 1) g order by g`,
		`insert into posting (organiser_id, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, posted_at)
			select q.organiser_id, 2, 1, 1, 1, 0, 3000, '1970-01-01', '2026-11-01', 2, g, now()
			from period q, generate_series(1, 600000 / (select count(*) from period)::int + 1) g order by g`,
		`analyze`} {
		if _, err := admin.Exec(context.Background(), sql); err != nil {
			b.Fatal(err)
		}
	}
}
