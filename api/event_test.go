package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"seteli/api"
	"seteli/domain/voucher/vouchertest"
)

func TestEventIsRecordedReadAndDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.number()
	tried := read[api.RecordAnswer](t, w.ask(w.Mine, "POST", "/events/dry-run", batch(visit(number, vouchertest.Today, ""))), 200)
	if tried.Accepted != 1 || tried.Verdicts[0].Event != "" || w.events() != 0 {
		t.Fatalf("a dry run left something or said no: %+v", tried)
	}
	got := read[api.RecordAnswer](t, w.ask(w.Mine, "POST", "/events", batch(visit(number, vouchertest.Today, "a-1"))), 200)
	v := got.Verdicts[0]
	if got.Accepted != 1 || v.OrganiserCents != 3400 || v.OwnCents != 200 || v.TotalCents != 3600 || !strings.HasPrefix(v.Event, "MAA-") || v.ClientReference != "a-1" {
		t.Fatalf("%+v", got)
	}
	left := read[api.VoucherBody](t, w.ask(w.Mine, "GET", "/vouchers/"+number, nil), 200)
	if left.Lines[0].Left.String() != "19" || left.Client != 0 || len(left.Prices) != 1 && len(left.Prices) != 2 {
		t.Errorf("%+v", left)
	}
	list := read[api.EventList](t, w.ask(w.Mine, "GET", "/events?limit=10", nil), 200)
	if len(list.Events) != 1 || list.Events[0].Event != v.Event || list.Events[0].Payment != "open" {
		t.Fatalf("%+v", list)
	}
	of := read[api.EventList](t, w.ask(w.Office, "GET", "/events?voucher="+number, nil), 200)
	if len(of.Events) != 1 {
		t.Errorf("the organiser sees %d events of the voucher", len(of.Events))
	}
	one := read[api.EventWhole](t, w.ask(w.Mine, "GET", "/events/"+v.Event, nil), 200)
	if one.Event != v.Event || one.State != "accepted" {
		t.Errorf("%+v", one)
	}
	seen := w.Count(`select count(*) from access_log where what = 'events'`)
	if seen < 3 {
		t.Errorf("%d readings of the client are logged, there were 3", seen)
	}
	if a := w.ask(w.Mine, "DELETE", fmt.Sprintf("/events/%s?step=%d&reason=v%%C3%%A4%%C3%%A4r%%C3%%A4", v.Event, one.Step), nil); a.Status != 204 {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	problem(t, w.ask(w.Mine, "DELETE", fmt.Sprintf("/events/%s?step=%d&reason=again", v.Event, one.Step), nil), 409, "EVT-012")
	again := read[api.EventWhole](t, w.ask(w.Mine, "GET", "/events/"+v.Event, nil), 200)
	if again.State != "deleted" || len(again.Steps) == 0 {
		t.Errorf("%+v", again)
	}
}

func TestVerdictSaysFieldReasonAndRemedyInTheCallersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.number()
	tomorrow := batch(visit(number, vouchertest.Today+1, "b-1"))
	texts := map[string]bool{}
	for _, lang := range langs {
		p := problem(t, w.ask(w.Mine, "POST", "/events", tomorrow, "Accept-Language", string(lang)), 422, "API-020")
		f := p.Verdicts[0].Findings[0]
		if f.Code != "TIM-02" || f.Severity != "reject" || f.Pointer != "#/lines/0/date" || f.Remedy == "" || strings.ContainsAny(f.Text+f.Remedy, "[]{}") {
			t.Errorf("%s: %+v", lang, f)
		}
		texts[f.Text], texts[p.Detail] = true, true
	}
	if len(texts) != 6 {
		t.Errorf("three languages have %d texts", len(texts))
	}
	mixed := read[api.RecordAnswer](t, w.ask(w.Mine, "POST", "/events", batch(visit(number, vouchertest.Today, "b-2"), visit(number, vouchertest.Today+1, "b-3"), visit("KAA99999999", vouchertest.Today, "b-4"))), 200)
	if mixed.Accepted != 1 || mixed.Rejected != 2 || mixed.Verdicts[2].Findings[0].Code != "REL-02" || w.events() != 1 {
		t.Errorf("%+v", mixed)
	}
}

// R4: the same request many times at once has one effect and one answer, byte for byte.
func TestSameRequestAtOnceHasOneEffectAndOneAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.number()
	for name, c := range map[string]struct {
		body    any
		headers []string
		effects int
	}{
		"own references": {batch(visit(number, vouchertest.Today-1, "r4-1"), visit(number, vouchertest.Today-2, "r4-2")), nil, 2},
		"named request":  {batch(visit(number, vouchertest.Today-3, "")), []string{"Idempotency-Key", "r4-named"}, 1},
		"rejected":       {batch(visit(number, vouchertest.Today+3, "r4-3")), nil, 0},
		"named rejected": {batch(visit(number, vouchertest.Today+3, "")), []string{"Idempotency-Key", "r4-rejected"}, 0},
	} {
		before := w.events()
		answers := make([]answer, 50)
		var group sync.WaitGroup
		for i := range answers {
			group.Go(func() { answers[i] = w.ask(w.Mine, "POST", "/events", c.body, c.headers...) })
		}
		group.Wait()
		answers = append(answers, w.ask(w.Mine, "POST", "/events", c.body, c.headers...)) // and once more, later
		for _, a := range answers {
			if a.Status != answers[0].Status || a.Body != answers[0].Body {
				t.Fatalf("%s: answers differ:\n%d %s\n%d %s", name, answers[0].Status, answers[0].Body, a.Status, a.Body)
			}
		}
		if got := w.events() - before; got != c.effects {
			t.Errorf("%s: %d effects, wanted %d: %s", name, got, c.effects, answers[0].Body)
		}
	}
}

// R5: the same key with another body is refused and does nothing.
func TestSameKeyWithOtherBodyIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.number()
	read[api.RecordAnswer](t, w.ask(w.Mine, "POST", "/events", batch(visit(number, vouchertest.Today, "r5"))), 200)
	read[api.RecordAnswer](t, w.ask(w.Mine, "POST", "/events", batch(visit(number, vouchertest.Today-1, "")), "Idempotency-Key", "r5"), 200)
	before := w.events()
	p := problem(t, w.ask(w.Mine, "POST", "/events", batch(visit(number, vouchertest.Today-2, "r5"))), 409, "API-021")
	if p.Verdicts[0].Findings[0].Code != "COR-01" {
		t.Errorf("%+v", p.Verdicts)
	}
	problem(t, w.ask(w.Mine, "POST", "/events", batch(visit(number, vouchertest.Today-2, "")), "Idempotency-Key", "r5"), 409, "PG-ONCE")
	problem(t, w.ask(w.Mine, "POST", "/events", batch(visit(number, vouchertest.Today-1, ""), visit(number, vouchertest.Today-2, "")), "Idempotency-Key", "r5"), 409, "PG-ONCE")
	if w.events() != before {
		t.Errorf("%d events, wanted %d", w.events(), before)
	}
}

func TestLinesNeedANameBeforeTheyAreRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.number()
	p := problem(t, w.ask(w.Mine, "POST", "/events", batch(visit(number, vouchertest.Today, "a"), visit(number, vouchertest.Today, ""))), 422, "API-019")
	if len(p.Errors) != 1 || p.Errors[0].Pointer != "#/lines/1/client_reference" || w.events() != 0 {
		t.Errorf("%+v", p)
	}
}

func TestFormOfTheRequestIsToldAllAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := `{"lines":[{"voucher":"x","date":"2026-02-30","quantity":1.5,"price_cents":-1,"surprise":true},{"voucher":"","quantity":"1,5 h","measure":"litre"}]}`
	p := problem(t, w.ask(w.Mine, "POST", "/events", body), 422, "API-002")
	got := map[string]string{}
	for _, e := range p.Errors {
		got[e.Pointer] = e.Code
		if e.Detail == "" || e.Remedy == "" {
			t.Errorf("without words: %+v", e)
		}
	}
	want := map[string]string{"#/lines/0/date": "API-015", "#/lines/0/quantity": "API-012", "#/lines/0/price_cents": "API-013", "#/lines/0/surprise": "API-011",
		"#/lines/1/voucher": "API-014", "#/lines/1/date": "API-010", "#/lines/1/quantity": "API-015", "#/lines/1/measure": "API-016"}
	for place, code := range want {
		if got[place] != code {
			t.Errorf("%s: %q, wanted %s (%s)", place, got[place], code, p.Detail)
		}
	}
	problem(t, w.ask(w.Mine, "POST", "/events", `{"lines":`), 400, "API-001")
	problem(t, w.ask(w.Mine, "POST", "/events", "", "Content-Type", "text/plain"), 400, "API-001")
	problem(t, w.ask(w.Mine, "POST", "/events", `<lines/>`, "Content-Type", "application/xml"), 415, "API-007")
	problem(t, w.ask(w.Mine, "POST", "/events", `{"lines":["`+strings.Repeat("x", 1<<20)+`"]}`), 413, "API-003")
	problem(t, w.ask(w.Mine, "GET", "/events?page=3", nil), 422, "API-011")
	problem(t, w.ask(w.Mine, "GET", "/surprise", nil), 404, "API-006")
	problem(t, w.ask(w.Mine, "PATCH", "/events", nil), 404, "API-006")
	many := make([]api.LineBody, 1001)
	for i := range many {
		many[i] = visit("x", vouchertest.Today, ref("m", i))
	}
	problem(t, w.ask(w.Mine, "POST", "/events", batch(many...)), 422, "API-014")
}

func FuzzBodies(f *testing.F) {
	w := newWorld(f)
	number := w.number()
	for _, seed := range []string{`{"lines":[]}`, `{"lines":[{"voucher":"` + number + `","date":"2026-11-21","quantity":"1"}]}`, `null`, `[]`, `{"lines":[null]}`, `{"lines":{"a":1}}`,
		`{"lines":[{"voucher":"` + number + `","date":"9999-12-31","quantity":"999999.999","start":"0001-01-01T00:00:00Z","end":"9999-12-31T23:59:59Z"}]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		world, inner := *w, *w.World
		inner.T, world.World = t, &inner
		a := world.ask(w.Mine, "POST", "/events/dry-run", body)
		if a.Status >= 500 || !json.Valid([]byte(a.Body)) {
			t.Errorf("%d %s", a.Status, a.Body)
		}
	})
}
