package ui

import (
	"bytes"

	"seteli/platform/i18n"
)

// untouched are elements whose content is what somebody typed or a machine reads.
var untouched = []string{"textarea", "option", "script", "style", "pre", "code"}

// typeset puts the spaces that do not break into the texts of a page, wherever they come from. What stands in attributes stays as it is: the
// value of a field must come back as it was.
func typeset(page []byte) []byte {
	out := make([]byte, 0, len(page)+len(page)/64)
	for len(page) > 0 {
		text, tag := page, []byte(nil)
		if i := bytes.IndexByte(page, '<'); i >= 0 {
			text, tag = page[:i], page[i:]
		}
		out = append(out, i18n.Unbroken(string(text))...)
		end := tagEnd(tag)
		out = append(out, tag[:end]...)
		page = tag[end:]
	}
	return out
}

// tagEnd is where a tag ends; of an element that is left alone, where its content does.
func tagEnd(tag []byte) int {
	for _, name := range untouched {
		if rest, is := bytes.CutPrefix(tag, []byte("<"+name)); is && len(rest) > 0 && (rest[0] == ' ' || rest[0] == '>') {
			if i := bytes.Index(tag, []byte("</"+name)); i > 0 {
				return i
			}
		}
	}
	if i := bytes.IndexByte(tag, '>'); i >= 0 {
		return i + 1
	}
	return len(tag)
}
