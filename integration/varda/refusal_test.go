package varda_test

import (
	"errors"
	"testing"

	"seteli/core/calendar"
	"seteli/domain/daycare/varda"
)

// Each rule of the warehouse that bears on voucher children comes back as its own code.
func TestRefusalsComeBackWithTheirCodes(t *testing.T) {
	t.Parallel()
	last := func(day calendar.Date) *calendar.Date { return &day }
	for _, c := range []struct {
		code  string
		spoil func(o *varda.Object)
		kind  varda.Kind
	}{
		{code: "PT010", kind: varda.Child, spoil: func(o *varda.Object) { o.Producer = "1.2.246.562.10.29999999999" }},
		{code: "LA008", kind: varda.Child, spoil: func(o *varda.Object) { o.Producer = owner }},
		{code: "VP001", kind: varda.Decision, spoil: func(o *varda.Object) { o.Applied = o.From + 1 }},
		{code: "MI004", kind: varda.Decision, spoil: func(o *varda.Object) { o.Last = last(o.From - 1) }},
		{code: "MI021", kind: varda.Decision, spoil: func(o *varda.Object) { o.From, o.Applied, o.Last = 17000, 16990, last(17100) }},
		{code: "DY004", kind: varda.Decision, spoil: func(o *varda.Object) { o.Hours = 0 }},
		{code: "VP002", kind: varda.Placement, spoil: func(o *varda.Object) { o.From-- }},
		{code: "VS012", kind: varda.Placement, spoil: func(o *varda.Object) { o.Last = nil }},
		{code: "VP003", kind: varda.Placement, spoil: func(o *varda.Object) { o.Last = last(*o.Last + 1) }},
		{code: "VS011", kind: varda.Placement, spoil: func(o *varda.Object) { o.From = *o.Last + 5; o.Last = last(o.From) }},
		{code: "MI019", kind: varda.Placement, spoil: func(o *varda.Object) { o.Unit = settings.Units[3].OID }},
		{code: "MA001", kind: varda.Fee, spoil: func(o *varda.Object) { o.Size = 1 }},
		{code: "MA002", kind: varda.Fee, spoil: func(o *varda.Object) { o.Guardians = nil }},
		{code: "MA005", kind: varda.Fee, spoil: func(o *varda.Object) { o.From-- }},
		{code: "MA006", kind: varda.Fee, spoil: func(o *varda.Object) { o.From = *o.Last + 5; o.Last = last(o.From) }},
		{code: "MA007", kind: varda.Fee, spoil: func(o *varda.Object) { o.Last = last(*o.Last + 1) }},
		{code: "MA011", kind: varda.Fee, spoil: func(o *varda.Object) { o.Guardians = []int64{7, 8, 7, 8, 7, 8, 7, 8} }},
		{code: "MA012", kind: varda.Fee, spoil: func(o *varda.Object) { o.Guardians = []int64{7, 7} }},
		{code: "MA015", kind: varda.Fee, spoil: func(o *varda.Object) { o.Last = nil }},
		{code: "MA019", kind: varda.Fee, spoil: func(o *varda.Object) { o.From, o.Last = 17000, last(18000) }},
		{code: "MA020", kind: varda.Fee, spoil: func(o *varda.Object) { o.OwnShare = 33_501 }},
		{code: "MA021", kind: varda.Fee, spoil: func(o *varda.Object) { o.Value = 0 }},
		{code: "HE018", kind: varda.Fee, spoil: func(o *varda.Object) { o.Guardians = []int64{99} }},
	} {
		w := open(t)
		wanted := wantedOf(t, simple(400))
		for i := range wanted {
			if wanted[i].Kind == c.kind {
				c.spoil(&wanted[i])
			}
		}
		_, err := w.report(wanted)
		var no *varda.Refusal
		if !errors.As(err, &no) || no.Codes[0].Code != c.code {
			t.Errorf("%s: %v", c.code, err)
		}
	}
}

func TestGuardianWhomTheRegisterDoesNotKnowIsMA003(t *testing.T) {
	t.Parallel()
	w := open(t)
	wanted := wantedOf(t, simple(400))
	w.Unknown(people(t)[7].Identity.Reveal())
	_, err := w.report(wanted)
	var no *varda.Refusal
	if !errors.As(err, &no) || no.Codes[0] != (varda.Code{Field: "huoltajat", Code: "MA003", Words: "Refused by the stand-in: MA003."}) {
		t.Errorf("told %v", err)
	}
}

// A third fee on the same days is refused; ours never ask for it, as the old one goes before the new one comes.
func TestThirdFeeOnOneDayIsMA004(t *testing.T) {
	t.Parallel()
	w := open(t)
	wanted := wantedOf(t, simple(400))
	fee := wanted[len(wanted)-1]
	for i, want := range []string{"", "MA004"} {
		fee.Key, fee.Value = fee.Key+"x", fee.Value+1
		wanted = append(wanted, fee)
		_, err := w.report(wanted)
		var no *varda.Refusal
		if want == "" && err != nil || want != "" && (!errors.As(err, &no) || no.Codes[0].Code != want) {
			t.Errorf("fee %d more: %v", i+1, err)
		}
	}
}

func TestWhatOthersHangOnIsNotDeleted(t *testing.T) {
	t.Parallel()
	w := open(t)
	if _, err := w.report(wantedOf(t, simple(400))); err != nil {
		t.Fatal(err)
	}
	codes := map[varda.Kind]string{varda.Child: "LA003", varda.Decision: "VP004"}
	for _, k := range w.known {
		if codes[k.Kind] == "" {
			continue
		}
		var no *varda.Refusal
		if err := w.client.Delete(t.Context(), k); !errors.As(err, &no) || no.Codes[0].Code != codes[k.Kind] {
			t.Errorf("%s: %v", k.Kind, err)
		}
	}
	if n, err := w.report(nil); err != nil || n != 4 { // all but the person
		t.Errorf("%d steps, %v", n, err)
	}
}
