package golden

import (
	"fmt"
	"maps"
	"slices"

	"seteli/domain/rulebook"
)

// Kind computes one kind of case by calling the engine. It reads what it needs from the two objects and checks inputs.Err()
// before it computes when a wrong or missing field could do harm; the runner asks it again at the end in any case, so that
// a kind may return as soon as it has computed.
type Kind func(inputs, parameters Node) (Result, error)

// Result is what a kind computed.
type Result struct {
	Fields map[string]any       // by the names of the format; anything that encoding/json writes
	Steps  rulebook.Explanation // how they came about; may be empty
}

// Fields is a result without explanation.
func Fields(f map[string]any) Result { return Result{Fields: f} }

// Kinds are the known kinds by name.
type Kinds map[string]Kind

// Add takes the kinds of another package in and gives all of them. A name that is taken is a programming error and panics.
func (k Kinds) Add(more Kinds) Kinds {
	for name, kind := range more {
		if _, taken := k[name]; taken {
			panic(fmt.Sprintf("golden: two kinds are called %s", name))
		}
		k[name] = kind
	}
	return k
}

// Names lists the kinds alphabetically.
func (k Kinds) Names() []string { return slices.Sorted(maps.Keys(k)) }
