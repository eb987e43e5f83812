//go:build unix && !linux

package postgres

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// diesWithUs cannot ask for a signal at our death here; the next start takes over what was left behind.
func diesWithUs(cred *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: cred}
}

// commandLine gives the arguments of a live process, nil when there is none.
func commandLine(pid int) []string {
	out, err := exec.Command("ps", "-p", strconv.Itoa(pid), "-o", "command=").Output()
	if err != nil {
		return nil
	}
	return strings.Fields(string(out))
}

// memory is unknown here: the settings for a small machine are used.
func memory() uint64 { return 0 }

// networkFileSystem cannot be told portably here.
func networkFileSystem(string) string { return "" }
