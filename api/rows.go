package api

import (
	"strconv"

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

// rowErrors says what is wrong in one row of a list; a fault of no field stands at the row.
func (a *API) rowErrors(c *call, list string, row int, faults fault.List) (out []FieldError) {
	for _, f := range faults {
		e := a.fieldError(c.lang, f)
		e.Pointer = "#/" + list + "/" + strconv.Itoa(row)
		switch f.Field {
		case "":
		case "amount":
			e.Pointer += "/amount_cents" // as sums are named here
		default:
			e.Pointer += "/" + f.Field
		}
		out = append(out, e)
	}
	return out
}
