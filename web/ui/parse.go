package ui

import (
	"net/mail"
	"strconv"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
)

// ParseDate reads a day as people type it: 1.12.2026, 01.12.2026, 2026-12-01, 011226 (day, month, year of the
// 2000s). The day must exist and lie in 1900–2199.
func ParseDate(s string) (calendar.Date, error) {
	s = strings.TrimSpace(s)
	var d, m, y string
	switch {
	case len(s) == 6 && digits(s):
		d, m, y = s[:2], s[2:4], "20"+s[4:]
	case strings.Count(s, ".") == 2:
		parts := strings.Split(s, ".")
		d, m, y = strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2])
	case len(s) == 10 && strings.Count(s, "-") == 2:
		y, m, d = s[:4], s[5:7], s[8:]
	default:
		return 0, errDate
	}
	if len(y) != 4 || len(d) > 2 || len(m) > 2 || !digits(d) || !digits(m) || !digits(y) {
		return 0, errDate
	}
	day, month, year := number(d), number(m), number(y)
	if year < 1900 || year > 2199 || month < 1 || month > 12 {
		return 0, errDate
	}
	date := calendar.Day(year, time.Month(month), day)
	if gy, gm, gd := date.Civil(); gy != year || int(gm) != month || gd != day {
		return 0, errDate // 31.2. would slide into March
	}
	return date, nil
}

// ParseMonth reads 12/2026, 12.2026 or 2026-12.
func ParseMonth(s string) (calendar.Month, error) {
	s = strings.TrimSpace(s)
	if m, y, ok := strings.Cut(strings.ReplaceAll(s, "/", "."), "."); ok && len(m) <= 2 && len(y) == 4 {
		if len(m) == 1 {
			m = "0" + m
		}
		s = y + "-" + m
	}
	month, err := calendar.ParseMonth(s)
	if err != nil {
		return 0, errMonth.Because(err)
	}
	return month, nil
}

// ParseTime reads a time of day, 8.05, 8:05 or 0805, as minutes from midnight; 24.00 is 1440.
func ParseTime(s string) (int, error) {
	s = strings.TrimSpace(strings.ReplaceAll(s, ".", ":"))
	h, m, ok := strings.Cut(s, ":")
	if !ok && len(s) == 4 {
		h, m, ok = s[:2], s[2:], true
	}
	if !ok || len(h) > 2 || len(m) != 2 || !digits(h) || !digits(m) {
		return 0, errTime
	}
	minutes := number(h)*60 + number(m)
	if number(m) > 59 || minutes > 24*60 {
		return 0, errTime
	}
	return minutes, nil
}

// ParseCents reads euros with at most two decimals: 1 842,00 €, 1842.5, −12. Nothing is rounded: a third
// decimal is refused.
func ParseCents(s string) (money.Cents, error) {
	n, err := decimal(strings.TrimSuffix(tight(s), "€"), 2)
	if err != nil {
		return 0, errCents
	}
	return money.Cents(n), nil
}

// ParseQuantity reads units with at most three decimals (0,75) or hours and minutes (1:30); exact, never rounded.
func ParseQuantity(s string) (money.Quantity, error) {
	s = tight(s)
	if h, m, ok := strings.Cut(s, ":"); ok {
		if len(h) == 0 || len(h) > 4 || len(m) != 2 || !digits(h) || !digits(m) || number(m) > 59 {
			return 0, errQuantity
		}
		return money.Minutes(int64(number(h))*60 + int64(number(m))), nil
	}
	n, err := decimal(s, 3)
	if err != nil {
		return 0, errQuantity
	}
	return money.Quantity(n * (money.PerUnit / 1000)), nil
}

// decimal reads a number with a comma or a point as whole 10^-places.
func decimal(s string, places int) (int64, error) {
	sign := int64(1)
	for _, minus := range []string{"-", "−"} {
		if rest, ok := strings.CutPrefix(s, minus); ok {
			s, sign = rest, -1
			break
		}
	}
	whole, part, dotted := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	if whole == "" || len(whole) > 11 || len(part) > places || (dotted && part == "") || !digits(whole) || !digits(part) {
		return 0, errNumber
	}
	n, err := strconv.ParseInt(whole+part+strings.Repeat("0", places-len(part)), 10, 64)
	if err != nil {
		return 0, errNumber
	}
	return sign * n, nil
}

// tight removes the spaces that separate thousands and units.
func tight(s string) string {
	return strings.Map(func(c rune) rune {
		switch c {
		case ' ', '\u00a0', '\u202f', '\u2009':
			return -1
		}
		return c
	}, s)
}

func parseEmail(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || !strings.Contains(s[strings.LastIndexByte(s, '@'):], ".") {
		return "", errEmail
	}
	return s, nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// number gives the value of a short run of digits.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
