package api_test

import (
	"testing"

	"seteli/api"
)

func TestAOneTimeVoucherIsUsedOnceByAProgram(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.slip()
	ask := func(reference string) answer {
		return w.ask(w.Mine, "POST", "/one-time-uses", `{"reference":"`+reference+`","voucher":"`+number+`","unit":41}`)
	}
	used := read[api.OneTimeBody](t, ask("r-1"), 200)
	if used.Event == "" || used.Repeated || used.PaidCents+used.OwnCents != used.TotalCents || used.PaidCents > used.ValueCents {
		t.Errorf("%+v", used)
	}
	if again := read[api.OneTimeBody](t, ask("r-1"), 200); !again.Repeated || again.Event != used.Event {
		t.Errorf("the repeat: %+v", again)
	}
	problem(t, ask("r-2"), 409, "ONE-004")
	problem(t, w.ask(w.Another, "POST", "/one-time-uses", `{"reference":"r-3","voucher":"`+number+`"}`), 409, "ONE-003")
}
