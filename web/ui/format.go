package ui

import (
	"fmt"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/platform/i18n"
)

// Formatting is the platform's (package i18n); here only the choice by type, so that a template cannot print a
// bare number of cents.

func formatCents(l i18n.Lang, c money.Cents) string       { return i18n.Cents(l, c) }
func formatDate(l i18n.Lang, d calendar.Date) string      { return i18n.Date(l, d) }
func formatQuantity(l i18n.Lang, q money.Quantity) string { return i18n.Number(l, q) }
func formatPeriod(l i18n.Lang, p calendar.Period) string  { return i18n.Period(l, p) }

// formatClock writes minutes from midnight as a time of day.
func formatClock(l i18n.Lang, minutes int) string {
	separator := "."
	if l == i18n.EN {
		separator = ":"
	}
	return fmt.Sprintf("%d%s%02d", minutes/60, separator, minutes%60)
}

// formatInUnit writes a quantity, with the short name of its unit ("hour", "visit") when one is given.
func formatInUnit(l i18n.Lang, q money.Quantity, unit []string) string {
	if len(unit) == 0 || unit[0] == "" {
		return formatQuantity(l, q)
	}
	return i18n.Quantity(l, q, unit[0])
}

// formatAny writes a typed value in the reader's language.
func formatAny(l i18n.Lang, v any) (string, error) {
	switch v := v.(type) {
	case money.Cents:
		return formatCents(l, v), nil
	case money.Quantity:
		return formatQuantity(l, v), nil
	case calendar.Date:
		if v == 0 {
			return "–", nil
		}
		return formatDate(l, v), nil
	case *calendar.Date:
		if v == nil {
			return "–", nil
		}
		return formatDate(l, *v), nil
	case calendar.Month:
		return i18n.Month(l, v), nil
	case calendar.Period:
		return formatPeriod(l, v), nil
	case time.Time:
		if v.IsZero() {
			return "–", nil
		}
		return i18n.DateTime(l, v), nil
	case *time.Time:
		if v == nil {
			return "–", nil
		}
		return i18n.DateTime(l, *v), nil
	case int:
		return i18n.Int(l, int64(v)), nil
	case int64:
		return i18n.Int(l, v), nil
	}
	return "", fmt.Errorf("cannot format %T", v)
}

// typed writes a value the way a person would type it into a field.
func (s *Site) typed(l i18n.Lang, v any) string {
	switch v := v.(type) {
	case money.Cents:
		sign := ""
		if v < 0 {
			sign, v = "-", -v
		}
		return fmt.Sprintf("%s%d,%02d", sign, v/100, v%100)
	case calendar.Date:
		if v == 0 {
			return ""
		}
		y, m, d := v.Civil()
		return fmt.Sprintf("%d.%d.%d", d, int(m), y)
	case calendar.Month:
		y, m := v.Civil()
		return fmt.Sprintf("%d/%d", m, y)
	case money.Quantity:
		return typedQuantity(v)
	case nil:
		return ""
	}
	return fmt.Sprint(v)
}

// typedQuantity writes a quantity so that reading it gives the same parts: a decimal when it is exact, hours and
// minutes otherwise.
func typedQuantity(q money.Quantity) string {
	sign := ""
	if q < 0 {
		sign, q = "-", -q
	}
	whole, part := q/money.PerUnit, q%money.PerUnit
	switch {
	case part == 0:
		return fmt.Sprintf("%s%d", sign, whole)
	case part%3 == 0:
		s := fmt.Sprintf("%s%d,%03d", sign, whole, part/3)
		for s[len(s)-1] == '0' {
			s = s[:len(s)-1]
		}
		return s
	}
	return fmt.Sprintf("%s%d:%02d", sign, whole, part/50)
}

// Dial is a telephone number for a link: digits, and the plus of a country's code.
func Dial(number string) string {
	return strings.Map(func(c rune) rune {
		if c == '+' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, number)
}
