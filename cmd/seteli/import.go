package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"seteli/core/ident"
	"seteli/domain/event"
	"seteli/domain/register"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

type importCmd struct {
	Events importEventsCmd `cmd:"" help:"Service events of one provider, CSV or XLSX."`
}

type importEventsCmd struct {
	File      string `arg:"" help:"The file." type:"existingfile"`
	Provider  string `help:"Y-tunnus of the provider whose events these are." required:""`
	DryRun    bool   `help:"Judge every row and record nothing."`
	All       bool   `help:"Record nothing when one row is rejected."`
	Repair    bool   `help:"Use the proposals for cells that a spreadsheet has damaged."`
	ErrorFile string `help:"Where the rejected rows go, with code, reason and remedy." type:"path"`
}

// Run imports the file: good rows go in, rejected rows go to the error file. The same file again changes nothing.
func (c *importEventsCmd) Run(ctx context.Context, s *Settings) error {
	id, err := ident.ParseBusinessID(c.Provider)
	if err != nil {
		return err
	}
	return with(ctx, s, func(a *app) error {
		provider, err := a.providerOf(ctx, id)
		if err != nil {
			return err
		}
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		progress := newProgress(os.Stderr, a.clock)
		p, err := event.ImportFile(ctx, a.db, access.System("seteli import events", 0), filepath.Base(c.File), f,
			event.ImportOptions{Provider: provider, DryRun: c.DryRun, AllOrNothing: c.All, AcceptProposals: c.Repair}, progress.count)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		return c.report(a, p)
	})
}

func (a *app) providerOf(ctx context.Context, id ident.BusinessID) (int64, error) {
	var p register.Provider
	err := a.db.ReadNational(ctx, func(tx *postgres.Tx) (err error) {
		p, err = register.ByBusinessID(ctx, tx, id)
		return err
	})
	return p.ID, err
}

// report tells the counts and writes the rejected rows in the sender's own columns.
func (c *importEventsCmd) report(a *app, p *event.FilePreview) error {
	n := p.Counts
	word := "recorded"
	if c.DryRun {
		word = "would be recorded"
	}
	fmt.Printf("%d rows: %d accepted, %d in part, %d to review, %d received before, %d rejected; accepted rows %s\n",
		len(p.Rows), n.Accepted, n.Partial, n.Review, n.Repeated, n.Rejected, word)
	if n.Rejected == 0 {
		return nil
	}
	if c.ErrorFile == "" {
		c.ErrorFile = c.File + ".errors.csv"
	}
	f, err := os.Create(c.ErrorFile)
	if err != nil {
		return err
	}
	if err := errors.Join(p.WriteErrors(f, a.texts, terminalLanguage()), f.Close()); err != nil {
		return err
	}
	fmt.Printf("rejected rows with their remedies: %s\n", c.ErrorFile)
	return nil
}
