package guidance_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/domain/daycare/guidance"
	"seteli/domain/decision"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/document/pdfcheck"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

var update = flag.Bool("update", false, "write the golden letters anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

// decidedPlace is the decision of the child's accepted offer as it was sent.
func (n *town) decidedPlace(by access.Actor, application int64) (d decision.Decision, letter decision.Stored) {
	n.t.Helper()
	n.Do(by, func(tx *postgres.Tx) error {
		a, err := guidance.Get(n.t.Context(), tx, by, w.Organiser, application)
		if err != nil {
			return err
		}
		letter, err = guidance.Letter(n.t.Context(), tx, by, a, a.Proposals[0].ID)
		return err
	})
	proposal := n.get(n.Staff, application).Proposals[0].ID
	n.staff(func(tx *postgres.Tx) error {
		list, err := decision.Of(n.t.Context(), tx, w.Organiser, "daycare_proposal", proposal)
		if len(list) == 1 {
			d = list[0]
		}
		return err
	})
	return d, letter
}

// letters of one family: first a place by voucher, then a transfer to a unit of the municipality's own.
func letters(t *testing.T, lang i18n.Lang) (list []decision.Stored) {
	n := open(t)
	c, adult, self := n.family(calendar.Day(2022, 3, 3))
	n.Exec(`update client set language = $1 where client_id = $2`, string(lang), adult.ID)
	for i, unit := range []int64{w.Unit, w.OtherUnit} {
		a := n.applied(self, c, calendar.Day(2026, 6, 8)+calendar.Date(56*i), unit)
		must(t, n.answer(self, n.offered(a, unit), true, false))
		_, letter := n.decidedPlace(self, a.ID)
		list = append(list, letter)
	}
	if missing := n.Means.Texts.Missing(); len(missing) > 0 {
		t.Errorf("%s: texts are missing: %v", lang, missing)
	}
	return list
}

func TestTheDecisionOnAPlaceIsTaggedTheSameEachTimeAndInTheFamilysLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			first, second := letters(t, lang), letters(t, lang)
			for i, name := range []string{"voucher", "own"} {
				if !bytes.Equal(first[i].PDF, second[i].PDF) || first[i].HTML != second[i].HTML || !strings.Contains(first[i].HTML, `lang="`+string(lang)+`"`) {
					t.Errorf("%s: two writings differ, or the page does not say its language", name)
				}
				findings, err := pdfcheck.Check(first[i].PDF)
				must(t, err)
				for _, f := range findings {
					t.Errorf("%s: %v", name, f)
				}
				golden(t, "place."+name+"."+string(lang)+".txt", first[i].Plain)
			}
		})
	}
}

func TestTheDecisionOnAPlaceStandsOnTheActOfItsDayAndOnThePowerOfWhoOffered(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		day  calendar.Date
		unit int64
		law  string
	}{{calendar.Day(2025, 12, 15), w.Unit, "569/2009"}, {calendar.Day(2026, 1, 2), w.Unit, "1048/2025"}, {calendar.Day(2026, 1, 2), w.OtherUnit, "540/2018"}} {
		t.Run(c.law, func(t *testing.T) {
			t.Parallel()
			n := open(t)
			n.clock.Set(calendar.Noon(c.day).Now())
			child, _, self := n.family(calendar.Day(2022, 3, 3))
			a := n.applied(self, child, calendar.Day(2026, 6, 8), c.unit)
			if before := n.office(); before != "" {
				t.Errorf("before the first offer the office is %q", before)
			}
			p := n.offered(a, c.unit)
			if after := n.office(); after != "palveluohjaaja" {
				t.Errorf("the next offer asks again in which office: %q", after)
			}
			n.Exec(`update delegation set ended_by = 'Päivi Pihlajavuo', ended_at = now(), valid_to = $1`, c.day-1) // who offered had the power when offering
			must(t, n.answer(self, p, true, false))
			d, letter := n.decidedPlace(self, a.ID)
			if d.Kind != decision.Place || d.LegalAct != c.law || d.MadeBy != n.Staff.Name || d.MadeByAccount != n.Staff.Account || d.MadeByTitle != "palveluohjaaja" || d.Delegation == nil || *d.Client != child.ID {
				t.Errorf("the decision %+v", d)
			}
			if !strings.Contains(letter.Plain, c.law) || !strings.Contains(letter.Plain, d.Number) || letter.ID != d.Document {
				t.Errorf("the letter:\n%s", letter.Plain)
			}
		})
	}
}

// office is what the page of the next offer holds.
func (n *town) office() (office string) {
	n.staff(func(tx *postgres.Tx) (err error) {
		office, err = guidance.OfficeOf(n.t.Context(), tx, n.Staff)
		return err
	})
	return office
}

func TestNobodyOffersAPlaceThatIsNotTheirsToDecide(t *testing.T) {
	t.Parallel()
	n := open(t)
	child, _, self := n.family(calendar.Day(2022, 3, 3))
	a := n.applied(self, child, calendar.Day(2026, 6, 8), w.Unit)
	p, err := n.propose(a, w.Unit)
	must(t, err)
	must(t, n.unitSays(p, true, ""))
	offer := func(office string) error {
		return n.Try(n.Staff, func(tx *postgres.Tx) error {
			_, err := guidance.Offer(t.Context(), tx, n.Staff, guidance.OfferInput{Organiser: w.Organiser, Proposal: p.ID, RowVersion: 2, Office: office})
			return err
		})
	}
	faulttest.WantField(t, offer(" "), "GUI-045", "office")
	must(t, n.Try(n.Staff, func(tx *postgres.Tx) error {
		_, err := decision.MayMake(t.Context(), tx, n.Staff, w.Organiser, decision.Draft{Kind: decision.Place})
		return err
	}))
	n.Exec(`update delegation set ended_by = 'Päivi Pihlajavuo', ended_at = now(), valid_to = $1`, today-1)
	faulttest.Want(t, offer("palveluohjaaja"), "DEC-011")
}

// Under a safety ban the other guardian reads no letter, and the letter does not name it; without one, both are named and no address is.
func TestTheLetterTellsNoGuardianWhereTheOtherLives(t *testing.T) {
	t.Parallel()
	for _, banned := range []bool{false, true} {
		n := open(t)
		c, adult, other := n.person(calendar.Day(2022, 3, 3), "Lumi", banned), n.person(calendar.Day(1990, 5, 5), "Eeva", banned), n.person(calendar.Day(1988, 1, 1), "Olli", false)
		n.guards(c, adult)
		n.guards(c, other)
		self, second := n.Self(adult), n.Self(other)
		a := n.applied(self, c, calendar.Day(2026, 6, 8), w.Unit)
		n.staff(func(tx *postgres.Tx) error {
			return guidance.Answer(t.Context(), tx, n.Staff, guidance.ConsentInput{Organiser: w.Organiser, ID: a.ID, Adult: other.ID, Answer: guidance.NotNeeded, Reason: "Ei tavoitettu."})
		})
		must(t, n.answer(self, n.offered(a, w.Unit), true, false))
		_, letter := n.decidedPlace(self, a.ID)
		if strings.Contains(letter.Plain, "Keksitie") || strings.Contains(letter.Plain, "Olli") == banned {
			t.Errorf("banned %v:\n%s", banned, letter.Plain)
		}
		seen := n.get(n.Staff, a.ID)
		err := n.Try(second, func(tx *postgres.Tx) error {
			_, err := guidance.Letter(t.Context(), tx, second, seen, seen.Proposals[0].ID)
			return err
		})
		if banned {
			faulttest.Want(t, err, "GUI-001")
		} else {
			must(t, err)
		}
	}
}
