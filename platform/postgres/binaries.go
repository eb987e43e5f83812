package postgres

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// OldestMajor is the oldest PostgreSQL the program runs on.
const OldestMajor = 15

// binaries is one directory of PostgreSQL programs of one major version.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(name string) string { return filepath.Join(b.dir, name) }

// findBinaries gives the programs to use. With want 0 it is the first directory in order of preference that is new enough,
// otherwise the first of exactly that major version. explicit (flag, SETELI_PG_BIN) is never second-guessed.
func findBinaries(explicit string, want int) (binaries, error) {
	if explicit == "" {
		explicit = os.Getenv("SETELI_PG_BIN")
	}
	if explicit != "" {
		b, err := inspect(explicit)
		if err != nil {
			return binaries{}, ErrNoBinaries.With("path", explicit).With("hint", installHint()).Because(err)
		}
		if want != 0 && b.major != want {
			return binaries{}, ErrVersion.With("data", want).With("program", b.major)
		}
		return b, nil
	}
	newest := 0
	for _, dir := range candidates() {
		b, err := inspect(dir)
		if err != nil || b.major < OldestMajor {
			continue
		}
		if want == 0 || b.major == want {
			return b, nil
		}
		newest = max(newest, b.major)
	}
	if newest != 0 {
		return binaries{}, ErrVersion.With("data", want).With("program", newest)
	}
	return binaries{}, ErrNoBinaries.With("path", "").With("hint", installHint())
}

// candidates are the directories where packages put the programs, best first.
func candidates() []string {
	var dirs []string
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
	} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			continue // only a malformed pattern errs, and these are constants
		}
		slices.SortFunc(found, func(a, b string) int { return numberIn(b) - numberIn(a) })
		dirs = append(dirs, found...)
	}
	if self, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Join(filepath.Dir(self), "postgresql", "bin"))
	}
	return dirs
}

// numberIn gives the last number in a path: its major version.
func numberIn(path string) int {
	n := 0
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return r < '0' || r > '9' }) {
		if v, err := strconv.Atoi(part); err == nil {
			n = v
		}
	}
	return n
}

// inspect accepts a directory only when all three programs are in it and they tell their version.
// Mixing an initdb of one version with a server of another makes a cluster that does not start.
func inspect(dir string) (binaries, error) {
	b := binaries{dir: dir}
	for _, name := range []string{"initdb", "postgres", "pg_dump"} {
		if _, err := os.Stat(b.path(name)); err != nil {
			return binaries{}, fmt.Errorf("looking for PostgreSQL programs: %w", err)
		}
	}
	out, err := exec.Command(b.path("postgres"), "--version").Output()
	if err != nil {
		return binaries{}, fmt.Errorf("asking the version of %s: %w", b.path("postgres"), err)
	}
	b.major, err = majorOf(string(out))
	return b, err
}

// majorOf reads "postgres (PostgreSQL) 15.20 (Debian …)" and "15\n".
func majorOf(text string) (int, error) {
	for _, word := range strings.Fields(text) {
		digits, _, _ := strings.Cut(word, ".") // a beta is "19beta1": the letters go below
		if i := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); i > 0 {
			digits = digits[:i]
		}
		if n, err := strconv.Atoi(digits); err == nil {
			return n, nil
		}
	}
	return 0, fmt.Errorf("no version in %q", strings.TrimSpace(text))
}

// installHint is the command that puts PostgreSQL on this system; a command, so it is the same in every language.
func installHint() string {
	if runtime.GOOS == "darwin" {
		return "brew install postgresql@17"
	}
	release, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return "apt install postgresql"
	}
	switch text := string(release); {
	case strings.Contains(text, "fedora") || strings.Contains(text, "rhel"):
		return "dnf install postgresql-server"
	case strings.Contains(text, "suse"):
		return "zypper install postgresql-server"
	case strings.Contains(text, "alpine"):
		return "apk add postgresql"
	case strings.Contains(text, "arch"):
		return "pacman -S postgresql"
	}
	return "apt install postgresql"
}
