package postgres

import (
	"context"
	"slices"
	"testing"
	"time"
)

func TestLittleDiskSpaceMakesTheStoreReadOnlyAndBack(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	free := []uint64{10 << 30, 1 << 30, 1 << 30, 400 << 20, 400 << 20, 5 << 30}
	var db DB
	var told []bool
	watchDisk(ctx, &db, time.Millisecond, func() (uint64, error) {
		f := free[0]
		if free = free[1:]; len(free) == 0 {
			cancel()
		}
		return f, nil
	}, func(_ uint64, readOnly bool) { told = append(told, readOnly) })
	if want := []bool{false, true, false}; !slices.Equal(told, want) || db.ReadOnly() {
		t.Errorf("told %v, want %v", told, want)
	}
}

func TestVersionsAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"postgres (PostgreSQL) 15.20 (Debian 15.20-1)": 15, "15\n": 15, "postgres (PostgreSQL) 18devel": 18, "postgres (PostgreSQL) 19beta1": 19,
	} {
		if got, err := majorOf(text); got != want || err != nil {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	if _, err := majorOf("postgres"); err == nil {
		t.Error("a text without version was read")
	}
	if numberIn("/usr/lib/postgresql/9.6/bin") >= numberIn("/usr/lib/postgresql/15/bin") {
		t.Error("9.6 before 15")
	}
}

func TestOnlyOurPostmasterIsRecognised(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want bool
	}{
		{[]string{"/usr/lib/postgresql/15/bin/postgres", "-D", "/d/postgres", "-c", "x"}, true},
		{[]string{"/usr/lib/postgresql/15/bin/postgres", "-D", "/other"}, false},
		{[]string{"/usr/bin/less", "-D", "/d/postgres"}, false},
		{[]string{"postgres", "-D"}, false},
		{nil, false},
	} {
		if got := isPostmasterOf(c.args, "/d/postgres"); got != c.want {
			t.Errorf("%v: %t", c.args, got)
		}
	}
}
