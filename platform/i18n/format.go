package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/core/money"
)

const (
	nbsp  = "\u00a0"
	minus = "\u2212"
)

// value prints one argument of a text by its type.
func (c *Catalogue) value(lang Lang, v any) string {
	switch v := v.(type) {
	case string:
		return v
	case Names:
		return v.In(lang)
	case Key:
		return c.Text(lang, string(v), nil)
	case money.Cents:
		return Cents(lang, v)
	case money.Quantity:
		return Number(lang, v)
	case money.Rate:
		return Rate(lang, v)
	case calendar.Date:
		return Date(lang, v)
	case calendar.Period:
		return Period(lang, v)
	case calendar.Month:
		return Month(lang, v)
	case time.Time:
		return DateTime(lang, v)
	case int:
		return Int(lang, int64(v))
	case int32:
		return Int(lang, int64(v))
	case int64:
		return Int(lang, v)
	case ident.IBAN:
		return v.Print()
	case ident.VoucherNumber:
		return v.Print()
	case ident.Reference:
		return v.Print()
	case *fault.Fault:
		return c.Fault(lang, v)
	}
	return fmt.Sprint(v)
}

func isOne(n any) bool {
	switch n := n.(type) {
	case int:
		return n == 1
	case int32:
		return n == 1
	case int64:
		return n == 1
	case money.Quantity:
		return n == money.Units(1)
	}
	return false
}

// number writes a plain decimal ("-1234.50") with the language's signs: 1 234,50 or 1,234.50, and U+2212 as minus.
func number(lang Lang, plain string) string {
	digits, negative := strings.CutPrefix(plain, "-")
	whole, part, decimal := strings.Cut(digits, ".")
	group, point := nbsp, ","
	if lang == EN {
		group, point = ",", "."
	}
	var b strings.Builder
	if negative {
		b.WriteString(minus)
	}
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteByte(whole[i])
	}
	if decimal {
		b.WriteString(point + part)
	}
	return b.String()
}

// Int writes a whole number in groups of three. A year is no number: give it as text.
func Int(lang Lang, n int64) string { return number(lang, strconv.FormatInt(n, 10)) }

// Cents writes an amount: 1 842,00 € in Finnish and Swedish, €1,842.00 in English; never broken over two lines.
func Cents(lang Lang, c money.Cents) string {
	s := number(lang, c.String())
	if lang != EN {
		return s + nbsp + "€"
	}
	if rest, negative := strings.CutPrefix(s, minus); negative {
		return minus + "€" + rest
	}
	return "€" + s
}

// Rate writes an exact decimal with all its places.
func Rate(lang Lang, r money.Rate) string { return number(lang, r.String()) }

// Number writes a quantity without its unit: 2,5; hours that are no plain decimal as 2:20.
func Number(lang Lang, q money.Quantity) string {
	s := q.String()
	if strings.ContainsAny(s, ":/") {
		return strings.Replace(s, "-", minus, 1)
	}
	return number(lang, s)
}

// Quantity writes a quantity with the short name of its unit: 2,5 h, 3 kpl. Unit is a key of texts/unit.json
// without area and ending: hour, visit, day, week, month, piece, euro. Euros are written like an amount.
func Quantity(lang Lang, q money.Quantity, unit string) string {
	if cents, rest := int64(q)*100/money.PerUnit, int64(q)*100%money.PerUnit; unit == "euro" && rest == 0 {
		return Cents(lang, money.Cents(cents))
	}
	return Number(lang, q) + nbsp + builtin().Text(lang, "unit."+unit+".short", nil)
}

// QuantityInWords writes a quantity with the full name of its unit: 1 tunti, 2,5 tuntia.
func QuantityInWords(lang Lang, q money.Quantity, unit string) string {
	return builtin().Text(lang, "unit."+unit+".count", map[string]any{"n": q})
}

// Date writes 1.12.2026 in Finnish and Swedish, 1 December 2026 in English.
func Date(lang Lang, d calendar.Date) string {
	y, m, day := d.Civil()
	if lang == EN {
		return fmt.Sprintf("%d%s%s%s%d", day, nbsp, MonthName(lang, m), nbsp, y)
	}
	return fmt.Sprintf("%d.%d.%d", day, int(m), y)
}

// MonthName is the name of the month alone: joulukuu, december, December.
func MonthName(lang Lang, m time.Month) string {
	return builtin().Text(lang, "calendar.month."+strconv.Itoa(int(m)), nil)
}

// WeekdayName is the name of the day of the week: tiistai, tisdag, Tuesday.
func WeekdayName(lang Lang, w time.Weekday) string {
	return builtin().Text(lang, "calendar.weekday."+strconv.Itoa(int(w)), nil)
}

// Month writes joulukuu 2026.
func Month(lang Lang, m calendar.Month) string {
	y, mo := m.Civil()
	return MonthName(lang, mo) + nbsp + strconv.Itoa(y)
}

// Period writes the first and the last day with an en dash; an open end stays open, one day stands alone.
func Period(lang Lang, p calendar.Period) string {
	switch {
	case p.Days() == 1:
		return Date(lang, p.From)
	case p.To == calendar.Forever:
		return Date(lang, p.From) + "\u2013"
	}
	return Date(lang, p.From) + "\u2013" + Date(lang, p.Last())
}

// Time writes the time of day in Finland: klo 8.05, kl. 8.05, 8:05.
func Time(lang Lang, t time.Time) string {
	t = t.In(calendar.Helsinki)
	switch lang {
	case SV:
		return fmt.Sprintf("kl.%s%d.%02d", nbsp, t.Hour(), t.Minute())
	case EN:
		return fmt.Sprintf("%d:%02d", t.Hour(), t.Minute())
	}
	return fmt.Sprintf("klo%s%d.%02d", nbsp, t.Hour(), t.Minute())
}

// DateTime writes day and time in Finland.
func DateTime(lang Lang, t time.Time) string {
	return Date(lang, calendar.DateOf(t.In(calendar.Helsinki))) + " " + Time(lang, t)
}
