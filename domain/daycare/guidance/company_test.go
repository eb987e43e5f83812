package guidance_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/domain/daycare/guidance"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// named is what a list of proposals tells a company of their children.
func (n *town) named(by access.Actor, proposals ...int64) (got map[int64]guidance.NamedChild) {
	n.t.Helper()
	n.Do(by, func(tx *postgres.Tx) (err error) {
		got, err = guidance.ChildrenNamed(n.t.Context(), tx, by, w.Organiser, proposals)
		return err
	})
	return got
}

func TestAListNamesTheChildrenOfItsOwnCompanyAndLogsEachOnce(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, _, self := n.family(calendar.Day(2022, 3, 3))
	a := n.applied(self, c, calendar.Day(2026, 6, 8), w.Unit)
	p, err := n.propose(a, w.Unit)
	must(t, err)
	const logged = `select count(*) from access_log where what = 'daycare.proposal' and purpose = 'service'`
	before := n.Count(logged)

	got := n.named(n.provider, p.ID)
	if len(got) != 1 || got[p.ID].Name != n.get(n.Staff, a.ID).Child || got[p.ID].BirthDate != calendar.Day(2022, 3, 3) {
		t.Errorf("the list tells %+v", got)
	}
	if read := n.Count(logged) - before; read != 1 {
		t.Errorf("%d readings are logged", read)
	}
	if got := n.named(n.Recorder(w.OtherProvider), p.ID); len(got) != 0 {
		t.Errorf("another company is told %+v", got)
	}
	elsewhere := n.provider
	elsewhere.Units = []int64{w.OtherUnit}
	if got := n.named(elsewhere, p.ID); len(got) != 0 {
		t.Errorf("another unit is told %+v", got)
	}
	if read := n.Count(logged) - before; read != 1 {
		t.Errorf("what was not told is logged: %d readings", read)
	}

	must(t, n.unitSays(p, false, "Ryhmä siirtyy toiseen taloon."))
	if got := n.named(n.provider, p.ID); len(got) != 0 {
		t.Errorf("of a place that went elsewhere the list tells %+v", got)
	}
	err = n.Try(n.Staff, func(tx *postgres.Tx) error {
		_, err := guidance.ChildrenNamed(t.Context(), tx, n.Staff, w.Organiser, []int64{p.ID})
		return err
	})
	if err == nil {
		t.Error("staff read a company's list")
	}
}
