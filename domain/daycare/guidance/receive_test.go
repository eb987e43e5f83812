package guidance_test

import (
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/domain/daycare/guidance"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

// paper is an application as the form of the office has it.
func (n *town) paper(in guidance.ReceiveInput) guidance.ReceiveInput {
	in.Channel, in.Arrived = guidance.ByLetter, today-5
	in.Request = guidance.Request{Start: calendar.Day(2026, 4, 1), Option: "full_time", Hours: money.Units(38), Home: in.Applicant, IncomeWay: guidance.IncomeHighest, Units: []int64{w.Unit}}
	return in
}

func (n *town) receive(in guidance.ReceiveInput) (a guidance.Application, err error) {
	err = n.Try(n.Staff, func(tx *postgres.Tx) (err error) {
		a, err = guidance.Receive(n.t.Context(), tx, n.Staff, in)
		return err
	})
	return a, err
}

func TestAPaperApplicationStandsInTheQueueByTheDayItCame(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, adult, self := n.family(calendar.Day(2022, 3, 3))
	other := n.person(calendar.Day(1988, 1, 1), "Olli", false)
	n.guards(c, other)
	in := n.paper(guidance.ReceiveInput{Of: of(c), Applicant: adult.ID, Agreed: []int64{other.ID}})
	later, _, online := n.family(calendar.Day(2022, 6, 6))
	n.applied(online, later, in.Start, w.Unit) // the same wish on the page, five days after the letter
	a, err := n.receive(in)
	must(t, err)
	if want := (today - 5).AddMonths(4); a.State != guidance.Sent || *a.Due != want || *a.Arrived != today-5 || a.Channel != guidance.ByLetter {
		t.Errorf("%s, due %s (want %s), came %s by %s", a.State, *a.Due, want, *a.Arrived, a.Channel)
	}
	if got := a.Wishes[0].Position; got != 1 {
		t.Errorf("the letter stands as number %d", got)
	}
	if missing := a.Missing(); len(missing) != 0 {
		t.Errorf("a guardian who signed is waited for: %+v", missing)
	}
	var h household.Household
	n.staff(func(tx *postgres.Tx) (err error) {
		h, err = household.Of(t.Context(), tx, n.Staff, w.Organiser, adult.ID)
		return err
	})
	if len(h.Consents) != 1 || h.Consents[0].Channel != "letter" || h.Consents[0].GivenOn != today-5 {
		t.Errorf("consent to the highest fee: %+v", h.Consents)
	}
	if got := n.get(self, a.ID); got.Arrived == nil {
		t.Error("the guardian does not see that it came on paper")
	}
	_, err = n.propose(a, w.Unit)
	must(t, err)
}

func TestAReceivedApplicationIsRefusedAsTheFamilysOwn(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, adult, self := n.family(calendar.Day(2022, 3, 3))
	other := n.person(calendar.Day(1988, 1, 1), "Olli", false)
	stranger := n.person(calendar.Day(1970, 1, 1), "Outo", false)
	n.guards(c, other)
	for code, change := range map[string]func(*guidance.ReceiveInput){
		"GUI-003": func(in *guidance.ReceiveInput) { in.Agreed = []int64{stranger.ID} },
		"GUI-008": func(in *guidance.ReceiveInput) { in.Start = today },
		"GUI-009": func(in *guidance.ReceiveInput) { in.Option = "none" },
		"GUI-010": func(in *guidance.ReceiveInput) { in.Units = nil },
		"GUI-011": func(in *guidance.ReceiveInput) { in.Units = []int64{w.Unit, w.Unit} },
		"GUI-012": func(in *guidance.ReceiveInput) { in.Urgent = true },
		"GUI-013": func(in *guidance.ReceiveInput) { in.Home = stranger.ID },
		"GUI-014": func(in *guidance.ReceiveInput) { in.IncomeWay = guidance.IncomeTold },
		"GUI-034": func(in *guidance.ReceiveInput) { in.Arrived = today + 1 },
		"GUI-035": func(in *guidance.ReceiveInput) { in.Channel = guidance.OnPage },
		"GUI-036": func(in *guidance.ReceiveInput) { in.Applicant = stranger.ID },
	} {
		in := n.paper(guidance.ReceiveInput{Of: of(c), Applicant: adult.ID})
		change(&in)
		_, err := n.receive(in)
		faulttest.Want(t, err, code)
	}
	worst := n.paper(guidance.ReceiveInput{Of: of(c), Applicant: adult.ID})
	worst.Arrived, worst.Start, worst.Option, worst.Hours, worst.IncomeWay, worst.Units = today+1, today, "none", money.Units(200), guidance.IncomeTold, []int64{w.Unit, w.Unit}
	_, err := n.receive(worst)
	var at []string
	for _, f := range fault.All(err) {
		at = append(at, f.Field)
	}
	if got := strings.Join(at, " "); got != "arrived start income option hours unit2" {
		t.Errorf("of a form wrong in six places the fields named are: %s", got)
	}
	if left := n.Count(`select count(*) from daycare_application`); left != 0 {
		t.Fatalf("%d applications are left of refused ones", left)
	}
	in := n.paper(guidance.ReceiveInput{Of: of(c), Applicant: adult.ID})
	var a guidance.Application
	a, err = n.receive(in)
	must(t, err)
	_, err = n.propose(a, w.Unit)
	faulttest.Want(t, err, "GUI-016") // the other guardian has not agreed
	_, err = n.receive(in)
	faulttest.Want(t, err, "GUI-007")
	faulttest.Want(t, n.Try(self, func(tx *postgres.Tx) error {
		_, err := guidance.Receive(t.Context(), tx, self, in)
		return err
	}), "ACC-001")
}
