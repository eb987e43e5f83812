package decision_test

import (
	"context"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/admission/admissiontest"
	"seteli/domain/decision"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

func delegations(w *admissiontest.World) []decision.Delegation {
	w.T.Helper()
	var list []decision.Delegation
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = decision.Delegations(ctx, tx, w.Main, w.Org.ID)
		return err
	}))
	return list
}

func delegate(w *admissiontest.World, d decision.Delegation) error {
	d.Organiser = w.Org.ID
	if d.Valid == (calendar.Period{}) {
		d.Valid = calendar.Period{From: admissiontest.Today, To: calendar.Forever}
	}
	return w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := decision.Delegate(ctx, tx, w.Main, d)
		return err
	})
}

func endDelegation(w *admissiontest.World, id int64, day calendar.Date) error {
	return w.In(func(ctx context.Context, tx *postgres.Tx) error {
		return decision.EndDelegation(ctx, tx, w.Main, w.Org.ID, id, day)
	})
}

func TestAnOrganiserBeginsWithARowThatLetsEverybodyDecide(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	d, err := made(w, w.Decider, draft(w))
	w.Must(err)
	list := delegations(w)
	if len(list) != 1 || !list[0].Founding || d.Delegation == nil || *d.Delegation != list[0].ID {
		t.Errorf("%+v; decided by %v", list, d.Delegation)
	}
}

func TestWhoMayNotDecideIsToldWhoMay(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	founding := delegations(w)[0].ID
	limit, service := money.Cents(100_000), w.Service.ID
	w.Must(delegate(w, decision.Delegation{Office: "palvelupäälliköt", Role: access.DecisionMaker, Limit: &limit}))
	w.Must(delegate(w, decision.Delegation{Office: "sosiaalijohtaja", Account: &w.Main.Account, AccountName: "Sirkka Johtaja"}))
	w.Must(delegate(w, decision.Delegation{Office: "kotihoidon päällikkö", Role: access.DecisionMaker, Service: &service, Kind: decision.Exit}))
	w.Must(endDelegation(w, founding, admissiontest.Today))
	dear := draft(w)
	dear.Amount = new(limit + 1)
	_, err := made(w, w.Decider, dear)
	faulttest.Want(t, err, "DEC-010")
	if who, _ := fault.All(err)[0].Values["who"].(string); who != "sosiaalijohtaja (Sirkka Johtaja)" {
		t.Errorf("told %q", who)
	}
	dear.Amount = &limit // the limit itself is within the power
	if _, err = made(w, w.Decider, dear); err != nil {
		t.Error(err)
	}
	dear.Amount, dear.Service = new(limit+1), &service // in that service and kind without a limit
	if _, err = made(w, w.Decider, dear); err != nil {
		t.Error(err)
	}
	faulttest.Want(t, endDelegation(w, founding, admissiontest.Today), "DEC-017")
	faulttest.Want(t, endDelegation(w, delegations(w)[0].ID, admissiontest.Today-1), "DEC-013")
	for _, d := range delegations(w) {
		if !d.Founding {
			w.Must(endDelegation(w, d.ID, admissiontest.Today))
		}
	}
	_, err = made(w, w.Decider, draft(w))
	faulttest.Want(t, err, "DEC-011")
}

func TestPowerHoldsOnItsDaysOnly(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	founding := delegations(w)[0].ID
	w.Must(delegate(w, decision.Delegation{Office: "sijainen", Account: &w.Decider.Account, Valid: calendar.Period{From: admissiontest.Today + 1, To: admissiontest.Today + 3}}))
	w.Must(endDelegation(w, founding, admissiontest.Today))
	for offset, code := range []string{"DEC-011", "", "", "DEC-011"} {
		w.Clock.Set(calendar.Noon(admissiontest.Today + calendar.Date(offset)).Now())
		_, err := made(w, w.Decider, draft(w))
		if fault.CodeOf(err) != code {
			t.Errorf("day %d: %v", offset, err)
		}
	}
}

func TestADelegationNamesItsHolderAndIsTheMainUsers(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	err := delegate(w, decision.Delegation{Valid: calendar.Period{From: 2, To: 1}})
	if len(fault.All(err)) != 2 {
		t.Error(err)
	}
	faulttest.Want(t, w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := decision.Delegate(ctx, tx, w.Decider, decision.Delegation{Organiser: w.Org.ID, Office: "minä"})
		return err
	}), "ACC-001")
	if err := w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := tx.Exec(ctx, "update delegation set limit_cents = null")
		return err
	}); !strings.Contains(postgres.SQLState(err), "42501") {
		t.Errorf("a limit could be edited: %v", err)
	}
}
