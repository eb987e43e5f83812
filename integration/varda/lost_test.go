package varda_test

import (
	"fmt"
	"testing"

	"seteli/core/calendar"
	"seteli/domain/client/household"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

// Somebody deletes in the warehouse what other things hang on. The next change of a child finds it out, and the child is whole again in
// the same run: what is gone is made anew, what is still there is found and ends on the right day, and nothing is left for anybody to mend.
func TestWhatWasDeletedThereByHandIsMadeAnewWithAllThatHangsOnIt(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	n.order(n.Staff)
	if told := n.run(quietly); told.Sent != objects {
		t.Fatalf("told %+v", told)
	}
	const persons, children, decisions, placements, fees = "henkilot", "lapset", "varhaiskasvatuspaatokset", "varhaiskasvatussuhteet", "maksutiedot"
	for i, lost := range [][]string{
		{placements},                                     // MA009
		{decisions, placements},                          // MA008
		{children, decisions, placements, fees},          // GE008 of the child
		{persons, children, decisions, placements, fees}, // GE008 of the child, then of the person
	} {
		for _, path := range lost {
			n.server.Lack(path)
		}
		n.end(n.children[i])
		n.order(n.Staff)
		if told := n.run(quietly); told.Held != "" || told.Refused != 0 || told.Children != 1 {
			t.Fatalf("without %v: told %+v", lost, told)
		}
		for _, path := range lost {
			ended := 0
			for _, x := range n.server.Holds(path) {
				if x["paattymis_pvm"] == "2026-07-14" {
					ended++
				}
			}
			if held := len(n.server.Holds(path)); held != 1 || ended != 1 && path != persons && path != children {
				t.Errorf("without %v: %d of %s, %d ended", lost, held, path, ended)
			}
		}
		n.order(n.Staff)
		if told := n.run(quietly); told.Sent != 0 || told.Refused != 0 {
			t.Errorf("without %v: afterwards %+v", lost, told)
		}
	}
}

// Fee data name the guardians who live in the household that pays: not one who lives elsewhere, not the head's partner who is no guardian,
// and nobody whom the warehouse could not know. Where no guardian of the household is recorded, the head is named.
func TestFeeDataNameTheGuardiansOfTheHouseholdThatPays(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	const partner, elsewhere = "020290-9005", "030390-903P"
	all := calendar.Period{From: calendar.Day(2020, 1, 1), To: calendar.Forever}
	with, apart := n.Client(partner), n.Client(elsewhere)
	n.Do(n.Staff, func(tx *postgres.Tx) error {
		_, err := household.SaveMember(t.Context(), tx, n.Staff, n.Keys, household.MemberInput{Organiser: w.Organiser, Client: n.head.ID, Identity: human(t, partner).Identity, LastName: "Virtanen", FirstNames: "Aino", Role: household.Spouse, Period: all})
		return err
	})
	n.decide()
	guardian := func(child, adult int64, p calendar.Period) {
		n.Do(n.Staff, func(tx *postgres.Tx) error {
			_, err := guidance.SaveGuardian(t.Context(), tx, n.Staff, guidance.Guardian{Of: store.Of{Organiser: w.Organiser, Child: child}, Adult: adult, Source: "Väestötietojärjestelmä", Saved: store.Saved{Period: p}})
			return err
		})
	}
	late := calendar.Period{From: calendar.Day(2026, 7, 1), To: calendar.Forever}
	guardian(n.children[0], n.head.ID, all)
	guardian(n.children[0], with.ID, late) // recorded while the decision holds
	guardian(n.children[0], apart.ID, all)
	guardian(n.children[1], with.ID, all)
	guardian(n.children[2], apart.ID, all)
	guardian(n.children[3], n.head.ID, all)
	guardian(n.children[3], with.ID, calendar.Period{From: all.From, To: calendar.Day(2026, 1, 1)}) // before the decision
	n.order(n.Staff)
	if told := n.run(quietly); told.Refused+told.Lacking != 0 || told.Sent != objects {
		t.Fatalf("told %+v", told)
	}
	const head = "010190-900P"
	got := map[string]int{}
	for _, x := range n.server.Holds("maksutiedot") {
		codes := map[string]bool{}
		for _, g := range x["huoltajat"].([]any) {
			codes[fmt.Sprint(g.(map[string]any)["henkilotunnus"])] = true
		}
		got[fmt.Sprintf("%t %t %t", codes[head], codes[partner], codes[elsewhere])]++
	}
	if got["true true false"] != 1 || got["false true false"] != 1 || got["true false false"] != 3 || len(got) != 3 {
		t.Errorf("head, partner, elsewhere: %v", got)
	}
}
