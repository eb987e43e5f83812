package access

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/platform/access/db"
	"seteli/platform/postgres"
)

// Refusals about accounts and mandates.
var (
	ErrDisabled    = fault.New(fault.Forbidden, "ACC-005", "access.account_disabled")
	ErrNoMandate   = fault.New(fault.NotFound, "ACC-006", "access.mandate_unknown")
	ErrRoleGrant   = fault.New(fault.Forbidden, "ACC-007", "access.role_not_grantable")
	ErrWrongReach  = fault.New(fault.Invalid, "ACC-008", "access.mandate_reach") // a role without its organiser, provider or person
	ErrNoAccount   = fault.New(fault.NotFound, "ACC-009", "access.account_unknown")
	errWrongPeriod = fault.New(fault.Invalid, "ACC-010", "access.mandate_period")
)

// Account is somebody who can sign in, known by the identity provider's name for them.
type Account struct {
	ID       int64
	Issuer   string
	Subject  string
	Name     string
	Email    string
	Language string
	Person   int64 // 0 = not known as a person (staff of an organiser's own provider)
	Active   bool
}

// PersonFor gives the one national id behind a blind index (secret.Keys.Index("person", code)), made at first sight.
// Runs in DB.National; concurrent first sights get the same id.
func PersonFor(ctx context.Context, tx *postgres.Tx, identityIndex []byte) (int64, error) {
	q := db.New(tx)
	for range 2 {
		id, err := q.PersonByIndex(ctx, identityIndex)
		if err == nil {
			return id, nil
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return 0, fmt.Errorf("finding a person: %w", err)
		}
		id, err = q.PersonAdd(ctx, identityIndex)
		if err == nil {
			return id, nil
		}
		if !errors.Is(err, pgx.ErrNoRows) { // no row: somebody else was faster, read theirs
			return 0, fmt.Errorf("adding a person: %w", err)
		}
	}
	return 0, errors.New("adding a person: neither inserted nor found")
}

// PersonUnknown makes a person who has no identity code.
func PersonUnknown(ctx context.Context, tx *postgres.Tx) (int64, error) {
	id, err := db.New(tx).PersonAddUnknown(ctx)
	if err != nil {
		return 0, fmt.Errorf("adding a person without identity code: %w", err)
	}
	return id, nil
}

// SignIn finds or makes the account of an identity and notes the sign-in. ACC-005 when the account is disabled.
// in.Person is kept when the account had none; an account never changes to another person.
func SignIn(ctx context.Context, tx *postgres.Tx, in Account) (Account, error) {
	if !slices.Contains([]string{"fi", "sv", "en"}, in.Language) {
		in.Language = "fi"
	}
	row, err := db.New(tx).AccountSignIn(ctx, db.AccountSignInParams{
		Issuer: in.Issuer, Subject: in.Subject, Name: in.Name, Email: in.Email, Language: in.Language, PersonID: orNull(in.Person), At: tx.Now(),
	})
	if err != nil {
		return Account{}, fmt.Errorf("signing in: %w", err)
	}
	if !row.Active {
		return Account{}, ErrDisabled
	}
	return Account{row.AccountID, in.Issuer, in.Subject, row.Name, row.Email, row.Language, value(row.PersonID), true}, nil
}

// AccountOf reads one account; ACC-009 when there is none.
func AccountOf(ctx context.Context, tx *postgres.Tx, id int64) (Account, error) {
	r, err := db.New(tx).AccountGet(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Account{}, ErrNoAccount
	}
	if err != nil {
		return Account{}, fmt.Errorf("reading account %d: %w", id, err)
	}
	return Account{r.AccountID, r.Issuer, r.Subject, r.Name, r.Email, r.Language, value(r.PersonID), r.Active}, nil
}

// Accounts lists accounts whose name holds search, by name, at most limit.
func Accounts(ctx context.Context, tx *postgres.Tx, search string, limit int32) ([]Account, error) {
	rows, err := db.New(tx).Accounts(ctx, db.AccountsParams{Search: search, Batch: limit})
	if err != nil {
		return nil, fmt.Errorf("listing accounts: %w", err)
	}
	out := make([]Account, len(rows))
	for i, r := range rows {
		out[i] = Account{r.AccountID, r.Issuer, r.Subject, r.Name, r.Email, r.Language, value(r.PersonID), r.Active}
	}
	return out, nil
}

// SetLanguage keeps the account's choice of language: fi, sv or en.
func SetLanguage(ctx context.Context, tx *postgres.Tx, account int64, language string) error {
	if _, err := db.New(tx).AccountLanguage(ctx, db.AccountLanguageParams{AccountID: account, Language: language}); err != nil {
		return fmt.Errorf("changing the language of account %d: %w", account, err)
	}
	return nil
}

// Disable shuts an account out and ends all its sessions; Enable lets it sign in again. Changed tells whether it was otherwise before.
func Disable(ctx context.Context, tx *postgres.Tx, by Actor, account int64) (changed bool, err error) {
	return setActive(ctx, tx, by, account, false)
}

// Enable lets a disabled account sign in again.
func Enable(ctx context.Context, tx *postgres.Tx, by Actor, account int64) (changed bool, err error) {
	return setActive(ctx, tx, by, account, true)
}

func setActive(ctx context.Context, tx *postgres.Tx, by Actor, account int64, active bool) (bool, error) {
	if by.Role.Side() != NationSide && by.Role.Side() != ProgramSide { // an account is national: others end its mandates with them
		return false, ErrForbidden.With("right", string(StaffManage))
	}
	q := db.New(tx)
	n, err := q.AccountActive(ctx, db.AccountActiveParams{AccountID: account, Active: active})
	if err != nil {
		return false, fmt.Errorf("changing account %d: %w", account, err)
	}
	if !active {
		if _, err := q.SessionsOfAccountEnd(ctx, account); err != nil {
			return false, fmt.Errorf("ending the sessions of account %d: %w", account, err)
		}
	}
	return n > 0, nil
}

// Mandate lets an account act in a role for one organiser, provider or person.
type Mandate struct {
	ID        int64
	Account   int64
	Role      Role
	Organiser int32
	Provider  int64
	Person    int64
	Teams     []int64
	Units     []int64
	Rights    []Right // nil = all of the role
	Valid     calendar.Period
	Active    bool
}

// mayGrant decides who may make or end whose mandate: the operator staff of organisers and providers, a main user the
// own organiser's staff, a provider's signatory or main user the own users but no signatory (that comes from the trade
// register), a caseworker or the client a representative, a job anything.
func mayGrant(by Actor, m Mandate) error {
	side := m.Role.Side()
	ok := false
	switch by.Role.Side() {
	case ProgramSide:
		ok = true
	case NationSide:
		ok = by.Can(StaffManage) && side != PersonSide
	case OrganiserSide:
		ok = side == OrganiserSide && by.Can(StaffManage) && m.Organiser == by.Organiser || m.Role == Representative && by.Can(RepresentManage)
	case ProviderSide:
		ok = side == ProviderSide && by.Can(ProviderUserManage) && m.Provider == by.Provider && m.Role != Signatory
	case PersonSide:
		ok = m.Role == Representative && by.Can(RepresentManage) && m.Person == by.Person
	}
	if !ok {
		return ErrRoleGrant.With("role", string(m.Role))
	}
	return nil
}

// Grant makes a mandate; the caller writes the audit row. ACC-007 when by may not give this role there.
func Grant(ctx context.Context, tx *postgres.Tx, by Actor, m Mandate) (Mandate, error) {
	if err := mayGrant(by, m); err != nil {
		return Mandate{}, err
	}
	if m.Valid.To == 0 {
		m.Valid.To = calendar.Forever
	}
	if m.Valid.From == 0 {
		m.Valid.From = tx.Today()
	}
	if m.Valid.Empty() {
		return Mandate{}, errWrongPeriod.At("valid_to")
	}
	if !m.complete() {
		return Mandate{}, ErrWrongReach.At("role")
	}
	for _, r := range m.Rights {
		if !RoleMay(m.Role, r) {
			return Mandate{}, ErrRoleGrant.With("role", string(m.Role)).At("rights")
		}
	}
	id, err := db.New(tx).MandateAdd(ctx, db.MandateAddParams{
		AccountID: m.Account, Role: string(m.Role), OrganiserID: orNull(m.Organiser), ProviderID: orNull(m.Provider), PersonID: orNull(m.Person),
		Teams: notNil(m.Teams), Units: notNil(m.Units), Rights: names(m.Rights), ValidFrom: m.Valid.From, ValidTo: m.Valid.To,
		GrantedBy: orNull(by.Account), GrantedAt: tx.Now(),
	})
	if err != nil {
		return Mandate{}, fmt.Errorf("granting role %s to account %d: %w", m.Role, m.Account, err)
	}
	m.ID, m.Active = id, true
	return m, nil
}

// complete reports that exactly the id of the role's side is set; the table's CHECK holds the same.
func (m Mandate) complete() bool {
	organiser, provider, person := m.Organiser != 0, m.Provider != 0, m.Person != 0
	switch m.Role.Side() {
	case NationSide:
		return !organiser && !provider && !person
	case OrganiserSide:
		return organiser && !provider && !person
	case ProviderSide:
		return !organiser && provider && !person
	case PersonSide:
		return !organiser && !provider && person
	}
	return false
}

// End ends a mandate at once; requests under it are refused within a second. The caller writes the audit row.
func End(ctx context.Context, tx *postgres.Tx, by Actor, mandate int64) (Mandate, error) {
	m, err := MandateOf(ctx, tx, mandate)
	if err != nil {
		return Mandate{}, err
	}
	if err := mayGrant(by, m); err != nil {
		return Mandate{}, err
	}
	n, err := db.New(tx).MandateEnd(ctx, db.MandateEndParams{MandateID: mandate, EndedBy: orNull(by.Account), EndedAt: ptr(tx.Now())})
	if err != nil {
		return Mandate{}, fmt.Errorf("ending mandate %d: %w", mandate, err)
	}
	if n == 0 {
		return Mandate{}, ErrNoMandate
	}
	m.Active = false
	return m, nil
}

// Reach changes the teams and units of a mandate. The caller writes the audit row.
func Reach(ctx context.Context, tx *postgres.Tx, by Actor, mandate int64, teams, units []int64) error {
	m, err := MandateOf(ctx, tx, mandate)
	if err != nil {
		return err
	}
	if err := mayGrant(by, m); err != nil {
		return err
	}
	n, err := db.New(tx).MandateReach(ctx, db.MandateReachParams{MandateID: mandate, Teams: notNil(teams), Units: notNil(units)})
	if err != nil {
		return fmt.Errorf("changing mandate %d: %w", mandate, err)
	}
	if n == 0 {
		return ErrNoMandate
	}
	return nil
}
