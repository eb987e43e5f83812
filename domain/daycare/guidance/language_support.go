package guidance

import (
	"slices"
	"strings"
	"unicode/utf8"

	"seteli/core/fault"
	"seteli/platform/i18n"
)

// Language is the one in which a family wishes its child's early education to be given; "" is not told.
type Language string

// Languages: a municipality gives early education in the child's own language when that is Finnish, Swedish or Sámi (540/2018, 8 §); another
// one is named by the family.
const (
	Finnish       Language = "fi"
	Swedish       Language = "sv"
	Sami          Language = "se"
	OtherLanguage Language = "other"
)

// Languages in the order of choosing.
func Languages() []Language { return []Language{Finnish, Swedish, Sami, OtherLanguage} }

// languageOf is the language with which a form begins: the applicant's own when it is one in which early education must be given.
func languageOf(own string) Language {
	switch i18n.Lang(own) {
	case i18n.FI:
		return Finnish
	case i18n.SV:
		return Swedish
	}
	return ""
}

// How long the family's words may be, in characters.
const (
	longestLanguage = 100
	longestSupport  = 4000
)

// tidy takes the spaces off the words. A language that is named without a choice is another one; a name beside another choice goes away.
func (r Request) tidy() Request {
	r.Reason, r.Words, r.Support, r.LanguageWords = strings.TrimSpace(r.Reason), strings.TrimSpace(r.Words), strings.TrimSpace(r.Support), strings.TrimSpace(r.LanguageWords)
	switch {
	case r.Language == "" && r.LanguageWords != "":
		r.Language = OtherLanguage
	case r.Language != OtherLanguage:
		r.LanguageWords = ""
	}
	return r
}

// need lists what is wrong in the language and the need of support.
func (r Request) need() (wrong fault.List) {
	if r.Language != "" && !slices.Contains(Languages(), r.Language) {
		wrong = append(wrong, errLanguage)
	}
	switch n := utf8.RuneCountInString(r.LanguageWords); {
	case r.Language == OtherLanguage && n == 0:
		wrong = append(wrong, errLanguageWords)
	case n > longestLanguage:
		wrong = append(wrong, errLong.At("language_words").With("longest", longestLanguage))
	}
	if utf8.RuneCountInString(r.Support) > longestSupport {
		wrong = append(wrong, errLong.At("support").With("longest", longestSupport))
	}
	return wrong
}
