package demo

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/event"
	"seteli/domain/onetime"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// slipService is the service whose vouchers some get as paper that is used once: summer jobs of the young.
const slipService = "KESATYO"

// beginSlips prints a dozen one-time vouchers and hands four of them over; two are used on the same day, and one is annulled.
func (w *world) beginSlips(ctx context.Context) error {
	h := w.houses["HAV"]
	s, serving := h.Services[slipService], w.providers("HAV/"+slipService)
	if len(serving) == 0 {
		return nil
	}
	var list []client.Client
	for _, r := range w.rights {
		if r.offer.house == "HAV" && r.offer.code == slipService && len(list) < 4 {
			list = append(list, r.Client)
		}
	}
	by, company := h.As(access.Caseworker), w.companies[serving[0]]
	valid := calendar.Period{From: w.Today(), To: w.Today().AddMonths(12)}
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		batch, err := onetime.Print(ctx, tx, by, w.means("slips", 0), onetime.Terms{Organiser: h.Organiser.ID, Service: s.ID, Content: s.Contents[0].ID, Quantity: money.Units(1),
			Period: valid, Count: 12, Contact: by.Name + ", 020 000 0000", Office: "palveluohjaaja", Reasons: "Nuori on kunnan asukas ja hakee kesätyötä."})
		if err != nil {
			return fmt.Errorf("printing one-time vouchers: %w", err)
		}
		slips, err := onetime.Printable(ctx, tx, by, h.Organiser.ID, batch)
		if err != nil {
			return err
		}
		for i, c := range list {
			slip, err := onetime.Name(ctx, tx, by, w.means("slips", i+1), onetime.NameInput{Organiser: h.Organiser.ID, Slip: slips[i].ID, Client: c.ID})
			if err != nil {
				return fmt.Errorf("handing over one-time voucher %d: %w", i, err)
			}
			w.vouchers++
			if i >= 2 {
				continue
			}
			_, err = onetime.UseOnce(ctx, tx, company.Recorder, onetime.Ask{Organiser: h.Organiser.ID, Number: slip.Number, Unit: company.Units[0].ID,
				Reference: fmt.Sprintf("kerta-%d", i), Source: event.Page})
			if err != nil {
				return fmt.Errorf("using one-time voucher %d: %w", i, err)
			}
		}
		_, err = onetime.Annul(ctx, tx, by, voucher.Means{Texts: w.Texts, Models: w.Models}, onetime.AnnulInput{Organiser: h.Organiser.ID, Slip: slips[11].ID, Reason: "Tulostus epäonnistui."})
		return err
	})
}
