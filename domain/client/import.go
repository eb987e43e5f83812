package client

import (
	"context"
	"fmt"

	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/client/db"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// Row is one line of the client system's file or one element of the API's list.
type Row struct {
	Line     int // as people count it in the file; 0 outside files
	Identity ident.Hetu
	Details
}

// Outcome is what an import does with one row.
type Outcome string

// Outcomes of rows.
const (
	WillAdd    Outcome = "add"
	WillChange Outcome = "change"
	WillKeep   Outcome = "keep" // the client is here already with the same details
	Refused    Outcome = "refused"
)

// Planned is a row with its outcome and everything that is wrong in it.
type Planned struct {
	Row
	Outcome Outcome
	Fields  []string // what changes, by name
	Faults  fault.List
	Client  int64 // number of the client; 0 when it is refused, or would be added
	known   Client
}

// Plan is an import before anything is stored.
type Plan struct {
	Organiser int32
	Rows      []Planned
}

// Count tells how many rows have the outcome.
func (p Plan) Count(o Outcome) int {
	n := 0
	for _, r := range p.Rows {
		if r.Outcome == o {
			n++
		}
	}
	return n
}

// Preview tells what an import of the rows would do, with every error of every row. Its number of queries does not
// depend on the number of rows. It stores nothing.
func Preview(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, organiserID int32, rows []Row) (Plan, error) {
	if err := by.May(access.ClientImport, organiserID); err != nil {
		return Plan{}, err
	}
	p := db.ClientsKnownParams{OrganiserID: organiserID}
	indexes := make([]string, len(rows))
	for i, r := range rows {
		rows[i].Details = r.Details.trimmed()
		if !r.Identity.IsZero() {
			index, err := Index(keys, r.Identity)
			if err != nil {
				return Plan{}, err
			}
			indexes[i] = string(index)
			p.Indexes = append(p.Indexes, index)
		}
		if r.ExternalRef != "" {
			p.ExternalRefs = append(p.ExternalRefs, r.ExternalRef)
		}
	}
	found, err := db.New(tx).ClientsKnown(ctx, p)
	if err != nil {
		return Plan{}, fmt.Errorf("looking for %d clients: %w", len(rows), err)
	}
	places, err := organiser.Municipalities(ctx, tx)
	if err != nil {
		return Plan{}, err
	}
	codes := make(map[string]bool, len(places))
	for _, m := range places {
		codes[m.Code] = true
	}
	byIndex, byRef := map[string]Client{}, map[string]Client{}
	for _, r := range found {
		c := fromRow(db.Client{OrganiserID: r.OrganiserID, ClientID: r.ClientID, PersonID: r.PersonID, IdentityEncrypted: r.IdentityEncrypted,
			LastName: r.LastName, FirstNames: r.FirstNames, BirthDate: r.BirthDate, Language: r.Language, Municipality: r.Municipality,
			AddressLine: r.AddressLine, Postcode: r.Postcode, City: r.City, Phone: r.Phone, Email: r.Email, Protected: r.Protected,
			Source: r.Source, ExternalRef: r.ExternalRef, EndedOn: r.EndedOn, RowVersion: r.RowVersion, CreatedAt: r.CreatedAt})
		byIndex[string(r.IdentityIndex)] = c
		if c.ExternalRef != "" {
			byRef[c.ExternalRef] = c
		}
	}
	return Plan{Organiser: organiserID, Rows: judge(rows, indexes, byIndex, byRef, codes)}, nil
}

// judge decides each row; indexes holds each row's key of the identity code, "" when the code could not be read.
// A file repeats nobody: the first row of a person or a reference stands, later ones are refused.
func judge(rows []Row, indexes []string, byIndex, byRef map[string]Client, municipalities map[string]bool) []Planned {
	out := make([]Planned, len(rows))
	firstPerson, firstRef := map[string]int{}, map[string]int{}
	for i, r := range rows {
		p := Planned{Row: r}
		known, isKnown := byIndex[indexes[i]]
		if isKnown {
			p.known, p.Client = known, known.ID
			p.Details = r.Details.over(known.Details)
		}
		if p.Language == "" {
			p.Language = i18n.FI // the file does not say, and nothing is known: the language of most
		}
		p.Faults = p.Details.check()
		if len(p.Municipality) == 3 && !municipalities[p.Municipality] {
			p.Faults = append(p.Faults, errMunicipality.With("code", p.Municipality))
		}
		if line, twice := firstPerson[indexes[i]]; twice && indexes[i] != "" {
			p.Faults = append(p.Faults, errTwice.With("line", line))
		} else {
			firstPerson[indexes[i]] = r.Line
		}
		if r.ExternalRef != "" {
			if line, twice := firstRef[r.ExternalRef]; twice {
				p.Faults = append(p.Faults, errAbove.With("line", line))
			} else {
				firstRef[r.ExternalRef] = r.Line
			}
			if owner, taken := byRef[r.ExternalRef]; taken && (!isKnown || owner.ID != known.ID) {
				p.Faults = append(p.Faults, errOtherPerson.With("client", owner.ID))
			}
		}
		p.Fields = known.Details.differ(p.Details)
		switch {
		case len(p.Faults) > 0:
			p.Outcome = Refused
		case !isKnown:
			p.Outcome, p.Fields = WillAdd, nil
		case len(p.Fields) > 0:
			p.Outcome = WillChange
		default:
			p.Outcome = WillKeep
		}
		out[i] = p
	}
	return out
}

// over fills what the file leaves empty from what is known: an empty cell says nothing, it does not erase. A safety ban is
// never lifted by a file, only by a person on the client's page.
func (d Details) over(known Details) Details {
	for _, pair := range [][2]*string{{&d.LastName, &known.LastName}, {&d.FirstNames, &known.FirstNames}, {&d.Municipality, &known.Municipality},
		{&d.AddressLine, &known.AddressLine}, {&d.Postcode, &known.Postcode}, {&d.City, &known.City}, {&d.Phone, &known.Phone},
		{&d.Email, &known.Email}, {&d.ExternalRef, &known.ExternalRef}} {
		if *pair[0] == "" {
			*pair[0] = *pair[1]
		}
	}
	if d.Language == "" {
		d.Language = known.Language
	}
	d.Protected = d.Protected || known.Protected
	return d
}

// Receipt is what an import did.
type Receipt struct {
	Added, Changed, Kept, Refused int
}

// Import does what Preview of the same rows would tell now: good rows go in, refused ones stay out and are named in the plan.
// The same file again adds and changes nothing.
func Import(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, organiserID int32, source Source, rows []Row) (Receipt, Plan, error) {
	plan, err := Preview(ctx, tx, by, keys, organiserID, rows)
	if err != nil {
		return Receipt{}, Plan{}, err
	}
	var fresh []Row
	var indexes [][]byte
	var changed []Client
	var places []int // of the fresh rows
	for i, p := range plan.Rows {
		switch p.Outcome {
		case WillAdd:
			index, err := Index(keys, p.Identity)
			if err != nil {
				return Receipt{}, Plan{}, err
			}
			fresh, indexes, places = append(fresh, p.Row), append(indexes, index), append(places, i)
		case WillChange:
			c := p.known
			c.Details = p.Details
			changed = append(changed, c)
		}
	}
	var entries []audit.Entry
	if len(fresh) > 0 {
		people, err := persons(ctx, tx, indexes)
		if err != nil {
			return Receipt{}, Plan{}, err
		}
		ids := make([]int64, len(indexes))
		for i, index := range indexes {
			ids[i] = people[string(index)]
		}
		added, err := insert(ctx, tx, keys, organiserID, source, fresh, ids)
		if err != nil {
			return Receipt{}, Plan{}, err
		}
		for i, id := range ids {
			plan.Rows[places[i]].Client = added[id]
			entries = append(entries, audit.Entry{Subject: Client{ID: added[id]}.Ref(), Detail: map[string]any{"source": source, "outcome": WillAdd}})
		}
	}
	if len(changed) > 0 {
		written, err := update(ctx, tx, organiserID, changed)
		if err != nil {
			return Receipt{}, Plan{}, err
		}
		if len(written) != len(changed) {
			return Receipt{}, Plan{}, errStale // somebody edited one of them between preview and now: the whole call is repeated
		}
		for _, id := range written {
			entries = append(entries, audit.Entry{Subject: Client{ID: id}.Ref(), Detail: map[string]any{"source": source, "outcome": WillChange}})
		}
	}
	return Receipt{Added: len(fresh), Changed: len(changed), Kept: plan.Count(WillKeep), Refused: plan.Count(Refused)}, plan,
		audit.WriteMany(ctx, tx, by, Imported, entries)
}
