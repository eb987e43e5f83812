package demo_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/demo"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/domain/event"
	"seteli/domain/ledger"
	"seteli/domain/organiser"
	"seteli/domain/purse"
	"seteli/domain/settlement"
	"seteli/integration/bank"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/platform/secret"
)

var until = time.Date(2026, time.November, 21, 8, 30, 0, 0, calendar.Helsinki)

func deps(t testing.TB) demo.Deps {
	t.Helper()
	clock := calendar.At(until)
	keys, errKeys := secret.OpenOrCreate(t.TempDir())
	texts, errTexts := i18n.Load()
	if err := errors.Join(errKeys, errTexts); err != nil {
		t.Fatal(err)
	}
	return demo.Deps{DB: postgrestest.New(t, postgrestest.Clock(clock)), Clock: clock, Keys: keys, Texts: texts, Models: profile.Models(), Bank: bank.Pain001{}}
}

func options(t testing.TB, scale string) demo.Options {
	return demo.Options{Scale: scale, Seed: 1, Issuer: "https://id.example", Until: until, Progress: func(s string) { t.Log(s) }}
}

// differences asks everything that can verify itself.
func differences(t testing.TB, db *postgres.DB) (all []ledger.Difference) {
	t.Helper()
	var list []organiser.Organiser
	err := db.ReadNational(t.Context(), func(tx *postgres.Tx) (err error) { list, err = organiser.All(t.Context(), tx); return err })
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		for _, verify := range []func(context.Context, *postgres.Tx, int32) ([]ledger.Difference, error){ledger.Verify, event.Verify, purse.Verify, store.Verify, settlement.Verify} {
			err := db.Tenant(t.Context(), access.Within{Organiser: o.ID}, func(tx *postgres.Tx) error {
				found, err := verify(t.Context(), tx, o.ID)
				all = append(all, found...)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return all
}

func words(t testing.TB, owner *pgxpool.Pool, sql string) []string {
	t.Helper()
	var list []string
	if err := owner.QueryRow(t.Context(), "select coalesce(array_agg(distinct w order by w), '{}') from ("+sql+") q(w)").Scan(&list); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return list
}

// One world for the tests that only look: building it takes a quarter of a minute.
func TestSmallDemoHasSomethingForEveryPage(t *testing.T) {
	t.Parallel()
	d := deps(t)
	r, err := demo.Build(t.Context(), d, options(t, demo.Small))
	if err != nil {
		t.Fatal(err)
	}
	if !d.Clock.Now().Equal(until) {
		t.Errorf("the clock stands at %s", d.Clock.Now())
	}
	if found := differences(t, d.DB); len(found) > 0 {
		t.Errorf("%d differences, the first: %s", len(found), found[0])
	}
	if r.Organisers != 6 || r.Clients < 300 || r.Vouchers < 300 || r.Paid == 0 || r.Tally.Partial == 0 || r.Tally.Own == 0 {
		t.Errorf("built %+v", r)
	}
	owner := postgrestest.Owner(t, d.DB)
	for _, c := range []struct {
		what, sql string
		want      []string
	}{
		{"kinds of organisers", "select kind from organiser", []string{"county", "joint_authority", "municipality"}},
		{"modes", "select mode from service_version", []string{"licence", "purchased", "register", "voucher"}},
		{"units", "select unit from content", []string{"day", "euro", "hour", "month", "piece", "visit", "week"}},
		{"applications", "select state from application", []string{"approved", "awaiting_signature", "completing", "draft", "handling", "rejected", "sent", "withdrawn"}},
		{"prices", "select state from price", []string{"approved", "proposed", "rejected"}},
		{"vouchers", "select state from voucher", []string{"closed", "granted", "open"}},
		{"endings", "select close_reason from voucher where close_reason is not null", []string{"annulled", "ended", "refused", "stopped"}},
		{"orders", "select state from purchase_order", []string{"confirmed", "declined", "ordered"}},
		{"events", "select state from event_now", []string{"accepted", "deleted", "refunded", "rejected", "review"}},
		{"runs", "select (select s.state from run_step s where s.organiser_id = r.organiser_id and s.run_no = r.run_no order by s.step_no desc limit 1) from settlement_run r",
			[]string{"calculated", "paid", "sent"}},
		{"ways of computing a value", "select rules -> 'value' ->> 'method' from rulebook", []string{"ceiling_minus_fee", "coefficient_table", "daycare", "euro_purse", "flat", "flat_period", "flat_unit",
			"income_band_table", "individual", "linear_taper", "linear_taper_scaled", "lump_sum", "pct_of_net_income", "price_minus_fee", "time_band_table"}},
		{"rows of early education", "select kind::text from daycare_month_row", []string{"CORRECTION", "ORIGINAL", "REFUND"}},
		{"statements answered", "select case when silent then 'silent' else 'approved' end from daycare_statement_approval", []string{"approved", "silent"}},
		{"objections", "select 'open' from daycare_objection", []string{"open"}},
		{"drafts of early education", "select 'draft' from daycare_draft", []string{"draft"}},
		{"ways of arranging a place", "select way from daycare_unit", []string{"own", "purchased", "voucher"}},
		{"areas of early education", "select u.postcode from daycare_unit d join unit u on u.unit_id = d.unit_id", []string{"93500", "93510", "93600", "93610"}},
		{"addresses of early education that two units have", "select u.address_line from daycare_unit d join unit u on u.unit_id = d.unit_id group by u.address_line having count(*) > 1", []string{}},
		{"years of the forecast", "select jsonb_array_length(forecast::jsonb)::text from daycare_forecast", []string{"12"}},
		{"months of risks", "select count(distinct month)::text from daycare_risk_month group by organiser_id", []string{"6"}},
		{"pilots", "select decision from daycare_pilot", []string{"", "go_on"}},
		{"targets of the pilot that is over", "select coalesce(x ->> 'gained', 'unknown') from daycare_pilot, jsonb_array_elements(result::jsonb) x", []string{"false", "true"}},
		{"proposals", "select state from proposal", []string{"hearing"}},
		{"bands", "select band from event_piece", []string{"evening", "weekday"}},
		{"languages", "select language from client", []string{"fi", "sv"}},
	} {
		if got := words(t, owner, c.sql); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
	var late int
	if err := owner.QueryRow(t.Context(), "select count(*) from audit where at > $1", until).Scan(&late); err != nil || late > 0 {
		t.Errorf("%d acts lie after the end of the history, %v", late, err)
	}
	testWarehouseHoldsTheSameTruth(t, d)
}

func TestMonthOfRealSizeIsPaidToTheCent(t *testing.T) {
	t.Parallel()
	d := deps(t)
	r, err := demo.Build(t.Context(), d, options(t, "village"))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Runs) != 2 || r.Paid != r.Tally.Organiser || r.Paid == 0 {
		t.Errorf("paid %s of %s in %d runs", r.Paid, r.Tally.Organiser, len(r.Runs))
	}
	if r.Tally.Rejected == 0 || r.Tally.Repeated == 0 {
		t.Errorf("nothing was wrong in the files: %+v", r.Tally)
	}
	if hours := r.Tally.Quantity.String(); hours != "900" {
		t.Errorf("%s hours, want 900", hours)
	}
	if found := differences(t, d.DB); len(found) > 0 {
		t.Errorf("%d differences, the first: %s", len(found), found[0])
	}
}

func TestSameSeedGivesTheSameMonth(t *testing.T) {
	t.Parallel()
	var sums [3]demo.Tally
	for i, seed := range []uint64{7, 7, 8} {
		o := options(t, "village")
		o.Seed = seed
		r, err := demo.Build(t.Context(), deps(t), o)
		if err != nil {
			t.Fatal(err)
		}
		sums[i] = r.Tally
	}
	if sums[0] != sums[1] {
		t.Errorf("seed 7 gave %+v and %+v", sums[0], sums[1])
	}
	if sums[0] == sums[2] {
		t.Error("another seed gave the same month")
	}
}

func TestUnknownScaleIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := demo.Build(t.Context(), deps(t), options(t, "galaxy")); err == nil {
		t.Error("built a galaxy")
	}
}

func TestInventedNumbersAreValidAndMarked(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for n := range 500 {
		id, err := demo.BusinessID(n)
		if err != nil || id.Digits()[:2] != "99" {
			t.Fatalf("business id %d: %v, %v", n, id, err)
		}
		account, err := demo.IBAN(n)
		if err != nil {
			t.Fatalf("account %d: %v", n, err)
		}
		code, err := demo.Hetu(calendar.Day(1920+n%100, 2, 28), n)
		if err != nil || !code.Artificial() {
			t.Fatalf("identity code %d: %v", n, err)
		}
		for _, s := range []string{id.String(), account.String()} {
			if seen[s] {
				t.Fatalf("%s is given twice", s)
			}
			seen[s] = true
		}
	}
}

func TestPeopleOfTheSignInPageAreInvented(t *testing.T) {
	t.Parallel()
	people, err := demo.People()
	if err != nil {
		t.Fatal(err)
	}
	subjects := map[string]bool{}
	shown := map[access.Role]bool{}
	for _, p := range people {
		if subjects[p.Subject] {
			t.Errorf("subject %s twice", p.Subject)
		}
		subjects[p.Subject] = true
		if p.Shown {
			shown[p.Role] = true
		}
		if p.Hetu == "" {
			continue
		}
		code, err := ident.ParseHetu(p.Hetu)
		if err != nil || !code.Artificial() {
			t.Errorf("%s has a code that may be somebody's: %v", p.Name, err)
		}
	}
	for _, role := range []access.Role{access.Caseworker, access.DecisionMaker, access.ApplicationHandler, access.EventChecker, access.SettlementPreparer, access.SettlementApprover,
		access.MainUser, access.PrivacyOfficer, access.Signatory, access.ProviderMainUser, access.Recorder, access.Client, access.Operator} {
		if !shown[role] {
			t.Errorf("nobody is shown who acts as %s", role)
		}
	}
}
