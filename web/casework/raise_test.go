package casework_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/domain/voucher"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

func TestValueIsRaisedForOneClientInTheBrowser(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := world.Granted(10)
	b := open(t, world, world.Staff)
	path := "/fi/vouchers/" + strconv.FormatInt(v.ID, 10)
	body, _ := b.get(path)
	b.shows(body, path+"/raise")
	form := []string{"version", strconv.Itoa(int(v.RowVersion)), "ground", "livelihood", "form", "percent", "amount", "10", "content", "", "from", "1.3.2027", "to", "31.3.2027",
		"reason", "Tulot ovat pienentyneet.", "office", "palveluohjaaja"}
	body, res := b.post(path+"/raise", append(form[:len(form):len(form)], "to", "1.1.2030")...)
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("a period past the validity was taken: %d", res.StatusCode)
	}
	b.shows(body, "Tulot ovat pienentyneet.")
	body, res = b.post(path+"/raise", form...)
	if res.Request.URL.Path != path {
		t.Fatalf("%d %s", res.StatusCode, res.Request.URL.Path)
	}
	b.shows(body, "Setelin arvo on korotettu")
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		got, err := voucher.Get(t.Context(), tx, world.Staff, v.Organiser, v.ID)
		if err == nil {
			if one, _ := got.Lines[0].ValueOn(calendar.Day(2027, time.March, 31)); one.Cents != 3740 {
				t.Errorf("the last day is worth %s", one.Cents)
			}
			if one, _ := got.Lines[0].ValueOn(calendar.Day(2027, time.April, 1)); one.Cents != 3400 {
				t.Errorf("the day after is worth %s", one.Cents)
			}
		}
		return err
	})
}
