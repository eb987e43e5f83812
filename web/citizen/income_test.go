package citizen_test

import (
	"net/url"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/domain/client/household"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

func TestClientSeesOwnIncomeAndTellsOfAChange(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	ever := calendar.Period{From: calendar.Day(2026, 1, 1), To: calendar.Forever}
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		h, err := household.SaveMember(t.Context(), tx, world.Staff, world.Keys, household.MemberInput{Organiser: w.Organiser, Client: world.Aino.ID, LastName: "Virtanen",
			FirstNames: "Eino", BirthDate: calendar.Day(1948, 3, 2), Role: household.Spouse, Period: ever})
		if err != nil {
			return err
		}
		for _, i := range []household.Item{{Kind: "pension", Cents: 145_000}, {Kind: "pension", Cents: 777_700, Member: h.Members[0].ID}} {
			i.Per, i.Period, i.Source = "month", ever, household.FromKela
			if _, err := household.SaveItem(t.Context(), tx, world.Staff, household.ItemInput{Organiser: w.Organiser, Client: world.Aino.ID, Item: i}); err != nil {
				return err
			}
		}
		return nil
	})
	server := serve(t, world, world.Self(world.Aino))
	if status, body := ask(t, server, "GET", "/fi/my", nil); status != 200 || !strings.Contains(body, "/fi/my/income") {
		t.Errorf("nothing leads to the income: %d", status)
	}
	status, body := ask(t, server, "GET", "/fi/my/income", nil)
	if status != 200 || !strings.Contains(body, "1\u00a0450,00") || !strings.Contains(body, "kuukaudessa") || !strings.Contains(body, "/fi/my/income/report?organiser=1") {
		t.Fatalf("income: %d", status)
	}
	if strings.Contains(body, "7\u00a0777,00") || strings.Contains(body, "Eino") {
		t.Error("the spouse's income is shown to the client")
	}
	if status, body = ask(t, server, "POST", "/fi/my/income/report", url.Values{"organiser": {"1"}, "from": {"1.12.2026"}}); status != 422 || !strings.Contains(body, "f-words-error") || !strings.Contains(body, `value="1.12.2026"`) {
		t.Errorf("a report without words: %d", status)
	}
	if status, body = ask(t, server, "POST", "/fi/my/income/report", url.Values{"organiser": {"1"}, "from": {"1.12.2026"}, "words": {"Jään osa-aikaeläkkeelle."}}); status != 200 || !strings.Contains(body, "Jään osa-aikaeläkkeelle.") {
		t.Errorf("a report: %d", status)
	}
	for _, lang := range []string{"sv", "en"} {
		for _, path := range []string{"", "/report"} {
			if status, body := ask(t, server, "GET", "/"+lang+"/my/income"+path, nil); status != 200 || strings.Contains(body, "[household.") {
				t.Errorf("%s %s: %d", lang, path, status)
			}
		}
	}
	stranger := serve(t, world, world.Self(world.Client("020260-998K")))
	if status, body := ask(t, stranger, "GET", "/fi/my/income", nil); status != 200 || strings.Contains(body, "1\u00a0450,00") {
		t.Errorf("another client sees the income: %d", status)
	}
	if status, _ := ask(t, stranger, "POST", "/fi/my/income/report", url.Values{"organiser": {"2"}, "from": {"1.12.2026"}, "words": {"x"}}); status != 404 {
		t.Errorf("a report to an organiser whose client one is not: %d", status)
	}
}
