package money

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5/pgtype"

	"seteli/core/fault"
)

var (
	errTooLarge  = fault.New(fault.Invalid, "MON-001", "core.money.too_large")
	errAmount    = fault.New(fault.Invalid, "MON-002", "core.money.amount").At("amount")
	errDecimals  = fault.New(fault.Invalid, "MON-003", "core.money.decimals").At("amount")
	errQuantity  = fault.New(fault.Invalid, "MON-004", "core.quantity.shape").At("quantity")
	errThousands = fault.New(fault.Invalid, "MON-005", "core.quantity.decimals").At("quantity")
	errMinutes   = fault.New(fault.Invalid, "MON-006", "core.quantity.minutes").At("quantity")
	errMany      = fault.New(fault.Invalid, "MON-007", "core.quantity.too_large").At("quantity")
)

const (
	// largest typed amount, 1,000 million euros: more is a slip of the hand, and every product with a quantity still fits.
	largest Cents = 100_000_000_000
	// most typed units: more is a slip of the hand.
	most Quantity = 1_000_000 * PerUnit
)

// number: a sign, digits in one block or in groups of three, and perhaps decimals. Spaces are already plain.
var number = regexp.MustCompile(`^(-?)([0-9]{1,15}|[0-9]{1,3}(?: [0-9]{3}){1,4})(?:\.([0-9]+))?$`)

// ParseCents reads an amount in euros as people type it: "1 234,50", "1234.5 €", "-12". A third decimal is refused
// (MON-003) rather than rounded, and so is a point or comma used to group thousands.
func ParseCents(s string) (Cents, error) {
	s = trim(s)
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(s, "€"), "€"))
	m := number.FindStringSubmatch(dot(s))
	if m == nil {
		return 0, errAmount
	}
	whole, err := strconv.ParseInt(strings.ReplaceAll(m[2], " ", ""), 10, 64)
	if err != nil {
		return 0, errAmount.Because(err)
	}
	if len(m[3]) > 2 {
		return 0, errDecimals
	}
	if whole > int64(largest/100) {
		return 0, errTooLarge.With("most", largest).At(errAmount.Field)
	}
	part, _ := strconv.Atoi((m[3] + "00")[:2]) // two digits by the pattern
	c := Cents(whole)*100 + Cents(part)
	if c > largest {
		return 0, errTooLarge.With("most", largest).At(errAmount.Field)
	}
	if m[1] != "" {
		return -c, nil
	}
	return c, nil
}

// ParseQuantity reads units as people type them: "2", "2,5", "0.125". At most three decimals (MON-005), never
// negative: a correction is made with the right quantity, not with a negative one.
func ParseQuantity(s string) (Quantity, error) { return readQuantity(s, most) }

func readQuantity(s string, limit Quantity) (Quantity, error) {
	m := number.FindStringSubmatch(dot(trim(s)))
	if m == nil || m[1] != "" {
		return 0, errQuantity
	}
	whole, err := strconv.ParseInt(strings.ReplaceAll(m[2], " ", ""), 10, 64)
	if err != nil {
		return 0, errQuantity.Because(err)
	}
	if len(m[3]) > 3 {
		return 0, errThousands
	}
	part, _ := strconv.Atoi((m[3] + "000")[:3])     // three digits by the pattern
	q := Units(whole) + Quantity(part*PerUnit/1000) // fifteen digits fit
	if q > limit {
		return 0, errMany.With("most", limit)
	}
	return q, nil
}

var clock = regexp.MustCompile(`^([0-9]{1,15}):([0-9]{1,2})$`)

// ParseHours reads hours: as hours and minutes "2:30", or as a decimal like ParseQuantity. "2.30" is two point
// three hours, not half past two.
func ParseHours(s string) (Quantity, error) { return readHours(s, most) }

func readHours(s string, limit Quantity) (Quantity, error) {
	s = trim(s)
	m := clock.FindStringSubmatch(s)
	if m == nil {
		return readQuantity(s, limit)
	}
	h, _ := strconv.ParseInt(m[1], 10, 64) // digits by the pattern
	min, _ := strconv.ParseInt(m[2], 10, 64)
	if min > 59 || len(m[2]) != 2 {
		return 0, errMinutes
	}
	q := Units(h) + Minutes(min)
	if q > limit {
		return 0, errMany.With("most", limit)
	}
	return q, nil
}

// String is the amount in euros with a point and two decimals, -1234.50; files and logs use it.
func (c Cents) String() string {
	sign := ""
	if c < 0 {
		sign = "-"
	}
	n := abs(int64(c))
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// String is a plain decimal of up to three places ("2.5") where the quantity is one, hours and minutes ("0:20")
// where only those are exact, and parts ("1/3000") otherwise. UnmarshalText reads all three.
func (q Quantity) String() string {
	sign := ""
	if q < 0 {
		sign = "-"
	}
	n := abs(int64(q))
	switch {
	case n%3 == 0:
		s := fmt.Sprintf("%d.%03d", n/PerUnit, n%PerUnit/3)
		return sign + strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	case n%50 == 0:
		return fmt.Sprintf("%s%d:%02d", sign, n/PerUnit, n%PerUnit/50)
	}
	return fmt.Sprintf("%s%d/%d", sign, n, PerUnit)
}

// MarshalText gives JSON the exact form of String.
func (q Quantity) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads what String writes, and quantities as people type them, without a limit: totals are stored too.
func (q *Quantity) UnmarshalText(b []byte) error {
	s, negative := strings.CutPrefix(string(b), "-")
	var v Quantity
	var err error
	if parts, found := strings.CutSuffix(s, "/"+strconv.Itoa(PerUnit)); found {
		var n int64
		if n, err = strconv.ParseInt(parts, 10, 64); err != nil || n < 0 {
			return errQuantity.Because(err)
		}
		v = Quantity(n)
	} else if v, err = readHours(s, math.MaxInt64); err != nil {
		return err
	}
	if negative {
		v = -v
	}
	*q = v
	return nil
}

// ScanInt64 lets pgx read a bigint column of 1/3000 units.
func (q *Quantity) ScanInt64(v pgtype.Int8) error {
	if !v.Valid {
		return fmt.Errorf("a null cannot be read into money.Quantity")
	}
	*q = Quantity(v.Int64)
	return nil
}

// Int64Value lets pgx write a bigint column of 1/3000 units.
func (q Quantity) Int64Value() (pgtype.Int8, error) {
	return pgtype.Int8{Int64: int64(q), Valid: true}, nil
}

// trim makes every kind of space a plain one, drops those around, and reads the typographic minus.
func trim(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '\u202f', r == '\u2009':
			return ' '
		case r == '\u2212':
			return '-'
		}
		return r
	}, s))
}

// dot reads the decimal comma; a text that has both signs stays as it is and matches no number.
func dot(s string) string {
	if strings.Contains(s, ".") {
		return s
	}
	return strings.Replace(s, ",", ".", 1)
}
