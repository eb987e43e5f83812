package golden

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"

	"seteli/domain/rulebook"
)

// Status is the outcome of a case.
type Status string

// The outcomes.
const (
	Pass    Status = "pass"
	Fail    Status = "fail"
	Unknown Status = "unknown" // no engine knows the kind
)

// Difference is a field whose result is not the expected one.
type Difference struct {
	Field    string `json:"field"`
	Expected any    `json:"expected"`
	Got      any    `json:"got"`
}

// Outcome is one case that was run. Its JSON is a line of seteli rules check --json.
type Outcome struct {
	ID          string       `json:"id"`
	Kind        string       `json:"kind"`
	Status      Status       `json:"status"`
	Differences []Difference `json:"differences"`

	Steps rulebook.Explanation `json:"-"` // how the engine came to its result
	Err   error                `json:"-"` // the engine refused; the only difference says so
}

// Tally counts outcomes.
type Tally struct{ Cases, Passed, Failed, Unknown int }

// Add counts one more.
func (t *Tally) Add(o Outcome) {
	t.Cases++
	switch o.Status {
	case Pass:
		t.Passed++
	case Fail:
		t.Failed++
	case Unknown:
		t.Unknown++
	}
}

// Good reports that every case passed.
func (t Tally) Good() bool { return t.Passed == t.Cases }

// Run runs a case against the engine.
func (k Kinds) Run(c Case) Outcome {
	o := Outcome{ID: c.ID, Kind: c.Kind, Status: Pass, Differences: []Difference{}}
	kind, known := k[c.Kind]
	if !known {
		o.Status = Unknown
		return o
	}
	result, err := compute(kind, c)
	o.Steps = result.Steps
	if err != nil {
		first := c.expected.order[0]
		o.Status, o.Err = Fail, err
		o.Differences = append(o.Differences, Difference{first, c.expected.values[first], err.Error()})
		return o
	}
	got, err := plain(result.Fields)
	if err != nil {
		o.Status, o.Err = Fail, err
		return o
	}
	if o.Differences = compare("", c.expected, got, o.Differences); len(o.Differences) > 0 {
		o.Status = Fail
	}
	return o
}

// compute calls the kind. An amount beyond every real one makes the exact arithmetic panic; in a case from outside that is a
// refusal of the case and no end of the program.
func compute(kind Kind, c Case) (result Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			result, err = Result{}, fmt.Errorf("the case cannot be computed: %v", p)
		}
	}()
	first := new(Problem)
	inputs, parameters := Node{"inputs", c.inputs, first}, Node{"parameters", c.parameters, first}
	if result, err = kind(inputs, parameters); err == nil {
		err = inputs.Err()
	} else if misread := inputs.Err(); misread != nil {
		err = misread // the reason of whatever the engine said
	}
	return result, err
}

// plain is a result as it would be read from a file.
func plain(result map[string]any) (any, error) {
	raw, err := json.Marshal(result)
	if err != nil {
		return nil, fmt.Errorf("writing a result: %w", err)
	}
	return decode(raw)
}

// compare adds every difference, in the order of the expected fields. The result may have more fields than expected, lists not
// more elements; types matter, and a field expected as null must be there.
func compare(path string, expected, got any, found []Difference) []Difference {
	switch want := expected.(type) {
	case fields:
		have, ok := got.(fields)
		if !ok {
			return append(found, Difference{path, expected, got})
		}
		for _, name := range want.order {
			field := name
			if path != "" {
				field = path + "." + name
			}
			value, there := have.values[name]
			if !there {
				found = append(found, Difference{field, want.values[name], "no such field"})
				continue
			}
			found = compare(field, want.values[name], value, found)
		}
		return found
	case []any:
		have, ok := got.([]any)
		if !ok || len(have) != len(want) {
			return append(found, Difference{path, expected, got})
		}
		for i := range want {
			found = compare(fmt.Sprintf("%s[%d]", path, i), want[i], have[i], found)
		}
		return found
	case json.Number:
		if have, ok := got.(json.Number); ok && sameNumber(want, have) {
			return found
		}
	default:
		if expected == got {
			return found
		}
	}
	return append(found, Difference{path, expected, got})
}

func sameNumber(a, b json.Number) bool {
	x, okX := new(big.Rat).SetString(string(a))
	y, okY := new(big.Rat).SetString(string(b))
	return okX && okY && x.Cmp(y) == 0
}

// StepsOf finds the explanation of a difference: the steps up to the one whose result is the got amount, a sum before an
// intermediate step; all steps when none is.
func (o Outcome) StepsOf(d Difference) rulebook.Explanation {
	number, ok := d.Got.(json.Number)
	if !ok {
		return o.Steps
	}
	last := -1
	for i, s := range o.Steps {
		if strconv.FormatInt(int64(s.Result), 10) != string(number) {
			continue
		}
		last = i
		if s.Sum {
			break
		}
	}
	if last < 0 {
		return o.Steps
	}
	return o.Steps[:last+1]
}
