package i18n_test

import (
	"strings"
	"testing"

	"seteli/platform/i18n"
)

func TestNoLineEndsInsideANumberOrAReference(t *testing.T) {
	t.Parallel()
	for _, want := range []string{ // ~ is a space that does not break
		"Laki 540/2018, 17~§", "734/1992, 10~e~§ ja 29~b~§:n mukaan", "JulkL 24.1~§~25 k.", "Lautakunta 1.9.2026~§~7", "Hinta 1~234,56~€ kuukaudessa", "37,5~% arvosta", "5~180 − 2~953",
		"enintään 25~h/viikko", "soita 040~123~4567", "+358~40~123~4567, arkisin", "100~euroa", "2 lasta, 3 hakemusta", "1~§~5 momentti", "Kuja 1 A 5", "", " ", "5 ", " 5", "x 5~§",
	} {
		want = strings.ReplaceAll(want, "~", "\u00a0")
		if got := i18n.Unbroken(strings.ReplaceAll(want, "\u00a0", " ")); got != want {
			t.Errorf("%q became %q", want, got)
		}
	}
}
