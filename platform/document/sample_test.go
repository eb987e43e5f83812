package document

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"seteli/core/calendar"
	"seteli/platform/i18n"
)

// catalogue reads this package's own texts, as the program does for all of them.
type catalogue map[string]map[string]string

func (c catalogue) Text(lang i18n.Lang, key string, args map[string]any) string {
	s := c[key][string(lang)]
	for name, v := range args {
		s = strings.ReplaceAll(s, "{"+name+"}", strings.TrimSpace(jsonText(v)))
	}
	return s
}

func jsonText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, _ := json.Marshal(v)
	return string(b)
}

var _ Words = (*i18n.Catalogue)(nil)

func words(t testing.TB) catalogue {
	t.Helper()
	raw, err := os.ReadFile("../i18n/texts/document.json")
	if err != nil {
		t.Fatal(err)
	}
	c := catalogue{}
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// decision is a letter with every kind of block; all people and places are invented.
func decision() Letter {
	return Letter{
		Lang: "fi", Title: "Päätös varhaiskasvatuksen palvelusetelistä", Sender: "Mallilan kaupunki", SenderUnit: "Varhaiskasvatus",
		Recipient: []string{"Virtanen Maija", "Torikatu 12 A 3", "90100 MALLILA"}, Date: calendar.Day(2026, 6, 2), Number: "MAL/2026/1234",
		Blocks: []Block{
			Summary{Paragraphs: []Paragraph{
				{Runs: []Run{{Text: "Olet saanut palvelusetelin. Setelin arvo on "}, {Text: "712,00 euroa", Bold: true}, {Text: " kuukaudessa. Mallilan kaupunki maksaa sen päiväkodille. Sinä maksat päiväkodille "}, {Text: "238,00 euroa", Bold: true}, {Text: " kuukaudessa."}}},
				Plain("Seteli alkaa 1.8.2026. Varaa paikka päiväkodista ennen sitä."),
			}},
			Heading{2, "Miksi juuri tämä summa?"},
			Trace{Caption: "Setelin arvon laskelma", Lines: []TraceLine{
				{Label: "Setelin enimmäisarvo", Formula: "3–5-vuotias, yli 25 h/viikko", Source: "Kaupunginhallitus 12.5.2026, 88 §", Amount: "950,00 €"},
				{Label: "Omavastuu", Formula: "(5 180 − 2 953) × 10,7 % = 238,29, pyöristys täysiin euroihin", Source: "Laki 1503/2016, 8 §", Amount: "−238,00 €"},
				{Label: "Setelin arvo kuukaudessa", Amount: "712,00 €", Sum: true},
			}},
			Heading{3, "Mitä jos tulosi muuttuvat?"},
			Paragraph{Runs: []Run{{Text: "Ilmoita uusista tuloista "}, {Text: "palveluseteli.mallila.example", Link: "https://palveluseteli.mallila.example/tulot"}, {Text: ". Seteli lasketaan uudelleen, jos tulot muuttuvat vähintään 10 %. "}, {Text: "Du får beslutet på svenska om du vill.", Lang: "sv"}}},
			Heading{2, "Näin käytät seteliä"},
			List{Numbered: true, Items: []Paragraph{Plain("Valitse päiväkoti hyväksyttyjen tuottajien luettelosta."), Plain("Sovi aloituksesta päiväkodin kanssa."), Plain("Ilmoita valinta meille. Sen jälkeen maksat päiväkodille vain omavastuun.")}},
			Appeal{Blocks: []Block{
				Paragraph{Runs: []Run{{Text: "Voit vaatia tähän päätökseen oikaisua 30 päivän kuluessa tiedoksisaannista. Vaatimus lähetetään osoitteeseen "}, {Text: "kirjaamo@mallila.example", Link: "mailto:kirjaamo@mallila.example"}, {Text: "."}}},
			}},
			Provisions{Items: []Paragraph{Plain("Laki varhaiskasvatuksen asiakasmaksuista (1503/2016)"), Plain("Laki sosiaali- ja terveydenhuollon palvelusetelistä (569/2009)")}},
			Signature{Name: "Liisa Esimerkki", Office: "palveluohjaaja", Note: "Päätös on allekirjoitettu sähköisesti."},
		},
		Attachments: []Attachment{{Name: "laskelma.json", Type: "application/json", Description: "Laskelman vaiheet", Data: []byte(`[{"key":"value"}]`)}},
	}
}

// long is a letter of several pages with a table that goes over a page end.
func long() Letter {
	l := decision()
	table := Table{Caption: "Palvelutapahtumat", Columns: []Column{{Title: "Päivä"}, {Title: "Palvelu"}, {Title: "Tunnit", Numeric: true}, {Title: "Hinta", Numeric: true}}}
	for range 70 {
		table.Rows = append(table.Rows, Row{Cells: Cells("1.8.2026", "Kotihoidon säännöllinen palvelu arkisin", "2,50", "103,75 €")})
	}
	table.Rows = append(table.Rows, Row{Cells: Cells("Yhteensä", "", "175,00", "7 262,50 €"), Sum: true})
	l.Blocks = append(l.Blocks[:6:6], append([]Block{Heading{2, "Erittely"}, table}, l.Blocks[6:]...)...)
	return l
}

var update = flag.Bool("update", false, "write the golden files anew")

// The page and the message are compared with files that were read by people.
func TestPageAndMessageAreAsRead(t *testing.T) {
	t.Parallel()
	page, err := HTML(decision(), words(t))
	if err != nil {
		t.Fatal(err)
	}
	message, err := Text(decision(), words(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"decision.html": string(page), "decision.txt": message} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s differs (-want +got):\n%s", name, diff)
		}
	}
}

func TestMarkupInValuesIsShownNotObeyed(t *testing.T) {
	t.Parallel()
	l := decision()
	l.Title = `<script>alert("x")</script> 100 % %s`
	l.Recipient = []string{"<b>Virtanen</b>"}
	page, err := HTML(l, words(t))
	if err != nil {
		t.Fatal(err)
	}
	if s := string(page); strings.Contains(s, "<script") || strings.Contains(s, "<b>") || strings.Contains(s, "%!") || !strings.Contains(s, "100 % %s") {
		t.Errorf("got %s", s)
	}
}

func TestPartOfAPageLeavesTheTitleToThePage(t *testing.T) {
	t.Parallel()
	whole, err := HTML(decision(), words(t))
	if err != nil {
		t.Fatal(err)
	}
	part, err := Part(decision(), words(t))
	if err != nil {
		t.Fatal(err)
	}
	lowered := string(StoredPart(string(whole)))
	if string(part) != lowered || strings.Contains(string(part), "<h1") {
		t.Errorf("the part is not the letter one level lower: %s", cmp.Diff(lowered, string(part)))
	}
}

func TestTheMarkStandsInTheHeadOfEveryForm(t *testing.T) {
	t.Parallel()
	l := decision()
	l.Mark = "Salassa pidettävä"
	page, err := HTML(l, words(t))
	if err != nil {
		t.Fatal(err)
	}
	text, err := Text(l, words(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"page": string(page), "text": text} {
		if at := strings.Index(got, l.Mark); at < 0 || at > strings.Index(got, "Virtanen") {
			t.Errorf("%s: the mark stands at %d", name, at)
		}
	}
}
