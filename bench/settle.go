package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/payment"
	"seteli/domain/settlement"
	"seteli/integration/bank"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// deliveriesSQL records a month for every voucher at once: events, and their postings as recording writes them.
//
//go:embed settle.sql
var deliveriesSQL string

// settleLimit is what the database itself needs for one organiser's month: seal, sum and hash the sealed set, write a statement's
// row and a movement for each payee. Nothing of the program, no payment file.
const settleLimit = `
	with t as (update period set sealed_at = now() where organiser_id = $1 and sealed_at is null returning provider_id, period_no),
	s as (select p.provider_id, count(*) as n, sum(p.amount_cents) as cents,
			sha256(string_agg(concat_ws('|', p.posting_id, p.debit_kind, p.credit_kind, p.amount_cents, p.source_kind, p.source_id, p.source_step)::bytea, '\x0a'::bytea order by p.posting_id)) as hash
		from posting p join t on t.provider_id = p.provider_id and t.period_no = p.period_no
		where p.organiser_id = $1 and p.provider_id <> 0 and p.source_kind in (2, 3, 4) group by p.provider_id),
	i as (insert into posting (organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, posted_at)
		select $1, provider_id, 1, 11, provider_id, 12, provider_id, cents, 0, '1970-01-01', '1970-01-01', 5, 1, now() from s),
	o as (insert into period (organiser_id, provider_id, period_no, opened_at) select $1, provider_id, period_no + 1, now() from t)
	insert into scratch select $1, provider_id, n, cents, hash from s`

// benchSettle settles a nation's month: 600,000 events of 60,000 clients with 5,000 providers and 23 organisers, to payment files.
// Ours runs in a process of its own, whose memory is told.
func benchSettle(ctx context.Context, s *settings) (err error) {
	const organisers, providers = 23, 23 * 217
	w, err := newWorld(ctx, size{Organisers: organisers, Providers: providers, Vouchers: int(60_000 * s.Size), Hours: 40})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close(ctx)) }()
	admin, err := pgxpool.New(ctx, w.cluster.URL(postgres.Admin, postgres.Database))
	if err != nil {
		return err
	}
	defer admin.Close()
	conn, err := admin.Acquire(ctx)
	if err != nil {
		return err
	}
	err = script(ctx, conn, deliveriesSQL)
	conn.Release()
	if err != nil {
		return err
	}
	if err := w.rest(ctx); err != nil {
		return err
	}
	// The month can be settled once, so the limit's rounds are rolled back; one before and one after ours.
	before, err := w.settleLimit(ctx, false)
	if err != nil {
		return err
	}
	if again, err := w.settleLimit(ctx, false); err != nil {
		return err
	} else if again < before { // the first one warms the pages
		before = again
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{"--child", "settle", "--dir", w.dir}
	if s.Profile != "" {
		args = append(args, "--profile", s.Profile)
	}
	child := exec.CommandContext(ctx, self, args...)
	child.Stderr = os.Stderr
	said, err := child.Output()
	if err != nil {
		return fmt.Errorf("settling: %w", err)
	}
	var calculate, approve, pay, peak float64
	var payees, count int
	var cents int64
	if _, err := fmt.Sscan(string(said), &calculate, &approve, &pay, &peak, &payees, &count, &cents); err != nil {
		return fmt.Errorf("settling said %q: %w", said, err)
	}
	var events, owed int64
	if err := w.owner.QueryRow(ctx, "select count(*), sum(organiser_cents) from event").Scan(&events, &owed); err != nil {
		return err
	}
	if owed != cents {
		return fmt.Errorf("the payment files hold %s, the events %s", money.Cents(cents), money.Cents(owed))
	}
	all := calculate + approve + pay
	bar("settle", all, before, all/before, fmt.Sprintf("s for %d events, %d statements, %d payments of %s; calculate %.2f, approve with recount %.2f, payment files with recount %.2f; limit: plain SQL for seal, sums, hash, postings", events, payees, count, money.Cents(cents), calculate, approve, pay))
	bar("settle-calculate", calculate, before, calculate/before, "s: seal, statements, postings and sealed-set hash alone")
	bar("settle-memory", peak, 300, peak/300, "MB, highest of the process; limit is the bar")
	return nil
}

// settleLimit runs the plain statements for every organiser and takes them back.
func (w *world) settleLimit(ctx context.Context, _ bool) (float64, error) {
	tx, err := w.owner.Begin(ctx)
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, "create table scratch (o int, p bigint, n bigint, c bigint, h bytea)"); err != nil {
		return 0, err
	}
	took, err := timed(func() error {
		for o := range w.Organisers {
			if _, err := tx.Exec(ctx, settleLimit, o+1); err != nil {
				return err
			}
		}
		return nil
	})
	return took, errors.Join(err, tx.Rollback(context.WithoutCancel(ctx)))
}

// settleChild is our side: it attaches to the cluster that the parent keeps and prints times, memory and sums.
func settleChild(ctx context.Context, s *settings) error {
	cluster, err := postgres.Attach(ctx, postgres.ClusterConfig{Dir: s.Dir})
	if err != nil {
		return err
	}
	clock := calendar.Wall{}
	db, err := postgres.Open(ctx, postgres.Config{URL: cluster.URL(postgres.App, ""), Clock: clock})
	if err != nil {
		return err
	}
	defer db.Close()
	var organisers int32
	if err := db.Pool().QueryRow(ctx, "select count(*) from organiser").Scan(&organisers); err != nil {
		return err
	}
	stop, err := s.profile("settle")
	if err != nil {
		return err
	}
	defer stop()
	runs := make([]settlement.Run, organisers)
	var files []payment.File
	each := func(do func(ctx context.Context, tx *postgres.Tx, org int32) error) (float64, error) {
		return timed(func() error {
			for o := range organisers {
				if err := db.Tenant(ctx, access.Within{Organiser: o + 1}, func(tx *postgres.Tx) error { return do(ctx, tx, o+1) }); err != nil {
					return fmt.Errorf("organiser %d: %w", o+1, err)
				}
			}
			return nil
		})
	}
	person := func(account int64, role access.Role, org int32) access.Actor {
		return access.Actor{Account: account, Name: strings.ToUpper(string(role)), Role: role, Organiser: org, SignedIn: clock.Now()}
	}
	calculate, err := each(func(ctx context.Context, tx *postgres.Tx, org int32) (err error) {
		runs[org-1], err = settlement.Calculate(ctx, tx, person(11, access.SettlementPreparer, org), settlement.CalculateInput{Organiser: org, Key: tx.Today().String()})
		return err
	})
	if err != nil {
		return err
	}
	approve, err := each(func(ctx context.Context, tx *postgres.Tx, org int32) error {
		_, err := settlement.Approve(ctx, tx, person(12, access.SettlementApprover, org), org, runs[org-1].No)
		return err
	})
	if err != nil {
		return err
	}
	pay, err := each(func(ctx context.Context, tx *postgres.Tx, org int32) error {
		f, err := payment.MakeFile(ctx, tx, person(12, access.SettlementApprover, org), bank.Pain001{}, org, runs[org-1].No)
		f.Bytes = nil
		files = append(files, f)
		return err
	})
	if err != nil {
		return err
	}
	payees, count, cents := 0, 0, money.Cents(0)
	for _, r := range runs {
		payees += r.Payees
	}
	for _, f := range files {
		count, cents = count+f.Count, cents+f.Total
	}
	_, peak := memory(self)
	_, err = fmt.Println(calculate, approve, pay, peak, payees, count, int64(cents))
	return err
}
