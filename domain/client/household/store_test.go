package household_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/client/household"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// home is the world's client with what the tests do to the household.
type home struct {
	*w.World
	t *testing.T
}

func newHome(t *testing.T) home { return home{w.New(t), t} }

func (h home) member(in household.MemberInput) (household.Household, error) {
	in.Organiser, in.Client = w.Organiser, h.Aino.ID
	if in.LastName == "" {
		in.LastName, in.FirstNames = "Virtanen", "Eino"
	}
	if in.BirthDate == 0 {
		in.BirthDate = calendar.Day(1948, 3, 2)
	}
	if in.Period.To == 0 {
		in.Period = always
	}
	var out household.Household
	err := h.Try(h.Staff, func(tx *postgres.Tx) (err error) {
		out, err = household.SaveMember(h.t.Context(), tx, h.Staff, h.Keys, in)
		return err
	})
	return out, err
}

func (h home) item(i household.Item) (household.Household, error) {
	if i.Source == "" {
		i.Source = household.FromClient
	}
	if i.Period.To == 0 {
		i.Period = always
	}
	var out household.Household
	err := h.Try(h.Staff, func(tx *postgres.Tx) (err error) {
		out, err = household.SaveItem(h.t.Context(), tx, h.Staff, household.ItemInput{Organiser: w.Organiser, Client: h.Aino.ID, Item: i})
		return err
	})
	return out, err
}

func (h home) of(by access.Actor) (out household.Household, err error) {
	err = h.Try(by, func(tx *postgres.Tx) (err error) {
		out, err = household.Of(h.t.Context(), tx, by, w.Organiser, h.Aino.ID)
		return err
	})
	return out, err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func pension(cents money.Cents) household.Item {
	return household.Item{Kind: "pension", Cents: cents, Per: "month"}
}

func TestHouseholdIsRecordedAndRead(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	code, err := ident.ParseHetu("020260-998K")
	must(t, err)
	out, err := h.member(household.MemberInput{Identity: code, Role: household.Spouse})
	must(t, err)
	spouse := out.Members[0]
	if !spouse.HasIdentity || spouse.BirthDate != code.BirthDate() {
		t.Fatalf("spouse: %+v", spouse)
	}
	if n := h.Count(`select count(*) from household_member where position(convert_to('020260', 'utf8') in identity_encrypted) > 0`); n != 0 {
		t.Error("the identity code is stored in the open")
	}
	_, err = h.item(pension(145_000))
	must(t, err)
	other := pension(120_000)
	other.Member = spouse.ID
	_, err = h.item(other)
	must(t, err)
	read, err := h.of(h.Staff)
	must(t, err)
	if s := read.At(today); s.Size() != 2 || s.Income() == nil || *s.Income() != 265_000 {
		t.Errorf("snapshot: %+v", s)
	}
	if n := h.Count(`select count(*) from access_log where what = 'income'`); n != 1 {
		t.Errorf("%d readings in the access log", n)
	}
	if n := h.Count(`select count(*) from audit where act like 'household.%' and detail::text !~ '(145000|120000|Eino|0260)'`); n != 3 {
		t.Errorf("%d audit rows without personal data, want 3", n)
	}
}

func TestWhoMaySeeAndChangeIncome(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	_, err := h.item(pension(100_000))
	must(t, err)
	for _, role := range []access.Role{access.SettlementPreparer, access.SettlementApprover, access.EventChecker, access.MainUser, access.ServiceResponsible, access.Operator} {
		_, err := h.of(access.Actor{Account: 3, Name: "x", Role: role, Organiser: w.Organiser, Provider: 31})
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s reads income: %v", role, err)
		}
	}
	maker := access.Actor{Account: 3, Name: "x", Role: access.DecisionMaker, Organiser: w.Organiser}
	if _, err := h.of(maker); err != nil {
		t.Errorf("the decision maker cannot read: %v", err)
	}
	h.Staff = maker
	if _, err := h.item(pension(1)); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("the decision maker edits income: %v", err)
	}
	if _, err := h.of(access.Actor{Account: 3, Name: "x", Role: access.Caseworker, Organiser: 2}); err == nil {
		t.Error("another organiser's caseworker reads income")
	}
}

func TestRefusedMembers(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	_, err := h.member(household.MemberInput{Role: household.Spouse, Period: calendar.Period{From: today, To: today + 100}})
	must(t, err)
	own, err := ident.ParseHetu("010150-999K")
	must(t, err)
	for name, c := range map[string]struct {
		in   household.MemberInput
		want string
	}{
		"a second spouse":        {household.MemberInput{Role: household.Partner, LastName: "Muu", FirstNames: "Maija"}, "HOU-007"},
		"the same person again":  {household.MemberInput{Role: household.Child}, "HOU-009"},
		"the client":             {household.MemberInput{Role: household.Child, Identity: own, LastName: "Virtanen", FirstNames: "Aino"}, "HOU-010"},
		"an unknown role":        {household.MemberInput{Role: "aunt", LastName: "Muu", FirstNames: "Maija"}, "HOU-005"},
		"the client as a member": {household.MemberInput{Role: household.Self, LastName: "Muu", FirstNames: "Maija"}, "HOU-005"},
		"end before start":       {household.MemberInput{Role: household.Child, LastName: "Muu", FirstNames: "Maija", Period: calendar.Period{From: today, To: today}}, "HOU-006"},
		"not yet born":           {household.MemberInput{Role: household.Child, LastName: "Muu", FirstNames: "Maija", BirthDate: today + 1}, "HOU-004"},
		"no name":                {household.MemberInput{Role: household.Child, LastName: " ", FirstNames: "Maija"}, "HOU-003"},
		"nobody's":               {household.MemberInput{Member: 99, Role: household.Child}, "HOU-001"},
	} {
		t.Log(name)
		_, err := h.member(c.in)
		faulttest.Want(t, err, c.want)
	}
	if _, err := h.member(household.MemberInput{Role: household.Partner, LastName: "Muu", FirstNames: "Maija", Period: calendar.Period{From: today + 100, To: calendar.Forever}}); err != nil {
		t.Errorf("a partner after the spouse: %v", err)
	}
}

func TestHouseholdOfTwentyFiveIsRefused(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	for i := range 19 {
		_, err := h.member(household.MemberInput{Role: household.Child, FirstNames: fmt.Sprint("Lapsi", i), LastName: "Virtanen", BirthDate: calendar.Day(2015, 1, 1)})
		must(t, err)
	}
	late := household.MemberInput{Role: household.Child, FirstNames: "Vielä", LastName: "Virtanen", BirthDate: calendar.Day(2015, 1, 1)}
	_, err := h.member(late)
	faulttest.Want(t, err, "HOU-008")
	late.Period = calendar.Period{From: calendar.Day(2020, 1, 1), To: always.From}
	if _, err := h.member(late); err != nil {
		t.Errorf("before the others lived there: %v", err)
	}
}

func TestRefusedItems(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	out, err := h.member(household.MemberInput{Role: household.Spouse, Period: calendar.Period{From: today - 30, To: today + 30}})
	must(t, err)
	spouse := out.Members[0].ID
	_, err = h.item(pension(100_000))
	must(t, err)
	change := func(f func(*household.Item)) household.Item {
		i := household.Item{Kind: "earned", Cents: 1, Per: "month", Period: always, Source: household.FromClient}
		f(&i)
		return i
	}
	for want, i := range map[string]household.Item{
		"HOU-018": pension(200_000),
		"HOU-011": change(func(i *household.Item) { i.Kind = "gold" }),
		"HOU-012": change(func(i *household.Item) { i.Per = "week" }),
		"HOU-013": change(func(i *household.Item) { i.Cents = -1 }),
		"HOU-014": change(func(i *household.Item) { i.Cents = 1_000_000_001 }),
		"HOU-015": change(func(i *household.Item) { i.Source = "hearsay" }),
		"HOU-016": change(func(i *household.Item) { i.FetchedOn = new(today + 1) }),
		"HOU-017": change(func(i *household.Item) { i.ReportedOn = today + 1 }),
		"HOU-019": change(func(i *household.Item) { i.Member = 99 }),
		"HOU-020": change(func(i *household.Item) { i.Member = spouse }),
		"HOU-006": change(func(i *household.Item) { i.Period = calendar.Period{From: today, To: today} }),
		"HOU-001": change(func(i *household.Item) { i.ID = 99 }),
	} {
		_, err := h.item(i)
		faulttest.Want(t, err, want)
	}
	for name, i := range map[string]household.Item{
		"another payer":        change(func(i *household.Item) { i.Kind, i.Payer = "pension", "Keva" }),
		"another source":       change(func(i *household.Item) { i.Kind, i.Source = "pension", household.FromRegister }),
		"a loss":               change(func(i *household.Item) { i.Kind, i.Cents = "entrepreneur", -500 }),
		"nothing":              change(func(i *household.Item) { i.Kind, i.Cents = "benefits", 0 }),
		"income of the future": change(func(i *household.Item) { i.Period.From = today + 300 }),
		"while the spouse":     change(func(i *household.Item) { i.Member, i.Period = spouse, calendar.Period{From: today, To: today + 30} }),
	} {
		if _, err := h.item(i); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.member(household.MemberInput{Member: spouse, RowVersion: 1, Role: household.Spouse, Period: calendar.Period{From: today - 30, To: today + 5}}); fault.CodeOf(err) != "HOU-032" {
		t.Errorf("the spouse leaves before the income: %v", err)
	}
}

func TestTwoPeopleChangeOneItem(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	out, err := h.item(pension(100_000))
	must(t, err)
	i := out.Items[0]
	i.Cents = 110_000
	_, err = h.item(i)
	must(t, err)
	i.Cents = 120_000
	_, err = h.item(i)
	faulttest.Want(t, err, "HOU-002")
	remove := func(version int32) error {
		return h.Try(h.Staff, func(tx *postgres.Tx) error {
			return household.RemoveItem(t.Context(), tx, h.Staff, household.RemoveInput{Organiser: w.Organiser, Client: h.Aino.ID, ID: i.ID, RowVersion: version})
		})
	}
	faulttest.Want(t, remove(1), "HOU-002")
	must(t, remove(2))
	if read, err := h.of(h.Staff); err != nil || len(read.Items) != 0 {
		t.Errorf("removed: %+v %v", read.Items, err)
	}
	if n := h.Count(`select count(*) from income_item where voided_at is not null and amount_cents = 110000`); n != 1 {
		t.Error("a removed row is gone")
	}
	if _, err := h.item(pension(5)); err != nil {
		t.Errorf("a removed item stands in the way: %v", err)
	}
}

// Two caseworkers record the spouse in the same moment: one of them hears of the other.
func TestTwoSpousesAtOnce(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	errs := make([]error, 2)
	var both sync.WaitGroup
	for i := range errs {
		both.Go(func() {
			_, errs[i] = h.member(household.MemberInput{Role: household.Spouse, LastName: "Virtanen", FirstNames: fmt.Sprint("Eino", i)})
		})
	}
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || fault.CodeOf(errors.Join(errs...)) == "" {
		t.Errorf("errors: %v", errs)
	}
	if n := h.Count(`select count(*) from household_member`); n != 1 {
		t.Errorf("%d spouses", n)
	}
}

func TestConsents(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	agree := func(in household.ConsentInput) (out household.Household, err error) {
		in.Organiser, in.Client = w.Organiser, h.Aino.ID
		err = h.Try(h.Staff, func(tx *postgres.Tx) (err error) {
			out, err = household.Agree(t.Context(), tx, h.Staff, in)
			return err
		})
		return out, err
	}
	withdraw := func(id int64, day calendar.Date) error {
		return h.Try(h.Staff, func(tx *postgres.Tx) error {
			return household.Withdraw(t.Context(), tx, h.Staff, household.WithdrawInput{Organiser: w.Organiser, Client: h.Aino.ID, Consent: id, Day: day})
		})
	}
	good := household.ConsentInput{Kind: household.HighestFee, GivenOn: today - 5, Channel: "phone"}
	out, err := agree(good)
	must(t, err)
	for want, in := range map[string]household.ConsentInput{
		"HOU-024": good,
		"HOU-021": {Kind: "all", GivenOn: today, Channel: "phone"},
		"HOU-022": {Kind: household.MayFetch, GivenOn: today, Channel: "pigeon"},
		"HOU-023": {Kind: household.MayFetch, GivenOn: today + 1, Channel: "hand"},
		"HOU-019": {Kind: household.MayFetch, GivenOn: today, Channel: "hand", Member: 99},
	} {
		_, err := agree(in)
		faulttest.Want(t, err, want)
	}
	id := out.Consents[0].ID
	faulttest.Want(t, withdraw(id, today-6), "HOU-033")
	faulttest.Want(t, withdraw(id, today+1), "HOU-023")
	faulttest.Want(t, withdraw(99, today), "HOU-001")
	must(t, withdraw(id, today))
	faulttest.Want(t, withdraw(id, today), "HOU-002")
	if _, err := agree(household.ConsentInput{Kind: household.HighestFee, GivenOn: today, Channel: "page"}); err != nil {
		t.Errorf("consenting again: %v", err)
	}
}

// What a decision was made of stays as it was, whatever is recorded later; a touched row is noticed.
func TestKeptSnapshotNeverChanges(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	out, err := h.item(pension(100_000))
	must(t, err)
	var kept household.Kept
	h.Do(h.Staff, func(tx *postgres.Tx) (err error) {
		_, kept, err = household.Keep(t.Context(), tx, h.Staff, w.Organiser, h.Aino.ID, today)
		return err
	})
	i := out.Items[0]
	i.Cents = 150_000
	_, err = h.item(i)
	must(t, err)
	recall := func(by access.Actor) (s household.Snapshot, err error) {
		err = h.Try(by, func(tx *postgres.Tx) (err error) {
			s, err = household.Recall(t.Context(), tx, by, w.Organiser, kept.ID)
			return err
		})
		return s, err
	}
	s, err := recall(h.Staff)
	must(t, err)
	if s.Known != 100_000 || s.Income() == nil || *s.Income() != 100_000 || s.Day != today {
		t.Errorf("snapshot: %+v", s)
	}
	_, err = recall(h.Self(h.Aino))
	faulttest.Want(t, err, "HOU-001")
	err = h.Try(h.Staff, func(tx *postgres.Tx) error {
		_, err := tx.Exec(t.Context(), `update income_snapshot set content = '{}' where organiser_id = 1`)
		return err
	})
	if err == nil {
		t.Error("the program may change a snapshot")
	}
	h.Exec(`update income_snapshot set content = replace(content, '100000', '100001')`)
	_, err = recall(h.Staff)
	faulttest.Want(t, err, "HOU-028")
}

func TestClientSeesOwnIncomeOnlyAndTellsOfAChange(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	out, err := h.member(household.MemberInput{Role: household.Spouse})
	must(t, err)
	_, err = h.item(pension(100_000))
	must(t, err)
	other := pension(777_700)
	other.Member = out.Members[0].ID
	_, err = h.item(other)
	must(t, err)
	self := h.Self(h.Aino)
	var own household.Household
	h.Do(self, func(tx *postgres.Tx) (err error) {
		own, err = household.Own(t.Context(), tx, self, w.Organiser)
		return err
	})
	if len(own.Items) != 1 || own.Items[0].Cents != 100_000 || len(own.Members) != 0 {
		t.Errorf("own: %+v", own)
	}
	var seen int
	err = h.DB.Read(t.Context(), self, func(tx *postgres.Tx) error { // under the person's own scope the database says the same
		return tx.QueryRow(t.Context(), `select count(*) from income_item`).Scan(&seen)
	})
	if err != nil || seen != 1 {
		t.Errorf("%d items under the person's scope, %v", seen, err)
	}
	if _, err := h.of(self); fault.CodeOf(err) != "HOU-001" {
		t.Errorf("the client reads the household as staff do: %v", err)
	}
	tell := func(by access.Actor, in household.ReportInput) error {
		in.Organiser = w.Organiser
		return h.Try(by, func(tx *postgres.Tx) error { return household.Tell(t.Context(), tx, by, in) })
	}
	faulttest.Want(t, tell(self, household.ReportInput{From: today, Words: " "}), "HOU-025")
	faulttest.Want(t, tell(self, household.ReportInput{From: today + 400, Words: "x"}), "HOU-026")
	faulttest.Want(t, tell(h.Self(h.Aino), household.ReportInput{From: today - 2000, Words: "x"}), "HOU-026")
	stranger := access.Actor{Account: 9, Name: "x", Role: access.Client, Person: 999}
	faulttest.Want(t, tell(stranger, household.ReportInput{From: today, Words: "x"}), "HOU-001")
	must(t, tell(self, household.ReportInput{From: today, Words: "Jäin eläkkeelle."}))
	var waiting []household.Waiting
	h.Do(h.Staff, func(tx *postgres.Tx) (err error) {
		waiting, err = household.Unhandled(t.Context(), tx, h.Staff, w.Organiser, 10)
		return err
	})
	if len(waiting) != 1 || waiting[0].Client != h.Aino.ID || waiting[0].Reported != today {
		t.Fatalf("waiting: %+v", waiting)
	}
	handle := func() error {
		return h.Try(h.Staff, func(tx *postgres.Tx) error {
			return household.Handle(t.Context(), tx, h.Staff, w.Organiser, h.Aino.ID, waiting[0].Report)
		})
	}
	must(t, handle())
	faulttest.Want(t, handle(), "HOU-027")
}

func TestDefinitionOfAnOrganiser(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	main := access.Actor{Account: 4, Name: "Päivi", Role: access.MainUser, Organiser: w.Organiser}
	define := func(by access.Actor, from calendar.Date) error {
		d := household.Default()
		d.From = from
		return h.Try(by, func(tx *postgres.Tx) error { return household.Define(t.Context(), tx, by, w.Organiser, d) })
	}
	if err := define(h.Staff, today); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a caseworker defines income: %v", err)
	}
	faulttest.Want(t, define(main, today-1), "HOU-031")
	must(t, define(main, today+10))
	faulttest.Want(t, define(main, today+10), "HOU-030")
	read, err := h.of(h.Staff)
	must(t, err)
	if read.Definition(today+9).From != 0 || read.Definition(today+10).From != today+10 {
		t.Errorf("definitions: %+v", read.Definitions)
	}
}
