package register

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/register/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Acts of the audit. A company belongs to the nation, so its rows stand under the organiser in whose scope they were made, usually 0.
const (
	ProviderAdded   audit.Act = "provider.added"
	ProviderEdited  audit.Act = "provider.edited"
	ProviderBilling audit.Act = "provider.billing_set"
)

// BillingLevel says whose account is paid.
type BillingLevel string

// Billing levels.
const (
	ByCompany BillingLevel = "company"
	ByUnit    BillingLevel = "unit"
)

var (
	errUnknown  = fault.New(fault.NotFound, "REG-001", "register.unknown")
	errKnown    = fault.New(fault.Conflict, "REG-002", "register.known").At("business_id")
	errName     = fault.New(fault.Invalid, "REG-003", "register.name_needed").At("name")
	errStale    = fault.New(fault.Stale, "REG-004", "register.changed")
	errEmail    = fault.New(fault.Invalid, "REG-005", "register.email").At("email")
	errHolder   = fault.New(fault.Invalid, "REG-006", "register.holder_needed").At("iban_holder")
	errBilling  = fault.New(fault.Invalid, "REG-007", "register.billing_level").At("billing_level")
	errLanguage = fault.New(fault.Invalid, "REG-008", "register.language").At("language")
	errPostcode = fault.New(fault.Invalid, "REG-009", "register.postcode").At("postcode")
	errWebsite  = fault.New(fault.Invalid, "REG-010", "register.website").At("website")
	errAccount  = fault.New(fault.Invalid, "REG-011", "register.account_needed").At("iban")
)

// Provider is a company that provides services.
type Provider struct {
	ID                          int64
	BusinessID                  ident.BusinessID
	Name, Email, Phone, Website string
	AddressLine, Postcode, City string
	BillingLevel                BillingLevel
	IBAN                        ident.IBAN
	IBANHolder                  string
	Language                    i18n.Lang      // letters and notices are written in it
	EndedOn                     *calendar.Date // the company has ended
	RowVersion                  int32
	CreatedAt                   time.Time
}

// Ref names the company in the audit.
func (p Provider) Ref() audit.Ref { return audit.Ref{Kind: "provider", ID: p.ID, Label: p.Name} }

// Address gives the lines for the window of an envelope.
func (p Provider) Address() []string {
	lines := []string{p.Name}
	if p.AddressLine != "" {
		lines = append(lines, p.AddressLine)
	}
	if city := strings.TrimSpace(p.Postcode + " " + p.City); city != "" {
		lines = append(lines, city)
	}
	return lines
}

// Contact is what a company tells about itself.
type Contact struct {
	Name, Email, Phone, Website string
	AddressLine, Postcode, City string
	Language                    i18n.Lang
}

func (c Contact) check() error {
	var faults fault.List
	if strings.TrimSpace(c.Name) == "" {
		faults = append(faults, errName)
	}
	if c.Email != "" && !plausibleEmail(c.Email) {
		faults = append(faults, errEmail)
	}
	if !plausiblePostcode(c.Postcode) {
		faults = append(faults, errPostcode)
	}
	if !plausibleWebsite(c.Website) {
		faults = append(faults, errWebsite)
	}
	if c.Language != "fi" && c.Language != "sv" && c.Language != "en" {
		faults = append(faults, errLanguage)
	}
	return faults.Err()
}

// AddInput is a company that is new to the register.
type AddInput struct {
	BusinessID ident.BusinessID
	Contact
}

// Add takes a company into the register: by the operator or an organiser's handler, or by the sign-in (as the system)
// when somebody comes with a mandate of a company that is not yet known. REG-002 when the business id is known.
func Add(ctx context.Context, tx *postgres.Tx, by access.Actor, in AddInput) (Provider, error) {
	if err := by.May(access.RegisterCheck, 0); err != nil {
		return Provider{}, err
	}
	if in.Language == "" {
		in.Language = "fi"
	}
	if err := in.Contact.check(); err != nil {
		return Provider{}, err
	}
	id, err := db.New(tx).ProviderAdd(ctx, db.ProviderAddParams{BusinessID: in.BusinessID.String(), Name: strings.TrimSpace(in.Name),
		Email: in.Email, Phone: in.Phone, Website: in.Website, AddressLine: in.AddressLine, Postcode: in.Postcode, City: in.City,
		Language: string(in.Language), CreatedAt: tx.Now()})
	switch {
	case postgres.ConstraintOf(err) == "provider_business_id_unique":
		return Provider{}, errKnown.With("business_id", in.BusinessID.String())
	case err != nil:
		return Provider{}, fmt.Errorf("adding provider %s: %w", in.BusinessID, err)
	}
	p, err := Get(ctx, tx, id)
	if err != nil {
		return Provider{}, err
	}
	return p, audit.Write(ctx, tx, by, ProviderAdded, p.Ref(), map[string]any{"business_id": p.BusinessID, "name": p.Name})
}

// EditInput changes what a company tells about itself. RowVersion is the version that the editor saw.
type EditInput struct {
	Provider   int64
	RowVersion int32
	Contact
}

// Edit changes the company's own data. REG-004 when somebody changed it in between.
func Edit(ctx context.Context, tx *postgres.Tx, by access.Actor, in EditInput) (Provider, error) {
	if err := mayEdit(by, in.Provider); err != nil {
		return Provider{}, err
	}
	if err := in.Contact.check(); err != nil {
		return Provider{}, err
	}
	n, err := db.New(tx).ProviderEdit(ctx, db.ProviderEditParams{ProviderID: in.Provider, RowVersion: in.RowVersion, Name: strings.TrimSpace(in.Name),
		Email: in.Email, Phone: in.Phone, Website: in.Website, AddressLine: in.AddressLine, Postcode: in.Postcode, City: in.City, Language: string(in.Language)})
	if err != nil {
		return Provider{}, fmt.Errorf("editing provider %d: %w", in.Provider, err)
	}
	return edited(ctx, tx, by, in.Provider, n, ProviderEdited, in.Contact)
}

// BillingInput says which account the organisers pay to.
type BillingInput struct {
	Provider   int64
	RowVersion int32
	Level      BillingLevel
	IBAN       ident.IBAN // of the company; may be none when billing goes by unit
	Holder     string
}

// SetBilling changes the billing level and the company's account. It moves money, so the sign-in must be fresh.
func SetBilling(ctx context.Context, tx *postgres.Tx, by access.Actor, in BillingInput) (Provider, error) {
	if err := by.MayNow(access.BankAccountEdit, 0, tx.Now()); err != nil {
		return Provider{}, err
	}
	if err := own(by, in.Provider); err != nil {
		return Provider{}, err
	}
	switch {
	case in.Level != ByCompany && in.Level != ByUnit:
		return Provider{}, errBilling
	case in.IBAN.IsZero() && in.Level == ByCompany:
		return Provider{}, errAccount
	case !in.IBAN.IsZero() && strings.TrimSpace(in.Holder) == "":
		return Provider{}, errHolder
	}
	n, err := db.New(tx).ProviderBilling(ctx, db.ProviderBillingParams{ProviderID: in.Provider, RowVersion: in.RowVersion,
		BillingLevel: string(in.Level), Iban: optional(in.IBAN.String()), IbanHolder: strings.TrimSpace(in.Holder)})
	if err != nil {
		return Provider{}, fmt.Errorf("setting the account of provider %d: %w", in.Provider, err)
	}
	return edited(ctx, tx, by, in.Provider, n, ProviderBilling, map[string]any{"level": in.Level, "iban": in.IBAN})
}

func edited(ctx context.Context, tx *postgres.Tx, by access.Actor, id, rows int64, act audit.Act, detail any) (Provider, error) {
	p, err := Get(ctx, tx, id)
	if err != nil {
		return Provider{}, err
	}
	if rows == 0 {
		return Provider{}, errStale
	}
	return p, audit.Write(ctx, tx, by, act, p.Ref(), detail)
}

// Get reads a company. Company data without the account is public (569/2009, 4 §); faces show the account to its owner only.
func Get(ctx context.Context, tx *postgres.Tx, id int64) (Provider, error) {
	r, err := db.New(tx).ProviderGet(ctx, id)
	return found(r, err)
}

// ByBusinessID finds a company by its business id; REG-001 when the register lacks it.
func ByBusinessID(ctx context.Context, tx *postgres.Tx, id ident.BusinessID) (Provider, error) {
	r, err := db.New(tx).ProviderByBusinessID(ctx, id.String())
	return found(r, err)
}

// ByID reads many companies with one statement, ordered by name.
func ByID(ctx context.Context, tx *postgres.Tx, ids []int64) ([]Provider, error) {
	rows, err := db.New(tx).ProvidersByID(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("reading %d providers: %w", len(ids), err)
	}
	out := make([]Provider, len(rows))
	for i, r := range rows {
		if out[i], err = fromRow(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Search lists companies whose name holds the words, or whose business id begins with them; all of them when there are none. At most
// most, by name.
func Search(ctx context.Context, tx *postgres.Tx, by access.Actor, words string, most int) ([]Provider, error) {
	if err := by.May(access.RegisterRead, 0); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).ProviderSearch(ctx, db.ProviderSearchParams{Search: strings.TrimSpace(words), Batch: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("searching providers: %w", err)
	}
	out := make([]Provider, len(rows))
	for i, r := range rows {
		if out[i], err = fromRow(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func found(r db.Provider, err error) (Provider, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return Provider{}, errUnknown
	}
	if err != nil {
		return Provider{}, fmt.Errorf("reading a provider: %w", err)
	}
	return fromRow(r)
}

func fromRow(r db.Provider) (Provider, error) {
	id, err := ident.ParseBusinessID(r.BusinessID)
	if err != nil {
		return Provider{}, fmt.Errorf("provider %d in the store: %w", r.ProviderID, err)
	}
	account, err := ibanOf(r.Iban)
	if err != nil {
		return Provider{}, fmt.Errorf("provider %d in the store: %w", r.ProviderID, err)
	}
	return Provider{ID: r.ProviderID, BusinessID: id, Name: r.Name, Email: r.Email, Phone: r.Phone, Website: r.Website,
		AddressLine: r.AddressLine, Postcode: r.Postcode, City: r.City, BillingLevel: BillingLevel(r.BillingLevel),
		IBAN: account, IBANHolder: r.IbanHolder, Language: i18n.Lang(r.Language), EndedOn: r.EndedOn,
		RowVersion: r.RowVersion, CreatedAt: r.CreatedAt}, nil
}

// mayEdit is the right to the company's data, for its own people only.
func mayEdit(by access.Actor, provider int64) error {
	if err := by.May(access.RegisterEdit, 0); err != nil {
		return err
	}
	return own(by, provider)
}

// own refuses another company; the program's own jobs and the operator stand above companies.
func own(by access.Actor, provider int64) error {
	if by.Role.Side() == access.ProviderSide && by.Provider != provider {
		return errUnknown
	}
	return nil
}
