package demo

import (
	"context"
	"fmt"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/admission"
	"seteli/domain/client"
	"seteli/domain/decision"
	"seteli/domain/event"
	"seteli/domain/register"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// newcomers are companies whose applications are under way: one in each state.
func (w *world) newcomers(ctx context.Context) error {
	for i, n := range []struct {
		key, name, service string
		until              step
		ago                int
	}{
		{"tuike", "Kotihoiva Tuike Oy", "KSR/KOTIHOITO", toRejected, 14},
		{"lumme", "Apupalvelu Lumme Oy", "KSR/HENKAPU", toWithdrawn, 12},
		{"vanamo", "Hoivakoti Vanamo Oy", "KSR/TEHOSTETTU", toCompleting, 9},
		{"kielo", "Kielon Kotiapu Tmi", "KSR/TILAPAINEN", toHandling, 6},
		{"ruska", "Ruskan Avustajat Oy", "KSR/HENKAPU", toSent, 4},
		{"ljung", "Ljunghedens Hemvård Ab", "RAN/PERHEET", toHandling, 3},
		{"taimi", "Taimi Omaishoidon tuki Osk", "KSR/OMAISVAPAA", toSignature, 2},
		{"orvokki", "Orvokin Siivous Tmi", "RAN/TUKIPALVELU", toDraft, 1},
	} {
		if !w.reach(w.today()-calendar.Date(n.ago), 9) {
			continue
		}
		h, o := w.service(n.service)
		c := company{key: n.key, name: n.name, language: i18n.FI, speaks: []string{"fi"}, units: houseOf(o.house).serves[:1], services: []string{n.service},
			signatory: pick(w.draw("s", i), oldWomen) + " " + pick(w.draw("f", i), familyFi), mainUser: pick(w.draw("m", i), youngerW) + " " + pick(w.draw("f", i), familyFi),
			recorder: pick(w.draw("r", i), youngerM) + " " + pick(w.draw("f", i), familyFi)}
		made, err := w.register(ctx, c)
		if err != nil {
			return err
		}
		if err := w.apply(ctx, h, made, o, 105, n.until); err != nil {
			return err
		}
	}
	return nil
}

// priceChanges: a price that rises next month, one that was refused, one that waits for an answer.
func (w *world) priceChanges(ctx context.Context) error {
	h := w.houses["KSR"]
	for i, p := range []struct {
		company int
		service string
		answer  string // yes, no, or none yet
	}{{0, "KOTIHOITO", "yes"}, {1, "KOTIHOITO", "no"}, {5, "OMAISVAPAA", ""}} {
		if !w.reach(w.today()-calendar.Date(5-i), 12) {
			continue
		}
		_, o := w.service("KSR/" + p.service)
		c, s := w.companies[p.company], h.Services[p.service]
		line := admission.PriceLine{Unit: c.Units[0].ID, Content: s.Contents[0].ID, VATCode: "exempt", From: (calendar.MonthOf(w.today()) + 2).Period().From,
			Price: o.rates[0].value * money.Cents(companies[p.company].level+6+20*(i%2)) / 100}
		err := w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
			made, err := admission.ProposePrice(ctx, tx, c.MainUser, admission.ProposeInput{Organiser: h.Organiser.ID, Service: s.ID, PriceLine: line, Models: w.Models})
			if err != nil || p.answer == "" {
				return err
			}
			decided := admission.DecidePriceInput{Organiser: h.Organiser.ID, Price: made.ID, RowVersion: made.RowVersion, Approve: p.answer == "yes"}
			if !decided.Approve {
				decided.Reason = "Korotus ylittää sääntökirjan hinnankorotuksen rajan."
			}
			_, err = admission.DecidePrice(ctx, tx, h.As(access.DecisionMaker), decided)
			return err
		})
		if err != nil {
			return fmt.Errorf("price of %s: %w", c.Provider.Name, err)
		}
	}
	return nil
}

// endings: vouchers that rest, ended, were stopped by a decision or given by mistake, a provider that leaves, one that is
// suspended, and a company whose payments are held.
func (w *world) endings(ctx context.Context) error {
	if !w.reach(w.today()-2, 13) {
		return nil
	}
	h := w.houses["KSR"]
	by := h.As(access.Caseworker)
	day := w.today()
	acts := []func(tx *postgres.Tx, v voucher.Voucher) error{
		func(tx *postgres.Tx, v voucher.Voucher) error {
			_, err := voucher.Pause(ctx, tx, by, voucher.PauseInput{Organiser: v.Organiser, Voucher: v.ID, Period: calendar.Period{From: day, To: day + 21}, Reason: "Sairaalahoito"})
			return err
		},
		func(tx *postgres.Tx, v voucher.Voucher) error {
			_, err := voucher.Close(ctx, tx, by, w.means("close", 1), voucher.CloseInput{Organiser: v.Organiser, Voucher: v.ID, Day: day + 1, Why: voucher.EndedReason,
				Reason: "Asiakas muuttaa toiselle hyvinvointialueelle.", Office: "palveluohjaaja"})
			return err
		},
		func(tx *postgres.Tx, v voucher.Voucher) error {
			_, err := voucher.Close(ctx, tx, by, w.means("close", 2), voucher.CloseInput{Organiser: v.Organiser, Voucher: v.ID, Day: day + 10, Why: voucher.Stopped,
				Reason: "Palvelutarpeen arvion mukaan asiakas tarvitsee ympärivuorokautista hoitoa.", Office: "palvelupäällikkö"})
			return err
		},
		func(tx *postgres.Tx, v voucher.Voucher) error {
			_, err := voucher.Change(ctx, tx, by, w.means("change", 1), voucher.ChangeInput{Organiser: v.Organiser, Voucher: v.ID, ValidTo: new(v.Valid.To.AddMonths(3)),
				Reason: "Palvelun tarve jatkuu."})
			return err
		},
	}
	for i, act := range acts {
		x := w.rights[2+3*i]
		if err := w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error { return act(tx, x.Voucher) }); err != nil {
			return fmt.Errorf("ending %d: %w", i, err)
		}
	}
	return w.leaving(ctx, h)
}

func (w *world) leaving(ctx context.Context, h House) error {
	exit, suspended := w.companies[7], w.companies[3] // the second dispensing pharmacy; a small company under inspection
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		key := func(c Company, code string) (admission.ApprovalKey, error) {
			a, err := admission.ApprovalOf(ctx, tx, h.Organiser.ID, h.Services[code].ID, c.Units[0].ID, tx.Today())
			return admission.ApprovalKey{Approval: a.ID, RowVersion: a.RowVersion}, err
		}
		k, err := key(exit, "ANNOSJAKELU")
		if err != nil {
			return err
		}
		if _, err := admission.Exit(ctx, tx, exit.Signatory, admission.ExitInput{Organiser: h.Organiser.ID, Approvals: []admission.ApprovalKey{k},
			LastDay: w.today() + 60, Reason: "Yrittäjä jää eläkkeelle."}); err != nil {
			return fmt.Errorf("leaving: %w", err)
		}
		if k, err = key(suspended, "KOTIHOITO"); err != nil {
			return err
		}
		if _, err := admission.Suspend(ctx, tx, h.As(access.DecisionMaker), admission.SuspendInput{Organiser: h.Organiser.ID, ApprovalKey: k, From: w.today() + 1,
			To: w.today() + 31, Reason: "Valvontakäynnin selvitys on kesken."}); err != nil {
			return fmt.Errorf("suspending: %w", err)
		}
		_, err = register.SetSupplier(ctx, tx, h.As(access.ApplicationHandler), register.SupplierInput{Organiser: h.Organiser.ID, Provider: suspended.Provider.ID,
			Number: "100417", HoldReason: "Valvontaselvitys on kesken; maksut pidätetään."})
		return err
	})
}

// waiting are the caseworker's open matters: a sheet to give, answers and choices to wait for, an order without an answer,
// a voucher that was given by mistake.
func (w *world) waiting(ctx context.Context) error {
	if !w.reach(w.today()-1, 10) {
		return nil
	}
	h := w.houses["KSR"]
	p := calendar.Period{From: w.today(), To: w.today().AddMonths(12)}
	list, err := w.clients(ctx, h, houseOf("KSR").serves, 8, 1900, 1916)
	if err != nil {
		return err
	}
	w.result.Clients += len(list)
	_, care := w.service("KSR/KOTIHOITO")
	unit := w.companies[0].Units[0].ID
	for i, until := range []stage{granted, granted, told, told, taken, taken} {
		if _, err := w.grant(ctx, h, care, grantInput(h, care, list[i], p, nil, 0), 700+i, until, unit); err != nil {
			return err
		}
		w.vouchers++
	}
	v, err := w.grant(ctx, h, care, grantInput(h, care, list[6], p, nil, 0), 710, granted, unit)
	if err != nil {
		return err
	}
	w.vouchers++
	err = w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		_, err := voucher.Annul(ctx, tx, h.As(access.Caseworker), w.means("annul", 1), voucher.AnnulInput{Organiser: h.Organiser.ID, Voucher: v.ID,
			Reason: "Seteli myönnettiin väärälle henkilölle.", Office: "palveluohjaaja"})
		return err
	})
	if err != nil {
		return fmt.Errorf("annulling: %w", err)
	}
	return w.castWaiting(ctx, h, list[7], p)
}

// castWaiting gives the two clients who sign in something to answer, and leaves one order with its provider.
func (w *world) castWaiting(ctx context.Context, h House, stranger client.Client, p calendar.Period) error {
	for i, c := range w.cast {
		_, o := w.service([]string{"KSR/ANNOSJAKELU", "KSR/OMAISVAPAA"}[i])
		until := []stage{taken, told}[i]
		if _, err := w.grant(ctx, h, o, grantInput(h, o, c, p, nil, 0), 720+i, until, 0); err != nil {
			return err
		}
		w.vouchers++
	}
	if err := w.hearing(ctx, h, p); err != nil {
		return err
	}
	_, bought := w.service("KSR/OSTO-ASUMINEN")
	company := w.providers("KSR/OSTO-ASUMINEN")[0]
	_, _, err := w.order(ctx, h, bought, grantInput(h, bought, stranger, p, nil, 0), 730, w.companies[company], w.companies[company].Units[0].ID, "")
	w.vouchers++
	return err
}

// hearing asks the client who acts in the portal about a proposal, and waits for the answer.
func (w *world) hearing(ctx context.Context, h House, p calendar.Period) error {
	c := w.cast[len(w.cast)-1]
	_, o := w.service("KSR/TILAPAINEN")
	by := h.As(access.Caseworker)
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		means := w.means("hearing", 1)
		proposed, err := voucher.ProposeGrant(ctx, tx, by, means, grantInput(h, o, c, p, []string{"TUNTI"}, 0), decision.DecideInput{})
		if err != nil {
			return fmt.Errorf("proposing to %s: %w", c.Name(), err)
		}
		_, err = voucher.HearProposed(ctx, tx, by, means, voucher.HearProposedInput{DecideInput: decision.DecideInput{Organiser: h.Organiser.ID, Proposal: proposed.ID, RowVersion: proposed.RowVersion}, Channel: "portal",
			Due: decision.FirstDue("portal", w.today()) + 7, Office: "palveluohjaaja",
			Question: "Ehdotamme tilapäistä kotihoitoa kahdeksan tuntia kuukaudessa. Riittääkö se, ja mihin aikaan päivästä tarvitset apua?"})
		if err != nil {
			return fmt.Errorf("asking %s: %w", c.Name(), err)
		}
		return nil
	})
}

// thisMorning records single visits of yesterday on a phone, with one that is corrected and one that is deleted.
func (w *world) thisMorning(ctx context.Context) error {
	day := w.today() - 1
	if !w.reach(day, 21) {
		return nil
	}
	h := w.houses["KSR"]
	desk := event.NewDesk(w.DB)
	done := 0
	for n, x := range w.rights {
		if x.Company != 0 || x.offer.code != "KOTIHOITO" || done == 6 {
			continue
		}
		y, m, d := day.Civil()
		start := time.Date(y, m, d, 18, 15*(n%3), 0, 0, calendar.Helsinki)
		line := event.Line{Number: x.Voucher.Number.String(), Content: contentOn(day), Unit: x.Unit, Date: day, Start: &start, End: new(start.Add(time.Hour)),
			Reference: "phone-" + x.Voucher.Number.String()}
		v, err := w.recordOne(ctx, desk, h, w.companies[0], line)
		if err != nil {
			return err
		}
		w.result.Tally.add([]event.Verdict{v})
		if v.State != event.Accepted {
			continue
		}
		if err := w.corrected(ctx, h, line, v, done); err != nil {
			return err
		}
		done++
	}
	return nil
}

// contentOn is the evening content of home care on a day.
func contentOn(day calendar.Date) string {
	switch day.Weekday() {
	case time.Saturday:
		return "LAUANTAI"
	case time.Sunday:
		return "SUNNUNTAI"
	}
	return "ARKI-ILTA"
}

func (w *world) corrected(ctx context.Context, h House, line event.Line, v event.Verdict, n int) error {
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		ref, err := seen(ctx, tx, h, v.Event)
		if err != nil {
			return err
		}
		switch n {
		case 2:
			line.End, line.Reference = new(line.Start.Add(45*time.Minute)), line.Reference+"-2"
			_, err = event.Edit(ctx, tx, w.companies[0].MainUser, ref, line, event.Page)
		case 4:
			err = event.Delete(ctx, tx, w.companies[0].MainUser, event.Decision{Ref: ref, Reason: "Kirjattu väärälle asiakkaalle."})
		}
		return err
	})
}

// review leaves the newest half of the queue open and judges the older half.
func (w *world) review(ctx context.Context) error {
	for _, prefix := range w.prefixes() {
		list, err := w.queue(ctx, w.houses[prefix])
		if err != nil {
			return err
		}
		for i, e := range list[:len(list)/2] {
			if err := w.judge(ctx, w.houses[prefix], e, i); err != nil {
				return fmt.Errorf("judging event %d: %w", e.ID, err)
			}
		}
	}
	return nil
}
