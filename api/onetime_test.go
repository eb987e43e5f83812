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
	pointsAt(t, problem(t, ask("r-2"), 409, "ONE-004"), "#/voucher")
	pointsAt(t, problem(t, w.ask(w.Another, "POST", "/one-time-uses", `{"reference":"r-3","voucher":"`+number+`"}`), 409, "ONE-003"), "#/voucher")
}

func TestARefusalAtTheTillPointsAtAFieldOfTheBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	slip, balance := w.slip(), w.purse(50_00).Number.String()
	use := func(rest string) answer {
		return w.ask(w.Mine, "POST", "/one-time-uses", `{"reference":"r-1","voucher":"`+slip+`","unit":41`+rest+`}`)
	}
	pointsAt(t, problem(t, use(`,"date":"2099-01-01"`), 409, "ONE-006"), "#/date")
	hold := read[api.HoldBody](t, w.ask(w.Mine, "POST", "/purse-holds", `{"reference":"r-2","voucher":"`+balance+`","amount_cents":3000}`), 200).Hold
	pointsAt(t, problem(t, w.ask(w.Mine, "POST", "/purse-holds/"+hold+"/capture", `{"amount_cents":3001}`), 422, "BAL-016"), "#/amount_cents")
	pointsAt(t, problem(t, w.ask(w.Mine, "POST", "/purse-holds/"+hold+"/capture", `{"date":"2099-01-01"}`), 422, "BAL-017"), "#/date")
}

func pointsAt(t *testing.T, p api.Problem, pointer string) {
	t.Helper()
	if len(p.Errors) != 1 || p.Errors[0].Pointer != pointer || p.Errors[0].Code != p.Code {
		t.Errorf("%s points at %+v, want %s", p.Code, p.Errors, pointer)
	}
}
