package voucher_test

import (
	"bytes"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/domain/decision"
	"seteli/domain/voucher"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/document/pdfcheck"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// asked proposes a grant and asks the client about it.
func asked(world *w.World, due calendar.Date) decision.Proposal {
	world.T.Helper()
	p := proposal(world, world.Input(20)).Proposal
	world.Do(world.Staff, func(tx *postgres.Tx) (err error) {
		p, err = voucher.HearProposed(world.T.Context(), tx, world.Staff, world.Means, voucher.HearProposedInput{
			DecideInput: decision.DecideInput{Organiser: w.Organiser, Proposal: p.ID, RowVersion: p.RowVersion},
			Question:    "Riittääkö 20 tuntia kuukaudessa?", Channel: "portal", Due: due, Office: "palveluohjaaja"})
		return err
	})
	return p
}

func reply(world *w.World, by access.Actor, in decision.ReplyInput) error {
	in.Organiser, in.Keys = w.Organiser, world.Keys
	return world.Try(by, func(tx *postgres.Tx) error { return decision.Reply(world.T.Context(), tx, by, in) })
}

func matter(world *w.World, by access.Actor, proposal int64) (m decision.HearingMatter, err error) {
	err = world.Try(by, func(tx *postgres.Tx) (err error) {
		m, err = decision.HearingOf(world.T.Context(), tx, by, w.Organiser, proposal)
		return err
	})
	return m, err
}

func TestTheClientAnswersWithFilesUntilTheDecision(t *testing.T) {
	t.Parallel()
	clock := calendar.Noon(w.Today)
	world := w.New(t, postgrestest.Clock(clock))
	self, other := world.Self(world.Aino), world.Self(world.Client("020260-998K"))
	draft := proposal(world, world.Input(10))
	_, err := matter(world, self, draft.ID)
	faulttest.Want(t, err, "DEC-064") // a draft is not the client's to see
	p := asked(world, w.Today+14)
	m, err := matter(world, self, p.ID)
	if err != nil || m.Standing != decision.HearingWaits || m.Question != "Riittääkö 20 tuntia kuukaudessa?" || m.Due != w.Today+14 || len(m.Steps) != 1 {
		t.Fatalf("%+v %v", m, err)
	}
	_, err = matter(world, other, p.ID)
	faulttest.Want(t, err, "DEC-064")
	faulttest.Want(t, reply(world, other, decision.ReplyInput{Proposal: p.ID, Text: "x"}), "DEC-064")
	faulttest.Want(t, reply(world, world.Staff, decision.ReplyInput{Proposal: p.ID, Text: "x"}), "ACC-001")
	faulttest.Want(t, reply(world, self, decision.ReplyInput{Proposal: p.ID, Text: " "}), "DEC-060")
	faulttest.Want(t, reply(world, self, decision.ReplyInput{Proposal: p.ID, Text: "x", Files: []decision.ReplyFile{{Name: "a.exe", Data: []byte("MZ")}}}), "DOC-104")
	faulttest.Want(t, reply(world, self, decision.ReplyInput{Proposal: p.ID, Text: "x", Files: make([]decision.ReplyFile, decision.MostReplyFiles+1)}), "DEC-063")
	if n := world.Count("select count(*) from proposal_step where kind = 'answered'"); n != 0 {
		t.Errorf("%d refused answers were kept", n)
	}
	statement := []byte("%PDF-1.4\nlausunto\n%%EOF")
	if err := reply(world, self, decision.ReplyInput{Proposal: p.ID, Text: "Tarvitsen enemmän.", Files: []decision.ReplyFile{{Name: `C:\lausunto.pdf`, Data: statement}}}); err != nil {
		t.Fatal(err)
	}
	if n := world.Count("select count(*) from outbox where topic = 'hearing.replied'"); n != 1 {
		t.Errorf("%d messages to the office", n)
	}
	if n := world.Count("select count(*) from hearing_file where position('lausunto'::bytea in bytes_encrypted) > 0"); n != 0 {
		t.Error("the file lies open in the database")
	}
	_, err = decide(world, manager, p)
	faulttest.Want(t, err, "DEC-051") // what the decider had on the screen lacks the answer
	if err := reply(world, self, decision.ReplyInput{Proposal: p.ID, Text: "Vielä yksi asia."}); err != nil {
		t.Fatal(err)
	}
	if m, err = matter(world, self, p.ID); err != nil || m.Standing != decision.HearingAnswered || len(m.Steps) != 3 || m.Steps[1].Files[0].Name != "lausunto.pdf" {
		t.Fatalf("%+v %v", m, err)
	}
	open := func(by access.Actor) (f decision.OpenedFile, err error) {
		err = world.Try(by, func(tx *postgres.Tx) (err error) {
			f, err = decision.OpenHearingFile(t.Context(), tx, by, world.Keys, w.Organiser, p.ID, m.Steps[1].Files[0].ID)
			return err
		})
		return f, err
	}
	for _, by := range []access.Actor{self, world.Staff, manager} {
		if f, err := open(by); err != nil || !bytes.Equal(f.Data, statement) {
			t.Errorf("%s: %q %v", by.Role, f.Data, err)
		}
	}
	_, err = open(other)
	faulttest.Want(t, err, "DEC-064")
	fresh := p
	world.Do(manager, func(tx *postgres.Tx) (err error) {
		fresh, err = decision.Proposed(t.Context(), tx, manager, w.Organiser, p.ID)
		return err
	})
	if _, err := decide(world, manager, fresh); err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, reply(world, self, decision.ReplyInput{Proposal: p.ID, Text: "Myöhässä."}), "DEC-061")
	if m, err = matter(world, self, p.ID); err != nil || m.Standing != decision.HearingOver || m.Decision == nil {
		t.Errorf("%+v %v", m, err)
	}
}

func TestWhatWaitsIsReadyAfterTheAnswerOrTheDay(t *testing.T) {
	t.Parallel()
	clock := calendar.Noon(w.Today)
	world := w.New(t, postgrestest.Clock(clock))
	self := world.Self(world.Aino)
	first, second := asked(world, w.Today+14), asked(world, w.Today+20)
	ready := func() (n int64) {
		world.Do(world.Staff, func(tx *postgres.Tx) (err error) {
			n, err = decision.CountReady(t.Context(), tx, world.Staff, w.Organiser)
			return err
		})
		return n
	}
	if n := ready(); n != 0 {
		t.Errorf("%d ready while both wait", n)
	}
	if err := reply(world, self, decision.ReplyInput{Proposal: second.ID, Text: "Sopii."}); err != nil {
		t.Fatal(err)
	}
	if n := ready(); n != 1 {
		t.Errorf("%d ready after an answer", n)
	}
	clock.Set(calendar.Noon(w.Today + 15).Now())
	if n := ready(); n != 2 {
		t.Errorf("%d ready after the day", n)
	}
	world.Do(self, func(tx *postgres.Tx) error {
		list, err := decision.HearingsOfPerson(t.Context(), tx, self)
		if err != nil || len(list) != 2 || list[0].Standing != decision.HearingAnswered || list[1].Standing != decision.HearingSilent {
			t.Errorf("%+v %v", list, err)
		}
		return err
	})
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		list, err := decision.List(t.Context(), tx, world.Staff, decision.ListInput{Organiser: w.Organiser, Stage: decision.Ready, Most: 10})
		if len(list) != 2 {
			t.Errorf("%d wait for the decision", len(list))
		}
		for _, p := range list {
			if p.ID == first.ID && p.Answered != nil || p.ID == second.ID && (p.Answered == nil || *p.Answered != w.Today) {
				t.Errorf("%+v", p)
			}
		}
		return err
	})
	if err := reply(world, self, decision.ReplyInput{Proposal: first.ID, Text: "Vastaan myöhässä."}); err != nil {
		t.Errorf("a late answer is taken until the decision: %v", err)
	}
}

// hearingLetter asks in a world of its own and gives the letter.
func hearingLetter(t *testing.T, lang i18n.Lang) (d decision.Stored) {
	t.Helper()
	world := w.New(t)
	world.Exec(`update client set language = $1`, string(lang))
	p := asked(world, w.Today+14)
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		steps, err := decision.Steps(t.Context(), tx, p)
		if err != nil {
			return err
		}
		d, err = decision.Document(t.Context(), tx, world.Staff, w.Organiser, *steps[len(steps)-1].Document)
		return err
	})
	if missing := world.Means.Texts.Missing(); len(missing) > 0 {
		t.Errorf("%s: texts are missing: %v", lang, missing)
	}
	return d
}

func TestTheLetterBeforeTheDecisionInEachLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			first, second := hearingLetter(t, lang), hearingLetter(t, lang)
			if !bytes.Equal(first.PDF, second.PDF) || first.HTML != second.HTML {
				t.Error("two writings differ")
			}
			findings, err := pdfcheck.Check(first.PDF)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range findings {
				t.Error(f)
			}
			if !strings.Contains(first.HTML, "Riittääkö 20 tuntia kuukaudessa?") {
				t.Error("the page lacks the question")
			}
			golden(t, "hearing."+string(lang)+".txt", first.Plain)
		})
	}
}
