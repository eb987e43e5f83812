package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/core/calendar"
	"seteli/integration/varda/standin"
	"seteli/migrations"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// app is what every command that touches data stands on: the database, migrated; the keys; the texts.
type app struct {
	set     *Settings
	clock   calendar.Clock
	cluster *postgres.Cluster // nil with DATABASE_URL
	db      *postgres.DB
	keys    *secret.Keys
	texts   *i18n.Catalogue
	log     *slog.Logger

	varda func() (*standin.Server, error) // stand-in of the national data warehouse, made when a demo first asks for it
}

// open starts the private cluster or connects to the given database, brings the schema up to date and opens the keys.
func open(ctx context.Context, set *Settings, clock calendar.Clock) (a *app, err error) {
	a = &app{set: set, clock: clock, log: slog.Default()}
	a.varda = sync.OnceValues(a.vardaStandIn)
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close(context.WithoutCancel(ctx)))
		}
	}()
	if a.texts, err = i18n.Load(); err != nil {
		return a, err
	}
	appURL, ownerURL := set.DatabaseURL, set.OwnerURL
	if appURL == "" {
		if a.cluster, err = postgres.StartCluster(ctx, a.clusterConfig()); err != nil {
			return a, err
		}
		appURL, ownerURL = a.cluster.URL(postgres.App, postgres.Database), a.cluster.URL(postgres.Owner, postgres.Database)
	}
	if ownerURL != "" {
		if err = migrate(ctx, ownerURL, a.log); err != nil {
			return a, err
		}
	}
	if a.db, err = postgres.Open(ctx, postgres.Config{URL: appURL, Clock: clock}); err != nil {
		return a, err
	}
	if err = a.db.CheckMigrated(ctx, migrations.Files); err != nil {
		return a, err
	}
	a.keys, err = openKeys(filepath.Join(set.DataDir, "secrets"))
	return a, err
}

func (a *app) clusterConfig() postgres.ClusterConfig {
	return postgres.ClusterConfig{Dir: a.set.DataDir, Bin: a.set.PGBin, Archive: a.set.ArchiveDir, Log: os.Stderr}
}

// openKeys makes keys only where there are none yet. Lost keys beside existing data are found at the first sealed field:
// a new key opens nothing, and nothing falls back to plain text.
func openKeys(dir string) (*secret.Keys, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the directory of keys: %w", err)
	}
	return secret.OpenOrCreate(dir)
}

// migrate brings our schema and the job queue's tables up to date, as their owner.
func migrate(ctx context.Context, ownerURL string, log *slog.Logger) error {
	ran, err := postgres.Migrate(ctx, ownerURL, migrations.Files)
	if err != nil {
		return err
	}
	if len(ran) > 0 {
		log.Info("migrated", "files", len(ran), "last", ran[len(ran)-1])
	}
	owner, err := pgxpool.New(ctx, ownerURL)
	if err != nil {
		return fmt.Errorf("connecting as owner: %w", err)
	}
	defer owner.Close()
	return job.Migrate(ctx, owner)
}

func (a *app) close(ctx context.Context) error {
	if a.db != nil {
		a.db.Close()
	}
	if a.cluster != nil {
		return a.cluster.Stop(ctx)
	}
	return nil
}

// with opens the app for one command and closes it after.
func with(ctx context.Context, set *Settings, fn func(*app) error) (err error) {
	a, err := open(ctx, set, calendar.Wall{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close(context.WithoutCancel(ctx))) }()
	return fn(a)
}
