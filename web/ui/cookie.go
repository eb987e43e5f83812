package ui

import (
	"encoding/base64"
	"net/http"
	"unicode/utf8"
)

// Cookies of the pages themselves; the sign-in has its own.
const (
	flashCookie      = "seteli_flash"      // text of what was just done, for one minute
	appearanceCookie = "seteli_appearance" // light or dark
	langCookie       = "seteli_lang"
)

func cookie(r *http.Request, name, value string, age int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"}
}

func setFlash(w http.ResponseWriter, r *Request, text string) error {
	http.SetCookie(w, cookie(r.Request, flashCookie, base64.RawURLEncoding.EncodeToString([]byte(text)), 60))
	return nil
}

// takeFlash reads the text once. A forged cookie can only show its own owner a line of plain text.
func takeFlash(w http.ResponseWriter, r *Request) string {
	c, err := r.Cookie(flashCookie)
	if err != nil || r.Method != http.MethodGet || r.Route.Plain {
		return ""
	}
	http.SetCookie(w, cookie(r.Request, flashCookie, "", -1))
	text, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(text) > 600 || !utf8.Valid(text) {
		return ""
	}
	return string(text)
}
