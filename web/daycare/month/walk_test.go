package month_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/client/household"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/domain/payment"
	"seteli/domain/settlement"
	"seteli/domain/voucher/vouchertest"
	"seteli/integration/bank"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/web/daycare/month"
	"seteli/web/daycare/unit"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

// town is a municipality of early education on 29 June 2026 with one child in the world's unit from the first of January.
type town struct {
	*vouchertest.World
	t         *testing.T
	preparer  access.Actor
	approver  access.Actor
	unit      access.Actor
	child     client.Client
	head      client.Client
	placement int64
	item      household.Item
}

var january = calendar.Day(2026, 1, 1)

func open(t *testing.T, name string) *town {
	t.Helper()
	clock := calendar.Noon(calendar.Day(2026, 6, 29))
	n := &town{World: vouchertest.New(t, postgrestest.Clock(clock)), t: t}
	staff := func(account int64, name string, role access.Role) access.Actor {
		return access.Actor{Account: account, Name: name, Role: role, Organiser: vouchertest.Organiser, SignedIn: clock.Now()}
	}
	main, second := staff(21, "Päivi Pihlajavuo", access.MainUser), staff(22, "Matti Metsola", access.MainUser)
	n.preparer, n.approver = staff(23, "Vilma Valmistelija", access.SettlementPreparer), staff(24, "Heikki Hyväksyjä", access.SettlementApprover)
	n.unit = n.Recorder(vouchertest.Provider)
	p, err := profile.Load(name)
	n.must(err)
	p.PriceNoticeDays = 20
	var r store.Rules
	n.Do(main, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(t.Context(), tx, main, store.RulesInput{Organiser: vouchertest.Organiser, Service: vouchertest.Service, Content: vouchertest.Hours, ValidFrom: january, Profile: p})
		return err
	})
	n.Do(second, func(tx *postgres.Tx) error {
		_, err := store.PublishRules(t.Context(), tx, second, vouchertest.Organiser, r.ID, r.RowVersion)
		return err
	})
	n.Do(n.Staff, func(tx *postgres.Tx) error {
		return store.TellPrice(t.Context(), tx, n.Staff, vouchertest.Organiser, store.Price{Unit: vouchertest.Unit, Option: "full_time", From: january, Over: 110000, Under: 180000})
	})
	n.Exec(`update provider set iban = 'FI2112345600000785', iban_holder = 'Hoiva Keksitty Oy'`)
	n.head, n.child = n.Client("050590-9770"), n.Client("030322A976H")
	always := calendar.Period{From: january, To: calendar.Forever}
	of := store.Of{Organiser: vouchertest.Organiser, Child: n.child.ID}
	n.Do(n.Staff, func(tx *postgres.Tx) error {
		if err := store.AddChild(t.Context(), tx, n.Staff, of); err != nil {
			return err
		}
		if _, err := store.SaveHead(t.Context(), tx, n.Staff, store.Head{Of: of, Saved: store.Saved{Period: always}, Adult: n.head.ID}); err != nil {
			return err
		}
		placed, err := store.SavePlacement(t.Context(), tx, n.Staff, store.Placement{Of: of, Saved: store.Saved{Period: always}, Unit: vouchertest.Unit, Kind: "DAYCARE", Voucher: true})
		n.placement = placed.ID
		return err
	})
	n.income(450000)
	return n
}

func (n *town) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// income records the head's only income, or changes it back to its first day.
func (n *town) income(cents money.Cents) {
	n.t.Helper()
	n.Do(n.Staff, func(tx *postgres.Tx) error {
		n.item.Kind, n.item.Per, n.item.Cents, n.item.Source = "earned", "month", cents, household.FromClient
		n.item.Period, n.item.Payer = calendar.Period{From: january, To: calendar.Forever}, "Keksitty Työ Oy"
		h, err := household.SaveItem(n.t.Context(), tx, n.Staff, household.ItemInput{Organiser: vouchertest.Organiser, Client: n.head.ID, Item: n.item})
		if err == nil {
			n.item = h.Items[0]
		}
		return err
	})
}

// send makes the decisions that wait.
func (n *town) send() (last store.Decision) {
	n.t.Helper()
	n.Do(n.Staff, func(tx *postgres.Tx) error {
		if _, err := store.Regenerate(n.t.Context(), tx, n.Staff, vouchertest.Organiser, []int64{n.child.ID}); err != nil {
			return err
		}
		list, err := store.ListDrafts(n.t.Context(), tx, n.Staff, store.DraftFilter{Organiser: vouchertest.Organiser, Most: 10})
		if err != nil {
			return err
		}
		for _, d := range list {
			made, err := store.Send(n.t.Context(), tx, n.Staff, n.Means.Texts, store.SendInput{Organiser: vouchertest.Organiser, Child: d.Child, Drafts: []int64{d.ID}, Office: "palveluohjaaja"})
			if err != nil {
				return err
			}
			if last.ID == 0 {
				last = made[0]
			}
		}
		return nil
	})
	return last
}

// pay runs the settlement to its payment file and gives the file.
func (n *town) pay(key string) (settlement.Run, string) {
	n.t.Helper()
	var run settlement.Run
	n.Do(n.preparer, func(tx *postgres.Tx) (err error) {
		run, err = settlement.Calculate(n.t.Context(), tx, n.preparer, settlement.CalculateInput{Organiser: vouchertest.Organiser, Key: key})
		return err
	})
	n.Do(n.approver, func(tx *postgres.Tx) error {
		_, err := settlement.Approve(n.t.Context(), tx, n.approver, vouchertest.Organiser, run.No)
		return err
	})
	var file payment.File
	n.Do(n.approver, func(tx *postgres.Tx) (err error) {
		file, err = payment.MakeFile(n.t.Context(), tx, n.approver, bank.Pain001{}, vouchertest.Organiser, run.No)
		return err
	})
	return run, string(file.Bytes)
}

type who struct {
	t *testing.T
	*httptest.Server
}

func (n *town) as(by access.Actor) who {
	n.t.Helper()
	words, err := i18n.Load()
	n.must(err)
	site := uitest.New(n.t, ui.Session{SignedIn: true, Actor: by}, (&month.Pages{DB: n.DB, Texts: words}).Audience(), (&unit.Pages{DB: n.DB, Texts: words}).Audience())
	return who{n.t, uitest.Serve(n.t, site)}
}

func (w who) ask(method, path string, form url.Values) (int, string, string) {
	w.t.Helper()
	r, err := http.NewRequest(method, w.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := c.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return a.StatusCode, strings.NewReplacer("\u00a0", " ", "&#43;", "+", "&#34;", `"`).Replace(string(body)), a.Header.Get("Location")
}

func (w who) see(path string, wanted ...string) string {
	w.t.Helper()
	return w.want(http.MethodGet, path, 200, nil, wanted...)
}

func (w who) post(path string, code int, form url.Values, wanted ...string) {
	w.t.Helper()
	w.want(http.MethodPost, path, code, form, wanted...)
}

func (w who) want(method, path string, code int, form url.Values, wanted ...string) string {
	w.t.Helper()
	got, body, _ := w.ask(method, path, form)
	if got != code {
		w.t.Fatalf("%s %s: %d, want %d\n%s", method, path, got, code, regexp.MustCompile(`(?s)<main.*</main>`).FindString(body))
	}
	for _, s := range wanted {
		s = strings.ReplaceAll(s, "\u00a0", " ")
		if !strings.Contains(body, s) {
			w.t.Errorf("%s %s lacks %q\n%s", method, path, s, regexp.MustCompile(`(?s)<main.*</main>`).FindString(body))
		}
	}
	return body
}

// From placement to paid month, and a changed income back in time corrected to the cent in the next one. Thresholds of 1.8.2024: a family of
// two pays 10.7 % of what exceeds 4,066 €, so 46 € of 4,500 € and 121 € of 5,200 €.
func TestFromPlacementToPaidMonthAndACorrectionToTheCent(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]money.Cents{"oulu": 96500, "tampere": 94900} { // full time, three years and older
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := open(t, name)
			preparer, provider := n.as(n.preparer), n.as(n.unit)
			o := vouchertest.Organiser
			first := n.send()
			if first.Value != value || first.Payable != value-first.OwnShare || first.OwnShare != 4600 {
				t.Fatalf("decision %+v", first)
			}
			preparer.see("/fi/finance/daycare", "tammikuu 2026", "Yhtään kuukautta ei ole suljettu")
			preparer.see("/fi/finance/daycare/close", "Sulje kuukausi", i18n.Cents("fi", first.Payable))
			preparer.post("/fi/finance/daycare/close", 303, url.Values{"month": {"2026-01"}})
			preparer.post("/fi/finance/daycare/close", 422, url.Values{"month": {"2026-03"}}, "DAY-090", "helmikuu 2026")
			statement := fmt.Sprintf("/fi/care-units/%d/statements/2026-01/%d", o, vouchertest.Unit)
			provider.see("/fi/care-units", "Odottaa hyväksyntääsi", "tammikuu 2026")
			provider.see(statement, i18n.Cents("fi", first.Payable), "Koko tammikuu 2026", "Hyväksy tilitys", "6.7.2026")
			provider.post(statement, 303, nil)
			run, file := n.pay("2026-05")
			if run.Pay != first.Payable || !strings.Contains(file, fmt.Sprintf("%d.%02d</InstdAmt>", first.Payable/100, first.Payable%100)) {
				t.Errorf("the run pays %d of %d: %s", run.Pay, first.Payable, file)
			}

			n.income(520000)
			second := n.send()
			if second.OwnShare != 12100 || second.Payable != value-12100 {
				t.Fatalf("decision %+v", second)
			}
			preparer.see("/fi/finance/daycare/close", "Aiempien kuukausien korjaukset", "Aiemman rivin takaisinotto", "Ottaa takaisin rivin 1", i18n.Cents("fi", -first.Payable))
			preparer.post("/fi/finance/daycare/close", 303, url.Values{"month": {"2026-02"}})
			statement = fmt.Sprintf("/fi/care-units/%d/statements/2026-02/%d", o, vouchertest.Unit)
			body := provider.see(statement, "Korjattu maksu aiemmalta kuulta", i18n.Cents("fi", -first.Payable), i18n.Cents("fi", 2*second.Payable-first.Payable))
			row := regexp.MustCompile(statement + `/rows/\d+`).FindString(body)
			provider.post(row, 422, url.Values{"words": {" "}}, "WEB-001")
			provider.post(row, 303, url.Values{"words": {"Miksi takaisin?"}})
			provider.see(statement, "Odottaa vastausta", "Miksi takaisin?", "maksetaan sen jälkeen")
			provider.post(statement, 303, nil)
			handler := n.as(n.Staff)
			answer := regexp.MustCompile(`/fi/daycare-objections/\d+`).FindString(handler.see("/fi/daycare-objections", "Miksi takaisin?"))
			handler.post(answer, 422, url.Values{"words": {""}}, "WEB-001")
			handler.post(answer, 303, url.Values{"words": {"Tulot muuttuivat tammikuusta alkaen."}})
			provider.see(statement, "Vastattu", "Tulot muuttuivat tammikuusta alkaen.")
			preparer.see("/fi/finance/daycare/months/2026-02", "Tuottaja hyväksyi")
			run, file = n.pay("2026-06")
			want := 2*second.Payable - first.Payable
			if run.Pay != want || !strings.Contains(file, fmt.Sprintf("%d.%02d</InstdAmt>", want/100, want%100)) {
				t.Errorf("the run pays %d, want %d", run.Pay, want)
			}
			n.papers(provider, statement)
			n.fileOf(preparer, want)
			n.Exec(`insert into daycare_decision (organiser_id, value_decision_id, child_id, person_id, unit_id, provider_id, valid_from, valid_to, value_cents, own_cents, payable_cents, sha256, decision_id, sent_at, sent_by)
				select organiser_id, value_decision_id + 1000, child_id, person_id, unit_id, provider_id, valid_from, valid_to, value_cents, own_cents, payable_cents, sha256, decision_id, sent_at, sent_by
				from daycare_decision where value_decision_id = $1`, second.ID)
			seen := n.Count(`select count(*) from access_log where name = $1`, n.preparer.Name)
			body = preparer.want(http.MethodGet, "/fi/finance/daycare/close", 422, nil, "DAY-092", "Yhdellä lapsella on kaksi voimassa olevaa päätöstä", "Lapset, joilla on kaksi päätöstä", "Virtanen Aino", "Pyydä palveluohjaajaa")
			if strings.Contains(body, "Sulje kuukausi") || n.Count(`select count(*) from access_log where name = $1`, n.preparer.Name) != seen+1 {
				t.Error("a month with a double decision can be closed, or the reading of the name is not logged")
			}
			preparer.post("/fi/finance/daycare/close", 422, url.Values{"month": {"2026-03"}}, "DAY-092", "Virtanen Aino")
			if code, _, _ := n.as(n.Recorder(vouchertest.OtherProvider)).ask(http.MethodGet, statement, nil); code != http.StatusNotFound {
				t.Errorf("another provider gets %d", code)
			}
		})
	}
}

// papers of the statement agree with the page.
func (n *town) papers(provider who, statement string) {
	n.t.Helper()
	_, table, _ := provider.ask(http.MethodGet, statement+"/csv", nil)
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(table, "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 4 || !strings.Contains(table, "Miksi takaisin?") {
		n.t.Errorf("%v, csv %q", err, table)
	}
	got, pdf, _ := provider.ask(http.MethodGet, statement+"/pdf", nil)
	if got != 200 || !bytes.HasPrefix([]byte(pdf), []byte("%PDF-")) {
		n.t.Errorf("pdf: %d", got)
	}
}

// fileOf is the whole month as a table, for the municipality's own systems: the same sum as the page and the payment.
func (n *town) fileOf(preparer who, want money.Cents) {
	n.t.Helper()
	const month = "/fi/finance/daycare/months/2026-02"
	preparer.see(month, month+"/rows.csv")
	_, table, _ := preparer.ask(http.MethodGet, month+"/rows.csv", nil)
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(table, "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 4 || rows[1][2] != "refund" || rows[2][2] != "correction" || rows[3][2] != "ordinary" {
		n.t.Fatalf("%v, csv %q", err, table)
	}
	sum := 0
	for _, row := range rows[1:] {
		var cents int
		fmt.Sscan(row[len(row)-1], &cents)
		sum += cents
	}
	if sum != int(want) {
		n.t.Errorf("rows of %d, want %d: %q", sum, want, table)
	}
	if code, _, _ := preparer.ask(http.MethodGet, "/fi/finance/daycare/months/2031-02/rows.csv", nil); code != http.StatusNotFound {
		n.t.Errorf("a month that is not closed: %d", code)
	}
}

// What a unit tells of its children: prices held against the model, notice and absences, each wrong input with its reason and nothing lost.
func TestUnitTellsPricesNoticeAndAbsences(t *testing.T) {
	t.Parallel()
	n := open(t, "espoo") // surcharge of at most 50 €
	n.send()
	provider := n.as(n.unit)
	home := fmt.Sprintf("/fi/care-units/%d", vouchertest.Organiser)
	price := fmt.Sprintf("%s/prices/%d", home, vouchertest.Unit)
	provider.see(home+"/prices", "enintään 50,00 € kuukaudessa")
	provider.post(price, 422, url.Values{"option": {"full_time"}, "from": {"1.8.2026"}, "surcharge": {"50,01"}}, "DAY-006", "50,00 €", `value="50,01"`)
	provider.post(price, 422, url.Values{"option": {"full_time"}, "from": {"1.6.2026"}, "surcharge": {"40"}}, "DAY-097")
	provider.post(price, 422, url.Values{"option": {"full_time"}, "from": {"18.7.2026"}, "surcharge": {"40"}}, "DAY-102", "19.7.2026", `value="40"`)
	provider.see(price, "vähintään 20 päivää ennen", "19.7.2026")
	provider.post(price, 303, url.Values{"option": {"full_time"}, "from": {"1.8.2026"}, "surcharge": {"40"}})
	provider.see(home+"/prices", "vähintään 20 päivää ennen", "40,00 €", "1.8.2026")

	child := fmt.Sprintf("%s/children/%d", home, n.placement)
	provider.see(home+"/children", "Virtanen Aino", "Hoidossa")
	provider.see(home+"/children?q=meikäläinen", "Haulla ei löytynyt lapsia")
	provider.see(child, "Ilmoita irtisanominen", "Ei poissaoloja", "Milloin poissaolo päättää setelin?")
	provider.post(child+"/absence", 422, url.Values{"kind": {"sick"}, "from": {"1.6.2026"}, "last": {"29.5.2026"}}, "DAY-145", `value="29.5.2026"`)
	provider.post(child+"/absence", 303, url.Values{"kind": {"leave"}, "from": {"1.4.2026"}, "last": {"12.6.2026"}})
	body := provider.see(child, "Loma", "Kunta ratkaisee, päättyykö seteli")
	n.as(n.Staff).see("/fi/daycare-absences", "Virtanen Aino", "Raja ylittyy")
	remove := regexp.MustCompile(child + `/absences/\d+/remove`).FindString(body)
	provider.post(remove, 303, url.Values{"version": {"1"}})
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(provider.see(child + "/notice"))[1]
	provider.post(child+"/notice", 422, url.Values{"version": {version}, "on": {"1.7.2026"}, "last": {"31.7.2026"}}, "DAY-142", `value="1.7.2026"`)
	provider.post(child+"/notice", 422, url.Values{"version": {version}, "on": {"22.6.2026"}, "last": {"21.6.2026"}}, "DAY-143")
	provider.post(child+"/notice", 422, url.Values{"version": {"77"}, "on": {"22.6.2026"}, "last": {"31.7.2026"}}, "DAY-071")
	provider.post(child+"/notice", 303, url.Values{"version": {version}, "on": {"22.6.2026"}, "last": {"31.7.2026"}})
	provider.see(child, "Irtisanottu 22.6.2026, viimeinen hoitopäivä 31.7.2026")
	for _, path := range []string{"", "/absence", "/notice"} {
		if code, _, _ := n.as(n.Recorder(vouchertest.OtherProvider)).ask(http.MethodGet, child+path, nil); code != http.StatusNotFound {
			t.Errorf("another provider gets %d of %q", code, path)
		}
	}
	for _, lang := range []string{"sv", "en"} {
		provider.see("/" + lang + strings.TrimPrefix(child, "/fi"))
	}
}
