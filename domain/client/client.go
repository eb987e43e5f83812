package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/client/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// Source is how a client came to the organiser.
type Source string

// Sources of clients.
const (
	FromPage Source = "page"
	FromFile Source = "file"
	FromAPI  Source = "api"
)

// Purposes of readings, as the access log keeps them.
const (
	ForCase    = "case.handling" // staff working on the client's matter
	ForSearch  = "client.search" // staff looking for a client
	ForSelf    = "own.data"      // the client or a representative
	ForService = "service"       // a provider serving the client
)

// identityColumn is bound into every sealed code; changing it would make the stored ones unreadable.
const identityColumn = "client.identity_code"

// personIndex is the domain of the blind index that ties one person's rows together.
const personIndex = "person"

// Details are what staff may enter and change.
type Details struct {
	LastName, FirstNames        string
	Language                    i18n.Lang
	Municipality                string // three digits
	AddressLine, Postcode, City string
	Phone, Email                string
	Protected                   bool   // safety ban: address and municipality are shown only with a reason
	ExternalRef                 string // the client system's own reference, unique in the organiser
}

// Client is a client of one organiser. Hetu is zero unless the reader asked to open it.
type Client struct {
	Organiser int32
	ID        int64
	Person    int64
	BirthDate calendar.Date
	Details
	Source     Source
	EndedOn    *calendar.Date
	RowVersion int32
	CreatedAt  time.Time
	sealed     []byte
}

// Name in the order of running text: first names, last name.
func (c Client) Name() string { return strings.TrimSpace(c.FirstNames + " " + c.LastName) }

// ListName in the order of lists.
func (c Client) ListName() string {
	if c.FirstNames == "" {
		return c.LastName
	}
	return c.LastName + " " + c.FirstNames
}

// Ref names the client in the audit: by number only, names change and are personal data.
func (c Client) Ref() audit.Ref {
	return audit.Ref{Kind: "client", ID: c.ID, Label: fmt.Sprint(c.ID)}
}

// Address is the postal address for the window of an envelope; empty under a safety ban, where the organiser's own
// procedure is followed.
func (c Client) Address() []string {
	if c.Protected {
		return nil
	}
	var lines []string
	for _, l := range []string{c.AddressLine, strings.TrimSpace(c.Postcode + " " + c.City)} {
		if l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// Refusals of this package.
var (
	errUnknown      = fault.New(fault.NotFound, "CLI-001", "client.unknown")
	errExists       = fault.New(fault.Conflict, "CLI-002", "client.exists").At("identity")
	errReference    = fault.New(fault.Conflict, "CLI-003", "client.reference_taken").At("external_ref")
	errName         = fault.New(fault.Invalid, "CLI-004", "client.name_needed")
	errLanguage     = fault.New(fault.Invalid, "CLI-005", "client.language_unknown").At("language")
	errMunicipality = fault.New(fault.Invalid, "CLI-006", "client.municipality_unknown").At("municipality")
	errStale        = fault.New(fault.Stale, "CLI-007", "client.changed_meanwhile")
	errNothing      = fault.New(fault.Invalid, "CLI-008", "client.search_needed").At("q")
	errPostcode     = fault.New(fault.Invalid, "CLI-009", "client.postcode").At("postcode")
	errEmail        = fault.New(fault.Invalid, "CLI-010", "client.email").At("email")
	errReason       = fault.New(fault.Invalid, "CLI-011", "client.reason_needed").At("reason")
	errOtherPerson  = fault.New(fault.Conflict, "CLI-012", "client.reference_of_other").At("external_ref")
	errTwice        = fault.New(fault.Invalid, "CLI-013", "client.twice_in_file").At("identity")
	errAbove        = fault.New(fault.Invalid, "CLI-014", "client.reference_twice_in_file").At("external_ref")
)

// check tells everything that is wrong in what was entered. Known municipalities are held by the foreign key.
func (d Details) check() fault.List {
	var faults fault.List
	if strings.TrimSpace(d.LastName) == "" {
		faults = append(faults, errName.At("last_name"))
	}
	if strings.TrimSpace(d.FirstNames) == "" {
		faults = append(faults, errName.At("first_names"))
	}
	if !slices.Contains([]i18n.Lang{i18n.FI, i18n.SV, i18n.EN}, d.Language) {
		faults = append(faults, errLanguage)
	}
	if len(d.Municipality) != 3 || strings.Trim(d.Municipality, "0123456789") != "" {
		faults = append(faults, errMunicipality.With("code", d.Municipality))
	}
	if d.Postcode != "" && (len(d.Postcode) != 5 || strings.Trim(d.Postcode, "0123456789") != "") {
		faults = append(faults, errPostcode)
	}
	if at := strings.IndexByte(d.Email, '@'); d.Email != "" && (at < 1 || at == len(d.Email)-1 || strings.ContainsAny(d.Email, " ,;<>")) {
		faults = append(faults, errEmail)
	}
	return faults
}

func (d Details) trimmed() Details {
	for _, s := range []*string{&d.LastName, &d.FirstNames, &d.Municipality, &d.AddressLine, &d.Postcode, &d.City, &d.Phone, &d.Email, &d.ExternalRef} {
		*s = strings.Join(strings.Fields(*s), " ")
	}
	return d
}

func place(organiser int32) secret.Place {
	return secret.Place{Column: identityColumn, Organiser: organiser}
}

// Index gives the key under which the person of a code is found in all organisers.
func Index(keys *secret.Keys, code ident.Hetu) ([]byte, error) {
	return keys.Index(personIndex, code.Reveal())
}

// PersonOf finds the person of a code, or adds them: the sign-in calls it when an identity provider tells the code.
func PersonOf(ctx context.Context, tx *postgres.Tx, keys *secret.Keys, code ident.Hetu) (int64, error) {
	index, err := Index(keys, code)
	if err != nil {
		return 0, err
	}
	people, err := persons(ctx, tx, [][]byte{index})
	if err != nil {
		return 0, err
	}
	return people[string(index)], nil
}

// PersonsOf finds who is known of the people behind codes; it adds nobody. A code that nobody has is missing from the answer.
func PersonsOf(ctx context.Context, tx *postgres.Tx, keys *secret.Keys, codes []ident.Hetu) (map[ident.Hetu]int64, error) {
	of := make(map[string]ident.Hetu, len(codes))
	indexes := make([][]byte, 0, len(codes))
	for _, code := range codes {
		index, err := Index(keys, code)
		if err != nil {
			return nil, err
		}
		if _, asked := of[string(index)]; !asked {
			of[string(index)], indexes = code, append(indexes, index)
		}
	}
	rows, err := db.New(tx).PersonsFind(ctx, indexes)
	if err != nil {
		return nil, fmt.Errorf("finding %d people: %w", len(indexes), err)
	}
	people := make(map[ident.Hetu]int64, len(rows))
	for _, r := range rows {
		people[of[string(r.IdentityIndex)]] = r.PersonID
	}
	return people, nil
}

// persons gives the person of every index. A row that another transaction committed between our two reads of one
// statement is met at the second asking.
func persons(ctx context.Context, tx *postgres.Tx, indexes [][]byte) (map[string]int64, error) {
	people := make(map[string]int64, len(indexes))
	for range 2 {
		rows, err := db.New(tx).PersonIDs(ctx, indexes)
		if err != nil {
			return nil, fmt.Errorf("finding %d people: %w", len(indexes), err)
		}
		for _, r := range rows {
			people[string(r.IdentityIndex)] = r.PersonID
		}
		missing := slices.ContainsFunc(indexes, func(i []byte) bool { return people[string(i)] == 0 })
		if !missing {
			return people, nil
		}
	}
	return nil, errors.New("finding people: a person was neither added nor found")
}

// mapped turns violated constraints into refusals that a person can mend.
func mapped(err error) error {
	switch postgres.ConstraintOf(err) {
	case "client_person_unique":
		return errExists.Because(err)
	case "client_external_unique":
		return errReference.Because(err)
	case "client_municipality":
		return errMunicipality.With("code", "").Because(err)
	}
	return err
}

func fromRow(r db.Client) Client {
	c := Client{Organiser: r.OrganiserID, ID: r.ClientID, Person: r.PersonID, BirthDate: r.BirthDate, Source: Source(r.Source),
		EndedOn: r.EndedOn, RowVersion: r.RowVersion, CreatedAt: r.CreatedAt, sealed: r.IdentityEncrypted,
		Details: Details{LastName: r.LastName, FirstNames: r.FirstNames, Language: i18n.Lang(r.Language), Municipality: r.Municipality,
			AddressLine: r.AddressLine, Postcode: r.Postcode, City: r.City, Phone: r.Phone, Email: r.Email, Protected: r.Protected}}
	if r.ExternalRef != nil {
		c.ExternalRef = *r.ExternalRef
	}
	return c
}

// Get reads a client of the organiser and logs the reading. Staff with client.read see everybody; a client and a
// representative only themselves. Another organiser's client is as unknown as none (CLI-001).
func Get(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Client, error) {
	if err := by.May(access.ClientRead, organiser); err != nil {
		return Client{}, err
	}
	c, err := byID(ctx, tx, organiser, id)
	if err != nil {
		return Client{}, err
	}
	return c, seen(ctx, tx, by, c, "client")
}

// Load reads a client for a use case that stands later on the spine and has checked its own right; the reading is logged
// by what it does. It must not be called from a face.
func Load(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Client, error) {
	return byID(ctx, tx, organiser, id)
}

func byID(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Client, error) {
	r, err := db.New(tx).ClientByID(ctx, db.ClientByIDParams{OrganiserID: organiser, ClientID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return Client{}, errUnknown
	}
	if err != nil {
		return Client{}, fmt.Errorf("reading client %d: %w", id, err)
	}
	return fromRow(r), nil
}

func seen(ctx context.Context, tx *postgres.Tx, by access.Actor, c Client, what string) error {
	purpose := ForCase
	switch by.Role.Side() {
	case access.PersonSide:
		if c.Person != by.Person {
			return errUnknown
		}
		purpose = ForSelf
	case access.ProviderSide:
		purpose = ForService
	}
	return audit.Seen(ctx, tx, by, audit.View{Organiser: c.Organiser, Person: c.Person, Client: c.ID, Purpose: purpose, What: what})
}

// Identity opens the identity code of a client, which is a reading of its own in the access log.
func Identity(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, organiser int32, id int64) (ident.Hetu, error) {
	if err := by.May(access.ClientRead, organiser); err != nil {
		return ident.Hetu{}, err
	}
	c, err := byID(ctx, tx, organiser, id)
	if err != nil || c.sealed == nil {
		return ident.Hetu{}, err
	}
	if err := seen(ctx, tx, by, c, "identity_code"); err != nil {
		return ident.Hetu{}, err
	}
	text, err := keys.OpenCode(place(organiser), c.sealed)
	if err != nil {
		return ident.Hetu{}, err
	}
	return ident.ParseHetu(text)
}

// ByPerson gives the person's own rows in all organisers, under the person's scope.
func ByPerson(ctx context.Context, tx *postgres.Tx, by access.Actor) ([]Client, error) {
	if err := by.May(access.AccessLogOwnRead, 0); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).ClientsOfPerson(ctx, by.Person)
	if err != nil {
		return nil, fmt.Errorf("reading a person's clients: %w", err)
	}
	out := make([]Client, len(rows))
	views := make([]audit.View, len(rows))
	for i, r := range rows {
		out[i] = fromRow(r)
		views[i] = audit.View{Organiser: r.OrganiserID, Person: r.PersonID, Client: r.ClientID, Purpose: ForSelf, What: "client"}
	}
	return out, audit.SeenMany(ctx, tx, by, views)
}
