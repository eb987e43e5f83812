package rulebook

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"seteli/core/money"
)

// Comparison tells the fee of the organiser's own service for the same need: what a client is told beside the own share before
// choosing (569/2009, 6 §). It is never billed for a voucher. The kind names a fee, the parameters are its own.
type Comparison struct {
	Kind   string
	params json.RawMessage // the whole object, kind included
}

// NewComparison makes a comparison of any kind; params is a value whose JSON object has the field "kind".
func NewComparison(kind string, params any) (Comparison, error) {
	raw, err := json.Marshal(params)
	if err != nil {
		return Comparison{}, errShape.Because(err)
	}
	return Comparison{kind, raw}, nil
}

// Params reads the fee's parameters into dst; unknown fields are refused (RUL-003).
func (c Comparison) Params(dst any) error {
	d := json.NewDecoder(bytes.NewReader(c.params))
	d.DisallowUnknownFields()
	if err := d.Decode(dst); err != nil {
		return errShape.Because(err)
	}
	return nil
}

// MarshalJSON gives the object as it was read.
func (c Comparison) MarshalJSON() ([]byte, error) {
	if c.params == nil {
		return json.Marshal(map[string]string{"kind": c.Kind})
	}
	return c.params, nil
}

// UnmarshalJSON keeps the object and reads the name of the kind.
func (c *Comparison) UnmarshalJSON(raw []byte) error {
	var head struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return err
	}
	c.Kind, c.params = head.Kind, bytes.Clone(raw)
	return nil
}

// OwnFee is what a month of the organiser's own service would cost the client.
type OwnFee struct {
	Fee         money.Cents
	Known       bool // without an income and without a highest fee there is none to name
	Explanation Explanation
}

// Comparer is a model that knows the fees of organisers' own services.
type Comparer interface {
	// CheckComparison refuses parameters that cannot be applied.
	CheckComparison(Comparison) error
	// OwnFee computes the fee of so many units in a month.
	OwnFee(c Comparison, f Facts, units money.Exact) (OwnFee, error)
	// OwnFeeNeeds tells what the fee depends on.
	OwnFeeNeeds(Comparison) (Needs, error)
}

// comparer is one of the models that know the fees; they all know the same.
func (m Models) comparer() (Comparer, error) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if c, ok := m[name].(Comparer); ok {
			return c, nil
		}
	}
	return nil, errComparison
}

// CheckComparison refuses a fee that cannot be computed; RUL-028 when its kind is not known to this program.
func (m Models) CheckComparison(c Comparison) error {
	of, err := m.comparer()
	if err != nil {
		return err
	}
	return of.CheckComparison(c)
}

// OwnFee computes the fee of the organiser's own service under a rulebook version; nothing when the version names none.
func (m Models) OwnFee(r Rulebook, f Facts, units money.Exact) (OwnFee, error) {
	if r.Rules.Comparison == nil {
		return OwnFee{}, nil
	}
	of, err := m.comparer()
	if err != nil {
		return OwnFee{}, err
	}
	return of.OwnFee(*r.Rules.Comparison, f, units)
}

// OwnFeeNeeds tells what the fee of the organiser's own service depends on; nothing when the version names none.
func (m Models) OwnFeeNeeds(r Rulebook) (Needs, error) {
	if r.Rules.Comparison == nil {
		return Needs{}, nil
	}
	of, err := m.comparer()
	if err != nil {
		return Needs{}, err
	}
	return of.OwnFeeNeeds(*r.Rules.Comparison)
}
