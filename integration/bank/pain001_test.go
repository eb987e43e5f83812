package bank_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/domain/payment"
	"seteli/domain/settlement"
	"seteli/domain/settlement/settlementtest"
	"seteli/integration/bank"
	"seteli/internal/sharedtest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// valid runs the official schema over the file.
func valid(t *testing.T, file []byte) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "xmllint", "--noout", "--nonet", "--schema", sharedtest.Path(t, "conformance", "iso20022", "pain.001.001.09.xsd"), "-")
	cmd.Stdin = bytes.NewReader(file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("xmllint: %v\n%s", err, out)
	}
}

func makeFile(w *settlementtest.World, run int64) (f payment.File, err error) {
	err = w.Try(func(ctx context.Context, tx *postgres.Tx) (err error) {
		f, err = payment.MakeFile(ctx, tx, w.Approver(), bank.Pain001{}, w.Org.ID, run)
		return err
	})
	return f, err
}

type read struct {
	Message string `xml:"CstmrCdtTrfInitn>GrpHdr>MsgId"`
	Count   int    `xml:"CstmrCdtTrfInitn>GrpHdr>NbOfTxs"`
	Sum     string `xml:"CstmrCdtTrfInitn>GrpHdr>CtrlSum"`
	Batches []struct {
		Count int    `xml:"NbOfTxs"`
		Sum   string `xml:"CtrlSum"`
		On    string `xml:"ReqdExctnDt>Dt"`
		Tx    []struct {
			ID     string `xml:"PmtId>EndToEndId"`
			Amount string `xml:"Amt>InstdAmt"`
			Name   string `xml:"Cdtr>Nm"`
		} `xml:"CdtTrfTxInf"`
	} `xml:"CstmrCdtTrfInitn>PmtInf"`
}

// R17: 5,000 payments are valid, control sums hold, ids are unique over many runs, a second export is the same bytes.
func TestFiveThousandPayments(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	payees := w.Payees(5000)
	w.Do(func(ctx context.Context, tx *postgres.Tx) error {
		open, err := ledger.SharePeriods(ctx, tx, w.Org.ID, payees)
		if err != nil {
			return err
		}
		var all []ledger.Posting
		for i, p := range payees {
			all = append(all, ledger.Posting{Provider: p, Period: open[p], Debit: ledger.Expense, DebitRef: 1, Credit: ledger.Payable, CreditRef: p,
				Amount: money.Cents(i*37 + 1), ServiceDate: tx.Today(), Source: ledger.FromEvent, SourceID: int64(i + 1)})
		}
		return ledger.Post(ctx, tx, w.Org.ID, all)
	})
	if _, err := w.Owner.Exec(t.Context(), `insert into supplier (organiser_id, provider_id, payment_term_days, set_at, set_by)
		select $1, provider_id, (provider_id % 10)::smallint, now(), 'x' from provider where provider_id % 3 = 0`, w.Org.ID); err != nil {
		t.Fatal(err)
	}
	run, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Approve(run.No); err != nil {
		t.Fatal(err)
	}
	f, err := makeFile(w, run.No)
	if err != nil {
		t.Fatal(err)
	}
	valid(t, f.Bytes)
	var got read
	if err := xml.Unmarshal(f.Bytes, &got); err != nil {
		t.Fatal(err)
	}
	ids, count := map[string]bool{}, 0
	sum := money.Cents(0)
	for _, b := range got.Batches {
		part := money.Cents(0)
		day, err := calendar.ParseDate(b.On)
		if err != nil || !calendar.BankDay(day) || day < calendar.Today(w.Clock) {
			t.Errorf("payment day %s", b.On)
		}
		for _, x := range b.Tx {
			ids[x.ID] = true
			c, err := money.ParseCents(x.Amount)
			if err != nil {
				t.Fatal(err)
			}
			part += c
		}
		if part.String() != b.Sum || len(b.Tx) != b.Count {
			t.Errorf("batch of %s: %s in %d payments, says %s in %d", b.On, part, len(b.Tx), b.Sum, b.Count)
		}
		sum, count = sum+part, count+b.Count
	}
	if len(ids) != 5000 || count != 5000 || got.Count != 5000 || sum.String() != got.Sum || sum != run.Pay || len(got.Batches) < 3 {
		t.Errorf("%d ids, %d payments (%d), sum %s (%s), run %s, %d days", len(ids), count, got.Count, sum, got.Sum, run.Pay, len(got.Batches))
	}
	w.Clock.Set(w.Clock.Now().Add(48 * time.Hour))
	w.Do(func(ctx context.Context, tx *postgres.Tx) error {
		stored, err := payment.ReadFile(ctx, tx, w.Preparer, w.Org.ID, run.No)
		if err != nil {
			return err
		}
		anew, err := payment.Rebuild(ctx, tx, w.Preparer, bank.Pain001{}, w.Org.ID, run.No)
		if !bytes.Equal(stored.Bytes, f.Bytes) || !bytes.Equal(anew, f.Bytes) {
			t.Error("the second export differs")
		}
		differences, err2 := payment.Verify(ctx, tx, w.Org.ID)
		if len(differences) > 0 {
			t.Error(differences)
		}
		return errors.Join(err, err2)
	})
	_, err = makeFile(w, run.No)
	faulttest.Want(t, err, "PAY-012")
	w.Verified()
}

func order(t *testing.T, transfers ...payment.Transfer) payment.Order {
	t.Helper()
	payer, err := ident.ParseIBAN("FI2112345600000785")
	if err != nil {
		t.Fatal(err)
	}
	company, err := ident.ParseBusinessID("1234567-1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range transfers {
		transfers[i].IBAN = payer
	}
	return payment.Order{MessageID: "SETELI-MAL-20261204-1", CreatedAt: time.Date(2026, 12, 4, 6, 0, 0, 0, time.UTC),
		Payer:   payment.Payer{Name: "Mallilan kaupunki", BusinessID: company, IBAN: payer},
		Batches: []payment.Batch{{ID: "SETELI-MAL-20261204-1-01", On: calendar.Day(2026, 12, 7), Transfers: transfers}}}
}

func TestFileSaysWhatTheBankNeeds(t *testing.T) {
	t.Parallel()
	ref, err := ident.ParseReference("1234561")
	if err != nil {
		t.Fatal(err)
	}
	file, err := bank.Pain001{}.Write(order(t,
		payment.Transfer{EndToEndID: "MAL-T2026-000001", Amount: 123_456_789_01, Name: "Hoiva Äiti & Öljy <Oy>", Reference: ref},
		payment.Transfer{EndToEndID: "MAL-T2026-000002", Amount: 1, Name: strings.Repeat("Čáp ", 40), Message: "MAL-T2026-000002"}))
	if err != nil {
		t.Fatal(err)
	}
	valid(t, file)
	for _, want := range []string{"<CreDtTm>2026-12-04T08:00:00+02:00</CreDtTm>", "<InstdAmt Ccy=\"EUR\">123456789.01</InstdAmt>", "<InstdAmt Ccy=\"EUR\">0.01</InstdAmt>",
		"<CtrlSum>123456789.02</CtrlSum>", "<Ref>1234561</Ref>", "<Ustrd>MAL-T2026-000002</Ustrd>", "Hoiva Äiti &amp; Öljy &lt;Oy&gt;", "<Id>12345671</Id>", "<Dt>2026-12-07</Dt>", "<Id>NOTPROVIDED</Id>"} {
		if !strings.Contains(string(file), want) {
			t.Errorf("lacks %s in\n%s", want, file)
		}
	}
	if bytes.Count(file, []byte("<RmtInf>")) != 2 || bytes.Contains(file, []byte("Č")) {
		t.Errorf("remittance or letters:\n%s", file)
	}
}

func TestOrderThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	good := payment.Transfer{EndToEndID: "A-1", Amount: 1, Name: "A"}
	for name, list := range map[string][]payment.Transfer{"empty": nil, "twice": {good, good}, "zero": {{EndToEndID: "A-1", Name: "A"}},
		"negative": {{EndToEndID: "A-1", Amount: -1, Name: "A"}}, "long id": {{EndToEndID: strings.Repeat("A", 36), Amount: 1, Name: "A"}},
		"odd id": {{EndToEndID: "Ä", Amount: 1, Name: "A"}}, "no name": {{EndToEndID: "A-1", Amount: 1}}} {
		if _, err := (bank.Pain001{}).Write(order(t, list...)); err == nil {
			t.Errorf("%s is written", name)
		}
	}
}

func TestLettersThatBanksCarry(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"Åke Öström": "Åke Öström", "Ka\u0308rki": "Kärki", "José Ñúñez": "Jose Nunez", "Øst & Wałęsa": "Ost & Walesa", "Straße": "Strasse",
		"Šakalys – Ω": "Sakalys - .", "a\u00a0b\tc": "a b c"} {
		if got := bank.Latin(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func FuzzLatin(f *testing.F) {
	f.Add("Ääkköset ja 你好")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range bank.Latin(s) {
			if (r < ' ' || r > '~') && !strings.ContainsRune("åäöÅÄÖ", r) {
				t.Fatalf("%q leaves %q", s, r)
			}
		}
	})
}

// outcome is everything that leaves: runs, statements, steps and file.
func outcome(t *testing.T, w *settlementtest.World) (out []string) {
	t.Helper()
	for _, table := range []string{"settlement_run", "statement", "statement_period", "run_step", "payee_step", "payment_instruction", "payment_file", "number_series"} {
		rows, err := w.Owner.Query(t.Context(), "select x::text from "+table+" x order by 1")
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			out = append(out, table+" "+line)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// month settles one month: every step is tried until it has happened, as a program that is started again does.
func month(t *testing.T, w *settlementtest.World, disturb func(step func(context.Context) error) error) {
	t.Helper()
	act := func(fn func(ctx context.Context, tx *postgres.Tx) error, done string) {
		for range 1000 {
			err := disturb(func(ctx context.Context) error {
				return w.DB.Tenant(ctx, access.Within{Organiser: w.Org.ID}, func(tx *postgres.Tx) error { return fn(ctx, tx) })
			})
			if err == nil || strings.Contains(err.Error(), done) { // the commit had happened before the end was seen
				return
			}
		}
		t.Fatal("never got through")
	}
	act(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := settlement.Calculate(ctx, tx, w.Preparer, settlement.CalculateInput{Organiser: w.Org.ID, Key: "2026-11"})
		return err
	}, "PAY-005")
	act(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := settlement.Approve(ctx, tx, w.Approver(), w.Org.ID, 1)
		return err
	}, "PAY-012")
	act(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := payment.MakeFile(ctx, tx, w.Approver(), bank.Pain001{}, w.Org.ID, 1)
		return err
	}, "PAY-012")
}

func filled(t *testing.T) *settlementtest.World {
	t.Helper()
	w := settlementtest.New(t)
	payees := w.Payees(300)
	w.Do(func(ctx context.Context, tx *postgres.Tx) error {
		open, err := ledger.SharePeriods(ctx, tx, w.Org.ID, payees)
		if err != nil {
			return err
		}
		var all []ledger.Posting
		for i := range 6000 {
			p := payees[i%len(payees)]
			all = append(all, ledger.Posting{Provider: p, Period: open[p], Debit: ledger.Expense, DebitRef: 1, Credit: ledger.Payable, CreditRef: p,
				Amount: money.Cents(i), ServiceDate: tx.Today(), Source: ledger.FromEvent, SourceID: int64(i + 1)})
		}
		return ledger.Post(ctx, tx, w.Org.ID, all)
	})
	return w
}

// R14, short form: the program ends at many points of the run, its connection is cut at others; started again, it gives the
// same bytes as an undisturbed run, with the same ids.
func TestKilledRunGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	calm := filled(t)
	began := time.Now()
	month(t, calm, func(step func(context.Context) error) error { return step(t.Context()) })
	took := time.Since(began)
	want := outcome(t, calm)

	w := filled(t)
	kills := 0
	month(t, w, func(step func(context.Context) error) error {
		if kills++; kills > 24 {
			return step(t.Context())
		}
		ctx, cancel := context.WithTimeout(t.Context(), took*time.Duration(kills%12+1)/30)
		defer cancel()
		if kills%3 == 0 { // the database side is cut instead
			ctx = t.Context()
			go func() {
				time.Sleep(took * time.Duration(kills%12+1) / 40)
				_, _ = w.Owner.Exec(t.Context(), "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'seteli_app' and state <> 'idle'")
			}()
		}
		return step(ctx)
	})
	if kills < 5 {
		t.Errorf("only %d attempts: the kills came too late", kills)
	}
	if diff := cmp.Diff(want, outcome(t, w)); diff != "" {
		t.Errorf("after %d attempts: %.2000s", kills, diff)
	}
	w.Verified()
	if fmt.Sprint(w.Org.ID) != fmt.Sprint(calm.Org.ID) {
		t.Error("the worlds differ")
	}
}

// R15 for the money: however many people press the button, one file is made.
func TestOneFileIsMadeOfARun(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	w.Deliver(w.Payees(1)[0], 4_200)
	run, err := w.Calculate("2026-11")
	if err := errors.Join(err, w.Approve(run.No)); err != nil {
		t.Fatal(err)
	}
	errs := make([]error, 6)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = makeFile(w, run.No) })
	}
	wg.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else {
			faulttest.Want(t, err, "PAY-012")
		}
	}
	if made != 1 {
		t.Errorf("%d files", made)
	}
}

// What keeps a file from being made leaves the run approved, with the reason.
func TestFileThatCannotBeMadeLeavesTheRunAsItWas(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	w.Deliver(w.Payees(1)[0], 100_000_000_000)
	run, err := w.Calculate("2026-11")
	if err := errors.Join(err, w.Approve(run.No)); err != nil {
		t.Fatal(err)
	}
	_, err = makeFile(w, run.No)
	faulttest.Want(t, err, "PAY-033")
	w.Do(func(ctx context.Context, tx *postgres.Tx) error {
		now, err := settlement.Get(ctx, tx, w.Preparer, w.Org.ID, run.No)
		if now.State != settlement.Approved {
			t.Errorf("the run is %s", now.State)
		}
		_, made, err2 := payment.About(ctx, tx, w.Preparer, w.Org.ID, run.No)
		if made {
			t.Error("a file is stored")
		}
		return errors.Join(err, err2)
	})
	if _, err := w.Owner.Exec(t.Context(), "update organiser set payer_iban = '' where organiser_id = $1", w.Org.ID); err != nil {
		t.Fatal(err)
	}
	_, err = makeFile(w, run.No)
	faulttest.Want(t, err, "PAY-031")
}
