package document

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"seteli/core/fault"
	"seteli/platform/document/pdfcheck"
)

func TestPDFKeepsEveryRuleOfTheChecker(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]Letter{"one page": decision(), "five pages": long()} {
		b, err := PDF(l, words(t))
		if err != nil {
			t.Fatal(err)
		}
		findings, err := pdfcheck.Check(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			t.Errorf("%s: %v", name, f)
		}
	}
}

// Each planted fault must be found under its own rule: a checker that finds nothing proves nothing.
func TestCheckerFindsPlantedFaults(t *testing.T) {
	t.Parallel()
	sound, err := render(decision(), words(t), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ rule, old, new string }{
		{"marked", "/Marked true", "/Marked false"},
		{"lang", "/Lang<6669>", "/Long<6669>"},
		{"doc-title", "/DisplayDocTitle true", "/DisplayDocTitle false"},
		{"ua-claim", "<pdfuaid:part>1<", "<pdfuaid:part>9<"},
		{"a-claim", "<pdfaid:part>3<", "<pdfaid:part>7<"},
		{"xmp-lang", "<dc:language>", "<dc:longuage>"},
		{"xmp-title", "<dc:title>", "<dc:tittle"},
		{"info-title", "<</Title<", "<</Tutle<"},
		{"id", "/ID[", "/IX["},
		{"output-intent", "/OutputIntents", "/OutputIntends"},
		{"output-intent", "acsp", "acsq"},
		{"struct-parents", "/StructParents 0", "/StructPorents 0"},
		{"tabs", "/Tabs/S", "/Tabs/R"},
		{"struct-tree", "/StructTreeRoot ", "/StructTrunkRoot "},
		{"parent-tree", "/ParentTree ", "/ParentTrunk "},
		{"parent-next-key", "/ParentTreeNextKey 4", "/ParentTreeNextKey 3"},
		{"element-parent", "/S/H1/P ", "/S/H1/P 1 0 R/Q "},
		{"one-title", "/S/H1", "/S/H2"},
		{"heading-gap", "/S/H2", "/S/H4"},
		{"nesting", "/S/LBody", "/S/LBoxy"},
		{"nesting", "/S/THead", "/S/Sect "},
		{"th-scope", "/Scope/Row", "/Skope/Row"},
		{"table-even", "/S/TBody", "/S/TBody/K[]/X"},
		{"list-numbering", "/ListNumbering", "/ListNumbaring"},
		{"figure-alt", "/S/Caption", "/S/Figure"},
		{"content-twice", "/MCID 1>>\n", "/MCID 1>>\n"},
		{"content-missing", "/MCID 3>> BDC", "/MCID 2>> BDC"},
		{"content-id", "/H1 <</MCID", "/H1 <</MKID"},
		{"content-orphan", "/H1 <</MCID 7", "/H1 <</MCID 997"},
		{"content-kind", "/H1 <</MCID", "/H2 <</MCID"},
		{"content-nested", "EMC\n", "   \n"},
		{"content-even", "BT /F1", "   /F1"},
		{"untagged", "/Artifact BMC\n", "\n"},
		{"link-contents", "/Contents<FEFF", "/Cantents<FEFF"},
		{"link-parent", "/StructParent 2", "/StructParent 3"},
		{"link-object", "/Type/OBJR", "/Type/OBJX"},
		{"link-element", "/S/Link", "/S/Span"},
		{"link-print", "/F 4/", "/F 2/"},
		{"to-unicode", "/ToUnicode", "/ToUnikode"},
		{"to-unicode", "<0002> <", "<0F02> <"},
		{"font-embedded", "/FontFile2", "/FontFile9"},
		{"font-widths", "/CIDToGIDMap/Identity", "/CIDToGIDMap/Identitx"},
		{"notdef", " Td <0", " Td <00000"},
		{"attachment", "/AFRelationship", "/AFRelatianship"},
		{"attachment", "/AF[", "/AX["},
	} {
		planted := bytes.Replace(sound, []byte(c.old), []byte(c.new), 1)
		switch c.rule {
		case "content-twice": // two elements claim one content
			planted = bytes.Replace(sound, []byte("/MCID 1>>]"), []byte("/MCID 0>>]"), 1)
		case "table-even": // a row loses its first cell
			planted = dropFirstCell(t, sound)
		}
		if bytes.Equal(planted, sound) {
			t.Errorf("%s: nothing to plant at %q", c.rule, c.old)
			continue
		}
		findings, err := pdfcheck.Check(planted)
		if err != nil {
			t.Errorf("%s: %v", c.rule, err)
			continue
		}
		found := false
		for _, f := range findings {
			found = found || f.Rule == c.rule
		}
		if !found {
			t.Errorf("%s (%q → %q) was not found; found %v", c.rule, c.old, c.new, findings)
		}
	}
}

func dropFirstCell(t *testing.T, b []byte) []byte {
	t.Helper()
	at := bytes.LastIndex(b, []byte("/S/TR/P "))
	open := at + bytes.IndexByte(b[at:], '[') + 1
	end := open + bytes.Index(b[open:], []byte("R "))
	return append(append(append([]byte(nil), b[:open]...), bytes.Repeat([]byte(" "), end-open+1)...), b[end+1:]...)
}

func TestSameLetterGivesSameBytes(t *testing.T) {
	t.Parallel()
	one, err := PDF(long(), words(t))
	if err != nil {
		t.Fatal(err)
	}
	two, err := PDF(long(), words(t))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, two) {
		t.Error("two renderings of one letter differ")
	}
}

func TestMissingGlyphIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	l := decision()
	l.Blocks = append(l.Blocks, Plain("Hyvää päivää 漢"))
	_, err := PDF(l, words(t))
	if fault.CodeOf(err) != "DOC-001" || !strings.Contains(fault.All(err)[0].Values["char"].(string), "漢") {
		t.Errorf("got %v", err)
	}
}

func TestCheckTellsAllFaultsOfALetter(t *testing.T) {
	t.Parallel()
	l := decision()
	l.Title = ""
	l.Recipient = make([]string, 7)
	l.Blocks = []Block{Heading{3, "Liian syvällä"}, Table{Caption: "x", Columns: []Column{{Title: "a"}}, Rows: []Row{{Cells: Cells("1", "2")}}},
		Paragraph{Runs: []Run{{Text: "linkki", Link: "javascript:alert(1)"}}}}
	l.Attachments = []Attachment{{Name: "../x"}}
	var codes []string
	for _, f := range fault.All(l.Check()) {
		codes = append(codes, f.Code)
	}
	if got := strings.Join(codes, " "); got != "DOC-002 DOC-006 DOC-003 DOC-004 DOC-005 DOC-007" {
		t.Errorf("got %s", got)
	}
}

// program gives the path of an outside program: without it the test is skipped on a laptop and fails in CI.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing in CI", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

func TestOutsideProgramsReadTheFile(t *testing.T) {
	t.Parallel()
	b, err := PDF(long(), words(t))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "letter.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program(t, "qpdf"), "--check", path).CombinedOutput(); err != nil || bytes.Contains(out, []byte("WARNING")) {
		t.Errorf("qpdf: %v\n%s", err, out)
	}
	out, err := exec.Command(program(t, "pdfinfo"), "-struct-text", path).Output()
	if err != nil {
		t.Fatalf("pdfinfo: %v", err)
	}
	for _, need := range []string{"H1 (block)", `"Päätös varhaiskasvatuksen palvelusetelistä"`, "Caption", "/Scope /Column", "LBody", "Link", `"7 262,50 €"`} {
		if !strings.Contains(strings.ReplaceAll(string(out), "\u00a0", " "), need) {
			t.Errorf("pdfinfo does not show %q", need)
		}
	}
	if strings.Count(string(out), `"Tunnit"`) != 1 {
		t.Error("the repeated heading row is read aloud again")
	}
	fonts, err := exec.Command(program(t, "pdffonts"), path).Output()
	if err != nil || strings.Count(string(fonts), "yes yes yes") != 2 {
		t.Errorf("pdffonts: %v\n%s", err, fonts)
	}
}

func BenchmarkPDF(b *testing.B) {
	w := words(b)
	for b.Loop() {
		if _, err := PDF(decision(), w); err != nil {
			b.Fatal(err)
		}
	}
}
