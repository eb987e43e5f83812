package household_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/ident"
	"seteli/domain/client/household"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// withEino is a home in which Eino lives, known by his identity code.
func withEino(t *testing.T) home {
	t.Helper()
	h := newHome(t)
	eino, err := ident.ParseHetu("020260-998K")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.member(household.MemberInput{Identity: eino, Role: household.Spouse, Period: calendar.Period{From: calendar.Day(2026, 1, 1), To: calendar.Forever}}); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h home) rows(text string) ([]household.IncomeRow, []household.BadRow) {
	h.t.Helper()
	rows, bad, err := household.ReadFile("tulot.csv", strings.NewReader(text), int64(len(text)), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return rows, bad
}

func (h home) bring(by access.Actor, rows []household.IncomeRow) (receipt household.Receipt, plan household.Plan, err error) {
	err = h.Try(by, func(tx *postgres.Tx) (err error) {
		receipt, plan, err = household.Import(h.t.Context(), tx, by, h.Keys, w.Organiser, rows)
		return err
	})
	return receipt, plan, err
}

const head = "henkilötunnus;tulonsaajan henkilötunnus;laji;summa;summa on;ensimmäinen päivä;viimeinen päivä;lähde;maksaja\n"

// told writes a plan as a person would read it.
func told(texts *i18n.Catalogue, plan household.Plan, bad []household.BadRow) string {
	var b strings.Builder
	for _, x := range bad {
		for _, f := range x.Faults {
			fmt.Fprintf(&b, "%d: refused · %s · %s · %s\n", x.Line, f.Field, f.Code, texts.Fault(i18n.FI, f))
		}
	}
	for _, p := range plan.Rows {
		if len(p.Faults) == 0 {
			fmt.Fprintf(&b, "%d: %s · member %d · %s · %s %s · %s · %s · %s\n", p.Line, p.Outcome, p.Member, p.Kind, p.Cents, p.Per, p.Period, p.Source, p.Payer)
		}
		for _, f := range p.Faults {
			fmt.Fprintf(&b, "%d: %s · %s · %s · %s\n", p.Line, p.Outcome, f.Field, f.Code, texts.Fault(i18n.FI, f))
		}
	}
	return b.String()
}

// The example workbook holds each thing that can be right or wrong in a row.
func TestTheExampleWorkbookIsJudgedRowByRow(t *testing.T) {
	t.Parallel()
	h := withEino(t)
	data, err := os.ReadFile("testdata/tulot.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	rows, bad, err := household.ReadFile("tulot.xlsx", bytes.NewReader(data), int64(len(data)), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, plan, err := h.bring(h.Staff, rows)
	if err != nil {
		t.Fatal(err)
	}
	got := told(h.Means.Texts, plan, bad)
	const path = "testdata/tulot.golden"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(got, "999K") || strings.Contains(got, "-998") {
		t.Error("an identity code stands in an error")
	}
}

func TestTheSameFileAgainChangesNothing(t *testing.T) {
	t.Parallel()
	h := withEino(t)
	rows, bad := h.rows(head + "010150-999K;;Eläke;1450,00;;1.1.2026;;Kela;Kela\n010150-999K;020260-998K;palkkatulo;24000;vuodessa;1.3.2026;;tulorekisteri;Mallilan Saha Oy\n")
	if len(bad) > 0 {
		t.Fatalf("%+v", bad)
	}
	receipt, _, err := h.bring(h.Staff, rows)
	if err != nil || receipt.Added != 2 || len(receipt.Touched) != 1 || receipt.Touched[0].From != calendar.Day(2026, 1, 1) {
		t.Fatalf("%+v %v", receipt, err)
	}
	before := h.Count("select count(*) from audit")
	if receipt, _, err = h.bring(h.Staff, rows); err != nil || receipt.Kept != 2 || receipt.Added+receipt.Changed+receipt.Refused+len(receipt.Touched) != 0 {
		t.Errorf("%+v %v", receipt, err)
	}
	if after := h.Count("select count(*) from audit"); after != before {
		t.Errorf("nothing changed, but the audit grew by %d", after-before)
	}
	// The pension ends and the next one begins, in one file whose rows are in the wrong order.
	rows, _ = h.rows(head + "010150-999K;;Eläke;1500,00;;1.11.2026;;Kela;Kela\n010150-999K;;Eläke;1450,00;;1.1.2026;31.10.2026;Kela;Kela\n")
	if receipt, _, err = h.bring(h.Staff, rows); err != nil || receipt.Added != 1 || receipt.Changed != 1 || receipt.Touched[0].From != calendar.Day(2026, 11, 1) {
		t.Errorf("%+v %v", receipt, err)
	}
	if n := h.Count("select count(*) from income_item where voided_at is null"); n != 3 {
		t.Errorf("%d incomes", n)
	}
}

func TestARefusedRowLeavesTheOthersInAndNothingElse(t *testing.T) {
	t.Parallel()
	h := withEino(t)
	rows, _ := h.rows(head + "010150-999K;;Eläke;1450,00;;1.1.2026;;Kela;Kela\n010150-999K;;Eläke;1500,00;;1.6.2026;;Kela;Kela\n010150-999K;;Eläke;-3;;1.1.2026;;asiakas;\n")
	receipt, plan, err := h.bring(h.Staff, rows)
	if err != nil || receipt.Added != 1 || receipt.Refused != 2 {
		t.Fatalf("%+v %v", receipt, err)
	}
	faulttest.Want(t, plan.Rows[1].Faults.Err(), "HOU-018") // two on one period
	faulttest.Want(t, plan.Rows[2].Faults.Err(), "HOU-013")
	// A change that is refused stays as it was, and so does what leans on it.
	rows, _ = h.rows(head + "010150-999K;;Eläke;20000000;;1.1.2026;31.5.2026;Kela;Kela\n010150-999K;;Eläke;1500,00;;1.6.2026;;Kela;Kela\n")
	if receipt, plan, err = h.bring(h.Staff, rows); err != nil || receipt.Refused != 2 || receipt.Added+receipt.Changed != 0 {
		t.Errorf("%+v %v", receipt, err)
	}
	faulttest.Want(t, plan.Rows[1].Faults.Err(), "HOU-018")
	for _, role := range []access.Role{access.MainUser, access.EventChecker, access.SettlementPreparer} {
		_, _, err := h.bring(access.Actor{Account: 3, Name: "x", Role: role, Organiser: w.Organiser}, rows)
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", role, err)
		}
	}
}

func FuzzReadIncomeFile(f *testing.F) {
	f.Add([]byte(head + "010150-999K;;Eläke;1450,00;;1.1.2026;31.12.2026;Kela;Kela\n"))
	f.Add([]byte("henkilötunnus,laji,summa,alkaa,lähde\n010150-999K,x,1e9,46388,?\n"))
	if data, err := os.ReadFile("testdata/tulot.xlsx"); err == nil {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		name := "x.csv"
		if bytes.HasPrefix(data, []byte("PK")) {
			name = "x.xlsx"
		}
		rows, bad, err := household.ReadFile(name, bytes.NewReader(data), int64(len(data)), nil)
		if err != nil && len(rows)+len(bad) > 0 {
			t.Fatal("rows beside an error")
		}
		for _, r := range rows {
			if r.Client.IsZero() || r.Period.From == 0 {
				t.Fatalf("a row without a person or a day: %+v", r)
			}
		}
		for _, b := range bad {
			if len(b.Faults) == 0 {
				t.Fatal("a bad row without a reason")
			}
		}
	})
}
