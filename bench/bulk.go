package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// taper is the value that falls with the income, Helsinki's of 2024 with its parameters raised by a year's index.
const taper = `{"method":"linear_taper_scaled","full_cents":3600,"min_cents":880,"max_cents":4320,"increase_pct":"20","income_limits_cents":{"1":69900,"2":129000,"3":202500,"4":250300},"pcts":{"1":"35","2":"22","3":"18","4":"15"},"divisor":"60"}`

// benchBulk changes the values of 50,000 vouchers at an index change: the preview of every client's change, and the change itself with
// its letters queued. The limit is the bar of a quiet machine, one minute for both.
func benchBulk(ctx context.Context, s *settings) (err error) {
	vouchers := max(1000, int(50_000*s.Size))
	w, err := newWorld(ctx, size{Organisers: 1, Providers: callers, Vouchers: vouchers, Hours: 40})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close(ctx)) }()
	from := calendar.Today(w.clock) + 30
	for _, sql := range []string{
		"update voucher_value set facts = jsonb_build_object('Household', 1 + line_id % 4, 'Income', 60000 + line_id * 7919 % 250000)",
		`insert into rulebook (organiser_id, service_id, version, valid_from, text_fi, text_sv, text_en, rules, prepared_by_account, prepared_by, prepared_at, published_by_account, published_by, published_at)
		select organiser_id, service_id, 2, $1::date, text_fi, text_sv, text_en, jsonb_set(rules, '{value}', $2::jsonb), 1, 'a', now(), 2, 'b', now() from rulebook where service_id = 11`,
	} {
		var args []any
		if sql[0] == 'i' {
			args = []any{from.String(), taper}
		}
		if err := w.exec(ctx, sql, args...); err != nil {
			return err
		}
	}
	if err := w.rest(ctx); err != nil {
		return err
	}
	texts, err := i18n.Load()
	if err != nil {
		return err
	}
	means := voucher.Means{Texts: texts, Models: method.All(), Random: rand.Reader}
	preparer := access.Actor{Account: 3, Name: "Sanna Sosiaaliohjaaja", Role: access.Caseworker, Organiser: 1}
	decider := access.Actor{Account: 4, Name: "Päivi Päättäjä", Role: access.DecisionMaker, Organiser: 1}
	var b voucher.Bulk
	previewed, err := timed(func() error {
		return w.db.Tenant(ctx, preparer, func(tx *postgres.Tx) (err error) {
			b, err = voucher.PrepareBulk(ctx, tx, preparer, means, voucher.BulkInput{Organiser: 1, Service: 11, Kind: voucher.Revalue, From: from, Reason: "Arvoa korotetaan hintaindeksin mukaan."})
			return err
		})
	})
	if err != nil {
		return err
	}
	page, err := timed(func() error {
		return w.db.Tenant(ctx, decider, func(tx *postgres.Tx) error {
			_, _, err := voucher.BulkOf(ctx, tx, decider, 1, b.ID, voucher.BulkPage{Most: 50})
			return err
		})
	})
	if err != nil {
		return err
	}
	err = w.db.Tenant(ctx, decider, func(tx *postgres.Tx) error {
		_, err := voucher.ApproveBulk(ctx, tx, decider, voucher.BulkDecision{Organiser: 1, ID: b.ID, RowVersion: b.RowVersion, Office: "palvelupäällikkö"})
		return err
	})
	if err != nil {
		return err
	}
	applied, err := timed(func() error { return voucher.ApplyBulk(ctx, w.db, means, 1, b.ID) })
	if err != nil {
		return err
	}
	if err := w.db.Tenant(ctx, decider, func(tx *postgres.Tx) (err error) {
		b, _, err = voucher.BulkOf(ctx, tx, decider, 1, b.ID, voucher.BulkPage{})
		return err
	}); err != nil {
		return err
	}
	if b.State != "done" || b.Vouchers < vouchers*9/10 || b.Applied != b.Lines-b.Refused {
		return fmt.Errorf("of %d vouchers %d are in the change, %d of %d lines changed, state %s", vouchers, b.Vouchers, b.Applied, b.Lines, b.State)
	}
	bar("bulk", previewed+applied, 60, (previewed+applied)/60, fmt.Sprintf("s for %d vouchers: preview %.1f s, change %.1f s with letters queued, a page of the preview %.0f ms; limit is the bar of a quiet machine", b.Vouchers, previewed, applied, page*1000))
	return nil
}

// benchValue computes values on one core without the database, with and without their explanations.
func benchValue(ctx context.Context, s *settings) error {
	var value rulebook.Value
	if err := json.Unmarshal([]byte(taper), &value); err != nil {
		return err
	}
	book := rulebook.Rulebook{Organiser: 1, Service: 11, Version: 1, Rules: rulebook.Default()}
	book.Rules.Value = value
	models := method.All()
	for _, side := range []struct {
		name, note string
		quiet      bool
		bar        float64
	}{{"value", "values/s of one core without explanations; limit is the bar", true, 10_000}, {"value-explained", "values/s of one core with explanations; limit is the bar", false, 2000}} {
		done, began := 0, now()
		for now().Sub(began) < time.Duration(s.Seconds)*time.Second {
			if err := ctx.Err(); err != nil {
				return err
			}
			for range 100 {
				income := money.Cents(60_000 + done*7919%250_000)
				if _, err := models.Value(book, rulebook.ValueInput{Content: 11, Facts: rulebook.Facts{Household: 1 + done%4, Income: &income}, Quiet: side.quiet}); err != nil {
					return err
				}
				done++
			}
		}
		rate := float64(done) / now().Sub(began).Seconds()
		bar(side.name, rate, side.bar, rate/side.bar, side.note)
	}
	return nil
}
