package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"seteli/core/calendar"
	"seteli/platform/postgres"
)

type dbCmd struct {
	Migrate dbMigrateCmd `cmd:"" help:"Bring the schema up to date."`
	Backup  dbBackupCmd  `cmd:"" help:"Physical copy of the private cluster, verified."`
	Dump    dbDumpCmd    `cmd:"" help:"Logical dump that moves between machines and versions."`
	Restore dbRestoreCmd `cmd:"" help:"Restore a dump into an empty data directory, then verify."`
	Upgrade dbUpgradeCmd `cmd:"" help:"Move the private cluster to a newer PostgreSQL."`
	Psql    dbPsqlCmd    `cmd:"" help:"Open a shell on the private cluster, read-only unless --owner."`
	Health  dbHealthCmd  `cmd:"" help:"One line on the private cluster."`
}

// dumps is where nightly dumps lie.
func (s *Settings) dumps() string { return filepath.Join(s.DataDir, "dumps") }

// attached connects to the cluster that a running program keeps, or starts it for the length of fn.
func attached(ctx context.Context, set *Settings, fn func(*postgres.Cluster) error) error {
	if set.DatabaseURL != "" {
		return errors.New("this command is for the private cluster; with DATABASE_URL use PostgreSQL's own tools")
	}
	cfg := postgres.ClusterConfig{Dir: set.DataDir, Bin: set.PGBin, Archive: set.ArchiveDir, Log: os.Stderr}
	if c, err := postgres.Attach(ctx, cfg); err == nil {
		return fn(c)
	}
	c, err := postgres.StartCluster(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(fn(c), c.Stop(context.WithoutCancel(ctx)))
}

type dbMigrateCmd struct{}

// Run opens the app, which migrates.
func (dbMigrateCmd) Run(ctx context.Context, s *Settings) error {
	return with(ctx, s, func(*app) error { fmt.Println("the schema is up to date"); return nil })
}

type dbBackupCmd struct {
	Dir string `arg:"" help:"Empty directory to write to." type:"path"`
}

// Run copies the cluster.
func (c *dbBackupCmd) Run(ctx context.Context, s *Settings) error {
	return attached(ctx, s, func(cl *postgres.Cluster) error {
		if err := cl.Backup(ctx, c.Dir); err != nil {
			return err
		}
		fmt.Printf("backup written to %s and verified; keep %s with it\n", c.Dir, filepath.Join(s.DataDir, "secrets"))
		return nil
	})
}

type dbDumpCmd struct {
	File string `arg:"" help:"File to write." type:"path"`
}

// Run dumps the database.
func (c *dbDumpCmd) Run(ctx context.Context, s *Settings) error {
	return attached(ctx, s, func(cl *postgres.Cluster) error {
		if err := cl.Dump(ctx, c.File); err != nil {
			return err
		}
		fmt.Printf("dump written to %s; keep %s with it\n", c.File, filepath.Join(s.DataDir, "secrets"))
		return nil
	})
}

type dbRestoreCmd struct {
	File    string `arg:"" help:"Dump to restore; with --until the directory of a physical copy." type:"path"`
	Until   string `help:"Moment to restore to, from a physical copy and --archive-dir: 2026-11-21T14:30:00+02:00, or 2026-11-21T14:30:00 in Finnish time."`
	Secrets string `help:"Directory of the keys that belong to the dump." type:"existingdir"`
}

// Run restores into an empty data directory and verifies what came out.
func (c *dbRestoreCmd) Run(ctx context.Context, s *Settings) error {
	if _, err := os.Stat(filepath.Join(s.DataDir, "postgres")); err == nil {
		return fmt.Errorf("%s already holds a database; restore goes to an empty directory (--data-dir)", s.DataDir)
	}
	if c.Secrets != "" {
		if err := copyKeys(c.Secrets, filepath.Join(s.DataDir, "secrets")); err != nil {
			return err
		}
	}
	if c.Until != "" {
		if err := c.until(ctx, s); err != nil {
			return err
		}
		return (&verifyCmd{}).Run(ctx, s)
	}
	cl, err := postgres.StartCluster(ctx, postgres.ClusterConfig{Dir: s.DataDir, Bin: s.PGBin, Log: os.Stderr})
	if err != nil {
		return err
	}
	if err := errors.Join(cl.Restore(ctx, c.File), cl.Stop(context.WithoutCancel(ctx))); err != nil {
		return err
	}
	fmt.Printf("restored into %s\n", s.DataDir)
	return (&verifyCmd{}).Run(ctx, s)
}

// until brings a physical copy to the moment. The archive is only read: the restored cluster gets one of its own.
func (c *dbRestoreCmd) until(ctx context.Context, s *Settings) error {
	at, err := moment(c.Until)
	if err != nil {
		return err
	}
	if s.ArchiveDir == "" {
		return errors.New("a restore to a moment needs the archive of the log: --archive-dir")
	}
	cfg := postgres.ClusterConfig{Dir: s.DataDir, Bin: s.PGBin, Log: os.Stderr}
	if err := postgres.RestoreUntil(ctx, cfg, c.File, s.ArchiveDir, at); err != nil {
		return err
	}
	fmt.Printf("restored into %s as it was at %s\n", s.DataDir, at.Format(time.RFC3339))
	s.ArchiveDir = ""
	return nil
}

// moment reads a time with its zone, or one of the wall in Finland.
func moment(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	at, err := time.ParseInLocation("2006-01-02T15:04:05", text, calendar.Helsinki)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s is no moment; write it as 2026-11-21T14:30:00", text)
	}
	return at, nil
}

// copyKeys brings the field keys that belong to the data; the roles' passwords are made anew.
func copyKeys(from, to string) error {
	b, err := os.ReadFile(filepath.Join(from, "keys.json"))
	if err != nil {
		return fmt.Errorf("reading the keys of the dump: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o711); err != nil { //nolint:gosec // PostgreSQL's user passes through; the keys' own directory is closed
		return err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, "keys.json"), b, 0o600)
}

type dbUpgradeCmd struct {
	To string `help:"Directory of the newer programs; the newest found when empty." type:"path"`
}

// Run moves the cluster to another major version.
func (c *dbUpgradeCmd) Run(ctx context.Context, s *Settings) error {
	if err := postgres.Upgrade(ctx, postgres.ClusterConfig{Dir: s.DataDir, Bin: s.PGBin, Log: os.Stderr}, c.To); err != nil {
		return err
	}
	fmt.Println("upgraded; the old cluster is kept beside the new one")
	return (&verifyCmd{}).Run(ctx, s)
}

type dbPsqlCmd struct {
	Owner bool `help:"As the owner of the schema: may change everything."`
}

// Run opens psql.
func (c *dbPsqlCmd) Run(ctx context.Context, s *Settings) error {
	role := postgres.Reader
	if c.Owner {
		role = postgres.Owner
		for _, question := range []string{"The owner may change and delete everything. Type yes to go on: ", "Really? Type yes again: "} {
			fmt.Print(question)
			var answer string
			if _, err := fmt.Scanln(&answer); err != nil || answer != "yes" {
				return errors.New("not opened")
			}
		}
	}
	return attached(ctx, s, func(cl *postgres.Cluster) error {
		cmd := exec.CommandContext(ctx, "psql", cl.URL(role, postgres.Database)) //nolint:gosec // our own address
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		return cmd.Run()
	})
}

type dbHealthCmd struct{}

// Run prints version, path, size, checksums and the age of the last dump.
func (dbHealthCmd) Run(ctx context.Context, s *Settings) error {
	return attached(ctx, s, func(cl *postgres.Cluster) error {
		h, err := cl.Health(ctx, s.dumps())
		if err != nil {
			return err
		}
		fmt.Println(h)
		return nil
	})
}
