package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// Upgrade moves the data of a stopped cluster to the PostgreSQL in newBin ("" = the newest found): dump with the old programs,
// restore into a new cluster, compare the rows. The old directory stays beside as postgres.NN; removing it is the operator's.
// When anything fails the old directory is put back. The caller runs the program's own verification afterwards.
func Upgrade(ctx context.Context, cfg ClusterConfig, newBin string) (err error) {
	file := filepath.Join(cfg.Dir, "upgrade.dump")
	old, err := StartCluster(ctx, cfg)
	if err != nil {
		return err
	}
	data, major := old.data, old.bin.major
	if err := errors.Join(old.Dump(ctx, file), old.Stop(ctx)); err != nil {
		return err
	}
	kept := data + "." + strconv.Itoa(major)
	if err := mustBeEmpty(kept); err != nil {
		return err
	}
	if err := os.Rename(data, kept); err != nil {
		return fmt.Errorf("putting the old cluster aside: %w", err)
	}
	cfg.Bin = newBin
	if err := restoreInto(ctx, cfg, file); err != nil {
		return errors.Join(err, putBack(data, kept))
	}
	return errors.Join(os.Remove(file), os.Remove(file+".counts"))
}

func restoreInto(ctx context.Context, cfg ClusterConfig, file string) error {
	fresh, err := StartCluster(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(fresh.Restore(ctx, file), fresh.Stop(ctx))
}

func putBack(data, kept string) error {
	if err := errors.Join(os.RemoveAll(data), os.Rename(kept, data)); err != nil {
		return fmt.Errorf("putting the old cluster back: %w", err)
	}
	return nil
}
