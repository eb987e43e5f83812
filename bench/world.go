package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/migrations"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

//go:embed world.sql
var worldSQL string

//go:embed limit.sql
var limitSQL string

// size of a world. Vouchers are dealt out to organisers and providers in turn; each client has one voucher of one content.
type size struct {
	Organisers, Providers, Vouchers int
	Hours                           int // right of a voucher in a month
	Window                          int // days back that may be recorded
}

// world is one private cluster with its rows, flushed to disk as in service.
type world struct {
	size
	dir     string
	cluster *postgres.Cluster
	db      *postgres.DB
	owner   *pgxpool.Pool
	numbers []string // of vouchers, by id − 1
	clock   calendar.Clock
}

// newWorld makes the cluster, the schema and the rows.
func newWorld(ctx context.Context, s size) (w *world, err error) {
	w = &world{size: s, clock: calendar.Wall{}}
	if w.dir, err = os.MkdirTemp("", "seteli-bench-"); err != nil {
		return nil, err
	}
	if err := os.Chmod(w.dir, 0o711); err != nil { // PostgreSQL runs under another account when we are root
		return nil, err
	}
	if err := w.open(ctx); err != nil {
		return nil, errors.Join(err, w.close(ctx))
	}
	if err := w.fill(ctx); err != nil {
		return nil, errors.Join(err, w.close(ctx))
	}
	return w, nil
}

func (w *world) open(ctx context.Context) (err error) {
	if w.cluster, err = postgres.StartCluster(ctx, postgres.ClusterConfig{Dir: w.dir}); err != nil {
		return err
	}
	if _, err := postgres.Migrate(ctx, w.cluster.URL(postgres.Owner, ""), migrations.Files); err != nil {
		return err
	}
	if w.db, err = postgres.Open(ctx, postgres.Config{URL: w.cluster.URL(postgres.App, ""), Clock: w.clock}); err != nil {
		return err
	}
	w.owner, err = pgxpool.New(ctx, w.cluster.URL(postgres.Owner, ""))
	return err
}

func (w *world) close(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	var errs []error
	if w.db != nil {
		w.db.Close()
	}
	if w.owner != nil {
		w.owner.Close()
	}
	if w.cluster != nil {
		errs = append(errs, w.cluster.Stop(ctx))
	}
	return errors.Join(append(errs, os.RemoveAll(w.dir))...)
}

// fill writes the rows as an administrator with foreign keys off: what a company's application and decision were does not matter here.
func (w *world) fill(ctx context.Context) error {
	admin, err := pgxpool.New(ctx, w.cluster.URL(postgres.Admin, postgres.Database))
	if err != nil {
		return err
	}
	defer admin.Close()
	conn, err := admin.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	ibans, prefixes, ids := make([]string, w.Providers), make([]string, w.Organisers), make([]string, w.Organisers)
	for i := range ibans {
		ibans[i] = iban(i + 1)
	}
	for i := range prefixes {
		prefixes[i], ids[i] = prefix(i+1), businessID(1_000_000+3*i)
	}
	w.numbers = make([]string, w.Vouchers)
	for i := range w.numbers {
		if w.numbers[i], err = number(prefixes[(i+1)%w.Organisers], i+1); err != nil {
			return err
		}
	}
	settings := map[string]string{"organisers": fmt.Sprint(w.Organisers), "providers": fmt.Sprint(w.Providers), "vouchers": fmt.Sprint(w.Vouchers),
		"hours": fmt.Sprint(w.Hours), "window": fmt.Sprint(max(w.Window, 60))}
	for name, value := range settings {
		if _, err := conn.Exec(ctx, "select set_config($1, $2, false)", "bench."+name, value); err != nil {
			return err
		}
	}
	if _, err := conn.Exec(ctx, "create temporary table given as select n, number from unnest($1::text[]) with ordinality t(number, n)", w.numbers); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "create temporary table accounts as select n, iban from unnest($1::text[]) with ordinality t(iban, n)", ibans); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "create temporary table prefixes as select n, prefix, business_id from unnest($1::text[], $2::text[]) with ordinality t(prefix, business_id, n)", prefixes, ids); err != nil {
		return err
	}
	return script(ctx, conn, worldSQL)
}

// script runs statements that are separated by a line of dashes.
func script(ctx context.Context, conn *pgxpool.Conn, sql string) error {
	for _, one := range strings.Split(sql, "\n----\n") {
		if _, err := conn.Exec(ctx, one); err != nil {
			return fmt.Errorf("%w in\n%s", err, one[:min(200, len(one))])
		}
	}
	return nil
}

// exec runs a statement as the owner.
func (w *world) exec(ctx context.Context, sql string, args ...any) error {
	if _, err := w.owner.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("%w in\n%s", err, sql[:min(200, len(sql))])
	}
	return nil
}

// settle lets the disk and the tables come to rest before something is measured.
func (w *world) rest(ctx context.Context) error {
	admin, err := pgxpool.New(ctx, w.cluster.URL(postgres.Admin, postgres.Database))
	if err != nil {
		return err
	}
	defer admin.Close()
	for _, sql := range []string{"vacuum analyze", "checkpoint"} {
		if _, err := admin.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// providerOf tells whose a voucher is; world.sql deals them out in the same way.
func (w *world) providerOf(voucher int) int64 {
	return int64(1 + voucher%w.Organisers + w.Organisers*(voucher/w.Organisers%(w.Providers/w.Organisers)))
}

// recorder records for a provider.
func recorder(provider int64) access.Actor {
	return access.Actor{Account: 11, Name: "Kirsi Kirjaaja", Mandate: 11, Role: access.ServiceResponsible, Provider: provider}
}

// key makes the key of a provider's program.
func (w *world) key(ctx context.Context, provider int64) (secret string, err error) {
	by := access.Actor{Account: 1, Name: "Paula Päätili", Role: access.ProviderMainUser, Provider: provider}
	today := calendar.Today(w.clock)
	err = w.db.National(ctx, func(tx *postgres.Tx) (err error) {
		_, secret, err = access.MakeKey(ctx, tx, by, access.Key{Provider: provider, Name: "mittaus", Scopes: []access.Right{access.EventRecord}, Valid: calendar.Period{From: today, To: today + 30}})
		return err
	})
	return secret, err
}

func prefix(n int) string {
	const letters = "ABCDEFGHJKMNPQRSTVWXYZ" // none that is read as a digit
	return "T" + string(letters[n/len(letters)%len(letters)]) + string(letters[n%len(letters)])
}

// number gives the n-th voucher number: valid, the same in every run.
func number(prefix string, n int) (string, error) {
	random := make([]byte, 8)
	for i := range random {
		random[i] = byte(n % 31)
		n /= 31
	}
	v, err := ident.NewVoucherNumber(prefix, bytes.NewReader(random))
	return v.String(), err
}

// iban makes a valid invented account number.
func iban(n int) string {
	account := fmt.Sprintf("123456%08d", n)
	rest := 0
	for _, c := range account + "151800" {
		rest = (rest*10 + int(c-'0')) % 97
	}
	return fmt.Sprintf("FI%02d%s", 98-rest, account)
}

// businessID makes a valid invented Y-tunnus from seven digits; the few that have none take the next.
func businessID(n int) string {
	for ; ; n++ {
		sum, rest := 0, n
		for _, weight := range []int{2, 4, 8, 5, 10, 9, 7} {
			sum += rest % 10 * weight
			rest /= 10
		}
		if check := sum % 11; check != 1 {
			return fmt.Sprintf("%07d-%d", n, (11-check)%11)
		}
	}
}
