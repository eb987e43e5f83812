package client

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/domain/client/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// Acts of this package in the audit.
const (
	Added    audit.Act = "client.added"
	Edited   audit.Act = "client.edited"
	Ended    audit.Act = "client.ended"
	Imported audit.Act = "client.imported"
)

// AddInput is one new client.
type AddInput struct {
	Organiser int32
	Identity  ident.Hetu
	Details
	Source Source // FromPage when empty
}

// Add takes a person as a client. CLI-002 when the person is one already: the fault carries the client's number, so that
// the page can lead there.
func Add(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, in AddInput) (Client, error) {
	if err := by.May(access.ClientEdit, in.Organiser); err != nil {
		return Client{}, err
	}
	in.Details = in.Details.trimmed()
	if in.Source == "" {
		in.Source = FromPage
	}
	if err := in.Details.check().Err(); err != nil {
		return Client{}, err
	}
	person, err := PersonOf(ctx, tx, keys, in.Identity)
	if err != nil {
		return Client{}, err
	}
	if known, err := ofPerson(ctx, tx, in.Organiser, person); err != nil {
		return Client{}, err
	} else if known != 0 {
		return Client{}, errExists.With("client", known)
	}
	ids, err := insert(ctx, tx, keys, in.Organiser, in.Source, []Row{{Identity: in.Identity, Details: in.Details}}, []int64{person})
	if err != nil {
		return Client{}, err
	}
	c, err := byID(ctx, tx, in.Organiser, ids[person])
	if err != nil {
		return Client{}, err
	}
	return c, audit.Write(ctx, tx, by, Added, c.Ref(), map[string]any{"source": in.Source})
}

// ofPerson gives the client's number, 0 when the person is no client of the organiser.
func ofPerson(ctx context.Context, tx *postgres.Tx, organiser int32, person int64) (int64, error) {
	rows, err := db.New(tx).ClientOfPersonID(ctx, db.ClientOfPersonIDParams{OrganiserID: organiser, PersonID: person})
	if err != nil {
		return 0, fmt.Errorf("looking for a person's client: %w", err)
	}
	if len(rows) == 0 {
		return 0, nil
	}
	return rows[0], nil
}

// insert adds rows whose people are known, in one statement; it answers each person's client.
func insert(ctx context.Context, tx *postgres.Tx, keys *secret.Keys, organiser int32, source Source, rows []Row, people []int64) (map[int64]int64, error) {
	p := db.ClientAddParams{OrganiserID: organiser, Source: string(source), CreatedAt: tx.Now(), PersonIds: people}
	for _, r := range rows {
		sealed, err := keys.SealCode(place(organiser), r.Identity.Reveal())
		if err != nil {
			return nil, err
		}
		p.Identities = append(p.Identities, sealed)
		p.BirthDates = append(p.BirthDates, r.Identity.BirthDate())
		p.LastNames, p.FirstNames = append(p.LastNames, r.LastName), append(p.FirstNames, r.FirstNames)
		p.Languages, p.Municipalities = append(p.Languages, string(r.Language)), append(p.Municipalities, r.Municipality)
		p.AddressLines, p.Postcodes, p.Cities = append(p.AddressLines, r.AddressLine), append(p.Postcodes, r.Postcode), append(p.Cities, r.City)
		p.Phones, p.Emails = append(p.Phones, r.Phone), append(p.Emails, r.Email)
		p.Protections, p.ExternalRefs = append(p.Protections, r.Protected), append(p.ExternalRefs, r.ExternalRef)
	}
	added, err := db.New(tx).ClientAdd(ctx, p)
	if err != nil {
		return nil, mapped(fmt.Errorf("adding %d clients: %w", len(rows), err))
	}
	ids := make(map[int64]int64, len(added))
	for _, a := range added {
		ids[a.PersonID] = a.ClientID
	}
	return ids, nil
}

// EditInput is the whole of a client's details as the form had them.
type EditInput struct {
	Organiser  int32
	Client     int64
	RowVersion int32
	Details
}

// Edit replaces the details. CLI-007 when somebody changed the client after the form was shown.
func Edit(ctx context.Context, tx *postgres.Tx, by access.Actor, in EditInput) (Client, error) {
	if err := by.May(access.ClientEdit, in.Organiser); err != nil {
		return Client{}, err
	}
	in.Details = in.Details.trimmed()
	if err := in.Details.check().Err(); err != nil {
		return Client{}, err
	}
	before, err := byID(ctx, tx, in.Organiser, in.Client)
	if err != nil {
		return Client{}, err
	}
	if before.RowVersion != in.RowVersion {
		return Client{}, errStale
	}
	after := before
	after.Details = in.Details
	changed, err := update(ctx, tx, in.Organiser, []Client{after})
	if err != nil {
		return Client{}, err
	}
	if len(changed) == 0 {
		return Client{}, errStale
	}
	after.RowVersion++
	return after, audit.Write(ctx, tx, by, Edited, after.Ref(), map[string]any{"fields": before.Details.differ(in.Details)})
}

// update writes the details of clients whose row version still holds, in one statement; it answers those written.
func update(ctx context.Context, tx *postgres.Tx, organiser int32, clients []Client) ([]int64, error) {
	p := db.ClientUpdateParams{OrganiserID: organiser}
	for _, c := range clients {
		p.ClientIds, p.RowVersions = append(p.ClientIds, c.ID), append(p.RowVersions, c.RowVersion)
		p.LastNames, p.FirstNames = append(p.LastNames, c.LastName), append(p.FirstNames, c.FirstNames)
		p.Languages, p.Municipalities = append(p.Languages, string(c.Language)), append(p.Municipalities, c.Municipality)
		p.AddressLines, p.Postcodes, p.Cities = append(p.AddressLines, c.AddressLine), append(p.Postcodes, c.Postcode), append(p.Cities, c.City)
		p.Phones, p.Emails = append(p.Phones, c.Phone), append(p.Emails, c.Email)
		p.Protections, p.ExternalRefs = append(p.Protections, c.Protected), append(p.ExternalRefs, c.ExternalRef)
	}
	changed, err := db.New(tx).ClientUpdate(ctx, p)
	if err != nil {
		return nil, mapped(fmt.Errorf("changing %d clients: %w", len(clients), err))
	}
	return changed, nil
}

// differ names the fields that differ. The audit keeps the names only; the values are personal data.
func (d Details) differ(e Details) []string {
	var names []string
	for name, pair := range map[string][2]any{
		"last_name": {d.LastName, e.LastName}, "first_names": {d.FirstNames, e.FirstNames}, "language": {d.Language, e.Language},
		"municipality": {d.Municipality, e.Municipality}, "address_line": {d.AddressLine, e.AddressLine}, "postcode": {d.Postcode, e.Postcode},
		"city": {d.City, e.City}, "phone": {d.Phone, e.Phone}, "email": {d.Email, e.Email}, "protected": {d.Protected, e.Protected},
		"external_ref": {d.ExternalRef, e.ExternalRef},
	} {
		if pair[0] != pair[1] {
			names = append(names, name)
		}
	}
	return sortedNames(names)
}

// EndInput tells from which day somebody is no longer a client (moved away, died).
type EndInput struct {
	Organiser  int32
	Client     int64
	RowVersion int32
	Day        calendar.Date
	Reason     string
}

// End keeps the client's rows but takes the client out of the daily lists from the day on. Vouchers are closed by themselves.
func End(ctx context.Context, tx *postgres.Tx, by access.Actor, in EndInput) (Client, error) {
	if err := by.May(access.ClientEdit, in.Organiser); err != nil {
		return Client{}, err
	}
	if in.Reason == "" {
		return Client{}, errReason
	}
	c, err := byID(ctx, tx, in.Organiser, in.Client)
	if err != nil {
		return Client{}, err
	}
	rows, err := db.New(tx).ClientEnd(ctx, db.ClientEndParams{OrganiserID: in.Organiser, ClientID: in.Client, RowVersion: in.RowVersion, EndedOn: &in.Day})
	if err != nil {
		return Client{}, fmt.Errorf("ending client %d: %w", in.Client, err)
	}
	if len(rows) == 0 {
		return Client{}, errStale
	}
	c.EndedOn, c.RowVersion = &in.Day, rows[0]
	return c, audit.Write(ctx, tx, by, Ended, c.Ref(), map[string]any{"day": in.Day, "reason": in.Reason})
}
