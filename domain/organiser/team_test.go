package organiser_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// person makes an account, as a first sign-in does.
func person(t *testing.T, db *postgres.DB, name, email string) access.Account {
	t.Helper()
	var a access.Account
	must(t, db.National(t.Context(), func(tx *postgres.Tx) (err error) {
		a, err = access.SignIn(t.Context(), tx, access.Account{Issuer: "https://id.example", Subject: email, Name: name, Email: email, Language: "fi"})
		return err
	}))
	return a
}

func staff(t *testing.T, db *postgres.DB, o organiser.Organiser, a access.Account, role access.Role, teams ...int64) organiser.Staff {
	t.Helper()
	by := access.System("test", o.ID)
	var s organiser.Staff
	// The first main user comes from the operator; a system actor may grant anything.
	must(t, within(t, db, by, func(ctx context.Context, tx *postgres.Tx) (err error) {
		s, err = organiser.AddStaff(ctx, tx, by, organiser.StaffInput{Organiser: o.ID, Account: a.ID, Role: role, Teams: teams})
		return err
	}))
	return s
}

func as(s organiser.Staff) access.Actor {
	return access.Actor{Account: s.Account, Name: s.Name, Mandate: s.ID, Role: s.Role, Organiser: s.Organiser, Teams: s.Teams}
}

func team(t *testing.T, db *postgres.DB, o organiser.Organiser, name string) organiser.Team {
	t.Helper()
	var made organiser.Team
	by := mainUser(o, 2)
	must(t, within(t, db, by, func(ctx context.Context, tx *postgres.Tx) (err error) {
		made, err = organiser.AddTeam(ctx, tx, by, organiser.TeamInput{Organiser: o.ID, Name: name})
		return err
	}))
	return made
}

func mandateTeams(t *testing.T, db *postgres.DB, mandate int64) []int64 {
	t.Helper()
	var teams []int64
	must(t, db.ReadNational(t.Context(), func(tx *postgres.Tx) error {
		m, err := access.MandateOf(t.Context(), tx, mandate)
		teams = m.Teams
		return err
	}))
	return teams
}

func TestMembershipBindsTheMandate(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	o := mallila(t, db)
	home, housing := team(t, db, o, "Kotihoito"), team(t, db, o, "Asuminen")
	chief := staff(t, db, o, person(t, db, "Pirkko Pää", "pirkko@mallila.example"), access.MainUser)
	worker := staff(t, db, o, person(t, db, "Olga Ohjaaja", "olga@mallila.example"), access.Caseworker, home.ID)
	if got := mandateTeams(t, db, worker.ID); !slices.Equal(got, []int64{home.ID}) {
		t.Fatalf("after adding: teams %v", got)
	}
	set := func(team int64, members ...int64) error {
		return within(t, db, as(chief), func(ctx context.Context, tx *postgres.Tx) error {
			_, err := organiser.SetMembers(ctx, tx, as(chief), o.ID, team, members)
			return err
		})
	}
	must(t, set(housing.ID, worker.ID))
	if got := mandateTeams(t, db, worker.ID); !slices.Equal(got, []int64{home.ID, housing.ID}) {
		t.Fatalf("in two teams: %v", got)
	}
	must(t, set(home.ID))
	if got := mandateTeams(t, db, worker.ID); !slices.Equal(got, []int64{housing.ID}) {
		t.Fatalf("after leaving one: %v", got)
	}
	faulttest.Want(t, set(home.ID, worker.ID+1000), "ORG-012")
	faulttest.Want(t, set(home.ID+1000), "ORG-011")
}

func TestTeamsOfOneOrganiserAreUnknownToAnother(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	o, other := mallila(t, db), found(t, db, "TRS", "7654321-2")
	made := team(t, db, o, "Kotihoito")
	stranger := mainUser(other, 9)
	must(t, within(t, db, stranger, func(ctx context.Context, tx *postgres.Tx) error {
		seen, err := organiser.Teams(ctx, tx, o.ID)
		if len(seen) != 0 {
			t.Errorf("another organiser sees %+v", seen)
		}
		_, edit := organiser.EditTeam(ctx, tx, stranger, organiser.TeamInput{Organiser: other.ID, ID: made.ID, Name: "Oma", RowVersion: 1})
		faulttest.Want(t, edit, "ORG-011")
		return err
	}))
}

func TestTeamIsRenamedOncePerVersion(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	o := mallila(t, db)
	made := team(t, db, o, "Kotihoito")
	by := mainUser(o, 2)
	edit := func(name string, version int) error {
		return within(t, db, by, func(ctx context.Context, tx *postgres.Tx) error {
			_, err := organiser.EditTeam(ctx, tx, by, organiser.TeamInput{Organiser: o.ID, ID: made.ID, Name: name, Active: false, RowVersion: version})
			return err
		})
	}
	must(t, edit("Kotihoidon tiimi", 1))
	faulttest.Want(t, edit("Toinen", 1), "ORG-002")
	team(t, db, o, "Asuminen")
	faulttest.Want(t, edit("Asuminen", 2), "ORG-010")
	must(t, within(t, db, by, func(ctx context.Context, tx *postgres.Tx) error {
		teams, err := organiser.Teams(ctx, tx, o.ID)
		if len(teams) != 2 || teams[1].Name != "Kotihoidon tiimi" || teams[1].Active {
			t.Errorf("teams %+v", teams)
		}
		return err
	}))
}

func TestStaffIsFoundByNameAndEmailAfterFirstSignIn(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	o := mallila(t, db)
	chief := staff(t, db, o, person(t, db, "Pirkko Pää", "pirkko@mallila.example"), access.MainUser)
	add := func(name, email string, role access.Role) error {
		return within(t, db, as(chief), func(ctx context.Context, tx *postgres.Tx) error {
			_, err := organiser.AddStaff(ctx, tx, as(chief), organiser.StaffInput{Organiser: o.ID, Name: name, Email: email, Role: role})
			return err
		})
	}
	faulttest.Want(t, add("Olga Ohjaaja", "olga@mallila.example", access.Caseworker), "ORG-024")
	person(t, db, "Olga Ohjaaja", "olga@mallila.example")
	faulttest.Want(t, add("Olga Ohjaaja", "toinen@mallila.example", access.Caseworker), "ORG-024")
	must(t, add("olga ohjaaja", "Olga@mallila.example", access.Caseworker))
	faulttest.Want(t, add("Olga Ohjaaja", "olga@mallila.example", access.Signatory), "ORG-017")
}

func TestLastMainUserStays(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	o := mallila(t, db)
	first := staff(t, db, o, person(t, db, "Pirkko Pää", "pirkko@mallila.example"), access.MainUser)
	end := func(by, whom organiser.Staff) func() error {
		return func() error {
			return db.Tenant(context.Background(), as(by), func(tx *postgres.Tx) error {
				return organiser.EndStaff(context.Background(), tx, as(by), o.ID, whom.ID)
			})
		}
	}
	faulttest.Want(t, end(first, first)(), "ORG-016")
	second := staff(t, db, o, person(t, db, "Matti Main", "matti@mallila.example"), access.MainUser)
	// Each ends the other's role; the second begins while the first has not committed, so it cannot see what the first did.
	begun := make(chan struct{})
	errs := together(func() error {
		return db.Tenant(context.Background(), as(first), func(tx *postgres.Tx) error {
			err := organiser.EndStaff(context.Background(), tx, as(first), o.ID, second.ID)
			close(begun)
			time.Sleep(300 * time.Millisecond) // long enough for the other to come to the lock
			return err
		})
	}, func() error {
		<-begun
		return end(second, first)()
	})
	oneWins(t, errs, "ORG-016")
	must(t, within(t, db, as(first), func(ctx context.Context, tx *postgres.Tx) error {
		list, err := organiser.StaffOf(ctx, tx, as(first), o.ID)
		active := 0
		for _, s := range list {
			if s.Active {
				active++
			}
		}
		if len(list) != 2 || active != 1 {
			t.Errorf("%d of %d active, want 1 of 2", active, len(list))
		}
		return err
	}))
}

func TestMainUserWhoBeginsTomorrowDoesNotCountToday(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	o := mallila(t, db)
	first := staff(t, db, o, person(t, db, "Pirkko Pää", "pirkko@mallila.example"), access.MainUser)
	later := person(t, db, "Liisa Later", "liisa@mallila.example")
	must(t, within(t, db, as(first), func(ctx context.Context, tx *postgres.Tx) error {
		_, err := organiser.AddStaff(ctx, tx, as(first), organiser.StaffInput{Organiser: o.ID, Account: later.ID, Role: access.MainUser,
			Valid: calendar.Period{From: tx.Today() + 1, To: calendar.Forever}})
		return err
	}))
	err := within(t, db, as(first), func(ctx context.Context, tx *postgres.Tx) error {
		return organiser.EndStaff(ctx, tx, as(first), o.ID, first.ID)
	})
	faulttest.Want(t, err, "ORG-016")
}

func TestOperatorGivesTheFirstMainUser(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	o := mallila(t, db)
	chief := person(t, db, "Pirkko Pää", "pirkko@mallila.example")
	must(t, db.Tenant(t.Context(), operator, func(tx *postgres.Tx) error {
		_, err := organiser.AddStaff(t.Context(), tx, operator, organiser.StaffInput{Organiser: o.ID, Account: chief.ID, Role: access.MainUser})
		return err
	}))
	caseworker := access.Actor{Account: 9, Name: "Olga Ohjaaja", Role: access.Caseworker, Organiser: o.ID}
	err := within(t, db, caseworker, func(ctx context.Context, tx *postgres.Tx) error {
		_, err := organiser.AddStaff(ctx, tx, caseworker, organiser.StaffInput{Organiser: o.ID, Account: chief.ID, Role: access.SettlementApprover})
		return err
	})
	faulttest.Want(t, err, "ACC-001")
}
