package organiser

import (
	"strconv"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/platform/sheet"
)

var (
	errCell     = fault.New(fault.Invalid, "ORG-027", "organiser.budget.cell")
	errCellMany = fault.New(fault.Invalid, "ORG-028", "organiser.budget.cell_unclear")
	errCode     = fault.New(fault.Invalid, "ORG-029", "organiser.budget.code_unknown")
)

// budgetColumns are the columns of a budget file in three languages.
func budgetColumns() []sheet.Column {
	return []sheet.Column{
		{Name: "service", Required: true, Kind: sheet.Text, Synonyms: []string{"palvelu", "palvelun tunnus", "tunnus", "tjänst", "tjänstens kod", "kod", "service code", "code"}},
		{Name: "year", Required: true, Kind: sheet.Text, Synonyms: []string{"vuosi", "år"}},
		{Name: "amount", Required: true, Kind: sheet.Decimal, Synonyms: []string{"budjetti", "määräraha", "summa", "budget", "anslag", "belopp"}},
	}
}

// ReadBudgets reads a file of budgets; services are found by their codes. Every fault comes at once with its line in "row" and
// its column in "column". A sum that the spreadsheet program changed in one clear way is read as it was meant: the preview
// shows it before anything is written.
func ReadBudgets(t *sheet.Table, services map[string]int64) ([]BudgetLine, []sheet.Skipped, error) {
	m, err := t.Match(budgetColumns())
	if err != nil {
		return nil, nil, err
	}
	var lines []BudgetLine
	var wrong fault.List
	for row := range m.Rows() {
		line := BudgetLine{Row: row.Number}
		service, known := services[row.Cells[0].Value]
		if !known {
			wrong = append(wrong, errCode.With("row", row.Number).With("code", row.Cells[0].Raw))
		}
		line.Service = service
		year, err := strconv.Atoi(row.Cells[1].Value)
		if err != nil {
			wrong = append(wrong, errYear.With("row", row.Number))
		}
		line.Year = year
		amount, bad := cellCents(row.Cells[2])
		if bad != nil {
			wrong = append(wrong, bad.With("row", row.Number).With("raw", row.Cells[2].Raw))
		}
		line.Amount = amount
		lines = append(lines, line)
	}
	if err := wrong.Err(); err != nil {
		return nil, nil, err
	}
	return lines, m.Skipped, lineFaults(lines).Err()
}

// cellCents reads the sum of a cell; a damaged one by its proposal when there is only one.
func cellCents(c sheet.Cell) (money.Cents, *fault.Fault) {
	value := c.Value
	if c.Damage != "" {
		value = c.Proposal
	}
	switch {
	case c.Other != "":
		return 0, errCellMany.With("one", c.Proposal).With("other", c.Other)
	case value == "":
		return 0, errCell
	}
	cents, err := money.ParseCents(value)
	if err != nil {
		return 0, errCell.Because(err)
	}
	return cents, nil
}
