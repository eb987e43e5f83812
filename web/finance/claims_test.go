package finance_test

import (
	"net/url"
	"testing"

	"seteli/domain/settlement/settlementtest"
	"seteli/platform/access"
)

func TestDebtIsAskedBackAndItsPaymentsAreRecordedInTheBrowser(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(2)
	w.Deliver(p[0], -9_000)
	run, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	preparer, approver := serve(t, w, w.Preparer), serve(t, w, w.Approver())
	provider := serve(t, w, access.Actor{Account: 30, Name: "Saara Signatääri", Role: access.Signatory, Provider: p[0], SignedIn: w.Clock.Now()})
	other := serve(t, w, access.Actor{Account: 31, Name: "Toni Toinen", Role: access.Signatory, Provider: p[1], SignedIn: w.Clock.Now()})

	make := "/fi/finance/claims/new/1"
	preparer.see("/fi/finance/claims", "90,00 €", `href="`+make+`"`, "Takaisinperintöjä ei ole")
	due := url.Values{"due": {"15.12.2026"}, "reason": {"Yksikössä ei ole enää setelilapsia."}}
	preparer.post(make, 422, due, "PAY-037", "2026-11", "setelilapsia")
	if err := w.Approve(run.No); err != nil {
		t.Fatal(err)
	}
	preparer.post(make, 422, url.Values{"due": {"1.11.2026"}, "reason": {"x"}}, "PAY-023")
	claim := preparer.post(make, 303, due)
	keep(t, "claim.html", preparer.see(claim, "Odottaa maksua", "90,00 €", "15.12.2026", "Maksua ei ole vielä kirjattu"))
	if code, _, _ := preparer.ask("GET", make, nil); code != 404 {
		t.Errorf("the debt may be asked back again: %d", code)
	}

	provider.see("/fi/statements", "Takaisinperinnät", `href="`+claim+`"`)
	provider.see(claim, "Yksikössä ei ole enää setelilapsia.")
	if code, _, head := provider.ask("GET", claim+"/pdf", nil); code != 200 || head.Get("Content-Type") != "application/pdf" {
		t.Errorf("the letter: %d, %s", code, head.Get("Content-Type"))
	}
	for _, path := range []string{claim, claim + "/pdf"} {
		if code, _, _ := other.ask("GET", path, nil); code != 404 {
			t.Errorf("another payee reads %s: %d", path, code)
		}
	}
	if code, _, _ := provider.ask("GET", claim+"/record", nil); code != 403 && code != 404 {
		t.Errorf("the payee records: %d", code)
	}

	record := claim + "/record"
	preparer.post(record, 422, url.Values{"kind": {"repaid"}, "amount": {"90,01"}, "on": {"21.11.2026"}}, "PAY-027", "90,01")
	preparer.post(record, 422, url.Values{"kind": {"written_off"}, "on": {"21.11.2026"}, "reason": {"x"}})
	preparer.post(record, 303, url.Values{"kind": {"repaid"}, "amount": {"40"}, "on": {"21.11.2026"}})
	if _, err := w.Owner.Exec(t.Context(), `update recovery_claim set made_on = '2026-11-01', due_on = '2026-11-11'`); err != nil {
		t.Fatal(err)
	}
	preparer.see("/fi/finance/claims", "Myöhässä olevat laskut", "10 päivää", "50,00 €")
	approver.post(record, 422, url.Values{"kind": {"written_off"}, "on": {"21.11.2026"}}, "PAY-015")
	approver.post(record, 303, url.Values{"kind": {"written_off"}, "on": {"21.11.2026"}, "reason": {"Yhtiö on konkurssissa."}})
	preparer.see(claim, "Luovuttu", "40,00 €", "50,00 €", "Yhtiö on konkurssissa.")
	preparer.see("/fi/finance/claims", "Luovuttu", "Kukaan ei ole miinuksella")
	w.Verified()
}
