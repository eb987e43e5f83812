package sheet

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"seteli/core/fault"
)

type csvSource struct {
	text  string
	comma rune
}

func (s csvSource) records(yield func(int, []string, *fault.Fault) bool) {
	r := csv.NewReader(strings.NewReader(s.text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = s.comma, -1, true
	for {
		record, err := r.Read()
		var broken *csv.ParseError
		switch {
		case err == io.EOF:
			return
		case errors.As(err, &broken):
			if !yield(broken.StartLine, nil, errQuote.With("row", broken.StartLine).With("column", broken.Column)) {
				return
			}
			continue
		case err != nil: // a string does not fail to be read
			yield(0, nil, errDamaged.Because(err))
			return
		}
		row, _ := r.FieldPos(0)
		if !yield(row, record, nil) {
			return
		}
	}
}
