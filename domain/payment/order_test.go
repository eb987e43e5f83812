package payment

import (
	"fmt"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/settlement"
)

const account = "FI2112345600000785"

func TestPaymentsAreGroupedByBankDay(t *testing.T) {
	t.Parallel()
	today := calendar.Day(2026, time.December, 3)
	list := instructions([]settlement.Statement{
		{Provider: 1, Number: "A-3", Net: 300, PayeeIBAN: account, DueOn: calendar.Day(2026, time.December, 24)}, // Christmas Eve is a Thursday, the next bank day a Monday
		{Provider: 2, Number: "A-2", Net: 200, PayeeIBAN: account, DueOn: calendar.Day(2026, time.November, 30)}, // has passed
		{Provider: 3, Number: "A-1", Net: 100, PayeeIBAN: account, DueOn: today},
	}, today)
	o, err := order("M", time.Time{}, Payer{}, list)
	if err != nil {
		t.Fatal(err)
	}
	var got string
	for _, b := range o.Batches {
		got += fmt.Sprintf("%s %s:", b.ID, b.On)
		for _, x := range b.Transfers {
			got += " " + x.EndToEndID
		}
		got += fmt.Sprintf(" = %s; ", b.Total())
	}
	if want := "M-01 2026-12-03: A-1 A-2 = 3.00; M-02 2026-12-28: A-3 = 3.00; "; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if o.Count() != 3 || o.Total() != 600 {
		t.Errorf("%d payments, %s", o.Count(), o.Total())
	}
}

func TestEveryPaymentThatCannotGoIsNamed(t *testing.T) {
	t.Parallel()
	_, err := order("M", time.Time{}, Payer{}, []instruction{{Number: "A-1", Amount: 1, IBAN: "FI00"}, {Number: "A-2", Amount: 0, IBAN: account}, {Number: "A-3", Amount: mostCents + 1, IBAN: account}})
	var got []string
	for _, f := range fault.All(err) {
		got = append(got, fmt.Sprint(f.Code, " ", f.Values["statement"]))
	}
	if want := "[PAY-032 A-1 PAY-033 A-2 PAY-033 A-3]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	many := make([]instruction, mostTransfers+1)
	for i := range many {
		many[i] = instruction{Number: fmt.Sprint("A-", i), Amount: money.Cents(i + 1), IBAN: account}
	}
	_, err = order("M", time.Time{}, Payer{}, many)
	faulttest.Want(t, err, "PAY-034")
}
