package admission_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"

	"seteli/core/calendar"
	"seteli/domain/admission"
	"seteli/domain/admission/admissiontest"
	"seteli/domain/rulebook"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

func TestConditionsAreConfirmedJudgedAndCheckedInTheBrowser(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	w.Book = w.Publish(admissiontest.Today, rulebook.Criterion{Names: i18n.Names{Fi: "Yritys on Soteri-rekisterissä", Sv: "Företaget finns i Soteri", En: "The company is in Soteri"}, Evidence: true, Recheck: 12},
		rulebook.Criterion{Names: i18n.Names{Fi: "Palvelua saa suomeksi"}})
	a := w.Filled()
	company, handler := open(t, w, w.Signer), open(t, w, w.Handler)
	task := "/fi" + "/applications/" + num(int64(w.Org.ID)) + "/" + num(a.ID)
	if page := company.get(task); !strings.Contains(page.text("main"), "Hyväksymisen ehdot") || !strings.Contains(page.text("main"), "Vahvista hyväksymisen ehto") {
		t.Error("the task list does not ask for the conditions")
	}
	page := company.get(task + "/criteria")
	form := url.Values{"version": {page.value("version")}, "confirm-0": {"yes"}}
	if got := company.post(task+"/criteria", form).want(t, 422); !strings.Contains(got.text(".govuk-error-summary"), "Palvelua saa suomeksi") || !strings.Contains(got.text(".govuk-error-summary"), "Soteri") {
		t.Errorf("refused with: %s", got.text(".govuk-error-summary"))
	}
	form.Set("confirm-1", "yes")
	form.Set("evidence-0", "Soteri 12345")
	company.post(task+"/criteria", form).want(t, 303)
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) error {
		d, err := admission.Get(ctx, tx, w.Signer, w.Org.ID, a.ID)
		if err != nil {
			return err
		}
		if a, err = admission.Sign(ctx, tx, w.Signer, admissiontest.Key(d.Application)); err != nil {
			return err
		}
		a, err = admission.Take(ctx, tx, w.Handler, admissiontest.Key(a))
		return err
	}))
	dossier := "/fi/handling/applications/" + num(a.ID)
	if got := handler.get(dossier).text("main"); !strings.Contains(got, "Soteri 12345") || !strings.Contains(got, "Arvioi hyväksymisen ehdot") {
		t.Errorf("the handler reads: %s", got)
	}
	page = handler.get(dossier + "/criteria")
	form = url.Values{"version": {page.value("version")}, "met-0": {"yes"}, "met-1": {"no"}}
	handler.post(dossier+"/criteria", form).want(t, 422)
	form.Set("met-1", "yes")
	handler.post(dossier+"/criteria", form).want(t, 303)
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) error {
		d, err := admission.Get(ctx, tx, w.Handler, w.Org.ID, a.ID)
		if err != nil {
			return err
		}
		_, _, err = admission.Decide(ctx, tx, w.Decider, w.Decision(d.Application))
		return err
	}))
	w.Clock.Set(calendar.Noon(admissiontest.Today.AddMonths(11)).Now())
	list := handler.get("/fi/handling/checks")
	if !strings.Contains(list.text("main"), "Aava Keskusta") {
		t.Fatalf("the check is not listed: %s", list.text("main"))
	}
	check := href(t, list, "main td a, main th a")
	handler.post(check, url.Values{"met": {"no"}}).want(t, 422)
	handler.post(check, url.Values{"met": {"yes"}}).want(t, 303)
	if got := handler.get("/fi/handling/checks").text("main"); !strings.Contains(got, "Tarkistettavaa ei ole") {
		t.Errorf("after the check: %s", got)
	}
	for _, lang := range []string{"fi", "sv", "en"} {
		for _, path := range []string{"/handling/checks", "/handling/applications/" + num(a.ID) + "/criteria"} {
			if got := handler.get("/"+lang+path).want(t, 200); strings.Contains(got.body, "[admission.") {
				t.Errorf("%s %s has a text without words", lang, path)
			}
		}
	}
}

// href is where the first link under a selector leads.
func href(t *testing.T, a answer, selector string) string {
	t.Helper()
	n := cascadia.MustCompile(selector).MatchFirst(a.doc)
	if n == nil {
		t.Fatalf("no %s on the page", selector)
	}
	for _, at := range n.Attr {
		if at.Key == "href" {
			return at.Val
		}
	}
	t.Fatal("a link without an address")
	return ""
}
