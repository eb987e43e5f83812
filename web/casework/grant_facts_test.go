package casework_test

import (
	"net/http"
	"strings"
	"testing"

	w "seteli/domain/voucher/vouchertest"
)

// The form of a grant asks what the value method needs, and shows what is recorded of the household.
func TestGrantAsksWhatTheMethodNeeds(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	b := open(t, world, world.Staff)
	address := "/fi/clients/1/grant"
	rules := func(value string) {
		world.Exec(`update rulebook set rules = jsonb_set(rules, '{value}', '` + value + `') where service_id = 11`)
	}
	calculate := func(fields ...string) (string, int) {
		body, res := b.post(address, append([]string{"service", "11", "act", "calculate", "valid_from", "1.12.2026", "valid_to", "30.11.2027", "amount-21", "10", "recurrence-21", "month", "recurrence-22", "month"}, fields...)...)
		return body, res.StatusCode
	}
	rules(`{"method": "linear_taper", "full_cents": 4000, "min_cents": 800, "income_limits_cents": {"1": 100000, "2": 180000}, "pcts": {"1": "30", "2": "25"}, "divisor": "60"}`)
	if body, _ := b.get(address + "?service=11"); !strings.Contains(body, "Arvo riippuu tuloista. Kotitaloudessa on 1 henkilö.") || !strings.Contains(body, "Tulot eivät ole tiedossa") {
		t.Error("the household's records are not told")
	}
	if body, code := calculate(); code != http.StatusOK || !strings.Contains(body, "8,00") {
		t.Errorf("the smallest value is not computed: %d", code)
	}
	rules(`{"method": "individual", "values": [{"content_id": 21, "min_cents": 1000, "max_cents": 5000}, {"content_id": 22, "min_cents": 1000, "max_cents": 5000}]}`)
	if body, code := calculate("individual-21", "60"); code != http.StatusUnprocessableEntity || !strings.Contains(body, `value="60"`) {
		t.Errorf("a value above the limit: %d", code)
	}
	if body, code := calculate("individual-21", "45,50"); code != http.StatusOK || !strings.Contains(body, "45,50") {
		t.Errorf("an individual value: %d", code)
	}
	rules(`{"method": "linear_taper", "full_cents": 4000, "min_cents": 800, "income_limits_cents": {"1": 100000}, "pcts": {"1": "30"}, "divisor": "60", "gate_income_limits_cents": {"1": 1}}`)
	if body, code := calculate(); code != http.StatusUnprocessableEntity || !strings.Contains(body, "ei ole oikeutta palveluseteliin") || !strings.Contains(body, `id="calculation"`) || !strings.Contains(body, "app-calculation") {
		t.Errorf("who is not entitled is not told why: %d", code)
	}
}
