package i18n

import "strings"

// Fields lists the {names} in a text that an organiser wrote itself, each once and in order of the alphabet; false when a brace
// is left open or stands alone.
func Fields(text string) ([]string, bool) {
	even := true
	for rest := text; rest != ""; {
		open, end := strings.IndexByte(rest, '{'), strings.IndexByte(rest, '}')
		switch {
		case open < 0 && end < 0:
			rest = ""
		case open < 0 || end < open || strings.ContainsAny(rest[open+1:end], "{ \n"):
			even, rest = false, ""
		default:
			rest = rest[end+1:]
		}
	}
	if !even {
		return nil, false
	}
	return placeholders(text), true
}

// Fill puts values into the {names} of a text that an organiser wrote itself, each formatted by its type as in the program's own
// texts. A name without a value stays as it is.
func (c *Catalogue) Fill(lang Lang, text string, args map[string]any) string {
	return c.fill(lang, "text", text, args)
}
