package voucher_test

import (
	"strings"
	"sync"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/domain/decision"
	"seteli/domain/voucher"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

var manager = access.Actor{Account: 7, Name: "Päivi Päättäjä", Role: access.DecisionMaker, Organiser: w.Organiser}

func proposal(world *w.World, in voucher.GrantInput) voucher.ProposedGrant {
	world.T.Helper()
	var p voucher.ProposedGrant
	world.Do(world.Staff, func(tx *postgres.Tx) (err error) {
		p, err = voucher.ProposeGrant(world.T.Context(), tx, world.Staff, world.Means, in, decision.DecideInput{})
		return err
	})
	return p
}

func decide(world *w.World, by access.Actor, p decision.Proposal) (v voucher.Voucher, err error) {
	err = world.Try(by, func(tx *postgres.Tx) (err error) {
		v, err = voucher.DecideProposed(world.T.Context(), tx, by, world.Means, voucher.DecideProposedInput{Office: "palvelupäällikkö",
			DecideInput: decision.DecideInput{Organiser: w.Organiser, Proposal: p.ID, RowVersion: p.RowVersion}})
		return err
	})
	return v, err
}

func TestWhatWasProposedIsDecidedByAnother(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	p := proposal(world, world.Input(20))
	if len(p.Snapshot.Lines) != 1 || p.Snapshot.Lines[0].Values[0].Cents != 3400 || *p.Amount == 0 {
		t.Fatalf("%+v", p.Snapshot)
	}
	v, err := decide(world, manager, p.Proposal)
	if err != nil {
		t.Fatal(err)
	}
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		d, err := decision.Get(t.Context(), tx, world.Staff, w.Organiser, *v.Decision)
		if err != nil {
			return err
		}
		if d.MadeBy != manager.Name || d.MadeByTitle != "palvelupäällikkö" || *d.Amount != *p.Amount || *d.Service != w.Service {
			t.Errorf("%+v", d)
		}
		after, err := voucher.Proposed(t.Context(), tx, world.Staff, w.Organiser, p.ID)
		if err != nil || after.State != decision.Decided || *after.Decision != d.ID {
			t.Errorf("%+v %v", after.Proposal, err)
		}
		steps, err := decision.Steps(t.Context(), tx, after.Proposal)
		if err != nil || len(steps) != 2 || steps[1].Kind != "decided" || steps[1].By != manager.Name {
			t.Errorf("%+v %v", steps, err)
		}
		return nil
	})
}

func TestOfTwoDecidersTheSecondIsTold(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	p := proposal(world, world.Input(20))
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for i, by := range []access.Actor{manager, world.Staff} {
		wait.Go(func() { _, errs[i] = decide(world, by, p.Proposal) })
	}
	wait.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("%v, %v", errs[0], errs[1])
	}
	for _, err := range errs {
		if err != nil {
			faulttest.Want(t, err, "DEC-052")
		}
	}
	if n := world.Count("select count(*) from voucher"); n != 1 {
		t.Errorf("%d vouchers", n)
	}
}

func TestAProposalThatChangedIsReadAgain(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	p := proposal(world, world.Input(20))
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		_, err := voucher.ProposeGrant(t.Context(), tx, world.Staff, world.Means, world.Input(10), decision.DecideInput{Proposal: p.ID, RowVersion: p.RowVersion})
		return err
	})
	_, err := decide(world, manager, p.Proposal)
	faulttest.Want(t, err, "DEC-051")
}

func TestNobodyDecidesOnSumsThatThePapersDoNotShow(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	p := proposal(world, world.Input(20))
	world.Exec(`update rulebook set rules = replace(rules::text, '3400', '3500')::jsonb where service_id = $1`, w.Service)
	_, err := decide(world, manager, p.Proposal)
	faulttest.Want(t, err, "VOU-060")
}

func TestTheClientIsHeardBeforeTheDecision(t *testing.T) {
	t.Parallel()
	clock := calendar.Noon(w.Today)
	world := w.New(t, postgrestest.Clock(clock))
	p := proposal(world, world.Input(20)).Proposal
	seen := func() decision.DecideInput {
		return decision.DecideInput{Organiser: w.Organiser, Proposal: p.ID, RowVersion: p.RowVersion}
	}
	hear := func(question, channel string, due calendar.Date) error {
		return world.Try(world.Staff, func(tx *postgres.Tx) error {
			asked, err := voucher.HearProposed(t.Context(), tx, world.Staff, world.Means, voucher.HearProposedInput{DecideInput: seen(), Question: question, Channel: channel, Due: due, Office: "palveluohjaaja"})
			if err == nil {
				p = asked
			}
			return err
		})
	}
	answer := func(in decision.AnswerInput) error {
		in.Organiser, in.Proposal = w.Organiser, p.ID
		return world.Try(world.Staff, func(tx *postgres.Tx) error {
			answered, err := decision.Answer(t.Context(), tx, world.Staff, in)
			if err == nil {
				p = answered
			}
			return err
		})
	}
	faulttest.Want(t, answer(decision.AnswerInput{Day: w.Today, Channel: "phone", Text: "Sopii."}), "DEC-057")
	faulttest.Want(t, hear("", "portal", w.Today+14), "DEC-054")
	faulttest.Want(t, hear("Riittääkö tämä?", "hand", w.Today+2), "DEC-055")
	faulttest.Want(t, hear("Riittääkö tämä?", "letter", w.Today+9), "DEC-055") // a letter takes a week
	faulttest.Want(t, hear("Riittääkö tämä?", "crow", w.Today+14), "DEC-059")
	if err := hear("Riittääkö 20 tuntia kuukaudessa?", "letter", w.Today+14); err != nil {
		t.Fatal(err)
	}
	var letter string
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		steps, err := decision.Steps(t.Context(), tx, p)
		if err != nil {
			return err
		}
		d, err := decision.Document(t.Context(), tx, world.Staff, w.Organiser, *steps[1].Document)
		letter = d.Plain
		return err
	})
	for _, part := range []string{"Riittääkö 20 tuntia kuukaudessa?", "5.12.2026", "34,00", "20 tuntia kuukaudessa", "Virtanen"} {
		if !strings.Contains(letter, part) {
			t.Errorf("the letter lacks %q:\n%s", part, letter)
		}
	}
	_, err := decide(world, manager, p)
	faulttest.Want(t, err, "DEC-053")
	faulttest.Want(t, answer(decision.AnswerInput{Day: w.Today, Channel: "phone"}), "DEC-056")
	faulttest.Want(t, answer(decision.AnswerInput{Day: w.Today, Channel: "crow", Text: "x"}), "DEC-058")
	faulttest.Want(t, answer(decision.AnswerInput{Day: w.Today - 1, Channel: "phone", Text: "x"}), "DEC-031")
	if err := answer(decision.AnswerInput{Day: w.Today, Channel: "phone", Text: "Sopii."}); err != nil {
		t.Fatal(err)
	}
	if err := hear("Entä alkamispäivä?", "hand", w.Today+3); err != nil {
		t.Fatal(err)
	}
	clock.Set(calendar.Noon(w.Today + 4).Now()) // the client was silent; the matter is decided with what is known
	if _, err := decide(world, manager, p); err != nil {
		t.Error(err)
	}
}

func TestARefusalIsADecisionWithReasonsAndAppeal(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	p := proposal(world, world.Input(20))
	refuse := func(reasons string) (d decision.Decision, err error) {
		err = world.Try(world.Staff, func(tx *postgres.Tx) (err error) {
			d, err = voucher.RefuseProposed(t.Context(), tx, world.Staff, world.Means, voucher.DecideProposedInput{Reasons: reasons, Office: "palveluohjaaja",
				DecideInput: decision.DecideInput{Organiser: w.Organiser, Proposal: p.ID, RowVersion: p.RowVersion}})
			return err
		})
		return d, err
	}
	_, err := refuse("")
	faulttest.Want(t, err, "DEC-001")
	d, err := refuse("Tarve täyttyy muulla palvelulla.")
	if err != nil {
		t.Fatal(err)
	}
	if d.Kind != decision.Refusal || d.Outcome != decision.Rejected {
		t.Errorf("%+v", d)
	}
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		paper, err := decision.Document(t.Context(), tx, world.Staff, w.Organiser, d.Document)
		golden(t, "refusal.txt", paper.Plain)
		return err
	})
	_, err = decide(world, manager, p.Proposal)
	faulttest.Want(t, err, "DEC-052")
}

func TestADecisionAboveThePowerIsProposedInstead(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	world.Exec(`insert into delegation (organiser_id, office, role, limit_cents, valid_from, valid_to, added_by_account, added_by, added_at) values
		(1, 'palveluohjaajat', 'caseworker', 500000, '2026-01-01', '9999-12-31', 1, 'a', now()), (1, 'palvelupäällikkö', 'decision_maker', null, '2026-01-01', '9999-12-31', 1, 'a', now())`)
	err := world.Try(world.Staff, func(tx *postgres.Tx) error {
		_, err := voucher.Grant(t.Context(), tx, world.Staff, world.Means, world.Input(20)) // 8 160,00 €
		return err
	})
	faulttest.Want(t, err, "DEC-010")
	if who := fault.All(err)[0].Values["who"]; who != "palvelupäällikkö" {
		t.Errorf("told %v", who)
	}
	if n := world.Count("select count(*) from voucher"); n != 0 {
		t.Errorf("%d vouchers remain of the refused grant", n)
	}
	p := proposal(world, world.Input(20))
	_, err = decide(world, world.Staff, p.Proposal)
	faulttest.Want(t, err, "DEC-010")
	if _, err := decide(world, manager, p.Proposal); err != nil {
		t.Error(err)
	}
	world.Grant(world.Input(10)) // 4 080,00 € is within the caseworker's own power
}

func TestTheOrganisersOwnTextsMayNameEveryFieldOfAVoucher(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	for _, kind := range []decision.Kind{decision.Voucher, decision.Refusal} {
		world.Exec(`insert into letter_template (organiser_id, kind, version, valid_from, body, prepared_by_account, prepared_by, prepared_at, published_by_account, published_by, published_at)
			values (1, $1, 1, '2026-01-01', jsonb_build_object('opening', jsonb_build_object('fi', $2::text)), 1, 'a', now(), 1, 'a', now())`, string(kind), "{"+strings.Join(decision.FieldsOf(kind), "} {")+"}")
	}
	v := world.Granted(20)
	p := proposal(world, world.Input(20))
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		refused, err := voucher.RefuseProposed(t.Context(), tx, world.Staff, world.Means, voucher.DecideProposedInput{Reasons: "x", Office: "y",
			DecideInput: decision.DecideInput{Organiser: w.Organiser, Proposal: p.ID}})
		if err != nil {
			return err
		}
		for _, id := range []int64{*v.Decision, refused.ID} {
			d, err := decision.Get(t.Context(), tx, world.Staff, w.Organiser, id)
			if err != nil {
				return err
			}
			paper, err := decision.Document(t.Context(), tx, world.Staff, w.Organiser, d.Document)
			if err != nil || strings.ContainsAny(paper.Plain, "{}") {
				t.Errorf("%v:\n%s", err, paper.Plain)
			}
		}
		return nil
	})
}
