package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	daycare "seteli/domain/daycare/cases"
	decision "seteli/domain/decision/cases"
	"seteli/domain/rulebook/golden"
	"seteli/platform/i18n"
)

type rulesCmd struct {
	Check rulesCheckCmd `cmd:"" help:"Run golden cases against the engine of values, fees and decisions."`
}

type rulesCheckCmd struct {
	JSON  bool     `help:"One object a line instead of text."`
	Files []string `arg:"" name:"file" help:"Files of cases (seteli-cases/1)."`
}

// caseKinds are the golden cases that this program can run.
func caseKinds() golden.Kinds {
	return golden.Values().Add(decision.Kinds()).Add(daycare.Kinds())
}

// Run prints every case with its outcome. It ends with 0 when all passed, with 1 when one failed or is of an unknown kind, and
// with 2 when a file cannot be read or is not of the format.
func (c rulesCheckCmd) Run() error {
	texts, err := i18n.Load()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	err = c.check(out, texts, terminalLanguage())
	return errors.Join(out.Flush(), err)
}

// errCases ends the program with status 1.
var errCases = errors.New("not every case passed")

// unreadable ends the program with status 2.
type unreadable struct{ error }

func (u unreadable) Unwrap() error { return u.error }

// check runs the files in their order. A file that is not of the format does not hide what the others say.
func (c rulesCheckCmd) check(out io.Writer, texts *i18n.Catalogue, lang i18n.Lang) error {
	kinds := caseKinds()
	var tally golden.Tally
	var bad error
	for _, name := range c.Files {
		cases, err := golden.ReadFile(name)
		if err != nil {
			bad = errors.Join(bad, err)
			continue
		}
		for _, one := range cases {
			o := kinds.Run(one)
			tally.Add(o)
			if err := c.print(out, o, texts, lang); err != nil {
				return err
			}
		}
	}
	if !c.JSON {
		if _, err := fmt.Fprintf(out, "cases %d  passed %d  failed %d  unknown %d\n", tally.Cases, tally.Passed, tally.Failed, tally.Unknown); err != nil {
			return err
		}
	}
	switch {
	case bad != nil:
		return unreadable{bad}
	case !tally.Good():
		return errCases
	}
	return nil
}

// print writes one outcome: a line of JSON, or the id and status and what differs first with the calculation that led to it.
func (c rulesCheckCmd) print(out io.Writer, o golden.Outcome, texts *i18n.Catalogue, lang i18n.Lang) error {
	if c.JSON {
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		return e.Encode(o)
	}
	text := fmt.Sprintf("%s  %s\n", o.ID, o.Status)
	if o.Status == golden.Unknown {
		text = fmt.Sprintf("%s  %s kind %s\n", o.ID, o.Status, o.Kind)
	}
	if len(o.Differences) > 0 {
		d := o.Differences[0]
		text += fmt.Sprintf("  %s: expected %s, got %s\n", d.Field, plain(d.Expected), plain(d.Got))
		for _, line := range o.StepsOf(d).Lines(texts, lang) {
			text += fmt.Sprintf("    %s: %s → %s\n", line.Label, line.Formula, line.Amount)
			if line.Source != "" {
				text += fmt.Sprintf("      %s\n", line.Source)
			}
		}
	}
	_, err := io.WriteString(out, text)
	return err
}

// plain is a value as the file writes it.
func plain(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}
