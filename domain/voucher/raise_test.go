package voucher_test

import (
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/decision"
	"seteli/domain/rulebook/method"
	"seteli/domain/voucher"
	"seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

func raiseIt(w *vouchertest.World, in voucher.RaiseInput) (out voucher.Voucher, err error) {
	err = w.Try(w.Staff, func(tx *postgres.Tx) (err error) {
		out, err = voucher.Raise(w.T.Context(), tx, w.Staff, w.Means, in)
		return err
	})
	return out, err
}

func higher(v voucher.Voucher, from calendar.Date) voucher.RaiseInput {
	return voucher.RaiseInput{Organiser: v.Organiser, Voucher: v.ID, RowVersion: v.RowVersion, Ground: voucher.Livelihood, From: from, Reason: "Perheen tulot ovat pienentyneet.",
		Office: "palveluohjaaja", Increase: method.Increase{Form: method.AddPerUnit, Amount: 250}}
}

func TestIncreaseLastsItsDaysAndIsDecided(t *testing.T) {
	t.Parallel()
	w := vouchertest.New(t)
	v := w.Granted(10)
	from, to := v.Valid.From+30, v.Valid.From+60
	in := higher(v, from)
	in.To = &to
	got, err := raiseIt(w, in)
	if err != nil {
		t.Fatal(err)
	}
	w.Do(w.Staff, func(tx *postgres.Tx) error {
		kept, err := voucher.Get(t.Context(), tx, w.Staff, v.Organiser, v.ID)
		if err != nil {
			return err
		}
		base := v.Lines[0].Values[0].Cents
		for day, want := range map[calendar.Date]money.Cents{from - 1: base, from: base + 250, to - 1: base + 250, to: base, v.Valid.To - 1: base} {
			if one, _ := kept.Lines[0].ValueOn(day); one.Cents != want {
				t.Errorf("on %s worth %s, want %s", day, one.Cents, want)
			}
		}
		made, err := decision.Of(t.Context(), tx, v.Organiser, "voucher", v.ID)
		if err != nil || len(made) != 2 {
			t.Fatalf("%d decisions, %v", len(made), err)
		}
		doc, err := decision.Document(t.Context(), tx, w.Staff, v.Organiser, made[0].Document)
		for _, want := range []string{"toimeentulo vaarantuisi", "569/2009, 8 §", "Perheen tulot"} {
			if !strings.Contains(strings.ReplaceAll(doc.Plain, "\u00a0", " "), want) {
				t.Errorf("the letter does not tell %q:\n%s", want, doc.Plain)
			}
		}
		return err
	})
	if got.RowVersion == v.RowVersion {
		t.Error("the version did not grow")
	}
	_, err = raiseIt(w, in)
	faulttest.Want(t, err, "VOU-002")
}

func TestIncreaseGoesOnThroughAnIndexChange(t *testing.T) {
	t.Parallel()
	w := vouchertest.New(t)
	raised(w) // 34.00 becomes 36.00 at the turn of the year
	v := w.Granted(10)
	in := higher(v, v.Valid.From+10)
	in.Increase = method.Increase{Form: method.ByPercent, Pct: money.MustRate("10")}
	if _, err := raiseIt(w, in); err != nil {
		t.Fatal(err)
	}
	b, err := prepare(w, index(w))
	if err != nil {
		t.Fatal(err)
	}
	if err := approve(w, decider, b); err != nil {
		t.Fatal(err)
	}
	delivered(w)
	w.Do(w.Staff, func(tx *postgres.Tx) error {
		got, err := voucher.Get(t.Context(), tx, w.Staff, v.Organiser, v.ID)
		if err != nil {
			return err
		}
		if one, _ := got.Lines[0].ValueOn(nextYear - 1); one.Cents != 3740 {
			t.Errorf("before the index change %s, want 37.40", one.Cents)
		}
		if one, _ := got.Lines[0].ValueOn(nextYear); one.Cents != 3960 || one.Facts == nil || one.Facts.Increase == nil {
			t.Errorf("after the index change %+v, want 39.60 with the increase", one)
		}
		return nil
	})
}

func TestIncreaseThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	w := vouchertest.New(t)
	v := w.Granted(10)
	from := v.Valid.From + 30
	for name, x := range map[string]struct {
		change func(*voucher.RaiseInput)
		code   string
	}{
		"no ground":             {func(in *voucher.RaiseInput) { in.Ground = "" }, "VOU-065"},
		"no reason":             {func(in *voucher.RaiseInput) { in.Reason = " " }, "VOU-010"},
		"ends before it begins": {func(in *voucher.RaiseInput) { in.To = &in.From }, "VOU-066"},
		"past the validity":     {func(in *voucher.RaiseInput) { in.To = new(v.Valid.To + 1) }, "VOU-066"},
		"before the value":      {func(in *voucher.RaiseInput) { in.From = v.Valid.From }, "VOU-027"},
		"no such content":       {func(in *voucher.RaiseInput) { in.Content = 999_999 }, "VOU-068"},
		"nothing":               {func(in *voucher.RaiseInput) { in.Increase.Amount = 0 }, "MET-040"},
		"less":                  {func(in *voucher.RaiseInput) { in.Increase = method.Increase{Form: method.NewValue, Amount: 100} }, "MET-040"},
	} {
		in := higher(v, from)
		x.change(&in)
		_, err := raiseIt(w, in)
		t.Run(name, func(t *testing.T) { faulttest.Want(t, err, x.code) })
	}
	again, err := raiseIt(w, higher(v, from))
	if err != nil {
		t.Fatal(err)
	}
	_, err = raiseIt(w, higher(again, from+5))
	faulttest.Want(t, err, "VOU-067")
	stranger := w.Staff
	stranger.Role = "decision_maker"
	faulttest.Want(t, w.Try(stranger, func(tx *postgres.Tx) error {
		_, err := voucher.Raise(t.Context(), tx, stranger, w.Means, higher(again, from+5))
		return err
	}), "ACC-001")
}
