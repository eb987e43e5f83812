package voucher_test

import (
	"context"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/domain/decision"
	"seteli/domain/voucher"
	"seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

var nextYear = calendar.Day(2027, time.January, 1)

// raised publishes a rulebook from the turn of the year that raises the hour from 34.00 to 36.00.
func raised(w *vouchertest.World) {
	if _, err := w.Owner.Exec(w.T.Context(), `insert into rulebook (rulebook_id, organiser_id, service_id, version, valid_from, text_fi, text_sv, text_en, rules, prepared_by_account, prepared_by, prepared_at, published_by_account, published_by, published_at)
		overriding system value select 9001, organiser_id, service_id, version + 1, '2027-01-01', text_fi, text_sv, text_en, replace(rules::text, '3400', '3600')::jsonb, 1, 'A', now(), 2, 'B', now() from rulebook where service_id = $1`, vouchertest.Service); err != nil {
		w.T.Fatal(err)
	}
}

func prepare(w *vouchertest.World, in voucher.BulkInput) (b voucher.Bulk, err error) {
	err = w.Try(w.Staff, func(tx *postgres.Tx) (err error) {
		b, err = voucher.PrepareBulk(w.T.Context(), tx, w.Staff, w.Means, in)
		return err
	})
	return b, err
}

func approve(w *vouchertest.World, by access.Actor, b voucher.Bulk) error {
	return w.Try(by, func(tx *postgres.Tx) error {
		_, err := voucher.ApproveBulk(w.T.Context(), tx, by, voucher.BulkDecision{Organiser: vouchertest.Organiser, ID: b.ID, RowVersion: b.RowVersion, Office: "palvelupäällikkö"})
		return err
	})
}

// delivered carries out everything that waits in the outbox.
func delivered(w *vouchertest.World) {
	w.T.Helper()
	for {
		n, err := job.DeliverOutbox(w.T.Context(), w.DB, []int32{vouchertest.Organiser}, voucher.BulkHandlers(w.DB, w.Means))
		if err != nil {
			w.T.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func index(w *vouchertest.World) voucher.BulkInput {
	return voucher.BulkInput{Organiser: vouchertest.Organiser, Service: vouchertest.Service, Kind: voucher.Revalue, From: nextYear, Reason: "Arvoa korotetaan hintaindeksin mukaan."}
}

func TestIndexChangeIsPreviewedApprovedByAnotherAndDecidedForEach(t *testing.T) {
	t.Parallel()
	w := vouchertest.New(t)
	raised(w)
	v := w.Granted(10)
	changed := w.Granted(5) // changed by hand between preview and approval
	b, err := prepare(w, index(w))
	if err != nil || b.Vouchers != 2 || b.Raised != 2 || b.Lowest != 200 {
		t.Fatalf("%+v, %v", b, err)
	}
	same := access.Actor{Account: w.Staff.Account, Name: w.Staff.Name, Role: access.DecisionMaker, Organiser: vouchertest.Organiser}
	faulttest.Want(t, approve(w, same, b), "ACC-004")
	w.Do(w.Staff, func(tx *postgres.Tx) error {
		to := calendar.Day(2027, 6, 1)
		_, err := voucher.Change(t.Context(), tx, w.Staff, w.Means, voucher.ChangeInput{Organiser: vouchertest.Organiser, Voucher: changed.ID, ValidTo: &to, Reason: "Muutto."})
		return err
	})
	if err := approve(w, decider, b); err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, approve(w, decider, b), "VOU-002")
	delivered(w)
	w.Do(w.Staff, func(tx *postgres.Tx) error {
		got, err := voucher.Get(t.Context(), tx, w.Staff, vouchertest.Organiser, v.ID)
		if err != nil {
			return err
		}
		l := got.Lines[0]
		if last := l.Values[len(l.Values)-1]; len(l.Values) != 2 || last.Cents != 3600 || last.Period != (calendar.Period{From: nextYear, To: v.Valid.To}) || len(last.Explanation) == 0 {
			t.Errorf("values %+v", l.Values)
		}
		made, err := decision.Of(t.Context(), tx, vouchertest.Organiser, "voucher", v.ID)
		if err != nil || len(made) != 2 || made[0].MadeBy != decider.Name {
			t.Errorf("decisions %+v, %v", made, err)
		}
		after, lines, err := voucher.BulkOf(t.Context(), tx, w.Staff, vouchertest.Organiser, b.ID, voucher.BulkPage{Most: 10})
		if err != nil || after.State != "done" || after.Applied != 1 || after.Decided != 1 || len(lines) != 2 || lines[1].Refusal != "VOU-070" || lines[1].Told.Key != "voucher.bulk.meanwhile" {
			t.Errorf("%+v %+v %v", after, lines, err)
		}
		return err
	})
}

func TestRenewalMovesTheEndAndTellsWhoNeedsANewDecision(t *testing.T) {
	t.Parallel()
	w := vouchertest.New(t)
	v := w.Granted(10) // 11/2026–10/2027
	in := voucher.BulkInput{Organiser: vouchertest.Organiser, Service: vouchertest.Service, Kind: voucher.Renew, ValidTo: calendar.Day(2028, 5, 1), Reason: "Palvelun tarve jatkuu."}
	b, err := prepare(w, in)
	if err != nil || b.Vouchers != 1 || b.Refused != 0 {
		t.Fatalf("%+v, %v", b, err)
	}
	if err := approve(w, decider, b); err != nil {
		t.Fatal(err)
	}
	delivered(w)
	w.Do(w.Staff, func(tx *postgres.Tx) error {
		got, err := voucher.Get(t.Context(), tx, w.Staff, vouchertest.Organiser, v.ID)
		if err == nil && (got.Valid.To != in.ValidTo || got.Lines[0].Values[0].Period.To != in.ValidTo) {
			t.Errorf("valid %v, values %+v", got.Valid, got.Lines[0].Values)
		}
		return err
	})
	in.ValidTo = calendar.Day(2029, 1, 1) // more than two years from its beginning
	if b, err = prepare(w, in); err != nil || b.Refused != 1 {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestBulkChangeSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := vouchertest.New(t)
	w.Granted(10)
	for code, change := range map[string]func(*voucher.BulkInput){
		"VOU-010": func(in *voucher.BulkInput) { in.Reason = " " },
		"VOU-051": func(in *voucher.BulkInput) { in.Kind = "more" },
		"VOU-052": func(in *voucher.BulkInput) { in.From = vouchertest.Today },
		"VOU-050": func(*voucher.BulkInput) {}, // the same rulebook: nothing changes
	} {
		in := index(w)
		change(&in)
		_, err := prepare(w, in)
		faulttest.Want(t, err, code)
	}
}

func TestUnansweredVoucherLapses(t *testing.T) {
	t.Parallel()
	w := vouchertest.New(t)
	if _, err := w.Owner.Exec(t.Context(), `update rulebook set rules = jsonb_set(rules, '{lapse_days}', '14')`); err != nil {
		t.Fatal(err)
	}
	old, fresh := w.Granted(10), w.Granted(10)
	if _, err := w.Owner.Exec(t.Context(), `update voucher set granted_at = granted_at - interval '15 days' where voucher_id = $1`, old.ID); err != nil {
		t.Fatal(err)
	}
	by := access.System("vouchers", vouchertest.Organiser)
	for _, want := range []int{1, 0} {
		w.Do(by, func(tx *postgres.Tx) error {
			n, err := voucher.LapseUnanswered(context.WithoutCancel(t.Context()), tx, by, vouchertest.Organiser)
			if n != want {
				t.Errorf("%d lapsed, want %d", n, want)
			}
			return err
		})
	}
	told := 0
	if err := w.Owner.QueryRow(t.Context(), `select count(*) from outbox where topic = $1`, voucher.TopicLapsed).Scan(&told); err != nil || told != 1 {
		t.Errorf("the client is told %d times, %v", told, err)
	}
	w.Do(w.Staff, func(tx *postgres.Tx) error {
		for id, want := range map[int64]string{old.ID: "closed.lapsed", fresh.ID: "waiting"} {
			v, err := voucher.Get(t.Context(), tx, w.Staff, vouchertest.Organiser, id)
			if err != nil {
				return err
			}
			if got := v.Shown(vouchertest.Today); got != want {
				t.Errorf("voucher %d is %s, want %s", id, got, want)
			}
		}
		return nil
	})
}
