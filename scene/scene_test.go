package scene_test

import (
	"testing"

	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/ledger"
	"seteli/domain/settlement"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/scene"
)

func TestLoopIsWalkedInShortWords(t *testing.T) {
	t.Parallel()
	w := scene.New(t, "2026-11-21")
	v := w.Voucher(scene.HomeCare(20))
	if v.State != voucher.Open || !v.Accepted() {
		t.Fatalf("voucher %+v", v)
	}
	first := w.Accepted(v, "2026-11-10")
	if first.Share.Organiser == 0 || first.Share.Own == 0 || first.Share.Organiser+first.Share.Own != first.Share.Total {
		t.Errorf("share %+v", first.Share)
	}
	run, file := w.Sent()
	if file.Total != first.Share.Organiser || run.Lines != 1 {
		t.Errorf("paid %s for %s in %d lines", file.Total, first.Share.Organiser, run.Lines)
	}
	if err := w.Paid(t.Context(), run); err != nil {
		t.Error(err)
	}
	_, err := w.Close(v, "2026-11-05")
	faulttest.Want(t, err, "VOU-007")
	if closed, err := w.Close(v, "2026-11-30"); err != nil || closed.State != voucher.Closed {
		t.Errorf("closed %s, %v", closed.State, err)
	}
	for _, verify := range []func(*postgres.Tx) ([]ledger.Difference, error){
		func(tx *postgres.Tx) ([]ledger.Difference, error) {
			return ledger.Verify(t.Context(), tx, w.Organiser())
		},
		func(tx *postgres.Tx) ([]ledger.Difference, error) {
			return event.Verify(t.Context(), tx, w.Organiser())
		},
		func(tx *postgres.Tx) ([]ledger.Difference, error) {
			return settlement.Verify(t.Context(), tx, w.Organiser())
		},
	} {
		w.Must(w.Do(func(tx *postgres.Tx) error {
			found, err := verify(tx)
			if len(found) > 0 {
				t.Errorf("%s", found[0])
			}
			return err
		}))
	}
}

func TestNeedsBehaveAsTheirRulesSay(t *testing.T) {
	t.Parallel()
	w := scene.New(t, "2026-11-21")
	assisted := w.Accepted(w.Voucher(scene.Assistance(10)), "2026-11-18")
	if assisted.Share.Own != 0 {
		t.Errorf("personal assistance costs the client %s", assisted.Share.Own)
	}
	v := w.Voucher(scene.Temporary(2))
	if over := w.Recorded(v, "2026-11-18", "3"); over.State != event.Review {
		t.Errorf("above the right of temporary care: %s", over.State)
	}
	if cut := w.Recorded(w.Voucher(scene.Assistance(2)), "2026-11-18", "6"); cut.State != event.Partial || cut.Accepted > money.Units(3) {
		t.Errorf("above the right of assistance: %s, %s accepted", cut.State, cut.Accepted)
	}
	if waiting := w.Granted(scene.HomeCare(5)); waiting.Shown(w.Today()) != "waiting" {
		t.Errorf("a voucher that is only granted is %s", waiting.Shown(w.Today()))
	}
}

func TestSecondOrganiserStandsBehindAWall(t *testing.T) {
	t.Parallel()
	w := scene.New(t, "2026-11-21")
	other, err := w.Second(t.Context())
	w.Must(err)
	v := w.Voucher(scene.HomeCare(5))
	err = w.In(t.Context(), other.Organiser.ID, func(tx *postgres.Tx) error {
		_, err := voucher.Get(t.Context(), tx, other.As(access.Caseworker), other.Organiser.ID, v.ID)
		return err
	})
	faulttest.Want(t, err, "VOU-001")
}

func TestClockMovesTheWorld(t *testing.T) {
	t.Parallel()
	w := scene.New(t, "2026-11-21")
	v := w.Voucher(scene.HomeCare(5))
	if late := w.Recorded(v, "2026-11-25", "1"); late.State != event.Rejected {
		t.Errorf("a visit of the future was %s", late.State)
	}
	w.Move("2026-11-26")
	w.Accepted(v, "2026-11-25")
}
