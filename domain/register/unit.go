package register

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/register/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Acts on units.
const (
	UnitAdded   audit.Act = "unit.added"
	UnitEdited  audit.Act = "unit.edited"
	UnitBilling audit.Act = "unit.billing_set"
)

var (
	errNoUnit        = fault.New(fault.NotFound, "REG-020", "register.unit.unknown")
	errUnitName      = fault.New(fault.Invalid, "REG-021", "register.unit.name_needed").At("name")
	errMunicipality  = fault.New(fault.Invalid, "REG-022", "register.unit.municipality").At("municipality")
	errUnitLanguages = fault.New(fault.Invalid, "REG-023", "register.unit.languages").At("languages")
	errUnitAreas     = fault.New(fault.Invalid, "REG-024", "register.unit.areas").At("areas")
)

// spoken are the service languages that clients can filter by (ISO 639-1); se is Northern Sámi, sign the sign languages.
var spoken = []string{"fi", "sv", "en", "se", "ru", "et", "ar", "so", "uk", "de", "fr", "es", "sign"}

// Spoken lists the service languages that a unit can tell.
func Spoken() []string { return slices.Clone(spoken) }

// Profile is what is told of a unit in public.
type Profile struct {
	Name, AddressLine, Postcode, City string
	Municipality                      string // three-digit code
	Phone, Email, Website             string
	Languages                         []string
	Areas                             []string // municipality codes that it serves; its own when empty
	Descriptions                      i18n.Names
	Opening                           string
	OID                               ident.OID
	ExternalID                        string // the unit's name in the provider's own system, when events come from there
	Active                            bool
}

// Unit is a place from which a company serves.
type Unit struct {
	ID, Provider int64
	Profile
	IBAN       ident.IBAN // used when the company bills by unit
	IBANHolder string
	RowVersion int32
	CreatedAt  time.Time
}

// Ref names the unit in the audit.
func (u Unit) Ref() audit.Ref { return audit.Ref{Kind: "unit", ID: u.ID, Label: u.Name} }

// Serves reports whether the unit serves the municipality.
func (u Unit) Serves(municipality string) bool {
	return u.Municipality == municipality || slices.Contains(u.Areas, municipality)
}

func (p Profile) check() error {
	var faults fault.List
	if strings.TrimSpace(p.Name) == "" {
		faults = append(faults, errUnitName)
	}
	if !municipalityCode(p.Municipality) {
		faults = append(faults, errMunicipality)
	}
	if p.Email != "" && !plausibleEmail(p.Email) {
		faults = append(faults, errEmail)
	}
	if !plausiblePostcode(p.Postcode) {
		faults = append(faults, errPostcode)
	}
	if !plausibleWebsite(p.Website) {
		faults = append(faults, errWebsite)
	}
	if len(p.Languages) == 0 || slices.ContainsFunc(p.Languages, func(l string) bool { return !slices.Contains(spoken, l) }) {
		faults = append(faults, errUnitLanguages)
	}
	if slices.ContainsFunc(p.Areas, func(a string) bool { return !municipalityCode(a) }) {
		faults = append(faults, errUnitAreas)
	}
	return faults.Err()
}

func municipalityCode(s string) bool { return len(s) == 3 && strings.Trim(s, "0123456789") == "" }

// AddUnitInput is a new unit.
type AddUnitInput struct {
	Provider int64
	Profile
}

// AddUnit opens a unit for the company. It serves clients only after an organiser has approved it.
func AddUnit(ctx context.Context, tx *postgres.Tx, by access.Actor, in AddUnitInput) (Unit, error) {
	if err := mayEdit(by, in.Provider); err != nil {
		return Unit{}, err
	}
	if err := in.Profile.check(); err != nil {
		return Unit{}, err
	}
	p := in.Profile
	id, err := db.New(tx).UnitAdd(ctx, db.UnitAddParams{ProviderID: in.Provider, Name: strings.TrimSpace(p.Name), AddressLine: p.AddressLine,
		Postcode: p.Postcode, City: p.City, Municipality: p.Municipality, Phone: p.Phone, Email: p.Email, Website: p.Website,
		Languages: p.Languages, Areas: list(p.Areas), DescriptionFi: p.Descriptions.Fi, DescriptionSv: p.Descriptions.Sv,
		DescriptionEn: p.Descriptions.En, Opening: p.Opening, Oid: optional(p.OID.String()), ExternalID: optional(p.ExternalID), CreatedAt: tx.Now()})
	if err != nil {
		return Unit{}, unitFault(err, "adding a unit")
	}
	u, err := GetUnit(ctx, tx, id)
	if err != nil {
		return Unit{}, err
	}
	return u, audit.Write(ctx, tx, by, UnitAdded, u.Ref(), in)
}

// EditUnitInput changes a unit. RowVersion is the version that the editor saw.
type EditUnitInput struct {
	Provider, Unit int64
	RowVersion     int32
	Profile
}

// EditUnit changes what is told of a unit, or makes it passive. REG-004 when somebody changed it in between.
func EditUnit(ctx context.Context, tx *postgres.Tx, by access.Actor, in EditUnitInput) (Unit, error) {
	if err := mayEdit(by, in.Provider); err != nil {
		return Unit{}, err
	}
	if !by.SeesUnit(in.Unit) {
		return Unit{}, errNoUnit
	}
	if err := in.Profile.check(); err != nil {
		return Unit{}, err
	}
	p := in.Profile
	n, err := db.New(tx).UnitEdit(ctx, db.UnitEditParams{UnitID: in.Unit, ProviderID: in.Provider, RowVersion: in.RowVersion,
		Name: strings.TrimSpace(p.Name), AddressLine: p.AddressLine, Postcode: p.Postcode, City: p.City, Municipality: p.Municipality,
		Phone: p.Phone, Email: p.Email, Website: p.Website, Languages: p.Languages, Areas: list(p.Areas), DescriptionFi: p.Descriptions.Fi,
		DescriptionSv: p.Descriptions.Sv, DescriptionEn: p.Descriptions.En, Opening: p.Opening, Oid: optional(p.OID.String()),
		ExternalID: optional(p.ExternalID), Active: p.Active})
	if err != nil {
		return Unit{}, unitFault(err, "editing a unit")
	}
	return unitEdited(ctx, tx, by, in.Provider, in.Unit, n, UnitEdited, in.Profile)
}

// UnitBillingInput is the account of a unit.
type UnitBillingInput struct {
	Provider, Unit int64
	RowVersion     int32
	IBAN           ident.IBAN
	Holder         string
}

// SetUnitBilling changes the account that is paid when the company bills by unit. The sign-in must be fresh.
func SetUnitBilling(ctx context.Context, tx *postgres.Tx, by access.Actor, in UnitBillingInput) (Unit, error) {
	if err := by.MayNow(access.BankAccountEdit, 0, tx.Now()); err != nil {
		return Unit{}, err
	}
	if err := own(by, in.Provider); err != nil {
		return Unit{}, err
	}
	if !in.IBAN.IsZero() && strings.TrimSpace(in.Holder) == "" {
		return Unit{}, errHolder
	}
	n, err := db.New(tx).UnitBilling(ctx, db.UnitBillingParams{UnitID: in.Unit, ProviderID: in.Provider, RowVersion: in.RowVersion,
		Iban: optional(in.IBAN.String()), IbanHolder: strings.TrimSpace(in.Holder)})
	if err != nil {
		return Unit{}, fmt.Errorf("setting the account of unit %d: %w", in.Unit, err)
	}
	return unitEdited(ctx, tx, by, in.Provider, in.Unit, n, UnitBilling, map[string]any{"iban": in.IBAN})
}

func unitEdited(ctx context.Context, tx *postgres.Tx, by access.Actor, provider, id, rows int64, act audit.Act, detail any) (Unit, error) {
	u, err := GetUnit(ctx, tx, id)
	switch {
	case err != nil:
		return Unit{}, err
	case u.Provider != provider:
		return Unit{}, errNoUnit
	case rows == 0:
		return Unit{}, errStale
	}
	return u, audit.Write(ctx, tx, by, act, u.Ref(), detail)
}

func unitFault(err error, doing string) error {
	if postgres.ConstraintOf(err) == "unit_municipality" {
		return errMunicipality
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// GetUnit reads a unit.
func GetUnit(ctx context.Context, tx *postgres.Tx, id int64) (Unit, error) {
	r, err := db.New(tx).UnitGet(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Unit{}, errNoUnit
	}
	if err != nil {
		return Unit{}, fmt.Errorf("reading unit %d: %w", id, err)
	}
	return unitFromRow(r)
}

// Units lists the company's units, passive ones too, by name.
func Units(ctx context.Context, tx *postgres.Tx, provider int64) ([]Unit, error) {
	return unitsOf(db.New(tx).UnitsOf(ctx, provider))
}

// UnitsByID reads many units with one statement, ordered by name.
func UnitsByID(ctx context.Context, tx *postgres.Tx, ids []int64) ([]Unit, error) {
	return unitsOf(db.New(tx).UnitsByID(ctx, ids))
}

func unitsOf(rows []db.Unit, err error) ([]Unit, error) {
	if err != nil {
		return nil, fmt.Errorf("listing units: %w", err)
	}
	out := make([]Unit, len(rows))
	for i, r := range rows {
		if out[i], err = unitFromRow(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func unitFromRow(r db.Unit) (Unit, error) {
	account, err := ibanOf(r.Iban)
	if err != nil {
		return Unit{}, fmt.Errorf("unit %d in the store: %w", r.UnitID, err)
	}
	u := Unit{ID: r.UnitID, Provider: r.ProviderID, IBAN: account, IBANHolder: r.IbanHolder, RowVersion: r.RowVersion, CreatedAt: r.CreatedAt,
		Profile: Profile{Name: r.Name, AddressLine: r.AddressLine, Postcode: r.Postcode, City: r.City, Municipality: r.Municipality,
			Phone: r.Phone, Email: r.Email, Website: r.Website, Languages: r.Languages, Areas: r.Areas,
			Descriptions: i18n.Names{Fi: r.DescriptionFi, Sv: r.DescriptionSv, En: r.DescriptionEn}, Opening: r.Opening, Active: r.Active}}
	if r.ExternalID != nil {
		u.ExternalID = *r.ExternalID
	}
	if r.Oid != nil && *r.Oid != "" {
		if u.OID, err = ident.ParseOID(*r.Oid); err != nil {
			return Unit{}, fmt.Errorf("unit %d in the store: %w", r.UnitID, err)
		}
	}
	return u, nil
}

func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
