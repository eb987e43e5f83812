package household

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/platform/i18n"
)

// Part is where an item of a kind belongs.
type Part string

// Parts. Earned, benefits, capital and forest are income; minus is taken off every income; housing is taken off only where net income is
// asked (long-term housing, 734/1992, 10b–10d §); savings are compared by gates; excluded counts nowhere but is recorded, so that
// somebody who lives on it is not taken for one whose income is missing.
const (
	Earned   Part = "earned"
	Benefits Part = "benefits"
	Capital  Part = "capital"
	Forest   Part = "forest"
	Minus    Part = "minus"
	Housing  Part = "housing"
	Savings  Part = "savings"
	Excluded Part = "excluded"
)

var parts = map[Part]bool{Earned: true, Benefits: true, Capital: true, Forest: true, Minus: true, Housing: true, Savings: true, Excluded: true}

// Tells reports that an item of the part tells what somebody lives on: somebody without any is one whose income is missing.
func (p Part) Tells() bool {
	return p == Earned || p == Benefits || p == Capital || p == Forest || p == Excluded
}

// sign in the sum of a month; 0 = not in it.
func (p Part) sign() money.Cents {
	switch p {
	case Earned, Benefits, Capital, Forest:
		return 1
	case Minus:
		return -1
	}
	return 0
}

// Kind is one kind of income, deduction or savings.
type Kind struct {
	Code     string      `json:"code"`
	Names    i18n.Names  `json:"names"`
	Part     Part        `json:"part"`
	Share    *money.Rate `json:"share,omitempty"`    // of the amount that counts; absent = all of it
	Negative bool        `json:"negative,omitempty"` // a loss may be recorded
}

// Per is what an amount is for, and how it becomes a month's: amount × Times / Over.
type Per struct {
	Code  string     `json:"code"`
	Names i18n.Names `json:"names"`
	Times money.Rate `json:"times"`
	Over  int        `json:"over"`
}

// Definition is an organiser's definition of income from a day on.
type Definition struct {
	From             calendar.Date `json:"-"`
	Kinds            []Kind        `json:"kinds"`
	Pers             []Per         `json:"per"`
	MonthsBack       int           `json:"months_back"`       // whole months before the month of telling that a value may change
	EssentialPercent money.Rate    `json:"essential_percent"` // a change of income of at least this much is essential
}

//go:embed default.json
var defaultContent []byte

// Default is the definition of an organiser that has none of its own.
func Default() Definition {
	d, err := ReadDefinition(defaultContent)
	if err != nil {
		panic(fmt.Sprintf("household: the default definition: %v", err))
	}
	return d
}

// ReadDefinition reads and checks a definition's JSON; an unknown field is refused (HOU-029).
func ReadDefinition(content []byte) (Definition, error) {
	var d Definition
	reader := json.NewDecoder(bytes.NewReader(content))
	reader.DisallowUnknownFields()
	if err := reader.Decode(&d); err != nil {
		return Definition{}, errDefinition.With("reason", err.Error()).Because(err)
	}
	return d, d.Check()
}

// longest period in the shares of a month; a divisor beyond it is a slip.
const mostOver = 1200

// Check refuses a definition that cannot be applied, all faults at once.
func (d Definition) Check() error {
	var faults fault.List
	wrong := func(what string) { faults = append(faults, errDefinition.With("reason", what)) }
	seen := map[string]bool{}
	for _, k := range d.Kinds {
		if k.Code == "" || seen["kind "+k.Code] || k.Names.Fi == "" || !parts[k.Part] {
			wrong("kind " + k.Code)
		}
		if k.Share != nil && (k.Share.Exact().Sign() < 0 || k.Share.Exact().Cmp(money.Whole(10)) > 0) {
			wrong("share of " + k.Code)
		}
		seen["kind "+k.Code] = true
	}
	for _, p := range d.Pers {
		if p.Code == "" || seen["per "+p.Code] || p.Names.Fi == "" || p.Over < 1 || p.Over > mostOver || p.Times.Exact().Sign() <= 0 ||
			p.Times.Exact().Cmp(money.Whole(1000)) > 0 {
			wrong("per " + p.Code)
		}
		seen["per "+p.Code] = true
	}
	if len(d.Kinds) == 0 || len(d.Pers) == 0 {
		wrong("kinds, per")
	}
	if d.MonthsBack < 0 || d.MonthsBack > 12 {
		wrong("months_back")
	}
	if d.EssentialPercent.Exact().Sign() < 0 {
		wrong("essential_percent")
	}
	return faults.Err()
}

// Kind gives a kind by code.
func (d Definition) Kind(code string) (Kind, bool) {
	for _, k := range d.Kinds {
		if k.Code == code {
			return k, true
		}
	}
	return Kind{}, false
}

// Per gives a period by code.
func (d Definition) Per(code string) (Per, bool) {
	for _, p := range d.Pers {
		if p.Code == code {
			return p, true
		}
	}
	return Per{}, false
}

// factor is what an amount is multiplied with before it is divided by Over.
func (k Kind) factor(p Per) money.Exact {
	if k.Share == nil {
		return p.Times.Exact()
	}
	return p.Times.Exact().Times(k.Share.Exact())
}

// Counts tells that an amount of the kind is for a time; savings are what there is.
func (d Definition) Counts(kind string) bool {
	k, known := d.Kind(kind)
	return known && k.Part != Savings
}
