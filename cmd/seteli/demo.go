package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/demo"
	"seteli/domain/daycare/profile"
	"seteli/domain/notice"
	"seteli/domain/organiser"
	"seteli/integration/bank"
	"seteli/platform/postgres"
)

type demoCmd struct {
	Scale string `help:"demo builds a history of months and serves it; village, oulu-2016 and nation-600k build a month of that size, pay it, verify and exit." enum:"demo,village,oulu-2016,nation-600k" default:"demo"`
	Seed  uint64 `help:"Chance begins from it: the same seed gives the same people and sums." default:"1"`
}

// Run builds what is not built yet, and serves it; a month of a real size is built anew each time.
func (c *demoCmd) Run(ctx context.Context, s *Settings) error {
	s.demo = true
	if c.Scale != demo.Small {
		return c.month(ctx, s)
	}
	clock := calendar.At(calendar.Wall{}.Now())
	a, err := c.prepared(ctx, s, clock)
	if err != nil {
		return err
	}
	defer func() {
		if err := a.close(context.WithoutCancel(ctx)); err != nil {
			a.log.Error("closing", "error", err)
		}
	}()
	if err := a.presentTime(ctx); err != nil {
		return err
	}
	return a.serve(ctx, func(address string) { a.welcome(address) })
}

// built is what a demo's directory tells of itself.
type built struct {
	Done   bool      `json:"done"`
	Issuer string    `json:"issuer"`
	Seed   uint64    `json:"seed"`
	At     time.Time `json:"at"`
}

func builtPath(s *Settings) string { return filepath.Join(s.DataDir, "demo.json") }

func readBuilt(s *Settings) (b built, found bool, err error) {
	raw, err := os.ReadFile(builtPath(s))
	if errors.Is(err, os.ErrNotExist) {
		return b, false, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &b)
	}
	if err != nil {
		return b, false, fmt.Errorf("reading %s: %w", builtPath(s), err)
	}
	return b, true, nil
}

func writeBuilt(s *Settings, b built) error {
	raw, err := json.Marshal(b)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.DataDir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(builtPath(s), append(raw, '\n'), 0o600)
}

// prepared opens the demo's database, built. A build that was cut off is thrown away: nobody can have worked in it.
func (c *demoCmd) prepared(ctx context.Context, s *Settings, clock *calendar.Fixed) (*app, error) {
	before, found, err := readBuilt(s)
	if err != nil {
		return nil, err
	}
	if found && !before.Done {
		fmt.Println("the last build was cut off; building anew")
		if err := discard(ctx, s); err != nil {
			return nil, err
		}
		found = false
	}
	a, err := open(ctx, s, clock)
	if err != nil {
		return nil, err
	}
	if found && before.Issuer != a.demoIssuer() {
		return nil, errors.Join(fmt.Errorf("the demo in %s was built for %s: start it with the same --public-url, or build another one with --data-dir", s.DataDir,
			strings.TrimSuffix(before.Issuer, idpPath)), a.close(ctx))
	}
	if found {
		return a, nil
	}
	_, err = a.buildDemo(ctx, demo.Options{Scale: demo.Small, Seed: c.Seed, Issuer: a.demoIssuer(), Until: clock.Now(), Progress: since(time.Now())}, clock)
	if err == nil {
		err = writeBuilt(s, built{Done: true, Issuer: a.demoIssuer(), Seed: c.Seed, At: clock.Now()})
	}
	if err != nil {
		return nil, errors.Join(err, a.close(context.WithoutCancel(ctx)))
	}
	return a, nil
}

// buildDemo refuses a database in which somebody works already. Until the build is whole the directory says that it is not.
func (a *app) buildDemo(ctx context.Context, o demo.Options, clock *calendar.Fixed) (r demo.Result, err error) {
	var all []organiser.Organiser
	err = a.db.ReadNational(ctx, func(tx *postgres.Tx) (err error) { all, err = organiser.All(ctx, tx); return err })
	if err != nil {
		return r, err
	}
	if len(all) > 0 {
		return r, fmt.Errorf("%s holds %d organisers that no demo has built; a demo needs a directory or a database of its own", a.set.DataDir, len(all))
	}
	if err := writeBuilt(a.set, built{Issuer: o.Issuer, Seed: o.Seed, At: o.Until}); err != nil {
		return r, err
	}
	sender, err := a.post()
	if err != nil {
		return r, err
	}
	texter, err := a.texter()
	if err != nil {
		return r, err
	}
	desk := &notice.Desk{Store: a.db, Texts: a.texts, Mailer: sender, Texter: texter, Address: a.set.PublicURL, Log: a.log}
	d := demo.Deps{DB: a.db, Clock: clock, Keys: a.keys, Texts: a.texts, Models: profile.Models(), Bank: bank.Pain001{},
		Deliver: func(ctx context.Context) error { return a.deliver(ctx, a.topics(desk)) }, Analyse: a.analyse}
	began := time.Now()
	if r, err = demo.Build(ctx, d, o); err != nil {
		return r, err
	}
	fmt.Printf("built in %s: %d organisers, %d providers, %d clients, %d vouchers, %d events recorded, %s € accepted, %s € in payment files\n",
		time.Since(began).Round(100*time.Millisecond), r.Organisers, r.Providers, r.Clients, r.Vouchers, r.Tally.Lines, r.Tally.Organiser, r.Paid)
	return r, a.seal(ctx, sealArgs{Everything: true})
}

// analyse gathers PostgreSQL's statistics at once: its own worker would come after a minute, and until then a table that was just
// filled is planned as if it were empty. With DATABASE_URL the server's owner does it.
func (a *app) analyse(ctx context.Context) error {
	url := a.set.OwnerURL
	if a.cluster != nil {
		url = a.cluster.URL(postgres.Owner, postgres.Database)
	}
	if url == "" {
		return nil
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connecting as owner: %w", err)
	}
	_, err = conn.Exec(ctx, "analyze")
	return errors.Join(err, conn.Close(ctx))
}

// since prints one line per step with the time since the start.
func since(began time.Time) func(string) {
	return func(s string) { fmt.Printf("%6.1f s  %s\n", time.Since(began).Seconds(), s) }
}

// presentTime puts the database on the real clock: the history is over.
func (a *app) presentTime(ctx context.Context) error {
	url := a.set.DatabaseURL
	if a.cluster != nil {
		url = a.cluster.URL(postgres.App, postgres.Database)
	}
	db, err := postgres.Open(ctx, postgres.Config{URL: url, Clock: calendar.Wall{}})
	if err != nil {
		return err
	}
	a.db.Close()
	a.db, a.clock = db, calendar.Wall{}
	return nil
}

// discard removes the private cluster of a demo. It is started first: that takes over an orphan, and fails when another program keeps it.
func discard(ctx context.Context, s *Settings) error {
	if s.DatabaseURL != "" {
		return errors.New("the database of DATABASE_URL holds a demo that was cut off; give an empty one")
	}
	cl, err := postgres.StartCluster(ctx, postgres.ClusterConfig{Dir: s.DataDir, Bin: s.PGBin, Log: os.Stderr})
	if err != nil {
		return err
	}
	if err := cl.Stop(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	for _, name := range []string{"postgres", "secrets", "audit-heads.jsonl", "payments", "demo.json"} {
		if err := os.RemoveAll(filepath.Join(s.DataDir, name)); err != nil {
			return err
		}
	}
	return nil
}

// welcome prints where to look and as whom.
func (a *app) welcome(address string) {
	people, err := demo.People()
	if err != nil {
		a.log.Error("listing the demo's people", "error", err)
		return
	}
	fmt.Printf("\nSeteli is open at %s\n\nEverything is invented. Sign in with a press on a name:\n", address)
	lang := terminalLanguage()
	group := ""
	for _, m := range people {
		if !m.Shown {
			continue
		}
		if g := m.Group.In(lang); g != group {
			group = g
			fmt.Printf("  %s\n", g)
		}
		fmt.Printf("    %-26s %s\n", m.Name, a.texts.Text(lang, "access.role."+string(m.Role), nil))
	}
	fmt.Printf("\nWithout signing in: compare providers at %s\nMore people stand on the sign-in page. Stop with Ctrl-C; the next start shows the same demo.\n", address)
}
