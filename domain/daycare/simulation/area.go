package simulation

import (
	"maps"
	"slices"

	"seteli/domain/daycare/economy"
)

// Area is what the change does in the year in the units of a postal area. A family with children in two areas is among both. The homes of
// families are not read: a protected address could show.
type Area struct {
	Name string `json:"name"` // "" = the register does not tell it
	Rest bool   `json:"rest"` // areas of fewer than five families, put together
	Families
	Municipality Pair `json:"municipality"`
	Own          Pair `json:"own"`
	Family       Pair `json:"family"`
}

// areaTally gathers one area.
type areaTally struct {
	name         string
	rest         bool
	families     map[string]*family
	municipality Pair
}

func (t *tally) areaOf(unit int64) *areaTally {
	name := t.areaNames[unit]
	a := t.areas[name]
	if a == nil {
		a = &areaTally{name: name, families: map[string]*family{}}
		t.areas[name] = a
	}
	return a
}

// familyIn is the part of a family that its children in the area make.
func (a *areaTally) familyIn(key string) *family {
	f := a.families[key]
	if f == nil {
		f = &family{}
		a.families[key] = f
	}
	return f
}

// join keeps a family that both have as one.
func (a areaTally) join(b areaTally) areaTally {
	out := areaTally{rest: true, families: map[string]*family{}, municipality: a.municipality.plus(b.municipality)}
	for _, of := range []map[string]*family{a.families, b.families} {
		for key, f := range of {
			x := out.familyIn(key)
			x.own, x.family = x.own.plus(f.own), x.family.plus(f.family)
		}
	}
	return out
}

// areasTold are the areas of at least five families, and the others together.
func (t *tally) areasTold() []Area {
	var list []areaTally
	for _, name := range slices.Sorted(maps.Keys(t.areas)) {
		list = append(list, *t.areas[name])
	}
	told, rest := economy.Together(list, func(a areaTally) int { return len(a.families) }, areaTally.join)
	if rest != nil && len(rest.families) >= Least { // fewer in all are not told
		rest.rest = true
		told = append(told, *rest)
	}
	out := make([]Area, len(told))
	for i, a := range told {
		out[i] = Area{Name: a.name, Rest: a.rest, Municipality: a.municipality}
		for _, key := range slices.Sorted(maps.Keys(a.families)) {
			f := a.families[key]
			out[i].add(f)
			out[i].Own, out[i].Family = out[i].Own.plus(f.own), out[i].Family.plus(f.family)
		}
	}
	return out
}
