package finance

import "testing"

func TestSlotIsReadAsPeopleTypeIt(t *testing.T) {
	t.Parallel()
	for typed, key := range map[string]string{
		"12/2026": "2026-12", "1.2027": "2027-01", "2026-12": "2026-12",
		"vk 49/2026": "2026-W49", "Viikko 9/2026": "2026-W09", "v. 49/2026": "2026-W49", "wk 49/2026": "2026-W49", "2026-w49": "2026-W49",
		"15.12.2026": "2026-12-15", "2026-12-15": "2026-12-15",
		"joulukuu": "JOULUKUU", "13/2026": "13/2026", "": "",
	} {
		if got := readSlot(typed); got != key {
			t.Errorf("%q is read as %q, want %q", typed, got, key)
		}
	}
}
