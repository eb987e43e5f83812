package decision_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/domain/decision"
)

func day(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheActFollowsFieldAndDayOfTheDecision(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field decision.Field
		day   string
		act   string
		days  int
	}{
		{decision.EarlyEducation, "2025-12-31", "569/2009", 30},
		{decision.EarlyEducation, "2026-01-01", "1048/2025", 30},
		{decision.Social, "2026-05-01", "569/2009", 30},
		{decision.Health, "2030-01-01", "569/2009", 30},
		{decision.Social, "2012-03-05", "569/2009", 14},
		{decision.EarlyEducation, "1999-01-01", "569/2009", 14},
	} {
		law, err := decision.Basis(c.field, day(t, c.day))
		if err != nil || law.Act != c.act || law.Terms.Days != c.days {
			t.Errorf("%s on %s: %+v, %v", c.field, c.day, law, err)
		}
	}
	_, err := decision.Basis("housing", day(t, "2026-01-01"))
	faulttest.Want(t, err, "DEC-006")
}

// Golden cases of the field's experts, when they are at hand.
func TestDeadlinesAndActsOfTheSharedCases(t *testing.T) {
	t.Parallel()
	type golden struct {
		Cases []struct {
			ID     string `json:"id"`
			Inputs struct {
				Sent    calendar.Date    `json:"sent_on"`
				Channel decision.Channel `json:"channel"`
				Field   decision.Field   `json:"service_field"`
				Made    calendar.Date    `json:"decision_date"`
			} `json:"inputs"`
			Parameters struct {
				Days       int `json:"days"`
				Letter     int `json:"letter_days"`
				Electronic int `json:"electronic_days"`
			} `json:"parameters"`
			Expected struct {
				Received calendar.Date `json:"deemed_received_on"`
				Last     calendar.Date `json:"last_day"`
				Act      string        `json:"act"`
			} `json:"expected"`
		} `json:"cases"`
	}
	seen := 0
	for _, name := range []string{"appeal_deadline.json", "legal_basis.json"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "cases", name))
		if os.IsNotExist(err) {
			t.Skipf("%s is not here", name)
		}
		if err != nil {
			t.Fatal(err)
		}
		var g golden
		if err := json.Unmarshal(raw, &g); err != nil {
			t.Fatal(err)
		}
		for _, c := range g.Cases {
			seen++
			if c.Expected.Act != "" {
				if law, err := decision.Basis(c.Inputs.Field, c.Inputs.Made); err != nil || law.Act != c.Expected.Act {
					t.Errorf("%s: %v %v", c.ID, law, err)
				}
				continue
			}
			terms := decision.Terms{Days: c.Parameters.Days, Letter: c.Parameters.Letter, Electronic: c.Parameters.Electronic}
			received, known := terms.Received(c.Inputs.Channel, c.Inputs.Sent)
			if !known || received != c.Expected.Received || terms.Deadline(received) != c.Expected.Last {
				t.Errorf("%s: received %s, last day %s", c.ID, received, terms.Deadline(received))
			}
		}
	}
	if seen == 0 {
		t.Error("no cases were read")
	}
}

func TestADeadlineNeverFallsOnAClosedDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms := decision.Terms{Days: rapid.IntRange(7, 90).Draw(t, "days"), Letter: rapid.IntRange(0, 30).Draw(t, "letter"), Electronic: rapid.IntRange(0, 30).Draw(t, "electronic")}
		sent := calendar.Day(rapid.IntRange(2009, 2080).Draw(t, "year"), time.January, 1) + calendar.Date(rapid.IntRange(0, 365).Draw(t, "day"))
		received, _ := terms.Received(rapid.SampledFrom([]decision.Channel{decision.ByLetter, decision.ByElectronic, decision.ByHand}).Draw(t, "channel"), sent)
		last := terms.Deadline(received)
		if !calendar.Operational(last) {
			t.Fatalf("%s is closed", last)
		}
		if n := int(last - received); n < terms.Days || n > terms.Days+5 {
			t.Fatalf("%d days from %s to %s", n, received, last)
		}
		for d := received + calendar.Date(terms.Days); d < last; d++ {
			if calendar.Operational(d) {
				t.Fatalf("%s was open, yet the limit ends on %s", d, last)
			}
		}
	})
}

func TestOnlyAReceiptTellsWhenProofOfServiceWasReceived(t *testing.T) {
	t.Parallel()
	if _, known := (decision.Terms{Days: 30}).Received(decision.ByReceipt, day(t, "2026-03-02")); known {
		t.Error("a day was deemed without a receipt")
	}
}
