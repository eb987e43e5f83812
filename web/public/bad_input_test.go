package public_test

import (
	"net/http"
	"strings"
	"testing"

	"seteli/web/ui"
)

// What a visitor may type wrong, or rarely: the page names the field, says what is wrong and what helps, and keeps what was typed.
func TestCalculatorMeetsRareHouseholdsAndIncomes(t *testing.T) {
	t.Parallel()
	server, _ := open(t, ui.Session{}, taper)
	for query, field := range map[string]string{
		"household=0&income=1500&amount=20&price=40":  "household",
		"household=25&income=1500&amount=20&price=40": "household", // the fee beside it ends at two persons
		"household=26&income=1500&amount=20&price=40": "household",
		"household=-1&income=1500&amount=20&price=40": "household",
		"household=1&income=1500&amount=20&price=-5":  "price",
		"household=1&income=1500&amount=-20&price=40": "amount",
	} {
		p := get(t, server, "/fi/calculator/1/11?"+query)
		if p.status != http.StatusUnprocessableEntity || len(p.all(`.govuk-error-summary a[href="#f-`+field+`"]`)) != 1 || len(p.all("#f-"+field+"-error")) != 1 || len(p.all("#result")) != 0 {
			t.Errorf("%s: %d, or no message at %s", query, p.status, field)
		}
		for _, pair := range strings.Split(query, "&") {
			if name, value, _ := strings.Cut(pair, "="); !strings.Contains(p.text, `value="`+value+`"`) {
				t.Errorf("%s: %s is not kept", query, name)
			}
		}
	}
	low := get(t, server, "/fi/calculator/1/11?household=1&income=1500&amount=20&price=30")
	low.has(t, "34,87 €/h", "0,00 €/h", "600,00 €") // the price is below the value: the price is paid, and nothing is left to pay oneself
	negative := get(t, server, "/fi/calculator/1/11?household=1&income=-100&amount=20&price=50")
	negative.has(t, "40,80 €/h", "−100,00") // nothing in the formula, and shown as it is
}
