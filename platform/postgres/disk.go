package postgres

import (
	"fmt"
	"syscall"
)

// Below these the store warns, and refuses writes. A PostgreSQL whose log cannot grow stops at once; read-only leaves it alive.
const (
	DiskWarning = 2 << 30   // bytes
	DiskStop    = 500 << 20 // bytes
)

// DiskFree is how many bytes a normal user can still write under path.
func DiskFree(path string) (uint64, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(path, &fs); err != nil {
		return 0, fmt.Errorf("asking free space of %s: %w", path, err)
	}
	return uint64(fs.Bavail) * uint64(fs.Bsize), nil
}

// checkDisk refuses a place where a flush is not a flush. Little space does not refuse the start:
// the program then serves read-only (Watch).
func checkDisk(dir string) error {
	if name := networkFileSystem(dir); name != "" {
		return ErrNetworkDisk.With("path", dir).With("system", name)
	}
	return nil
}
