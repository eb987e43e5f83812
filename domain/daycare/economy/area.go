package economy

import (
	"cmp"
	"slices"

	"seteli/core/money"
)

// Together puts those of a list together that count fewer than Least, so that nobody is told apart; where what is put together is still fewer,
// or would be one alone that the total tells, the smallest of the others goes with them. The rest is nil when nobody is hidden.
func Together[T any](list []T, count func(T) int, join func(a, b T) T) (told []T, rest *T) {
	small := 0
	for _, x := range list {
		switch {
		case count(x) >= Least:
			told = append(told, x)
		case count(x) > 0:
			small++
			rest = joinedTo(rest, x, join)
		}
	}
	for rest != nil && len(told) > 0 && (small == 1 || count(*rest) < Least) {
		at := 0
		for i, x := range told {
			if count(x) < count(told[at]) {
				at = i
			}
		}
		small++
		rest = joinedTo(rest, told[at], join)
		told = slices.Delete(told, at, at+1)
	}
	return told, rest
}

func joinedTo[T any](rest *T, x T, join func(a, b T) T) *T {
	if rest != nil {
		x = join(*rest, x)
	}
	return &x
}

// AreaShare is the children of a postal area's units with their own shares of the day. Who pays nothing is told by income only: told both
// ways, one count would give away what the other hides.
type AreaShare struct {
	Name        string // "" = the register does not tell it
	Rest        bool   // areas of too few children, put together
	Children    int
	Own, Family money.Cents // sums of a month
}

// areaShares parts the children by area; areas of few are put together.
func areaShares(of map[string]*AreaShare) []AreaShare {
	var list []AreaShare
	for _, a := range of {
		list = append(list, *a)
	}
	slices.SortFunc(list, func(a, b AreaShare) int { return cmp.Compare(a.Name, b.Name) })
	told, rest := Together(list, func(a AreaShare) int { return a.Children }, func(a, b AreaShare) AreaShare {
		return AreaShare{Rest: true, Children: a.Children + b.Children, Own: a.Own + b.Own, Family: a.Family + b.Family}
	})
	if rest != nil {
		rest.Rest = true
		if rest.Children >= Least { // fewer in all are not told
			told = append(told, *rest)
		}
	}
	return told
}
