package ui

import "net/http"

// Show answers with a page; Site.Show for handlers that hold no Site.
func (r *Request) Show(w http.ResponseWriter, status int, page string, data any) error {
	return r.site.Show(w, r, status, page, data)
}

// SeeOther redirects after a write; Site.SeeOther for handlers that hold no Site.
func (r *Request) SeeOther(w http.ResponseWriter, path, flashKey string, args ...any) error {
	return r.site.SeeOther(w, r, path, flashKey, args...)
}
