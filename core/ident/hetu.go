package ident

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"seteli/core/calendar"
)

const hetuChecks = "0123456789ABCDEFHJKLMNPRSTUVWXY"

// Hetu is a Finnish personal identity code (henkilötunnus, personbeteckning). The century sign belongs to the
// identity although it is not covered by the check character: 100190-999P and 100190Y999P are two people.
//
// It is kept in parts so that not even a careless dump of a structure around it prints the code.
type Hetu struct {
	birth  calendar.Date
	number uint16 // 002–999
	sign   byte
}

// century gives the first year of the sign's century, false for an unknown sign.
func century(sign byte) (int, bool) {
	switch {
	case sign == '+':
		return 1800, true
	case sign == '-' || 'U' <= sign && sign <= 'Y':
		return 1900, true
	case 'A' <= sign && sign <= 'F':
		return 2000, true
	}
	return 0, false
}

// ParseHetu reads DDMMYYcNNNt. Surrounding space and lower case are accepted; look-alike dashes are refused
// (IDE-004, see RepairDash) because another sign would be another person. Individual numbers 000 and 001 are
// never given; 900–999 are read and reported by Artificial.
func ParseHetu(s string) (Hetu, error) {
	s = upper(strings.TrimSpace(s))
	if hasDashLike(s) {
		return Hetu{}, errHetuDash
	}
	if len(s) != 11 || !digits(s[:6]) || !digits(s[7:10]) || !alnum(s[10:]) {
		return Hetu{}, errHetuShape
	}
	first, ok := century(s[6])
	if !ok {
		return Hetu{}, errHetuSign
	}
	birth, ok := civil(first+atoi(s[4:6]), atoi(s[2:4]), atoi(s[:2]))
	if !ok {
		return Hetu{}, errHetuDay
	}
	h := Hetu{birth: birth, number: uint16(atoi(s[7:10])), sign: s[6]}
	if h.number < 2 {
		return Hetu{}, errHetuNumber
	}
	if h.Reveal() != s {
		return Hetu{}, errHetuCheck
	}
	return h, nil
}

func civil(y, m, d int) (calendar.Date, bool) {
	day := calendar.Day(y, time.Month(m), d)
	gy, gm, gd := day.Civil()
	return day, gy == y && int(gm) == m && gd == d
}

// atoi reads digits that have been checked.
func atoi(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// IsZero reports that there is no code.
func (h Hetu) IsZero() bool { return h == Hetu{} }

// BirthDate is the day in the code.
func (h Hetu) BirthDate() calendar.Date { return h.birth }

// Artificial reports an individual number 900–999, which is never given to a real person.
func (h Hetu) Artificial() bool { return h.number >= 900 }

// Fits refuses an artificial code where real people are served (IDE-007) and a real code in a test or
// demonstration environment (IDE-008).
func (h Hetu) Fits(production bool) error {
	switch {
	case production && h.Artificial():
		return errHetuTest
	case !production && !h.Artificial():
		return errHetuReal
	}
	return nil
}

// Reveal gives the whole code. Call it only to encrypt, to compute the search key, or where the law wants
// the code on a document; every such reading is logged by the caller.
func (h Hetu) Reveal() string {
	if h.IsZero() {
		return ""
	}
	y, m, d := h.birth.Civil()
	day := fmt.Sprintf("%02d%02d%02d", d, int(m), y%100)
	number := fmt.Sprintf("%03d", h.number)
	return day + string(rune(h.sign)) + number + hetuChecks[atoi(day+number)%31:][:1]
}

// Masked shows the day and the sign only: 010180-••••.
func (h Hetu) Masked() string {
	if h.IsZero() {
		return ""
	}
	return h.Reveal()[:7] + "••••"
}

// String is Masked.
func (h Hetu) String() string { return h.Masked() }

// Format masks under every verb, also under those that fmt would not give to String.
func (h Hetu) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(h.Masked())) }

// LogValue masks in logs.
func (h Hetu) LogValue() slog.Value { return slog.StringValue(h.Masked()) }

// MarshalText masks, so that an audit row, an outbox message or an answer cannot carry the code by accident.
// An interface that must send the code names Reveal.
func (h Hetu) MarshalText() ([]byte, error) { return []byte(h.Masked()), nil }

// UnmarshalText reads a whole code.
func (h *Hetu) UnmarshalText(b []byte) error { return scan(h, string(b), ParseHetu) }
