package sheet

import (
	"strconv"
	"strings"
)

// decimal reads an amount. Sound are digits with at most one comma or point that the column's other cells explain;
// spaces, currency signs, two kinds of separators and a sign at the end are proposed without them.
func (c *Cell) decimal(h habit, format Format) {
	if value, ok := simple(c.Raw); ok {
		at := strings.LastIndexAny(c.Raw, ",.")
		switch {
		case format == XLSX:
			c.sound(unfloat(value))
		case at >= 0 && len(c.Raw)-at-1 == 3 && at <= 4: // 1.234: thousands or thousandths
			c.thousands(value, at, h)
		default:
			c.sound(value)
		}
		return
	}
	if format == XLSX && strings.ContainsAny(c.Raw, "eE") { // how a stored number is written when it is very small or large
		if f, err := strconv.ParseFloat(c.Raw, 64); err == nil {
			c.sound(unfloat(strconv.FormatFloat(f, 'f', -1, 64)))
			return
		}
	}
	cleaned := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "€", "", "EUR", "", "eur", "", "'", "", "−", "-").Replace(c.Raw)
	if n := len(cleaned); n > 1 && cleaned[n-1] == '-' {
		cleaned = "-" + cleaned[:n-1]
	}
	comma, point := strings.LastIndexByte(cleaned, ','), strings.LastIndexByte(cleaned, '.')
	switch {
	case comma >= 0 && point > comma: // 1,234.50
		cleaned = strings.ReplaceAll(cleaned, ",", "")
	case point >= 0 && comma > point: // 1.234,50
		cleaned = strings.ReplaceAll(cleaned, ".", "")
	}
	if value, ok := simple(cleaned); ok {
		c.damaged(Number, value)
		return
	}
	c.damaged(Unreadable, "")
}

// thousands decides 1.234 by the other cells of the column; without any the sender is asked.
func (c *Cell) thousands(value string, at int, h habit) {
	same, other := h.comma, h.point
	if c.Raw[at] == '.' {
		same, other = h.point, h.comma
	}
	whole := strings.Replace(value, ".", "", 1)
	switch {
	case same > other:
		c.sound(value)
	case other > same:
		c.damaged(Number, whole)
	default:
		c.choice(Number, value, whole)
	}
}

// simple is [-]digits[(,|.)digits]; the value has a point.
func simple(s string) (string, bool) {
	digits, mark := 0, -1
	for i := range len(s) {
		switch b := s[i]; {
		case b >= '0' && b <= '9':
			digits++
		case (b == ',' || b == '.') && mark < 0 && digits > 0:
			mark = i
		case b == '-' && i == 0:
		default:
			return "", false
		}
	}
	if digits == 0 || digits > 18 && mark < 0 || mark == len(s)-1 {
		return "", false
	}
	if mark >= 0 && s[mark] == ',' {
		return s[:mark] + "." + s[mark+1:], true
	}
	return s, true
}

// unfloat rounds what a spreadsheet stores (0.30000000000000004) to the fifteen digits that it shows. Text only:
// nothing is computed with it.
func unfloat(s string) string {
	if len(s) < 16 {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	short := strconv.FormatFloat(f, 'g', 15, 64)
	if strings.ContainsRune(short, 'e') {
		return s
	}
	return short
}

// hours reads a duration. One column has one meaning: 2:30 is clock form, 2,5 decimal; 2.30 is always asked.
func (c *Cell) hours(h habit, format Format) {
	if hour, minute, ok := clock(c.Raw, ":"); ok {
		c.sound(clockText(1, hour, minute))
		return
	}
	value, ok := simple(c.Raw)
	if !ok {
		cleaned := strings.TrimSpace(strings.TrimRight(strings.ToLower(c.Raw), " htim."))
		if value, ok = simple(cleaned); ok {
			c.damaged(HourForm, hoursValue(value))
			return
		}
		c.damaged(Unreadable, "")
		return
	}
	if minutes, ok := dayFraction(value); ok {
		c.choice(HourForm, clockText(1, minutes/60, minutes%60), value)
		return
	}
	if hour, minute, ok := clock(c.Raw, "."); ok && format == CSV {
		asClock, asDecimal := clockText(1, hour, minute), hoursValue(value)
		if h.clock > 0 {
			c.choice(HourForm, asClock, asDecimal)
		} else {
			c.choice(HourForm, asDecimal, asClock)
		}
		return
	}
	c.sound(hoursValue(value))
}

// hoursValue writes a decimal of whole minutes as 2:30, others as they are.
func hoursValue(value string) string {
	whole, part, _ := strings.Cut(value, ".")
	n, err := strconv.Atoi("0" + strings.TrimPrefix(whole, "-"))
	if err != nil || len(part) > 9 || strings.HasPrefix(value, "-") {
		return value
	}
	scale, parts := 1, 0
	for i := range len(part) {
		parts, scale = parts*10+int(part[i]-'0'), scale*10
	}
	if parts*60%scale != 0 {
		return value
	}
	return clockText(1, n, parts*60/scale)
}

// dayFraction reads 0.104167 as minutes of a day: at least four decimals and within half a second of a whole minute.
func dayFraction(value string) (int, bool) {
	part, ok := strings.CutPrefix(value, "0.")
	if !ok || len(part) < 4 {
		return 0, false
	}
	part = (part + "000000000")[:9]
	n, err := strconv.Atoi(part)
	if err != nil {
		return 0, false
	}
	const day, billion = 24 * 60, 1_000_000_000
	minutes := (n*day + billion/2) / billion
	rest := n*day - minutes*billion
	return minutes, minutes > 0 && minutes < day && max(rest, -rest) < billion/10
}

// clock reads h:mm and hh:mm, also with seconds of zero.
func clock(s, mark string) (hour, minute int, ok bool) {
	hours, rest, found := strings.Cut(s, mark)
	rest = strings.TrimSuffix(rest, mark+"00")
	if !found || len(hours) < 1 || len(hours) > 3 || len(rest) != 2 || !digitsOnly(hours) || !digitsOnly(rest) {
		return 0, 0, false
	}
	hour, _ = strconv.Atoi(hours) // digits only
	minute, _ = strconv.Atoi(rest)
	return hour, minute, minute < 60
}

// time reads a time of day: 8:30 and the Finnish 8.30 are sound.
func (c *Cell) time(format Format) {
	for _, mark := range []string{":", "."} {
		if mark == "." && format == XLSX && strings.HasPrefix(c.Raw, "0.") { // a stored part of a day: 0.25 is six o'clock
			continue
		}
		if hour, minute, ok := clock(c.Raw, mark); ok && hour < 24 {
			c.sound(clockText(2, hour, minute))
			return
		}
	}
	if value, ok := simple(c.Raw); ok {
		if minutes, ok := dayFraction(value + "0000"); ok {
			at := clockText(2, minutes/60, minutes%60)
			if format == XLSX {
				c.sound(at)
			} else {
				c.damaged(TimeForm, at)
			}
			return
		}
	}
	if digitsOnly(c.Raw) && len(c.Raw) <= 4 {
		padded := c.Raw + "00"
		if len(c.Raw) > 2 {
			padded = c.Raw
		}
		n, _ := strconv.Atoi(padded) // digits only
		if n/100 < 24 && n%100 < 60 {
			c.damaged(TimeForm, clockText(2, n/100, n%100))
			return
		}
	}
	c.damaged(Unreadable, "")
}

// clockText writes 8:30, or 08:30 when the hour has two places.
func clockText(places, hour, minute int) string {
	var b [8]byte
	out := b[:0]
	if places == 2 && hour < 10 {
		out = append(out, '0')
	}
	out = strconv.AppendInt(out, int64(hour), 10)
	return string(append(out, ':', byte('0'+minute/10), byte('0'+minute%10)))
}
