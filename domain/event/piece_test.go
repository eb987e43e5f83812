package event

import (
	"testing"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
)

// week is a county's table: an evening is worth 1.15 and a Sunday 2.0 of a weekday's 36.00 (LAPHA's published multipliers).
var week = []method.Band{{Name: "day", Kind: method.OnWeekday, From: 0, To: 1440}, {Name: "evening", Kind: method.InEvening, From: 18 * 60, To: 22 * 60},
	{Name: "sunday", Kind: method.OnSunday, From: 0, To: 1440}}

// banded makes the value of the voucher depend on the time of day.
func (w *world) banded() {
	w.terms(Terms{Bands: week})
	w.v.Lines[0].Unit = "hour"
	w.v.Lines[0].Values[0].Worth = rulebook.Worth{Value: 36_00, Bands: []rulebook.BandValue{{Band: "day", Value: 36_00}, {Band: "evening", Value: 41_40}, {Band: "sunday", Value: 72_00}}}
}

func TestDeliveryIsPartedAtTheLimitOfABand(t *testing.T) {
	t.Parallel()
	w := acceptable()
	w.banded()
	w.times(17, 0, 19, 0) // a Tuesday; the agreed price is 42.00
	v := w.judge()[0]
	// 42.00 and 36.00 for the first hour; 42.00 × 1.15 = 48.30 and 41.40 for the second.
	if want := (money.Share{Total: 90_30, Organiser: 77_40, Own: 12_90}); v.State != Accepted || v.Share != want {
		t.Fatalf("%s %+v, want %+v; %v", v.State, v.Share, want, v.Codes())
	}
	if len(v.Pieces) != 2 || v.Pieces[1] != (Piece{"evening", money.Units(1), 48_30, 41_40}) {
		t.Errorf("parts %+v", v.Pieces)
	}
}

func TestWhatIsLeftGoesToTheFirstPartOfADelivery(t *testing.T) {
	t.Parallel()
	w := acceptable()
	w.banded()
	w.times(17, 0, 19, 0)
	w.used(19)
	v := w.judge()[0]
	if v.State != Partial || v.Accepted != money.Units(1) || v.Share.Organiser != 36_00 {
		t.Errorf("%s %s %+v", v.State, v.Accepted, v.Share)
	}
}

func TestFreeServiceStaysFreeInEveryBand(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		usual := money.Cents(rapid.Int64Range(1, 100_00).Draw(t, "usual"))
		price := money.Cents(rapid.Int64Range(0, int64(usual)).Draw(t, "price"))
		value := money.Cents(rapid.Int64Range(0, 300_00).Draw(t, "value"))
		if got := method.Following(price, value, usual); got > value || got < 0 {
			t.Fatalf("price %d within the usual value %d became %d above the band's %d", price, usual, got, value)
		}
		if method.Following(usual, value, usual) != value {
			t.Fatal("a price of the usual value is not the band's value")
		}
	})
}

func TestFittingIsTheMostThatFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cents := func(name string) money.Cents { return money.Cents(rapid.Int64Range(0, 90_00).Draw(t, name)) }
		var pieces []Piece
		q := money.Quantity(0)
		for range rapid.IntRange(0, 3).Draw(t, "parts") {
			p := Piece{"b", money.Quantity(rapid.Int64Range(1, 9_000).Draw(t, "quantity")), cents("price"), cents("value")}
			pieces, q = append(pieces, p), q+p.Quantity
		}
		if q == 0 {
			q = money.Quantity(rapid.Int64Range(1, 9_000).Draw(t, "whole"))
		}
		price, value, left := cents("price"), cents("value"), cents("left")
		n := fitting(price, value, pieces, q, left)
		if n > 0 && shareOf(price, value, pieces, n).Organiser > left {
			t.Fatalf("%d units cost more than the %d that is left", n, left)
		}
		if left > 0 && n < q && shareOf(price, value, pieces, n+1).Organiser <= left {
			t.Fatalf("%d units would fit too", n+1)
		}
	})
}

func TestNightOfTheClockChangeIsAnHourShorterInItsParts(t *testing.T) {
	t.Parallel()
	spring := calendar.Day(2026, 3, 29)
	sum := 0
	for _, p := range method.Split(week, *at(spring, 0, 0), *at(spring, 6, 0)) {
		sum += p.Minutes
	}
	if sum != 5*60 {
		t.Errorf("%d minutes", sum)
	}
}
