package feed_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/ident"
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

const shareHeading = "Maksun tunnus;Lapsen henkilötunnus;Omavastuu;Alkaa;Päättyy;Poistettu\r\n"

func takeShares(t *testing.T, world *w.World, lines ...string) []feed.Taken {
	t.Helper()
	text := shareHeading + strings.Join(lines, "\r\n") + "\r\n"
	rows, bad, err := feed.ReadShares("maksut.csv", bytes.NewReader([]byte(text)), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	var taken []feed.Taken
	world.Do(world.Staff, func(tx *postgres.Tx) (err error) {
		taken, err = feed.TakeShares(t.Context(), tx, world.Staff, world.Keys, w.Organiser, rows)
		return err
	})
	return append(taken, bad...)
}

func told(list []feed.Taken) (words []string) {
	for _, x := range list {
		words = append(words, string(x.Outcome))
		for _, f := range x.Faults {
			words = append(words, f.Code+"/"+f.Field)
		}
	}
	return words
}

// An own share of the municipality's fee system takes the place of the computed one: the draft has it as it stands and says where it comes
// from; the same file again changes nothing, and one that is taken out leaves the computed fee.
func TestReadyOwnSharesComeFromAFileAndTakeThePlaceOfTheComputedOnes(t *testing.T) {
	t.Parallel()
	world := open(t)
	world.Client("050590-901J")
	world.Client("030322A9024")
	take(t, world, "EF-1;030322A9024;Hoiva Keskusta;1.1.2026;;full_time;050590-901J;;;")
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		unit, err := store.UnitNamed(t.Context(), tx, "Hoiva Keskusta")
		if err != nil {
			return err
		}
		return store.TellPrice(t.Context(), tx, world.Staff, w.Organiser, store.Price{Unit: unit, Option: "full_time", From: calendar.Day(2026, 6, 29), Over: 120000, Under: 170000})
	})
	draft := func(want ...string) {
		t.Helper()
		world.Do(world.Staff, func(tx *postgres.Tx) error {
			child, err := store.ByIdentity(t.Context(), tx, world.Staff, world.Keys, w.Organiser, hetu(t, "030322A9024"))
			if err == nil {
				_, err = store.Regenerate(t.Context(), tx, world.Staff, w.Organiser, []int64{child})
			}
			return err
		})
		var got []string
		world.Do(world.Staff, func(tx *postgres.Tx) error {
			list, err := store.ListDrafts(t.Context(), tx, world.Staff, store.DraftFilter{Organiser: w.Organiser, Most: 20})
			for _, d := range list {
				one, why, err := store.ReadDraft(t.Context(), tx, world.Staff, w.Organiser, d.ID)
				if err != nil {
					return err
				}
				step := ""
				for _, s := range why.Explanation {
					if strings.HasPrefix(s.Key, "daycare.step.base") {
						step = strings.TrimPrefix(s.Key, "daycare.step.")
					}
				}
				got = append(got, fmt.Sprintf("%s %d %s", one.Period.From, one.OwnShare, step))
			}
			return err
		})
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("drafts %v, want %v", got, want)
		}
	}
	draft("2026-06-29 31100 base_unknown")
	same(t, "the first file", told(takeShares(t, world, "AM-1;030322A9024;187,00;1.3.2026;15.7.2026;", "AM-2;030322A9024;0;16.7.2026;;", "AM-3;030322A9024;50;1.7.2026;31.8.2026;",
		"AM-4;030322A9024;400,00;1.1.2026;31.1.2026;", "AM-5;030322A9024;-1;1.1.2026;31.1.2026;", "AM-6;;paljon;;;", "AM-7;030322A9024;;1.1.2026;;",
		"AM-8;010121A9993;10;1.1.2026;;", "AM-9;030322A9024;10;1.2.2026;31.1.2026;", "AM-10;;;;;x", "AM-11;030322A9024;12,345;1.1.2026;;", "AM-12;030322A9024;10;;;")),
		"added", "added", "refused", "DAY-122/from", "refused", "DAY-123/amount", "refused", "DAY-124/amount", "refused", "DAY-112/child", "refused", "DAY-072/to",
		"refused", "DAY-119/amount", "IDE-001/child", "DAY-127/from", "refused", "DAY-126/amount", "refused", "IDE-001/child", "refused", "DAY-125/amount", "refused", "DAY-127/from")
	draft("2026-06-29 18700 base_ready", "2026-07-16 0 base_ready")
	same(t, "the same again", told(takeShares(t, world, "AM-1;030322A9024;187,00;1.3.2026;15.7.2026;", "AM-2;030322A9024;0;16.7.2026;;")), "kept", "kept")
	changed := takeShares(t, world, "AM-2;030322A9024;25;10.7.2026;;", "AM-1;030322A9024;187,00;1.3.2026;9.7.2026;") // in the wrong order
	same(t, "a shift of days", told(changed), "changed", "changed")
	if c := changed[0]; c.Was == nil || c.Now == nil || *c.Was.Share != 0 || *c.Now.Share != 2500 || c.Now.Period.From != calendar.Day(2026, 7, 10) {
		t.Errorf("the view of differences: %+v", c)
	}
	draft("2026-06-29 18700 base_ready", "2026-07-10 2500 base_ready")
	world.Client("040422A903L")
	same(t, "another child's name", told(takeShares(t, world, "AM-1;040422A903L;10;1.1.2026;;")), "refused", "DAY-115/id")
	same(t, "taken out", told(takeShares(t, world, "AM-1;030322A9024;;1.3.2026;;x", "AM-2;030322A9024;;1.3.2026;;x", "AM-3;030322A9024;;1.3.2026;;x")), "changed", "changed", "refused", "DAY-118/id")
	same(t, "taken out again", told(takeShares(t, world, "AM-1;030322A9024;;1.3.2026;;x")), "kept")
	draft("2026-06-29 31100 base_unknown")
}

func hetu(t *testing.T, code string) ident.Hetu {
	t.Helper()
	h, err := ident.ParseHetu(code)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func FuzzReadShares(f *testing.F) {
	f.Add([]byte(shareHeading + "AM-1;030322A9024;187,00;1.3.2026;31.7.2026;\r\n"))
	f.Add([]byte(shareHeading + "AM-1;;1e9;46388;3/4/2027;x\r\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		rows, bad, err := feed.ReadShares("x.csv", bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return
		}
		for _, r := range rows {
			if r.Line < 2 || r.Child.IsZero() || r.Removed && r.Amount != 0 {
				t.Errorf("a good row without a line or a child, or an amount of what is taken out: %+v", r)
			}
		}
		for _, b := range bad {
			if b.Outcome != feed.Refused || len(b.Faults) == 0 {
				t.Errorf("a bad row without a fault: %+v", b)
			}
		}
	})
}
