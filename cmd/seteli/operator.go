package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"

	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// operatorCmd is how a fresh installation gets its first national operator: nobody is one yet who could name another on a page.
type operatorCmd struct {
	Add  operatorAddCmd  `cmd:"" help:"Make somebody who has signed in once a national operator, who founds organisers."`
	List operatorListCmd `cmd:"" help:"List the national operators."`
}

type operatorAddCmd struct {
	Email string `help:"E-mail address, as the sign-in service tells it." required:""`
	Name  string `help:"Name, as the sign-in service tells it." required:""`
}

// Run gives the role beside a running program or alone. The account is named exactly; the act is in the audit.
func (c *operatorAddCmd) Run(ctx context.Context, s *Settings) error {
	return beside(ctx, s, func(a *app) error {
		var added organiser.Staff
		err := a.db.National(ctx, func(tx *postgres.Tx) (err error) {
			added, err = organiser.AddOperator(ctx, tx, access.System("seteli operator add", 0), c.Name, c.Email)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Printf("%s <%s> is a national operator from now on; it is in use after the next sign-in\n", added.Name, added.Email)
		return nil
	})
}

type operatorListCmd struct{}

// Run lists who may found organisers.
func (operatorListCmd) Run(ctx context.Context, s *Settings) error {
	return beside(ctx, s, func(a *app) error {
		var list []organiser.Staff
		err := a.db.ReadNational(ctx, func(tx *postgres.Tx) (err error) {
			list, err = organiser.Operators(ctx, tx, access.System("seteli operator list", 0))
			return err
		})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			fmt.Println("no operators yet: sign in once on the pages, then run seteli operator add")
			return nil
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
		for _, one := range list {
			state := ""
			if !one.AccountActive {
				state = "disabled"
			}
			fmt.Fprintf(w, "%s\t%s\tsince %s\t%s\n", one.Name, one.Email, one.Valid.From, state)
		}
		return w.Flush()
	})
}
