package demo

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// clients imports n drawn clients from the organiser's client system, born within the years, and gives them in the order of drawing.
func (b *Builder) clients(ctx context.Context, h House, serves []string, n, bornFrom, bornTo int) ([]client.Client, error) {
	rows := make([]client.Row, n)
	refs := make(map[string]int, n)
	for i := range rows {
		row, err := b.person(h, serves, i, bornFrom, bornTo)
		if err != nil {
			return nil, err
		}
		rows[i], refs[row.ExternalRef] = row, i
	}
	by := h.As(access.Caseworker)
	err := b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		receipt, plan, err := client.Import(ctx, tx, by, b.Keys, h.Organiser.ID, client.FromFile, rows)
		if err != nil {
			return err
		}
		for _, p := range plan.Rows {
			if p.Outcome == client.Refused {
				return fmt.Errorf("row %d: %w", p.Line, p.Faults.Err())
			}
		}
		if receipt.Added != n {
			return fmt.Errorf("%d of %d clients were new", receipt.Added, n)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("importing %d clients of %s: %w", n, h.Organiser.Prefix, err)
	}
	return b.imported(ctx, h, rows)
}

// imported finds the clients of the rows again.
func (b *Builder) imported(ctx context.Context, h House, rows []client.Row) ([]client.Client, error) {
	out := make([]client.Client, len(rows))
	err := b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		for i, r := range rows {
			found, err := client.Search(ctx, tx, h.As(access.Caseworker), b.Keys, client.Query{Organiser: h.Organiser.ID, Text: r.Identity.Reveal(), Limit: 2})
			if err != nil {
				return err
			}
			if len(found) != 1 {
				return fmt.Errorf("row %d: %d clients found", r.Line, len(found))
			}
			out[i] = found[0]
		}
		return nil
	})
	return out, err
}

// person draws one row. Identity codes never repeat within a house: the day of birth and the number follow from i.
func (b *Builder) person(h House, serves []string, i, bornFrom, bornTo int) (client.Row, error) {
	r := b.draw("client "+h.Organiser.Prefix, i, bornFrom)
	days := int(calendar.Day(bornTo, 1, 1) - calendar.Day(bornFrom, 1, 1))
	birth := calendar.Day(bornFrom, 1, 1) + calendar.Date((i*stride(days)+int(h.Organiser.ID)*11)%days)
	code, err := Hetu(birth, (i/days+int(h.Organiser.ID)*31)%castNumber)
	if err != nil {
		return client.Row{}, err
	}
	at := placeOf(serves[r.IntN(len(serves))])
	swedish := at.language == "sv-fi" && r.IntN(100) < 70 || at.language == "fi-sv" && r.IntN(100) < 30
	y, _, _ := birth.Civil()
	first, last := nameOf(r, swedish, y)
	d := client.Details{FirstNames: first, LastName: last, Language: i18n.FI, Municipality: at.code, AddressLine: street(r.IntN(90)+1, "fi"),
		Postcode: at.postcode, City: at.names.Fi, ExternalRef: fmt.Sprintf("%s-A%d-%06d", h.Organiser.Prefix, bornFrom, i+1), Protected: i%97 == 96}
	if swedish {
		d.Language, d.AddressLine, d.City = i18n.SV, street(r.IntN(90)+1, "sv"), at.names.Sv
	}
	if r.IntN(3) > 0 {
		d.Phone = fmt.Sprintf("040 000 %04d", r.IntN(10_000))
	}
	if r.IntN(3) == 0 {
		d.Email = fmt.Sprintf("asiakas.%06d@posti.example", i+1)
	}
	return client.Row{Line: i + 2, Identity: code, Details: d}, nil
}

// stride is a step that visits every one of n days before it comes to one again.
func stride(n int) int {
	step := 97
	for a, b := step, n; ; {
		for b != 0 {
			a, b = b, a%b
		}
		if a == 1 {
			return step
		}
		step += 2
		a, b = step, n
	}
}
