package finance_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"seteli/domain/settlement/settlementtest"
)

var companyLink = regexp.MustCompile(`/fi(/finance/suppliers/\d+)`)

func TestPreparerGivesASupplierNumberAndAHold(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	w.Event(w.Payees(1)[0], 12_345)
	preparer, approver := serve(t, w, w.Preparer), serve(t, w, w.Approver())
	_, list, _ := preparer.ask("GET", "/fi/finance/suppliers", nil)
	found := companyLink.FindStringSubmatch(list)
	if found == nil {
		t.Fatal("no company is listed")
	}
	path := found[1]
	if code, body, _ := approver.ask("GET", "/fi/finance/suppliers", nil); code != 200 || companyLink.MatchString(body) {
		t.Errorf("the approver's list: %d", code)
	}
	if code, _, _ := approver.ask("GET", "/fi"+path, nil); code != 403 {
		t.Errorf("the approver may change a payee: %d", code)
	}
	form := url.Values{"version": {"0"}, "supplier_number": {"100417"}, "payment_term_days": {"91"}, "hold_reason": {"Selvitys on kesken"}}
	if code, body, _ := preparer.ask("POST", "/fi"+path, form); code != 422 || !strings.Contains(body, "Selvitys on kesken") {
		t.Errorf("a term of 91 days: %d", code)
	}
	form.Set("payment_term_days", "21")
	if code, _, _ := preparer.ask("POST", "/fi"+path, form); code != 303 {
		t.Errorf("saving: %d", code)
	}
	for _, lang := range []string{"fi", "sv", "en"} {
		if _, body, _ := preparer.ask("GET", "/"+lang+"/finance/suppliers", nil); !strings.Contains(body, "100417") || !strings.Contains(body, "Selvitys on kesken") {
			t.Errorf("%s: the list lacks what was saved", lang)
		}
	}
	form.Set("hold_reason", "Toisen kirjoittama syy") // seen before the first was saved
	code, body, _ := preparer.ask("POST", "/fi"+path, form)
	if code != 422 || !strings.Contains(body, "Toisen kirjoittama syy") || strings.Contains(body, `name="version" value="0"`) {
		t.Errorf("an overtaken form: %d", code)
	}
	if code, _, _ := preparer.ask("GET", fmt.Sprintf("/fi/finance/suppliers/%d", 1<<40), nil); code != 404 {
		t.Errorf("an unknown company: %d", code)
	}
}
