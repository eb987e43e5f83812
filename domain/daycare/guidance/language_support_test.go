package guidance_test

import (
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/domain/daycare/guidance"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

func TestTheGuideSeesLanguageAndSupportAndTheUnitOnlyThatSupportIsNeeded(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, _, self := n.family(calendar.Day(2022, 3, 3))
	other := n.person(calendar.Day(1988, 1, 1), "Olli", false)
	n.guards(c, other)
	a := n.draft(self, c, calendar.Day(2026, 8, 1), w.Unit)
	if a.Language != guidance.Finnish {
		t.Errorf("the form of a Finnish-speaking applicant begins with %q", a.Language)
	}
	save := func(change func(*guidance.Request)) error {
		r := a.Request
		change(&r)
		return n.Try(self, func(tx *postgres.Tx) error {
			saved, err := guidance.Save(t.Context(), tx, self, guidance.SaveInput{Organiser: w.Organiser, ID: a.ID, RowVersion: a.RowVersion, Request: r})
			if err == nil {
				a = saved
			}
			return err
		})
	}
	for _, x := range []struct {
		code, field string
		change      func(*guidance.Request)
	}{
		{"GUI-051", "language", func(r *guidance.Request) { r.Language = "xx" }},
		{"GUI-052", "language_words", func(r *guidance.Request) { r.Language, r.LanguageWords = guidance.OtherLanguage, "  " }},
		{"GUI-053", "language_words", func(r *guidance.Request) {
			r.Language, r.LanguageWords = guidance.OtherLanguage, strings.Repeat("ä", 101)
		}},
		{"GUI-053", "support", func(r *guidance.Request) { r.Support = strings.Repeat("ä", 4001) }},
	} {
		faulttest.WantField(t, save(x.change), x.code, x.field)
	}
	must(t, save(func(r *guidance.Request) { r.Language, r.LanguageWords = guidance.Swedish, "englanti" }))
	if a.Language != guidance.Swedish || a.LanguageWords != "" {
		t.Errorf("Swedish is kept as %q %q", a.Language, a.LanguageWords)
	}
	must(t, save(func(r *guidance.Request) {
		r.Language, r.LanguageWords, r.Support = "", " englanti ", " Puheterapia. "+strings.Repeat("ä", 3900)
	}))
	a, err := n.send(self, a)
	must(t, err)
	got := n.get(n.Staff, a.ID)
	if got.Language != guidance.OtherLanguage || got.LanguageWords != "englanti" || !strings.HasPrefix(got.Support, "Puheterapia.") {
		t.Errorf("the guide sees %q %q %q", got.Language, got.LanguageWords, got.Support)
	}
	if seen := n.get(n.Self(other), a.ID); seen.Support != "" {
		t.Error("the other guardian reads what the applicant told of support")
	}
	var queue []guidance.Queued
	n.staff(func(tx *postgres.Tx) (err error) {
		queue, _, err = guidance.Queue(t.Context(), tx, n.Staff, guidance.QueueFilter{Organiser: w.Organiser, Most: 10})
		return err
	})
	if len(queue) != 1 || !queue[0].Support || queue[0].Language != guidance.OtherLanguage {
		t.Errorf("the queue tells %+v", queue)
	}
	must(t, n.Try(n.Staff, func(tx *postgres.Tx) error {
		return guidance.Answer(t.Context(), tx, n.Staff, guidance.ConsentInput{Organiser: w.Organiser, ID: a.ID, Adult: other.ID, Answer: guidance.Agreed, Reason: "Paperilla."})
	}))
	p, err := n.propose(a, w.Unit)
	must(t, err)
	var u guidance.UnitProposal
	n.Do(n.provider, func(tx *postgres.Tx) (err error) {
		u, err = guidance.Named(t.Context(), tx, n.provider, w.Organiser, p.ID)
		return err
	})
	if !u.Support || u.Request.Support != "" || u.Request.LanguageWords != "englanti" {
		t.Errorf("the unit is told %t %q %q", u.Support, u.Request.Support, u.Request.LanguageWords)
	}
}
