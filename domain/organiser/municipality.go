package organiser

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/organiser/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Municipality is one row of the national code list.
type Municipality struct {
	Code     string // three digits
	Names    i18n.Names
	County   string // wellbeing services county, two digits
	Language string // fi, fi-sv, sv-fi, sv: official languages, the majority's first
}

// Served is a municipality that an organiser serves in a period.
type Served struct {
	Municipality string
	Names        i18n.Names
	Period       calendar.Period
}

// SetMunicipalities writes the national code list; rows that are not named stay as they are. Operator only.
func SetMunicipalities(ctx context.Context, tx *postgres.Tx, by access.Actor, list []Municipality) error {
	if err := by.May(access.CatalogueNational, 0); err != nil {
		return err
	}
	var wrong fault.List
	for _, m := range list {
		wrong = append(wrong, m.wrong()...)
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	q := db.New(tx)
	for _, m := range list { // 300 rows, once a year
		err := q.MunicipalityPut(ctx, db.MunicipalityPutParams{Code: m.Code, NameFi: m.Names.Fi, NameSv: m.Names.Sv, County: m.County, Language: m.Language})
		if err != nil {
			return fmt.Errorf("writing municipality %s: %w", m.Code, err)
		}
	}
	return audit.Write(ctx, tx, by, ActMunicipal, audit.Ref{Kind: "municipality", Label: "municipality"}, map[string]any{"rows": len(list)})
}

// Municipalities lists the national code list by Finnish name.
func Municipalities(ctx context.Context, tx *postgres.Tx) ([]Municipality, error) {
	rows, err := db.New(tx).MunicipalityAll(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing municipalities: %w", err)
	}
	list := make([]Municipality, len(rows))
	for i, r := range rows {
		list[i] = Municipality{Code: r.Code, Names: i18n.Names{Fi: r.NameFi, Sv: r.NameSv}, County: r.County, Language: r.Language}
	}
	return list, nil
}

// Named finds the municipalities of a written list, by name in either language or by code, each once; commas, semicolons and lines part
// the names. What names none comes back as it was written.
func Named(known []Municipality, written string) (found []Municipality, unknown []string) {
	for _, word := range strings.FieldsFunc(written, func(c rune) bool { return strings.ContainsRune(",;\n", c) }) {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		i := slices.IndexFunc(known, func(m Municipality) bool {
			return m.Code == word || strings.EqualFold(m.Names.Fi, word) || strings.EqualFold(m.Names.Sv, word)
		})
		switch {
		case i < 0:
			unknown = append(unknown, word)
		case !slices.Contains(found, known[i]):
			found = append(found, known[i])
		}
	}
	return found, unknown
}

// Serve adds a municipality to those whom the organiser serves. ORG-009 when it does so already in some of the period.
func Serve(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, municipality string, p calendar.Period) error {
	if err := by.May(access.OrganiserManage, 0); err != nil {
		return err
	}
	if err := periodFault(p); err != nil {
		return err
	}
	if err := lock(ctx, tx, organiser); err != nil {
		return err
	}
	q := db.New(tx)
	over, err := q.ServesOverlap(ctx, db.ServesOverlapParams{OrganiserID: organiser, Municipality: municipality, ValidFrom: p.From, ValidTo: p.To})
	if err != nil {
		return fmt.Errorf("checking whom organiser %d serves: %w", organiser, err)
	}
	if over {
		return errServes
	}
	err = q.ServesInsert(ctx, db.ServesInsertParams{OrganiserID: organiser, Municipality: municipality, ValidFrom: p.From, ValidTo: p.To})
	switch postgres.ConstraintOf(err) {
	case postgres.ConstraintOrganiserMunicipalityMunicipality:
		return errMunicipality.Because(err)
	case postgres.ConstraintOrganiserMunicipalityNoOverlap:
		return errServes.Because(err)
	}
	if err != nil {
		return fmt.Errorf("adding municipality %s to organiser %d: %w", municipality, organiser, err)
	}
	ref := audit.Ref{Kind: "organiser", ID: int64(organiser), Label: municipality}
	return audit.Write(ctx, tx, by, ActServes, ref, map[string]any{"municipality": municipality, "from": p.From, "to": p.To})
}

// EndServing ends the service of a municipality before day, as a merger of municipalities does.
func EndServing(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, municipality string, day calendar.Date) error {
	if err := by.May(access.OrganiserManage, 0); err != nil {
		return err
	}
	if err := lock(ctx, tx, organiser); err != nil {
		return err
	}
	n, err := db.New(tx).ServesEnd(ctx, db.ServesEndParams{OrganiserID: organiser, Municipality: municipality, ValidTo: day})
	if err != nil {
		return fmt.Errorf("ending municipality %s of organiser %d: %w", municipality, organiser, err)
	}
	if n == 0 {
		return errMunicipality
	}
	ref := audit.Ref{Kind: "organiser", ID: int64(organiser), Label: municipality}
	return audit.Write(ctx, tx, by, ActServesEnded, ref, map[string]any{"municipality": municipality, "to": day})
}

// Serves lists whom an organiser serves, past and coming periods too.
func Serves(ctx context.Context, tx *postgres.Tx, organiser int32) ([]Served, error) {
	rows, err := db.New(tx).ServesList(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing whom organiser %d serves: %w", organiser, err)
	}
	list := make([]Served, len(rows))
	for i, r := range rows {
		list[i] = Served{Municipality: r.Municipality, Names: i18n.Names{Fi: r.NameFi, Sv: r.NameSv}, Period: calendar.Period{From: r.ValidFrom, To: r.ValidTo}}
	}
	return list, nil
}

// ServedBy gives the organisers that serve a municipality on a day: often a city (daycare) and a county (care).
func ServedBy(ctx context.Context, tx *postgres.Tx, municipality string, day calendar.Date) ([]int32, error) {
	ids, err := db.New(tx).ServedBy(ctx, db.ServedByParams{Municipality: municipality, Day: day})
	if err != nil {
		return nil, fmt.Errorf("finding who serves municipality %s: %w", municipality, err)
	}
	return ids, nil
}
