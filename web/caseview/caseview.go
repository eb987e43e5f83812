// Package caseview shows how golden cases did that a main user handed in: figures, a table of what differs, and why the first ones came
// out as they did. It is the same for every service; it reads nothing and computes nothing itself.
package caseview

import (
	"encoding/json"

	"seteli/domain/rulebook/golden"
	"seteli/platform/i18n"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

// Largest is the largest file of cases in bytes.
const Largest = 5 << 20

const mostWhy = 5 // explanations shown; the table names every difference

// Told is the outcome of a run.
type Told struct {
	Tiles ui.Tiles
	Table ui.Table
	Why   []ui.Calculation // of the first differences
}

// Run runs the cases and tells how they did.
func Run(r *ui.Request, words *i18n.Catalogue, kinds golden.Kinds, cases []golden.Case) Told {
	v := Told{Table: ui.Table{Caption: r.T("settings.trial.differences"), Cards: true, Columns: []ui.Column{{Text: r.T("settings.trial.case")}, {Text: r.T("settings.trial.field")}, {Text: r.T("settings.trial.expected")}, {Text: r.T("settings.trial.got")}},
		Empty: ui.Empty{Title: r.T("settings.trial.none")}}}
	var tally golden.Tally
	for _, c := range cases {
		o := kinds.Run(c)
		tally.Add(o)
		if o.Status == golden.Unknown {
			v.Table.Rows = append(v.Table.Rows, []ui.Cell{{Text: o.ID}, {Text: o.Kind}, {Text: r.T("settings.trial.unknown")}, {Text: "–"}})
			continue
		}
		for i, d := range o.Differences {
			v.Table.Rows = append(v.Table.Rows, []ui.Cell{{Text: o.ID, Small: o.Kind}, {Text: d.Field}, {Text: written(d.Expected)}, {Text: written(d.Got)}})
			if steps := o.StepsOf(d); i == 0 && len(v.Why) < mostWhy && len(steps) > 0 {
				v.Why = append(v.Why, voucherview.Calculation(r, words, o.ID, steps))
			}
		}
	}
	for _, tile := range []struct {
		key string
		n   int
	}{{"cases", tally.Cases}, {"passed", tally.Passed}, {"failed", tally.Failed}, {"unknown_kind", tally.Unknown}} {
		v.Tiles = append(v.Tiles, ui.Tile{Label: r.T("settings.trial." + tile.key), Figure: ui.Digits(tile.n)})
	}
	return v
}

// written is a value of a case as its file would write it.
func written(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return string(raw)
}
