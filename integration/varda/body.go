package varda

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"seteli/core/money"
	"seteli/domain/daycare/varda"
)

func sorted[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// byVoucher is the warehouse's code of early education arranged with a voucher. Own places (jm01) and purchased ones (jm02) are reported by
// the system in which their fees are decided.
const byVoucher = "jm03"

// body makes the request of an object under the address of its parent.
func (c *Client) body(o varda.Object, parent string, people map[int64]varda.Human) (map[string]any, error) {
	switch o.Kind {
	case varda.Person:
		return human(people[o.Client])
	case varda.Child:
		return c.keyed(o, map[string]any{"henkilo": parent, "oma_organisaatio_oid": c.cfg.Owner, "paos_organisaatio_oid": o.Producer}), nil
	case varda.Decision: // shift care is neither full-day nor daily for the warehouse: it stores both as false
		return c.keyed(o, map[string]any{"lapsi": parent, "hakemus_pvm": o.Applied, "alkamis_pvm": o.From, "paattymis_pvm": o.Last, "tuntimaara_viikossa": o.Hours.String(),
			"kokopaivainen_vaka_kytkin": o.Hours.FullDay() && !o.Shift, "paivittainen_vaka_kytkin": o.Daily && !o.Shift, "vuorohoito_kytkin": o.Shift,
			"tilapainen_vaka_kytkin": o.Temporary, "jarjestamismuoto_koodi": byVoucher}), nil
	case varda.Placement:
		return c.keyed(o, map[string]any{"varhaiskasvatuspaatos": parent, "toimipaikka_oid": o.Unit, "alkamis_pvm": o.From, "paattymis_pvm": o.Last}), nil
	case varda.Fee:
		guardians := make([]map[string]any, len(o.Guardians))
		for i, id := range o.Guardians {
			g, err := human(people[id])
			if err != nil {
				return nil, err
			}
			delete(g, "kutsumanimi")
			guardians[i] = g
		}
		return c.keyed(o, map[string]any{"lapsi": parent, "huoltajat": guardians, "alkamis_pvm": o.From, "paattymis_pvm": o.Last, "maksun_peruste_koodi": "mp03",
			"palveluseteli_arvo": euros(o.Value), "asiakasmaksu": euros(o.OwnShare), "perheen_koko": o.Size}), nil
	}
	return nil, fmt.Errorf("the warehouse has no object of kind %q", o.Kind)
}

func (c *Client) keyed(o varda.Object, body map[string]any) map[string]any {
	body["lahdejarjestelma"], body["tunniste"] = c.cfg.Source, o.Key
	return body
}

// human tells a person. The name in use is the first of the first names: ours is not recorded apart.
func human(h varda.Human) (map[string]any, error) {
	if h.Identity.IsZero() || h.FirstNames == "" || h.LastName == "" {
		return nil, &varda.Refusal{Codes: []varda.Code{{Field: "henkilotunnus", Code: "HE018"}}}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(h.FirstNames), " ")
	return map[string]any{"etunimet": h.FirstNames, "kutsumanimi": first, "sukunimi": h.LastName, "henkilotunnus": h.Identity.Reveal()}, nil
}

// euros writes cents as decimal(6,2).
func euros(c money.Cents) string { return fmt.Sprintf("%d.%02d", c/100, c%100) }
