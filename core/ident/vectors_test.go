package ident_test

import (
	"encoding/json"
	"testing"

	"seteli/core/ident"
	"seteli/internal/sharedtest"
)

type vector struct {
	Value, Input, Parsed, Why, Note, Base, RF, Normal, Reference string
	Valid, Artificial                                            bool
	BirthDate                                                    string `json:"birth_date"`
	BusinessID                                                   string `json:"business_id"`
	OVT, Peppol, VAT, Kind                                       string
}

func vectors(t *testing.T) map[string][]vector {
	t.Helper()
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(sharedtest.Read(t, "conformance", "identifiers", "vectors.json"), &raw); err != nil {
		t.Fatal(err)
	}
	delete(raw, "about")
	all := map[string][]vector{}
	for name, list := range raw {
		var v []vector
		if err := json.Unmarshal(list, &v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(v) == 0 {
			t.Fatalf("%s: no vectors", name)
		}
		all[name] = v
	}
	return all
}

// strict reports that s is valid exactly as written: the vectors judge a validator, which neither trims nor changes case.
func strict(s string, normal string, err error) bool { return err == nil && normal == s }

func TestVectors(t *testing.T) {
	t.Parallel()
	all := vectors(t)
	tests := map[string]func(*testing.T, vector){
		"hetu_valid":   checkHetu,
		"hetu_invalid": checkHetu,
		"hetu_parse": func(t *testing.T, v vector) {
			h, err := ident.ParseHetu(v.Input)
			if (err == nil) != v.Valid || h.Reveal() != v.Parsed {
				t.Errorf("%q: %q, %v", v.Input, h.Reveal(), err)
			}
		},
		"business_id": func(t *testing.T, v vector) {
			id, err := ident.ParseBusinessID(v.Value)
			if strict(v.Value, id.String(), err) != v.Valid {
				t.Errorf("%q (%s): %v", v.Value, v.Why, err)
			}
		},
		"business_id_parse": func(t *testing.T, v vector) {
			if id, err := ident.ParseBusinessID(v.Input); err != nil || id.String() != v.Parsed {
				t.Errorf("%q: %s, %v", v.Input, id, err)
			}
		},
		"iban": func(t *testing.T, v vector) {
			i, err := ident.ParseIBAN(v.Value)
			if (err == nil) != v.Valid || v.Parsed != "" && i.String() != v.Parsed {
				t.Errorf("%q (%s): %s, %v", v.Value, v.Why, i, err)
			}
		},
		"reference":    checkReference,
		"rf_reference": checkRF,
		"ovt": func(t *testing.T, v vector) {
			id := business(t, v.BusinessID)
			back, err := ident.ParseOVT(v.Peppol)
			if id.OVT().String() != v.OVT || id.OVT().Peppol() != v.Peppol || err != nil || back.BusinessID() != id {
				t.Errorf("%s: %s %s, %v", id, id.OVT(), id.OVT().Peppol(), err)
			}
		},
		"vat_number": func(t *testing.T, v vector) {
			id := business(t, v.BusinessID)
			back, err := ident.ParseVAT(v.VAT)
			if id.VAT() != v.VAT || err != nil || back != id {
				t.Errorf("%s: %s, %v", id, id.VAT(), err)
			}
		},
		"oid": func(t *testing.T, v vector) {
			if o, err := ident.ParseOID(v.Value); (err == nil) != v.Valid || v.Valid && o.String() != v.Value {
				t.Errorf("%q: %v", v.Value, err)
			}
		},
	}
	for name, list := range all {
		check, known := tests[name]
		if !known {
			t.Errorf("vectors %q are not tested", name)
			continue
		}
		for _, v := range list {
			check(t, v)
		}
	}
}

func checkHetu(t *testing.T, v vector) {
	h, err := ident.ParseHetu(v.Value)
	if strict(v.Value, h.Reveal(), err) != v.Valid {
		t.Errorf("%q (%s%s): %v", v.Value, v.Note, v.Why, err)
	}
	if v.Valid && (h.BirthDate().String() != v.BirthDate || h.Artificial() != v.Artificial) {
		t.Errorf("%q: born %s, artificial %v", v.Value, h.BirthDate(), h.Artificial())
	}
}

func checkReference(t *testing.T, v vector) {
	r, err := ident.ParseReference(v.Value)
	if (err == nil) != v.Valid {
		t.Errorf("%q (%s): %v", v.Value, v.Why, err)
	}
	if v.Normal != "" && r.String() != v.Normal {
		t.Errorf("%q: %s", v.Value, r)
	}
	if v.Base != "" && r.Base() != v.Base || v.RF != "" && r.RF().String() != v.RF {
		t.Errorf("%q: base %s, %s", v.Value, r.Base(), r.RF())
	}
}

func checkRF(t *testing.T, v vector) {
	rf, err := ident.ParseRF(v.Value)
	if (err == nil) != v.Valid {
		t.Errorf("%q: %v", v.Value, err)
	}
	if v.Reference != "" {
		if ref, ok := rf.Reference(); !ok || ref.String() != v.Reference {
			t.Errorf("%q: %s", v.Value, ref)
		}
	}
}

func business(t *testing.T, s string) ident.BusinessID {
	t.Helper()
	id, err := ident.ParseBusinessID(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
