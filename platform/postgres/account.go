package postgres

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user that PostgreSQL runs as. PostgreSQL refuses root; we do not.
type account struct {
	name       string
	credential *syscall.Credential // nil = the same user as we
}

// accountFor chooses the user: ourselves unless we are root; then who owns the data already, the user postgres that
// packages create, or the one named by SETELI_PG_USER.
func accountFor(data string) (*account, error) {
	if os.Geteuid() != 0 {
		return &account{name: strconv.Itoa(os.Geteuid())}, nil
	}
	for _, name := range []string{ownerOf(data), "postgres", ownerOf(filepath.Dir(data)), os.Getenv("SETELI_PG_USER")} {
		if name == "" {
			continue
		}
		if a, err := accountNamed(name); err == nil && a.credential.Uid != 0 {
			return a, nil
		}
	}
	return nil, ErrNoUser
}

// ownerOf is the name of the user that owns path, "" for none and for root.
func ownerOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || stat.Uid == 0 {
		return ""
	}
	u, err := user.LookupId(strconv.Itoa(int(stat.Uid)))
	if err != nil {
		return "" // initdb insists on a passwd entry
	}
	return u.Username
}

func accountNamed(name string) (*account, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return nil, fmt.Errorf("looking up user %s: %w", name, err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user %s: %w", name, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user %s: %w", name, err)
	}
	return &account{name: name, credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// own gives path and everything under it to the account.
func (a *account) own(path string) error {
	if a.credential == nil {
		return nil
	}
	err := filepath.WalkDir(path, func(p string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(p, int(a.credential.Uid), int(a.credential.Gid))
	})
	if err != nil {
		return fmt.Errorf("giving %s to user %s: %w", path, a.name, err)
	}
	return nil
}

// mustReach checks that the account may walk down to dir: PostgreSQL's own message for it is "could not access".
func (a *account) mustReach(dir string) error {
	if a.credential == nil {
		return nil
	}
	for p := dir; ; p = filepath.Dir(p) {
		info, err := os.Stat(p)
		if err != nil {
			return fmt.Errorf("checking the way to %s: %w", dir, err)
		}
		if !mayWalk(info, a.credential) {
			return ErrClosedPath.With("path", p).With("user", a.name)
		}
		if p == filepath.Dir(p) {
			return nil
		}
	}
}

// mayWalk applies the first class that fits, as the kernel does: owner, then group, then others.
func mayWalk(info fs.FileInfo, cred *syscall.Credential) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	switch {
	case stat.Uid == cred.Uid:
		return info.Mode()&0o100 != 0
	case stat.Gid == cred.Gid:
		return info.Mode()&0o010 != 0
	}
	return info.Mode()&0o001 != 0
}
