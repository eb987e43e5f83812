package settings_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestDraftIsTriedWithTheOrganisersOwnCases(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service := h.service()
	h.draft(service) // an hour is worth 33.00
	path := service + "/rulebook/trial"
	code, page := h.file(path, "esimerkit.csv", "id;kind;expected.value_cents\noikein;rulebook_value;3300\nväärin;rulebook_value;3400\nvieras;tuntematon;1\n")
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, refusals(page))
	}
	for _, want := range []string{"väärin", "value_cents", "3400", "3300", "Tätä lajia ohjelma ei tunne.", "app-calculation"} {
		if !strings.Contains(page, want) {
			t.Errorf("the trial does not tell %q", want)
		}
	}
	if strings.Contains(page, ">oikein<") {
		t.Error("a case that agrees stands among the differences")
	}
	if code, page = h.file(path, "esimerkit.json", `{"format":"x"}`); code != http.StatusUnprocessableEntity || !strings.Contains(page, "f-file") {
		t.Errorf("a file of another format: %d", code)
	}
	if code, page = h.file(path, "esimerkit.csv", "id;kind;expected.value_cents\na;rulebook_value;3300\n"); code != http.StatusOK || !strings.Contains(page, "Kaikki esimerkit täsmäävät.") {
		t.Errorf("cases that agree: %d", code)
	}
}
