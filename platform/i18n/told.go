package i18n

import (
	"encoding/json"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
)

// Values are the values of a text, kept without a language: days, sums, quantities, numbers, keys and words, each as what it is.
type Values map[string]any

type keptValue struct {
	Date     *calendar.Date  `json:"date,omitempty"`
	Cents    *money.Cents    `json:"cents,omitempty"`
	Quantity *money.Quantity `json:"parts,omitempty"`
	Number   *int            `json:"n,omitempty"`
	Key      *Key            `json:"key,omitempty"`
	Text     *string         `json:"text,omitempty"`
}

// MarshalJSON refuses a value of a type that would not come back as it was.
func (v Values) MarshalJSON() ([]byte, error) {
	kept := make(map[string]keptValue, len(v))
	for name, value := range v {
		switch x := value.(type) {
		case calendar.Date:
			kept[name] = keptValue{Date: &x}
		case money.Cents:
			kept[name] = keptValue{Cents: &x}
		case money.Quantity:
			kept[name] = keptValue{Quantity: &x}
		case int:
			kept[name] = keptValue{Number: &x}
		case Key:
			kept[name] = keptValue{Key: &x}
		case string:
			kept[name] = keptValue{Text: &x}
		default:
			return nil, fmt.Errorf("value %s has type %T, which is not kept", name, value)
		}
	}
	return json.Marshal(kept)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (v *Values) UnmarshalJSON(b []byte) error {
	var kept map[string]keptValue
	if err := json.Unmarshal(b, &kept); err != nil {
		return err
	}
	*v = make(Values, len(kept))
	for name, x := range kept {
		switch {
		case x.Date != nil:
			(*v)[name] = *x.Date
		case x.Cents != nil:
			(*v)[name] = *x.Cents
		case x.Quantity != nil:
			(*v)[name] = *x.Quantity
		case x.Number != nil:
			(*v)[name] = *x.Number
		case x.Key != nil:
			(*v)[name] = *x.Key
		case x.Text != nil:
			(*v)[name] = *x.Text
		}
	}
	return nil
}

// Told is the message of a fault that is kept to be said later, to whoever looks in their own language: why one of many was refused.
// The zero value tells nothing.
type Told struct {
	Key    string `json:"key"`
	Values Values `json:"values,omitempty"`
}

// Tell keeps the message of the first fault in err; nothing when it holds none. A value of a rarer type is kept as its plain text: a
// refusal is never lost for the form of a number.
func Tell(err error) Told {
	list := fault.All(err)
	if len(list) == 0 {
		return Told{}
	}
	t := Told{Key: list[0].Key, Values: make(Values, len(list[0].Values))}
	for name, value := range list[0].Values {
		switch x := value.(type) {
		case calendar.Date, money.Cents, money.Quantity, int, Key, string:
			t.Values[name] = x
		case int32:
			t.Values[name] = int(x)
		case int64:
			t.Values[name] = int(x)
		default:
			t.Values[name] = fmt.Sprint(value)
		}
	}
	return t
}

// Stored is the message as a column keeps it; "" for nothing.
func (t Told) Stored() (string, error) {
	if t.Key == "" {
		return "", nil
	}
	raw, err := json.Marshal(t)
	return string(raw), err
}

// ReadTold reads what Stored gave; nil gives nothing.
func ReadTold(raw []byte) (Told, error) {
	var t Told
	if len(raw) == 0 {
		return t, nil
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		return t, fmt.Errorf("reading a kept message: %w", err)
	}
	return t, nil
}

// In says the message in a language.
func (t Told) In(texts *Catalogue, lang Lang) string { return texts.Text(lang, t.Key, t.Values) }
