package organiser_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"seteli/core/fault"
	"seteli/domain/organiser"
	"seteli/platform/sheet"
)

func readFile(t *testing.T, content string) ([]organiser.BudgetLine, []sheet.Skipped, error) {
	t.Helper()
	table, err := sheet.Open("budjetti.csv", strings.NewReader(content), int64(len(content)), sheet.Limits{})
	if err != nil {
		return nil, nil, err
	}
	return organiser.ReadBudgets(table, map[string]int64{"kotihoito": 7, "asuminen": 8})
}

func TestBudgetFileIsReadInThreeLanguages(t *testing.T) {
	t.Parallel()
	for _, head := range []string{"palvelu;vuosi;budjetti", "tjänst;år;anslag", "service;year;amount", "Palvelun tunnus;VUOSI;Määräraha"} {
		lines, skipped, err := readFile(t, head+"\nkotihoito;2027;1200000,50\nasuminen;2027;5\nYhteensä;;1200005,50\n")
		want := "[{2 7 2027 1200000.50} {3 8 2027 5.00}]"
		if got := fmt.Sprint(lines); err != nil || got != want || len(skipped) != 1 {
			t.Errorf("%s: %s, want %s, skipped %v (%v)", head, got, want, skipped, err)
		}
	}
}

func TestBudgetFileTellsEveryFaultOfEveryLine(t *testing.T) {
	t.Parallel()
	_, _, err := readFile(t, "palvelu;vuosi;budjetti\ntuntematon;2027;1\nkotihoito;x;\nkotihoito;2027;paljon\n")
	var got []string
	for _, f := range fault.All(err) {
		got = append(got, fmt.Sprint(f.Code, "@", f.Values["row"]))
	}
	if want := "[ORG-029@2 ORG-014@3 ORG-027@3 ORG-027@4]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
	_, _, err = readFile(t, "palvelu;budjetti\nkotihoito;1\n")
	if fault.CodeOf(err) != "SHE-006" {
		t.Errorf("without the column of the year: %v", err)
	}
	_, _, err = readFile(t, "palvelu;vuosi;budjetti\nkotihoito;2027;1\nkotihoito;2027;2\n")
	if fault.CodeOf(err) != "ORG-022" {
		t.Errorf("the same service and year twice: %v", err)
	}
}

func FuzzReadBudgets(f *testing.F) {
	f.Add([]byte("palvelu;vuosi;budjetti\nkotihoito;2027;1 200,50\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		table, err := sheet.Open("x.csv", bytes.NewReader(raw), int64(len(raw)), sheet.Limits{Bytes: 1 << 16, Lines: 100})
		if err != nil {
			return
		}
		lines, _, err := organiser.ReadBudgets(table, map[string]int64{"kotihoito": 7})
		if err != nil && fault.CodeOf(err) == "" {
			t.Fatalf("refused without a code: %v", err)
		}
		for _, l := range lines {
			if err == nil && (l.Amount < 0 || l.Year < 2000 || l.Service != 7) {
				t.Fatalf("accepted %+v", l)
			}
		}
	})
}
