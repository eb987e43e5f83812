package feed_test

import (
	"bytes"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/domain/daycare/feed"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

func open(t *testing.T) *w.World {
	t.Helper()
	world := w.New(t, postgrestest.Clock(calendar.Noon(calendar.Day(2026, 6, 29))))
	p, err := profile.Load("oulu")
	if err != nil {
		t.Fatal(err)
	}
	main := access.Actor{Account: 21, Name: "Päivi Pihlajavuo", Role: access.MainUser, Organiser: w.Organiser}
	second := access.Actor{Account: 22, Name: "Matti Metsola", Role: access.MainUser, Organiser: w.Organiser}
	var r store.Rules
	world.Do(main, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(t.Context(), tx, main, store.RulesInput{Organiser: w.Organiser, Service: w.Service, Content: w.Hours, ValidFrom: calendar.Day(2026, 1, 1), Profile: p})
		return err
	})
	world.Do(second, func(tx *postgres.Tx) error {
		_, err := store.PublishRules(t.Context(), tx, second, w.Organiser, r.ID, r.RowVersion)
		return err
	})
	return world
}

const heading = "Sijoituksen tunnus;Lapsen henkilötunnus;Yksikkö;Alkaa;Päättyy;Palveluntarve;Päämies;Maksaja;Irtisanottu;Poistettu\r\n"

func take(t *testing.T, world *w.World, lines ...string) (outcomes, codes []string) {
	t.Helper()
	text := heading + strings.Join(lines, "\r\n") + "\r\n"
	rows, bad, err := feed.ReadFile("sijoitukset.csv", bytes.NewReader([]byte(text)), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	var taken []feed.Taken
	world.Do(world.Staff, func(tx *postgres.Tx) (err error) {
		taken, err = feed.Take(t.Context(), tx, world.Staff, world.Keys, w.Organiser, rows)
		return err
	})
	for _, x := range append(taken, bad...) {
		outcomes = append(outcomes, string(x.Outcome))
		for _, f := range x.Faults {
			codes = append(codes, f.Code)
		}
	}
	return outcomes, codes
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// A place and its need come by the other system's name: the same again changes nothing, a move in one file is taken in either order, and
// what is wrong is told row by row while the rest is taken.
func TestPlacementsComeFromAFileAndTheSameAgainChangesNothing(t *testing.T) {
	t.Parallel()
	world := open(t)
	world.Client("050590-901J")
	world.Client("030322A9024")
	world.Client("040422A903L")
	first := "EF-1;030322A9024;Hoiva Keskusta;1.1.2026;;full_time;050590-901J;;;"
	outcomes, codes := take(t, world, first, "EF-2;040422A903L;Ei tällaista;1.1.2026;;full_time;;;;", "EF-3;010121A9993;Hoiva Keskusta;1.1.2026;;full_time;;;;",
		"EF-4;040422A903L;Hoiva Keskusta;1.1.2026;31.12.2025;full_time;;;;", "EF-1;040422A903L;Hoiva Keskusta;1.1.2026;;full_time;;;;", "EF-5;040422A903L;Hoiva Keskusta;1.1.2026;;olematon;;;;")
	t.Log(outcomes, codes)
	if outcomes[0] != "added" || world.Count(`select count(*) from daycare_placement`) != 1 || world.Count(`select count(*) from daycare_need`) != 1 || world.Count(`select count(*) from daycare_head`) != 1 {
		t.Errorf("outcomes %v, codes %v", outcomes, codes)
	}
	for _, want := range []string{"DAY-113", "DAY-072", "DAY-111", "DAY-114"} {
		if !strings.Contains(strings.Join(codes, " "), want) {
			t.Errorf("no %s among %v", want, codes)
		}
	}
	outcomes, codes = take(t, world, first)
	same(t, "the same again", append(outcomes, codes...), "kept")
	outcomes, codes = take(t, world, "EF-6;030322A9024;Hoiva Keskusta;1.8.2026;;full_time;;kunta;;", "EF-1;030322A9024;Hoiva Keskusta;1.1.2026;31.7.2026;full_time;;;15.6.2026;")
	same(t, "a move", append(outcomes, codes...), "added", "changed")
	outcomes, codes = take(t, world, "EF-1;040422A903L;Hoiva Keskusta;1.1.2026;;full_time;;;;")
	same(t, "another child's name", append(outcomes, codes...), "refused", "DAY-115")
	take(t, world, "EF-6;030322A9024;;1.1.2026;;;;;;x")
	outcomes, _ = take(t, world, "EF-1;030322A9024;;1.1.2026;;;;;;x")
	same(t, "removed", outcomes, "changed")
	if n := world.Count(`select count(*) from daycare_placement where voided_at is null`) + world.Count(`select count(*) from daycare_need where voided_at is null`); n != 0 {
		t.Errorf("%d rows left", n)
	}
}

func FuzzReadFile(f *testing.F) {
	f.Add([]byte(heading + "EF-1;030322A9024;Hoiva Keskusta;1.1.2026;;full_time;;;;\r\n"))
	f.Add([]byte(heading + "EF-1;;;46388;3/4/2027;;;x;;\r\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		rows, bad, err := feed.ReadFile("x.csv", bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return
		}
		for _, r := range rows {
			if r.Line < 2 || r.Child.IsZero() {
				t.Errorf("a good row without a line or a child: %+v", r)
			}
		}
		for _, b := range bad {
			if b.Outcome != feed.Refused || len(b.Faults) == 0 {
				t.Errorf("a bad row without a fault: %+v", b)
			}
		}
	})
}
