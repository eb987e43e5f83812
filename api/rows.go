package api

import (
	"seteli/core/fault"
	"seteli/core/ident"
)

// readRows reads what programs sent row by row: the rows that can be read, in order, and the faults of the others by their place.
func readRows[In, Out any](sent []In, read func(In, int) (Out, fault.List)) (rows []Out, unreadable map[int]fault.List) {
	rows, unreadable = make([]Out, 0, len(sent)), map[int]fault.List{}
	for i, r := range sent {
		row, faults := read(r, i)
		if len(faults) > 0 {
			unreadable[i] = faults
			continue
		}
		rows = append(rows, row)
	}
	return rows, unreadable
}

// readIdentity reads an identity code of a field; what is none is added to the faults.
func readIdentity(code, field string, faults *fault.List) ident.Hetu {
	h, err := ident.ParseHetu(code)
	if err != nil {
		*faults = append(*faults, fault.All(fault.On(err, field))...)
	}
	return h
}
