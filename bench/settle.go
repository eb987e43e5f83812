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
	if err := w.exec(ctx, "create table scratch (o int, p bigint, n bigint, c bigint, h bytea)"); err != nil {
		return err
	}
	// The month can be settled once: organiser by organiser the limit runs first and is rolled back, then ours.
	program, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{"--child", "settle", "--dir", w.dir}
	if s.Profile != "" {
		args = append(args, "--profile", s.Profile)
	}
	child := exec.CommandContext(ctx, program, args...)
	child.Stderr = os.Stderr
	said, err := child.Output()
	if err != nil {
		return fmt.Errorf("settling: %w", err)
	}
	var before, calculate, approve, pay, peak float64
	var payees, count int
	var cents int64
	if _, err := fmt.Sscan(string(said), &before, &calculate, &approve, &pay, &peak, &payees, &count, &cents); err != nil {
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
	bar("settle", all, before, all/before, fmt.Sprintf("s for %d events, %d statements, %d payments of %s; calculate %.2f, approve with recount %.2f, payment files %.2f; limit: plain SQL for seal, sums, hash, postings", events, payees, count, money.Cents(cents), calculate, approve, pay))
	bar("settle-calculate", calculate, before, calculate/before, "s: seal, statements, postings and sealed-set hash alone")
	bar("settle-memory", peak, 300, peak/300, "MB, highest of the process; limit is the bar")
	return nil
}

// plainly runs the limit for one organiser and takes it back. Twice: the first time warms the pages, for both sides.
func plainly(ctx context.Context, owner *pgxpool.Pool, org int32) (took float64, err error) {
	for range 2 {
		tx, err := owner.Begin(ctx)
		if err != nil {
			return 0, err
		}
		took, err = timed(func() error { _, err := tx.Exec(ctx, settleLimit, org); return err })
		if err = errors.Join(err, tx.Rollback(context.WithoutCancel(ctx))); err != nil {
			return 0, err
		}
	}
	return took, nil
}

// settleChild settles: it attaches to the cluster that the parent keeps and prints times, memory and sums.
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
	owner, err := pgxpool.New(ctx, cluster.URL(postgres.Owner, ""))
	if err != nil {
		return err
	}
	defer owner.Close()
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
	person := func(account int64, role access.Role, org int32) access.Actor {
		return access.Actor{Account: account, Name: strings.ToUpper(string(role)), Role: role, Organiser: org, SignedIn: clock.Now()}
	}
	var plain, calculate, approve, pay float64
	for o := range organisers {
		org := o + 1
		took, err := plainly(ctx, owner, org)
		if err != nil {
			return err
		}
		plain += took
		for _, step := range []struct {
			sum *float64
			do  func(tx *postgres.Tx) error
		}{
			{&calculate, func(tx *postgres.Tx) (err error) {
				runs[o], err = settlement.Calculate(ctx, tx, person(11, access.SettlementPreparer, org), settlement.CalculateInput{Organiser: org, Key: tx.Today().String()})
				return err
			}},
			{&approve, func(tx *postgres.Tx) error {
				_, err := settlement.Approve(ctx, tx, person(12, access.SettlementApprover, org), org, runs[o].No)
				return err
			}},
			{&pay, func(tx *postgres.Tx) error {
				f, err := payment.MakeFile(ctx, tx, person(12, access.SettlementApprover, org), bank.Pain001{}, org, runs[o].No)
				f.Bytes = nil
				files = append(files, f)
				return err
			}},
		} {
			took, err := timed(func() error { return db.Tenant(ctx, access.Within{Organiser: org}, step.do) })
			if err != nil {
				return fmt.Errorf("organiser %d: %w", org, err)
			}
			*step.sum += took
		}
	}
	payees, count, cents := 0, 0, money.Cents(0)
	for _, r := range runs {
		payees += r.Payees
	}
	for _, f := range files {
		count, cents = count+f.Count, cents+f.Total
	}
	_, peak := memory(self)
	_, err = fmt.Println(plain, calculate, approve, pay, peak, payees, count, int64(cents))
	return err
}
