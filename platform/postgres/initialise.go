package postgres

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// initialise makes the cluster beside its final place and renames it when it is whole,
// so that a start killed half way leaves nothing that looks like data.
func (c *Cluster) initialise(ctx context.Context) error {
	c.say("making a new PostgreSQL %d cluster in %s", c.bin.major, c.data)
	fresh := c.data + ".new"
	pwfile, err := c.passwordFile()
	if err != nil {
		return err
	}
	// en_US only where C.UTF-8 does not exist (older macOS): plain C would leave Ä and Ö unfolded in searches.
	var failed error
	for _, locale := range []string{"C.UTF-8", "en_US.UTF-8"} {
		if failed = c.initdb(ctx, fresh, pwfile, locale); failed == nil {
			break
		}
	}
	if err := os.Remove(pwfile); err != nil {
		failed = errors.Join(failed, fmt.Errorf("removing the password file: %w", err))
	}
	if failed != nil {
		return ErrStart.With("log", "").Because(failed)
	}
	if err := os.Remove(c.data); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("clearing the place of the cluster: %w", err) // an empty directory, or the rename is refused
	}
	if err := os.Rename(fresh, c.data); err != nil {
		return fmt.Errorf("putting the new cluster in place: %w", err)
	}
	return nil
}

func (c *Cluster) initdb(ctx context.Context, dir, pwfile, locale string) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("clearing a half-made cluster: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("making the cluster directory: %w", err)
	}
	if err := c.runAs.own(dir); err != nil {
		return err
	}
	args := []string{
		"-D", dir, "-U", Admin, "--auth-local=scram-sha-256", "--auth-host=reject", "--pwfile=" + pwfile, "-E", "UTF8",
		"--locale-provider=icu", "--icu-locale=fi-FI", "--locale=" + locale, "--data-checksums",
	}
	if c.cfg.Fast {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, c.bin.path("initdb"), args...)
	cmd.Dir, cmd.Env = "/", cleanEnvironment()
	if c.runAs.credential != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.runAs.credential}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb with locale %s: %w: %s", locale, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// passwordFile holds the administrator's first password for initdb, readable by the account that runs it.
func (c *Cluster) passwordFile() (string, error) {
	f, err := os.CreateTemp(c.cfg.Dir, ".first-")
	if err != nil {
		return "", fmt.Errorf("making the password file: %w", err)
	}
	_, err = f.WriteString(c.passwords[Admin] + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("writing the password file: %w", err)
	}
	return f.Name(), c.runAs.own(f.Name())
}

// cleanEnvironment keeps somebody's PGDATA, PGOPTIONS or odd locale from changing what our PostgreSQL does.
func cleanEnvironment() []string {
	env := []string{"LC_ALL=C.UTF-8", "TZ=UTC"}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// readPasswords gives the passwords of the four roles, one file each with mode 0600. New ones are made only together
// with a new cluster: with existing data a lost file is an error that names it, not a silent change.
func readPasswords(dir string, create bool) (map[string]string, error) {
	if create {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("making the secrets directory: %w", err)
		}
	}
	passwords := map[string]string{}
	for _, role := range []string{Admin, Owner, App, Reader} {
		path := filepath.Join(dir, "postgres-"+role)
		raw, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) && create {
			raw = newPassword()
			err = os.WriteFile(path, raw, 0o600)
		}
		if err != nil {
			return nil, ErrSecret.With("path", path).Because(err)
		}
		passwords[role] = strings.TrimSpace(string(raw))
	}
	return passwords, nil
}

func newPassword() []byte {
	raw := make([]byte, 24)
	rand.Read(raw) // never fails: the program ends when the system has no randomness
	return []byte(base64.RawURLEncoding.EncodeToString(raw))
}
