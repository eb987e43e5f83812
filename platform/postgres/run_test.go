package postgres

import (
	"testing"
	"time"
)

// Ends in a row wait longer and longer, up to the limit; one that ran for long begins the row anew, so that a server that is killed once a
// month is never left down for it.
func TestEndsInARowWaitLongerAndASteadyRunForgetsThem(t *testing.T) {
	t.Parallel()
	ends, waited := 0, time.Duration(0)
	for range restartLimit {
		var wait time.Duration
		before := waited
		if ends, wait = patience(ends, time.Second); wait <= before && before > 0 {
			t.Errorf("end %d waits %v after %v", ends, wait, before)
		}
		waited = wait
	}
	if ends != restartLimit || waited > 5*time.Second {
		t.Errorf("%d ends, the last waits %v", ends, waited)
	}
	if ends, _ = patience(ends, time.Second); ends <= restartLimit {
		t.Error("the row has no end")
	}
	if ends, wait := patience(ends, steadyAfter); ends != 1 || wait != 200*time.Millisecond {
		t.Errorf("after a steady run: %d, %v", ends, wait)
	}
	if ends, _ = patience(1_000, time.Hour); ends != 1 {
		t.Errorf("a row of %d", ends)
	}
}
