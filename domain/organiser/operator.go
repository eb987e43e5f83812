package organiser

import (
	"context"
	"fmt"
	"slices"

	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// ActOperatorAdded notes who may from now on found organisers.
const ActOperatorAdded = audit.Act("operator.added")

var errOperator = fault.New(fault.Conflict, "ORG-031", "organiser.operator.already").At("email")

// AddOperator makes an account that has signed in once a national operator. ORG-024 when nobody has signed in with the name and the
// e-mail, ORG-031 when the account is an operator already. It runs in the national scope, as does the founding of organisers.
func AddOperator(ctx context.Context, tx *postgres.Tx, by access.Actor, name, email string) (Staff, error) {
	if err := by.May(access.OrganiserManage, 0); err != nil {
		return Staff{}, err
	}
	a, err := account(ctx, tx, StaffInput{Name: name, Email: email})
	if err != nil {
		return Staff{}, err
	}
	if !a.Active {
		return Staff{}, access.ErrDisabled
	}
	held, err := access.MandatesOf(ctx, tx, a.ID)
	if err != nil {
		return Staff{}, err
	}
	if slices.ContainsFunc(held, func(m access.Mandate) bool { return m.Role == access.Operator }) {
		return Staff{}, errOperator.With("name", a.Name)
	}
	m, err := access.Grant(ctx, tx, by, access.Mandate{Account: a.ID, Role: access.Operator})
	if err != nil {
		return Staff{}, err
	}
	ref := audit.Ref{Kind: "mandate", ID: m.ID, Label: a.Name}
	return Staff{Mandate: m, Name: a.Name, Email: a.Email, AccountActive: a.Active},
		audit.Write(ctx, tx, by, ActOperatorAdded, ref, map[string]any{"role": m.Role, "account": a.ID})
}

// Operators lists the national operators by name; those whose role has ended are left out.
func Operators(ctx context.Context, tx *postgres.Tx, by access.Actor) ([]Staff, error) {
	if err := by.May(access.OrganiserManage, 0); err != nil {
		return nil, err
	}
	list, err := access.Holders(ctx, tx, access.Operator)
	if err != nil {
		return nil, fmt.Errorf("listing operators: %w", err)
	}
	return list, nil
}
