package onetime_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/onetime"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/document/pdfcheck"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

var update = flag.Bool("update", false, "write the golden papers anew")

func paper(t *testing.T, lang i18n.Lang, n int) (document.Letter, *i18n.Catalogue) {
	t.Helper()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	names := i18n.Names{Fi: "Rintamaveteraanien jalkojenhoito", Sv: "Fotvård för frontveteraner", En: "Foot care of war veterans"}
	sheet := onetime.Sheet{Texts: texts, Lang: lang, Sender: "Mallilan kaupunki", Address: "https://seteli.example/", Day: calendar.Day(2026, 11, 21),
		Service: catalogue.Service{Names: names, Area: names, Contents: []catalogue.Content{{ID: 7, Unit: catalogue.Visit, Names: i18n.Names{Fi: "Jalkojenhoidon käynti", Sv: "Besök för fotvård", En: "Foot care visit"}}}}}
	var list []onetime.Slip
	for i, number := range []string{"MAA22222222Z", "MAA3333333", "MAA7K4M2PXW"}[:n] {
		s := onetime.Slip{Content: 7, Quantity: money.Units(1), Value: 4200, Period: calendar.Period{From: calendar.Day(2026, 11, 21), To: calendar.Day(2027, 1, 1)}, Contact: "Olga Haavanlehto, 020 000 0000"}
		s.Number, err = ident.NewVoucherNumber("MAA", strings.NewReader(strings.Repeat(number, 8)))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 && n == 1 {
			s.Client = 1
			sheet.Client = &client.Client{Details: client.Details{LastName: "Keloranta", FirstNames: "Aino Martta", AddressLine: "Torikatu 1", Postcode: "90100", City: "MALLILA"}}
		}
		list = append(list, s)
	}
	return onetime.Paper(sheet, list), texts
}

// The paper is the same bytes for the same slip, keeps every rule of the checker, and says what the page says.
func TestThePaperIsTaggedAndTheSameEachTime(t *testing.T) {
	t.Parallel()
	for _, lang := range []i18n.Lang{i18n.FI, i18n.SV, i18n.EN} {
		l, texts := paper(t, lang, 1)
		pdf, err := document.PDF(l, texts)
		if err != nil {
			t.Fatal(err)
		}
		again, err := document.PDF(l, texts)
		if err != nil || !bytes.Equal(pdf, again) {
			t.Errorf("%s: printed twice it differs (%v)", lang, err)
		}
		findings, err := pdfcheck.Check(pdf)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			t.Errorf("%s: %v", lang, f)
		}
		page, err := document.HTML(l, texts)
		if err != nil || strings.Count(string(page), "<svg") != 1 {
			t.Errorf("%s: the page has no code (%v)", lang, err)
		}
		text, err := document.Text(l, texts)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "slip."+string(lang)+".txt", text)
		golden(t, "slip."+string(lang)+".html", string(page))
	}
}

func TestABatchIsOnePageForEachSlip(t *testing.T) {
	t.Parallel()
	l, texts := paper(t, i18n.FI, 3)
	pdf, err := document.PDF(l, texts)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := pdfcheck.Check(pdf)
	if err != nil || len(findings) > 0 {
		t.Errorf("%v %v", findings, err)
	}
	if n := bytes.Count(pdf, []byte("/Type/Page/")); n != 3 && n != 0 { // 0: the pages stand in a packed stream
		t.Errorf("%d pages", n)
	}
	if text, err := document.Text(l, texts); err != nil || strings.Count(text, "MAA-") != 3 {
		t.Errorf("numbers on the paper: %v\n%s", err, text)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs (run with -update and read the change): %s", name, d)
	}
}

func TestPhoneNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{"040 123 4567": "+358401234567", "+358 (40) 123-4567": "+358401234567", "0046 70 123 45 67": "+46701234567", "": "", "soita": "", "040": "", "1234567890": "", "+0401234567": "", "040x1234567": ""} {
		if got, ok := onetime.Phone(written); got != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", written, got, want)
		}
	}
	for text, n := range map[string]int{"": 0, "abc": 3, "åäö€": 5, "\u00a0": 1} {
		if got, _ := onetime.Signs(text); got != n {
			t.Errorf("%q takes %d places, want %d", text, got, n)
		}
	}
}

func FuzzPhoneIsAWholeNumber(f *testing.F) {
	for _, s := range []string{"040 123 4567", "+358", "00", "0\u00a0", "+٣٥٨٤٠١٢٣٤٥٦٧"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, written string) {
		got, ok := onetime.Phone(written)
		if ok != (got != "") || ok && (got[0] != '+' || strings.Trim(got[1:], "0123456789") != "" || len(got) > 16) {
			t.Errorf("%q gives %q, %v", written, got, ok)
		}
		if again, _ := onetime.Phone(got); ok && again != got {
			t.Errorf("%q read again is %q", got, again)
		}
	})
}

func TestATextMessageGoesOnlyToTheNumberThatTheClientGave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.Client()
	list, err := w.tryGive(c, w.terms(1))
	w.Must(err)
	send := func(s onetime.Slip) (out onetime.Text, err error) {
		err = w.Do(func(tx *postgres.Tx) error {
			out, err = onetime.SendText(t.Context(), tx, w.As(access.Caseworker), w.Texts, "https://seteli.example", w.Organiser(), s.ID)
			return err
		})
		return out, err
	}
	phone := func(number string) {
		w.Must(w.Do(func(tx *postgres.Tx) error {
			now, err := client.Load(t.Context(), tx, w.Organiser(), c.ID)
			if err != nil {
				return err
			}
			d := now.Details
			d.Phone = number
			_, err = client.Edit(t.Context(), tx, w.As(access.Caseworker), client.EditInput{Organiser: w.Organiser(), Client: c.ID, RowVersion: now.RowVersion, Details: d})
			return err
		}))
	}
	phone("")
	_, err = send(list[0])
	want(t, err, "ONE-020")
	phone("040 123 4567")
	got, err := send(list[0])
	w.Must(err)
	if n, ok := onetime.Signs(got.Body); !ok || n > onetime.TextLength || got.Phone != "+358401234567" || !strings.Contains(got.Body, list[0].Number.Print()) || !strings.Contains(got.Body, "https://seteli.example/") {
		t.Errorf("%d signs to %s: %s", n, got.Phone, got.Body)
	}
	if strings.Contains(got.Body, c.LastName) {
		t.Errorf("the message names the client: %s", got.Body)
	}
	if _, err := w.use(w.ask(list[0])); err != nil {
		t.Fatal(err)
	}
	if _, err := send(list[0]); fault.CodeOf(err) != "ONE-021" {
		t.Errorf("a used slip is sent: %v", err)
	}
}
