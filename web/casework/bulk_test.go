package casework_test

import (
	"net/http"
	"strings"
	"testing"

	"seteli/domain/voucher"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/job"
)

// raised publishes a rulebook from the turn of the year that raises the hour from 34.00 to 36.00.
func raised(world *w.World) {
	world.Exec(`insert into rulebook (rulebook_id, organiser_id, service_id, version, valid_from, text_fi, text_sv, text_en, rules, prepared_by_account, prepared_by, prepared_at, published_by_account, published_by, published_at)
		overriding system value select 9001, organiser_id, service_id, version + 1, '2027-01-01', text_fi, text_sv, text_en, replace(rules::text, '3400', '3600')::jsonb, 1, 'A', now(), 2, 'B', now() from rulebook where service_id = $1`, w.Service)
}

var index = []string{"service", "11", "kind", "revalue", "from", "1.1.2027", "reason", "Arvoa korotetaan hintaindeksin mukaan."}

func TestIndexChangeIsPreparedLookedThroughAndApprovedByAnother(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	raised(world)
	v := world.Granted(20)
	world.Granted(10)
	b := open(t, world, world.Staff)
	body, res := b.post("/fi/changes/new", "service", "11", "kind", "revalue", "from", "1.1.2020", "reason", "")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a change in the past without a reason: %d", res.StatusCode)
	}
	b.shows(body, "Virhe:")
	body, res = b.post("/fi/changes/new", index...)
	if res.Request.URL.Path != "/fi/changes/1" {
		t.Fatalf("prepare: %d %s", res.StatusCode, res.Request.URL.Path)
	}
	b.shows(body, "Odottaa hyväksyntää", "Virtanen Aino", v.Number.Print(), "34,00", "36,00", "&#43;2,00", "Arvoa korotetaan")
	if strings.Contains(body, "/changes/1/approve") {
		t.Error("who prepared it is offered to approve it")
	}
	if n := world.Count(`select count(*) from access_log where purpose = 'voucher.bulk'`); n == 0 {
		t.Error("the clients' looking at is not written down")
	}
	m := open(t, world, manager)
	body, _ = m.get("/fi/decisions")
	m.shows(body, "Muutokset moneen seteliin", `href="/fi/changes"`)
	body, _ = m.get("/fi/changes/1")
	m.shows(body, "/fi/changes/1/approve")
	_, res = m.post("/fi/changes/1/approve", "version", "1", "office", "")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("approved without an office: %d", res.StatusCode)
	}
	body, res = m.post("/fi/changes/1/approve", "version", "1", "office", "palvelupäällikkö")
	if res.Request.URL.Path != "/fi/changes/1" {
		t.Fatalf("approve: %d %s", res.StatusCode, res.Request.URL.Path)
	}
	m.shows(body, "Toteutetaan", "Muutettu 0 / 2", "palvelupäällikkö")
	body, res = m.post("/fi/changes/1/approve", "version", "1", "office", "palvelupäällikkö")
	if res.StatusCode == http.StatusOK {
		t.Errorf("approved twice: %d %s", res.StatusCode, body)
	}
	for n := 1; n > 0; {
		var err error
		if n, err = job.DeliverOutbox(t.Context(), world.DB, []int32{w.Organiser}, voucher.BulkHandlers(world.DB, world.Means)); err != nil {
			t.Fatal(err)
		}
	}
	body, _ = b.get("/fi/changes/1")
	b.shows(body, "Tehty", "Muutettu 2 / 2 riviä, päätöksiä tehty 2")
	body, _ = b.get("/fi/changes")
	b.shows(body, "Uusi arvo", "1.1.2027")
}

func TestRenewalTellsWhoIsLeftOutAndCanBeDropped(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := world.Granted(20)
	world.Granted(10)
	b := open(t, world, world.Staff)
	body, res := b.post("/fi/changes/new", "service", "11", "kind", "renew", "valid_to", "31.12.2099", "reason", "Tarve jatkuu.")
	if res.Request.URL.Path != "/fi/changes/1" {
		t.Fatalf("prepare: %d %s", res.StatusCode, res.Request.URL.Path)
	}
	b.shows(body, "Ei muutu", "Seteli voi olla voimassa enintään 24 kuukautta.", "only=refused")
	body, _ = b.get("/fi/changes/1?only=refused&after=x")
	b.shows(body, v.Number.Print(), "Näytä kaikki rivit")
	body, res = b.post("/fi/changes/1/drop", "version", "1")
	if res.Request.URL.Path != "/fi/changes/1" {
		t.Errorf("drop: %d", res.StatusCode)
	}
	b.shows(body, "Hylätty")
	_, res = b.post("/fi/changes/new", index...)
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a change that changes nothing: %d", res.StatusCode)
	}
	for path, want := range map[string]int{"/fi/changes/99": http.StatusNotFound, "/fi/changes/x": http.StatusNotFound, "/fi/changes/1/approve": http.StatusForbidden} {
		if _, res = b.get(path); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
	}
	checker := open(t, world, access.Actor{Account: 8, Name: "Taru Tarkastaja", Role: access.EventChecker, Organiser: w.Organiser})
	if _, res = checker.get("/fi/changes/new"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a checker prepares: %d", res.StatusCode)
	}
}

// Fifty clients stand on a page, and the rest one link away.
func TestManyLinesArePaged(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	raised(world)
	for range 52 {
		world.Granted(5)
	}
	b := open(t, world, world.Staff)
	body, _ := b.post("/fi/changes/new", index...)
	if n := strings.Count(body, "/fi/vouchers/"); n != 50 {
		t.Errorf("%d lines on the first page", n)
	}
	_, link, found := strings.Cut(body, `href="/fi/changes/1?after=`)
	if !found {
		t.Fatal("no way to the next page")
	}
	at, _, _ := strings.Cut(link, `"`)
	body, _ = b.get("/fi/changes/1?after=" + at)
	if n := strings.Count(body, "/fi/vouchers/"); n != 2 {
		t.Errorf("%d lines on the second page", n)
	}
}
