package voucher_test

import (
	"testing"

	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

func TestEffectOfARulebookIsCountedAndNothingIsStored(t *testing.T) {
	t.Parallel()
	w := vouchertest.New(t)
	raised(w)
	w.Granted(10)
	v := w.Granted(5)
	w.Do(w.Staff, func(tx *postgres.Tx) error {
		book, err := rulebook.Current(t.Context(), tx, vouchertest.Organiser, vouchertest.Service, nextYear)
		if err != nil {
			return err
		}
		e, err := voucher.EffectOf(t.Context(), tx, w.Staff, w.Means.Models, book)
		if err != nil || e.Vouchers != 2 || e.Changed != 2 || e.Raised != 2 || e.Lowered != 0 || e.Lowest != 200 || e.Highest != 200 || e.Sum != 400 || e.From != nextYear {
			t.Errorf("%+v, %v", e, err)
		}
		now, err := rulebook.Current(t.Context(), tx, vouchertest.Organiser, vouchertest.Service, tx.Today())
		if err != nil {
			return err
		}
		e, err = voucher.EffectOf(t.Context(), tx, w.Staff, w.Means.Models, now)
		if err != nil || e.Vouchers != 2 || e.Changed != 0 || e.From != tx.Today()+1 {
			t.Errorf("the version in force: %+v, %v", e, err)
		}
		later := book
		later.ValidFrom = v.Valid.To
		if e, err = voucher.EffectOf(t.Context(), tx, w.Staff, w.Means.Models, later); err != nil || e.Vouchers != 0 {
			t.Errorf("after every voucher's end: %+v, %v", e, err)
		}
		list, err := voucher.Bulks(t.Context(), tx, w.Staff, vouchertest.Organiser)
		if err != nil || len(list) != 0 {
			t.Errorf("%d changes were stored", len(list))
		}
		return err
	})
}
