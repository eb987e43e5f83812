package method

import (
	"seteli/core/money"
	"seteli/domain/rulebook"
)

// The provisions that steps name.
const (
	lawValue    = "569/2009, 7 §"
	lawPrice    = "569/2009, 9 §"
	lawIncrease = "569/2009, 8 §"
	lawHousing  = "734/1992, 7 c §"
	lawHomeCare = "734/1992, 10 e §"
)

// shownPlaces is how many decimals of an unrounded number people are shown; the calculation keeps all of them.
const shownPlaces = 6

// trace gathers the steps of one calculation. Nothing is gathered when the caller wants the number only.
type trace struct {
	quiet bool
	book  *rulebook.Rulebook
	steps rulebook.Explanation
}

// step writes down a result that is exact; the values are pairs of name and value.
func (t *trace) step(key string, result money.Cents, values ...any) {
	t.add(rulebook.Step{Key: key, Result: result}, values)
}

// under is a step that a provision governs.
func (t *trace) under(law, key string, result money.Cents, values ...any) {
	t.add(rulebook.Step{Key: key, Result: result, LegalRef: law}, values)
}

// round rounds, once, and writes down what was rounded and how.
func (t *trace) round(key string, x money.Exact, how money.Rounding) money.Cents {
	c := how.Cents(x)
	if !t.quiet {
		t.add(rulebook.Step{Key: key, Result: c, Rounding: how.String()}, []any{"unrounded", x.Shown(shownPlaces)})
	}
	return c
}

func (t *trace) add(s rulebook.Step, pairs []any) {
	if t.quiet {
		return
	}
	s.Values = make(rulebook.Values, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			panic("method: the values of a step are pairs of name and value")
		}
		s.Values[name] = pairs[i+1]
	}
	if t.book != nil {
		s.Rulebook, s.RuleVersion = t.book.ID, t.book.Version
	}
	t.steps = append(t.steps, s)
}

// end makes the last step the sum.
func (t *trace) end(law string) rulebook.Explanation {
	if n := len(t.steps); n > 0 {
		t.steps[n-1].Sum = true
		if t.steps[n-1].LegalRef == "" {
			t.steps[n-1].LegalRef = law
		}
	}
	return t.steps
}

// shown is an unrounded number as a step shows it, and its cents beside it.
func shown(x money.Exact) (money.Rate, money.Cents) {
	return x.Shown(shownPlaces), money.HalfUpCent.Cents(x)
}
