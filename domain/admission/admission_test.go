package admission_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/domain/admission"
	"seteli/domain/admission/admissiontest"
	"seteli/domain/decision"
	"seteli/domain/register"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

var update = flag.Bool("update", false, "write the golden letters anew")

var key = admissiontest.Key

type world = admissiontest.World

func TestOneApplicationAtATimeForAService(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	start := func() error {
		return w.In(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := admission.Start(ctx, tx, w.Office, admission.StartInput{Organiser: w.Org.ID, Provider: w.Company.ID, Service: w.Service.ID})
			return err
		})
	}
	oneWins(t, together(start, start, start), "ADM-006")
}

func TestAnotherCompanyDoesNotSeeOrTouchIt(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	a := w.Filled()
	stranger := w.Signer
	stranger.Provider = w.Company.ID + 1000
	for name, err := range map[string]error{
		"read": w.In(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := admission.Get(ctx, tx, stranger, w.Org.ID, a.ID)
			return err
		}),
		"sign": w.In(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := admission.Sign(ctx, tx, stranger, key(a))
			return err
		}),
		"own scope": w.As(stranger, func(ctx context.Context, tx *postgres.Tx) error {
			_, err := admission.Get(ctx, tx, w.Signer, w.Org.ID, a.ID) // the right company, under another's scope: the policy hides it
			return err
		}),
		"draft to the organiser": w.In(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := admission.Get(ctx, tx, w.Handler, w.Org.ID, a.ID)
			return err
		}),
	} {
		t.Run(name, func(t *testing.T) { faulttest.Want(t, err, "ADM-003") })
	}
}

func TestOnlyTheSignatorySigns(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	a := w.Filled()
	for _, by := range []access.Actor{w.Office, w.Preparer, w.Handler, w.Decider} {
		faulttest.Want(t, w.In(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := admission.Sign(ctx, tx, by, key(a))
			return err
		}), "ACC-001")
	}
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		a, err = admission.RequestSignature(ctx, tx, w.Preparer, key(a))
		if err != nil {
			return err
		}
		a, err = admission.Sign(ctx, tx, w.Signer, key(a))
		return err
	}))
	if a.State != admission.Sent || a.SentAt == nil {
		t.Fatalf("signed application is %s, sent %v", a.State, a.SentAt)
	}
}

func TestThePreparerSetsNoPrices(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	a := w.Filled()
	faulttest.Want(t, w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := admission.SetPrices(ctx, tx, w.Preparer, admission.PricesInput{Key: key(a), Models: w.Models})
		return err
	}), "ACC-001")
	faulttest.Want(t, w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := admission.SetBilling(ctx, tx, w.Preparer, admission.BillingInput{Key: key(a), Level: register.ByCompany})
		return err
	}), "ACC-001")
}

func TestUnfinishedTellsEverythingThatIsMissing(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	a := w.Started()
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		a, err = admission.ChooseUnits(ctx, tx, w.Office, admission.UnitsInput{Key: key(a), Units: []int64{w.Units[0].ID, w.Units[1].ID}})
		return err
	}))
	err := w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := admission.Sign(ctx, tx, w.Signer, key(a))
		return err
	})
	var codes []string
	for _, f := range fault.All(err) {
		codes = append(codes, f.Code)
	}
	want := []string{"ADM-030", "ADM-034", "ADM-034", "ADM-035", "ADM-035", "ADM-035"} // rulebook; prices of two units; plan; insurance of two units
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Error(diff)
	}
}

func TestANewRulebookMustBeReadAgain(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	a := w.Filled()
	w.Publish(admissiontest.Today)
	faulttest.WantField(t, w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := admission.Sign(ctx, tx, w.Signer, key(a))
		return err
	}), "ADM-030", "rulebook")
	faulttest.Want(t, w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := admission.AcceptRulebook(ctx, tx, w.Office, admission.AcceptInput{Key: key(a), Rulebook: w.Book.ID})
		return err
	}), "ADM-010")
}

func TestCompletionOpensOnlyTheAskedParts(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	a := w.Handled()
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		a, err = admission.AskMore(ctx, tx, w.Handler, admission.AskInput{Key: key(a), Parts: []admission.Part{admission.PartPrices},
			By: admissiontest.Today + 14, Note: "Kylvetyksen hinta puuttuu."})
		return err
	}))
	faulttest.Want(t, w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := admission.ChooseUnits(ctx, tx, w.Office, admission.UnitsInput{Key: key(a), Units: []int64{w.Units[1].ID}})
		return err
	}), "ADM-002")
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		if a, err = admission.SetPrices(ctx, tx, w.Office, admission.PricesInput{Key: key(a), Models: w.Models,
			Prices: []admission.PriceLine{w.Price(0, 0, 4100, admissiontest.Today)}}); err != nil {
			return err
		}
		a, err = admission.Sign(ctx, tx, w.Signer, key(a))
		return err
	}))
	if a.State != admission.Handling || len(a.CompleteParts) != 0 || a.Open(admission.PartPrices) {
		t.Fatalf("after the completion: %s, open %v", a.State, a.CompleteParts)
	}
}

func TestAnOverdueCompletionLapses(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	a := w.Handled()
	due := admissiontest.Today + 14
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		a, err = admission.AskMore(ctx, tx, w.Handler, admission.AskInput{Key: key(a), Parts: []admission.Part{admission.PartUnits}, By: due, Note: "Lisää toimipaikka."})
		return err
	}))
	lapse := func() []int64 {
		var ids []int64
		w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
			ids, err = admission.LapseOverdue(ctx, tx, access.System("daily", w.Org.ID), w.Org.ID)
			return err
		}))
		return ids
	}
	w.Clock.Set(calendar.Noon(due).Now())
	if ids := lapse(); len(ids) != 0 {
		t.Fatalf("lapsed on its last day: %v", ids)
	}
	w.Clock.Set(calendar.Noon(due + 1).Now())
	if ids := lapse(); len(ids) != 1 || ids[0] != a.ID {
		t.Fatalf("did not lapse: %v", ids)
	}
	if ids := lapse(); len(ids) != 0 {
		t.Fatalf("lapsed twice: %v", ids)
	}
}

func TestAttachmentsAreJudgedByContentAndStoredEncrypted(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	a := w.Filled()
	add := func(change func(*admission.AttachmentInput)) (admission.Attachment, error) {
		in := admission.AttachmentInput{Key: key(a), Slot: w.Plan.ID, Name: `C:\kansio\suunnitelma.pdf`, Data: admissiontest.PDF, Keys: w.Keys}
		change(&in)
		var got admission.Attachment
		err := w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
			got, err = admission.AddAttachment(ctx, tx, w.Office, in)
			return err
		})
		return got, err
	}
	past := admissiontest.Today - 1
	for name, c := range map[string]struct {
		change func(*admission.AttachmentInput)
		code   string
	}{
		"program named pdf":   {func(in *admission.AttachmentInput) { in.Data = []byte("MZ\x90\x00 program") }, "DOC-104"},
		"text":                {func(in *admission.AttachmentInput) { in.Data = []byte("hei") }, "DOC-103"},
		"nothing":             {func(in *admission.AttachmentInput) { in.Data = nil }, "DOC-101"},
		"too large":           {func(in *admission.AttachmentInput) { in.Data = bytes.Repeat([]byte{'%'}, 20<<20+1) }, "DOC-102"},
		"unknown slot":        {func(in *admission.AttachmentInput) { in.Slot = 999999 }, "ADM-020"},
		"unit in company's":   {func(in *admission.AttachmentInput) { in.Unit = w.Units[0].ID }, "ADM-021"},
		"unit not chosen":     {func(in *admission.AttachmentInput) { in.Slot, in.Unit = w.Police.ID, w.Units[1].ID }, "ADM-021"},
		"no last day":         {func(in *admission.AttachmentInput) { in.Slot, in.Unit = w.Police.ID, w.Units[0].ID }, "ADM-022"},
		"expired":             {func(in *admission.AttachmentInput) { in.ExpiresOn = &past }, "ADM-023"},
		"name of dots":        {func(in *admission.AttachmentInput) { in.Name = "../" }, "ADM-025"},
		"name without a sign": {func(in *admission.AttachmentInput) { in.Name = "\x00\u202e" }, "ADM-025"},
	} {
		_, err := add(c.change)
		if fault.CodeOf(err) != c.code {
			t.Errorf("%s: want %s, got %v", name, c.code, err)
		}
	}
	got, err := add(func(*admission.AttachmentInput) {})
	w.Must(err)
	if got.Name != "suunnitelma.pdf" || got.Media != "application/pdf" {
		t.Errorf("stored as %q %q", got.Name, got.Media)
	}
	var stored []byte
	w.Must(postgrestest.Owner(t, w.DB).QueryRow(t.Context(), "select bytes_encrypted from attachment where attachment_id = $1", got.ID).Scan(&stored))
	if bytes.Contains(stored, []byte("%PDF")) {
		t.Error("the file lies in the store as it was sent")
	}
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) error {
		f, err := admission.OpenAttachment(ctx, tx, w.Handler, w.Keys, w.Org.ID, got.ID)
		if err == nil && !bytes.Equal(f.Data, admissiontest.PDF) {
			t.Error("opened to something else")
		}
		return err
	}))
}

func TestTheHandlerDoesNotDecide(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	a := w.Handled()
	faulttest.Want(t, w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, _, err := admission.Decide(ctx, tx, w.Handler, w.Decision(a))
		return err
	}), "ACC-001")
}

func TestOfTwoDecidersOneDecides(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	a := w.Handled()
	yes, no := w.Decision(a), w.Decision(a)
	no.Approve, no.Reasons = false, "Vakuutus ei kata henkilövahinkoja."
	decide := func(in admission.DecideInput) func() error {
		return func() error {
			return w.In(func(ctx context.Context, tx *postgres.Tx) error {
				_, _, err := admission.Decide(ctx, tx, w.Decider, in)
				return err
			})
		}
	}
	oneWins(t, together(decide(yes), decide(no)), "ADM-004")
	var decisions int
	w.Must(postgrestest.Owner(t, w.DB).QueryRow(t.Context(), "select count(*) from decision").Scan(&decisions))
	if decisions != 1 {
		t.Errorf("%d decisions", decisions)
	}
}

func TestApprovalOpensTheUnitAndItsPrices(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	a, d := w.Approved()
	if a.State != admission.Approved || d.Number != "MTK/2026/1" || a.Decision == nil || *a.Decision != d.ID {
		t.Fatalf("%s %s %v", a.State, d.Number, a.Decision)
	}
	w.Must(w.DB.National(t.Context(), func(tx *postgres.Tx) error { // as a visitor reads
		list, err := admission.ApprovalsAt(t.Context(), tx, w.Org.ID, w.Service.ID, admissiontest.Today)
		if err != nil {
			return err
		}
		if len(list) != 1 || list[0].Unit != w.Units[0].ID {
			t.Errorf("approvals %+v", list)
		}
		prices, err := admission.PricesAt(t.Context(), tx, w.Org.ID, nil, admissiontest.Today)
		if len(prices) != 2 || prices[0].Price != 4200 {
			t.Errorf("prices %+v", prices)
		}
		return err
	}))
}

func TestASecondApplicationWidensTheFirst(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	w.Approved()
	w.Clock.Set(calendar.Noon(admissiontest.Today + 1).Now())
	a := w.Filled() // the same unit again, the same prices
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		if a, err = admission.Sign(ctx, tx, w.Signer, key(a)); err != nil {
			return err
		}
		if a, err = admission.Take(ctx, tx, w.Decider, key(a)); err != nil {
			return err
		}
		in := w.Decision(a)
		in.ValidFrom++
		_, _, err = admission.Decide(ctx, tx, w.Decider, in)
		return err
	}))
	if list := w.Approvals(); len(list) != 1 {
		t.Errorf("the unit is approved %d times", len(list))
	}
}

// The work list asks as many questions of two lines as of none.
func TestWorkListQueriesDoNotGrow(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	count := func() (lines, queries int) {
		w.Must(w.As(w.Handler, func(ctx context.Context, tx *postgres.Tx) error {
			items, err := admission.WorkList(ctx, tx, w.Handler, w.Org.ID, admission.Filter{States: admission.States()})
			lines, queries = len(items), tx.QueryCount()
			return err
		}))
		return lines, queries
	}
	_, none := count()
	for range 2 {
		a := w.Handled()
		w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) error {
			in := w.Decision(a)
			in.Approve, in.Reasons = false, "Ei täytä ehtoja."
			_, _, err := admission.Decide(ctx, tx, w.Decider, in)
			return err
		}))
	}
	if lines, two := count(); lines != 2 || two != none {
		t.Errorf("%d lines by %d queries, an empty list by %d", lines, two, none)
	}
}

func TestLettersReadAsTheyShould(t *testing.T) {
	t.Parallel()
	for _, lang := range []i18n.Lang{"fi", "sv", "en"} {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			w := admissiontest.New(t)
			w.Must(w.DB.National(t.Context(), func(tx *postgres.Tx) (err error) {
				w.Company, err = register.Edit(t.Context(), tx, w.Office, register.EditInput{Provider: w.Company.ID, RowVersion: w.Company.RowVersion,
					Contact: register.Contact{Name: w.Company.Name, AddressLine: "Rantatie 2", Postcode: "99998", City: "Mallila", Language: lang}})
				return err
			}))
			rejected := w.Handled()
			var no, gone decision.Decision
			w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
				in := w.Decision(rejected)
				in.Approve, in.Reasons = false, "Vakuutus ei kata henkilövahinkoja."
				_, no, err = admission.Decide(ctx, tx, w.Decider, in)
				return err
			}))
			_, yes := w.Approved()
			end := revoke(w)
			w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
				_, gone, err = admission.Revoke(ctx, tx, w.Decider, end)
				return err
			}))
			for name, d := range map[string]decision.Decision{"rejection": no, "approval": yes, "revocation": gone} {
				w.Must(w.As(w.Signer, func(ctx context.Context, tx *postgres.Tx) error {
					doc, err := decision.Document(ctx, tx, w.Signer, w.Org.ID, d.Document)
					if err == nil {
						golden(t, name+"."+string(lang)+".txt", doc.Plain)
						if !bytes.HasPrefix(doc.PDF, []byte("%PDF-")) || !strings.Contains(doc.HTML, d.Number) {
							t.Error("paper or page is missing")
						}
					}
					return err
				}))
			}
		})
	}
}

func revoke(w *world) admission.RevokeInput {
	a := w.Approvals()[0]
	return admission.RevokeInput{Organiser: w.Org.ID, Approvals: []admission.ApprovalKey{{Approval: a.ID, RowVersion: a.RowVersion}},
		From: admissiontest.Today + 7, Reasons: "Yritys on poistettu ennakkoperintärekisteristä.", Office: "palvelupäällikkö", Texts: w.Texts}
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
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

func together(fns ...func() error) []error {
	errs := make([]error, len(fns))
	var wg sync.WaitGroup
	for i, fn := range fns {
		wg.Go(func() { errs[i] = fn() })
	}
	wg.Wait()
	return errs
}

func oneWins(t *testing.T, errs []error, code string) {
	t.Helper()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if fault.CodeOf(err) != code {
			t.Errorf("want %s, got %v", code, err)
		}
	}
	if won != 1 {
		t.Errorf("%d succeeded", won)
	}
}
