package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"seteli/core/calendar"
)

// progress shows a long run: on a terminal one line that is written over, elsewhere a line each ten seconds.
type progress struct {
	out      io.Writer
	clock    calendar.Clock
	began    time.Time
	last     time.Time
	terminal bool
}

func newProgress(out *os.File, clock calendar.Clock) *progress {
	info, err := out.Stat()
	return &progress{out: out, clock: clock, began: clock.Now(), terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// count tells how far a counted run has come, with an estimate of what is left.
func (p *progress) count(done, of int) {
	now := p.clock.Now()
	wait := 10 * time.Second
	if p.terminal {
		wait = 200 * time.Millisecond
	}
	if done < of && now.Sub(p.last) < wait {
		return
	}
	p.last = now
	line := fmt.Sprintf("%d of %d", done, of)
	if spent := now.Sub(p.began); done > 0 && done < of && spent > time.Second {
		line += fmt.Sprintf(", about %s left", (spent * time.Duration(of-done) / time.Duration(done)).Round(time.Second))
	}
	p.write(line, done >= of)
}

func (p *progress) write(line string, end bool) {
	if !p.terminal {
		fmt.Fprintln(p.out, line)
		return
	}
	fmt.Fprintf(p.out, "\r\033[K%s", line)
	if end {
		fmt.Fprintln(p.out)
	}
}
