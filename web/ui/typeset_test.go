package ui

import (
	"strings"
	"testing"
)

// Texts are set; what somebody typed and what a machine reads comes back as it was.
func TestPageIsTypesetOnlyWhereItIsRead(t *testing.T) {
	t.Parallel()
	for _, want := range []string{ // ~ is a space that does not break
		`<p title="36 §">36~§, &#43;358~40~123</p>`, `<input value="1 842,00 €"><b>1~842,00~€</b>`, "<textarea name=\"x\">1 842,00 €\n36 §</textarea> 36~§", `<select><option>5 %</option></select>5~%`,
		`<script>a = 1 / 5 %b</script>`, `<pretext>5~%</pretext>`, `<code>head -n 5 2026</code> 5~%`, ``,
	} {
		want = strings.ReplaceAll(want, "~", "\u00a0")
		if got := string(typeset([]byte(strings.ReplaceAll(want, "\u00a0", " ")))); got != want {
			t.Errorf("%s became %s", want, got)
		}
	}
}
