package rulebook

import (
	"encoding/json"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/platform/document"
	"seteli/platform/i18n"
)

// Explanation is how a sum came about, step by step, stored with the sum. Page, letter and API show the same steps.
type Explanation []Step

// Step is one step. The text Key is what was done, Key + ".formula" the person's own numbers in it; both take Values.
type Step struct {
	Key         string      `json:"key"`
	Values      Values      `json:"values"`
	Result      money.Cents `json:"result_cents"`
	Rounding    string      `json:"rounding,omitempty"`  // name of the rounding, "" = the result was exact
	LegalRef    string      `json:"legal_ref,omitempty"` // "569/2009, 7 §"
	Rulebook    int64       `json:"rulebook_id,omitempty"`
	RuleVersion int         `json:"rule_version,omitempty"`
	Sum         bool        `json:"sum,omitempty"` // the last step: the sum itself
}

// Values are the named values of a step: money.Cents, money.Quantity, money.Rate, calendar.Date, int, string, i18n.Names.
type Values map[string]any

// kept is how one value is stored, so that it comes back as the type it was.
type kept struct {
	Cents    *money.Cents    `json:"cents,omitempty"`
	Quantity *money.Quantity `json:"quantity,omitempty"`
	Rate     *money.Rate     `json:"rate,omitempty"`
	Date     *calendar.Date  `json:"date,omitempty"`
	Number   *int            `json:"number,omitempty"`
	Text     *string         `json:"text,omitempty"`
	Names    *i18n.Names     `json:"names,omitempty"`
}

// MarshalJSON keeps the type of each value.
func (v Values) MarshalJSON() ([]byte, error) {
	out := make(map[string]kept, len(v))
	for name, value := range v {
		var k kept
		switch x := value.(type) {
		case money.Cents:
			k.Cents = &x
		case money.Quantity:
			k.Quantity = &x
		case money.Rate:
			k.Rate = &x
		case calendar.Date:
			k.Date = &x
		case int:
			k.Number = &x
		case string:
			k.Text = &x
		case i18n.Names:
			k.Names = &x
		default:
			return nil, fmt.Errorf("an explanation cannot keep %s of type %T", name, value)
		}
		out[name] = k
	}
	return json.Marshal(out)
}

// UnmarshalJSON gives each value its type again.
func (v *Values) UnmarshalJSON(raw []byte) error {
	var in map[string]kept
	if err := json.Unmarshal(raw, &in); err != nil {
		return fmt.Errorf("reading an explanation: %w", err)
	}
	*v = make(Values, len(in))
	for name, k := range in {
		switch {
		case k.Cents != nil:
			(*v)[name] = *k.Cents
		case k.Quantity != nil:
			(*v)[name] = *k.Quantity
		case k.Rate != nil:
			(*v)[name] = *k.Rate
		case k.Date != nil:
			(*v)[name] = *k.Date
		case k.Number != nil:
			(*v)[name] = *k.Number
		case k.Text != nil:
			(*v)[name] = *k.Text
		case k.Names != nil:
			(*v)[name] = *k.Names
		default:
			return fmt.Errorf("reading an explanation: %s has no value", name)
		}
	}
	return nil
}

// Words gives texts; *i18n.Catalogue fits.
type Words interface {
	Text(lang i18n.Lang, key string, args map[string]any) string
}

// Lines renders the steps in a language. A page maps them to its calculation component, a letter uses Trace.
func (e Explanation) Lines(words Words, lang i18n.Lang) []document.TraceLine {
	lines := make([]document.TraceLine, len(e))
	for i, s := range e {
		args := make(map[string]any, len(s.Values)+2)
		for name, value := range s.Values {
			if n, ok := value.(i18n.Names); ok {
				value = n.In(lang)
			}
			args[name] = value
		}
		lines[i] = document.TraceLine{Label: words.Text(lang, s.Key, args), Formula: words.Text(lang, s.Key+".formula", args),
			Source: s.source(words, lang), Amount: i18n.Cents(lang, s.Result), Sum: s.Sum}
	}
	return lines
}

// source names the provision, the version of the rulebook and the rounding.
func (s Step) source(words Words, lang i18n.Lang) string {
	text := s.LegalRef
	add := func(part string) {
		if text != "" {
			text += " · "
		}
		text += part
	}
	if s.RuleVersion != 0 {
		add(words.Text(lang, "rulebook.step.version", map[string]any{"version": s.RuleVersion}))
	}
	if s.Rounding != "" {
		add(words.Text(lang, "rulebook.rounding."+s.Rounding, nil))
	}
	return text
}

// Trace is the block of a letter.
func (e Explanation) Trace(words Words, lang i18n.Lang, caption string) document.Trace {
	return document.Trace{Caption: caption, Lines: e.Lines(words, lang)}
}
