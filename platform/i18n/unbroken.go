package i18n

import "strings"

// units stay with the number before them. The list is short on purpose: a line may well end before a word.
var units = []string{"€", "%", "§", "euro", "h/", "kr"}

// Unbroken puts spaces that do not break where a line must not end: inside a number or a telephone number, before the unit of a sum or a
// share, and inside a reference to a section (1 842,00 €, 37,5 %, 10 e §, § 25, 040 123 4567). Pages and letters use it when they print,
// so that nobody thinks of it when writing a text.
func Unbroken(text string) string {
	var b strings.Builder
	from := 0
	for i := 1; i+1 < len(text); i++ {
		if text[i] == ' ' && joined(text[:i], text[i+1:]) {
			b.WriteString(text[from:i])
			b.WriteString(nbsp)
			from = i + 1
		}
	}
	if from == 0 {
		return text
	}
	b.WriteString(text[from:])
	return b.String()
}

func joined(before, after string) bool {
	n := len(before)
	switch {
	case digit(before[n-1]):
		if digit(after[0]) || lower(after[0]) && strings.HasPrefix(after[1:], " §") {
			return true
		}
		for _, unit := range units {
			if strings.HasPrefix(after, unit) {
				return true
			}
		}
		return false
	case lower(before[n-1]):
		return n > 2 && before[n-2] == ' ' && digit(before[n-3]) && strings.HasPrefix(after, "§")
	}
	return strings.HasSuffix(before, "§") && digit(after[0])
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
func lower(c byte) bool { return 'a' <= c && c <= 'z' }
