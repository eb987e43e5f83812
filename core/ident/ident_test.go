package ident_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/ident"
)

func TestHetuIsNeverPrintedWhole(t *testing.T) {
	t.Parallel()
	const code = "010185-901E"
	h, err := ident.ParseHetu(code)
	if err != nil {
		t.Fatal(err)
	}
	around := struct {
		Exported ident.Hetu
		hidden   ident.Hetu
		pointer  *ident.Hetu
	}{h, h, &h}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%T", "%10s"} {
		_, _ = fmt.Fprintf(&out, verb+verb+verb, h, &h, around)
		if got := fmt.Sprintf(verb, h); verb != "%T" && got != h.Masked() {
			t.Errorf("%s prints %s", verb, got)
		}
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "h", h, "a", around, "p", &h)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "h", h, "a", around, "p", &h)
	if err := json.NewEncoder(&out).Encode(map[string]any{"h": h, "a": around}); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{code, "901E", fmt.Sprintf("%x", "901E")} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%q is printed in %s", secret, out.String())
		}
	}
	if h.Masked() != "010185-••••" || h.Reveal() != code {
		t.Errorf("masked %s, revealed %s", h.Masked(), h.Reveal())
	}
}

func TestHetuCenturySignIsPartOfIdentity(t *testing.T) {
	t.Parallel()
	a, errA := ident.ParseHetu("100190-999P")
	b, errB := ident.ParseHetu("100190Y999P")
	if errA != nil || errB != nil || a == b || a.Reveal() == b.Reveal() {
		t.Fatalf("%v %v: two people became one", errA, errB)
	}
}

func TestFaultsTellApart(t *testing.T) {
	t.Parallel()
	parse := map[string]func(string) error{
		"hetu":      func(s string) error { _, err := ident.ParseHetu(s); return err },
		"business":  func(s string) error { _, err := ident.ParseBusinessID(s); return err },
		"vat":       func(s string) error { _, err := ident.ParseVAT(s); return err },
		"ovt":       func(s string) error { _, err := ident.ParseOVT(s); return err },
		"iban":      func(s string) error { _, err := ident.ParseIBAN(s); return err },
		"reference": func(s string) error { _, err := ident.ParseReference(s); return err },
		"rf":        func(s string) error { _, err := ident.ParseRF(s); return err },
		"oid":       func(s string) error { _, err := ident.ParseOID(s); return err },
		"area":      func(s string) error { _, err := ident.ParseMunicipality(s); return err },
		"county":    func(s string) error { _, err := ident.ParseCounty(s); return err },
		"voucher":   func(s string) error { _, err := ident.ParseVoucherNumber(s); return err },
	}
	for _, c := range []struct{ kind, input, code, field string }{
		{"hetu", "010185901E", "IDE-001", "hetu"},
		{"hetu", "300290-9018", "IDE-002", "hetu"},
		{"hetu", "010185-9010", "IDE-003", "hetu"},
		{"hetu", "010185–901E", "IDE-004", "hetu"},
		{"hetu", "010185-001D", "IDE-005", "hetu"},
		{"hetu", "010185Z901E", "IDE-006", "hetu"},
		{"hetu", "010185-90ſE", "IDE-001", "hetu"},
		{"business", "2345678", "IDE-011", "business_id"},
		{"business", "1234567-8", "IDE-012", "business_id"},
		{"business", "2345678–0", "IDE-013", "business_id"},
		{"business", "FI23456780", "IDE-014", "business_id"},
		{"vat", "2345678-0", "IDE-015", "vat_number"},
		{"vat", "FI12345678", "IDE-012", "vat_number"},
		{"ovt", "00362345678", "IDE-016", "ovt"},
		{"iban", "FI21-1234", "IDE-021", "iban"},
		{"iban", "FI211234560000078", "IDE-022", "iban"},
		{"iban", "FI2112345600000786", "IDE-023", "iban"},
		{"reference", "12A", "IDE-031", "reference"},
		{"reference", "1234562", "IDE-032", "reference"},
		{"rf", "18539007547034", "IDE-033", "reference"},
		{"rf", "RF18539007547035", "IDE-034", "reference"},
		{"oid", "1.2.246..10", "IDE-041", "oid"},
		{"oid", "1.40.1", "IDE-041", "oid"},
		{"area", "5", "IDE-051", "municipality"},
		{"county", "22", "IDE-052", "county"},
		{"voucher", "TRE", "IDE-061", "voucher_number"},
		{"voucher", "TRE-7K4M-2PXO2", "IDE-062", "voucher_number"},
	} {
		t.Run(c.input, func(t *testing.T) {
			t.Parallel()
			faulttest.WantField(t, parse[c.kind](c.input), c.code, c.field)
		})
	}
}

func TestRepairIsProposed(t *testing.T) {
	t.Parallel()
	for _, input := range []string{"2345678–0", "23456780", "FI23456780", "2345678−0"} {
		_, err := ident.ParseBusinessID(input)
		if found := fault.All(err); len(found) != 1 || found[0].Values["proposal"] != "2345678-0" {
			t.Errorf("%q: %v", input, err)
		}
	}
	_, err := ident.ParseHetu("010185−901E")
	faulttest.Want(t, err, "IDE-004")
	if len(fault.All(err)[0].Values) != 0 {
		t.Error("a fault carries a personal identity code")
	}
	if h, err := ident.ParseHetu(ident.RepairDash("010185−901E")); err != nil || h.Reveal() != "010185-901E" {
		t.Errorf("repaired: %v", err)
	}
}

func TestFieldOfFaultCanBeRenamed(t *testing.T) {
	t.Parallel()
	_, err := ident.ParseIBAN("x")
	faulttest.WantField(t, fault.On(err, "payee_account"), "IDE-021", "payee_account")
}

func TestArtificialCodesStayInTestEnvironments(t *testing.T) {
	t.Parallel()
	h, err := ident.ParseHetu("010185-901E")
	if err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, h.Fits(true), "IDE-007")
	if err := h.Fits(false); err != nil {
		t.Error(err)
	}
}

func TestPrintedForms(t *testing.T) {
	t.Parallel()
	i, _ := ident.ParseIBAN("fi2112345600000785")
	r, _ := ident.ParseReference("0001234561")
	long, _ := ident.ParseReference("11111111111111111117")
	for _, c := range [][2]string{
		{i.Print(), "FI21 1234 5600 0007 85"},
		{i.Country(), "FI"},
		{r.Print(), "12 34561"},
		{long.Print(), "11111 11111 11111 11117"},
		{r.RF().Print(), "RF34 1234 561"},
		{ident.IBAN{}.Print() + ident.Reference{}.Print() + ident.RF{}.Print() + ident.VoucherNumber{}.Print(), ""},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
}

func TestOIDTellsItsOrganisation(t *testing.T) {
	t.Parallel()
	owner := business(t, "0112038-9")
	unit, err := ident.ParseOID(owner.OID().String() + ".10.17")
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := unit.BusinessID(); !ok || got != owner || !unit.Under(owner.OID()) {
		t.Errorf("unit %s belongs to %s", unit, got)
	}
	if unit.Under(business(t, "2345678-0").OID()) || unit.Under(ident.OID{}) {
		t.Error("unit stands under a stranger's root")
	}
	school, _ := ident.ParseOID("1.2.246.562.10.12345678901")
	if _, ok := school.BusinessID(); ok {
		t.Error("an education identifier has no business id")
	}
}

func TestJSONRoundTrip(t *testing.T) {
	t.Parallel()
	type all struct {
		B ident.BusinessID
		I ident.IBAN
		R ident.Reference
		F ident.RF
		O ident.OID
		V ident.OVT
		M ident.Municipality
		C ident.County
		N ident.VoucherNumber
	}
	n, err := ident.NewVoucherNumber("TRE", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := business(t, "2345678-0")
	i, _ := ident.ParseIBAN("FI2112345600000785")
	r, _ := ident.NewReference("123456")
	m, _ := ident.ParseMunicipality("837")
	c, _ := ident.ParseCounty("90")
	for _, in := range []all{{}, {b, i, r, r.RF(), b.OID(), b.OVT(), m, c, n}} {
		raw, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var out all
		if err := json.Unmarshal(raw, &out); err != nil || out != in {
			t.Errorf("%s: %v", raw, err)
		}
	}
	var out all
	if err := json.Unmarshal([]byte(`{"B":"2345678-1"}`), &out); fault.CodeOf(err) != "IDE-012" || !out.B.IsZero() {
		t.Errorf("an invalid id came in by JSON: %v", err)
	}
}

func TestSpacesDashesAndCaseOfVoucherNumbersDoNotMatter(t *testing.T) {
	t.Parallel()
	n, err := ident.NewVoucherNumber("tre", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{n.String(), n.Print(), strings.ToLower(n.Print()), strings.ReplaceAll(n.Print(), "-", " – "), " " + n.String() + "\u00a0"} {
		if got, err := ident.ParseVoucherNumber(typed); err != nil || got != n {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if n.Prefix() != "TRE" || !strings.HasSuffix(n.String(), n.Tail()) || len(n.Tail()) != 4 {
		t.Errorf("parts of %s: %s, %s", n, n.Prefix(), n.Tail())
	}
	for _, prefix := range []string{"", "A", "ABCDE", "OULU", "A1", "Ä2", "a-b"} {
		_, err := ident.NewVoucherNumber(prefix, rand.Reader)
		faulttest.Want(t, err, "IDE-064")
	}
	if _, err := ident.NewVoucherNumber("TRE", strings.NewReader("abc")); err == nil {
		t.Error("a source without enough bytes gave a number")
	}
}

// Every single wrong sign and every swap of unlike neighbours is found, at every place of the number.
func TestVoucherNumberFindsTypingErrors(t *testing.T) {
	t.Parallel()
	const signs = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.SliceOfN(rapid.Byte(), 400, 400).Draw(t, "seed")
		prefix := rapid.StringOfN(rapid.SampledFrom([]rune(signs)), 2, 4, -1).Draw(t, "prefix")
		n, err := ident.NewVoucherNumber(prefix, bytes.NewReader(append(seed, "0123456789"...)))
		if err != nil {
			t.Fatal(err)
		}
		s := n.String()
		for at := range s {
			for _, sign := range signs {
				if wrong := s[:at] + string(sign) + s[at+1:]; wrong != s {
					if _, err := ident.ParseVoucherNumber(wrong); fault.CodeOf(err) != "IDE-063" {
						t.Fatalf("%s passes for %s", wrong, s)
					}
				}
			}
			if at+1 < len(s) && s[at] != s[at+1] {
				swapped := s[:at] + s[at+1:at+2] + s[at:at+1] + s[at+2:]
				if _, err := ident.ParseVoucherNumber(swapped); fault.CodeOf(err) != "IDE-063" {
					t.Fatalf("%s passes for %s", swapped, s)
				}
			}
		}
	})
}

// One wrong digit is refused in every number with a check.
func TestOneWrongDigitIsRefused(t *testing.T) {
	t.Parallel()
	parse := map[string]func(string) error{
		"0112038-9":            func(s string) error { _, err := ident.ParseBusinessID(s); return err },
		"2345678-0":            func(s string) error { _, err := ident.ParseBusinessID(s); return err },
		"FI2112345600000785":   func(s string) error { _, err := ident.ParseIBAN(s); return err },
		"RF341234561":          func(s string) error { _, err := ident.ParseRF(s); return err },
		"2026100000429":        func(s string) error { _, err := ident.ParseReference(s); return err },
		"11111111111111111117": func(s string) error { _, err := ident.ParseReference(s); return err },
		"010180-9026":          func(s string) error { _, err := ident.ParseHetu(s); return err },
	}
	for valid, read := range parse {
		for at, old := range valid {
			if old < '0' || old > '9' {
				continue
			}
			for d := '0'; d <= '9'; d++ {
				if wrong := valid[:at] + string(d) + valid[at+1:]; wrong != valid && read(wrong) == nil {
					t.Errorf("%s passes for %s", wrong, valid)
				}
			}
		}
		if err := read(valid); err != nil {
			t.Errorf("%s: %v", valid, err)
		}
	}
}

func TestNewReferencesParse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.StringMatching(`[1-9][0-9]{2,18}`).Draw(t, "base")
		r, err := ident.NewReference(base)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ident.ParseReference(r.Print())
		if err != nil || again != r || r.Base() != base {
			t.Fatalf("%s: %v", r, err)
		}
		rf, err := ident.ParseRF(r.RF().Print())
		if err != nil {
			t.Fatal(err)
		}
		if back, ok := rf.Reference(); !ok || back != r {
			t.Fatalf("%s holds %s", rf, back)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"010185-901E", "2345678-0", "FI23456780", "FI2112345600000785", "RF341234561", "1234561",
		"1.2.246.10.23456780", "837", "TRE-7K4M-2PXWC", "0216:003723456780", "２３", "–"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if h, err := ident.ParseHetu(s); err == nil {
			if again, err := ident.ParseHetu(h.Reveal()); err != nil || again != h {
				t.Errorf("hetu does not survive a round: %v", err)
			}
		}
		stable(t, s, ident.ParseBusinessID)
		if b, err := ident.ParseVAT(s); err == nil {
			if again, err := ident.ParseBusinessID(b.String()); err != nil || again != b {
				t.Errorf("the VAT number %q is the business %s, %v", s, again, err)
			}
		}
		stable(t, s, ident.ParseOVT)
		stable(t, s, ident.ParseIBAN)
		stable(t, s, ident.ParseReference)
		stable(t, s, ident.ParseRF)
		stable(t, s, ident.ParseOID)
		stable(t, s, ident.ParseMunicipality)
		stable(t, s, ident.ParseCounty)
		stable(t, s, ident.ParseVoucherNumber)
	})
}

// stable: what is read is read again as the same value, and a refusal is a fault about a field.
func stable[T interface {
	comparable
	String() string
}](t *testing.T, s string, parse func(string) (T, error)) {
	t.Helper()
	v, err := parse(s)
	if err != nil {
		if all := fault.All(err); len(all) != 1 || all[0].Field == "" {
			t.Errorf("%q: %v is no fault about a field", s, err)
		}
		return
	}
	if again, err := parse(v.String()); err != nil || again != v {
		t.Errorf("%q: %s is read as %s, %v", s, v, again, err)
	}
}
