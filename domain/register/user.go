package register

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on the users of a company.
const (
	UserAdded      audit.Act = "provider.user_added"
	UserPassivated audit.Act = "provider.user_passivated"
	UserReached    audit.Act = "provider.user_units_set"
)

var (
	errUserRole  = fault.New(fault.Invalid, "REG-040", "register.user.role").At("role")
	errUserSelf  = fault.New(fault.Conflict, "REG-041", "register.user.self")
	errUserUnits = fault.New(fault.Invalid, "REG-042", "register.user.units").At("units")
	errUserNone  = fault.New(fault.Invalid, "REG-044", "register.user.not_signed_in").At("email")
	errUserKnown = fault.New(fault.Conflict, "REG-043", "register.user.known").At("role")
)

// UserRoles are the roles that a company gives to its own people. The right to sign comes from the trade register
// through the sign-in and is never given here.
func UserRoles() []access.Role {
	return []access.Role{access.ProviderMainUser, access.ServiceResponsible, access.Preparer, access.Recorder}
}

// UserInput lets a person act for the company. Account is known, or found by exact name and e-mail among those who
// have signed in.
type UserInput struct {
	Provider, Account int64
	Name, Email       string
	Role              access.Role
	Units             []int64 // empty: every unit of the company
}

// AddUser gives a role to somebody who has signed in. REG-044 when nobody with the name and e-mail has: the person signs
// in once, then is given the role. REG-043 when they have the role already.
func AddUser(ctx context.Context, tx *postgres.Tx, by access.Actor, in UserInput) (access.Mandate, error) {
	if err := by.May(access.ProviderUserManage, 0); err != nil {
		return access.Mandate{}, err
	}
	if err := own(by, in.Provider); err != nil {
		return access.Mandate{}, err
	}
	if !slices.Contains(UserRoles(), in.Role) {
		return access.Mandate{}, errUserRole
	}
	if err := ownUnits(ctx, tx, in.Provider, in.Units); err != nil {
		return access.Mandate{}, err
	}
	account, err := in.account(ctx, tx)
	if err != nil {
		return access.Mandate{}, err
	}
	members, err := access.MembersOf(ctx, tx, 0, in.Provider)
	if err != nil {
		return access.Mandate{}, err
	}
	for _, m := range members {
		if m.Active && m.Account == account.ID && m.Role == in.Role {
			return access.Mandate{}, errUserKnown
		}
	}
	m, err := access.Grant(ctx, tx, by, access.Mandate{Account: account.ID, Role: in.Role, Provider: in.Provider, Units: in.Units})
	if err != nil {
		return access.Mandate{}, err
	}
	return m, audit.Write(ctx, tx, by, UserAdded, audit.Ref{Kind: "mandate", ID: m.ID, Label: account.Name}, map[string]any{"role": in.Role, "units": in.Units})
}

func (in UserInput) account(ctx context.Context, tx *postgres.Tx) (access.Account, error) {
	if in.Account != 0 {
		return access.AccountOf(ctx, tx, in.Account)
	}
	name, email := strings.TrimSpace(in.Name), strings.TrimSpace(in.Email)
	if name == "" || email == "" {
		return access.Account{}, errUserNone
	}
	same, err := access.Accounts(ctx, tx, name, 50)
	if err != nil {
		return access.Account{}, err
	}
	for _, a := range same {
		if strings.EqualFold(a.Name, name) && strings.EqualFold(a.Email, email) {
			return a, nil
		}
	}
	return access.Account{}, errUserNone
}

// SignatoryNamed notes that the operator has named who signs for a company.
const SignatoryNamed audit.Act = "provider.signatory_named"

// NameSignatory lets somebody who has signed in sign for the company: by the operator, who has looked the right to sign up in the
// trade register, where no mandate service tells it. REG-044 and REG-043 as in AddUser; nobody of the company can do this.
func NameSignatory(ctx context.Context, tx *postgres.Tx, by access.Actor, in UserInput) (access.Mandate, error) {
	if err := by.May(access.RegisterCheck, 0); err != nil {
		return access.Mandate{}, err
	}
	account, err := in.account(ctx, tx)
	if err != nil {
		return access.Mandate{}, err
	}
	members, err := access.MembersOf(ctx, tx, 0, in.Provider)
	if err != nil {
		return access.Mandate{}, err
	}
	if slices.ContainsFunc(members, func(m access.Member) bool {
		return m.Active && m.Account == account.ID && m.Role == access.Signatory
	}) {
		return access.Mandate{}, errUserKnown.At("email")
	}
	m, err := access.Grant(ctx, tx, by, access.Mandate{Account: account.ID, Role: access.Signatory, Provider: in.Provider})
	if err != nil {
		return access.Mandate{}, err
	}
	return m, audit.Write(ctx, tx, by, SignatoryNamed, audit.Ref{Kind: "mandate", ID: m.ID, Label: account.Name}, map[string]any{"provider": in.Provider, "role": m.Role})
}

// PassivateInput ends what somebody may do for the company.
type PassivateInput struct{ Provider, Mandate int64 }

// Passivate ends a role at once. What was done in it stays and keeps its name. Nobody passivates their own role:
// the company would be left without anyone to undo it.
func Passivate(ctx context.Context, tx *postgres.Tx, by access.Actor, in PassivateInput) (access.Mandate, error) {
	if err := by.May(access.ProviderUserManage, 0); err != nil {
		return access.Mandate{}, err
	}
	if by.Mandate != 0 && by.Mandate == in.Mandate {
		return access.Mandate{}, errUserSelf
	}
	if err := ownMandate(ctx, tx, by, in.Provider, in.Mandate); err != nil {
		return access.Mandate{}, err
	}
	m, err := access.End(ctx, tx, by, in.Mandate)
	if err != nil {
		return access.Mandate{}, err
	}
	return m, audit.Write(ctx, tx, by, UserPassivated, audit.Ref{Kind: "mandate", ID: m.ID, Label: string(m.Role)}, in)
}

// ReachInput changes which units somebody sees.
type ReachInput struct {
	Provider, Mandate int64
	Units             []int64 // empty: every unit
}

// SetUserUnits binds a user to units.
func SetUserUnits(ctx context.Context, tx *postgres.Tx, by access.Actor, in ReachInput) error {
	if err := by.May(access.ProviderUserManage, 0); err != nil {
		return err
	}
	if err := ownMandate(ctx, tx, by, in.Provider, in.Mandate); err != nil {
		return err
	}
	if err := ownUnits(ctx, tx, in.Provider, in.Units); err != nil {
		return err
	}
	if err := access.Reach(ctx, tx, by, in.Mandate, nil, in.Units); err != nil {
		return err
	}
	return audit.Write(ctx, tx, by, UserReached, audit.Ref{Kind: "mandate", ID: in.Mandate, Label: fmt.Sprint(in.Mandate)}, in)
}

// Users lists the company's users, active first; passive ones stay for the record.
func Users(ctx context.Context, tx *postgres.Tx, by access.Actor, provider int64) ([]access.Member, error) {
	if err := by.May(access.ProviderUserManage, 0); err != nil {
		return nil, err
	}
	if err := own(by, provider); err != nil {
		return nil, err
	}
	return access.MembersOf(ctx, tx, 0, provider)
}

func ownMandate(ctx context.Context, tx *postgres.Tx, by access.Actor, provider, mandate int64) error {
	if err := own(by, provider); err != nil {
		return err
	}
	m, err := access.MandateOf(ctx, tx, mandate)
	if err != nil {
		return err
	}
	if m.Provider != provider {
		return access.ErrNoMandate
	}
	return nil
}

func ownUnits(ctx context.Context, tx *postgres.Tx, provider int64, units []int64) error {
	if len(units) == 0 {
		return nil
	}
	all, err := Units(ctx, tx, provider)
	if err != nil {
		return err
	}
	for _, id := range units {
		if !slices.ContainsFunc(all, func(u Unit) bool { return u.ID == id }) {
			return errUserUnits
		}
	}
	return nil
}
