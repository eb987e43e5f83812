package register

import (
	"net/mail"
	"net/url"
	"strings"

	"seteli/core/ident"
)

func plausibleEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && strings.Contains(s[strings.LastIndexByte(s, '@'):], ".")
}

// plausiblePostcode takes the Finnish five digits, or nothing.
func plausiblePostcode(s string) bool {
	return s == "" || len(s) == 5 && strings.Trim(s, "0123456789") == ""
}

// plausibleWebsite takes an address that can be made a link on a public page without harm.
func plausibleWebsite(s string) bool {
	if s == "" {
		return true
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func ibanOf(s *string) (ident.IBAN, error) {
	if s == nil || *s == "" {
		return ident.IBAN{}, nil
	}
	return ident.ParseIBAN(*s)
}
