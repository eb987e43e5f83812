package varda_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	domain "seteli/domain/daycare/varda"
	"seteli/integration/varda"
	"seteli/integration/varda/standin"
)

const (
	owner = "1.2.246.562.10.11111111111"
	one   = "1.2.246.562.10.22222222221"
	other = "1.2.246.562.10.22222222222"
)

var settings = domain.Settings{
	Units: map[int64]domain.Unit{1: {OID: "1.2.246.562.10.31111111111", Producer: one, Agreed: true}, 2: {OID: "1.2.246.562.10.32222222222", Producer: one, Agreed: true},
		3: {OID: "1.2.246.562.10.33333333333", Producer: other, Agreed: true}, 4: {OID: "1.2.246.562.10.34444444444", Producer: one}},
	Options: map[string]domain.Option{"full": {Hours: 350, Daily: true}, "part": {Hours: 200, Daily: true}},
}

// warehouse is a stand-in with a client at no pace and what one child's reports have taken.
type warehouse struct {
	*standin.Server
	t      testing.TB
	client *varda.Client
	known  map[string]domain.Known
}

func open(t testing.TB) *warehouse {
	t.Helper()
	producers := map[string]string{settings.Units[1].OID: one, settings.Units[2].OID: one, settings.Units[3].OID: other}
	s, err := standin.New(standin.Config{User: "seteli", Password: "salaisuus", MaxFee: 33_500, Today: func() calendar.Date { return calendar.Day(2026, 11, 22) },
		Producer: func(unit string) string { return producers[unit] }, Agreed: func(producer string) bool { return producer == one || producer == other }})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	c, err := varda.New(varda.Config{Base: server.URL + "/api", User: "seteli", Password: "salaisuus", Source: "00", Owner: owner, Pace: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	return &warehouse{s, t, c, map[string]domain.Known{}}
}

func human(t testing.TB, code string) domain.Human {
	t.Helper()
	h, err := ident.ParseHetu(code)
	if err != nil {
		t.Fatal(err)
	}
	return domain.Human{FirstNames: "Aino Maria", LastName: "Keksitty", Identity: h}
}

func people(t testing.TB) map[int64]domain.Human {
	return map[int64]domain.Human{1: human(t, "010122A9016"), 7: human(t, "010190-900P"), 8: human(t, "020290-9005")}
}

// report sends what differs and keeps what was taken, as a run does.
func (w *warehouse) report(wanted []domain.Object) (int, error) {
	w.t.Helper()
	var known []domain.Known
	for _, k := range w.known {
		known = append(known, k)
	}
	slices.SortFunc(known, func(a, b domain.Known) int { return strings.Compare(a.Key, b.Key) })
	steps := domain.Diff(wanted, known)
	for i, s := range steps {
		switch s.Act {
		case domain.Delete:
			if err := w.client.Delete(w.t.Context(), s.Known); err != nil {
				return i, err
			}
			delete(w.known, s.Known.Key)
		case domain.End:
			if err := w.client.End(w.t.Context(), s.Known, s.Object.Last); err != nil {
				return i, err
			}
			k := s.Known
			k.Last = s.Object.Last
			w.known[k.Key] = k
		default:
			url, err := w.client.Create(w.t.Context(), s.Object, w.known[s.Object.Parent].URL, people(w.t))
			if err != nil {
				return i, err
			}
			w.known[s.Object.Key] = domain.Known{Kind: s.Object.Kind, Key: s.Object.Key, Parent: s.Object.Parent, URL: url, Last: s.Object.Last}
		}
	}
	return len(steps), nil
}

// holds compares what the stand-in holds with what it should.
func (w *warehouse) holds(wanted []domain.Object) {
	w.t.Helper()
	paths := map[domain.Kind]string{domain.Child: "lapset", domain.Decision: "varhaiskasvatuspaatokset", domain.Placement: "varhaiskasvatussuhteet", domain.Fee: "maksutiedot"}
	for kind, path := range paths {
		held, n := w.Holds(path), 0
		for _, o := range wanted {
			if o.Kind != kind {
				continue
			}
			n++
			fields, there := held[o.Key]
			if !there {
				w.t.Fatalf("%s %s is not there", kind, o.Key)
			}
			last := ""
			if o.Last != nil {
				last = o.Last.String()
			}
			if got, _ := fields["paattymis_pvm"].(string); got != last {
				w.t.Fatalf("%s %s ends %q, want %q", kind, o.Key, got, last)
			}
			if kind == domain.Fee && fields["palveluseteli_arvo"] != fmt.Sprintf("%d.%02d", o.Value/100, o.Value%100) {
				w.t.Fatalf("fee %s: %v", o.Key, fields)
			}
		}
		if n != len(held) {
			w.t.Fatalf("%d of kind %s are there, want %d", len(held), kind, n)
		}
	}
}

func record(places []domain.Place, values []domain.Value) domain.Record {
	return domain.Record{Client: 1, Places: places, Values: values}
}

func days(from, to int) calendar.Period {
	p := calendar.Period{From: calendar.Day(2025, 1, 1) + calendar.Date(from), To: calendar.Forever}
	if to < 700 {
		p.To = calendar.Day(2025, 1, 1) + calendar.Date(to)
	}
	return p
}

// timeline draws decisions of a child one after another, with or without pauses.
func timeline(t *rapid.T) domain.Record {
	var r domain.Record
	r.Client = 1
	for at := rapid.IntRange(0, 50).Draw(t, "start"); at < 650; {
		to := at + rapid.IntRange(5, 250).Draw(t, "days")
		p := days(at, to)
		unit := rapid.Int64Range(1, 3).Draw(t, "unit")
		option := rapid.SampledFrom([]string{"full", "part"}).Draw(t, "option")
		r.Places = append(r.Places, domain.Place{Period: p, Unit: unit, Option: option})
		r.Values = append(r.Values, domain.Value{Period: p, Unit: unit, Value: money.Cents(rapid.IntRange(50_000, 150_000).Draw(t, "value")), OwnShare: money.Cents(rapid.IntRange(0, 31_100).Draw(t, "own")),
			Size: rapid.IntRange(2, 6).Draw(t, "size"), Guardians: []int64{rapid.Int64Range(7, 8).Draw(t, "guardian")}})
		at = to + rapid.SampledFrom([]int{0, 0, 0, 10}).Draw(t, "pause")
	}
	return r
}

// Whatever a child's decisions become, the steps are taken without a refusal, the warehouse then holds what it should, and nothing is left to send.
func TestAnyChangeIsTakenInOrderAndLeavesNothingToSend(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := open(t)
		for range rapid.IntRange(1, 4).Draw(rt, "reports") {
			wanted, lacks := domain.Wanted(timeline(rt), settings)
			if len(lacks) > 0 {
				rt.Fatalf("lacks %v", lacks)
			}
			if _, err := w.report(wanted); err != nil {
				rt.Fatalf("refused: %v", err)
			}
			w.holds(wanted)
			if n, err := w.report(wanted); n != 0 || err != nil {
				rt.Fatalf("%d steps again, %v", n, err)
			}
		}
	})
}

func wantedOf(t testing.TB, r domain.Record) []domain.Object {
	t.Helper()
	wanted, lacks := domain.Wanted(r, settings)
	if len(lacks) > 0 {
		t.Fatalf("lacks %v", lacks)
	}
	return wanted
}

func simple(to int) domain.Record {
	return record([]domain.Place{{Period: days(100, to), Unit: 1, Option: "full"}},
		[]domain.Value{{Period: days(100, to), Unit: 1, Value: 108_900, OwnShare: 15_400, Size: 3, Guardians: []int64{7}}})
}

func TestAnswerThatWasLostMakesNoDouble(t *testing.T) {
	t.Parallel()
	for lost := 1; lost <= 4; lost++ {
		w := open(t)
		wanted := wantedOf(t, simple(400))
		w.Lose(lost)
		_, err := w.report(wanted)
		if lost == 4 && errors.Is(err, domain.ErrDown) { // the client repeats three times by itself; the next run finds what was made
			_, err = w.report(wanted)
		}
		if err != nil {
			t.Fatalf("after %d lost answers: %v", lost, err)
		}
		w.holds(wanted)
	}
}

func TestDownStopsAndGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	w := open(t)
	wanted := wantedOf(t, simple(400))
	if _, err := w.report(wanted[:3]); err != nil {
		t.Fatal(err)
	}
	w.Down(true)
	if _, err := w.report(wanted); !errors.Is(err, domain.ErrDown) {
		t.Fatalf("down: %v", err)
	}
	w.Down(false)
	before := w.Requests()
	n, err := w.report(wanted)
	if err != nil || n != 2 {
		t.Fatalf("%d steps, %v", n, err)
	}
	if w.Requests()-before > 3 {
		t.Errorf("%d requests for two objects", w.Requests()-before)
	}
	w.holds(wanted)
}

func TestPatienceAndAnOldTokenAreNoFaults(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.Throttle(1, time.Second)
	w.Expire()
	wanted := wantedOf(t, simple(400))
	if _, err := w.report(wanted); err != nil {
		t.Fatal(err)
	}
	w.Expire()
	wanted = wantedOf(t, simple(300))
	if n, err := w.report(wanted); err != nil || n != 3 {
		t.Fatalf("%d steps, %v", n, err)
	}
	w.holds(wanted)
}

func TestWrongPasswordIsToldAsOneAndSaysNothingOfIt(t *testing.T) {
	t.Parallel()
	w := open(t)
	server := httptest.NewServer(w.Server)
	t.Cleanup(server.Close)
	c, err := varda.New(varda.Config{Base: server.URL + "/api", User: "seteli", Password: "arvaus", Source: "00", Owner: owner, Pace: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Create(t.Context(), wantedOf(t, simple(400))[0], "", people(t))
	if !errors.Is(err, domain.ErrKey) || strings.Contains(fmt.Sprint(err), "arvaus") || w.Requests() != 1 {
		t.Errorf("told %v after %d requests", err, w.Requests())
	}
}

func TestWarehouseThatIsBusyTellsHowLong(t *testing.T) {
	t.Parallel()
	w := open(t)
	wanted := wantedOf(t, simple(400))
	w.Throttle(100, time.Hour)
	_, err := w.report(wanted)
	var asked *domain.Asked
	if !errors.Is(err, domain.ErrBusy) || !errors.As(err, &asked) || asked.Wait != time.Hour || w.Requests() != 1 {
		t.Errorf("told %v after %d requests", err, w.Requests())
	}
}

func TestAddressesOfOthersGetNoToken(t *testing.T) {
	t.Parallel()
	w := open(t)
	err := w.client.Delete(t.Context(), domain.Known{Kind: domain.Child, Key: "x", URL: "https://elsewhere.example/api/v1/lapset/1/"})
	if err == nil || w.Requests() != 0 {
		t.Errorf("told %v after %d requests", err, w.Requests())
	}
	for _, base := range []string{"", "varda", "ftp://x/api", "://"} {
		if _, err := varda.New(varda.Config{Base: base}); err == nil {
			t.Errorf("address %q was taken", base)
		}
	}
}

func TestLacksAreToldBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	p := days(0, 300)
	value := domain.Value{Period: p, Unit: 1, Value: 100_000, Size: 2, Guardians: []int64{7}}
	for _, c := range []struct {
		lack domain.Why
		unit int64
		r    domain.Record
	}{
		{domain.NoUnit, 9, record([]domain.Place{{Period: p, Unit: 9, Option: "full"}}, nil)},
		{domain.NoAgreement, 4, record([]domain.Place{{Period: p, Unit: 4, Option: "full"}}, nil)},
		{domain.NoOption, 0, record([]domain.Place{{Period: p, Unit: 1, Option: "club"}}, []domain.Value{value})},
		{domain.NoGuardian, 0, record([]domain.Place{{Period: p, Unit: 1, Option: "full"}}, []domain.Value{{Period: p, Unit: 1, Value: 100_000, Size: 2}})},
	} {
		wanted, lacks := domain.Wanted(c.r, settings)
		if wanted != nil || !slices.Equal(lacks, []domain.Lack{{Why: c.lack, Unit: c.unit}}) {
			t.Errorf("%s: %v, %d objects", c.lack, lacks, len(wanted))
		}
	}
}
