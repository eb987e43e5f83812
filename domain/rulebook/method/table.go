package method

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"seteli/core/fault"
	"seteli/core/money"
)

// mostPersons is the greatest household that a calculation takes; more is a slip of the hand.
const mostPersons = 24

// sizes is a table by household size, {"1": …, "2": …} in rules.
type sizes[T any] struct {
	keys   []int
	values []T
}

// IsZero reports a table that is not given.
func (s sizes[T]) IsZero() bool { return len(s.keys) == 0 }

// at is the entry of the greatest size of at most n; false when n is smaller than every size of the table or stands in a hole of it.
// above says by how many persons n exceeds the table.
func (s sizes[T]) at(n int) (value T, above int, ok bool) {
	i, found := slices.BinarySearch(s.keys, n)
	switch {
	case found:
		return s.values[i], 0, true
	case len(s.keys) > 0 && i == len(s.keys):
		return s.values[i-1], n - s.keys[i-1], true
	}
	return value, 0, false
}

// MarshalJSON writes the object in the order of the sizes.
func (s sizes[T]) MarshalJSON() ([]byte, error) {
	keys := make([]string, len(s.keys))
	for i, k := range s.keys {
		keys[i] = strconv.Itoa(k)
	}
	return marshalOrdered(keys, s.values)
}

// UnmarshalJSON reads the object; a key that is no size of a household is refused.
func (s *sizes[T]) UnmarshalJSON(raw []byte) error {
	var object map[string]T
	if err := strictly(raw, &object); err != nil {
		return err
	}
	byKey := map[int]T{}
	for text, v := range object {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > mostPersons || strconv.Itoa(n) != text {
			return fmt.Errorf("%q is no size of a household", text)
		}
		byKey[n] = v
		s.keys = append(s.keys, n)
	}
	slices.Sort(s.keys)
	for _, k := range s.keys {
		s.values = append(s.values, byKey[k])
	}
	return nil
}

// holes refuses a table that does not begin with one person or leaves a size out.
func (s sizes[T]) holes(field string) (wrong fault.List) {
	for i, k := range s.keys {
		if k != i+1 {
			return fault.List{errSizes.At(field).With("size", i+1)}
		}
	}
	return nil
}

// bySize is the entry for a household of n persons; above the table its greatest entry plus the increase per person.
func bySize(table sizes[money.Cents], n int, increase money.Cents) (money.Cents, error) {
	v, above, ok := table.at(n)
	if !ok {
		return 0, errSizeHole.With("size", n)
	}
	return v + money.Cents(above)*increase, nil
}

// rateBySize is bySize for percentages, which never fall below zero.
func rateBySize(table sizes[money.Rate], n int, increase money.Rate) (money.Exact, error) {
	v, above, ok := table.at(n)
	if !ok {
		return money.Exact{}, errSizeHole.With("size", n)
	}
	x := v.Exact()
	if above > 0 {
		x = x.Plus(increase.Exact().Times(money.Whole(int64(above))))
	}
	if x.Sign() < 0 {
		x = money.Exact{}
	}
	return x, nil
}

// hourSteps is a table by hours of a month, {"0": …, "5": …}: an entry holds from its hours to the next.
type hourSteps[T any] struct {
	keys   []money.Rate
	exact  []money.Exact
	values []T
}

// IsZero reports a table that is not given.
func (s hourSteps[T]) IsZero() bool { return len(s.keys) == 0 }

// at is the entry of the greatest key of at most x; false below the first.
func (s hourSteps[T]) at(x money.Exact) (value T, ok bool) {
	i, found := slices.BinarySearchFunc(s.exact, x, money.Exact.Cmp)
	if !found {
		i--
	}
	if i < 0 {
		return value, false
	}
	return s.values[i], true
}

// MarshalJSON writes the object in the order of the hours.
func (s hourSteps[T]) MarshalJSON() ([]byte, error) {
	keys := make([]string, len(s.keys))
	for i, k := range s.keys {
		keys[i] = k.String()
	}
	return marshalOrdered(keys, s.values)
}

// UnmarshalJSON reads the object; a key that is no number of hours is refused.
func (s *hourSteps[T]) UnmarshalJSON(raw []byte) error {
	var object map[string]T
	if err := strictly(raw, &object); err != nil {
		return err
	}
	byKey := map[money.Rate]T{}
	for text, v := range object {
		k, err := money.ParseRate(text)
		if err != nil || k.Exact().Sign() < 0 {
			return fmt.Errorf("%q is no number of hours", text)
		}
		if _, twice := byKey[k]; twice {
			return fmt.Errorf("%q stands twice", text)
		}
		byKey[k] = v
		s.keys = append(s.keys, k)
	}
	slices.SortFunc(s.keys, func(a, b money.Rate) int { return a.Exact().Cmp(b.Exact()) })
	for _, k := range s.keys {
		s.exact, s.values = append(s.exact, k.Exact()), append(s.values, byKey[k])
	}
	return nil
}

func marshalOrdered[T any](keys []string, values []T) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		v, err := json.Marshal(values[i])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", k, v)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// strictly decodes with unknown fields refused inside of tables too.
func strictly(raw []byte, dst any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(dst)
}

// number is a factor that rules may also write as a plain JSON number, such as the divisor 60.
type number struct{ money.Factor }

// IsZero reports a number that is not given.
func (n number) IsZero() bool { return n == number{} }

// UnmarshalJSON reads a text or a plain number, by its digits.
func (n *number) UnmarshalJSON(raw []byte) error {
	return n.UnmarshalText(bytes.Trim(raw, `"`))
}

// atField names a cell of the editor: table, column and row counted from 0.
func atField(table, column string, row int) string {
	return fmt.Sprintf("%s.%s.%d", table, column, row)
}
