// Command seteli is the whole program: it serves the pages and the API, keeps its own database, imports, settles, verifies
// and shows itself in a demo. Everything is wired here, in plain Go, readable from top to bottom; no rule lives here.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"seteli/core/fault"
	"seteli/platform/i18n"
)

// verbs is the command line.
type verbs struct {
	Settings

	Serve    serveCmd    `cmd:"" help:"Serve the pages and the API."`
	Demo     demoCmd     `cmd:"" help:"Build a demo and serve it, or build a month of real size with --scale and exit."`
	DB       dbCmd       `cmd:"" name:"db" help:"The database: migrate, backup, dump, restore, upgrade, shell, health."`
	Import   importCmd   `cmd:"" help:"Import a file."`
	Settle   settleCmd   `cmd:"" help:"Run a settlement: preview, calculate, approve, release."`
	Operator operatorCmd `cmd:"" help:"National operators, who found organisers: add, list."`
	Rules    rulesCmd    `cmd:"" help:"The rules of values and fees: check golden cases."`
	Verify   verifyCmd   `cmd:"" help:"Rebuild every balance, settlement and hash chain from the facts and report the first difference."`
	Config   configCmd   `cmd:"" help:"Print the settings in force, secrets hidden."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, explain(err))
		os.Exit(status(err))
	}
}

// status is what the program ends with: 2 for files of cases that are not of their format, 1 for any other failure.
func status(err error) int {
	var u unreadable
	if errors.As(err, &u) {
		return 2
	}
	return 1
}

// run parses and runs one command.
func run(ctx context.Context, args []string) error {
	var v verbs
	parser, err := kong.New(&v, kong.Name("seteli"), kong.Description("Service vouchers and purchased services, from application to paid euro."),
		kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return err
	}
	if err := knownEnvironment(os.Environ(), parser); err != nil {
		return err
	}
	kctx, err := parser.Parse(args)
	if err != nil {
		return err
	}
	if err := v.readSecretFiles(); err != nil {
		return err
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: v.level()})))
	return kctx.Run(&v.Settings)
}

// explain turns a fault into the sentence a person can act on; any other error is printed as it is.
func explain(err error) string {
	list := fault.All(err)
	if len(list) == 0 {
		return "seteli: " + err.Error()
	}
	texts, loadErr := i18n.Load()
	if loadErr != nil {
		return "seteli: " + errors.Join(err, loadErr).Error()
	}
	out := ""
	for _, f := range list {
		out += fmt.Sprintf("seteli: %s (%s)\n", texts.Fault(terminalLanguage(), f), f.Code)
	}
	if cause := errors.Unwrap(list[0]); cause != nil {
		out += "  " + cause.Error() + "\n"
	}
	return out[:len(out)-1]
}

// terminalLanguage is the language of LANG, English when it is none of ours.
func terminalLanguage() i18n.Lang {
	if lang := os.Getenv("LANG"); len(lang) >= 2 {
		if l, ok := i18n.ParseLang(lang[:2]); ok {
			return l
		}
	}
	return i18n.EN
}
