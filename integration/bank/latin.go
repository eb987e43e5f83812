package bank

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// kept are the letters beyond ASCII that Finnish banks carry unchanged.
const kept = "åäöÅÄÖ"

// letters have no base letter with a mark to fall back to.
var letters = map[rune]string{'æ': "ae", 'Æ': "AE", 'ø': "o", 'Ø': "O", 'œ': "oe", 'Œ': "OE", 'ß': "ss", 'ẞ': "SS", 'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D",
	'þ': "th", 'Þ': "TH", 'ł': "l", 'Ł': "L", 'ŧ': "t", 'Ŧ': "T", 'ŋ': "n", 'Ŋ': "N", 'ı': "i", '’': "'", '‘': "'", '”': "\"", '“': "\"", '–': "-", '—': "-", '−': "-",
	'…': "...", '€': "EUR", '\u00a0': " ", '\t': " ", '\n': " "}

// Latin writes text in the banks' character set: ASCII and åäö. Other letters lose their marks (é → e, š → s, á → a) or are
// spelled (ø → o, ß → ss); what has no Latin letter becomes a full stop. The result is never longer in meaning, only plainer.
func Latin(s string) string {
	var out strings.Builder
	for _, r := range norm.NFC.String(s) {
		switch {
		case r >= ' ' && r <= '~', strings.ContainsRune(kept, r):
			out.WriteRune(r)
		case letters[r] != "":
			out.WriteString(letters[r])
		default:
			base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
			if base > ' ' && base <= '~' {
				out.WriteRune(base)
			} else {
				out.WriteByte('.')
			}
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// cut keeps the first characters that fit.
func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return strings.TrimSpace(string(runes[:most]))
	}
	return s
}

// plain reports an id of letters, digits and hyphens, which every bank echoes unchanged.
func plain(id string) bool {
	return !strings.ContainsFunc(id, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-')
	})
}
