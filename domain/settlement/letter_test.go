package settlement_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"seteli/domain/decision"
	"seteli/domain/settlement"
	"seteli/domain/settlement/settlementtest"
	"seteli/platform/access"
	"seteli/platform/document/pdfcheck"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

func texts(t *testing.T) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestApprovalSendsOneLetterToEachPayee(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(3)
	w.Event(p[0], 4_210)
	w.Event(p[1], 990)
	w.Deliver(p[2], -100)
	run, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	words := texts(t)
	if n, err := settlement.MakeLetters(t.Context(), w.DB, words, w.Org.ID, run.No); n != 0 || err != nil {
		t.Errorf("before the approval %d letters, %v", n, err)
	}
	if err := w.Approve(run.No); err != nil {
		t.Fatal(err)
	}
	handlers := map[string]job.Handler{settlement.TopicApproved: settlement.Deliver(w.DB, words)}
	if n, err := job.DeliverOutbox(t.Context(), w.DB, []int32{w.Org.ID}, handlers); n != 1 || err != nil {
		t.Fatalf("delivered %d, %v", n, err)
	}
	if n, err := settlement.MakeLetters(t.Context(), w.DB, words, w.Org.ID, run.No); n != 0 || err != nil {
		t.Errorf("again %d letters, %v", n, err)
	}
	s := w.Statements(run.No)[p[0]]
	by := access.Actor{Account: 20, Name: "Saara Signatääri", Role: access.Signatory, Provider: p[0]}
	var paper decision.Stored
	if err := w.DB.Read(t.Context(), by, func(tx *postgres.Tx) (err error) {
		paper, err = decision.Document(t.Context(), tx, by, w.Org.ID, s.Document)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if found, err := pdfcheck.Check(paper.PDF); err != nil || len(found) > 0 {
		t.Errorf("the letter is not accessible: %v, %v", found, err)
	}
	plain := strings.ReplaceAll(paper.Plain, "\u00a0", " ")
	for _, want := range []string{s.Number, "42,10 €", "Kotihoito, tunti", "TAB-2345-6789", "21.12.2026"} {
		if !strings.Contains(plain, want) {
			t.Errorf("the letter lacks %q:\n%s", want, plain)
		}
	}
	var ready int
	if err := w.Owner.QueryRow(t.Context(), "select count(*) from outbox where topic = $1", settlement.TopicReady).Scan(&ready); err != nil || ready != 3 {
		t.Errorf("%d payees are told, %v", ready, err)
	}
}

func TestTableOfAStatementAddsUpToItsNet(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(1)
	w.Event(p[0], 4_210)
	w.Event(p[0], 90)
	run, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	s := w.Statements(run.No)[p[0]]
	w.Do(func(ctx context.Context, tx *postgres.Tx) error {
		list, err := settlement.Lines(ctx, tx, w.Preparer, w.Org.ID, run.No, p[0])
		if err != nil {
			return err
		}
		s.Carried, s.Net = -300, 4_000
		return settlement.WriteCSV(&out, texts(t), i18n.SV, s, list)
	})
	want := "\ufeff" + strings.Join([]string{"Redovisning;Datum;Typ;Tjänst;Servicesedel;Mängd;Enhet;Pris (€);Sedelns värde (€);Redovisas (€);Egen referens;Händelse",
		"TAB-T2026-000001;21.11.2026;Servicehändelse;Hemvård, timme;TAB-2345-6789;1;timme;42,10;42,10;42,10;R-1;1",
		"TAB-T2026-000001;21.11.2026;Servicehändelse;Hemvård, timme;TAB-2345-6789;1;timme;0,90;0,90;0,90;R-2;2",
		"TAB-T2026-000001;;Överfört från tidigare redovisningar;;;;;;;-3,00;;", ""}, "\r\n")
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
