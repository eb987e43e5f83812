package i18n_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/platform/i18n"
)

func TestARefusalIsKeptWithoutALanguageAndSaidInEach(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	day, err := calendar.ParseDate("2026-12-01")
	if err != nil {
		t.Fatal(err)
	}
	refused := fault.New(fault.Invalid, "VOU-027", "voucher.value.day").With("day", day).With("sum", money.Cents(1234)).With("quantity", money.Units(2)).With("n", int64(3)).
		With("unit", i18n.Key("unit.hour.one")).With("who", "Päivi").With("month", calendar.MonthOf(day))
	told := i18n.Tell(errors.Join(errors.New("outer"), refused))
	raw, err := told.Stored()
	if err != nil {
		t.Fatal(err)
	}
	again, err := i18n.ReadTold([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(told, again); diff != "" {
		t.Error(diff)
	}
	for lang, want := range map[i18n.Lang]string{i18n.FI: "Uusi arvo alkaa aikaisintaan 1.12.2026 jälkeen ja setelin voimassaolon aikana.",
		i18n.EN: "A new value begins after 1\u00a0December\u00a02026 at the earliest and within the voucher's validity."} {
		if got := again.In(texts, lang); got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
}

func TestNothingIsKeptOfWhatIsNoFault(t *testing.T) {
	t.Parallel()
	if raw, err := i18n.Tell(errors.New("disk full")).Stored(); raw != "" || err != nil {
		t.Errorf("%q, %v", raw, err)
	}
	if told, err := i18n.ReadTold(nil); told.Key != "" || err != nil {
		t.Errorf("%+v, %v", told, err)
	}
	if _, err := i18n.ReadTold([]byte("no JSON")); err == nil {
		t.Error("what is damaged is read")
	}
	if _, err := (i18n.Values{"x": struct{}{}}).MarshalJSON(); err == nil {
		t.Error("a value that does not come back is kept")
	}
}
