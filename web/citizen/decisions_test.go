package citizen_test

import (
	"net/http"
	"strings"
	"testing"

	w "seteli/domain/voucher/vouchertest"
)

func TestTheClientReadsOwnDecisionsWithTheirCalculation(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	world.Granted(20)
	other := world.Client("020260-998K")
	own := serve(t, world, world.Self(world.Aino))
	_, body := ask(t, own, http.MethodGet, "/fi/my/decisions", nil)
	if !strings.Contains(body, "MAA/2026/1") || !strings.Contains(body, "/fi/my/decisions/1/1") {
		t.Fatalf("the list lacks the decision: %s", body)
	}
	_, body = ask(t, own, http.MethodGet, "/fi/my/decisions/1/1", nil)
	for _, part := range []string{"Kiinteä arvo 34,00", "Muutoksenhaku", "34,00"} {
		if !strings.Contains(body, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if strings.Count(body, "<h1") != 1 {
		t.Errorf("%d titles", strings.Count(body, "<h1"))
	}
	if _, paper := ask(t, own, http.MethodGet, "/fi/my/decisions/1/1/pdf", nil); !strings.HasPrefix(paper, "%PDF-") {
		t.Error("no paper")
	}
	stranger := serve(t, world, world.Self(other))
	if code, _ := ask(t, stranger, http.MethodGet, "/fi/my/decisions/1/1", nil); code != http.StatusNotFound {
		t.Errorf("another's decision: %d", code)
	}
	if _, body = ask(t, stranger, http.MethodGet, "/fi/my/decisions", nil); strings.Contains(body, "MAA/2026/1") {
		t.Error("another's decision is listed")
	}
}
