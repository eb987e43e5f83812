package catalogue_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"

	"pgregory.net/rapid"
)

const today = calendar.Date(20778) // 2026-11-21, where the test clock stands

type world struct {
	t    testing.TB
	db   *postgres.DB
	org  int32
	main access.Actor
	area catalogue.Area
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, db: postgrestest.New(t)}
	w.org = w.organiser("MTK", "1234567-1")
	w.main = access.Actor{Account: 2, Name: "Pirkko Pää", Role: access.MainUser, Organiser: w.org}
	w.do(func(ctx context.Context, tx *postgres.Tx) error {
		class, err := catalogue.AddClass(ctx, tx, w.main, catalogue.Class{Organiser: w.org, Names: i18n.Names{Fi: "Hoito- ja hoivapalvelut"}})
		if err != nil {
			return err
		}
		w.area, err = catalogue.AddArea(ctx, tx, w.main, catalogue.Area{Organiser: w.org, Class: class.ID, Names: i18n.Names{Fi: "Kotiin annettavat palvelut"}})
		return err
	})
	return w
}

func (w *world) organiser(prefix, businessID string) int32 {
	w.t.Helper()
	by := access.Actor{Account: 1, Name: "Olli Operaattori", Role: access.Operator}
	var o organiser.Organiser
	must(w.t, w.db.National(context.Background(), func(tx *postgres.Tx) (err error) {
		o, err = organiser.Found(context.Background(), tx, by, organiser.FoundInput{Prefix: prefix, Kind: "county", BusinessID: businessID, Settings: organiser.Settings{
			Names: i18n.Names{Fi: prefix}, Email: "a@b.example", Phone: "1", AddressLine: "Tie 1", Postcode: "99999", City: "Mallila",
			RegistryEmail: "k@b.example", RectificationBody: i18n.Names{Fi: "Lautakunta"}, Rhythm: "monthly", SettlementDay: 5, PaymentTermDays: 30,
			PayerName: prefix, PayerIBAN: "FI2112345600000785"}})
		return err
	}))
	return o.ID
}

// do runs in the main user's transaction and expects success.
func (w *world) do(fn func(ctx context.Context, tx *postgres.Tx) error) {
	w.t.Helper()
	must(w.t, w.try(fn))
}

func (w *world) try(fn func(ctx context.Context, tx *postgres.Tx) error) error {
	return w.db.Tenant(context.Background(), w.main, func(tx *postgres.Tx) error { return fn(context.Background(), tx) })
}

func ptr[T any](v T) *T { return &v }

func (w *world) homeCare() catalogue.VersionInput {
	return catalogue.VersionInput{Organiser: w.org, Code: "kotihoito", AreaID: w.area.ID, ValidFrom: today, Names: i18n.Names{Fi: "Kotihoito", Sv: "Hemvård"},
		Descriptions: i18n.Names{Fi: "Tilapäinen kotihoito"}, Mode: catalogue.Voucher, Open: true, LegalAct: "1301/2014", LegalSection: "19 §",
		Contents: []catalogue.ContentInput{
			{Code: "hoito", Unit: catalogue.Hour, Names: i18n.Names{Fi: "Kotihoidon tunti"}, Position: 1, PriceCap: ptr(money.Cents(5500)), MaxDay: ptr(money.Units(8))},
			{Code: "kylvetys", Unit: catalogue.Visit, Names: i18n.Names{Fi: "Kylvetys"}, Position: 2},
		}}
}

func (w *world) add(in catalogue.VersionInput) catalogue.Service {
	w.t.Helper()
	var s catalogue.Service
	w.do(func(ctx context.Context, tx *postgres.Tx) (err error) {
		s, err = catalogue.AddService(ctx, tx, w.main, in)
		return err
	})
	return s
}

func (w *world) publish(in catalogue.VersionInput) error {
	return w.try(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := catalogue.PublishVersion(ctx, tx, w.main, in)
		return err
	})
}

// next is the editor's form for a service as it is.
func next(s catalogue.Service, from calendar.Date) catalogue.VersionInput {
	in := catalogue.VersionInput{Organiser: s.Organiser, Service: s.ID, Base: s.LastVersion, AreaID: s.AreaID, ValidFrom: from, Names: s.Names,
		Descriptions: s.Descriptions, Mode: s.Mode, Open: s.Open, OwnShareForbidden: s.OwnShareForbidden, LegalAct: s.LegalAct, LegalSection: s.LegalSection}
	for _, c := range s.Contents {
		in.Contents = append(in.Contents, catalogue.ContentInput{ID: c.ID, Unit: c.Unit, Names: c.Names, Position: c.Position, PriceCap: c.PriceCap, MaxDay: c.MaxDay})
	}
	return in
}

func (w *world) at(service int64, day calendar.Date) catalogue.Service {
	w.t.Helper()
	var s catalogue.Service
	w.do(func(ctx context.Context, tx *postgres.Tx) (err error) {
		s, err = catalogue.ServiceAt(ctx, tx, w.org, service, day)
		return err
	})
	return s
}

func TestNewVersionChangesTheServiceFromItsFirstDayOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.add(w.homeCare())
	in := next(s, today+10)
	in.Names.Fi, in.Contents[0].PriceCap, in.Open = "Kotihoito ja tuki", ptr(money.Cents(5800)), false
	in.Contents = append(in.Contents[:1], catalogue.ContentInput{Code: "yo", Unit: catalogue.Hour, Names: i18n.Names{Fi: "Yöhoidon tunti"}, Position: 3})
	must(t, w.publish(in))

	before, after := w.at(s.ID, today+9), w.at(s.ID, today+10)
	if before.Version != 1 || before.Names.Fi != "Kotihoito" || len(before.Contents) != 2 || *before.Contents[0].PriceCap != 5500 || !before.Open {
		t.Errorf("the day before: %+v", before)
	}
	if after.Version != 2 || after.Names.Fi != "Kotihoito ja tuki" || len(after.Contents) != 2 || *after.Contents[0].PriceCap != 5800 || after.Open {
		t.Errorf("the first day: %+v", after)
	}
	if after.Contents[0].ID != before.Contents[0].ID || after.Contents[1].Code != "yo" || before.LastVersion != 2 {
		t.Errorf("contents before %+v after %+v", before.Contents, after.Contents)
	}
	var fields []string
	for _, c := range catalogue.Changes(before, after) {
		fields = append(fields, c.Content+"/"+c.Field)
	}
	want := "[/valid_from /name_fi /open hoito/price_cap hoito/from yo/added kylvetys/removed]"
	if fmt.Sprint(fields) != want {
		t.Errorf("changes %v, want %s", fields, want)
	}
}

func TestPreviewIsWhatPublishingMakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.add(w.homeCare())
	in := next(s, today+1)
	in.Contents[0].MaxDay, in.LegalSection = ptr(money.Units(6)), "19 a §"
	preview := fmt.Sprint(catalogue.Changes(s, in.Preview(w.area, s)))
	must(t, w.publish(in))
	if made := fmt.Sprint(catalogue.Changes(s, w.at(s.ID, today+1))); made != preview {
		t.Errorf("preview %s\nmade    %s", preview, made)
	}
}

func TestServiceThatBeginsLaterIsNotThereYet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.homeCare()
	in.ValidFrom = today + 5
	s := w.add(in)
	w.do(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := catalogue.ServiceAt(ctx, tx, w.org, s.ID, today)
		faulttest.Want(t, err, "CAT-023")
		_, err = catalogue.ServiceAt(ctx, tx, w.org, s.ID+1, today)
		faulttest.Want(t, err, "CAT-001")
		list, err := catalogue.Services(ctx, tx, w.org, today)
		if len(list) != 0 {
			t.Errorf("listed before its first day: %+v", list)
		}
		return err
	})
}

func TestPastDaysStayAsTheyWere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.add(w.homeCare())
	faulttest.WantField(t, w.publish(next(s, today-1)), "CAT-011", "valid_from")
	must(t, w.publish(next(s, today+20)))
	again := next(w.at(s.ID, today), today+19)
	faulttest.WantField(t, w.publish(again), "CAT-024", "valid_from")
	again.ValidFrom = today + 20
	must(t, w.publish(again))
	if got := w.at(s.ID, today+20).Version; got != 3 {
		t.Errorf("version %d on its first day, want the later 3", got)
	}
}

func TestUnitOfAContentIsForEver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.add(w.homeCare())
	in := next(s, today)
	in.Contents[0].Unit = catalogue.Day
	faulttest.WantField(t, w.publish(in), "CAT-010", "contents.0.unit")
}

func TestEditorTellsEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.homeCare()
	in.Names.Fi, in.LegalAct, in.Mode, in.NoticeEmail, in.Code = "", "", "gift", "x", "koti hoito"
	in.Contents = []catalogue.ContentInput{
		{Code: "a", Unit: "metre", Names: i18n.Names{Fi: "A"}, PriceCap: ptr(money.Cents(0)), MaxDay: ptr(money.Quantity(-1)), To: today},
		{Code: "a", Unit: catalogue.Hour},
	}
	err := w.try(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := catalogue.AddService(ctx, tx, w.main, in)
		return err
	})
	var got []string
	for _, f := range fault.All(err) {
		got = append(got, f.Code+" "+f.Field)
	}
	want := "[CAT-003 name_fi CAT-003 legal_act CAT-008 mode CAT-022 notice_email CAT-009 contents.0.unit CAT-015 contents.0.price_cap " +
		"CAT-016 contents.0.max_day CAT-017 contents.0.to CAT-013 contents.1.code CAT-003 contents.1.name_fi CAT-004 code]"
	if fmt.Sprint(got) != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
}

func TestCodeAndAreaAreChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.add(w.homeCare())
	try := func(in catalogue.VersionInput) error {
		return w.try(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := catalogue.AddService(ctx, tx, w.main, in)
			return err
		})
	}
	faulttest.WantField(t, try(w.homeCare()), "CAT-005", "code")
	in := w.homeCare()
	in.Code, in.AreaID = "toinen", w.area.ID+1
	faulttest.WantField(t, try(in), "CAT-006", "area")
	moved := next(s, today)
	moved.AreaID++
	faulttest.WantField(t, w.publish(moved), "CAT-006", "area")
	in = w.homeCare()
	in.Code, in.Contents = "rekisteri", nil
	faulttest.WantField(t, try(in), "CAT-012", "contents")
	in.Mode = catalogue.Register
	must(t, try(in))
}

func TestTwoMainUsersPublishingAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.add(w.homeCare())
	names := []string{"Ensimmäinen", "Toinen", "Kolmas"}
	errs := make([]error, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() {
			in := next(s, today+1)
			in.Names.Fi = name
			errs[i] = w.publish(in)
		})
	}
	wg.Wait()
	winner := ""
	for i, err := range errs {
		if err == nil {
			winner += names[i]
			continue
		}
		faulttest.Want(t, err, "CAT-002")
	}
	if got := w.at(s.ID, today+1); got.Version != 2 || got.Names.Fi != winner {
		t.Errorf("version %d %q, want 2 of the one winner %q", got.Version, got.Names.Fi, winner)
	}
}

// Whatever versions are made, each day has the last version that begins on or before it, and nothing of a past day changes.
func TestVersionOfADayIsTheLastThatHasBegun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := 0
	rapid.Check(t, func(r *rapid.T) {
		made++
		in := w.homeCare()
		in.Code = fmt.Sprint("palvelu", made)
		in.ValidFrom = today - 3
		first := w.add(in)
		steps := rapid.SliceOfN(rapid.IntRange(0, 4), 1, 4).Draw(r, "days between versions")
		begins := []calendar.Date{first.ValidFrom}
		s, day := first, today
		for _, step := range steps {
			day += calendar.Date(step)
			in := next(s, day)
			in.Contents[0].PriceCap = ptr(money.Cents(1000 * (s.LastVersion + 1)))
			must(t, w.publish(in))
			s.LastVersion++
			begins = append(begins, day)
		}
		w.do(func(ctx context.Context, tx *postgres.Tx) error {
			terms, err := catalogue.TermsForRecording(ctx, tx, w.org, []int64{s.Contents[0].ID})
			if err != nil {
				return err
			}
			for d := today - 3; d < day+3; d++ {
				want := 0
				for i, b := range begins {
					if b <= d {
						want = i + 1
					}
				}
				got, err := catalogue.ServiceAt(ctx, tx, w.org, s.ID, d)
				if err != nil || got.Version != want {
					r.Fatalf("on %s version %d, want %d of %v (%v)", d, got.Version, want, begins, err)
				}
				var cap money.Cents // what the recording of events takes: the last version that covers the day
				for _, term := range terms[s.Contents[0].ID] {
					if term.Period.Contains(d) {
						cap = *term.PriceCap
					}
				}
				if cap != *got.Contents[0].PriceCap {
					r.Fatalf("on %s recording has the cap %d, the catalogue %d", d, cap, *got.Contents[0].PriceCap)
				}
			}
			return nil
		})
	})
}

func TestCatalogueIsPublicButTeamsAreNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.add(w.homeCare())
	w.do(func(ctx context.Context, tx *postgres.Tx) error {
		team, err := organiser.AddTeam(ctx, tx, w.main, organiser.TeamInput{Organiser: w.org, Name: "Kotihoito"})
		if err != nil {
			return err
		}
		if err := catalogue.SetTeams(ctx, tx, w.main, w.org, s.ID, []int64{team.ID, team.ID}); err != nil {
			return err
		}
		own, err := catalogue.ServiceAt(ctx, tx, w.org, s.ID, today)
		if len(own.Teams) != 1 || own.Teams[0] != team.ID {
			t.Errorf("teams %v", own.Teams)
		}
		return err
	})
	for name, scope := range map[string]access.Within{"public": {}, "provider": {Provider: 7}, "client": {Person: 7}, "another organiser": {Organiser: w.org + 1}} {
		must(t, w.db.Read(t.Context(), scope, func(tx *postgres.Tx) error {
			seen, err := catalogue.Services(t.Context(), tx, w.org, today)
			if len(seen) != 1 || len(seen[0].Contents) != 2 || seen[0].Teams != nil {
				t.Errorf("%s sees %+v", name, seen)
			}
			return err
		}))
	}
}

func TestStrangersCannotWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.add(w.homeCare())
	other := w.organiser("TRS", "7654321-2")
	w.main = access.Actor{Account: 3, Name: "Vieras", Role: access.MainUser, Organiser: other}
	faulttest.Want(t, w.publish(next(s, today)), "ACC-001")
	in := next(s, today)
	in.Organiser = other // names its own organiser, but another's service
	faulttest.Want(t, w.publish(in), "CAT-001")
	w.main = access.Actor{Account: 4, Name: "Olga Ohjaaja", Role: access.Caseworker, Organiser: s.Organiser}
	faulttest.Want(t, w.publish(next(s, today)), "ACC-001")
}

func TestQueriesDoNotGrowWithServices(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	count := func() (queries int) {
		w.do(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := catalogue.Services(ctx, tx, w.org, today)
			queries = tx.QueryCount()
			return err
		})
		return queries
	}
	w.add(w.homeCare())
	one := count()
	for i := range 8 {
		in := w.homeCare()
		in.Code = fmt.Sprint("palvelu", i)
		w.add(in)
	}
	if many := count(); many != one {
		t.Errorf("%d queries for 1 service, %d for 9", one, many)
	}
}

func TestSlotIsEditedOncePerVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.add(w.homeCare())
	slot := catalogue.Slot{Organiser: w.org, Service: s.ID, Level: "company", Names: i18n.Names{Fi: "Vakuutustodistus"}, Required: true, Expires: true}
	w.do(func(ctx context.Context, tx *postgres.Tx) (err error) {
		slot, err = catalogue.AddSlot(ctx, tx, w.main, slot)
		return err
	})
	edit := func(in catalogue.Slot) error {
		return w.try(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := catalogue.EditSlot(ctx, tx, w.main, in)
			return err
		})
	}
	changed := slot
	changed.Active = false
	must(t, edit(changed))
	faulttest.Want(t, edit(slot), "CAT-002")
	changed.ID++
	faulttest.Want(t, edit(changed), "CAT-019")
	w.do(func(ctx context.Context, tx *postgres.Tx) error {
		slots, err := catalogue.Slots(ctx, tx, w.org, s.ID)
		if len(slots) != 1 || slots[0].Active || slots[0].RowVersion != 2 {
			t.Errorf("slots %+v", slots)
		}
		return err
	})
	slot.Level = "planet"
	err := w.try(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := catalogue.AddSlot(ctx, tx, w.main, slot)
		return err
	})
	faulttest.WantField(t, err, "CAT-018", "level")
}
