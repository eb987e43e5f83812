package seteli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// crowd fills four organisers with 200,000 events, their postings, balances and readings, by plain SQL and without what a plan does
// not look at: neither foreign keys nor the documents behind the numbers.
const crowd = `
set session_replication_role = replica;
insert into client (organiser_id, client_id, person_id, last_name, first_names, birth_date, municipality, source, created_at)
  select 1 + n % 4, n, n, 'Suku' || n, 'Etu', date '1940-01-01' + n, '993', 'file', now() from generate_series(1, 20000) n;
insert into voucher (organiser_id, voucher_id, number, client_id, person_id, service_id, mode, valid_from, valid_to, state, rulebook_id, own_share_forbidden)
  select 1 + n % 4, n, 'N' || n, n, n, n % 5, 'voucher', '2026-01-01', '2027-01-01', 'open', 1, false from generate_series(1, 20000) n;
insert into content (organiser_id, content_id, service_id, code, unit, created_at) select 1 + (n - 1) % 4, n, n % 5, 'C' || n, 'hour', now() from generate_series(1, 40) n;
insert into voucher_line (organiser_id, line_id, voucher_id, person_id, content_id, recurrence, amount_quantity)
  select 1 + n % 4, n, n, n, 1 + n % 40, 'month', 60000 from generate_series(1, 20000) n;
insert into voucher_value (organiser_id, line_id, person_id, valid_from, valid_to, value_cents, explanation)
  select 1 + n % 4, n, n, '2026-01-01', '2027-01-01', 3300, '[]' from generate_series(1, 20000) n;
insert into reservation (organiser_id, reservation_id, voucher_id, line_id, person_id, client_id, provider_id, unit_id, valid_from, valid_to, state, made_by, made_by_side, made_at, terms_accepted)
  select 1 + n % 4, n, n, n, n, n, 1 + n % 50, 1 + n % 50, '2026-01-01', '2027-01-01', 'valid', 'A', 'provider', now(), true from generate_series(1, 20000) n;
insert into event (organiser_id, event_id, provider_id, unit_id, person_id, client_id, voucher_id, line_id, content_id, service_id, reservation_id, service_date, started_at, quantity, accepted_quantity,
    price_cents, value_cents, total_cents, organiser_cents, own_cents, bucket, verdict, period_no, rulebook_id, worker, client_reference, content_hash, batch_id, recorded_at, recorded_by_account, recorded_by)
  select 1 + v % 4, n, 1 + v % 50, 1 + v % 50, v, v, v, v, 1 + v % 40, v % 5, v, date '2026-01-01' + n / 700, date '2026-01-01' + n / 700 + interval '8 hours', 3000, 3000,
    4000, 3300, 4000, 3300, 700, date_trunc('month', date '2026-01-01' + n / 700), case when n % 500 = 0 then 'review' else 'accepted' end, case when n % 500 = 0 then null else 1 + n / 20000 end, 1, 'T' || v % 300, 'r' || n, '\x00', 1, now(), 1, 'A'
  from (select n, 1 + n % 20000 as v from generate_series(1, 200000) n) s;
insert into event_step (organiser_id, event_id, step_no, provider_id, person_id, state, accepted_quantity, total_cents, organiser_cents, own_cents, period_no, at, by_account, by_name)
  select organiser_id, event_id, 1, provider_id, person_id, case when event_id % 200 = 0 then 'review' else 'refunded' end, 0, 0, 0, 0, null, now(), 1, 'A' from event where event_id % 20 = 0;
insert into event_review (organiser_id, event_id, service_id) select organiser_id, event_id, service_id from event_now where state = 'review' and event_id % 1000 = 0;
insert into posting (organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, posted_at)
  select organiser_id, provider_id, coalesce(period_no, 1), 10, content_id, 11, provider_id, organiser_cents, 3000, bucket, service_date, 2, event_id, now() from event
  union all select organiser_id, 0, 0, 2, line_id, 1, line_id, 0, 3000, bucket, service_date, 2, event_id, now() from event;
insert into balance (organiser_id, line_id, bucket, limit_quantity, used_quantity)
  select 1 + n % 4, n, date '2026-01-01' + interval '1 month' * m, 60000, 3000 from generate_series(1, 20000) n, generate_series(0, 4) m;
insert into period (organiser_id, provider_id, period_no, opened_at, sealed_at)
  select o, p, n, now(), case when n < 30 then now() end from generate_series(1, 4) o, generate_series(1, 50) p, generate_series(1, 30) n;
insert into access_log (organiser_id, at, account, name, role, person_id, client_id, purpose, what, request_id)
  select 1 + v % 4, now() - n * interval '1 minute', n % 30, 'A', 'caseworker', v, v, 'p', 'w', '' from (select n, 1 + n % 20000 as v from generate_series(1, 100000) n) s;
set session_replication_role = origin;
analyze`

// hot are the queries that a user waits for, with values as the program gives them. Each may read a handful of pages for what it
// returns, whatever lies around.
var hot = []struct {
	file, name string
	scope      string // organiser, provider, person
	pages      int    // at most, read or found in memory
	values     map[string]string
}{
	{"domain/voucher/recording.sql", "RecordingVouchers", "1 0 0", 100, map[string]string{"organiser_id": "1", "numbers": "{N4,N400,N8000}"}},
	{"domain/voucher/recording.sql", "RecordingLines", "1 0 0", 100, map[string]string{"organiser_id": "1", "vouchers": "{4,400,8000}"}},
	{"domain/voucher/recording.sql", "RecordingValues", "1 0 0", 100, map[string]string{"organiser_id": "1", "vouchers": "{4,400,8000}"}},
	{"domain/voucher/recording.sql", "RecordingReservations", "1 0 0", 100, map[string]string{"organiser_id": "1", "vouchers": "{4,400,8000}", "providers": "{5,1}"}},
	{"domain/event/event.sql", "EventReferences", "1 0 0", 100, map[string]string{"organiser_id": "1", "providers": "{5,1}", "refs": "{r3,x}"}},
	{"domain/event/event.sql", "EventsEarlier", "1 0 0", 300, map[string]string{"organiser_id": "1", "clients": "{4,400,8000}", "from_date": "2026-01-01", "to_date": "2026-01-03"}},
	{"domain/event/event.sql", "WorkersBusy", "1 0 0", 3000, map[string]string{"organiser_id": "1", "providers": "{5}", "workers": "{T4}", "from_date": "2026-01-01", "to_date": "2026-01-03"}},
	{"domain/event/event.sql", "EventsOfProvider", "0 5 0", 3000, map[string]string{"provider_id": "5", "from_date": "2026-03-01", "to_date": "2026-04-01", "organiser": "0", "state": "", "unit": "0", "units": "{}",
		"before_date": "9999-12-31", "before_id": "0", "most": "51"}},
	{"domain/event/event.sql", "EventsOfVoucher", "1 0 0", 300, map[string]string{"organiser_id": "1", "client_id": "4", "voucher_id": "4", "most": "51"}},
	{"domain/event/event.sql", "EventsOfPerson", "0 0 4", 300, map[string]string{"person_id": "4", "voucher": "0", "organiser": "0", "most": "51"}},
	{"domain/event/event.sql", "ReviewQueue", "2 0 0", 800, map[string]string{"organiser_id": "2", "services": "{}", "after_id": "0", "most": "51"}},
	{"domain/event/event.sql", "EventOne", "1 0 0", 60, map[string]string{"organiser_id": "1", "event_id": "3"}},
	{"domain/event/event.sql", "EventsOfPeriod", "1 0 0", 3000, map[string]string{"organiser_id": "1", "provider_id": "5", "periods": "{2}"}},
	{"domain/ledger/ledger.sql", "PeriodsOpen", "1 0 0", 200, map[string]string{"organiser_id": "1", "providers": "{1,5}"}},
	{"domain/ledger/ledger.sql", "BalancesLock", "1 0 0", 100, map[string]string{"organiser_id": "1", "lines": "{4,400,8000}", "buckets": "{2026-03-01,2026-03-01,2026-03-01}"}},
	{"domain/ledger/ledger.sql", "BalancesOfLines", "1 0 0", 200, map[string]string{"organiser_id": "1", "lines": "{4,400,8000}"}},
	{"domain/ledger/ledger.sql", "PeriodSums", "1 0 0", 4000, map[string]string{"organiser_id": "1", "providers": "{1,5}", "numbers": "{2,2}"}},
	{"platform/audit/audit.sql", "SeenOfClient", "1 0 0", 200, map[string]string{"organiser_id": "1", "client_id": "4", "since": "2020-01-01", "until": "2030-01-01", "batch": "51"}},
	{"platform/audit/audit.sql", "SeenOfPerson", "0 0 4", 200, map[string]string{"person_id": "4", "since": "2020-01-01", "until": "2030-01-01", "batch": "51"}},
}

var big = []string{"client", "voucher", "voucher_line", "voucher_value", "reservation", "event", "event_step", "posting", "balance", "access_log"}

// node is what the test reads of a plan.
type node struct {
	Type     string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Hit      int    `json:"Shared Hit Blocks"`
	Read     int    `json:"Shared Read Blocks"`
	Rows     int    `json:"Actual Rows"`
	Plans    []node `json:"Plans"`
}

func (n node) scanned() (list []string) {
	if n.Type == "Seq Scan" && slices.Contains(big, n.Relation) {
		list = append(list, n.Relation)
	}
	for _, p := range n.Plans {
		list = append(list, p.scanned()...)
	}
	return list
}

// The queries of the hot paths find what they need by index, under row-level security, with the values known to the planner and
// without (a statement that is prepared once and used for all).
func TestHotQueriesReadNoTableThrough(t *testing.T) {
	t.Parallel()
	db, ctx := postgrestest.New(t), t.Context()
	if _, err := postgrestest.Admin(t, db).Exec(ctx, crowd); err != nil {
		t.Fatal(err)
	}
	app, err := pgx.Connect(ctx, postgrestest.URL(t, db, postgres.App))
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close(ctx)
	for _, q := range hot {
		sql, order := query(t, q.file, q.name)
		values := make([]string, len(order))
		for i, name := range order {
			value, ok := q.values[name]
			if !ok {
				t.Fatalf("%s: no value for @%s", q.name, name)
			}
			values[i] = "'" + value + "'"
		}
		scope := strings.Fields(q.scope)
		for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
			var raw []byte
			err := pgx.BeginFunc(ctx, app, func(tx pgx.Tx) error {
				for _, s := range []string{fmt.Sprintf("set local seteli.organiser = '%s'; set local seteli.provider = '%s'; set local seteli.person = '%s'; set local plan_cache_mode = %s",
					scope[0], scope[1], scope[2], mode), "prepare hot as " + sql} {
					if _, err := tx.Exec(ctx, s, pgx.QueryExecModeSimpleProtocol); err != nil {
						return err
					}
				}
				if err := tx.QueryRow(ctx, "explain (analyze, buffers, timing off, format json) execute hot("+strings.Join(values, ", ")+")", pgx.QueryExecModeSimpleProtocol).Scan(&raw); err != nil {
					return err
				}
				_, err := tx.Exec(ctx, "deallocate hot")
				return err
			})
			if err != nil {
				t.Errorf("%s: %v", q.name, err)
				break
			}
			var plans []struct{ Plan node }
			if err := json.Unmarshal(raw, &plans); err != nil {
				t.Fatal(err)
			}
			top := plans[0].Plan
			if through := top.scanned(); len(through) > 0 {
				t.Errorf("%s (%s) reads %v from end to end\n%s", q.name, mode, through, raw)
			}
			if top.Rows == 0 {
				t.Errorf("%s finds nothing here: the test looks at an empty answer", q.name)
			}
			if n := top.Hit + top.Read; n > q.pages {
				t.Errorf("%s (%s) reads %d pages, at most %d were expected\n%s", q.name, mode, n, q.pages, raw)
			} else {
				t.Logf("%s %s: %d pages, %d rows", q.name, mode, n, top.Rows)
			}
		}
	}
}

var (
	parameter = regexp.MustCompile(`@([a-z_]+)|sqlc\.n?arg\('([a-z_]+)'\)`)
	remark    = regexp.MustCompile(`(?m)--.*$`)
)

// query reads a named query of a file as sqlc gives it to the program: parameters in the order of their first use.
func query(t *testing.T, file, name string) (sql string, order []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "-- name: "+name+" :")
	if !found {
		t.Fatalf("%s has no query %s", file, name)
	}
	_, body, _ := strings.Cut(rest, "\n")
	body, _, _ = strings.Cut(body, "-- name: ")
	body = strings.TrimSuffix(strings.TrimSpace(remark.ReplaceAllString(body, "")), ";")
	return parameter.ReplaceAllStringFunc(body, func(p string) string {
		m := parameter.FindStringSubmatch(p)
		name := m[1] + m[2]
		i := slices.Index(order, name)
		if i < 0 {
			i, order = len(order), append(order, name)
		}
		return fmt.Sprintf("$%d", i+1)
	}), order
}
