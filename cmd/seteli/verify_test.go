package main

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/demo"
	"seteli/domain/daycare/profile"
	"seteli/domain/statistics"
	"seteli/integration/bank"
	"seteli/platform/i18n"
	"seteli/platform/postgres/postgrestest"
	"seteli/platform/secret"
)

// village gives an app over a small month that is paid, and its result.
func village(t *testing.T) (*app, demo.Result) {
	t.Helper()
	clock := calendar.Noon(postgrestest.Today)
	dir := t.TempDir()
	keys, errKeys := secret.OpenOrCreate(dir)
	texts, errTexts := i18n.Load()
	if err := errors.Join(errKeys, errTexts); err != nil {
		t.Fatal(err)
	}
	a := &app{set: &Settings{DataDir: dir}, clock: clock, db: postgrestest.New(t, postgrestest.Clock(clock)), keys: keys, texts: texts, log: slog.Default()}
	r, err := demo.Build(t.Context(), demo.Deps{DB: a.db, Clock: clock, Keys: keys, Texts: texts, Models: profile.Models(), Bank: bank.Pain001{}},
		demo.Options{Scale: "village", Seed: 3, Issuer: "https://id.example", Until: clock.Now(), Progress: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := statistics.RollAll(t.Context(), a.db, []int32{1}); err != nil {
		t.Fatal(err)
	}
	if err := a.seal(t.Context(), sealArgs{Everything: true}); err != nil {
		t.Fatal(err)
	}
	return a, r
}

func TestVerifyFindsNothingUntilSomethingIsChanged(t *testing.T) {
	t.Parallel()
	a, _ := village(t)
	var out bytes.Buffer
	if err := a.verify(t.Context(), &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, c := range []struct{ what, sql, back string }{
		{"balances", "update balance set used_quantity = used_quantity + 1 where line_id = (select min(line_id) from balance)",
			"update balance set used_quantity = used_quantity - 1 where line_id = (select min(line_id) from balance)"},
		{"events", "update event set own_cents = own_cents + 1, total_cents = total_cents + 1 where event_id = (select min(event_id) from event)",
			"update event set own_cents = own_cents - 1, total_cents = total_cents - 1 where event_id = (select min(event_id) from event)"},
		{"settlements", "update statement set gross_cents = gross_cents + 1, net_cents = net_cents + 1 where statement_no = (select min(statement_no) from statement)",
			"update statement set gross_cents = gross_cents - 1, net_cents = net_cents - 1 where statement_no = (select min(statement_no) from statement)"},
		{"figures of months", "update statistic_month set organiser_cents = organiser_cents + 1 where month = (select min(month) from statistic_month)",
			"update statistic_month set organiser_cents = organiser_cents - 1 where month = (select min(month) from statistic_month)"},
		{"audit", "update audit set actor_name = actor_name || 'x' where audit_id = (select max(audit_id) from audit)",
			"update audit set actor_name = left(actor_name, -1) where audit_id = (select max(audit_id) from audit)"},
	} {
		admin := postgrestest.Admin(t, a.db)
		if _, err := admin.Exec(t.Context(), c.sql); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		out.Reset()
		if err := a.verify(t.Context(), &out); !errors.Is(err, errDiffers) {
			t.Errorf("%s was changed and verify says %v\n%s", c.what, err, out.String())
		}
		if !strings.Contains(out.String(), c.what) {
			t.Errorf("the report does not name %s:\n%s", c.what, out.String())
		}
		if _, err := admin.Exec(t.Context(), c.back); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
	}
	out.Reset()
	if err := a.verify(t.Context(), &out); err != nil {
		t.Errorf("after everything was put back: %v\n%s", err, out.String())
	}
}

func TestVerifyMissesTheEndOfATruncatedAudit(t *testing.T) {
	t.Parallel()
	a, _ := village(t)
	if _, err := postgrestest.Admin(t, a.db).Exec(t.Context(), "delete from audit_chain where organiser_id = 1 and position = (select max(position) from audit_chain where organiser_id = 1)"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := a.verify(t.Context(), &out); !errors.Is(err, errDiffers) || !strings.Contains(out.String(), "truncated") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestPaymentFileIsReadBackAsABankWould(t *testing.T) {
	t.Parallel()
	a, r := village(t)
	for _, run := range r.Runs {
		path, err := a.writePayment(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		n, sum, err := readPayment(path)
		if err != nil || n != run.File.Count || sum != run.Tally.Organiser {
			t.Errorf("%s holds %d payments of %s €, %v; want %d of %s €", filepath.Base(path), n, sum, err, run.File.Count, run.Tally.Organiser)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, bytes.Replace(raw, []byte("</InstdAmt>"), []byte("9x</InstdAmt>"), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := readPayment(path); err == nil {
			t.Error("a damaged amount was read")
		}
	}
}
