package postgres

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// diesWithUs makes the kernel stop PostgreSQL when the starting thread ends, however it ends.
// SIGINT is PostgreSQL's fast shutdown. The own process group keeps a terminal's Ctrl-C away from it.
func diesWithUs(cred *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT, Setpgid: true, Credential: cred}
}

// commandLine gives the arguments of a live process, nil when there is none.
func commandLine(pid int) []string {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	if err != nil || len(raw) == 0 {
		return nil
	}
	return strings.Split(strings.TrimRight(string(raw), "\x00"), "\x00")
}

// memory is the machine's memory in bytes, 0 when unknown.
func memory() uint64 {
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return 0
	}
	return uint64(info.Totalram) * uint64(info.Unit)
}

// networkFileSystem names the file system of path when its flush or its locks cannot be trusted, "" otherwise.
func networkFileSystem(path string) string {
	var fs syscall.Statfs_t
	if syscall.Statfs(path, &fs) != nil {
		return ""
	}
	return map[int64]string{
		0x6969: "NFS", 0x517B: "SMB", 0xFF534D42: "CIFS", 0xFE534D42: "SMB2", 0x01021997: "9p", 0x65735546: "FUSE", 0x00C36400: "Ceph", 0x5346414F: "AFS",
	}[int64(fs.Type)]
}
