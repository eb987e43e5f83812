package document

import (
	"path"
	"strings"
	"unicode"
)

// longestFileName is what a stored file name may take, in bytes.
const longestFileName = 200

// FileName keeps the last part of what a browser sent as the name of a file, without signs that could mislead a reader or a header; false
// when nothing is left of it, or too much.
func FileName(sent string) (string, bool) {
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`"<>:|?*`, r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, path.Base(strings.ReplaceAll(sent, `\`, "/")))
	name = strings.TrimSpace(name)
	if strings.Trim(name, "./") == "" || len(name) > longestFileName {
		return "", false
	}
	return name, true
}
