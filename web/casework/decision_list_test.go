package casework_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	w "seteli/domain/voucher/vouchertest"
)

var (
	listedNumber = regexp.MustCompile(`VANHA/\d+`)
	nextPage     = regexp.MustCompile(`href="([^"]+)" rel="next"`)
)

// decided makes one decision by the use case and copies it to many days, of two deciders, one client and two kinds.
func decided(t *testing.T) *browser {
	t.Helper()
	world := w.New(t)
	world.Granted(20)
	world.Exec(`insert into decision (organiser_id, decision_id, number, kind, legal_act, legal_section, client_id, person_id, subject_kind, subject_id, outcome, reasons, made_on, made_at, made_by_account,
		made_by, made_by_title, language, document_id, service_id, amount_cents)
		select organiser_id, 1000 + n, 'VANHA/' || 100 + n, case n % 2 when 0 then 'voucher' else 'voucher_end' end, legal_act, legal_section, client_id, person_id, subject_kind, subject_id, outcome, reasons,
			made_on - n / 3, made_at, made_by_account, case n % 5 when 0 then 'Olli Ojala' else made_by end, made_by_title, language, document_id, service_id, amount_cents
		from decision, generate_series(1, 60) n where decision_id = 1`)
	world.Exec(`update client set external_ref = 'A-17'`)
	return open(t, world, world.Staff)
}

// walked follows the pages of a list from its first one and gives the numbers in their order.
func (b *browser) walked(path string) (numbers []string, pages int) {
	b.t.Helper()
	for pages = 1; ; pages++ {
		body, res := b.get(path)
		if res.StatusCode != http.StatusOK {
			b.t.Fatalf("%s: %d", path, res.StatusCode)
		}
		b.shows(body)
		numbers = append(numbers, listedNumber.FindAllString(body, -1)...)
		next := nextPage.FindStringSubmatch(body)
		if next == nil {
			return numbers, pages
		}
		path = html.UnescapeString(next[1])
	}
}

func TestListOfDecisionsGivesEachRowOnceOverItsPages(t *testing.T) {
	t.Parallel()
	b := decided(t)
	for _, c := range []struct {
		query       string
		rows, pages int
		first       string
	}{
		{"", 60, 3, "VANHA/160"}, {"state=made", 60, 3, "VANHA/102"}, {"state=unsent", 60, 3, "VANHA/160"}, {"state=appealed", 0, 1, ""},
		{"state=made&kind=voucher_end", 30, 2, "VANHA/101"}, {"maker=olli", 12, 1, "VANHA/160"}, {"maker=%25", 0, 1, ""}, {"client=A-17&kind=voucher", 30, 2, "VANHA/160"}, {"client=A-1", 0, 1, ""},
		{"state=made&from=20.11.2026&to=20.11.2026", 3, 1, "VANHA/105"}, {fmt.Sprintf("service=%d", w.Service), 60, 3, "VANHA/160"}, {"service=999", 0, 1, ""},
		{"state=nonsense&kind=nonsense&service=nonsense&after=nonsense", 60, 3, "VANHA/160"},
	} {
		numbers, pages := b.walked("/fi/decisions?" + c.query)
		once := map[string]bool{}
		for _, n := range numbers {
			once[n] = true
		}
		if len(numbers) != c.rows || len(once) != c.rows || pages != c.pages || c.rows > 0 && numbers[0] != c.first {
			t.Errorf("%s: %d rows, %d different, on %d pages, %v", c.query, len(numbers), len(once), pages, numbers[:min(3, len(numbers))])
		}
	}
}

func TestListOfDecisionsTellsWhyItIsEmptyAndWhatIsWrong(t *testing.T) {
	t.Parallel()
	b := decided(t)
	body, _ := b.get("/fi/decisions?client=A-99&maker=Olli")
	b.shows(body, "Ehdoilla ei löytynyt yhtään.", "Poista ehdot", `value="A-99"`, `value="Olli"`)
	body, res := b.get("/fi/decisions?state=made&from=20.11.2026&to=1.11.2026")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the last day before the first: %d", res.StatusCode)
	}
	b.shows(body, "Viimeinen päivä on ennen alkamispäivää. Vaihda päivät.", `value="1.11.2026"`)
	body, res = b.get("/fi/decisions?from=31.2.2026")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a day that is none: %d", res.StatusCode)
	}
	b.shows(body, `value="31.2.2026"`)
}

func TestListOfDecisionsIsTakenOutAsItIsShown(t *testing.T) {
	t.Parallel()
	b := decided(t)
	body, _ := b.get("/fi/decisions?" + url.Values{"state": {"made"}, "maker": {"Olli Ojala"}}.Encode())
	file := regexp.MustCompile(`href="([^"]*file\.csv[^"]*)"`).FindStringSubmatch(body)
	if file == nil {
		t.Fatal("no file is offered")
	}
	body, res := b.get(html.UnescapeString(file[1]))
	if lines := strings.Count(strings.TrimSpace(body), "\n"); res.Header.Get("Content-Type") != "text/csv; charset=utf-8" || lines != 12 || strings.Count(body, "Olli Ojala") != 12 {
		t.Errorf("%s: %d rows\n%s", res.Header.Get("Content-Type"), lines, body)
	}
	b.shows(body, "A-17", "Palvelusetelipäätös", "Virtanen Aino", "Kotihoito")
	if _, res = b.get("/fi/decisions/file.csv?from=31.2.2026"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a day that is none: %d", res.StatusCode)
	}
}
