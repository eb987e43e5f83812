package finance

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/platform/i18n"
	"seteli/web/ui"
)

var (
	slotWeek  = regexp.MustCompile(`^(\d{4})-W(\d{2})$`)
	typedWeek = regexp.MustCompile(`^(?i:viikko|vk|vecka|v|week|wk|w)\.?\s*(\d{1,2})\s*[/.]\s*(\d{4})$`)
)

// slotText is the key of a run's slot (2026-12, 2026-W49, 2026-12-15) as people say it: joulukuu 2026, viikko 49/2026, 15.12.2026.
func slotText(r *ui.Request, key string) string {
	if m, err := calendar.ParseMonth(key); err == nil {
		return i18n.Month(r.Lang, m)
	}
	if w := slotWeek.FindStringSubmatch(key); w != nil {
		return r.T("finance.slot.week", "week", strings.TrimPrefix(w[2], "0"), "year", w[1])
	}
	return dayText(r, key)
}

// slotTyped is the key as its field shows it and as readSlot reads it back.
func slotTyped(r *ui.Request, key string) string {
	if m, err := calendar.ParseMonth(key); err == nil {
		y, month := m.Civil()
		return strconv.Itoa(int(month)) + "/" + strconv.Itoa(y)
	}
	if w := slotWeek.FindStringSubmatch(key); w != nil {
		return r.T("finance.slot.typed_week", "week", strings.TrimPrefix(w[2], "0"), "year", w[1])
	}
	if d, err := calendar.ParseDate(key); err == nil {
		y, month, day := d.Civil()
		return fmt.Sprintf("%d.%d.%d", day, int(month), y)
	}
	return key
}

// readSlot gives the key of what was typed: 12/2026, vk 49/2026, 15.12.2026, or the key itself. What it does not know it gives
// on: the use case refuses it.
func readSlot(typed string) string {
	if m, err := ui.ParseMonth(typed); err == nil {
		return m.String()
	}
	if d, err := ui.ParseDate(typed); err == nil {
		return d.String()
	}
	if w := typedWeek.FindStringSubmatch(strings.TrimSpace(typed)); w != nil {
		return fmt.Sprintf("%s-W%02s", w[2], w[1])
	}
	return strings.ToUpper(strings.TrimSpace(typed))
}

// dayText writes a stored day in the reader's language; other words stay as they are.
func dayText(r *ui.Request, s string) string {
	if d, err := calendar.ParseDate(s); err == nil {
		return r.Date(d)
	}
	return s
}
